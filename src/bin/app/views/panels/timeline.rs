//! Rows over time, stacked by status class or by log.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::query;
use logloupe::report::Report;

use crate::charts::TimelineChart;
use crate::charts::data::{Role, Series, TimelineData, Unit};
use crate::components::card::Card;
use crate::state::filter::{self, Condition};
use crate::state::store::{Store, use_store};
use crate::text::{answers, numbers, statuses, times};

/// At most this many series; the rest is "other".
const SERIES: usize = 7;
const OTHER: &str = "other";

/// A card with the timeline. Dragging zooms, a click on a layer filters by it.
#[component]
pub fn TimelinePanel(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| report.with(|report| data(&report.traffic.timeline)));
    let title = Signal::derive(move || report.with(|report| answers::peak(&report.traffic.timeline)));
    let subtitle = Signal::derive(move || report.with(|report| measure(&report.traffic.timeline)));
    let on_range = Callback::new(move |(from, to): (f64, f64)| {
        store.narrow(&filter::time_span(&times::rfc3339(from), &times::rfc3339(to)));
    });
    let on_pick = Callback::new(move |(name, excluding): (String, bool)| {
        let by_class = report.with_untracked(|report| report.traffic.timeline.split == "status class");
        pick(store, by_class, &name, excluding);
    });
    let on_clear = Callback::new(move |()| {
        store.set_filter(&filter::without_time(&store.route.with_untracked(|route| route.filter.clone())));
    });
    view! {
        <Card title=title subtitle=subtitle width="full">
            <TimelineChart
                data=data
                label="Rows over time".to_owned()
                empty="No row under the filter has a time.".to_owned()
                on_range=on_range
                on_clear=on_clear
                on_pick=on_pick
            />
        </Card>
    }
}

fn pick(store: Store, by_class: bool, name: &str, excluding: bool) {
    let class = statuses::class(name).filter(|_| by_class);
    match class {
        Some(class) if excluding => store.narrow(&format!("not ({})", filter::status_class(class))),
        Some(class) => store.narrow(&filter::status_class(class)),
        None if by_class => {
            store.pick(&Condition::none("http.response.status_code"), excluding);
        }
        None if name != OTHER => store.pick(&Condition::new("event.dataset", name), excluding),
        None => {}
    }
}

fn measure(timeline: &query::Timeline) -> String {
    if timeline.start.is_none() {
        return String::new();
    }
    let step = numbers::seconds(timeline.step_seconds as f64);
    format!("Rows in steps of {step}, by {}; drag to zoom", timeline.split)
}

fn data(timeline: &query::Timeline) -> TimelineData {
    let by_class = timeline.split == "status class";
    let mut layers: Vec<Series> = timeline
        .series
        .iter()
        .enumerate()
        .map(|(at, layer)| Series {
            name: layer.name.clone(),
            role: match statuses::class(&layer.name).filter(|_| by_class) {
                Some(class) => Role::Status(class),
                None if by_class => Role::Muted,
                None => Role::Series((at % SERIES) as u8 + 1),
            },
            values: layer.values.iter().map(|count| *count as f64).collect(),
        })
        .collect();
    if layers.len() > SERIES {
        let rest = layers.split_off(SERIES - 1);
        let steps = rest.iter().map(|layer| layer.values.len()).max().unwrap_or(0);
        let sum = |step: usize| rest.iter().filter_map(|layer| layer.values.get(step)).sum();
        layers.push(Series { name: OTHER.into(), role: Role::Muted, values: (0..steps).map(sum).collect() });
    }
    TimelineData {
        start_ms: timeline.start.as_deref().and_then(times::millis).unwrap_or(0.0),
        step_ms: timeline.step_seconds as f64 * 1000.0,
        series: if timeline.start.is_some() { layers } else { Vec::new() },
        unit: Unit::count("rows"),
    }
}
