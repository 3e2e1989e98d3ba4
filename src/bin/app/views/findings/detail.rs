//! One finding in full.

use leptos::prelude::*;
use logloupe::report::{Entity, Finding};

use super::actions::FindingActions;
use super::finding_charts::FindingCharts;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::raw_lines::{RawLine, RawLines};
use crate::components::severity_mark::SeverityMark;
use crate::components::table::{Cell, Column, Table};
use crate::state::route::{Page, Route};
use crate::state::store::use_store;
use crate::text::{fields, numbers, times};

/// Why it matters, what to do, when it is a false alarm, who takes part, and the lines that prove it.
#[component]
pub fn Detail(
    /// The finding.
    finding: Finding,
) -> impl IntoView {
    let store = use_store();
    let filter = StoredValue::new(finding.filter.clone());
    let has_filter = !finding.filter.is_empty();
    let show_rows = move |_| {
        store.go(&Route { page: Page::Rows, filter: filter.get_value(), ..store.route.get_untracked() });
    };
    let subtitle = about(&finding);
    let own = finding.clone();
    let entities = entities(&finding.entities);
    let lines: Vec<RawLine> = finding
        .evidence
        .into_iter()
        .map(|line| RawLine { place: format!("{}:{}", line.file, line.line), text: line.text, is_meant: false })
        .collect();
    view! {
        <Card title=finding.title subtitle=subtitle>
            <div class="finding">
                <p class="finding-marks">
                    <SeverityMark severity=finding.severity />
                    <span class="muted">{format!("{} sure", numbers::percent(finding.confidence))}</span>
                    <span class="muted">{finding.attack.join(", ")}</span>
                </p>
                <h3>"Why it matters"</h3>
                <p>{finding.why}</p>
                <h3>"What to do next"</h3>
                <p>{finding.next_step}</p>
                <h3>"When it is a false alarm"</h3>
                <p>{finding.false_positives}</p>
                <Show when=move || has_filter>
                    <p class="actions">
                        <button type="button" class="primary" on:click=show_rows>"Show rows"</button>
                        <code>{filter.get_value()}</code>
                    </p>
                </Show>
                <FindingActions finding=own />
                <FindingCharts charts=finding.charts />
                <h3>"Lines that prove it"</h3>
                <RawLines lines=lines />
                <h3>"Who and what is involved"</h3>
                <DataTable table=Signal::stored(entities) page=10 />
            </div>
        </Card>
    }
}

fn about(finding: &Finding) -> String {
    let rows = numbers::counted(finding.count, "row");
    match (&finding.first, &finding.last) {
        (Some(first), Some(last)) => format!("{rows}, from {} to {}", times::moment(first), times::moment(last)),
        _ => rows,
    }
}

fn entities(entities: &[Entity]) -> Table {
    let most = entities.iter().map(|entity| entity.count).max().unwrap_or(0);
    let row = |entity: &Entity| {
        vec![
            Cell::value(&entity.field, Some(&entity.value)),
            Cell::text(fields::plain(&entity.field)),
            Cell::part(entity.count, most),
        ]
    };
    Table {
        caption: "Who and what is involved".into(),
        columns: vec![Column::text("Value"), Column::text("What it is"), Column::number("Rows")],
        rows: entities.iter().map(row).collect(),
        empty: "Nobody in particular.".into(),
    }
}
