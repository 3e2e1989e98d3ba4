//! The bars that come with a finding: how often an interval came, how much an hour held.

use leptos::prelude::*;
use logloupe::report::Chart;

use crate::charts::data::{Bin, HistogramData, Role, Series, TimelineData, Unit};
use crate::charts::{HistogramChart, TimelineChart};

/// The unit of bars that are points in time.
const SINCE_1970: &str = "s since 1970";
const HOUR_MS: f64 = 3_600_000.0;

/// Each chart under its title.
#[component]
pub fn FindingCharts(
    /// The charts; mostly none.
    charts: Vec<Chart>,
) -> impl IntoView {
    charts.into_iter().map(|chart| view! { <h3>{chart.title.clone()}</h3> {drawn(&chart)} }).collect_view()
}

fn drawn(chart: &Chart) -> AnyView {
    let label = chart.title.clone();
    if chart.unit == SINCE_1970 {
        let data = hours(chart);
        return view! { <TimelineChart data=Signal::stored(data) label=label empty=String::new() /> }.into_any();
    }
    let data = histogram(chart);
    view! { <HistogramChart data=Signal::stored(data) label=label empty=String::new() /> }.into_any()
}

/// Bars of an hour each; hours without a bar are empty.
fn hours(chart: &Chart) -> TimelineData {
    let start = chart.bars.first().map_or(0, |bar| bar.from);
    let mut values = Vec::new();
    for bar in &chart.bars {
        let at = usize::try_from((bar.from - start) / 3600).unwrap_or(0);
        values.resize(at, 0.0);
        values.push(bar.count as f64);
    }
    TimelineData {
        start_ms: start as f64 * 1000.0,
        step_ms: HOUR_MS,
        series: vec![Series { name: "requests".into(), role: Role::Accent, values }],
        unit: Unit::count("requests"),
    }
}

/// Bars as wide as the narrowest distance between two of them; the last also holds what lies beyond.
fn histogram(chart: &Chart) -> HistogramData {
    let steps = chart.bars.windows(2).filter_map(|pair| Some(pair.last()?.from - pair.first()?.from));
    let width = steps.filter(|step| *step > 0).min().unwrap_or(1);
    let (first, last) = (chart.bars.first().map_or(0, |bar| bar.from), chart.bars.last().map_or(0, |bar| bar.from));
    let counts = |from: i64| chart.bars.iter().filter(|bar| bar.from == from).map(|bar| bar.count).sum::<u64>() as f64;
    let bins = (0..=(last - first) / width).map(|at| first + at * width).map(|from| Bin {
        from: from as f64 * 1000.0,
        to: (from + width) as f64 * 1000.0,
        count: counts(from),
    });
    HistogramData { bins: bins.collect(), log: false, unit: Unit::Millis, counted: Unit::count("intervals") }
}
