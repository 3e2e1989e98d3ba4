//! What to look at first: cases, and findings that are in none, ranked.
//!
//! The score is `severity × (0.5 + confidence / 2) + success + novelty`. Severity is 0, 1, 3, 6 or 10 from informational
//! to critical. Success is 5 where it is likely, 2 where it is possible, and 1 where somebody tried to break in, or came
//! further, and nothing points to it. Novelty is one half for what at most three sources do, and one half for what begins
//! in the last tenth of the log. Informational findings are not in it. Equal scores go by hits, then by id.

use crate::report::types::{Case, Finding, QUEUE, QueueEntry, Report, Severity, Stage, Success};
use crate::units::{Micros, order};

use super::cases::next_step;
use super::threat::is_in_a_case;
use super::words::{counted, rows, share};

/// Sources that make something rare.
const FEW: u64 = 3;

/// What to look at first.
pub fn queue(report: &Report) -> Vec<QueueEntry> {
    let mut queue: Vec<(u64, QueueEntry)> =
        report.cases.iter().map(|case| (case.hits, of_case(report, case))).collect();
    let alone = report.findings.iter().filter(|f| f.severity > Severity::Informational && !is_in_a_case(report, &f.id));
    queue.extend(alone.map(|finding| (finding.count, of_finding(report, finding))));
    order::sort_by(&mut queue, |a, b| {
        b.1.score.total_cmp(&a.1.score).then(b.0.cmp(&a.0)).then_with(|| a.1.id.cmp(&b.1.id))
    });
    queue.into_iter().map(|(_, entry)| entry).take(QUEUE).collect()
}

fn of_case(report: &Report, case: &Case) -> QueueEntry {
    let mut reasons = vec![severity(case.severity, case.confidence)];
    let success = match case.success {
        Success::Likely => 5.0,
        Success::Possible => 2.0,
        Success::None if case.stages.iter().any(|stage| stage.stage >= Stage::Exploitation) => 1.0,
        Success::None => 0.0,
    };
    let stage = case.stages.last().map_or(Stage::Reconnaissance, |stage| stage.stage).as_str();
    reasons.push(match case.success {
        Success::None => format!("it came as far as {stage}, and nothing points to success"),
        said => format!("it came as far as {stage}, and success is {}", said.as_str()),
    });
    let novelty = novelty(report, case.n_sources, case.first.as_deref(), &mut reasons);
    reasons.push(format!(
        "{} in {}",
        counted(case.hits, "hit", "hits"),
        counted(case.checks.len() as u64, "check", "checks")
    ));
    QueueEntry {
        id: case.id.clone(),
        is_case: true,
        title: case.title.clone(),
        severity: case.severity,
        score: rounded(weight(case.severity, case.confidence) + success + novelty),
        reasons,
        next_step: next_step(case),
        filter: case.filter.clone(),
    }
}

fn of_finding(report: &Report, finding: &Finding) -> QueueEntry {
    let mut reasons = vec![severity(finding.severity, finding.confidence)];
    let sources = finding.entities.iter().filter(|entity| entity.field.starts_with("source.")).count() as u64;
    let novelty = novelty(report, sources, finding.first.as_deref(), &mut reasons);
    reasons.push(rows(finding.count));
    QueueEntry {
        id: finding.id.clone(),
        is_case: false,
        title: finding.title.clone(),
        severity: finding.severity,
        score: rounded(weight(finding.severity, finding.confidence) + novelty),
        reasons,
        next_step: finding.next_step.clone(),
        filter: finding.filter.clone(),
    }
}

fn severity(severity: Severity, confidence: f64) -> String {
    format!("{} severity, {} sure", severity.as_str(), share((confidence * 100.0) as u64, 100))
}

fn weight(severity: Severity, confidence: f64) -> f64 {
    let weight = match severity {
        Severity::Informational => 0.0,
        Severity::Low => 1.0,
        Severity::Medium => 3.0,
        Severity::High => 6.0,
        Severity::Critical => 10.0,
    };
    weight * (0.5 + confidence / 2.0)
}

/// Points for what is rare and what is new, with the reasons.
fn novelty(report: &Report, sources: u64, first: Option<&str>, reasons: &mut Vec<String>) -> f64 {
    let mut points = 0.0;
    if (1..=FEW).contains(&sources) {
        points += 0.5;
        reasons.push(format!("only {} did it", counted(sources, "source", "sources")));
    }
    let time = |text: Option<&str>| Some(Micros::from_iso(text?)?.0);
    let ends = (time(report.traffic.first.as_deref()), time(report.traffic.last.as_deref()), time(first));
    if let (Some(from), Some(to), Some(first)) = ends
        && to > from
        && i128::from(first) - i128::from(from) >= (i128::from(to) - i128::from(from)) * 9 / 10
    {
        points += 0.5;
        reasons.push("it began in the last tenth of the log".to_owned());
    }
    points
}

fn rounded(score: f64) -> f64 {
    libm::round(score * 100.0) / 100.0
}
