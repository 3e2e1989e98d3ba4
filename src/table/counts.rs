//! Mergeable exact counts of a column's values.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::dictionary::Dictionary;
use super::packed::NULL_NUMBER;
use super::partial::Partial;

/// Rows, and a sum of bytes, under each distinct text of a column.
///
/// **Null**: counted apart, in `nulls`. **Cost**: the distinct texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TextCounts {
    text: String,
    ends: Vec<u32>,
    counts: Vec<u64>,
    bytes: Vec<u64>,
    /// Rows without a value.
    pub nulls: u64,
}

/// One text and what stands under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextCount<'a> {
    /// The text.
    pub text: &'a str,
    /// Rows.
    pub count: u64,
    /// Sum of bytes in these rows.
    pub bytes: u64,
}

impl TextCounts {
    /// The texts of the dictionary whose code has a count. `bytes` may be shorter than `counts`: the rest is 0.
    pub fn new(dictionary: &Dictionary, counts: &[u64], bytes: &[u64]) -> Self {
        let mut this = Self { nulls: counts.first().copied().unwrap_or(0), ..Self::default() };
        for (code, &count) in counts.iter().enumerate().skip(1) {
            if count > 0 {
                this.push(dictionary.get(code as u32), count, bytes.get(code).copied().unwrap_or(0));
            }
        }
        this
    }

    /// Adds a text that is not there yet.
    pub fn push(&mut self, text: &str, count: u64, bytes: u64) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.counts.push(count);
        self.bytes.push(bytes);
    }

    /// How many distinct texts.
    pub fn distinct(&self) -> u64 {
        self.counts.len() as u64
    }

    /// Rows that have a value.
    pub fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Every text, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = TextCount<'_>> {
        let mut start = 0;
        self.ends.iter().zip(&self.counts).zip(&self.bytes).map(move |((&end, &count), &bytes)| {
            let text = self.text.get(start..end as usize).unwrap_or_default();
            start = end as usize;
            TextCount { text, count, bytes }
        })
    }

    /// The texts with the most rows.
    ///
    /// **Order**: by count, the largest first; ties by text.
    pub fn top(&self, limit: usize) -> Vec<TextCount<'_>> {
        let mut all: Vec<TextCount<'_>> = self.iter().collect();
        let order = |a: &TextCount<'_>, b: &TextCount<'_>| b.count.cmp(&a.count).then_with(|| a.text.cmp(b.text));
        if limit < all.len() {
            all.select_nth_unstable_by(limit, order);
            all.truncate(limit);
        }
        all.sort_unstable_by(order);
        all
    }
}

impl Partial for TextCounts {
    type Output = Self;

    fn merge(&mut self, other: Self) {
        self.nulls += other.nulls;
        if self.counts.is_empty() {
            *self = Self { nulls: self.nulls, ..other };
            return;
        }
        let mut known = Dictionary::new(0);
        for entry in self.iter() {
            known.intern(entry.text.as_bytes());
        }
        for entry in other.iter() {
            let place = known.find(entry.text).map(|code| code as usize - 1);
            match place.and_then(|i| Some((self.counts.get_mut(i)?, self.bytes.get_mut(i)?))) {
                Some((count, bytes)) => {
                    *count += entry.count;
                    *bytes += entry.bytes;
                }
                None => self.push(entry.text, entry.count, entry.bytes),
            }
        }
    }

    fn finish(self) -> Self {
        self
    }
}

/// Rows under each distinct number of a column, exact.
///
/// **Null**: left out. **Order**: by value. **Cost**: 16 bytes for each distinct number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberCounts {
    is_float: bool,
    /// Keys sort as their numbers do: the number itself, or the bits of a float in that order.
    counts: Vec<(i64, u64)>,
}

impl NumberCounts {
    /// Counts whole numbers.
    pub fn of_integers(values: impl Iterator<Item = i64>) -> Self {
        Self { is_float: false, counts: count(values.filter(|&v| v != NULL_NUMBER)) }
    }

    /// Takes whole numbers that are counted already: each once, from the smallest.
    pub fn of_counted_integers(counts: Vec<(i64, u64)>) -> Self {
        debug_assert!(counts.is_sorted_by(|a, b| a.0 < b.0), "numbers are sorted and distinct");
        Self { is_float: false, counts }
    }

    /// Counts numbers with decimals. −0 counts as 0.
    pub fn of_floats(values: impl Iterator<Item = f64>) -> Self {
        Self { is_float: true, counts: count(values.filter(|v| !v.is_nan()).map(|v| key_of(v + 0.0))) }
    }

    /// Every distinct number and its rows, from the smallest.
    pub fn iter(&self) -> impl Iterator<Item = (f64, u64)> {
        self.counts.iter().map(|&(key, count)| (self.number(key), count))
    }

    /// Every distinct whole number and its rows, from the smallest; empty for floats.
    pub fn integers(&self) -> impl Iterator<Item = (i64, u64)> {
        self.counts.iter().filter(|_| !self.is_float).copied()
    }

    /// Rows that have a value.
    pub fn rows(&self) -> u64 {
        self.counts.iter().map(|&(_, count)| count).sum()
    }

    /// How many distinct numbers.
    pub fn distinct(&self) -> u64 {
        self.counts.len() as u64
    }

    /// Rows with the value zero.
    pub fn zeros(&self) -> u64 {
        let at = self.counts.binary_search_by_key(&if self.is_float { key_of(0.0) } else { 0 }, |&(key, _)| key);
        at.ok().and_then(|i| self.counts.get(i)).map_or(0, |&(_, count)| count)
    }

    /// Smallest and largest.
    pub fn range(&self) -> Option<(f64, f64)> {
        Some((self.number(self.counts.first()?.0), self.number(self.counts.last()?.0)))
    }

    /// The number below which a share of the rows lies, by linear interpolation as `numpy.percentile`.
    ///
    /// **Null**: none where there is no row.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rows = self.rows();
        let at = share * rows.checked_sub(1)? as f64;
        let (low, high) = (libm::floor(at), libm::ceil(at));
        let (a, b) = (self.nth(low as u64)?, self.nth(high as u64)?);
        Some(if a == b { a } else { a + (b - a) * (at - low) })
    }

    /// Sum of all rows; exact for whole numbers before it is rounded to `f64`.
    pub fn sum(&self) -> f64 {
        if self.is_float {
            return self.iter().map(|(value, count)| value * count as f64).sum();
        }
        self.counts.iter().map(|&(value, count)| i128::from(value) * i128::from(count)).sum::<i128>() as f64
    }

    /// Arithmetic mean and standard deviation of the population.
    pub fn mean_and_deviation(&self) -> Option<(f64, f64)> {
        let rows = self.rows();
        if rows == 0 {
            return None;
        }
        let mean = self.sum() / rows as f64;
        let squares: f64 = self.iter().map(|(value, count)| (value - mean) * (value - mean) * count as f64).sum();
        Some((mean, libm::sqrt(squares / rows as f64)))
    }

    fn nth(&self, rank: u64) -> Option<f64> {
        let mut seen = 0;
        let found = self.counts.iter().find(|&&(_, count)| {
            seen += count;
            seen > rank
        });
        found.map(|&(key, _)| self.number(key))
    }

    fn number(&self, key: i64) -> f64 {
        if self.is_float { number_of(key) } else { key as f64 }
    }
}

impl Partial for NumberCounts {
    type Output = Self;

    fn merge(&mut self, other: Self) {
        if self.counts.is_empty() {
            *self = other;
            return;
        }
        let mut merged: Vec<(i64, u64)> = Vec::with_capacity(self.counts.len() + other.counts.len());
        let (mut a, mut b) = (self.counts.iter().copied().peekable(), other.counts.iter().copied().peekable());
        loop {
            let next = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if y.0 < x.0 => b.next(),
                (Some(_), _) => a.next(),
                (None, _) => b.next(),
            };
            let Some((key, count)) = next else { break };
            match merged.last_mut() {
                Some(last) if last.0 == key => last.1 += count,
                _ => merged.push((key, count)),
            }
        }
        self.counts = merged;
    }

    fn finish(self) -> Self {
        self
    }
}

fn count(values: impl Iterator<Item = i64>) -> Vec<(i64, u64)> {
    let mut counts: HashMap<i64, u64, FixedState> = HashMap::with_hasher(FixedState::with_seed(0));
    let mut run: Option<(i64, u64)> = None;
    for value in values {
        match &mut run {
            Some((last, times)) if *last == value => *times += 1,
            _ => {
                if let Some((last, times)) = run {
                    *counts.entry(last).or_default() += times;
                }
                run = Some((value, 1));
            }
        }
    }
    if let Some((last, times)) = run {
        *counts.entry(last).or_default() += times;
    }
    let mut sorted: Vec<_> = counts.into_iter().collect();
    sorted.sort_unstable();
    sorted
}

/// A whole number that sorts as the float does (IEEE 754 total order).
fn key_of(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

fn number_of(key: i64) -> f64 {
    f64::from_bits(if key < 0 { key ^ i64::MAX } else { key } as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> TextCounts {
        let mut dictionary = Dictionary::new(3);
        let mut counts = vec![0; 100];
        for value in values {
            counts[dictionary.intern(value.as_bytes()) as usize] += 1;
        }
        TextCounts::new(&dictionary, &counts, &[])
    }

    #[test]
    fn texts_merge_and_sort_by_count_then_text() {
        let mut all = texts(&["b", "a", "c", "c"]);
        all.merge(texts(&["d", "a", "c"]));
        let top: Vec<_> = all.top(3).iter().map(|t| (t.text.to_owned(), t.count)).collect();
        assert_eq!(top, [("c".into(), 3), ("a".into(), 2), ("b".into(), 1)]);
        assert_eq!((all.distinct(), all.rows()), (4, 7));
    }

    #[test]
    fn quartiles_are_those_of_numpy() {
        let mut counts = NumberCounts::of_integers([7, 1, 3].into_iter());
        counts.merge(NumberCounts::of_integers([NULL_NUMBER, 10].into_iter()));
        assert_eq!(counts.quantile(0.25), Some(2.5));
        assert_eq!(counts.quantile(0.5), Some(5.0));
        assert_eq!(counts.quantile(0.75), Some(7.75));
        assert_eq!(counts.range(), Some((1.0, 10.0)));
        assert_eq!((counts.sum(), counts.rows()), (21.0, 4));
        assert_eq!(NumberCounts::default().quantile(0.5), None);
    }

    #[test]
    fn floats_sort_by_value_and_zeros_are_one() {
        let counts = NumberCounts::of_floats([0.5, -2.0, -0.0, 0.0, f64::NAN].into_iter());
        assert_eq!(counts.iter().collect::<Vec<_>>(), [(-2.0, 1), (0.0, 2), (0.5, 1)]);
        assert_eq!(counts.zeros(), 2);
    }
}
