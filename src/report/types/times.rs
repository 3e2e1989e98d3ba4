//! How the times of a file run from row to row, and the tracks that this is made of while ranges are put together.

use serde::{Deserialize, Serialize};

use crate::units::Micros;

/// How many steps of each kind [`Times`] keeps.
pub const TIME_STEPS: usize = 5;

/// How the times of a file run from row to row, in the order of its lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Times {
    /// Rows that are earlier than the row before them. A few seconds are usual where a server writes a request when it
    /// ends.
    pub steps_back: u64,
    /// The largest of these steps, the largest first. **Shape**: at most [`TIME_STEPS`].
    pub largest_steps_back: Vec<TimeStep>,
    /// Seconds within which the next row follows in 99 of 100 cases, rounded up to a power of two of microseconds; null
    /// where there are fewer than 100 rows.
    pub usual_gap_seconds: Option<f64>,
    /// Gaps that are much longer than that, the longest first. **Shape**: at most [`TIME_STEPS`].
    pub long_gaps: Vec<TimeStep>,
}

/// Two neighbouring rows with a step in time between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TimeStep {
    /// How large the step is, in seconds.
    pub seconds: f64,
    /// The time of the row before.
    pub from: String,
    /// The time of the row.
    pub to: String,
    /// The row's line number from 1.
    pub line: u64,
    /// Offset of its first byte in the (decompressed) file.
    pub byte: u64,
}

/// The steps of a range, so far. Tracks of ranges that follow each other make the track of both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TimeTrack {
    /// The first row.
    pub first: Option<TimePoint>,
    /// The last row.
    pub last: Option<TimePoint>,
    /// Rows earlier than the row before.
    pub steps_back: u64,
    /// The largest steps back.
    pub back: Vec<Step>,
    /// The largest steps forward.
    pub gaps: Vec<Step>,
    /// How many steps forward there are by the number of bits of their length in µs.
    pub lengths: Vec<u64>,
}

/// A row in time and in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TimePoint {
    /// µs UTC.
    pub time: Micros,
    /// Line number from 1, counted from the start of the range.
    pub line: u64,
    /// Offset of its first byte.
    pub byte: u64,
}

/// A step in time to a row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Step {
    /// The time of the row before.
    pub from: Micros,
    /// The row.
    pub to: TimePoint,
}

impl Step {
    /// How large it is, in µs.
    pub fn length(&self) -> u64 {
        self.to.time.0.abs_diff(self.from.0)
    }
}

impl TimeTrack {
    /// Takes the next row.
    pub fn push(&mut self, row: TimePoint) {
        if let Some(last) = self.last {
            self.step(Step { from: last.time, to: row });
        }
        self.first.get_or_insert(row);
        self.last = Some(row);
    }

    /// Takes the track of the rows that follow, whose lines count from `lines_before`.
    pub fn append(&mut self, mut next: Self, lines_before: u64) {
        let shift = |point: &mut TimePoint| point.line += lines_before;
        next.first.iter_mut().chain(&mut next.last).for_each(shift);
        next.back.iter_mut().chain(&mut next.gaps).for_each(|step| shift(&mut step.to));
        if let (Some(last), Some(first)) = (self.last, next.first) {
            self.step(Step { from: last.time, to: first });
        }
        self.first = self.first.or(next.first);
        self.last = next.last.or(self.last);
        self.steps_back += next.steps_back;
        next.back.into_iter().for_each(|step| keep(&mut self.back, step));
        next.gaps.into_iter().for_each(|step| keep(&mut self.gaps, step));
        self.lengths.resize(self.lengths.len().max(next.lengths.len()), 0);
        self.lengths.iter_mut().zip(next.lengths).for_each(|(ours, theirs)| *ours += theirs);
    }

    fn step(&mut self, step: Step) {
        if step.to.time < step.from {
            self.steps_back += 1;
            return keep(&mut self.back, step);
        }
        let bits = (u64::BITS - step.length().leading_zeros()) as usize;
        if self.lengths.len() <= bits {
            self.lengths.resize(bits + 1, 0);
        }
        if let Some(count) = self.lengths.get_mut(bits) {
            *count += 1;
        }
        if bits > 0 {
            keep(&mut self.gaps, step);
        }
    }
}

/// Keeps the largest steps, of those as large the first in the file.
fn keep(steps: &mut Vec<Step>, step: Step) {
    if steps.len() >= TIME_STEPS && steps.last().is_some_and(|least| step.length() <= least.length()) {
        return;
    }
    let at = steps.partition_point(|known| known.length() >= step.length());
    steps.insert(at, step);
    steps.truncate(TIME_STEPS);
}
