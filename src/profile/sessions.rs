//! Sessions: times of one visitor with no gap over a limit between neighbours.
//!
//! Kept as intervals. Two intervals of one visitor whose distance is within the limit are one; joining all that are
//! gives the same sessions whatever the order in which times and intervals come.

use serde::{Deserialize, Serialize};

use super::keys::Side;

/// Intervals of every visitor, in the order of the visitors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sessions {
    /// How many intervals each visitor has.
    counts: Vec<u32>,
    /// **Order**: by visitor, then by time; those of one visitor are further apart than the limit.
    intervals: Vec<Interval>,
}

/// From a first to a last time, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Interval {
    pub start: i64,
    /// **Unit**: µs. Small where the interval is short, which is most of them, and so are its bytes between workers.
    length: u64,
}

impl Interval {
    pub fn new(start: i64, end: i64) -> Self {
        Self { start, length: end.wrapping_sub(start) as u64 }
    }

    pub fn end(self) -> i64 {
        self.start.wrapping_add(self.length as i64)
    }
}

impl Sessions {
    /// Joins intervals that come by visitor's code in any order; `order` has the code of each visitor.
    pub fn of_codes(mut by_code: Vec<(u32, Interval)>, order: &[u32], gap: i64) -> Self {
        let n_codes = order.iter().max().map_or(0, |&code| code as usize + 1);
        // Codes become places, so that a counting sort brings them into the order of the visitors.
        let mut places = vec![u32::MAX; n_codes];
        for (place, &code) in order.iter().enumerate() {
            if let Some(slot) = places.get_mut(code as usize) {
                *slot = place as u32;
            }
        }
        by_code.retain_mut(|(code, _)| {
            *code = places.get(*code as usize).copied().unwrap_or(u32::MAX);
            *code != u32::MAX
        });
        let sorted = by_place(&by_code, order.len());
        let mut this = Self { counts: Vec::with_capacity(order.len()), intervals: Vec::with_capacity(sorted.len()) };
        let mut rest = sorted.as_slice();
        let mut own = Vec::new();
        for place in 0..order.len() as u32 {
            let n = rest.iter().take_while(|(known, _)| *known == place).count();
            let (here, after) = rest.split_at(n);
            rest = after;
            own.clear();
            own.extend(here.iter().map(|&(_, interval)| interval));
            this.push(&mut own, gap);
        }
        this
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
        let left = std::mem::take(self);
        let (mut a, mut b) = (left.iter(), other.iter());
        let mut own = Vec::new();
        for side in plan {
            own.clear();
            if *side != Side::Right {
                own.extend_from_slice(a.next().unwrap_or_default());
            }
            if *side != Side::Left {
                own.extend_from_slice(b.next().unwrap_or_default());
            }
            self.push(&mut own, gap);
        }
    }

    /// Adds the next visitor.
    fn push(&mut self, own: &mut [Interval], gap: i64) {
        own.sort_unstable_by_key(|interval| (interval.start, interval.length));
        let before = self.intervals.len();
        for &interval in &*own {
            match self.intervals.get_mut(before..).and_then(<[Interval]>::last_mut) {
                Some(last) if interval.start <= last.end().saturating_add(gap) => {
                    *last = Interval::new(last.start, last.end().max(interval.end()));
                }
                _ => self.intervals.push(interval),
            }
        }
        self.counts.push((self.intervals.len() - before) as u32);
    }
}

/// A stable counting sort.
fn by_place(items: &[(u32, Interval)], n_places: usize) -> Vec<(u32, Interval)> {
    let mut next = vec![0usize; n_places];
    for (place, _) in items {
        if let Some(count) = next.get_mut(*place as usize) {
            *count += 1;
        }
    }
    let mut before = 0;
    for count in &mut next {
        before += std::mem::replace(count, before);
    }
    let mut sorted = items.to_vec();
    for item in items {
        if let Some(at) = next.get_mut(item.0 as usize) {
            if let Some(slot) = sorted.get_mut(*at) {
                *slot = *item;
            }
            *at += 1;
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(times: &[(u32, i64)], order: &[u32], expected: &[&[(i64, i64)]]) {
        let intervals = times.iter().map(|&(code, time)| (code, Interval::new(time, time))).collect();
        let sessions = Sessions::of_codes(intervals, order, 10);
        let found: Vec<Vec<(i64, i64)>> =
            sessions.iter().map(|own| own.iter().map(|i| (i.start, i.end())).collect()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_gap_over_the_limit_ends_a_session() {
        check(&[(1, 0), (1, 10), (1, 21)], &[1], &[&[(0, 10), (21, 21)]]);
        check(&[(2, 5), (1, 0), (2, 0), (3, 7)], &[2, 1], &[&[(0, 5)], &[(0, 0)]]);
        check(&[(1, i64::MIN + 1), (1, i64::MAX)], &[1], &[&[(i64::MIN + 1, i64::MIN + 1), (i64::MAX, i64::MAX)]]);
        check(&[], &[4], &[&[]]);
    }

    #[test]
    fn a_time_between_two_sessions_joins_them() {
        let one = |time| Sessions::of_codes(vec![(0, Interval::new(time, time))], &[0], 10);
        let mut all = one(0);
        all.merge(&[Side::Both], &one(20), 10);
        assert_eq!(all.len(), 2);
        all.merge(&[Side::Both], &one(10), 10);
        assert_eq!(all.intervals, [Interval::new(0, 20)]);
    }
}
