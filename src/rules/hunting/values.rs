//! Values that hardly ever come where hardly any value is rare, and values that come for the first time late in a log.
//!
//! A public web server meets new user agents every hour, and one more is nothing. So a column is only spoken of while its
//! values are settled: at most as many are rare, or new after the baseline, as the settings allow; else being rare is usual
//! there and nothing is said. That is how likely the next value is a new one (Good and Turing, 1953), as a rule of thumb.
//!
//! Versions, numbers and what a program drew are one value (`Chrome/*`, `/orders/*`). A path counts where it was answered
//! with what was asked for. Of a source with a port, and of each text, only what decides is kept; a column with more than
//! [`MAX_VALUES`] is not settled, and is given up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::rules::columns::View;
use crate::rules::filter::{exact, wild};
use crate::rules::tally::{CodeMap, Tally};
use crate::schema::Field;
use crate::settings::Detectors;
use crate::table::{Dictionary, NULL, RowSet, Selection};
use crate::units::Micros;

use super::network::clause;
use super::{Integer, Rows, Text, Verdict};

/// Different values of a column that are kept.
const MAX_VALUES: usize = 2048;
/// Letters of a value that count.
const MAX_LETTERS: usize = 200;
/// Rows below which nothing is usual yet.
const MANY: u64 = 1000;
/// Rows from which a new value has come to stay.
const STAYS: u64 = 4;
/// µs of a day.
const DAY: i64 = 86_400_000_000;
/// Days of a column that are kept: more than ten years, or clocks gone wrong.
const MAX_DAYS: usize = 4000;

/// The columns; the last is the port, with its source.
const KINDS: [(Text, Field); 5] = [
    (Text::Agent, Field::UserAgentOriginal),
    (Text::Path, Field::UrlPath),
    (Text::ServerName, Field::TlsServerName),
    (Text::Country, Field::SourceCountry),
    (Text::Source, Field::DestinationPort),
];
const PORT: usize = 4;

/// The values on one worker's rows.
pub(super) struct Values<'a> {
    kinds: [Seen; KINDS.len()],
    dictionaries: [Option<&'a Dictionary>; PORT],
}

/// The values of one column.
#[derive(Debug, Default)]
struct Seen {
    /// The value of each code, from 1; 0 for not met yet.
    by_code: Vec<u32>,
    by_text: BTreeMap<String, u32>,
    by_port: CodeMap<(u32, i64), u32>,
    values: Vec<(Tally, Who<u32>)>,
    /// Rows by day since 1970.
    days: BTreeMap<i64, u64>,
    is_open: bool,
}

/// Whose rows a value is in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum Who<T> {
    #[default]
    Nobody,
    One(T),
    Many,
}

/// What a value is called: its text, and the column and the text of its source where that belongs to it.
type Name = (String, (String, String));

/// The values of all columns under their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ValuesFound([SeenFound; KINDS.len()]);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct SeenFound {
    values: BTreeMap<Name, (Tally, Who<(String, String)>)>,
    days: BTreeMap<i64, u64>,
    is_open: bool,
}

impl<'a> Values<'a> {
    /// For a store.
    pub fn new(selection: Selection<'a>) -> Self {
        let mut dictionaries = [None; PORT];
        for (slot, (_, field)) in dictionaries.iter_mut().zip(KINDS) {
            *slot = selection.dictionary(&field.into());
        }
        Self { kinds: Default::default(), dictionaries }
    }

    /// Counts a shard's rows.
    pub fn count(&mut self, rows: &RowSet, columns: &Rows<'_>) {
        for (kind, (seen, (text, field))) in self.kinds.iter_mut().zip(KINDS).enumerate() {
            if seen.is_open || columns.shard.table.column(&field.into()).is_none() {
                continue;
            }
            let dictionary = self.dictionaries.get(kind).copied().flatten();
            let mut today = (0, 0);
            rows.for_each(|row| {
                let (code, source) = (columns.code(text, row), columns.code(Text::Source, row));
                if code == NULL || seen.is_open {
                    return;
                }
                let value = match (dictionary, columns.number(Integer::Port, row)) {
                    (Some(_), _) if field == Field::UrlPath && !is_given(columns, row) => return,
                    (Some(dictionary), _) => seen.of_text(code, dictionary, field),
                    (None, Some(port)) if kind == PORT => seen.of_port(source, port),
                    _ => return,
                };
                let Some((tally, who)) = seen.values.get_mut(value as usize) else { return };
                let time = columns.time(row);
                tally.add(columns.shard, row, time);
                if let Some(day) = time.map(|time| time.div_euclid(DAY)) {
                    if day != today.0 {
                        add_day(&mut seen.days, std::mem::replace(&mut today, (day, 0)));
                    }
                    today.1 += 1;
                }
                if source != NULL {
                    who.add(Who::One(source));
                }
            });
            add_day(&mut seen.days, today);
        }
    }

    /// The values under their names.
    pub fn named(self, view: &View<'_>) -> ValuesFound {
        ValuesFound(self.kinds.map(|seen| seen.named(view)))
    }
}

fn add_day(days: &mut BTreeMap<i64, u64>, (day, rows): (i64, u64)) {
    if rows > 0 {
        *days.entry(day).or_default() += rows;
        if days.len() > MAX_DAYS {
            days.pop_last();
        }
    }
}

/// Whether a row was answered with what it asked for.
fn is_given(columns: &Rows<'_>, row: usize) -> bool {
    columns.number(Integer::Status, row).is_some_and(|status| (200..400).contains(&status))
}

impl Seen {
    fn of_text(&mut self, code: u32, dictionary: &Dictionary, field: Field) -> u32 {
        if self.by_code.len() <= code as usize {
            self.by_code.resize(dictionary.len().max(code as usize + 1), 0);
        }
        let Some(slot) = self.by_code.get_mut(code as usize) else { return 0 };
        if *slot == 0 {
            let text = dictionary.get(code);
            let text = if field == Field::UrlPath { path(text) } else { plain(text) };
            let next = self.by_text.len() as u32;
            *slot = *self.by_text.entry(text).or_insert(next) + 1;
        }
        let value = *slot - 1;
        self.keep(value);
        value
    }

    fn of_port(&mut self, source: u32, port: i64) -> u32 {
        let next = self.by_port.len() as u32;
        let value = *self.by_port.entry((source, port)).or_insert(next);
        self.keep(value);
        value
    }

    /// Makes room for a value, or gives up.
    fn keep(&mut self, value: u32) {
        if value as usize >= MAX_VALUES {
            *self = Self { is_open: true, ..Self::default() };
        } else if value as usize >= self.values.len() {
            self.values.resize_with(value as usize + 1, Default::default);
        }
    }

    fn named(self, view: &View<'_>) -> SeenFound {
        let own = |code: u32| {
            view.sources.get(code).map_or_else(Default::default, |(field, text)| (field.to_string(), text.to_owned()))
        };
        let texts = self.by_text.into_iter().map(|(text, value)| ((text, Default::default()), value));
        let ports = self.by_port.into_iter().map(|((source, port), value)| ((port.to_string(), own(source)), value));
        let mut found = SeenFound { is_open: self.is_open, days: self.days, ..SeenFound::default() };
        for (name, value) in texts.chain(ports) {
            let Some((tally, who)) = self.values.get(value as usize) else { continue };
            let who = match who {
                Who::One(code) => Who::One(own(*code)),
                Who::Nobody => Who::Nobody,
                Who::Many => Who::Many,
            };
            found.add(name, (tally.clone(), who));
        }
        found
    }
}

impl<T: PartialEq> Who<T> {
    fn add(&mut self, other: Self) {
        match (&*self, other) {
            (_, Self::Nobody) | (Self::Many, _) => {}
            (Self::Nobody, other) => *self = other,
            (known, other) if *known == other => {}
            _ => *self = Self::Many,
        }
    }
}

impl SeenFound {
    fn add(&mut self, name: Name, (tally, who): (Tally, Who<(String, String)>)) {
        let known = self.values.entry(name).or_default();
        known.0.merge(&tally);
        known.1.add(who);
    }

    fn merge(&mut self, other: Self) {
        other.values.into_iter().for_each(|(name, value)| self.add(name, value));
        other.days.into_iter().for_each(|day| add_day(&mut self.days, day));
        self.is_open |= other.is_open || self.values.len() > MAX_VALUES;
        if self.is_open {
            *self = Self { is_open: true, ..Self::default() };
        }
    }

    /// What the values of a column show.
    fn verdicts(&self, field: Field, detectors: &Detectors) -> Vec<Verdict> {
        let rows: u64 = self.values.values().map(|(tally, _)| tally.count).sum();
        if rows < MANY {
            return Vec::new();
        }
        let most = usize::from(detectors.rare_values);
        let least = u64::from(detectors.rare_rows);
        let rare: Vec<_> = self.values.iter().filter(|(_, (tally, _))| tally.count <= least).collect();
        let n_rare = rare.len();
        let sentence = |name: &Name, tally: &Tally| {
            let others = self.values.len() - n_rare;
            let spoken = spoken(field, name);
            format!("{spoken} is in {} of {rows} rows; values that are in more: {others}.", tally.count)
        };
        let rare = rare.into_iter().filter(|_| n_rare <= most && n_rare * 2 <= self.values.len());
        let mut verdicts: Vec<Verdict> = rare
            .map(|(name, (tally, who))| Verdict {
                sentence: sentence(name, tally),
                ..verdict("value.rare", field, name, (tally, who))
            })
            .collect();

        let Some((n_days, baseline)) = self.baseline(usize::from(detectors.baseline_days)) else { return verdicts };
        let new: Vec<_> = self
            .values
            .iter()
            .filter_map(|(name, value)| Some((name, value, value.0.first.filter(|first| *first >= baseline)?)))
            .collect();
        if new.len() > most || new.len() * 2 > self.values.len() {
            return verdicts;
        }
        let stays = |(_, (tally, _), _): &(&Name, &(Tally, Who<_>), i64)| tally.count > least.max(STAYS - 1);
        verdicts.extend(new.into_iter().filter(stays).map(|(name, (tally, who), came)| {
            let sentence = format!(
                "{} came first on {}, after {n_days} days of the log without and more, and {} times in all.",
                spoken(field, name),
                Micros(came).to_rfc3339(),
                tally.count
            );
            Verdict { sentence, ..verdict("value.first_seen", field, name, (tally, who)) }
        }));
        verdicts
    }
}

impl SeenFound {
    /// So many days with rows, of which there are as many as asked for and in which half of all rows lie, and when they
    /// are over. **Null**: none where the log ends before.
    fn baseline(&self, least: usize) -> Option<(usize, i64)> {
        let all: u64 = self.days.values().sum();
        let mut rows = 0;
        for (n, (day, count)) in self.days.iter().enumerate() {
            rows += count;
            if n + 1 >= least && rows * 2 >= all {
                return Some((n + 1, (day + 1).saturating_mul(DAY)));
            }
        }
        None
    }
}

fn verdict(
    id: &'static str,
    field: Field,
    (text, source): &Name,
    (tally, who): (&Tally, &Who<(String, String)>),
) -> Verdict {
    let value = (field.name().to_owned(), text.clone());
    let mut clauses =
        if text.contains('*') { vec![format!("{}: {}", value.0, wild(text))] } else { vec![clause(&value)] };
    let mut entities = vec![value];
    let own = Some(source).filter(|(field, _)| !field.is_empty());
    clauses.extend(own.map(clause));
    if field == Field::UrlPath {
        clauses.push("http.response.status_code >= 200 and http.response.status_code < 400".to_owned());
    }
    entities.extend(own.or(if let Who::One(who) = who { Some(who) } else { None }).cloned());
    let weight = 1.0 / tally.count.max(1) as f64;
    let clause = format!("({})", clauses.join(" and "));
    Verdict { id, weight, tally: tally.clone(), entities, clause, ..Verdict::default() }
}

/// `user_agent.original "curl/*"`, or `destination.port 22 of 10.0.0.7`.
fn spoken(field: Field, (text, (_, source)): &Name) -> String {
    let of = if source.is_empty() { String::new() } else { format!(" of {source}") };
    format!("{} {}{of}", field.name(), exact(text))
}

impl ValuesFound {
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        self.0.iter_mut().zip(other.0).for_each(|(own, other)| own.merge(other));
    }

    /// What is rare, and what is new.
    pub fn verdicts(&self, detectors: &Detectors) -> Vec<Verdict> {
        self.0.iter().zip(KINDS).flat_map(|(seen, (_, field))| seen.verdicts(field, detectors)).collect()
    }
}

/// A text with a star for each number or version.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut is_number = false;
    for letter in text.chars().take(MAX_LETTERS) {
        let is_part = letter.is_ascii_digit() || (is_number && matches!(letter, '.' | '_'));
        if is_part && !is_number {
            out.push('*');
        } else if !is_part {
            out.push(letter);
        }
        is_number = is_part;
    }
    if text.chars().nth(MAX_LETTERS).is_some() {
        out.push('*');
    }
    out
}

/// A path with a star for each part that has a digit; what ends it as a kind of file stays.
fn path(text: &str) -> String {
    let part = |part: &str| {
        let stem =
            part.rsplit_once('.').filter(|(_, kind)| !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphabetic()));
        match stem {
            _ if !part.bytes().any(|byte| byte.is_ascii_digit()) => part.to_owned(),
            Some((_, kind)) => format!("*.{kind}"),
            None => "*".to_owned(),
        }
    };
    plain(&text.split('/').map(part).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_versions_are_one_value() {
        for (text, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.1.2 Safari/537.36",
                "Mozilla/* (X*; Linux x*) Chrome/* Safari/*",
            ),
            ("curl", "curl"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
        for (text, expected) in [
            ("/orders/8731/items", "/orders/*/items"),
            ("/img/a1b2c3.png", "/img/*.png"),
            ("/up/shell7.tar.gz", "/up/*.gz"),
            ("/about/us.html", "/about/us.html"),
            ("/v1.2/", "/*/"),
            ("/", "/"),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
        assert_eq!(plain(&"x".repeat(5000)).len(), MAX_LETTERS + 1);
    }
}
