//! Delimited values without a header line: what columns are is told by what stands in them.
//! Specification: [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180), read as `csv` does.
//!
//! Columns are `column_1`, `column_2` …, unless the user maps them. The first column of times is when it happened; the
//! first one of addresses is the source, the second the destination; the others are kept under `csv.`.

use crate::schema::{ColumnSpec, Field, FieldName, Kind};

use super::access::looks_like_address;
use super::csv::{CsvColumn, CsvSpec, UNNAMED, fields_of, is_null, reader, records, whole};
use super::detect::{Candidate, Certainty, Head, understood};
use super::numbers::float;
use super::{FormatSpec, timestamp};

/// A share of records with as many fields, and of values of a column's kind, from which they are believed.
const ENOUGH: f64 = 0.9;

/// Columns of a file without a header are counted up to so many.
const MOST_COLUMNS: usize = 256;

/// The delimiters that cut the first lines into columns of one kind each.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    b",;\t|".iter().filter_map(|&delimiter| candidate(head, delimiter)).collect()
}

fn candidate(head: &Head<'_>, delimiter: u8) -> Option<Candidate> {
    let first = head.lines.first().filter(|line| line.contains(&delimiter))?;
    if CsvSpec::from_header(first, delimiter, head.mapped).is_some() {
        return None;
    }
    let records: Vec<&[u8]> = records(head.bytes).into_iter().filter(|r| !r.trim_ascii().is_empty()).collect();
    let mut reader = reader(delimiter);
    let rows: Vec<Vec<Vec<u8>>> = records.iter().map(|record| fields_of(&mut reader, record)).collect();
    let n_columns = most_frequent(rows.iter().map(Vec::len))?;
    let rows: Vec<&Vec<Vec<u8>>> = rows.iter().filter(|row| row.len() == n_columns).collect();
    if !(2..=MOST_COLUMNS).contains(&n_columns) || (rows.len() as f64) < ENOUGH * records.len() as f64 {
        return None;
    }
    let kind = |at: usize| kind_of(rows.iter().filter_map(|row| row.get(at)).map(Vec::as_slice));
    let kinds: Vec<Kind> = (0..n_columns).map(kind).collect();
    // Delimiters stand in prose too; addresses, times and numbers do not stand under each other there.
    let is_typed = kinds.iter().any(|kind| matches!(kind, Kind::Ip | Kind::Time));
    if !is_typed && kinds.iter().filter(|kind| kind.is_number()).count() * 2 < n_columns {
        return None;
    }
    // `2026-03-02 07:10:09,120 INFO …` is a time with its decimals and words behind, not a table.
    let is_decimals = |row: &&Vec<Vec<u8>>| {
        let second = row.get(1).map_or(&[][..], Vec::as_slice);
        second.iter().take_while(|b| b.is_ascii_digit()).count() == 3 && second.get(3) == Some(&b' ')
    };
    if kinds.first() == Some(&Kind::Time) && rows.iter().all(is_decimals) {
        return None;
    }
    let spec = FormatSpec::Csv(CsvSpec { delimiter, columns: columns(&kinds, head), has_header: false });
    let (n_rows, seen) = understood(&spec, &records);
    let share = n_rows as f64 / seen.max(1) as f64;
    let evidence = format!("no header; {n_rows} of the first {seen} records have {n_columns} columns of one kind each");
    // More columns are stronger evidence, and a header stronger than none.
    let share_of_rank = share - 0.1 / n_columns as f64;
    (share >= ENOUGH).then_some(Candidate { spec, share: share_of_rank, certainty: Certainty::Guess, evidence })
}

fn most_frequent(lengths: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    lengths.for_each(|length| *counts.entry(length).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(length, _)| length)
}

/// The kind that the values of a column have in common.
fn kind_of<'a>(values: impl Iterator<Item = &'a [u8]>) -> Kind {
    let values: Vec<&[u8]> = values.map(<[u8]>::trim_ascii).filter(|value| !is_null(value)).collect();
    let all = |is: fn(&[u8]) -> bool| !values.is_empty() && values.iter().all(|value| is(value));
    if all(looks_like_address)
        && all(|value| {
            value.len() > 2
                && value.iter().any(|b| matches!(b, b'.' | b':'))
                && whole(value).is_none()
                && float(value).is_none()
        })
    {
        Kind::Ip
    } else if all(is_time) {
        Kind::Time
    } else if all(|value| whole(value).is_some()) {
        Kind::Integer
    } else if all(|value| float(value).is_some()) {
        Kind::Float
    } else {
        Kind::Keyword
    }
}

/// A time; a number only where it is one of seconds, milli- or microseconds of our days.
fn is_time(value: &[u8]) -> bool {
    let is_number = value.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let whole = value.split(|b| *b == b'.').next().unwrap_or_default();
    let is_of_our_days = whole.first() == Some(&b'1') && matches!(whole.len(), 10 | 13 | 16);
    (!is_number || is_of_our_days) && value.len() >= 10 && timestamp::parse(value).is_some()
}

fn columns(kinds: &[Kind], head: &Head<'_>) -> Vec<CsvColumn> {
    let mut taken: Vec<FieldName> = Vec::new();
    let mut columns = Vec::with_capacity(kinds.len());
    for (at, &kind) in kinds.iter().enumerate() {
        let name = format!("{UNNAMED}{}", at + 1);
        let meant: &[Field] = match kind {
            Kind::Ip => &[Field::SourceIp, Field::DestinationIp],
            Kind::Time => &[Field::Timestamp],
            _ => &[],
        };
        let guess = meant.iter().map(|field| FieldName::from(*field)).find(|field| !taken.contains(field));
        let mapped = head.mapped.get(&name).filter(|field| !taken.contains(field)).cloned();
        let field = mapped.or(guess).unwrap_or_else(|| FieldName::Own(format!("csv.{name}").into()));
        taken.push(field.clone());
        let kind = field.ecs().map_or(kind, Field::kind);
        columns.push(CsvColumn { name, column: ColumnSpec { name: field, kind } });
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::super::detect::{MappedColumns, detect};
    use super::super::system::read;

    fn check(log: &str, expected: &str) {
        let mut mapped = MappedColumns::new();
        mapped.insert("column_9".into(), "user.name".parse().unwrap());
        let best = detect(log.as_bytes(), &mapped).swap_remove(0);
        let first = log.lines().next().unwrap();
        let found = best.spec.name().map_or("unknown".into(), |name| format!("{name}: {}", read(&best.spec, first)));
        assert_eq!(found, expected, "{}", best.evidence);
    }

    #[test]
    fn kinds_are_told_by_values() {
        check(
            "2026-01-01T00:00:00Z,192.0.2.1,5123,198.51.100.2,0.5,GET,1,x,jane\n\
             2026-01-01T00:00:01Z,2001:db8::1,5123,198.51.100.2,1,GET,-,x,bob\n",
            "CSV without a header: @timestamp=2026-01-01T00:00:00Z | source.ip=192.0.2.1 | csv.column_3=5123 | \
             destination.ip=198.51.100.2 | csv.column_5=0.5 | csv.column_6=GET | csv.column_7=1 | csv.column_8=x | \
             user.name=jane",
        );
        check(
            "1767225600;4\n1767225601;7\n",
            "semicolon-separated without a header: @timestamp=2026-01-01T00:00:00Z | csv.column_2=4",
        );
        check(
            "GET|192.0.2.1\n\"a|b\"|192.0.2.1\n",
            "bar-separated without a header: csv.column_1=GET | source.ip=192.0.2.1",
        );
    }

    #[test]
    fn prose_is_no_table() {
        check("2026-03-02 07:10:09,120 [a] b\n2026-03-02 07:10:10,121 c\n", "unknown");
        check("One day, it rained.\nThe next, it did not, as one says.\n", "unknown");
    }
}
