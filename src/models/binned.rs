//! A matrix as trees are grown from it: each column's values by their place among its distinct values, in one byte or two.
//!
//! A column of at most 256 distinct values (flags, words, codes, hours) is a byte a row, and a histogram of them is all
//! that a split needs to know. A column of more has two bytes a row and, beside them, one of 256 bins of about as many
//! rows: large nodes are split at the edges of bins, small ones at any value, where scikit-learn splits at any value
//! always. A bin holds so few rows of all that its inside is the matter of small nodes.
//!
//! A column in which nearly all rows have one value (a word, a category) is kept by the other rows only: see `sparse.rs`.

use super::features::FeatureMatrix;
use super::sparse::{Majority, SparseColumn, SparseRows, majorities};

/// Bins of a column, and distinct values that need none.
pub(super) const N_BINS: usize = 256;

/// Distinct values of a column that are told apart; more than this, and neighbours are joined.
const MAX_CODES: usize = 1 << 16;

/// All columns of a matrix.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BinnedMatrix {
    pub(super) columns: Vec<BinnedColumn>,
    /// The sparse columns again, row by row.
    pub(super) rows: SparseRows,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BinnedColumn {
    pub(super) codes: Codes,
    /// The smallest and the largest value of each code.
    ends: Vec<(f64, f64)>,
}

/// The code of each row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Codes {
    /// The codes are the bins.
    Bytes(Vec<u8>),
    /// Codes, bins, and the last code of each bin.
    Words(Vec<u16>, Vec<u8>, Vec<u16>),
    /// Those of the few rows that differ from the rest.
    Few(SparseColumn),
}

impl BinnedMatrix {
    /// The columns of `rows`. **Cost**: two passes over all values, and a sort of each column's, or of its few.
    pub(super) fn new(rows: &FeatureMatrix) -> Self {
        let column = |(at, few): (usize, Option<Majority>)| match few {
            Some((base, others)) => BinnedColumn::of_few(base, others),
            None => BinnedColumn::dense(&rows.column(at).collect::<Vec<_>>()),
        };
        let columns: Vec<BinnedColumn> = majorities(rows).into_iter().enumerate().map(column).collect();
        let sparse = (0..).zip(&columns).filter_map(|(at, column)| match &column.codes {
            Codes::Few(few) => Some((at, few)),
            _ => None,
        });
        let rows = SparseRows::new(rows.n_samples(), &sparse.collect::<Vec<_>>());
        Self { columns, rows }
    }

    /// How many columns are sparse.
    pub(super) fn n_sparse(&self) -> usize {
        self.columns.iter().filter(|column| matches!(column.codes, Codes::Few(_))).count()
    }
}

/// How many distinct values share a code: one, unless there are more than codes.
fn joined(distinct: &[(f64, usize)]) -> usize {
    distinct.len().div_ceil(MAX_CODES).max(1)
}

/// The smallest and the largest value of each code.
fn ends_of(distinct: &[(f64, usize)]) -> Vec<(f64, f64)> {
    let end = |chunk: &[(f64, usize)]| Some((chunk.first()?.0, chunk.last()?.0));
    distinct.chunks(joined(distinct)).filter_map(end).collect()
}

/// Each distinct value and how often it is there, ascending.
fn distinct(mut values: Vec<f64>) -> Vec<(f64, usize)> {
    values.sort_unstable_by(f64::total_cmp);
    let count = |same: &[f64]| same.first().map(|value| (*value, same.len()));
    values.chunk_by(|a, b| a == b).filter_map(count).collect()
}

impl BinnedColumn {
    /// A column of `base` but for these rows.
    fn of_few(base: f64, others: Vec<(u32, f64)>) -> Self {
        let distinct = distinct(others.iter().map(|other| other.1).chain([base]).collect());
        let ends = ends_of(&distinct);
        let code = |value: f64| ends.partition_point(|end| end.1 < value) as u16;
        let entries = others.into_iter().map(|(row, value)| (code(value), row)).collect();
        Self { codes: Codes::Few(SparseColumn::new(code(base), entries)), ends }
    }

    /// A column of any values.
    pub(super) fn dense(values: &[f64]) -> Self {
        let distinct = distinct(values.to_vec());
        let ends = ends_of(&distinct);
        let code = |value: f64| ends.partition_point(|end| end.1 < value);
        if ends.len() <= N_BINS {
            return Self { codes: Codes::Bytes(values.iter().map(|&value| code(value) as u8).collect()), ends };
        }
        let target = values.len().div_ceil(N_BINS - 1);
        let (mut bin_of, mut lasts, mut rows) = (Vec::with_capacity(ends.len()), Vec::new(), 0);
        for (code, chunk) in distinct.chunks(joined(&distinct)).enumerate() {
            bin_of.push(lasts.len() as u8);
            rows += chunk.iter().map(|(_, n)| n).sum::<usize>();
            if rows >= target || code + 1 == ends.len() {
                lasts.push(code as u16);
                rows = 0;
            }
        }
        let codes: Vec<u16> = values.iter().map(|&value| code(value) as u16).collect();
        let bins = codes.iter().map(|&code| bin_of[usize::from(code)]).collect();
        Self { codes: Codes::Words(codes, bins, lasts), ends }
    }

    /// The threshold between two neighbouring codes: half-way, and below the upper one in any case.
    pub(super) fn threshold(&self, lower: u16, upper: u16) -> f64 {
        let (low, high) = (self.ends[usize::from(lower)].1, self.ends[usize::from(upper)].0);
        let middle = low / 2.0 + high / 2.0;
        if middle >= low && middle < high { middle } else { low }
    }

    /// How many codes there are.
    pub(super) fn n_codes(&self) -> usize {
        self.ends.len()
    }

    /// The last code of a bin.
    pub(super) fn last_code(&self, bin: usize) -> u16 {
        match &self.codes {
            Codes::Bytes(_) | Codes::Few(_) => bin as u16,
            Codes::Words(_, _, lasts) => lasts[bin],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_their_own_bins() {
        let column = BinnedColumn::dense(&[3.0, 1.0, 3.0, 7.0]);
        assert_eq!(column.codes, Codes::Bytes(vec![1, 0, 1, 2]));
        assert_eq!((column.threshold(0, 1), column.threshold(0, 2)), (2.0, 4.0));
    }

    #[test]
    fn a_threshold_is_never_its_upper_value() {
        let above = 1.0 + f64::EPSILON;
        let column = BinnedColumn::dense(&[1.0, above, f64::MAX, -f64::MAX]);
        assert_eq!(column.threshold(1, 2), 1.0);
        assert!(column.threshold(0, 3) < f64::MAX);
    }

    #[test]
    fn many_values_have_bins_of_about_as_many_rows() {
        let values: Vec<f64> = (0..10_000).map(|row| f64::from(row * 7_919 % 10_000)).collect();
        let column = BinnedColumn::dense(&values);
        let Codes::Words(codes, bins, lasts) = &column.codes else { panic!("bytes") };
        assert!(lasts.len() <= N_BINS && lasts.len() > 200, "{}", lasts.len());
        let mut rows = vec![0; N_BINS];
        bins.iter().for_each(|&bin| rows[usize::from(bin)] += 1);
        assert!(rows[..lasts.len() - 1].iter().all(|&n| n == 40), "{rows:?}");
        assert!((0..10_000).all(|row| f64::from(codes[row]) == values[row]));
        assert!(codes.iter().zip(bins).all(|(&code, &bin)| code <= lasts[usize::from(bin)]));
    }
}
