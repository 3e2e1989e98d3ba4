//! What there is to learn from: each column with its spread, and what the preparation does to it.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Survey, SurveyedFeature};
use wasm_bindgen_futures::spawn_local;

use super::pairs::Pairs;
use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};
use crate::text::{fields, numbers, spark};

/// A look at the columns, when it is asked for.
#[component]
pub fn SurveyCard() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let learning = store.learning;
    let is_running = move || learning.survey_run.with(|run| matches!(run, Run::Running(_)));
    let look = move |_| {
        let session = loupe.session();
        spawn_local(async move { session.survey().await });
    };
    let found = move || learning.survey.get().map(|survey| view! { <Surveyed survey=survey /> });
    view! {
        <Card
            title="What there is to learn from".to_owned()
            subtitle="Columns and what is measured on them: how they are spread, and which go together".to_owned()
            width="full"
        >
            <p class="actions">
                <button type="button" disabled=is_running on:click=look>"Look at the columns"</button>
            </p>
            <RunStatus run=learning.survey_run />
            {found}
        </Card>
    }
}

#[component]
fn Surveyed(
    /// What was found.
    survey: Arc<Survey>,
) -> impl IntoView {
    let table = features(&survey);
    let choices = survey.features.iter().map(choice).collect_view();
    let foot = format!("Of a sample of {}.", numbers::counted(survey.n_samples, "row"));
    view! {
        <div class="stack" data-survey>
            <DataTable table=Signal::stored(table) page=15 />
            <p class="field-hint">{foot}</p>
            <fieldset class="field">
                <legend>"Learn from"</legend>
                <div class="choices">{choices}</div>
                <span class="field-hint">"What is ticked here a classifier learns from; the column to learn is left out by itself."</span>
            </fieldset>
        </div>
        <div class="stack"><Pairs survey=survey /></div>
    }
}

/// A box for a column; ticked unless it was left out.
fn choice(feature: &SurveyedFeature) -> impl IntoView + use<> {
    let left_out = use_store().learning.left_out;
    let (label, title) = (fields::feature(&feature.name), feature.name.clone());
    let own = StoredValue::new(feature.name.clone());
    let is_kept = move || left_out.with(|names| own.with_value(|own| !names.contains(own)));
    let turn = move |_| {
        left_out.update(|names| match names.iter().position(|name| *name == own.get_value()) {
            Some(at) => drop(names.remove(at)),
            None => names.push(own.get_value()),
        });
    };
    view! {
        <label title=title>
            <input type="checkbox" prop:checked=is_kept on:change=turn />
            {label}
        </label>
    }
}

fn features(survey: &Survey) -> Table {
    let row = |feature: &SurveyedFeature| {
        let counts: Vec<u64> = feature.bins.iter().map(|bin| bin.count).collect();
        let spread = match (feature.bins.first(), feature.bins.last()) {
            (Some(first), Some(last)) => {
                format!("{} {} {}", numbers::short(first.from), spark::bars(&counts), numbers::short(last.to))
            }
            _ => numbers::counted(feature.distinct, "distinct text"),
        };
        let steps = feature.touched.iter().map(|(step, rows)| format!("{step} {}", numbers::counted(*rows, "row")));
        let steps: Vec<String> = steps.collect();
        let touched = if steps.is_empty() { "left as it is".to_owned() } else { steps.join(", ") };
        vec![
            Cell::text(fields::feature(&feature.name)),
            Cell::text(feature.kind.as_str()),
            Cell::text(feature.unit.as_str()),
            Cell::text(feature.source.as_str()),
            Cell::text(spread),
            Cell::part(feature.missing, survey.n_samples),
            Cell::text(touched),
        ]
    };
    Table {
        caption: "Columns to learn from".into(),
        columns: vec![
            Column::text("Column"),
            Column::text("Kind"),
            Column::text("Unit"),
            Column::text("Comes from"),
            Column::text("Spread"),
            Column::number("Missing"),
            Column::text("What preparation does"),
        ],
        rows: survey.features.iter().map(row).collect(),
        empty: "There is nothing to learn from.".into(),
    }
}
