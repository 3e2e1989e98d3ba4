//! Every column's figures.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{ColumnQuality, Report};

use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::text::{fields, numbers, sentences};

/// Missing, zero and distinct values, quartiles, outliers, and what is worth knowing.
#[component]
pub fn Columns(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let table = Memo::new(move |_| report.with(|report| columns(&report.quality.columns)));
    let title = Signal::derive(move || {
        report.with(|report| {
            let quality = &report.quality;
            let count = numbers::counted(quality.columns.len() as u64, "column");
            match quality.duplicate_rows {
                0 => format!("{count}, no row twice"),
                rows => format!("{count}, {} more than once", numbers::counted(rows, "row")),
            }
        })
    });
    let foot = "Outliers lie more than 1.5 times the distance of the quartiles outside of them; quartiles are exact."
        .to_owned();
    view! {
        <Card title=title subtitle="Columns that have a value anywhere, over the rows under the filter".to_owned() foot=foot>
            <DataTable table=table />
        </Card>
    }
}

fn columns(columns: &[ColumnQuality]) -> Table {
    Table {
        caption: "Columns".into(),
        columns: vec![
            Column::text("Column"),
            Column::text("Values"),
            Column::number("Missing"),
            Column::number("Zero"),
            Column::number("Distinct"),
            Column::number("Rare"),
            Column::number("Smallest"),
            Column::number("Median"),
            Column::number("Mean"),
            Column::number("Largest"),
            Column::number("Outliers"),
            Column::text("Worth knowing"),
        ],
        rows: columns.iter().map(row).collect(),
        empty: "There are no rows, so there are no columns.".into(),
    }
}

fn row(column: &ColumnQuality) -> Vec<Cell> {
    let numbers = column.numbers.as_ref();
    let figure = |pick: fn(&logloupe::report::NumberQuality) -> f64| match numbers {
        Some(numbers) if column.unit != "code" => Cell::number(pick(numbers), &column.unit),
        _ => none(),
    };
    let worth = match (&column.note, &column.constant) {
        (Some(note), _) => sentences::capital(note),
        (None, Some(value)) => format!("Always {value}"),
        (None, None) => String::new(),
    };
    let plain = fields::plain(&column.field);
    let name = if plain == column.field { plain.to_owned() } else { format!("{plain} · {}", column.field) };
    vec![
        Cell::text(name),
        Cell::text(kind(&column.kind)),
        Cell::part(column.missing, column.rows),
        column.zero.map_or_else(none, Cell::count),
        Cell::count(column.distinct),
        column.rare.map_or_else(none, Cell::count),
        figure(|numbers| numbers.min),
        figure(|numbers| numbers.median),
        figure(|numbers| numbers.mean),
        figure(|numbers| numbers.max),
        numbers.filter(|_| column.unit != "code").map_or_else(none, |numbers| Cell::count(numbers.outliers_iqr)),
        if worth.is_empty() { Cell::text("") } else { Cell::content(&worth).toned("careful") },
    ]
}

/// What a kind of value is called.
fn kind(name: &str) -> &str {
    match name {
        "keyword" => "text",
        "ip" => "address",
        "integer" => "whole number",
        "float" => "number",
        other => other,
    }
}

fn none() -> Cell {
    Cell { number: Some(-1.5), ..Cell::text("–") }
}
