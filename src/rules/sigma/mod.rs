//! Sigma rules on column tables.
//!
//! ```text
//! YAML ─ read ─► ir ─► words mean columns (fields) ─► distinct values (spaces) ─► tests on values (values)
//!   (hosts only)                                           rows of a shard (evaluate) ─► found ─► findings
//!                                                                                      windows ─┘ (correlations)
//! ```
//!
//! A test runs once for each distinct value of its column, all tests of a column in one pass that looks for their texts
//! together. A row then costs a look-up for each column, and what it sets are bits; rules are operations on sets of rows.
//! What a URL is for Sigma (path and query together) is a column of distinct pairs, so that a pattern may reach over the
//! question mark.

mod bytes;
mod evaluate;
mod fields;
mod found;
pub mod ir;
pub mod read;
mod read_items;
mod regex;
mod said;
mod shipped;
mod spaces;
mod tokens;
mod values;
mod windows;

pub(super) use evaluate::{Sigma, near};
pub(super) use found::{SigmaFound, id_of};
pub use read_items::Placeholders;
pub(super) use shipped::Rules;
pub use shipped::shipped;

use crate::settings::Settings;
use crate::table::{RowSet, Selection};

use super::tuned::Tuned;

/// What time is spent on for all rules together.
pub(super) const SHARED: &str = "all Sigma rules: what texts mean";

/// The rows that each rule matches, for whoever compares rows: for every shard with selected rows, in their order, pairs
/// of a rule's place in the list and its rows. Correlations have none.
pub fn matching_rows(selection: Selection<'_>, rules: &[ir::Rule]) -> Vec<Vec<(usize, RowSet)>> {
    let settings = Settings::default();
    let sigma = Sigma::new(selection, Rules::only(rules), Tuned(&settings));
    selection.shards().map(|(shard, rows)| sigma.rows(shard, rows)).collect()
}
