//! The bytes of each row, in both directions: connection logs and request logs name them differently.

use crate::schema::Field;
use crate::table::NULL_NUMBER;

use super::columns::Columns;

/// Bytes that a source sent: a connection log's, else the request's.
pub(super) const RECEIVED: [Field; 2] = [Field::SourceBytes, Field::HttpRequestBodyBytes];

/// Bytes that were answered: a connection log's, else the answer's.
pub(super) const ANSWERED: [Field; 2] = [Field::DestinationBytes, Field::HttpResponseBodyBytes];

/// Bytes of each row of a shard, by the first of two columns that has them.
#[derive(Debug, Default)]
pub(super) struct RowBytes {
    /// [`NULL_NUMBER`] where no column has them; never negative otherwise.
    pub known: Vec<i64>,
    /// The same, 0 for null.
    pub bytes: Vec<u64>,
    /// Rows that took their bytes from each of the columns.
    pub taken: [u64; 2],
}

impl RowBytes {
    /// Reads the bytes of the shard that was read last. A negative number is no number of bytes.
    pub fn read(&mut self, columns: &Columns<'_>, fields: [Field; 2]) {
        let [first, second] = fields.map(|field| columns.numbers(field));
        self.known.clear();
        self.bytes.clear();
        self.taken = [0; 2];
        for (&a, &b) in first.iter().zip(second) {
            let known = if a >= 0 { a } else { b };
            self.known.push(if known >= 0 { known } else { NULL_NUMBER });
            self.bytes.push(known.max(0) as u64);
            self.taken[0] += u64::from(a >= 0);
            self.taken[1] += u64::from(a < 0 && b >= 0);
        }
    }

    /// Rows whose bytes are known.
    pub fn rows(&self) -> u64 {
        self.taken.iter().sum()
    }

    /// The sum of them; saturates.
    pub fn sum(&self) -> u64 {
        self.bytes.iter().fold(0, |sum, &bytes| sum.saturating_add(bytes))
    }
}
