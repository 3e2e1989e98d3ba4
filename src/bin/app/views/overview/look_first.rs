//! What to look at first: at most ten cases and findings, each with why it is here and what to do.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{QueueEntry, Report};

use crate::components::card::Card;
use crate::components::severity_mark::SeverityMark;
use crate::state::route::{Page, Route};
use crate::state::store::use_store;
use crate::text::numbers;

/// The queue.
#[component]
pub fn LookFirst(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let queue = Memo::new(move |_| report.with(|report| report.queue.clone()));
    let items =
        move || queue.get().into_iter().map(|entry| view! { <Item entry=entry report=report /> }).collect_view();
    view! {
        <Card title="What to look at first".to_owned() subtitle=Signal::derive(move || report.with(|r| measure(r)))>
            <Show
                when=move || queue.with(|queue| !queue.is_empty())
                fallback=move || view! { <p class="empty">{move || report.with(|r| nothing(r))}</p> }
            >
                <ol class="first">{items}</ol>
            </Show>
        </Card>
    }
}

/// `4,012 hits read as 6 cases; by severity, success, novelty and confidence`.
fn measure(report: &Report) -> String {
    if report.queue.is_empty() {
        return String::new();
    }
    let counts = report.case_counts;
    let order = "By severity, success, novelty and confidence";
    if counts.cases == 0 {
        return order.to_owned();
    }
    let (hits, cases) = (numbers::counted(counts.hits, "hit"), numbers::counted(counts.cases, "case"));
    let sample = if counts.is_sample { ", of a sample of the sources" } else { "" };
    format!("{order}; {hits} read as {cases}{sample}")
}

fn nothing(report: &Report) -> String {
    let ran = numbers::counted(report.rules.applied.len() as u64, "check");
    format!("{ran} ran and found nothing to look at. The findings' page says which could not run, and why.")
}

/// One case or finding.
#[component]
fn Item(
    /// What it is.
    entry: QueueEntry,
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let QueueEntry { id, is_case, title, severity, reasons, next_step, filter, .. } = entry;
    let filter = StoredValue::new(filter);
    let show_rows = move |_| {
        store.go(&Route { page: Page::Rows, filter: filter.get_value(), ..store.route.get_untracked() });
    };
    let open = move |_| {
        if is_case {
            store.open_case.set(Some(id.clone()));
        } else {
            store.open_finding.set(report.with_untracked(|r| r.findings.iter().position(|finding| finding.id == id)));
        }
        store.go_to(Page::Findings);
    };
    let has_filter = filter.with_value(|filter| !filter.is_empty());
    view! {
        <li>
            <p class="first-title">
                <SeverityMark severity=severity />
                <button type="button" class="link" on:click=open>{title}</button>
            </p>
            <p>{format!("Because: {}.", reasons.join("; "))}</p>
            <p class="first-next"><span class="strong">"Next: "</span>{next_step}</p>
            <Show when=move || has_filter>
                <button type="button" class="quiet" on:click=show_rows>"Show rows"</button>
            </Show>
        </li>
    }
}
