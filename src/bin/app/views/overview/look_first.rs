//! What to look at first: at most ten findings, each with why, evidence and next step.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Finding, Report};

use crate::components::card::Card;
use crate::components::display;
use crate::components::severity_mark::SeverityMark;
use crate::state::route::{Page, Route};
use crate::state::store::use_store;
use crate::text::numbers;

/// Findings shown here; the rest is on the findings' page.
const FINDINGS: usize = 10;

/// The findings that come first.
#[component]
pub fn LookFirst(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let findings = Memo::new(move |_| {
        report.with(|report| report.findings.iter().take(FINDINGS).cloned().collect::<Vec<Finding>>())
    });
    let total = Memo::new(move |_| report.with(|report| report.findings.len()));
    let subtitle = Signal::derive(move || match total.get() {
        0 => String::new(),
        total if total > FINDINGS => format!("The first {FINDINGS} of {total} findings, the most severe first"),
        _ => "Findings, the most severe first".to_owned(),
    });
    let items = move || {
        let items = findings.get().into_iter().enumerate();
        items.map(|(at, finding)| view! { <Item at=at finding=finding /> }).collect_view()
    };
    view! {
        <Card title="Look at first".to_owned() subtitle=subtitle>
            <Show
                when=move || { total.get() > 0 }
                fallback=move || view! { <p class="empty">{move || report.with(|r| nothing(r))}</p> }
            >
                <ol class="first">{items}</ol>
            </Show>
        </Card>
    }
}

fn nothing(report: &Report) -> String {
    let ran = numbers::counted(report.rules.applied.len() as u64, "check");
    format!("{ran} ran and found nothing. The findings' page says which could not run, and why.")
}

/// One finding.
#[component]
fn Item(
    /// Its place in the report.
    at: usize,
    /// The finding.
    finding: Finding,
) -> impl IntoView {
    let store = use_store();
    let filter = StoredValue::new(finding.filter.clone());
    let show_rows = move |_| {
        store.go(&Route { page: Page::Rows, filter: filter.get_value(), ..store.route.get_untracked() });
    };
    let open = move |_| {
        store.open_finding.set(Some(at));
        store.go_to(Page::Findings);
    };
    let evidence = finding.evidence.first().map(|line| {
        let place = format!("{}:{}", line.file, line.line);
        view! { <p class="first-evidence" title=place><code dir="auto">{display::visible(&line.text)}</code></p> }
    });
    let has_filter = !finding.filter.is_empty();
    view! {
        <li>
            <p class="first-title">
                <SeverityMark severity=finding.severity />
                <button type="button" class="link" on:click=open>{finding.title}</button>
                <span class="muted">{numbers::counted(finding.count, "row")}</span>
            </p>
            <p>{finding.why}</p>
            {evidence}
            <p class="first-next"><span class="strong">"Next: "</span>{finding.next_step}</p>
            <Show when=move || has_filter>
                <button type="button" class="quiet" on:click=show_rows>"Show rows"</button>
            </Show>
        </li>
    }
}
