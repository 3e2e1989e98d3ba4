//! Cleaned rows in ECS names, in the order of the files, as CSV or NDJSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::protocol::{Output, RowFormat};
use crate::report::export::{plain_cell, text_cell};
use crate::schema::FieldName;
use crate::table::{Column, Selection, Shard};

use super::sample::columns_part;
use super::{Finished, PartKind};

/// A worker's rows as text, by file and first byte.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExportPart {
    texts: BTreeMap<(u32, u64), Vec<u8>>,
}

/// The columns are looked for, or the rows are written.
pub fn part(selection: Selection<'_>, format: RowFormat, columns: &[FieldName]) -> PartKind {
    if columns.is_empty() {
        return PartKind::Columns(columns_part(selection));
    }
    let texts = selection.shards().map(|(shard, rows)| {
        let mut text = Vec::new();
        let found: Vec<Option<&Column>> = columns.iter().map(|name| shard.table.column(name)).collect();
        rows.for_each(|row| {
            let values = columns.iter().zip(&found).map(|(name, column)| {
                let column = (*column)?;
                let value = crate::query::text_of(selection.dictionary(name), &column.data, row)?;
                Some((column.kind.is_number(), value))
            });
            match format {
                RowFormat::Csv => write_csv(values, &mut text),
                RowFormat::Ndjson => write_json(columns, values, &mut text),
            }
        });
        (key(shard), text)
    });
    PartKind::Export(ExportPart { texts: texts.collect() })
}

fn key(shard: &Shard) -> (u32, u64) {
    (shard.file, shard.table.bytes.get(0) as u64)
}

impl ExportPart {
    /// Takes another worker's rows in.
    pub fn merge(&mut self, other: Self) {
        self.texts.extend(other.texts);
    }

    /// All rows, under their header.
    pub fn finish(self, format: RowFormat, columns: &[FieldName]) -> Finished {
        let mut bytes = Vec::new();
        if format == RowFormat::Csv {
            // Names are ours, and must come out as they are: `@timestamp`.
            write_csv(columns.iter().map(|name| Some((true, name.to_string()))), &mut bytes);
        }
        for text in self.texts.into_values() {
            bytes.extend_from_slice(&text);
        }
        (Output::Export, bytes)
    }
}

/// Writes a record; what is no number is kept from running.
pub fn write_csv(values: impl Iterator<Item = Option<(bool, String)>>, out: &mut Vec<u8>) {
    for (place, value) in values.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let cell = match value {
            None => String::new(),
            Some((true, number)) => plain_cell(&number),
            Some((false, text)) => text_cell(&text),
        };
        out.extend_from_slice(cell.as_bytes());
    }
    out.push(b'\n');
}

fn write_json(columns: &[FieldName], values: impl Iterator<Item = Option<(bool, String)>>, out: &mut Vec<u8>) {
    let mut between = b'{';
    for (name, value) in columns.iter().zip(values) {
        let Some((is_number, text)) = value else { continue };
        out.push(between);
        between = b',';
        write_json_text(name.as_str(), out);
        out.push(b':');
        if is_number {
            out.extend_from_slice(text.as_bytes());
        } else {
            write_json_text(&text, out);
        }
    }
    if between == b'{' {
        out.push(b'{');
    }
    out.extend_from_slice(b"}\n");
}

/// Writes a text as JSON.
pub fn write_json_text(text: &str, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(&mut *out, text);
    debug_assert!(written.is_ok());
}
