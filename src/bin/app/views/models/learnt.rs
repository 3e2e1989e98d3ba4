//! The model that is open: whether to believe it, how it did, what it rests on, and ways to use it.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::RowFormat;
use logloupe::report::Learnt;
use wasm_bindgen_futures::spawn_local;

use super::curves::LearningCurve;
use super::figures::{FiguresView, Labelled};
use super::predict::PredictForm;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::download_button::{DownloadButton, Make};
use crate::components::notice::Notice;
use crate::components::table::{Cell, Column, Table};
use crate::components::verdict_mark::VerdictMark;
use crate::state::session::{Loupe, use_loupe};
use crate::state::store::use_store;
use crate::text::sentences::capital;
use crate::text::{fields, numbers};

/// The open model with its figures, its parts and its uses.
#[component]
pub fn LearntView(
    /// The model.
    learnt: Arc<Learnt>,
) -> impl IntoView {
    let store = use_store();
    let labelled =
        Labelled { label: learnt.label.clone(), is_question: learnt.is_question, classes: learnt.classes.clone() };
    let of_compared = labelled.clone();
    let compared = move || {
        let compared = store.learning.compared.get()?;
        let unknown = numbers::counted(compared.n_unknown, "row");
        let left_out = (compared.n_unknown > 0)
            .then(|| view! { <Notice tone="info"><p>{format!("{unknown} have no class that the model knows, and are left out.")}</p></Notice> });
        let title = "The model on the rows that are open".to_owned();
        Some(
            view! { {left_out} <FiguresView figures=compared.figures.clone() labelled=of_compared.clone() title=title of_open_model=true /> },
        )
    };
    let figures = learnt.figures.clone().map(|figures| {
        let title = format!("On {} held out", numbers::counted(learnt.n_test, "row"));
        view! { <FiguresView figures=figures labelled=labelled title=title of_open_model=true /> }
    });
    let what =
        learnt.label.as_deref().map_or("rows that are strange".to_owned(), |label| fields::plain(label).to_owned());
    let title = format!("{} for {what}", capital(&learnt.model));
    let split = match learnt.split.as_str() {
        "rows" => "some rows of each class".to_owned(),
        "time" => "the newest rows".to_owned(),
        "pattern" => "requests of some patterns".to_owned(),
        "none" => "no rows".to_owned(),
        column => format!("rows of some values of {}", fields::plain(column)),
    };
    let subtitle = format!(
        "Trained on {}, tested on {split}: {}",
        numbers::counted(learnt.n_train, "row"),
        numbers::count(learnt.n_test)
    );
    let importances = importances(&learnt.importances, "Part in the model");
    let shuffled = importances_of_shuffling(&learnt);
    let params = two(&learnt.params, ("Parameter", "Value"), "Parameters");
    let touched = touched(&learnt);
    let tried = (!learnt.tried.is_empty()).then(|| tried(&learnt)).map(|tried| {
        view! {
            <Card title="What was tried on folds before".to_owned() subtitle="Mean recall of the classes; the best trained the model, so its own figure flatters".to_owned()>
                <DataTable table=Signal::stored(tried) page=10 />
            </Card>
        }
    });
    let curve =
        (!learnt.learning_curve.is_empty()).then(|| view! { <LearningCurve points=learnt.learning_curve.clone() /> });
    let (trust, has_label) = (learnt.trust.clone(), learnt.label.is_some());
    view! {
        <section class="learnt" data-model=learnt.model.clone()>
            <Card title=title subtitle=subtitle width="full">
                {trust.map(|trust| view! { <VerdictMark trust=trust /> })}
                <Actions has_label=has_label />
            </Card>
            {figures}
            {compared}
            <PredictForm inputs=learnt.inputs.clone() />
            <div class="cards">
                <Card title="What its decisions rest on".to_owned() subtitle="By the model's own account (impurity, or size of the weights)".to_owned()>
                    <DataTable table=Signal::stored(importances) page=10 />
                </Card>
                <Card title="What it loses without a feature".to_owned() subtitle="Balanced accuracy lost on the test when the feature is shuffled (permutation importance)".to_owned()>
                    <DataTable table=Signal::stored(shuffled) page=10 />
                </Card>
                {tried}
                {curve}
                <Card title="How it was set".to_owned() subtitle="In scikit-learn's words".to_owned()>
                    <DataTable table=Signal::stored(params) page=10 />
                </Card>
                <Card title="What was done to the columns".to_owned() subtitle="Rows of the training that each step touched".to_owned()>
                    <DataTable table=Signal::stored(touched) page=10 />
                </Card>
            </div>
        </section>
    }
}

/// Save the model, let it answer for the open rows, compare it with what is true.
#[component]
fn Actions(
    /// Whether there is something to compare with.
    has_label: bool,
) -> impl IntoView {
    let loupe = use_loupe();
    let model: Make = Box::new(move || {
        let bytes = loupe.session().model_bytes();
        Box::pin(async move { bytes.ok_or_else(|| "No model is open.".to_owned()) })
    });
    let compare = move |_| {
        let session = loupe.session();
        spawn_local(async move { session.compare().await });
    };
    view! {
        <p class="actions">
            <DownloadButton label="Save the model" name="model.json" media_type="application/json" make=model />
            <DownloadButton label="Predict the rows (CSV)" name="predictions.csv" media_type="text/csv" make=answers(loupe, RowFormat::Csv) />
            <DownloadButton label="Predict the rows (NDJSON)" name="predictions.ndjson" media_type="application/x-ndjson" make=answers(loupe, RowFormat::Ndjson) />
            <Show when=move || has_label>
                <button type="button" on:click=compare>"Compare with the open rows"</button>
            </Show>
        </p>
        <p class="field-hint">"The file holds no row of the log, but names of categories, words and classes out of it."</p>
    }
}

fn answers(loupe: Loupe, format: RowFormat) -> Make {
    Box::new(move || {
        let session = loupe.session();
        Box::pin(async move { session.predict_rows(format).await })
    })
}

/// Features by how much they matter.
fn importances(all: &[(String, f64)], title: &'static str) -> Table {
    let most = all.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
    let row = |(name, weight): &(String, f64)| {
        let cell = Cell { number: Some(*weight), ..Cell::text(format!("{weight:.4}")) };
        let share = if most > 0.0 { (weight / most).max(0.0) } else { 0.0 };
        vec![Cell::content(&fields::feature(name)), Cell { share: Some(share), ..cell }]
    };
    Table {
        caption: title.into(),
        columns: vec![Column::text("Feature"), Column::number(title)],
        rows: all.iter().map(row).collect(),
        empty: "This model has no account of its own.".into(),
    }
}

fn importances_of_shuffling(learnt: &Learnt) -> Table {
    let empty = "There was no test to lose on.".to_owned();
    Table { empty, ..importances(&learnt.permutation_importances, "Lost without") }
}

fn two(all: &[(String, String)], (first, second): (&'static str, &'static str), caption: &str) -> Table {
    let row = |(a, b): &(String, String)| vec![Cell::text(a.as_str()), Cell::text(b.as_str())];
    Table {
        caption: caption.into(),
        columns: vec![Column::text(first), Column::text(second)],
        rows: all.iter().map(row).collect(),
        empty: "There are none.".into(),
    }
}

fn touched(learnt: &Learnt) -> Table {
    let row = |(step, column, rows): &(String, String, u64)| {
        vec![Cell::text(fields::feature(column)), Cell::text(step.as_str()), Cell::part(*rows, learnt.n_train)]
    };
    Table {
        caption: "Preparation".into(),
        columns: vec![Column::text("Column"), Column::text("Step"), Column::number("Rows")],
        rows: learnt.touched.iter().map(row).collect(),
        empty: "Nothing was changed.".into(),
    }
}

fn tried(learnt: &Learnt) -> Table {
    let number = |value: f64| Cell { number: Some(value), ..Cell::text(format!("{value:.4}")) };
    let row = |(words, mean, deviation): &(String, f64, f64)| {
        vec![Cell::text(words.as_str()), number(*mean), number(*deviation)]
    };
    Table {
        caption: "Tried parameters".into(),
        columns: vec![Column::text("Parameters"), Column::number("Mean"), Column::number("Deviation")],
        rows: learnt.tried.iter().map(row).collect(),
        empty: "Nothing was tried.".into(),
    }
}
