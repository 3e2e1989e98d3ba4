//! A matrix as trees are grown from it: each column's values by their place among its distinct values, in one byte or two.
//!
//! A column of at most 256 distinct values (flags, words, codes, hours) is a byte a row, and a histogram of them is all
//! that a split needs to know. A column of more has two bytes a row and, beside them, one of 256 bins of about as many
//! rows: large nodes are split at the edges of bins, small ones at any value, where scikit-learn splits at any value
//! always. A bin holds so few rows of all that its inside is the matter of small nodes.

use super::features::FeatureMatrix;

/// Bins of a column, and distinct values that need none.
pub(super) const N_BINS: usize = 256;

/// Distinct values of a column that are told apart; more than this, and neighbours are joined.
const MAX_CODES: usize = 1 << 16;

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
}

impl BinnedColumn {
    /// The columns of `rows`. **Cost**: one sort a column.
    pub(super) fn of_matrix(rows: &FeatureMatrix) -> Vec<Self> {
        (0..rows.n_features()).map(|column| Self::new(&rows.column(column).collect::<Vec<_>>())).collect()
    }

    fn new(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut distinct: Vec<(f64, usize)> = Vec::new();
        for same in sorted.chunk_by(|a, b| a == b) {
            distinct.extend(same.first().map(|value| (*value, same.len())));
        }
        // One value a code, unless there are more than codes.
        let joined = distinct.len().div_ceil(MAX_CODES).max(1);
        let coded: Vec<&[(f64, usize)]> = distinct.chunks(joined).collect();
        let end = |chunk: &&[(f64, usize)]| Some((chunk.first()?.0, chunk.last()?.0));
        let ends: Vec<(f64, f64)> = coded.iter().filter_map(end).collect();
        let code = |value: f64| ends.partition_point(|end| end.1 < value);
        if ends.len() <= N_BINS {
            return Self { codes: Codes::Bytes(values.iter().map(|&value| code(value) as u8).collect()), ends };
        }
        let target = values.len().div_ceil(N_BINS - 1);
        let (mut bin_of, mut lasts, mut rows) = (Vec::with_capacity(ends.len()), Vec::new(), 0);
        for (code, chunk) in coded.iter().enumerate() {
            bin_of.push(lasts.len() as u8);
            rows += chunk.iter().map(|(_, n)| n).sum::<usize>();
            if rows >= target || code + 1 == coded.len() {
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
            Codes::Bytes(_) => bin as u16,
            Codes::Words(_, _, lasts) => lasts[bin],
        }
    }

    /// The code of a row.
    #[inline]
    pub(super) fn code(&self, row: u32) -> u16 {
        match &self.codes {
            Codes::Bytes(codes) => u16::from(codes[row as usize]),
            Codes::Words(codes, ..) => codes[row as usize],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_are_their_own_bins() {
        let column = BinnedColumn::new(&[3.0, 1.0, 3.0, 7.0]);
        assert_eq!(column.codes, Codes::Bytes(vec![1, 0, 1, 2]));
        assert_eq!((column.threshold(0, 1), column.threshold(0, 2)), (2.0, 4.0));
    }

    #[test]
    fn a_threshold_is_never_its_upper_value() {
        let above = 1.0 + f64::EPSILON;
        let column = BinnedColumn::new(&[1.0, above, f64::MAX, -f64::MAX]);
        assert_eq!(column.threshold(1, 2), 1.0);
        assert!(column.threshold(0, 3) < f64::MAX);
    }

    #[test]
    fn many_values_have_bins_of_about_as_many_rows() {
        let values: Vec<f64> = (0..10_000).map(|row| f64::from(row * 7_919 % 10_000)).collect();
        let column = BinnedColumn::new(&values);
        let Codes::Words(codes, bins, lasts) = &column.codes else { panic!("bytes") };
        assert!(lasts.len() <= N_BINS && lasts.len() > 200, "{}", lasts.len());
        let mut rows = vec![0; N_BINS];
        bins.iter().for_each(|&bin| rows[usize::from(bin)] += 1);
        assert!(rows[..lasts.len() - 1].iter().all(|&n| n == 40), "{rows:?}");
        assert!((0..10_000).all(|row| f64::from(codes[row]) == values[row]));
        assert!(codes.iter().zip(bins).all(|(&code, &bin)| code <= lasts[usize::from(bin)]));
    }
}
