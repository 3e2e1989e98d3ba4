//! The first row of numbers.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Report, Severity};

use crate::components::key_figure::KeyFigure;
use crate::components::severity_mark::shape;
use crate::state::route::Page;
use crate::text::numbers;

/// Rows, visitors, errors, bytes, findings, lines not understood.
#[component]
pub fn Figures(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let of = move |figure: fn(&Report) -> String| Signal::derive(move || report.with(|report| figure(report)));
    let rejected = |report: &Report| report.inputs.iter().map(|input| input.rejected).sum::<u64>();
    let tone = Signal::derive(move || if report.with(|report| rejected(report)) > 0 { "careful" } else { "" });
    view! {
        <div class="figures">
            <KeyFigure label="Rows" page=Page::Rows value=of(|r| numbers::count(r.rows.filtered)) note=of(rows_note) />
            <KeyFigure
                label="Source addresses"
                page=Page::Visitors
                value=of(|r| numbers::count(r.visitors.distinct_addresses))
                note=of(|r| numbers::counted(r.visitors.sessions, "session"))
            />
            <KeyFigure label="Errors" page=Page::Traffic value=of(errors) note=of(errors_note) />
            <KeyFigure label="Bytes answered" page=Page::Traffic value=of(|r| bytes(r.traffic.bytes_out)) note=of(bytes_note) />
            <KeyFigure label="Findings" page=Page::Findings value=of(|r| numbers::count(r.findings.len() as u64)) note=of(findings_note) />
            <KeyFigure
                label="Not understood"
                page=Page::Quality
                value=of(|r| numbers::count(r.inputs.iter().map(|input| input.rejected).sum()))
                note=of(|r| format!("of {}", numbers::counted(r.inputs.iter().map(|input| input.lines).sum(), "line")))
                tone=tone
            />
        </div>
    }
}

fn rows_note(report: &Report) -> String {
    if report.rows.filtered == report.rows.total {
        format!("in {}", numbers::counted(report.inputs.len() as u64, "file"))
    } else {
        format!("{} of {}", numbers::share(report.rows.filtered, report.rows.total), numbers::count(report.rows.total))
    }
}

fn errors(report: &Report) -> String {
    if report.traffic.answered == 0 { "–".into() } else { numbers::count(report.traffic.errors) }
}

fn errors_note(report: &Report) -> String {
    if report.traffic.answered == 0 {
        return "no answer statuses here".into();
    }
    let share = numbers::share(report.traffic.errors, report.traffic.answered);
    format!("{share} of {} answers", numbers::count(report.traffic.answered))
}

fn bytes(value: Option<u64>) -> String {
    value.map_or_else(|| "–".into(), numbers::bytes)
}

fn bytes_note(report: &Report) -> String {
    report.traffic.bytes_in.map_or_else(
        || "bytes received are not in the log".into(),
        |bytes| format!("{} received", numbers::bytes(bytes)),
    )
}

fn findings_note(report: &Report) -> String {
    let parts: Vec<String> = Severity::WORST_FIRST
        .into_iter()
        .filter_map(|severity| {
            let count = report.findings.iter().filter(|finding| finding.severity == severity).count();
            (count > 0).then(|| format!("{} {count}", shape(severity)))
        })
        .collect();
    if parts.is_empty() {
        format!("{} ran", numbers::counted(report.rules.applied.len() as u64, "check"))
    } else {
        parts.join("  ")
    }
}
