//! Which parameters to train a random forest with: every combination of a grid, or some that are drawn from it, is tried
//! on held-out rows.
//!
//! **Source**: scikit-learn's `GridSearchCV` and, on lists, `RandomizedSearchCV`, with their default folds and score for classifiers (1.9). It differs in that
//! the score may be balanced accuracy, which is the default here because most labels of a log have a rare class.
//!
//! The best combination was chosen by its score on these folds, so that score flatters it: measure the final model on
//! rows that had no part in the choice.

use std::collections::BTreeSet;

use crate::units::order;
use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::estimator::EstimatorParams;
use super::features::FeatureMatrix;
use super::labels::Labels;
use super::metrics::ConfusionMatrix;
use super::random::Random;
use super::random_forest::{MaxFeatures, RandomForestParams, most_probable};
use super::split::Split;

/// Combinations that one search may try: each is as many trainings as there are folds.
const MAX_CANDIDATES: u64 = 500;

/// What a combination is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// The mean recall of the classes.
    #[default]
    BalancedAccuracy,
    /// The share of rows that is right.
    Accuracy,
    /// The mean F1 of the classes.
    MacroF1,
}

/// The values to try for each parameter; an empty list leaves the parameter as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ParamGrid {
    /// Numbers of trees.
    pub n_estimators: Vec<usize>,
    /// Depths.
    pub max_depth: Vec<Option<u16>>,
    /// Rows a node needs to be split.
    pub min_samples_split: Vec<usize>,
    /// Rows each side of a split needs.
    pub min_samples_leaf: Vec<usize>,
    /// Features tried at each split.
    pub max_features: Vec<MaxFeatures>,
    /// How many of the combinations are drawn, by the base's seed; null for all of them.
    pub n_iter: Option<usize>,
}

/// One combination and how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The parameters.
    pub params: RandomForestParams,
    /// The score on each fold. **Shape**: one a fold.
    pub scores: Vec<f64>,
    /// The mean of the scores.
    pub mean: f64,
    /// Their standard deviation, over the folds and not over a sample of them, as in scikit-learn.
    pub deviation: f64,
}

/// All combinations. **Order**: best mean first, then in the order of the grid, so that smaller values win ties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    /// What they were chosen by.
    pub scoring: Scoring,
    /// Never empty.
    pub candidates: Vec<Candidate>,
}

impl ParamGrid {
    /// The combinations to try, as changes of `base`: all, or as many as are to be drawn. **Order**: the last parameter
    /// changes fastest; values in the order given.
    ///
    /// # Errors
    /// More combinations than a search may try.
    pub fn combinations(&self, base: &RandomForestParams) -> Result<Vec<RandomForestParams>, ModelError> {
        let lengths = [
            self.n_estimators.len(),
            self.max_depth.len(),
            self.min_samples_split.len(),
            self.min_samples_leaf.len(),
            self.max_features.len(),
        ];
        let all = lengths.iter().fold(1_u64, |product, &length| product.saturating_mul(length.max(1) as u64));
        let n_candidates = self.n_iter.map_or(all, |n_iter| all.min(n_iter as u64));
        if n_candidates > MAX_CANDIDATES {
            let found = n_candidates.to_string();
            return Err(ModelError::Param { param: "grid", expected: "at most 500 combinations", found });
        }
        if n_candidates == all {
            return Ok((0..all).map(|place| self.combination(base, place)).collect());
        }
        let mut random = Random::new(base.seed);
        let mut drawn = BTreeSet::new();
        while (drawn.len() as u64) < n_candidates {
            drawn.insert(random.below(all));
        }
        Ok(drawn.into_iter().map(|place| self.combination(base, place)).collect())
    }

    /// The combination at a place among all.
    fn combination(&self, base: &RandomForestParams, mut place: u64) -> RandomForestParams {
        let mut params = base.clone();
        let mut pick = |length: usize| {
            let at = place % length.max(1) as u64;
            place /= length.max(1) as u64;
            at as usize
        };
        let at = pick(self.max_features.len());
        params.max_features = self.max_features.get(at).copied().unwrap_or(params.max_features);
        let at = pick(self.min_samples_leaf.len());
        params.min_samples_leaf = self.min_samples_leaf.get(at).copied().unwrap_or(params.min_samples_leaf);
        let at = pick(self.min_samples_split.len());
        params.min_samples_split = self.min_samples_split.get(at).copied().unwrap_or(params.min_samples_split);
        let at = pick(self.max_depth.len());
        params.max_depth = self.max_depth.get(at).copied().unwrap_or(params.max_depth);
        let at = pick(self.n_estimators.len());
        params.n_estimators = self.n_estimators.get(at).copied().unwrap_or(params.n_estimators);
        params
    }

    /// Trains every combination on the training rows of each of `folds` and scores it on the others, telling `progress`
    /// after each training how many of how many are done.
    ///
    /// The folds are the caller's: `k_folds` for rows that do not depend on each other, `by_time` or `by_group` for
    /// those that do.
    ///
    /// **Cost**: combinations × folds trainings.
    ///
    /// # Errors
    /// No fold; what [`RandomForestParams::check`] and training refuse, such as training rows of a single class.
    pub fn search(
        &self,
        (rows, labels): (&FeatureMatrix, &Labels),
        folds: &[Split],
        (base, scoring): (&RandomForestParams, Scoring),
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<Tuning, ModelError> {
        let combinations = self.combinations(base)?;
        let total = combinations.len() * folds.len();
        let mut scores = Vec::with_capacity(total);
        for at in 0..total {
            scores.push(self.score_of((rows, labels), folds, (base, scoring), at)?);
            progress(at + 1, total);
        }
        self.ranked((base, scoring), folds.len(), &scores)
    }

    /// The score of one combination on one fold; `at` counts the folds of the first combination, then those of the next.
    ///
    /// # Errors
    /// Those of [`Self::search`].
    pub fn score_of(
        &self,
        (rows, labels): (&FeatureMatrix, &Labels),
        folds: &[Split],
        (base, scoring): (&RandomForestParams, Scoring),
        at: usize,
    ) -> Result<f64, ModelError> {
        let combinations = self.combinations(base)?;
        let (place, fold) = (at / folds.len().max(1), at % folds.len().max(1));
        let (Some(params), Some(fold)) = (combinations.get(place), folds.get(fold)) else {
            return Err(ModelError::Param { param: "folds", expected: "at least 1", found: "none".to_owned() });
        };
        let answer = |train: &FeatureMatrix, labels: &Labels, test: &FeatureMatrix| {
            params.clone().check(train.n_samples(), train.n_features())?.fit(train, labels)?.predict(test)
        };
        score((rows, labels), fold, (&answer, scoring))
    }

    /// The combinations in the order of what they scored. **Shape**: a score each combination and fold.
    ///
    /// # Errors
    /// No fold, more combinations than a search may try.
    pub fn ranked(
        &self,
        (base, scoring): (&RandomForestParams, Scoring),
        n_folds: usize,
        scores: &[f64],
    ) -> Result<Tuning, ModelError> {
        if n_folds == 0 {
            return Err(ModelError::Param { param: "folds", expected: "at least 1", found: "none".to_owned() });
        }
        let candidate = |(params, scores): (RandomForestParams, &[f64])| {
            let (mean, deviation) = mean_and_deviation(scores);
            Candidate { params, scores: scores.to_vec(), mean, deviation }
        };
        let tried = self.combinations(base)?.into_iter().zip(scores.chunks(n_folds));
        let mut candidates: Vec<Candidate> = tried.map(candidate).collect();
        order::sort_by(&mut candidates, |a, b| b.mean.total_cmp(&a.mean));
        Ok(Tuning { scoring, candidates })
    }
}

impl Tuning {
    /// The combination with the best mean.
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.first()
    }
}

/// The score of a model on each fold: trained on one side, asked about the other. **Cost**: one training a fold.
///
/// # Errors
/// What the model refuses.
pub fn fold_scores(
    (rows, labels): (&FeatureMatrix, &Labels),
    folds: &[Split],
    (params, scoring): (&EstimatorParams, Scoring),
) -> Result<Vec<f64>, ModelError> {
    let n_classes = labels.classes().len().max(1);
    let answer = |train: &FeatureMatrix, labels: &Labels, test: &FeatureMatrix| {
        let proba = params.fit(train, Some(labels))?.predict(test)?;
        Ok(proba.chunks_exact(n_classes).map(most_probable).collect())
    };
    folds.iter().map(|fold| score((rows, labels), fold, (&answer, scoring))).collect()
}

/// The mean of some scores, and their standard deviation.
pub fn mean_and_deviation(scores: &[f64]) -> (f64, f64) {
    let n = scores.len().max(1) as f64;
    let mean = scores.iter().sum::<f64>() / n;
    (mean, libm::sqrt(scores.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() / n))
}

/// What is answered for rows by a model that others have trained.
type Answer<'a> = &'a dyn Fn(&FeatureMatrix, &Labels, &FeatureMatrix) -> Result<Vec<u32>, ModelError>;

/// The score of what is trained on one side of `fold` and asked about the other.
fn score(
    (rows, labels): (&FeatureMatrix, &Labels),
    fold: &Split,
    (answer, scoring): (Answer<'_>, Scoring),
) -> Result<f64, ModelError> {
    let (train, test) = (rows.select(&fold.train), rows.select(&fold.test));
    let truth = labels.select(&fold.test);
    let predicted = answer(&train, &labels.select(&fold.train), &test)?;
    let confusion = ConfusionMatrix::new(labels.classes(), truth.codes(), &predicted)?;
    Ok(match scoring {
        Scoring::BalancedAccuracy => confusion.balanced_accuracy(),
        Scoring::Accuracy => confusion.accuracy(),
        Scoring::MacroF1 => confusion.report().macro_average.f1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureUnit};
    use crate::models::random::Random;
    use crate::models::split::k_folds;

    /// Rows whose class needs two steps to be found: yes in two opposite quarters of a square.
    fn quarters() -> (FeatureMatrix, Labels) {
        let mut random = Random::new(3);
        let values: Vec<f64> = (0..400).map(|_| random.unit()).collect();
        let features = ["a", "b"].map(|name| Feature::new(name, FeatureUnit::Count)).to_vec();
        let rows = FeatureMatrix::new(features, values).unwrap();
        let flags: Vec<bool> = rows.rows().map(|row| (row[0] > 0.5) != (row[1] > 0.5)).collect();
        (rows, Labels::from_flags("a", ["no", "yes"], &flags))
    }

    #[test]
    fn the_depth_that_is_needed_is_found() {
        let (rows, labels) = quarters();
        let folds = k_folds(&labels, 3, 42).unwrap();
        let grid = ParamGrid { max_depth: vec![Some(1), Some(8)], min_samples_leaf: vec![1, 60], ..Default::default() };
        let base = RandomForestParams { n_estimators: 10, ..Default::default() };
        let mut told = Vec::new();
        let tuning = grid
            .search((&rows, &labels), &folds, (&base, Scoring::default()), &mut |done, total| told.push((done, total)))
            .unwrap();
        let best = tuning.best().unwrap();
        assert_eq!((best.params.max_depth, best.params.min_samples_leaf), (Some(8), 1));
        assert!(best.mean > 0.9 && best.deviation < 0.1, "{best:?}");
        assert_eq!((best.scores.len(), tuning.candidates.len(), told.last()), (3, 4, Some(&(12, 12))));
    }

    #[test]
    fn combinations_are_drawn_without_repeating_and_the_same_every_time() {
        let grid = ParamGrid {
            n_estimators: (1..=40).collect(),
            max_depth: (1..=40).map(Some).collect(),
            n_iter: Some(30),
            ..Default::default()
        };
        let draw = |seed| grid.combinations(&RandomForestParams { seed, ..Default::default() }).unwrap();
        let drawn: BTreeSet<_> = draw(1).iter().map(|params| (params.n_estimators, params.max_depth)).collect();
        assert_eq!((drawn.len(), draw(1) == draw(1)), (30, true));
        assert_ne!(draw(1)[0], RandomForestParams { seed: 1, ..draw(2)[0].clone() });
        let all = ParamGrid { n_estimators: vec![1, 2], max_depth: vec![Some(3), None], ..Default::default() };
        let all = ParamGrid { n_iter: Some(9), ..all }.combinations(&RandomForestParams::default()).unwrap();
        let order: Vec<_> = all.iter().map(|params| (params.n_estimators, params.max_depth)).collect();
        assert_eq!(order, [(1, Some(3)), (1, None), (2, Some(3)), (2, None)]);
    }

    #[test]
    fn an_empty_grid_is_the_base_alone() {
        let base = RandomForestParams::default();
        assert_eq!(ParamGrid::default().combinations(&base).unwrap(), [base]);
    }

    #[test]
    fn too_much_is_refused() {
        let base = RandomForestParams::default();
        let grid = ParamGrid { n_estimators: vec![10; 30], min_samples_leaf: vec![1; 30], ..Default::default() };
        assert!(grid.combinations(&base).is_err());
        let (rows, labels) = quarters();
        assert!(
            ParamGrid::default().search((&rows, &labels), &[], (&base, Scoring::Accuracy), &mut |_, _| ()).is_err()
        );
    }
}
