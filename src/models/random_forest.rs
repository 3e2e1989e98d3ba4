//! Random forest: many shallow trees, each grown on a random sample of the rows, vote on a row's class.
//!
//! **Idea**: a single tree learns its sample by heart; the mean of many trees, each from other rows and other features,
//! keeps what they have in common. The mean is a probability.
//!
//! **Source**: L. Breiman, "Random forests", 2001; the probability forest is J. D. Malley et al., "Probability
//! machines", 2012. Parameters, their names and their meaning are scikit-learn's `RandomForestClassifier` (1.9).
//!
//! The trees are grown by smartcore's `RandomForestRegressor` on the label as 0 and 1, one forest a class (a single one
//! for two classes), because it is twenty times faster than smartcore's classifier and gives probabilities and
//! importances. For two classes its criterion, the variance of 0 and 1, is half of Gini's impurity, so the splits are
//! the same. For more classes each forest tells one class from the rest, and the probabilities are scaled to add up to
//! 1: in this it differs from scikit-learn. It also differs in that a node in which none of the drawn features can be
//! split becomes a leaf, where scikit-learn draws on.
//!
//! smartcore keeps all columns in order in every node, however few are drawn, so on thousands of words it would be fifty
//! times slower than scikit-learn. Where most columns are nearly empty, trees are grown by `growth.rs`, as gradient
//! boosting's are: of Gini's impurity over all classes, drawing on where scikit-learn does.
//!
//! Trees are grown a grove at a time ([`TREES_PER_GROVE`]), each grove from its own seed, so that several workers can grow
//! them, a caller hears of the progress, and the forest is the same whoever grew which grove. Grown trees are kept in our
//! own form (`tree.rs`): smaller, faster to walk, and readable by later versions whatever smartcore's next form is.
//!
//! **Cost**: training `classes × n_estimators × max_features × n_samples × max_depth`; scoring about
//! `classes × n_estimators × max_depth` ns a row.

mod ground;
mod narrow;

use crate::units::order;
use serde::{Deserialize, Serialize};

pub use self::ground::{Ground, Grove};
use super::error::ModelError;
use super::explanation::{Contribution, Explanation, Side, Spread, by_weight, output_of};
use super::features::{ConstantFeature, Feature, FeatureMatrix};
use super::labels::Labels;
use super::tree::Trees;

/// Trees that are grown between two reports of progress: every grove sorts all columns once, which costs as much as
/// about four trees, so fewer would be slow and more would be silent for long. A hundred trees are four groves, which two
/// or four workers share evenly.
pub const TREES_PER_GROVE: usize = 25;

/// How a random forest is trained. Names and defaults are scikit-learn's, but for the depth of 10.
///
/// ```
/// use logloupe::models::{Feature, FeatureMatrix, FeatureUnit, Labels, RandomForestParams};
///
/// let bytes: Vec<f64> = (0..100).map(f64::from).collect();
/// let flags: Vec<bool> = bytes.iter().map(|&bytes| bytes > 70.0).collect();
/// let rows = FeatureMatrix::new(vec![Feature::new("source.bytes", FeatureUnit::Bytes)], bytes)?;
/// let labels = Labels::from_flags("verdict", ["normal", "suspicious"], &flags);
///
/// let forest = RandomForestParams::default().check(rows.n_samples(), rows.n_features())?.fit(&rows, &labels)?;
/// assert_eq!(forest.predict(&rows)?[99], 1);
/// assert_eq!(forest.feature_importances()[0].weight, 1.0);
/// # Ok::<(), logloupe::models::ModelError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandomForestParams {
    /// Number of trees, 1..=10,000.
    pub n_estimators: usize,
    /// Steps from the root to the deepest leaf, as scikit-learn counts them, 1..=64; `None` for as many as there are.
    pub max_depth: Option<u16>,
    /// Rows that a node needs to be split, at least 2.
    pub min_samples_split: usize,
    /// Rows that each side of a split needs, at least 1.
    pub min_samples_leaf: usize,
    /// Features that are tried at each split.
    pub max_features: MaxFeatures,
    /// The same seed, rows and labels give the same forest, on every machine.
    pub seed: u64,
}

/// How many features are tried at each split.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxFeatures {
    /// The square root of their number.
    #[default]
    Sqrt,
    /// The binary logarithm of their number.
    Log2,
    /// All.
    All,
    /// This share of them, above 0 and up to 1.
    Share(f64),
    /// So many, at least 1.
    Count(usize),
}

/// Parameters that were checked against the shape of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidRandomForest {
    params: RandomForestParams,
    n_samples: usize,
    n_features: usize,
}

/// A trained random forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedForest", into = "SavedForest")]
pub struct RandomForest {
    saved: SavedForest,
}

/// How much a feature helped to tell the classes apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The feature's name.
    pub feature: String,
    /// Its share of what all splits gained, 0..=1.
    pub weight: f64,
}

impl Importance {
    /// One a feature, in their order.
    pub(super) fn of(features: &[Feature], weights: &[f64]) -> Vec<Self> {
        let pairs = features.iter().zip(weights);
        pairs.map(|(feature, &weight)| Self { feature: feature.name.clone(), weight }).collect()
    }
}

/// A forest as it is kept in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedForest {
    params: RandomForestParams,
    label: String,
    classes: Vec<String>,
    /// The share of the training rows in each class.
    shares: Vec<f64>,
    features: Vec<Feature>,
    spreads: Vec<Spread>,
    left_out: Vec<ConstantFeature>,
    importances: Vec<f64>,
    n_samples: usize,
    /// One for each class, or one for the second of two.
    forests: Vec<Trees>,
}

impl Default for RandomForestParams {
    fn default() -> Self {
        Self {
            n_estimators: 100,
            max_depth: Some(10),
            min_samples_split: 2,
            min_samples_leaf: 1,
            max_features: MaxFeatures::Sqrt,
            seed: 42,
        }
    }
}

impl MaxFeatures {
    /// The number of features tried, out of `n_features`; scikit-learn's rounding.
    pub(super) fn of(self, n_features: usize) -> usize {
        let n = n_features as f64;
        let tried = match self {
            Self::Sqrt => libm::sqrt(n) as usize,
            Self::Log2 => libm::log2(n) as usize,
            Self::All => n_features,
            Self::Share(share) => (share * n) as usize,
            Self::Count(count) => count,
        };
        tried.clamp(1, n_features.max(1))
    }
}

impl RandomForestParams {
    /// The parameters for rows of this shape.
    ///
    /// # Errors
    /// A parameter out of its range, fewer than two rows, no feature.
    pub fn check(self, n_samples: usize, n_features: usize) -> Result<ValidRandomForest, ModelError> {
        let refuse = |param, expected, found: String| Err(ModelError::Param { param, expected, found });
        if n_samples < 2 {
            return Err(ModelError::TooFewSamples { needed: 2, found: n_samples });
        }
        if n_features == 0 {
            return Err(ModelError::NoFeatures);
        }
        if !(1..=10_000).contains(&self.n_estimators) {
            return refuse("n_estimators", "1 to 10,000 trees", self.n_estimators.to_string());
        }
        if let Some(depth) = self.max_depth.filter(|depth| !(1..=64).contains(depth)) {
            return refuse("max_depth", "1 to 64 steps", depth.to_string());
        }
        if self.min_samples_split < 2 {
            return refuse("min_samples_split", "at least 2 rows", self.min_samples_split.to_string());
        }
        if self.min_samples_leaf < 1 {
            return refuse("min_samples_leaf", "at least 1 row", self.min_samples_leaf.to_string());
        }
        match self.max_features {
            MaxFeatures::Share(share) if !(share > 0.0 && share <= 1.0) => {
                refuse("max_features", "a share above 0 and up to 1", share.to_string())
            }
            MaxFeatures::Count(0) => refuse("max_features", "at least 1 feature", "0".to_owned()),
            _ => Ok(ValidRandomForest { params: self, n_samples, n_features }),
        }
    }
}

impl ValidRandomForest {
    /// The forest that tells the classes of `labels` apart by `rows`.
    ///
    /// # Errors
    /// Those of [`Self::fit_with_progress`].
    pub fn fit(&self, rows: &FeatureMatrix, labels: &Labels) -> Result<RandomForest, ModelError> {
        self.fit_with_progress(rows, labels, &mut |_, _| ())
    }

    /// The same, telling `progress` after each grove how many trees of how many are done.
    ///
    /// # Errors
    /// Rows of another shape than was checked, not one label a row, a missing value, no feature that differs between
    /// rows, a label with a single class.
    pub fn fit_with_progress(
        &self,
        rows: &FeatureMatrix,
        labels: &Labels,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<RandomForest, ModelError> {
        for (what, expected, found) in
            [("rows", self.n_samples, rows.n_samples()), ("features", self.n_features, rows.n_features())]
        {
            if expected != found {
                return Err(ModelError::Shape { what, expected, found });
            }
        }
        let ground = Ground::new(&self.params, rows, labels)?;
        let n_groves = ground.n_groves();
        let mut groves = Vec::with_capacity(n_groves);
        let n_trees = ground.n_trees();
        let mut done = 0;
        for at in 0..n_groves {
            let grove = ground.grove(at)?;
            done += grove.n_trees();
            groves.push(grove);
            progress(done, n_trees);
        }
        RandomForest::of_groves(&self.params, (rows, labels), groves)
    }
}

impl RandomForest {
    /// The parameters it was trained with.
    pub fn params(&self) -> &RandomForestParams {
        &self.saved.params
    }

    /// The label's name.
    pub fn label(&self) -> &str {
        &self.saved.label
    }

    /// The classes' names, in the order of the columns of [`Self::predict_proba`].
    pub fn classes(&self) -> &[String] {
        &self.saved.classes
    }

    /// The features it was trained on, in the order of the columns.
    pub fn features(&self) -> &[Feature] {
        &self.saved.features
    }

    /// The columns that were constant in the training rows: no tree splits them.
    pub fn left_out(&self) -> &[ConstantFeature] {
        &self.saved.left_out
    }

    /// Rows it was trained on.
    pub fn n_samples(&self) -> usize {
        self.saved.n_samples
    }

    /// Number of nodes of all trees.
    pub fn n_nodes(&self) -> usize {
        self.saved.forests.iter().map(Trees::n_nodes).sum()
    }

    /// The probability of each class for each row.
    ///
    /// **Shape**: `n_samples × n_classes`, row after row; a row adds up to 1. **Unit**: 0..=1.
    /// **Null**: a row for which no forest sees its class at all has the classes' shares of the training rows.
    /// **Cost**: see the module; nothing is allocated a row.
    ///
    /// # Errors
    /// Other features than the forest's, a missing value.
    pub fn predict_proba(&self, rows: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        rows.check_features(&self.saved.features)?;
        rows.check_complete()?;
        let n_classes = self.saved.classes.len();
        let mut proba = vec![0.0; rows.n_samples() * n_classes];
        for (at, forest) in self.saved.forests.iter().enumerate() {
            let class = if self.is_binary() { 1 } else { at };
            let sums = forest.sums(rows.values(), rows.n_features());
            for (row, sum) in proba.chunks_exact_mut(n_classes).zip(sums) {
                row[class] = sum / forest.len() as f64;
            }
        }
        for row in proba.chunks_exact_mut(n_classes) {
            if self.is_binary() {
                row[0] = 1.0 - row[1];
                continue;
            }
            let sum: f64 = row.iter().sum();
            if sum > 0.0 {
                for p in row {
                    *p /= sum;
                }
            } else {
                row.copy_from_slice(&self.saved.shares);
            }
        }
        Ok(proba)
    }

    /// The most probable class of each row, as a place in [`Self::classes`]; the first of equals.
    ///
    /// # Errors
    /// Those of [`Self::predict_proba`].
    pub fn predict(&self, rows: &FeatureMatrix) -> Result<Vec<u32>, ModelError> {
        Ok(self.predict_proba(rows)?.chunks_exact(self.saved.classes.len()).map(most_probable).collect())
    }

    /// How much each feature helped: the impurity its splits took away, as a share, averaged over trees and classes.
    ///
    /// Features with many distinct values look more important than they are, as in scikit-learn.
    /// **Shape**: one a feature, adding up to 1 (or all 0, if no tree has a split). **Order**: the columns'.
    pub fn feature_importances(&self) -> Vec<Importance> {
        Importance::of(&self.saved.features, &self.saved.importances)
    }

    /// Why `row` is given its most probable class.
    ///
    /// The weight of a feature is by how much its splits raised the probability of that class on the row's way through
    /// the trees. The baseline and the weights add up to the probability that the class's forest gives; that is the
    /// answer for two classes, and for more it is the answer before the probabilities are scaled to add up to 1.
    ///
    /// **Cost**: one walk through the forest. Source: A. Saabas, "Interpreting random forests", 2014.
    ///
    /// # Errors
    /// A row of another length than the features', or with a missing value.
    pub fn explain(&self, row: &[f64]) -> Result<Explanation, ModelError> {
        let row = FeatureMatrix::of_row(&self.saved.features, row)?;
        let proba = self.predict_proba(&row)?;
        let class = most_probable(&proba) as usize;
        let (at, sign) = output_of(self.saved.forests.len(), class);
        let forest = self.saved.forests.get(at).ok_or(ModelError::BrokenModel { reason: "a class has no forest" })?;
        let scale = sign / forest.len() as f64;
        let contribution = |(column, change): (usize, super::tree::Change)| {
            let (feature, value) = (&self.saved.features[column], row.values()[column]);
            Contribution {
                feature: feature.name.clone(),
                value,
                shown: feature.show(value),
                side: Side::of(change.above * scale, change.below * scale),
                weight: change.total() * scale,
            }
        };
        let mut contributions: Vec<Contribution> = forest
            .changes(row.values())
            .into_iter()
            .enumerate()
            .filter(|(column, _)| self.saved.left_out.iter().all(|constant| constant.column != *column))
            .map(contribution)
            .collect();
        order::sort_by(&mut contributions, by_weight);
        let root = forest.root_sum() / forest.len() as f64;
        let baseline = if sign < 0.0 { 1.0 - root } else { root };
        Ok(Explanation { sentence: self.sentence(class, proba[class], &contributions), baseline, contributions })
    }

    /// The class, its probability, and what spoke most for and against it.
    fn sentence(&self, class: usize, probability: f64, contributions: &[Contribution]) -> String {
        // Below one percentage point a feature is no reason.
        let most = contributions.first().filter(|c| c.weight >= 0.01);
        let least = contributions.last().filter(|c| c.weight <= -0.01);
        let reasons = match (most, least) {
            (None, None) => String::new(),
            (Some(most), None) => format!(": {} {} speaks most for it", most.feature, most.shown),
            (None, Some(least)) => format!(": {} {} speaks most against it", least.feature, least.shown),
            (Some(most), Some(least)) => format!(
                ": {} {} speaks most for it, {} {} most against it",
                most.feature, most.shown, least.feature, least.shown
            ),
        };
        let (class, share) = (&self.saved.classes[class], self.saved.shares[class]);
        format!("{class} with {:.0} % ({:.0} % of the training rows){reasons}", probability * 100.0, share * 100.0)
    }

    fn is_binary(&self) -> bool {
        self.saved.classes.len() == 2
    }
}

impl TryFrom<SavedForest> for RandomForest {
    type Error = ModelError;

    fn try_from(saved: SavedForest) -> Result<Self, ModelError> {
        let n_classes = saved.classes.len();
        let n_forests = if n_classes == 2 { 1 } else { n_classes };
        if n_classes < 2 || saved.shares.len() != n_classes || saved.forests.len() != n_forests {
            return Err(ModelError::BrokenModel { reason: "classes, their shares and their forests do not match" });
        }
        let n_features = saved.features.len();
        if saved.spreads.len() != n_features || saved.importances.len() != n_features {
            return Err(ModelError::BrokenModel { reason: "not every feature has its usual values and importance" });
        }
        saved.forests.iter().try_for_each(|forest| forest.check(n_features))?;
        Ok(Self { saved })
    }
}

impl From<RandomForest> for SavedForest {
    fn from(forest: RandomForest) -> Self {
        forest.saved
    }
}

/// The place of the largest of `proba`, the first of equals.
pub fn most_probable(proba: &[f64]) -> u32 {
    let first = (0, f64::NEG_INFINITY);
    (0..).zip(proba).fold(first, |best, (class, &p)| if p > best.1 { (class, p) } else { best }).0
}

/// Shares of their sum; nothing changes where the sum is 0.
pub(super) fn normalise(weights: &mut [f64]) {
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        for weight in weights {
            *weight /= sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;
    use crate::models::random::Random;

    const SMALL: RandomForestParams = RandomForestParams {
        n_estimators: 25,
        max_depth: Some(6),
        min_samples_split: 2,
        min_samples_leaf: 1,
        max_features: MaxFeatures::Sqrt,
        seed: 42,
    };

    /// Rows of three numbers in 0..1 and a constant; the class is decided by the first two.
    fn rows(n_samples: usize) -> FeatureMatrix {
        let mut random = Random::new(5);
        let values = (0..n_samples).flat_map(|_| [random.unit(), random.unit(), 443.0, random.unit()]).collect();
        let features = ["a", "b", "port", "noise"].map(|name| Feature::new(name, FeatureUnit::Count));
        FeatureMatrix::new(features.to_vec(), values).unwrap()
    }

    fn binary(rows: &FeatureMatrix) -> Labels {
        let flags: Vec<bool> = rows.rows().map(|row| row[0] + row[1] > 1.2).collect();
        Labels::from_flags("verdict", ["normal", "suspicious"], &flags)
    }

    fn three(rows: &FeatureMatrix) -> Labels {
        let class = |row: &[f64]| match (row[0] > 0.5, row[1] > 0.5) {
            (true, _) => "scan",
            (false, true) => "crawl",
            (false, false) => "visit",
        };
        Labels::from_values("kind", rows.rows().map(class))
    }

    fn fit(params: RandomForestParams, rows: &FeatureMatrix, labels: &Labels) -> RandomForest {
        params.check(rows.n_samples(), rows.n_features()).unwrap().fit(rows, labels).unwrap()
    }

    fn share_right(forest: &RandomForest, rows: &FeatureMatrix, labels: &Labels) -> f64 {
        let predicted = forest.predict(rows).unwrap();
        predicted.iter().zip(labels.codes()).filter(|(a, b)| a == b).count() as f64 / rows.n_samples() as f64
    }

    #[test]
    fn two_classes_are_learnt() {
        let (train, labels) = (rows(400), binary(&rows(400)));
        let forest = fit(SMALL, &train, &labels);
        assert!(share_right(&forest, &train, &labels) > 0.97);
        let proba = forest.predict_proba(&train).unwrap();
        assert!(proba.chunks(2).all(|row| (row[0] + row[1] - 1.0).abs() < 1e-12 && row[1] >= 0.0));
    }

    #[test]
    fn three_classes_are_learnt() {
        let (train, labels) = (rows(400), three(&rows(400)));
        let forest = fit(SMALL, &train, &labels);
        assert_eq!(forest.classes(), ["crawl", "scan", "visit"]);
        assert!(share_right(&forest, &train, &labels) > 0.97);
        let proba = forest.predict_proba(&train).unwrap();
        assert!(proba.chunks(3).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    }

    #[test]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn probabilities_are_the_same_bits_on_every_target() {
        let train = rows(400);
        let forest = fit(SMALL, &train, &three(&train));
        let asked = FeatureMatrix::new(train.features().to_vec(), vec![0.49, 0.52, 443.0, 0.7]).unwrap();
        assert_eq!(
            forest.predict_proba(&asked).unwrap(),
            [0.894_668_487_358_261_1, 0.050_923_163_350_887_87, 0.054_408_349_290_851_02]
        );
        assert_eq!((forest.feature_importances()[0].weight, forest.n_nodes()), (0.611_804_166_454_454_6, 3_531));
    }

    #[test]
    fn importances_are_shares_and_noise_has_little() {
        let train = rows(400);
        let importances = fit(SMALL, &train, &binary(&train)).feature_importances();
        let weights: Vec<f64> = importances.iter().map(|importance| importance.weight).collect();
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!((importances[2].feature.as_str(), weights[2]), ("port", 0.0));
        assert!(weights[3] < weights[0] / 3.0, "{weights:?}");
    }

    #[test]
    fn progress_is_told_after_each_grove() {
        let train = rows(60);
        let valid = RandomForestParams { n_estimators: 30, ..SMALL }.check(60, 4).unwrap();
        let mut told = Vec::new();
        valid.fit_with_progress(&train, &three(&train), &mut |done, total| told.push((done, total))).unwrap();
        let expected: Vec<_> = [25, 30, 55, 60, 85, 90].iter().map(|&done| (done, 90)).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn more_trees_begin_with_the_same_groves() {
        let train = rows(100);
        let labels = binary(&train);
        let short = fit(RandomForestParams { n_estimators: 25, ..SMALL }, &train, &labels);
        let long = fit(RandomForestParams { n_estimators: 50, ..SMALL }, &train, &labels);
        let json = |forest: &RandomForest| serde_json::to_value(&forest.saved.forests[0]).unwrap();
        assert_eq!(json(&short).as_array().unwrap()[..], json(&long).as_array().unwrap()[..25]);
    }

    #[test]
    fn the_depth_is_scikit_learns() {
        let train = rows(200);
        let labels = binary(&train);
        // One step: a root and two leaves.
        let params = RandomForestParams { n_estimators: 10, max_depth: Some(1), ..SMALL };
        assert_eq!(fit(params, &train, &labels).n_nodes(), 30);
        assert_eq!(MaxFeatures::Sqrt.of(6), 2);
        assert_eq!(MaxFeatures::Log2.of(1), 1);
        assert_eq!(MaxFeatures::Share(0.5).of(5), 2);
        assert_eq!(MaxFeatures::Count(9).of(5), 5);
    }

    #[test]
    fn an_explanation_adds_up_and_reads_well() {
        let train = rows(400);
        let forest = fit(SMALL, &train, &binary(&train));
        let row = [0.95, 0.9, 443.0, 0.5];
        let why = forest.explain(&row).unwrap();
        let sum: f64 = why.contributions.iter().map(|c| c.weight).sum();
        let one = FeatureMatrix::new(train.features().to_vec(), row.to_vec()).unwrap();
        assert!((why.baseline + sum - forest.predict_proba(&one).unwrap()[1]).abs() < 1e-12);
        assert_eq!(why.sentence, "suspicious with 97 % (34 % of the training rows): a 0.9 speaks most for it");
        assert_eq!(why.contributions[0].side, Side::Above);

        let against = forest.explain(&[0.1, 0.1, 443.0, 0.5]).unwrap();
        assert_eq!(
            against.sentence,
            "normal with 100 % (66 % of the training rows): a 0.1 speaks most for it, noise 0.5 most against it"
        );
        assert!(against.contributions[0].weight > 0.0);
        assert_eq!(against.contributions[0].side, Side::Below);
    }

    #[test]
    fn a_forest_survives_a_file() {
        let train = rows(100);
        let forest = fit(SMALL, &train, &three(&train));
        let bytes = postcard::to_allocvec(&forest).unwrap();
        assert_eq!(postcard::from_bytes::<RandomForest>(&bytes).unwrap(), forest);
        assert!(postcard::from_bytes::<RandomForest>(&bytes[..bytes.len() / 2]).is_err());
    }

    #[test]
    fn a_damaged_file_breaks_nothing() {
        let train = rows(60);
        let forest = fit(RandomForestParams { n_estimators: 2, ..SMALL }, &train, &three(&train));
        let bytes = postcard::to_allocvec(&forest).unwrap();
        let mut read = 0;
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            if let Ok(forest) = postcard::from_bytes::<RandomForest>(&damaged) {
                read += 1;
                let _ = forest.predict(&train);
                let _ = forest.explain(train.row(0));
            }
        }
        assert!(read > 0 && read < bytes.len(), "{read} of {}", bytes.len());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let train = rows(50);
        let one = Labels::from_values("detection_types", train.rows().map(|_| "waf_rule"));
        let error = SMALL.check(50, 4).unwrap().fit(&train, &one).unwrap_err();
        assert!(
            matches!(error, ModelError::OneClass { ref class, n_samples: 50, .. } if class == "waf_rule"),
            "{error}"
        );

        let short = Labels::from_values("a", ["x", "y"]);
        let error = SMALL.check(50, 4).unwrap().fit(&train, &short).unwrap_err();
        assert_eq!(error.to_string(), "expected 50 labels, found 2");

        let check = |change: fn(&mut RandomForestParams), expected: &str| {
            let mut params = SMALL;
            change(&mut params);
            assert_eq!(params.check(50, 4).unwrap_err().to_string(), expected);
        };
        check(|p| p.max_depth = Some(0), "max_depth: expected 1 to 64 steps, found 0");
        check(|p| p.min_samples_split = 1, "min_samples_split: expected at least 2 rows, found 1");
        check(|p| p.min_samples_leaf = 0, "min_samples_leaf: expected at least 1 row, found 0");
        check(|p| p.max_features = MaxFeatures::Count(0), "max_features: expected at least 1 feature, found 0");
        check(|p| p.n_estimators = 0, "n_estimators: expected 1 to 10,000 trees, found 0");
    }

    #[test]
    fn a_class_without_a_row_is_never_predicted() {
        let train = rows(60);
        let all = Labels::from_values("kind", ["crawl", "scan", "visit"].into_iter().cycle().take(60));
        let two: Vec<usize> = (0..60).filter(|row| row % 3 != 1).collect();
        let forest = fit(SMALL, &train.select(&two), &all.select(&two));
        assert!(!forest.predict(&train).unwrap().contains(&1));
    }
}
