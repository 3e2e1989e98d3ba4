//! The report without its models: the profile and the checks, merged, with raw lines as evidence.

use serde::{Deserialize, Serialize};

use crate::enrich::ports;
use crate::profile::{self, ProfileContext, ProfilePartial};
use crate::query::Filter;
use crate::report::text::tell;
use crate::report::{Case, Finding, Input, LookupResult, Network, Report, RowCounts, SCHEMA, Tool};
use crate::rules::sigma::ir::Rule;
use crate::rules::{self, Checked, Found, FoundCase, RulesPartial};
use crate::settings::Settings;
use crate::table::{Partial, Position, Selection};
use crate::units::Micros;
use crate::units::clock::{Clock, Times};

use super::{Files, evidence_at};

/// A worker's part of the report, or of one of its chapters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverviewPart {
    filtered: u64,
    profile: Option<ProfilePartial>,
    rules: Option<RulesPartial>,
}

/// The part of the selected rows.
pub fn part(selection: Selection<'_>, settings: &Settings, inputs: &[Input], rules: (&[Rule], Clock)) -> OverviewPart {
    OverviewPart { rules: checks(selection, settings, inputs, rules).rules, ..panels(selection, settings, inputs) }
}

/// The part of what is counted.
pub fn panels(selection: Selection<'_>, settings: &Settings, inputs: &[Input]) -> OverviewPart {
    let context = ProfileContext { range: range_of(settings, inputs), ..ProfileContext::default() };
    OverviewPart { filtered: selection.n_rows() as u64, profile: Some(profile::run(selection, &context)), rules: None }
}

/// The part of what the checks say.
pub fn checks(
    selection: Selection<'_>,
    settings: &Settings,
    inputs: &[Input],
    rules: (&[Rule], Clock),
) -> OverviewPart {
    let folders: Vec<String> = inputs.iter().map(|input| input.folder.clone()).collect();
    OverviewPart {
        filtered: selection.n_rows() as u64,
        profile: None,
        rules: Some(rules::run_timed(selection, settings, &folders, rules)),
    }
}

/// From the earliest to the latest time of all files, within what the filter says about times.
fn range_of(settings: &Settings, inputs: &[Input]) -> Option<(Micros, Micros)> {
    let times = |of: fn(&Input) -> &Option<String>| {
        inputs.iter().filter_map(move |input| Micros::from_iso(of(input).as_deref()?))
    };
    let (mut first, mut last) = (times(|i| &i.first).min()?, times(|i| &i.last).max()?);
    if let Ok(filter) = Filter::parse(&settings.filter) {
        let (from, to) = filter.time_range();
        first = from.map_or(first, |from| first.max(from));
        last = to.map_or(last, |to| last.min(to));
    }
    (first <= last).then_some((first, last))
}

impl OverviewPart {
    /// Takes another worker's part in.
    pub fn merge(&mut self, other: Self) {
        self.filtered += other.filtered;
        if let (Some(profile), Some(other)) = (&mut self.profile, other.profile) {
            profile.merge(other);
        }
        if let (Some(rules), Some(other)) = (&mut self.rules, other.rules) {
            rules.merge(other);
        }
    }

    /// What checks took. **Null**: none where nobody measured.
    pub fn times(&self) -> Option<&Times> {
        self.rules.as_ref().map(RulesPartial::times).filter(|times| !times.is_empty())
    }
}

/// The report of the merged parts, with its words; a chapter's is empty beside that chapter.
pub fn finish(
    part: OverviewPart,
    (settings, rules): (&Settings, &[Rule]),
    inputs: &[Input],
    files: &dyn Files,
) -> Report {
    let is_whole = part.profile.is_some() && part.rules.is_some();
    let profile = part.profile.map(ProfilePartial::finish).unwrap_or_default();
    let checked = part.rules.map(|part| part.finish_with(rules, settings)).unwrap_or_default();
    let (findings, lookups, cases) = with_evidence(&checked, files);
    let total = inputs.iter().map(|input| input.accepted).sum();
    let mut network = profile.network;
    name_ports(&mut network);
    let mut report = Report {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "logloupe".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            build: option_env!("LOGLOUPE_BUILD").map(Into::into),
        },
        settings: settings.clone(),
        rows: RowCounts { filtered: part.filtered, total },
        inputs: inputs.to_vec(),
        quality: profile.quality,
        traffic: profile.traffic,
        visitors: profile.visitors,
        network,
        lookups,
        user_agent_prefixes: checked.user_agent_prefixes,
        findings,
        flagged_rows: checked.flagged_rows,
        rules: checked.rules,
        cases,
        case_counts: checked.case_counts,
        techniques: checked.techniques,
        left_out: checked.left_out,
        ..Report::default()
    };
    // A case has all of its story; words that panels and checks need each other for are for whoever puts them together.
    if is_whole {
        report.retell();
    } else {
        report.cases.iter_mut().for_each(tell);
    }
    report
}

fn name_ports(network: &mut Network) {
    for port in &mut network.ports {
        if let Some(name) = ports::port_of(port.port, "tcp") {
            port.service = (!name.service.is_empty()).then(|| name.service.to_owned());
            port.meaning = (!name.meaning.is_empty()).then(|| name.meaning.to_owned());
            port.standard = name.standard;
        }
    }
}

/// Findings, look-ups and cases with the lines that prove them.
fn with_evidence(checked: &Checked, files: &dyn Files) -> (Vec<Finding>, Vec<LookupResult>, Vec<Case>) {
    let of_findings = checked.findings.iter().flat_map(|found| &found.evidence);
    let of_lookups = checked.lookups.iter().flat_map(|(_, evidence)| evidence);
    let of_cases = checked.cases.iter().flat_map(|found| found.places.iter().flatten());
    let places: Vec<Position> = of_findings.chain(of_lookups).chain(of_cases).copied().collect();
    let mut evidence = evidence_at(files, &places).into_iter();
    let findings = checked.findings.iter().map(|Found { finding, evidence: places }| {
        let evidence = evidence.by_ref().take(places.len()).collect();
        Finding { evidence, ..finding.clone() }
    });
    let findings = findings.collect();
    let lookups = checked.lookups.iter().map(|(lookup, places)| {
        let evidence = evidence.by_ref().take(places.len()).collect();
        LookupResult { evidence, ..lookup.clone() }
    });
    let lookups = lookups.collect();
    let cases = checked.cases.iter().map(|FoundCase { case, places }| {
        let mut case = case.clone();
        for (moment, place) in case.moments.iter_mut().zip(places) {
            moment.evidence = place.and_then(|_| evidence.next());
        }
        case
    });
    (findings, lookups, cases.collect())
}
