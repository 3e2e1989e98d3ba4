//! What an exported report says, and in which order: what was read, how worried to be and what to do first, the cases and
//! their evidence, the figures with their pictures, the models, the method and its limits.

mod checks;
mod closing;
mod models;

use super::pictures::{Picture, pictures};
use super::tables::{Table, tables};
use crate::report::text::words::{count, counted, size, span};
use crate::report::types::{Report, ThreatLevel};

/// Rows of a list that the document shows.
const VALUES: usize = 10;

/// A piece of the document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// Its depth from 1, and its words.
    Heading(u8, String),
    /// How worried to be.
    Level(ThreatLevel),
    /// Sentences.
    Sentences(String),
    /// Items of a list.
    Items(Vec<String>),
    /// Terms and what they mean.
    Terms(Vec<(String, String)>),
    /// A line of a log as it stands there.
    Line(String),
    /// A table, or its beginning.
    Table(Table),
    /// A chart.
    Picture(Picture),
}

/// What a document is made from, each part once.
pub(super) struct Parts {
    /// All tables, whole.
    pub tables: Vec<Table>,
    /// All charts.
    pub pictures: Vec<Picture>,
}

impl Parts {
    /// The parts of a report.
    pub fn of(report: &Report) -> Self {
        Self { tables: tables(report), pictures: pictures(report) }
    }

    /// The first rows of a table and some of its columns; nothing where the report has no such table.
    fn table(&self, name: &str, rows: usize, columns: &[&str]) -> Option<Block> {
        let mut table = self.tables.iter().find(|table| table.name == name)?.clone();
        if table.rows.len() > rows {
            table.title = format!("{} (the first {rows} of {})", table.title, count(table.rows.len() as u64));
            table.rows.truncate(rows);
        }
        if !columns.is_empty() {
            let kept: Vec<usize> = (0..table.head.len()).filter(|at| columns.contains(&table.head[*at])).collect();
            table.head = kept.iter().map(|at| table.head[*at]).collect();
            for row in &mut table.rows {
                *row = kept.iter().filter_map(|at| row.get(*at).cloned()).collect();
            }
        }
        Some(Block::Table(table))
    }

    fn picture(&self, name: &str) -> Option<Block> {
        self.pictures.iter().find(|picture| picture.name == name).cloned().map(Block::Picture)
    }
}

/// The document; `left_out` says what a redaction took away.
pub(super) fn blocks(report: &Report, parts: &Parts, left_out: &[String]) -> Vec<Block> {
    let mut out = Vec::new();
    cover(report, left_out, &mut out);
    threat(report, &mut out);
    if !report.text.is_empty() {
        heading(2, "Summary", &mut out);
    }
    for paragraph in &report.text {
        heading(3, &paragraph.heading, &mut out);
        sentences(&paragraph.body, &mut out);
    }
    checks::cases(report, parts, &mut out);
    checks::findings(report, parts, &mut out);
    figures(report, parts, &mut out);
    models::models(report, parts, &mut out);
    closing::quality(parts, &mut out);
    closing::method(report, &mut out);
    closing::glossary(&mut out);
    out
}

fn heading(depth: u8, text: &str, out: &mut Vec<Block>) {
    out.push(Block::Heading(depth, text.to_owned()));
}

fn sentences(text: &str, out: &mut Vec<Block>) {
    out.push(Block::Sentences(text.to_owned()));
}

fn cover(report: &Report, left_out: &[String], out: &mut Vec<Block>) {
    heading(1, "What the logs show", out);
    let rows = match report.settings.filter.as_str() {
        "" => counted(report.rows.filtered, "row", "rows"),
        filter => format!("{} of {} under the filter {filter}", count(report.rows.filtered), count(report.rows.total)),
    };
    let times = match (&report.traffic.first, &report.traffic.last) {
        (Some(first), Some(last)) => span(first, last),
        _ => "the logs have no times".to_owned(),
    };
    let lines = report.inputs.iter().map(|input| input.lines).sum();
    let bytes = report.inputs.iter().map(|input| input.size_bytes).sum();
    let files = counted(report.inputs.len() as u64, "file", "files");
    let build = report.tool.build.as_ref().map_or_else(String::new, |build| format!(", build {build}"));
    let mut facts = vec![
        ("What was read", format!("{files}, {} of text, {}", size(bytes), counted(lines, "line", "lines"))),
        ("What is counted", rows),
        ("Time", crate::report::text::words::capital(&times)),
        (
            "Written by",
            format!(
                "{} {}{build}, on the machine of whoever asked; no byte of the logs left it",
                report.tool.name, report.tool.version
            ),
        ),
    ];
    if !left_out.is_empty() {
        facts.push(("Redaction", "Whatever tells who somebody is was replaced or left out; see below".to_owned()));
    }
    out.push(Block::Terms(facts.into_iter().map(|(term, fact)| (term.to_owned(), fact)).collect()));
    for input in report.inputs.iter().take(VALUES) {
        let sum = input.sha256.clone().unwrap_or_else(|| "not known".to_owned());
        let facts = format!("{}, SHA-256 {sum}", counted(input.lines, "line", "lines"));
        out.push(Block::Terms(vec![(input.path.clone(), facts)]));
    }
    if report.inputs.len() > VALUES {
        sentences(&format!("All {} files are listed under Files.", count(report.inputs.len() as u64)), out);
    }
    if !left_out.is_empty() {
        heading(2, "What was left out of this file", out);
        out.push(Block::Items(left_out.to_vec()));
    }
}

fn threat(report: &Report, out: &mut Vec<Block>) {
    heading(2, &format!("Threat level: {}", report.threat.level.as_str()), out);
    out.push(Block::Level(report.threat.level));
    if !report.threat.reasons.is_empty() {
        out.push(Block::Items(report.threat.reasons.clone()));
    }
    if report.queue.is_empty() {
        return;
    }
    heading(2, "What to do first", out);
    for (entry, place) in report.queue.iter().zip(1..) {
        heading(3, &format!("{place}. {} ({})", entry.title, entry.severity.as_str()), out);
        let because = entry.reasons.join("; ");
        if !because.is_empty() {
            sentences(&format!("Why: {because}."), out);
        }
        if !entry.next_step.is_empty() {
            sentences(&format!("What to do: {}", entry.next_step), out);
        }
    }
}

fn figures(report: &Report, parts: &Parts, out: &mut Vec<Block>) {
    heading(2, "Traffic", out);
    out.extend(
        ["timeline", "hours", "statuses", "methods", "paths", "hosts"].iter().filter_map(|name| parts.picture(name)),
    );
    out.extend(parts.table("paths", VALUES, &["Value", "Rows", "Share"]));
    out.extend(parts.table("user-agents", VALUES, &["Value", "Rows", "Share"]));
    out.extend(parts.table("referrers", VALUES, &["Value", "Rows", "Share"]));
    out.extend(parts.picture("sizes"));
    heading(2, "Visitors and network", out);
    let visitors = &report.visitors;
    sentences(
        &format!(
            "{} asked, in {}: a session is the requests of one address without a pause of more than 30 minutes.",
            counted(visitors.distinct_addresses, "address", "addresses"),
            counted(visitors.sessions, "session", "sessions"),
        ),
        out,
    );
    out.extend(
        ["addresses", "destinations", "countries", "protocols", "names"].iter().filter_map(|name| parts.picture(name)),
    );
    let shown = ["Address", "Requests", "Errors", "Bytes", "Sessions", "First (UTC)", "Last (UTC)"];
    out.extend(parts.table("visitors", VALUES, &shown));
    for name in ["crawlers", "pairs", "ports", "lookups", "unknown-hosts"] {
        out.extend(parts.table(name, VALUES, &[]));
    }
}
