//! Isolation forest: how easily random cuts set a row apart from the others, without any label.
//!
//! **Idea**: a random feature is cut at a random place between its smallest and its largest value, and again on either
//! side; a row that is alone after few cuts lies apart from the others. The score is made from the mean number of cuts.
//!
//! **Source**: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation forest", ICDM 2008. Parameters, their names and their
//! meaning, and the sign of the score are scikit-learn's `IsolationForest` (1.9). It differs in this:
//! * values stay 64-bit (scikit-learn makes them 32-bit, which joins byte counts above 16 million);
//! * the generator is another, so single scores differ as they do between two seeds of scikit-learn;
//! * each tree has its own seed, so trees can be grown in any order; a constant column is left out and named.
//!
//! **Cost**: training `n_estimators × max_samples × ln(max_samples)`, milliseconds at the defaults and independent of
//! the number of rows, but for the one scoring that finds the offset; scoring `n_estimators × ln(max_samples)` a row.
//!
//! It finds rows that are *rare*, not rows that are *bad*, and says how many only because it was told a share: see
//! [`super::trust`].

use crate::units::order;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::explanation::{Contribution, Explanation, Side, Spread, by_weight};
use super::features::{ConstantFeature, Feature, FeatureMatrix, quantile};
use super::random::{Random, derive};
use super::tree::{Change, Tree, Trees};

/// The Euler–Mascheroni constant, for the mean depth of a search tree.
const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// The sample a tree is grown from when nothing else is said: the paper's choice, enough to set outliers apart.
const AUTO_MAX_SAMPLES: usize = 256;

/// The score that `Contamination::Auto` cuts at: a path of average length, as in the paper.
const AUTO_OFFSET: f64 = -0.5;

/// How an isolation forest is trained. Names and defaults are scikit-learn's, but for the contamination of 5 %.
///
/// ```
/// use logloupe::models::{Feature, FeatureMatrix, FeatureUnit, IsolationForestParams};
///
/// let mut bytes: Vec<f64> = (0..100).map(|row| 1000.0 + f64::from(row)).collect();
/// bytes.push(8_200_000.0);
/// let rows = FeatureMatrix::new(vec![Feature::new("source.bytes", FeatureUnit::Bytes)], bytes)?;
///
/// let forest = IsolationForestParams::default().check(rows.n_samples(), rows.n_features())?.fit(&rows)?;
/// assert_eq!(forest.predict(&rows)?.last(), Some(&-1));
/// assert_eq!(forest.explain(rows.row(100))?.sentence, "source.bytes 8.2 MB is far above most rows (median 1.1 kB)");
/// # Ok::<(), logloupe::models::ModelError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IsolationForestParams {
    /// Number of trees, 1..=10,000.
    pub n_estimators: usize,
    /// Rows that each tree sees, drawn without replacement.
    pub max_samples: MaxSamples,
    /// The share of rows that will be called anomalies.
    pub contamination: Contamination,
    /// Share of the features that each tree may cut, above 0 and up to 1.
    pub max_features: f64,
    /// The same seed and the same rows give the same forest, on every machine.
    pub seed: u64,
}

/// How many rows each tree sees.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaxSamples {
    /// 256, or all rows if they are fewer.
    #[default]
    Auto,
    /// So many, at least 2, or all rows if they are fewer.
    Count(usize),
    /// This share of the rows, above 0 and up to 1, but at least 2 rows.
    Share(f64),
}

/// Where anomalies begin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contamination {
    /// At the score of an average path (−0.5), whatever share of rows lies below.
    Auto,
    /// At the score that leaves this share of the training rows below, above 0 and up to 0.5.
    Share(f64),
}

/// Parameters that were checked against the shape of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ValidIsolationForest {
    params: IsolationForestParams,
    n_samples: usize,
    n_features: usize,
    max_samples: usize,
}

/// A trained isolation forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedForest", into = "SavedForest")]
pub struct IsolationForest {
    saved: SavedForest,
}

/// A forest as it is kept in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedForest {
    params: IsolationForestParams,
    features: Vec<Feature>,
    spreads: Vec<Spread>,
    left_out: Vec<ConstantFeature>,
    n_samples: usize,
    max_samples: usize,
    offset: f64,
    trees: Trees,
}

/// A node whose rows may still be cut.
struct Open {
    node: u32,
    level: u32,
    start: usize,
    end: usize,
    /// The columns that were not yet found constant above it.
    columns: Vec<u32>,
}

impl Default for IsolationForestParams {
    fn default() -> Self {
        Self {
            n_estimators: 100,
            max_samples: MaxSamples::Auto,
            contamination: Contamination::default(),
            max_features: 1.0,
            seed: 42,
        }
    }
}

impl Default for Contamination {
    /// 5 %.
    fn default() -> Self {
        Self::Share(0.05)
    }
}

impl IsolationForestParams {
    /// The parameters for rows of this shape.
    ///
    /// # Errors
    /// A parameter out of its range, fewer than two rows, no feature.
    pub fn check(self, n_samples: usize, n_features: usize) -> Result<ValidIsolationForest, ModelError> {
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
        if let Contamination::Share(share) = self.contamination
            && !(share > 0.0 && share <= 0.5)
        {
            return refuse("contamination", "a share above 0 and up to 0.5", share.to_string());
        }
        if !(self.max_features > 0.0 && self.max_features <= 1.0) {
            return refuse("max_features", "a share above 0 and up to 1", self.max_features.to_string());
        }
        let max_samples = match self.max_samples {
            MaxSamples::Auto => AUTO_MAX_SAMPLES,
            MaxSamples::Count(count) if count >= 2 => count,
            MaxSamples::Count(count) => return refuse("max_samples", "at least 2 rows", count.to_string()),
            MaxSamples::Share(share) if share > 0.0 && share <= 1.0 => ((share * n_samples as f64) as usize).max(2),
            MaxSamples::Share(share) => return refuse("max_samples", "a share above 0 and up to 1", share.to_string()),
        };
        Ok(ValidIsolationForest { params: self, n_samples, n_features, max_samples: max_samples.min(n_samples) })
    }
}

impl ValidIsolationForest {
    /// The forest of `rows`, with its offset taken from their scores.
    ///
    /// # Errors
    /// Rows of another shape than was checked, a missing value, no feature that differs between rows.
    pub fn fit(&self, rows: &FeatureMatrix) -> Result<IsolationForest, ModelError> {
        for (what, expected, found) in
            [("rows", self.n_samples, rows.n_samples()), ("features", self.n_features, rows.n_features())]
        {
            if expected != found {
                return Err(ModelError::Shape { what, expected, found });
            }
        }
        rows.check_complete()?;
        let left_out = rows.constants();
        let columns: Vec<u32> =
            (0..self.n_features).filter(|at| left_out.iter().all(|c| c.column != *at)).map(|at| at as u32).collect();
        if columns.is_empty() {
            return Err(ModelError::AllConstant { n_samples: self.n_samples });
        }
        let trees = (0..self.params.n_estimators).map(|index| self.grow(rows, &columns, index)).collect();
        let mut forest = IsolationForest {
            saved: SavedForest {
                params: self.params.clone(),
                features: rows.features().to_vec(),
                spreads: Spread::of_columns(rows),
                left_out,
                n_samples: self.n_samples,
                max_samples: self.max_samples,
                offset: AUTO_OFFSET,
                trees: Trees::new(trees),
            },
        };
        if let Contamination::Share(_) = self.params.contamination {
            forest.set_offset(&forest.score_samples(rows)?);
        }
        Ok(forest)
    }

    /// Tree `index` of the forest: it depends on the parameters, the rows and its index, and on no other tree.
    fn grow(&self, rows: &FeatureMatrix, columns: &[u32], index: usize) -> Tree {
        let mut random = Random::new(derive(self.params.seed, index as u64));
        let mut sample = draw(rows.n_samples(), self.max_samples, &mut random);
        let n_columns = ((self.params.max_features * columns.len() as f64) as usize).max(1);
        let columns: Vec<u32> =
            draw(columns.len(), n_columns, &mut random).into_iter().filter_map(|at| columns.get(at).copied()).collect();
        let deepest = depth_limit(self.max_samples);

        let mut tree = Tree::leaf(path_length(0, sample.len()));
        let mut open = vec![Open { node: 0, level: 0, start: 0, end: sample.len(), columns }];
        while let Some(mut at) = open.pop() {
            let members = &mut sample[at.start..at.end];
            if at.level >= deepest || members.len() < 2 {
                continue;
            }
            let Some((column, threshold)) = cut(rows, members, &mut at.columns, &mut random) else { continue };
            let n_left = partition(members, |row| rows.row(row)[column as usize] <= threshold);
            let left = tree.split(at.node, at.level, (column, threshold));
            let (level, middle) = (at.level + 1, at.start + n_left);
            for (node, start, end) in [(left, at.start, middle), (left + 1, middle, at.end)] {
                tree.set_value(node, path_length(level, end - start));
                open.push(Open { node, level, start, end, columns: at.columns.clone() });
            }
        }
        tree
    }
}

impl IsolationForest {
    /// The parameters it was trained with.
    pub fn params(&self) -> &IsolationForestParams {
        &self.saved.params
    }

    /// The features it was trained on, in the order of the columns.
    pub fn features(&self) -> &[Feature] {
        &self.saved.features
    }

    /// The columns that were constant in the training rows: no tree cuts them.
    pub fn left_out(&self) -> &[ConstantFeature] {
        &self.saved.left_out
    }

    /// Rows it was trained on.
    pub fn n_samples(&self) -> usize {
        self.saved.n_samples
    }

    /// Number of nodes of all trees.
    pub fn n_nodes(&self) -> usize {
        self.saved.trees.n_nodes()
    }

    /// The score below which a row is an anomaly (scikit-learn's `offset_`).
    pub fn offset(&self) -> f64 {
        self.saved.offset
    }

    /// Changes the share that is to be marked; [`Self::set_offset`] finds the offset for it.
    ///
    /// # Errors
    /// A share that is not above 0 and up to 0.5.
    pub fn set_contamination(&mut self, share: f64) -> Result<(), ModelError> {
        let params = IsolationForestParams { contamination: Contamination::Share(share), ..self.saved.params.clone() };
        self.saved.params = params.clone();
        params.check(self.saved.n_samples.max(2), self.saved.features.len()).map(drop)
    }

    /// Takes the offset from `scores`, for a forest that was trained on a sample: the score that leaves the share of
    /// contamination below, between two scores linearly as `numpy.percentile`. Does nothing where the contamination is
    /// `Auto` or there is no score.
    ///
    /// **Cost**: one sort.
    pub fn set_offset(&mut self, scores: &[f64]) {
        if let Contamination::Share(share) = self.saved.params.contamination
            && !scores.is_empty()
        {
            let mut sorted = scores.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            self.saved.offset = quantile(&sorted, share);
        }
    }

    /// The score of each row: near −1 for a row that is set apart at once, −0.5 for an average one, towards 0 for a row
    /// in the middle of the crowd (scikit-learn's `score_samples`: the paper's anomaly score with its sign turned).
    ///
    /// **Shape**: one a row. **Unit**: none, −1..=0. **Order**: the rows'.
    /// **Cost**: about 1 µs a row natively with 100 trees of 256 rows; nothing is allocated a row.
    ///
    /// # Errors
    /// Other features than the forest's, a missing value.
    pub fn score_samples(&self, rows: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        rows.check_features(&self.saved.features)?;
        rows.check_complete()?;
        let mut scores = self.saved.trees.sums(rows.values(), rows.n_features());
        for score in &mut scores {
            *score = self.score(*score);
        }
        Ok(scores)
    }

    /// Whether a row of this score is an anomaly: strictly below the offset, so that rows of one score are together.
    pub fn is_anomaly(&self, score: f64) -> bool {
        score < self.saved.offset
    }

    /// −1 for an anomaly and 1 for any other row, as in scikit-learn. **Shape**: one a row.
    ///
    /// # Errors
    /// Those of [`Self::score_samples`].
    pub fn predict(&self, rows: &FeatureMatrix) -> Result<Vec<i8>, ModelError> {
        let scores = self.score_samples(rows)?;
        Ok(scores.into_iter().map(|score| if self.is_anomaly(score) { -1 } else { 1 }).collect())
    }

    /// Which features set `row` apart.
    ///
    /// A cut that leaves a row among few others shortens the path that is expected for it; a cut that leaves it in the
    /// crowd makes it longer. The weight of a feature is the sum over its cuts of how much they shortened the path, as
    /// a share of the average path. The weights add up to `1 + log2(−score)`: 1 for a row that is set apart at once, 0
    /// for an average one.
    ///
    /// **Cost**: one walk through the forest, microseconds. Source: A. Saabas, "Interpreting random forests", 2014,
    /// applied to path lengths.
    ///
    /// # Errors
    /// A row of another length than the features', or with a missing value.
    pub fn explain(&self, row: &[f64]) -> Result<Explanation, ModelError> {
        let row = FeatureMatrix::of_row(&self.saved.features, row)?;
        row.check_complete()?;
        let average = self.average_sum();
        let changes = self.saved.trees.changes(row.values());
        let mut all: Vec<(usize, Contribution)> = (changes.into_iter().enumerate())
            .filter(|(column, _)| self.saved.left_out.iter().all(|constant| constant.column != *column))
            .map(|(column, change)| (column, self.contribution(column, row.values()[column], change, average)))
            .collect();
        order::sort_by(&mut all, |(_, a), (_, b)| by_weight(a, b));
        let sentence = self.sentence(&all);
        let contributions = all.into_iter().map(|(_, contribution)| contribution).collect();
        Ok(Explanation { sentence, baseline: 0.0, contributions })
    }

    fn contribution(&self, column: usize, value: f64, change: Change, average: f64) -> Contribution {
        let feature = &self.saved.features[column];
        Contribution {
            feature: feature.name.clone(),
            value,
            shown: feature.show(value),
            side: Side::of(-change.above, -change.below),
            weight: -change.total() / average,
        }
    }

    /// The one or two features that did most, and where their values lie; how many others, where these did less than half.
    fn sentence(&self, contributions: &[(usize, Contribution)]) -> String {
        let helpful: Vec<&(usize, Contribution)> = contributions.iter().filter(|(_, c)| c.weight > 0.0).collect();
        let gained: f64 = helpful.iter().map(|(_, c)| c.weight).sum();
        // A second feature that did less than a quarter of the work would only blur the sentence.
        let is_named = |(rank, (_, c)): &(usize, &&(usize, Contribution))| *rank == 0 || c.weight >= gained / 4.0;
        let named: Vec<_> = helpful.iter().enumerate().take(2).filter(is_named).map(|(_, part)| *part).collect();
        let mut phrases: Vec<String> = named
            .iter()
            .map(|(column, c)| {
                let place = self.saved.spreads[*column].place(&self.saved.features[*column], c.value);
                format!("{} {} is {place}", c.feature, c.shown)
            })
            .collect();
        let others = helpful.len() - named.len();
        if others > 0 && named.iter().map(|(_, c)| c.weight).sum::<f64>() * 2.0 < gained {
            phrases.push(format!(
                "{others} other feature{} it apart as well",
                if others == 1 { " sets" } else { "s set" }
            ));
        }
        if phrases.is_empty() { "no feature sets this row apart".to_owned() } else { phrases.join(", and ") }
    }

    /// The score of a row whose path lengths add up to `sum`.
    fn score(&self, sum: f64) -> f64 {
        -libm::exp2(-sum / self.average_sum())
    }

    /// The sum of the path lengths of an average row; above 0, as every tree sees at least two rows.
    fn average_sum(&self) -> f64 {
        self.saved.trees.len() as f64 * average_path_length(self.saved.max_samples)
    }
}

impl TryFrom<SavedForest> for IsolationForest {
    type Error = ModelError;

    fn try_from(saved: SavedForest) -> Result<Self, ModelError> {
        saved.trees.check(saved.features.len())?;
        if saved.spreads.len() != saved.features.len() {
            return Err(ModelError::BrokenModel { reason: "not every feature has its usual values" });
        }
        if saved.max_samples < 2 || !saved.offset.is_finite() {
            return Err(ModelError::BrokenModel { reason: "the sample or the offset is out of its range" });
        }
        Ok(Self { saved })
    }
}

impl From<IsolationForest> for SavedForest {
    fn from(forest: IsolationForest) -> Self {
        forest.saved
    }
}

/// `count` of the numbers `0..n`, each set of them as likely as another; all in order if `count` is not below `n`.
///
/// Source: R. Floyd in J. Bentley, "Programming pearls: a sample of brilliance", 1987.
fn draw(n: usize, count: usize, random: &mut Random) -> Vec<usize> {
    if count >= n {
        return (0..n).collect();
    }
    let mut drawn = BTreeSet::new();
    let mut order = Vec::with_capacity(count);
    for last in n - count..n {
        let one = random.below(last as u64 + 1) as usize;
        let one = if drawn.insert(one) { one } else { last };
        drawn.insert(one);
        order.push(one);
    }
    order
}

/// A column that differs between `members`, each as likely as another, and a place uniformly between its ends.
///
/// Columns found constant are taken out of `columns`: they are constant in every node below, too.
fn cut(rows: &FeatureMatrix, members: &[usize], columns: &mut Vec<u32>, random: &mut Random) -> Option<(u32, f64)> {
    while !columns.is_empty() {
        let at = random.below(columns.len() as u64) as usize;
        let column = *columns.get(at)?;
        let (low, high) = ends(members.iter().map(|&row| rows.row(row)[column as usize]));
        if low < high {
            let u = random.unit();
            // Weighted ends and not `low + u * (high - low)`: the difference of two large values may not be finite.
            let threshold = low * (1.0 - u) + high * u;
            // Rounding must not put all rows on one side.
            return Some((column, if threshold >= low && threshold < high { threshold } else { low }));
        }
        columns.swap_remove(at);
    }
    None
}

/// The smallest and the largest of `values`.
fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// Moves the members for which `is_left` holds to the front, and returns their number.
fn partition(members: &mut [usize], is_left: impl Fn(usize) -> bool) -> usize {
    let mut n_left = 0;
    for at in 0..members.len() {
        if is_left(members[at]) {
            members.swap(at, n_left);
            n_left += 1;
        }
    }
    n_left
}

/// The steps after which a tree of `max_samples` rows stops: the depth at which an average row is alone.
fn depth_limit(max_samples: usize) -> u32 {
    max_samples.max(2).next_power_of_two().ilog2()
}

/// The path expected for a row that came down `level` steps and is one of `n_samples` there.
fn path_length(level: u32, n_samples: usize) -> f64 {
    f64::from(level) + average_path_length(n_samples)
}

/// The mean length of an unsuccessful search in a binary search tree of `n_samples` keys, with scikit-learn's two first
/// values.
fn average_path_length(n_samples: usize) -> f64 {
    match n_samples {
        0 | 1 => 0.0,
        2 => 1.0,
        n => {
            let n = n as f64;
            2.0 * (libm::log(n - 1.0) + EULER_GAMMA) - 2.0 * (n - 1.0) / n
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;

    fn matrix(columns: &[&str], values: Vec<f64>) -> FeatureMatrix {
        FeatureMatrix::new(columns.iter().map(|name| Feature::new(*name, FeatureUnit::Count)).collect(), values)
            .unwrap()
    }

    /// 300 rows in a square, and one far outside in the second feature; the third is constant.
    fn crowd() -> FeatureMatrix {
        let mut random = Random::new(1);
        let mut values: Vec<f64> = (0..300).flat_map(|_| [random.unit(), random.unit(), 443.0]).collect();
        values.extend([0.5, 40.0, 443.0]);
        matrix(&["a", "b", "port"], values)
    }

    fn fit(params: IsolationForestParams, rows: &FeatureMatrix) -> IsolationForest {
        params.check(rows.n_samples(), rows.n_features()).unwrap().fit(rows).unwrap()
    }

    #[test]
    fn average_paths_are_scikit_learns() {
        let expected = [(0, 0.0), (1, 0.0), (2, 1.0), (5, 2.327_020_052_042_847), (256, 10.244_770_920_119_917)];
        for (n, length) in expected {
            assert!((average_path_length(n) - length).abs() < 1e-14, "{n}: {}", average_path_length(n));
        }
        assert_eq!([2, 3, 256, 257].map(depth_limit), [1, 2, 8, 9]);
    }

    #[test]
    fn the_row_outside_has_the_lowest_score_and_its_reason() {
        let rows = crowd();
        let forest = fit(IsolationForestParams::default(), &rows);
        let scores = forest.score_samples(&rows).unwrap();
        let lowest = (0..scores.len()).min_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        assert_eq!(lowest, Some(300));
        assert!(scores[300] < -0.7, "{}", scores[300]);

        let why = forest.explain(rows.row(300)).unwrap();
        assert_eq!(why.contributions[0].feature, "b");
        assert_eq!(why.contributions[0].side, Side::Above);
        assert_eq!(why.contributions.len(), 2, "the constant port is no reason");
        assert!(why.sentence.starts_with("b 40 is far above most rows (median 0."), "{}", why.sentence);
        assert_eq!(forest.left_out()[0].name, "port");
    }

    #[test]
    fn weights_add_up_to_the_score() {
        let rows = crowd();
        let forest = fit(IsolationForestParams::default(), &rows);
        let scores = forest.score_samples(&rows).unwrap();
        for row in [0, 17, 300] {
            let sum: f64 = forest.explain(rows.row(row)).unwrap().contributions.iter().map(|c| c.weight).sum();
            assert!((sum - (1.0 + libm::log2(-scores[row]))).abs() < 1e-9, "{row}: {sum}");
        }
    }

    #[test]
    #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
    fn scores_are_the_same_bits_on_every_target() {
        let rows = crowd();
        let forest = fit(IsolationForestParams::default(), &rows);
        let scores = forest.score_samples(&rows).unwrap();
        assert_eq!(
            [scores[0], scores[17], scores[300], forest.offset()],
            [-0.485_405_467_539_093_25, -0.492_977_337_251_063_8, -0.822_541_391_341_938_6, -0.554_753_742_372_882_8]
        );
        let weight = forest.explain(rows.row(300)).unwrap().contributions[0].weight;
        assert_eq!((weight, forest.n_nodes()), (0.745_562_013_288_702_1, 17_190));
    }

    #[test]
    fn contamination_is_the_share_below_the_offset() {
        let rows = crowd();
        let check = |contamination, expected| {
            let forest = fit(IsolationForestParams { contamination, ..Default::default() }, &rows);
            let found = forest.predict(&rows).unwrap().iter().filter(|&&sign| sign == -1).count();
            assert_eq!(found, expected, "{contamination:?} at {}", forest.offset());
        };
        check(Contamination::Share(0.05), 15);
        check(Contamination::Share(0.5), 150);
        let auto = fit(IsolationForestParams { contamination: Contamination::Auto, ..Default::default() }, &rows);
        assert_eq!(auto.offset(), -0.5);
    }

    #[test]
    fn rows_with_the_score_of_the_offset_are_no_anomalies() {
        // Two places only, so two scores: the lower one is the offset, and nothing is strictly below it.
        let rows = matrix(&["a"], (0..100).map(|row| f64::from(row % 10 == 0)).collect());
        let forest = fit(IsolationForestParams::default(), &rows);
        assert!(forest.predict(&rows).unwrap().iter().all(|&sign| sign == 1));
    }

    #[test]
    fn trees_do_not_depend_on_the_order_in_which_they_are_grown() {
        let rows = crowd();
        let valid = IsolationForestParams::default().check(rows.n_samples(), rows.n_features()).unwrap();
        let mut backwards: Vec<Tree> = (0..100).rev().map(|index| valid.grow(&rows, &[0, 1], index)).collect();
        backwards.reverse();
        assert_eq!(valid.fit(&rows).unwrap().saved.trees, Trees::new(backwards));
    }

    #[test]
    fn scores_do_not_depend_on_how_the_rows_are_cut() {
        let rows = crowd();
        let forest = fit(IsolationForestParams::default(), &rows);
        let whole = forest.score_samples(&rows).unwrap();
        for size in [1, 3, 7, 100] {
            let all: Vec<usize> = (0..rows.n_samples()).collect();
            let parts: Vec<f64> =
                all.chunks(size).flat_map(|part| forest.score_samples(&rows.select(part)).unwrap()).collect();
            assert_eq!(parts, whole, "chunks of {size}");
        }
    }

    #[test]
    fn a_forest_survives_a_file() {
        let forest = fit(IsolationForestParams::default(), &crowd());
        let bytes = postcard::to_allocvec(&forest).unwrap();
        assert_eq!(postcard::from_bytes::<IsolationForest>(&bytes).unwrap(), forest);
        assert!(postcard::from_bytes::<IsolationForest>(&bytes[..bytes.len() / 2]).is_err());
    }

    #[test]
    fn a_damaged_file_breaks_nothing() {
        let rows = crowd();
        let forest = fit(IsolationForestParams { n_estimators: 2, ..Default::default() }, &rows);
        let bytes = postcard::to_allocvec(&forest).unwrap();
        let mut read = 0;
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x55;
            if let Ok(forest) = postcard::from_bytes::<IsolationForest>(&damaged) {
                read += 1;
                let _ = forest.score_samples(&rows);
                let _ = forest.explain(rows.row(0));
            }
        }
        assert!(read > 0 && read < bytes.len(), "{read} of {}", bytes.len());
    }

    #[test]
    fn huge_values_break_nothing() {
        let rows = matrix(&["a"], vec![f64::MIN, -1.0, 0.0, 1.0, f64::MAX, 5e-324]);
        let forest = fit(IsolationForestParams::default(), &rows);
        assert!(forest.score_samples(&rows).unwrap().iter().all(|score| (-1.0..0.0).contains(score)));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let check = |change: fn(&mut IsolationForestParams), expected: &str| {
            let mut params = IsolationForestParams::default();
            change(&mut params);
            assert_eq!(params.check(10, 1).unwrap_err().to_string(), expected);
        };
        check(|p| p.n_estimators = 0, "n_estimators: expected 1 to 10,000 trees, found 0");
        check(
            |p| p.contamination = Contamination::Share(0.6),
            "contamination: expected a share above 0 and up to 0.5, found 0.6",
        );
        check(
            |p| p.contamination = Contamination::Share(f64::NAN),
            "contamination: expected a share above 0 and up to 0.5, found NaN",
        );
        check(|p| p.max_features = 0.0, "max_features: expected a share above 0 and up to 1, found 0");
        check(|p| p.max_samples = MaxSamples::Count(1), "max_samples: expected at least 2 rows, found 1");

        let fit = |values: Vec<f64>| {
            let rows = matrix(&["a"], values);
            IsolationForestParams::default().check(rows.n_samples(), 1)?.fit(&rows)
        };
        assert_eq!(fit(vec![1.0]).unwrap_err(), ModelError::TooFewSamples { needed: 2, found: 1 });
        assert_eq!(fit(vec![1.0, 1.0]).unwrap_err(), ModelError::AllConstant { n_samples: 2 });
        assert_eq!(fit(vec![1.0, f64::NAN]).unwrap_err(), ModelError::MissingValue { feature: "a".into(), row: 1 });
    }

    #[test]
    fn parameters_are_read_with_their_defaults() {
        let params: IsolationForestParams =
            serde_json::from_str(r#"{"contamination":{"share":0.1},"max_samples":"auto"}"#).unwrap();
        assert_eq!(params.contamination, Contamination::Share(0.1));
        assert_eq!((params.n_estimators, params.seed), (100, 42));
    }
}
