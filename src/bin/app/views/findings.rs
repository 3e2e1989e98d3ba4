//! What the checks say.

pub mod actions;
pub mod attack;
pub mod case_detail;
pub mod case_tables;
pub mod cases;
pub mod checks;
pub mod detail;
pub mod finding_charts;
pub mod fix_dialog;
pub mod left_out;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Finding, Report};

use self::attack::Attack;
use self::cases::Cases;
use self::checks::Checks;
use self::detail::Detail;
use self::left_out::LeftOutNotice;
use crate::components::card::Card;
use crate::components::later::Later;
use crate::components::report_view::ReportView;
use crate::components::severity_mark::SeverityMark;
use crate::state::route::Page;
use crate::state::store::{Store, use_store};
use crate::text::numbers;

/// Cases and findings, the worst first, the open ones in full; below, techniques, and every check and what became of it.
#[component]
pub fn Findings() -> impl IntoView {
    view! { <ReportView page=Page::Findings question="What the checks found, why it matters, and what to do next." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let store = use_store();
    let findings = Memo::new(move |_| report.with(|report| report.findings.clone()));
    let open = Memo::new(move |_| {
        let at = store.open_finding.get().unwrap_or(0);
        findings.with(|findings| findings.get(at).cloned())
    });
    let title = Signal::derive(move || match findings.with(Vec::len) {
        0 => "No check found anything".to_owned(),
        count => numbers::counted(count as u64, "finding"),
    });
    let items = move || {
        let items = findings.get().into_iter().enumerate();
        items.map(|(at, finding)| item(store, at, finding)).collect_view()
    };
    let nothing = move || {
        report.with(|report| {
            let ran = numbers::counted(report.rules.applied.len() as u64, "check");
            format!("{ran} ran over these rows. Those that could not run are listed below, with what they lack.")
        })
    };
    view! {
        <LeftOutNotice report=report />
        <Cases report=report />
        <div class="findings">
            <Card title=title subtitle="The most severe first".to_owned()>
                <Show when=move || findings.with(|f| !f.is_empty()) fallback=move || view! { <p class="empty">{nothing}</p> }>
                    <ul class="findings-list">{items}</ul>
                </Show>
            </Card>
            {move || open.get().map(|finding| view! { <Detail finding=finding /> })}
        </div>
        <Later frames=1>
            <Attack report=report />
            <Checks report=report />
        </Later>
    }
    .into_any()
}

fn item(store: Store, at: usize, finding: Finding) -> impl IntoView {
    let is_open = move || (store.open_finding.get().unwrap_or(0) == at).then_some("true");
    view! {
        <li>
            <button type="button" aria-current=is_open on:click=move |_| store.open_finding.set(Some(at))>
                <SeverityMark severity=finding.severity />
                <span class="findings-title">{finding.title}</span>
                <span class="muted">{numbers::counted(finding.count, "row")}</span>
            </button>
        </li>
    }
}
