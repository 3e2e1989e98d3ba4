//! What was just done, with a way back.

use leptos::prelude::*;

use crate::state::allow;
use crate::state::session::use_loupe;
use crate::state::store::use_store;

/// The step that can be undone, as the store has it; none shows nothing.
#[component]
pub fn UndoNotice() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let said = move || store.undo.with(|undo| undo.as_ref().map(|undo| undo.said.clone()));
    view! {
        <Show when=move || store.undo.with(Option::is_some)>
            <div class="undo" role="group" aria-label="What was just done">
                <span dir="auto">{said}</span>
                <button type="button" class="primary" on:click=move |_| allow::undo(store, loupe)>"Undo"</button>
                <button type="button" class="quiet" on:click=move |_| store.undo.set(None)>"Close"</button>
            </div>
        </Show>
    }
}
