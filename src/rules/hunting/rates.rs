//! How many requests come in a minute from one source, and in an hour from all: floods and spikes.
//!
//! A flood is measured against the log itself: the minutes of all sources, of which nine in ten are quieter than a tenth
//! of it. A spike is measured against the same hour of the other days: their median, and how far they usually are from it
//! (median absolute deviation), so that neither nights nor a busy evening count as one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{Bar, Chart};
use crate::rules::columns::{SOURCE_FIELDS, View};
use crate::rules::tally::Tally;
use crate::schema::Field;
use crate::settings::Detectors;
use crate::table::keys::{Keys, merge_values};
use crate::table::{NULL, Position, RowSet, Selection, plain};
use crate::units::Micros;
use crate::units::hash::hash_text;

use super::crawling::{self, Marks, Visit};
use super::network::clause;
use super::{Integer, Rows, Text, Verdict, minutes};

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

/// What all asked for in an hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Hour {
    rows: u64,
    first: Option<Position>,
}

/// Requests by source and minute, and by hour, as a worker counts them.
///
/// **Cost**: 16 bytes for each minute of a source, at most a minute a row.
#[derive(Debug)]
pub(super) struct Rates {
    /// By code.
    sources: Vec<Source>,
    /// The first request of each source, by code.
    first: Vec<Position>,
    /// Minutes that are over. One may stand more than once where rows are not in order.
    past: Vec<Past>,
    /// What each source did, by code.
    visits: Vec<Visit>,
    marks: Marks,
    hours: BTreeMap<i64, Hour>,
    current: Current,
    n_shards: u32,
    /// Where the last of the shards so far begins.
    latest: Option<(u32, i64)>,
}

/// The last minute in which a source asked.
#[derive(Clone, Copy, Debug, Default)]
struct Source {
    minute: i64,
    /// Requests in it; 0 only before the first.
    count: u32,
    /// The number of the shard that it was seen in last.
    shard: u32,
}

/// A minute of a source.
#[derive(Clone, Copy, Debug, Default)]
struct Past {
    minute: i64,
    count: u32,
    source: u32,
}

/// The minute that is being counted, and its hour.
#[derive(Debug, Default)]
struct Current {
    /// µs from when to when.
    from: i64,
    to: i64,
    minute: i64,
    at: i64,
    hour: Hour,
}

/// The same under names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RatesFound {
    /// By the column that they stand in, as [`SOURCE_FIELDS`] has them.
    sources: [SourceRates; 2],
    hours: BTreeMap<i64, Hour>,
}

/// Sources of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct SourceRates {
    names: Keys,
    /// The first request of each. **Order**: as the names, as all that follows.
    #[serde(with = "plain")]
    first: Vec<Position>,
    /// The most requests of each in a minute.
    #[serde(with = "plain")]
    most: Vec<u32>,
    /// What each did.
    #[serde(with = "plain")]
    visits: Vec<Visit>,
    /// How many bytes of `minutes` are of each.
    #[serde(with = "plain")]
    lens: Vec<u32>,
    #[serde(with = "plain")]
    minutes: Vec<u8>,
}

impl Rates {
    /// For so many sources.
    pub fn new(selection: Selection<'_>, view: &View<'_>) -> Self {
        Self {
            sources: vec![Source::default(); view.sources.len()],
            first: vec![Position::default(); view.sources.len()],
            past: Vec::new(),
            visits: vec![Visit::default(); view.sources.len()],
            marks: Marks::new(selection),
            hours: BTreeMap::new(),
            current: Current::default(),
            n_shards: 0,
            latest: None,
        }
    }

    /// Counts a shard's requests.
    pub fn count(&mut self, rows: &RowSet, columns: &Rows<'_>) {
        let shard = columns.shard;
        let start = (shard.file, shard.table.bytes.get(0));
        // What is known of a source is earlier, if it is from shards before this one.
        let is_latest = self.latest.is_none_or(|latest| latest < start);
        self.latest = self.latest.max(Some(start));
        self.n_shards += 1;
        rows.for_each(|row| {
            let (Some(status), Some(time)) = (columns.number(Integer::Status, row), columns.time(row)) else { return };
            if time < self.current.from || time >= self.current.to {
                self.begin_minute(time);
            }
            let current = &mut self.current;
            current.hour.rows += 1;
            if current.hour.first.is_none() {
                current.hour.first = Some(shard.position(row));
            }
            let (code, minute) = (columns.code(Text::Source, row), current.minute);
            let Some(source) = self.sources.get_mut(code as usize).filter(|_| code != NULL) else { return };
            if source.count == 0 || (!is_latest && source.shard != self.n_shards) {
                self.first.get_mut(code as usize).into_iter().for_each(|first| join_first(first, shard.position(row)));
            }
            if source.minute != minute && source.count > 0 {
                self.past.push(Past { minute: source.minute, count: source.count, source: code });
                source.count = 0;
            }
            *source = Source { minute, count: source.count.saturating_add(1), shard: self.n_shards };
            let visit = self.marks.of(columns, row, status);
            self.visits.get_mut(code as usize).into_iter().for_each(|known| known.join(visit));
        });
        self.end_hour();
        self.current = Current::default();
    }

    fn begin_minute(&mut self, time: i64) {
        let (minute, hour) = (time.div_euclid(MINUTE), time.div_euclid(HOUR));
        if hour != self.current.at {
            self.end_hour();
            self.current.at = hour;
        }
        self.current.minute = minute;
        self.current.from = minute.saturating_mul(MINUTE);
        self.current.to = self.current.from.saturating_add(MINUTE);
    }

    fn end_hour(&mut self) {
        let counted = std::mem::take(&mut self.current.hour);
        if counted.rows > 0 {
            add_hour(&mut self.hours, self.current.at, counted);
        }
    }

    /// The counts under names.
    pub fn named(mut self, view: &View<'_>) -> RatesFound {
        let open = |(code, source): (usize, &Source)| {
            let Source { minute, count, .. } = *source;
            (count > 0).then_some(Past { minute, count, source: code as u32 })
        };
        self.past.extend(self.sources.iter().enumerate().filter_map(open));
        let minutes = Minutes::new(&self.past, self.sources.len());
        let sources = SOURCE_FIELDS.map(|field| self.of_field(field, &minutes, view));
        RatesFound { sources, hours: self.hours }
    }

    fn of_field(&self, field: Field, all: &Minutes, view: &View<'_>) -> SourceRates {
        let named = |(code, source): (usize, &Source)| {
            let (name, text) = view.sources.get(code as u32).filter(|_| source.count > 0)?;
            (name.ecs() == Some(field)).then(|| (code as u32, hash_text(text), text))
        };
        let (names, order) = Keys::of_codes(self.sources.iter().enumerate().filter_map(named));
        let mut rates = SourceRates { names, ..SourceRates::default() };
        let mut own = Vec::new();
        for code in order {
            own.clear();
            own.extend_from_slice(all.of(code));
            join_minutes(&mut own);
            let written = rates.minutes.len();
            rates.most.push(minutes::write(own.iter().copied(), &mut rates.minutes));
            rates.lens.push((rates.minutes.len() - written) as u32);
            rates.visits.push(self.visits.get(code as usize).copied().unwrap_or_default());
            rates.first.push(self.first.get(code as usize).copied().unwrap_or_default());
        }
        rates
    }
}

/// Minutes and their counts, those of a source together.
struct Minutes {
    /// Where those of each code end.
    ends: Vec<u32>,
    minutes: Vec<(i64, u32)>,
}

impl Minutes {
    fn new(past: &[Past], n_sources: usize) -> Self {
        let mut ends = vec![0u32; n_sources];
        past.iter().for_each(|past| ends.get_mut(past.source as usize).into_iter().for_each(|n| *n += 1));
        let mut begin = 0;
        for end in &mut ends {
            begin += std::mem::replace(end, begin);
        }
        let mut minutes = vec![(0, 0); past.len()];
        for past in past {
            // Where the next one goes; in the end it is where those of the source end.
            let Some(next) = ends.get_mut(past.source as usize) else { continue };
            minutes.get_mut(*next as usize).into_iter().for_each(|slot| *slot = (past.minute, past.count));
            *next += 1;
        }
        Self { ends, minutes }
    }

    fn of(&self, code: u32) -> &[(i64, u32)] {
        let end = |code: u32| self.ends.get(code as usize).map_or(0, |&end| end as usize);
        let begin = code.checked_sub(1).map_or(0, end);
        self.minutes.get(begin..end(code)).unwrap_or_default()
    }
}

/// Sorts minutes and adds up those that are the same.
fn join_minutes(minutes: &mut Vec<(i64, u32)>) {
    if minutes.is_sorted_by(|a, b| a.0 < b.0) {
        return;
    }
    minutes.sort_unstable();
    minutes.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 = kept.1.saturating_add(next.1);
        }
        is_same
    });
}

impl SourceRates {
    fn merge(&mut self, other: Self) {
        let plan = self.names.merge(other.names);
        merge_values(&plan, &mut self.first, other.first, join_first);
        merge_values(&plan, &mut self.visits, other.visits, Visit::join);
        merge_values(&plan, &mut self.most, other.most, |most, other| *most = other.max(*most));
        let (mut left, mut right) = (Bytes::new(&self.lens, &self.minutes), Bytes::new(&other.lens, &other.minutes));
        let mut minutes = Vec::with_capacity(self.minutes.len() + other.minutes.len());
        let mut lens = Vec::with_capacity(plan.len());
        for (side, most) in plan.iter().zip(&mut self.most) {
            let written = minutes.len();
            match (side.left, side.right) {
                (true, true) => *most = minutes::merge(left.next(), right.next(), &mut minutes),
                (true, false) => minutes.extend_from_slice(left.next()),
                _ => minutes.extend_from_slice(right.next()),
            }
            lens.push((minutes.len() - written) as u32);
        }
        (self.lens, self.minutes) = (lens, minutes);
    }

    /// Name, first request and minutes of each source that asked as often in any minute.
    fn at_least(&self, least: u64) -> impl Iterator<Item = (&str, Position, &[u8])> {
        let mut bytes = Bytes::new(&self.lens, &self.minutes);
        let sources = self.names.iter().zip(&self.first).zip(&self.most);
        sources
            .map(move |((name, &first), &most)| (most, (name, first, bytes.next())))
            .filter_map(move |(most, source)| (u64::from(most) >= least).then_some(source))
    }
}

/// The bytes of one source after the other.
struct Bytes<'a> {
    lens: std::slice::Iter<'a, u32>,
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    fn new(lens: &'a [u32], bytes: &'a [u8]) -> Self {
        Self { lens: lens.iter(), rest: bytes }
    }

    fn next(&mut self) -> &'a [u8] {
        let len = self.lens.next().map_or(0, |&len| len as usize);
        let (own, rest) = self.rest.split_at(len.min(self.rest.len()));
        self.rest = rest;
        own
    }
}

/// Keeps the earlier of two; a line number of 0 stands for none.
fn join_first(known: &mut Position, other: Position) {
    if other.line > 0 && (known.line == 0 || other < *known) {
        *known = other;
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
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        self.sources.iter_mut().zip(other.sources).for_each(|(own, other)| own.merge(other));
        other.hours.into_iter().for_each(|(at, hour)| add_hour(&mut self.hours, at, hour));
    }

    /// The source with the most requests in a minute, and how many. **Null**: none without a request.
    pub fn busiest_minute(&self) -> Option<(String, u64)> {
        let sources = self.sources.iter().flat_map(|rates| rates.names.iter().zip(&rates.most));
        let busiest = sources.max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        busiest.map(|(name, &most)| (name.to_owned(), u64::from(most)))
    }

    /// Floods, spikes, and those who walk the site.
    pub fn verdicts(&self, detectors: &Detectors) -> Vec<Verdict> {
        let mut verdicts = self.floods(detectors);
        verdicts.extend(self.spikes());
        if crawling::is_site(self.sources.iter().flat_map(|rates| &rates.visits)) {
            for (field, rates) in SOURCE_FIELDS.iter().zip(&self.sources) {
                let sources = rates.at_least(0).zip(&rates.visits);
                verdicts.extend(sources.filter_map(|(source, visit)| crawling::verdict(field.name(), source, *visit)));
            }
        }
        verdicts
    }

    fn floods(&self, detectors: &Detectors) -> Vec<Verdict> {
        let asked = u64::from(detectors.flood_per_minute);
        // Mostly nobody asks as often, and then what is usual does not matter.
        if self.sources.iter().all(|rates| rates.at_least(asked).next().is_none()) {
            return Vec::new();
        }
        let usual = u64::from(self.usual());
        let least = (usual * FLOOD_RATIO).max(asked);
        let mut floods = Vec::new();
        for (field, rates) in SOURCE_FIELDS.iter().zip(&self.sources) {
            let of_field = rates.at_least(least).filter_map(|source| flood(field.name(), source, (least, usual)));
            floods.extend(of_field);
        }
        floods
    }

    /// Requests that nine in ten minutes of sources have at most.
    fn usual(&self) -> u32 {
        let (mut ones, mut more) = (0, Vec::new());
        // Sources follow one another: their minutes are wrong then, which nobody asks for, and their counts are right.
        for (_, count) in self.sources.iter().flat_map(|rates| minutes::read(&rates.minutes)) {
            if count == 1 { ones += 1 } else { more.push(count) }
        }
        let rank = ((ones + more.len()) * 9).div_ceil(10);
        if rank <= ones { 1 } else { *more.select_nth_unstable(rank - ones - 1).1 }
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

fn flood(
    field: &str,
    (name, first_row, bytes): (&str, Position, &[u8]),
    (least, usual): (u64, u64),
) -> Option<Verdict> {
    let counts = minutes::read(bytes).map(|(minute, count)| (minute, u64::from(count)));
    let floods: Vec<(i64, u64)> = counts.filter(|(_, count)| *count >= least).collect();
    let (&(first, _), &(last, _)) = (floods.first()?, floods.last()?);
    let most = floods.iter().map(|(_, count)| *count).max()?;
    let tally = Tally {
        count: floods.iter().map(|(_, count)| count).sum(),
        first: Some(first * MINUTE),
        last: Some(last * MINUTE),
        evidence: vec![first_row],
    };
    let sentence = format!(
        "{name}: up to {most} requests in a minute, over {} minutes; nine in ten minutes of a source have at most {usual}.",
        floods.len()
    );
    let name = (field.to_owned(), name.to_owned());
    Some(Verdict {
        id: "http.flood",
        weight: most as f64,
        sentence,
        tally,
        clause: clause(&name),
        entities: vec![name],
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
