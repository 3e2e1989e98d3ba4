//! How bytes of answers are spread, in bins that double.

use serde::{Deserialize, Serialize};

use crate::report::types::{Histogram, HistogramBin};
use crate::table::Partial;

use super::answered::{ANSWERED, RowBytes};

/// One bin for zero, and one for each number of bits.
const N_BINS: usize = 65;

/// Rows by the number of bits that their bytes need.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct BytesHistogram {
    bins: Vec<u64>,
    /// Rows that took their bytes from each of the columns.
    taken: [u64; 2],
}

impl BytesHistogram {
    /// Takes a shard's rows in.
    pub fn add(&mut self, answered: &RowBytes) {
        self.bins.resize(N_BINS, 0);
        for &known in answered.known.iter().filter(|&&known| known >= 0) {
            if let Some(rows) = self.bins.get_mut((i64::BITS - known.leading_zeros()) as usize) {
                *rows += 1;
            }
        }
        self.taken.iter_mut().zip(answered.taken).for_each(|(sum, rows)| *sum += rows);
    }
}

impl Partial for BytesHistogram {
    type Output = Histogram;

    fn merge(&mut self, other: Self) {
        self.bins.resize(N_BINS, 0);
        self.bins.iter_mut().zip(other.bins).for_each(|(sum, rows)| *sum += rows);
        self.taken.iter_mut().zip(other.taken).for_each(|(sum, rows)| *sum += rows);
    }

    /// The bins from the first to the last that has rows, under the name of the column that most bytes are from.
    fn finish(self) -> Histogram {
        let [first, second] = ANSWERED;
        let field = match self.taken {
            [0, 0] => None,
            [a, b] => Some(if a >= b { first } else { second }),
        };
        let from = self.bins.iter().position(|&rows| rows > 0);
        let to = self.bins.iter().rposition(|&rows| rows > 0);
        let bins = from.zip(to).map_or(0..0, |(from, to)| from..to + 1);
        let bin = |bits: usize| HistogramBin {
            from: if bits == 0 { 0.0 } else { lower_end(bits) },
            to: lower_end(bits + 1),
            count: self.bins.get(bits).copied().unwrap_or(0),
        };
        Histogram { field: field.map(|field| field.name().to_owned()), log: true, bins: bins.map(bin).collect() }
    }
}

/// The smallest number of that many bits.
fn lower_end(bits: usize) -> f64 {
    (1u128 << bits.saturating_sub(1)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::NULL_NUMBER;

    #[test]
    fn bins_double() {
        let known = vec![0, 1, 2, 3, 4, NULL_NUMBER, 16];
        let answered = RowBytes { known, bytes: Vec::new(), taken: [0, 6] };
        let mut histogram = BytesHistogram::default();
        histogram.add(&answered);
        histogram.merge(BytesHistogram::default());
        let shown = histogram.finish();
        assert_eq!(shown.field.as_deref(), Some("http.response.body.bytes"));
        let bins: Vec<_> = shown.bins.iter().map(|bin| (bin.from, bin.to, bin.count)).collect();
        assert_eq!(bins, [(0.0, 1.0, 1), (1.0, 2.0, 1), (2.0, 4.0, 2), (4.0, 8.0, 1), (8.0, 16.0, 0), (16.0, 32.0, 1)]);
        assert_eq!(BytesHistogram::default().finish(), Histogram { log: true, ..Histogram::default() });
    }
}
