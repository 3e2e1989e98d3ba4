//! Hits: rows of checks, counted by source, check and span of five minutes while they are found.
//!
//! In a worker a hit is under codes; its names come on the way out. Hits merge exactly and are bounded: of more than
//! [`MAX_HITS`] those of the most severe checks stay, and among equals those of the sources with the smallest hash,
//! whoever counted them. So cases do not depend on how a log is cut.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::Answered;
use crate::schema::Field;
use crate::table::{Dictionary, NULL_NUMBER, Position, RowSet, Selection, Shard};
use crate::units::hash::{hash_text, mix};
use crate::units::order;

use super::super::columns::{Column, View};
use super::super::tally::CodeMap;
use super::usual::Usual;

/// Hits that are kept. At about 250 bytes each this is 15 MB.
const MAX_HITS: usize = 60_000;
/// How long a span is, in µs.
pub(super) const SPAN: i64 = 300_000_000;
/// The level of informational checks.
const INFORMATIONAL: u8 = 1;
/// Different sizes of answers that a hit keeps, the smallest first.
const SIZES: usize = 4;

/// What one check found of one source in one span of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Hit {
    pub answered: Answered,
    pub first: Option<i64>,
    pub last: Option<i64>,
    pub bytes: Option<u64>,
    /// Sizes of answers 2xx. **Order**: ascending. **Shape**: at most [`SIZES`].
    pub sizes: Vec<i64>,
    /// A hash of the user agent: the smallest of those seen; 0 for none.
    pub agent: u64,
    /// The first row by file and byte.
    pub evidence: Option<Position>,
    /// The first row that was answered 2xx.
    pub answer: Option<Position>,
}

impl Hit {
    /// Takes the other's rows in.
    pub fn merge(&mut self, other: &Self) {
        self.answered.add(&other.answered);
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.bytes = match (self.bytes, other.bytes) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (a, b) => a.or(b),
        };
        other.sizes.iter().for_each(|size| self.add_size(*size));
        self.agent = smaller_agent(self.agent, other.agent);
        self.evidence = earlier(self.evidence, other.evidence);
        self.answer = earlier(self.answer, other.answer);
    }

    fn count(&mut self, status: Option<i64>, place: Position) {
        let slot = match status {
            Some(200..=299) => &mut self.answered.success,
            Some(300..=399) => &mut self.answered.redirect,
            Some(400..=499) => &mut self.answered.client_error,
            Some(500..=599) => &mut self.answered.server_error,
            _ => &mut self.answered.unknown,
        };
        *slot += 1;
        self.evidence = earlier(self.evidence, Some(place));
        if matches!(status, Some(200..=299)) {
            self.answer = earlier(self.answer, Some(place));
        }
    }

    fn add_size(&mut self, size: i64) {
        if let Err(at) = self.sizes.binary_search(&size) {
            self.sizes.insert(at, size);
            self.sizes.truncate(SIZES);
        }
    }
}

/// The smaller of what is there.
fn earlier<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    a.into_iter().chain(b).min()
}

/// The smaller hash of those that are of an agent.
fn smaller_agent(a: u64, b: u64) -> u64 {
    if a == 0 || b == 0 { a | b } else { a.min(b) }
}

/// What a hit is of, the same for every worker.
///
/// **Order**: the most severe checks first, then by a hash of the source, so that a prefix is a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Key {
    /// 0 for critical.
    rank: u8,
    hash: u64,
    /// The column and the text of the source.
    pub source: (String, String),
    pub check: String,
    /// Spans since 1970; the smallest number for rows without a time.
    pub span: i64,
}

/// What a hit is of, in a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Codes {
    source: u32,
    check: u32,
    span: i64,
}

/// A worker's hits.
#[derive(Debug, Default)]
pub(in crate::rules) struct Hits<'a> {
    /// Ids of checks, and their levels.
    checks: Vec<(String, u8)>,
    found: CodeMap<Codes, Hit>,
    /// What does not fit any more comes after this.
    limit: Option<Key>,
    usual: Usual,
    agents: Option<&'a Dictionary>,
    /// Hashes of user agents by their codes.
    hashes: CodeMap<u32, u64>,
}

/// The columns of the shard in view.
pub(in crate::rules) struct Columns<'v> {
    view: &'v View<'v>,
    sources: &'v [u32],
    agents: &'v [u32],
    numbers: [&'v [i64]; NUMBERS.len()],
}

impl<'v> Columns<'v> {
    /// The columns of the shard that the view has loaded.
    pub fn of(view: &'v View<'v>) -> Self {
        let agents = view.codes(&Column::Text(Field::UserAgentOriginal.into()));
        Self { view, sources: view.codes(&Column::Source), agents, numbers: NUMBERS.map(|field| view.numbers(field)) }
    }
}

/// Hits under their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::rules) struct HitsFound {
    pub(super) hits: BTreeMap<Key, Hit>,
    pub(super) usual: Usual,
    pub(super) is_sample: bool,
}

impl<'a> Hits<'a> {
    /// None yet.
    pub fn new(selection: Selection<'a>) -> Self {
        Self { agents: selection.dictionary(&Field::UserAgentOriginal.into()), ..Self::default() }
    }

    /// The columns to decode.
    pub fn columns(out: &mut Vec<Column>) {
        out.push(Column::Text(Field::UserAgentOriginal.into()));
        out.extend(NUMBERS.map(|field| Column::Number(field.into())));
    }

    /// The number of a check with this id and level. **Null**: none where it makes no case, being only informational.
    pub fn check(&mut self, id: &str, level: u8) -> Option<u32> {
        if level <= INFORMATIONAL {
            return None;
        }
        let known = self.checks.iter().position(|(known, _)| known == id);
        let place = known.unwrap_or_else(|| {
            self.checks.push((id.to_owned(), level));
            self.checks.len() - 1
        });
        Some(place as u32)
    }

    /// Counts a row that a check found.
    pub fn add(&mut self, check: Option<u32>, (shard, row): (&Shard, usize), columns: &Columns<'_>) {
        let code = |codes: &[u32]| codes.get(row).copied().unwrap_or(0);
        let (source, agent) = (code(columns.sources), code(columns.agents));
        let Some(check) = check.filter(|_| source > 0) else { return };
        let time = columns.view.time(row);
        let codes = Codes { source, check, span: time.map_or(i64::MIN, |time| time.div_euclid(SPAN)) };
        if self.limit.is_some() && !self.found.contains_key(&codes) && self.limit < Some(self.key(codes, columns.view))
        {
            return;
        }
        let agent = self.agent(agent);
        let [status, body, sent] =
            columns.numbers.map(|numbers| numbers.get(row).copied().filter(|n| *n != NULL_NUMBER));
        let place = shard.position(row);
        let hit = self.found.entry(codes).or_default();
        hit.count(status, place);
        hit.agent = smaller_agent(hit.agent, agent);
        hit.first = earlier(hit.first, time);
        hit.last = hit.last.max(time);
        if let Some(bytes) = body.or(sent) {
            hit.bytes = Some(hit.bytes.unwrap_or(0).saturating_add(bytes.max(0) as u64));
        }
        if let (Some(200..=299), Some(size)) = (status, body) {
            hit.add_size(size);
        }
        if self.found.len() >= 2 * MAX_HITS {
            self.prune(columns.view);
        }
    }

    fn agent(&mut self, code: u32) -> u64 {
        let texts = self.agents;
        *self.hashes.entry(code).or_insert_with(|| match (code, texts) {
            (1.., Some(texts)) => hash_text(texts.get(code)).max(1),
            _ => 0,
        })
    }

    /// Notes the sizes of answers to rows that no check found.
    pub fn pass(&mut self, rows: &RowSet, columns: &Columns<'_>, levels: &[u8]) {
        let [statuses, bodies, _] = columns.numbers;
        rows.for_each(|row| {
            let level = levels.get(row).copied().unwrap_or(0);
            if let (Some(status), Some(&size), 0..=INFORMATIONAL) = (statuses.get(row), bodies.get(row), level)
                && (matches!(status, 200..=299 | 404))
                && size != NULL_NUMBER
            {
                self.usual.add(size);
            }
        });
    }

    fn key(&self, codes: Codes, view: &View<'_>) -> Key {
        let (field, text) = view.sources.get(codes.source).map_or(("", ""), |(field, text)| (field.as_str(), text));
        let (check, level) = self.checks.get(codes.check as usize).map_or(("", 0), |(id, level)| (id.as_str(), *level));
        Key {
            rank: u8::MAX - level,
            hash: mix(hash_text(text) ^ hash_text(field)),
            source: (field.to_owned(), text.to_owned()),
            check: check.to_owned(),
            span: codes.span,
        }
    }

    fn prune(&mut self, view: &View<'_>) {
        let mut keys: Vec<(Key, Codes)> = self.found.keys().map(|&codes| (self.key(codes, view), codes)).collect();
        order::sort(&mut keys);
        for (_, codes) in keys.iter().skip(MAX_HITS) {
            self.found.remove(codes);
        }
        keys.truncate(MAX_HITS);
        self.limit = keys.pop().map(|(key, _)| key);
    }

    /// The hits under their names.
    pub fn named(self, view: &View<'_>) -> HitsFound {
        let mut found = HitsFound { is_sample: self.limit.is_some(), ..HitsFound::default() };
        for (codes, hit) in &self.found {
            found.hits.insert(self.key(*codes, view), hit.clone());
        }
        found.usual = self.usual;
        found.bound();
        found
    }
}

impl HitsFound {
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        for (key, hit) in other.hits {
            self.hits.entry(key).or_default().merge(&hit);
        }
        self.usual.merge(&other.usual);
        self.is_sample |= other.is_sample;
        self.bound();
    }

    fn bound(&mut self) {
        while self.hits.len() > MAX_HITS {
            self.hits.pop_last();
            self.is_sample = true;
        }
    }
}

/// Status, size of the answer, bytes sent.
const NUMBERS: [Field; 3] = [Field::HttpResponseStatusCode, Field::HttpResponseBodyBytes, Field::SourceBytes];
