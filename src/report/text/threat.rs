//! How worried to be, and why: the worst case or finding, weighed by what came of it and how sure it is.
//!
//! | case | level |
//! |---|---|
//! | success is likely | that of its severity, high at least |
//! | success is possible, at three different checks of medium severity or above | high |
//! | success is possible, or something inside takes orders or sends data out | that of its severity, less for a guess |
//! | nothing points to success, somebody tried to break in | medium at most |
//! | nothing points to success, doors were only tried | low: every machine on the Internet sees that |
//!
//! A finding that is in no case counts one level less where it is rather a guess (confidence below one half), or a single
//! row of a check that is not sure. Medium findings of that kind count as high together, where three different checks at
//! least point at the same source, or where a tenth of at least 100 rows are in findings of that level. Logs that are all
//! flagged by another tool are not worse for it.

use std::collections::BTreeMap;

use crate::report::types::{Case, Finding, Report, Severity, Stage, Success, Threat, ThreatLevel};
use crate::units::order;

use super::words::{self, count, counted, part, rows};

/// Reasons beyond which nobody reads.
const MAX_REASONS: usize = 6;
/// Findings that are named.
const NAMED: usize = 3;
/// Checks that point at one source, from which it is no accident.
const CHECKS_OF_A_SOURCE: usize = 3;
/// Percent of the rows from which one address dominates.
const DOMINATES: u64 = 20;

/// The threat level with its reasons, the most weighty first.
pub fn threat(report: &Report) -> Threat {
    let mut cases: Vec<(Severity, &Case)> = report.cases.iter().map(|case| (weigh_case(case), case)).collect();
    order::sort_by(&mut cases, |a, b| b.0.cmp(&a.0).then(b.1.success.cmp(&a.1.success)).then(b.1.hits.cmp(&a.1.hits)));
    let alone = report.findings.iter().filter(|finding| !is_in_a_case(report, &finding.id));
    let mut weighed: Vec<(Severity, &Finding)> = alone.map(|finding| (weigh(finding), finding)).collect();
    order::sort_by(&mut weighed, |a, b| {
        b.0.cmp(&a.0).then(b.1.severity.cmp(&a.1.severity)).then(b.1.count.cmp(&a.1.count))
    });
    let of_cases = cases.first().map_or(Severity::Informational, |(severity, _)| *severity);
    let mut of_findings = weighed.first().map_or(Severity::Informational, |(severity, _)| *severity);

    let mut said: Vec<(Severity, String)> = cases.iter().map(|(severity, case)| (*severity, of_case(case))).collect();
    let is_said = |severity: Severity| severity > Severity::Informational || of_findings == Severity::Informational;
    said.extend(weighed.iter().filter(|(severity, _)| is_said(*severity)).map(|(severity, f)| (*severity, named(f))));
    order::sort_by(&mut said, |a, b| b.0.cmp(&a.0));
    let mut reasons: Vec<String> = said.into_iter().take(NAMED).map(|(_, reason)| reason).collect();
    if of_findings == Severity::Medium
        && let Some(reason) = together(report, &weighed)
    {
        of_findings = Severity::High;
        reasons.insert(0, reason);
    }
    if reasons.is_empty() {
        reasons.push(nothing_found(report));
    }
    reasons.extend(circumstances(report));
    reasons.truncate(MAX_REASONS);
    Threat { level: ThreatLevel::from(of_cases.max(of_findings)), reasons }
}

/// Whether a case speaks for a finding.
pub fn is_in_a_case(report: &Report, finding: &str) -> bool {
    report.cases.iter().any(|case| case.checks.iter().any(|check| check.id == finding))
}

fn weigh_case(case: &Case) -> Severity {
    let serious = case.checks.iter().filter(|check| check.severity >= Severity::Medium).count();
    let has = |wanted: fn(Stage) -> bool| case.stages.iter().any(|stage| wanted(stage.stage));
    let is_inside = has(|stage| matches!(stage, Stage::Access | Stage::CommandAndControl | Stage::Exfiltration));
    let tried = has(|stage| matches!(stage, Stage::Exploitation | Stage::Access));
    match case.success {
        Success::Likely => case.severity.max(Severity::High),
        Success::Possible if serious >= CHECKS_OF_A_SOURCE => case.severity.max(Severity::High),
        Success::Possible => weighed(case.severity, case.confidence, case.hits),
        Success::None if is_inside => weighed(case.severity, case.confidence, case.hits),
        Success::None if tried => case.severity.min(Severity::Medium),
        Success::None => case.severity.min(Severity::Low),
    }
}

/// `192.0.2.7 probably got in: 364 hits in 8 checks (high).`
fn of_case(case: &Case) -> String {
    let checks = counted(case.checks.len() as u64, "check", "checks");
    let hits = counted(case.hits, "hit", "hits");
    let outcome = match case.success {
        Success::None => "nothing points to success".to_owned(),
        success => format!("success is {}", success.as_str()),
    };
    format!("{}: {hits} in {checks}, {outcome} ({}).", case.title, case.severity.as_str())
}

fn weigh(finding: &Finding) -> Severity {
    weighed(finding.severity, finding.confidence, finding.count)
}

/// One level less for a guess.
fn weighed(severity: Severity, confidence: f64, rows: u64) -> Severity {
    let is_guess = confidence < 0.5 || (rows == 1 && confidence < 0.7);
    match (severity, is_guess) {
        (severity, false) => severity,
        (Severity::Critical, true) => Severity::High,
        (Severity::High, true) => Severity::Medium,
        (Severity::Medium, true) => Severity::Low,
        (Severity::Low | Severity::Informational, true) => Severity::Informational,
    }
}

/// `A banned host was asked for: 12 rows, from 10.0.0.1 and 3 other sources (high).`
fn named(finding: &Finding) -> String {
    let from = from_whom(finding).map_or_else(String::new, |from| format!(", {from}"));
    format!("{}: {}{from} ({}).", finding.title, rows(finding.count), finding.severity.as_str())
}

/// `from 10.0.0.1 and 3 other sources`. **Null**: none where no source is known.
pub fn from_whom(finding: &Finding) -> Option<String> {
    let mut sources = finding.entities.iter().filter(|entity| is_source(&entity.field));
    let first = words::value(&sources.next()?.value);
    Some(match sources.count() {
        0 => format!("from {first}"),
        1 => format!("from {first} and 1 other source"),
        others => format!("from {first} and {} other sources", count(others as u64)),
    })
}

fn is_source(field: &str) -> bool {
    matches!(field, "source.ip" | "source.domain")
}

/// Why medium findings weigh more together than each alone.
fn together(report: &Report, weighed: &[(Severity, &Finding)]) -> Option<String> {
    let medium = || weighed.iter().filter(|(severity, _)| *severity >= Severity::Medium);
    let mut checks: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, finding) in medium() {
        for entity in finding.entities.iter().filter(|entity| is_source(&entity.field)) {
            *checks.entry(&entity.value).or_default() += 1;
        }
    }
    // Of sources with as many checks, the first by text.
    let most = checks.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
    if let Some((source, number)) = most.filter(|(_, number)| *number >= CHECKS_OF_A_SOURCE) {
        return Some(format!(
            "{number} different checks of at least medium severity point at {}.",
            words::value(source)
        ));
    }
    let (flagged, all) = (report.flagged_rows.medium, report.rows.filtered);
    (all >= 100 && flagged * 10 >= all).then(|| {
        format!("{} are in findings of medium severity or above.", words::capital(&part(flagged, all, "rows")))
    })
}

fn nothing_found(report: &Report) -> String {
    match report.rules.applied.len() as u64 {
        0 => "No check could run on these rows.".to_owned(),
        1 => "The one check that could run found nothing.".to_owned(),
        applied => format!("None of the {} checks that could run found anything.", count(applied)),
    }
}

/// What else bears on it: who dominates, who is asked, from which countries.
fn circumstances(report: &Report) -> Vec<String> {
    let rows_in_all = report.rows.filtered;
    let mut reasons = Vec::new();
    let sources = &report.network.sources;
    if let Some(top) = sources.values.first()
        && sources.rows > 0
        && (sources.distinct == 1 || top.count * 100 >= sources.rows * DOMINATES)
    {
        let address = words::value(top.value.as_deref().unwrap_or("no address"));
        reasons.push(if sources.distinct == 1 {
            format!("All {} come from one address, {address}.", rows(sources.rows))
        } else {
            format!("One address dominates: {address}, {}.", part(top.count, sources.rows, "rows"))
        });
    }
    let targets = &report.network.destinations;
    if let (1, Some(target)) = (targets.distinct, targets.values.first())
        && targets.rows > 1
    {
        let target = words::value(target.value.as_deref().unwrap_or_default());
        reasons.push(format!("There is one target: all {} go to {target}.", rows(targets.rows)));
    }
    let countries = &report.network.countries;
    if let Some(top) = countries.values.first() {
        let country = words::value(top.value.as_deref().unwrap_or("no country"));
        reasons.push(if countries.distinct == 1 {
            format!("All rows come from one country, {country}, by the log's own word.")
        } else {
            let most = part(top.count, countries.rows, "rows");
            format!(
                "The rows come from {} countries by the log's own word, most often {country} ({most}).",
                countries.distinct
            )
        });
    }
    if let Some(rule) = constant_of(report, "rule.name") {
        reasons.push(format!(
            "All {} were flagged by the same rule of another tool, \"{}\": the level says nothing about other traffic.",
            rows(rows_in_all),
            words::value(rule)
        ));
    }
    reasons
}

/// The one value of a column that every row has.
pub fn constant_of<'a>(report: &'a Report, field: &str) -> Option<&'a str> {
    let column = report.quality.columns.iter().find(|column| column.field == field)?;
    let has_every_row = column.missing == 0 && column.rows == report.quality.rows && report.quality.rows > 1;
    column.constant.as_deref().filter(|_| has_every_row)
}
