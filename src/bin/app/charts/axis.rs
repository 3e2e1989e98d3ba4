//! One axis for every chart: a range, linear or logarithmic, and the ticks that [`super::ticks`] chose.
//!
//! Plotters asks an axis for its ticks; this one answers with exactly those it was given.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::{
    data::Unit,
    ticks::{self, Tick},
};

/// An axis with its ticks.
#[derive(Debug, Clone)]
pub struct Axis {
    range: Range<f64>,
    log: bool,
    ticks: Vec<Tick>,
}

impl Axis {
    /// An axis of places `0..count` for categories, with no ticks.
    pub fn places(count: usize) -> Self {
        Self { range: 0.0..count.max(1) as f64, log: false, ticks: Vec::new() }
    }

    /// An axis from zero to a tick at or above `max`, with at most about `count` ticks.
    pub fn from_zero(max: f64, unit: &Unit, count: usize) -> Self {
        let top = match unit {
            Unit::Count(_) => ticks::ceiling(max.max(1.0), count),
            _ => ticks::ceiling(max, count),
        };
        let values = match unit {
            Unit::Count(_) => ticks::whole(0.0, top, count),
            _ => ticks::linear(0.0, top, count),
        };
        Self::labelled(0.0..top, values, unit)
    }

    /// A linear axis over `range`, with at most about `count` ticks.
    pub fn linear(range: Range<f64>, unit: &Unit, count: usize) -> Self {
        let values = ticks::linear(range.start, range.end, count);
        Self::labelled(range, values, unit)
    }

    /// A logarithmic axis over `range`, which is above zero, with at most about `count` ticks.
    pub fn logarithmic(range: Range<f64>, unit: &Unit, count: usize) -> Self {
        let values = ticks::logarithmic(range.start, range.end, count);
        Self { log: true, ..Self::labelled(range, values, unit) }
    }

    /// A time axis in UTC over `range`, with at most about `count` ticks.
    pub fn time(range: Range<f64>, count: usize) -> Self {
        let ticks = ticks::time(range.start, range.end, count);
        Self { range, log: false, ticks }
    }

    /// The labels, for measuring.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.ticks.iter().map(|tick| tick.label.as_str())
    }

    /// How many ticks there are.
    pub fn len(&self) -> usize {
        self.ticks.len()
    }

    fn labelled(range: Range<f64>, values: Vec<f64>, unit: &Unit) -> Self {
        let ticks = values.into_iter().map(|value| Tick { value, label: unit.short(value) }).collect();
        Self { range, log: false, ticks }
    }

    fn share(&self, value: f64) -> f64 {
        let Range { start, end } = self.range;
        let (value, start, end) =
            if self.log { (value.max(start).ln(), start.ln(), end.ln()) } else { (value, start, end) };
        if end > start { (value - start) / (end - start) } else { 0.5 }
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (f64::from(end - start) * self.share(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            return Vec::new();
        }
        self.ticks.iter().map(|tick| tick.value).collect()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.ticks.iter().find(|tick| tick.value == *value).map(|tick| tick.label.clone()).unwrap_or_default()
    }
}
