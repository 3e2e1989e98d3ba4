//! Every check, and what became of it.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Report, RuleState};
use logloupe::units::clock::Times;

use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::state::store::use_store;
use crate::text::numbers;

/// Checks that ran, and those that could not, with what they lack.
#[component]
pub fn Checks(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let times = use_store().times;
    let table = Memo::new(move |_| report.with(|report| times.with(|times| checks(report, times))));
    let title = Signal::derive(move || {
        report.with(|report| {
            let rules = &report.rules;
            let idle = rules.not_applicable.len() + rules.unsupported.len();
            format!(
                "{} ran, {} could not",
                numbers::counted(rules.applied.len() as u64, "check"),
                numbers::count(idle as u64)
            )
        })
    });
    view! {
        <Card title=title subtitle="Every check that this version has, and what became of it".to_owned()>
            <DataTable table=table />
        </Card>
    }
}

fn checks(report: &Report, times: &Times) -> Table {
    let rules = &report.rules;
    let spent = |id: &str| {
        times.get(id).map_or_else(|| Cell::text(String::new()), |&spent| Cell::number(spent as f64 / 1e6, "ms"))
    };
    let row = |state: &'static str| {
        move |rule: &RuleState| {
            vec![
                Cell::text(rule.title.clone()),
                Cell::text(state).toned(if state == "ran" { "ok" } else { "" }),
                Cell::text(rule.note.clone()),
                spent(&rule.id),
                Cell::text(rule.id.clone()),
            ]
        }
    };
    let rows = rules.applied.iter().map(row("ran"));
    let rows = rows.chain(rules.not_applicable.iter().map(row("did not apply")));
    Table {
        caption: "Checks".into(),
        columns: vec![
            Column::text("Check"),
            Column::text("State"),
            Column::text("Found, or why not"),
            Column::number("Time"),
            Column::text("Name"),
        ],
        rows: rows.chain(rules.unsupported.iter().map(row("not supported"))).collect(),
        empty: "There are no checks.".into(),
    }
}
