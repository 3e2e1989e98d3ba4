//! Sizes of answers that ordinary requests get: pages of the site, and the page that says that something is not there.
//!
//! An attack whose answer is as large as an ordinary one got an ordinary page. Sizes are counted under two hashes each
//! (Cormode and Muthukrishnan, *An improved data stream summary: the count-min sketch*, 2005), in counters that stop at
//! 255, so that what is kept does not grow and merges exactly. A size may seem usual that is not; never the other way.

use serde::{Deserialize, Serialize};

use crate::units::hash::mix;

/// Counters of each hash.
const COUNTERS: usize = 16_384;

/// How often each size was answered, roughly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Usual {
    /// Two lists of counters, one after the other; empty where nothing was counted.
    counters: Vec<u8>,
}

impl Usual {
    /// Counts an answer's size.
    pub fn add(&mut self, size: i64) {
        self.counters.resize(2 * COUNTERS, 0);
        for place in places(size) {
            self.counters.get_mut(place).into_iter().for_each(|counter| *counter = counter.saturating_add(1));
        }
    }

    /// Takes the other's answers in.
    pub fn merge(&mut self, other: &Self) {
        if self.counters.len() < other.counters.len() {
            self.counters.resize(other.counters.len(), 0);
        }
        for (own, other) in self.counters.iter_mut().zip(&other.counters) {
            *own = own.saturating_add(*other);
        }
    }

    /// Whether an ordinary request may have had an answer of that size.
    pub fn has(&self, size: i64) -> bool {
        places(size).into_iter().all(|place| self.counters.get(place).is_some_and(|counter| *counter > 0))
    }
}

fn places(size: i64) -> [usize; 2] {
    let hash = mix(size as u64);
    [hash as usize % COUNTERS, COUNTERS + (hash >> 32) as usize % COUNTERS]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_was_answered_is_usual_however_it_was_counted() {
        let (mut all, mut one, mut two) = (Usual::default(), Usual::default(), Usual::default());
        for size in 0..3000 {
            all.add(size);
            if size % 3 == 0 { &mut one } else { &mut two }.add(size);
        }
        one.merge(&two);
        assert_eq!(one, all);
        assert!((0..3000).all(|size| all.has(size)));
        let mistaken = (3000..13_000).filter(|size| all.has(*size)).count();
        assert!(mistaken < 600, "{mistaken} of 10,000");
        assert!(!Usual::default().has(5));
    }
}
