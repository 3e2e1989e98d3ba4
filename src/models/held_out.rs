//! What a model says of every row when it has learnt only from the others (scikit-learn's `cross_val_predict`).

use super::error::ModelError;
use super::estimator::EstimatorParams;
use super::frame::Frame;
use super::labels::Labels;
use super::preparation::PreparationParams;
use super::split::Split;

/// The probability of the last class for each row, by the model of the fold that tests it. **Shape**: one a row, NaN for
/// rows that no fold tests.
///
/// **Cost**: a preparation and a training a fold.
///
/// # Errors
/// What the preparation or the model refuse.
pub fn held_out(
    (frame, labels): (&Frame, &Labels),
    folds: &[Split],
    (preparation, model): (&PreparationParams, &EstimatorParams),
) -> Result<Vec<f64>, ModelError> {
    let mut probabilities = vec![f64::NAN; frame.n_samples()];
    let n_classes = labels.classes().len().max(1);
    for fold in folds {
        let train = frame.select(&fold.train);
        let prepared = preparation.fit(&train)?;
        let estimator = model.fit(&prepared.apply(&train)?.matrix, Some(&labels.select(&fold.train)))?;
        let proba = estimator.predict(&prepared.apply(&frame.select(&fold.test))?.matrix)?;
        for (&row, proba) in fold.test.iter().zip(proba.chunks_exact(n_classes)) {
            if let (Some(slot), Some(&last)) = (probabilities.get_mut(row), proba.last()) {
                *slot = last;
            }
        }
    }
    Ok(probabilities)
}
