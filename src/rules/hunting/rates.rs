//! How many requests come in a minute from one source, and in an hour from all: floods and spikes.
//!
//! A flood is measured against the log itself: the minutes of all sources, of which nine in ten are quieter than a tenth
//! of it. A spike is measured against the same hour of the other days: their median, and how far they usually are from it
//! (median absolute deviation), so that neither nights nor a busy evening count as one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{Bar, Chart};
use crate::rules::columns::View;
use crate::rules::tally::Tally;
use crate::settings::Detectors;
use crate::table::Position;
use crate::units::Micros;

use super::network::clause;
use super::{Integer, Rows, Text, Verdict};

/// How many times more than nine in ten of all minutes of sources.
const FLOOD_RATIO: u64 = 10;
/// Hours that are kept, the last ones: more than two years.
const MAX_HOURS: usize = 20_000;
/// Days that a baseline needs.
const MIN_DAYS: usize = 4;
/// Requests below which an hour is no spike.
const SPIKE_ROWS: u64 = 200;
/// How many times more than the same hour of other days.
const SPIKE_RATIO: f64 = 3.0;
/// How many deviations more.
const SPIKE_DEVIATIONS: f64 = 8.0;
/// A median absolute deviation times this is a standard deviation, where values are normal.
const NORMAL: f64 = 1.4826;
/// µs of a minute and of an hour.
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// What one source asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Minutes {
    first: Option<Position>,
    /// Requests by minute. **Order**: by minute.
    counts: Vec<(i64, u32)>,
}

/// What all asked for in an hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Hour {
    rows: u64,
    first: Option<Position>,
}

/// Requests by source and minute, and by hour, as a worker counts them.
#[derive(Debug, Default)]
pub(super) struct Rates {
    /// With the number of the shard that a source was seen in last: within one, rows are in order.
    sources: Vec<(u32, Minutes)>,
    hours: BTreeMap<i64, Hour>,
    n_shards: u32,
    /// The hour that is being counted.
    current: (i64, Hour),
}

/// The same under names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RatesFound {
    sources: BTreeMap<(String, String), Minutes>,
    hours: BTreeMap<i64, Hour>,
}

impl Rates {
    /// For so many sources.
    pub fn new(view: &View<'_>) -> Self {
        Self { sources: vec![(0, Minutes::default()); view.sources.len()], ..Self::default() }
    }

    /// Begins with another shard.
    pub fn next_shard(&mut self) {
        self.n_shards += 1;
        self.next_hour(0);
    }

    fn next_hour(&mut self, hour: i64) {
        let (before, counted) = std::mem::replace(&mut self.current, (hour, Hour::default()));
        if counted.rows > 0 {
            add_hour(&mut self.hours, before, counted);
        }
    }

    /// Counts a row, if it is a request.
    pub fn count(&mut self, rows: &Rows<'_>, row: usize) {
        let (Some(_), Some(time)) = (rows.number(Integer::Status, row), rows.time(row)) else { return };
        let hour = time.div_euclid(HOUR);
        if self.current.0 != hour {
            self.next_hour(hour);
        }
        let current = &mut self.current.1;
        current.rows += 1;
        if current.first.is_none() {
            current.first = Some(rows.shard.position(row));
        }
        let Some((seen, source)) = self.sources.get_mut(rows.code(Text::Source, row) as usize) else { return };
        if *seen != self.n_shards {
            *seen = self.n_shards;
            source.first = earlier(source.first, Some(rows.shard.position(row)));
        }
        let minute = time.div_euclid(MINUTE);
        match source.counts.last_mut() {
            Some((known, count)) if *known == minute => *count = count.saturating_add(1),
            _ => source.counts.push((minute, 1)),
        }
    }

    /// The counts under names.
    pub fn named(mut self, view: &View<'_>) -> RatesFound {
        let mut found = RatesFound::default();
        self.next_hour(0);
        let sources = self.sources.into_iter().enumerate();
        for (code, (_, minutes)) in sources.filter(|(_, (_, minutes))| !minutes.counts.is_empty()) {
            if let Some((field, text)) = view.sources.get(code as u32) {
                found.add((field.as_str().to_owned(), text.to_owned()), minutes);
            }
        }
        found.hours = self.hours;
        found
    }
}

impl Minutes {
    fn merge(&mut self, other: Self) {
        self.first = earlier(self.first, other.first);
        self.counts.extend(other.counts);
        // A minute stands more than once where rows of a source are not in order.
        self.counts.sort_unstable();
        self.counts.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            is_same
        });
    }
}

fn earlier(a: Option<Position>, b: Option<Position>) -> Option<Position> {
    a.into_iter().chain(b).min()
}

fn add_hour(hours: &mut BTreeMap<i64, Hour>, at: i64, hour: Hour) {
    let own = hours.entry(at).or_default();
    own.rows += hour.rows;
    own.first = earlier(own.first, hour.first);
    if hours.len() > MAX_HOURS {
        hours.pop_first();
    }
}

impl RatesFound {
    fn add(&mut self, name: (String, String), minutes: Minutes) {
        self.sources.entry(name).or_default().merge(minutes);
    }

    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        other.sources.into_iter().for_each(|(name, minutes)| self.add(name, minutes));
        other.hours.into_iter().for_each(|(at, hour)| add_hour(&mut self.hours, at, hour));
    }

    /// The source with the most requests in a minute, and how many. **Null**: none without a request.
    pub fn busiest_minute(&self) -> Option<(String, u64)> {
        let most = |minutes: &Minutes| minutes.counts.iter().map(|(_, count)| u64::from(*count)).max().unwrap_or(0);
        let busiest = self.sources.iter().max_by(|a, b| most(a.1).cmp(&most(b.1)).then_with(|| b.0.cmp(a.0)));
        busiest.map(|(name, minutes)| (name.1.clone(), most(minutes)))
    }

    /// Floods and spikes.
    pub fn verdicts(&self, detectors: &Detectors) -> Vec<Verdict> {
        let mut verdicts = self.floods(detectors);
        verdicts.extend(self.spikes());
        verdicts
    }

    fn floods(&self, detectors: &Detectors) -> Vec<Verdict> {
        let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
        for (_, count) in self.sources.values().flat_map(|minutes| &minutes.counts) {
            *sizes.entry(*count).or_default() += 1;
        }
        let total: u64 = sizes.values().sum();
        let mut seen = 0;
        let usual = sizes.iter().find(|(_, n)| {
            seen += **n;
            seen * 10 >= total * 9
        });
        let usual = usual.map_or(1, |(&size, _)| u64::from(size));
        let least = (usual * FLOOD_RATIO).max(u64::from(detectors.flood_per_minute));
        self.sources.iter().filter_map(|(name, minutes)| flood(name, minutes, (least, usual))).collect()
    }

    fn spikes(&self) -> Vec<Verdict> {
        let mut by_hour_of_day: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        let (Some((&first, _)), Some((&last, _))) = (self.hours.first_key_value(), self.hours.last_key_value()) else {
            return Vec::new();
        };
        // More hours than are kept means a log of years with nothing in it, or of clocks gone wrong.
        if last - first > MAX_HOURS as i64 {
            return Vec::new();
        }
        (first..=last).for_each(|hour| by_hour_of_day.entry(hour.rem_euclid(24)).or_default().push(hour));
        let rows = |hour: i64| self.hours.get(&hour).map_or(0, |hour| hour.rows);
        let mut spikes = Vec::new();
        for hours in by_hour_of_day.values().filter(|hours| hours.len() >= MIN_DAYS) {
            let counts: Vec<f64> = hours.iter().map(|hour| rows(*hour) as f64).collect();
            let usual = median(counts.clone());
            let deviation = median(counts.iter().map(|count| (count - usual).abs()).collect()) * NORMAL;
            let least = usual + SPIKE_DEVIATIONS * deviation.max(usual.sqrt()).max(1.0);
            let is_spike = |hour: &i64| {
                let count = rows(*hour) as f64;
                rows(*hour) >= SPIKE_ROWS && count > least && count >= usual * SPIKE_RATIO
            };
            spikes.extend(hours.iter().copied().filter(is_spike).map(|hour| (hour, usual)));
        }
        let chart = (!spikes.is_empty()).then(|| self.chart(&spikes));
        spikes
            .into_iter()
            .filter_map(|(hour, usual)| spike(hour, self.hours.get(&hour)?, usual, chart.as_ref()))
            .collect()
    }

    /// The day around the largest spike.
    fn chart(&self, spikes: &[(i64, f64)]) -> Chart {
        let largest =
            spikes.iter().map(|(hour, _)| *hour).max_by_key(|hour| self.hours.get(hour).map_or(0, |h| h.rows));
        let middle = largest.unwrap_or(0);
        let around = self.hours.range(middle - 24..=middle + 24);
        let bars = around.map(|(&hour, counted)| Bar { from: hour * 3600, count: counted.rows }).collect();
        Chart { title: "Requests by hour".to_owned(), unit: "s since 1970".to_owned(), bars }
    }
}

fn flood(name: &(String, String), minutes: &Minutes, (least, usual): (u64, u64)) -> Option<Verdict> {
    let floods: Vec<(i64, u64)> = minutes
        .counts
        .iter()
        .map(|&(minute, count)| (minute, u64::from(count)))
        .filter(|(_, count)| *count >= least)
        .collect();
    let (&(first, _), &(last, _)) = (floods.first()?, floods.last()?);
    let most = floods.iter().map(|(_, count)| *count).max()?;
    let tally = Tally {
        count: floods.iter().map(|(_, count)| count).sum(),
        first: Some(first * MINUTE),
        last: Some(last * MINUTE),
        evidence: minutes.first.into_iter().collect(),
    };
    let sentence = format!(
        "{}: up to {most} requests in a minute, over {} minutes; nine in ten minutes of a source have at most {usual}.",
        name.1,
        floods.len()
    );
    Some(Verdict {
        id: "http.flood",
        weight: most as f64,
        sentence,
        tally,
        entities: vec![name.clone()],
        clause: clause(name),
        ..Verdict::default()
    })
}

fn spike(hour: i64, counted: &Hour, usual: f64, chart: Option<&Chart>) -> Option<Verdict> {
    let (from, to) = (Micros(hour.checked_mul(HOUR)?), Micros((hour + 1).checked_mul(HOUR)?));
    let (from_text, to_text) = (from.to_rfc3339(), to.to_rfc3339());
    Some(Verdict {
        id: "http.spike",
        weight: counted.rows as f64,
        sentence: format!("{} requests in the hour from {from_text}; usual at that hour: {usual}.", counted.rows),
        tally: Tally {
            count: counted.rows,
            first: Some(from.0),
            last: Some(to.0 - 1),
            evidence: counted.first.into_iter().collect(),
        },
        clause: format!("(@timestamp >= \"{from_text}\" and @timestamp < \"{to_text}\")"),
        chart: chart.cloned(),
        ..Verdict::default()
    })
}

/// The middle; 0 without any.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or(0.0);
    f64::midpoint(at(values.len().saturating_sub(1) / 2), at(values.len() / 2))
}
