//! Records in, a packed table out.

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};

use super::dictionary::NULL;
use super::packed::{Codes, NULL_NUMBER, Numbers};
use super::store::{Column, ColumnData, Dictionaries, Table};

/// Takes records of one format and makes tables of them, one after the other.
#[derive(Debug)]
pub struct Builder {
    columns: Vec<Growing>,
    /// Columns with one value for the whole file: name, place of the dictionary, code.
    constants: Vec<(FieldName, u32)>,
    bytes: Vec<i64>,
    lengths: Vec<i64>,
    lines: Vec<i64>,
}

#[derive(Debug)]
struct Growing {
    spec: ColumnSpec,
    values: GrowingValues,
}

#[derive(Debug)]
enum GrowingValues {
    Text {
        dictionary: usize,
        codes: Vec<u32>,
        /// The row before, by content: neighbours in a log are alike, and comparing is cheaper than hashing.
        last: (Vec<u8>, u32),
    },
    Number(Vec<i64>),
    Float(Vec<f64>),
}

impl Builder {
    /// A builder for these columns; `constants` are columns with one value for the whole file.
    pub fn new(columns: &[ColumnSpec], constants: &[(Field, &str)], dictionaries: &mut Dictionaries) -> Self {
        let columns = columns.iter().map(|spec| Growing::new(spec, dictionaries)).collect();
        let constants = constants
            .iter()
            .filter_map(|&(field, value)| {
                let name = FieldName::from(field);
                let index = dictionaries.index_of(&name);
                Some((name, dictionaries.at_mut(index)?.intern(value.as_bytes())))
            })
            .collect();
        Self { columns, constants, bytes: Vec::new(), lengths: Vec::new(), lines: Vec::new() }
    }

    /// How many rows wait.
    pub fn n_rows(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a row: its values, and where its line is (first byte, length, number in the range).
    pub fn push(&mut self, record: &Record<'_>, (byte, length, line): (u64, usize, u64), texts: &mut Dictionaries) {
        for (column, value) in self.columns.iter_mut().zip(&record.values) {
            column.push(value, texts);
        }
        self.bytes.push(byte as i64);
        self.lengths.push(length as i64);
        self.lines.push(line as i64);
    }

    /// The table of the rows that wait; the builder is empty after.
    pub fn take(&mut self) -> Table {
        let n_rows = self.n_rows();
        let mut columns: Vec<Column> = self.columns.iter_mut().filter_map(Growing::take).collect();
        columns.extend(self.constants.iter().map(|(name, code)| Column {
            name: name.clone(),
            kind: Kind::Keyword,
            data: ColumnData::Text(Codes::constant(*code, n_rows)),
        }));
        Table {
            n_rows,
            columns,
            bytes: pack(&mut self.bytes),
            lengths: pack(&mut self.lengths),
            lines: pack(&mut self.lines),
        }
    }
}

impl Growing {
    fn new(spec: &ColumnSpec, dictionaries: &mut Dictionaries) -> Self {
        let values = match spec.kind {
            Kind::Keyword | Kind::Ip => GrowingValues::Text {
                dictionary: dictionaries.index_of(&spec.name),
                codes: Vec::new(),
                last: (Vec::new(), NULL),
            },
            Kind::Integer | Kind::Time => GrowingValues::Number(Vec::new()),
            Kind::Float => GrowingValues::Float(Vec::new()),
        };
        Self { spec: spec.clone(), values }
    }

    fn push(&mut self, value: &Value<'_>, texts: &mut Dictionaries) {
        match (&mut self.values, value) {
            (GrowingValues::Text { dictionary, codes, last }, Value::Text(bytes)) => {
                if last.1 == NULL || last.0 != *bytes {
                    last.1 = texts.at_mut(*dictionary).map_or(NULL, |d| d.intern(bytes));
                    last.0.clear();
                    last.0.extend_from_slice(bytes);
                }
                codes.push(last.1);
            }
            (GrowingValues::Text { codes, .. }, _) => codes.push(NULL),
            (GrowingValues::Number(values), Value::Integer(number)) => values.push((*number).max(NULL_NUMBER + 1)),
            (GrowingValues::Number(values), Value::Time(time)) => values.push(time.0.max(NULL_NUMBER + 1)),
            (GrowingValues::Number(values), _) => values.push(NULL_NUMBER),
            (GrowingValues::Float(values), Value::Float(number)) => values.push(*number),
            (GrowingValues::Float(values), Value::Integer(number)) => values.push(*number as f64),
            (GrowingValues::Float(values), _) => values.push(f64::NAN),
        }
    }

    fn take(&mut self) -> Option<Column> {
        let data = match &mut self.values {
            GrowingValues::Text { codes, .. } => {
                let packed = Codes::pack(codes);
                codes.clear();
                ColumnData::Text(packed)
            }
            GrowingValues::Number(values) if self.spec.kind == Kind::Time => ColumnData::Time(pack(values)),
            GrowingValues::Number(values) => ColumnData::Integer(pack(values)),
            GrowingValues::Float(values) => ColumnData::Float(std::mem::take(values)),
        };
        (!data.is_all_null()).then(|| Column { name: self.spec.name.clone(), kind: self.spec.kind, data })
    }
}

fn pack(values: &mut Vec<i64>) -> Numbers {
    let packed = Numbers::pack(values);
    values.clear();
    packed
}
