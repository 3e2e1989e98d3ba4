//! Rows, and the bytes answered in them, under each distinct value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{TopValues, ValueCount};
use crate::table::Partial;

use super::keys::{Keys, merge_values};

/// Rows and the bytes answered in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub rows: u64,
    /// Saturates: a log may claim what it likes.
    pub bytes: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

/// Tallies by text. **Null**: rows without a value are not among them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct TextTallies {
    keys: Keys,
    tallies: Vec<Tally>,
}

impl TextTallies {
    /// The tallies of some codes and their texts; codes without a row are left out.
    pub fn of_codes<'t>(codes: impl Iterator<Item = (u32, &'t str, Tally)>) -> Self {
        let mut tallies = Vec::new();
        let counted = codes.filter(|(_, _, tally)| tally.rows > 0).map(|(_, text, tally)| {
            tallies.push(tally);
            (tallies.len() as u32 - 1, text)
        });
        let (keys, order) = Keys::of_codes(counted);
        let tallies = order.iter().filter_map(|&place| tallies.get(place as usize).copied()).collect();
        Self { keys, tallies }
    }

    /// The tallies of texts that may come more than once.
    pub fn of_texts<'t>(texts: impl Iterator<Item = (&'t str, Tally)>) -> Self {
        let mut by_text: BTreeMap<&str, Tally> = BTreeMap::new();
        texts.for_each(|(text, tally)| by_text.entry(text).or_default().add(tally));
        Self::of_codes(by_text.into_iter().map(|(text, tally)| (0, text, tally)))
    }

    /// How many distinct texts.
    pub fn distinct(&self) -> u64 {
        self.keys.len() as u64
    }

    /// Rows that have a value.
    pub fn rows(&self) -> u64 {
        self.tallies.iter().map(|tally| tally.rows).sum()
    }

    /// Every text with its tally, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Tally)> {
        self.keys.iter().zip(self.tallies.iter().copied())
    }

    /// The texts with the most rows; `has_bytes` says whether the log has bytes for these rows at all.
    ///
    /// **Order**: by rows, the most first; ties by text.
    pub fn top(&self, limit: usize, has_bytes: bool) -> TopValues {
        let mut places: Vec<usize> = (0..self.tallies.len()).collect();
        let rows = |place: usize| self.tallies.get(place).map_or(0, |tally| tally.rows);
        most(&mut places, limit, |&a, &b| rows(b).cmp(&rows(a)).then_with(|| self.keys.get(a).cmp(self.keys.get(b))));
        let value = |&place: &usize| {
            let tally = self.tallies.get(place).copied().unwrap_or_default();
            value_count(self.keys.get(place), tally, has_bytes)
        };
        TopValues { values: places.iter().map(value).collect(), distinct: self.distinct(), rows: self.rows() }
    }
}

impl Partial for TextTallies {
    type Output = Self;

    fn merge(&mut self, other: Self) {
        let plan = self.keys.merge(other.keys);
        merge_values(&plan, &mut self.tallies, other.tallies, Tally::add);
    }

    fn finish(self) -> Self {
        self
    }
}

/// Keeps the first `limit` items of an order, sorted.
pub(super) fn most<T>(items: &mut Vec<T>, limit: usize, order: impl Fn(&T, &T) -> std::cmp::Ordering) {
    if limit < items.len() {
        items.select_nth_unstable_by(limit, &order);
        items.truncate(limit);
    }
    items.sort_unstable_by(&order);
}

/// A value as the report has it.
pub(super) fn value_count(text: &str, tally: Tally, has_bytes: bool) -> ValueCount {
    ValueCount { value: Some(text.to_owned()), count: tally.rows, bytes: has_bytes.then_some(tally.bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tallies_merge_and_sort_by_rows_then_text() {
        let one = |text, rows| (text, Tally { rows, bytes: rows * 10 });
        let mut all = TextTallies::of_texts([one("b", 1), one("a", 1), one("c", 2)].into_iter());
        all.merge(TextTallies::of_texts([one("d", 1), one("a", 1), one("c", 1), one("d", 0)].into_iter()));
        let top = all.top(3, true);
        let values: Vec<_> = top.values.iter().map(|v| (v.value.as_deref().unwrap(), v.count, v.bytes)).collect();
        assert_eq!(values, [("c", 3, Some(30)), ("a", 2, Some(20)), ("b", 1, Some(10))]);
        assert_eq!((top.distinct, top.rows), (4, 7));
        assert_eq!(all.top(1, false).values[0].bytes, None);
    }
}
