//! The tooltip: what is read at the mark, beside it.

use leptos::{either::Either, prelude::*};

use super::{
    geometry::{Geometry, Hit, Mark, Rect},
    state::State,
    words::Readout,
};

/// Distance from the mark, in CSS pixels.
const GAP: f64 = 8.0;

/// Where the tooltip is: its upper edge, and the edge of it that is beside the mark.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    top: f64,
    left: Option<f64>,
    right: Option<f64>,
}

/// The tooltip of a chart; not there while nothing is pointed at.
#[component]
pub fn Tip(
    /// The chart's state.
    state: State,
) -> impl IntoView {
    let pixels = |length: Option<f64>| length.map_or_else(|| "auto".to_owned(), |length| format!("{length:.0}px"));
    let place = Memo::new(move |_| place(state));
    let top = move || pixels(place.get().map(|place| place.top));
    let left = move || pixels(place.get().and_then(|place| place.left));
    let right = move || pixels(place.get().and_then(|place| place.right));
    let wide = move || state.geometry.with(|geometry| geometry.as_ref().is_some_and(|found| found.hit == Hit::Rows));
    view! {
        <div
            class="chart-tip"
            class:chart-tip-wide=wide
            class:chart-tip-shown=move || place.get().is_some()
            aria-hidden="true"
            style:top=top
            style:left=left
            style:right=right
        >
            {move || state.readout().map(lines)}
        </div>
    }
}

fn lines(readout: Readout) -> impl IntoView {
    let line = |line: super::words::Line| {
        let swatch = line.role.map(|role| view! { <Swatch property=role.property() /> });
        let name = if line.name.is_empty() {
            Either::Left(())
        } else {
            Either::Right(view! { <span class="chart-tip-name">{line.name}</span> })
        };
        view! {
            <li class:chart-strong=line.strong>
                {swatch} {name} <span class="chart-tip-value">{line.value}</span>
            </li>
        }
    };
    view! {
        <p class="chart-tip-title">{readout.title}</p>
        <ul>{readout.lines.into_iter().map(line).collect_view()}</ul>
    }
}

/// A small square in the colour of a role.
#[component]
pub fn Swatch(
    /// The custom property that holds the colour.
    property: String,
    /// The number of the shape of a point; a square area where there is none.
    #[prop(optional_no_strip)]
    shape: Option<usize>,
) -> impl IntoView {
    let color = format!("var({property})");
    let class = shape.map_or_else(|| "chart-swatch".to_owned(), |shape| format!("chart-swatch chart-shape-{shape}"));
    view! { <span class=class aria-hidden="true" style:background-color=move || color.clone()></span> }
}

/// Beside the mark, on the side where there is more room.
fn place(state: State) -> Option<Place> {
    let width = state.width.get();
    let brush = state.open_brush();
    let mark = state.mark.get();
    state.geometry.with(|geometry| {
        let geometry = geometry.as_ref()?;
        let cell = match brush {
            Some(columns) => brushed(geometry, columns)?,
            None => geometry.cell(mark?)?,
        };
        let half = width / 2.0;
        let top = match geometry.hit {
            Hit::Columns => geometry.plot.y,
            Hit::Rows => cell.bottom() + GAP / 2.0,
            Hit::Cells | Hit::Nearest(_) => cell.y,
        };
        if matches!(geometry.hit, Hit::Rows) {
            return Some(Place { top, left: Some(geometry.plot.x + GAP), right: None });
        }
        Some(if width - cell.right() >= cell.x {
            Place { top, left: Some((cell.right() + GAP).min(half)), right: None }
        } else {
            Place { top, left: None, right: Some((width - cell.x + GAP).min(half)) }
        })
    })
}

/// The rectangle of all columns of a brush.
fn brushed(geometry: &Geometry, (from, to): (usize, usize)) -> Option<Rect> {
    let first = geometry.cell(Mark { column: from, row: None })?;
    let last = geometry.cell(Mark { column: to, row: None })?;
    Some(Rect { width: last.right() - first.x, ..first })
}
