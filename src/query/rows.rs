//! Pages of rows in any order. The first round finds which rows are on the page, the second fetches them.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::schema::FieldName;
use crate::table::{ColumnData, NULL, NULL_NUMBER, Selection, Shard, Store};
use crate::units::order;

use super::answer::RowView;
use super::question::{RowsQuestion, Sort};
use super::run::text_of;

/// A store's candidates for a page: its first rows in the order asked, as many as the page may need.
///
/// **Cost**: `offset + limit` keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowsPart {
    /// Rows selected.
    pub total: u64,
    columns: Vec<FieldName>,
    keys: Vec<RowKey>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct RowKey {
    value: SortValue,
    file: u32,
    byte: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum SortValue {
    Number(f64),
    Time(i64),
    Text(String),
    Null,
}

/// The store's candidates for a page.
pub(super) fn rows_part(question: &RowsQuestion, selection: Selection<'_>) -> RowsPart {
    let needed = question.offset.saturating_add(u64::from(question.limit)) as usize;
    let columns = selection.store.columns().into_iter().map(|(name, _)| name).collect();
    let keys = match &question.sort {
        None => in_file_order(selection, needed),
        Some(sort) => sorted(selection, sort, needed),
    };
    RowsPart { total: selection.n_rows() as u64, columns, keys }
}

impl RowsPart {
    /// Takes another store's candidates in.
    pub fn merge(&mut self, other: Self) {
        self.total += other.total;
        self.keys.extend(other.keys);
        self.columns.extend(other.columns);
    }

    /// The columns, and where the rows of the page are.
    pub fn finish(mut self, question: &RowsQuestion) -> (Vec<FieldName>, Vec<(u32, u64)>) {
        let descending = question.sort.as_ref().is_some_and(|sort| sort.descending);
        order::sort_by(&mut self.keys, |a, b| order(a, b, descending));
        let page = self.keys.iter().skip(question.offset as usize).take(question.limit as usize);
        let places = page.map(|key| (key.file, key.byte)).collect();
        let columns = if question.columns.is_empty() {
            order::sort(&mut self.columns);
            self.columns.dedup();
            self.columns
        } else {
            question.columns.clone()
        };
        (columns, places)
    }
}

fn order(a: &RowKey, b: &RowKey, descending: bool) -> Ordering {
    let rank = |v: &SortValue| match v {
        SortValue::Number(_) => 0,
        SortValue::Time(_) => 1,
        SortValue::Text(_) => 2,
        SortValue::Null => 3,
    };
    let values = match (&a.value, &b.value) {
        (SortValue::Number(x), SortValue::Number(y)) => x.total_cmp(y),
        (SortValue::Time(x), SortValue::Time(y)) => x.cmp(y),
        (SortValue::Text(x), SortValue::Text(y)) => x.cmp(y),
        (x, y) => return rank(x).cmp(&rank(y)).then_with(|| (a.file, a.byte).cmp(&(b.file, b.byte))),
    };
    let values = if descending { values.reverse() } else { values };
    values.then_with(|| (a.file, a.byte).cmp(&(b.file, b.byte)))
}

/// The first rows by file and byte.
fn in_file_order(selection: Selection<'_>, needed: usize) -> Vec<RowKey> {
    let mut shards: Vec<_> = selection.shards().collect();
    order::sort_by_key(&mut shards, |(shard, _)| (shard.file, shard.table.bytes.get(0)));
    let mut keys = Vec::new();
    for (shard, rows) in shards {
        let missing = needed - keys.len();
        if missing == 0 {
            break;
        }
        let key = |row| RowKey { value: SortValue::Null, file: shard.file, byte: shard.table.bytes.get(row) as u64 };
        keys.extend(rows.iter().take(missing).map(key));
    }
    keys
}

/// The first rows by a column.
fn sorted(selection: Selection<'_>, sort: &Sort, needed: usize) -> Vec<RowKey> {
    let mut keys: Vec<RowKey> = Vec::new();
    let cut = |keys: &mut Vec<RowKey>| {
        if needed < keys.len() {
            keys.select_nth_unstable_by(needed, |a, b| order(a, b, sort.descending));
            keys.truncate(needed);
        }
    };
    for (shard, rows) in selection.shards() {
        let values = shard_values(selection.store, shard, &sort.field);
        rows.for_each(|row| {
            let value = values(row);
            keys.push(RowKey { value, file: shard.file, byte: shard.table.bytes.get(row) as u64 });
        });
        // Each shard is cut at once, so that memory stays near what the page needs.
        cut(&mut keys);
    }
    keys
}

fn shard_values<'a>(store: &'a Store, shard: &'a Shard, field: &FieldName) -> impl Fn(usize) -> SortValue + 'a {
    let dictionary = store.dictionaries.get(field);
    let data = shard.table.column(field).map(|column| &column.data);
    move |row| match data {
        None => SortValue::Null,
        Some(ColumnData::Text(codes)) => match (codes.get(row), dictionary) {
            (NULL, _) | (_, None) => SortValue::Null,
            (code, Some(dictionary)) => SortValue::Text(dictionary.get(code).to_owned()),
        },
        Some(ColumnData::Integer(numbers)) => match numbers.get(row) {
            NULL_NUMBER => SortValue::Null,
            value => SortValue::Number(value as f64),
        },
        Some(ColumnData::Time(numbers)) => match numbers.get(row) {
            NULL_NUMBER => SortValue::Null,
            value => SortValue::Time(value),
        },
        Some(ColumnData::Float(values)) => match values.get(row) {
            Some(value) if !value.is_nan() => SortValue::Number(*value),
            _ => SortValue::Null,
        },
    }
}

/// The row whose line begins at that byte of that file, if this store has it.
pub(super) fn row_view(store: &Store, (file, byte): (u32, u64), columns: &[FieldName]) -> Option<RowView> {
    let (shard, row) = store
        .shards
        .iter()
        .filter(|shard| shard.file == file)
        .find_map(|shard| row_at(shard, byte).map(|row| (shard, row)))?;
    let position = shard.position(row);
    let value = |name: &FieldName| {
        let column = shard.table.column(name)?;
        text_of(store.dictionaries.get(name), &column.data, row)
    };
    Some(RowView {
        file,
        line: position.line,
        byte,
        length: position.length,
        values: columns.iter().map(value).collect(),
    })
}

/// Lines of a shard are in the order of the file, so halves are cut until one is left.
fn row_at(shard: &Shard, byte: u64) -> Option<usize> {
    let (mut low, mut high) = (0, shard.table.n_rows);
    while low < high {
        let middle = usize::midpoint(low, high);
        match (shard.table.bytes.get(middle) as u64).cmp(&byte) {
            Ordering::Equal => return Some(middle),
            Ordering::Less => low = middle + 1,
            Ordering::Greater => high = middle,
        }
    }
    None
}
