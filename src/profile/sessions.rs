//! Sessions: times of one visitor with no gap over a limit between neighbours.
//!
//! Kept as intervals. Two intervals of one visitor whose distance is within the limit are one; joining all that are
//! gives the same sessions whatever the order in which times and intervals come.

use serde::{Deserialize, Serialize};

use super::keys::Side;
use super::plain::{self, Plain};

/// Intervals of every visitor, in the order of the visitors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sessions {
    /// How many intervals each visitor has.
    #[serde(with = "plain")]
    counts: Vec<u32>,
    /// **Order**: by visitor, then by time; those of one visitor are further apart than the limit.
    #[serde(with = "plain")]
    intervals: Vec<Interval>,
}

/// From a first to a last time, both included. **Unit**: µs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Interval {
    pub start: i64,
    pub end: i64,
}

impl Plain for Interval {
    const SIZE: usize = 2 * i64::SIZE;

    fn write(self, out: &mut Vec<u8>) {
        self.start.write(out);
        self.end.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Self {
        Self { start: i64::read(bytes), end: i64::read(bytes) }
    }
}

impl Sessions {
    /// None yet, with room for as many visitors and at most as many intervals.
    pub fn with_capacity(visitors: usize, intervals: usize) -> Self {
        Self { counts: Vec::with_capacity(visitors), intervals: Vec::with_capacity(intervals) }
    }

    /// Adds the next visitor by its times, which are sorted in place.
    pub fn push(&mut self, times: &mut [i64], gap: i64) {
        if !times.is_sorted() {
            times.sort_unstable();
        }
        self.extend(times.iter().map(|&time| Interval { start: time, end: time }), gap);
    }

    /// How many sessions.
    pub fn len(&self) -> usize {
        self.intervals.len()
    }

    /// The sessions of each visitor.
    pub fn iter(&self) -> impl Iterator<Item = &[Interval]> {
        let mut rest = self.intervals.as_slice();
        self.counts.iter().map(move |&n| {
            let (own, after) = rest.split_at((n as usize).min(rest.len()));
            rest = after;
            own
        })
    }

    /// Takes the sessions of the other side in, by the plan of the visitors' keys.
    pub fn merge(&mut self, plan: &[Side], other: &Self, gap: i64) {
        let mut merged = Self::with_capacity(plan.len(), self.len() + other.len());
        let (mut a, mut b) = (self.iter(), other.iter());
        let mut both: Vec<Interval> = Vec::new();
        for side in plan {
            both.clear();
            let own = match side {
                Side::Left => a.next().unwrap_or_default(),
                Side::Right => b.next().unwrap_or_default(),
                Side::Both => {
                    both.extend_from_slice(a.next().unwrap_or_default());
                    both.extend_from_slice(b.next().unwrap_or_default());
                    both.sort_unstable();
                    both.as_slice()
                }
            };
            merged.extend(own.iter().copied(), gap);
        }
        drop((a, b));
        *self = merged;
    }

    /// Adds the next visitor by its intervals, sorted.
    fn extend(&mut self, own: impl Iterator<Item = Interval>, gap: i64) {
        let before = self.intervals.len();
        let mut open: Option<Interval> = None;
        for next in own {
            match &mut open {
                Some(last) if next.start <= last.end.saturating_add(gap) => last.end = last.end.max(next.end),
                _ => self.intervals.extend(open.replace(next)),
            }
        }
        self.intervals.extend(open);
        self.counts.push((self.intervals.len() - before) as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(times: &[i64]) -> Sessions {
        let mut sessions = Sessions::default();
        sessions.push(&mut times.to_vec(), 10);
        sessions
    }

    fn check(times: &[i64], expected: &[(i64, i64)]) {
        let found: Vec<(i64, i64)> = sessions(times).intervals.iter().map(|i| (i.start, i.end)).collect();
        assert_eq!(found, expected, "{times:?}");
    }

    #[test]
    fn a_gap_over_the_limit_ends_a_session() {
        check(&[0, 10, 21], &[(0, 10), (21, 21)]);
        check(&[5, 0, 3, 40], &[(0, 5), (40, 40)]);
        check(&[i64::MIN + 1, i64::MAX], &[(i64::MIN + 1, i64::MIN + 1), (i64::MAX, i64::MAX)]);
        check(&[], &[]);
    }

    #[test]
    fn a_time_between_two_sessions_joins_them() {
        let mut all = sessions(&[0, 20]);
        assert_eq!(all.len(), 2);
        all.merge(&[Side::Both], &sessions(&[10]), 10);
        assert_eq!(all.intervals, [Interval { start: 0, end: 20 }]);
    }

    #[test]
    fn visitors_keep_their_own() {
        let mut left = sessions(&[0, 20]);
        left.push(&mut [5], 10);
        let mut right = sessions(&[100]);
        right.push(&mut [10], 10);
        // Two visitors on the left, two on the right; the first left one is the second right one.
        left.merge(&[Side::Right, Side::Both, Side::Left], &right, 10);
        let found: Vec<Vec<i64>> = left.iter().map(|own| own.iter().map(|i| i.start).collect()).collect();
        assert_eq!(found, [vec![100], vec![0], vec![5]]);
    }
}
