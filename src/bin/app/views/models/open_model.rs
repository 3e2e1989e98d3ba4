//! A saved model comes in: chosen, or dropped on its button.

use leptos::{html, prelude::*};
use wasm_bindgen_futures::spawn_local;
use web_sys::DragEvent;

use crate::state::intake;
use crate::state::session::use_loupe;

/// A button that opens a model's file.
#[component]
pub fn OpenModel() -> impl IntoView {
    let loupe = use_loupe();
    let input = NodeRef::<html::Input>::new();
    let open = move |file: web_sys::File| {
        let session = loupe.session();
        spawn_local(async move { session.open_model(file).await });
    };
    let chosen = move |_| {
        let files = input.get_untracked().map(|input| intake::of_input(&input)).unwrap_or_default();
        files.into_iter().take(1).for_each(|chosen| open(chosen.file));
    };
    // A file that is dropped here is a model and not a log.
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        event.stop_propagation();
        let file = event.data_transfer().and_then(|transfer| transfer.files()?.get(0));
        file.into_iter().for_each(open);
    };
    let over = move |event: DragEvent| {
        event.prevent_default();
        event.stop_propagation();
    };
    let pick = move |_| input.get_untracked().into_iter().for_each(|input| input.click());
    view! {
        <span on:drop=dropped on:dragover=over>
            <button type="button" on:click=pick>"Open a saved model"</button>
            <input type="file" id="model-file" accept=".json,application/json" hidden node_ref=input on:change=chosen />
        </span>
    }
}
