//! How good a classifier's answers are, counted on rows it did not see.
//!
//! All figures follow scikit-learn's `metrics` (1.9) in name and meaning. Where a figure divides by nothing, the rule
//! stands beside it: precision, recall and F1 are 0 (scikit-learn's default, which warns), a curve of one class is
//! `None` (scikit-learn refuses or gives NaN). Whether a figure means anything is judged in [`super::trust`].

use serde::{Deserialize, Serialize};

use super::error::ModelError;

/// How often each class was taken for each class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    /// The classes' names. **Shape**: `n_classes`.
    pub classes: Vec<String>,
    /// **Shape**: `n_classes × n_classes`, a row for each true class, a column for each predicted one.
    pub counts: Vec<Vec<u64>>,
}

/// The figures of one class, or their mean over the classes.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// Of the rows predicted as this class, the share that is. 0 if none was predicted.
    pub precision: f64,
    /// Of the rows of this class, the share that was found. 0 if there is none.
    pub recall: f64,
    /// The harmonic mean of precision and recall. 0 if both are.
    pub f1: f64,
    /// Rows of this class.
    pub support: u64,
}

/// scikit-learn's `classification_report`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassificationReport {
    /// Each class by name, in the classes' order.
    pub classes: Vec<(String, ClassMetrics)>,
    /// The share of all rows that is right. 0 of no rows.
    pub accuracy: f64,
    /// The mean recall of the classes that have rows: accuracy as if all classes were equally frequent.
    pub balanced_accuracy: f64,
    /// The mean over the classes that occur among the rows or the predictions.
    pub macro_average: ClassMetrics,
    /// The mean weighted by the classes' rows.
    pub weighted_average: ClassMetrics,
}

/// One point of a ROC curve: what is found, and what is found wrongly, when everything scored at least `threshold`
/// counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RocPoint {
    /// The share of the negative rows that is called positive.
    pub false_positive_rate: f64,
    /// The share of the positive rows that is called positive.
    pub true_positive_rate: f64,
    /// **Null**: `None` at the first point, where nothing is called positive.
    pub threshold: Option<f64>,
}

/// A ROC curve and the area below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RocCurve {
    /// From (0, 0) to (1, 1); points on a straight line between their neighbours are left out.
    pub points: Vec<RocPoint>,
    /// The probability that a positive row scores above a negative one, ties half: 0.5 is guessing, 1 is perfect.
    pub area: f64,
}

impl ConfusionMatrix {
    /// The counts of `truth` against `predicted`, both as places in `classes`.
    ///
    /// # Errors
    /// Lists of different lengths, a class that does not exist.
    pub fn new(classes: &[String], truth: &[u32], predicted: &[u32]) -> Result<Self, ModelError> {
        if truth.len() != predicted.len() {
            return Err(ModelError::Shape { what: "predictions", expected: truth.len(), found: predicted.len() });
        }
        let mut counts = vec![vec![0; classes.len()]; classes.len()];
        for (&truth, &predicted) in truth.iter().zip(predicted) {
            let Some(count) = counts.get_mut(truth as usize).and_then(|row| row.get_mut(predicted as usize)) else {
                let found = truth.max(predicted) as usize + 1;
                return Err(ModelError::Shape { what: "classes", expected: classes.len(), found });
            };
            *count += 1;
        }
        Ok(Self { classes: classes.to_vec(), counts })
    }

    /// Number of rows.
    pub fn n_samples(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// The rows of each true class. **Shape**: `n_classes`.
    pub fn supports(&self) -> Vec<u64> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    /// The rows predicted as each class. **Shape**: `n_classes`.
    pub fn predicted(&self) -> Vec<u64> {
        (0..self.counts.len()).map(|class| self.counts.iter().filter_map(|row| row.get(class)).sum()).collect()
    }

    /// The share of rows on the diagonal. 0 of no rows.
    pub fn accuracy(&self) -> f64 {
        ratio(self.diagonal().sum(), self.n_samples())
    }

    /// The mean recall of the classes that have rows (scikit-learn's `balanced_accuracy_score`). 0 of no rows.
    pub fn balanced_accuracy(&self) -> f64 {
        let recalls: Vec<f64> = (self.diagonal().zip(self.supports()))
            .filter(|&(_, support)| support > 0)
            .map(|(right, support)| ratio(right, support))
            .collect();
        mean(recalls.iter().map(|&recall| (recall, 1.0)))
    }

    /// Precision, recall and F1 of each class and their means.
    ///
    /// A class without rows and without predictions is listed with zeros and has no part in the means (scikit-learn
    /// takes the classes from the rows and the predictions, so it would not list it).
    pub fn report(&self) -> ClassificationReport {
        let rows: Vec<(u64, u64, u64)> =
            self.diagonal().zip(self.supports()).zip(self.predicted()).map(|((r, s), p)| (r, s, p)).collect();
        let metrics: Vec<ClassMetrics> = rows.iter().map(|&counts| ClassMetrics::of(counts)).collect();
        let occurring = || rows.iter().zip(&metrics).filter(|((_, s, p), _)| s + p > 0).map(|(_, metrics)| metrics);
        let average = |weight: fn(&ClassMetrics) -> f64| ClassMetrics {
            precision: mean(occurring().map(|class| (class.precision, weight(class)))),
            recall: mean(occurring().map(|class| (class.recall, weight(class)))),
            f1: mean(occurring().map(|class| (class.f1, weight(class)))),
            support: self.n_samples(),
        };
        ClassificationReport {
            accuracy: self.accuracy(),
            balanced_accuracy: self.balanced_accuracy(),
            macro_average: average(|_| 1.0),
            weighted_average: average(|class| class.support as f64),
            classes: self.classes.iter().cloned().zip(metrics).collect(),
        }
    }

    fn diagonal(&self) -> impl Iterator<Item = u64> {
        self.counts.iter().enumerate().map(|(class, row)| row.get(class).copied().unwrap_or_default())
    }
}

impl ClassMetrics {
    /// The figures of a class with `right` of its `support` rows found and `predicted` rows called so.
    fn of((right, support, predicted): (u64, u64, u64)) -> Self {
        Self {
            precision: ratio(right, predicted),
            recall: ratio(right, support),
            f1: ratio(2 * right, support + predicted),
            support,
        }
    }
}

/// The ROC curve of `scores` for the rows where `truth` is positive (scikit-learn's `roc_curve` and `roc_auc_score`).
///
/// **Null**: `None` if all rows are of one class, or if the lists have different lengths or a score is NaN.
/// **Cost**: one sort.
pub fn roc_curve(truth: &[bool], scores: &[f64]) -> Option<RocCurve> {
    let n_positive = truth.iter().filter(|&&positive| positive).count() as u64;
    let n_negative = truth.len() as u64 - n_positive;
    if truth.len() != scores.len() || n_positive == 0 || n_negative == 0 || scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = scores.iter().copied().zip(truth.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));

    // (false positives, true positives, threshold) after each distinct score.
    let mut steps: Vec<(u64, u64, Option<f64>)> = vec![(0, 0, None)];
    // Twice the area in units of one pair of rows: an integer, so no sum depends on an order.
    let mut doubled_area = 0_u128;
    let (mut false_positives, mut true_positives) = (0, 0);
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let positives = same.iter().filter(|(_, positive)| *positive).count() as u64;
        let negatives = same.len() as u64 - positives;
        doubled_area += u128::from(negatives) * u128::from(2 * true_positives + positives);
        true_positives += positives;
        false_positives += negatives;
        let step = (false_positives, true_positives, same.first().map(|row| row.0));
        if let [.., before, last] = steps.as_mut_slice()
            && is_straight((before.0, before.1), (last.0, last.1), (step.0, step.1))
        {
            *last = step;
        } else {
            steps.push(step);
        }
    }
    let point = |(false_positives, true_positives, threshold)| RocPoint {
        false_positive_rate: ratio(false_positives, n_negative),
        true_positive_rate: ratio(true_positives, n_positive),
        threshold,
    };
    let pairs = u128::from(n_positive) * u128::from(n_negative);
    Some(RocCurve { points: steps.into_iter().map(point).collect(), area: doubled_area as f64 / (2.0 * pairs as f64) })
}

/// The mean surprise of the true classes, 0 at best (scikit-learn's `log_loss`).
///
/// **Shape**: `proba` has a probability for each class, row after row. **Unit**: nats.
/// **Null**: `None` of no rows, or if the lists do not match. A probability is taken as at least 2^-52, scikit-learn's
/// limit for 64-bit numbers, so a sure error costs 36 and not infinity.
pub fn log_loss(truth: &[u32], proba: &[f64]) -> Option<f64> {
    let n_classes = proba.len().checked_div(truth.len())?;
    if n_classes == 0 || n_classes * truth.len() != proba.len() {
        return None;
    }
    let mut sum = 0.0;
    for (row, &class) in proba.chunks_exact(n_classes).zip(truth) {
        let p = row.get(class as usize)?.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        sum -= libm::log(p);
    }
    Some(sum / truth.len() as f64)
}

/// Whether `b` lies on the line from `a` to `c`; each is a pair of counts.
fn is_straight(a: (u64, u64), b: (u64, u64), c: (u64, u64)) -> bool {
    let cross = |from: (u64, u64), to: (u64, u64)| (u128::from(to.0 - from.0), u128::from(to.1 - from.1));
    let (ab, bc) = (cross(a, b), cross(b, c));
    ab.0 * bc.1 == ab.1 * bc.0
}

/// `part` of `whole`; 0 of nothing.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The weighted mean of (value, weight); 0 if there is no weight.
fn mean(values: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, weight) = values.fold((0.0, 0.0), |(sum, total), (value, weight)| (sum + value * weight, total + weight));
    if weight == 0.0 { 0.0 } else { sum / weight }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confusion(truth: &[u32], predicted: &[u32], n_classes: usize) -> ConfusionMatrix {
        let classes: Vec<String> = (0..n_classes).map(|class| format!("c{class}")).collect();
        ConfusionMatrix::new(&classes, truth, predicted).unwrap()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "found {found}, expected {expected}");
    }

    #[test]
    fn the_report_is_scikit_learns() {
        // The first example of its documentation of classification_report.
        let report = confusion(&[0, 1, 2, 2, 2], &[0, 0, 2, 2, 1], 3).report();
        let expected = [(0.5, 1.0, 2.0 / 3.0, 1), (0.0, 0.0, 0.0, 1), (1.0, 2.0 / 3.0, 0.8, 3)];
        for ((_, found), (precision, recall, f1, support)) in report.classes.iter().zip(expected) {
            close(found.precision, precision);
            close(found.recall, recall);
            close(found.f1, f1);
            assert_eq!(found.support, support);
        }
        close(report.accuracy, 0.6);
        close(report.balanced_accuracy, 5.0 / 9.0);
        close(report.macro_average.precision, 0.5);
        close(report.macro_average.f1, 22.0 / 45.0);
        close(report.weighted_average.precision, 0.7);
        close(report.weighted_average.f1, (2.0 / 3.0 + 2.4) / 5.0);
        assert_eq!(report.weighted_average.support, 5);
    }

    #[test]
    fn rows_of_the_matrix_are_true_classes() {
        let matrix = confusion(&[0, 0, 0, 1], &[0, 1, 1, 1], 2);
        assert_eq!(matrix.counts, [[1, 2], [0, 1]]);
        assert_eq!(matrix.supports(), [3, 1]);
        assert_eq!(matrix.predicted(), [1, 3]);
    }

    #[test]
    fn dividing_by_nothing_gives_zero() {
        let report = confusion(&[0, 0], &[0, 0], 3).report();
        assert_eq!(report.classes[1].1, ClassMetrics::default());
        close(report.macro_average.precision, 1.0);
        close(report.balanced_accuracy, 1.0);
        let empty = confusion(&[], &[], 2).report();
        assert_eq!((empty.accuracy, empty.balanced_accuracy), (0.0, 0.0));
        assert_eq!(empty.macro_average, ClassMetrics::default());
    }

    #[test]
    fn lists_that_do_not_match_are_refused() {
        let classes = ["a".to_owned()];
        assert!(ConfusionMatrix::new(&classes, &[0, 0], &[0]).is_err());
        assert!(ConfusionMatrix::new(&classes, &[0], &[1]).is_err());
    }

    #[test]
    fn the_roc_curve_is_scikit_learns() {
        // The example of its documentation of roc_curve and roc_auc_score.
        let curve = roc_curve(&[false, false, true, true], &[0.1, 0.4, 0.35, 0.8]).unwrap();
        close(curve.area, 0.75);
        let points: Vec<_> = curve.points.iter().map(|p| (p.false_positive_rate, p.true_positive_rate)).collect();
        assert_eq!(points, [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]);
        assert_eq!(curve.points[1].threshold, Some(0.8));
    }

    #[test]
    fn ties_count_half_and_one_class_has_no_curve() {
        close(roc_curve(&[true, false], &[0.5, 0.5]).unwrap().area, 0.5);
        assert_eq!(roc_curve(&[true, false], &[0.5, 0.5]).unwrap().points.len(), 2);
        assert_eq!(roc_curve(&[true, true], &[0.5, 0.6]), None);
        assert_eq!(roc_curve(&[true, false], &[0.5, f64::NAN]), None);
    }

    #[test]
    fn log_loss_is_scikit_learns() {
        // The example of its documentation of log_loss: spam, ham, ham, spam as 1, 0, 0, 1.
        let proba = [0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65];
        close(log_loss(&[1, 0, 0, 1], &proba).unwrap(), 0.216_161_874_680_579_12);
        close(log_loss(&[0], &[0.0, 1.0]).unwrap(), 36.043_653_389_117_15);
        assert_eq!(log_loss(&[], &[]), None);
        assert_eq!(log_loss(&[0], &[]), None);
        assert_eq!(log_loss(&[5], &[0.5, 0.5]), None);
    }
}
