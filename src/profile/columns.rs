//! Reads every column of a shard once, and counts what every panel needs of it.
//!
//! One pass over a text column counts rows and bytes by code and adds the column's part to each row's hash: the entry of
//! a code holds all three, so that a row costs one look-up. Panels that join columns borrow the unpacked values.

use serde::{Deserialize, Serialize};

use crate::schema::{Field, FieldName, Kind};
use crate::table::plain;
use crate::table::{
    Codes, ColumnData, Dictionary, NULL, NULL_NUMBER, NumberCounts, Numbers, Partial, RowSet, Selection, Shard,
};
use crate::units::order;

use super::numbers::{DistinctTimes, NumberCounter, union};
use super::tally::{Tally, TextTallies};
use crate::units::hash::{hash_text, mix};

/// What was counted of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Counts {
    Texts(TextTallies),
    Numbers(NumberCounts),
    /// Distinct times, sorted: how many rows each has is of no use.
    Times(#[serde(with = "plain")] Vec<i64>),
}

impl Partial for Counts {
    type Output = Self;

    fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Texts(a), Self::Texts(b)) => a.merge(b),
            (Self::Numbers(a), Self::Numbers(b)) => a.merge(b),
            (Self::Times(a), Self::Times(b)) => *a = union(a, &b),
            _ => debug_assert!(false, "columns of one kind hold counts of one kind"),
        }
    }

    fn finish(self) -> Self {
        self
    }
}

/// Every column that some selected shard has.
pub(super) struct Columns<'a> {
    passes: Vec<ColumnPass<'a>>,
    /// Rows selected in the shard that was read last.
    n_rows: usize,
    /// Stands in for text columns that the shard does not have.
    no_codes: Vec<u32>,
    /// Stands in for number columns that the shard does not have.
    no_numbers: Vec<i64>,
}

struct ColumnPass<'a> {
    name: FieldName,
    kind: Kind,
    /// Makes the hash of a value in this column differ from that in another; odd.
    salt: u64,
    /// Whether rows that differ in this column alone are duplicates: the file says nothing about the event.
    in_row_hash: bool,
    /// Whether the shard that was read last has the column.
    in_shard: bool,
    values: Values<'a>,
}

enum Values<'a> {
    Texts {
        dictionary: &'a Dictionary,
        /// By code.
        entries: Vec<Entry>,
        codes: Vec<u32>,
        constant: Option<u32>,
    },
    Numbers {
        counter: NumberCounter,
        values: Vec<i64>,
    },
    Times {
        distinct: DistinctTimes,
        values: Vec<i64>,
    },
    Floats {
        counts: NumberCounts,
        values: Vec<f64>,
    },
}

#[derive(Clone, Copy, Default)]
struct Entry {
    hash: u64,
    tally: Tally,
}

impl<'a> Columns<'a> {
    /// The columns of the selected shards.
    pub fn new(selection: Selection<'a>) -> Self {
        let mut names: Vec<(FieldName, Kind)> = Vec::new();
        for (shard, _) in selection.shards() {
            for column in &shard.table.columns {
                if !names.iter().any(|(name, kind)| *name == column.name && *kind == column.kind) {
                    names.push((column.name.clone(), column.kind));
                }
            }
        }
        order::sort(&mut names);
        let passes = names.into_iter().filter_map(|(name, kind)| ColumnPass::new(name, kind, selection)).collect();
        Self { passes, n_rows: 0, no_codes: Vec::new(), no_numbers: Vec::new() }
    }

    /// Unpacks the selected rows of a shard, all columns or only some.
    pub fn read(&mut self, shard: &'a Shard, rows: &RowSet, only: &[Field]) {
        let table = &shard.table;
        self.n_rows = if rows.is_all() { table.n_rows } else { rows.count() };
        for pass in &mut self.passes {
            let wanted = only.is_empty() || pass.name.ecs().is_some_and(|field| only.contains(&field));
            let column = table.columns.iter().find(|c| wanted && c.name == pass.name && c.kind == pass.kind);
            pass.in_shard = column.is_some_and(|c| pass.values.read(&c.data, rows));
        }
        self.no_codes.resize(self.n_rows, NULL);
        self.no_numbers.resize(self.n_rows, NULL_NUMBER);
    }

    /// Rows selected in the shard that was read last.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Whether the shard that was read last has the column.
    pub fn has(&self, field: Field) -> bool {
        self.passes.iter().any(|pass| pass.in_shard && pass.name.ecs() == Some(field))
    }

    /// A text column's codes; all null where the shard does not have it.
    pub fn codes(&self, field: Field) -> &[u32] {
        let codes = self.in_shard(field).find_map(|values| match values {
            Values::Texts { codes, .. } => Some(codes.as_slice()),
            _ => None,
        });
        codes.unwrap_or(self.no_codes.get(..self.n_rows).unwrap_or_default())
    }

    /// A column of whole numbers or times; all null where the shard does not have it.
    pub fn numbers(&self, field: Field) -> &[i64] {
        let numbers = self.in_shard(field).find_map(|values| match values {
            Values::Numbers { values, .. } | Values::Times { values, .. } => Some(values.as_slice()),
            _ => None,
        });
        numbers.unwrap_or(self.no_numbers.get(..self.n_rows).unwrap_or_default())
    }

    /// Counts the shard that was read last. `bytes` are those answered in each row; to each of `hashes` the row's values
    /// are added. `visit` hears of each column how many rows have a value.
    pub fn count(&mut self, bytes: &[u64], hashes: &mut [u64], mut visit: impl FnMut(&FieldName, Kind, u64)) {
        for pass in self.passes.iter_mut().filter(|pass| pass.in_shard) {
            let present = pass.count(bytes, hashes);
            visit(&pass.name, pass.kind, present);
        }
    }

    /// Every text of a column with its hash and tally.
    pub fn tallies(&self, field: Field) -> impl Iterator<Item = (u64, &'a str, Tally)> {
        let of_field = self.passes.iter().filter(move |pass| pass.name.ecs() == Some(field));
        of_field.flat_map(|pass| pass.values.tallies())
    }

    /// What was counted, by column.
    pub fn finish(self) -> impl Iterator<Item = ((FieldName, Kind), Counts)> {
        self.passes.into_iter().map(|pass| ((pass.name, pass.kind), pass.values.finish()))
    }

    fn in_shard(&self, field: Field) -> impl Iterator<Item = &Values<'a>> {
        let here = self.passes.iter().filter(move |pass| pass.in_shard && pass.name.ecs() == Some(field));
        here.map(|pass| &pass.values)
    }
}

impl<'a> ColumnPass<'a> {
    fn new(name: FieldName, kind: Kind, selection: Selection<'a>) -> Option<Self> {
        let values = match kind {
            Kind::Keyword | Kind::Ip => {
                let dictionary = selection.dictionary(&name)?;
                let entry = |code| if code == NULL { 0 } else { hash_text(dictionary.get(code)) };
                let entries = (0..dictionary.len() as u32).map(|c| Entry { hash: entry(c), ..Entry::default() });
                Values::Texts { dictionary, entries: entries.collect(), codes: Vec::new(), constant: None }
            }
            Kind::Integer => Values::Numbers { counter: NumberCounter::default(), values: Vec::new() },
            Kind::Time => Values::Times { distinct: DistinctTimes::default(), values: Vec::new() },
            Kind::Float => Values::Floats { counts: NumberCounts::default(), values: Vec::new() },
        };
        let in_row_hash = !matches!(name.ecs(), Some(Field::LogFilePath | Field::FileDirectory));
        Some(Self { salt: hash_text(name.as_str()) | 1, name, kind, in_row_hash, in_shard: false, values })
    }

    fn count(&mut self, bytes: &[u64], hashes: &mut [u64]) -> u64 {
        // A salt of 0 takes the column out of the hash and costs no branch.
        let salt = if self.in_row_hash { self.salt } else { 0 };
        match &mut self.values {
            Values::Texts { entries, codes, constant: Some(code), .. } => {
                let Some(entry) = entries.get_mut(*code as usize) else { return 0 };
                let part = entry.hash.wrapping_mul(salt);
                let sum = bytes.iter().fold(0, |sum: u64, &more| sum.saturating_add(more));
                entry.tally.add(Tally { rows: codes.len() as u64, bytes: sum });
                for hash in hashes {
                    *hash = hash.wrapping_add(part);
                }
                if *code == NULL { 0 } else { codes.len() as u64 }
            }
            Values::Texts { entries, codes, .. } => {
                let nulls = |entries: &[Entry]| entries.first().map_or(0, |entry| entry.tally.rows);
                let nulls_before = nulls(entries);
                for ((&code, &bytes), hash) in codes.iter().zip(bytes).zip(hashes) {
                    if let Some(entry) = entries.get_mut(code as usize) {
                        entry.tally.add(Tally { rows: 1, bytes });
                        *hash = hash.wrapping_add(entry.hash.wrapping_mul(salt));
                    }
                }
                codes.len() as u64 - (nulls(entries) - nulls_before)
            }
            Values::Numbers { counter, values } => {
                hash_numbers(hashes, values.iter().map(|&v| (v != NULL_NUMBER).then_some(v as u64)), salt);
                counter.add(values)
            }
            Values::Times { distinct, values } => {
                hash_numbers(hashes, values.iter().map(|&v| (v != NULL_NUMBER).then_some(v as u64)), salt);
                distinct.add(values)
            }
            Values::Floats { counts, values } => {
                // −0 is 0, as in the counts.
                hash_numbers(hashes, values.iter().map(|&v| (!v.is_nan()).then_some((v + 0.0).to_bits())), salt);
                let shard = NumberCounts::of_floats(values.iter().copied());
                let present = shard.rows();
                counts.merge(shard);
                present
            }
        }
    }
}

fn hash_numbers(hashes: &mut [u64], values: impl Iterator<Item = Option<u64>>, salt: u64) {
    for (hash, value) in hashes.iter_mut().zip(values) {
        *hash = hash.wrapping_add(value.map_or(0, |value| mix(value ^ salt).wrapping_mul(salt)));
    }
}

impl<'a> Values<'a> {
    /// Unpacks the selected rows; false where the data is of another kind.
    fn read(&mut self, data: &ColumnData, rows: &RowSet) -> bool {
        match (self, data) {
            (Self::Texts { codes, constant, .. }, ColumnData::Text(packed)) => {
                *constant = Codes::as_constant(packed);
                packed.read(codes);
                select(codes, rows);
            }
            (Self::Numbers { values, .. }, ColumnData::Integer(packed))
            | (Self::Times { values, .. }, ColumnData::Time(packed)) => {
                Numbers::read(packed, values);
                select(values, rows);
            }
            (Self::Floats { values, .. }, ColumnData::Float(floats)) => {
                values.clone_from(floats);
                select(values, rows);
            }
            _ => return false,
        }
        true
    }

    fn tallies(&self) -> impl Iterator<Item = (u64, &'a str, Tally)> {
        let (dictionary, entries) = match self {
            Self::Texts { dictionary, entries, .. } => (Some(*dictionary), entries.as_slice()),
            _ => (None, &[][..]),
        };
        let codes = entries.iter().enumerate().skip(1);
        codes
            .filter(|(_, entry)| entry.tally.rows > 0)
            .map(move |(code, entry)| (entry.hash, dictionary.map_or("", |d| d.get(code as u32)), entry.tally))
    }

    fn finish(self) -> Counts {
        match self {
            Self::Texts { .. } => Counts::Texts(TextTallies::of_hashed(self.tallies())),
            Self::Numbers { counter, .. } => Counts::Numbers(counter.finish()),
            Self::Times { distinct, .. } => Counts::Times(distinct.finish()),
            Self::Floats { counts, .. } => Counts::Numbers(counts),
        }
    }
}

/// Keeps the selected rows.
fn select<T: Copy>(values: &mut Vec<T>, rows: &RowSet) {
    if rows.is_all() {
        return;
    }
    let mut kept = 0;
    rows.for_each(|row| {
        if let Some(&value) = values.get(row)
            && let Some(slot) = values.get_mut(kept)
        {
            *slot = value;
            kept += 1;
        }
    });
    values.truncate(kept);
}
