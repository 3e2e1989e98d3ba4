//! The models behind one face: parameters of any of them in, a trained one out, probabilities or scores from it.

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::explanation::Explanation;
use super::features::{Feature, FeatureMatrix};
use super::gradient_boosting::{GradientBoosting, GradientBoostingParams};
use super::isolation_forest::{IsolationForest, IsolationForestParams};
use super::labels::Labels;
use super::logistic_regression::{LogisticRegression, LogisticRegressionParams};
use super::random_forest::{Importance, RandomForest, RandomForestParams};

/// Which model, and how it is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimatorParams {
    /// Ranks rows by how easily they are set apart; needs no label.
    IsolationForest(IsolationForestParams),
    /// Tells classes apart by many trees.
    RandomForest(RandomForestParams),
    /// Weighs the features.
    LogisticRegression(LogisticRegressionParams),
    /// Tells classes apart by trees that mend each other.
    GradientBoosting(GradientBoostingParams),
}

/// A trained model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// Ranks rows.
    IsolationForest(IsolationForest),
    /// Tells classes apart.
    RandomForest(RandomForest),
    /// Weighs the features.
    LogisticRegression(LogisticRegression),
    /// Tells classes apart.
    GradientBoosting(GradientBoosting),
}

impl Default for EstimatorParams {
    fn default() -> Self {
        Self::RandomForest(RandomForestParams::default())
    }
}

impl EstimatorParams {
    /// Whether it learns from a label.
    pub fn needs_label(&self) -> bool {
        !matches!(self, Self::IsolationForest(_))
    }

    /// Where its random numbers start; 0 where it draws none.
    pub fn seed(&self) -> u64 {
        match self {
            Self::IsolationForest(params) => params.seed,
            Self::RandomForest(params) => params.seed,
            Self::GradientBoosting(params) => params.seed,
            Self::LogisticRegression(_) => 0,
        }
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        match &mut self {
            Self::IsolationForest(params) => params.seed = seed,
            Self::RandomForest(params) => params.seed = seed,
            Self::GradientBoosting(params) => params.seed = seed,
            // It draws nothing.
            Self::LogisticRegression(_) => {}
        }
        self
    }

    /// The model of `rows` and, if it needs them, `labels`.
    ///
    /// # Errors
    /// Those of the model; a label that is needed and not there.
    pub fn fit(&self, rows: &FeatureMatrix, labels: Option<&Labels>) -> Result<Estimator, ModelError> {
        let shape = (rows.n_samples(), rows.n_features());
        let labels = || labels.ok_or(ModelError::Shape { what: "labels", expected: shape.0, found: 0 });
        Ok(match self.clone() {
            Self::IsolationForest(params) => Estimator::IsolationForest(params.check(shape.0, shape.1)?.fit(rows)?),
            Self::RandomForest(params) => {
                Estimator::RandomForest(params.check(shape.0, shape.1)?.fit(rows, labels()?)?)
            }
            Self::LogisticRegression(params) => Estimator::LogisticRegression(params.fit(rows, labels()?)?),
            Self::GradientBoosting(params) => Estimator::GradientBoosting(params.fit(rows, labels()?)?),
        })
    }
}

impl Estimator {
    /// The features it was trained on, in the order of the columns.
    pub fn features(&self) -> &[Feature] {
        match self {
            Self::IsolationForest(forest) => forest.features(),
            Self::RandomForest(forest) => forest.features(),
            Self::LogisticRegression(model) => model.features(),
            Self::GradientBoosting(model) => model.features(),
        }
    }

    /// The classes that it tells apart; none where it only ranks.
    pub fn classes(&self) -> &[String] {
        match self {
            Self::IsolationForest(_) => &[],
            Self::RandomForest(forest) => forest.classes(),
            Self::LogisticRegression(model) => model.classes(),
            Self::GradientBoosting(model) => model.classes(),
        }
    }

    /// The probability of each class for each row; where there is none, the score of each row.
    ///
    /// **Shape**: `n_samples × n_classes`, row after row, or one a row.
    ///
    /// # Errors
    /// Other features than the model's, a missing value.
    pub fn predict(&self, rows: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        match self {
            Self::IsolationForest(forest) => forest.score_samples(rows),
            Self::RandomForest(forest) => forest.predict_proba(rows),
            Self::LogisticRegression(model) => model.predict_proba(rows),
            Self::GradientBoosting(model) => model.predict_proba(rows),
        }
    }

    /// How much each feature helped, by the model's own account; nothing where it has none.
    pub fn feature_importances(&self) -> Vec<Importance> {
        match self {
            Self::IsolationForest(_) => Vec::new(),
            Self::RandomForest(forest) => forest.feature_importances(),
            Self::LogisticRegression(model) => model.feature_importances(),
            Self::GradientBoosting(model) => model.feature_importances(),
        }
    }

    /// Why a row is given its answer.
    ///
    /// # Errors
    /// A row of another length than the features', or with a missing value.
    pub fn explain(&self, row: &[f64]) -> Result<Explanation, ModelError> {
        match self {
            Self::IsolationForest(forest) => forest.explain(row),
            Self::RandomForest(forest) => forest.explain(row),
            Self::LogisticRegression(model) => model.explain(row),
            Self::GradientBoosting(model) => model.explain(row),
        }
    }
}
