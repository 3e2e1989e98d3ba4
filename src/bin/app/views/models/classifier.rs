//! What a random forest says: first whether to believe it, then how it did on rows that it had not seen.

use leptos::prelude::*;
use logloupe::report::{ClassReport, Classifier, Metric};

use super::anomaly::features;
use crate::charts::MatrixChart;
use crate::charts::data::{MatrixData, Unit};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::notice::Notice;
use crate::components::table::{Cell, Column, Table};
use crate::components::verdict_mark::VerdictMark;
use crate::state::filter::Condition;
use crate::state::store::use_store;
use crate::text::{fields, numbers};

/// The result, or the sentence with which the model refuses.
#[component]
pub fn ClassifierResult(
    /// The result.
    classifier: Classifier,
) -> impl IntoView {
    let store = use_store();
    if let Some(refusal) = classifier.refused {
        return view! { <Notice tone="careful"><p>{refusal}</p></Notice> }.into_any();
    }
    let learned = fields::plain(&classifier.label).to_owned();
    let held_out = numbers::counted(classifier.n_test, "row");
    let subtitle = format!("On {held_out} held out, grown on {}", numbers::count(classifier.n_train));
    let classes = per_class(&classifier.label, &classifier.classes);
    let matrix = matrix(&classifier);
    let names: Vec<String> = classifier.classes.iter().map(|class| class.class.clone()).collect();
    let label = StoredValue::new(classifier.label.clone());
    let names = StoredValue::new(names);
    let on_pick = Callback::new(move |(actual, _, excluding): (usize, usize, bool)| {
        if let Some(class) = names.with_value(|names| names.get(actual).cloned()) {
            store.pick(&label.with_value(|label| Condition::new(label, &class)), excluding);
        }
    });
    let metrics = metrics(&classifier.metrics);
    let features = features(&classifier.features);
    view! {
        <VerdictMark trust=classifier.trust />
        <div class="cards">
            <Card title=format!("{learned}: what rows are, and what they are called") subtitle="Rows held out; a click shows the rows of a class".to_owned() width="wide">
                <MatrixChart data=Signal::stored(matrix) label="Actual and predicted classes".to_owned() empty="No row was held out.".to_owned() on_pick=on_pick />
            </Card>
            <Card title="How it did".to_owned() subtitle=subtitle>
                <DataTable table=Signal::stored(metrics) />
            </Card>
            <Card title="By class".to_owned() subtitle="Precision: of those called so; recall: of those that are".to_owned()>
                <DataTable table=Signal::stored(classes) page=20 />
            </Card>
            <Card title="What its decisions rest on".to_owned() subtitle="Features by importance".to_owned()>
                <DataTable table=Signal::stored(features) page=20 />
            </Card>
        </div>
    }
    .into_any()
}

fn matrix(classifier: &Classifier) -> MatrixData {
    MatrixData {
        labels: classifier.classes.iter().map(|class| class.class.clone()).collect(),
        counts: classifier.confusion.iter().map(|row| row.iter().map(|count| *count as f64).collect()).collect(),
        unit: Unit::count("rows"),
    }
}

fn per_class(label: &str, classes: &[ClassReport]) -> Table {
    let share = |value: f64| Cell { number: Some(value), ..Cell::text(format!("{value:.3}")) };
    let row = |class: &ClassReport| {
        vec![
            Cell::value(label, Some(&class.class)),
            share(class.precision),
            share(class.recall),
            share(class.f1),
            Cell::count(class.support),
        ]
    };
    Table {
        caption: "Figures by class".into(),
        columns: vec![
            Column::text("Class"),
            Column::number("Precision"),
            Column::number("Recall"),
            Column::number("F1"),
            Column::number("Rows"),
        ],
        rows: classes.iter().map(row).collect(),
        empty: "There are no classes.".into(),
    }
}

fn metrics(metrics: &[Metric]) -> Table {
    let row = |metric: &Metric| {
        let value = Cell { number: Some(metric.value), ..Cell::text(format!("{:.3}", metric.value)) };
        vec![Cell::text(metric.name.replace('_', " ")), value]
    };
    Table {
        caption: "Figures".into(),
        columns: vec![Column::text("Figure"), Column::number("Value")],
        rows: metrics.iter().map(row).collect(),
        empty: "There are no figures.".into(),
    }
}
