//! Known attacks among a copy of the log's rows: who finds how many.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::Study;
use logloupe::report::{Planted, PlantedRequest, PlantedRows};
use logloupe::settings::PlantSettings;
use wasm_bindgen_futures::spawn_local;

use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::components::verdict_mark::VerdictMark;
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};
use crate::text::sentences::sentence;

/// The button, and what came out.
#[component]
pub fn PlantedCard() -> impl IntoView {
    let (studies, loupe) = (use_store().studies.get_value(), use_loupe());
    let is_running = move || studies.planted_run.with(|run| matches!(run, Run::Running(_)));
    let run = move |_| {
        let session = loupe.session();
        let (settings, rules) = (PlantSettings::default(), session.rule_set());
        spawn_local(async move { session.study(Study::Plant { settings, rules, model: None }).await });
    };
    let found = move || studies.planted.get().map(|planted| view! { <Found planted=planted /> });
    view! {
        <Card
            title="What would be found".to_owned()
            subtitle="Known attacks are put among a copy of some rows, with their addresses, times and programs; the log stays as it is".to_owned()
            width="full"
        >
            <p class="actions">
                <button type="button" disabled=is_running on:click=run>"Plant attacks"</button>
            </p>
            <RunStatus run=studies.planted_run />
            {found}
        </Card>
    }
}

#[component]
fn Found(
    /// What was found.
    planted: Arc<Planted>,
) -> impl IntoView {
    let told = planted.refused.is_none().then(|| {
        let own = PlantedRows { name: "the log's own rows".into(), ..planted.own.clone() };
        let all = PlantedRows { name: "all that was planted".into(), ..planted.all.clone() };
        let kinds: Vec<PlantedRows> = [own, all].into_iter().chain(planted.families.iter().cloned()).collect();
        let (kinds, written) = (table("By kind of attack", &kinds), table("By how it is written", &planted.variants));
        let missed = missed(&planted.missed_by_rules);
        view! {
            <p>{planted.model.as_deref().map(|model| sentence(&format!("the model is {model}")))}</p>
            <DataTable table=Signal::stored(kinds) page=20 />
            <DataTable table=Signal::stored(written) page=10 />
            <DataTable table=Signal::stored(missed) page=10 />
        }
    });
    view! {
        <div class="stack" data-planted>
            <VerdictMark trust=planted.trust.clone() />
            {told}
        </div>
    }
}

fn table(caption: &str, rows: &[PlantedRows]) -> Table {
    let row = |rows: &PlantedRows| {
        vec![
            Cell::text(rows.name.replace('_', " ")),
            Cell::count(rows.rows),
            Cell::share(rows.by_rules, rows.rows),
            Cell::share(rows.by_model, rows.rows),
            Cell::share(rows.by_either, rows.rows),
        ]
    };
    Table {
        caption: caption.into(),
        columns: vec![
            Column::text("What"),
            Column::number("Rows"),
            Column::number("Found by rules"),
            Column::number("By the model"),
            Column::number("By either"),
        ],
        rows: rows.iter().map(row).collect(),
        empty: "There are none.".into(),
    }
}

fn missed(requests: &[PlantedRequest]) -> Table {
    let row = |missed: &PlantedRequest| {
        let family = missed.family.replace('_', " ");
        vec![Cell::content(&missed.request), Cell::text(family), Cell::text(missed.variant.as_str())]
    };
    Table {
        caption: "Some that no rule finds".into(),
        columns: vec![Column::text("Planted, and no rule finds it"), Column::text("Kind"), Column::text("Written")],
        rows: requests.iter().map(row).collect(),
        empty: "Rules find all of them.".into(),
    }
}
