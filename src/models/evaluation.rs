//! All figures of a classifier on rows whose class is known, beside what the simplest answers get.

use serde::{Deserialize, Serialize};

use super::comparison::{Difference, Interval, OneRule, bootstrap, difference};
use super::curves::{CalibrationBin, ThresholdPoint, brier_score, calibration, precision_recall};
use super::error::ModelError;
use super::metrics::{ClassificationReport, ConfusionMatrix, RocPoint, log_loss, roc_curve};
use super::random_forest::most_probable;

/// Bins of the calibration.
const N_BINS: usize = 10;

/// Points of a curve that are kept.
const MAX_POINTS: usize = 200;

/// How good answers are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Rows.
    pub n_samples: u64,
    /// Accuracy, and precision, recall and F1 by class.
    pub report: ClassificationReport,
    /// **Shape**: a row for each true class, a column for each predicted one.
    pub confusion: Vec<Vec<u64>>,
    /// The mean surprise of the true classes, in nats.
    pub log_loss: Option<f64>,
    /// The area below the ROC curve; of more than two classes the mean over each against the rest.
    pub roc_area: Option<f64>,
    /// Where that area lies in 95 of 100 draws of the rows.
    pub roc_area_interval: Option<Interval>,
    /// The same of the accuracy.
    pub accuracy_interval: Option<Interval>,
    /// The average precision of the second of two classes.
    pub average_precision: Option<f64>,
    /// The mean squared distance of the second class's probabilities from what was true.
    pub brier_score: Option<f64>,
    /// Points of the ROC curve of the second of two classes.
    pub roc: Vec<RocPoint>,
    /// Precision and recall by threshold for the second of two classes.
    pub thresholds: Vec<ThresholdPoint>,
    /// Whether its probabilities mean what they say.
    pub calibration: Vec<CalibrationBin>,
    /// What *always the most frequent class* gets on these rows.
    pub majority: Baseline,
    /// What the best rule on a single feature gets.
    pub one_rule: Option<Baseline>,
}

/// A simple answer beside the model's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The answer, in words.
    pub answer: String,
    /// The share of rows on which it is right.
    pub accuracy: f64,
    /// The mean recall of the classes.
    pub balanced_accuracy: f64,
    /// The model (first) against it (second).
    pub difference: Difference,
}

impl Evaluation {
    /// The figures of `proba` for rows of the classes `truth`. `majority` is the most frequent class of the training
    /// rows; `one_rule` is a rule and its answers on these rows.
    ///
    /// **Shape**: `proba` has a probability for each class, row after row.
    /// **Cost**: a few sorts of the rows, and the draws of the intervals.
    ///
    /// # Errors
    /// Lists that do not belong together.
    pub fn new(
        classes: &[String],
        (truth, proba): (&[u32], &[f64]),
        (majority, one_rule): (u32, Option<(&OneRule, &[u32])>),
        seed: u64,
    ) -> Result<Self, ModelError> {
        let n_classes = classes.len().max(1);
        if truth.len() * n_classes != proba.len() {
            return Err(ModelError::Shape {
                what: "probabilities",
                expected: truth.len() * n_classes,
                found: proba.len(),
            });
        }
        let predicted: Vec<u32> = proba.chunks_exact(n_classes).map(most_probable).collect();
        let confusion = ConfusionMatrix::new(classes, truth, &predicted)?;
        let beside = |answer: String, answers: &[u32]| -> Result<Baseline, ModelError> {
            let theirs = ConfusionMatrix::new(classes, truth, answers)?;
            Ok(Baseline {
                answer,
                accuracy: theirs.accuracy(),
                balanced_accuracy: theirs.balanced_accuracy(),
                difference: difference(truth, &predicted, answers),
            })
        };
        let class = |code: u32| classes.get(code as usize).map_or("", String::as_str);
        let always = format!("always \"{}\"", class(majority));
        let majority = beside(always, &vec![majority; truth.len()])?;
        let in_words = |rule: &OneRule| {
            let [below, above] = rule.classes.map(class);
            format!("{} above {}: \"{above}\", else \"{below}\"", rule.feature, rule.threshold)
        };
        let one_rule = one_rule.map(|(rule, answers)| beside(in_words(rule), answers)).transpose()?;

        let (flags, scores) = of_class(truth, proba, (n_classes, 1));
        let two = n_classes == 2;
        let curve = if two { roc_curve(&flags, &scores) } else { None };
        let precision_recall = if two { precision_recall(&flags, &scores) } else { None };
        let area = |rows: &[usize]| {
            let truth: Vec<u32> = rows.iter().map(|&row| truth[row]).collect();
            let proba: Vec<f64> =
                rows.iter().flat_map(|&row| &proba[row * n_classes..][..n_classes]).copied().collect();
            roc_area(&truth, &proba, n_classes)
        };
        let right: Vec<bool> = truth.iter().zip(&predicted).map(|(a, b)| a == b).collect();
        let accuracy =
            |rows: &[usize]| Some(rows.iter().filter(|&&row| right[row]).count() as f64 / rows.len().max(1) as f64);
        Ok(Self {
            n_samples: truth.len() as u64,
            report: confusion.report(),
            log_loss: log_loss(truth, proba),
            roc_area: roc_area(truth, proba, n_classes),
            roc_area_interval: bootstrap(truth.len(), seed, &area),
            accuracy_interval: bootstrap(truth.len(), seed, &accuracy),
            average_precision: precision_recall.as_ref().map(|curve| curve.area),
            brier_score: if two { brier_score(&flags, &scores) } else { None },
            roc: curve.map(|curve| thinned(&curve.points)).unwrap_or_default(),
            thresholds: precision_recall.map(|curve| thinned(&curve.points)).unwrap_or_default(),
            calibration: if two { calibration(&flags, &scores, N_BINS) } else { Vec::new() },
            confusion: confusion.counts,
            majority,
            one_rule,
        })
    }
}

/// The area below the ROC curve; of more than two classes the mean of each against the rest.
fn roc_area(truth: &[u32], proba: &[f64], n_classes: usize) -> Option<f64> {
    let first = usize::from(n_classes == 2);
    let areas: Option<Vec<f64>> = (first..n_classes)
        .map(|class| {
            let (flags, scores) = of_class(truth, proba, (n_classes, class));
            roc_curve(&flags, &scores).map(|curve| curve.area)
        })
        .collect();
    areas.map(|areas| areas.iter().sum::<f64>() / areas.len().max(1) as f64)
}

fn of_class(truth: &[u32], proba: &[f64], (n_classes, class): (usize, usize)) -> (Vec<bool>, Vec<f64>) {
    let flags = truth.iter().map(|&code| code as usize == class).collect();
    (flags, proba.iter().skip(class).step_by(n_classes).copied().collect())
}

/// At most so many points, the first and the last among them.
fn thinned<T: Copy>(points: &[T]) -> Vec<T> {
    if points.len() <= MAX_POINTS {
        return points.to_vec();
    }
    (0..MAX_POINTS).map(|at| points[at * (points.len() - 1) / (MAX_POINTS - 1)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_beside_the_simplest_answers() {
        let classes = ["no".to_owned(), "yes".to_owned()];
        let truth: Vec<u32> = (0..100).map(|row| u32::from(row >= 90)).collect();
        let proba: Vec<f64> = (0..100).flat_map(|row| [1.0 - f64::from(row) / 100.0, f64::from(row) / 100.0]).collect();
        let evaluation = Evaluation::new(&classes, (&truth, &proba), (0, None), 42).unwrap();
        assert_eq!((evaluation.roc_area, evaluation.average_precision), (Some(1.0), Some(1.0)));
        assert_eq!(evaluation.majority.accuracy, 0.9);
        assert_eq!(evaluation.majority.difference.only_second, 39);
        let interval = evaluation.accuracy_interval.unwrap();
        assert!(interval.from < evaluation.report.accuracy && interval.to > evaluation.report.accuracy);
        assert!(Evaluation::new(&classes, (&truth, &proba[1..]), (0, None), 42).is_err());
    }

    #[test]
    fn more_classes_have_the_mean_area() {
        let classes = ["a", "b", "c"].map(str::to_owned);
        let proba = [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.8];
        let evaluation = Evaluation::new(&classes, (&[0, 1, 2], &proba), (0, None), 42).unwrap();
        assert_eq!((evaluation.roc_area, evaluation.average_precision), (Some(1.0), None));
    }
}
