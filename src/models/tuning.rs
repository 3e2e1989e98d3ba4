//! Which parameters to train a model with, and how to fill its gaps: every combination of a grid, or some that are drawn
//! from it, is tried on held-out rows.
//!
//! **Source**: scikit-learn's `GridSearchCV` over a pipeline of imputer and model and, on lists, `RandomizedSearchCV`, with
//! their default folds and score for classifiers (1.9). It differs in that the score may be balanced accuracy, which is
//! the default here because most labels of a log have a rare class.
//!
//! The best combination was chosen by its score on these folds, so that score flatters it: measure the final model on
//! rows that had no part in the choice.

use std::collections::BTreeSet;

use crate::units::order;
use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::estimator::EstimatorParams;
use super::features::{FeatureMatrix, Imputation};
use super::frame::Frame;
use super::labels::Labels;
use super::metrics::ConfusionMatrix;
use super::preparation::PreparationParams;
use super::random::Random;
use super::random_forest::{MaxFeatures, most_probable};
use super::split::Split;

/// The depth that stands for as deep as there are rows, where a model has a limit always.
const DEEPEST: u16 = 64;

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
    /// What stands where a number is missing.
    pub imputation: Vec<Imputation>,
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
    /// How far each step of gradient boosting goes.
    pub learning_rate: Vec<f64>,
    /// How freely a logistic regression follows the rows.
    pub c: Vec<f64>,
    /// How many of the combinations are drawn, by the base's seed; null for all of them.
    pub n_iter: Option<usize>,
}

/// One combination: the model's parameters, and how its gaps are filled.
pub type Combination = (EstimatorParams, Imputation);

/// One combination and how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The parameters.
    pub params: EstimatorParams,
    /// What stands where a number is missing.
    pub imputation: Imputation,
    /// The score on each fold. **Shape**: one a fold.
    pub scores: Vec<f64>,
    /// The mean of the scores.
    pub mean: f64,
    /// Their standard deviation, over the folds and not over a sample of them, as in scikit-learn.
    pub deviation: f64,
}

/// What combinations are tried on: rows, and the parts of them that test in turn.
#[derive(Clone, Copy)]
pub struct Trials<'a> {
    /// The rows before their gaps are filled, and what else is done to them.
    pub frame: (&'a Frame, &'a PreparationParams),
    /// The rows as they are prepared where the grid says nothing of gaps.
    pub rows: &'a FeatureMatrix,
    /// Their classes.
    pub labels: &'a Labels,
    /// The caller's: `k_folds` for rows that do not depend on each other, `by_time` or `by_group` for those that do.
    pub folds: &'a [Split],
    /// What combinations are chosen by.
    pub scoring: Scoring,
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
    /// More combinations than a search may try, parameters that the model does not have.
    pub fn combinations(&self, base: &Combination) -> Result<Vec<Combination>, ModelError> {
        self.check(&base.0)?;
        let all = self.lengths().iter().fold(1_u64, |product, &length| product.saturating_mul(length.max(1) as u64));
        let n_candidates = self.n_iter.map_or(all, |n_iter| all.min(n_iter as u64));
        if n_candidates > MAX_CANDIDATES {
            let found = n_candidates.to_string();
            return Err(ModelError::Param { param: "grid", expected: "at most 500 combinations", found });
        }
        if n_candidates == all {
            return Ok((0..all).map(|place| self.combination(base, place)).collect());
        }
        let mut random = Random::new(base.0.seed());
        let mut drawn = BTreeSet::new();
        while (drawn.len() as u64) < n_candidates {
            drawn.insert(random.below(all));
        }
        Ok(drawn.into_iter().map(|place| self.combination(base, place)).collect())
    }

    /// Every list's length; the first changes slowest.
    fn lengths(&self) -> [usize; 8] {
        [
            self.imputation.len(),
            self.n_estimators.len(),
            self.max_depth.len(),
            self.min_samples_split.len(),
            self.min_samples_leaf.len(),
            self.max_features.len(),
            self.learning_rate.len(),
            self.c.len(),
        ]
    }

    /// Nothing, if the model has all parameters that values are given for.
    fn check(&self, params: &EstimatorParams) -> Result<(), ModelError> {
        let [_, trees, depth, split, leaf, features, rate, c] = self.lengths();
        let others = match params {
            EstimatorParams::RandomForest(_) => rate + c,
            EstimatorParams::GradientBoosting(_) => features + c,
            EstimatorParams::LogisticRegression(_) => trees + depth + split + leaf + features + rate,
            EstimatorParams::IsolationForest(_) => trees + depth + split + leaf + features + rate + c,
        };
        if others == 0 {
            return Ok(());
        }
        let found = "values for one that it does not have".to_owned();
        Err(ModelError::Param { param: "grid", expected: "parameters of the model", found })
    }

    /// The combination at a place among all.
    fn combination(&self, base: &Combination, mut place: u64) -> Combination {
        let mut at = [0; 8];
        for (at, length) in at.iter_mut().zip(self.lengths()).rev() {
            *at = (place % length.max(1) as u64) as usize;
            place /= length.max(1) as u64;
        }
        let (mut params, mut imputation) = base.clone();
        pick(&mut imputation, &self.imputation, at[0]);
        match &mut params {
            EstimatorParams::RandomForest(params) => {
                pick(&mut params.n_estimators, &self.n_estimators, at[1]);
                pick(&mut params.max_depth, &self.max_depth, at[2]);
                pick(&mut params.min_samples_split, &self.min_samples_split, at[3]);
                pick(&mut params.min_samples_leaf, &self.min_samples_leaf, at[4]);
                pick(&mut params.max_features, &self.max_features, at[5]);
            }
            EstimatorParams::GradientBoosting(params) => {
                pick(&mut params.n_estimators, &self.n_estimators, at[1]);
                let mut depth = Some(params.max_depth);
                pick(&mut depth, &self.max_depth, at[2]);
                params.max_depth = depth.unwrap_or(DEEPEST);
                pick(&mut params.min_samples_split, &self.min_samples_split, at[3]);
                pick(&mut params.min_samples_leaf, &self.min_samples_leaf, at[4]);
                pick(&mut params.learning_rate, &self.learning_rate, at[6]);
            }
            EstimatorParams::LogisticRegression(params) => pick(&mut params.c, &self.c, at[7]),
            EstimatorParams::IsolationForest(_) => {}
        }
        (params, imputation)
    }

    /// Trains every combination on the training rows of each fold and scores it on the others.
    ///
    /// **Cost**: combinations × folds trainings.
    ///
    /// # Errors
    /// No fold; what the model refuses, such as a parameter out of its range or training rows of a single class.
    pub fn search(&self, trials: Trials<'_>, base: &Combination) -> Result<Tuning, ModelError> {
        let total = self.combinations(base)?.len() * trials.folds.len();
        let scores: Result<Vec<f64>, ModelError> = (0..total).map(|at| self.score_of(trials, base, at)).collect();
        self.ranked(trials, base, &scores?)
    }

    /// The score of one combination on one fold; `at` counts the folds of the first combination, then those of the next.
    ///
    /// # Errors
    /// Those of [`Self::search`].
    pub fn score_of(&self, trials: Trials<'_>, base: &Combination, at: usize) -> Result<f64, ModelError> {
        let combinations = self.combinations(base)?;
        let (place, fold) = (at / trials.folds.len().max(1), at % trials.folds.len().max(1));
        let (Some((params, imputation)), Some(fold)) = (combinations.get(place), trials.folds.get(fold)) else {
            return Err(no_fold());
        };
        let (train, test) = if self.imputation.is_empty() {
            (trials.rows.select(&fold.train), trials.rows.select(&fold.test))
        } else {
            let (frame, preparation) = trials.frame;
            let train = frame.select(&fold.train);
            let prepared = PreparationParams { imputation: *imputation, ..preparation.clone() }.fit(&train)?;
            (prepared.apply(&train)?.matrix, prepared.apply(&frame.select(&fold.test))?.matrix)
        };
        let labels = trials.labels;
        let proba = params.fit(&train, Some(&labels.select(&fold.train)))?.predict(&test)?;
        let predicted: Vec<u32> = proba.chunks_exact(labels.classes().len().max(1)).map(most_probable).collect();
        let confusion = ConfusionMatrix::new(labels.classes(), labels.select(&fold.test).codes(), &predicted)?;
        Ok(match trials.scoring {
            Scoring::BalancedAccuracy => confusion.balanced_accuracy(),
            Scoring::Accuracy => confusion.accuracy(),
            Scoring::MacroF1 => confusion.report().macro_average.f1,
        })
    }

    /// The combinations in the order of what they scored. **Shape**: a score each combination and fold.
    ///
    /// # Errors
    /// No fold, more combinations than a search may try.
    pub fn ranked(&self, trials: Trials<'_>, base: &Combination, scores: &[f64]) -> Result<Tuning, ModelError> {
        if trials.folds.is_empty() {
            return Err(no_fold());
        }
        let candidate = |((params, imputation), scores): (Combination, &[f64])| {
            let (mean, deviation) = mean_and_deviation(scores);
            Candidate { params, imputation, scores: scores.to_vec(), mean, deviation }
        };
        let tried = self.combinations(base)?.into_iter().zip(scores.chunks(trials.folds.len()));
        let mut candidates: Vec<Candidate> = tried.map(candidate).collect();
        order::sort_by(&mut candidates, |a, b| b.mean.total_cmp(&a.mean));
        Ok(Tuning { scoring: trials.scoring, candidates })
    }
}

/// Takes the value at a place of a list, if the list has one.
fn pick<T: Copy>(value: &mut T, list: &[T], at: usize) {
    *value = list.get(at).copied().unwrap_or(*value);
}

fn no_fold() -> ModelError {
    ModelError::Param { param: "folds", expected: "at least 1", found: "none".to_owned() }
}

impl Tuning {
    /// The combination with the best mean.
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.first()
    }
}

/// The mean of some scores, and their standard deviation.
pub fn mean_and_deviation(scores: &[f64]) -> (f64, f64) {
    let n = scores.len().max(1) as f64;
    let mean = scores.iter().sum::<f64>() / n;
    (mean, libm::sqrt(scores.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() / n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;
    use crate::models::gradient_boosting::GradientBoostingParams;
    use crate::models::logistic_regression::LogisticRegressionParams;
    use crate::models::random_forest::RandomForestParams;
    use crate::models::split::k_folds;

    /// Rows whose class needs two steps to be found: yes in two opposite quarters of a square. Some have a gap.
    fn quarters() -> (Frame, Labels) {
        let mut random = Random::new(3);
        let columns: Vec<Vec<f64>> = (0..2).map(|_| (0..200).map(|_| random.unit()).collect()).collect();
        let flags: Vec<bool> = (0..200).map(|row| (columns[0][row] > 0.5) != (columns[1][row] > 0.5)).collect();
        let mut frame = Frame::new(200);
        for (name, mut values) in ["a", "b"].into_iter().zip(columns) {
            values[7] = f64::NAN;
            frame.add_numbers(name, FeatureUnit::Count, values);
        }
        (frame, Labels::from_flags("a", ["no", "yes"], &flags))
    }

    fn searched(grid: &ParamGrid, params: EstimatorParams, n_folds: usize) -> Result<Tuning, ModelError> {
        let (frame, labels) = quarters();
        let preparation = PreparationParams::default();
        let rows = preparation.fit(&frame).unwrap().apply(&frame).unwrap().matrix;
        let folds = if n_folds > 0 { k_folds(&labels, n_folds, 42).unwrap() } else { Vec::new() };
        let scoring = Scoring::default();
        let trials = Trials { frame: (&frame, &preparation), rows: &rows, labels: &labels, folds: &folds, scoring };
        grid.search(trials, &(params, Imputation::default()))
    }

    fn forest(params: RandomForestParams) -> Combination {
        (EstimatorParams::RandomForest(params), Imputation::default())
    }

    fn told(combinations: &[Combination]) -> Vec<(usize, Option<u16>)> {
        let of = |combination: &Combination| match &combination.0 {
            EstimatorParams::RandomForest(params) => (params.n_estimators, params.max_depth),
            other => panic!("{other:?}"),
        };
        combinations.iter().map(of).collect()
    }

    #[test]
    fn the_depth_that_is_needed_is_found() {
        let grid = ParamGrid { max_depth: vec![Some(1), Some(8)], min_samples_leaf: vec![1, 60], ..Default::default() };
        let base = RandomForestParams { n_estimators: 10, ..Default::default() };
        let tuning = searched(&grid, EstimatorParams::RandomForest(base), 3).unwrap();
        let best = tuning.best().unwrap();
        let EstimatorParams::RandomForest(params) = &best.params else { panic!("{best:?}") };
        assert_eq!((params.max_depth, params.min_samples_leaf), (Some(8), 1));
        assert!(best.mean > 0.9 && best.deviation < 0.1, "{best:?}");
        assert_eq!((best.scores.len(), tuning.candidates.len()), (3, 4));
    }

    #[test]
    fn every_model_and_the_filling_of_gaps_can_be_searched() {
        let imputation = vec![Imputation::Mean, Imputation::Constant(1e6)];
        let grid = ParamGrid { imputation: imputation.clone(), c: vec![0.1, 1.0], ..Default::default() };
        let tuning =
            searched(&grid, EstimatorParams::LogisticRegression(LogisticRegressionParams::default()), 2).unwrap();
        assert_eq!(tuning.candidates.len(), 4);
        assert!(imputation.iter().all(|fill| tuning.candidates.iter().filter(|c| c.imputation == *fill).count() == 2));
        let boosting = GradientBoostingParams { n_estimators: 20, ..Default::default() };
        let grid = ParamGrid { learning_rate: vec![0.1, 0.3], max_depth: vec![Some(1), None], ..Default::default() };
        let tuning = searched(&grid, EstimatorParams::GradientBoosting(boosting), 2).unwrap();
        let EstimatorParams::GradientBoosting(best) = &tuning.best().unwrap().params else { panic!("{tuning:?}") };
        assert_eq!((tuning.candidates.len(), best.max_depth), (4, DEEPEST));
        let error = searched(&grid, EstimatorParams::RandomForest(RandomForestParams::default()), 2).unwrap_err();
        assert!(error.to_string().starts_with("grid: expected parameters of the model"), "{error}");
    }

    #[test]
    fn combinations_are_drawn_without_repeating_and_the_same_every_time() {
        let grid = ParamGrid {
            n_estimators: (1..=40).collect(),
            max_depth: (1..=40).map(Some).collect(),
            n_iter: Some(30),
            ..Default::default()
        };
        let draw = |seed| grid.combinations(&forest(RandomForestParams { seed, ..Default::default() })).unwrap();
        let drawn: BTreeSet<_> = told(&draw(1)).into_iter().collect();
        assert_eq!((drawn.len(), draw(1) == draw(1)), (30, true));
        assert_ne!(told(&draw(1)), told(&draw(2)));
        let all = ParamGrid { n_estimators: vec![1, 2], max_depth: vec![Some(3), None], ..Default::default() };
        let all = ParamGrid { n_iter: Some(9), ..all }.combinations(&forest(RandomForestParams::default())).unwrap();
        assert_eq!(told(&all), [(1, Some(3)), (1, None), (2, Some(3)), (2, None)]);
    }

    #[test]
    fn an_empty_grid_is_the_base_alone() {
        let base = forest(RandomForestParams::default());
        assert_eq!(ParamGrid::default().combinations(&base).unwrap(), [base]);
    }

    #[test]
    fn too_much_is_refused() {
        let base = RandomForestParams::default();
        let grid = ParamGrid { n_estimators: vec![10; 30], min_samples_leaf: vec![1; 30], ..Default::default() };
        assert!(grid.combinations(&forest(base.clone())).is_err());
        assert!(searched(&ParamGrid::default(), EstimatorParams::RandomForest(base), 0).is_err());
    }
}
