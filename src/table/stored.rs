//! A store as bytes, to be taken up elsewhere: on another machine, by another process of the same version.
//!
//! Dictionaries are written as their texts in order of arrival, so that codes stay what they are; hashes are made again, under the
//! seed of whoever reads. What is read is checked: a code without a text, or a column that is shorter than its table, is refused.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::schema::{FieldName, Kind};

use super::packed::Numbers;
use super::store::{Column, ColumnData, Dictionaries, Shard, Store};

/// Rows of a shard that are believed: shards are cut far below.
const MAX_ROWS: usize = 1 << 24;

/// Bytes and lines of a file that are believed.
const MAX_PLACE: i64 = 1 << 56;

#[derive(Serialize)]
struct Written<'a> {
    dictionaries: Vec<(&'a FieldName, Vec<&'a str>)>,
    shards: &'a [Shard],
}

#[derive(Deserialize)]
struct Read<'a> {
    #[serde(borrow)]
    dictionaries: Vec<(FieldName, Vec<&'a str>)>,
    shards: Vec<Shard>,
}

impl Store {
    /// The dictionaries and shards as bytes. **Cost**: about that of the tables.
    ///
    /// # Errors
    /// None that is known; what the encoder says.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let texts = self.dictionaries.iter().map(|(name, known)| (name, known.iter().map(|(_, text)| text).collect()));
        let written = Written { dictionaries: texts.collect(), shards: &self.shards };
        postcard::to_allocvec(&written).map_err(|error| broken(&error.to_string()))
    }

    /// What [`Self::to_bytes`] wrote; `seed` starts the dictionaries' hashes.
    ///
    /// # Errors
    /// Bytes of another version, or what no store can hold.
    pub fn from_bytes(bytes: &[u8], seed: u64) -> Result<Self, Error> {
        let read: Read<'_> = postcard::from_bytes(bytes).map_err(|error| broken(&error.to_string()))?;
        let mut dictionaries = Dictionaries::new(seed);
        for (place, (name, texts)) in read.dictionaries.into_iter().enumerate() {
            let Some(dictionary) =
                (dictionaries.index_of(&name) == place).then(|| dictionaries.at_mut(place)).flatten()
            else {
                return Err(broken("a column with two dictionaries"));
            };
            if (1..).zip(texts).any(|(code, text)| dictionary.intern(text.as_bytes()) != code) {
                return Err(broken("a text that has two codes"));
            }
        }
        if !read.shards.iter().all(|shard| is_whole(shard, &dictionaries)) {
            return Err(broken("a table whose columns do not fit each other"));
        }
        Ok(Self { dictionaries, shards: read.shards })
    }
}

fn is_whole(shard: &Shard, dictionaries: &Dictionaries) -> bool {
    let table = &shard.table;
    let are_places = |numbers: &Numbers| {
        let mut places = Vec::new();
        let is_whole = numbers.len() == table.n_rows && numbers.is_whole();
        if is_whole {
            numbers.read(&mut places);
        }
        is_whole && places.iter().all(|place| (0..MAX_PLACE).contains(place))
    };
    table.n_rows <= MAX_ROWS
        && shard.lines_before < MAX_PLACE as u64
        && [&table.bytes, &table.lengths, &table.lines].into_iter().all(are_places)
        && table.columns.iter().all(|column| fits(column, table.n_rows, dictionaries))
}

fn fits(column: &Column, n_rows: usize, dictionaries: &Dictionaries) -> bool {
    match (&column.data, column.kind) {
        (ColumnData::Text(codes), Kind::Keyword | Kind::Ip) => {
            let end = dictionaries.get(&column.name).map_or(1, |dictionary| dictionary.len() as u32);
            codes.len() == n_rows && codes.is_whole(end)
        }
        (ColumnData::Integer(numbers), Kind::Integer) | (ColumnData::Time(numbers), Kind::Time) => {
            numbers.len() == n_rows && numbers.is_whole()
        }
        (ColumnData::Float(values), Kind::Float) => values.len() == n_rows,
        _ => false,
    }
}

fn broken(message: &str) -> Error {
    Error::Message { message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Codes, Table};

    fn store(codes: &[u32], n_rows: usize) -> Store {
        let name = FieldName::new("url.path");
        let mut dictionaries = Dictionaries::new(1);
        let place = dictionaries.index_of(&name);
        for text in ["/a", "", "/\u{e9}"] {
            dictionaries.at_mut(place).unwrap().intern(text.as_bytes());
        }
        let numbers = |start: i64| Numbers::pack(&(start..start + n_rows as i64).collect::<Vec<_>>());
        let columns = vec![
            Column { name, kind: Kind::Keyword, data: ColumnData::Text(Codes::pack(codes)) },
            Column { name: FieldName::new("x"), kind: Kind::Float, data: ColumnData::Float(vec![f64::NAN; n_rows]) },
        ];
        let (bytes, lengths, lines) = (numbers(0), numbers(5), numbers(1));
        let table = Table { n_rows, columns, bytes, lengths, lines };
        Store { dictionaries, shards: vec![Shard { file: 2, range_start: 7, lines_before: 9, table }] }
    }

    #[test]
    fn a_store_comes_back_as_it_was() {
        let bytes = store(&[1, 2, 3, 0], 4).to_bytes().unwrap();
        let read = Store::from_bytes(&bytes, 99).unwrap();
        assert_eq!(read.to_bytes().unwrap(), bytes);
        let mut codes = Vec::new();
        read.shards[0].table.read_codes(&FieldName::new("url.path"), &mut codes);
        assert_eq!(codes, [1, 2, 3, 0]);
        let dictionary = read.dictionaries.get(&FieldName::new("url.path")).unwrap();
        assert_eq!((dictionary.get(3), dictionary.find("/a")), ("/\u{e9}", Some(1)));
    }

    #[test]
    fn what_no_store_can_hold_is_refused() {
        for store in [store(&[1, 4], 2), store(&[1, 2, 3], 2)] {
            assert!(Store::from_bytes(&store.to_bytes().unwrap(), 1).is_err());
        }
        let bytes = store(&[1, 2, 3, 0], 4).to_bytes().unwrap();
        for end in 0..bytes.len() {
            assert!(Store::from_bytes(&bytes[..end], 1).is_err(), "{end}");
        }
    }
}
