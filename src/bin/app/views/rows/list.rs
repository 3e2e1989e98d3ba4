//! The list of rows: as long as the log, drawn only where it is in sight.

use leptos::{html, prelude::*};
use logloupe::query::Sort;
use logloupe::schema::{FieldName, Kind};
use wasm_bindgen::JsCast;
use web_sys::{HtmlButtonElement, KeyboardEvent};

use super::pages::Pages;
use super::window::ROW;
use crate::components::display;
use crate::text::{fields, numbers};

/// Rows that Page Up and Page Down pass over.
const LEAP: u64 = 20;

/// A grid of rows: arrow keys move, Enter opens, a column's head sorts.
#[component]
pub fn List(
    /// The rows.
    pages: Pages,
) -> impl IntoView {
    let element = NodeRef::<html::Div>::new();
    let see = move || {
        if let Some(element) = element.get_untracked() {
            pages.window.update(|window| {
                window.top = f64::from(element.scroll_top());
                window.height = f64::from(element.client_height()) - ROW;
            });
        }
    };
    Effect::new(move |_| {
        element.track();
        request_animation_frame(see);
    });
    Effect::new(move |_| {
        pages.begun.track();
        if let Some(element) = element.get_untracked() {
            element.set_scroll_top(0);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| see());
    on_cleanup(move || resized.remove());
    let on_key = move |event: KeyboardEvent| {
        if let Some(row) = typed(pages, &event) {
            event.prevent_default();
            pages.active.set(row);
            if let (Some(top), Some(element)) = (pages.window.get_untracked().scroll_to(row), element.get_untracked()) {
                element.set_scroll_top(top as i32);
            }
        }
    };
    let total = Memo::new(move |_| pages.window.with(|window| window.total));
    let template = Memo::new(move |_| pages.columns.with(|columns| template(columns)));
    let width = Memo::new(move |_| pages.columns.with(|columns| format!("{}rem", least_width(columns))));
    view! {
        <div
            class="rows-box"
            id="rows-list"
            role="grid"
            tabindex="0"
            aria-label="Rows under the filter"
            aria-rowcount=move || total.get() + 1
            aria-colcount=move || pages.columns.with(Vec::len)
            aria-activedescendant=move || format!("row-{}", pages.active.get())
            node_ref=element
            on:scroll=move |_| see()
            on:keydown=on_key
        >
            <div
                class="rows-head"
                role="row"
                aria-rowindex="1"
                style:min-width=move || width.get()
                style:grid-template-columns=move || template.get()
            >
                {move || pages.columns.get().into_iter().map(|column| head(pages, column)).collect_view()}
            </div>
            <div class="rows-body" role="rowgroup" style:min-width=move || width.get() style:height=move || format!("{}px", pages.window.get().full_height())>
                {move || {
                    let (first, end) = pages.window.get().rows();
                    (first..end).map(|at| row(pages, at, template)).collect_view()
                }}
            </div>
        </div>
        <p class="muted rows-count" aria-live="polite">{move || numbers::counted(total.get(), "row")}</p>
    }
}

fn head(pages: Pages, column: FieldName) -> impl IntoView {
    let plain = fields::plain(column.as_str()).to_owned();
    let name = column.to_string();
    let is_number = is_number(&column);
    let own = StoredValue::new(column);
    let is = move |sort: &Sort| own.with_value(|own| sort.field == *own);
    let order = move || match pages.sort.get() {
        Some(sort) if is(&sort) && sort.descending => "descending",
        Some(sort) if is(&sort) => "ascending",
        _ => "none",
    };
    let turn = move |_| {
        pages.sort.update(|sort| {
            *sort = match sort.take() {
                Some(known) if is(&known) && known.descending => None,
                Some(known) if is(&known) => Some(Sort { descending: true, ..known }),
                _ => Some(Sort { field: own.get_value(), descending: false }),
            };
        });
    };
    view! {
        <div role="columnheader" class:number=is_number aria-sort=order>
            <button type="button" class="sort" title=name on:click=turn>{plain}</button>
        </div>
    }
}

fn row(pages: Pages, at: u64, template: Memo<String>) -> impl IntoView {
    let window = pages.window.get_untracked();
    let place = format!("translateY({}px)", window.place(at));
    let columns = pages.columns.get_untracked();
    let cells = match pages.row(at) {
        None => view! { <div role="gridcell" class="muted">"…"</div> }.into_any(),
        Some(row) => row
            .values
            .into_iter()
            .zip(columns)
            .map(|(value, column)| {
                let text = value.as_deref().map_or_else(|| "–".to_owned(), display::visible);
                let whole = text.clone();
                view! { <div role="gridcell" dir="auto" class:number=is_number(&column) title=whole>{text}</div> }
            })
            .collect_view()
            .into_any(),
    };
    view! {
        <div
            class="row"
            id=format!("row-{at}")
            role="row"
            aria-rowindex=at + 2
            aria-selected=move || (pages.active.get() == at).to_string()
            style:transform=place
            style:grid-template-columns=move || template.get()
            on:click=move |_| pages.open_row(at)
        >
            {cells}
        </div>
    }
}

fn is_number(column: &FieldName) -> bool {
    column.ecs().is_some_and(|field| field.kind().is_number())
}

/// Widths by what the columns hold.
fn template(columns: &[FieldName]) -> String {
    let width = |column: &FieldName| match widths(column) {
        (least, 0) => format!("{least}rem"),
        (least, share) => format!("minmax({least}rem, {share}fr)"),
    };
    columns.iter().map(width).collect::<Vec<_>>().join(" ")
}

/// What the columns need at least, with the room between them.
fn least_width(columns: &[FieldName]) -> f64 {
    columns.iter().map(|column| widths(column).0 + 0.75).sum::<f64>() + 0.75
}

/// The least width in rem, and the share of what is left.
fn widths(column: &FieldName) -> (f64, u8) {
    match column.ecs().map(|field| (field.kind(), field.name())) {
        Some((Kind::Time, _)) => (13.5, 0),
        Some((Kind::Ip, _)) => (8.5, 0),
        Some((Kind::Integer | Kind::Float, _)) => (6.0, 0),
        Some((_, "http.request.method" | "http.version" | "source.geo.country_iso_code")) => (4.5, 0),
        Some((_, "event.dataset" | "network.protocol" | "network.transport")) => (7.0, 0),
        Some((_, "url.path" | "user_agent.original" | "message" | "http.request.referrer")) => (14.0, 2),
        _ => (9.0, 1),
    }
}

/// The row that a key leads to; Enter opens the one that is active.
fn typed(pages: Pages, event: &KeyboardEvent) -> Option<u64> {
    let (active, total) = (pages.active.get_untracked(), pages.window.get_untracked().total);
    let last = total.checked_sub(1)?;
    let on_head = event.target().is_some_and(|target| target.dyn_ref::<HtmlButtonElement>().is_some());
    if on_head && event.key() == "Enter" {
        return None;
    }
    match event.key().as_str() {
        "ArrowDown" => Some((active + 1).min(last)),
        "ArrowUp" => Some(active.saturating_sub(1)),
        "PageDown" => Some((active + LEAP).min(last)),
        "PageUp" => Some(active.saturating_sub(LEAP)),
        "Home" => Some(0),
        "End" => Some(last),
        "Enter" => {
            pages.open_row(active);
            Some(active)
        }
        "Escape" => {
            pages.open.set(None);
            None
        }
        _ => None,
    }
}
