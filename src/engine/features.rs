//! Features of a shard's rows: columns of numbers as they are, and what can be computed from columns.
//!
//! What is computed from a text is computed once for each distinct text. What is known of an address (how often it
//! asks, how often it fails) comes from a book that all workers filled in a round before.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::models::words::decoded;
use crate::models::{Feature, FeatureUnit};
use crate::schema::{Field, FieldName, Unit};
use crate::table::{Dictionary, NULL, NULL_NUMBER, Selection, Shard};
use crate::units::Micros;
use crate::units::hash::hash_text;

/// How a feature that no column holds comes about.
#[derive(Clone, Copy, Debug)]
enum Computed {
    /// From a text alone.
    Text(Field, fn(&str) -> f64, Option<f64>),
    /// From the time of the event, in hours since a Monday at midnight, UTC.
    Hours(fn(i64) -> f64),
    /// From bytes from the source, bytes to it, packets both ways and milliseconds.
    Traffic(fn([f64; 4]) -> f64),
    /// From the status.
    Status(fn(f64) -> f64),
    /// From what is known of the source's address.
    Address(fn(&AddressFigures) -> f64),
}

/// Every feature that can be computed: its name, its unit, the columns it needs one of, and how it is made.
const COMPUTED: &[(&str, FeatureUnit, &[Field], Computed)] = {
    use Computed::{Address, Hours, Status, Text, Traffic};
    use FeatureUnit::{Bytes, Code, Count, Flag, Share};
    use Field::{
        DestinationBytes, EventDuration, HttpResponseBodyBytes, HttpResponseBytes, HttpResponseStatusCode, SourceBytes,
        SourceIp, SourcePackets, Timestamp, UrlPath, UrlQuery, UserAgentOriginal,
    };
    &[
        // A query that is not there has the length 0; of a path that is not there nothing is known but that.
        ("url.path length", Count, &[UrlPath], Text(UrlPath, length, Some(0.0))),
        ("url.query length", Count, &[UrlPath, UrlQuery], Text(UrlQuery, length, Some(0.0))),
        ("user_agent.original length", Count, &[UserAgentOriginal], Text(UserAgentOriginal, length, Some(0.0))),
        ("url.path depth", Count, &[UrlPath], Text(UrlPath, depth, None)),
        ("url.path share of special characters", Share, &[UrlPath], Text(UrlPath, special, None)),
        ("url.query share of special characters", Share, &[UrlQuery], Text(UrlQuery, special, Some(0.0))),
        ("url.path entropy", Count, &[UrlPath], Text(UrlPath, entropy, None)),
        ("url.query entropy", Count, &[UrlQuery], Text(UrlQuery, entropy, Some(0.0))),
        ("hour of day", Count, &[Timestamp], Hours(|hours| hours.rem_euclid(24) as f64)),
        ("weekday", Count, &[Timestamp], Hours(|hours| hours.div_euclid(24).rem_euclid(7) as f64)),
        ("is weekend", Flag, &[Timestamp], Hours(|hours| f64::from(u8::from(hours.div_euclid(24).rem_euclid(7) > 4)))),
        ("bytes both ways", Bytes, &[SourceBytes, HttpResponseBodyBytes, HttpResponseBytes], Traffic(total)),
        ("bytes from source per byte to it", Count, &[DestinationBytes], Traffic(|[up, down, ..]| ratio(up, down))),
        ("bytes per packet", Bytes, &[SourcePackets], Traffic(|t| ratio(total(t), t[2]))),
        ("bytes per second", Bytes, &[EventDuration], Traffic(|t| ratio(total(t) * 1000.0, t[3]))),
        ("status class", Code, &[HttpResponseStatusCode], Status(|status| libm::floor(status / 100.0))),
        ("requests per minute of source.ip", Count, &[SourceIp], Address(AddressFigures::requests_per_minute)),
        ("error share of source.ip", Share, &[HttpResponseStatusCode], Address(AddressFigures::error_share)),
        ("distinct paths of source.ip", Count, &[UrlPath], Address(|figures| figures.paths.len() as f64)),
    ]
};

/// What is known of each source address over all rows of a question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AddressBook(BTreeMap<String, AddressFigures>);

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct AddressFigures {
    requests: u64,
    /// Rows with a status, and those with one from 400 on.
    answered: u64,
    errors: u64,
    first: i64,
    last: i64,
    /// Hashes of distinct paths, in order.
    paths: Vec<u64>,
}

/// The computed features for which a log has a column.
pub fn computable(has: &dyn Fn(Field) -> bool) -> Vec<FieldName> {
    let fits = |(_, _, needs, _): &&(&str, FeatureUnit, &[Field], Computed)| needs.iter().any(|field| has(*field));
    COMPUTED.iter().filter(fits).map(|(name, ..)| FieldName::new(name)).collect()
}

/// Whether a feature is computed.
pub fn is_computed(name: &FieldName) -> bool {
    computed(name).is_some()
}

/// Whether any of these features needs the book.
pub fn needs_addresses(features: &[FieldName]) -> bool {
    features.iter().any(|name| matches!(computed(name), Some((_, Computed::Address(_)))))
}

/// A feature and what its numbers count, for a model.
pub fn feature(name: &FieldName) -> Feature {
    let unit = match (computed(name), name.unit()) {
        (Some((unit, _)), _) => unit,
        (None, Unit::Bytes) => FeatureUnit::Bytes,
        (None, Unit::Nanoseconds) => FeatureUnit::Millis,
        (None, Unit::Code) => FeatureUnit::Code,
        (None, Unit::None | Unit::Packets) => FeatureUnit::Count,
    };
    Feature::new(name.as_str(), unit)
}

/// Reads the features of a shard, row by row: `values[row * n_features + feature]`, NaN for null.
pub fn read_features(selection: Selection<'_>, shard: &Shard, features: &[FieldName], book: &AddressBook) -> Vec<f64> {
    let n_rows = shard.table.n_rows;
    let mut matrix = vec![f64::NAN; n_rows * features.len()];
    for (index, name) in features.iter().enumerate() {
        for (row, value) in read_feature(selection, shard, name, book).into_iter().enumerate() {
            if let Some(slot) = matrix.get_mut(row * features.len() + index) {
                *slot = value;
            }
        }
    }
    matrix
}

/// What these rows say of their source addresses.
pub fn address_book(selection: Selection<'_>) -> AddressBook {
    let mut book = AddressBook::default();
    let address = FieldName::from(Field::SourceIp);
    let Some(addresses) = selection.dictionary(&address) else { return book };
    let path = FieldName::from(Field::UrlPath);
    let mut by_code: HashMap<u32, AddressFigures> = HashMap::new();
    let (mut codes, mut paths, mut times, mut statuses) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (shard, rows) in selection.shards() {
        shard.table.read_codes(&address, &mut codes);
        shard.table.read_codes(&path, &mut paths);
        shard.table.read_numbers(&Field::Timestamp.into(), &mut times);
        shard.table.read_floats(&Field::HttpResponseStatusCode.into(), &mut statuses);
        rows.for_each(|row| {
            let (Some(&code), Some(&time)) = (codes.get(row), times.get(row)) else { return };
            if code == NULL {
                return;
            }
            let status = statuses.get(row).copied().unwrap_or(f64::NAN);
            let path = paths.get(row).filter(|path| **path != NULL);
            let path = path
                .and_then(|path| Some(hash_text(selection.dictionary(&FieldName::from(Field::UrlPath))?.get(*path))));
            by_code.entry(code).or_default().add(time, status, path);
        });
    }
    // Codes are this worker's own; texts are everyone's.
    for (code, mut figures) in by_code {
        figures.settle();
        book.0.insert(addresses.get(code).to_owned(), figures);
    }
    book
}

impl AddressBook {
    /// Takes another worker's book in.
    pub fn merge(&mut self, other: Self) {
        for (address, figures) in other.0 {
            self.0.entry(address).or_default().merge(figures);
        }
    }
}

impl Default for AddressFigures {
    fn default() -> Self {
        Self { requests: 0, answered: 0, errors: 0, first: i64::MAX, last: i64::MIN, paths: Vec::new() }
    }
}

impl AddressFigures {
    fn add(&mut self, time: i64, status: f64, path: Option<u64>) {
        self.requests += 1;
        self.answered += u64::from(!status.is_nan());
        self.errors += u64::from(status >= 400.0);
        if time != NULL_NUMBER {
            (self.first, self.last) = (self.first.min(time), self.last.max(time));
        }
        self.paths.extend(path);
        // Sorted whenever it would grow, so that it holds at most twice what is distinct.
        if self.paths.len() == self.paths.capacity() {
            self.settle();
            self.paths.reserve(self.paths.len() + 16);
        }
    }

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.answered += other.answered;
        self.errors += other.errors;
        (self.first, self.last) = (self.first.min(other.first), self.last.max(other.last));
        self.paths.extend(other.paths);
        self.settle();
    }

    fn settle(&mut self) {
        self.paths.sort_unstable();
        self.paths.dedup();
    }

    /// Over the time from its first to its last request, at least a minute.
    fn requests_per_minute(&self) -> f64 {
        if self.first > self.last {
            return f64::NAN;
        }
        self.requests as f64 / (self.last.saturating_sub(self.first) as f64 / 60e6).max(1.0)
    }

    fn error_share(&self) -> f64 {
        if self.answered == 0 { f64::NAN } else { self.errors as f64 / self.answered as f64 }
    }
}

fn computed(name: &FieldName) -> Option<(FeatureUnit, Computed)> {
    COMPUTED.iter().find(|(known, ..)| *known == name.as_str()).map(|(_, unit, _, how)| (*unit, *how))
}

/// A computed feature of a row of which only texts are known, by column; nothing where it needs more than that.
pub fn of_texts<'a>(name: &FieldName, text: &dyn Fn(&str) -> Option<&'a str>) -> Option<f64> {
    match computed(name)? {
        (_, Computed::Text(field, number, missing)) => text(field.name()).map(number).or(missing),
        _ => None,
    }
}

/// The columns that a feature is computed from, or the column that it is.
pub fn sources(name: &FieldName) -> String {
    let found = COMPUTED.iter().find(|(known, ..)| *known == name.as_str());
    let names = |fields: &[Field]| fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ");
    found.map_or_else(|| name.to_string(), |(_, _, needs, _)| names(needs))
}

fn read_feature(selection: Selection<'_>, shard: &Shard, name: &FieldName, book: &AddressBook) -> Vec<f64> {
    let n_rows = shard.table.n_rows;
    let mut out = Vec::with_capacity(n_rows);
    match computed(name).map(|(_, how)| how) {
        None => read_column(selection, shard, name, &mut out),
        Some(Computed::Text(field, number, missing)) => {
            let missing = missing.unwrap_or(f64::NAN);
            map_texts(selection, shard, &field.into(), &mut out, &|text| text.map_or(missing, number));
        }
        Some(Computed::Address(figure)) => {
            let figure = |text: Option<&str>| text.and_then(|text| book.0.get(text)).map_or(f64::NAN, figure);
            map_texts(selection, shard, &Field::SourceIp.into(), &mut out, &figure);
        }
        Some(Computed::Hours(number)) => {
            let mut times = Vec::new();
            shard.table.read_numbers(&Field::Timestamp.into(), &mut times);
            // The first of January 1970 was a Thursday.
            let hours = |time: i64| Micros(time).seconds().div_euclid(3600) + 72;
            out.extend(times.into_iter().map(|time| if time == NULL_NUMBER { f64::NAN } else { number(hours(time)) }));
        }
        Some(Computed::Status(number)) => {
            shard.table.read_floats(&Field::HttpResponseStatusCode.into(), &mut out);
            out.iter_mut().for_each(|value| *value = number(*value));
        }
        Some(Computed::Traffic(number)) => {
            let columns = [
                first_of(shard, &[Field::SourceBytes, Field::HttpRequestBytes, Field::HttpRequestBodyBytes]),
                first_of(shard, &[Field::DestinationBytes, Field::HttpResponseBytes, Field::HttpResponseBodyBytes]),
                packets(shard),
                first_of(shard, &[Field::EventDuration]).into_iter().map(|duration| duration / 1e6).collect(),
            ];
            out.extend(
                (0..n_rows).map(|row| number([0, 1, 2, 3].map(|at| columns[at].get(row).copied().unwrap_or(f64::NAN)))),
            );
        }
    }
    out
}

/// The first of these columns that the shard has.
fn first_of(shard: &Shard, fields: &[Field]) -> Vec<f64> {
    let mut out = Vec::new();
    let field = fields.iter().find(|field| shard.table.column(&(**field).into()).is_some());
    if let Some(field) = field {
        shard.table.read_floats(&(*field).into(), &mut out);
    }
    out
}

fn packets(shard: &Shard) -> Vec<f64> {
    let (up, down) = (first_of(shard, &[Field::SourcePackets]), first_of(shard, &[Field::DestinationPackets]));
    (0..shard.table.n_rows)
        .map(|row| sum(up.get(row).copied().unwrap_or(f64::NAN), down.get(row).copied().unwrap_or(f64::NAN)))
        .collect()
}

/// A column's numbers; those of a text column where its text is one. Durations become milliseconds.
fn read_column(selection: Selection<'_>, shard: &Shard, name: &FieldName, out: &mut Vec<f64>) {
    let texts = shard.table.column(name).filter(|column| column.kind.is_text());
    if texts.is_none() {
        shard.table.read_floats(name, out);
        if name.unit() == Unit::Nanoseconds {
            out.iter_mut().for_each(|value| *value /= 1e6);
        }
        return;
    }
    let number = |text: &str| text.parse().ok().filter(|value: &f64| value.is_finite());
    map_texts(selection, shard, name, out, &|text| text.and_then(number).unwrap_or(f64::NAN));
}

/// A number for each row's text; each distinct text is asked once.
fn map_texts(
    selection: Selection<'_>,
    shard: &Shard,
    name: &FieldName,
    out: &mut Vec<f64>,
    number: &dyn Fn(Option<&str>) -> f64,
) {
    let mut codes = Vec::new();
    shard.table.read_codes(name, &mut codes);
    let dictionary: Option<&Dictionary> = selection.dictionary(name);
    let mut known: HashMap<u32, f64> = HashMap::new();
    out.clear();
    out.extend(codes.iter().map(|&code| match (code, dictionary) {
        (NULL, _) | (_, None) => number(None),
        (code, Some(dictionary)) => *known.entry(code).or_insert_with(|| number(Some(dictionary.get(code)))),
    }));
}

/// In characters.
fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

/// Parts of a path that are not empty.
fn depth(path: &str) -> f64 {
    path.split('/').filter(|part| !part.is_empty()).count() as f64
}

/// The share of characters that are neither letters nor digits, once decoded; 0 of none.
fn special(text: &str) -> f64 {
    let text = decoded(text);
    let special = text.chars().filter(|c| !c.is_alphanumeric()).count();
    special as f64 / text.chars().count().max(1) as f64
}

/// Shannon's entropy of the bytes, in bits a byte: random letters have more than words; 0 of none.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let share = |count: u32| f64::from(count) / text.len() as f64;
    let present = counts.into_iter().filter(|&count| count > 0);
    present.map(|count| -share(count) * libm::log2(share(count))).sum::<f64>() + 0.0
}

/// `a` for each `b`; null where there is none to divide by.
fn ratio(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b } else { f64::NAN }
}

/// Bytes both ways; of one way where the other is not known.
fn total([up, down, ..]: [f64; 4]) -> f64 {
    sum(up, down)
}

fn sum(a: f64, b: f64) -> f64 {
    match (a.is_nan(), b.is_nan()) {
        (true, _) => b,
        (_, true) => a,
        _ => a + b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured() {
        assert_eq!(
            [length("/é"), depth("/shop//cart/"), depth("/"), special("/a%2Fb"), special("")],
            [2.0, 2.0, 0.0, 0.5, 0.0]
        );
        assert_eq!([entropy(""), entropy("aaaa"), entropy("abab"), entropy("abcd")], [0.0, 0.0, 1.0, 2.0]);
    }

    #[test]
    fn times_fall_on_their_day() {
        let at = |name: &str, hours: i64| match computed(&FieldName::new(name)) {
            Some((_, Computed::Hours(number))) => number(hours + 72),
            other => panic!("{other:?}"),
        };
        // The first of January 1970 was a Thursday, two days later a Saturday.
        assert_eq!(
            [at("hour of day", 5), at("weekday", 5), at("is weekend", 5), at("is weekend", 53)],
            [5.0, 3.0, 0.0, 1.0]
        );
        assert_eq!(at("weekday", -1), 2.0);
    }

    #[test]
    fn what_is_not_known_is_null() {
        assert_eq!(total([1.0, f64::NAN, 0.0, 0.0]), 1.0);
        assert!(ratio(1.0, 0.0).is_nan() && ratio(1.0, f64::NAN).is_nan() && total([f64::NAN; 4]).is_nan());
    }

    #[test]
    fn books_of_two_workers_are_the_book_of_one() {
        let rows = [(0, 200.0, 1), (60_000_000, 404.0, 2), (120_000_000, 404.0, 1), (30_000_000, f64::NAN, 3)];
        let book = |rows: &[(i64, f64, u64)]| {
            let mut figures = AddressFigures::default();
            rows.iter().for_each(|&(time, status, path)| figures.add(time, status, Some(path)));
            figures.settle();
            AddressBook(BTreeMap::from([("192.0.2.1".to_owned(), figures)]))
        };
        let (whole, mut first) = (book(&rows), book(&rows[2..]));
        first.merge(book(&rows[..2]));
        assert_eq!(first, whole);
        let figures = &whole.0["192.0.2.1"];
        assert_eq!((figures.requests_per_minute(), figures.error_share(), figures.paths.len()), (2.0, 2.0 / 3.0, 3));
    }
}
