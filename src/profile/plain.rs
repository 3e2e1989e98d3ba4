//! Long columns of numbers cross between workers as plain bytes, little-endian.
//!
//! For `#[serde(with = "plain")]`. Millions of numbers one by one would take longer to write and read than to make.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserializer, Serializer};

/// A value of a fixed number of bytes.
pub(super) trait Plain: Copy {
    /// How many bytes.
    const SIZE: usize;

    /// Adds the bytes of the value.
    fn write(self, out: &mut Vec<u8>);

    /// The value of the first bytes, which are taken off; a value of zeros where there are too few.
    fn read(bytes: &mut &[u8]) -> Self;
}

macro_rules! plain_numbers {
    ($($number:ty),+) => {$(
        impl Plain for $number {
            const SIZE: usize = size_of::<Self>();

            fn write(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &mut &[u8]) -> Self {
                let Some((first, rest)) = bytes.split_first_chunk() else { return 0 };
                *bytes = rest;
                Self::from_le_bytes(*first)
            }
        }
    )+};
}

plain_numbers!(u32, u64, i64);

/// Writes a column.
pub(super) fn serialize<T: Plain, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(values.len() * T::SIZE);
    for value in values {
        value.write(&mut bytes);
    }
    serializer.serialize_bytes(&bytes)
}

/// Reads a column.
pub(super) fn deserialize<'de, T: Plain, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_bytes(ColumnVisitor(PhantomData))
}

struct ColumnVisitor<T>(PhantomData<T>);

impl<'de, T: Plain> Visitor<'de> for ColumnVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "values of {} bytes each", T::SIZE)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
        let values = bytes.chunks_exact(T::SIZE);
        if !values.remainder().is_empty() {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        Ok(values.map(|mut value| T::read(&mut value)).collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut bytes: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(byte) = bytes.next_element::<u8>()? {
            all.push(byte);
        }
        self.visit_bytes(&all)
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Columns {
        #[serde(with = "super")]
        small: Vec<u32>,
        #[serde(with = "super")]
        signed: Vec<i64>,
    }

    #[test]
    fn columns_cross_as_they_were() {
        let columns = Columns { small: vec![0, 1, u32::MAX], signed: vec![i64::MIN, -1] };
        let bytes = postcard::to_allocvec(&columns).unwrap();
        assert_eq!(bytes.len(), 1 + 12 + 1 + 16);
        assert_eq!(postcard::from_bytes::<Columns>(&bytes).unwrap(), columns);
        let json = serde_json::to_string(&columns).unwrap();
        assert_eq!(serde_json::from_str::<Columns>(&json).unwrap(), columns);
    }

    #[test]
    fn bytes_that_end_too_early_are_refused() {
        assert!(postcard::from_bytes::<Columns>(&[3, 0, 0, 0, 0]).is_err());
    }
}
