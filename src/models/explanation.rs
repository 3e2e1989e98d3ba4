//! Why a model says what it says about one row: numbers for a chart and a sentence for a person.
//!
//! The numbers come from the models (what changed along the row's paths); here are their types, the usual values they
//! are compared with, and the words. A sentence holds feature names and numbers, and of the log only class names.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::features::{Feature, FeatureMatrix, FeatureUnit, quantile};

/// One feature's part in an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The feature's name.
    pub feature: String,
    /// Its value in the row.
    pub value: f64,
    /// The value with its unit, as a person reads it.
    pub shown: String,
    /// On which side of the thresholds the value did most of this.
    pub side: Side,
    /// How much it did; its meaning and its sum are stated where the explanation is made.
    pub weight: f64,
}

/// Where a value lies, seen from the thresholds that mattered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Mostly above them.
    Above,
    /// Mostly below them.
    Below,
    /// In a gap: above some about as often as below others.
    Between,
}

/// An answer with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// One sentence, without a full stop.
    pub sentence: String,
    /// What the answer would be without any feature: the weights count from here.
    pub baseline: f64,
    /// All features that the model uses. **Order**: largest weight first, then by name.
    pub contributions: Vec<Contribution>,
}

/// Which of a model's outputs speaks of a class, and whether for it (1) or against it (−1): of two classes only the second
/// has one.
pub(super) fn output_of(n_outputs: usize, class: usize) -> (usize, f64) {
    match (n_outputs, class) {
        (1, 0) => (0, -1.0),
        (1, _) => (0, 1.0),
        (_, class) => (class, 1.0),
    }
}

/// Where the training values of a feature lie, so that a value can be called high or low.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// A quarter of the values is not above this.
    pub lower_quartile: f64,
    /// Half of the values is not above this.
    pub median: f64,
    /// Three quarters of the values are not above this.
    pub upper_quartile: f64,
}

impl Spread {
    /// The spread of each column. **Shape**: `n_features`. **Cost**: one sort a column.
    pub(super) fn of_columns(matrix: &FeatureMatrix) -> Vec<Self> {
        let spread = |column| {
            let mut sorted: Vec<f64> = matrix.column(column).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            Self {
                lower_quartile: quantile(&sorted, 0.25),
                median: quantile(&sorted, 0.5),
                upper_quartile: quantile(&sorted, 0.75),
            }
        };
        (0..matrix.n_features()).map(spread).collect()
    }

    /// Where `value` lies, in words that follow "bytes 8.2 MB is".
    ///
    /// "Far" is beyond three times the distance of the quartiles, "well" beyond one and a half: the fences of
    /// J. W. Tukey, "Exploratory data analysis", 1977.
    pub(super) fn place(&self, feature: &Feature, value: f64) -> String {
        let median = feature.show(self.median);
        let range = self.upper_quartile - self.lower_quartile;
        let has_order = !matches!(feature.unit, FeatureUnit::Code | FeatureUnit::Flag);
        let above = value - self.upper_quartile;
        let below = self.lower_quartile - value;
        match (above.max(below), if above > 0.0 { "above" } else { "below" }) {
            (_, _) if !has_order && value == self.median => "common by itself, but not in such a row".to_owned(),
            (_, _) if !has_order => format!("not what most rows have ({median} in the middle)"),
            (distance, side) if range == 0.0 && distance > 0.0 => format!("{side} what most rows have ({median})"),
            (distance, side) if distance > 3.0 * range => format!("far {side} most rows (median {median})"),
            (distance, side) if distance > 1.5 * range => format!("well {side} most rows (median {median})"),
            (distance, "above") if distance > 0.0 => format!("in the upper quarter (median {median})"),
            (distance, _) if distance > 0.0 => format!("in the lower quarter (median {median})"),
            _ => "usual by itself, but not in such a row".to_owned(),
        }
    }
}

impl Side {
    /// The side that did most, given how much was done above and below the thresholds.
    pub(super) fn of(above: f64, below: f64) -> Self {
        let (above, below) = (above.max(0.0), below.max(0.0));
        match above.max(below) {
            most if above.min(below) * 2.0 > most => Self::Between,
            _ if above >= below => Self::Above,
            _ => Self::Below,
        }
    }
}

/// Largest weight first, then by name.
pub(super) fn by_weight(a: &Contribution, b: &Contribution) -> Ordering {
    b.weight.total_cmp(&a.weight).then_with(|| a.feature.cmp(&b.feature))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_placed_in_words() {
        let check = |unit, quartiles: [f64; 3], value, expected: &str| {
            let [lower_quartile, median, upper_quartile] = quartiles;
            let spread = Spread { lower_quartile, median, upper_quartile };
            assert_eq!(spread.place(&Feature::new("x", unit), value), expected);
        };
        let bytes = [10_000.0, 12_000.0, 20_000.0];
        check(FeatureUnit::Bytes, bytes, 8_200_000.0, "far above most rows (median 12 kB)");
        check(FeatureUnit::Bytes, bytes, 40_000.0, "well above most rows (median 12 kB)");
        check(FeatureUnit::Bytes, bytes, 21_000.0, "in the upper quarter (median 12 kB)");
        check(FeatureUnit::Bytes, bytes, 9_000.0, "in the lower quarter (median 12 kB)");
        check(FeatureUnit::Bytes, bytes, 15_000.0, "usual by itself, but not in such a row");
        check(FeatureUnit::Count, [0.0, 0.0, 0.0], 3.0, "above what most rows have (0)");
        check(FeatureUnit::Code, [443.0, 443.0, 443.0], 8080.0, "not what most rows have (443 in the middle)");
    }

    #[test]
    fn the_side_is_where_most_was_done() {
        assert_eq!(Side::of(3.0, 1.0), Side::Above);
        assert_eq!(Side::of(-1.0, 1.0), Side::Below);
        assert_eq!(Side::of(2.0, 1.5), Side::Between);
    }
}
