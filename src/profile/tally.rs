//! Rows, and the bytes answered in them, under each distinct value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{TopValues, ValueCount};
use crate::table::Partial;
use crate::table::keys::{Keys, merge_values};
use crate::table::plain::{self, Plain};
use crate::units::hash::hash_text;

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
    #[serde(with = "plain")]
    tallies: Vec<Tally>,
}

impl Plain for Tally {
    const SIZE: usize = 2 * u64::SIZE;

    fn write(self, out: &mut Vec<u8>) {
        self.rows.write(out);
        self.bytes.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Self {
        Self { rows: u64::read(bytes), bytes: u64::read(bytes) }
    }
}

impl TextTallies {
    /// The tallies of some texts, with their hashes; texts without a row are left out.
    pub fn of_hashed<'t>(texts: impl Iterator<Item = (u64, &'t str, Tally)>) -> Self {
        let mut tallies = Vec::new();
        let counted = texts.filter(|(_, _, tally)| tally.rows > 0).map(|(hash, text, tally)| {
            tallies.push(tally);
            (tallies.len() as u32 - 1, hash, text)
        });
        let (keys, order) = Keys::of_codes(counted);
        let tallies = order.iter().filter_map(|&place| tallies.get(place as usize).copied()).collect();
        Self { keys, tallies }
    }

    /// The tallies of texts that may come more than once.
    pub fn of_texts<'t>(texts: impl Iterator<Item = (&'t str, Tally)>) -> Self {
        let mut by_text: BTreeMap<&str, Tally> = BTreeMap::new();
        texts.for_each(|(text, tally)| by_text.entry(text).or_default().add(tally));
        Self::of_hashed(by_text.into_iter().map(|(text, tally)| (hash_text(text), text, tally)))
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
        let places = self.keys.most_frequent(self.tallies.iter().map(|tally| tally.rows), limit);
        let value = |place: usize| {
            let tally = self.tallies.get(place).copied().unwrap_or_default();
            value_count(self.keys.get(place), tally, has_bytes)
        };
        TopValues { values: places.into_iter().map(value).collect(), distinct: self.distinct(), rows: self.rows() }
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
