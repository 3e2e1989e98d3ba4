//! The most frequent values of a column as a table: whole values, counts, shares, bytes.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use super::top::Top;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::Table;
use crate::text::answers;

/// A card with a table of values; a click filters by the value.
#[component]
pub fn TopTable(
    /// The report.
    report: Signal<Arc<Report>>,
    /// Which values.
    top: Top,
) -> impl IntoView {
    let title = Signal::derive(move || report.with(|report| answers::leading((top.select)(report), top.thing)));
    let subtitle = Signal::derive(move || report.with(|report| answers::measure((top.select)(report), top.thing)));
    let foot = Signal::derive(move || report.with(|report| answers::of_rows((top.select)(report).rows, report)));
    let table = Memo::new(move |_| {
        let caption = format!("Rows by {}", top.thing);
        report.with(|report| Table::of_values(&caption, "Value", top.field, (top.select)(report), top.empty))
    });
    view! {
        <Card title=title subtitle=subtitle foot=foot>
            <DataTable table=table page=10 />
        </Card>
    }
}
