//! Long columns of numbers cross between workers as plain bytes, little-endian.
//!
//! For `#[serde(with = "plain")]`. Millions of numbers one by one would take longer to write and read than to make.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserializer, Serialize, Serializer};

/// A value of a fixed number of bytes.
pub(crate) trait Plain: Copy {
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

plain_numbers!(u8, u32, u64, i64);

/// Values that are written together, so that what is copied is still in the cache.
const CHUNK: usize = 4096;

/// Writes a column.
pub(crate) fn serialize<T: Plain, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let chunks = values.chunks(CHUNK);
    let mut out = serializer.serialize_seq(Some(chunks.len()))?;
    let mut bytes = Vec::with_capacity(CHUNK * T::SIZE);
    for chunk in chunks {
        bytes.clear();
        for value in chunk {
            value.write(&mut bytes);
        }
        out.serialize_element(&Bytes(&bytes))?;
    }
    out.end()
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Reads a column.
pub(crate) fn deserialize<'de, T: Plain, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_seq(ColumnVisitor(PhantomData))
}

struct ColumnVisitor<T>(PhantomData<T>);

impl<'de, T: Plain> Visitor<'de> for ColumnVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "values of {} bytes each, in chunks", T::SIZE)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut chunks: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while chunks.next_element_seed(ChunkVisitor(&mut values))?.is_some() {}
        Ok(values)
    }
}

/// Adds the values of one chunk.
struct ChunkVisitor<'a, T>(&'a mut Vec<T>);

impl<'de, T: Plain> DeserializeSeed<'de> for ChunkVisitor<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<T: Plain> Visitor<'_> for ChunkVisitor<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "values of {} bytes each", T::SIZE)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        let values = bytes.chunks_exact(T::SIZE);
        if !values.remainder().is_empty() {
            return Err(E::invalid_length(bytes.len(), &self));
        }
        self.0.extend(values.map(|mut value| T::read(&mut value)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::CHUNK;
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
        assert_eq!(bytes.len(), 2 + 12 + 2 + 16);
        assert_eq!(postcard::from_bytes::<Columns>(&bytes).unwrap(), columns);

        let long = Columns { small: (0..10_000).collect(), signed: vec![7; CHUNK] };
        let bytes = postcard::to_allocvec(&long).unwrap();
        assert_eq!(postcard::from_bytes::<Columns>(&bytes).unwrap(), long);
    }

    #[test]
    fn bytes_that_end_too_early_are_refused() {
        assert!(postcard::from_bytes::<Columns>(&[1, 3, 0, 0, 0, 0]).is_err());
    }
}
