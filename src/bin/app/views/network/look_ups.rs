//! Domains that were looked for: visited or not, by folder, with evidence.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{LookupResult, Report};

use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::raw_lines::{RawLine, RawLines};
use crate::components::table::{Cell, Column, Table};
use crate::text::numbers;

/// One card a look-up.
#[component]
pub fn LookUps(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let results = Memo::new(move |_| report.with(|report| report.lookups.clone()));
    let cards = move || results.get().into_iter().map(|result| view! { <LookUp result=result /> }).collect_view();
    view! { <div class="halves">{cards}</div> }
}

/// One domain.
#[component]
fn LookUp(
    /// What was found.
    result: LookupResult,
) -> impl IntoView {
    let answer = if result.visited { "yes" } else { "no" };
    let title = format!("{} visited: {answer}", result.name);
    let subtitle = format!("{} whose host has “{}”", numbers::counted(result.count, "row"), result.pattern);
    let table = by_folder(&result);
    let lines: Vec<RawLine> = result
        .evidence
        .into_iter()
        .map(|line| RawLine { place: format!("{}:{}", line.file, line.line), text: line.text, is_meant: false })
        .collect();
    let has_lines = !lines.is_empty();
    let lines = StoredValue::new(lines);
    view! {
        <Card title=title subtitle=subtitle>
            <DataTable table=Signal::stored(table) page=10 />
            <Show when=move || has_lines>
                <details>
                    <summary>"The first lines that say so"</summary>
                    <RawLines lines=lines.get_value() />
                </details>
            </Show>
        </Card>
    }
}

fn by_folder(result: &LookupResult) -> Table {
    let row = |folder: &logloupe::report::FolderCount| {
        vec![
            folder_cell(&folder.folder),
            Cell::text(if folder.count > 0 { "yes" } else { "no" }),
            Cell::part(folder.count, result.count),
        ]
    };
    Table {
        caption: format!("{} by folder", result.name),
        columns: vec![Column::text("Folder"), Column::text("Visited"), Column::number("Rows")],
        rows: result.folders.iter().map(row).collect(),
        empty: "There are no folders.".into(),
    }
}

/// A folder that filters; files that were dropped without one say so.
pub fn folder_cell(folder: &str) -> Cell {
    let cell = Cell::value("file.directory", Some(folder));
    if folder.is_empty() || folder == "." { Cell { text: "(no folder)".into(), ..cell } } else { cell }
}
