//! What is open, and what can be done from everywhere.

use leptos::{html, prelude::*};

use super::icon::Icon;
use super::shield::Shield;
use super::theme_switch::ThemeSwitch;
use crate::state::intake;
use crate::state::session::use_loupe;
use crate::state::store::{FilterHistory, Stage, Store, use_store};
use crate::text::{numbers, times};

/// Files, rows and days on the left; undo, keys, theme and shield on the right.
#[component]
pub fn TopBar() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let cannot_undo = move || store.history.with(|history| history.before().is_none());
    let cannot_redo = move || store.history.with(|history| FilterHistory::after(history).is_none());
    let can_add = move || store.can_add();
    let more = NodeRef::<html::Input>::new();
    let pick = move |_| {
        if let Some(input) = more.get_untracked() {
            input.click();
        }
    };
    let add = move |_| {
        if let Some(input) = more.get_untracked() {
            loupe.add(intake::of_input(&input));
        }
    };
    let has_files = move || store.stage.with(|stage| *stage != Stage::Empty);
    view! {
        <header class="top">
            <p class="top-about">{move || about(store)}</p>
            <div class="top-tools">
                <Show when=can_add>
                    <button type="button" class="quiet" on:click=pick title="Add files to these; these are not read again">
                        <Icon name="drop" />
                        <span class="tool-name">"Add files"</span>
                    </button>
                    <label class="unseen" for="add-files">"Log files to add"</label>
                    <input id="add-files" class="unseen" tabindex="-1" type="file" multiple node_ref=more on:change=add />
                </Show>
                <Show when=has_files>
                    <button type="button" class="quiet" on:click=move |_| loupe.close() title="Close these files and start anew">
                        <Icon name="close" />
                        <span class="tool-name">"Close"</span>
                    </button>
                    <button type="button" class="quiet" disabled=cannot_undo on:click=move |_| store.undo() title="Undo the last filter (u)">
                        <Icon name="undo" />
                        <span class="tool-name">"Undo"</span>
                    </button>
                    <button type="button" class="quiet" disabled=cannot_redo on:click=move |_| store.redo() title="Redo the filter (U)">
                        <Icon name="redo" />
                        <span class="unseen">"Redo"</span>
                    </button>
                </Show>
                <button type="button" class="quiet" on:click=move |_| store.keys_open.set(true) title="Keys (?)">
                    <span class="key-sign" aria-hidden="true">"?"</span>
                    <span class="tool-name">"Keys"</span>
                </button>
                <ThemeSwitch />
                <Shield />
            </div>
        </header>
    }
}

fn about(store: Store) -> String {
    let files = store.files.with(Vec::len) as u64;
    let rules = store.rules.with(|rules| rules.read.len()) as u64;
    let of_rules = (rules > 0).then(|| format!("{} of your own", numbers::counted(rules, "rule")));
    if files == 0 {
        return ["No log is open".to_owned()].into_iter().chain(of_rules).collect::<Vec<_>>().join(" · ");
    }
    let mut parts = vec![match store.files.with(|files| files.first().map(|file| file.path.clone())) {
        Some(path) if files == 1 => path,
        _ => numbers::counted(files, "file"),
    }];
    let every = store.files.with(|files| files.iter().map(|file| file.every).max().unwrap_or(1));
    if every > 1 {
        parts.push(format!("a sample: one of {every} parts"));
    }
    store.report.with(|report| {
        if let Some(report) = report {
            parts.push(numbers::counted(report.rows.total, "row"));
            let first = report.inputs.iter().filter_map(|input| input.first.as_deref()).min();
            let last = report.inputs.iter().filter_map(|input| input.last.as_deref()).max();
            parts.extend(first.zip(last).and_then(|(first, last)| times::days(first, last)));
        }
    });
    parts.extend(of_rules);
    parts.join(" · ")
}
