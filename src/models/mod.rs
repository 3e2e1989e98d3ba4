//! Models: which rows are rare, which class a row has, and whether to believe it.
//!
//! ```text
//!                     ┌► isolation_forest ─► scores, anomalies ──────────┐
//!  features ──────────┤                                                  ├► trust ─► verdict, reasons
//!  a matrix, imputed  └► random_forest ─► probabilities ─► metrics ──────┘
//!  labels ── split ─────────┘  ▲                                    explanation: why this row
//!  a class a row  train, test  └─ tuning: which parameters
//! ```
//!
//! Each model goes `Params → check → fit → Model → predict`: the parameters are plain data with scikit-learn's names
//! and defaults, `check` holds them against the shape of the rows, `fit` gives a model that can be saved and that
//! explains itself row by row. Figures never stand alone: [`trust`] looks at the rows behind them and says in plain
//! sentences what they are worth.
//!
//! What this room promises: the same rows, parameters and seed give the same bits, natively and in wasm32, in whatever
//! order the trees were grown and however the rows were cut for scoring. `ln` and `exp2` come from `libm`, random
//! numbers from `random.rs`, and every sum of floats has a fixed order.
//!
//! What it does not do: it knows no table and no field (the composer makes the matrix), starts no thread, reads no
//! clock, and encodes no text as numbers.

mod binned;
pub mod comparison;
pub mod correlation;
pub mod curves;
pub mod error;
pub mod estimator;
pub mod evaluation;
pub mod explanation;
pub mod features;
pub mod forecast;
pub mod frame;
pub mod gradient_boosting;
mod growth;
pub mod held_out;
pub mod isolation_forest;
pub mod labels;
pub mod learning_curve;
pub mod logistic_regression;
pub mod metrics;
pub mod pattern;
pub mod permutation;
pub mod preparation;
mod random;
pub mod random_forest;
pub mod row_map;
pub mod saved;
mod sparse;
pub mod split;
mod tree;
pub mod trust;
mod trust_forecast;
#[cfg(test)]
mod trust_tests;
pub mod tuning;
pub mod words;

pub use error::ModelError;
pub use explanation::{Contribution, Explanation, Side, Spread};
pub use features::{ConstantFeature, Feature, FeatureMatrix, FeatureUnit, Imputation, Imputed, Imputer};
pub use isolation_forest::{Contamination, IsolationForest, IsolationForestParams, MaxSamples, ValidIsolationForest};
pub use labels::{JoinedClass, Labels, MAX_CLASSES};
pub use metrics::{ClassMetrics, ClassificationReport, ConfusionMatrix, RocCurve, RocPoint, log_loss, roc_curve};
pub use random_forest::{
    Importance, MaxFeatures, RandomForest, RandomForestParams, TREES_PER_GROVE, ValidRandomForest, most_probable,
};
pub use split::{Split, TEST_SHARE, by_group, by_time, folds_by_group, folds_by_time, k_folds, stratified};
pub use trust::{AnomalyEvidence, ClassifierEvidence, Entities, Reason, ReasonKind, Trust, Verdict};
pub use tuning::{Candidate, ParamGrid, Scoring, Tuning};
