//! Who asked, and how they behave.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Behaviour, Report};

use super::panels::top::{COUNTRIES, SOURCES, TopPanel};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::report_view::ReportView;
use crate::components::table::{Cell, Column, Table};
use crate::state::route::Page;
use crate::text::{numbers, times};

/// Visitors: the addresses with the most requests, crawlers, countries.
#[component]
pub fn Visitors() -> impl IntoView {
    view! { <ReportView page=Page::Visitors question="Who asked, how often, for how long, and who of them is a program." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let title = Signal::derive(move || {
        report.with(|report| {
            let visitors = &report.visitors;
            format!(
                "{} in {}",
                numbers::counted(visitors.distinct_addresses, "address"),
                numbers::counted(visitors.sessions, "session")
            )
        })
    });
    let behaviour = Memo::new(move |_| report.with(|report| behaviour(&report.visitors.behaviour)));
    let crawlers = Memo::new(move |_| report.with(|report| crawlers(report)));
    let crawled = Signal::derive(move || report.with(|report| crawlers_title(report)));
    let foot = "A session is the requests of one address with no gap of more than 30 minutes.".to_owned();
    view! {
        <Card title=title subtitle="The addresses with the most requests".to_owned() foot=foot>
            <DataTable table=behaviour />
        </Card>
        <div class="cards">
            <Card title=crawled subtitle="Rows of programs that say in their user agent that they are crawlers".to_owned()>
                <DataTable table=crawlers page=10 />
            </Card>
            <TopPanel report=report top=SOURCES />
            <TopPanel report=report top=COUNTRIES />
        </div>
    }
    .into_any()
}

fn behaviour(visitors: &[Behaviour]) -> Table {
    let most = visitors.iter().map(|visitor| visitor.requests).max().unwrap_or(0);
    let moment = |time: &Option<String>| Cell::text(time.as_deref().map_or_else(|| "–".to_owned(), times::moment));
    let row = |visitor: &Behaviour| {
        let is_address = visitor.address.parse::<std::net::IpAddr>().is_ok();
        let field = if is_address { "source.ip" } else { "source.domain" };
        vec![
            Cell::value(field, Some(&visitor.address)),
            Cell::part(visitor.requests, most),
            Cell::count(visitor.errors),
            Cell::share(visitor.errors, visitor.requests),
            Cell::bytes(visitor.bytes),
            Cell::count(visitor.sessions),
            sorted_as_written(moment(&visitor.first), visitor.first.as_deref()),
            sorted_as_written(moment(&visitor.last), visitor.last.as_deref()),
            visitor
                .country
                .as_deref()
                .map_or_else(|| Cell::text("–"), |country| Cell::value("source.geo.country_iso_code", Some(country))),
        ]
    };
    Table {
        caption: "Behaviour of addresses".into(),
        columns: vec![
            Column::text("Address"),
            Column::number("Requests"),
            Column::number("Errors"),
            Column::number("Errors, share"),
            Column::number("Bytes answered"),
            Column::number("Sessions"),
            Column::number("First seen"),
            Column::number("Last seen"),
            Column::text("Country"),
        ],
        rows: visitors.iter().map(row).collect(),
        empty: "These logs do not say who asked.".into(),
    }
}

/// A time's cell, sorted by the time and not by its words.
fn sorted_as_written(cell: Cell, time: Option<&str>) -> Cell {
    Cell { number: Some(time.and_then(times::millis).unwrap_or(0.0) + 0.5), ..cell }
}

fn crawlers_title(report: &Report) -> String {
    let rows = report.visitors.crawlers.rows;
    if rows == 0 {
        return "No crawler gave its name".to_owned();
    }
    format!("{} of the rows are from crawlers", numbers::share(rows, report.rows.filtered))
}

fn crawlers(report: &Report) -> Table {
    let top = &report.visitors.crawlers;
    let empty = "No user agent says that it is a crawler.";
    let mut table = Table::of_values("Crawlers", "Crawler", "user_agent.original", top, empty);
    // A crawler's name is a part of its user agent.
    for condition in table.rows.iter_mut().filter_map(|row| row.first_mut()?.condition.as_mut()) {
        condition.is_part = true;
    }
    table
}
