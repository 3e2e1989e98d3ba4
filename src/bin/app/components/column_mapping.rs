//! How the columns that a file names become fields, by hand where the names are not known.

use std::collections::BTreeMap;

use leptos::prelude::*;
use logloupe::protocol::Detected;
use logloupe::report::InputColumn;
use logloupe::schema::{Field, FieldName};

use crate::state::session::use_loupe;
use crate::state::store::{FileState, use_store};
use crate::text::fields;

/// Whether the columns of such a file can be mapped: its header gives names, not meanings.
pub fn is_mappable(detected: &Detected) -> bool {
    let families = ["csv", "aws.cloudwatch", "json"];
    !detected.columns.is_empty() && families.iter().any(|family| detected.id.starts_with(family))
}

/// A select for each column; applying looks at files with these columns again.
#[component]
pub fn ColumnMapping(
    /// The columns and the fields that they become.
    columns: Vec<InputColumn>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let chosen = RwSignal::new(BTreeMap::<String, FieldName>::new());
    let again = move |names: Vec<String>| {
        let files = store.files.with_untracked(|files| {
            let has = |file: &&FileState| {
                let columns = file.detected.iter().filter(|detected| is_mappable(detected)).flat_map(|d| &d.columns);
                columns.into_iter().any(|column| names.contains(&column.name))
            };
            (0..).zip(files).filter(|(_, file)| has(file)).map(|(at, _)| at).collect()
        });
        loupe.look_again(files);
    };
    let names = StoredValue::new(columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
    let apply = move |_| {
        let chosen = chosen.get_untracked();
        let names = chosen.keys().cloned().collect();
        store.settings.update(|settings| settings.csv_columns.extend(chosen));
        again(names);
    };
    let forget = move |_| {
        let names = names.get_value();
        store.settings.update(|settings| settings.csv_columns.retain(|name, _| !names.contains(name)));
        again(names);
    };
    let selects =
        columns.into_iter().map(|column| view! { <ColumnChoice column=column chosen=chosen /> }).collect_view();
    view! {
        <fieldset class="mapping">
            <legend>"How its columns become fields"</legend>
            <p class="field-hint">"Checks and charts know fields by these names; a column that is left alone keeps its own. Holds for all files with such a column."</p>
            <div class="form">{selects}</div>
            <p class="actions">
                <button type="button" disabled=move || chosen.with(BTreeMap::is_empty) on:click=apply>"Apply to the columns"</button>
                <button type="button" on:click=forget>"Recognise by name again"</button>
            </p>
        </fieldset>
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
