//! How the columns of a CSV become fields, by hand where the names are not known.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{InputColumn, Report};
use logloupe::schema::{Field, FieldName};

use crate::components::card::Card;
use crate::state::session::use_loupe;
use crate::state::store::use_store;
use crate::text::fields;

/// A select for each column of the CSV files; applying reads the files again.
#[component]
pub fn Mapping(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let columns = Memo::new(move |_| report.with(|report| csv_columns(report)));
    let chosen = RwSignal::new(BTreeMap::<String, FieldName>::new());
    let apply = move |_| {
        store.settings.update(|settings| settings.csv_columns.extend(chosen.get_untracked()));
        loupe.reopen();
    };
    let forget = move |_| {
        store.settings.update(|settings| settings.csv_columns.clear());
        loupe.reopen();
    };
    let selects = move || {
        let selects = columns.get().into_iter();
        selects.map(|column| view! { <ColumnChoice column=column chosen=chosen /> }).collect_view()
    };
    view! {
        <Show when=move || columns.with(|columns| !columns.is_empty())>
            <Card
                title="How the columns of the CSV become fields".to_owned()
                subtitle="Checks and charts know fields by these names; a column that is left alone keeps its own".to_owned()
            >
                <div class="form mapping">{selects}</div>
                <p class="actions mapping-actions">
                    <button type="button" class="primary" disabled=move || chosen.with(BTreeMap::is_empty) on:click=apply>
                        "Apply and read again"
                    </button>
                    <button type="button" on:click=forget>"Recognise by name again"</button>
                </p>
            </Card>
        </Show>
    }
}

/// One column and the field that it becomes.
#[component]
fn ColumnChoice(
    /// The column.
    column: InputColumn,
    /// What was chosen by hand.
    chosen: RwSignal<BTreeMap<String, FieldName>>,
) -> impl IntoView {
    let name = StoredValue::new(column.name.clone());
    let set = move |event| {
        let field = FieldName::new(&event_target_value(&event));
        chosen.update(|chosen| drop(chosen.insert(name.get_value(), field)));
    };
    let is_known = Field::from_name(&column.field).is_some();
    let own = (!is_known).then(|| {
        let label = format!("{} (its own)", column.field);
        view! { <option value=column.field.clone() selected=true>{label}</option> }
    });
    let known = Field::ALL
        .iter()
        .map(|field| {
            let label = format!("{} · {}", fields::plain(field.name()), field.name());
            view! { <option value=field.name() selected=field.name() == column.field>{label}</option> }
        })
        .collect_view();
    view! {
        <label class="field">
            <span class="field-label">{column.name}</span>
            <select on:change=set>{own}{known}</select>
        </label>
    }
}

/// Columns of all CSV files, each name once.
fn csv_columns(report: &Report) -> Vec<InputColumn> {
    let mut columns: BTreeMap<String, InputColumn> = BTreeMap::new();
    for input in report.inputs.iter().filter(|input| input.format.as_deref().is_some_and(is_csv)) {
        for column in &input.columns {
            columns.entry(column.name.clone()).or_insert_with(|| column.clone());
        }
    }
    columns.into_values().collect()
}

fn is_csv(format: &str) -> bool {
    format.to_ascii_lowercase().contains("csv")
}
