//! The legend, in HTML: names of series with their colours; where series can be picked, they are buttons.

use leptos::{either::Either, prelude::*};

use super::{data::Role, state::State, tip::Swatch, words::Scale};

/// How many shapes there are before they repeat.
const SHAPES: usize = 4;

/// The legend of a chart; not there when the marks are labelled directly.
#[component]
pub fn Legend(
    /// The chart's state.
    state: State,
    /// Whether series can be picked.
    pickable: bool,
) -> impl IntoView {
    let entries = Memo::new(move |_| state.whole.with(|picture| picture.0.legend()));
    let scale = Memo::new(move |_| state.whole.with(|picture| picture.0.scale()));
    let picks = move || pickable && state.whole.with(|picture| picture.0.series_are_rows());
    let entry = move |(row, (name, role)): (usize, (String, Role))| {
        let shape = state.whole.with(|picture| picture.0.has_shapes()).then_some(row % SHAPES);
        let body = view! {
            <Swatch property=role.property() shape=shape />
            <span>{name}</span>
        };
        let item = if picks() {
            let picked = move |event: web_sys::MouseEvent| state.pick_series(row, event.alt_key());
            Either::Left(view! { <button type="button" class="chart-key" on:click=picked>{body}</button> })
        } else {
            Either::Right(view! { <span class="chart-key">{body}</span> })
        };
        view! { <li>{item}</li> }
    };
    let list = move || {
        let entries = entries.get();
        (!entries.is_empty()).then(
            || view! { <ul class="chart-legend">{entries.into_iter().enumerate().map(entry).collect_view()}</ul> },
        )
    };
    view! {
        {list}
        {move || scale.get().map(ramp)}
    }
}

/// The colours of cells, from nothing to most.
fn ramp(scale: Scale) -> impl IntoView {
    let steps =
        (0..=4).map(|step| view! { <span class=format!("chart-step chart-step-{step}")></span> }).collect_view();
    view! {
        <p class="chart-scale">
            <span>{scale.from}</span>
            {steps}
            <span>{scale.to}</span>
        </p>
    }
}
