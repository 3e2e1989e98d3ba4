//! The table behind a chart, made when it is opened.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use super::{plot::Picture, ticks, words::Table};

/// More rows than this are not shown: nobody reads them, and making them would hold up the page.
const MOST_ROWS: usize = 500;

/// "Show as table": the values of a chart as a table.
#[component]
pub fn ValueTable(
    /// The chart's data.
    picture: Signal<Picture>,
    /// What the chart is called.
    label: Signal<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let toggled = move |event: Event| {
        let details = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        open.set(details.is_some_and(|details| details.has_attribute("open")));
    };
    view! {
        <details class="chart-table" on:toggle=toggled>
            <summary>"Show as table"</summary>
            <div class="chart-table-scroll" tabindex="0" role="region" aria-label=move || label.get()>
                {move || open.get().then(|| table(label.get(), &picture.with(|picture| picture.0.table())))}
            </div>
        </details>
    }
}

fn table(label: String, table: &Table) -> impl IntoView + use<> {
    let shown = table.rows.len().min(MOST_ROWS);
    let caption = if shown < table.rows.len() {
        format!(
            "{label}: the first {} of {} rows",
            ticks::grouped(shown as f64),
            ticks::grouped(table.rows.len() as f64)
        )
    } else {
        label
    };
    let head = table.head.iter().map(|name| view! { <th scope="col">{name.clone()}</th> }).collect_view();
    let rows = table.rows.iter().take(MOST_ROWS).map(|cells| row(cells)).collect_view();
    view! {
        <table>
            <caption>{caption}</caption>
            <thead><tr>{head}</tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn row(cells: &[String]) -> impl IntoView + use<> {
    let mut cells = cells.iter().cloned();
    let head = cells.next().unwrap_or_default();
    let rest = cells.map(|cell| view! { <td>{cell}</td> }).collect_view();
    view! { <tr><th scope="row">{head}</th>{rest}</tr> }
}
