//! Why a row is in findings, and which others it nearly is in.

use serde::{Deserialize, Serialize};

use super::Severity;

/// What rules say of one row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WhyNot {
    /// The entries of allow lists that cover the row: no check sees it.
    pub allowed: Vec<String>,
    /// Who asked: column and value. **Null**: none where the row does not say.
    pub source: Option<(String, String)>,
    /// Rules that the row fits, and those that say something of all rows of its source.
    ///
    /// **Order**: most severe first, then by id.
    pub fired: Vec<RuleSays>,
    /// Rules that it nearly fits.
    ///
    /// **Order**: most severe first, then by id.
    pub nearly: Vec<RuleSays>,
}

/// What a rule says of a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleSays {
    /// Stable name of the rule.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// What fits, or the one thing that does not, a sentence each.
    pub why: Vec<String>,
}
