//! What the studies say: the answers of models to questions that are asked one at a time.

use serde::{Deserialize, Serialize};

use super::{Evidence, FeatureUse, Metric, Param, Trust};

/// Whether the next interval will have a burst of errors, and how well that could be known so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// How it was set.
    pub params: Vec<Param>,
    /// Whether to believe the figures.
    pub trust: Trust,
    /// Why there is no result, if there is none.
    pub refused: Option<String>,
    /// How long an interval is.
    pub interval_seconds: u64,
    /// How many seconds after an alarm the interval begins that it is about, and how many after it ends.
    pub ahead_seconds: [u64; 2],
    /// An interval with more errors than this is a burst.
    pub burst_over: u64,
    /// The probability from which an alarm is given.
    pub threshold: f64,
    /// Intervals that trained.
    pub n_train: u64,
    /// Intervals that tested: the newest.
    pub n_test: u64,
    /// Intervals of the test that are bursts.
    pub bursts: u64,
    /// How many times such bursts began.
    pub episodes: u64,
    /// The area below the ROC curve.
    pub roc_area: Option<f64>,
    /// What the model's alarms, those of plain rules and no alarm at all would have been worth. **Order**: the model first.
    pub alarms: Vec<AlarmFigures>,
    /// What it looked at. **Order**: the most important first.
    pub features: Vec<FeatureUse>,
    /// The intervals of the test, by time; at most the last 1,000.
    pub points: Vec<ForecastPoint>,
    /// The interval after the end of the log.
    pub next: Option<ForecastPoint>,
}

/// What someone's alarms were worth on the test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmFigures {
    /// Whose they are, in words.
    pub by: String,
    /// Alarms before a burst.
    pub right: u64,
    /// Alarms before none.
    pub false_alarms: u64,
    /// Bursts without an alarm.
    pub missed: u64,
    /// Beginnings of bursts with an alarm: that it goes on is easily said.
    pub announced: u64,
    /// False alarms, and misses by what each costs.
    pub cost: f64,
    /// How likely a difference from the model's answers at least as large is by chance; null for the model.
    pub chance: Option<f64>,
}

/// An interval and what was said of it before it began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ForecastPoint {
    /// When it begins, RFC 3339.
    pub start: String,
    /// Its errors; null where it has not been yet.
    pub errors: Option<u64>,
    /// The probability of a burst.
    pub probability: f64,
    /// Whether the model gives an alarm.
    pub is_alarm: bool,
}

/// How many of the known attacks that were put among the log's own rows are found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Planted {
    /// How it was set.
    pub params: Vec<Param>,
    /// Whether to believe the figures.
    pub trust: Trust,
    /// Why there is no result, if there is none.
    pub refused: Option<String>,
    /// The model beside the rules, in words; null where none could be had.
    pub model: Option<String>,
    /// The log's own rows that were copied, and those of them that are found: false alarms, or attacks that were there.
    pub own: PlantedRows,
    /// All that was planted.
    pub all: PlantedRows,
    /// The same by kind of attack. **Order**: by name.
    pub families: Vec<PlantedRows>,
    /// The same by how it was written.
    pub variants: Vec<PlantedRows>,
    /// Planted requests that rules do not find, at most 20.
    pub missed_by_rules: Vec<PlantedRequest>,
    /// Planted requests that the model does not find, at most 20.
    pub missed_by_model: Vec<PlantedRequest>,
}

/// Rows, and who finds how many of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantedRows {
    /// What kind they are.
    pub name: String,
    /// How many.
    pub rows: u64,
    /// Those that a rule finds.
    pub by_rules: u64,
    /// Those that the model finds.
    pub by_model: u64,
    /// Those that either finds.
    pub by_either: u64,
}

/// A request that was planted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantedRequest {
    /// What kind of attack.
    pub family: String,
    /// How it was written.
    pub variant: String,
    /// Its method, path and query.
    pub request: String,
}

/// Rows that rules find and rows that a model finds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// How it was set.
    pub params: Vec<Param>,
    /// What the model calls the rows that count, in words.
    pub model: String,
    /// How far both agree beyond what chance would give (Cohen's kappa): 1 for always, 0 for no more than chance.
    pub kappa: Option<f64>,
    /// Both, rules only, the model only, neither. **Shape**: 4.
    pub cells: Vec<AgreementCell>,
}

/// Rows of one kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementCell {
    /// Who finds them.
    pub name: String,
    /// How many.
    pub rows: u64,
    /// Some of them, drawn; by file and line.
    pub sample: Vec<Evidence>,
}

/// Rows as points of a plane, near where their numbers are alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowMap {
    /// How it was set.
    pub params: Vec<Param>,
    /// Whether to believe it.
    pub trust: Trust,
    /// Why there is no map, if there is none.
    pub refused: Option<String>,
    /// Rows that have enough of the numbers; the points are drawn from them.
    pub n_rows: u64,
    /// **Order**: by file and byte.
    pub points: Vec<MapPoint>,
    /// To the right and upwards.
    pub directions: Vec<MapDirection>,
    /// **Order**: the largest first.
    pub groups: Vec<MapGroup>,
}

/// A row on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapPoint {
    /// To the right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// The place of its group.
    pub group: u32,
    /// The number of its file.
    pub file: u32,
    /// Where its line begins.
    pub byte: u64,
}

/// What grows in a direction of the map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapDirection {
    /// The share of all differences between rows that it shows.
    pub share: f64,
    /// Numbers and their part in it, below 0 where they shrink. **Order**: the largest part first.
    pub features: Vec<Metric>,
}

/// Rows that are alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapGroup {
    /// How many of the points.
    pub rows: u64,
    /// What sets them apart, a sentence each.
    pub traits: Vec<String>,
    /// Those in the middle.
    pub sample: Vec<Evidence>,
}
