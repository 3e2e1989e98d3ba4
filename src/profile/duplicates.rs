//! Rows whose every field equals an earlier row's, counted by a hash of the row.
//!
//! A row's hash is the sum over its columns of the value's hash times an odd number of the column's own: the order of
//! columns does not matter, nor does a column that is null. Two different rows have the same 64 bits by chance once in
//! 1.8 · 10¹⁹; among a million rows that are all different, one is called a duplicate with a chance of 1 in 37 million,
//! among a hundred million with 1 in 3,700. The hash has no secret, so whoever writes a log could make lines that
//! collide; all they gain is a wrong number of duplicates.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::table::Partial;

use super::hash::sort_by_hash;

/// Distinct hashes of rows, sorted, and how many rows there were.
///
/// **Cost**: 8 bytes for each distinct row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RowHashes {
    rows: u64,
    distinct: Hashes,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Hashes(Vec<u64>);

impl RowHashes {
    /// Sorts the hashes of all rows of a worker.
    pub fn new(mut hashes: Vec<u64>) -> Self {
        let rows = hashes.len() as u64;
        sort_by_hash(&mut hashes, |&hash| hash, |_, _| Ordering::Equal);
        hashes.dedup();
        Self { rows, distinct: Hashes(hashes) }
    }
}

impl Partial for RowHashes {
    /// Rows that equal an earlier row.
    type Output = u64;

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.distinct.0 = union(&self.distinct.0, &other.distinct.0);
    }

    fn finish(self) -> u64 {
        self.rows - self.distinct.0.len() as u64
    }
}

/// The numbers in either of two sorted lists. Which list comes next cannot be foretold, so no branch depends on it.
fn union(a: &[u64], b: &[u64]) -> Vec<u64> {
    if a.is_empty() || b.is_empty() {
        return [a, b].concat();
    }
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(&x), Some(&y)) = (a.get(i), b.get(j)) {
        merged.push(x.min(y));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    merged.extend_from_slice(a.get(i..).unwrap_or_default());
    merged.extend_from_slice(b.get(j..).unwrap_or_default());
    merged
}

/// Crosses between workers as plain bytes: millions of numbers one by one would take longer than sorting them.
impl Serialize for Hashes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = self.0.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de> Deserialize<'de> for Hashes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(HashesVisitor)
    }
}

struct HashesVisitor;

impl<'de> Visitor<'de> for HashesVisitor {
    type Value = Hashes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hashes of 8 bytes each")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Hashes, E> {
        let (hashes, rest) = bytes.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        Ok(Hashes(hashes.iter().map(|&hash| u64::from_le_bytes(hash)).collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut bytes: A) -> Result<Hashes, A::Error> {
        let mut all = Vec::new();
        while let Some(byte) = bytes.next_element::<u8>()? {
            all.push(byte);
        }
        self.visit_bytes(&all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &[u64], right: &[u64], expected: u64) {
        let mut all = RowHashes::new(left.to_vec());
        let crossed = postcard::to_allocvec(&RowHashes::new(right.to_vec())).unwrap();
        all.merge(postcard::from_bytes(&crossed).unwrap());
        assert_eq!(all.finish(), expected);
    }

    #[test]
    fn every_row_after_the_first_of_its_kind_is_a_duplicate() {
        check(&[1, 2, 1], &[2, 3], 2);
        check(&[], &[u64::MAX, u64::MAX], 1);
        check(&[5], &[], 0);
        check(&[], &[], 0);
    }
}
