//! What the figures rest on: the account of the files, the method, its limits, and the words.

use super::{Block, Parts, heading, sentences};
use crate::report::text::words::{count, counted};
use crate::report::types::Report;

/// Rows of the tables here.
const ROWS: usize = 200;

pub(super) fn quality(parts: &Parts, out: &mut Vec<Block>) {
    heading(2, "Files", out);
    let shown = ["File", "Format", "Lines", "Accepted", "Rejected", "Skipped", "First (UTC)", "Last (UTC)"];
    out.extend(parts.table("files", ROWS, &shown));
    out.extend(parts.table("columns", ROWS, &[]));
}

pub(super) fn method(report: &Report, out: &mut Vec<Block>) {
    heading(2, "Method and limits", out);
    let checks = format!(
        "{} ran; {} did not fit these fields or are off; {} are not supported. {} were left out of the checks as the settings ask.",
        counted(report.rules.applied.len() as u64, "check", "checks"),
        count(report.rules.not_applicable.len() as u64),
        count(report.rules.unsupported.len() as u64),
        counted(report.left_out.rows, "row", "rows"),
    );
    let every = report.inputs.iter().map(|input| input.every).max().unwrap_or(1);
    let read = match every {
        0 | 1 => {
            "Every line of every file was read. A line that was not understood is counted and never dropped in silence."
                .to_owned()
        }
        every => format!("Only one of {every} parts of 16 MiB of large files was read: figures are of that sample."),
    };
    out.push(Block::Items(vec![
        read,
        checks,
        "Checks compare each row with known attacks (Sigma rules), and look for patterns in many rows: scans, floods, failed logins, beacons, tunnels. What they do not know, they do not find.".to_owned(),
        "A log shows what was asked and what was answered, not what happened inside of a machine. Whether an attack succeeded can only be inferred from it, and this report says so where it does.".to_owned(),
        "An address is not a person: many people share one, and one person uses many. Countries and user agents are what the log says, and can be forged.".to_owned(),
        "A finding can be a false alarm; each says when. How sure a check is, is an estimate of its author and not a measured rate.".to_owned(),
        "The same files and settings give the same report, byte for byte, on every machine. Times are UTC.".to_owned(),
    ]));
    if report.inputs.iter().any(|input| !input.warnings.is_empty()) {
        sentences("While reading, this happened:", out);
        let said =
            report.inputs.iter().flat_map(|input| input.warnings.iter().map(|said| format!("{}: {said}", input.path)));
        out.push(Block::Items(said.take(ROWS).collect()));
    }
}

/// Words and what they mean here.
const GLOSSARY: [(&str, &str); 16] = [
    ("Row", "one entry of a log that was understood"),
    ("Finding", "what a check says of one row or of many"),
    ("Case", "findings that belong together: one source, or several that act alike, without a long pause"),
    ("Severity", "how bad a finding would be if it is true: informational, low, medium, high, critical"),
    ("Threat level", "how worried to be over all, made from the cases and findings"),
    ("Source", "the address that asked"),
    ("Session", "the requests of one address without a pause of more than 30 minutes"),
    (
        "Status",
        "the three digits of an answer: 2xx done, 3xx go elsewhere, 4xx a mistake of who asked, 5xx a mistake of the server",
    ),
    ("User agent", "what a program that asks says about itself; anybody can say anything"),
    ("Referrer", "the page that a request says it came from"),
    ("Crawler", "a program that reads many pages, as those of search engines do"),
    ("ATT&CK", "MITRE's catalogue of how attackers act; T1190 is one technique of it"),
    ("Sigma", "an open format of rules that say what to look for in logs"),
    (
        "Isolation forest",
        "a model that finds rows which are easy to tell from the rest; it knows nothing of good and bad",
    ),
    ("Verdict", "whether to believe a model's figures: trust, careful, or meaningless, with the reasons"),
    ("SHA-256", "a fingerprint of a file: the same digits mean the same bytes"),
];

pub(super) fn glossary(out: &mut Vec<Block>) {
    heading(2, "Words", out);
    out.push(Block::Terms(GLOSSARY.map(|(term, meaning)| (term.to_owned(), meaning.to_owned())).to_vec()));
}
