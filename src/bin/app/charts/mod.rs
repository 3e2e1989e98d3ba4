//! Charts: data in, a drawing with words and a table out, picks and ranges back.
//!
//! Every chart is a figure with a canvas drawn by plotters, a second canvas above it for what is pointed at, a legend and
//! a tooltip in HTML, keys for whoever uses no pointer, and a table of the same values. It knows neither the report nor
//! the filters of the app: it gets plain [`data`] and calls back with what was chosen.
//!
//! `data`, `ticks`, `words`, `geometry` and `color` are pure and tested natively; everything else needs a browser.

#![cfg_attr(
    not(target_arch = "wasm32"),
    expect(dead_code, reason = "natively only the tests of the pure part are built")
)]

mod color;
pub mod data;
mod geometry;
pub mod ticks;
mod words;

#[cfg(target_arch = "wasm32")]
mod axis;
#[cfg(target_arch = "wasm32")]
mod bars;
#[cfg(target_arch = "wasm32")]
mod canvas;
#[cfg(target_arch = "wasm32")]
mod columns;
#[cfg(target_arch = "wasm32")]
mod export;
#[cfg(target_arch = "wasm32")]
mod frame;
#[cfg(target_arch = "wasm32")]
mod heat;
#[cfg(target_arch = "wasm32")]
mod histogram;
#[cfg(target_arch = "wasm32")]
mod input;
#[cfg(target_arch = "wasm32")]
mod legend;
#[cfg(target_arch = "wasm32")]
mod matrix;
#[cfg(target_arch = "wasm32")]
mod overlay;
#[cfg(target_arch = "wasm32")]
mod plot;
#[cfg(target_arch = "wasm32")]
mod ramp;
#[cfg(target_arch = "wasm32")]
mod resize;
#[cfg(target_arch = "wasm32")]
mod scatter;
#[cfg(target_arch = "wasm32")]
pub mod schedule;
#[cfg(target_arch = "wasm32")]
mod sketch;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod table;
#[cfg(target_arch = "wasm32")]
mod theme;
#[cfg(target_arch = "wasm32")]
mod timeline;
#[cfg(target_arch = "wasm32")]
mod tip;

#[cfg(target_arch = "wasm32")]
pub use self::{
    bars::BarChart, columns::ColumnChart, heat::HeatMap, histogram::HistogramChart, matrix::MatrixChart,
    scatter::ScatterPlot, timeline::TimelineChart,
};
