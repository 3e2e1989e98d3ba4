//! Logistic regression: every feature has a weight, and the weighted sum is the logarithm of the odds.
//!
//! **Source**: parameters, their names and what is minimised are scikit-learn's `LogisticRegression` (1.9) with its L2
//! penalty, which leaves the intercept out; more than two classes are told apart together (softmax). The minimum is
//! found by L-BFGS (D. Liu, J. Nocedal, 1989). It differs in that columns are centred and scaled while it looks, which
//! changes the way and not the minimum: bytes and flags can stand beside each other.
//!
//! **Cost**: about 30 to 100 passes over the rows.

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::explanation::{Contribution, Explanation, Side, by_weight, output_of};
use super::features::{ConstantFeature, Feature, FeatureMatrix};
use super::labels::Labels;
use super::random_forest::{Importance, most_probable};
use crate::units::order;

/// Steps whose curvature is remembered.
const MEMORY: usize = 10;

/// How a logistic regression is trained. Names and defaults are scikit-learn's, but for the number of steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticRegressionParams {
    /// How little large weights are punished, above 0.
    pub c: f64,
    /// Steps at most.
    pub max_iter: usize,
    /// It stops where no slope is steeper than this.
    pub tol: f64,
}

/// A trained logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedRegression", into = "SavedRegression")]
pub struct LogisticRegression {
    saved: SavedRegression,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRegression {
    params: LogisticRegressionParams,
    classes: Vec<String>,
    features: Vec<Feature>,
    left_out: Vec<ConstantFeature>,
    /// Mean and standard deviation of each column of the training rows.
    scales: Vec<(f64, f64)>,
    /// One a class, or one for the second of two.
    intercepts: Vec<f64>,
    /// **Shape**: `n_features` for each intercept, for the values as they are.
    coefficients: Vec<f64>,
    /// Steps that were taken.
    n_iter: usize,
}

/// What is minimised: the mean loss and the penalty, over centred and scaled columns.
struct Objective<'a> {
    /// **Shape**: `n_samples × n_features`.
    rows: &'a [f64],
    codes: &'a [u32],
    n_features: usize,
    /// 1 for two classes.
    n_outputs: usize,
    /// The penalty of each column's squared weight.
    penalties: &'a [f64],
}

impl Default for LogisticRegressionParams {
    fn default() -> Self {
        Self { c: 1.0, max_iter: 300, tol: 1e-6 }
    }
}

impl LogisticRegressionParams {
    /// The model that tells the classes of `labels` apart by `rows`.
    ///
    /// # Errors
    /// A parameter out of its range, not one label a row, a missing value, no feature that differs between rows, a label
    /// with a single class.
    pub fn fit(&self, rows: &FeatureMatrix, labels: &Labels) -> Result<LogisticRegression, ModelError> {
        if !(self.c > 0.0 && self.c.is_finite() && self.tol > 0.0 && self.max_iter > 0) {
            let found = format!("c {}, tol {}, max_iter {}", self.c, self.tol, self.max_iter);
            return Err(ModelError::Param { param: "c", expected: "c, tol and max_iter above 0", found });
        }
        let (n_samples, _, left_out) = labels.check_rows(rows)?;
        let (n, width) = (n_samples as f64, rows.n_features());
        let scales: Vec<(f64, f64)> = (0..width)
            .map(|column| {
                let mean: f64 = rows.column(column).map(|value| value / n).sum();
                let variance: f64 = rows.column(column).map(|value| (value - mean) * (value - mean) / n).sum();
                let is_constant = left_out.iter().any(|constant| constant.column == column);
                (mean, if is_constant || variance <= 0.0 { 1.0 } else { libm::sqrt(variance) })
            })
            .collect();
        let scaled: Vec<f64> = rows
            .rows()
            .flat_map(|row| row.iter().zip(&scales).map(|(value, (mean, sd))| (value - mean) / sd))
            .collect();
        let n_classes = labels.classes().len();
        let n_outputs = if n_classes == 2 { 1 } else { n_classes };
        // A weight of a scaled column is its own times the scale; the penalty is on its own.
        let penalties: Vec<f64> = scales.iter().map(|(_, sd)| 1.0 / (self.c * n * sd * sd)).collect();
        let objective =
            Objective { rows: &scaled, codes: labels.codes(), n_features: width, n_outputs, penalties: &penalties };
        let (weights, n_iter) = minimise(&objective, (self.max_iter, self.tol));
        let (mut intercepts, mut coefficients) = (Vec::new(), Vec::new());
        for output in weights.chunks_exact(width + 1) {
            let own: Vec<f64> = output[1..].iter().zip(&scales).map(|(weight, (_, sd))| weight / sd).collect();
            intercepts.push(output[0] - own.iter().zip(&scales).map(|(weight, (mean, _))| weight * mean).sum::<f64>());
            coefficients.extend(own);
        }
        Ok(LogisticRegression {
            saved: SavedRegression {
                params: self.clone(),
                classes: labels.classes().to_vec(),
                features: rows.features().to_vec(),
                left_out,
                scales,
                intercepts,
                coefficients,
                n_iter,
            },
        })
    }
}

impl LogisticRegression {
    /// The features it was trained on, in the order of the columns.
    pub fn features(&self) -> &[Feature] {
        &self.saved.features
    }

    /// The classes' names, in the order of the columns of [`Self::predict_proba`].
    pub fn classes(&self) -> &[String] {
        &self.saved.classes
    }

    /// The intercept of each output, and the weights of the features in it.
    pub fn outputs(&self) -> impl Iterator<Item = (f64, &[f64])> {
        self.saved.intercepts.iter().copied().zip(self.saved.coefficients.chunks_exact(self.saved.features.len()))
    }

    /// The probability of each class for each row. **Shape**: `n_samples × n_classes`, row after row.
    ///
    /// # Errors
    /// Other features than the model's, a missing value.
    pub fn predict_proba(&self, rows: &FeatureMatrix) -> Result<Vec<f64>, ModelError> {
        rows.check_features(&self.saved.features)?;
        rows.check_complete()?;
        let sums: Vec<Vec<f64>> =
            self.outputs().map(|(_, weights)| rows.rows().map(|row| dot(row, weights)).collect()).collect();
        Ok(probabilities(&self.saved.intercepts, &sums, rows.n_samples()))
    }

    /// How far each feature moves the log odds when it moves by its standard deviation, as a share of all features'.
    pub fn feature_importances(&self) -> Vec<Importance> {
        let weight = |column: usize| self.outputs().map(|(_, weights)| weights[column].abs()).sum::<f64>();
        let moves: Vec<f64> = self.saved.scales.iter().enumerate().map(|(at, (_, sd))| weight(at) * sd).collect();
        let total: f64 = moves.iter().sum();
        let share = |moved: &f64| if total > 0.0 { moved / total } else { 0.0 };
        let named = self.saved.features.iter().zip(&moves);
        named.map(|(feature, moved)| Importance { feature: feature.name.clone(), weight: share(moved) }).collect()
    }

    /// Why `row` is given its most probable class: how far each feature moves that class's log odds from where they are
    /// for a row of the means. Baseline and weights add up to them.
    ///
    /// # Errors
    /// A row of another length than the features', or with a missing value.
    pub fn explain(&self, row: &[f64]) -> Result<Explanation, ModelError> {
        let row = FeatureMatrix::of_row(&self.saved.features, row)?;
        let proba = self.predict_proba(&row)?;
        let class = most_probable(&proba) as usize;
        let (at, sign) = output_of(self.saved.intercepts.len(), class);
        let Some((intercept, weights)) = self.outputs().nth(at) else {
            return Err(ModelError::BrokenModel { reason: "a class has no weights" });
        };
        let mut baseline = intercept;
        let mut contributions = Vec::with_capacity(weights.len());
        for (((feature, weight), (mean, _)), value) in
            self.saved.features.iter().zip(weights).zip(&self.saved.scales).zip(row.values())
        {
            baseline += weight * mean;
            let weight = sign * weight * (value - mean);
            let side = if value >= mean { Side::Above } else { Side::Below };
            let (feature, shown) = (feature.name.clone(), feature.show(*value));
            contributions.push(Contribution { feature, value: *value, shown, side, weight });
        }
        order::sort_by(&mut contributions, by_weight);
        let reason = contributions.first().filter(|c| c.weight > 0.0);
        let reason = reason.map_or(String::new(), |c| format!(": {} {} speaks most for it", c.feature, c.shown));
        let sentence = format!("{} with {:.0} %{reason}", self.saved.classes[class], proba[class] * 100.0);
        Ok(Explanation { sentence, baseline: baseline * sign, contributions })
    }
}

/// The probabilities of all classes from the log odds of each, or of the second of two.
pub(super) fn softmax(raw: &[f64]) -> Vec<f64> {
    if let [raw] = raw {
        let p = if *raw >= 0.0 { 1.0 / (1.0 + libm::exp(-raw)) } else { libm::exp(*raw) / (1.0 + libm::exp(*raw)) };
        return vec![1.0 - p, p];
    }
    let highest = raw.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = raw.iter().map(|raw| libm::exp(raw - highest)).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// The probabilities of rows whose log odds are a baseline and a sum for each output.
pub(super) fn probabilities(baselines: &[f64], sums: &[Vec<f64>], n_samples: usize) -> Vec<f64> {
    let raw = |row: usize| -> Vec<f64> { baselines.iter().zip(sums).map(|(base, sums)| base + sums[row]).collect() };
    (0..n_samples).flat_map(|row| softmax(&raw(row))).collect()
}

impl Objective<'_> {
    /// The value at `weights` (an intercept and the features' weights for each output), and the slopes there.
    fn at(&self, weights: &[f64]) -> (f64, Vec<f64>) {
        let (width, n) = (self.n_features + 1, self.codes.len() as f64);
        let mut slopes = vec![0.0; weights.len()];
        let mut loss = 0.0;
        for (row, &code) in self.rows.chunks_exact(self.n_features).zip(self.codes) {
            let raw: Vec<f64> = weights.chunks_exact(width).map(|output| output[0] + dot(row, &output[1..])).collect();
            let proba = softmax(&raw);
            loss -= libm::log(proba[code as usize].max(f64::MIN_POSITIVE));
            for (at, slopes) in slopes.chunks_exact_mut(width).enumerate() {
                let class = if self.n_outputs == 1 { 1 } else { at };
                let error = proba[class] - f64::from(u8::from(code as usize == class));
                slopes[0] += error;
                slopes[1..].iter_mut().zip(row).for_each(|(slope, value)| *slope += error * value);
            }
        }
        slopes.iter_mut().for_each(|slope| *slope /= n);
        let mut penalty = 0.0;
        for (output, slopes) in weights.chunks_exact(width).zip(slopes.chunks_exact_mut(width)) {
            for ((weight, slope), rate) in output[1..].iter().zip(&mut slopes[1..]).zip(self.penalties) {
                penalty += rate * weight * weight / 2.0;
                *slope += rate * weight;
            }
        }
        (loss / n + penalty, slopes)
    }
}

/// The weights where nothing is steeper than `tol`, or where the steps end, and how many there were.
fn minimise(objective: &Objective<'_>, (max_iter, tol): (usize, f64)) -> (Vec<f64>, usize) {
    let mut weights = vec![0.0; (objective.n_features + 1) * objective.n_outputs];
    let (mut value, mut slopes) = objective.at(&weights);
    let mut memory: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::new();
    for iteration in 0..max_iter {
        if slopes.iter().all(|slope| slope.abs() <= tol) {
            return (weights, iteration);
        }
        let mut direction: Vec<f64> = downhill(&memory, &slopes);
        let mut steepness = dot(&direction, &slopes);
        if steepness >= 0.0 {
            memory.clear();
            direction = slopes.iter().map(|slope| -slope).collect();
            steepness = dot(&direction, &slopes);
        }
        let mut step = if memory.is_empty() { 1.0 / dot(&slopes, &slopes).max(1.0) } else { 1.0 };
        let found = loop {
            let there: Vec<f64> = weights.iter().zip(&direction).map(|(weight, d)| weight + step * d).collect();
            let (lower, slopes) = objective.at(&there);
            if lower <= value + 1e-4 * step * steepness {
                break Some((there, lower, slopes));
            }
            step /= 2.0;
            if step < 1e-12 {
                break None;
            }
        };
        let Some((there, lower, steeper)) = found else { return (weights, iteration) };
        let moved: Vec<f64> = there.iter().zip(&weights).map(|(new, old)| new - old).collect();
        let turned: Vec<f64> = steeper.iter().zip(&slopes).map(|(new, old)| new - old).collect();
        let curvature = dot(&moved, &turned);
        if curvature > 1e-300 {
            if memory.len() == MEMORY {
                memory.remove(0);
            }
            memory.push((moved, turned, 1.0 / curvature));
        }
        (weights, value, slopes) = (there, lower, steeper);
    }
    (weights, max_iter)
}

/// The way down that the remembered steps suggest: L-BFGS's two loops.
fn downhill(memory: &[(Vec<f64>, Vec<f64>, f64)], slopes: &[f64]) -> Vec<f64> {
    let mut direction: Vec<f64> = slopes.iter().map(|slope| -slope).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for (moved, turned, rate) in memory.iter().rev() {
        let share = rate * dot(moved, &direction);
        direction.iter_mut().zip(turned).for_each(|(d, turned)| *d -= share * turned);
        shares.push(share);
    }
    if let Some((_, turned, rate)) = memory.last() {
        let scale = 1.0 / (rate * dot(turned, turned));
        direction.iter_mut().for_each(|d| *d *= scale);
    }
    for ((moved, turned, rate), share) in memory.iter().zip(shares.into_iter().rev()) {
        let rest = share - rate * dot(turned, &direction);
        direction.iter_mut().zip(moved).for_each(|(d, moved)| *d += rest * moved);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl TryFrom<SavedRegression> for LogisticRegression {
    type Error = ModelError;

    fn try_from(saved: SavedRegression) -> Result<Self, ModelError> {
        let (n_classes, n_features) = (saved.classes.len(), saved.features.len());
        let n_outputs = if n_classes == 2 { 1 } else { n_classes };
        let fits = n_classes >= 2
            && n_features > 0
            && saved.intercepts.len() == n_outputs
            && saved.coefficients.len() == n_outputs * n_features
            && saved.scales.len() == n_features;
        if !fits {
            return Err(ModelError::BrokenModel { reason: "classes, features and their weights do not match" });
        }
        if saved.intercepts.iter().chain(&saved.coefficients).any(|weight| !weight.is_finite()) {
            return Err(ModelError::BrokenModel { reason: "a weight is not finite" });
        }
        Ok(Self { saved })
    }
}

impl From<LogisticRegression> for SavedRegression {
    fn from(model: LogisticRegression) -> Self {
        model.saved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;

    fn rows(values: &[f64], width: usize) -> FeatureMatrix {
        let features = (0..width).map(|at| Feature::new(format!("f{at}"), FeatureUnit::Count)).collect();
        FeatureMatrix::new(features, values.to_vec()).unwrap()
    }

    /// scikit-learn 1.9: `LogisticRegression(solver="newton-cholesky", tol=1e-12).fit(x, y)`.
    #[test]
    fn weights_are_scikit_learns() {
        let x = rows(&[0.0, 1000.0, 1.0, 3000.0, 2.0, 2000.0, 3.0, 9000.0, 4.0, 4000.0, 5.0, 8000.0], 2);
        let y = Labels::from_flags("a", ["no", "yes"], &[false, false, true, false, true, true]);
        let model = LogisticRegressionParams { tol: 1e-10, ..Default::default() }.fit(&x, &y).unwrap();
        let (intercept, weights) = model.outputs().next().unwrap();
        let found = [intercept, weights[0], weights[1]];
        for (found, expected) in found.iter().zip(TWO) {
            assert!((found / expected - 1.0).abs() < 1e-4, "{found} {expected}");
        }
        let z = Labels::from_values("b", ["x", "y", "z", "x", "y", "z"]);
        let model = LogisticRegressionParams { tol: 1e-10, ..Default::default() }.fit(&x, &z).unwrap();
        let proba = model.predict_proba(&x.select(&[3])).unwrap();
        for (found, expected) in proba.iter().zip(THREE) {
            assert!((found - expected).abs() < 1e-5, "{proba:?}");
        }
    }

    const TWO: [f64; 3] = [-0.886_968_305_044_982, 1.242_589_764_875_535_5, -0.000_481_962_756_595_549_6];
    const THREE: [f64; 3] = [0.734_131_340_972_632_1, 0.088_482_430_767_228_93, 0.177_386_228_260_139_08];

    #[test]
    fn an_explanation_adds_up_and_a_file_gives_the_same_model() {
        let x = rows(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 1);
        let y = Labels::from_flags("a", ["no", "yes"], &[false, false, true, false, true, true]);
        let model = LogisticRegressionParams::default().fit(&x, &y).unwrap();
        let why = model.explain(&[5.0]).unwrap();
        let p = model.predict_proba(&x.select(&[5])).unwrap()[1];
        let sum = why.baseline + why.contributions[0].weight;
        assert!((sum - libm::log(p / (1.0 - p))).abs() < 1e-9);
        let json = serde_json::to_string(&model).unwrap();
        assert_eq!(serde_json::from_str::<LogisticRegression>(&json).unwrap(), model);
        assert!(LogisticRegressionParams { c: 0.0, ..Default::default() }.fit(&x, &y).is_err());
    }
}
