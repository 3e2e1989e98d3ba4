//! A value out of a log that filters when it is clicked.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent};

use super::display;
use crate::state::filter::Condition;
use crate::state::store::{MenuTarget, Store, use_store};

/// A button that shows a value: click filters by it, Alt-click excludes it, right click and Shift+F10 open its menu.
#[component]
pub fn Value(
    /// The condition that the value stands for.
    condition: Condition,
    /// What is shown; the value itself if left out.
    #[prop(into, optional)]
    label: Option<String>,
) -> impl IntoView {
    let store = use_store();
    let shown = label.unwrap_or_else(|| display::text(condition.value.as_deref()));
    let whole = shown.clone();
    let condition = StoredValue::new(condition);
    let on_click = move |event: MouseEvent| {
        event.stop_propagation();
        store.pick(&condition.get_value(), event.alt_key());
    };
    let on_menu = move |event: MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        open_menu(store, condition.get_value(), (f64::from(event.client_x()), f64::from(event.client_y())));
    };
    let on_key = move |event: KeyboardEvent| {
        let wants_menu = event.key() == "ContextMenu" || (event.key() == "F10" && event.shift_key());
        if wants_menu {
            event.prevent_default();
            open_menu(store, condition.get_value(), below(&event));
        } else if event.key() == "Enter" && event.alt_key() {
            event.prevent_default();
            store.pick(&condition.get_value(), true);
        }
    };
    view! {
        <button
            type="button"
            class="value"
            dir="auto"
            title=whole
            on:click=on_click
            on:contextmenu=on_menu
            on:keydown=on_key
        >
            {shown}
        </button>
    }
}

fn open_menu(store: Store, condition: Condition, at: (f64, f64)) {
    store.menu.set(Some(MenuTarget { condition, at }));
}

/// Below the element that has the focus.
fn below(event: &KeyboardEvent) -> (f64, f64) {
    let element = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    element.map_or((0.0, 0.0), |element| {
        let place = element.get_bounding_client_rect();
        (place.left(), place.bottom())
    })
}
