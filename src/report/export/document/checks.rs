//! Cases and findings with their evidence.

use super::{Block, Parts, VALUES, heading, sentences};
use crate::report::export::tables::{Table, entities};
use crate::report::text::words::{count, counted};
use crate::report::types::{Case, Entity, Evidence, Finding, Report};

/// Cases and findings that are told in full; the tables have them all.
const TOLD: usize = 40;
/// Raw lines of a finding.
const LINES: usize = 3;
/// Rows of the table of findings.
const ROWS: usize = 200;

pub(super) fn cases(report: &Report, parts: &Parts, out: &mut Vec<Block>) {
    if report.cases.is_empty() {
        return;
    }
    let counts = report.case_counts;
    heading(2, "Cases", out);
    let said = format!(
        "{} of single checks belong together as {}: what one source, or several that act alike, did without a long pause.",
        counted(counts.hits, "hit", "hits"),
        counted(counts.cases, "case", "cases")
    );
    sentences(&said, out);
    out.extend(parts.table(
        "cases",
        TOLD,
        &["Severity", "Case", "Hits", "Sources", "Success", "First (UTC)", "Last (UTC)"],
    ));
    report.cases.iter().take(TOLD).for_each(|case| one_case(case, out));
}

fn one_case(case: &Case, out: &mut Vec<Block>) {
    heading(3, &format!("{} ({})", case.title, case.severity.as_str()), out);
    sentences(&case.story, out);
    if !case.success_reasons.is_empty() {
        sentences(&format!("Success is {}: {}.", case.success.as_str(), case.success_reasons.join("; ")), out);
    }
    for moment in &case.moments {
        evidence(&moment.what, moment.evidence.as_ref(), out);
    }
}

/// The place of a line, and the line unless it was left out.
fn evidence(what: &str, line: Option<&Evidence>, out: &mut Vec<Block>) {
    let Some(line) = line else { return };
    let what = if what.is_empty() { String::new() } else { format!("{}: ", crate::report::text::words::capital(what)) };
    sentences(&format!("{what}{}, line {}", line.file, count(line.line)), out);
    if !line.text.is_empty() {
        out.push(Block::Line(line.text.clone()));
    }
}

pub(super) fn findings(report: &Report, parts: &Parts, out: &mut Vec<Block>) {
    heading(2, "Findings", out);
    if report.findings.is_empty() {
        let checks = counted(report.rules.applied.len() as u64, "check", "checks");
        return sentences(&format!("None of {checks} found anything."), out);
    }
    out.extend(parts.picture("severities"));
    out.extend(parts.table("findings", ROWS, &["Severity", "Finding", "Rows", "First (UTC)", "Last (UTC)"]));
    report.findings.iter().take(TOLD).for_each(|finding| one_finding(finding, out));
    out.extend(parts.table("techniques", VALUES, &[]));
}

fn one_finding(finding: &Finding, out: &mut Vec<Block>) {
    heading(3, &format!("{} ({})", finding.title, finding.severity.as_str()), out);
    let rows = counted(finding.count, "row", "rows");
    let sure = format!("{:.0} %", finding.confidence * 100.0);
    let techniques = match finding.attack.as_slice() {
        [] => String::new(),
        known => format!(" ATT&CK: {}.", known.join(", ")),
    };
    sentences(&format!("{rows}; how sure: {sure}.{techniques}"), out);
    sentences(&finding.why, out);
    for (what, said) in [("What to do", &finding.next_step), ("When it is a false alarm", &finding.false_positives)] {
        if !said.is_empty() {
            sentences(&format!("{what}: {said}"), out);
        }
    }
    involved("Who and what is involved", &finding.entities, out);
    finding.evidence.iter().take(LINES).for_each(|line| evidence("", Some(line), out));
}

fn involved(title: &str, all: &[Entity], out: &mut Vec<Block>) {
    if all.is_empty() {
        return;
    }
    let mut rows = entities(all);
    let title = match rows.len() {
        0..=VALUES => title.to_owned(),
        many => format!("{title} (the first {VALUES} of {})", count(many as u64)),
    };
    rows.truncate(VALUES);
    out.push(Block::Table(Table { name: String::new(), title, head: vec!["Field", "Value", "Rows"], rows }));
}
