//! Cases: hits of checks, put together by who did it and when, so that thousands of them read as a few stories.
//!
//! ```text
//! row of a check ─► hits (source, check, five minutes) ─► merged ─► paths of sources, cut where they pause
//! findings about all rows of a source ──────────────────────────────┘        │
//!                                                     sources that act alike ─┴► cases ─► report::text says them
//! ```
//!
//! How far an attack has come (reconnaissance, probing, exploitation, access, …) is what the techniques of its checks say
//! (`attack`). Whether it succeeded is asked of the answers (`success`). Checks that say nothing of an attack, and those
//! that are informational, make no case; what is rare or new joins one that a source has anyway. Everything merges exactly; what is decided is decided at the end.

mod attack;
mod build;
mod group;
mod hits;
mod success;
mod usual;

pub(super) use attack::techniques;
pub(super) use hits::{Columns, Hits, HitsFound};

use std::collections::BTreeMap;

use crate::report::types::{CASES, Case, CaseCounts, Finding, Severity, Stage};
use crate::table::Position;
use crate::units::order;

use super::tally::Tally;
use hits::Hit;

/// What a check found of one source that looks at all its rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Whole {
    /// The finding's id.
    pub check: String,
    /// The column and the text of the source.
    pub source: (String, String),
    /// The rows.
    pub tally: Tally,
}

/// A case, and where its moments are.
#[derive(Clone, Debug, Default)]
pub struct FoundCase {
    /// The case; its moments have no lines until somebody reads them.
    pub case: Case,
    /// Where the lines are. **Shape**: as many as there are moments.
    pub places: Vec<Option<Position>>,
}

/// A check that takes part in cases.
struct Part<'a> {
    finding: &'a Finding,
    stage: Stage,
}

/// What a check found of a source at a time.
struct Act {
    /// The check's place among the parts.
    part: usize,
    /// Spans since 1970; none for what looks at all rows.
    span: Option<i64>,
    hit: Hit,
}

/// What one source did without a long pause.
struct Path {
    source: (String, String),
    /// **Order**: by time, then by check.
    acts: Vec<Act>,
    first: Option<i64>,
    last: Option<i64>,
}

impl HitsFound {
    /// The cases, the worst first, and how many there are in all.
    pub fn finish(self, findings: &[&Finding], wholes: Vec<Whole>, quiet_hours: u32) -> (Vec<FoundCase>, CaseCounts) {
        let parts: Vec<Part<'_>> = findings
            .iter()
            .filter(|finding| finding.severity > Severity::Informational || is_joining(finding))
            .filter_map(|finding| Some(Part { finding, stage: attack::stage_of(finding)? }))
            .collect();
        let places: BTreeMap<&str, usize> =
            parts.iter().enumerate().map(|(at, part)| (part.finding.id.as_str(), at)).collect();
        let mut counts = CaseCounts { is_sample: self.is_sample, ..CaseCounts::default() };
        let quiet = i64::from(quiet_hours.max(1)) * 3_600_000_000;

        let mut by_source: BTreeMap<(String, String), Vec<Act>> = BTreeMap::new();
        for (key, hit) in self.hits {
            if let Some(&part) = places.get(key.check.as_str()) {
                let span = (key.span > i64::MIN).then_some(key.span);
                by_source.entry(key.source).or_default().push(Act { part, span, hit });
            }
        }
        for whole in wholes {
            if let Some(&part) = places.get(whole.check.as_str()) {
                let hit = Hit::of(&whole.tally, &whole.check);
                by_source.entry(whole.source).or_default().push(Act { part, span: None, hit });
            }
        }
        let is_case = |act: &Act| parts.get(act.part).is_some_and(|part| !is_joining(part.finding));
        by_source.retain(|_, acts| acts.iter().any(is_case));
        let paths: Vec<Path> =
            by_source.into_iter().flat_map(|(source, acts)| group::paths(&source, acts, quiet)).collect();
        let answers = success::Answers::new(&paths, &parts, self.usual);
        let mut cases: Vec<FoundCase> = group::alike(paths, &parts, &answers, quiet)
            .iter()
            .map(|paths| build::case(paths, &parts, &answers))
            .collect();
        let came = |case: &Case| case.stages.last().map(|stage| stage.stage);
        order::sort_by(&mut cases, |a, b| {
            let (a, b) = (&a.case, &b.case);
            let worse = b.severity.cmp(&a.severity).then(b.success.cmp(&a.success));
            worse.then(came(b).cmp(&came(a))).then(b.hits.cmp(&a.hits)).then_with(|| a.id.cmp(&b.id))
        });
        counts.cases = cases.len() as u64;
        counts.hits = cases.iter().map(|found| found.case.hits).sum();
        counts.sources = cases.iter().map(|found| found.case.n_sources).sum();
        cases.truncate(CASES);
        (cases, counts)
    }
}

/// Whether a finding is no case by itself and belongs to one that its source has.
fn is_joining(finding: &Finding) -> bool {
    finding.id.starts_with("value.") && finding.severity == Severity::Informational
}
