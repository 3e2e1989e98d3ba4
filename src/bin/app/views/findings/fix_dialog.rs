//! A finding written for another program, with what that would have stopped in this log.

use leptos::prelude::*;
use logloupe::report::Finding;
use logloupe::report::fix::{By, DryRun, Fix, Subjects, Target, export};
use wasm_bindgen_futures::spawn_local;

use crate::components::modal::Modal;
use crate::state::download;
use crate::state::session::use_loupe;
use crate::state::store::use_store;
use crate::text::numbers;

/// What is known of something that is asked for.
#[derive(Clone, PartialEq)]
enum Known<T> {
    Waiting,
    Here(T),
    Failed(String),
}

/// The dialog; made when it is opened, gone when it is closed.
#[component]
pub fn FixDialog(
    /// The finding.
    finding: Finding,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let loupe = use_loupe();
    let finding = StoredValue::new(finding);
    let (target, by) = (RwSignal::new(Target::Nginx), RwSignal::new(By::Addresses));
    let subjects = RwSignal::new(Known::Waiting::<Subjects>);
    spawn_local(async move {
        let found = loupe.session().subjects(&finding.get_value()).await;
        let known = match found {
            Ok(found) => {
                let _ = by.try_set(found.best());
                Known::Here(found)
            }
            Err(trouble) => Known::Failed(trouble.sentence()),
        };
        // Closed meanwhile: nobody waits for it.
        let _ = subjects.try_set(known);
    });
    let fix = Memo::new(move |_| {
        subjects.with(|known| match known {
            Known::Here(found) => {
                finding.with_value(|finding| Some(export(&[finding], found, (target.get(), by.get()))))
            }
            _ => None,
        })
    });
    let problem = move || {
        subjects.with(|known| match known {
            Known::Failed(why) => Some(why.clone()),
            _ => None,
        })
    };
    view! {
        <Modal is_open=open on_close=move || open.set(false) labelled_by="fix-title" class="fix">
            <h2 id="fix-title">"Export a fix"</h2>
            <p dir="auto">{finding.with_value(|finding| finding.title.clone())}</p>
            <Choices target=target by=by />
            {move || problem().map(|why| view! { <p class="tone-wrong" role="alert">{why}</p> })}
            <Preview fix=fix />
            <DryRunNote finding=finding subjects=subjects target=target by=by />
            <form method="dialog" class="actions">
                <SaveButtons fix=fix />
                <button type="submit">"Close"</button>
            </form>
        </Modal>
    }
}

/// For which program, and what rows are recognised by.
#[component]
fn Choices(
    /// The program.
    target: RwSignal<Target>,
    /// What rows are recognised by.
    by: RwSignal<By>,
) -> impl IntoView {
    let targets = Target::ALL.map(|choice| view! { <option value=choice.word() selected=move || target.get() == choice>{choice.title()}</option> });
    let ways = By::ALL.map(
        |choice| view! { <option value=choice.title() selected=move || by.get() == choice>{choice.title()}</option> },
    );
    let set_by = move |event| {
        let word = event_target_value(&event);
        by.set(By::ALL.into_iter().find(|choice| choice.title() == word).unwrap_or_default());
    };
    view! {
        <div class="form">
            <label class="field">
                <span class="field-label">"Format"</span>
                <select on:change=move |event| target.set(Target::of_word(&event_target_value(&event)).unwrap_or(Target::Nginx))>{targets.into_iter().collect_view()}</select>
            </label>
            <label class="field">
                <span class="field-label">"By"</span>
                <select on:change=set_by>{ways.into_iter().collect_view()}</select>
            </label>
        </div>
    }
}

/// What would be written, and what to know about it.
#[component]
fn Preview(
    /// What would be written.
    fix: Memo<Option<Fix>>,
) -> impl IntoView {
    let text = move || fix.with(|fix| fix.as_ref().map(|fix| fix.text.clone()).unwrap_or_default());
    let notes = move || {
        let notes = fix.with(|fix| fix.as_ref().map(|fix| fix.notes.clone()).unwrap_or_default());
        notes.into_iter().map(|note| view! { <li dir="auto">{note}</li> }).collect_view()
    };
    view! {
        <pre class="fix-text" tabindex="0" aria-label="Preview"><code>{text}</code></pre>
        <ul class="fix-notes">{notes}</ul>
    }
}

/// What it would have stopped in the log that is open.
#[component]
fn DryRunNote(
    /// The finding.
    finding: StoredValue<Finding>,
    /// Who and what it is about.
    subjects: RwSignal<Known<Subjects>>,
    /// For which program.
    target: RwSignal<Target>,
    /// What rows are recognised by.
    by: RwSignal<By>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let filter = Memo::new(move |_| match subjects.get() {
        Known::Here(found) if target.get().blocks() => found.filter(by.get()),
        _ => None,
    });
    let run = RwSignal::new(Known::Waiting::<DryRun>);
    Effect::new(move |_| {
        let (Some(filter), Some(whole)) = (filter.get(), store.report.get()) else { return };
        run.set(Known::Waiting);
        spawn_local(async move {
            let ids = [finding.with_value(|finding| finding.id.clone())];
            let ran = loupe.session().dry_run(&whole, &filter, &ids).await;
            let known = ran.map_or_else(|trouble| Known::Failed(trouble.sentence()), Known::Here);
            // Closed meanwhile: nobody waits for it.
            let _ = run.try_set(known);
        });
    });
    let sentences = move || match run.get() {
        Known::Waiting => {
            view! { <p class="muted">"Looking at what it would have stopped in this log …"</p> }.into_any()
        }
        Known::Failed(why) => view! { <p class="tone-wrong">{why}</p> }.into_any(),
        Known::Here(run) => {
            let said = run.sentences().join(" ");
            let found = run.findings.into_iter().map(|(_, title, rows)| {
                view! { <li dir="auto">{format!("{}: {title}", numbers::counted(rows, "row"))}</li> }
            });
            view! { <p>{said}</p><ul class="fix-notes">{found.collect_view()}</ul> }.into_any()
        }
    };
    view! {
        <Show when=move || filter.with(Option::is_some)>
            <h3>"Dry run on this log"</h3>
            <div class="fix-run" aria-live="polite">{sentences}</div>
        </Show>
    }
}

/// Ways to take it along.
#[component]
fn SaveButtons(
    /// What would be written.
    fix: Memo<Option<Fix>>,
) -> impl IntoView {
    let store = use_store();
    let is_empty = move || fix.with(|fix| fix.as_ref().is_none_or(|fix| fix.text.is_empty()));
    let copy = move |_| {
        if let Some(fix) = fix.get_untracked() {
            // A browser that does not let the page copy leaves the clipboard as it is.
            let _ = window().navigator().clipboard().write_text(&fix.text);
            store.announcement.set("Copied.".into());
        }
    };
    let save = move |_| {
        if let Some(fix) = fix.get_untracked() {
            download::save(fix.name, fix.media_type, fix.text.as_bytes());
        }
    };
    view! {
        <button type="button" class="primary" disabled=is_empty on:click=save>"Download"</button>
        <button type="button" disabled=is_empty on:click=copy>"Copy"</button>
    }
}
