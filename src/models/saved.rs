//! A trained model in a file: what it looks at, how that is prepared, the model itself, and how it did.
//!
//! One JSON document, `logloupe.model.v1`, without any row of the log; but names of categories, words and classes are the
//! log's, so a file is as private as they are.

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::estimator::{Estimator, EstimatorParams};
use super::evaluation::Evaluation;
use super::features::FeatureMatrix;
use super::frame::Frame;
use super::learning_curve::CurvePoint;
use super::preparation::{Preparation, Touched};
use super::random_forest::{Importance, most_probable};
use super::trust::Trust;
use super::tuning::Tuning;
use crate::schema::FieldName;

/// What every file of this version says.
pub const SCHEMA: &str = "logloupe.model.v1";

/// A model as it is saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedModel {
    /// [`SCHEMA`].
    pub schema: String,
    /// The column it has learnt; none where it only ranks.
    pub label: Option<FieldName>,
    /// The filter that tells `yes` from `no`, where the label is no column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Its classes, in the order of the probabilities.
    pub classes: Vec<String>,
    /// The columns of numbers that it looks at.
    pub numbers: Vec<FieldName>,
    /// The columns of texts.
    pub texts: Vec<FieldName>,
    /// How it was trained.
    pub params: EstimatorParams,
    /// How rows become numbers, the words and categories that it knows among them.
    pub preparation: Preparation,
    /// The model.
    pub estimator: Estimator,
    /// How it came about and how it did.
    pub summary: TrainingSummary,
}

/// How a model came about.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingSummary {
    /// Rows of the log that have enough of the features.
    pub n_rows: u64,
    /// Rows that trained.
    pub n_train: u64,
    /// Rows that tested.
    pub n_test: u64,
    /// How they were told apart: `rows`, `time`, or the column whose values stay together.
    pub split: String,
    /// What the preparation did to the training rows.
    pub touched: Vec<Touched>,
    /// Every feature with its part in the model; by the model's own account.
    pub importances: Vec<Importance>,
    /// By how much the model does worse on the test when a feature is shuffled there.
    pub permutation_importances: Vec<Importance>,
    /// How it did on the test; nothing where there was none.
    pub evaluation: Option<Evaluation>,
    /// Whether to trust that.
    pub trust: Option<Trust>,
    /// What was tried before, if a search was asked for.
    pub tuning: Option<Tuning>,
    /// How it does with fewer rows to learn from, if that was asked for.
    pub learning_curve: Vec<CurvePoint>,
}

impl SavedModel {
    /// What a file holds.
    ///
    /// # Errors
    /// A file of another kind or version, a model that contradicts itself.
    pub fn from_json(json: &str) -> Result<Self, ModelError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let unread = |error: serde_json::Error| ModelError::Unreadable { message: error.to_string() };
        let head: Head = serde_json::from_str(json).map_err(unread)?;
        if head.schema != SCHEMA {
            return Err(ModelError::Unreadable { message: format!("expected {SCHEMA}, found {}", head.schema) });
        }
        let model: Self = serde_json::from_str(json).map_err(unread)?;
        if model.preparation.features() != model.estimator.features() {
            return Err(ModelError::BrokenModel { reason: "the preparation makes other features than the model has" });
        }
        if model.classes != model.estimator.classes() {
            return Err(ModelError::BrokenModel { reason: "the model tells other classes apart than the file says" });
        }
        Ok(model)
    }

    /// The file.
    ///
    /// # Errors
    /// None that is known; what the encoder says.
    pub fn to_json(&self) -> Result<String, ModelError> {
        serde_json::to_string(self).map_err(|error| ModelError::Unreadable { message: error.to_string() })
    }

    /// The rows of a frame as the model sees them.
    ///
    /// # Errors
    /// Those of [`Preparation::apply`].
    pub fn prepare(&self, frame: &Frame) -> Result<FeatureMatrix, ModelError> {
        Ok(self.preparation.apply(frame)?.matrix)
    }

    /// Numbers that the model gives a row: a probability for each class, or a score.
    pub fn width(&self) -> usize {
        self.classes.len().max(1)
    }

    /// What the model calls a row of these numbers: its most probable class, or whether it is an anomaly.
    pub fn verdict(&self, answer: &[f64]) -> &str {
        match &self.estimator {
            Estimator::IsolationForest(forest) => {
                let is_anomaly = answer.first().is_some_and(|&score| forest.is_anomaly(score));
                if is_anomaly { "anomaly" } else { "normal" }
            }
            _ => self.classes.get(most_probable(answer) as usize).map_or("", String::as_str),
        }
    }
}
