//! Which rows train a model and which test it.
//!
//! Four ways: every class in its share (`stratified`), the newest rows as the test (`by_time`), whole groups such as
//! source addresses on one side (`by_group`), and several stratified tests in turn (`k_folds`). A split by time or
//! group answers the question a log asks, "does it work tomorrow, and on a visitor it never saw?", where a random split
//! does not.
//!
//! Rows are ordered by a hash of the seed and their position, never by drawing: so a split does not depend on how the
//! classes or groups are numbered, and it is the same on every target.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::units::order;
use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::labels::Labels;
use super::random::{derive, hash_text};

/// The share of rows that tests a model when nothing else is said.
pub const TEST_SHARE: f64 = 0.3;

/// The rows of both sides.
///
/// **Order**: positions in the matrix, ascending. Each row is on exactly one side; neither side is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Rows that train.
    pub train: Vec<usize>,
    /// Rows that test.
    pub test: Vec<usize>,
}

/// A split in which every class has its share of the test, as near as whole rows allow.
///
/// The test has `n_samples × test_share` rows, rounded up as scikit-learn does; what the classes' shares leave over
/// goes to the classes that lost most by rounding, ties by name. A class of two rows or more has at least one row to
/// train.
/// **Cost**: one sort.
///
/// # Errors
/// A share that is not between 0 and 1, fewer rows than two sides need.
pub fn stratified(labels: &Labels, test_share: f64, seed: u64) -> Result<Split, ModelError> {
    let n_test = test_size(labels.n_samples(), test_share)?;
    let mut quotas = quotas(labels, n_test);
    let mut in_test = vec![false; labels.n_samples()];
    for row in shuffled(labels.n_samples(), seed) {
        if let Some(quota) = labels.codes().get(row).and_then(|&code| quotas.get_mut(code as usize))
            && *quota > 0
        {
            *quota -= 1;
            in_test[row] = true;
        }
    }
    Ok(Split::of(&in_test))
}

/// A split in which every row of the test is later than every row that trains.
///
/// Rows of one time stay together, on the side that makes the test nearest to its share; the test may be larger or
/// smaller for it. **Unit**: any, as long as later is larger. **Cost**: one sort.
///
/// # Errors
/// A share that is not between 0 and 1, fewer rows than two sides need, or a single time for all rows.
pub fn by_time(times: &[i64], test_share: f64) -> Result<Split, ModelError> {
    let n_test = test_size(times.len(), test_share)?;
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let cut = sorted.len() - n_test;
    // The first rows of a time, next to the wished place; at the ends one side would be empty.
    let starts = (1..sorted.len()).filter(|&at| sorted[at - 1] < sorted[at]);
    let start = starts.min_by_key(|&at| at.abs_diff(cut)).ok_or(ModelError::Param {
        param: "time",
        expected: "at least two different times",
        found: "one".to_owned(),
    })?;
    let first = sorted[start];
    Ok(Split::of(&times.iter().map(|&time| time >= first).collect::<Vec<_>>()))
}

/// A split in which all rows of a group are on one side.
///
/// Groups are taken in an order that depends on the seed and their names only, until the test has its share; a group
/// that would take it further from its share than it is stays on the other side. **Cost**: one sort.
///
/// # Errors
/// A share that is not between 0 and 1, fewer rows than two sides need, or a single group for all rows.
pub fn by_group<G: AsRef<str>>(groups: &[G], test_share: f64, seed: u64) -> Result<Split, ModelError> {
    let n_test = test_size(groups.len(), test_share)?;
    let mut rows: Vec<(u64, &str, usize)> = (groups.iter().enumerate())
        .map(|(row, group)| (hash_text(seed, group.as_ref()), group.as_ref(), row))
        .collect();
    rows.sort_unstable();
    let chunks: Vec<&[(u64, &str, usize)]> = rows.chunk_by(|a, b| a.1 == b.1).collect();
    if chunks.len() < 2 {
        let found = "one".to_owned();
        return Err(ModelError::Param { param: "group", expected: "at least two different groups", found });
    }
    let mut in_test = vec![false; groups.len()];
    let mut taken = 0;
    for chunk in &chunks {
        let nearer = (taken + chunk.len()).abs_diff(n_test) < n_test.abs_diff(taken);
        // No group may leave the training without a row.
        if nearer && taken + chunk.len() < groups.len() {
            chunk.iter().for_each(|&(_, _, row)| in_test[row] = true);
            taken += chunk.len();
        }
    }
    if taken == 0 {
        // Every group is larger than twice the test: the smallest is nearest.
        let smallest = chunks.iter().min_by_key(|chunk| chunk.len()).copied().unwrap_or_default();
        for &(_, _, row) in smallest {
            in_test[row] = true;
        }
    }
    Ok(Split::of(&in_test))
}

/// `k` splits: each row tests once, and each test has its share of every class (scikit-learn's `StratifiedKFold`).
///
/// **Cost**: one sort.
///
/// # Errors
/// Fewer than two folds, or fewer rows than folds.
pub fn k_folds(labels: &Labels, k: usize, seed: u64) -> Result<Vec<Split>, ModelError> {
    check_folds(k)?;
    if labels.n_samples() < k {
        return Err(ModelError::TooFewSamples { needed: k, found: labels.n_samples() });
    }
    // Class after class by name, the rows are dealt out in turn: each fold has as many of a class as any other, or one
    // less.
    let mut rows = shuffled(labels.n_samples(), seed);
    let class = |row: usize| labels.codes().get(row).and_then(|&code| labels.classes().get(code as usize));
    rows.sort_by_key(|&row| class(row));
    let mut fold_of = vec![0; rows.len()];
    for (at, row) in rows.into_iter().enumerate() {
        fold_of[row] = at % k;
    }
    let split = |fold| Split::of(&fold_of.iter().map(|&of| of == fold).collect::<Vec<_>>());
    Ok((0..k).map(split).collect())
}

/// `k` splits in which all rows of a group are on one side, and each group tests once: groups are dealt out by their
/// size, each to the fold that has fewest rows (scikit-learn's `GroupKFold`), those of one size by hash.
///
/// # Errors
/// Fewer than two folds, or fewer groups than folds.
pub fn folds_by_group<G: AsRef<str>>(groups: &[G], k: usize, seed: u64) -> Result<Vec<Split>, ModelError> {
    check_folds(k)?;
    let mut sizes = BTreeMap::<&str, usize>::new();
    groups.iter().for_each(|group| *sizes.entry(group.as_ref()).or_default() += 1);
    if sizes.len() < k {
        return Err(ModelError::TooFewSamples { needed: k, found: sizes.len() });
    }
    let mut order: Vec<(Reverse<usize>, u64, &str)> =
        sizes.into_iter().map(|(group, size)| (Reverse(size), hash_text(seed, group), group)).collect();
    order.sort_unstable();
    let mut taken = vec![0; k];
    let mut fold_of = BTreeMap::new();
    for (Reverse(size), _, group) in order {
        let fold = (0..k).min_by_key(|&fold| taken[fold]).unwrap_or_default();
        taken[fold] += size;
        fold_of.insert(group, fold);
    }
    let split = |fold| Split::of(&groups.iter().map(|group| fold_of[group.as_ref()] == fold).collect::<Vec<_>>());
    Ok((0..k).map(split).collect())
}

/// `k` splits in which every row of the test is later than every row that trains: the rows are cut into `k + 1` parts by
/// time, and each part but the first tests what came before it (scikit-learn's `TimeSeriesSplit`). Rows of one time
/// stay together.
///
/// # Errors
/// Fewer than two folds, or too few different times for so many.
pub fn folds_by_time(times: &[i64], k: usize) -> Result<Vec<Split>, ModelError> {
    check_folds(k)?;
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let starts: Vec<i64> = (1..=k).filter_map(|part| sorted.get(part * sorted.len() / (k + 1)).copied()).collect();
    let distinct = starts.windows(2).all(|pair| pair[0] < pair[1]) && sorted.first() < starts.first();
    if starts.len() < k || !distinct {
        return Err(ModelError::TooFewSamples { needed: k + 1, found: starts.len() });
    }
    let split = |fold: usize| {
        let (from, to) = (starts[fold], starts.get(fold + 1).copied());
        let rows = |fits: &dyn Fn(i64) -> bool| (0..times.len()).filter(|&row| fits(times[row])).collect();
        Split { train: rows(&|time| time < from), test: rows(&|time| time >= from && to.is_none_or(|to| time < to)) }
    };
    Ok((0..k).map(split).collect())
}

fn check_folds(k: usize) -> Result<(), ModelError> {
    if k < 2 {
        return Err(ModelError::Param { param: "folds", expected: "at least 2", found: k.to_string() });
    }
    Ok(())
}

impl Split {
    /// A split of these rows and, behind them, of the rows of another.
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        let n_samples = self.train.len() + self.test.len();
        self.train.extend(other.train.into_iter().map(|row| row + n_samples));
        self.test.extend(other.test.into_iter().map(|row| row + n_samples));
        self
    }

    fn of(in_test: &[bool]) -> Self {
        let side = |wanted| (0..in_test.len()).filter(|&row| in_test[row] == wanted).collect();
        Self { train: side(false), test: side(true) }
    }
}

/// The rows of the test, so that no side is empty.
fn test_size(n_samples: usize, test_share: f64) -> Result<usize, ModelError> {
    if !(test_share > 0.0 && test_share < 1.0) {
        let found = test_share.to_string();
        return Err(ModelError::Param { param: "test_share", expected: "a share between 0 and 1", found });
    }
    if n_samples < 2 {
        return Err(ModelError::TooFewSamples { needed: 2, found: n_samples });
    }
    // A share such as 0.3 is a little more than it says, and the rounding up would show it.
    let n_test = libm::ceil(n_samples as f64 * test_share - 1e-9) as usize;
    Ok(n_test.clamp(1, n_samples - 1))
}

/// How many rows of each class go to the test: its share rounded down, and one more for those that lost most.
fn quotas(labels: &Labels, n_test: usize) -> Vec<usize> {
    let counts = labels.counts();
    let n_samples = labels.n_samples().max(1) as u64;
    // In 64 bits on every target: the product of two row counts does not fit in 32.
    let shares: Vec<u64> = counts.iter().map(|&count| count as u64 * n_test as u64).collect();
    let mut quotas: Vec<usize> = shares.iter().map(|share| (share / n_samples) as usize).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order::sort_by_key(&mut order, |&class| (Reverse(shares[class] % n_samples), &labels.classes()[class]));
    let mut left_over = n_test - quotas.iter().sum::<usize>();
    // First without taking a class's last row; if that can't fill the test, whatever is there.
    for kept in [1, 0] {
        for &class in &order {
            if left_over > 0 && quotas[class] + kept < counts[class] {
                quotas[class] += 1;
                left_over -= 1;
            }
        }
    }
    quotas
}

/// The rows `0..n_samples` in an order that depends on the seed only.
fn shuffled(n_samples: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..n_samples).collect();
    rows.sort_by_cached_key(|&row| (derive(seed, row as u64), row));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(classes: &[(&str, usize)]) -> Labels {
        Labels::from_values("kind", classes.iter().flat_map(|&(class, count)| std::iter::repeat_n(class, count)))
    }

    fn check_sides(split: &Split, n_samples: usize) {
        let mut all: Vec<usize> = split.train.iter().chain(&split.test).copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..n_samples).collect::<Vec<_>>());
        assert!(!split.train.is_empty() && !split.test.is_empty());
    }

    #[test]
    fn every_class_has_its_share_of_the_test() {
        let check = |classes: &[(&str, usize)], expected: &[usize]| {
            let labels = labels(classes);
            let split = stratified(&labels, TEST_SHARE, 42).unwrap();
            check_sides(&split, labels.n_samples());
            assert_eq!(labels.select(&split.test).counts(), expected);
        };
        check(&[("normal", 900), ("suspicious", 100)], &[270, 30]);
        check(&[("a", 7), ("b", 3)], &[2, 1]);
        check(&[("a", 8), ("b", 1), ("c", 1)], &[3, 0, 0]);
        check(&[("a", 1), ("b", 1)], &[1, 0]);
        check(&[("a", 282)], &[85]);
    }

    #[test]
    fn a_split_depends_on_the_seed_and_not_on_the_numbers_of_classes() {
        let flags: Vec<bool> = (0..200).map(|row| row % 5 == 0).collect();
        let turned: Vec<bool> = flags.iter().map(|flag| !flag).collect();
        let one = stratified(&Labels::from_flags("a", ["x", "y"], &flags), 0.3, 42).unwrap();
        let other = stratified(&Labels::from_flags("a", ["y", "x"], &turned), 0.3, 42).unwrap();
        assert_eq!(one, other);
        assert_ne!(one, stratified(&Labels::from_flags("a", ["x", "y"], &flags), 0.3, 43).unwrap());
        assert_eq!(one.test[..5], [1, 2, 4, 6, 10]);
    }

    #[test]
    fn the_test_is_later_than_what_trains() {
        let split = by_time(&[5, 1, 4, 2, 3, 9, 7, 8, 6, 0], 0.3).unwrap();
        check_sides(&split, 10);
        assert_eq!(split.test, [5, 6, 7]);
        // The rows of one time stay together.
        assert_eq!(by_time(&[1, 1, 1, 2, 2, 2, 2, 2, 2, 2], 0.3).unwrap().train, [0, 1, 2]);
        assert!(by_time(&[1, 1, 1], 0.3).is_err());
    }

    #[test]
    fn a_group_is_on_one_side() {
        let groups: Vec<String> = (0..100).map(|row| format!("192.0.2.{}", row % 13)).collect();
        let split = by_group(&groups, 0.3, 42).unwrap();
        check_sides(&split, 100);
        assert!(split.test.iter().all(|&test| split.train.iter().all(|&train| groups[train] != groups[test])));
        assert!(split.test.len().abs_diff(30) <= 4, "{}", split.test.len());

        check_sides(&by_group(&["a", "a", "b", "b"], 0.1, 42).unwrap(), 4);
        check_sides(&by_group(&["a", "b", "b", "b", "b", "b", "b", "b"], 0.9, 42).unwrap(), 8);
        assert!(by_group(&["a", "a"], 0.3, 42).is_err());
    }

    #[test]
    fn each_row_tests_once() {
        let labels = labels(&[("a", 50), ("b", 11)]);
        let folds = k_folds(&labels, 5, 42).unwrap();
        let mut tested: Vec<usize> = folds.iter().flat_map(|fold| fold.test.clone()).collect();
        tested.sort_unstable();
        assert_eq!(tested, (0..61).collect::<Vec<_>>());
        for fold in &folds {
            check_sides(fold, 61);
            let counts = labels.select(&fold.test).counts();
            assert!(counts[0] == 10 && (2..=3).contains(&counts[1]), "{counts:?}");
        }
        assert!(k_folds(&labels, 1, 42).is_err());
        assert!(k_folds(&labels, 62, 42).is_err());
    }

    #[test]
    fn folds_keep_groups_together_and_time_in_order() {
        let groups: Vec<String> = (0..100).map(|row| format!("192.0.2.{}", row % 13)).collect();
        let folds = folds_by_group(&groups, 4, 42).unwrap();
        for fold in &folds {
            check_sides(fold, 100);
            assert!(fold.test.iter().all(|&test| fold.train.iter().all(|&train| groups[train] != groups[test])));
            assert!(fold.test.len().abs_diff(25) <= 8, "{}", fold.test.len());
        }
        assert_eq!(folds.iter().map(|fold| fold.test.len()).sum::<usize>(), 100);
        assert!(folds_by_group(&["a", "b"], 3, 42).is_err());

        let times: Vec<i64> = (0..60).map(|row| (row * 7) % 60).collect();
        let folds = folds_by_time(&times, 3).unwrap();
        assert_eq!(
            folds.iter().map(|fold| (fold.train.len(), fold.test.len())).collect::<Vec<_>>(),
            [(15, 15), (30, 15), (45, 15)]
        );
        let latest = |rows: &[usize]| rows.iter().map(|&row| times[row]).max();
        let earliest = |rows: &[usize]| rows.iter().map(|&row| times[row]).min();
        assert!(folds.iter().all(|fold| latest(&fold.train) < earliest(&fold.test)));
        assert!(folds_by_time(&[1, 1, 1, 2], 3).is_err());
    }

    #[test]
    fn a_share_that_leaves_a_side_empty_is_refused() {
        let labels = labels(&[("a", 5), ("b", 5)]);
        for share in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(stratified(&labels, share, 42).is_err(), "{share}");
        }
        assert!(stratified(&labels.select(&[0]), 0.3, 42).is_err());
    }
}
