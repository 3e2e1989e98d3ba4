//! Gradient boosting: small trees one after another, each grown on what the ones before it got wrong.
//!
//! **Idea**: the model's sum is the logarithm of the odds; each tree is grown on the difference between what is true and
//! the probability so far, and its leaves are one step of Newton's method towards it. Many small steps go further than
//! a few large ones.
//!
//! **Source**: J. Friedman, "Greedy function approximation: a gradient boosting machine", 2001. Parameters, their names
//! and their meaning are scikit-learn's `GradientBoostingClassifier` (1.9). It differs in that gradients are rounded to
//! 2^-32, so that their sums do not depend on an order, and columns of many values are binned (see `binned.rs`).
//!
//! **Cost**: training `classes × n_estimators × n_features × n_samples × max_depth`; two classes have one tree a step.

use serde::{Deserialize, Serialize};

use super::binned::BinnedMatrix;
use super::error::ModelError;
use super::explanation::{Contribution, Explanation, Side, by_weight, output_of};
use super::features::{ConstantFeature, Feature, FeatureMatrix};
use super::growth::{Criterion, Grown, Limits, grow};
use super::labels::Labels;
use super::logistic_regression::{probabilities, softmax};
use super::random::{Random, derive};
use super::random_forest::{Importance, most_probable};
use super::tree::{Tree, Trees};
use crate::units::order;

/// One of a gradient in fixed point.
const ONE: f64 = (1_i64 << 32) as f64;

/// How a gradient-boosted model is trained. Names and defaults are scikit-learn's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GradientBoostingParams {
    /// Number of steps, 1..=10,000.
    pub n_estimators: usize,
    /// How far each step goes, above 0 and up to 1.
    pub learning_rate: f64,
    /// Steps from the root to the deepest leaf, 1..=64.
    pub max_depth: u16,
    /// Rows that a node needs to be split, at least 2.
    pub min_samples_split: usize,
    /// Rows that each side of a split needs, at least 1.
    pub min_samples_leaf: usize,
    /// The share of rows that each step sees, above 0 and up to 1.
    pub subsample: f64,
    /// The same seed, rows and labels give the same model, on every machine.
    pub seed: u64,
}

/// A trained gradient-boosted model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedBoosting", into = "SavedBoosting")]
pub struct GradientBoosting {
    saved: SavedBoosting,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedBoosting {
    params: GradientBoostingParams,
    classes: Vec<String>,
    features: Vec<Feature>,
    left_out: Vec<ConstantFeature>,
    importances: Vec<f64>,
    /// The logarithm of the odds without any feature, by class; of two classes of the second.
    baselines: Vec<f64>,
    /// The trees of each class, or of the second of two; their answers are added to the baseline.
    forests: Vec<Trees>,
}

/// What a step wants: rows of the same gradient together.
struct Gradients;

impl Criterion for Gradients {
    /// Gradient and curvature in fixed point.
    type Target = (i64, i64);

    fn width(&self) -> usize {
        3
    }

    fn add(&self, (gradient, curvature): Self::Target, sums: &mut [i64]) {
        sums[0] += gradient;
        sums[1] += curvature;
        sums[2] += 1;
    }

    /// What the mean of the gradients explains of their squares.
    fn score(&self, sums: &[i64]) -> f64 {
        let sum = sums[0] as f64 / ONE;
        sum * sum / sums[2].max(1) as f64
    }

    fn is_pure(&self, _: &[i64]) -> bool {
        false
    }
}

impl Default for GradientBoostingParams {
    fn default() -> Self {
        Self {
            n_estimators: 100,
            learning_rate: 0.1,
            max_depth: 3,
            min_samples_split: 2,
            min_samples_leaf: 1,
            subsample: 1.0,
            seed: 42,
        }
    }
}

impl GradientBoostingParams {
    fn check(&self) -> Result<(), ModelError> {
        let checks = [
            ("n_estimators", "1 to 10,000 trees", (1..=10_000).contains(&self.n_estimators)),
            ("learning_rate", "above 0 and up to 1", self.learning_rate > 0.0 && self.learning_rate <= 1.0),
            ("max_depth", "1 to 64 steps", (1..=64).contains(&self.max_depth)),
            ("min_samples_split", "at least 2 rows", self.min_samples_split >= 2),
            ("min_samples_leaf", "at least 1 row", self.min_samples_leaf >= 1),
            ("subsample", "a share above 0 and up to 1", self.subsample > 0.0 && self.subsample <= 1.0),
        ];
        match checks.into_iter().find(|(_, _, holds)| !holds) {
            None => Ok(()),
            Some((param, expected, _)) => Err(ModelError::Param { param, expected, found: "another value".to_owned() }),
        }
    }

    /// The model that tells the classes of `labels` apart by `rows`.
    ///
    /// # Errors
    /// A parameter out of its range, not one label a row, a missing value, no feature that differs between rows, a label
    /// with a single class.
    pub fn fit(&self, rows: &FeatureMatrix, labels: &Labels) -> Result<GradientBoosting, ModelError> {
        self.check()?;
        let (n_samples, columns, left_out) = labels.check_rows(rows)?;
        let binned = BinnedMatrix::new(rows);
        let n_classes = labels.classes().len();
        let targets: Vec<u32> = if n_classes == 2 { vec![1] } else { (0..n_classes as u32).collect() };
        let counts = labels.counts();
        // Of more than two classes scikit-learn starts at the logarithm of the shares.
        let share =
            |class: u32| (counts[class as usize] as f64 / n_samples as f64).clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        let baseline = |class: &u32| {
            let against = if n_classes == 2 { 1.0 - share(*class) } else { 1.0 };
            libm::log(share(*class) / against)
        };
        let baselines: Vec<f64> = targets.iter().map(baseline).collect();
        let mut raw: Vec<f64> = (0..n_samples).flat_map(|_| baselines.iter().copied()).collect();
        let limits = Limits {
            max_depth: u32::from(self.max_depth),
            min_samples_split: self.min_samples_split,
            min_samples_leaf: self.min_samples_leaf,
            max_features: columns.len(),
        };
        // scikit-learn's factor for more than two classes.
        let step = if n_classes == 2 { 1.0 } else { (n_classes - 1) as f64 / n_classes as f64 };
        let mut forests: Vec<Vec<Tree>> = vec![Vec::new(); targets.len()];
        let mut gains = vec![0.0; rows.n_features()];
        for index in 0..self.n_estimators {
            let seed = derive(self.seed, index as u64);
            let proba: Vec<f64> = raw.chunks_exact(targets.len()).flat_map(softmax).collect();
            for (at, &class) in targets.iter().enumerate() {
                let mut random = Random::new(derive(seed, at as u64));
                let target = |row: u32| {
                    let p = proba[row as usize * n_classes + class as usize];
                    let truth = f64::from(u8::from(labels.codes()[row as usize] == class));
                    (((truth - p) * ONE) as i64, (p * (1.0 - p) * ONE) as i64)
                };
                let sees = |random: &mut Random| self.subsample >= 1.0 || random.unit() < self.subsample;
                let members: Vec<(u32, (i64, i64))> =
                    (0..n_samples as u32).filter(|_| sees(&mut random)).map(|row| (row, target(row))).collect();
                if members.is_empty() {
                    continue;
                }
                let grown = grow((&binned, &columns), members, (&Gradients, limits), &mut random);
                grown.gains.iter().zip(&mut gains).for_each(|(gain, sum)| *sum += gain);
                let tree = newton(&grown, step * self.learning_rate)?;
                let answers = Trees::new(vec![tree.clone()]).sums(rows.values(), rows.n_features());
                for (raw, answer) in raw.iter_mut().skip(at).step_by(targets.len()).zip(answers) {
                    *raw += answer;
                }
                forests[at].push(tree);
            }
        }
        let total: f64 = gains.iter().sum();
        let importances = gains.into_iter().map(|gain| if total > 0.0 { gain / total } else { 0.0 }).collect();
        Ok(GradientBoosting {
            saved: SavedBoosting {
                params: self.clone(),
                classes: labels.classes().to_vec(),
                features: rows.features().to_vec(),
                left_out,
                importances,
                baselines,
                forests: forests.into_iter().map(Trees::new).collect(),
            },
        })
    }
}

/// The tree whose nodes are worth one step of Newton's method.
fn newton(grown: &Grown, step: f64) -> Result<Tree, ModelError> {
    let worth = |sums: &[i64]| if sums[1] == 0 { 0.0 } else { step * sums[0] as f64 / sums[1] as f64 };
    Tree::from_nodes(grown.sums.chunks_exact(3).map(worth).zip(grown.splits.iter().copied()))
}

impl GradientBoosting {
    /// The features it was trained on, in the order of the columns.
    pub fn features(&self) -> &[Feature] {
        &self.saved.features
    }

    /// The classes' names, in the order of the columns of [`Self::predict_proba`].
    pub fn classes(&self) -> &[String] {
        &self.saved.classes
    }

    /// The probability of each class for each row. **Shape**: `n_samples × n_classes`, row after row.
    ///
    /// # Errors
    /// Other features than the model's, a missing value.
    pub fn predict_proba(&self, rows: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        rows.check_features(&self.saved.features)?;
        rows.check_complete()?;
        let sums: Vec<Vec<f64>> =
            self.saved.forests.iter().map(|forest| forest.sums(rows.values(), rows.n_features())).collect();
        Ok(probabilities(&self.saved.baselines, &sums, rows.n_samples()))
    }

    /// What the splits of each feature gained, as a share. **Shape**: one a feature. **Order**: the columns'.
    pub fn feature_importances(&self) -> Vec<Importance> {
        Importance::of(&self.saved.features, &self.saved.importances)
    }

    /// Why `row` is given its most probable class: by how much each feature's splits raised its log odds on the row's
    /// way through the trees. Baseline and weights add up to them.
    ///
    /// # Errors
    /// A row of another length than the features', or with a missing value.
    pub fn explain(&self, row: &[f64]) -> Result<Explanation, ModelError> {
        let row = FeatureMatrix::of_row(&self.saved.features, row)?;
        let proba = self.predict_proba(&row)?;
        let class = most_probable(&proba) as usize;
        let (at, sign) = output_of(self.saved.forests.len(), class);
        let forest = self.saved.forests.get(at).ok_or(ModelError::BrokenModel { reason: "a class has no trees" })?;
        let contribution = |(column, change): (usize, super::tree::Change)| {
            let (feature, value) = (&self.saved.features[column], row.values()[column]);
            Contribution {
                feature: feature.name.clone(),
                value,
                shown: feature.show(value),
                side: Side::of(change.above * sign, change.below * sign),
                weight: change.total() * sign,
            }
        };
        let mut contributions: Vec<Contribution> =
            forest.changes(row.values()).into_iter().enumerate().map(contribution).collect();
        order::sort_by(&mut contributions, by_weight);
        let baseline = (self.saved.baselines[at] + forest.root_sum()) * sign;
        let reason = contributions.first().filter(|c| c.weight > 0.0);
        let reason = reason.map_or(String::new(), |c| format!(": {} {} speaks most for it", c.feature, c.shown));
        let sentence = format!("{} with {:.0} %{reason}", self.saved.classes[class], proba[class] * 100.0);
        Ok(Explanation { sentence, baseline, contributions })
    }
}

impl TryFrom<SavedBoosting> for GradientBoosting {
    type Error = ModelError;

    fn try_from(saved: SavedBoosting) -> Result<Self, ModelError> {
        let n_classes = saved.classes.len();
        let n_forests = if n_classes == 2 { 1 } else { n_classes };
        if n_classes < 2 || saved.baselines.len() != n_forests || saved.forests.len() != n_forests {
            return Err(ModelError::BrokenModel { reason: "classes, their baselines and their trees do not match" });
        }
        if saved.importances.len() != saved.features.len() || saved.baselines.iter().any(|b| !b.is_finite()) {
            return Err(ModelError::BrokenModel { reason: "an importance or a baseline is missing" });
        }
        saved.forests.iter().try_for_each(|forest| forest.check(saved.features.len()))?;
        Ok(Self { saved })
    }
}

impl From<GradientBoosting> for SavedBoosting {
    fn from(model: GradientBoosting) -> Self {
        model.saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;

    fn rows(n_samples: usize) -> FeatureMatrix {
        let mut random = Random::new(5);
        let values = (0..n_samples).flat_map(|_| [random.unit(), random.unit(), 443.0]).collect();
        let features = ["a", "b", "port"].map(|name| Feature::new(name, FeatureUnit::Count));
        FeatureMatrix::new(features.to_vec(), values).unwrap()
    }

    #[test]
    fn two_and_three_classes_are_learnt() {
        let rows = rows(600);
        let class = |row: &[f64]| match (row[0] > 0.5, row[1] > 0.5) {
            (true, _) => "scan",
            (false, true) => "crawl",
            (false, false) => "visit",
        };
        let three = Labels::from_values("kind", rows.rows().map(class));
        let two =
            Labels::from_flags("a", ["no", "yes"], &rows.rows().map(|row| row[0] + row[1] > 1.2).collect::<Vec<_>>());
        for labels in [three, two] {
            let model = GradientBoostingParams::default().fit(&rows, &labels).unwrap();
            let proba = model.predict_proba(&rows).unwrap();
            let n_classes = labels.classes().len();
            assert!(proba.chunks(n_classes).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12));
            let right = proba.chunks(n_classes).map(most_probable).zip(labels.codes()).filter(|(a, b)| a == *b).count();
            assert!(right > 580, "{right}");
            assert_eq!(model.feature_importances()[2].weight, 0.0);
            let json = serde_json::to_string(&model).unwrap();
            assert_eq!(serde_json::from_str::<GradientBoosting>(&json).unwrap(), model);
        }
    }

    #[test]
    fn an_explanation_adds_up_to_the_log_odds() {
        let rows = rows(300);
        let labels = Labels::from_flags("a", ["no", "yes"], &rows.rows().map(|row| row[0] > 0.6).collect::<Vec<_>>());
        let model = GradientBoostingParams { subsample: 0.7, ..Default::default() }.fit(&rows, &labels).unwrap();
        for row in [0, 1, 2, 3] {
            let why = model.explain(rows.row(row)).unwrap();
            let sum = why.baseline + why.contributions.iter().map(|c| c.weight).sum::<f64>();
            let proba = model.predict_proba(&rows.select(&[row])).unwrap();
            let p = proba[0].max(proba[1]);
            assert!((sum - libm::log(p / (1.0 - p))).abs() < 1e-9, "{sum} {p}");
            assert_eq!(why.contributions[0].feature, "a");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let rows = rows(50);
        let labels = Labels::from_flags("a", ["no", "yes"], &[true; 50]);
        let refused = |params: GradientBoostingParams| params.fit(&rows, &labels).unwrap_err().to_string();
        assert!(refused(GradientBoostingParams::default()).starts_with("all 50 rows have a"));
        let params = GradientBoostingParams { learning_rate: 0.0, ..Default::default() };
        assert!(refused(params).starts_with("learning_rate: expected above 0"));
    }
}
