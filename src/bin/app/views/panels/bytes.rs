//! How large answers are.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use crate::charts::HistogramChart;
use crate::charts::data::{Bin, HistogramData, Unit};
use crate::components::card::Card;
use crate::state::filter;
use crate::state::store::use_store;
use crate::text::answers;

/// A card with sizes in bins that double. Dragging filters by a range.
#[component]
pub fn BytesPanel(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| report.with(|report| data(report)));
    let title = Signal::derive(move || report.with(|report| answers::half_below(report, &field(report))));
    let subtitle = Signal::derive(move || {
        let field = report.with(|report| field(report));
        if field.is_empty() {
            String::new()
        } else {
            format!("Rows by {}, on a logarithmic axis", crate::text::fields::plain(&field))
        }
    });
    let on_range = Callback::new(move |(from, to): (f64, f64)| {
        let field = report.with_untracked(|report| field(report));
        if !field.is_empty() {
            store.narrow(&filter::number_span(&field, from.floor(), Some(to.ceil())));
        }
    });
    view! {
        <Card title=title subtitle=subtitle>
            <HistogramChart
                data=data
                label="Rows by size".to_owned()
                empty="These logs do not say how many bytes went over the wire.".to_owned()
                on_range=on_range
            />
        </Card>
    }
}

fn field(report: &Report) -> String {
    report.traffic.bytes_histogram.field.clone().unwrap_or_default()
}

fn data(report: &Report) -> HistogramData {
    let histogram = &report.traffic.bytes_histogram;
    let bin = |bin: &logloupe::query::HistogramBin| Bin { from: bin.from, to: bin.to, count: bin.count as f64 };
    HistogramData {
        bins: histogram.bins.iter().map(bin).collect(),
        log: histogram.log,
        unit: Unit::Bytes,
        counted: Unit::count("rows"),
    }
}
