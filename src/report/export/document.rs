//! What an exported report says, and in which order: the worst first, the figures after, the account of the files last.

use crate::query::{Timeline, TopValues};
use crate::report::text::words::{count, counted, share, time};
use crate::report::types::{Case, Entity, Evidence, Finding, Report, Verdict};

/// Findings that are told in full; the table has them all.
const FINDINGS: usize = 40;
/// Values of a list.
const VALUES: usize = 10;
/// Raw lines of a finding.
const LINES: usize = 3;
/// Bars of the chart.
const BARS: usize = 96;

/// A piece of the document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// Its depth from 1, and its words.
    Heading(u8, String),
    /// Sentences.
    Sentences(String),
    /// Items of a list.
    Items(Vec<String>),
    /// A line of a log as it stands there.
    Line(String),
    /// What it shows; the head, and which columns are numbers; the rows.
    Table(String, Vec<(&'static str, bool)>, Vec<Vec<String>>),
    /// What the bars are of, from when to when, and how high they are.
    Bars(String, [String; 2], Vec<u64>),
}

/// The document.
pub(super) fn blocks(report: &Report, manifest: &[String]) -> Vec<Block> {
    let mut out = vec![Block::Heading(1, "What the logs show".to_owned()), Block::Sentences(scope(report))];
    if !manifest.is_empty() {
        out.push(Block::Heading(2, "What was left out of this file".to_owned()));
        out.push(Block::Items(manifest.to_vec()));
    }
    threat(report, &mut out);
    for paragraph in &report.text {
        out.push(Block::Heading(2, paragraph.heading.clone()));
        out.push(Block::Sentences(paragraph.body.clone()));
    }
    cases(report, &mut out);
    findings(report, &mut out);
    figures(report, &mut out);
    models(report, &mut out);
    files(report, &mut out);
    out
}

fn scope(report: &Report) -> String {
    let rows = match &report.settings.filter {
        filter if filter.is_empty() => counted(report.rows.filtered, "row", "rows"),
        filter => format!("{} of {} under the filter {filter}", count(report.rows.filtered), count(report.rows.total)),
    };
    let times = match (&report.traffic.first, &report.traffic.last) {
        (Some(first), Some(last)) => format!(", {} to {}", time(first), time(last)),
        _ => String::new(),
    };
    let files = counted(report.inputs.len() as u64, "file", "files");
    format!("{files}, {rows}{times}. Written by {} {}.", report.tool.name, report.tool.version)
}

fn threat(report: &Report, out: &mut Vec<Block>) {
    out.push(Block::Heading(2, format!("Threat level: {}", report.threat.level.as_str())));
    out.push(Block::Items(report.threat.reasons.clone()));
    if report.queue.is_empty() {
        return;
    }
    out.push(Block::Heading(2, "What to look at first".to_owned()));
    let item = |entry: &crate::report::types::QueueEntry| {
        format!("{}: {}. {}", entry.title, entry.reasons.join("; "), entry.next_step)
    };
    out.push(Block::Items(report.queue.iter().map(item).collect()));
}

fn cases(report: &Report, out: &mut Vec<Block>) {
    if report.cases.is_empty() {
        return;
    }
    let counts = report.case_counts;
    out.push(Block::Heading(2, format!("Cases: {} hits as {} stories", count(counts.hits), count(counts.cases))));
    for case in &report.cases {
        one_case(case, out);
    }
}

fn one_case(case: &Case, out: &mut Vec<Block>) {
    out.push(Block::Heading(3, format!("{} ({})", case.title, case.severity.as_str())));
    out.push(Block::Sentences(case.story.clone()));
    for moment in &case.moments {
        evidence(&moment.what, moment.evidence.as_ref(), out);
    }
}

/// The place of a line, and the line unless it was left out.
fn evidence(what: &str, line: Option<&Evidence>, out: &mut Vec<Block>) {
    let Some(line) = line else { return };
    let what = if what.is_empty() { String::new() } else { format!("{what}: ") };
    out.push(Block::Sentences(format!("{what}{}, line {}", line.file, count(line.line))));
    if !line.text.is_empty() {
        out.push(Block::Line(line.text.clone()));
    }
}

fn findings(report: &Report, out: &mut Vec<Block>) {
    out.push(Block::Heading(2, "Findings".to_owned()));
    if report.findings.is_empty() {
        let checks = counted(report.rules.applied.len() as u64, "check", "checks");
        return out.push(Block::Sentences(format!("None of {checks} found anything.")));
    }
    let moment = |of: &Option<String>| of.as_deref().map(time).unwrap_or_default();
    let row = |finding: &Finding| {
        let (first, last) = (moment(&finding.first), moment(&finding.last));
        vec![finding.severity.as_str().to_owned(), finding.title.clone(), count(finding.count), first, last]
    };
    out.push(Block::Table(
        "All findings, the worst first".to_owned(),
        vec![("Severity", false), ("Finding", false), ("Rows", true), ("First", false), ("Last", false)],
        report.findings.iter().map(row).collect(),
    ));
    report.findings.iter().take(FINDINGS).for_each(|finding| one_finding(finding, out));
}

fn one_finding(finding: &Finding, out: &mut Vec<Block>) {
    out.push(Block::Heading(3, format!("{} ({})", finding.title, finding.severity.as_str())));
    let rows = counted(finding.count, "row", "rows");
    let sure = format!("{:.0} %", finding.confidence * 100.0);
    let techniques = match finding.attack.as_slice() {
        [] => String::new(),
        known => format!(" ATT&CK: {}.", known.join(", ")),
    };
    out.push(Block::Sentences(format!("{rows}; how sure: {sure}.{techniques}")));
    out.push(Block::Sentences(finding.why.clone()));
    out.push(Block::Sentences(format!("What to do: {}", finding.next_step)));
    out.push(Block::Sentences(format!("When it is a false alarm: {}", finding.false_positives)));
    entities("Who and what is involved", &finding.entities, out);
    finding.evidence.iter().take(LINES).for_each(|line| evidence("", Some(line), out));
}

fn entities(title: &str, entities: &[Entity], out: &mut Vec<Block>) {
    if entities.is_empty() {
        return;
    }
    let row = |entity: &Entity| vec![entity.field.clone(), entity.value.clone(), count(entity.count)];
    out.push(Block::Table(
        title.to_owned(),
        vec![("Field", false), ("Value", false), ("Rows", true)],
        entities.iter().take(VALUES).map(row).collect(),
    ));
}

fn figures(report: &Report, out: &mut Vec<Block>) {
    out.push(Block::Heading(2, "Figures".to_owned()));
    out.extend(bars(&report.traffic.timeline, [&report.traffic.first, &report.traffic.last]));
    let tops: [(&str, &TopValues); 7] = [
        ("Source addresses", &report.network.sources),
        ("Paths", &report.traffic.paths),
        ("Hosts asked", &report.traffic.domains),
        ("Answers", &report.traffic.statuses),
        ("User agents", &report.traffic.user_agents),
        ("Pages that led here", &report.traffic.referrers),
        ("Countries", &report.network.countries),
    ];
    for (title, top) in tops.into_iter().filter(|(_, top)| !top.values.is_empty()) {
        let row = |value: &crate::query::ValueCount| {
            let name = value.value.clone().unwrap_or_else(|| "none".to_owned());
            vec![name, count(value.count), share(value.count, top.rows)]
        };
        out.push(Block::Table(
            format!("{title}: {} different ones", count(top.distinct)),
            vec![("Value", false), ("Rows", true), ("Share", true)],
            top.values.iter().take(VALUES).map(row).collect(),
        ));
    }
}

/// All series together; neighbours are one bar where there are too many.
fn bars(timeline: &Timeline, times: [&Option<String>; 2]) -> Option<Block> {
    let length = timeline.series.iter().map(|series| series.values.len()).max().filter(|length| *length > 0)?;
    let width = length.div_ceil(BARS);
    let mut sums = vec![0u64; length.div_ceil(width)];
    for (at, value) in timeline.series.iter().flat_map(|series| series.values.iter().enumerate()) {
        sums.get_mut(at / width).into_iter().for_each(|sum| *sum += value);
    }
    Some(Block::Bars("Rows over time".to_owned(), times.map(|at| at.as_deref().map(time).unwrap_or_default()), sums))
}

fn models(report: &Report, out: &mut Vec<Block>) {
    if let Some(anomaly) = &report.models.anomaly {
        out.push(Block::Heading(2, "Unusual rows (isolation forest)".to_owned()));
        let body = match &anomaly.refused {
            Some(refused) => format!("None: {refused}"),
            None => format!("{} of {} rows are marked.", count(anomaly.anomalies), count(anomaly.scored)),
        };
        out.push(Block::Sentences(body));
        trust(&anomaly.trust, out);
        entities("Addresses with the most marked rows", &anomaly.entities, out);
    }
    for classifier in &report.models.classifiers {
        out.push(Block::Heading(2, format!("Model that learned {}", classifier.label)));
        out.extend(classifier.refused.as_ref().map(|refused| Block::Sentences(format!("None: {refused}"))));
        let row = |metric: &crate::report::types::Metric| vec![metric.name.clone(), format!("{:.4}", metric.value)];
        let rows: Vec<_> = classifier.metrics.iter().map(row).collect();
        if !rows.is_empty() {
            out.push(Block::Table("On rows held out".to_owned(), vec![("Figure", false), ("Value", true)], rows));
        }
        trust(&classifier.trust, out);
    }
}

fn trust(trust: &crate::report::types::Trust, out: &mut Vec<Block>) {
    let word = match trust.verdict {
        Verdict::Trust => "trust",
        Verdict::Careful => "careful",
        Verdict::Meaningless => "meaningless",
    };
    out.push(Block::Sentences(format!("Verdict: {word}")));
    if !trust.reasons.is_empty() {
        out.push(Block::Items(trust.reasons.clone()));
    }
}

fn files(report: &Report, out: &mut Vec<Block>) {
    out.push(Block::Heading(2, "Files".to_owned()));
    let row = |input: &crate::report::types::Input| {
        let format = input.format.clone().unwrap_or_else(|| "not understood".to_owned());
        let [lines, accepted, rejected, skipped] =
            [input.lines, input.accepted, input.rejected, input.skipped].map(count);
        vec![input.path.clone(), format, lines, accepted, rejected, skipped]
    };
    out.push(Block::Table(
        "Lines = accepted + rejected + skipped".to_owned(),
        vec![
            ("File", false),
            ("Format", false),
            ("Lines", true),
            ("Accepted", true),
            ("Rejected", true),
            ("Skipped", true),
        ],
        report.inputs.iter().map(row).collect(),
    ));
    let (applied, lacking) = (report.rules.applied.len() as u64, report.rules.not_applicable.len() as u64);
    out.push(Block::Sentences(format!(
        "{} ran; {} did not fit these fields or are off; {} are not supported. {} were left out of the checks as the settings ask.",
        counted(applied, "check", "checks"),
        count(lacking),
        count(report.rules.unsupported.len() as u64),
        counted(report.left_out.rows, "row", "rows"),
    )));
}
