//! All keys of the app.

use leptos::prelude::*;

use super::modal::Modal;
use crate::state::keys::KEYS;
use crate::state::route::Page;
use crate::state::store::use_store;

/// The dialog of keys, open as the store says. Escape closes it and the focus returns, as dialogs do.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let store = use_store();
    let keys = KEYS.iter().map(|(key, does)| view! { <dt><kbd>{*key}</kbd></dt><dd>{*does}</dd> }).collect_view();
    let pages = Page::ALL
        .into_iter()
        .map(|page| view! { <dt><kbd>"g "{page.key()}</kbd></dt><dd>{page.title()}</dd> })
        .collect_view();
    view! {
        <Modal is_open=store.keys_open on_close=move || store.keys_open.set(false) labelled_by="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            <div class="keys">
                <dl>{keys}</dl>
                <dl>{pages}</dl>
            </div>
            <form method="dialog">
                <p class="actions">
                    <button type="submit" class="primary">"Close"</button>
                    <button type="submit" on:click=move |_| store.go_to(Page::Guide)>"Open the guide"</button>
                </p>
            </form>
        </Modal>
    }
}
