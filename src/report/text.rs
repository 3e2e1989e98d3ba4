//! The report in words.

use super::types::{Paragraph, Report, Threat};

/// Paragraphs.
pub fn paragraphs(_report: &Report) -> Vec<Paragraph> {
    Vec::new()
}

/// Threat.
pub fn threat(_report: &Report) -> Threat {
    Threat::default()
}
