//! Rows as points of a plane: near where their features are alike, in groups of their own.
//!
//! **Source**: the plane is that of the principal components (K. Pearson, 1901), the groups are k-means' with k-means++
//! (D. Arthur, S. Vassilvitskii, 2007); both are smartcore's. Values far out were clipped and all were scaled before, or
//! one column of large numbers would be the whole map.
//!
//! Directions are turned so that the feature with the largest part in them grows to the right and upwards, and places are
//! rounded, so that the map is the same on every machine.

use smartcore::cluster::kmeans::{KMeans, KMeansParameters};
use smartcore::decomposition::pca::{PCA, PCAParameters};
use smartcore::linalg::basic::arrays::Array;
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::error::ModelError;
use super::features::FeatureMatrix;
use crate::units::order;

/// Decimals that are kept of a place.
const PLACES: f64 = 1e3;

/// Rounds of k-means at most.
const MAX_ITER: usize = 100;

/// Rows as points.
#[derive(Debug, Clone, PartialEq)]
pub struct RowMap {
    /// To the right and upwards. **Shape**: one a row.
    pub points: Vec<[f64; 2]>,
    /// The group of each, by size: the first is the largest.
    pub groups: Vec<u32>,
    /// The features that make each direction, with their part in it, −1..=1. **Order**: the largest part first.
    pub directions: [Vec<(String, f64)>; 2],
    /// The share of all differences between rows that each direction shows.
    pub shares: [f64; 2],
}

/// The map of `rows`, whose columns are scaled, in `k` groups, or as many as there are different rows.
///
/// **Cost**: `n_features²` a row, and a few passes.
///
/// # Errors
/// Fewer than two features that differ between rows, fewer than two groups.
pub fn row_map(rows: &FeatureMatrix, k: usize, seed: u64) -> Result<RowMap, ModelError> {
    let constant: Vec<usize> = rows.constants().iter().map(|constant| constant.column).collect();
    let columns: Vec<usize> = (0..rows.n_features()).filter(|column| !constant.contains(column)).collect();
    let n_samples = rows.n_samples();
    if columns.len() < 2 {
        return Err(ModelError::AllConstant { n_samples });
    }
    if k < 2 {
        return Err(ModelError::Param { param: "k", expected: "at least 2 groups", found: k.to_string() });
    }
    let values: Vec<f64> = columns.iter().flat_map(|&column| rows.column(column)).collect();
    let failed = |error: smartcore::error::Failed| ModelError::Training { reason: error.to_string() };
    let x = DenseMatrix::new(n_samples, columns.len(), values, true).map_err(failed)?;

    let params = PCAParameters::default().with_n_components(2).with_use_correlation_matrix(true);
    let pca = PCA::fit(&x, params).map_err(failed)?;
    let (plane, parts) = (pca.transform(&x).map_err(failed)?, pca.components());
    // Columns have one length, so their variances add up to as many as there are.
    let total: f64 = columns.iter().map(|&column| variance(&rows.column(column).collect::<Vec<_>>())).sum();
    let mut points = vec![[0.0; 2]; n_samples];
    let mut directions = [Vec::new(), Vec::new()];
    let mut shares = [0.0; 2];
    for axis in 0..2 {
        let part = |at: usize| *parts.get((at, axis));
        let length = libm::sqrt((0..columns.len()).map(|at| part(at) * part(at)).sum::<f64>());
        let size = |at: usize| rounded(part(at) / length.max(f64::MIN_POSITIVE)).abs();
        // Parts of one size differ in their last bits from machine to machine: the first of them counts.
        let largest = (0..columns.len()).rev().max_by(|&a, &b| size(a).total_cmp(&size(b))).unwrap_or_default();
        let turn = if part(largest) < 0.0 { -1.0 } else { 1.0 } / length.max(f64::MIN_POSITIVE);
        for (row, point) in points.iter_mut().enumerate() {
            point[axis] = rounded(plane.get((row, axis)) * turn);
        }
        shares[axis] = rounded(variance(&points.iter().map(|point| point[axis]).collect::<Vec<_>>()) / total);
        let name = |at: usize| rows.features().get(columns[at]).map(|feature| feature.name.clone()).unwrap_or_default();
        let mut named: Vec<(String, f64)> = (0..columns.len()).map(|at| (name(at), rounded(part(at) * turn))).collect();
        order::sort_by(&mut named, |a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
        directions[axis] = named;
    }

    let groups = groups(rows, &x, (k, seed))?;
    Ok(RowMap { points, groups, directions, shares })
}

/// The group of each row; groups by size, those of one size by their first row.
fn groups(rows: &FeatureMatrix, x: &DenseMatrix<f64>, (k, seed): (usize, u64)) -> Result<Vec<u32>, ModelError> {
    let failed = |error: smartcore::error::Failed| ModelError::Training { reason: error.to_string() };
    let mut distinct: Vec<&[f64]> = rows.rows().collect();
    distinct.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    distinct.dedup();
    // A group needs a row that is in no other.
    let k = k.min(distinct.len());
    let found: Vec<i32> = if k < 2 {
        vec![0; rows.n_samples()]
    } else {
        let params = KMeansParameters { k, max_iter: MAX_ITER, seed: Some(seed) };
        KMeans::<f64, i32, _, Vec<i32>>::fit(x, params).and_then(|means| means.predict(x)).map_err(failed)?
    };
    let mut by_size: Vec<(usize, usize, i32)> = (0..k as i32)
        .map(|group| {
            let rows = found.iter().filter(|&&of| of == group).count();
            let first = found.iter().position(|&of| of == group).unwrap_or(usize::MAX);
            (usize::MAX - rows, first, group)
        })
        .collect();
    order::sort(&mut by_size);
    let place = |group: i32| by_size.iter().position(|&(.., of)| of == group).unwrap_or_default() as u32;
    Ok(found.into_iter().map(place).collect())
}

fn variance(values: &[f64]) -> f64 {
    let n = values.len().max(1) as f64;
    let mean: f64 = values.iter().map(|value| value / n).sum();
    values.iter().map(|value| (value - mean) * (value - mean) / n).sum()
}

fn rounded(value: f64) -> f64 {
    // Adding 0 makes one zero of both.
    libm::round(value * PLACES) / PLACES + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureUnit};
    use crate::models::random::Random;

    /// Rows around two places, of which the second has a third of them; a column that is another's mirror.
    fn two_places() -> FeatureMatrix {
        let mut random = Random::new(3);
        let features = ["a", "b", "c"].map(|name| Feature::new(name, FeatureUnit::Count)).to_vec();
        let values = (0..300).flat_map(|row| {
            let at = if row % 3 == 0 { 5.0 } else { 0.0 };
            let a = at + random.unit();
            [a, -a + random.unit() / 10.0, random.unit()]
        });
        // The deviations of the three, so that all have length 1.
        let values = values.enumerate().map(|(at, value)| value / if at % 3 == 2 { 0.29 } else { 2.37 });
        FeatureMatrix::new(features, values.collect()).unwrap()
    }

    #[test]
    fn what_is_alike_is_near_and_in_one_group() {
        let rows = two_places();
        let map = row_map(&rows, 2, 42).unwrap();
        assert!((0..300).all(|row| map.groups[row] == u32::from(row % 3 == 0)));
        let a = map.directions[0].iter().find(|(name, _)| name == "a").unwrap().1;
        assert!((0..300).all(|row| (map.points[row][0] * a > 0.0) == (row % 3 == 0)), "{:?}", map.directions);
        assert!(map.directions[0][0].1 > 0.0);
        assert!(map.shares[0] > map.shares[1] && map.shares[0] > 0.6, "{:?}", map.shares);
        assert_eq!(map.directions[1][0].0, "c");
        assert_eq!(row_map(&rows, 2, 42).unwrap(), map);
    }

    #[test]
    fn rows_without_a_difference_have_no_map() {
        let features = vec![Feature::new("a", FeatureUnit::Count), Feature::new("b", FeatureUnit::Count)];
        let of = |values: Vec<f64>| FeatureMatrix::new(features.clone(), values).unwrap();
        assert!(row_map(&of(vec![1.0, 2.0, 1.0, 3.0]), 2, 42).is_err());
        assert!(row_map(&two_places(), 1, 42).is_err());
        // Fewer different rows than groups.
        let map = row_map(&of([[1.0, 2.0], [3.0, 5.0]].concat().repeat(20)), 5, 42).unwrap();
        assert_eq!(map.groups.iter().max(), Some(&1));
    }
}
