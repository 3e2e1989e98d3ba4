//! Rows that no check sees because an entry of an allow list covers them. They stay in every other figure.

use serde::{Deserialize, Serialize};

/// What is noted of a rule that the user switched off.
pub const SWITCHED_OFF: &str = "it is switched off in the settings";

/// What the allow lists left out of the checks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LeftOut {
    /// Rows that any list covers.
    pub rows: u64,
    /// The lists that cover rows; a row may stand in several.
    pub lists: Vec<AllowedRows>,
    /// What is wrong with entries, a sentence each: such an entry does nothing.
    pub mistakes: Vec<String>,
}

/// What one allow list left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AllowedRows {
    /// The list, as the settings call it: `addresses`, `domains`, `paths`, `user_agents`.
    pub list: String,
    /// Rows.
    pub rows: u64,
    /// Its entries that cover rows, each row under the first that does.
    ///
    /// **Order**: by rows, then by entry.
    pub entries: Vec<AllowedEntry>,
}

/// What one entry left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AllowedEntry {
    /// The entry as it is written.
    pub entry: String,
    /// Rows.
    pub rows: u64,
}
