//! Whether the next interval will have a burst of errors.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::Study;
use logloupe::report::{AlarmFigures, Forecast};
use logloupe::settings::ForecastSettings;
use wasm_bindgen_futures::spawn_local;

use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::field::{NumberField, SelectField};
use crate::components::table::{Cell, Column, Table};
use crate::components::verdict_mark::VerdictMark;
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};
use crate::text::numbers;

/// The form, and what came out.
#[component]
pub fn ForecastCard() -> impl IntoView {
    let (studies, loupe) = (use_store().studies.get_value(), use_loupe());
    let shipped = ForecastSettings::default();
    let errors = RwSignal::new(shipped.errors_from.to_string());
    let lead = RwSignal::new(f64::from(shipped.lead));
    let miss_cost = RwSignal::new(shipped.miss_cost);
    let is_running = move || studies.forecast_run.with(|run| matches!(run, Run::Running(_)));
    let run = move |_| {
        let settings = ForecastSettings {
            errors_from: errors.get_untracked().parse().unwrap_or(500),
            lead: lead.get_untracked() as u32,
            miss_cost: miss_cost.get_untracked(),
            ..ForecastSettings::default()
        };
        let session = loupe.session();
        spawn_local(async move { session.study(Study::Forecast { settings, buckets: None }).await });
    };
    let kinds = [("500", "What the server did wrong (500 and above)"), ("400", "All errors (400 and above)")]
        .map(|(value, title)| (value.to_owned(), title.to_owned()));
    let found = move || studies.forecast.get().map(|forecast| view! { <Forecasted forecast=forecast /> });
    view! {
        <Card
            title="Will errors burst".to_owned()
            subtitle="A forest on the intervals before, tested on the newest ones".to_owned()
            width="full"
        >
            <div class="form">
                <SelectField label="Errors" hint="Which answers count." options=Signal::stored(kinds.to_vec()) value=errors />
                <NumberField label="Intervals ahead" hint="How early an alarm has to come." limits=(1.0, 100.0, 1.0) value=lead />
                <NumberField label="Cost of a miss" hint="In false alarms." limits=(0.1, 1000.0, 0.1) value=miss_cost />
            </div>
            <p class="actions form-actions">
                <button type="button" class="primary" disabled=is_running on:click=run>"Forecast"</button>
            </p>
            <RunStatus run=studies.forecast_run />
            {found}
        </Card>
    }
}

#[component]
fn Forecasted(
    /// What was found.
    forecast: Arc<Forecast>,
) -> impl IntoView {
    let told = forecast.refused.is_none().then(|| {
        let next = forecast.next.as_ref().map(|next| {
            let word = if next.is_alarm { "alarm" } else { "no alarm" };
            format!(
                "Next, from {}: {word}; the probability of a burst is {:.0} %.",
                next.start,
                next.probability * 100.0
            )
        });
        let what = format!(
            "An interval is {} long, and a burst is more than {}. Of {} held out, {} are bursts.",
            numbers::counted(forecast.interval_seconds, "second"),
            numbers::counted(forecast.burst_over, "error"),
            numbers::counted(forecast.n_test, "interval"),
            numbers::count(forecast.bursts)
        );
        let table = alarms(&forecast);
        view! {
            <p><strong>{next}</strong></p>
            <p>{what}</p>
            <DataTable table=Signal::stored(table) page=10 />
        }
    });
    view! {
        <div class="stack" data-forecast>
            <VerdictMark trust=forecast.trust.clone() />
            {told}
        </div>
    }
}

fn alarms(forecast: &Forecast) -> Table {
    let row = |figures: &AlarmFigures| {
        vec![
            Cell::text(figures.by.as_str()),
            Cell::count(figures.right),
            Cell::count(figures.false_alarms),
            Cell::count(figures.missed),
            Cell::count(figures.announced),
            Cell::number(figures.cost, ""),
        ]
    };
    Table {
        caption: "What alarms would have been worth".into(),
        columns: vec![
            Column::text("Whose alarms"),
            Column::number("Right"),
            Column::number("False"),
            Column::number("Missed"),
            Column::number("Beginnings announced"),
            Column::number("Cost"),
        ],
        rows: forecast.alarms.iter().map(row).collect(),
        empty: "There are none.".into(),
    }
}
