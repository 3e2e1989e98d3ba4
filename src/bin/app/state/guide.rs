//! The guide: a file beside the page, fetched ahead while no log is open, and only then unless it is asked for.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::pool::{address, text};
use super::store::{Stage, Store};

/// Fetches the guide once the browser is idle, if no log was opened by then.
pub fn prepare(store: Store) {
    let load = Closure::once_into_js(move || {
        if store.stage.with_untracked(|stage| *stage == Stage::Empty) {
            fetch(store);
        }
    });
    // A browser without idle times fetches it when it is asked for.
    let _ = window().request_idle_callback(load.unchecked_ref());
}

/// Fetches the guide if it is not here.
pub fn fetch(store: Store) {
    if store.guide.with_untracked(|guide| matches!(guide, Some(Ok(_)))) {
        return;
    }
    spawn_local(async move {
        let text = text(window().fetch_with_str(&address("guide.html"))).await;
        // The rest of the file is for whoever opens it by itself.
        let body = text.ok().and_then(|text| {
            let (_, after) = text.split_once("<main>")?;
            after.split_once("</main>").map(|(body, _)| body.to_owned())
        });
        store
            .guide
            .set(Some(body.ok_or_else(|| "The guide could not be loaded from where this page comes from.".into())));
    });
}
