//! What the allow lists leave out of the checks: never silently.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{LeftOut, Report};

use crate::components::notice::Notice;
use crate::state::route::Page;
use crate::state::store::use_store;
use crate::text::numbers;

/// Entries that are named.
const NAMED: usize = 4;

/// How many rows no check saw, by which entries, and entries that do nothing; nothing where there is neither.
#[component]
pub fn LeftOutNotice(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let sentences = Memo::new(move |_| report.with(|report| sentences(&report.left_out)));
    let edit = move |_| {
        let route = store.route.with_untracked(|route| route.on(Page::Settings));
        store.go(&route);
    };
    view! {
        <Show when=move || sentences.with(|sentences| !sentences.is_empty())>
            <Notice tone="info">
                {move || sentences.get().into_iter().map(|sentence| view! { <p dir="auto">{sentence}</p> }).collect_view()}
                <p class="actions"><button type="button" on:click=edit>"Change the lists"</button></p>
            </Notice>
        </Show>
    }
}

fn sentences(left_out: &LeftOut) -> Vec<String> {
    let mut sentences = Vec::new();
    if left_out.rows > 0 {
        let entries = left_out.lists.iter().flat_map(|list| &list.entries);
        let mut named: Vec<String> =
            entries.map(|entry| format!("{} ({})", entry.entry, numbers::count(entry.rows))).collect();
        let more = named.len().saturating_sub(NAMED);
        named.truncate(NAMED);
        if more > 0 {
            named.push(format!("{} more", numbers::count(more as u64)));
        }
        let rows = numbers::counted(left_out.rows, "row");
        sentences.push(format!("Your allow lists leave {rows} out of the checks: {}.", named.join(", ")));
    }
    sentences
        .extend(left_out.mistakes.iter().map(|mistake| format!("An entry of the settings does nothing: {mistake}.")));
    sentences
}
