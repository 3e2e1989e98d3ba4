//! What was asked and what was answered.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use super::panels::bytes::BytesPanel;
use super::panels::hours::HoursPanel;
use super::panels::timeline::TimelinePanel;
use super::panels::top::{AGENTS, DOMAINS, METHODS, PATHS, REFERRERS, STATUSES, TopPanel, VERSIONS};
use super::panels::top_table::TopTable;
use crate::components::later::Later;
use crate::components::report_view::ReportView;
use crate::state::route::Page;

/// Traffic: over time, by status, method, version, size; paths, hosts, referrers and user agents in full.
#[component]
pub fn Traffic() -> impl IntoView {
    view! { <ReportView page=Page::Traffic question="What was asked, when, and what was answered." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    view! {
        <TimelinePanel report=report />
        <Later frames=1>
        <div class="cards">
            <TopPanel report=report top=STATUSES />
            <TopPanel report=report top=METHODS />
            <TopPanel report=report top=VERSIONS />
            <BytesPanel report=report />
            <HoursPanel report=report />
        </div>
        </Later>
        <Later frames=2>
        <div class="halves">
            <TopTable report=report top=PATHS />
            <TopTable report=report top=AGENTS />
            <TopTable report=report top=REFERRERS />
            <TopTable report=report top=DOMAINS />
        </div>
        </Later>
    }
    .into_any()
}
