//! Records in, a packed table out.

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};

use super::dictionary::{NULL, is_same};
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
    /// Rows whose texts wait for [`Builder::settle`].
    n_waiting: usize,
    /// Kept for its memory only.
    settled: Vec<u32>,
}

/// Rows after which waiting texts are interned together: enough for look-ups to wait for memory together, few enough for
/// their texts to be in the processor's cache still.
const WAIT_AT_MOST: usize = 256;

/// A text that waits in a chunk of bytes for its code. Neighbours in a log are alike, and comparing is cheaper than hashing.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    row: u32,
    start: u32,
    len: u32,
    /// It is the same as the one that waits before it.
    is_repeated: bool,
}

impl Waiting {
    fn text(self, chunk: &[u8]) -> &[u8] {
        chunk.get(self.start as usize..(self.start + self.len) as usize).unwrap_or_default()
    }
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
        /// The last code that is not null: neighbours in a log are alike, and comparing is cheaper than hashing.
        last: u32,
        waiting: Vec<Waiting>,
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
        Self {
            columns,
            constants,
            bytes: Vec::new(),
            lengths: Vec::new(),
            lines: Vec::new(),
            n_waiting: 0,
            settled: Vec::new(),
        }
    }

    /// How many rows wait.
    pub fn n_rows(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a row: its values, and where its line is (first byte, length, number in the range).
    pub fn push(&mut self, record: &Record<'_>, position: (u64, usize, u64), texts: &mut Dictionaries) {
        let row = self.bytes.len();
        for (column, value) in self.columns.iter_mut().zip(&record.values) {
            // Nulls are filled in when a value follows: most formats have columns that most files leave empty.
            if *value != Value::Null {
                column.push(row, value, texts);
            }
        }
        self.place(position);
    }

    /// Adds a row as [`Self::push`] does, but texts that lie in `chunk` wait until [`Self::settle`], which must come before
    /// the chunk goes.
    pub fn push_waiting(
        &mut self,
        record: &Record<'_>,
        position: (u64, usize, u64),
        (chunk, texts): (&[u8], &mut Dictionaries),
    ) {
        let row = self.bytes.len();
        for (column, value) in self.columns.iter_mut().zip(&record.values) {
            match value {
                Value::Null => {}
                Value::Text(bytes) if column.wait(row, bytes, chunk) => {}
                value => column.push(row, value, texts),
            }
        }
        self.place(position);
        self.n_waiting += 1;
        if self.n_waiting >= WAIT_AT_MOST {
            self.settle(chunk, texts);
        }
    }

    /// Gives the texts that wait in `chunk` their codes.
    pub fn settle(&mut self, chunk: &[u8], texts: &mut Dictionaries) {
        for column in &mut self.columns {
            column.settle(chunk, texts, &mut self.settled);
        }
        self.n_waiting = 0;
    }

    fn place(&mut self, (byte, length, line): (u64, usize, u64)) {
        self.bytes.push(byte as i64);
        self.lengths.push(length as i64);
        self.lines.push(line as i64);
    }

    /// The table of the rows that wait; the builder is empty after.
    pub fn take(&mut self) -> Table {
        let n_rows = self.n_rows();
        let mut columns: Vec<Column> = self.columns.iter_mut().filter_map(|column| column.take(n_rows)).collect();
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
                last: NULL,
                waiting: Vec::new(),
            },
            Kind::Integer | Kind::Time => GrowingValues::Number(Vec::new()),
            Kind::Float => GrowingValues::Float(Vec::new()),
        };
        Self { spec: spec.clone(), values }
    }

    /// Lets a text wait for its code, if it lies in the chunk.
    fn wait(&mut self, row: usize, text: &[u8], chunk: &[u8]) -> bool {
        let GrowingValues::Text { codes, waiting, .. } = &mut self.values else { return false };
        let start = (text.as_ptr() as usize).wrapping_sub(chunk.as_ptr() as usize);
        // A text elsewhere gives a start beyond the chunk; an empty one may lie anywhere.
        if chunk.get(start..start.wrapping_add(text.len())).is_none() || text.is_empty() {
            return false;
        }
        put(codes, row, NULL, NULL);
        let is_repeated = waiting.last().is_some_and(|before| is_same(before.text(chunk), text));
        waiting.push(Waiting { row: row as u32, start: start as u32, len: text.len() as u32, is_repeated });
        true
    }

    fn settle(&mut self, chunk: &[u8], texts: &mut Dictionaries, settled: &mut Vec<u32>) {
        let GrowingValues::Text { dictionary, codes, waiting, last } = &mut self.values else { return };
        let Some(dictionary) = texts.at_mut(*dictionary).filter(|_| !waiting.is_empty()) else { return };
        let whole = waiting.iter().filter(|w| !w.is_repeated);
        dictionary.intern_all(whole.map(|w| w.text(chunk)), settled);
        let mut next = settled.iter();
        for w in waiting.drain(..) {
            if !w.is_repeated {
                *last = next.next().copied().unwrap_or(NULL);
            }
            if let Some(slot) = codes.get_mut(w.row as usize) {
                *slot = *last;
            }
        }
    }

    /// Whether no row had a value.
    fn is_empty(&self) -> bool {
        match &self.values {
            GrowingValues::Text { codes, .. } => codes.is_empty(),
            GrowingValues::Number(values) => values.is_empty(),
            GrowingValues::Float(values) => values.is_empty(),
        }
    }

    fn push(&mut self, row: usize, value: &Value<'_>, texts: &mut Dictionaries) {
        match (&mut self.values, value) {
            (GrowingValues::Text { dictionary, codes, last, .. }, Value::Text(bytes)) => {
                if let Some(dictionary) = texts.at_mut(*dictionary) {
                    if *last == NULL || !is_same(dictionary.bytes(*last), bytes) {
                        *last = dictionary.intern(bytes);
                    }
                    put(codes, row, *last, NULL);
                }
            }
            (GrowingValues::Number(values), Value::Integer(number)) => {
                put(values, row, (*number).max(NULL_NUMBER + 1), NULL_NUMBER);
            }
            (GrowingValues::Number(values), Value::Time(time)) => {
                put(values, row, time.0.max(NULL_NUMBER + 1), NULL_NUMBER);
            }
            (GrowingValues::Float(values), Value::Float(number)) => put(values, row, *number, f64::NAN),
            (GrowingValues::Float(values), Value::Integer(number)) => put(values, row, *number as f64, f64::NAN),
            _ => debug_assert!(false, "{} is no {:?}", self.spec.name, self.spec.kind),
        }
    }

    fn take(&mut self, n_rows: usize) -> Option<Column> {
        if self.is_empty() {
            return None;
        }
        let data = match &mut self.values {
            GrowingValues::Text { codes, .. } => {
                codes.resize(n_rows, NULL);
                let packed = Codes::pack(codes);
                codes.clear();
                ColumnData::Text(packed)
            }
            GrowingValues::Number(values) => {
                values.resize(n_rows, NULL_NUMBER);
                let packed = pack(values);
                if self.spec.kind == Kind::Time { ColumnData::Time(packed) } else { ColumnData::Integer(packed) }
            }
            GrowingValues::Float(values) => {
                values.resize(n_rows, f64::NAN);
                ColumnData::Float(std::mem::take(values))
            }
        };
        (!data.is_all_null()).then(|| Column { name: self.spec.name.clone(), kind: self.spec.kind, data })
    }
}

/// Sets the value of a row, the rows since the last value to null.
fn put<T: Copy>(values: &mut Vec<T>, row: usize, value: T, null: T) {
    if values.len() < row {
        values.resize(row, null);
    }
    values.push(value);
}

fn pack(values: &mut Vec<i64>) -> Numbers {
    let packed = Numbers::pack(values);
    values.clear();
    packed
}
