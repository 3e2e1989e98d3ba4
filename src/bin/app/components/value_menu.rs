//! All that can be done with a value: filter, exclude, copy, add to a list, show its rows.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::display;
use crate::state::allow;
use crate::state::route::Page;
use crate::state::session::use_loupe;
use crate::state::store::{MenuTarget, Store, use_store};
use crate::text::fields::{self, List};
use crate::text::statuses;

/// The menu of the value that [`Store::menu`] names; one for the whole page.
#[component]
pub fn ValueMenu() -> impl IntoView {
    let store = use_store();
    let came_from = StoredValue::new_local(None::<HtmlElement>);
    let close = move || {
        store.menu.set(None);
        if let Some(element) = came_from.get_value() {
            // An element that is gone by now leaves the focus where it is.
            let _ = element.focus();
        }
    };
    Effect::new(move |_| {
        if store.menu.with(Option::is_some) {
            came_from.set_value(document().active_element().and_then(|element| element.dyn_into().ok()));
        }
    });
    let outside = window_event_listener(ev::click, move |_| {
        if store.menu.with_untracked(Option::is_some) {
            store.menu.set(None);
        }
    });
    on_cleanup(move || outside.remove());
    view! {
        {move || {
            store.menu.get().map(|target| view! { <OpenMenu target=target close=Callback::new(move |()| close()) /> })
        }}
    }
}

/// The open menu.
#[component]
fn OpenMenu(
    /// The value, and where to open.
    target: MenuTarget,
    /// Called to close.
    close: Callback<()>,
) -> impl IntoView {
    let menu = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(menu) = menu.get() {
            place(&menu, target.at);
            step_focus(&menu, 0);
        }
    });
    let condition = target.condition;
    let value = display::text(condition.value.as_deref());
    let meaning = meaning(&condition.field, condition.value.as_deref().unwrap_or_default());
    let name = fields::plain(&condition.field).to_owned();
    let full_name = condition.field.clone();
    let actions = actions(&condition);
    let items = actions
        .into_iter()
        .map(|(label, action)| {
            let act = move |_| {
                close.run(());
                action.run(());
            };
            view! { <button type="button" role="menuitem" tabindex="-1" on:click=act>{label}</button> }
        })
        .collect_view();
    let on_key = move |event: KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        match event.key().as_str() {
            "Escape" | "Tab" => close.run(()),
            "ArrowDown" => step_focus(&menu, 1),
            "ArrowUp" => step_focus(&menu, -1),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div class="menu" role="menu" aria-label="What to do with this value" node_ref=menu on:keydown=on_key>
            <p class="menu-about">
                <span class="menu-field">{name} " " <code>{full_name}</code></span>
                <span class="menu-value" dir="auto">{value}</span>
                <span>{meaning}</span>
            </p>
            {items}
        </div>
    }
}

type Action = (String, Callback<()>);

fn actions(condition: &crate::state::filter::Condition) -> Vec<Action> {
    let (store, loupe) = (use_store(), use_loupe());
    let own = StoredValue::new(condition.clone());
    let value = condition.value.clone().unwrap_or_default();
    let mut actions: Vec<Action> = vec![
        ("Filter by it".into(), Callback::new(move |()| store.pick(&own.get_value(), false))),
        ("Exclude it".into(), Callback::new(move |()| store.pick(&own.get_value(), true))),
        (
            "Show its rows".into(),
            Callback::new(move |()| {
                let filter = store.route.with_untracked(|route| route.filter.clone());
                let filter = crate::state::filter::with(&filter, &own.get_value().clause());
                store.go(&crate::state::route::Route { page: Page::Rows, filter, ..store.route.get_untracked() });
            }),
        ),
    ];
    if condition.value.is_none() {
        return actions;
    }
    let copied = value.clone();
    actions.push(("Copy".into(), Callback::new(move |()| copy(&copied))));
    if let Some(list) = fields::list_of(&condition.field) {
        let value = value.clone();
        let add = Callback::new(move |()| {
            add_to(store, list, &value);
            loupe.refresh();
        });
        actions.push((format!("Add to {}", list.name()), add));
    }
    if let Some((list, what)) = allow::list_of(&condition.field).filter(|(list, _)| allow::can_be_entry(list, &value)) {
        let never = Callback::new(move |()| allow::add(store, loupe, list, &own.get_value().value.unwrap_or_default()));
        actions.push((format!("Never report this {what}"), never));
    }
    actions
}

fn add_to(store: Store, list: List, value: &str) {
    store.settings.update(|settings| {
        let lists = &mut settings.lists;
        let texts = match list {
            List::BannedHosts => &mut lists.banned_hosts,
            List::BadAddresses => &mut lists.bad_addresses,
            List::BannedPorts => {
                lists.banned_ports.extend(value.parse::<u16>().ok().filter(|port| !lists.banned_ports.contains(port)));
                return;
            }
        };
        if !texts.iter().any(|known| known == value) {
            texts.push(value.to_owned());
        }
    });
    store.announcement.set(format!("Added to {}.", list.name()));
}

fn copy(text: &str) {
    // A browser that does not let the page copy leaves the clipboard as it is.
    let _ = window().navigator().clipboard().write_text(text);
}

fn meaning(field: &str, value: &str) -> &'static str {
    if field == "http.response.status_code" { statuses::meaning(value) } else { "" }
}

/// Puts the menu at a place of the window, inside of it.
fn place(menu: &HtmlElement, (x, y): (f64, f64)) {
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|v| v.as_f64()).unwrap_or(0.0);
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let left = x.min(width - f64::from(menu.offset_width()) - 8.0).max(8.0);
    let top = y.min(height - f64::from(menu.offset_height()) - 8.0).max(8.0);
    let style = menu.style();
    // Both are valid lengths.
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}

/// Moves the focus by `step` items, around the ends.
fn step_focus(menu: &HtmlElement, step: i32) {
    let Ok(items) = menu.query_selector_all("[role=menuitem]") else { return };
    let count = items.length() as i32;
    let active = document().active_element();
    let now = (0..count).find(|at| {
        items
            .item(*at as u32)
            .is_some_and(|item| active.as_ref().is_some_and(|active| active.is_same_node(Some(&item))))
    });
    let next = now.map_or(0, |now| (now + step).rem_euclid(count.max(1)));
    if let Some(item) = items.item(next as u32).and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        let _ = item.focus();
    }
}
