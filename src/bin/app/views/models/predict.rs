//! One row for the open model: values in; verdict, probabilities and reasons out.

use leptos::prelude::*;
use logloupe::report::{LearntInput, Predicted};
use wasm_bindgen_futures::spawn_local;

use super::figures::number;
use super::why::parts;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::field::TextField;
use crate::components::notice::Notice;
use crate::components::table::{Cell, Column, Table};
use crate::state::session::use_loupe;
use crate::text::sentences::{capital, sentence};
use crate::text::{fields, numbers};

/// A field for each column that the model looks at; the answer changes with every value.
#[component]
pub fn PredictForm(
    /// What it looks at.
    inputs: Vec<LearntInput>,
) -> impl IntoView {
    let loupe = use_loupe();
    let values: Vec<(String, RwSignal<String>)> =
        inputs.iter().map(|input| (input.name.clone(), RwSignal::new(String::new()))).collect();
    let said = RwSignal::new(None::<Result<Box<Predicted>, String>>);
    let newest = StoredValue::new(0_u32);
    let given = values.clone();
    Effect::new(move |_| {
        let given: Vec<(String, String)> = given.iter().map(|(name, value)| (name.clone(), value.get())).collect();
        newest.update_value(|number| *number += 1);
        let number = newest.get_value();
        let session = loupe.session();
        spawn_local(async move {
            let answer = session.predict(given).await.map_err(|trouble| trouble.sentence());
            // An answer to older values says nothing of these.
            if newest.try_get_value() == Some(number) {
                said.set(Some(answer));
            }
        });
    });
    // Texts first: what is measured on them is measured again where its number is left blank.
    let mut rows: Vec<(LearntInput, RwSignal<String>)> =
        inputs.into_iter().zip(values).map(|(input, (_, value))| (input, value)).collect();
    rows.sort_by_key(|(input, _)| !input.is_text);
    let form = rows.into_iter().map(|(input, value)| field(&input, value)).collect_view();
    view! {
        <Card title="What it says of a row of your own".to_owned() subtitle="A number that is left blank is measured on the texts, or filled in as in training".to_owned() width="full">
            <div class="form predict">{form}</div>
            <div data-predicted role="status">{move || said.get().map(answer)}</div>
        </Card>
    }
}

fn field(input: &LearntInput, value: RwSignal<String>) -> impl IntoView + use<> {
    let known = input.known.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    let hint = match (input.is_text, input.unit.as_str()) {
        (true, _) if !known.is_empty() => format!("Knows: {known}"),
        (true, _) => "Its words count.".to_owned(),
        (false, "") => "A number.".to_owned(),
        (false, "code") => "A code, such as a status.".to_owned(),
        (false, "share") => "A share from 0 to 1.".to_owned(),
        (false, unit) if unit.contains(',') => format!("{}.", capital(unit)),
        (false, unit) => format!("In {unit}."),
    };
    let placeholder = input.fill.map(numbers::grouped).unwrap_or_default();
    view! { <TextField label=fields::feature(&input.name) hint=hint placeholder=placeholder value=value /> }
}

fn answer(said: Result<Box<Predicted>, String>) -> AnyView {
    match said {
        Err(why) => view! { <Notice tone="careful"><p>{sentence(&why)}</p></Notice> }.into_any(),
        Ok(predicted) => {
            let numbers = Table {
                caption: "Probabilities".into(),
                columns: vec![Column::text("Class"), Column::number("Probability")],
                rows: predicted
                    .numbers
                    .iter()
                    .map(|(name, value)| vec![Cell::content(name), Cell { share: Some(*value), ..number(*value) }])
                    .collect(),
                empty: String::new(),
            };
            let parts = parts(&predicted.parts);
            view! {
                <p class="predicted"><strong dir="auto">{predicted.verdict.clone()}</strong></p>
                <p dir="auto">{predicted.because.clone()} "."</p>
                <div class="halves">
                    <div><DataTable table=Signal::stored(numbers) page=20 /></div>
                    <div><DataTable table=Signal::stored(parts) page=10 /></div>
                </div>
            }
            .into_any()
        }
    }
}
