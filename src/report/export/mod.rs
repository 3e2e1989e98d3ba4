//! The report as a file for somebody who was not there: HTML without a script, PDF, Markdown, JSON, or a zip of all of them.
//!
//! ```text
//! report ─► redaction (if it is asked for) ─┬► tables, pictures ─► document ─► html, markdown, pdf ─┐
//!                                           ├► tables as CSV, pictures as SVG ─────────────────────┼► bundle (zip)
//!                                           └► JSON ───────────────────────────────────────────────┘
//! ```
//!
//! What is said is decided once, in `document`; a writer only decides how it looks, and makes every text inert. Page and
//! command line give the same bytes.

mod bundle;
mod cell;
mod document;
mod html;
mod markdown;
mod pdf;
mod pictures;
mod redaction;
mod rows;
mod tables;
mod zip;

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::fix::is_odd;
use super::types::{Report, ThreatLevel};

pub use cell::{plain_cell, text_cell};
pub use redaction::Redaction;
pub use rows::parquet;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFormat {
    /// One file, without a script and without anything that is loaded.
    Html,
    /// Pages to print, with text that can be selected and charts that stay sharp.
    Pdf,
    /// Markdown as GitHub reads it.
    Markdown,
    /// `logloupe.report.v1`.
    Json,
    /// All of these, every table as CSV, every chart as SVG, and a list of what is in it.
    Zip,
}

/// The report as a file. Under a redaction it holds no address, user name, query value or raw line of the logs, and says
/// what was left out.
pub fn write(report: &Report, format: DocumentFormat, redaction: Option<&Redaction>) -> Vec<u8> {
    let redacted = redaction.map(|redaction| redaction::redact(report, redaction));
    let (report, left_out) = match &redacted {
        Some((report, left_out)) => (report, left_out.as_slice()),
        None => (report, &[][..]),
    };
    if format == DocumentFormat::Json {
        return json(report);
    }
    let parts = document::Parts::of(report);
    let blocks = document::blocks(report, &parts, left_out);
    match format {
        DocumentFormat::Html => html::write(&blocks).into_bytes(),
        DocumentFormat::Pdf => pdf::write(&blocks),
        DocumentFormat::Markdown => markdown::write(&blocks).into_bytes(),
        DocumentFormat::Json => json(report),
        DocumentFormat::Zip => bundle::write(report, &parts, &blocks, left_out),
    }
}

/// What a redaction would leave out of the report's files, in sentences.
pub fn left_out(report: &Report, redaction: &Redaction) -> Vec<String> {
    redaction::redact(report, redaction).1
}

/// JSON to read, with an end of line.
fn json(report: &Report) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(report).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// How worried to be, with a sign: colour is never the only one.
fn level(level: ThreatLevel) -> String {
    let sign = match level {
        ThreatLevel::Critical => '■',
        ThreatLevel::High => '▲',
        ThreatLevel::Medium => '◆',
        ThreatLevel::Low => '●',
        ThreatLevel::None => '○',
    };
    format!("{sign} {}", level.as_str())
}

/// A text in which what steers texts or can't be seen is shown as an escape.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => out.push(' '),
            letter if is_odd(letter) => escape(letter, &mut out),
            letter => out.push(letter),
        }
    }
    out
}

/// A letter as `\u{202e}`. Writing into a string does not fail.
fn escape(letter: char, out: &mut String) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
}
