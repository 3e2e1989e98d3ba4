//! What the isolation forest says: first whether to believe it, then the rows.

use leptos::prelude::*;
use logloupe::report::{Anomaly, AnomalyRow, Entity, FeatureUse};

use super::scatter::Scatter;
use super::why::WhyRow;
use crate::charts::data::{Bar, BarsData, Bin, HistogramData, Role, Unit};
use crate::charts::{ColumnChart, HistogramChart};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::notice::Notice;
use crate::components::table::{Cell, Column, Table};
use crate::components::verdict_mark::VerdictMark;
use crate::state::store::use_store;
use crate::text::{fields, numbers};

/// The result, or the sentence with which the model refuses.
#[component]
pub fn AnomalyResult(
    /// The result.
    anomaly: Anomaly,
) -> impl IntoView {
    let store = use_store();
    if let Some(refusal) = anomaly.refused {
        return view! { <Notice tone="careful"><p>{refusal}</p></Notice> }.into_any();
    }
    let title = format!("{} of {} marked", numbers::count(anomaly.anomalies), numbers::counted(anomaly.scored, "row"));
    let threshold = anomaly.threshold.map(|score| format!("Rows with a score below {score:.3} are marked"));
    let counts = counts(&anomaly);
    let scores = scores(&anomaly);
    let rows = strangest(&anomaly.rows);
    let entities = entities(&anomaly.entities, anomaly.anomalies);
    let features = features(&anomaly.features);
    let scope = move || {
        store.anomaly_filter.with(|filter| match filter.as_str() {
            "" => "Over all rows".to_owned(),
            filter => format!("Over the rows under the filter {filter}"),
        })
    };
    view! {
        <VerdictMark trust=anomaly.trust />
        <div class="cards">
            <Card title=title subtitle=Signal::derive(scope)>
                <ColumnChart data=Signal::stored(counts) label="Rows by verdict".to_owned() empty="No row was scored.".to_owned() />
            </Card>
            <Card title="How the scores are spread".to_owned() subtitle=threshold.unwrap_or_default()>
                <HistogramChart data=Signal::stored(scores) label="Rows by score".to_owned() empty="No row was scored.".to_owned() />
            </Card>
            <Card title="Who is behind them".to_owned() subtitle="The addresses with the most marked rows".to_owned()>
                <DataTable table=Signal::stored(entities) page=10 />
            </Card>
            <WhyRow rows=anomaly.rows.clone() />
            <Card title="What it looked at".to_owned() subtitle="Features, and what was done to them".to_owned()>
                <DataTable table=Signal::stored(features) page=10 />
            </Card>
            <Scatter features=anomaly.features rows=anomaly.rows />
        </div>
        <Card title="The strangest rows".to_owned() subtitle="Lower is stranger, as scikit-learn's score_samples".to_owned()>
            <DataTable table=Signal::stored(rows) page=20 />
        </Card>
    }
    .into_any()
}

fn counts(anomaly: &Anomaly) -> BarsData {
    let bar = |key: &str, label: &str, value: u64, role| Bar {
        key: key.to_owned(),
        label: label.to_owned(),
        value: value as f64,
        role,
        detail: Some(format!("{} of the rows scored", numbers::share(value, anomaly.scored))),
    };
    let normal = anomaly.scored.saturating_sub(anomaly.anomalies);
    BarsData {
        bars: vec![
            bar("1", "normal (1)", normal, Role::Accent),
            bar("-1", "marked (−1)", anomaly.anomalies, Role::Careful),
        ],
        unit: Unit::count("rows"),
    }
}

fn scores(anomaly: &Anomaly) -> HistogramData {
    let bins = anomaly.scores.bins.iter().map(|bin| Bin { from: bin.from, to: bin.to, count: bin.count as f64 });
    HistogramData { bins: bins.collect(), log: false, unit: Unit::Plain("score".into()), counted: Unit::count("rows") }
}

fn strangest(rows: &[AnomalyRow]) -> Table {
    let row = |row: &AnomalyRow| {
        vec![
            Cell { number: Some(row.score), ..Cell::text(format!("{:.3}", row.score)) },
            Cell::text(row.why.clone()),
            Cell::text(format!("{}:{}", row.file, row.line)),
            Cell::content(&row.text),
        ]
    };
    Table {
        caption: "The strangest rows".into(),
        columns: vec![Column::number("Score"), Column::text("Why"), Column::text("Where"), Column::text("Line")],
        rows: rows.iter().map(row).collect(),
        empty: "No row was marked.".into(),
    }
}

fn entities(entities: &[Entity], anomalies: u64) -> Table {
    let most = entities.iter().map(|entity| entity.count).max().unwrap_or(0);
    let row = |entity: &Entity| {
        vec![
            Cell::value(&entity.field, Some(&entity.value)),
            Cell::part(entity.count, most),
            Cell::share(entity.count, anomalies),
        ]
    };
    Table {
        caption: "Addresses with the most marked rows".into(),
        columns: vec![Column::text("Value"), Column::number("Marked rows"), Column::number("Share")],
        rows: entities.iter().map(row).collect(),
        empty: "No row was marked.".into(),
    }
}

/// Features with their importance, where the model has one, and what was done to them.
pub fn features(features: &[FeatureUse]) -> Table {
    let has_importance = features.iter().any(|feature| feature.importance.is_some());
    let most = features.iter().filter_map(|feature| feature.importance).fold(0.0, f64::max);
    let row = |feature: &FeatureUse| {
        let mut cells = vec![Cell::text(fields::feature(&feature.name)), Cell::count(feature.imputed)];
        if has_importance {
            let share = feature.importance.unwrap_or(0.0);
            let cell = Cell { number: Some(share), ..Cell::text(numbers::percent(share)) };
            cells.push(Cell { share: Some(if most > 0.0 { share / most } else { 0.0 }), ..cell });
        }
        cells.push(Cell::text(feature.note.clone().unwrap_or_default()));
        cells
    };
    let mut columns = vec![Column::text("Feature"), Column::number("Filled in")];
    if has_importance {
        columns.push(Column::number("Importance"));
    }
    columns.push(Column::text("Worth knowing"));
    Table { caption: "Features".into(), columns, rows: features.iter().map(row).collect(), empty: "No feature.".into() }
}
