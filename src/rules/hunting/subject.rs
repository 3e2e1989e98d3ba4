//! What is kept of one subject over all its rows: a pair of machines, a source, a domain; and many of them, within bounds.
//!
//! Every part merges exactly: sums add, sets keep their smallest members, and of more subjects than fit those with the
//! smallest hash of their names stay, whoever counted them. So the answer does not depend on how a log is cut.

use std::collections::BTreeMap;

use hashbrown::hash_map::Entry;
use serde::{Deserialize, Serialize};

use crate::units::hash::{hash_text, mix};

use crate::rules::tally::{CodeMap, Tally};

/// Subjects of one kind that are kept; beyond that they are a sample. At about 300 bytes each this is 12 MB a kind.
const MAX_SUBJECTS: usize = 40_000;
/// Seconds and hours of a subject that are kept, the earliest first.
const MAX_TIMES: usize = 4096;
/// Different things of a subject that are kept, by their hash: more than any threshold asks for.
const MAX_DISTINCT: usize = 256;
/// Bits of a size that count, so that there are a few thousand different ones at most.
const SIZE_BITS: u32 = 7;

/// What one subject did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Subject {
    /// The rows that a finding would count.
    pub tally: Tally,
    /// All rows.
    pub rows: u64,
    /// Rows of the kind that proves the opposite, or the outcome: successes among logins.
    pub other: Tally,
    /// Rows that count in each of the first seconds that have any.
    pub seconds: BTreeMap<i64, u32>,
    /// Rows that count in each of the first hours that have any.
    pub hours: BTreeMap<i64, u32>,
    /// Rows by size, in bytes, rounded down to seven bits.
    pub sizes: BTreeMap<i64, u32>,
    /// Different things by their hash, each with a property.
    pub distinct: BTreeMap<u64, u32>,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes received.
    pub received: u64,
}

impl Subject {
    /// Counts a row's time, µs.
    pub fn add_time(&mut self, time: i64) {
        let second = time.div_euclid(1_000_000);
        add_first(&mut self.seconds, second, 1);
        add_first(&mut self.hours, second.div_euclid(3600), 1);
    }

    /// Counts a row's size.
    pub fn add_size(&mut self, size: i64) {
        *self.sizes.entry(rounded(size)).or_default() += 1;
    }

    /// Notes one of the subject's things.
    pub fn add_distinct(&mut self, hash: u64, property: u32) {
        self.distinct.insert(hash, property);
        if self.distinct.len() > MAX_DISTINCT {
            self.distinct.pop_last();
        }
    }

    /// Takes the other's part in.
    pub fn merge(&mut self, other: Self) {
        self.tally.merge(&other.tally);
        self.other.merge(&other.other);
        self.rows += other.rows;
        self.sent = self.sent.saturating_add(other.sent);
        self.received = self.received.saturating_add(other.received);
        other.seconds.into_iter().for_each(|(second, count)| add_first(&mut self.seconds, second, count));
        other.hours.into_iter().for_each(|(hour, count)| add_first(&mut self.hours, hour, count));
        for (size, count) in other.sizes {
            *self.sizes.entry(size).or_default() += count;
        }
        other.distinct.into_iter().for_each(|(hash, property)| self.add_distinct(hash, property));
    }

    /// The most rows in any so many seconds.
    pub fn most_within(&self, seconds: i64) -> u64 {
        let (mut most, mut inside) = (0, 0);
        let mut oldest = self.seconds.iter().peekable();
        for (&second, &count) in &self.seconds {
            inside += u64::from(count);
            while let Some((_, &gone)) = oldest.next_if(|(old, _)| second.saturating_sub(**old) >= seconds) {
                inside -= u64::from(gone);
            }
            most = most.max(inside);
        }
        most
    }

    /// The second of the n-th row that counts. **Null**: none where there are fewer.
    pub fn second_of(&self, n: u64) -> Option<i64> {
        let mut seen = 0;
        let found = self.seconds.iter().find(|(_, count)| {
            seen += u64::from(**count);
            seen >= n
        });
        found.map(|(&second, _)| second)
    }
}

/// Adds to a time, if it is among the first that are kept.
fn add_first(times: &mut BTreeMap<i64, u32>, time: i64, count: u32) {
    let known = times.entry(time).or_default();
    *known = known.saturating_add(count);
    if times.len() > MAX_TIMES {
        times.pop_last();
    }
}

fn rounded(size: i64) -> i64 {
    let bits = i64::BITS - size.max(0).leading_zeros();
    let low = bits.saturating_sub(SIZE_BITS);
    size.max(0) >> low << low
}

/// A subject's name: codes in a worker's dictionaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Codes {
    /// The source.
    pub source: u32,
    /// What it dealt with, in the kind's own numbers; 0 for nothing.
    pub object: u64,
    /// A port; 0 for none.
    pub number: i64,
    /// The dataset; 0 for any.
    pub dataset: u32,
}

/// A subject's name, the same for every worker.
///
/// **Order**: by hash, so that a prefix is a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Name {
    hash: u64,
    /// The column and the text of the source.
    pub source: (String, String),
    /// The column and the text of what it dealt with.
    pub object: (String, String),
    /// A port; 0 for none.
    pub number: i64,
    /// The dataset; empty for any.
    pub dataset: String,
}

impl Name {
    /// The name of these parts.
    pub fn new(source: (&str, &str), object: (&str, &str), number: i64, dataset: &str) -> Self {
        let texts = [source.0, source.1, object.0, object.1, dataset];
        let hash = texts.iter().fold(number as u64, |hash, text| mix(hash ^ hash_text(text)));
        let own = |(field, text): (&str, &str)| (field.to_owned(), text.to_owned());
        Self { hash, source: own(source), object: own(object), number, dataset: dataset.to_owned() }
    }
}

/// The subjects of one kind that a worker has seen.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    subjects: CodeMap<Codes, (u64, Subject)>,
    /// Hashes above this do not fit.
    limit: Option<u64>,
    /// Nothing new fits: somebody made texts whose hashes are equal, which costs the sample, not memory or time.
    is_full: bool,
}

impl Gathered {
    /// The subject of these codes. **Null**: none where it does not belong to the sample.
    pub fn subject(&mut self, codes: Codes, name: impl Fn(Codes) -> Name) -> Option<&mut Subject> {
        if self.subjects.len() >= 2 * MAX_SUBJECTS && !self.is_full {
            self.prune();
        }
        match self.subjects.entry(codes) {
            Entry::Occupied(known) => Some(&mut known.into_mut().1),
            Entry::Vacant(vacant) => {
                let hash = name(codes).hash;
                if self.is_full || self.limit.is_some_and(|limit| hash > limit) {
                    return None;
                }
                Some(&mut vacant.insert((hash, Subject::default())).1)
            }
        }
    }

    fn prune(&mut self) {
        let mut hashes: Vec<u64> = self.subjects.values().map(|(hash, _)| *hash).collect();
        let (_, limit, _) = hashes.select_nth_unstable(MAX_SUBJECTS - 1);
        let limit = *limit;
        self.subjects.retain(|_, (hash, _)| *hash <= limit);
        self.limit = Some(limit);
        self.is_full = self.subjects.len() >= 2 * MAX_SUBJECTS;
    }

    /// The subjects under their names.
    pub fn named(self, name: impl Fn(Codes) -> Name) -> Subjects {
        let mut named = Subjects::default();
        self.subjects.into_iter().for_each(|(codes, (_, subject))| named.add(name(codes), subject));
        named
    }
}

/// The subjects of one kind under their names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Subjects(pub BTreeMap<Name, Subject>);

impl Subjects {
    fn add(&mut self, name: Name, subject: Subject) {
        self.0.entry(name).or_default().merge(subject);
        if self.0.len() > MAX_SUBJECTS {
            self.0.pop_last();
        }
    }

    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(name, subject)| self.add(name, subject));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_seven_bits() {
        for (size, expected) in [(0, 0), (127, 127), (128, 128), (129, 128), (1_000_001, 999_424), (-5, 0)] {
            assert_eq!(rounded(size), expected, "{size}");
        }
        assert!(rounded(i64::MAX) > i64::MAX / 2);
    }

    #[test]
    fn the_earliest_seconds_stay_however_they_arrive() {
        let (mut one, mut two, mut all) = (Subject::default(), Subject::default(), Subject::default());
        for n in 0..10_000 {
            let time = (n * 7919 % 10_000) * 1_000_000;
            if n % 3 == 0 { &mut one } else { &mut two }.add_time(time);
            all.add_time(time);
        }
        two.merge(one);
        assert_eq!(two, all);
        assert_eq!((all.seconds.len(), all.seconds.last_key_value()), (MAX_TIMES, Some((&4095, &1))));
    }

    #[test]
    fn of_too_many_subjects_the_same_sample_stays() {
        let name = |codes: Codes| Name::new(("source.ip", &codes.source.to_string()), ("", ""), 0, "");
        let gather = |pick: fn(u32) -> bool| {
            let mut gathered = Gathered::default();
            for source in (0..200_000).filter(|n| pick(*n)) {
                let codes = Codes { source, object: 0, number: 0, dataset: 0 };
                gathered.subject(codes, name).into_iter().for_each(|subject| subject.rows += 1);
            }
            gathered.named(name)
        };
        let mut merged = gather(|n| n % 2 == 0);
        merged.merge(gather(|n| n % 2 == 1));
        assert!(merged == gather(|_| true));
        assert_eq!(merged.0.len(), MAX_SUBJECTS);
    }
}
