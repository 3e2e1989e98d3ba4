//! The place to type a condition, with the mistake pointed at.

use leptos::{ev, prelude::*};
use wasm_bindgen_futures::spawn_local;
use web_sys::KeyboardEvent;

use crate::state::filter;
use crate::state::session::{Loupe, use_loupe};
use crate::state::store::{FilterMistake, Store, use_store};

/// A field for a condition in KQL; Enter asks the engine, and what holds becomes a chip.
#[component]
pub fn FilterText(
    /// What is being typed.
    draft: RwSignal<String>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        apply(store, loupe, draft);
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            draft.set(String::new());
            store.mistake.set(None);
        }
    };
    let wrong = move || store.mistake.with(Option::is_some);
    view! {
        <form class="filter-form" on:submit=on_submit>
            <label class="unseen" for="filter-text">"Add a condition in KQL"</label>
            <input
                id="filter-text"
                type="text"
                placeholder="filter in KQL, such as url.path: /wp-* and not source.ip: 10.0.0.0/8"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                prop:value=move || draft.get()
                on:input=move |event| {
                    draft.set(event_target_value(&event));
                    store.mistake.set(None);
                }
                on:keydown=on_key
                aria-invalid=move || wrong().to_string()
                aria-describedby="filter-mistake"
            />
            <div id="filter-mistake" class="filter-mistake" role="alert">
                {move || store.mistake.get().map(|mistake| view! { <Mistake mistake=mistake /> })}
            </div>
        </form>
    }
}

/// Where a filter goes wrong, and how.
#[component]
fn Mistake(
    /// The mistake.
    mistake: FilterMistake,
) -> impl IntoView {
    let place = mistake.column.unwrap_or(0);
    let before: String = mistake.filter.chars().take(place.saturating_sub(1)).collect();
    let at: String = mistake.filter.chars().skip(place.saturating_sub(1)).take(1).collect();
    let after: String = mistake.filter.chars().skip(place).collect();
    let at = if at.is_empty() { "␣".to_owned() } else { at };
    view! {
        <p class="mistake-text"><code>{before}<mark>{at}</mark>{after}</code></p>
        <p>{match mistake.column {
            Some(column) => format!("Column {column}: {}.", mistake.message),
            None => mistake.message,
        }}</p>
    }
}

fn apply(store: Store, loupe: Loupe, draft: RwSignal<String>) {
    let text = draft.get_untracked().trim().to_owned();
    if text.is_empty() {
        return;
    }
    let clause = bracketed(&text);
    let whole = filter::with(&store.route.with_untracked(|route| route.filter.clone()), &clause);
    if store.report.with_untracked(Option::is_none) {
        store.set_filter(&whole);
        draft.set(String::new());
        return;
    }
    spawn_local(async move {
        let session = loupe.session();
        match session.try_filter(&text).await {
            Ok(_) => {
                store.mistake.set(None);
                store.set_filter(&whole);
                draft.set(String::new());
            }
            Err(trouble) => session.mistake(&text, &trouble),
        }
    });
}

/// Text with an `or` in it, in brackets, so that it stays one condition.
fn bracketed(text: &str) -> String {
    match filter::clauses(text).as_slice() {
        [only] => only.clone(),
        _ => text.to_owned(),
    }
}
