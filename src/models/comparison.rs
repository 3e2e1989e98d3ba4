//! What a model's figures are beside those of the simplest answers, and how far chance could have moved them.
//!
//! **Source**: the intervals are B. Efron's percentile bootstrap (1979): the test rows are drawn again with replacement,
//! and the figure is taken each time. Whether two models differ is Q. McNemar's test (1947), exact: of the rows on which
//! only one of them is right, how likely is a share at least that uneven if both are equally good?

use serde::{Deserialize, Serialize};

use super::features::{FeatureMatrix, quantile};
use super::labels::Labels;
use super::random::Random;

/// How often the test is drawn again.
const N_DRAWS: usize = 200;

/// Where a figure lies in 95 of 100 draws of the test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    pub from: f64,
    /// The upper end.
    pub to: f64,
}

/// Two models on the same rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Rows on which only the first is right.
    pub only_first: u64,
    /// Rows on which only the second is right.
    pub only_second: u64,
    /// How likely a difference at least as large is, if both are equally good. Below 0.05 it is hardly chance.
    pub p_value: f64,
}

/// The best rule on a single feature: a class below a threshold, another above it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneRule {
    /// The feature's name.
    pub feature: String,
    column: usize,
    /// Values above it have the second class.
    pub threshold: f64,
    /// The classes below and above, as places among the label's.
    pub classes: [u32; 2],
}

/// The interval of `figure` over the rows `0..n_samples`; draws for which there is no figure are left out.
///
/// **Null**: `None` if there never is one. **Cost**: 200 times the figure.
pub fn bootstrap(n_samples: usize, seed: u64, figure: &dyn Fn(&[usize]) -> Option<f64>) -> Option<Interval> {
    let mut random = Random::new(seed);
    let mut rows = vec![0; n_samples];
    let mut figures = Vec::with_capacity(N_DRAWS);
    for _ in 0..N_DRAWS {
        rows.iter_mut().for_each(|row| *row = random.below(n_samples as u64) as usize);
        figures.extend(figure(&rows));
    }
    figures.sort_unstable_by(f64::total_cmp);
    (!figures.is_empty()).then(|| Interval { from: quantile(&figures, 0.025), to: quantile(&figures, 0.975) })
}

/// The difference of two models' answers; lists are cut to the shortest.
pub fn difference(truth: &[u32], first: &[u32], second: &[u32]) -> Difference {
    let (mut only_first, mut only_second) = (0_u64, 0_u64);
    for ((truth, first), second) in truth.iter().zip(first).zip(second) {
        only_first += u64::from(first == truth && second != truth);
        only_second += u64::from(second == truth && first != truth);
    }
    Difference { only_first, only_second, p_value: sign_test(only_first, only_second) }
}

/// How likely a share at least as uneven as `a` to `b` is when both are equally likely.
fn sign_test(a: u64, b: u64) -> f64 {
    let n = a + b;
    let log_choose =
        |k: u64| libm::lgamma((n + 1) as f64) - libm::lgamma((k + 1) as f64) - libm::lgamma((n - k + 1) as f64);
    let tail: f64 = (0..=a.min(b)).map(|k| libm::exp(log_choose(k) - n as f64 * core::f64::consts::LN_2)).sum();
    (2.0 * tail).min(1.0)
}

impl OneRule {
    /// The rule that is right on most of the training rows; the first feature of equals.
    ///
    /// **Null**: `None` if no feature differs between rows. **Cost**: one sort a feature.
    pub fn learn(rows: &FeatureMatrix, labels: &Labels) -> Option<Self> {
        let n_classes = labels.classes().len();
        let total: Vec<u64> = labels.counts().into_iter().map(|count| count as u64).collect();
        let mut best: Option<(u64, Self)> = None;
        for (column, feature) in rows.features().iter().enumerate() {
            let mut coded: Vec<(f64, u32)> = rows.column(column).zip(labels.codes().iter().copied()).collect();
            coded.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let mut below = vec![0_u64; n_classes];
            for pair in coded.windows(2) {
                let [(value, class), (next, _)] = [pair[0], pair[1]];
                below[class as usize] += 1;
                if value == next {
                    continue;
                }
                let above: Vec<u64> = total.iter().zip(&below).map(|(all, below)| all - below).collect();
                let (low, high) = (most(&below), most(&above));
                let right = below[low as usize] + above[high as usize];
                if best.as_ref().is_none_or(|(most, _)| right > *most) {
                    let threshold = value + (next - value) / 2.0;
                    let rule = Self { feature: feature.name.clone(), column, threshold, classes: [low, high] };
                    best = Some((right, rule));
                }
            }
        }
        best.map(|(_, rule)| rule)
    }

    /// Its answers.
    pub fn predict(&self, rows: &FeatureMatrix) -> Vec<u32> {
        rows.column(self.column).map(|value| self.classes[usize::from(value > self.threshold)]).collect()
    }
}

/// The place of the largest count, the first of equals.
fn most(counts: &[u64]) -> u32 {
    (0..).zip(counts).fold((0, 0), |best, (at, &count)| if count > best.1 { (at, count) } else { best }).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureUnit};

    #[test]
    fn an_interval_holds_the_figure_and_shrinks_with_the_rows() {
        let share = |n: usize| {
            let figure =
                |rows: &[usize]| Some(rows.iter().filter(|&&row| row % 4 == 0).count() as f64 / rows.len() as f64);
            bootstrap(n, 42, &figure).unwrap()
        };
        let (few, many) = (share(40), share(4_000));
        assert!(few.from < 0.25 && few.to > 0.25 && many.from < 0.25 && many.to > 0.25, "{few:?} {many:?}");
        assert!((many.to - many.from) * 5.0 < few.to - few.from, "{few:?} {many:?}");
        assert_eq!(bootstrap(10, 42, &|_| None), None);
    }

    #[test]
    fn the_test_of_a_difference_is_the_binomial_one() {
        // scipy.stats.binomtest(k, n).pvalue
        for (a, b, p) in
            [(8, 2, 0.109_375), (10, 0, 0.001_953_125), (5, 5, 1.0), (0, 0, 1.0), (30, 12, 0.007_915_897_335)]
        {
            assert!((sign_test(a, b) - p).abs() < 1e-9, "{a} {b}: {}", sign_test(a, b));
        }
        let difference = difference(&[0, 1, 1, 0], &[0, 1, 0, 1], &[0, 0, 0, 0]);
        assert_eq!((difference.only_first, difference.only_second), (1, 1));
    }

    #[test]
    fn one_rule_is_the_best_threshold() {
        let features = ["noise", "bytes"].map(|name| Feature::new(name, FeatureUnit::Count)).to_vec();
        let values = (0..20).flat_map(|row| [f64::from(row * 7 % 5), f64::from(row)]).collect();
        let rows = FeatureMatrix::new(features, values).unwrap();
        let labels = Labels::from_flags("a", ["no", "yes"], &(0..20).map(|row| row > 12).collect::<Vec<_>>());
        let rule = OneRule::learn(&rows, &labels).unwrap();
        assert_eq!((rule.feature.as_str(), rule.threshold, rule.classes), ("bytes", 12.5, [0, 1]));
        assert_eq!(rule.predict(&rows), labels.codes());
    }
}
