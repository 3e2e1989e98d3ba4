//! Which columns a model looks at.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;
use logloupe::schema::FieldName;

use crate::text::fields;

/// A box for each numeric column that is not always the same; none ticked lets the log's kind decide.
#[component]
pub fn FeatureChoice(
    /// The report, for its columns.
    report: Signal<Arc<Report>>,
    /// The columns that were chosen.
    chosen: RwSignal<Vec<FieldName>>,
) -> impl IntoView {
    let columns = Memo::new(move |_| report.with(|report| numeric(report)));
    let boxes = move || columns.get().into_iter().map(|name| choice(chosen, &name)).collect_view();
    view! {
        <fieldset class="field full">
            <legend>"Features"</legend>
            <div class="choices">{boxes}</div>
            <span class="field-hint">
                {move || match chosen.with(Vec::len) {
                    0 => "None is ticked, so the kind of log decides.".to_owned(),
                    count => format!("{count} ticked."),
                }}
            </span>
        </fieldset>
    }
}

fn choice(chosen: RwSignal<Vec<FieldName>>, name: &str) -> impl IntoView + use<> {
    let label = fields::plain(name).to_owned();
    let title = name.to_owned();
    let own = StoredValue::new(FieldName::new(name));
    let is_chosen = move || chosen.with(|chosen| own.with_value(|own| chosen.contains(own)));
    let turn = move |_| {
        chosen.update(|chosen| {
            let name = own.get_value();
            match chosen.iter().position(|known| *known == name) {
                Some(at) => drop(chosen.remove(at)),
                None => chosen.push(name),
            }
        });
    };
    view! {
        <label title=title>
            <input type="checkbox" prop:checked=is_chosen on:change=turn />
            {label}
        </label>
    }
}

fn numeric(report: &Report) -> Vec<String> {
    let is_number = |kind: &str| matches!(kind, "integer" | "float");
    let columns = report.quality.columns.iter().filter(|column| is_number(&column.kind) && column.distinct > 1);
    columns.map(|column| column.field.clone()).collect()
}
