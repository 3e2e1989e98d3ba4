//! Models that are trained on request: how they did, what they say of a row, and which columns go together.
//!
//! Not a part of `logloupe.report.v1`: a page asks for these, and the model itself is a file of its own.

use serde::{Deserialize, Serialize};

use super::{ClassReport, Evidence, HistogramBin, Trust, Verdict};

/// A trained model, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Learnt {
    /// Which model: `random forest`.
    pub model: String,
    /// How it was trained, in scikit-learn's words.
    pub params: Vec<(String, String)>,
    /// The column that it has learnt, or the filter whose rows are told from the others. **Null**: it only ranks.
    pub label: Option<String>,
    /// Whether the label is a filter.
    pub is_question: bool,
    /// Its classes, in the order of the probabilities.
    pub classes: Vec<String>,
    /// What it looks at, in the order in which values are given for a prediction.
    pub inputs: Vec<LearntInput>,
    /// Rows of the log that have enough of the features.
    pub n_rows: u64,
    /// Rows that trained.
    pub n_train: u64,
    /// Rows that tested.
    pub n_test: u64,
    /// How they were told apart: `rows`, `time`, `none`, or the column whose values stay together.
    pub split: String,
    /// Whether to trust the figures; nothing where there was no test.
    pub trust: Option<Trust>,
    /// How it did on the test.
    pub figures: Option<Figures>,
    /// Each feature's part in the model, by the model's own account. **Order**: largest first.
    pub importances: Vec<(String, f64)>,
    /// By how much it does worse on the test when a feature is shuffled there. **Order**: largest first.
    pub permutation_importances: Vec<(String, f64)>,
    /// What the preparation did: step, column, rows.
    pub touched: Vec<(String, String, u64)>,
    /// Parameters that were tried on folds before: in words, mean and deviation of the score. **Order**: best first.
    pub tried: Vec<(String, f64, f64)>,
    /// How it does with fewer rows to learn from: rows, balanced accuracy on the test, and on these rows themselves.
    pub learning_curve: Vec<(u64, f64, f64)>,
}

/// A column that a model looks at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LearntInput {
    /// The column, or what is computed from one.
    pub name: String,
    /// Whether it takes a text.
    pub is_text: bool,
    /// The unit of its number: `bytes`, `milliseconds`; empty where it has none.
    pub unit: String,
    /// Values that it knows, for a text that is a category.
    pub known: Vec<String>,
    /// What stands where a number is missing.
    pub fill: Option<f64>,
}

/// How good a classifier's answers are on rows whose class is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Rows.
    pub n_samples: u64,
    /// Each figure with its own verdict.
    pub figures: Vec<Figure>,
    /// The simplest answers beside the model's.
    pub simplest: Vec<Simplest>,
    /// Figures for each class, then their mean (`macro average`) and the mean by rows (`weighted average`).
    pub classes: Vec<ClassReport>,
    /// **Shape**: a row for each true class, a column for each predicted one.
    pub confusion: Vec<Vec<u64>>,
    /// The ROC curve of the second of two classes: false positive rate, true positive rate.
    pub roc: Vec<(f64, f64)>,
    /// Its precision and recall by threshold. **Order**: highest threshold first.
    pub thresholds: Vec<Threshold>,
    /// What was said of rows of similar probabilities, what was true, and how many they are.
    pub calibration: Vec<(f64, f64, u64)>,
}

/// Rows of one cell of a confusion matrix, among all that are open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConfusedRows {
    /// What they are.
    pub actual: String,
    /// What the model calls them.
    pub predicted: String,
    /// How many there are.
    pub rows: u64,
    /// The first of them. **Order**: by file and byte.
    pub sample: Vec<Evidence>,
}

/// One figure and what it is worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Where it lies in 95 of 100 draws of the test.
    pub interval: Option<(f64, f64)>,
    /// Whether to believe it.
    pub verdict: Verdict,
    /// Why, in one sentence without a full stop.
    pub because: String,
}

/// A simple answer beside the model's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Simplest {
    /// What it is: `always the majority`, `one rule`.
    pub name: String,
    /// The answer in words.
    pub answer: String,
    /// The share of rows on which it is right.
    pub accuracy: f64,
    /// The mean recall of the classes.
    pub balanced_accuracy: f64,
    /// How likely a difference from the model at least as large is, if both are equally good.
    pub p_value: f64,
}

/// What is found, and how much of it is right, when every row that scores at least so much counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Threshold {
    /// The probability from which a row is called positive.
    pub threshold: f64,
    /// Of the rows called positive, the share that is.
    pub precision: f64,
    /// Of the positive rows, the share that is called so.
    pub recall: f64,
    /// Rows called positive.
    pub called: u64,
}

/// A model's answers compared with what is true of the open rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Compared {
    /// Rows without a class that the model knows: they are left out.
    pub n_unknown: u64,
    /// The figures of the others.
    pub figures: Figures,
}

/// What a model says of one row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Predicted {
    /// Its most probable class, or `anomaly` or `normal`.
    pub verdict: String,
    /// The probability of each class, or the one score under the name `score`. **Order**: as the model's classes.
    pub numbers: Vec<(String, f64)>,
    /// Why, in one sentence without a full stop.
    pub because: String,
    /// Each feature's value and its part in the answer. **Order**: largest part first.
    pub parts: Vec<FeaturePart>,
}

/// One feature's part in an answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeaturePart {
    /// The feature.
    pub feature: String,
    /// Its value with its unit.
    pub shown: String,
    /// On which side of the thresholds it did most: `above`, `below`, `between`.
    pub side: String,
    /// How much it did; below 0 where it speaks against the answer.
    pub weight: f64,
}

/// What the columns of a log are to a model, before one is trained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Survey {
    /// Rows of the sample that was looked at.
    pub n_samples: u64,
    /// The columns that would be learnt from.
    pub features: Vec<SurveyedFeature>,
    /// The strongest pairs, by list: `positive`, `negative`, `by rank`, `categories`.
    pub pairs: Vec<FeaturePair>,
    /// Every pair, as tables of values.
    pub grids: Vec<Grid>,
}

/// A column that would be learnt from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SurveyedFeature {
    /// Its name.
    pub name: String,
    /// What it is: `number`, `category`, `words`.
    pub kind: String,
    /// The unit of its numbers; empty where it has none.
    pub unit: String,
    /// The columns that it comes from.
    pub source: String,
    /// How its numbers are spread; of texts nothing.
    pub bins: Vec<HistogramBin>,
    /// Distinct texts; of numbers 0.
    pub distinct: u64,
    /// Rows without a value.
    pub missing: u64,
    /// What the preparation did to it: step and rows.
    pub touched: Vec<(String, u64)>,
}

/// Two columns and how they go together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeaturePair {
    /// The list that it stands in.
    pub list: String,
    /// One.
    pub a: String,
    /// The other.
    pub b: String,
    /// −1..=1, or 0..=1 for categories.
    pub value: f64,
    /// Rows in which both are known.
    pub n_samples: u64,
}

/// Columns against columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Grid {
    /// `Pearson`, `Spearman`, `Cramér's V`.
    pub measure: String,
    /// The columns, in both directions.
    pub names: Vec<String>,
    /// **Shape**: a row and a column for each name. **Null**: NaN, for a column with itself and where one never varies.
    pub values: Vec<Vec<f64>>,
}
