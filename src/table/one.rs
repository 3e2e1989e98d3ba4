//! One row as a store of its own: what is asked of it costs one value a column, not every text of a log.

use crate::units::order;

use super::packed::{Codes, Numbers};
use super::store::{Column, ColumnData, Shard, Store, Table};

/// Where a row is looked for in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Its line begins at this byte.
    Byte(u64),
    /// Its line has this number, from 1.
    Line(u64),
}

impl Store {
    /// The row at that place of that file, in a store of its own. **Null**: none where this store has no such row.
    pub fn one(&self, file: u32, at: At) -> Option<Self> {
        let fits = |shard: &Shard, row: usize| match at {
            At::Byte(byte) => shard.table.bytes.get(row) as u64 == byte,
            At::Line(line) => shard.position(row).line == line,
        };
        let mut of_file: Vec<&Shard> = self.shards.iter().filter(|shard| shard.file == file).collect();
        order::sort_by(&mut of_file, |a, b| a.range_start.cmp(&b.range_start));
        let found =
            of_file.into_iter().find_map(|shard| Some((shard, (0..shard.table.n_rows).find(|&row| fits(shard, row))?)));
        let (shard, row) = found?;
        let mut one = Self::new(0);
        let table = &shard.table;
        let number = |numbers: &Numbers| Numbers::pack(&[numbers.get(row)]);
        let columns = table.columns.iter().map(|column| {
            let data = match &column.data {
                ColumnData::Text(codes) => {
                    let text =
                        self.dictionaries.get(&column.name).map_or(&b""[..], |texts| texts.bytes(codes.get(row)));
                    let index = one.dictionaries.index_of(&column.name);
                    let code = match (codes.get(row), one.dictionaries.at_mut(index)) {
                        (super::NULL, _) | (_, None) => super::NULL,
                        (_, Some(texts)) => texts.intern(text),
                    };
                    ColumnData::Text(Codes::constant(code, 1))
                }
                ColumnData::Integer(numbers) => ColumnData::Integer(number(numbers)),
                ColumnData::Time(numbers) => ColumnData::Time(number(numbers)),
                ColumnData::Float(values) => ColumnData::Float(values.get(row).copied().into_iter().collect()),
            };
            Column { name: column.name.clone(), kind: column.kind, data }
        });
        let columns: Vec<Column> = columns.filter(|column| !column.data.is_all_null()).collect();
        let table = Table {
            n_rows: 1,
            columns,
            bytes: number(&table.bytes),
            lengths: number(&table.lengths),
            lines: number(&table.lines),
        };
        let (range_start, lines_before) = (shard.range_start, shard.lines_before);
        one.shards.push(Shard { file, range_start, lines_before, table });
        Some(one)
    }
}
