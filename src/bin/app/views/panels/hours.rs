//! When in the week rows come.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use crate::charts::HeatMap;
use crate::charts::data::{HeatData, Unit};
use crate::components::card::Card;
use crate::state::filter;
use crate::state::store::use_store;
use crate::text::answers;

/// A card with hours by weekdays, in UTC.
#[component]
pub fn HoursPanel(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let data = Memo::new(move |_| report.with(|report| data(&report.traffic.hours)));
    let store = use_store();
    let pick = Callback::new(move |(weekday, hour, excluding): (usize, usize, bool)| {
        store.narrow(&filter::hour_of_week(answers::weekday(weekday), hour, excluding));
    });
    let title = Signal::derive(move || report.with(|report| answers::busiest_hour(&report.traffic.hours)));
    view! {
        <Card title=title subtitle="Rows by hour of the day and day of the week, UTC".to_owned() width="wide">
            <HeatMap data=data label="Rows by hour and weekday".to_owned() empty="These rows have no time.".to_owned() on_pick=pick />
        </Card>
    }
}

fn data(hours: &[Vec<u64>]) -> HeatData {
    let has_rows = hours.iter().flatten().any(|count| *count > 0);
    HeatData {
        rows: if has_rows { answers::weekdays() } else { Vec::new() },
        columns: (0..24).map(|hour| format!("{hour:02}")).collect(),
        values: hours.iter().map(|day| day.iter().map(|count| *count as f64).collect()).collect(),
        unit: Unit::count("rows"),
    }
}
