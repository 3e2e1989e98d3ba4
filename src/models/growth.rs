//! How a tree is grown: node by node, at the split of the drawn features that gains most.
//!
//! What a row adds to a node is a few whole numbers (its class, or its gradient in fixed point), so sums do not depend on
//! an order, and one way of growing serves all models of trees: see [`Criterion`].
//!
//! **Source**: L. Breiman and others, "Classification and regression trees", 1984; which features are drawn, and that
//! drawing goes on until one of them differs between the rows, is scikit-learn's `BestSplitter` (1.9).
//!
//! **Cost**: a pass over its rows for each node and drawn feature.

use super::binned::{BinnedColumn, Codes, N_BINS};
use super::random::Random;

/// Rows of a node from which a column of many values is split at the edges of its bins.
const LARGE: usize = 512;

/// What a model of trees wants from a split.
pub(super) trait Criterion {
    /// What a row adds.
    type Target: Copy;
    /// How many sums there are; the last counts rows.
    fn width(&self) -> usize;
    /// Adds a row to `sums`.
    fn add(&self, target: Self::Target, sums: &mut [i64]);
    /// How good it is that rows with these sums are together; what a split gains is the sum of both sides' less this.
    fn score(&self, sums: &[i64]) -> f64;
    /// Whether no split could gain.
    fn is_pure(&self, sums: &[i64]) -> bool;
}

/// When a tree stops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) max_depth: u32,
    pub(super) min_samples_split: usize,
    pub(super) min_samples_leaf: usize,
    /// Features that are drawn at each split.
    pub(super) max_features: usize,
}

/// A tree as it was grown.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Grown {
    /// Feature, threshold and left child of each node that is no leaf; the right child is next to the left.
    pub(super) splits: Vec<Option<(u32, f64, u32)>>,
    /// **Shape**: `width` a node.
    pub(super) sums: Vec<i64>,
    /// What all splits of each feature gained.
    pub(super) gains: Vec<f64>,
}

/// A way to split a node: rows up to `code` of `column` go left.
#[derive(Debug, Clone, Copy)]
struct Best {
    gain: f64,
    column: u32,
    code: u16,
    threshold: f64,
}

/// What one column offers while it is looked at.
struct Scan<'a, C: Criterion> {
    criterion: &'a C,
    column: &'a BinnedColumn,
    total: &'a [i64],
    min_leaf: i64,
    left: Vec<i64>,
    right: Vec<i64>,
    /// The code below the next split, once there is one.
    below: Option<u16>,
    /// Gain, last code on the left, threshold.
    best: Option<(f64, u16, f64)>,
}

/// Grows a tree of `members`, each a row and what it adds, that may split the features at `columns`.
pub(super) fn grow<C: Criterion>(
    (binned, columns): (&[BinnedColumn], &[u32]),
    mut members: Vec<(u32, C::Target)>,
    (criterion, limits): (&C, Limits),
    random: &mut Random,
) -> Grown {
    let width = criterion.width();
    let mut tree = Grown { gains: vec![0.0; binned.len()], ..Grown::default() };
    let mut drawn: Vec<u32> = columns.to_vec();
    let mut space = Space { histogram: Vec::new(), sorted: Vec::new() };
    let mut aside = Vec::new();
    tree.push(&members, criterion);
    let mut open = vec![(0_usize, 0_usize, members.len(), 0_u32)];
    while let Some((node, start, end, level)) = open.pop() {
        let total = tree.sums[node * width..(node + 1) * width].to_vec();
        let here = &mut members[start..end];
        if level >= limits.max_depth || here.len() < limits.min_samples_split || criterion.is_pure(&total) {
            continue;
        }
        let Some(best) = best_split((binned, &mut drawn), here, (criterion, &limits, &total), (random, &mut space))
        else {
            continue;
        };
        let column = &binned[best.column as usize];
        // Both sides keep their order.
        aside.clear();
        let mut kept = 0;
        for at in 0..here.len() {
            if column.code(here[at].0) <= best.code {
                here[kept] = here[at];
                kept += 1;
            } else {
                aside.push(here[at]);
            }
        }
        here[kept..].copy_from_slice(&aside);
        let left = tree.splits.len();
        tree.splits[node] = Some((best.column, best.threshold, left as u32));
        tree.gains[best.column as usize] += best.gain;
        let middle = start + kept;
        for (from, to) in [(start, middle), (middle, end)] {
            open.push((tree.splits.len(), from, to, level + 1));
            tree.push(&members[from..to], criterion);
        }
    }
    tree
}

impl Grown {
    fn push<C: Criterion>(&mut self, members: &[(u32, C::Target)], criterion: &C) {
        let at = self.sums.len();
        self.sums.resize(at + criterion.width(), 0);
        members.iter().for_each(|member| criterion.add(member.1, &mut self.sums[at..]));
        self.splits.push(None);
    }
}

/// Memory that is used again for every node.
struct Space<T> {
    histogram: Vec<i64>,
    sorted: Vec<(u16, T)>,
}

/// The best split of the drawn features; the first of equals.
fn best_split<C: Criterion>(
    (binned, drawn): (&[BinnedColumn], &mut [u32]),
    members: &[(u32, C::Target)],
    (criterion, limits, total): (&C, &Limits, &[i64]),
    (random, space): (&mut Random, &mut Space<C::Target>),
) -> Option<Best> {
    let mut best: Option<Best> = None;
    let mut differs = false;
    let whole = criterion.score(total);
    for visited in 0..drawn.len() {
        if visited >= limits.max_features && differs {
            break;
        }
        let other = visited + random.below((drawn.len() - visited) as u64) as usize;
        drawn.swap(visited, other);
        let column = drawn[visited];
        let mut scan = Scan {
            criterion,
            column: &binned[column as usize],
            total,
            min_leaf: limits.min_samples_leaf as i64,
            left: vec![0; total.len()],
            right: vec![0; total.len()],
            below: None,
            best: None,
        };
        differs |= scan.look(members, space);
        if let Some((score, code, threshold)) = scan.best
            && best.is_none_or(|best| score - whole > best.gain)
        {
            best = Some(Best { gain: score - whole, column, code, threshold });
        }
    }
    best
}

impl<C: Criterion> Scan<'_, C> {
    /// Looks at all splits of the column; whether it differs between the rows.
    fn look(&mut self, members: &[(u32, C::Target)], space: &mut Space<C::Target>) -> bool {
        let n_bins = match &self.column.codes {
            Codes::Bytes(codes) if members.len() * 4 > N_BINS || self.column.n_codes() <= 8 => {
                self.fill(members, codes, (self.column.n_codes(), space));
                self.column.n_codes()
            }
            Codes::Words(_, bins, lasts) if members.len() > LARGE => {
                self.fill(members, bins, (lasts.len(), space));
                lasts.len()
            }
            _ => return self.look_at_each(members, space),
        };
        let width = self.total.len();
        let mut n_present = 0;
        let mut begin = 0;
        for (bin, sums) in space.histogram.chunks_exact(width).take(n_bins).enumerate() {
            let last = self.column.last_code(bin);
            if sums[width - 1] > 0 {
                n_present += 1;
                self.step(begin, last, sums);
            }
            begin = last.wrapping_add(1);
        }
        n_present > 1
    }

    /// Sums by bin.
    fn fill(&self, members: &[(u32, C::Target)], bins: &[u8], (n_bins, space): (usize, &mut Space<C::Target>)) {
        let width = self.total.len();
        space.histogram.clear();
        space.histogram.resize(n_bins * width, 0);
        for (row, target) in members {
            let at = usize::from(bins[*row as usize]) * width;
            self.criterion.add(*target, &mut space.histogram[at..at + width]);
        }
    }

    /// The same where rows are few: they are sorted, and every value may be a threshold.
    fn look_at_each(&mut self, members: &[(u32, C::Target)], space: &mut Space<C::Target>) -> bool {
        space.sorted.clear();
        space.sorted.extend(members.iter().map(|(row, target)| (self.column.code(*row), *target)));
        let first = space.sorted.first().map(|member| member.0);
        if space.sorted.iter().all(|member| Some(member.0) == first) {
            return false;
        }
        space.sorted.sort_unstable_by_key(|member| member.0);
        let mut sums = vec![0; self.total.len()];
        for same in space.sorted.chunk_by(|a, b| a.0 == b.0) {
            sums.fill(0);
            same.iter().for_each(|member| self.criterion.add(member.1, &mut sums));
            if let Some((code, _)) = same.first() {
                self.step(*code, *code, &sums);
            }
        }
        true
    }

    /// Judges the split below the codes from `begin` to `last`, then takes their rows to the left.
    fn step(&mut self, begin: u16, last: u16, sums: &[i64]) {
        if let Some(below) = self.below {
            for (right, (total, left)) in self.right.iter_mut().zip(self.total.iter().zip(&self.left)) {
                *right = total - left;
            }
            let rows = |sums: &[i64]| sums.last().copied().unwrap_or_default();
            if rows(&self.left) >= self.min_leaf && rows(&self.right) >= self.min_leaf {
                let score = self.criterion.score(&self.left) + self.criterion.score(&self.right);
                if self.best.is_none_or(|best| score > best.0) {
                    self.best = Some((score, below, self.column.threshold(below, begin)));
                }
            }
        }
        self.left.iter_mut().zip(sums).for_each(|(left, sum)| *left += sum);
        self.below = Some(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureMatrix, FeatureUnit};

    /// Two classes, each row once.
    struct Halves;

    impl Criterion for Halves {
        type Target = bool;
        fn width(&self) -> usize {
            3
        }
        fn add(&self, target: bool, sums: &mut [i64]) {
            sums[usize::from(target)] += 1;
            sums[2] += 1;
        }
        fn score(&self, sums: &[i64]) -> f64 {
            (sums[0] * sums[0] + sums[1] * sums[1]) as f64 / sums[2] as f64
        }
        fn is_pure(&self, sums: &[i64]) -> bool {
            sums[0] == 0 || sums[1] == 0
        }
    }

    fn binned(columns: &[Vec<f64>]) -> Vec<BinnedColumn> {
        let features = (0..columns.len()).map(|at| Feature::new(format!("f{at}"), FeatureUnit::Count)).collect();
        let values = (0..columns[0].len()).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
        BinnedColumn::of_matrix(&FeatureMatrix::new(features, values).unwrap())
    }

    fn tree(columns: &[Vec<f64>], truth: impl Fn(usize) -> bool, max_features: usize) -> Grown {
        let members = (0..columns[0].len()).map(|row| (row as u32, truth(row))).collect();
        let limits = Limits { max_depth: 9, min_samples_split: 2, min_samples_leaf: 1, max_features };
        let all: Vec<u32> = (0..columns.len() as u32).collect();
        grow((&binned(columns), &all), members, (&Halves, limits), &mut Random::new(1))
    }

    #[test]
    fn the_split_that_tells_all_is_found_among_few_and_among_many_rows() {
        for n in [20, 5_000] {
            let noise: Vec<f64> = (0..n).map(|row| f64::from(row * 7_919 % 31)).collect();
            let cause: Vec<f64> = (0..n).map(f64::from).collect();
            let grown = tree(&[noise, cause], |row| row * 256 >= n as usize * 77, 2);
            let (column, threshold, left) = grown.splits[0].unwrap();
            let wanted = f64::from(n) * 77.0 / 256.0;
            assert!(
                (column, left) == (1, 1) && (threshold - wanted).abs() < if n > 20 { 20.0 } else { 1.0 },
                "{n}: {:?}",
                grown.splits[0]
            );
            // Where bins are large the rest is found below, at single values.
            assert!(grown.splits.len() <= 7, "{n}: {:?}", grown.splits);
            assert!(
                grown.sums.chunks(3).zip(&grown.splits).all(|(sums, split)| split.is_some() || Halves.is_pure(sums))
            );
        }
    }

    #[test]
    fn drawing_goes_on_until_a_feature_differs() {
        let mut columns = vec![vec![5.0; 40]; 20];
        columns.push((0..40).map(f64::from).collect());
        let grown = tree(&columns, |row| row > 10, 1);
        assert_eq!(grown.splits[0], Some((20, 10.5, 1)));
        assert_eq!(grown.gains.iter().filter(|gain| **gain > 0.0).count(), 1);
    }

    #[test]
    fn limits_hold() {
        let column = vec![(0..100).map(f64::from).collect::<Vec<f64>>()];
        let members: Vec<(u32, bool)> = (0..100).map(|row| (row, row % 3 == 0)).collect();
        let limits = Limits { max_depth: 3, min_samples_split: 30, min_samples_leaf: 12, max_features: 1 };
        let grown = grow((&binned(&column), &[0]), members, (&Halves, limits), &mut Random::new(1));
        assert!(grown.sums.chunks(3).all(|sums| sums[2] >= 12));
        assert!(grown.sums.chunks(3).zip(&grown.splits).all(|(sums, split)| split.is_none() || sums[2] >= 30));
        assert!(grown.splits.len() > 3 && grown.splits.len() <= 15);
    }
}
