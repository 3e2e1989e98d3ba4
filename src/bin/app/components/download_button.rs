//! A button that makes a file, says that it is being made, and why it could not be.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::icon::Icon;
use crate::state::download;

/// Makes the bytes of a file.
pub type Make = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>>>>>;

/// A button that offers a file.
#[component]
pub fn DownloadButton(
    /// What is on the button.
    label: &'static str,
    /// The file's name.
    name: &'static str,
    /// The file's media type.
    media_type: &'static str,
    /// Makes the file.
    make: Make,
) -> impl IntoView {
    let make = StoredValue::new_local(make);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let save = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let bytes = make.with_value(|make| make());
        spawn_local(async move {
            match bytes.await {
                Ok(bytes) => download::save(name, media_type, &bytes),
                Err(message) => problem.set(Some(message)),
            }
            busy.set(false);
        });
    };
    view! {
        <span class="download">
            <button type="button" on:click=save disabled=move || busy.get()>
                <Icon name="download" />
                {label}
            </button>
            <Show when=move || problem.with(Option::is_some)>
                <span class="tone-wrong" role="alert">{move || problem.get()}</span>
            </Show>
        </span>
    }
}
