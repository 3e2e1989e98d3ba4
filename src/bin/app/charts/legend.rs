//! The legend, in HTML: names of series with their colours; where series can be picked, they are buttons.

use leptos::{either::Either, prelude::*};

use super::{data::Role, state::State, tip::Swatch, words::Scale};

/// The legend of a chart; not there when the marks are labelled directly.
#[component]
pub fn Legend(
    /// The chart's state.
    state: State,
    /// Whether series can be picked.
    pickable: bool,
) -> impl IntoView {
    let entries = move || state.whole.with(|picture| picture.0.legend());
    let picks = move || pickable && state.whole.with(|picture| picture.0.series_are_rows());
    let entry = move |(row, (name, role)): (usize, (String, Role))| {
        let body = view! {
            <Swatch property=role.property() />
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
    let scale = move || state.whole.with(|picture| picture.0.scale()).map(ramp);
    let list = move || {
        let entries = entries();
        (!entries.is_empty()).then(
            || view! { <ul class="chart-legend">{entries.into_iter().enumerate().map(entry).collect_view()}</ul> },
        )
    };
    view! {
        {list}
        {scale}
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
