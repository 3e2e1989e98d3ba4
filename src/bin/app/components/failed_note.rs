//! When a session came to an end: what happened, what still works, what to do.

use leptos::prelude::*;

use super::notice::Notice;
use crate::state::session::use_loupe;
use crate::state::store::{Stage, use_store};

/// What happened and what to do, with buttons for it.
#[component]
pub fn FailedNote() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let what = move || match store.stage.get() {
        Stage::Failed { what, .. } => what,
        _ => String::new(),
    };
    let remedy = move || match store.stage.get() {
        Stage::Failed { remedy, .. } => remedy,
        _ => String::new(),
    };
    let has_files = move || store.files.with(|files| !files.is_empty());
    view! {
        <div role="alert">
            <Notice tone="wrong">
                <p class="strong">{what}</p>
                <p>{remedy}</p>
                <p class="actions">
                    <Show when=has_files>
                        <button type="button" on:click=move |_| loupe.reopen()>"Read the files again"</button>
                    </Show>
                    <button type="button" on:click=move |_| loupe.close()>"Start anew"</button>
                </p>
            </Notice>
        </div>
    }
}
