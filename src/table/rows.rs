//! Sets of rows of one shard, as bits.

/// A set of rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowSet {
    len: usize,
    words: Words,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Words {
    All,
    Bits(Vec<u64>),
}

impl RowSet {
    /// Every row of a table of `len` rows.
    pub fn all(len: usize) -> Self {
        Self { len, words: Words::All }
    }

    /// No row.
    pub fn none(len: usize) -> Self {
        Self { len, words: Words::Bits(vec![0; len.div_ceil(64)]) }
    }

    /// The rows for which `holds` is true.
    pub fn from_fn(len: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let mut set = Self::none(len);
        if let Words::Bits(words) = &mut set.words {
            for (index, word) in words.iter_mut().enumerate() {
                let end = (len - index * 64).min(64);
                for bit in 0..end {
                    *word |= u64::from(holds(index * 64 + bit)) << bit;
                }
            }
        }
        set
    }

    /// The rows whose value fits.
    pub fn matching<T: Copy>(values: &[T], mut fits: impl FnMut(T) -> bool) -> Self {
        let mut words = Vec::with_capacity(values.len().div_ceil(64));
        for chunk in values.chunks(64) {
            let mut word = 0;
            for (bit, &value) in chunk.iter().enumerate() {
                word |= u64::from(fits(value)) << bit;
            }
            words.push(word);
        }
        Self { len: values.len(), words: Words::Bits(words) }
    }

    /// How many rows the table has.
    pub fn table_len(&self) -> usize {
        self.len
    }

    /// Whether it is every row, known without looking.
    pub fn is_all(&self) -> bool {
        self.words == Words::All
    }

    /// How many rows are in the set.
    pub fn count(&self) -> usize {
        match &self.words {
            Words::All => self.len,
            Words::Bits(words) => words.iter().map(|w| w.count_ones() as usize).sum(),
        }
    }

    /// Whether the row is in the set.
    pub fn contains(&self, row: usize) -> bool {
        match &self.words {
            Words::All => row < self.len,
            Words::Bits(words) => words.get(row / 64).is_some_and(|w| w >> (row % 64) & 1 == 1),
        }
    }

    /// Adds a row.
    pub fn insert(&mut self, row: usize) {
        if let Words::Bits(words) = &mut self.words
            && let Some(word) = words.get_mut(row / 64)
        {
            *word |= 1 << (row % 64);
        }
    }

    /// The rows in both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        match (self.words, &other.words) {
            (Words::All, _) => other.clone(),
            (words @ Words::Bits(_), Words::All) => Self { len: self.len, words },
            (Words::Bits(mut a), Words::Bits(b)) => {
                a.iter_mut().zip(b).for_each(|(a, b)| *a &= b);
                Self { len: self.len, words: Words::Bits(a) }
            }
        }
    }

    /// The rows in either.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        match (self.words, &other.words) {
            (Words::All, _) | (_, Words::All) => Self::all(self.len),
            (Words::Bits(mut a), Words::Bits(b)) => {
                a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
                Self { len: self.len, words: Words::Bits(a) }
            }
        }
    }

    /// The rows that are not in the set.
    #[must_use]
    pub fn complement(self) -> Self {
        let len = self.len;
        match self.words {
            Words::All => Self::none(len),
            Words::Bits(mut words) => {
                for word in &mut words {
                    *word = !*word;
                }
                if let Some(last) = words.last_mut()
                    && !len.is_multiple_of(64)
                {
                    *last &= (1 << (len % 64)) - 1;
                }
                Self { len, words: Words::Bits(words) }
            }
        }
    }

    /// Calls `visit` for every row in the set, in order.
    pub fn for_each(&self, mut visit: impl FnMut(usize)) {
        match &self.words {
            Words::All => (0..self.len).for_each(visit),
            Words::Bits(words) => {
                for (index, &word) in words.iter().enumerate() {
                    let mut rest = word;
                    while rest != 0 {
                        visit(index * 64 + rest.trailing_zeros() as usize);
                        rest &= rest - 1;
                    }
                }
            }
        }
    }

    /// The rows in the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.len).filter(|&row| self.contains(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_combine() {
        let even = RowSet::from_fn(130, |row| row % 2 == 0);
        let third = RowSet::from_fn(130, |row| row % 3 == 0);
        assert_eq!(even.clone().and(&third).count(), 22);
        assert_eq!(even.clone().or(&third).count(), 65 + 44 - 22);
        assert_eq!(even.clone().complement().count(), 65);
        assert_eq!(RowSet::all(130).complement().count(), 0);
        assert_eq!(RowSet::all(130).and(&even), even);
        let mut rows = Vec::new();
        third.for_each(|row| rows.push(row));
        assert_eq!(rows, third.iter().collect::<Vec<_>>());
        assert_eq!(rows.last(), Some(&129));
    }
}
