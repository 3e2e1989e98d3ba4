//! The report in words, for someone who is not technical: what stands out, made from the figures of the report.
//!
//! Every sentence is a template filled with figures; nothing is guessed and nothing depends on the machine. Plain words
//! come first and the technical term after, each share has its base, each time its zone. Values of the log are cut and
//! cleaned, because whoever is logged chooses them. Draws nothing: views and exports show paragraphs as they like.

mod asked;
mod cases;
mod outstanding;
mod queue;
mod sequence;
mod suspicion;
mod threat;
pub(super) mod words;

use super::types::{Input, Paragraph, Report};
use crate::units::order;
use asked::{asked_for, errors, who_asked};
use outstanding::stands_out;
use sequence::sequence;
use suspicion::{look_first, models, suspicious, without_stop};
use words::{count, counted, list, part, span, value};

pub use cases::tell;
pub use queue::queue;
pub use threat::threat;

/// What the report says, in four to nine short paragraphs.
///
/// **Order**: what this is, what stands out, who asked, for what, errors, what is suspicious, where to look first, models,
/// what was not read. A paragraph that has nothing to say is left out.
pub fn paragraphs(report: &Report) -> Vec<Paragraph> {
    let read = ("What we could not read", not_read(report));
    let about = ("What this is", what_this_is(report));
    let all = if report.rows.filtered == 0 {
        vec![about, read]
    } else {
        vec![
            about,
            ("What stands out", stands_out(report)),
            ("Who asked", who_asked(report)),
            ("What was asked for", asked_for(report)),
            ("Errors", errors(report)),
            ("Suspicious", suspicious(report)),
            ("Where to look first", look_first(report)),
            ("Models", models(report)),
            read,
        ]
    };
    let paragraph = |(heading, sentences): (&str, Vec<String>)| {
        (!sentences.is_empty()).then(|| Paragraph { heading: heading.to_owned(), body: sentences.join(" ") })
    };
    all.into_iter().filter_map(paragraph).collect()
}

fn what_this_is(report: &Report) -> Vec<String> {
    let files = counted(report.inputs.len() as u64, "file", "files");
    let mut folders: Vec<&str> = report.inputs.iter().map(|input| input.folder.as_str()).collect();
    order::sort(&mut folders);
    folders.dedup();
    let folders = match folders.len() {
        0 | 1 => String::new(),
        many => format!(" in {}", counted(many as u64, "folder", "folders")),
    };
    let format = formats(report).map_or_else(String::new, |formats| format!(", read as {formats}"));
    let when = match (&report.traffic.first, &report.traffic.last) {
        (Some(first), Some(last)) => format!(", {}", span(first, last)),
        _ if report.rows.filtered > 0 => ", without times".to_owned(),
        _ => String::new(),
    };
    let entries = match report.rows.filtered {
        0 => "no row".to_owned(),
        1 => "1 row".to_owned(),
        many => format!("{} rows (a row is one entry of the log)", count(many)),
    };
    let mut sentences = vec![format!("{files}{folders}{format}: {entries}{when}.")];
    let filter = report.settings.filter.trim();
    if !filter.is_empty() {
        let base = part(report.rows.filtered, report.rows.total, "rows");
        sentences.push(format!("A filter is on, {}: {base}. Everything here is about these rows.", value(filter)));
    }
    let every = report.inputs.iter().map(|input| input.every).max().unwrap_or(1);
    if every > 1 {
        sentences.push(format!(
            "Only a sample was read, one of {every} parts of 16 MiB of large files: counts are of the sample, rare things \
             may be missing, and line numbers count the lines that were read."
        ));
    }
    sentences.extend(zones(report));
    sentences.extend(sequence(report));
    let twice = report.quality.duplicate_rows;
    if twice > 0 {
        let base = part(twice, report.quality.rows, "rows");
        sentences.push(format!("Some rows repeat another in every field ({base}); they are kept and counted."));
    }
    sentences
}

fn formats(report: &Report) -> Option<String> {
    let mut formats: Vec<&str> = report.inputs.iter().filter_map(|input| input.format.as_deref()).collect();
    order::sort(&mut formats);
    formats.dedup();
    let shown: Vec<String> = formats.iter().take(3).map(|name| value(name)).collect();
    match formats.len().saturating_sub(shown.len()) {
        0 if shown.is_empty() => None,
        0 => Some(list(&shown)),
        others => Some(format!("{} and {}", shown.join(", "), counted(others as u64, "other format", "other formats"))),
    }
}

fn zones(report: &Report) -> Option<String> {
    let is_utc = |zone: &str| matches!(zone, "Z" | "z" | "UTC" | "GMT" | "+0000" | "+00:00" | "-0000" | "+00");
    let mut zones: Vec<String> =
        report.inputs.iter().flat_map(|input| &input.timezones).map(|zone| value(zone)).collect();
    order::sort(&mut zones);
    zones.dedup();
    match zones.as_slice() {
        [] => None,
        [one] if is_utc(one) => None,
        [one] => Some(format!("The log writes its times with the offset {one}; here they are in UTC.")),
        [_, ..] => {
            let number = count(zones.len() as u64);
            Some(format!("The log writes its times with {number} different offsets from UTC; here they are in UTC."))
        }
    }
}

fn not_read(report: &Report) -> Vec<String> {
    let sum = |of: fn(&Input) -> u64| report.inputs.iter().map(of).sum::<u64>();
    let (lines, rejected, skipped) = (sum(|i| i.lines), sum(|i| i.rejected), sum(|i| i.skipped));
    let mut sentences = Vec::new();
    let all = counted(lines, "line", "lines");
    if rejected == 0 {
        sentences.push(match lines {
            0 => "There was no line to read.".to_owned(),
            _ => format!("Every line was understood: {all}{}.", extra_lines(skipped)),
        });
    } else {
        let base = part(rejected, lines, "lines");
        sentences.push(format!("Not understood were {base}{}.", extra_lines(skipped)));
        let reasons = report.inputs.iter().flat_map(|input| &input.rejects);
        // Of reasons as frequent, the first in the order of the files.
        if let Some(most) = reasons.rev().max_by_key(|reject| reject.count) {
            sentences.push(format!(
                "The most frequent reason: {} ({}).",
                value(&most.reason),
                counted(most.count, "line", "lines")
            ));
        }
    }
    let unknown: Vec<String> =
        report.inputs.iter().filter(|input| input.format.is_none()).map(|input| value(&input.path)).collect();
    if let Some(first) = unknown.first() {
        sentences.push(match unknown.len() as u64 {
            1 => format!("The format of {first} is not known to us."),
            files => {
                format!("The format of {} is not known to us, {first} among them.", counted(files, "file", "files"))
            }
        });
    }
    let warnings: u64 = report.inputs.iter().map(|input| input.warnings.len() as u64).sum();
    if let Some(first) = report.inputs.iter().find_map(|input| Some((input, input.warnings.first()?))) {
        let others = if warnings > 1 { format!(" ({} more)", count(warnings - 1)) } else { String::new() };
        sentences.push(format!("While reading {}: {}{others}.", value(&first.0.path), without_stop(&value(first.1))));
    }
    sentences
}

fn extra_lines(skipped: u64) -> String {
    match skipped {
        0 => String::new(),
        1 => "; 1 line is a header, a comment or blank".to_owned(),
        some => format!("; {} lines are headers, comments or blank", count(some)),
    }
}

#[cfg(test)]
mod tests;
