//! What a model shall learn: a column, the rows of a finding or of a list, or the rows under a filter.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use crate::components::field::{SelectField, TextField};
use crate::state::training::{Label, any_of};
use crate::text::fields;

/// Columns with more distinct values than this are no classes; from twenty on the rare ones become one.
const CLASSES_AT_MOST: u64 = 1000;

/// The value of the choice that asks for a filter.
pub const FILTER: &str = "filter";

/// What can be learnt, as it is listed. Values begin with `column ` or `rows `.
#[component]
pub fn LabelChoice(
    /// The report, for its columns and findings.
    report: Signal<Arc<Report>>,
    /// The choice.
    choice: RwSignal<String>,
    /// The filter, where that is chosen.
    filter: RwSignal<String>,
) -> impl IntoView {
    let options = Memo::new(move |_| report.with(|report| options(report)));
    let is_filter = move || choice.with(|choice| choice == FILTER);
    view! {
        <SelectField label="What to learn" hint="The values of a column (the nineteen most frequent and \"other\"), or whether a row is one of those named." options=options value=choice />
        <Show when=is_filter>
            <TextField label="Rows to tell from the others" hint="A filter, as in the bar above: its rows are yes, all others no."
                placeholder="http.response.status_code >= 400" value=filter />
        </Show>
    }
}

/// What the choice asks for; nothing where the filter is not written yet.
pub fn label_of(choice: &str, filter: &str) -> Option<Label> {
    match choice.split_once(' ') {
        Some(("column", column)) => Some(Label::Column(column.to_owned())),
        Some(("rows", question)) => Some(Label::Question(question.to_owned())),
        _ => Some(filter.trim()).filter(|filter| !filter.is_empty()).map(|filter| Label::Question(filter.to_owned())),
    }
}

fn options(report: &Report) -> Vec<(String, String)> {
    let is_label = |kind: &str| matches!(kind, "keyword" | "integer");
    let columns = report.quality.columns.iter();
    // Those of one class too, so that the refusal can be read.
    let columns = columns
        .filter(|column| is_label(&column.kind) && (1..=CLASSES_AT_MOST).contains(&column.distinct))
        .map(|column| (format!("column {}", column.field), fields::plain(&column.field).to_owned()));
    let findings = report.findings.iter().filter(|finding| !finding.filter.is_empty());
    let findings = findings.map(|finding| (format!("rows {}", finding.filter), format!("Rows of: {}", finding.title)));
    let lists = &report.settings.lists;
    let ports: Vec<String> = lists.banned_ports.iter().map(ToString::to_string).collect();
    let lists = [
        ("destination.domain", "banned hosts", &lists.banned_hosts),
        ("destination.port", "banned ports", &ports),
        ("source.ip", "bad addresses", &lists.bad_addresses),
        ("destination.domain", "restricted hosts", &lists.restricted_hosts),
    ];
    let has = |field: &str| report.quality.columns.iter().any(|column| column.field == field);
    let lists = lists.into_iter().filter(|(field, _, entries)| has(field) && !entries.is_empty());
    let lists =
        lists.map(|(field, name, entries)| (format!("rows {}", any_of(field, entries)), format!("Rows on: {name}")));
    let own = (FILTER.to_owned(), "Rows under a filter …".to_owned());
    columns.chain(findings).chain(lists).chain([own]).collect()
}
