//! Rows over time, stacked by status class or by log, and rows by hour of the week.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{Timeline, TimelineSeries};
use crate::table::{NULL_NUMBER, Partial};
use crate::units::Micros;
use crate::units::buckets::Buckets;
use crate::units::order;

/// Buckets that a chart of full width can show apart.
pub(super) const MAX_BUCKETS: usize = 120;

/// Logs that have a stack of their own; the others share one.
const TOP_LOGS: usize = 6;

/// Stacks of a timeline by status; the last two are for rows without a status, and with one that is no HTTP status.
const CLASSES: [&str; N_CLASSES] = ["1xx", "2xx", "3xx", "4xx", "5xx", "no status", "other status"];
const N_CLASSES: usize = 7;

/// Hours of a week.
const WEEK: usize = 7 * 24;

const HOUR: i64 = 3600 * Micros::PER_SECOND;

/// Counts over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct TimelinePartial {
    layout: Buckets,
    /// `[bucket][class]`, flat.
    by_class: Vec<u64>,
    /// Rows of each bucket, by log.
    by_log: BTreeMap<String, Vec<u64>>,
    /// `[weekday from Monday][hour]`, flat.
    by_hour: Vec<u64>,
    /// The earliest and the latest time.
    range: Option<(i64, i64)>,
}

impl TimelinePartial {
    /// No rows yet.
    pub fn new(layout: Buckets) -> Self {
        let by_class = vec![0; layout.n_buckets * N_CLASSES];
        Self { layout, by_class, by_log: BTreeMap::new(), by_hour: vec![0; WEEK], range: None }
    }

    /// Takes rows of one log in: their times and statuses.
    pub fn add(&mut self, log: &str, times: &[i64], statuses: &[i64]) {
        let before: Vec<u64> = self.buckets();
        let mut cell = Cell::default();
        let (mut first, mut last) = self.range.unwrap_or((i64::MAX, i64::MIN));
        for (&time, &status) in times.iter().zip(statuses) {
            if time < cell.from || time >= cell.to {
                if time == NULL_NUMBER {
                    continue;
                }
                cell = Cell::of(time, self.layout);
            }
            first = first.min(time);
            last = last.max(time);
            if let Some(rows) = self.by_hour.get_mut(cell.hour) {
                *rows += 1;
            }
            if let Some(rows) = self.by_class.get_mut(cell.bucket.saturating_add(class_of(status))) {
                *rows += 1;
            }
        }
        self.range = (first <= last).then_some((first, last));
        let after = self.buckets();
        let of_log = self.by_log.entry(log.to_owned()).or_insert_with(|| vec![0; after.len()]);
        for ((rows, after), before) in of_log.iter_mut().zip(after).zip(before) {
            *rows += after - before;
        }
    }

    /// The earliest and the latest time.
    pub fn range(&self) -> Option<(Micros, Micros)> {
        self.range.map(|(first, last)| (Micros(first), Micros(last)))
    }

    /// Rows by hour of the week: `[weekday from Monday][hour]`.
    pub fn hours(&self) -> Vec<Vec<u64>> {
        let mut hours = self.by_hour.clone();
        hours.resize(WEEK, 0);
        hours.chunks(24).map(<[u64]>::to_vec).collect()
    }

    /// The timeline, by status where any row has one.
    pub fn timeline(&self, has_status: bool) -> Timeline {
        let empty = self.range.is_none() || self.layout.n_buckets == 0;
        let (split, series) = if has_status { ("status class", self.classes()) } else { ("log", self.logs()) };
        Timeline {
            start: (!empty).then(|| Micros(self.layout.start).to_rfc3339()),
            step_seconds: (self.layout.step / Micros::PER_SECOND) as u64,
            split: split.to_owned(),
            series: if empty { Vec::new() } else { series },
        }
    }

    fn buckets(&self) -> Vec<u64> {
        self.by_class.chunks(N_CLASSES).map(|classes| classes.iter().sum()).collect()
    }

    /// One series a class that has rows, in the order of the classes.
    fn classes(&self) -> Vec<TimelineSeries> {
        let series = CLASSES.iter().enumerate().map(|(class, name)| TimelineSeries {
            name: (*name).to_owned(),
            values: self.by_class.iter().skip(class).step_by(N_CLASSES).copied().collect(),
        });
        series.filter(|series| series.values.iter().any(|&rows| rows > 0)).collect()
    }

    /// One series a log, the most rows first, ties by name; those after the sixth together.
    fn logs(&self) -> Vec<TimelineSeries> {
        let total = |values: &[u64]| values.iter().sum::<u64>();
        let mut logs: Vec<(&String, &Vec<u64>)> = self.by_log.iter().filter(|(_, v)| total(v) > 0).collect();
        order::sort_by(&mut logs, |a, b| total(b.1).cmp(&total(a.1)).then_with(|| a.0.cmp(b.0)));
        let series =
            |(name, values): &(&String, &Vec<u64>)| TimelineSeries { name: (*name).clone(), values: (*values).clone() };
        let (top, rest) = logs.split_at(logs.len().min(TOP_LOGS));
        let mut all: Vec<TimelineSeries> = top.iter().map(series).collect();
        if !rest.is_empty() {
            let mut values = vec![0; self.layout.n_buckets];
            for (_, more) in rest {
                values.iter_mut().zip(more.iter()).for_each(|(sum, rows)| *sum += rows);
            }
            all.push(TimelineSeries { name: "other".to_owned(), values });
        }
        all
    }
}

impl Partial for TimelinePartial {
    type Output = Self;

    fn merge(&mut self, other: Self) {
        if self.range.is_none() {
            *self = other;
            return;
        }
        debug_assert!(other.range.is_none() || other.layout == self.layout, "every worker has the same buckets");
        add_each(&mut self.by_class, &other.by_class);
        add_each(&mut self.by_hour, &other.by_hour);
        for (log, rows) in other.by_log {
            match self.by_log.get_mut(&log) {
                Some(known) => add_each(known, &rows),
                None => {
                    self.by_log.insert(log, rows);
                }
            }
        }
        self.range = match (self.range, other.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    fn finish(self) -> Self {
        self
    }
}

/// The stretch of time in which the bucket and the hour stay the same: neighbours in a log are close.
struct Cell {
    from: i64,
    to: i64,
    /// Place of the bucket's first class; past the end for times that no bucket holds.
    bucket: usize,
    hour: usize,
}

impl Default for Cell {
    /// Holds no time.
    fn default() -> Self {
        Self { from: i64::MAX, to: i64::MIN, bucket: usize::MAX, hour: 0 }
    }
}

impl Cell {
    fn of(time: i64, layout: Buckets) -> Self {
        let hour = time.div_euclid(HOUR);
        let (from, to) = (hour.saturating_mul(HOUR), hour.saturating_add(1).saturating_mul(HOUR));
        // 1970-01-01 was a Thursday.
        let hour = (hour.rem_euclid(WEEK as i64) as usize + 3 * 24) % WEEK;
        match layout.bucket(time) {
            Some((bucket, start, end)) => {
                Self { from: from.max(start), to: to.min(end), bucket: bucket * N_CLASSES, hour }
            }
            // A time outside of all buckets stands for itself alone.
            None => Self { from: time, to: time.saturating_add(1), bucket: usize::MAX, hour },
        }
    }
}

fn class_of(status: i64) -> usize {
    match status {
        100..600 => (status / 100) as usize - 1,
        NULL_NUMBER => 5,
        _ => 6,
    }
}

fn add_each(to: &mut [u64], from: &[u64]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = Micros::PER_SECOND;

    #[test]
    fn rows_fall_into_their_bucket_hour_and_class() {
        // 2015-05-17 was a Sunday; 10:05:03Z.
        let start = 1_431_857_103 * SECOND;
        let mut partial =
            TimelinePartial::new(Buckets::over(Some((Micros(start), Micros(start + 60 * SECOND))), MAX_BUCKETS));
        partial.add("a", &[start, start + SECOND, NULL_NUMBER, start + 60 * SECOND], &[200, 404, 200, NULL_NUMBER]);
        partial.add("b", &[start], &[999]);
        let timeline = partial.timeline(true);
        assert_eq!(timeline.start.as_deref(), Some("2015-05-17T10:05:03Z"));
        let names: Vec<&str> = timeline.series.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["2xx", "4xx", "no status", "other status"]);
        assert_eq!(timeline.series[1].values[..3], [0, 1, 0]);
        assert_eq!(partial.hours()[6][10], 4);
        let logs = partial.timeline(false);
        assert_eq!((logs.series[0].name.as_str(), logs.series[0].values.iter().sum::<u64>()), ("a", 3));
    }

    #[test]
    fn logs_after_the_sixth_share_a_stack() {
        let mut partial = TimelinePartial::new(Buckets::over(Some((Micros(0), Micros(0))), MAX_BUCKETS));
        for log in ["a", "b", "c", "d", "e", "f", "g", "h", "h"] {
            partial.add(log, &[0], &[NULL_NUMBER]);
        }
        let names: Vec<String> = partial.timeline(false).series.into_iter().map(|s| s.name).collect();
        assert_eq!(names, ["h", "a", "b", "c", "d", "e", "other"]);
    }
}
