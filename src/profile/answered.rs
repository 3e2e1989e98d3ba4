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
        self.known.clear();
        match fields.map(|field| columns.has(field)) {
            [false, false] => self.known.resize(columns.n_rows(), NULL_NUMBER),
            [true, false] => self.known.extend(columns.numbers(fields[0]).iter().map(|&bytes| known(bytes))),
            [false, true] => self.known.extend(columns.numbers(fields[1]).iter().map(|&bytes| known(bytes))),
            [true, true] => {
                let rows = columns.numbers(fields[0]).iter().zip(columns.numbers(fields[1]));
                self.known.extend(rows.map(|(&first, &second)| if first >= 0 { first } else { known(second) }));
            }
        }
        self.bytes.clear();
        self.bytes.extend(self.known.iter().map(|&bytes| bytes.max(0) as u64));
        let rows = |values: &[i64]| values.iter().filter(|&&bytes| bytes >= 0).count() as u64;
        let first = rows(columns.numbers(fields[0]));
        self.taken = [first, rows(&self.known) - first];
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

fn known(bytes: i64) -> i64 {
    if bytes >= 0 { bytes } else { NULL_NUMBER }
}
