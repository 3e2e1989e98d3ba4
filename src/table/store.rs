//! What a worker keeps: its dictionaries and its shards.

use serde::{Deserialize, Serialize};

use crate::schema::{FieldName, Kind};
use crate::units::order;

use super::dictionary::Dictionary;
use super::packed::{Codes, NULL_NUMBER, Numbers};
use super::plain::Plain;
use super::rows::RowSet;

/// Every shard of a worker, and the dictionaries that they share.
#[derive(Debug, Default)]
pub struct Store {
    /// Distinct texts by column.
    pub dictionaries: Dictionaries,
    /// **Order**: as read; no answer may depend on it.
    pub shards: Vec<Shard>,
}

impl Store {
    /// An empty store; `seed` starts the dictionaries' hashes and shows in no answer.
    pub fn new(seed: u64) -> Self {
        Self { dictionaries: Dictionaries::new(seed), shards: Vec::new() }
    }

    /// Names of all columns that any row has a value in.
    ///
    /// **Order**: ECS fields first, then by name.
    pub fn columns(&self) -> Vec<(FieldName, Kind)> {
        let mut names: Vec<_> =
            self.shards.iter().flat_map(|s| s.table.columns.iter().map(|c| (c.name.clone(), c.kind))).collect();
        order::sort(&mut names);
        names.dedup();
        names
    }

    /// How many rows.
    pub fn n_rows(&self) -> usize {
        self.shards.iter().map(|s| s.table.n_rows).sum()
    }
}

/// Dictionaries by column name.
#[derive(Debug, Default)]
pub struct Dictionaries {
    seed: u64,
    entries: Vec<(FieldName, Dictionary)>,
}

impl Dictionaries {
    /// None yet; `seed` starts their hashes.
    pub fn new(seed: u64) -> Self {
        Self { seed, entries: Vec::new() }
    }

    /// The place of a column's dictionary, a new one if the column is new.
    pub fn index_of(&mut self, name: &FieldName) -> usize {
        self.entries.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.entries.push((name.clone(), Dictionary::new(self.seed)));
            self.entries.len() - 1
        })
    }

    /// The dictionary at a place that [`Self::index_of`] gave.
    pub fn at(&self, index: usize) -> Option<&Dictionary> {
        self.entries.get(index).map(|(_, dictionary)| dictionary)
    }

    /// The same, to add to it.
    pub fn at_mut(&mut self, index: usize) -> Option<&mut Dictionary> {
        self.entries.get_mut(index).map(|(_, dictionary)| dictionary)
    }

    /// A column's dictionary.
    pub fn get(&self, name: &FieldName) -> Option<&Dictionary> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, dictionary)| dictionary)
    }

    /// Every column's dictionary, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (&FieldName, &Dictionary)> {
        self.entries.iter().map(|(name, dictionary)| (name, dictionary))
    }

    /// Forgets every text; no shard may refer to one.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Bytes held.
    pub fn size_bytes(&self) -> usize {
        self.entries.iter().map(|(_, dictionary)| dictionary.size_bytes()).sum()
    }
}

/// One chunk of one file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shard {
    /// The file's number in the session.
    pub file: u32,
    /// First byte of the range that was read, which tells apart ranges of a file.
    pub range_start: u64,
    /// Lines of the file before that range; known when every range is read.
    pub lines_before: u64,
    /// Its rows.
    pub table: Table,
}

impl Shard {
    /// Where a row's line is.
    pub fn position(&self, row: usize) -> Position {
        Position {
            file: self.file,
            byte: self.table.bytes.get(row) as u64,
            line: self.lines_before + self.table.lines.get(row) as u64,
            length: self.table.lengths.get(row) as u32,
        }
    }
}

/// Where a row's line is.
///
/// **Order**: by file, then by byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The file's number in the session.
    pub file: u32,
    /// Offset of the line's first byte.
    pub byte: u64,
    /// Line number from 1.
    pub line: u64,
    /// Length in bytes.
    pub length: u32,
}

impl Plain for Position {
    const SIZE: usize = 2 * u32::SIZE + 2 * u64::SIZE;

    fn write(self, out: &mut Vec<u8>) {
        self.file.write(out);
        self.byte.write(out);
        self.line.write(out);
        self.length.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Self {
        Self { file: u32::read(bytes), byte: u64::read(bytes), line: u64::read(bytes), length: u32::read(bytes) }
    }
}

/// A shard's rows, column by column. Columns without any value are left out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Table {
    /// How many rows.
    pub n_rows: usize,
    /// **Order**: as the format has them.
    pub columns: Vec<Column>,
    /// Offset of each line in its file.
    pub bytes: Numbers,
    /// Length of each line.
    pub lengths: Numbers,
    /// Number of each line in its range, from 1.
    pub lines: Numbers,
}

impl Table {
    /// The column of that name, if any row has a value in it.
    pub fn column(&self, name: &FieldName) -> Option<&Column> {
        self.columns.iter().find(|column| &column.name == name)
    }

    /// Bytes held, dictionaries left out.
    pub fn size_bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.data.size_bytes()).sum();
        columns + self.bytes.size_bytes() + self.lengths.size_bytes() + self.lines.size_bytes()
    }

    /// Reads a text column's codes; all null where there is no such column.
    pub fn read_codes(&self, name: &FieldName, out: &mut Vec<u32>) {
        match self.column(name).map(|c| &c.data) {
            Some(ColumnData::Text(codes)) => codes.read(out),
            _ => {
                out.clear();
                out.resize(self.n_rows, 0);
            }
        }
    }

    /// Reads a column of whole numbers or times; all null where there is no such column.
    pub fn read_numbers(&self, name: &FieldName, out: &mut Vec<i64>) {
        match self.column(name).map(|c| &c.data) {
            Some(ColumnData::Integer(numbers) | ColumnData::Time(numbers)) => numbers.read(out),
            _ => {
                out.clear();
                out.resize(self.n_rows, NULL_NUMBER);
            }
        }
    }

    /// Reads any numeric column as `f64`, NaN for null.
    pub fn read_floats(&self, name: &FieldName, out: &mut Vec<f64>) {
        out.clear();
        match self.column(name).map(|c| &c.data) {
            Some(ColumnData::Integer(numbers) | ColumnData::Time(numbers)) => {
                let mut whole = Vec::new();
                numbers.read(&mut whole);
                out.extend(whole.iter().map(|&v| if v == NULL_NUMBER { f64::NAN } else { v as f64 }));
            }
            Some(ColumnData::Float(values)) => out.extend_from_slice(values),
            _ => out.resize(self.n_rows, f64::NAN),
        }
    }
}

/// A column of a table.
#[derive(Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: FieldName,
    /// What its values are.
    pub kind: Kind,
    /// The values.
    pub data: ColumnData,
}

/// A column's values.
#[derive(Debug, Serialize, Deserialize)]
pub enum ColumnData {
    /// Codes into the dictionary of the column's name.
    Text(Codes),
    /// Whole numbers.
    Integer(Numbers),
    /// µs since the epoch.
    Time(Numbers),
    /// Numbers with decimals, NaN for null.
    Float(Vec<f64>),
}

impl ColumnData {
    /// Bytes held.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Text(codes) => codes.size_bytes(),
            Self::Integer(numbers) | Self::Time(numbers) => numbers.size_bytes(),
            Self::Float(values) => values.len() * 8,
        }
    }

    /// Whether no row has a value.
    pub fn is_all_null(&self) -> bool {
        match self {
            Self::Text(codes) => codes.is_all_null(),
            Self::Integer(numbers) | Self::Time(numbers) => numbers.is_all_null(),
            Self::Float(values) => values.iter().all(|v| v.is_nan()),
        }
    }
}

/// The rows that a question is about: a set for each shard of a store.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The tables.
    pub store: &'a Store,
    /// **Shape**: one set a shard, in their order.
    pub rows: &'a [RowSet],
}

impl<'a> Selection<'a> {
    /// Each shard with its selected rows; shards without any are left out.
    pub fn shards(self) -> impl Iterator<Item = (&'a Shard, &'a RowSet)> {
        self.store.shards.iter().zip(self.rows).filter(|(_, rows)| rows.is_all() || rows.count() > 0)
    }

    /// How many rows are selected.
    pub fn n_rows(self) -> usize {
        self.rows.iter().map(RowSet::count).sum()
    }

    /// The dictionary of a column.
    pub fn dictionary(self, name: &FieldName) -> Option<&'a Dictionary> {
        self.store.dictionaries.get(name)
    }
}
