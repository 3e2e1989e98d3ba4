//! How many rows, from when to when, and the first of them: what every finding and look-up counts.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::table::{Position, Shard};

/// A map by codes, which nobody who writes a log can choose; nothing depends on its order.
pub(super) type CodeMap<K, V> = HashMap<K, V, FixedState>;

/// How many rows prove a finding.
const EVIDENCE: usize = 5;

/// Rows found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Tally {
    pub count: u64,
    /// The earliest time, µs.
    pub first: Option<i64>,
    /// The latest time, µs.
    pub last: Option<i64>,
    /// The first rows by file and byte.
    pub evidence: Vec<Position>,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, shard: &Shard, row: usize, time: Option<i64>) {
        self.count += 1;
        if let Some(time) = time {
            self.first = Some(self.first.map_or(time, |first| first.min(time)));
            self.last = Some(self.last.map_or(time, |last| last.max(time)));
        }
        let place = (shard.file, shard.table.bytes.get(row) as u64);
        let is_full = self.evidence.len() >= EVIDENCE;
        if !is_full || self.evidence.last().is_some_and(|last| place < (last.file, last.byte)) {
            self.evidence.push(shard.position(row));
            self.keep_first();
        }
    }

    /// Takes the other's rows in.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
        self.evidence.extend_from_slice(&other.evidence);
        self.keep_first();
    }

    fn keep_first(&mut self) {
        self.evidence.sort_unstable_by_key(|position| (position.file, position.byte));
        self.evidence.truncate(EVIDENCE);
    }
}
