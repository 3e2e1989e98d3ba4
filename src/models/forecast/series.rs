//! A log as intervals of one length, and what can be seen at the end of each of them.

use serde::{Deserialize, Serialize};

use super::super::error::ModelError;
use super::super::features::{Feature, FeatureMatrix, FeatureUnit};
use crate::units::Micros;
use crate::units::buckets::Buckets;

/// Intervals whose errors are features of their own, the last one among them.
pub(super) const LAGS: usize = 6;

/// Intervals whose rows are.
const ROW_LAGS: usize = 3;

/// Intervals whose errors are summed up.
const WINDOW: usize = 12;

/// Nanoseconds in a millisecond.
const PER_MILLI: f64 = 1e6;

/// What happened in an interval.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Rows.
    pub rows: u64,
    /// Rows with an error's status.
    pub errors: u64,
    /// Rows by class of status, from 1xx to 5xx.
    pub classes: [u64; 5],
    /// Rows that say how long they took, and for how long in all. **Unit**: ns.
    pub timed: u64,
    /// The sum of it.
    pub duration: u128,
}

/// Intervals one after the other, those without a row among them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// When they are.
    pub buckets: Buckets,
    /// **Shape**: one a bucket.
    pub intervals: Vec<Interval>,
}

impl Interval {
    /// Takes what another shard says of the same interval in.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.errors += other.errors;
        self.classes.iter_mut().zip(other.classes).for_each(|(sum, rows)| *sum += rows);
        self.timed += other.timed;
        self.duration += other.duration;
    }
}

impl Series {
    /// What can be seen at the ends of the intervals from `from` on, before anything of the intervals `lead` later.
    ///
    /// **Shape**: a row for each. **Null**: a mean duration of no row is NaN.
    ///
    /// # Errors
    /// Fewer intervals than that.
    pub(super) fn matrix(&self, from: usize, lead: usize) -> Result<FeatureMatrix, ModelError> {
        let has_durations = self.intervals.iter().any(|interval| interval.timed > 0);
        let (first, last) = (self.hour(0), self.hour(self.intervals.len()));
        // Of an hour that came once nothing can be learnt.
        let has_hours = last - first >= 48 && self.buckets.step < Micros::PER_DAY;
        let mut features = Vec::new();
        let mut name = |text: String, unit| features.push(Feature::new(text, unit));
        (0..LAGS).for_each(|lag| name(format!("errors {}", ago(lag)), FeatureUnit::Count));
        name(format!("errors in the last {WINDOW} intervals"), FeatureUnit::Count);
        (0..ROW_LAGS).for_each(|lag| name(format!("rows {}", ago(lag)), FeatureUnit::Count));
        (2..6).for_each(|class| name(format!("share of {class}xx now"), FeatureUnit::Share));
        if has_durations {
            name("mean duration now".to_owned(), FeatureUnit::Millis);
        }
        if has_hours {
            name("hour of the interval that is forecast".to_owned(), FeatureUnit::Count);
        }
        let mut values = Vec::new();
        for at in from..self.intervals.len() {
            let back = |lag: usize| at.checked_sub(lag).and_then(|at| self.intervals.get(at));
            values.extend((0..LAGS).map(|lag| back(lag).map_or(0.0, |i| i.errors as f64)));
            values.push((0..WINDOW).filter_map(back).map(|i| i.errors).sum::<u64>() as f64);
            values.extend((0..ROW_LAGS).map(|lag| back(lag).map_or(0.0, |i| i.rows as f64)));
            let now = &self.intervals[at];
            values.extend(now.classes.iter().skip(1).map(|&rows| rows as f64 / now.rows.max(1) as f64));
            if has_durations {
                let mean = now.duration as f64 / now.timed as f64 / PER_MILLI;
                values.push(if now.timed > 0 { mean } else { f64::NAN });
            }
            if has_hours {
                values.push(self.hour(at + lead).rem_euclid(24) as f64);
            }
        }
        FeatureMatrix::new(features, values)
    }

    /// When an interval begins, also one after the last.
    pub(super) fn start(&self, at: usize) -> Micros {
        Micros(self.buckets.start.saturating_add(self.buckets.step.saturating_mul(at as i64)))
    }

    /// Hours since the epoch.
    fn hour(&self, at: usize) -> i64 {
        self.start(at).seconds().div_euclid(3600)
    }

    /// The errors of the `window` intervals up to `at`.
    pub(super) fn errors_until(&self, at: usize, window: usize) -> u64 {
        let from = (at + 1).saturating_sub(window);
        self.intervals.get(from..=at).unwrap_or_default().iter().map(|interval| interval.errors).sum()
    }
}

fn ago(lag: usize) -> String {
    match lag {
        0 => "now".to_owned(),
        1 => "1 interval ago".to_owned(),
        lag => format!("{lag} intervals ago"),
    }
}
