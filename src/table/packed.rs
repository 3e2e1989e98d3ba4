//! Columns of numbers in as few bytes as their values need.
//!
//! A shard's values are close to each other: times within minutes, offsets within 16 MiB, a handful of statuses.
//! Each column is packed once, when its shard is complete, as `(value - base) / scale` in 8, 16, 32 or 64 bits, or
//! not at all where the values follow from the row's number.

use serde::{Deserialize, Serialize};

/// The number that stands for "no value".
pub const NULL_NUMBER: i64 = i64::MIN;

/// A packed column of `i64` with nulls.
///
/// **Shape**: one value a row. **Null**: [`NULL_NUMBER`]. **Cost**: 0 to 8 bytes a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    base: i64,
    scale: i64,
    len: usize,
    words: Words,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Words {
    /// Every row has `base`; with `scale` 0 every row is null.
    Constant,
    /// Row `i` has `base + scale * i`.
    Linear,
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::pack(&[])
    }
}

impl Numbers {
    /// Packs the values.
    pub fn pack(values: &[i64]) -> Self {
        let len = values.len();
        let Some(shape) = Shape::of(values) else {
            return Self { base: NULL_NUMBER, scale: 0, len, words: Words::Constant };
        };
        if !shape.has_null && shape.min == shape.max {
            return Self { base: shape.min, scale: 1, len, words: Words::Constant };
        }
        if !shape.has_null
            && let Some(step) = linear_step(values)
        {
            return Self { base: shape.min, scale: step, len, words: Words::Linear };
        }
        // Word 0 is null, so words count from 1.
        let (base, scale) = (shape.min, shape.scale());
        let span = (shape.max.wrapping_sub(base) as u64) / scale as u64;
        let word = |value: i64| match value {
            NULL_NUMBER => 0,
            v => (v.wrapping_sub(base) as u64) / scale as u64 + 1,
        };
        let words = match span {
            0..0xFF => Words::U8(values.iter().map(|&v| word(v) as u8).collect()),
            0xFF..0xFFFF => Words::U16(values.iter().map(|&v| word(v) as u16).collect()),
            0xFFFF..0xFFFF_FFFF => Words::U32(values.iter().map(|&v| word(v) as u32).collect()),
            _ => Words::U64(values.iter().map(|&v| if v == NULL_NUMBER { 0 } else { word(v).max(1) }).collect()),
        };
        Self { base, scale, len, words }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes held.
    pub fn size_bytes(&self) -> usize {
        match &self.words {
            Words::Constant | Words::Linear => 0,
            Words::U8(words) => words.len(),
            Words::U16(words) => words.len() * 2,
            Words::U32(words) => words.len() * 4,
            Words::U64(words) => words.len() * 8,
        }
    }

    /// Whether no row has a value.
    pub fn is_all_null(&self) -> bool {
        self.words == Words::Constant && self.base == NULL_NUMBER
    }

    /// The value of a row; null for rows that are not there.
    pub fn get(&self, row: usize) -> i64 {
        if row >= self.len {
            return NULL_NUMBER;
        }
        match &self.words {
            Words::Constant => self.base,
            Words::Linear => self.base + self.scale * row as i64,
            Words::U8(words) => self.unpack(u64::from(words.get(row).copied().unwrap_or(0))),
            Words::U16(words) => self.unpack(u64::from(words.get(row).copied().unwrap_or(0))),
            Words::U32(words) => self.unpack(u64::from(words.get(row).copied().unwrap_or(0))),
            Words::U64(words) => self.unpack(words.get(row).copied().unwrap_or(0)),
        }
    }

    /// Unpacks every row into `out`, which is emptied first.
    pub fn read(&self, out: &mut Vec<i64>) {
        out.clear();
        match &self.words {
            Words::Constant => out.resize(self.len, self.base),
            Words::Linear => out.extend((0..self.len as i64).map(|row| self.base + self.scale * row)),
            Words::U8(words) => out.extend(words.iter().map(|&w| self.unpack(u64::from(w)))),
            Words::U16(words) => out.extend(words.iter().map(|&w| self.unpack(u64::from(w)))),
            Words::U32(words) => out.extend(words.iter().map(|&w| self.unpack(u64::from(w)))),
            Words::U64(words) => out.extend(words.iter().map(|&w| self.unpack(w))),
        }
    }

    /// Whether there are as many values as rows: what was stored by somebody else may lie.
    pub(super) fn is_whole(&self) -> bool {
        match &self.words {
            Words::Constant => true,
            Words::Linear => {
                let steps = i64::try_from(self.len).ok().and_then(|len| self.scale.checked_mul(len));
                steps.and_then(|steps| self.base.checked_add(steps)).is_some()
            }
            Words::U8(words) => words.len() == self.len,
            Words::U16(words) => words.len() == self.len,
            Words::U32(words) => words.len() == self.len,
            Words::U64(words) => words.len() == self.len,
        }
    }

    fn unpack(&self, word: u64) -> i64 {
        if word == 0 { NULL_NUMBER } else { self.base.wrapping_add((word - 1).wrapping_mul(self.scale as u64) as i64) }
    }
}

/// Packed dictionary codes.
///
/// **Shape**: one code a row. **Null**: code 0. **Cost**: 0 to 4 bytes a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Codes {
    len: usize,
    words: CodeWords,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum CodeWords {
    Constant(u32),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Codes {
    /// Packs the codes.
    pub fn pack(codes: &[u32]) -> Self {
        let len = codes.len();
        let max = codes.iter().copied().max().unwrap_or(0);
        let first = codes.first().copied().unwrap_or(0);
        let words = if codes.iter().all(|&code| code == first) {
            CodeWords::Constant(first)
        } else if max <= 0xFF {
            CodeWords::U8(codes.iter().map(|&c| c as u8).collect())
        } else if max <= 0xFFFF {
            CodeWords::U16(codes.iter().map(|&c| c as u16).collect())
        } else {
            CodeWords::U32(codes.to_vec())
        };
        Self { len, words }
    }

    /// The same code in every row.
    pub fn constant(code: u32, len: usize) -> Self {
        Self { len, words: CodeWords::Constant(code) }
    }

    /// Bytes held.
    pub fn size_bytes(&self) -> usize {
        match &self.words {
            CodeWords::Constant(_) => 0,
            CodeWords::U8(words) => words.len(),
            CodeWords::U16(words) => words.len() * 2,
            CodeWords::U32(words) => words.len() * 4,
        }
    }

    /// Whether no row has a value.
    pub fn is_all_null(&self) -> bool {
        self.words == CodeWords::Constant(0)
    }

    /// The code that every row has, if they all have one.
    pub fn as_constant(&self) -> Option<u32> {
        match self.words {
            CodeWords::Constant(code) => Some(code),
            _ => None,
        }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether there are as many codes as rows, each below `end`.
    pub(super) fn is_whole(&self, end: u32) -> bool {
        match &self.words {
            CodeWords::Constant(code) => *code < end,
            CodeWords::U8(words) => words.len() == self.len && words.iter().all(|&word| u32::from(word) < end),
            CodeWords::U16(words) => words.len() == self.len && words.iter().all(|&word| u32::from(word) < end),
            CodeWords::U32(words) => words.len() == self.len && words.iter().all(|&word| word < end),
        }
    }

    /// The code of a row; 0 for rows that are not there.
    pub fn get(&self, row: usize) -> u32 {
        match &self.words {
            CodeWords::Constant(code) => *code,
            CodeWords::U8(words) => words.get(row).map_or(0, |&w| u32::from(w)),
            CodeWords::U16(words) => words.get(row).map_or(0, |&w| u32::from(w)),
            CodeWords::U32(words) => words.get(row).copied().unwrap_or(0),
        }
    }

    /// Unpacks every row into `out`, which is emptied first.
    pub fn read(&self, out: &mut Vec<u32>) {
        out.clear();
        match &self.words {
            CodeWords::Constant(code) => out.resize(self.len, *code),
            CodeWords::U8(words) => out.extend(words.iter().map(|&w| u32::from(w))),
            CodeWords::U16(words) => out.extend(words.iter().map(|&w| u32::from(w))),
            CodeWords::U32(words) => out.extend_from_slice(words),
        }
    }
}

struct Shape {
    min: i64,
    max: i64,
    has_null: bool,
    /// Whether all values differ from the smallest by whole multiples of 1,000,000; else of 1,000.
    by_million: bool,
    by_thousand: bool,
}

impl Shape {
    /// None where every value is null.
    fn of(values: &[i64]) -> Option<Self> {
        let (mut min, mut max, mut has_null) = (i64::MAX, i64::MIN, false);
        for &value in values {
            if value == NULL_NUMBER {
                has_null = true;
            } else {
                min = min.min(value);
                max = max.max(value);
            }
        }
        if min > max {
            return None;
        }
        let whole = |step: i64| values.iter().all(|&v| v == NULL_NUMBER || v.wrapping_sub(min) % step == 0);
        let by_thousand = max.wrapping_sub(min) >= 1000 && whole(1000);
        Some(Self { min, max, has_null, by_million: by_thousand && whole(1_000_000), by_thousand })
    }

    /// Times in whole seconds or milliseconds are the case that pays.
    fn scale(&self) -> i64 {
        match (self.by_million, self.by_thousand) {
            (true, _) => 1_000_000,
            (_, true) => 1000,
            _ => 1,
        }
    }
}

fn linear_step(values: &[i64]) -> Option<i64> {
    let (first, second) = (*values.first()?, *values.get(1)?);
    let step = second.checked_sub(first).filter(|&s| s > 0)?;
    values.windows(2).all(|pair| matches!(pair, [a, b] if b.checked_sub(*a) == Some(step))).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(values: &[i64], bytes_a_row: usize) {
        let packed = Numbers::pack(values);
        let mut out = Vec::new();
        packed.read(&mut out);
        assert_eq!(out, values);
        assert_eq!((0..values.len()).map(|row| packed.get(row)).collect::<Vec<_>>(), values);
        assert_eq!(packed.size_bytes(), bytes_a_row * values.len(), "{values:?}");
    }

    #[test]
    fn values_take_the_bytes_that_they_need() {
        check(&[5, 5, 5], 0);
        check(&[10, 11, 12, 13], 0);
        check(&[200, 404, 200], 1);
        check(&[200, 404, NULL_NUMBER, 999], 2);
        check(&[0, 70_000, 5], 4);
        check(&[0, 1 << 40, 5], 8);
        check(&[NULL_NUMBER, NULL_NUMBER], 0);
        check(&[1_431_857_103_000_000, 1_431_857_143_000_000, 1_431_857_104_000_000], 1);
        check(&[i64::MAX, i64::MIN + 1, 0], 8);
        check(&[], 0);
    }

    proptest! {
        #[test]
        fn numbers_come_back_as_they_were(values in proptest::collection::vec(any::<i64>(), 0..50)) {
            let mut out = Vec::new();
            Numbers::pack(&values).read(&mut out);
            prop_assert_eq!(out, values);
        }

        #[test]
        fn codes_come_back_as_they_were(codes in proptest::collection::vec(0u32..70_000, 0..50)) {
            let mut out = Vec::new();
            Codes::pack(&codes).read(&mut out);
            prop_assert_eq!(out, codes);
        }
    }
}
