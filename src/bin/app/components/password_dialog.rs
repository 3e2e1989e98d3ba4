//! Asks for the password of an archive.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::modal::Modal;
use crate::state::session::use_loupe;
use crate::state::store::use_store;
use crate::text::numbers;

/// The dialog, open while an archive waits. Escape reads on without its encrypted members.
#[component]
pub fn PasswordDialog() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let input = NodeRef::<html::Input>::new();
    let give = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = input.get_untracked() else { return };
        let password = input.value();
        // It stays in no element of the page.
        input.set_value("");
        loupe.unlock(Some(password));
    };
    // Closed by Escape: it is still waited for. What was given closes it too, and then nothing waits.
    let closed = move || {
        if store.locked.with_untracked(Option::is_some) {
            loupe.unlock(None);
        }
    };
    let what = move || {
        store.locked.get().map(|locked| {
            let files = numbers::counted(locked.count, "file");
            format!("{}: {files} in it cannot be read without a password.", locked.path)
        })
    };
    let is_locked = Signal::derive(move || store.locked.with(Option::is_some));
    let is_wrong = move || store.locked.with(|locked| locked.as_ref().is_some_and(|locked| locked.is_wrong));
    view! {
        <Modal is_open=is_locked on_close=closed labelled_by="password-title">
            <h2 id="password-title">"An archive is encrypted"</h2>
            <p dir="auto">{what}</p>
            <form on:submit=give>
                <label for="password">"Password"</label>
                <input id="password" type="password" autocomplete="off" required node_ref=input />
                <Show when=is_wrong>
                    <p class="tone-wrong" role="alert">"This password does not fit."</p>
                </Show>
                <p class="muted">"It stays in this tab, and is forgotten with the log."</p>
                <p class="actions">
                    <button type="submit" class="primary">"Open"</button>
                    <button type="button" on:click=move |_| loupe.unlock(None)>"Read without them"</button>
                </p>
            </form>
        </Modal>
    }
}
