//! What shards found, merged, and made into findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::report::types::{
    CaseCounts, Entity, Finding, FlaggedRows, LeftOut, LookupResult, PrefixResult, RuleCounts, RuleState, Severity,
    Technique,
};
use crate::settings::Settings;
use crate::table::{Partial, Position, Selection};
use crate::units::Micros;
use crate::units::clock::Times;
use crate::units::order;

use super::allow::LeftOutFound;
use super::cases::{self, FoundCase, HitsFound, Whole};
use super::catalog::{Check, check, checks};
use super::columns::{Column, View, host_name, text_of};
use super::filter::{Clauses, exact};
use super::hunting::{HuntFinding, HuntFound};
use super::lookups::SearchesFound;
use super::plan::Plan;
use super::sigma::ir::Rule;
use super::sigma::{Rules, SigmaFound};
use super::sources::{SourceFinding, SourcesFound};
use super::tally::Tally;
use super::tuned::Tuned;

/// Values of each column that a finding lists.
const MAX_ENTITIES: usize = 50;

/// What the checks found in some shards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RulesPartial {
    found: BTreeMap<String, CheckFound>,
    /// Columns that checks need and that any row has, selected or not.
    present: BTreeSet<String>,
    /// Checks whose list is empty.
    switched_off: BTreeSet<String>,
    pub(super) searches: SearchesFound,
    pub(super) sources: SourcesFound,
    pub(super) hunt: HuntFound,
    pub(super) sigma: SigmaFound,
    pub(super) hits: HitsFound,
    pub(super) left_out: LeftOutFound,
    /// What checks took, where it was measured.
    times: Times,
}

/// What one check found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CheckFound {
    pub tally: Tally,
    /// Rows by column and value.
    entities: BTreeMap<String, BTreeMap<String, u64>>,
    pub filter: Clauses,
}

/// What the checks found in all.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// **Order**: most severe first, then by count, then by id.
    pub findings: Vec<Found>,
    /// Look-ups with the first rows that prove them, in the order of the settings.
    pub lookups: Vec<(LookupResult, Vec<Position>)>,
    /// User-agent beginnings, in the order of the settings.
    pub user_agent_prefixes: Vec<PrefixResult>,
    /// Rows by the worst finding that they are in.
    pub flagged_rows: FlaggedRows,
    /// Which checks could run.
    pub rules: RuleCounts,
    /// What the findings come to, the worst first.
    pub cases: Vec<FoundCase>,
    /// How many cases there are in all.
    pub case_counts: CaseCounts,
    /// The techniques of ATT&CK that findings name.
    pub techniques: Vec<Technique>,
    /// Rows that no check saw.
    pub left_out: LeftOut,
}

/// A finding and where its evidence is.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The finding; its `evidence` is empty until somebody reads the lines.
    pub finding: Finding,
    /// The first rows by file and byte.
    pub evidence: Vec<Position>,
}

impl RulesPartial {
    pub(super) fn new(selection: Selection<'_>, switched_off: Vec<&str>) -> Self {
        let has = |name: &&crate::schema::FieldName| {
            selection.store.shards.iter().any(|shard| shard.table.column(name).is_some())
        };
        let needed = checks().iter().flat_map(|check| check.needs.iter().flatten());
        Self {
            present: needed.filter(has).map(ToString::to_string).collect(),
            switched_off: switched_off.into_iter().map(String::from).collect(),
            ..Self::default()
        }
    }

    /// Takes in what a check found in a store.
    pub(super) fn add(&mut self, plan: &Plan, selection: Selection<'_>, view: &View<'_>) {
        if plan.tally.count == 0 {
            return;
        }
        let found = self.found.entry(plan.check.id.to_owned()).or_default();
        found.tally.merge(&plan.tally);
        found.filter.set(&plan.fallback, &plan.also);
        for counts in &plan.counts {
            if counts.is_entity {
                for (&value, &rows) in &counts.rows {
                    found.add_entity(text_of(selection, view, &counts.column, value), &counts.column, rows);
                }
            }
            for value in plan.shown_values(counts) {
                if let Some((field, text)) = text_of(selection, view, &counts.column, value) {
                    for (field, value) in (plan.show)(&field, &text) {
                        found.filter.add(&field, value);
                    }
                }
            }
        }
        if let Some((a, b)) = &plan.pair {
            for &(x, y) in &plan.pairs {
                if let (Some(x), Some(y)) = (text_of(selection, view, a, x), text_of(selection, view, b, y)) {
                    let clause = format!("({}: {} and {}: {})", x.0, exact(&x.1), y.0, exact(&y.1));
                    found.filter.add("", clause);
                }
            }
        }
    }
}

impl CheckFound {
    /// Counts rows for a value that takes part.
    pub fn add_entity(&mut self, value: Option<(String, String)>, column: &Column, rows: u64) {
        if let Some((field, text)) = value {
            let text = if *column == Column::Host { host_name(&text).into_owned() } else { text };
            *self.entities.entry(field).or_default().entry(text).or_default() += rows;
        }
    }

    /// Takes the other's rows in.
    pub fn merge(&mut self, other: Self) {
        self.tally.merge(&other.tally);
        self.filter.merge(other.filter);
        for (field, values) in other.entities {
            let own = self.entities.entry(field).or_default();
            for (value, rows) in values {
                *own.entry(value).or_default() += rows;
            }
        }
    }

    /// The rows, the most frequent values of each column, and the filter.
    pub fn split(self) -> (Tally, Vec<Entity>, String) {
        let mut entities: Vec<Entity> = Vec::new();
        for (field, values) in self.entities {
            let entity = |(value, count)| Entity { field: field.clone(), value, count };
            let mut of_field: Vec<Entity> = values.into_iter().map(entity).collect();
            order::sort_by(&mut of_field, by_count);
            of_field.truncate(MAX_ENTITIES);
            entities.extend(of_field);
        }
        order::sort_by(&mut entities, by_count);
        (self.tally, entities, self.filter.text())
    }

    fn finish(self, check: &Check) -> Found {
        let (tally, entities, filter) = self.split();
        found(check, tally, entities, filter)
    }
}

impl Partial for RulesPartial {
    type Output = Checked;

    fn merge(&mut self, other: Self) {
        for (id, found) in other.found {
            self.found.entry(id).or_default().merge(found);
        }
        self.present.extend(other.present);
        self.switched_off.extend(other.switched_off);
        self.searches.merge(other.searches);
        self.sources.merge(other.sources);
        self.hunt.merge(other.hunt);
        self.sigma.merge(other.sigma);
        self.hits.merge(other.hits);
        self.left_out.merge(other.left_out);
        self.add_times(other.times);
    }

    fn finish(self) -> Checked {
        self.finish_with(&[], &Settings::default())
    }
}

impl RulesPartial {
    /// Adds what was measured.
    pub(super) fn add_times(&mut self, times: Times) {
        times.into_iter().for_each(|(what, spent)| *self.times.entry(what).or_default() += spent);
    }

    /// What checks took in all, by their id or by what they share; empty where nobody measured.
    pub fn times(&self) -> &Times {
        &self.times
    }

    /// What the checks and these rules found in all; rules and settings are those that the parts were made with.
    pub fn finish_with(self, rules: &[Rule], settings: &Settings) -> Checked {
        let tuned = Tuned(settings);
        let (of_sources, levels) = self.sources.finish(tuned);
        let (lookups, user_agent_prefixes) = self.searches.finish();
        let hunted = self.hunt.finish();
        let mut wholes = wholes_of_sources(&of_sources);
        wholes.extend(hunted.iter().flat_map(wholes_of_hunt));
        let rows = self.found.into_iter().filter_map(|(id, found)| Some(found.finish(check(&id)?)));
        let mut findings: Vec<Found> = rows.chain(of_sources.into_iter().filter_map(source_finding)).collect();
        findings.extend(hunted.into_iter().filter_map(hunt_finding));
        let mut counts = rule_counts(&findings, &self.present, &self.switched_off);
        findings.extend(self.sigma.finish(Rules::with(rules), &mut counts, &mut wholes));
        let mut left_out = self.left_out.finish(settings);
        left_out.mistakes.extend(tuned.apply(&mut findings, &mut counts));
        order::sort_by(&mut findings, |a, b| {
            let (a, b) = (&a.finding, &b.finding);
            b.severity.cmp(&a.severity).then(b.count.cmp(&a.count)).then_with(|| a.id.cmp(&b.id))
        });
        let found: Vec<&Finding> = findings.iter().map(|found| &found.finding).collect();
        let (cases, case_counts) = self.hits.finish(&found, wholes, settings.cases.quiet_hours);
        let techniques = cases::techniques(found.into_iter());
        Checked {
            lookups,
            user_agent_prefixes,
            flagged_rows: flagged_rows(levels),
            rules: counts,
            left_out,
            cases,
            case_counts,
            techniques,
            findings,
        }
    }
}

/// What these checks found of each source.
fn wholes_of_sources(findings: &[SourceFinding]) -> Vec<Whole> {
    let of_finding = |finding: &SourceFinding| {
        let id = finding.id;
        let whole = move |(field, value, tally): &(&'static str, String, Tally)| Whole {
            check: id.to_owned(),
            source: ((*field).to_owned(), value.clone()),
            tally: tally.clone(),
        };
        finding.sources.iter().map(whole).collect::<Vec<_>>()
    };
    findings.iter().flat_map(of_finding).collect()
}

/// What a detector found of each subject that is a source.
fn wholes_of_hunt(finding: &HuntFinding) -> Vec<Whole> {
    let whole = |(source, tally): &((String, String), Tally)| Whole {
        check: finding.id.to_owned(),
        source: source.clone(),
        tally: tally.clone(),
    };
    finding.sources.iter().map(whole).collect()
}

fn source_finding(finding: SourceFinding) -> Option<Found> {
    let mut filter = Clauses::default();
    filter.set(finding.fallback, finding.also);
    let mut entities: Vec<Entity> = Vec::new();
    for (field, value, tally) in finding.sources {
        filter.add(field, exact(&value));
        entities.push(Entity { field: field.to_owned(), value, count: tally.count });
    }
    order::sort_by(&mut entities, by_count);
    entities.truncate(MAX_ENTITIES);
    Some(found(check(finding.id)?, finding.tally, entities, filter.text()))
}

/// The finding says the weightiest of what was found after why it matters.
fn hunt_finding(hunted: HuntFinding) -> Option<Found> {
    let entity = |((field, value), count)| Entity { field, value, count };
    let mut entities: Vec<Entity> = hunted.entities.into_iter().map(entity).collect();
    order::sort_by(&mut entities, by_count);
    entities.truncate(MAX_ENTITIES);
    let mut found = found(check(hunted.id)?, hunted.tally, entities, hunted.filter.text());
    for sentence in &hunted.sentences {
        found.finding.why.push(' ');
        found.finding.why.push_str(sentence);
    }
    found.finding.charts = hunted.charts;
    Some(found)
}

fn found(check: &Check, tally: Tally, entities: Vec<Entity>, filter: String) -> Found {
    let time = |micros: Option<i64>| micros.map(|time| Micros(time).to_rfc3339());
    let finding = Finding {
        id: check.id.to_owned(),
        title: check.title.to_owned(),
        severity: check.severity,
        confidence: check.confidence,
        count: tally.count,
        first: time(tally.first),
        last: time(tally.last),
        attack: check.attack.iter().map(ToString::to_string).collect(),
        entities,
        why: check.why.clone(),
        next_step: check.next_step.clone(),
        false_positives: check.false_positives.clone(),
        filter,
        evidence: Vec::new(),
        charts: Vec::new(),
    };
    Found { finding, evidence: tally.evidence }
}

fn by_count(a: &Entity, b: &Entity) -> std::cmp::Ordering {
    b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)).then_with(|| a.field.cmp(&b.field))
}

fn flagged_rows(levels: [u64; 6]) -> FlaggedRows {
    let from = |severity: Severity| levels.iter().skip(usize::from(super::sources::level(severity))).sum();
    FlaggedRows {
        informational: from(Severity::Informational),
        low: from(Severity::Low),
        medium: from(Severity::Medium),
        high: from(Severity::High),
        critical: from(Severity::Critical),
    }
}

/// **Order**: as the catalogue has them.
fn rule_counts(findings: &[Found], present: &BTreeSet<String>, off: &BTreeSet<String>) -> RuleCounts {
    let mut counts = RuleCounts::default();
    for check in checks() {
        let state = |note: String| RuleState { id: check.id.to_owned(), title: check.title.to_owned(), note };
        if off.contains(check.id) {
            counts.not_applicable.push(state("its list is empty".to_owned()));
        } else if let Some(lacking) = lacking(check, present) {
            counts.not_applicable.push(state(lacking));
        } else {
            let found = findings.iter().find(|found| found.finding.id == check.id);
            counts.applied.push(state(rows_note(check, found.map_or(0, |found| found.finding.count))));
        }
    }
    counts
}

/// The fields that the check needs and that no row has. **Null**: none where it has all.
fn lacking(check: &Check, present: &BTreeSet<String>) -> Option<String> {
    let missing = check.needs.iter().find(|group| !group.iter().any(|field| present.contains(field.as_str())))?;
    let names: Vec<&str> = missing.iter().map(crate::schema::FieldName::as_str).collect();
    Some(format!("no row has {}", names.join(" or ")))
}

fn rows_note(check: &Check, rows: u64) -> String {
    match (check.id, rows) {
        ("network.nonstandard_port", 0) => {
            "there is none here: every protocol is on a port that is usual for it".to_owned()
        }
        ("network.unlisted_port", 0) => "there is none here: every port has a known use".to_owned(),
        (_, 0) => "there is none here".to_owned(),
        (_, 1) => "1 row".to_owned(),
        (_, rows) => format!("{rows} rows"),
    }
}
