//! The report as a summary to read in a terminal. Log content is stripped of control characters.

use std::fmt::Write;

use logloupe::query::TopValues;
use logloupe::report::{Anomaly, Finding, Input, Report, Verdict};

use crate::terminal::harmless;

/// How many values of a list are shown.
const SHOWN: usize = 8;

/// The summary.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write_all(report, &mut out);
    out
}

fn write_all(report: &Report, out: &mut String) -> std::fmt::Result {
    heading(out, "Files")?;
    report.inputs.iter().try_for_each(|input| file(out, input))?;
    threat(out, report)?;
    for paragraph in &report.text {
        heading(out, &paragraph.heading)?;
        wrapped(out, &paragraph.body)?;
    }
    heading(out, "Findings")?;
    if report.findings.is_empty() {
        writeln!(out, "  none of {} checks found anything", report.rules.applied.len())?;
    }
    report.findings.iter().try_for_each(|finding| one_finding(out, finding))?;
    let tops = [
        ("Source addresses", &report.network.sources),
        ("Paths", &report.traffic.paths),
        ("Hosts", &report.traffic.domains),
        ("Statuses", &report.traffic.statuses),
        ("User agents", &report.traffic.user_agents),
        ("Countries", &report.network.countries),
    ];
    tops.iter().filter(|(_, top)| !top.values.is_empty()).try_for_each(|(title, values)| top(out, title, values))?;
    for lookup in &report.lookups {
        let visited = if lookup.visited { "visited" } else { "not visited" };
        writeln!(out, "  {}: {visited}, {} rows", harmless(&lookup.name), grouped(lookup.count))?;
    }
    report.models.anomaly.as_ref().map_or(Ok(()), |anomaly| anomalies(out, anomaly))?;
    for classifier in &report.models.classifiers {
        heading(out, &format!("Random forest on {}", classifier.label))?;
        if let Some(refused) = &classifier.refused {
            writeln!(out, "  refused: {}", harmless(refused))?;
        }
        for metric in &classifier.metrics {
            writeln!(out, "  {:24} {:.4}", metric.name, metric.value)?;
        }
        trust(out, classifier.trust.verdict, &classifier.trust.reasons)?;
    }
    Ok(())
}

/// How worried to be, what to look at first, and the stories.
fn threat(out: &mut String, report: &Report) -> std::fmt::Result {
    heading(out, &format!("Threat level: {}", report.threat.level.as_str()))?;
    report.threat.reasons.iter().try_for_each(|reason| wrapped(out, &harmless(reason)))?;
    if !report.queue.is_empty() {
        heading(out, "What to look at first")?;
    }
    for (place, entry) in report.queue.iter().enumerate() {
        writeln!(out, "  {:>2} [{}] {}", place + 1, entry.severity.as_str(), harmless(&entry.title))?;
        wrapped(out, &format!("Because: {}. {}", entry.reasons.join("; "), entry.next_step))?;
    }
    if report.cases.is_empty() {
        return Ok(());
    }
    let counts = report.case_counts;
    let sample = if counts.is_sample { ", of a sample of the sources" } else { "" };
    heading(out, &format!("Cases: {} hits as {} stories{sample}", grouped(counts.hits), grouped(counts.cases)))?;
    for case in report.cases.iter().take(SHOWN) {
        writeln!(out, "  [{}] {} ({})", case.severity.as_str(), harmless(&case.title), case.id)?;
        wrapped(out, &case.story)?;
        for moment in &case.moments {
            if let Some(line) = &moment.evidence {
                let start: String = harmless(&line.text).chars().take(90).collect();
                writeln!(out, "      {}: {}:{}: {start}", moment.what, harmless(&line.file), line.line)?;
            }
        }
    }
    match counts.cases.saturating_sub(SHOWN as u64) {
        0 => Ok(()),
        more => writeln!(out, "  and {} more", grouped(more)),
    }
}

fn heading(out: &mut String, title: &str) -> std::fmt::Result {
    writeln!(out, "{}{title}", if out.is_empty() { "" } else { "\n" })
}

fn file(out: &mut String, input: &Input) -> std::fmt::Result {
    let format = input.format.as_deref().unwrap_or("not understood");
    writeln!(out, "  {}: {}", harmless(&input.path), harmless(format))?;
    writeln!(
        out,
        "    {} lines = {} accepted + {} rejected + {} skipped; {} to {}",
        grouped(input.lines),
        grouped(input.accepted),
        grouped(input.rejected),
        grouped(input.skipped),
        input.first.as_deref().unwrap_or("no time"),
        input.last.as_deref().unwrap_or("no time"),
    )?;
    for reject in input.rejects.iter().take(SHOWN) {
        writeln!(out, "    rejected {}: {}", grouped(reject.count), harmless(&reject.reason))?;
    }
    input.warnings.iter().try_for_each(|warning| writeln!(out, "    {}", harmless(warning)))
}

fn one_finding(out: &mut String, finding: &Finding) -> std::fmt::Result {
    let title = harmless(&finding.title);
    writeln!(out, "  [{}] {title}: {} rows ({})", finding.severity.as_str(), grouped(finding.count), finding.id)?;
    wrapped(out, &harmless(&format!("{} {}", finding.why, finding.next_step)))?;
    for evidence in finding.evidence.iter().take(2) {
        let start: String = harmless(&evidence.text).chars().take(110).collect();
        writeln!(out, "      {}:{}: {start}", harmless(&evidence.file), evidence.line)?;
    }
    Ok(())
}

fn top(out: &mut String, title: &str, values: &TopValues) -> std::fmt::Result {
    heading(out, &format!("{title} ({} distinct)", grouped(values.distinct)))?;
    for value in values.values.iter().take(SHOWN) {
        let shown: String = harmless(value.value.as_deref().unwrap_or("none")).chars().take(90).collect();
        writeln!(out, "  {:>12}  {shown}", grouped(value.count))?;
    }
    Ok(())
}

fn anomalies(out: &mut String, anomaly: &Anomaly) -> std::fmt::Result {
    heading(out, "Unusual rows (isolation forest)")?;
    if let Some(refused) = &anomaly.refused {
        return writeln!(out, "  none: {}", harmless(refused));
    }
    writeln!(out, "  {} of {} rows are marked", grouped(anomaly.anomalies), grouped(anomaly.scored))?;
    for entity in anomaly.entities.iter().take(SHOWN) {
        writeln!(out, "  {:>12}  {}", grouped(entity.count), harmless(&entity.value))?;
    }
    for row in anomaly.rows.iter().take(3) {
        writeln!(out, "  {}:{}: {}", harmless(&row.file), row.line, harmless(&row.why))?;
    }
    trust(out, anomaly.trust.verdict, &anomaly.trust.reasons)
}

fn trust(out: &mut String, verdict: Verdict, reasons: &[String]) -> std::fmt::Result {
    let word = match verdict {
        Verdict::Trust => "trust",
        Verdict::Careful => "careful",
        Verdict::Meaningless => "meaningless",
    };
    writeln!(out, "  Verdict: {word}")?;
    reasons.iter().try_for_each(|reason| wrapped(out, &harmless(reason)))
}

fn wrapped(out: &mut String, text: &str) -> std::fmt::Result {
    let mut width = 0;
    for word in harmless(text).split_whitespace() {
        let len = word.chars().count() + 1;
        if width == 0 || width + len > 96 {
            write!(out, "{}    {word}", if width == 0 { "" } else { "\n" })?;
            width = 4 + len;
        } else {
            write!(out, " {word}")?;
            width += len;
        }
    }
    writeln!(out)
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
