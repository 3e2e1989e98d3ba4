//! Settings in a link: made, compressed by the browser; taken out of the address, and shown before anything is applied.

use gloo::events::EventListener;
use js_sys::{Array, Function, Reflect, Uint8Array};
use leptos::prelude::*;
use logloupe::settings::{LINK_BYTES_AT_MOST, Packed, Settings, of_link, to_link};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStreamDefaultReader, Response};

use super::allow::Undo;
use super::route::{Page, Route, parameter};
use super::session::Loupe;
use super::store::Store;

/// Where an address carries settings, and where it did before they were compressed.
const NAME: &str = "settings";
const OLD_NAME: &str = "tuning";

/// What a link brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Offered {
    /// Settings that hold.
    Settings(Box<Settings>),
    /// Nothing that can be applied: why, in a sentence without its end.
    Refused(String),
}

/// A link to this page with the settings, and under the filter, of now.
///
/// # Errors
/// Settings that are too long for a link, in a sentence without its end.
pub async fn made(store: Store) -> Result<String, String> {
    let json = store.settings.with_untracked(to_link).into_bytes();
    let compressed = match deflate("CompressionStream") {
        Ok(stream) => piped(&json, &stream, usize::MAX).await.ok(),
        Err(_) => None,
    };
    let parameter = compressed.map_or(Packed::Plain(json), Packed::Compressed).to_parameter()?;
    let route = store.route.get_untracked();
    let page = if route.page == Page::Settings { Page::Overview } else { route.page };
    let fragment = Route { workers: None, ..route.on(page) }.to_fragment();
    let address = window().location().href().unwrap_or_default();
    let page = address.split('#').next().unwrap_or_default();
    let sign = if fragment.contains('?') { '&' } else { '?' };
    Ok(format!("{page}{fragment}{sign}{NAME}={parameter}"))
}

/// Makes a link and puts it on the clipboard: what to say of it, and the link.
///
/// # Errors
/// As [`made`], as a sentence.
pub async fn copied(store: Store) -> Result<(String, String), String> {
    let link = made(store).await.map_err(|why| format!("No link was made: {why}."))?;
    let copied = JsFuture::from(window().navigator().clipboard().write_text(&link)).await;
    let said = if copied.is_ok() { "The link is copied." } else { "The link is made; copy it from here." };
    let about = "It holds all settings of this page, with what you put on lists and the filter, and nothing else of a log. \
                 Who opens it sees them before they are applied.";
    Ok((format!("{said} {about}"), link))
}

/// Looks for settings in the address, now and whenever it changes, and offers them.
pub fn follow(store: Store) {
    look(store);
    EventListener::new(&window(), "hashchange", move |_| look(store)).forget();
}

fn look(store: Store) {
    let fragment = window().location().hash().unwrap_or_default();
    if parameter(&fragment, OLD_NAME).is_some() {
        store.offered.set(Some(Offered::Refused("it was made by another version of Logloupe".into())));
    }
    let Some(text) = parameter(&fragment, NAME) else { return };
    spawn_local(async move {
        let offered = match opened(&text).await {
            Ok(settings) if store.settings.with_untracked(|now| to_link(now) == to_link(&settings)) => {
                clear_address(store);
                store.announcement.set("The link's settings are the ones that hold already.".into());
                return;
            }
            Ok(settings) => Offered::Settings(Box::new(settings)),
            Err(why) => Offered::Refused(why),
        };
        store.offered.set(Some(offered));
    });
}

async fn opened(text: &str) -> Result<Settings, String> {
    match Packed::of_parameter(text)? {
        Packed::Plain(json) => of_link(&json),
        Packed::Compressed(bytes) => {
            let stream = deflate("DecompressionStream").map_err(|_| "this browser cannot decompress it".to_owned())?;
            let json = piped(&bytes, &stream, LINK_BYTES_AT_MOST).await;
            of_link(&json.map_err(|_| "part of it is missing, was changed, or is too long".to_owned())?)
        }
    }
}

/// A stream of the browser of this class, for raw DEFLATE; older browsers have none.
fn deflate(class: &str) -> Result<JsValue, JsValue> {
    let class: Function = Reflect::get(&window(), &class.into())?.dyn_into()?;
    Reflect::construct(&class, &Array::of1(&"deflate-raw".into()))
}

/// What comes out of a stream of the browser, `at_most` bytes: more is stopped.
async fn piped(bytes: &[u8], through: &JsValue, at_most: usize) -> Result<Vec<u8>, JsValue> {
    let body = Response::new_with_opt_js_u8_array(Some(&Uint8Array::from(bytes)))?.body().ok_or(JsValue::NULL)?;
    let stream = body.pipe_through(through.unchecked_ref());
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut out = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await?;
        if Reflect::get(&read, &"done".into())?.is_truthy() {
            return Ok(out);
        }
        let piece = Uint8Array::new(&Reflect::get(&read, &"value".into())?);
        if out.len() + piece.length() as usize > at_most {
            // What is left is thrown away, so how the stream ends is of no interest.
            drop(reader.cancel());
            return Err(JsValue::NULL);
        }
        out.extend(piece.to_vec());
    }
}

/// Takes the offered settings, all of them; it can be undone.
pub fn apply(store: Store, loupe: Loupe) {
    if let Some(Offered::Settings(settings)) = store.offered.get_untracked() {
        let before = store.settings.get_untracked();
        let unlimited = before.unlimited;
        store.settings.set(Settings { unlimited, ..*settings });
        let said = "The settings of the link hold now.".to_owned();
        store.announcement.set(said.clone());
        store.undo.set(Some(Undo { said, before, is_all: true }));
        loupe.refresh();
    }
    let_be(store);
}

/// Leaves the settings as they are, and takes those of the link out of the address.
pub fn let_be(store: Store) {
    if store.offered.with_untracked(Option::is_some) {
        store.offered.set(None);
        clear_address(store);
    }
}

fn clear_address(store: Store) {
    let fragment = store.route.with_untracked(Route::to_fragment);
    // Where the browser refuses, loading the page anew asks again.
    let _ = window().history().map(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&fragment)));
}
