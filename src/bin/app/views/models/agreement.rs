//! Where rules and the open model agree, with rows of each kind.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::Study;
use logloupe::report::{Agreement, AgreementCell, Evidence};
use logloupe::settings::AgreementSettings;
use wasm_bindgen_futures::spawn_local;

use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};
use crate::text::numbers;

/// The button, where a model is open, and what came out.
#[component]
pub fn AgreementCard() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let studies = store.studies.get_value();
    let is_running = move || studies.agreement_run.with(|run| matches!(run, Run::Running(_)));
    let run = move |_| {
        let session = loupe.session();
        let bytes = session.model_bytes().unwrap_or_default();
        let model = String::from_utf8_lossy(&bytes).into_owned();
        let (settings, rules) = (AgreementSettings::default(), session.rule_set());
        let study = Study::Agreement { settings, rules, model, is_ready: false };
        spawn_local(async move { session.study(study).await });
    };
    let found = move || studies.agreement.get().map(|agreement| view! { <Compared agreement=agreement /> });
    let card = move || {
        view! {
            <Card
                title="Where rules and the model agree".to_owned()
                subtitle="Rules of medium severity and above, beside the model that is open".to_owned()
                width="full"
            >
                <p class="actions">
                    <button type="button" disabled=is_running on:click=run>"Compare"</button>
                </p>
                <RunStatus run=studies.agreement_run />
                {found}
            </Card>
        }
    };
    move || store.learning.learnt.with(Option::is_some).then(card)
}

#[component]
fn Compared(
    /// What was found.
    agreement: Arc<Agreement>,
) -> impl IntoView {
    let whole = agreement.cells.iter().map(|cell| cell.rows).sum();
    let kappa =
        agreement.kappa.map_or("is not to be told".to_owned(), |kappa| format!("is {}", numbers::grouped(kappa)));
    let told = format!(
        "The model counts where it says: {}. Cohen's kappa {kappa}: 0 is chance, 1 is always.",
        agreement.model
    );
    let table = table(&agreement.cells, whole);
    view! {
        <div class="stack" data-agreement>
            <p dir="auto">{told}</p>
            <DataTable table=Signal::stored(table) page=50 />
        </div>
    }
}

/// A row a kind, and one for each of its lines.
fn table(cells: &[AgreementCell], whole: u64) -> Table {
    let line = |evidence: &Evidence| {
        let place = format!("{}:{}", evidence.file, evidence.line);
        vec![Cell::default(), Cell::default(), Cell::content(&place), Cell::content(&evidence.text)]
    };
    let rows = |cell: &AgreementCell| {
        let kind = vec![Cell::text(cell.name.as_str()), Cell::part(cell.rows, whole), Cell::default(), Cell::default()];
        std::iter::once(kind).chain(cell.sample.iter().map(line)).collect::<Vec<_>>()
    };
    Table {
        caption: "Rows by who finds them".into(),
        columns: vec![Column::text("Found by"), Column::number("Rows"), Column::text("Place"), Column::text("Line")],
        rows: cells.iter().flat_map(rows).collect(),
        empty: "There are none.".into(),
    }
}
