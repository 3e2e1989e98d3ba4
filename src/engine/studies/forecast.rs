//! The error forecast over the tables: from when to when the rows are, then what happened in each interval.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::anomaly::trust_of;
use crate::models::ModelError;
use crate::models::forecast::{Interval, MAX_INTERVALS, Series, forecast};
use crate::report::{Forecast, Param, Trust, Verdict};
use crate::schema::Field;
use crate::settings::ForecastSettings;
use crate::table::{NULL_NUMBER, Selection};
use crate::units::Micros;
use crate::units::buckets::Buckets;

/// Intervals of a log, if nothing else is said: enough to learn from, and each with rows in it.
const USUAL_INTERVALS: usize = 500;

/// From when to when a worker's rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RangePart(Option<(i64, i64)>);

/// What happened in the intervals in which a worker has rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IntervalsPart {
    buckets: Buckets,
    intervals: BTreeMap<usize, Interval>,
}

/// The earliest and the latest time.
pub fn range(selection: Selection<'_>) -> RangePart {
    let mut part = RangePart::default();
    let mut times = Vec::new();
    for (shard, rows) in selection.shards() {
        shard.table.read_numbers(&Field::Timestamp.into(), &mut times);
        rows.for_each(|row| {
            let time = times.get(row).copied().filter(|&time| time != NULL_NUMBER);
            part.merge(RangePart(time.map(|time| (time, time))));
        });
    }
    part
}

/// Counts by interval.
pub fn intervals(selection: Selection<'_>, settings: &ForecastSettings, buckets: Buckets) -> IntervalsPart {
    let mut part = IntervalsPart { buckets, ..IntervalsPart::default() };
    // Too many are refused in the end; until then they take no room.
    if buckets.n_buckets > MAX_INTERVALS {
        return part;
    }
    let (mut times, mut statuses, mut durations) = (Vec::new(), Vec::new(), Vec::new());
    for (shard, rows) in selection.shards() {
        shard.table.read_numbers(&Field::Timestamp.into(), &mut times);
        shard.table.read_numbers(&Field::HttpResponseStatusCode.into(), &mut statuses);
        shard.table.read_numbers(&Field::EventDuration.into(), &mut durations);
        rows.for_each(|row| {
            let value = |column: &[i64]| column.get(row).copied().filter(|&value| value != NULL_NUMBER);
            let Some((bucket, ..)) = value(&times).and_then(|time| buckets.bucket(time)) else { return };
            let interval = part.intervals.entry(bucket).or_default();
            interval.rows += 1;
            if let Some(status @ 100..600) = value(&statuses) {
                interval.errors += u64::from(status >= i64::from(settings.errors_from));
                interval.classes.get_mut((status / 100) as usize - 1).into_iter().for_each(|rows| *rows += 1);
            }
            if let Some(duration) = value(&durations) {
                interval.timed += 1;
                interval.duration += u128::from(duration.max(0).unsigned_abs());
            }
        });
    }
    part
}

impl RangePart {
    /// Takes another worker's range in.
    pub fn merge(&mut self, other: Self) {
        self.0 = match (self.0, other.0) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    /// The intervals of the range.
    pub fn buckets(self, settings: &ForecastSettings) -> Buckets {
        let range = self.0.map(|(first, last)| (Micros(first), Micros(last)));
        match settings.interval_seconds {
            Some(seconds) => Buckets::of_width(range, i64::from(seconds)),
            None => Buckets::over(range, USUAL_INTERVALS),
        }
    }
}

impl IntervalsPart {
    /// Takes another worker's counts in.
    pub fn merge(&mut self, other: Self) {
        for (bucket, interval) in other.intervals {
            self.intervals.entry(bucket).or_default().merge(&interval);
        }
    }

    fn into_series(mut self) -> Series {
        let n_buckets = self.buckets.n_buckets.min(MAX_INTERVALS + 1);
        let intervals = (0..n_buckets).map(|bucket| self.intervals.remove(&bucket).unwrap_or_default()).collect();
        Series { buckets: self.buckets, intervals }
    }
}

/// The forecast, or the sentence with which it is refused.
pub fn finish(part: IntervalsPart, settings: &ForecastSettings) -> Forecast {
    let params = params(settings);
    match forecast(&part.into_series(), settings) {
        Ok((forecast, trust)) => Forecast { params, trust: trust_of(trust), ..forecast },
        Err(error) => refused(params, &error),
    }
}

fn refused(params: Vec<Param>, error: &ModelError) -> Forecast {
    let reason = match error {
        ModelError::OneClass { label, class, n_samples } => format!(
            "{label} tell nothing apart: all {n_samples} training intervals are \"{class}\", so there is nothing to \
             forecast; count more statuses as errors, or choose longer intervals or another limit"
        ),
        error => error.to_string(),
    };
    let trust = Trust { verdict: Verdict::Meaningless, reasons: vec![reason.clone()] };
    Forecast { params, trust, refused: Some(reason), ..Forecast::default() }
}

fn params(settings: &ForecastSettings) -> Vec<Param> {
    let param = |name: &str, value| Param { name: name.into(), value };
    vec![
        param("errors_from", u32::from(settings.errors_from).into()),
        param("lead", settings.lead.into()),
        param("rule_window", settings.rule_window.into()),
        param("rule_over", settings.rule_over.into()),
        param("miss_cost", settings.miss_cost.into()),
        param("test_share", settings.test_share.into()),
        param("n_estimators", settings.n_estimators.into()),
        param("max_depth", settings.max_depth.into()),
        param("seed", settings.seed.into()),
    ]
}
