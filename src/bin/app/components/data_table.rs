//! A table: sticky header, sort by any column, numbers right, bars inside, fifty rows at a time.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::table::{Cell, Table};
use super::value::Value;
use crate::state::download;
use crate::state::store::use_store;

/// Rows shown at first, and added at a time.
const PAGE: usize = 50;

/// A table that sorts, filters where a value is clicked, and can be taken away as CSV.
#[component]
pub fn DataTable(
    /// What it holds.
    #[prop(into)]
    table: Signal<Table>,
    /// How many rows to show at first.
    #[prop(default = PAGE)]
    page: usize,
) -> impl IntoView {
    let sort = RwSignal::new(None::<(usize, bool)>);
    let shown = RwSignal::new(page);
    let element = NodeRef::<html::Div>::new();
    let count = Memo::new(move |_| table.with(|table| table.rows.len()));
    let save = move |_| {
        table.with_untracked(|table| {
            let name = format!(
                "{}.csv",
                table.caption.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
            );
            download::save(&name, "text/csv", table.to_csv().as_bytes());
        });
    };
    view! {
        <Show
            when=move || { count.get() > 0 }
            fallback=move || view! { <p class="empty">{move || table.with(|table| table.empty.clone())}</p> }
        >
            <div class="table-box" node_ref=element on:keydown=move |event| step(&event) tabindex="0" role="region"
                aria-label=move || table.with(|table| table.caption.clone())>
                <table>
                    <caption class="unseen">{move || table.with(|table| table.caption.clone())}</caption>
                    <thead>
                        <tr>{move || head(table, sort)}</tr>
                    </thead>
                    <tbody>{move || body(table, sort, shown)}</tbody>
                </table>
            </div>
            <footer class="table-foot">
                <Show when=move || { count.get() > shown.get() }>
                    <button type="button" class="quiet" on:click=move |_| shown.update(|shown| *shown += PAGE)>
                        {move || format!("Show {} more of {}", PAGE.min(count.get() - shown.get()), count.get())}
                    </button>
                </Show>
                <button type="button" class="quiet" on:click=save>"CSV"</button>
            </footer>
        </Show>
    }
}

fn head(table: Signal<Table>, sort: RwSignal<Option<(usize, bool)>>) -> impl IntoView {
    let columns = table.with(|table| table.columns.clone());
    columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| {
            let order = move || match sort.get() {
                Some((by, true)) if by == at => "descending",
                Some((by, false)) if by == at => "ascending",
                _ => "none",
            };
            let turn = move |_| {
                sort.update(|sort| {
                    *sort = match *sort {
                        Some((by, descending)) if by == at => Some((at, !descending)),
                        _ => Some((at, column.is_number)),
                    };
                });
            };
            view! {
                <th scope="col" class:number=column.is_number aria-sort=order>
                    <button type="button" class="sort" on:click=turn>{column.title}</button>
                </th>
            }
        })
        .collect_view()
}

fn body(table: Signal<Table>, sort: RwSignal<Option<(usize, bool)>>, shown: RwSignal<usize>) -> impl IntoView {
    table.with(|table| {
        let order = table.order(sort.get());
        let rows = order.into_iter().take(shown.get()).filter_map(|at| table.rows.get(at));
        let numbers: Vec<bool> = table.columns.iter().map(|column| column.is_number).collect();
        rows.map(|row| {
            let cells = row.iter().cloned().zip(numbers.clone()).enumerate();
            let cells = cells.map(|(at, (content, is_number))| cell(content, is_number, at == 0)).collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view()
    })
}

fn cell(cell: Cell, is_number: bool, is_first: bool) -> AnyView {
    let Cell { text, whole, share, condition, tone, .. } = cell;
    let bar = share.map(|share| {
        view! { <span class="bar" aria-hidden="true" style:width=format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)></span> }
    });
    let content = match (condition, whole) {
        (Some(condition), _) => view! { <Value condition=condition label=text /> }.into_any(),
        (None, Some(whole)) => copied(text, whole),
        (None, None) => view! { <span class="cell-text" dir="auto">{text}</span> }.into_any(),
    };
    if is_first {
        view! { <th scope="row" class:number=is_number data-tone=tone>{bar}{content}</th> }.into_any()
    } else {
        view! { <td class:number=is_number data-tone=tone>{bar}{content}</td> }.into_any()
    }
}

/// A short text whose whole a click copies.
fn copied(text: String, whole: String) -> AnyView {
    let store = use_store();
    let title = format!("{whole} (click to copy)");
    let copy = move |_| {
        // A browser that does not let the page copy shows the whole on hover all the same.
        let _ = window().navigator().clipboard().write_text(&whole);
        store.announcement.set("Copied.".into());
    };
    view! { <button type="button" class="value" title=title on:click=copy>{text}</button> }.into_any()
}

/// Moves the focus with the arrow keys to the next cell that can be clicked.
fn step(event: &KeyboardEvent) {
    let (dx, dy) = match event.key().as_str() {
        "ArrowLeft" => (-1, 0),
        "ArrowRight" => (1, 0),
        "ArrowUp" => (0, -1),
        "ArrowDown" => (0, 1),
        _ => return,
    };
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(cell) = target.and_then(|target| target.closest("td, th").ok().flatten()) else { return };
    if let Some(next) = next_button(&cell, dx, dy) {
        event.prevent_default();
        // A button that cannot take the focus leaves it where it is.
        let _ = next.focus();
    }
}

fn next_button(cell: &Element, dx: i32, dy: i32) -> Option<HtmlElement> {
    let table = cell.closest("table").ok().flatten()?;
    let rows = table.query_selector_all("tr").ok()?;
    let place = |element: &Element| {
        let mut at = 0;
        let mut before = element.previous_element_sibling();
        while let Some(sibling) = before {
            at += 1;
            before = sibling.previous_element_sibling();
        }
        at
    };
    let row = cell.parent_element()?;
    let mut y = (0..rows.length()).find(|at| rows.item(*at).is_some_and(|item| row.is_same_node(Some(&item))))? as i32;
    let mut x = place(cell);
    loop {
        (x, y) = (x + dx, y + dy);
        let row: Element = rows.item(u32::try_from(y).ok()?)?.dyn_into().ok()?;
        let cell = row.children().item(u32::try_from(x).ok()?)?;
        if let Ok(Some(button)) = cell.query_selector("button, a") {
            return button.dyn_into().ok();
        }
    }
}
