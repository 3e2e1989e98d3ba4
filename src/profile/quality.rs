//! What the data is fit for: missing, zero, distinct, constant and far-out values of every column.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{ColumnQuality, NumberQuality, Quality};
use crate::schema::{FieldName, Kind, Unit};
use crate::table::{NumberCounts, Partial};
use crate::units::Micros;

use super::columns::Counts;
use super::duplicates::RowHashes;
use super::notes;
use super::tally::TextTallies;

/// Distinct values up to which a column is a category, whose rare values are counted.
const MAX_CATEGORIES: u64 = 100;

/// A category is rare below one row in so many.
const RARE: u64 = 100;

/// A worker's part of the quality panel, beside the counts of the columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct QualityPartial {
    logs: BTreeMap<String, LogRows>,
    hashes: RowHashes,
}

/// Rows of one log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct LogRows {
    rows: u64,
    /// Rows whose bytes answered are known.
    answered: u64,
    /// Rows that have a value, by column.
    present: BTreeMap<(FieldName, Kind), u64>,
}

/// What is known of one column before it is put in words.
pub(super) struct ColumnFacts<'a> {
    pub name: &'a FieldName,
    pub kind: Kind,
    /// Rows that have a value.
    pub present: u64,
    pub distinct: u64,
    pub constant: Option<&'a str>,
    pub counts: &'a Counts,
    /// Distinct texts that are numbers.
    pub numeric_texts: u64,
}

impl QualityPartial {
    /// Takes rows of a log in.
    pub fn add_rows(&mut self, log: &str, rows: u64, answered: u64) {
        let known = self.logs.entry(log.to_owned()).or_default();
        known.rows += rows;
        known.answered += answered;
    }

    /// Takes the rows of a log in that have a value in a column.
    pub fn add_present(&mut self, log: &str, column: (FieldName, Kind), rows: u64) {
        if rows > 0 {
            *self.logs.entry(log.to_owned()).or_default().present.entry(column).or_default() += rows;
        }
    }

    /// Takes the hashes of all rows of the worker in.
    pub fn add_hashes(&mut self, hashes: Vec<u64>) {
        self.hashes = RowHashes::new(hashes);
    }

    /// Takes the other part in.
    pub fn merge(&mut self, other: Self) {
        for (log, rows) in other.logs {
            let known = self.logs.entry(log).or_default();
            known.rows += rows.rows;
            known.answered += rows.answered;
            for (column, present) in rows.present {
                *known.present.entry(column).or_default() += present;
            }
        }
        self.hashes.merge(other.hashes);
    }

    /// Whether some log has both the column and bytes that were answered.
    pub fn has_bytes(&self, name: &FieldName) -> bool {
        self.logs.values().any(|log| log.answered > 0 && log.present.keys().any(|(known, _)| known == name))
    }

    /// The panel.
    pub fn finish(self, columns: &BTreeMap<(FieldName, Kind), Counts>) -> Quality {
        let column = |(key, counts): (&(FieldName, Kind), &Counts)| self.column(key, counts);
        Quality {
            rows: self.logs.values().map(|log| log.rows).sum(),
            columns: columns.iter().filter_map(column).collect(),
            duplicate_rows: self.hashes.finish(),
        }
    }

    /// One column's figures; none where no row has a value.
    fn column(&self, key: &(FieldName, Kind), counts: &Counts) -> Option<ColumnQuality> {
        let (name, kind) = key;
        let logs = self.logs.values().filter_map(|log| Some((log.rows, *log.present.get(key)?)));
        let (rows, present) = logs.fold((0, 0), |sum, log| (sum.0 + log.0, sum.1 + log.1));
        if present == 0 {
            return None;
        }
        let texts_as_numbers = match counts {
            Counts::Texts(texts) if *kind == Kind::Keyword && name.ecs().is_none() => numeric_texts(texts),
            _ => NumericTexts::default(),
        };
        let constant = constant(counts);
        let facts = ColumnFacts {
            name,
            kind: *kind,
            present,
            distinct: distinct(counts),
            constant: constant.as_deref(),
            counts,
            numeric_texts: texts_as_numbers.distinct,
        };
        let measured = kind.is_number() && name.unit() != Unit::Code;
        Some(ColumnQuality {
            field: name.as_str().to_owned(),
            kind: kind_name(*kind).to_owned(),
            unit: unit_name(name.unit()).to_owned(),
            rows,
            missing: rows - present.min(rows),
            zero: numbers_of(counts).map(NumberCounts::zeros),
            distinct: facts.distinct,
            note: notes::note(&facts),
            numbers: match numbers_of(counts).filter(|_| measured) {
                Some(numbers) => number_quality(numbers),
                None => texts_as_numbers.numbers.as_ref().and_then(number_quality),
            },
            rare: rare(counts, *kind, rows),
            constant,
        })
    }
}

fn distinct(counts: &Counts) -> u64 {
    match counts {
        Counts::Texts(texts) => texts.distinct(),
        Counts::Numbers(numbers) => numbers.distinct(),
        Counts::Times(times) => times.len() as u64,
    }
}

fn numbers_of(counts: &Counts) -> Option<&NumberCounts> {
    match counts {
        Counts::Texts(_) | Counts::Times(_) => None,
        Counts::Numbers(numbers) => Some(numbers),
    }
}

/// The value of a column that has only one, as it is shown.
fn constant(counts: &Counts) -> Option<String> {
    if distinct(counts) != 1 {
        return None;
    }
    match counts {
        Counts::Texts(texts) => texts.iter().next().map(|(text, _)| text.to_owned()),
        Counts::Times(times) => times.first().map(|&time| Micros(time).to_rfc3339()),
        Counts::Numbers(numbers) => match numbers.integers().next() {
            Some((number, _)) => Some(number.to_string()),
            None => numbers.iter().next().map(|(number, _)| number.to_string()),
        },
    }
}

/// Values in fewer than one row of a hundred, of a column that has few values.
fn rare(counts: &Counts, kind: Kind, rows: u64) -> Option<u64> {
    match counts {
        Counts::Texts(texts) if kind == Kind::Keyword && texts.distinct() <= MAX_CATEGORIES => {
            Some(texts.iter().filter(|(_, tally)| tally.rows * RARE < rows).count() as u64)
        }
        _ => None,
    }
}

/// Texts of a column that are numbers.
#[derive(Default)]
struct NumericTexts {
    distinct: u64,
    /// Their counts, if every text is one.
    numbers: Option<NumberCounts>,
}

fn numeric_texts(texts: &TextTallies) -> NumericTexts {
    let numbers: Vec<(f64, u64)> = texts.iter().filter_map(|(text, t)| Some((number_of(text)?, t.rows))).collect();
    let distinct = numbers.len() as u64;
    let all = distinct == texts.distinct() && distinct > 0;
    let counts = || {
        NumberCounts::of_floats(numbers.iter().flat_map(|&(number, rows)| std::iter::repeat_n(number, rows as usize)))
    };
    NumericTexts { distinct, numbers: all.then(counts) }
}

/// The number that a text is; `inf` and `nan` are words.
fn number_of(text: &str) -> Option<f64> {
    let starts = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    text.parse::<f64>().ok().filter(|number| starts && number.is_finite())
}

/// None also where a figure is beyond what a float can say.
fn number_quality(numbers: &NumberCounts) -> Option<NumberQuality> {
    let (min, max) = numbers.range()?;
    let (q1, q3) = (numbers.quantile(0.25)?, numbers.quantile(0.75)?);
    let (mean, deviation) = numbers.mean_and_deviation()?;
    let reach = 1.5 * (q3 - q1);
    let far_out = |value: f64| value < q1 - reach || value > q3 + reach;
    let (median, sum) = (numbers.quantile(0.5)?, numbers.sum());
    if ![min, q1, median, q3, max, mean, deviation, sum].into_iter().all(f64::is_finite) {
        return None;
    }
    Some(NumberQuality {
        min,
        q1,
        median,
        q3,
        max,
        mean,
        sum,
        deviation,
        outliers_iqr: numbers.iter().filter(|&(value, _)| far_out(value)).map(|(_, rows)| rows).sum(),
    })
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Keyword => "keyword",
        Kind::Ip => "ip",
        Kind::Integer => "integer",
        Kind::Float => "float",
        Kind::Time => "time",
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::None => "",
        Unit::Bytes => "bytes",
        Unit::Nanoseconds => "nanoseconds",
        Unit::Code => "code",
        Unit::Packets => "packets",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_out_values_are_those_beyond_the_fences() {
        let numbers = NumberCounts::of_integers([1, 2, 3, 4, 100].into_iter());
        let quality = number_quality(&numbers).unwrap();
        assert_eq!((quality.q1, quality.median, quality.q3, quality.outliers_iqr), (2.0, 3.0, 4.0, 1));
        assert_eq!((quality.sum, quality.mean, quality.min, quality.max), (110.0, 22.0, 1.0, 100.0));
        assert_eq!(number_quality(&NumberCounts::default()), None);
        assert_eq!(number_quality(&NumberCounts::of_floats([f64::MAX, f64::MIN].into_iter())), None);
    }

    #[test]
    fn a_number_is_written_in_digits() {
        for (text, expected) in [("12", Some(12.0)), ("-1.5e3", Some(-1500.0)), ("inf", None), ("1a", None), ("", None)]
        {
            assert_eq!(number_of(text), expected, "{text}");
        }
    }
}
