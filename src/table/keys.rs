//! Distinct texts that merge without being hashed again: sorted by a hash that is the same everywhere, then by text.
//!
//! What is known of each text (rows, sums, sessions) stands in columns beside them, of the same length and order. A
//! merge walks both sides once and leaves a plan, by which every such column merges.

use serde::{Deserialize, Serialize};

use super::plain;
use crate::units::hash::{hash_text, sort_by_hash};
use crate::units::order::most;

/// Distinct texts.
///
/// **Order**: by hash, then by text; it means nothing, but is the same for the same texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keys {
    /// Texts in no order; a merge leaves those that are there twice.
    text: String,
    #[serde(with = "plain")]
    hashes: Vec<u64>,
    /// Where each text begins in `text`.
    #[serde(with = "plain")]
    starts: Vec<u64>,
    #[serde(with = "plain")]
    lens: Vec<u32>,
}

/// Where a text of merged keys came from: the left side, the right side, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Side {
    pub left: bool,
    pub right: bool,
}

impl Side {
    pub const LEFT: Self = Self { left: true, right: false };
    pub const RIGHT: Self = Self { left: false, right: true };
    #[cfg(test)]
    pub const BOTH: Self = Self { left: true, right: true };
}

impl Keys {
    /// The texts of some codes, with their hashes, and the codes in the order of the keys. Each text may be given once.
    pub fn of_codes<'t>(codes: impl Iterator<Item = (u32, u64, &'t str)>) -> (Self, Vec<u32>) {
        let (mut text, mut spans, mut sorted) = (String::new(), Vec::new(), Vec::new());
        for (code, hash, value) in codes {
            sorted.push((hash, spans.len() as u32));
            spans.push((text.len() as u64, value.len() as u32, code));
            text.push_str(value);
        }
        let span = |place: u32| spans.get(place as usize).copied().unwrap_or_default();
        let text_at = |place: u32| text_in(&text, span(place).0, span(place).1);
        sort_by_hash(&mut sorted, |&(hash, _)| hash, |&(_, a), &(_, b)| text_at(a).cmp(text_at(b)));
        let mut keys = Self {
            hashes: sorted.iter().map(|&(hash, _)| hash).collect(),
            starts: Vec::with_capacity(sorted.len()),
            lens: Vec::with_capacity(sorted.len()),
            text: String::new(),
        };
        let mut order = Vec::with_capacity(sorted.len());
        for (start, len, code) in sorted.into_iter().map(|(_, place)| span(place)) {
            keys.starts.push(start);
            keys.lens.push(len);
            order.push(code);
        }
        keys.text = text;
        (keys, order)
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Every text, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.starts.iter().zip(&self.lens).map(|(&start, &len)| text_in(&self.text, start, len))
    }

    /// The text at a place; empty where there is none.
    pub fn get(&self, place: usize) -> &str {
        let span = self.starts.get(place).zip(self.lens.get(place));
        span.map_or("", |(&start, &len)| text_in(&self.text, start, len))
    }

    /// The place of a text. **Null**: none where it is not there.
    pub fn find(&self, text: &str) -> Option<usize> {
        let hash = hash_text(text);
        let first = self.hashes.partition_point(|&known| known < hash);
        let same = (first..).take_while(|&place| self.hashes.get(place) == Some(&hash));
        same.into_iter().find(|&place| self.get(place) == text)
    }

    /// The places of the texts with the most rows; `rows` are those of each text.
    ///
    /// **Order**: by rows, the most first; ties by text. **Cost**: texts are compared only where rows are equal to those
    /// of the last one that is shown.
    pub fn most_frequent(&self, rows: impl Iterator<Item = u64>, limit: usize) -> Vec<usize> {
        let mut all: Vec<(u64, u32)> = rows.zip(0..).collect();
        if let Some(last) = limit.checked_sub(1).filter(|&last| last < all.len()) {
            let (_, &mut (least, _), _) = all.select_nth_unstable_by(last, |a, b| b.0.cmp(&a.0));
            all.retain(|&(rows, _)| rows >= least);
        }
        let text = |place: u32| self.get(place as usize);
        most(&mut all, limit, |a, b| b.0.cmp(&a.0).then_with(|| text(a.1).cmp(text(b.1))));
        all.into_iter().map(|(_, place)| place as usize).collect()
    }

    /// Takes the other texts in; the plan says where each text of the result came from.
    ///
    /// **Cost**: which side comes next cannot be foretold, so as little as possible branches on it.
    pub fn merge(&mut self, other: Self) -> Vec<Side> {
        if other.len() == 0 {
            return vec![Side::LEFT; self.len()];
        }
        if self.len() == 0 {
            *self = other;
            return vec![Side::RIGHT; self.len()];
        }
        let capacity = self.len() + other.len();
        let mut merged = Self {
            text: String::new(),
            hashes: Vec::with_capacity(capacity),
            starts: Vec::with_capacity(capacity),
            lens: Vec::with_capacity(capacity),
        };
        let mut plan = Vec::with_capacity(capacity);
        let shift = self.text.len() as u64;
        let (mut a, mut b) = (0, 0);
        while let (Some(x), Some(y)) = (self.entry(a), other.entry(b)) {
            let mut side = Side { left: x.0 <= y.0, right: y.0 <= x.0 };
            if side.left && side.right {
                let order = text_in(&self.text, x.1, x.2).cmp(text_in(&other.text, y.1, y.2));
                side = Side { left: order.is_le(), right: order.is_ge() };
            }
            merged.push(if side.left { x } else { (y.0, y.1 + shift, y.2) });
            plan.push(side);
            a += usize::from(side.left);
            b += usize::from(side.right);
        }
        while let Some(rest) = self.entry(a) {
            merged.push(rest);
            plan.push(Side::LEFT);
            a += 1;
        }
        while let Some((hash, start, len)) = other.entry(b) {
            merged.push((hash, start + shift, len));
            plan.push(Side::RIGHT);
            b += 1;
        }
        merged.text = std::mem::take(&mut self.text);
        merged.text.push_str(&other.text);
        *self = merged;
        plan
    }

    /// Hash, start and length of the text at a place.
    fn entry(&self, place: usize) -> Option<(u64, u64, u32)> {
        Some((*self.hashes.get(place)?, *self.starts.get(place)?, *self.lens.get(place)?))
    }

    fn push(&mut self, (hash, start, len): (u64, u64, u32)) {
        self.hashes.push(hash);
        self.starts.push(start);
        self.lens.push(len);
    }
}

fn text_in(text: &str, start: u64, len: u32) -> &str {
    let start = start as usize;
    text.get(start..start.saturating_add(len as usize)).unwrap_or_default()
}

/// Merges a column that stands beside keys; `join` makes one value of two, and the default value adds nothing.
pub(crate) fn merge_values<T: Copy + Default>(
    plan: &[Side],
    left: &mut Vec<T>,
    right: Vec<T>,
    join: impl Fn(&mut T, T),
) {
    let (mut a, mut b) = (0, 0);
    let value = |side: &Side| {
        let mut value = left.get(a).copied().filter(|_| side.left).unwrap_or_default();
        join(&mut value, right.get(b).copied().filter(|_| side.right).unwrap_or_default());
        a += usize::from(side.left);
        b += usize::from(side.right);
        value
    };
    *left = plan.iter().map(value).collect();
}

/// The place in the merged keys of each key of the left side, and of each of the right side.
pub(crate) fn new_places(plan: &[Side]) -> (Vec<u32>, Vec<u32>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (place, side) in plan.iter().enumerate() {
        if side.left {
            left.push(place as u32);
        }
        if side.right {
            right.push(place as u32);
        }
    }
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &[&str]) -> (Keys, Vec<u32>) {
        Keys::of_codes(texts.iter().enumerate().map(|(code, text)| (code as u32, hash_text(text), *text)))
    }

    #[test]
    fn texts_and_their_values_merge() {
        let (mut left, mut values) = keys(&["a", "b", "c"]);
        let (right, others) = keys(&["c", "d", "a"]);
        let plan = left.merge(right);
        merge_values(&plan, &mut values, others.into_iter().map(|value| value * 10).collect(), |a, b| *a += b);
        let mut all: Vec<(&str, u32)> = left.iter().zip(values).collect();
        all.sort_unstable();
        assert_eq!(all, [("a", 20), ("b", 1), ("c", 2), ("d", 10)]);
        let (from_left, from_right) = new_places(&plan);
        assert_eq!((from_left.len(), from_right.len()), (3, 3));
        assert_eq!(left.find("d").map(|place| left.get(place)), Some("d"));
        assert_eq!(left.find("e"), None);
        assert!(from_left.iter().chain(&from_right).all(|&place| !left.get(place as usize).is_empty()));
    }
}
