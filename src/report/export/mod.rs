//! The report as a file for somebody who was not there: one page of HTML without a script, or Markdown.
//!
//! ```text
//! report ─► redaction (if it is asked for) ─► document: headings, sentences, tables, bars ─► html, markdown
//! ```
//!
//! Tables that are taken away alone are CSV: `cell` keeps spreadsheets from running them.
//!
//! What is said is decided once, in `document`; a writer only decides how it looks, and makes every text inert. Page and
//! command line give the same bytes.

mod cell;
mod document;
mod html;
mod markdown;
mod redaction;

use serde::{Deserialize, Serialize};

use super::types::Report;

pub use cell::{plain_cell, text_cell};
pub use redaction::Redaction;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFormat {
    /// One file, without a script and without anything that is loaded.
    Html,
    /// Markdown as GitHub reads it.
    Markdown,
}

/// The report as a file. Under a redaction it holds no address, user name, query value or raw line of the logs, and says
/// what was left out.
pub fn write(report: &Report, format: DocumentFormat, redaction: Option<&Redaction>) -> String {
    let redacted = redaction.map(|redaction| redaction::redact(report, redaction));
    let (report, manifest) = match &redacted {
        Some((report, manifest)) => (report, manifest.as_slice()),
        None => (report, &[][..]),
    };
    let blocks = document::blocks(report, manifest);
    match format {
        DocumentFormat::Html => html::write(&blocks),
        DocumentFormat::Markdown => markdown::write(&blocks),
    }
}
