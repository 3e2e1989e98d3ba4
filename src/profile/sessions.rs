//! Sessions: times of one visitor with no gap over a limit between neighbours.
//!
//! What merges is the times themselves, thinned: a time is left out where its neighbours are within the limit of each
//! other, because then it can neither join nor end a session. Which ones are left out depends on the order of merging;
//! where sessions begin and end, and so how many there are, does not.

use serde::{Deserialize, Serialize};

use crate::table::keys::Side;
use crate::table::plain;

/// Times of every visitor, thinned, in the order of the visitors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sessions {
    /// How many times each visitor has.
    #[serde(with = "plain")]
    counts: Vec<u32>,
    /// **Order**: by visitor, then by time.
    #[serde(with = "plain")]
    times: Vec<i64>,
}

impl Sessions {
    /// Takes times that stand together by visitor, as many as `counts` says, in any order of time.
    pub fn new(mut times: Vec<i64>, mut counts: Vec<u32>, gap: i64) -> Self {
        let (mut from, mut to) = (0, 0);
        for count in &mut counts {
            let end = from + *count as usize;
            let kept = to;
            if let Some(own) = times.get_mut(from..end)
                && !own.is_sorted()
            {
                own.sort_unstable();
            }
            let mut thinned = Thinned::new(gap);
            for place in from..end {
                // At most as many are kept as were read, so nothing is overwritten before it is read.
                let time = times.get(place).copied().unwrap_or_default();
                thinned.push(time, |time| set(&mut times, &mut to, time));
            }
            thinned.finish(|time| set(&mut times, &mut to, time));
            *count = (to - kept) as u32;
            from = end;
        }
        times.truncate(to);
        Self { counts, times }
    }

    /// How many sessions all visitors have.
    pub fn len(&self, gap: i64) -> u64 {
        self.iter().map(|times| sessions(times, gap)).sum()
    }

    /// The times of each visitor.
    pub fn iter(&self) -> impl Iterator<Item = &[i64]> {
        let mut rest = self.times.as_slice();
        self.counts.iter().map(move |&n| {
            let (own, after) = rest.split_at((n as usize).min(rest.len()));
            rest = after;
            own
        })
    }

    /// Takes the times of the other side in, by the plan of the visitors' keys.
    pub fn merge(&mut self, plan: &[Side], other: &Self, gap: i64) {
        let mut times = Vec::with_capacity(self.times.len() + other.times.len());
        let mut counts = Vec::with_capacity(plan.len());
        let (mut a, mut b) = (self.iter(), other.iter());
        let mut both: Vec<i64> = Vec::new();
        for side in plan {
            let before = times.len();
            let left = if side.left { a.next().unwrap_or_default() } else { &[] };
            let right = if side.right { b.next().unwrap_or_default() } else { &[] };
            if left.is_empty() || right.is_empty() {
                times.extend_from_slice(left);
                times.extend_from_slice(right);
            } else {
                both.clear();
                both.extend_from_slice(left);
                both.extend_from_slice(right);
                both.sort_unstable();
                let mut thinned = Thinned::new(gap);
                for &time in &both {
                    thinned.push(time, |time| times.push(time));
                }
                thinned.finish(|time| times.push(time));
            }
            counts.push((times.len() - before) as u32);
        }
        drop((a, b));
        *self = Self { counts, times };
    }
}

/// How many sessions sorted times are.
pub(super) fn sessions(times: &[i64], gap: i64) -> u64 {
    let ends = times.windows(2).filter(|pair| matches!(pair, [a, b] if b.saturating_sub(*a) > gap)).count();
    if times.is_empty() { 0 } else { ends as u64 + 1 }
}

fn set(times: &mut [i64], to: &mut usize, time: i64) {
    if let Some(slot) = times.get_mut(*to) {
        *slot = time;
        *to += 1;
    }
}

/// Keeps of sorted times those that its neighbours need.
struct Thinned {
    gap: i64,
    kept: Option<i64>,
    /// The time before, if it was not kept: it goes once the next one is within the limit of the last kept.
    waiting: Option<i64>,
}

impl Thinned {
    fn new(gap: i64) -> Self {
        Self { gap, kept: None, waiting: None }
    }

    fn push(&mut self, time: i64, mut keep: impl FnMut(i64)) {
        if self.is_near(time) {
            self.waiting = Some(time);
            return;
        }
        if let Some(before) = self.waiting.take() {
            keep(before);
            self.kept = Some(before);
            if self.is_near(time) {
                self.waiting = Some(time);
                return;
            }
        }
        keep(time);
        self.kept = Some(time);
    }

    fn finish(self, mut keep: impl FnMut(i64)) {
        if let Some(last) = self.waiting.filter(|&last| self.kept != Some(last)) {
            keep(last);
        }
    }

    fn is_near(&self, time: i64) -> bool {
        self.kept.is_some_and(|kept| time.saturating_sub(kept) <= self.gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GAP: i64 = 10;

    fn one(times: &[i64]) -> Sessions {
        Sessions::new(times.to_vec(), vec![times.len() as u32], GAP)
    }

    fn check(times: &[i64], kept: &[i64], expected: u64) {
        let found = one(times);
        assert_eq!((found.times.as_slice(), found.len(GAP)), (kept, expected), "{times:?}");
    }

    #[test]
    fn a_gap_over_the_limit_ends_a_session() {
        check(&[0, 10, 21], &[0, 10, 21], 2);
        check(&[5, 0, 3, 40], &[0, 5, 40], 2);
        check(&[0, 4, 8, 12, 16, 20, 24], &[0, 8, 16, 24], 1);
        check(&[7, 7, 7], &[7], 1);
        check(&[i64::MIN + 1, i64::MAX], &[i64::MIN + 1, i64::MAX], 2);
        check(&[], &[], 0);
    }

    #[test]
    fn visitors_keep_their_own() {
        // Two visitors on the left, two on the right; the first left one is the second right one.
        let mut left = Sessions::new(vec![0, 20, 5], vec![2, 1], GAP);
        let right = Sessions::new(vec![100, 10], vec![1, 1], GAP);
        left.merge(&[Side::RIGHT, Side::BOTH, Side::LEFT], &right, GAP);
        let found: Vec<&[i64]> = left.iter().collect();
        assert_eq!(found, [&[100][..], &[0, 10, 20], &[5]]);
        assert_eq!(left.len(GAP), 3);
    }

    proptest! {
        #[test]
        fn the_order_of_merging_changes_no_session(parts in prop::collection::vec(prop::collection::vec(0i64..200, 0..12), 1..5)) {
            let mut all: Vec<i64> = parts.concat();
            all.sort_unstable();
            let mut merged = one(&[]);
            for part in &parts {
                merged.merge(&[Side::BOTH], &one(part), GAP);
            }
            prop_assert_eq!(merged.len(GAP), sessions(&all, GAP));
            prop_assert_eq!(merged.times.first(), all.first());
            prop_assert_eq!(merged.times.last(), all.last());
        }
    }
}
