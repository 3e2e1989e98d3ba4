//! One case in full.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Case, Moment, Report, Stage, Success};

use super::case_tables;
use crate::charts::TimelineChart;
use crate::charts::data::{Role, Series, TimelineData, Unit};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::raw_lines::{RawLine, RawLines};
use crate::components::severity_mark::SeverityMark;
use crate::state::filter;
use crate::state::route::{Page, Route};
use crate::state::store::use_store;
use crate::text::{numbers, times};

/// Its story, its stages over time, the lines of its key moments, what was found, and who did it.
#[component]
pub fn CaseDetail(
    /// The case.
    case: Case,
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let filter = StoredValue::new(case.filter.clone());
    let has_filter = !case.filter.is_empty();
    let show_rows = move |_| {
        store.go(&Route { page: Page::Rows, filter: filter.get_value(), ..store.route.get_untracked() });
    };
    let subtitle = about(&case);
    let (stages, checks, sources) =
        (case_tables::stages(&case), case_tables::checks(&case), case_tables::sources(&case));
    let moments: Vec<RawLine> = case.moments.iter().filter_map(moment).collect();
    let data = timeline(&case);
    let has_timeline = data.total() > 0.0;
    let data = StoredValue::new(data);
    let on_range = Callback::new(move |(from, to): (f64, f64)| {
        store.narrow(&filter::time_span(&times::rfc3339(from), &times::rfc3339(to)));
    });
    let open_check = Callback::new(move |id: String| {
        store.open_finding.set(report.with_untracked(|r| r.findings.iter().position(|finding| finding.id == id)));
    });
    view! {
        <Card title=case.title subtitle=subtitle>
            <div class="finding" data-case=case.id>
                <p class="finding-marks">
                    <SeverityMark severity=case.severity />
                    <span class="muted">{format!("{} sure", numbers::percent(case.confidence))}</span>
                    <span data-success=success_name(case.success)>{format!("Success: {}", case.success.as_str())}</span>
                </p>
                <p class="story">{case.story}</p>
                <Show when=move || has_filter>
                    <p class="actions">
                        <button type="button" class="primary" on:click=show_rows>"Show its rows"</button>
                        <code>{filter.get_value()}</code>
                    </p>
                </Show>
                <h3>"How far it came"</h3>
                <Show when=move || has_timeline>
                    <TimelineChart
                        data=Signal::derive(move || data.get_value())
                        label="Hits by stage over time".to_owned()
                        empty=String::new()
                        on_range=on_range
                    />
                </Show>
                <DataTable table=Signal::stored(stages) />
                <h3>"Key moments"</h3>
                <RawLines lines=moments />
                <h3>"What was found"</h3>
                <DataTable table=Signal::stored(checks) page=10 />
                <CheckLinks case_checks=case.checks.into_iter().map(|check| (check.id, check.title)).collect() open=open_check />
                <h3>{format!("Who did it: {}", numbers::counted(case.n_sources, "source"))}</h3>
                <DataTable table=Signal::stored(sources) page=10 />
            </div>
        </Card>
    }
}

/// Buttons that open the findings of a case below.
#[component]
fn CheckLinks(
    /// Ids and titles.
    case_checks: Vec<(String, String)>,
    /// Called with an id.
    open: Callback<String>,
) -> impl IntoView {
    let links = case_checks.into_iter().map(|(id, title)| {
        view! { <li><button type="button" class="link" on:click=move |_| open.run(id.clone())>{title}</button></li> }
    });
    view! {
        <details class="case-checks">
            <summary>"Open one of these findings below"</summary>
            <ul>{links.collect_view()}</ul>
        </details>
    }
}

fn success_name(success: Success) -> &'static str {
    match success {
        Success::None => "none",
        Success::Possible => "possible",
        Success::Likely => "likely",
    }
}

fn about(case: &Case) -> String {
    let hits = numbers::counted(case.hits, "hit");
    let dwell = case.dwell_seconds.filter(|seconds| *seconds > 0);
    let dwell = dwell.map_or_else(String::new, |seconds| format!(", over {}", numbers::seconds(seconds as f64)));
    match (&case.first, &case.last) {
        (Some(first), Some(last)) => format!("{hits}, from {} to {}{dwell}", times::moment(first), times::moment(last)),
        _ => hits,
    }
}

fn moment(moment: &Moment) -> Option<RawLine> {
    let line = moment.evidence.clone()?;
    let place = format!("{} · {}:{}", moment.what, line.file, line.line);
    Some(RawLine { place, text: line.text, is_meant: false })
}

fn timeline(case: &Case) -> TimelineData {
    let role = |name: &str| {
        let stage = Stage::ALL.iter().position(|stage| stage.as_str() == name);
        stage.map_or(Role::Muted, |at| Role::Series(at as u8 + 1))
    };
    let series = case.timeline.series.iter().map(|series| Series {
        name: series.name.clone(),
        role: role(&series.name),
        values: series.values.iter().map(|count| *count as f64).collect(),
    });
    TimelineData {
        start_ms: case.timeline.start.as_deref().and_then(times::millis).unwrap_or(0.0),
        step_ms: case.timeline.step_seconds as f64 * 1000.0,
        series: series.collect(),
        unit: Unit::count("hits"),
    }
}
