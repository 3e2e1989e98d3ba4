//! Sources that walk a site as crawlers do: page after page, hardly any picture or style sheet, `robots.txt` first or at a
//! steady rate.
//!
//! What a client says it is, is no part of that: one that says so and behaves so is a crawler, one that only behaves so
//! would rather not be known. A log in which nobody fetches pictures or style sheets, as that of an interface for
//! programs, tells nothing. Those who are mostly refused are looking for something else (`http.scanner`).

use crate::enrich::crawler::crawler_of;
use crate::rules::plan::matching;
use crate::rules::tally::Tally;
use crate::schema::Field;
use crate::table::plain::Plain;
use crate::table::{Position, Selection};
use crate::units::hash::hash_text;

use super::network::{clause, texts};
use super::{Rows, Text, Verdict, minutes};

/// Requests below which nobody has walked a site.
const REQUESTS: u32 = 50;
/// Marks of pages that have to be there, which makes about 30 different pages.
const PAGES: u32 = 24;
/// A crawler's requests for each of its assets at least, and requests of all for each of theirs at most.
const ALL_PER_ASSET: u64 = 10;
const OWN_PER_ASSET: u32 = 50;
/// Minutes that a rate needs to be steady.
const MIN_MINUTES: usize = 12;
/// Requests in a minute below which evenness means little.
const MIN_RATE: i64 = 4;

/// What a path or an agent says, and what a source has shown; the other bits are pages, by their hash.
const ROBOTS: u64 = 1 << 63;
const ASSET: u64 = 1 << 62;
const CLAIM: u64 = 1 << 61;
const PAGE_BITS: u64 = 61;

/// Ends of paths that browsers fetch with a page.
const ASSETS: [&str; 14] = [
    ".css", ".js", ".mjs", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".avif", ".woff", ".woff2", ".ttf",
];

/// What a source did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Visit {
    rows: u32,
    assets: u32,
    errors: u32,
    /// Marks.
    seen: u64,
}

impl Visit {
    /// Takes the other's part in.
    pub fn join(&mut self, other: Self) {
        self.rows = self.rows.saturating_add(other.rows);
        self.assets = self.assets.saturating_add(other.assets);
        self.errors = self.errors.saturating_add(other.errors);
        self.seen |= other.seen;
    }
}

impl Plain for Visit {
    const SIZE: usize = 3 * u32::SIZE + u64::SIZE;

    fn write(self, out: &mut Vec<u8>) {
        [self.rows, self.assets, self.errors].into_iter().for_each(|number| number.write(out));
        self.seen.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Self {
        Self { rows: u32::read(bytes), assets: u32::read(bytes), errors: u32::read(bytes), seen: u64::read(bytes) }
    }
}

/// What paths and agents say, by their codes.
#[derive(Debug)]
pub(super) struct Marks {
    paths: Vec<u64>,
    claims: Vec<bool>,
}

impl Marks {
    /// The marks, evaluated on the store's dictionaries.
    pub fn new(selection: Selection<'_>) -> Self {
        Self {
            paths: texts(selection, &Field::UrlPath.into(), mark),
            claims: matching(selection, Field::UserAgentOriginal, says_so),
        }
    }

    /// What a row shows of its source.
    pub fn of(&self, columns: &Rows<'_>, row: usize, status: i64) -> Visit {
        let path = self.paths.get(columns.code(Text::Path, row) as usize).copied().unwrap_or(0);
        let claims = self.claims.get(columns.code(Text::Agent, row) as usize).copied().unwrap_or(false);
        let assets = u32::from(path & ASSET > 0);
        let errors = u32::from(status >= 400);
        Visit { rows: 1, assets, errors, seen: path | if claims { CLAIM } else { 0 } }
    }
}

/// Whether a user agent is that of a known program, calls itself a robot, or says where to ask about it, as browsers never
/// do.
fn says_so(agent: &str) -> bool {
    let lower = agent.to_ascii_lowercase();
    let words = ["bot", "crawl", "spider", "://", "@"];
    crawler_of(agent).is_some() || words.iter().any(|word| lower.contains(word))
}

fn mark(path: &str) -> u64 {
    let bare = path.split(['?', '#']).next().unwrap_or(path);
    let ends = |end: &str| {
        let last = bare.len().checked_sub(end.len()).and_then(|from| bare.get(from..));
        last.is_some_and(|last| last.eq_ignore_ascii_case(end))
    };
    match bare {
        "/robots.txt" => ROBOTS,
        _ if ASSETS.into_iter().any(ends) => ASSET,
        _ => 1 << (hash_text(bare) % PAGE_BITS),
    }
}

/// Whether a log is one of pages for people, with what browsers fetch beside them.
pub(super) fn is_site<'a>(visits: impl Iterator<Item = &'a Visit>) -> bool {
    let (rows, assets) =
        visits.fold((0, 0), |(rows, assets), visit| (rows + u64::from(visit.rows), assets + u64::from(visit.assets)));
    assets * ALL_PER_ASSET >= rows
}

/// What a source shows in its minutes. **Null**: none where it does not walk the site.
pub(super) fn verdict(
    field: &'static str,
    (name, first_row, bytes): (&str, Position, &[u8]),
    visit: Visit,
) -> Option<Verdict> {
    let pages = (visit.seen & ((1 << PAGE_BITS) - 1)).count_ones();
    let walks = visit.rows >= REQUESTS && pages >= PAGES && visit.assets.saturating_mul(OWN_PER_ASSET) <= visit.rows;
    if !walks || visit.errors > visit.rows / 2 {
        return None;
    }
    let minutes: Vec<(i64, u32)> = minutes::read(bytes).collect();
    let (asked, is_steady) = (visit.seen & ROBOTS > 0, is_steady(&minutes));
    let signs = match (asked, is_steady) {
        (true, true) => "it asked for robots.txt and went on at a steady rate",
        (true, false) => "it asked for robots.txt",
        (false, true) => "it went on at a steady rate",
        (false, false) => return None,
    };
    let (&(first, _), &(last, _)) = (minutes.first()?, minutes.last()?);
    let time = |minute: i64| minute.checked_mul(60_000_000);
    let tally = Tally { count: u64::from(visit.rows), first: time(first), last: time(last), evidence: vec![first_row] };
    let sentence = format!(
        "{name}: {} requests in {} minutes, {} of them for pictures, styles and scripts; {signs}.",
        visit.rows,
        minutes.len(),
        visit.assets
    );
    let name = (field.to_owned(), name.to_owned());
    Some(Verdict {
        id: if visit.seen & CLAIM > 0 { "crawler.declared" } else { "crawler.undeclared" },
        weight: f64::from(visit.rows),
        sentence,
        tally,
        clause: clause(&name),
        entities: vec![name],
        ..Verdict::default()
    })
}

/// Whether minutes follow each other evenly, and where they follow without a gap, whether their counts are even.
fn is_steady(minutes: &[(i64, u32)]) -> bool {
    let gaps: Vec<i64> = minutes.windows(2).filter_map(|pair| Some(pair.get(1)?.0 - pair.first()?.0)).collect();
    let counts: Vec<i64> = minutes.iter().map(|&(_, count)| i64::from(count)).collect();
    let is_even = |values: Vec<i64>, middle: i64| {
        let off = values.iter().map(|value| (value - middle).abs()).collect();
        median(off) * 4 <= middle
    };
    let (gap, count) = (median(gaps.clone()), median(counts.clone()));
    minutes.len() >= MIN_MINUTES
        && if gap > 1 { is_even(gaps, gap) } else { count >= MIN_RATE && is_even(counts, count) }
}

/// The middle, the lower of two; 0 without any.
fn median(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_steady_or_it_is_not() {
        let even: Vec<(i64, u32)> = (0..20).map(|n| (n, 10 + n as u32 % 2)).collect();
        let slow: Vec<(i64, u32)> = (0..20).map(|n| (n * 5 + n % 2, 1)).collect();
        let person: Vec<(i64, u32)> = (0..20).map(|n| (n, [1, 7, 3, 19, 2][n as usize % 5])).collect();
        let pauses: Vec<(i64, u32)> = (0..20).map(|n| (n * n, 1)).collect();
        assert_eq!(
            [is_steady(&even), is_steady(&slow), is_steady(&person), is_steady(&pauses)],
            [true, true, false, false]
        );
        assert!(!is_steady(&[]) && !is_steady(&even[..5]));
    }

    #[test]
    fn paths_are_pages_assets_or_robots() {
        for (path, expected) in [("/robots.txt", ROBOTS), ("/a/B.PNG", ASSET), ("/app.js?v=2", ASSET)] {
            assert_eq!(mark(path), expected, "{path}");
        }
        for path in ["/", "/über.html", "é", ""] {
            assert!(mark(path) < CLAIM, "{path}");
        }
    }
}
