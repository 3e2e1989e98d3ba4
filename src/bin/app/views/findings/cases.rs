//! What findings come to: cases, the open one in full.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Case, Report};

use super::case_detail::CaseDetail;
use crate::components::card::Card;
use crate::components::severity_mark::SeverityMark;
use crate::state::store::{Store, use_store};
use crate::text::numbers;

/// Cases, the worst first, beside the open one.
#[component]
pub fn Cases(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let cases = Memo::new(move |_| report.with(|report| report.cases.clone()));
    let open = Memo::new(move |_| {
        let id = store.open_case.get();
        cases.with(|cases| {
            let known = id.and_then(|id| cases.iter().find(|case| case.id == id));
            known.or(cases.first()).cloned()
        })
    });
    let open_id = Memo::new(move |_| open.with(|case| case.as_ref().map(|case| case.id.clone())));
    let title = Signal::derive(move || match cases.with(Vec::len) {
        0 => "No case".to_owned(),
        count => numbers::counted(count as u64, "case"),
    });
    let subtitle = Signal::derive(move || report.with(|report| measure(report)));
    let items = move || cases.get().into_iter().map(|case| item(store, open_id, case)).collect_view();
    view! {
        <div class="findings">
            <Card title=title subtitle=subtitle>
                <Show
                    when=move || cases.with(|cases| !cases.is_empty())
                    fallback=|| view! { <p class="empty">"No finding of low severity or above shows somebody attacking."</p> }
                >
                    <ul class="findings-list cases-list">{items}</ul>
                </Show>
            </Card>
            {move || open.get().map(|case| view! { <CaseDetail case=case report=report /> })}
        </div>
    }
}

fn measure(report: &Report) -> String {
    let counts = report.case_counts;
    if counts.cases == 0 {
        return String::new();
    }
    let listed = match counts.cases - report.cases.len() as u64 {
        0 => String::new(),
        more => format!("; {} more of these are not listed", numbers::count(more)),
    };
    let sample = if counts.is_sample { "; of a sample of the sources" } else { "" };
    let (hits, sources) = (numbers::counted(counts.hits, "hit"), numbers::counted(counts.sources, "source"));
    format!("{hits} of {sources} that belong together{listed}{sample}; the worst first")
}

fn item(store: Store, open: Memo<Option<String>>, case: Case) -> impl IntoView {
    let Case { id, severity, title, hits, .. } = case;
    let own = id.clone();
    let is_open = move || open.with(|open| open.as_ref() == Some(&own)).then_some("true");
    view! {
        <li>
            <button type="button" aria-current=is_open on:click=move |_| store.open_case.set(Some(id.clone()))>
                <SeverityMark severity=severity />
                <span class="findings-title">{title}</span>
                <span class="muted">{numbers::counted(hits, "hit")}</span>
            </button>
        </li>
    }
}
