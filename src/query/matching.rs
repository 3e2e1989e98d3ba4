//! Finds the rows of a filter: each condition once for every distinct value, then over the rows as codes.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::FieldName;
use crate::table::{ColumnData, Dictionary, NULL, NULL_NUMBER, RowSet, Shard, Store};
use crate::units::Micros;

use super::filter::{Comparison, Filter, Pattern};

/// A filter, ready for the shards of one store. Stands as long as no shard is added.
#[derive(Debug)]
pub struct Compiled {
    node: Node,
}

#[derive(Debug)]
enum Node {
    All,
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Leaf(Vec<Leaf>),
}

/// A condition on one column.
#[derive(Debug)]
struct Leaf {
    field: FieldName,
    /// **Shape**: one a code of the column's dictionary; empty where it has none.
    codes: Vec<bool>,
    number: NumberTest,
}

#[derive(Debug)]
enum NumberTest {
    Never,
    Exists,
    Equal(f64),
    Compare(Comparison, f64),
    /// Times compare as µs, beyond what `f64` holds exactly.
    Time(Option<Comparison>, i64),
    Text(Pattern),
}

impl Compiled {
    /// Prepares a filter for a store.
    pub fn new(filter: &Filter, store: &Store) -> Self {
        Self { node: Node::new(filter, store) }
    }

    /// The rows of a shard that the filter lets through.
    pub fn select(&self, shard: &Shard) -> RowSet {
        self.node.select(shard)
    }

    /// The same for every shard of the store.
    pub fn select_all(&self, store: &Store) -> Vec<RowSet> {
        store.shards.iter().map(|shard| self.select(shard)).collect()
    }
}

impl Node {
    fn new(filter: &Filter, store: &Store) -> Self {
        let both = |a: &Filter, b: &Filter| (Box::new(Self::new(a, store)), Box::new(Self::new(b, store)));
        match filter {
            Filter::All => Self::All,
            Filter::And(a, b) => {
                let (a, b) = both(a, b);
                Self::And(a, b)
            }
            Filter::Or(a, b) => {
                let (a, b) = both(a, b);
                Self::Or(a, b)
            }
            Filter::Not(a) => Self::Not(Box::new(Self::new(a, store))),
            Filter::Is(field, pattern) => Self::Leaf(vec![Leaf::is(field, pattern, store)]),
            Filter::Exists(field) => Self::Leaf(vec![Leaf::exists(field, store)]),
            Filter::Compare(field, comparison, value) => {
                Self::Leaf(vec![Leaf::compare(field, *comparison, value, store)])
            }
            Filter::Any(text) => {
                let needle = text.to_lowercase();
                let columns = store.columns().into_iter().filter(|(_, kind)| kind.is_text());
                Self::Leaf(columns.map(|(field, _)| Leaf::contains(field, &needle, store)).collect())
            }
        }
    }

    fn select(&self, shard: &Shard) -> RowSet {
        let n_rows = shard.table.n_rows;
        match self {
            Self::All => RowSet::all(n_rows),
            Self::And(a, b) => a.select(shard).and(&b.select(shard)),
            Self::Or(a, b) => a.select(shard).or(&b.select(shard)),
            Self::Not(a) => a.select(shard).complement(),
            Self::Leaf(leaves) => {
                let found = leaves.iter().filter_map(|leaf| leaf.select(shard));
                found.fold(RowSet::none(n_rows), |rows, more| rows.or(&more))
            }
        }
    }
}

impl Leaf {
    fn is(field: &FieldName, pattern: &Pattern, store: &Store) -> Self {
        let number = match pattern {
            Pattern::Exact(value) => match (value.parse::<f64>(), Micros::from_iso(value)) {
                (Ok(number), _) => NumberTest::Equal(number),
                (_, Some(time)) => NumberTest::Time(None, time.0),
                _ => NumberTest::Never,
            },
            Pattern::Wildcard(_) => NumberTest::Text(pattern.clone()),
        };
        let block = match pattern {
            Pattern::Exact(value) if value.contains('/') => value.parse::<IpNet>().ok(),
            _ => None,
        };
        let address = match pattern {
            Pattern::Exact(value) => value.parse::<IpAddr>().ok(),
            Pattern::Wildcard(_) => None,
        };
        let codes = codes(field, store, |text| {
            let is_address = || text.parse::<IpAddr>().ok();
            pattern.fits(text)
                || block.is_some_and(|block| is_address().is_some_and(|a| block.contains(&a)))
                || (address.is_some() && address == is_address())
        });
        Self { field: field.clone(), codes, number }
    }

    fn exists(field: &FieldName, store: &Store) -> Self {
        Self { field: field.clone(), codes: codes(field, store, |_| true), number: NumberTest::Exists }
    }

    fn compare(field: &FieldName, comparison: Comparison, value: &str, store: &Store) -> Self {
        let (number, time) = (value.parse::<f64>().ok(), Micros::from_iso(value));
        let codes = codes(field, store, |text| match (number, text.parse::<f64>()) {
            (Some(number), Ok(found)) => comparison.holds(&found, &number),
            (None, _) => comparison.holds(&text, &value),
            _ => false,
        });
        let number = match (number, time) {
            (Some(number), _) => NumberTest::Compare(comparison, number),
            (None, Some(time)) => NumberTest::Time(Some(comparison), time.0),
            _ => NumberTest::Never,
        };
        Self { field: field.clone(), codes, number }
    }

    fn contains(field: FieldName, needle: &str, store: &Store) -> Self {
        let codes = codes(&field, store, |text| text.to_lowercase().contains(needle));
        Self { field, codes, number: NumberTest::Never }
    }

    /// The rows that fit; none where no row can.
    fn select(&self, shard: &Shard) -> Option<RowSet> {
        let table = &shard.table;
        match &table.column(&self.field)?.data {
            ColumnData::Text(codes) => {
                if let Some(code) = codes.as_constant() {
                    return self.fits_code(code).then(|| RowSet::all(table.n_rows));
                }
                if !self.codes.contains(&true) {
                    return None;
                }
                let mut scratch = Vec::new();
                codes.read(&mut scratch);
                Some(RowSet::matching(&scratch, |code| self.fits_code(code)))
            }
            ColumnData::Integer(numbers) | ColumnData::Time(numbers) => {
                let mut scratch = Vec::new();
                numbers.read(&mut scratch);
                Some(RowSet::matching(&scratch, |value| value != NULL_NUMBER && self.number.fits_integer(value)))
            }
            ColumnData::Float(values) => {
                Some(RowSet::matching(values, |value| !value.is_nan() && self.number.fits_float(value)))
            }
        }
    }

    fn fits_code(&self, code: u32) -> bool {
        code != NULL && self.codes.get(code as usize).copied().unwrap_or(false)
    }
}

impl NumberTest {
    fn fits_integer(&self, value: i64) -> bool {
        match self {
            Self::Time(None, time) => value == *time,
            Self::Time(Some(comparison), time) => comparison.holds(&value, time),
            Self::Text(pattern) => pattern.fits(&value.to_string()),
            _ => self.fits_float(value as f64),
        }
    }

    fn fits_float(&self, value: f64) -> bool {
        match self {
            Self::Never | Self::Time(..) => false,
            Self::Exists => true,
            Self::Equal(number) => value == *number,
            Self::Compare(comparison, number) => comparison.holds(&value, number),
            Self::Text(pattern) => pattern.fits(&value.to_string()),
        }
    }
}

fn codes(field: &FieldName, store: &Store, mut fits: impl FnMut(&str) -> bool) -> Vec<bool> {
    let Some(dictionary) = store.dictionaries.get(field) else { return Vec::new() };
    let mut codes = vec![false; dictionary.len()];
    for (code, text) in Dictionary::iter(dictionary) {
        if let Some(slot) = codes.get_mut(code as usize) {
            *slot = fits(text);
        }
    }
    codes
}
