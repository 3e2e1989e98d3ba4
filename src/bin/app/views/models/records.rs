//! What was run in this session: settings, figures, verdicts.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::{Value, json};

use super::figures::number;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::download_button::{DownloadButton, Make};
use crate::components::table::{Cell, Column, Table};
use crate::state::store::use_store;
use crate::text::numbers;

/// The runs, newest first, and a way to take them away.
#[component]
pub fn Records() -> impl IntoView {
    let store = use_store();
    let records = store.learning.records;
    let title = move || format!("{} in this session", numbers::counted(records.with(|r| r.len() as u64), "run"));
    let table = Memo::new(move |_| records.with(|records| table(records)));
    let make: Make = Box::new(move || {
        let runs: Vec<Value> = records.with_untracked(|records| records.iter().map(|r| (**r).clone()).collect());
        let text = serde_json::to_string_pretty(&json!({ "schema": "logloupe.runs.v1", "runs": runs }));
        Box::pin(async move { text.map(String::into_bytes).map_err(|error| error.to_string()) })
    });
    let make = StoredValue::new_local(Some(make));
    view! {
        <Show when=move || records.with(|records| !records.is_empty())>
            <Card title=Signal::derive(title) subtitle="Kept until the files are closed; nothing of it leaves this tab unless you save it".to_owned() width="full">
                <DataTable table=table page=10 />
                {make.try_update_value(Option::take).flatten().map(|make| view! {
                    <p class="actions"><DownloadButton label="Save the record (JSON)" name="runs.json" media_type="application/json" make=make /></p>
                })}
            </Card>
        </Show>
    }
}

fn table(records: &[Arc<Value>]) -> Table {
    let text = |record: &Value, name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let row = |(at, record): (usize, &Arc<Value>)| {
        let figures = record["figures"].as_array().into_iter().flatten();
        let figure = |name: &str| figures.clone().find(|f| f["name"] == name).and_then(|f| f["value"].as_f64());
        let cell = |name: &str| figure(name).map_or_else(|| Cell::text("–"), number);
        let verdict = text(record, "verdict");
        let tone = match verdict.as_str() {
            "trust" => "ok",
            "careful" => "careful",
            "meaningless" => "wrong",
            _ => "",
        };
        vec![
            Cell::count(at as u64 + 1),
            Cell::text(text(record, "model")),
            record["label"].as_str().map_or_else(|| Cell::text("–"), Cell::content),
            Cell::text(text(record, "split")),
            cell("accuracy"),
            cell("balanced accuracy"),
            cell("ROC area"),
            Cell::text(verdict).toned(tone),
        ]
    };
    Table {
        caption: "Runs".into(),
        columns: vec![
            Column::number("Run"),
            Column::text("Model"),
            Column::text("Learnt"),
            Column::text("Tested on"),
            Column::number("Accuracy"),
            Column::number("Balanced"),
            Column::number("ROC area"),
            Column::text("Verdict"),
        ],
        rows: records.iter().enumerate().rev().map(row).collect(),
        empty: "Nothing was run.".into(),
    }
}
