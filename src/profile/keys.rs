//! Distinct texts that merge without being hashed again: sorted by a hash that is the same everywhere, then by text.
//!
//! What is known of each text (rows, sums, sessions) stands in columns beside them, of the same length and order. A
//! merge walks both sides once and leaves a plan, by which every such column merges.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::hash::{hash_text, sort_by_hash};

/// Distinct texts.
///
/// **Order**: by hash, then by text; it means nothing, but is the same for the same texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Keys {
    text: String,
    keys: Vec<Key>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Key {
    hash: u64,
    start: u64,
    len: u32,
}

/// Where a text of merged keys came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
    Both,
}

impl Keys {
    /// The texts of some codes, and the codes in the order of the keys. Each text may be given once.
    pub fn of_codes<'t>(codes: impl Iterator<Item = (u32, &'t str)>) -> (Self, Vec<u32>) {
        let mut text = String::new();
        let mut sorted: Vec<(Key, u32)> = codes
            .map(|(code, value)| {
                let start = text.len() as u64;
                text.push_str(value);
                (Key { hash: hash_text(value), start, len: value.len() as u32 }, code)
            })
            .collect();
        sort_by_hash(&mut sorted, |(key, _)| key.hash, |(a, _), (b, _)| a.text_in(&text).cmp(b.text_in(&text)));
        let order = sorted.iter().map(|&(_, code)| code).collect();
        let keys = sorted.into_iter().map(|(key, _)| key).collect();
        (Self { text, keys }, order)
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Every text, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.text_in(&self.text))
    }

    /// The text at a place; empty where there is none.
    pub fn get(&self, place: usize) -> &str {
        self.keys.get(place).map_or("", |key| key.text_in(&self.text))
    }

    /// Takes the other texts in; the plan says where each text of the result came from.
    pub fn merge(&mut self, other: Self) -> Vec<Side> {
        let left = std::mem::take(&mut self.keys);
        let mut plan = Vec::with_capacity(left.len() + other.keys.len());
        let mut keys = Vec::with_capacity(left.len() + other.keys.len());
        let shift = self.text.len() as u64;
        let (mut a, mut b) = (left.into_iter().peekable(), other.keys.into_iter().peekable());
        loop {
            let side = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) => {
                    let tie = || x.text_in(&self.text).cmp(y.text_in(&other.text));
                    match x.hash.cmp(&y.hash).then_with(tie) {
                        Ordering::Less => Side::Left,
                        Ordering::Equal => Side::Both,
                        Ordering::Greater => Side::Right,
                    }
                }
                (Some(_), None) => Side::Left,
                (None, Some(_)) => Side::Right,
                (None, None) => break,
            };
            plan.push(side);
            let known = if side == Side::Right { None } else { a.next() };
            let new = if side == Side::Left { None } else { b.next() };
            keys.extend(known.or_else(|| new.map(|key| Key { start: key.start + shift, ..key })));
        }
        self.text.push_str(&other.text);
        self.keys = keys;
        plan
    }
}

impl Key {
    fn text_in(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + self.len as usize).unwrap_or_default()
    }
}

/// Merges a column that stands beside keys; `join` makes one value of two.
pub(super) fn merge_values<T>(plan: &[Side], left: &mut Vec<T>, right: Vec<T>, join: impl Fn(&mut T, T)) {
    let mut merged = Vec::with_capacity(plan.len());
    let (mut a, mut b) = (std::mem::take(left).into_iter(), right.into_iter());
    for side in plan {
        match side {
            Side::Left => merged.extend(a.next()),
            Side::Right => merged.extend(b.next()),
            Side::Both => {
                if let (Some(mut value), Some(other)) = (a.next(), b.next()) {
                    join(&mut value, other);
                    merged.push(value);
                }
            }
        }
    }
    *left = merged;
}

/// The place in the merged keys of each key of the left side, and of each of the right side.
pub(super) fn new_places(plan: &[Side]) -> (Vec<u32>, Vec<u32>) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (place, side) in plan.iter().enumerate() {
        if *side != Side::Right {
            left.push(place as u32);
        }
        if *side != Side::Left {
            right.push(place as u32);
        }
    }
    (left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(texts: &[&str]) -> (Keys, Vec<u32>) {
        Keys::of_codes(texts.iter().enumerate().map(|(code, text)| (code as u32, *text)))
    }

    #[test]
    fn texts_and_their_values_merge() {
        let (mut left, mut values) = keys(&["a", "b", "c"]);
        let (right, others) = keys(&["c", "d", "a"]);
        let plan = left.merge(right);
        merge_values(&plan, &mut values, others, |a, b| *a = *a * 10 + b);
        let mut all: Vec<(&str, u32)> = left.iter().zip(values).collect();
        all.sort_unstable();
        assert_eq!(all, [("a", 2), ("b", 1), ("c", 20), ("d", 1)]);
        let (from_left, from_right) = new_places(&plan);
        assert_eq!((from_left.len(), from_right.len()), (3, 3));
        assert!(from_left.iter().chain(&from_right).all(|&place| !left.get(place as usize).is_empty()));
    }
}
