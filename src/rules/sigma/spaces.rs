//! The distinct values of the columns that tests look at, as texts with codes: those of the table as they are, numbers
//! written out, columns that are made of several, and what tokens they have.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::schema::{Field, FieldName};
use crate::table::{ColumnData, Dictionary, NULL, NULL_NUMBER, Selection, Shard};

use super::fields::{Column, TOKENS};
use super::tokens::{Language, Reader};

/// What a value is made of: codes of texts, or the halves of a number and how they are read.
type Key = [u32; 4];

/// How the third number of a key reads the first two.
const TEXT: u32 = 0;
const INTEGER: u32 = 1;
const FLOAT: u32 = 2;

/// The distinct values of a column.
#[derive(Debug)]
pub(super) struct Space<'a> {
    pub column: Column,
    parts: Vec<FieldName>,
    texts: Texts<'a>,
}

#[derive(Debug)]
enum Texts<'a> {
    /// As the table has them.
    Own(&'a Dictionary),
    /// Those of the first column as the table has them, and behind them the texts of rows that have a second part.
    Behind(&'a Dictionary, HashMap<(u32, u32), u32, FixedState>, Box<Dictionary>),
    /// Put together from keys.
    Made(HashMap<Key, u32, FixedState>, Box<Dictionary>),
    /// What tokens each part's texts have, by their codes.
    Read(Vec<Vec<u32>>, Box<Dictionary>),
}

impl<'a> Space<'a> {
    /// The values of the selected rows, or of all where the table has their texts already.
    pub fn new(selection: Selection<'a>, column: Column) -> Self {
        let parts = column.parts();
        let is_text = |shard: &Shard, name: &FieldName| {
            shard.table.column(name).is_none_or(|column| matches!(column.data, ColumnData::Text(_)))
        };
        let own = |name: &FieldName| {
            selection.dictionary(name).filter(|_| selection.store.shards.iter().all(|shard| is_text(shard, name)))
        };
        match (&column, parts.as_slice()) {
            (Column::Own(_), [name]) => {
                if let Some(dictionary) = own(name) {
                    return Self { texts: Texts::Own(dictionary), column, parts };
                }
            }
            (Column::Uri, [path, query]) => {
                if let Some(paths) = own(path) {
                    return Self { texts: behind(selection, &column, (paths, path, query)), column, parts };
                }
            }
            _ => {}
        }
        if let Column::Tokens(language) = column {
            return Self { texts: tokens(selection, language), column, parts };
        }
        let (mut codes, mut texts) = (HashMap::with_hasher(FixedState::with_seed(0)), Dictionary::new(0));
        let (mut keys, mut text) = (Vec::new(), String::new());
        for (shard, rows) in selection.shards() {
            keys_of(&column, &parts, shard, &mut keys);
            let mut last = None;
            rows.for_each(|row| {
                // Neighbours are often alike.
                if let Some(Some(key)) = keys.get(row)
                    && last != Some(*key)
                {
                    last = Some(*key);
                    codes.entry(*key).or_insert_with(|| {
                        let found = text_of(&column, &parts, selection, *key, &mut text);
                        found.map_or(NULL, |()| texts.intern(text.as_bytes()))
                    });
                }
            });
        }
        Self { column, parts, texts: Texts::Made(codes, Box::new(texts)) }
    }

    /// The text of a code; empty for "no value".
    pub fn text(&self, code: u32) -> &str {
        match &self.texts {
            Texts::Own(dictionary) => dictionary.get(code),
            Texts::Behind(first, _, more) => match (code as usize + 1).checked_sub(first.len()) {
                Some(behind) if behind > 0 => more.get(behind as u32),
                _ => first.get(code),
            },
            Texts::Made(_, dictionary) | Texts::Read(_, dictionary) => dictionary.get(code),
        }
    }

    /// The values in the order of their codes: those of the column that these begin with, if any, and its own.
    pub fn values(&self) -> (Option<(&FieldName, &Dictionary)>, &Dictionary) {
        match &self.texts {
            Texts::Own(dictionary) => (None, dictionary),
            Texts::Behind(first, _, more) => (self.parts.first().map(|name| (name, *first)), more),
            Texts::Made(_, dictionary) | Texts::Read(_, dictionary) => (None, dictionary),
        }
    }

    /// The codes of a shard's rows, as a list of their own.
    pub fn codes(&self, shard: &Shard) -> Vec<u32> {
        let mut codes = Vec::new();
        self.read(shard, &mut codes);
        codes
    }

    /// The code of each row of a shard; those of rows that are not selected say nothing.
    pub fn read(&self, shard: &Shard, out: &mut Vec<u32>) {
        match &self.texts {
            Texts::Own(_) => self.parts.iter().for_each(|name| shard.table.read_codes(name, out)),
            Texts::Behind(_, codes, _) => {
                let [first, second] = self.parts.as_slice() else { return };
                shard.table.read_codes(first, out);
                let mut seconds = Vec::new();
                shard.table.read_codes(second, &mut seconds);
                for (code, second) in out.iter_mut().zip(seconds).filter(|(_, second)| *second != NULL) {
                    *code = codes.get(&(*code, second)).copied().unwrap_or(*code);
                }
            }
            Texts::Read(tokens, _) => {
                out.clear();
                out.resize(shard.table.n_rows, NULL);
                let mut codes = Vec::new();
                for (name, tokens) in self.parts.iter().zip(tokens).filter(|(_, tokens)| !tokens.is_empty()) {
                    shard.table.read_codes(name, &mut codes);
                    for (slot, &code) in out.iter_mut().zip(&codes).filter(|(slot, _)| **slot == NULL) {
                        *slot = tokens.get(code as usize).copied().unwrap_or(NULL);
                    }
                }
            }
            Texts::Made(codes, _) => {
                let mut keys = Vec::new();
                keys_of(&self.column, &self.parts, shard, &mut keys);
                let mut last = (None, NULL);
                out.clear();
                out.extend(keys.into_iter().map(|key| {
                    if key != last.0 {
                        last = (key, key.and_then(|key| codes.get(&key).copied()).unwrap_or(NULL));
                    }
                    last.1
                }));
            }
        }
    }
}

/// The texts of rows that have a second part, with codes behind those of the first column.
fn behind<'a>(
    selection: Selection<'a>,
    column: &Column,
    (paths, path, query): (&'a Dictionary, &FieldName, &FieldName),
) -> Texts<'a> {
    let (mut codes, mut more) = (HashMap::with_hasher(FixedState::with_seed(0)), Dictionary::new(0));
    let (mut firsts, mut seconds, mut text) = (Vec::new(), Vec::new(), String::new());
    let Some(queries) = selection.dictionary(query) else { return Texts::Behind(paths, codes, Box::new(more)) };
    for (shard, rows) in selection.shards() {
        shard.table.read_codes(path, &mut firsts);
        shard.table.read_codes(query, &mut seconds);
        rows.for_each(|row| {
            let (Some(&first), Some(&second)) = (firsts.get(row), seconds.get(row)) else { return };
            if first == NULL || second == NULL || queries.get(second).is_empty() {
                return;
            }
            codes.entry((first, second)).or_insert_with(|| {
                let found = column.joined(&[paths.get(first), queries.get(second)], &mut text);
                found.map_or(first, |()| paths.len() as u32 - 1 + more.intern(text.as_bytes()))
            });
        });
    }
    Texts::Behind(paths, codes, Box::new(more))
}

/// The tokens of every text in the columns that have any.
///
/// **Cost**: reading each distinct text that could be code.
fn tokens<'a>(selection: Selection<'_>, language: Language) -> Texts<'a> {
    let (mut reader, mut found) = (Reader::default(), Dictionary::new(0));
    let mut read = |field: Field| {
        let mut codes = Vec::new();
        let dictionary = selection.dictionary(&field.into());
        for (code, text) in dictionary.into_iter().flat_map(Dictionary::iter) {
            if let Some(tokens) = reader.read(field, text, language) {
                codes.resize(code as usize + 1, NULL);
                codes.last_mut().into_iter().for_each(|slot| *slot = found.intern(tokens.as_bytes()));
            }
        }
        codes
    };
    let codes = TOKENS.into_iter().map(&mut read).collect();
    Texts::Read(codes, Box::new(found))
}

/// What the value of each row is made of.
fn keys_of(column: &Column, parts: &[FieldName], shard: &Shard, out: &mut Vec<Option<Key>>) {
    out.clear();
    out.resize(shard.table.n_rows, None);
    match column {
        Column::Own(name) => keys_of_own(name, shard, out),
        _ => {
            let mut codes = Vec::new();
            for (at, name) in parts.iter().enumerate() {
                shard.table.read_codes(name, &mut codes);
                for (key, &code) in out.iter_mut().zip(&codes) {
                    if at == 0 && code != NULL {
                        *key = Some([0; 4]);
                    }
                    if let Some(slot) = key.as_mut().and_then(|key| key.get_mut(at)) {
                        *slot = code;
                    }
                }
            }
        }
    }
}

fn keys_of_own(name: &FieldName, shard: &Shard, out: &mut [Option<Key>]) {
    let halves = |bits: u64, how: u32| Some([bits as u32, (bits >> 32) as u32, how, 0]);
    match shard.table.column(name).map(|column| &column.data) {
        None => {}
        Some(ColumnData::Text(codes)) => {
            let mut read = Vec::new();
            codes.read(&mut read);
            let key = |code: u32| (code != NULL).then_some([code, 0, TEXT, 0]);
            out.iter_mut().zip(read).for_each(|(slot, code)| *slot = key(code));
        }
        Some(ColumnData::Integer(numbers) | ColumnData::Time(numbers)) => {
            let mut read = Vec::new();
            numbers.read(&mut read);
            let key = |number: i64| (number != NULL_NUMBER).then(|| halves(number as u64, INTEGER)).flatten();
            out.iter_mut().zip(read).for_each(|(slot, number)| *slot = key(number));
        }
        Some(ColumnData::Float(numbers)) => {
            let key = |number: f64| (!number.is_nan()).then(|| halves(number.to_bits(), FLOAT)).flatten();
            out.iter_mut().zip(numbers).for_each(|(slot, &number)| *slot = key(number));
        }
    }
}

/// The text of a key.
fn text_of(column: &Column, parts: &[FieldName], selection: Selection<'_>, key: Key, out: &mut String) -> Option<()> {
    let text = |name: &FieldName, code: u32| selection.dictionary(name).map_or("", |dictionary| dictionary.get(code));
    let [first, second, how, _] = key;
    let bits = u64::from(second) << 32 | u64::from(first);
    match (column, how) {
        (Column::Own(_), INTEGER) => *out = (bits as i64).to_string(),
        (Column::Own(_), FLOAT) => *out = f64::from_bits(bits).to_string(),
        (Column::Own(name), _) => text(name, first).clone_into(out),
        _ => {
            let texts: Vec<&str> = parts.iter().zip(key).map(|(name, code)| text(name, code)).collect();
            return column.joined(&texts, out);
        }
    }
    Some(())
}
