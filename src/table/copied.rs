//! Rows copied out of their store, to be changed and put into one of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::NULL;
use super::builder::Builder;
use super::packed::NULL_NUMBER;
use super::store::{ColumnData, Position, Selection, Shard, Store};
use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};
use crate::units::Micros;

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Text as bytes.
    Text(Vec<u8>),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Float(f64),
    /// µs since the epoch.
    Time(i64),
}

/// A row: where it is, and its values that are not null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CopiedRow {
    /// Where its line is.
    pub place: Position,
    /// The values by column.
    pub cells: BTreeMap<FieldName, (Kind, Cell)>,
}

impl CopiedRow {
    /// A row of a shard.
    pub fn of(selection: Selection<'_>, shard: &Shard, row: usize) -> Self {
        let number = |number: i64| Some(number).filter(|&number| number != NULL_NUMBER);
        let cells = shard.table.columns.iter().filter_map(|column| {
            let cell = match &column.data {
                ColumnData::Text(codes) => {
                    let code = Some(codes.get(row)).filter(|&code| code != NULL)?;
                    Cell::Text(selection.dictionary(&column.name)?.bytes(code).to_vec())
                }
                ColumnData::Integer(numbers) => Cell::Integer(number(numbers.get(row))?),
                ColumnData::Time(numbers) => Cell::Time(number(numbers.get(row))?),
                ColumnData::Float(values) => Cell::Float(values.get(row).copied().filter(|value| !value.is_nan())?),
            };
            Some((column.name.clone(), (column.kind, cell)))
        });
        Self { place: shard.position(row), cells: cells.collect() }
    }

    /// The text of a field.
    pub fn text(&self, field: Field) -> Option<&[u8]> {
        match self.cells.get(&FieldName::from(field)) {
            Some((_, Cell::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// Puts a value in the place of another; none for null. A text that should be a number and is none stays away.
    pub fn set(&mut self, name: FieldName, value: Option<&str>) {
        let kind = match (self.cells.remove(&name), name.ecs()) {
            (Some((kind, _)), _) => kind,
            (None, Some(field)) => field.kind(),
            (None, None) => Kind::Keyword,
        };
        let cell = value.and_then(|text| match kind {
            Kind::Integer => text.parse().ok().map(Cell::Integer),
            kind if kind.is_text() => Some(Cell::Text(text.as_bytes().to_vec())),
            _ => None,
        });
        if let Some(cell) = cell {
            self.cells.insert(name, (kind, cell));
        }
    }

    /// What a shard has the same in all rows: the log that it is of.
    fn log(&self) -> &[u8] {
        self.text(Field::EventDataset).unwrap_or_default()
    }
}

impl Store {
    /// A store of these rows. Each has the place that it has in the list: the first byte and the line say it, counted from
    /// 0 and from 1.
    ///
    /// **Order**: a shard for each log, by its name; in it the rows as they are listed.
    pub fn of_rows(rows: &[CopiedRow]) -> Self {
        let mut store = Self::new(0);
        let mut logs = BTreeMap::<&[u8], Vec<usize>>::new();
        for (at, row) in rows.iter().enumerate() {
            logs.entry(row.log()).or_default().push(at);
        }
        for (range_start, places) in (0..).zip(logs.into_values()) {
            let of_log = || places.iter().filter_map(|&at| Some((at, rows.get(at)?)));
            let mut columns = BTreeMap::<&FieldName, Kind>::new();
            of_log().for_each(|(_, row)| columns.extend(row.cells.iter().map(|(name, (kind, _))| (name, *kind))));
            let specs: Vec<ColumnSpec> =
                columns.iter().map(|(name, kind)| ColumnSpec { name: (*name).clone(), kind: *kind }).collect();
            let mut builder = Builder::new(&specs, &[], &mut store.dictionaries);
            let mut record = Record::new(specs.len());
            for (at, row) in of_log() {
                record.clear();
                for (column, spec) in specs.iter().enumerate() {
                    let value = match row.cells.get(&spec.name) {
                        Some((_, Cell::Text(text))) => Value::Text(text),
                        Some((_, Cell::Integer(number))) => Value::Integer(*number),
                        Some((_, Cell::Float(number))) => Value::Float(*number),
                        Some((_, Cell::Time(time))) => Value::Time(Micros(*time)),
                        None => Value::Null,
                    };
                    record.set(column, value);
                }
                builder.push(&record, (at as u64, 0, at as u64 + 1), &mut store.dictionaries);
            }
            store.shards.push(Shard { file: 0, range_start, lines_before: 0, table: builder.take() });
        }
        store
    }
}
