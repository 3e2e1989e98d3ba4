//! What a classifier's probabilities are worth at every threshold, and whether they mean what they say.
//!
//! Names and meaning are those of scikit-learn's `precision_recall_curve`, `average_precision_score`,
//! `brier_score_loss` and `calibration_curve` (1.9). The ROC curve is in [`super::metrics`].

use serde::{Deserialize, Serialize};

/// What is found, and how much of it is right, when everything scored at least `threshold` counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPoint {
    /// The score from which a row is called positive.
    pub threshold: f64,
    /// Of the rows called positive, the share that is.
    pub precision: f64,
    /// Of the positive rows, the share that is called so.
    pub recall: f64,
    /// Rows called positive.
    pub called: u64,
}

/// A precision-recall curve and the area below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecall {
    /// One for each distinct score. **Order**: highest threshold first, so recall grows.
    pub points: Vec<ThresholdPoint>,
    /// The average precision: the mean of the precisions, weighted by how much recall each adds. A model that knows
    /// nothing has the share of the positive rows.
    pub area: f64,
}

/// Rows of similar probabilities: what was said of them, and what was true.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// The mean probability.
    pub predicted: f64,
    /// The share of positive rows.
    pub observed: f64,
    /// Rows.
    pub n_samples: u64,
}

/// The precision-recall curve of `scores` for the rows where `truth` is positive.
///
/// **Null**: `None` without a positive row, if the lists have different lengths, or a score is NaN.
/// **Cost**: one sort.
pub fn precision_recall(truth: &[bool], scores: &[f64]) -> Option<PrecisionRecall> {
    let n_positive = truth.iter().filter(|&&positive| positive).count() as u64;
    if n_positive == 0 || truth.len() != scores.len() || scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let mut rows: Vec<(f64, bool)> = scores.iter().copied().zip(truth.iter().copied()).collect();
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut called, mut area) = (0_u64, 0_u64, 0.0);
    let mut points = Vec::new();
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let positives = same.iter().filter(|(_, positive)| *positive).count() as u64;
        found += positives;
        called += same.len() as u64;
        let precision = found as f64 / called as f64;
        area += positives as f64 * precision;
        let threshold = same.first().map_or(0.0, |row| row.0);
        points.push(ThresholdPoint { threshold, precision, recall: found as f64 / n_positive as f64, called });
    }
    Some(PrecisionRecall { points, area: area / n_positive as f64 })
}

/// The mean squared distance of the probabilities from what was true, 0 at best; a constant ½ has 0.25.
///
/// **Null**: `None` of no rows, or if the lists have different lengths.
pub fn brier_score(truth: &[bool], proba: &[f64]) -> Option<f64> {
    if truth.is_empty() || truth.len() != proba.len() {
        return None;
    }
    let distance = |(&truth, &p): (&bool, &f64)| (p - f64::from(u8::from(truth))) * (p - f64::from(u8::from(truth)));
    Some(truth.iter().zip(proba).map(distance).sum::<f64>() / truth.len() as f64)
}

/// Whether the rows to which the model gives a probability have that share of positives: `n_bins` bins of one width,
/// empty ones left out.
pub fn calibration(truth: &[bool], proba: &[f64], n_bins: usize) -> Vec<CalibrationBin> {
    let width = 1.0 / n_bins.max(1) as f64;
    let edges: Vec<f64> = (1..n_bins.max(1)).map(|edge| edge as f64 * width).collect();
    let mut bins = vec![(0.0, 0_u64, 0_u64); n_bins.max(1)];
    for (&truth, &p) in truth.iter().zip(proba) {
        let bin = &mut bins[edges.partition_point(|&edge| edge < p)];
        bin.0 += p;
        bin.1 += u64::from(truth);
        bin.2 += 1;
    }
    let bin = |(sum, positives, n): (f64, u64, u64)| CalibrationBin {
        predicted: sum / n as f64,
        observed: positives as f64 / n as f64,
        n_samples: n,
    };
    bins.into_iter().filter(|bin| bin.2 > 0).map(bin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_precision_is_scikit_learns() {
        // The example of its documentation of average_precision_score.
        let curve = precision_recall(&[false, false, true, true], &[0.1, 0.4, 0.35, 0.8]).unwrap();
        assert!((curve.area - 0.833_333_333_333_333_3).abs() < 1e-12);
        assert_eq!(curve.points.len(), 4);
        assert_eq!((curve.points[1].precision, curve.points[1].recall, curve.points[1].called), (0.5, 0.5, 2));
        assert_eq!(precision_recall(&[false], &[0.1]), None);
    }

    #[test]
    fn brier_and_calibration_are_scikit_learns() {
        // The examples of its documentation of brier_score_loss and calibration_curve.
        let loss = brier_score(&[false, true, true, false], &[0.1, 0.9, 0.8, 0.3]).unwrap();
        assert!((loss - 0.0375).abs() < 1e-12);
        let truth = [false, false, false, false, true, true, true, true, true];
        let bins = calibration(&truth, &[0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1.0], 3);
        let observed: Vec<f64> = bins.iter().map(|bin| bin.observed).collect();
        let predicted: Vec<f64> = bins.iter().map(|bin| bin.predicted).collect();
        assert_eq!(observed, [0.0, 0.5, 1.0]);
        for (found, expected) in predicted.iter().zip([0.2, 0.525, 0.85]) {
            assert!((found - expected).abs() < 1e-12, "{predicted:?}");
        }
    }
}
