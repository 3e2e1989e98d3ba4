//! Finds the rows of a filter: each condition once for every distinct value, then over the rows as codes.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::schema::{Field, FieldName};
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
    /// Where the field is a part of the time: which values of it fit.
    week: Option<(WeekPart, Vec<bool>)>,
}

/// A part of a time in UTC that can be asked for like a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WeekPart {
    /// `event.hour`: 0 to 23.
    Hour,
    /// `event.weekday`: 1 for Monday to 7.
    Weekday,
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// An hour. **Unit**: µs.
const HOUR: i64 = 3_600_000_000;

impl WeekPart {
    /// Which values of this part fit a test, if the field is one.
    fn fitting(field: &FieldName, number: &NumberTest, pattern: Option<&Pattern>) -> Option<(Self, Vec<bool>)> {
        match field.as_str() {
            "event.hour" => Some((Self::Hour, (0..24).map(|hour| number.fits_integer(hour)).collect())),
            "event.weekday" => {
                let is_named = |name: &str| pattern.is_some_and(|pattern| pattern.fits(name));
                let fits = |(day, name): (i64, &&str)| number.fits_integer(day) || is_named(name);
                Some((Self::Weekday, (1..).zip(&WEEKDAYS).map(fits).collect()))
            }
            _ => None,
        }
    }

    /// The place of a time among the values of this part. 1970 began on a Thursday.
    fn of(self, time: i64) -> usize {
        let hours = time.div_euclid(HOUR);
        match self {
            Self::Hour => hours.rem_euclid(24) as usize,
            Self::Weekday => (hours.div_euclid(24) + 3).rem_euclid(7) as usize,
        }
    }
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
        let week = WeekPart::fitting(field, &number, Some(pattern));
        Self { field: field.clone(), codes, number, week }
    }

    fn exists(field: &FieldName, store: &Store) -> Self {
        let number = NumberTest::Exists;
        let week = WeekPart::fitting(field, &number, None);
        Self { field: field.clone(), codes: codes(field, store, |_| true), number, week }
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
        let week = WeekPart::fitting(field, &number, None);
        Self { field: field.clone(), codes, number, week }
    }

    fn contains(field: FieldName, needle: &str, store: &Store) -> Self {
        let codes = codes(&field, store, |text| text.to_lowercase().contains(needle));
        Self { field, codes, number: NumberTest::Never, week: None }
    }

    /// The rows that fit; none where no row can.
    fn select(&self, shard: &Shard) -> Option<RowSet> {
        let table = &shard.table;
        if let Some((part, fits)) = &self.week {
            let ColumnData::Time(times) = &table.column(&FieldName::from(Field::Timestamp))?.data else { return None };
            let mut scratch = Vec::new();
            times.read(&mut scratch);
            let fits = |time: i64| fits.get(part.of(time)).copied().unwrap_or(false);
            return Some(RowSet::matching(&scratch, |time| time != NULL_NUMBER && fits(time)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_an_hour_and_a_weekday() {
        // 1 January 1970 was a Thursday.
        let days: Vec<usize> = (0..7).map(|day| WeekPart::Weekday.of(day * 24 * HOUR)).collect();
        assert_eq!(days, [3, 4, 5, 6, 0, 1, 2]);
        assert_eq!((WeekPart::Hour.of(-1), WeekPart::Weekday.of(-1)), (23, 2), "before 1970");
        assert_eq!((WeekPart::Hour.of(HOUR - 1), WeekPart::Hour.of(25 * HOUR)), (0, 1));
    }

    #[test]
    fn hours_and_weekdays_are_asked_for_by_number_or_name() {
        let fitting = |text: &str| -> Vec<usize> {
            let leaf = match Filter::parse(text) {
                Ok(Filter::Is(field, pattern)) => Leaf::is(&field, &pattern, &Store::default()),
                Ok(Filter::Compare(field, how, value)) => Leaf::compare(&field, how, &value, &Store::default()),
                Ok(Filter::Exists(field)) => Leaf::exists(&field, &Store::default()),
                other => panic!("{other:?}"),
            };
            let (_, fits) = leaf.week.expect("a part of the time");
            (0..).zip(fits).filter_map(|(at, fits)| fits.then_some(at)).collect()
        };
        assert_eq!(fitting("event.weekday: Monday"), [0]);
        assert_eq!(fitting("event.weekday: 7"), [6]);
        assert_eq!(fitting("event.weekday >= 6"), [5, 6]);
        assert_eq!(fitting("event.weekday: T*"), [1, 3]);
        assert_eq!(fitting("event.hour: 03"), [3]);
        assert_eq!(fitting("event.hour < 2"), [0, 1]);
        assert_eq!(fitting("event.hour: *").len(), 24);
        assert_eq!(fitting("event.hour: 24"), [0_usize; 0]);
    }
}
