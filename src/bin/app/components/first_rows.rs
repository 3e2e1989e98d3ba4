//! The first rows of a file as a small table, values coloured by kind.

use leptos::prelude::*;
use logloupe::protocol::Preview;
use logloupe::schema::Kind;

use super::display;
use crate::text::{fields, numbers};

/// The first rows, and the first lines that were not understood.
#[component]
pub fn FirstRows(
    /// What was looked at.
    preview: Preview,
    /// How many rows to show.
    #[prop(default = 5)]
    rows: usize,
) -> impl IntoView {
    let kinds: Vec<&'static str> = preview.columns.iter().map(|column| kind_of(&column.field, column.kind)).collect();
    let heads = preview.columns.iter().map(|column| {
        let field = column.field.clone();
        view! { <th scope="col" title=field.clone()>{fields::plain(&field).to_owned()}</th> }
    });
    let heads = heads.collect_view();
    let body = preview.rows.into_iter().take(rows).map(|row| {
        let cells = row.into_iter().zip(kinds.clone()).map(|(value, kind)| {
            let text = value.map(|value| if kind == "duration" { duration(&value) } else { display::visible(&value) });
            view! { <td data-kind=kind><span class="cell-text" dir="auto">{text}</span></td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let body = body.collect_view();
    let failed: Vec<(String, String)> =
        preview.lines.into_iter().filter_map(|(line, reason)| Some((line, reason?))).take(3).collect();
    // Where nothing is understood the lines are what there is to see, and one reason is enough.
    let shows_reasons = !kinds.is_empty();
    let failed: Vec<_> = failed
        .into_iter()
        .map(|(line, reason)| {
            let reason = shows_reasons.then(|| view! { <span class="tone-careful">{format!("{reason}:")}</span> });
            view! { <li>{reason}<code dir="auto">{display::visible(&line)}</code></li> }
        })
        .collect();
    let has_rows = !kinds.is_empty();
    view! {
        {has_rows.then(|| view! {
            <div class="table-box first-rows" tabindex="0" role="region" aria-label="The first rows">
                <table>
                    <caption class="unseen">"The first rows"</caption>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{body}</tbody>
                </table>
            </div>
        })}
        {(!failed.is_empty()).then(|| view! {
            <p class="muted">{if shows_reasons { "Not understood:" } else { "Its first lines:" }}</p>
            <ul class="failed-lines">{failed}</ul>
        })}
    }
}

/// Nanoseconds as people read them.
fn duration(nanoseconds: &str) -> String {
    nanoseconds.parse().map_or_else(|_| nanoseconds.to_owned(), |number| numbers::in_unit(number, "nanoseconds"))
}

/// What a value is, for its colour: a time, an address, a number, or text.
fn kind_of(field: &str, kind: Kind) -> &'static str {
    match kind {
        Kind::Integer if field == "event.duration" => "duration",
        Kind::Time => "time",
        Kind::Ip => "address",
        Kind::Integer | Kind::Float => "number",
        Kind::Keyword if field.starts_with("url.") || field.starts_with("http.request") => "request",
        Kind::Keyword => "text",
    }
}
