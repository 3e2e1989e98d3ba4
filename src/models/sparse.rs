//! Columns in which nearly all rows have one value: words, categories, flags. They are kept by the rows that differ.
//!
//! Each is there twice: by column, the differing rows in the order of their codes, and by row, what differs in it. A large
//! node of a tree asks the first, a small one the second; both cost what is there, and not what could be.
//!
//! **Source**: the two ways of reading a column are those of scikit-learn's `SparsePartitioner` (1.9).

use super::features::FeatureMatrix;

/// One in so many rows may differ from the rest, for a column to be sparse.
const SPARSE: usize = 8;

/// A column, by its rows that have another value than most.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SparseColumn {
    /// The code of all other rows.
    pub(super) base: u16,
    /// Ascending, one a differing row.
    pub(super) codes: Vec<u16>,
    /// The differing rows, of one code ascending.
    pub(super) rows: Vec<u32>,
}

/// What differs in each row.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SparseRows {
    /// Where each row's entries begin, and where the last one's end; empty where no column is sparse.
    starts: Vec<u32>,
    /// Column and code. **Order**: in a row by column.
    entries: Vec<(u32, u16)>,
}

/// The value of most rows, and those that have another.
pub(super) type Majority = (f64, Vec<(u32, f64)>);

/// For each column the value that most rows have, and the rows that differ; nothing where those are too many.
///
/// **Cost**: two passes, row after row. Source of the first: R. Boyer and J. Moore, "A fast majority vote algorithm", 1981.
pub(super) fn majorities(rows: &FeatureMatrix) -> Vec<Option<Majority>> {
    let mut votes = vec![(0.0_f64, 0_u32); rows.n_features()];
    for row in rows.rows() {
        for (vote, &value) in votes.iter_mut().zip(row) {
            if vote.0 == value {
                vote.1 += 1;
            } else if vote.1 == 0 {
                *vote = (value, 1);
            } else {
                vote.1 -= 1;
            }
        }
    }
    let limit = rows.n_samples() / SPARSE;
    let mut few: Vec<Option<Majority>> = votes.into_iter().map(|vote| Some((vote.0, Vec::new()))).collect();
    for (at, row) in (0_u32..).zip(rows.rows()) {
        for (few, &value) in few.iter_mut().zip(row) {
            let Some((base, others)) = few else { continue };
            if *base != value {
                others.push((at, value));
                if others.len() > limit {
                    *few = None;
                }
            }
        }
    }
    few
}

impl SparseColumn {
    /// The column of these codes and rows.
    pub(super) fn new(base: u16, mut entries: Vec<(u16, u32)>) -> Self {
        entries.sort_unstable();
        let (codes, rows) = entries.into_iter().unzip();
        Self { base, codes, rows }
    }

    /// The differing rows on the other side of `code` than most rows, and whether that is above it.
    pub(super) fn apart(&self, code: u16) -> (&[u32], bool) {
        let (below, above) = self.rows.split_at(self.codes.partition_point(|own| *own <= code));
        if self.base <= code { (above, true) } else { (below, false) }
    }
}

impl SparseRows {
    /// The same columns, each with its place, by row.
    pub(super) fn new(n_samples: usize, columns: &[(u32, &SparseColumn)]) -> Self {
        if columns.is_empty() {
            return Self::default();
        }
        let mut starts = vec![0_u32; n_samples + 1];
        for row in columns.iter().flat_map(|(_, column)| &column.rows) {
            starts[*row as usize + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let mut entries = vec![(0, 0); total as usize];
        for (at, column) in columns {
            for (row, code) in column.rows.iter().zip(&column.codes) {
                let place = &mut next[*row as usize];
                entries[*place as usize] = (*at, *code);
                *place += 1;
            }
        }
        Self { starts, entries }
    }

    /// Whether no column is sparse.
    pub(super) fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// How many rows there are; none where no column is sparse.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Column and code of what differs in a row.
    pub(super) fn of(&self, row: u32) -> &[(u32, u16)] {
        let at = row as usize;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The code of a row in a sparse column.
    pub(super) fn code(&self, row: u32, at: u32, column: &SparseColumn) -> u16 {
        let entries = self.of(row);
        entries.binary_search_by_key(&at, |entry| entry.0).map_or(column.base, |place| entries[place].1)
    }

    /// How many entries a row has, rounded up.
    pub(super) fn mean(&self) -> usize {
        self.entries.len().div_ceil(self.starts.len().max(2) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureUnit};

    #[test]
    fn a_column_is_sparse_where_few_rows_differ() {
        let features = ["word", "bytes", "constant"].map(|name| Feature::new(name, FeatureUnit::Count)).to_vec();
        let values = (0..40).flat_map(|row| [f64::from(u8::from(row % 16 == 3)), f64::from(row), 5.0]).collect();
        let found = majorities(&FeatureMatrix::new(features, values).unwrap());
        assert_eq!(found[0], Some((0.0, vec![(3, 1.0), (19, 1.0), (35, 1.0)])));
        assert_eq!(found[1], None);
        assert_eq!(found[2], Some((5.0, vec![])));
    }

    #[test]
    fn rows_and_columns_say_the_same() {
        let one = SparseColumn::new(1, vec![(2, 4), (0, 1), (2, 0)]);
        let two = SparseColumn::new(0, vec![(1, 4)]);
        let rows = SparseRows::new(5, &[(3, &one), (7, &two)]);
        assert_eq!(rows.of(4), [(3, 2), (7, 1)]);
        assert_eq!((rows.of(2), rows.mean()), (&[][..], 1));
        let codes: Vec<u16> = (0..5).map(|row| rows.code(row, 3, &one)).collect();
        assert_eq!(codes, [2, 0, 1, 1, 2]);
        assert_eq!(one.apart(0), (&[1][..], false));
        assert_eq!(one.apart(1), (&[0, 4][..], true));
    }
}
