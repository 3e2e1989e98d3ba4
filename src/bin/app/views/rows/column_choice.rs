//! Which columns the list of rows shows.

use leptos::prelude::*;
use logloupe::schema::FieldName;

use super::pages::Pages;
use crate::text::fields;

/// A box for each column that the rows have.
#[component]
pub fn ColumnChoice(
    /// The rows.
    pages: Pages,
) -> impl IntoView {
    let boxes = move || pages.present.get().into_iter().map(|column| choice(pages, column)).collect_view();
    let summary = move || {
        let (shown, all) = (pages.columns.with(Vec::len), pages.present.with(Vec::len));
        format!("Columns: {shown} of {all}")
    };
    view! {
        <details class="rows-columns">
            <summary>{summary}</summary>
            <fieldset>
                <legend class="unseen">"Columns"</legend>
                <div class="choices">{boxes}</div>
            </fieldset>
        </details>
    }
}

fn choice(pages: Pages, column: FieldName) -> impl IntoView {
    let label = fields::plain(column.as_str()).to_owned();
    let name = column.to_string();
    let own = StoredValue::new(column);
    let is_shown = move || pages.columns.with(|columns| own.with_value(|own| columns.contains(own)));
    let turn = move |_| {
        pages.is_chosen.set(true);
        pages.columns.update(|columns| {
            let column = own.get_value();
            if let Some(at) = columns.iter().position(|known| *known == column) {
                // One column stays, or there would be no rows to see.
                if columns.len() > 1 {
                    columns.remove(at);
                }
            } else {
                columns.push(column);
                columns.sort();
            }
        });
    };
    view! {
        <label title=name>
            <input type="checkbox" prop:checked=is_shown on:change=turn />
            {label}
        </label>
    }
}
