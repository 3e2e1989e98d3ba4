//! Rows under each distinct pair of texts, exact.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::table::keys::{Keys, new_places};
use crate::table::plain::{self, Plain};
use crate::table::{NULL, Partial};
use crate::units::hash::hash_text;

/// Rows under each distinct pair.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Pairs {
    left: Keys,
    right: Keys,
    /// Places in `left` and `right`, and rows. **Order**: by places.
    #[serde(with = "plain")]
    counts: Vec<(u32, u32, u64)>,
}

impl Plain for (u32, u32, u64) {
    const SIZE: usize = 2 * u32::SIZE + u64::SIZE;

    fn write(self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
        self.2.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Self {
        (u32::read(bytes), u32::read(bytes), u64::read(bytes))
    }
}

impl Pairs {
    /// How many distinct pairs.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Rows in all pairs.
    pub fn rows(&self) -> u64 {
        self.counts.iter().map(|&(.., rows)| rows).sum()
    }

    /// Every pair and its rows, those with the same left text together.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        let text = |&(left, right, rows): &(u32, u32, u64)| {
            (self.left.get(left as usize), self.right.get(right as usize), rows)
        };
        self.counts.iter().map(text)
    }
}

impl Partial for Pairs {
    type Output = Self;

    fn merge(&mut self, other: Self) {
        let (left_old, left_new) = new_places(&self.left.merge(other.left));
        let (right_old, right_new) = new_places(&self.right.merge(other.right));
        // Merged keys keep their order, and so do pairs of their places.
        let mut a = moved(&self.counts, &left_old, &right_old).peekable();
        let mut b = moved(&other.counts, &left_new, &right_new).peekable();
        let mut merged = Vec::with_capacity(self.counts.len() + other.counts.len());
        loop {
            let (x, y) = (a.peek().map(places), b.peek().map(places));
            // A side that has ended comes after all others.
            let order = (x.is_none(), x).cmp(&(y.is_none(), y));
            let known = if order.is_le() { a.next() } else { None };
            let new = if order.is_ge() { b.next() } else { None };
            let Some((left, right, _)) = known.or(new) else { break };
            merged.push((left, right, known.map_or(0, |pair| pair.2) + new.map_or(0, |pair| pair.2)));
        }
        drop((a, b));
        self.counts = merged;
    }

    fn finish(self) -> Self {
        self
    }
}

fn places(&(left, right, _): &(u32, u32, u64)) -> (u32, u32) {
    (left, right)
}

fn moved<'a>(pairs: &'a [(u32, u32, u64)], left: &'a [u32], right: &'a [u32]) -> impl Iterator<Item = (u32, u32, u64)> {
    let place = |places: &[u32], old: u32| places.get(old as usize).copied().unwrap_or_default();
    pairs.iter().map(move |&(a, b, rows)| (place(left, a), place(right, b), rows))
}

/// Counts pairs of codes.
#[derive(Debug)]
pub(super) struct PairCounter {
    rows: HashMap<u64, u64, FixedState>,
    /// The row before: neighbours in a log are alike.
    last: (u64, u64),
}

impl PairCounter {
    /// No rows yet. The hash's seed shows in no answer.
    pub fn new() -> Self {
        Self { rows: HashMap::with_hasher(FixedState::with_seed(0)), last: (0, 0) }
    }

    /// Counts the rows that have both values.
    pub fn add(&mut self, left: &[u32], right: &[u32]) {
        for (&left, &right) in left.iter().zip(right).filter(|&(&l, &r)| l != NULL && r != NULL) {
            let key = u64::from(left) << 32 | u64::from(right);
            if self.last.0 != key {
                self.flush();
                self.last.0 = key;
            }
            self.last.1 += 1;
        }
    }

    /// The pairs, by the texts of their codes.
    pub fn finish<'t>(mut self, left: impl Fn(u32) -> &'t str, right: impl Fn(u32) -> &'t str) -> Pairs {
        self.flush();
        let codes: Vec<(u32, u32, u64)> = self.rows.into_iter().map(|(k, n)| ((k >> 32) as u32, k as u32, n)).collect();
        let (left, left_places) = keys(codes.iter().map(|pair| pair.0), left);
        let (right, right_places) = keys(codes.iter().map(|pair| pair.1), right);
        let mut counts: Vec<(u32, u32, u64)> = moved(&codes, &left_places, &right_places).collect();
        counts.sort_unstable();
        Pairs { left, right, counts }
    }

    fn flush(&mut self) {
        if self.last.1 > 0 {
            *self.rows.entry(self.last.0).or_default() += self.last.1;
            self.last.1 = 0;
        }
    }
}

/// The keys of codes, and the place of each code.
fn keys<'t>(codes: impl Iterator<Item = u32>, text: impl Fn(u32) -> &'t str) -> (Keys, Vec<u32>) {
    let mut codes: Vec<u32> = codes.collect();
    codes.sort_unstable();
    codes.dedup();
    let n_codes = codes.last().map_or(0, |&code| code as usize + 1);
    let (keys, order) = Keys::of_codes(codes.into_iter().map(|code| (code, hash_text(text(code)), text(code))));
    let mut places = vec![0; n_codes];
    for (place, &code) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(code as usize) {
            *slot = place as u32;
        }
    }
    (keys, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rows: &[(&'static str, &'static str)]) -> Pairs {
        let mut texts: Vec<&'static str> = vec![""];
        texts.extend(rows.iter().flat_map(|&(a, b)| [a, b]));
        let code = |text: &str| texts.iter().position(|t| *t == text).unwrap() as u32;
        let mut counter = PairCounter::new();
        let (left, right): (Vec<u32>, Vec<u32>) = rows.iter().map(|&(a, b)| (code(a), code(b))).unzip();
        counter.add(&left, &right);
        counter.finish(|code| texts[code as usize], |code| texts[code as usize])
    }

    #[test]
    fn pairs_merge_by_text() {
        let mut all = pairs(&[("a", "x"), ("b", "x"), ("a", "x"), ("", "x"), ("a", "y")]);
        all.merge(pairs(&[("c", "y"), ("a", "y"), ("a", "")]));
        let mut found: Vec<_> = all.iter().collect();
        found.sort_unstable();
        assert_eq!(found, [("a", "x", 2), ("a", "y", 2), ("b", "x", 1), ("c", "y", 1)]);
        assert_eq!((all.len(), all.rows()), (4, 6));
        assert_eq!(Pairs::default().len(), 0);
    }
}
