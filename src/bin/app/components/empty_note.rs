//! A page before any log is open: why it is empty, and the way to fill it.

use leptos::prelude::*;

use crate::state::route::Page;
use crate::state::store::use_store;

/// Why the page is empty, and the way to the drop zone.
#[component]
pub fn EmptyNote(
    /// What the page will answer.
    question: &'static str,
) -> impl IntoView {
    let store = use_store();
    let link = move || store.route.with(|route| route.on(Page::Overview).to_fragment());
    view! {
        <div class="empty-note">
            <p>"No log is open, so there is nothing to show yet."</p>
            <p class="muted">{question}</p>
            <p><a class="button" href=link>"Open a log"</a></p>
        </div>
    }
}
