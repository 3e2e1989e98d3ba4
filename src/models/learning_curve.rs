//! Would more rows help? A model's figure on the same test after training on more and more of the rows.
//!
//! **Source**: scikit-learn's `learning_curve` (1.9). It differs in that there is one test, the model's own, and that an
//! interval says how far chance could have moved the figure there.

use serde::{Deserialize, Serialize};

use super::comparison::{Interval, bootstrap};
use super::error::ModelError;
use super::estimator::{Estimator, EstimatorParams};
use super::features::FeatureMatrix;
use super::frame::Frame;
use super::labels::Labels;
use super::metrics::ConfusionMatrix;
use super::preparation::PreparationParams;
use super::random::derive;
use super::random_forest::most_probable;
use super::split::Split;

/// A model that was trained on some of the rows. Figures are balanced accuracies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Rows that trained.
    pub n_train: u64,
    /// The figure on these rows themselves.
    pub train_score: f64,
    /// The figure on the test.
    pub test_score: f64,
    /// Where that lies in 95 of 100 draws of the test.
    pub interval: Option<Interval>,
}

/// The model after training on a tenth of the rows, and more in `n_sizes` equal steps up to all of them. Each size holds
/// the rows of the ones before. A size at which the rows have one class only is left out.
///
/// **Cost**: a preparation, a training and 200 draws a size.
///
/// # Errors
/// What the preparation or the model refuse of more than one class.
pub fn learning_curve(
    (frame, labels): (&Frame, &Labels),
    split: &Split,
    (preparation, params): (&PreparationParams, &EstimatorParams),
    (n_sizes, seed): (usize, u64),
) -> Result<Vec<CurvePoint>, ModelError> {
    let mut order = split.train.clone();
    order.sort_by_cached_key(|&row| (derive(seed, row as u64), row));
    let (test, truth) = (frame.select(&split.test), labels.select(&split.test));
    let mut points = Vec::with_capacity(n_sizes);
    for size in 1..=n_sizes {
        let steps = n_sizes.saturating_sub(1).max(1) as f64;
        let share = if size == n_sizes { 1.0 } else { 0.1 + 0.9 * (size - 1) as f64 / steps };
        let mut rows: Vec<usize> = order.iter().copied().take((share * order.len() as f64) as usize).collect();
        rows.sort_unstable();
        let known = labels.select(&rows);
        if known.only_class().is_some() || rows.len() < 2 {
            continue;
        }
        let train = frame.select(&rows);
        let prepared = preparation.fit(&train)?;
        let train = prepared.apply(&train)?.matrix;
        let estimator = params.fit(&train, Some(&known))?;
        let answers = answers(&estimator, &prepared.apply(&test)?.matrix)?;
        let score = |rows: &[usize]| {
            let of = |codes: &[u32]| -> Vec<u32> { rows.iter().map(|&row| codes[row]).collect() };
            let confusion = ConfusionMatrix::new(labels.classes(), &of(truth.codes()), &of(&answers));
            confusion.ok().map(|confusion| confusion.balanced_accuracy())
        };
        let all: Vec<usize> = (0..answers.len()).collect();
        points.push(CurvePoint {
            n_train: rows.len() as u64,
            train_score: ConfusionMatrix::new(labels.classes(), known.codes(), &self::answers(&estimator, &train)?)?
                .balanced_accuracy(),
            test_score: score(&all).unwrap_or_default(),
            interval: bootstrap(answers.len(), seed, &score),
        });
    }
    Ok(points)
}

fn answers(estimator: &Estimator, rows: &FeatureMatrix) -> Result<Vec<u32>, ModelError> {
    let n_classes = estimator.classes().len().max(1);
    Ok(estimator.predict(rows)?.chunks_exact(n_classes).map(most_probable).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;
    use crate::models::logistic_regression::LogisticRegressionParams;
    use crate::models::random::Random;
    use crate::models::split::stratified;

    #[test]
    fn more_rows_tell_more_and_the_last_point_has_all_of_them() {
        let mut random = Random::new(7);
        let n = 600;
        let columns: Vec<Vec<f64>> = (0..8).map(|_| (0..n).map(|_| random.unit()).collect()).collect();
        let flags: Vec<bool> =
            (0..n).map(|row| columns.iter().map(|column| column[row]).sum::<f64>() + random.unit() > 4.5).collect();
        let mut frame = Frame::new(n);
        for (at, column) in columns.into_iter().enumerate() {
            frame.add_numbers(format!("f{at}"), FeatureUnit::Count, column);
        }
        let labels = Labels::from_flags("sum", ["low", "high"], &flags);
        let split = stratified(&labels, 0.5, 1).unwrap();
        let model = EstimatorParams::LogisticRegression(LogisticRegressionParams::default());
        let preparation = PreparationParams::default();
        let curve = learning_curve((&frame, &labels), &split, (&preparation, &model), (5, 42)).unwrap();
        let sizes: Vec<u64> = curve.iter().map(|point| point.n_train).collect();
        assert_eq!(sizes, [30, 97, 165, 232, 300]);
        assert!(curve[4].test_score > curve[0].test_score, "{curve:?}");
        let interval = curve[4].interval.unwrap();
        assert!(interval.from < curve[4].test_score && curve[4].test_score < interval.to);
    }
}
