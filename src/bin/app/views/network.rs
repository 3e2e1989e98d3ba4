//! From where to where: pairs, ports, names, look-ups.

pub mod look_ups;
pub mod prefixes;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Pair, Port, Report};

use self::look_ups::LookUps;
use self::prefixes::Prefixes;
use super::panels::top::{
    COUNTRIES, DESTINATIONS, DNS_NAMES, DNS_RESPONSES, DNS_TYPES, PROTOCOLS, TopPanel, UNKNOWN_HOSTS,
};
use super::panels::top_table::TopTable;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::later::Later;
use crate::components::report_view::ReportView;
use crate::components::table::{Cell, Column, Table};
use crate::state::route::Page;
use crate::text::{answers, numbers};

/// Network: who talks to whom, on which ports, under which names, and the domains that were looked for.
#[component]
pub fn Network() -> impl IntoView {
    view! { <ReportView page=Page::Network question="Who talks to whom, on which ports, under which names." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let pairs = Memo::new(move |_| report.with(|report| pairs(report)));
    let ports = Memo::new(move |_| report.with(|report| ports(&report.network.ports)));
    let ports_title = Signal::derive(move || report.with(|report| answers::ports(report)));
    let pairs_title = Signal::derive(move || {
        report.with(|report| {
            let (pairs, requests) = (report.network.pairs, report.network.requests);
            format!("{} in {}", numbers::counted(pairs, "pair"), numbers::counted(requests, "row"))
        })
    });
    view! {
        <div class="halves">
            <Card title=pairs_title subtitle="Who asked whom: source and destination, the most frequent first".to_owned()>
                <DataTable table=pairs page=12 />
            </Card>
            <Card title=ports_title subtitle="Destination ports, what each is for, and whether servers usually have it".to_owned()>
                <DataTable table=ports page=12 />
            </Card>
        </div>
        <Later frames=1>
            <LookUps report=report />
            <Prefixes report=report />
        </Later>
        <Later frames=2>
        <div class="cards">
            <TopPanel report=report top=PROTOCOLS />
            <TopPanel report=report top=DESTINATIONS />
            <TopPanel report=report top=COUNTRIES />
            <TopPanel report=report top=DNS_TYPES />
            <TopPanel report=report top=DNS_RESPONSES />
        </div>
        <div class="halves">
            <TopTable report=report top=UNKNOWN_HOSTS />
            <TopTable report=report top=DNS_NAMES />
        </div>
        </Later>
    }
    .into_any()
}

fn pairs(report: &Report) -> Table {
    let pairs = &report.network.top_pairs;
    let most = pairs.iter().map(|pair| pair.count).max().unwrap_or(0);
    let row = |pair: &Pair| {
        vec![
            Cell::value(address_or("source.ip", "source.domain", &pair.source), Some(&pair.source)),
            Cell::value(address_or("destination.ip", "url.domain", &pair.destination), Some(&pair.destination)),
            Cell::part(pair.count, most),
            Cell::share(pair.count, report.network.requests),
        ]
    };
    Table {
        caption: "Pairs of source and destination".into(),
        columns: vec![
            Column::text("Source"),
            Column::text("Destination"),
            Column::number("Rows"),
            Column::number("Share"),
        ],
        rows: pairs.iter().map(row).collect(),
        empty: "These logs do not name both a source and a destination.".into(),
    }
}

/// The column that a value of a pair stands in: the one for addresses, or the one for names.
fn address_or(address: &'static str, name: &'static str, value: &str) -> &'static str {
    if value.parse::<std::net::IpAddr>().is_ok() { address } else { name }
}

fn ports(ports: &[Port]) -> Table {
    let most = ports.iter().map(|port| port.count).max().unwrap_or(0);
    let row = |port: &Port| {
        let usual = if port.standard { Cell::text("usual") } else { Cell::text("! not usual").toned("careful") };
        vec![
            Cell {
                number: Some(f64::from(port.port)),
                ..Cell::value("destination.port", Some(&port.port.to_string()))
            },
            Cell::text(port.service.clone().unwrap_or_else(|| "–".into())),
            Cell::text(port.meaning.clone().unwrap_or_else(|| "not known to IANA's list of services".into())),
            usual,
            Cell::part(port.count, most),
        ]
    };
    Table {
        caption: "Destination ports".into(),
        columns: vec![
            Column::text("Port"),
            Column::text("Service"),
            Column::text("What it is for"),
            Column::text("For a server"),
            Column::number("Rows"),
        ],
        rows: ports.iter().map(row).collect(),
        empty: "These logs name no ports.".into(),
    }
}
