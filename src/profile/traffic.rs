//! What was asked and answered, and how much.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{TopValues, Traffic};
use crate::schema::Field;
use crate::table::{NULL_NUMBER, Partial};
use crate::units::buckets::Buckets;
use crate::units::order::most;

use super::Counted;
use super::answered::RowBytes;
use super::columns::Columns;
use super::histogram::BytesHistogram;
use super::tally::{Tally, value_count};
use super::timeline::TimelinePartial;

/// Values of a column that may have any number of them.
pub(super) const TOP: usize = 20;

/// Values of a column that has few: all of them, unless a log makes them up.
pub(super) const FEW: usize = 50;

/// Statuses are counted by place below this.
const DENSE_STATUSES: usize = 1000;

/// What a worker counts on its way through its shards.
pub(super) struct TrafficPass {
    partial: TrafficPartial,
    /// By status.
    statuses: Vec<Tally>,
}

/// A worker's part of the traffic panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct TrafficPartial {
    timeline: TimelinePartial,
    statuses: BTreeMap<i64, Tally>,
    received: Option<u64>,
    answered: Option<u64>,
    histogram: BytesHistogram,
}

impl TrafficPass {
    /// No rows yet.
    pub fn new(layout: Buckets) -> Self {
        let partial = TrafficPartial { timeline: TimelinePartial::new(layout), ..TrafficPartial::default() };
        Self { partial, statuses: vec![Tally::default(); DENSE_STATUSES] }
    }

    /// Takes the shard of a log in that was read last.
    pub fn add(&mut self, log: &str, columns: &Columns<'_>, received: &RowBytes, answered: &RowBytes) {
        let statuses = columns.numbers(Field::HttpResponseStatusCode);
        self.partial.timeline.add(log, columns.numbers(Field::Timestamp), statuses);
        if columns.has(Field::HttpResponseStatusCode) {
            self.add_statuses(statuses, &answered.bytes);
        }
        if answered.rows() > 0 {
            self.partial.histogram.add(answered);
            self.partial.answered = sum(self.partial.answered, Some(answered.sum()));
        }
        if received.rows() > 0 {
            self.partial.received = sum(self.partial.received, Some(received.sum()));
        }
    }

    /// The worker's part.
    pub fn finish(mut self) -> TrafficPartial {
        for (status, tally) in self.statuses.into_iter().enumerate().filter(|(_, tally)| tally.rows > 0) {
            self.partial.statuses.insert(status as i64, tally);
        }
        self.partial
    }

    fn add_statuses(&mut self, statuses: &[i64], bytes: &[u64]) {
        for (&status, &bytes) in statuses.iter().zip(bytes) {
            let tally = Tally { rows: 1, bytes };
            match usize::try_from(status).ok().and_then(|place| self.statuses.get_mut(place)) {
                Some(known) => known.add(tally),
                None if status == NULL_NUMBER => {}
                None => self.partial.statuses.entry(status).or_default().add(tally),
            }
        }
    }
}

impl TrafficPartial {
    /// Takes the other part in.
    pub fn merge(&mut self, other: Self) {
        self.timeline.merge(other.timeline);
        for (status, tally) in other.statuses {
            self.statuses.entry(status).or_default().add(tally);
        }
        self.received = sum(self.received, other.received);
        self.answered = sum(self.answered, other.answered);
        self.histogram.merge(other.histogram);
    }

    /// The panel.
    pub fn finish(self, counted: &Counted<'_>) -> Traffic {
        let rows_of = |keep: fn(i64) -> bool| {
            self.statuses.iter().filter(|&(&status, _)| keep(status)).map(|(_, tally)| tally.rows).sum::<u64>()
        };
        let answered = rows_of(|_| true);
        let range = self.timeline.range();
        Traffic {
            first: range.map(|(first, _)| first.to_rfc3339()),
            last: range.map(|(_, last)| last.to_rfc3339()),
            timeline: self.timeline.timeline(answered > 0),
            hours: self.timeline.hours(),
            errors: rows_of(|status| status >= 400),
            answered,
            bytes_in: self.received,
            bytes_out: self.answered,
            datasets: counted.top(Field::EventDataset, FEW),
            methods: counted.top(Field::HttpRequestMethod, FEW),
            statuses: self.top_statuses(counted.has_bytes(&[Field::HttpResponseStatusCode])),
            paths: counted.top(Field::UrlPath, TOP),
            domains: counted.top(Field::UrlDomain, TOP),
            referrers: counted.top(Field::HttpRequestReferrer, TOP),
            user_agents: counted.top(Field::UserAgentOriginal, TOP),
            versions: counted.top(Field::HttpVersion, FEW),
            bytes_histogram: self.histogram.finish(),
        }
    }

    fn top_statuses(&self, has_bytes: bool) -> TopValues {
        let mut all: Vec<(i64, Tally)> = self.statuses.iter().map(|(&status, &tally)| (status, tally)).collect();
        most(&mut all, FEW, |a, b| b.1.rows.cmp(&a.1.rows).then(a.0.cmp(&b.0)));
        TopValues {
            values: all.iter().map(|(status, tally)| value_count(&status.to_string(), *tally, has_bytes)).collect(),
            distinct: self.statuses.len() as u64,
            rows: self.statuses.values().map(|tally| tally.rows).sum(),
        }
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (a, b) => a.or(b),
    }
}
