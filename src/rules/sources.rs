//! Checks of what one source did in all its rows: trying paths, trying logins, asking for login pages only.
//!
//! No shard can decide these alone. Each keeps, for every source that did something of the kind, what decides and what a
//! finding would show; that merges exactly, and `finish` decides. A source that never did costs its text and a count.
//!
//! What a login attempt's answer means, the log does not say. An answer 401 is a failure anywhere. On login-like paths,
//! a POST answered 400, 403, 422 or 429 is one too. 200 and 302 each mean failure on some sites and success on others; so
//! the answer that comes often is taken for failure, and only another one after [`FAILURES`] failures for success, if it is
//! rare beside them ([`RARE`]): whoever gets in stops guessing.
//!
//! | refused often | 200 often | 302, 303 often | failures | success |
//! |---|---|---|---|---|
//! | yes | – | – | refused | 200, 302, 303 |
//! | no | yes | – | refused, 200 | 302, 303 |
//! | no | no | yes | refused, 302, 303 | not to be told |
//!
//! *Often* is [`FAILURES`] times for refusals, which nothing else explains; 200 and redirects need that many within
//! [`WINDOW_SECONDS`], or [`MANY`] in all, because an office behind one address also logs in now and then.
//! Times count in whole seconds: a source keeps at most one number for each second in which it tried.

mod near;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::schema::Field;
use crate::table::keys::{Keys, merge_values};
use crate::table::{NULL_NUMBER, RowSet, Selection, Shard, plain};
use crate::units::Micros;
use crate::units::hash::hash_text;

use super::catalog::check;
use super::columns::{Column, SOURCE_FIELDS, View};
use super::plan::matching;
use super::tally::{CodeMap, Tally};
use super::tuned::Tuned;
use super::web::texts_matching;

/// Failures that people do not reach.
const FAILURES: u64 = 20;
/// Seconds in which that many logins are a program's.
const WINDOW_SECONDS: i64 = 600;
/// Logins in all that are a program's.
const MANY: u64 = 100;
/// Failures for each success at least; where both are as frequent, the answers do not tell them apart.
const RARE: u64 = 5;
/// Requests below which a share says nothing.
const SCANNER_REQUESTS: u64 = 20;
/// Different paths that were refused, below which somebody may just reload a page.
const SCANNER_PATHS: usize = 10;

/// What a row shows of its source, as bits.
mod sign {
    /// Answered 4xx.
    pub const ERROR: u8 = 1;
    /// A login refused.
    pub const REFUSED: u8 = 2;
    /// A login answered 200.
    pub const SHOWN: u8 = 4;
    /// A login answered 302 or 303.
    pub const REDIRECTED: u8 = 8;
    /// A WordPress door was asked for.
    pub const DOOR: u8 = 16;
}

/// The checks of this file, ready for a store.
pub(super) struct Sources {
    is_login_path: Vec<bool>,
    is_login_query: Vec<bool>,
    is_door: Vec<bool>,
    is_post: Vec<bool>,
    totals: Vec<u64>,
    suspects: CodeMap<u32, Suspect>,
    paths: CodeMap<u32, BTreeSet<u32>>,
    levels: [u64; 6],
}

/// What shards say of their sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SourcesFound {
    /// Web requests of each source, by the column that it stands in.
    totals: [Totals; 2],
    suspects: BTreeMap<(u8, String), Suspect>,
    /// Rows of no suspect, by the worst finding: 0 for none.
    levels: [u64; 6],
}

/// Rows of each source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Totals {
    names: Keys,
    /// **Order**: as the names.
    #[serde(with = "plain")]
    rows: Vec<u64>,
}

/// A source that did something of the kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Suspect {
    /// Rows by the worst finding so far and by signs.
    rows: BTreeMap<(u8, u8), u64>,
    errors: Tally,
    /// Hashes of different paths that were refused, at most [`SCANNER_PATHS`].
    paths: BTreeSet<u64>,
    logins: Option<Box<Logins>>,
    doors: Option<Box<Tally>>,
}

/// Attempts by their answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Logins {
    refused: Attempts,
    shown: Attempts,
    redirected: Attempts,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Attempts {
    tally: Tally,
    /// Attempts in each second that has any.
    seconds: BTreeMap<i64, u32>,
}

/// What one of these checks found.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceFinding {
    pub id: &'static str,
    pub tally: Tally,
    /// Field, source, its rows.
    pub sources: Vec<(&'static str, String, Tally)>,
    /// What the filter asks for beside the source.
    pub also: &'static str,
    /// The filter where there are too many sources.
    pub fallback: &'static str,
}

impl Sources {
    /// The checks, evaluated on the store's dictionaries.
    pub fn new(selection: Selection<'_>, view: &View<'_>) -> Self {
        let texts = |id: &str, field| check(id).map_or_else(Vec::new, |c| texts_matching(selection, c, field));
        Self {
            is_login_path: texts("http.brute_force", Field::UrlPath),
            is_login_query: texts("http.brute_force", Field::UrlQuery),
            is_door: texts("web.login_only", Field::UrlPath),
            is_post: matching(selection, Field::HttpRequestMethod, |method| method.eq_ignore_ascii_case("post")),
            totals: vec![0; view.sources.len()],
            suspects: CodeMap::default(),
            paths: CodeMap::default(),
            levels: [0; 6],
        }
    }

    /// The columns to decode.
    pub fn columns(out: &mut Vec<Column>) {
        let texts = [Field::UrlPath, Field::UrlQuery, Field::HttpRequestMethod];
        out.extend(texts.map(|field| Column::Text(field.into())));
        out.push(Column::Number(Field::HttpResponseStatusCode.into()));
    }

    /// Counts a shard's rows; `levels` is the worst finding of each.
    pub fn count(&mut self, shard: &Shard, rows: &RowSet, view: &View<'_>, levels: &[u8]) {
        let columns = Columns::of(view);
        rows.for_each(|row| {
            let level = levels.get(row).copied().unwrap_or(0);
            let source = at(columns.sources, row);
            let status = columns.statuses.get(row).copied().unwrap_or(NULL_NUMBER);
            let signs = if source == 0 { 0 } else { self.signs(&columns, row, status) };
            if source > 0 && (status != NULL_NUMBER || at(columns.paths, row) > 0) {
                self.totals.get_mut(source as usize).into_iter().for_each(|total| *total += 1);
            }
            if signs == 0 {
                self.levels.get_mut(usize::from(level)).into_iter().for_each(|rows| *rows += 1);
                return;
            }
            let time = view.time(row);
            let suspect = self.suspects.entry(source).or_default();
            *suspect.rows.entry((level, signs)).or_default() += 1;
            suspect.add(signs, shard, row, time);
            let path = at(columns.paths, row);
            if signs & sign::ERROR > 0 && path > 0 {
                let paths = self.paths.entry(source).or_default();
                if paths.len() < SCANNER_PATHS {
                    paths.insert(path);
                }
            }
        });
    }

    fn signs(&self, columns: &Columns<'_>, row: usize, status: i64) -> u8 {
        let marked = |marks: &[bool], codes: &[u32]| marks.get(at(codes, row) as usize).copied().unwrap_or(false);
        let is_door = marked(&self.is_door, columns.paths);
        let is_attempt = marked(&self.is_post, columns.methods)
            && (marked(&self.is_login_path, columns.paths) || marked(&self.is_login_query, columns.queries));
        let login = match status {
            401 => sign::REFUSED,
            400 | 403 | 422 | 429 if is_attempt => sign::REFUSED,
            200 if is_attempt => sign::SHOWN,
            302 | 303 if is_attempt => sign::REDIRECTED,
            _ => 0,
        };
        let error = if (400..500).contains(&status) { sign::ERROR } else { 0 };
        login | error | if is_door { sign::DOOR } else { 0 }
    }

    /// What was found in the store.
    pub fn found(self, selection: Selection<'_>, view: &View<'_>) -> SourcesFound {
        let mut found = SourcesFound { levels: self.levels, ..SourcesFound::default() };
        let place = |code: u32| {
            let (name, text) = view.sources.get(code)?;
            let field = SOURCE_FIELDS.iter().position(|&field| name.ecs() == Some(field))?;
            Some((field, text))
        };
        for (field, totals) in found.totals.iter_mut().enumerate() {
            let of_field = self.totals.iter().enumerate().filter_map(|(code, &total)| {
                let (_, text) = place(code as u32).filter(|&(own, _)| total > 0 && own == field)?;
                Some((code as u32, hash_text(text), text))
            });
            let (names, order) = Keys::of_codes(of_field);
            totals.rows = order.iter().filter_map(|&code| self.totals.get(code as usize).copied()).collect();
            totals.names = names;
        }
        let state = FixedState::with_seed(0);
        for (code, mut suspect) in self.suspects {
            let paths = self.paths.get(&code).into_iter().flatten();
            if let Some(dictionary) = selection.dictionary(&Field::UrlPath.into()) {
                suspect.paths = paths.map(|&path| state.hash_one(dictionary.get(path))).collect();
            }
            if let Some((field, text)) = place(code) {
                found.suspects.insert((field as u8, text.to_owned()), suspect);
            }
        }
        found
    }
}

/// The columns of the shard in view.
struct Columns<'a> {
    sources: &'a [u32],
    paths: &'a [u32],
    queries: &'a [u32],
    methods: &'a [u32],
    statuses: &'a [i64],
}

impl<'a> Columns<'a> {
    fn of(view: &'a View<'_>) -> Self {
        let codes = |field: Field| view.codes(&Column::Text(field.into()));
        Self {
            sources: view.codes(&Column::Source),
            paths: codes(Field::UrlPath),
            queries: codes(Field::UrlQuery),
            methods: codes(Field::HttpRequestMethod),
            statuses: view.numbers(Field::HttpResponseStatusCode),
        }
    }
}

fn at(codes: &[u32], row: usize) -> u32 {
    codes.get(row).copied().unwrap_or(0)
}

impl Suspect {
    fn add(&mut self, signs: u8, shard: &Shard, row: usize, time: Option<i64>) {
        if signs & sign::ERROR > 0 {
            self.errors.add(shard, row, time);
        }
        if signs & sign::DOOR > 0 {
            self.doors.get_or_insert_default().add(shard, row, time);
        }
        let attempts = match signs & (sign::REFUSED | sign::SHOWN | sign::REDIRECTED) {
            sign::REFUSED => &mut self.logins.get_or_insert_default().refused,
            sign::SHOWN => &mut self.logins.get_or_insert_default().shown,
            sign::REDIRECTED => &mut self.logins.get_or_insert_default().redirected,
            _ => return,
        };
        attempts.tally.add(shard, row, time);
        if let Some(time) = time {
            *attempts.seconds.entry(Micros(time).seconds()).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for (key, count) in other.rows {
            *self.rows.entry(key).or_default() += count;
        }
        self.errors.merge(&other.errors);
        self.paths.extend(other.paths);
        while self.paths.len() > SCANNER_PATHS {
            self.paths.pop_last();
        }
        if let Some(doors) = other.doors {
            self.doors.get_or_insert_default().merge(&doors);
        }
        if let Some(logins) = other.logins {
            let own = self.logins.get_or_insert_default();
            own.refused.merge(&logins.refused);
            own.shown.merge(&logins.shown);
            own.redirected.merge(&logins.redirected);
        }
    }

    fn is_scanner(&self, total: u64) -> bool {
        // At least 80 %, in whole numbers.
        total >= SCANNER_REQUESTS && self.errors.count * 5 >= total * 4 && self.paths.len() >= SCANNER_PATHS
    }

    fn is_at_the_door_only(&self, total: u64) -> bool {
        self.doors.as_ref().is_some_and(|doors| doors.count == total)
    }
}

/// Which attempts of a source failed, and which succeeded after that, as signs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Guess {
    failures: u8,
    successes: u8,
}

impl Logins {
    fn of(&self, sign: u8) -> &Attempts {
        match sign {
            sign::REFUSED => &self.refused,
            sign::SHOWN => &self.shown,
            _ => &self.redirected,
        }
    }

    /// The attempts of these signs together.
    fn all(&self, signs: u8) -> Attempts {
        let mut all = Attempts::default();
        for sign in [sign::REFUSED, sign::SHOWN, sign::REDIRECTED] {
            if signs & sign > 0 {
                all.merge(self.of(sign));
            }
        }
        all
    }

    /// **Null**: none where there is no reason to think of guessing.
    fn guess(&self) -> Option<Guess> {
        let (failures, answers) = if self.refused.tally.count >= FAILURES {
            (sign::REFUSED, sign::SHOWN | sign::REDIRECTED)
        } else if self.all(sign::REFUSED | sign::SHOWN).is_often() {
            (sign::REFUSED | sign::SHOWN, sign::REDIRECTED)
        } else if self.all(sign::REFUSED | sign::REDIRECTED).is_often() {
            (sign::REFUSED | sign::REDIRECTED, 0)
        } else {
            return None;
        };
        let (failed, other) = (self.all(failures), self.all(answers));
        let latest = other.seconds.last_key_value().map(|(&second, _)| second);
        let is_after = matches!((failed.second_of(FAILURES), latest), (Some(enough), Some(latest)) if latest >= enough);
        let succeeded = is_after && other.tally.count * RARE <= failed.tally.count;
        Some(Guess { failures, successes: if succeeded { answers } else { 0 } })
    }
}

impl Attempts {
    fn merge(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        for (&second, count) in &other.seconds {
            *self.seconds.entry(second).or_default() += count;
        }
    }

    fn is_often(&self) -> bool {
        self.tally.count >= MANY || self.most_in_a_window() >= FAILURES
    }

    /// The most attempts in any [`WINDOW_SECONDS`].
    fn most_in_a_window(&self) -> u64 {
        let (mut most, mut inside) = (0, 0);
        let mut oldest = self.seconds.iter().peekable();
        for (&second, &count) in &self.seconds {
            inside += u64::from(count);
            while let Some((_, &gone)) = oldest.next_if(|(old, _)| second.saturating_sub(**old) >= WINDOW_SECONDS) {
                inside -= u64::from(gone);
            }
            most = most.max(inside);
        }
        most
    }

    /// The second of the n-th attempt.
    fn second_of(&self, n: u64) -> Option<i64> {
        let mut seen = 0;
        let found = self.seconds.iter().find(|(_, count)| {
            seen += u64::from(**count);
            seen >= n
        });
        found.map(|(&second, _)| second)
    }
}

impl SourcesFound {
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        for (own, other) in self.totals.iter_mut().zip(other.totals) {
            let plan = own.names.merge(other.names);
            merge_values(&plan, &mut own.rows, other.rows, |own, more| *own += more);
        }
        for (key, suspect) in other.suspects {
            self.suspects.entry(key).or_default().merge(suspect);
        }
        for (own, other) in self.levels.iter_mut().zip(other.levels) {
            *own += other;
        }
    }

    /// What was found, and rows by the worst finding of any check: 0 for none, then from informational on.
    pub fn finish(self, tuned: Tuned<'_>) -> (Vec<SourceFinding>, [u64; 6]) {
        let mut findings = [
            SourceFinding {
                id: "http.scanner",
                also: "http.response.status_code >= 400 and http.response.status_code < 500",
                ..SourceFinding::default()
            },
            SourceFinding {
                id: "http.brute_force",
                also: "(http.request.method: \"POST\" or http.response.status_code: 401)",
                ..SourceFinding::default()
            },
            SourceFinding {
                id: "http.brute_force_success",
                also: "http.request.method: \"POST\"",
                ..SourceFinding::default()
            },
            SourceFinding {
                id: "web.login_only",
                fallback: "url.path: (*/wp-login.php or */xmlrpc.php)",
                ..SourceFinding::default()
            },
        ];
        let mut levels = self.levels;
        for (key, suspect) in &self.suspects {
            let verdicts = suspect.verdicts(self.total(key));
            let field = SOURCE_FIELDS.get(usize::from(key.0)).map_or("", |field| field.name());
            for (finding, verdict) in findings.iter_mut().zip(&verdicts) {
                if let Some((_, tally)) = verdict {
                    finding.tally.merge(tally);
                    finding.sources.push((field, key.1.clone(), tally.clone()));
                }
            }
            let severities =
                findings.each_ref().map(|finding| check(finding.id).map_or(0, |c| tuned.level(c.id, c.severity)));
            for (&(known, signs), &count) in &suspect.rows {
                let worst = verdicts.iter().zip(severities).filter_map(|(verdict, severity)| {
                    verdict.as_ref().is_some_and(|(wanted, _)| signs & wanted > 0).then_some(severity)
                });
                let worst = worst.max().unwrap_or(0).max(known);
                levels.get_mut(usize::from(worst)).into_iter().for_each(|rows| *rows += count);
            }
        }
        (findings.into_iter().filter(|finding| finding.tally.count > 0).collect(), levels)
    }

    fn total(&self, (field, source): &(u8, String)) -> u64 {
        let totals = self.totals.get(usize::from(*field));
        totals.and_then(|totals| totals.rows.get(totals.names.find(source)?)).copied().unwrap_or(0)
    }
}

impl Suspect {
    /// For each check of this file, in the order of `finish`: the signs of its rows, and the rows.
    fn verdicts(&self, total: u64) -> [Option<(u8, Tally)>; 4] {
        let guess = self.logins.as_ref().and_then(|logins| Some((logins, logins.guess()?)));
        let rows = |pick: fn(&Guess) -> u8| {
            let (logins, guess) = guess.as_ref()?;
            let signs = pick(guess);
            (signs > 0).then(|| (signs, logins.all(signs).tally)).filter(|(_, tally)| tally.count > 0)
        };
        [
            self.is_scanner(total).then(|| (sign::ERROR, self.errors.clone())),
            rows(|guess| guess.failures),
            rows(|guess| guess.successes),
            self.doors.as_deref().filter(|_| self.is_at_the_door_only(total)).map(|doors| (sign::DOOR, doors.clone())),
        ]
    }
}

/// A severity as a number: 0 is no finding.
pub(super) fn level(severity: crate::report::types::Severity) -> u8 {
    severity as u8 + 1
}
