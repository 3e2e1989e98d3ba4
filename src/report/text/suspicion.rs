//! What the checks and the models say, and where to look first.

use crate::report::types::{AllowedRows, Anomaly, Finding, Report, SWITCHED_OFF, Severity, Verdict};

use super::threat::from_whom;
use super::words::{count, counted, list, part, rows, time, value};

/// Findings that are said to be looked at first.
const FIRST: usize = 3;

pub fn suspicious(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    let applied = report.rules.applied.len() as u64;
    if report.findings.is_empty() {
        sentences.push(match applied {
            0 => "No check could run on these rows.".to_owned(),
            1 => "The one check that could run found nothing.".to_owned(),
            _ => format!("None of the {} checks that could run found anything.", count(applied)),
        });
        sentences.push("That is no proof that nothing happened: checks look for what is known.".to_owned());
    } else {
        sentences.push(by_severity(report));
        sentences.extend(report.findings.iter().filter(|f| f.severity > Severity::Informational).take(FIRST).map(said));
        let flagged = report.flagged_rows.medium;
        if flagged > 0 {
            let base = part(flagged, report.rows.filtered, "rows");
            sentences.push(format!("In findings of medium severity or above are {base}."));
        }
    }
    let off = report.rules.not_applicable.iter().filter(|state| state.note == SWITCHED_OFF).count() as u64;
    let lacking = report.rules.not_applicable.len() as u64 - off;
    if lacking > 0 {
        let checks = counted(lacking, "check", "checks");
        sentences.push(format!("{checks} could not run, because the log lacks a field or a list is empty."));
    }
    if off > 0 {
        let are = if off == 1 { "is" } else { "are" };
        sentences.push(format!("{} {are} switched off in the settings.", counted(off, "check", "checks")));
    }
    sentences.extend(left_out(report));
    sentences
}

/// What the user's allow lists leave out of the checks, and what is wrong with them.
fn left_out(report: &Report) -> Vec<String> {
    let left_out = &report.left_out;
    let mut sentences = Vec::new();
    if left_out.rows > 0 {
        let base = part(left_out.rows, report.rows.filtered, "rows");
        let of = |list: &AllowedRows| format!("{} {}", count(list.rows), list.list.replace('_', " "));
        let lists: Vec<String> = left_out.lists.iter().map(of).collect();
        sentences.push(format!("No check saw {base}: they are on your allow lists (by list: {}).", lists.join(", ")));
    }
    if let Some(first) = left_out.mistakes.first() {
        let more = match left_out.mistakes.len() as u64 - 1 {
            0 => String::new(),
            more => format!(" {} in the settings.", counted(more, "more such mistake", "more such mistakes")),
        };
        sentences.push(format!("An entry of the settings does nothing: {}.{more}", value(first)));
    }
    sentences
}

/// `6 checks found something: 1 of high and 5 of low severity.`
fn by_severity(report: &Report) -> String {
    let levels: Vec<String> = Severity::WORST_FIRST
        .into_iter()
        .filter_map(|severity| {
            let number = report.findings.iter().filter(|finding| finding.severity == severity).count() as u64;
            (number > 0).then(|| format!("{} of {}", count(number), severity.as_str()))
        })
        .collect();
    let checks = counted(report.findings.len() as u64, "check", "checks");
    match report.findings.as_slice() {
        [only] => format!("1 check found something, of {} severity.", only.severity.as_str()),
        _ => format!("{checks} found something: {} severity.", list(&levels)),
    }
}

/// `A banned host was asked for: 12 rows, from 10.0.0.1, first on 1 May 2025, 10:00 UTC.`
fn said(finding: &Finding) -> String {
    let from = from_whom(finding).map_or_else(String::new, |from| format!(", {from}"));
    let first = finding.first.as_deref().map_or_else(String::new, |first| format!(", first on {}", time(first)));
    format!("{}: {}{from}{first}.", finding.title, rows(finding.count))
}

pub fn look_first(report: &Report) -> Vec<String> {
    if !report.cases.is_empty() {
        return from_queue(report);
    }
    let worth = || report.findings.iter().filter(|finding| finding.severity > Severity::Informational);
    let mut sentences = Vec::new();
    for (finding, start) in worth().zip(["First", "Then", "After that"]).take(FIRST) {
        let technique = match finding.attack.first() {
            Some(technique) => format!(" (ATT&CK {technique})"),
            None => String::new(),
        };
        sentences.push(format!("{start}: {}{technique}. {}", finding.title, finding.next_step));
    }
    let more = worth().count().saturating_sub(sentences.len()) as u64;
    if more > 0 {
        sentences.push(format!("{} can wait.", counted(more, "more finding", "more findings")));
    }
    sentences
}

/// The first of the queue, with what to do.
fn from_queue(report: &Report) -> Vec<String> {
    let counts = report.case_counts;
    let stories = counted(counts.cases, "case", "cases");
    let mut sentences =
        vec![format!("{} read as {stories}.", counted(counts.hits, "hit of a check", "hits of checks"))];
    for (entry, start) in report.queue.iter().zip(["First", "Then", "After that"]).take(FIRST) {
        sentences.push(format!("{start}: {} ({}). {}", entry.title, entry.severity.as_str(), entry.next_step));
    }
    sentences
}

pub fn models(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(anomaly) = &report.models.anomaly {
        sentences.extend(unusual(report, anomaly));
    }
    for classifier in &report.models.classifiers {
        let label = value(&classifier.label);
        match &classifier.refused {
            Some(why) => sentences.push(format!("No model was trained to tell {label} apart: {}.", without_stop(why))),
            None => sentences.push(format!(
                "A model (random forest) learned {label} from {} and was tested on {}; its figures are {}{}.",
                rows(classifier.n_train),
                rows(classifier.n_test),
                verdict(classifier.trust.verdict),
                reason(&classifier.trust.reasons)
            )),
        }
    }
    sentences
}

fn unusual(report: &Report, anomaly: &Anomaly) -> Vec<String> {
    if let Some(why) = &anomaly.refused {
        return vec![format!("The search for unusual rows (isolation forest) did not run: {}.", without_stop(why))];
    }
    let chosen = report.settings.models.anomaly.contamination * 100.0;
    let marked = match anomaly.anomalies {
        1 => format!("1 row of {} is", count(anomaly.scored)),
        many => format!("{} rows of {} are", count(many), count(anomaly.scored)),
    };
    let mut sentences = vec![format!(
        "{marked} marked as the most unusual (isolation forest). The share of {} % was chosen beforehand, so the number is \
         no finding; the order is.",
        (chosen * 100.0).round() / 100.0
    )];
    let most = anomaly.entities.first().filter(|entity| entity.count > 1);
    if let Some(entity) = most {
        sentences.push(format!("{} of them are from {}.", count(entity.count), value(&entity.value)));
    }
    if !anomaly.trust.reasons.is_empty() {
        sentences.push(format!(
            "These figures are {}{}.",
            verdict(anomaly.trust.verdict),
            reason(&anomaly.trust.reasons)
        ));
    }
    sentences
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Trust => "to be trusted",
        Verdict::Careful => "to be taken with care",
        Verdict::Meaningless => "meaningless",
    }
}

/// The first reason, to follow a verdict.
fn reason(reasons: &[String]) -> String {
    reasons.first().map_or_else(String::new, |reason| format!(": {}", without_stop(reason)))
}

pub fn without_stop(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}
