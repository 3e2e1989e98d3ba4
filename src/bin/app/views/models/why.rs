//! The parts of features in an answer, and why a strange row has its score.

use leptos::prelude::*;
use logloupe::report::{AnomalyRow, FeaturePart, Predicted};

use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::field::SelectField;
use crate::components::notice::Notice;
use crate::components::table::{Cell, Column, Table};
use crate::state::session::use_loupe;
use crate::text::fields;

/// One of the strangest rows: what each feature did along its paths through the trees.
#[component]
pub fn WhyRow(
    /// The strangest first.
    rows: Vec<AnomalyRow>,
) -> impl IntoView {
    let loupe = use_loupe();
    let chosen = RwSignal::new("0".to_owned());
    let name = |(at, row): (usize, &AnomalyRow)| {
        (at.to_string(), format!("{}: score {:.3}, {}:{}", at + 1, row.score, row.file, row.line))
    };
    let options: Vec<(String, String)> = rows.iter().enumerate().map(name).collect();
    let rows = StoredValue::new(rows);
    let why = LocalResource::new(move || {
        let at: usize = chosen.with(|chosen| chosen.parse().unwrap_or(0));
        let values = rows.with_value(|rows| rows.get(at).map(|row| row.values.clone()));
        let session = loupe.session();
        async move {
            let values: Vec<f64> = values?.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect();
            session.why(values).await.ok()
        }
    });
    view! {
        <Card title="Why a row is strange".to_owned() subtitle="How much each feature shortened the row's paths through the trees, as a share of an average path".to_owned() width="wide">
            <SelectField label="Row" hint="The strangest first." options=Signal::stored(options) value=chosen />
            <div data-why>{move || why.get().map(told)}</div>
        </Card>
    }
}

fn told(why: Option<Box<Predicted>>) -> AnyView {
    match why {
        None => view! { <Notice tone="info"><p>"The forest is no longer at hand. Run it again to see the paths."</p></Notice> }.into_any(),
        Some(why) => view! {
            <p dir="auto">{why.because.clone()} "."</p>
            <DataTable table=Signal::stored(parts(&why.parts)) page=8 />
        }
        .into_any(),
    }
}

/// A line for each feature: its value, which way it was cut, and how much that did.
pub fn parts(parts: &[FeaturePart]) -> Table {
    let most = parts.iter().map(|part| part.weight.abs()).fold(0.0, f64::max);
    let row = |part: &FeaturePart| {
        let share = if most > 0.0 { part.weight.abs() / most } else { 0.0 };
        let weight = Cell { number: Some(part.weight), ..Cell::text(format!("{:+.3}", part.weight)) };
        vec![
            Cell::content(&fields::feature(&part.feature)),
            Cell::content(&part.shown),
            Cell::text(part.side.as_str()),
            Cell { share: Some(share), ..weight },
        ]
    };
    Table {
        caption: "Reasons".into(),
        columns: vec![
            Column::text("Feature"),
            Column::text("Value"),
            Column::text("Side of the cuts"),
            Column::number("Part in the answer"),
        ],
        rows: parts.iter().map(row).collect(),
        empty: "No feature did anything.".into(),
    }
}
