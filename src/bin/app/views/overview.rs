//! What matters, at one glance.

pub mod figures;
pub mod look_first;
pub mod stands_out;
pub mod threat_banner;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use self::figures::Figures;
use self::look_first::LookFirst;
use self::stands_out::StandsOut;
use self::threat_banner::ThreatBanner;
use super::panels::bytes::BytesPanel;
use super::panels::hours::HoursPanel;
use super::panels::ports::PortsPanel;
use super::panels::timeline::TimelinePanel;
use super::panels::top::{AGENTS, COUNTRIES, DATASETS, METHODS, PATHS, SOURCES, STATUSES, TopPanel};
use crate::components::later::Later;
use crate::components::report_view::ReportView;
use crate::state::route::Page;

/// The first page: threat level, key figures, what to look at first, what stands out, and the charts.
#[component]
pub fn Overview() -> impl IntoView {
    view! { <ReportView page=Page::Overview question="What is in these logs, and what to look at first." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    view! {
        <ThreatBanner report=report />
        <Figures report=report />
        <TimelinePanel report=report />
        <Later frames=1>
            <div class="halves">
                <LookFirst report=report />
                <StandsOut report=report />
            </div>
        </Later>
        <div class="cards">
            <Later frames=2>
                <TopPanel report=report top=STATUSES />
                <TopPanel report=report top=METHODS />
                <TopPanel report=report top=SOURCES />
                <TopPanel report=report top=PATHS />
                <BytesPanel report=report />
            </Later>
            <Later frames=3>
                <TopPanel report=report top=COUNTRIES />
                <PortsPanel report=report />
                <TopPanel report=report top=AGENTS />
                <TopPanel report=report top=DATASETS />
                <HoursPanel report=report />
            </Later>
        </div>
    }
    .into_any()
}
