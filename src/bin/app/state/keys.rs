//! Keys that work everywhere: Ctrl+K, `?`, `/`, `u`, and `g` with a page's letter.

use std::cell::Cell;

use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::meter::now_ms;
use super::route::Page;
use super::store::Store;

/// How long after `g` a letter still counts.
const JUMP_MS: f64 = 1500.0;

/// Every key of the app and what it does, for the dialog.
pub const KEYS: [(&str, &str); 13] = [
    ("Ctrl+K", "Every action by name"),
    ("?", "Show this list"),
    ("/", "Type a filter"),
    ("u", "Undo the last filter"),
    ("U", "Redo it"),
    ("x", "Clear the filter"),
    ("d", "Light, dark, or as the system has it"),
    ("g o … g h", "Go to a page; the letter stands beside its name"),
    ("Enter", "On a value: filter by it; on a row: open it"),
    ("Alt+Enter, Alt+click", "On a value: exclude it"),
    ("Shift+F10, right click", "On a value: all that can be done with it"),
    ("← ↑ → ↓", "Move in tables, charts and rows"),
    ("Escape", "Close what is open"),
];

/// Listens for as long as the page lives.
pub fn listen(store: Store) {
    let jump_from = Cell::new(f64::NEG_INFINITY);
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document(), "keydown", options, move |event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        if (event.ctrl_key() || event.meta_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            // A dialog that waits for an answer stays in front.
            if store.locked.with_untracked(Option::is_none) {
                store.keys_open.set(false);
                store.palette_open.update(|open| *open = !*open);
            }
            return;
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(event) {
            return;
        }
        let key = event.key();
        let jumping = now_ms() - jump_from.replace(f64::NEG_INFINITY) < JUMP_MS;
        if jumping {
            if let Some(page) = Page::ALL.into_iter().find(|page| page.key() == key) {
                event.prevent_default();
                store.go_to(page);
            }
            return;
        }
        match key.as_str() {
            "g" => jump_from.set(now_ms()),
            "?" => store.keys_open.update(|open| *open = !*open),
            "/" => {
                event.prevent_default();
                focus("filter-text");
            }
            "u" => store.undo(),
            "U" => store.redo(),
            "x" => store.set_filter(""),
            "d" => store.theme.update(|theme| *theme = theme.next()),
            _ => {}
        }
    })
    .forget();
}

/// Moves the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}

fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") || target.is_content_editable()
}
