//! Settings of the studies: questions to the models that are asked one at a time and are no part of the report.

use serde::{Deserialize, Serialize};

use crate::schema::FieldName;
use crate::units::severity::Severity;

/// Whether the next interval will have a burst of errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ForecastSettings {
    /// The smallest status that is an error: 500 for what the server did wrong, 400 for all.
    pub errors_from: u16,
    /// How long an interval is, in seconds; null for the smallest that people count in which makes at most 500.
    pub interval_seconds: Option<u32>,
    /// How many intervals ahead the burst is that an alarm is about.
    pub lead: u32,
    /// An interval with more errors than this is a burst; null for as many as at most a tenth of the training intervals
    /// have.
    pub burst_over: Option<u64>,
    /// The intervals that the plain rule counts the errors of.
    pub rule_window: u32,
    /// The plain rule gives an alarm where there are more errors in them than this.
    pub rule_over: u64,
    /// What a burst without an alarm costs, where a false alarm costs 1.
    pub miss_cost: f64,
    /// The share of intervals held out to test on: the newest.
    pub test_share: f64,
    /// How many trees.
    pub n_estimators: u32,
    /// How deep a tree may grow.
    pub max_depth: u32,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for ForecastSettings {
    fn default() -> Self {
        Self {
            errors_from: 500,
            interval_seconds: None,
            lead: 1,
            burst_over: None,
            rule_window: 6,
            rule_over: 5,
            miss_cost: 5.0,
            test_share: 0.3,
            n_estimators: 100,
            max_depth: 6,
            seed: 42,
        }
    }
}

/// What finds known attacks that are put among the log's own rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlantSettings {
    /// How many of the log's own rows are copied, at most.
    pub n_rows: u32,
    /// How many times each attack is planted.
    pub copies: u32,
    /// How bad a rule must be for its rows to count as found.
    pub level: Severity,
    /// Of a saved model: the class that counts as found; null for its last, or for an anomaly.
    pub class: Option<String>,
    /// How many trees of the model that learns here.
    pub n_estimators: u32,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for PlantSettings {
    fn default() -> Self {
        Self { n_rows: 5_000, copies: 1, level: Severity::Medium, class: None, n_estimators: 50, seed: 42 }
    }
}

/// Where rules and a saved model agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgreementSettings {
    /// How bad a rule must be for its rows to count.
    pub level: Severity,
    /// The class of the model that counts; null for its last, or for an anomaly.
    pub class: Option<String>,
    /// How many rows of each kind are shown.
    pub n_shown: u32,
    /// What they are drawn with.
    pub seed: u64,
}

impl Default for AgreementSettings {
    fn default() -> Self {
        Self { level: Severity::Medium, class: None, n_shown: 10, seed: 42 }
    }
}

/// A map of the rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MapSettings {
    /// Columns of numbers and computed features, none of an address; empty for all that the log fills.
    pub numbers: Vec<FieldName>,
    /// Rows on the map, at most.
    pub n_rows: u32,
    /// Groups.
    pub k: u32,
    /// What rows and the first middles of groups are drawn with.
    pub seed: u64,
}

impl Default for MapSettings {
    fn default() -> Self {
        Self { numbers: Vec::new(), n_rows: 2_000, k: 5, seed: 42 }
    }
}
