//! Counts whole numbers and times over the shards of a worker.
//!
//! Small numbers (ports, statuses, most sizes) are counted by place in an array. Others are kept as runs, because
//! neighbours are alike and times nearly sorted; runs are sorted and joined whenever they have doubled.

use crate::table::{NULL_NUMBER, NumberCounts};

/// Numbers from 0 to below this are counted by place; 4 MB if all are there.
const DENSE: i64 = 1 << 20;

/// Runs that are kept before they are joined for the first time.
const FIRST_JOIN: usize = 1 << 16;

/// Rows under each distinct number.
#[derive(Debug, Default)]
pub(super) struct NumberCounter {
    /// `dense[value]`: a worker cannot hold 2³² rows.
    dense: Vec<u32>,
    runs: Vec<(i64, u64)>,
    /// Runs that were left when they were last joined.
    joined: usize,
}

impl NumberCounter {
    /// Counts numbers; the result is how many are not null.
    pub fn add(&mut self, values: &[i64]) -> u64 {
        let largest = values.iter().copied().filter(|v| (0..DENSE).contains(v)).max();
        if let Some(needed) = largest.map(|v| v as usize + 1)
            && needed > self.dense.len()
        {
            self.dense.resize(needed.next_power_of_two(), 0);
        }
        let mut nulls = 0;
        for &value in values {
            if let Some(count) = usize::try_from(value).ok().and_then(|place| self.dense.get_mut(place)) {
                *count += 1;
            } else if value == NULL_NUMBER {
                nulls += 1;
            } else {
                match self.runs.last_mut() {
                    Some((last, rows)) if *last == value => *rows += 1,
                    _ => self.runs.push((value, 1)),
                }
            }
        }
        if self.runs.len() > FIRST_JOIN.max(self.joined * 2) {
            self.join();
        }
        values.len() as u64 - nulls
    }

    /// The counts.
    pub fn finish(mut self) -> NumberCounts {
        self.join();
        let dense = self.dense.iter().enumerate().filter(|&(_, &rows)| rows > 0);
        let dense: Vec<(i64, u64)> = dense.map(|(value, &rows)| (value as i64, u64::from(rows))).collect();
        if !dense.is_empty() {
            let negative = self.runs.partition_point(|&(value, _)| value < 0);
            self.runs.splice(negative..negative, dense);
        }
        NumberCounts::of_counted_integers(self.runs)
    }

    fn join(&mut self) {
        // Stable, because it takes sorted stretches as they are.
        self.runs.sort_by_key(|&(value, _)| value);
        self.runs.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self.joined = self.runs.len();
    }
}

/// Distinct times over the shards of a worker.
#[derive(Debug, Default)]
pub(super) struct DistinctTimes {
    times: Vec<i64>,
    /// Times that were left when they were last joined.
    joined: usize,
}

impl DistinctTimes {
    /// Takes times in; the result is how many are not null.
    pub fn add(&mut self, values: &[i64]) -> u64 {
        let mut nulls = 0;
        let mut last = self.times.last().copied().unwrap_or(NULL_NUMBER);
        for &value in values {
            nulls += u64::from(value == NULL_NUMBER);
            if value != last && value != NULL_NUMBER {
                self.times.push(value);
                last = value;
            }
        }
        if self.times.len() > FIRST_JOIN.max(self.joined * 2) {
            self.join();
        }
        values.len() as u64 - nulls
    }

    /// Each time once, from the earliest.
    pub fn finish(mut self) -> Vec<i64> {
        self.join();
        self.times
    }

    #[expect(clippy::stable_sort_primitive, reason = "the stable sort takes sorted stretches, one a file, as they are")]
    fn join(&mut self) {
        self.times.sort();
        self.times.dedup();
        self.joined = self.times.len();
    }
}

/// The numbers in either of two sorted lists. Which list comes next cannot be foretold, so no branch depends on it.
pub(super) fn union<T: Copy + Ord>(a: &[T], b: &[T]) -> Vec<T> {
    if a.is_empty() || b.is_empty() {
        return [a, b].concat();
    }
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
        merged.push(x.min(y));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    merged.extend_from_slice(a.get(i..).unwrap_or_default());
    merged.extend_from_slice(b.get(j..).unwrap_or_default());
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_are_those_of_a_map(values in proptest::collection::vec(
            prop_oneof![Just(NULL_NUMBER), Just(i64::MAX), Just(0), -3i64..3, 1_048_570i64..1_048_580], 0..60), cut in 0usize..60
        ) {
            let mut counter = NumberCounter::default();
            let (a, b) = values.split_at(cut.min(values.len()));
            let present = counter.add(a) + counter.add(b);
            let expected = NumberCounts::of_integers(values.iter().copied());
            prop_assert_eq!(present, expected.rows());
            prop_assert_eq!(counter.finish(), expected);
        }
    }
}
