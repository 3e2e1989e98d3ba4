//! How a tree is grown: node by node, at the split of the drawn features that gains most.
//!
//! What a row adds to a node is a few whole numbers (its class, or its gradient in fixed point), so sums do not depend on
//! an order, and one way of growing serves all models of trees: see [`Criterion`].
//!
//! **Source**: L. Breiman and others, "Classification and regression trees", 1984; which features are drawn, and that
//! drawing goes on until one of them differs between the rows, is scikit-learn's `BestSplitter` (1.9).
//!
//! **Cost**: a pass over its rows for each node and drawn feature.

use std::ops::Range;

use super::binned::{BinnedColumn, BinnedMatrix, Codes, N_BINS};
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

/// Grows a tree of `members`, each another row and what it adds, that may split the features at `columns`.
pub(super) fn grow<C: Criterion>(
    (matrix, columns): (&BinnedMatrix, &[u32]),
    members: Vec<(u32, C::Target)>,
    (criterion, limits): (&C, Limits),
    random: &mut Random,
) -> Grown {
    let width = criterion.width();
    let mut tree = Grown { gains: vec![0.0; matrix.columns.len()], ..Grown::default() };
    let mut drawn: Vec<u32> = columns.to_vec();
    let mut space = Space::new(matrix);
    let mut members = Members::new(matrix, members);
    tree.push(&members.sums(criterion, 0..members.list.len()));
    let mut open = vec![(0_usize, 0..members.list.len(), 0_u32)];
    while let Some((node, range, level)) = open.pop() {
        let total = tree.sums[node * width..(node + 1) * width].to_vec();
        if level >= limits.max_depth || range.len() < limits.min_samples_split || criterion.is_pure(&total) {
            continue;
        }
        let asked = (criterion, &limits, total.as_slice());
        let node_members = (&members, range.clone());
        let Some(best) = best_split((matrix, &mut drawn), node_members, asked, (random, &mut space)) else { continue };
        let middle = members.part(matrix, best, range.clone());
        // The smaller side is added up, the larger one is what remains.
        let (low, high) = (range.start..middle, middle..range.end);
        let is_low_smaller = low.len() <= high.len();
        let smaller = members.sums(criterion, if is_low_smaller { low.clone() } else { high.clone() });
        let larger: Vec<i64> = total.iter().zip(&smaller).map(|(total, own)| total - own).collect();
        let left = tree.splits.len();
        tree.splits[node] = Some((best.column, best.threshold, left as u32));
        tree.gains[best.column as usize] += best.gain;
        let sums = if is_low_smaller { [smaller, larger] } else { [larger, smaller] };
        for (range, sums) in [low, high].into_iter().zip(sums) {
            open.push((tree.splits.len(), range, level + 1));
            tree.push(&sums);
        }
    }
    tree
}

impl Grown {
    fn push(&mut self, sums: &[i64]) {
        self.sums.extend_from_slice(sums);
        self.splits.push(None);
    }
}

/// The rows of a tree, those of each node together.
struct Members<T> {
    list: Vec<(u32, T)>,
    /// Where each row of the matrix stands in the list, if it does; empty where no column is sparse.
    place: Vec<u32>,
    aside: Vec<(u32, T)>,
}

impl<T: Copy> Members<T> {
    fn new(matrix: &BinnedMatrix, list: Vec<(u32, T)>) -> Self {
        let mut place = Vec::new();
        if !matrix.rows.is_empty() {
            place.resize(matrix.rows.len(), u32::MAX);
            (0..).zip(&list).for_each(|(at, (row, _))| place[*row as usize] = at);
        }
        Self { list, place, aside: Vec::new() }
    }

    fn sums<C: Criterion<Target = T>>(&self, criterion: &C, range: Range<usize>) -> Vec<i64> {
        let mut sums = vec![0; criterion.width()];
        self.list[range].iter().for_each(|member| criterion.add(member.1, &mut sums));
        sums
    }

    /// What the row adds, if it is in the node.
    fn get(&self, row: u32, range: &Range<usize>) -> Option<T> {
        let at = self.place[row as usize] as usize;
        range.contains(&at).then(|| self.list[at].1)
    }

    /// Brings the rows up to the split's code before the others; gives where these begin.
    fn part(&mut self, matrix: &BinnedMatrix, best: Best, range: Range<usize>) -> usize {
        match &matrix.columns[best.column as usize].codes {
            Codes::Bytes(codes) => self.part_by(|row| u16::from(codes[row as usize]) <= best.code, range),
            Codes::Words(codes, ..) => self.part_by(|row| codes[row as usize] <= best.code, range),
            Codes::Few(few) => {
                let (rows, is_above) = few.apart(best.code);
                if rows.len() > range.len() * 4 {
                    return self.part_by(|row| matrix.rows.code(row, best.column, few) <= best.code, range);
                }
                let (mut start, mut end) = (range.start, range.end);
                for row in rows {
                    let at = self.place[*row as usize] as usize;
                    if !range.contains(&at) {
                        continue;
                    }
                    let to = if is_above { end - 1 } else { start };
                    (start, end) = if is_above { (start, to) } else { (start + 1, end) };
                    self.list.swap(at, to);
                    self.place[self.list[at].0 as usize] = at as u32;
                    self.place[*row as usize] = to as u32;
                }
                if is_above { end } else { start }
            }
        }
    }

    fn part_by(&mut self, is_low: impl Fn(u32) -> bool, range: Range<usize>) -> usize {
        let here = &mut self.list[range.clone()];
        self.aside.clear();
        let mut kept = 0;
        for at in 0..here.len() {
            if is_low(here[at].0) {
                here[kept] = here[at];
                kept += 1;
            } else {
                self.aside.push(here[at]);
            }
        }
        here[kept..].copy_from_slice(&self.aside);
        if !self.place.is_empty() {
            (range.start as u32..).zip(here).for_each(|(at, (row, _))| self.place[*row as usize] = at);
        }
        range.start + kept
    }
}

/// Memory that is used again for every node.
struct Space<T> {
    histogram: Vec<i64>,
    sorted: Vec<(u16, T)>,
    /// What differs in a node's rows, by the place of its column among those drawn, and code.
    entries: Vec<(u32, u16, T)>,
    /// The place of each column among those drawn, from 1; 0 for the others.
    slots: Vec<u32>,
    codes: Vec<u16>,
}

impl<T: Copy> Space<T> {
    fn new(matrix: &BinnedMatrix) -> Self {
        let slots = if matrix.rows.is_empty() { Vec::new() } else { vec![0; matrix.columns.len()] };
        Self { histogram: Vec::new(), sorted: Vec::new(), entries: Vec::new(), slots, codes: Vec::new() }
    }

    /// Gathers what differs in the rows of a node, in the columns drawn.
    fn gather(&mut self, matrix: &BinnedMatrix, members: &[(u32, T)], drawn: &[u32]) {
        (1..).zip(drawn).for_each(|(slot, column)| self.slots[*column as usize] = slot);
        self.entries.clear();
        for (row, target) in members {
            for (column, code) in matrix.rows.of(*row) {
                let slot = self.slots[*column as usize];
                if slot > 0 {
                    self.entries.push((slot - 1, *code, *target));
                }
            }
        }
        self.entries.sort_unstable_by_key(|entry| (entry.0, entry.1));
        drawn.iter().for_each(|column| self.slots[*column as usize] = 0);
    }

    /// The places among `drawn` of the columns that differ between the rows of a node.
    fn differing(&mut self, matrix: &BinnedMatrix, members: &[(u32, T)], drawn: &[u32]) -> Vec<u32> {
        self.gather(matrix, members, drawn);
        let (mut differing, mut at) = (Vec::new(), 0);
        for (place, column) in (0..).zip(drawn) {
            let own = self.entries[at..].iter().take_while(|entry| entry.0 == place).count();
            let entries = &self.entries[at..at + own];
            at += own;
            let differs = match &matrix.columns[*column as usize].codes {
                Codes::Few(_) => own > 0 && (own < members.len() || entries[0].1 != entries[own - 1].1),
                Codes::Bytes(codes) => {
                    members.iter().any(|(row, _)| codes[*row as usize] != codes[members[0].0 as usize])
                }
                Codes::Words(codes, ..) => {
                    members.iter().any(|(row, _)| codes[*row as usize] != codes[members[0].0 as usize])
                }
            };
            if differs {
                differing.push(place);
            }
        }
        differing
    }
}

/// Brings any of the features from `visited` on there.
fn draw(drawn: &mut [u32], visited: usize, random: &mut Random) {
    let other = visited + random.below((drawn.len() - visited) as u64) as usize;
    drawn.swap(visited, other);
}

/// The best split of the drawn features; the first of equals.
fn best_split<C: Criterion>(
    (matrix, drawn): (&BinnedMatrix, &mut [u32]),
    (members, range): (&Members<C::Target>, Range<usize>),
    (criterion, limits, total): (&C, &Limits, &[i64]),
    (random, space): (&mut Random, &mut Space<C::Target>),
) -> Option<Best> {
    let mut best: Option<Best> = None;
    let mut differs = false;
    let whole = criterion.score(total);
    let n_first = limits.max_features.min(drawn.len());
    (0..n_first).for_each(|visited| draw(drawn, visited, random));
    let few = |column: &u32| match &matrix.columns[*column as usize].codes {
        Codes::Few(few) => few.rows.len(),
        _ => 0,
    };
    let here = &members.list[range.clone()];
    let is_gathered =
        !matrix.rows.is_empty() && here.len() * matrix.rows.mean() < drawn[..n_first].iter().map(few).sum();
    if is_gathered {
        space.gather(matrix, here, &drawn[..n_first]);
    }
    let mut gathered = 0;
    for visited in 0..drawn.len() {
        if visited >= n_first {
            if differs {
                break;
            }
            if matrix.rows.is_empty() {
                draw(drawn, visited, random);
            } else {
                // Nearly all columns are the same in few rows: one of those that differ is drawn.
                let others = space.differing(matrix, here, &drawn[visited..]);
                let Some(place) = (!others.is_empty()).then(|| random.below(others.len() as u64) as usize) else {
                    break;
                };
                drawn.swap(visited, visited + others[place] as usize);
            }
        }
        let column = drawn[visited];
        let mut scan = Scan {
            criterion,
            column: &matrix.columns[column as usize],
            total,
            min_leaf: limits.min_samples_leaf as i64,
            left: vec![0; total.len()],
            right: vec![0; total.len()],
            below: None,
            best: None,
        };
        differs |= match &scan.column.codes {
            Codes::Few(few) if is_gathered && visited < n_first => {
                let own = space.entries[gathered..].iter().take_while(|entry| entry.0 == visited as u32).count();
                let entries = space.entries[gathered..gathered + own].iter().map(|entry| (entry.1, entry.2));
                gathered += own;
                scan.look_at_few(few.base, entries, (&mut space.codes, &mut space.histogram))
            }
            Codes::Few(few) => {
                let entries = few.codes.iter().zip(&few.rows);
                let entries = entries.filter_map(|(code, row)| Some((*code, members.get(*row, &range)?)));
                scan.look_at_few(few.base, entries, (&mut space.codes, &mut space.histogram))
            }
            _ => scan.look(here, space),
        };
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
            Codes::Bytes(codes) => return self.look_at_each(members, |row| u16::from(codes[row as usize]), space),
            Codes::Words(codes, ..) => return self.look_at_each(members, |row| codes[row as usize], space),
            Codes::Few(_) => return false,
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

    /// The same of a column in which few rows differ: those of the node, by code, and what all others add.
    fn look_at_few(
        &mut self,
        base: u16,
        entries: impl Iterator<Item = (u16, C::Target)>,
        (codes, sums): (&mut Vec<u16>, &mut Vec<i64>),
    ) -> bool {
        let width = self.total.len();
        codes.clear();
        sums.clear();
        for (code, target) in entries {
            if codes.last() != Some(&code) {
                codes.push(code);
                sums.resize(sums.len() + width, 0);
            }
            let at = sums.len() - width;
            self.criterion.add(target, &mut sums[at..]);
        }
        let mut rest = self.total.to_vec();
        for own in sums.chunks_exact(width) {
            rest.iter_mut().zip(own).for_each(|(rest, own)| *rest -= own);
        }
        let mut is_rest_open = rest.last().is_some_and(|rows| *rows > 0);
        if codes.len() + usize::from(is_rest_open) < 2 {
            return false;
        }
        for (code, own) in codes.iter().zip(sums.chunks_exact(width)) {
            if is_rest_open && base < *code {
                self.step(base, base, &rest);
                is_rest_open = false;
            }
            self.step(*code, *code, own);
        }
        if is_rest_open {
            self.step(base, base, &rest);
        }
        true
    }

    /// The same where rows are few: they are sorted, and every value may be a threshold.
    fn look_at_each(
        &mut self,
        members: &[(u32, C::Target)],
        code: impl Fn(u32) -> u16,
        space: &mut Space<C::Target>,
    ) -> bool {
        space.sorted.clear();
        space.sorted.extend(members.iter().map(|(row, target)| (code(*row), *target)));
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
    use crate::models::binned::BinnedColumn;
    use crate::models::features::{Feature, FeatureMatrix, FeatureUnit};
    use crate::models::sparse::SparseRows;

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

    fn binned(columns: &[Vec<f64>]) -> BinnedMatrix {
        let features = (0..columns.len()).map(|at| Feature::new(format!("f{at}"), FeatureUnit::Count)).collect();
        let values = (0..columns[0].len()).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
        BinnedMatrix::new(&FeatureMatrix::new(features, values).unwrap())
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

    /// The same numbers, as a sparse column and as any other, give the same tree.
    #[test]
    fn sparse_columns_are_split_as_others_are() {
        let n = 4_000_u32;
        let mut random = Random::new(9);
        let words: Vec<Vec<f64>> = (0..60)
            .map(|word| {
                (0..n).map(|_| if random.below(10 + word) == 0 { (1 + random.below(4)) as f64 } else { 0.0 }).collect()
            })
            .collect();
        let truth = |row: usize| (words[3][row] > 1.0) != (words[40][row] > 0.0) || words[20][row] == 2.0;
        let wide = binned(&words);
        assert!(wide.n_sparse() > 50);
        let dense = BinnedMatrix {
            columns: words.iter().map(|values| BinnedColumn::dense(values)).collect(),
            rows: SparseRows::default(),
        };
        let all: Vec<u32> = (0..60).collect();
        for (max_features, max_depth, min_samples_leaf) in [(60, 12, 1), (60, 5, 9), (60, 40, 2)] {
            let limits = Limits { max_depth, min_samples_split: 2, min_samples_leaf, max_features };
            let grown = |matrix| {
                let members = (0..n).map(|row| (row, truth(row as usize))).collect();
                grow((matrix, &all), members, (&Halves, limits), &mut Random::new(1))
            };
            assert_eq!(grown(&wide), grown(&dense), "{limits:?}");
        }
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
