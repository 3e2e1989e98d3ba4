//! What every figure stands under: chips, a place to type, and how many rows are left.

use leptos::prelude::*;

use super::filter_text::FilterText;
use super::icon::Icon;
use crate::state::filter;
use crate::state::keys;
use crate::state::store::{Store, use_store};
use crate::text::numbers;

/// The filter as chips, with a field for one more, and the count of rows.
#[component]
pub fn FilterBar() -> impl IntoView {
    let store = use_store();
    let clauses = Memo::new(move |_| store.route.with(|route| filter::clauses(&route.filter)));
    let draft = RwSignal::new(String::new());
    let edit = Callback::new(move |at: usize| {
        let text = clauses.with_untracked(|clauses| clauses.get(at).cloned().unwrap_or_default());
        store.set_filter(&filter::without(&store.route.with_untracked(|route| route.filter.clone()), at));
        draft.set(text);
        keys::focus("filter-text");
    });
    let chips = move || {
        let chip = |(at, clause)| view! { <Chip clause=clause at=at on_edit=edit /> };
        clauses.get().into_iter().enumerate().map(chip).collect_view()
    };
    view! {
        <section class="filter" aria-label="Filter">
            <div class="filter-line">
                <ul class="chips" aria-label="Conditions">{chips}</ul>
                <FilterText draft=draft />
                <Show when=move || clauses.with(|clauses| !clauses.is_empty())>
                    <button type="button" class="quiet" on:click=move |_| store.set_filter("") title="Clear the filter (x)">"Clear"</button>
                </Show>
                <p class="filter-count" aria-live="polite" data-busy=move || store.refreshing.get().to_string()>
                    {move || count(store)}
                </p>
            </div>
        </section>
    }
}

/// One condition: its words edit it, its cross takes it away.
#[component]
fn Chip(
    /// The clause.
    clause: String,
    /// Its place in the filter.
    at: usize,
    /// Called with its place to edit it.
    on_edit: Callback<usize>,
) -> impl IntoView {
    let store = use_store();
    let label = filter::label(&clause);
    let excludes = clause.starts_with("not ");
    let remove = format!("Remove {label}");
    let take_away = move |_| {
        store.set_filter(&filter::without(&store.route.with_untracked(|route| route.filter.clone()), at));
    };
    view! {
        <li class="chip" data-excludes=excludes.to_string()>
            <button type="button" class="chip-text" dir="auto" title=clause on:click=move |_| on_edit.run(at)>{label}</button>
            <button type="button" class="chip-cross" aria-label=remove on:click=take_away><Icon name="close" /></button>
        </li>
    }
}

fn count(store: Store) -> String {
    store.report.with(|report| match report {
        Some(report) if report.rows.filtered == report.rows.total => numbers::counted(report.rows.total, "row"),
        Some(report) => {
            format!("{} of {}", numbers::count(report.rows.filtered), numbers::counted(report.rows.total, "row"))
        }
        None => String::new(),
    })
}
