//! What a model loses when a feature is shuffled: an importance that is measured on the test and not on the splits.
//!
//! **Source**: L. Breiman, "Random forests", 2001; scikit-learn's `permutation_importance` (1.9), with the mean recall of
//! the classes as the score, because most labels of a log have a rare class.

use super::error::ModelError;
use super::estimator::Estimator;
use super::features::FeatureMatrix;
use super::labels::Labels;
use super::metrics::ConfusionMatrix;
use super::random::{Random, derive};
use super::random_forest::{Importance, most_probable};
use crate::units::order;

/// How often each feature is shuffled.
const N_REPEATS: u64 = 3;

/// Features that are shuffled: those that the model itself finds most important.
const MAX_FEATURES: usize = 30;

/// Rows that are asked at most.
const MAX_ROWS: usize = 5_000;

/// The mean loss of balanced accuracy when each feature is shuffled; below 0 where chance made it better.
///
/// **Order**: largest loss first, then by name. **Cost**: three predictions of at most 5,000 rows for each of at most 30
/// features.
///
/// # Errors
/// Those of the model's prediction.
pub fn permutation_importances(
    estimator: &Estimator,
    (rows, labels): (&FeatureMatrix, &Labels),
    seed: u64,
) -> Result<Vec<Importance>, ModelError> {
    // Every so many-th row, so that rows sorted by time or class are all in it.
    let step = rows.n_samples().div_ceil(MAX_ROWS).max(1);
    let asked: Vec<usize> = (0..rows.n_samples()).step_by(step).collect();
    let (rows, labels) = (rows.select(&asked), labels.select(&asked));
    let score = |rows: &FeatureMatrix| -> Result<f64, ModelError> {
        let proba = estimator.predict(rows)?;
        let predicted: Vec<u32> = proba.chunks_exact(labels.classes().len().max(1)).map(most_probable).collect();
        Ok(ConfusionMatrix::new(labels.classes(), labels.codes(), &predicted)?.balanced_accuracy())
    };
    let whole = score(&rows)?;
    let own = estimator.feature_importances();
    let mut columns: Vec<usize> = (0..rows.n_features()).collect();
    let weight = |column: usize| own.get(column).map_or(0.0, |importance| importance.weight);
    order::sort_by(&mut columns, |a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    columns.truncate(MAX_FEATURES);
    let mut importances = Vec::with_capacity(columns.len());
    for column in columns {
        let mut lost = 0.0;
        for repeat in 0..N_REPEATS {
            let mut random = Random::new(derive(derive(seed, column as u64), repeat));
            lost += whole - score(&rows.with_shuffled(column, &mut random))?;
        }
        let feature = rows.features()[column].name.clone();
        importances.push(Importance { feature, weight: lost / N_REPEATS as f64 });
    }
    order::sort_by(&mut importances, |a, b| b.weight.total_cmp(&a.weight).then_with(|| a.feature.cmp(&b.feature)));
    Ok(importances)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::estimator::EstimatorParams;
    use crate::models::features::{Feature, FeatureUnit};

    #[test]
    fn what_decides_is_lost_and_noise_is_not() {
        let mut random = Random::new(1);
        let values: Vec<f64> = (0..800).map(|_| random.unit()).collect();
        let features = ["noise", "cause"].map(|name| Feature::new(name, FeatureUnit::Count)).to_vec();
        let rows = FeatureMatrix::new(features, values).unwrap();
        let flags: Vec<bool> = rows.rows().map(|row| row[1] > 0.5).collect();
        let labels = Labels::from_flags("a", ["no", "yes"], &flags);
        let estimator = EstimatorParams::default().fit(&rows, Some(&labels)).unwrap();
        let importances = permutation_importances(&estimator, (&rows, &labels), 42).unwrap();
        assert_eq!(importances[0].feature, "cause");
        assert!(importances[0].weight > 0.3 && importances[1].weight.abs() < 0.05, "{importances:?}");
    }
}
