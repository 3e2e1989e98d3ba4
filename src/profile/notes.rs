//! What is worth knowing about a column, in plain words, and where it may come from.

use crate::schema::{Field, FieldName, Kind, Unit};
use crate::units::Micros;

use super::columns::Counts;
use super::quality::ColumnFacts;

/// Rows that it takes before "different in every row" is more than chance.
const MIN_IDENTIFIERS: u64 = 20;

/// Of a hundred distinct texts, how many must be numbers for a column of numbers kept as text.
const NUMERIC_SHARE: u64 = 95;

/// Characters of a value that a note shows: it stands in one cell of a table.
const MAX_SHOWN: usize = 60;

/// Times on marks that are closer than this are how a clock is written, not a window.
const MIN_MARK: i64 = 60 * Micros::PER_SECOND;

/// The note on a column, if there is anything to say.
pub(super) fn note(facts: &ColumnFacts<'_>) -> Option<String> {
    if facts.name.ecs().is_some_and(Field::is_of_the_file) || facts.present < 2 {
        return None;
    }
    if let Some(value) = facts.constant {
        return Some(constant(facts.name, &beginning(value)));
    }
    if is_identifier(facts) {
        return Some("different in every row: an identifier".to_owned());
    }
    if let Some(note) = marks(facts) {
        return Some(note);
    }
    numbers_as_text(facts)
}

/// A column that has one value, and the likely cause.
fn constant(name: &FieldName, value: &str) -> String {
    let Some(field) = name.ecs() else {
        return format!("always {value}: cannot tell rows apart");
    };
    match field {
        Field::EventDuration => {
            let seconds = value.parse::<f64>().map_or(value.to_owned(), |ns| format!("{} s", ns / 1e9));
            format!("always {seconds}: the exporter's window, not how long anything took")
        }
        Field::Timestamp | Field::EventStart | Field::EventEnd => {
            format!("always {value}: when the rows were exported, not when they happened")
        }
        Field::EventTimezone => format!("always {value}: one clock wrote all rows"),
        Field::DestinationIp | Field::DestinationDomain | Field::UrlDomain | Field::DestinationPort => {
            format!("always {value}: the log is of one server")
        }
        Field::SourceIp | Field::SourceDomain => format!("always {value}: one client, or a proxy in front of all"),
        Field::RuleName | Field::EventAction => {
            format!("always {value}: the rows were chosen by it, so it cannot tell bad from good")
        }
        Field::ObserverName => format!("always {value}: one device wrote all rows"),
        Field::HttpResponseStatusCode | Field::HttpRequestMethod | Field::NetworkTransport | Field::NetworkProtocol => {
            format!("always {value}: there were no others, or they were not logged")
        }
        _ => format!("always {value}: cannot tell rows apart"),
    }
}

/// As much of a value as a note can show.
fn beginning(value: &str) -> String {
    match value.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value.to_owned(),
    }
}

fn is_identifier(facts: &ColumnFacts<'_>) -> bool {
    let names_rows = match facts.kind {
        Kind::Keyword => true,
        Kind::Integer => matches!(facts.name.unit(), Unit::None | Unit::Code),
        Kind::Ip | Kind::Float | Kind::Time => false,
    };
    names_rows && facts.present >= MIN_IDENTIFIERS && facts.distinct == facts.present
}

/// Times that all fall on the same marks, such as every ten minutes.
fn marks(facts: &ColumnFacts<'_>) -> Option<String> {
    let Counts::Times(times) = facts.counts else { return None };
    let mark = common_mark(times)?;
    let mark = length(mark);
    Some(format!("all times fall on marks of {mark}: the exporter's windows, not when events happened"))
}

/// The longest step, at least a minute, of which every time is a multiple.
fn common_mark(times: &[i64]) -> Option<i64> {
    let mut mark = 0;
    for &time in times {
        mark = greatest_common_divisor(mark, time);
        if mark != 0 && mark < MIN_MARK {
            return None;
        }
    }
    // Nobody exports windows of more than a day; longer ones are dates without a time.
    (mark != 0).then_some(if mark % Micros::PER_DAY == 0 { Micros::PER_DAY } else { mark })
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.saturating_abs(), b.saturating_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn numbers_as_text(facts: &ColumnFacts<'_>) -> Option<String> {
    let mostly = facts.numeric_texts > 0 && facts.numeric_texts * 100 >= facts.distinct * NUMERIC_SHARE;
    mostly.then(|| match facts.distinct - facts.numeric_texts {
        0 => "numbers kept as text".to_owned(),
        1 => "numbers kept as text, but for 1 value".to_owned(),
        others => format!("numbers kept as text, but for {others} values"),
    })
}

/// A length of time of at least a minute, in the largest unit that it is a whole number of.
fn length(micros: i64) -> String {
    let seconds = micros / Micros::PER_SECOND;
    let whole = [("day", 86_400), ("hour", 3600), ("minute", 60)].into_iter().find(|(_, size)| seconds % size == 0);
    match whole.map(|(unit, size)| (unit, seconds / size)) {
        Some((unit, 1)) => format!("1 {unit}"),
        Some((unit, count)) => format!("{count} {unit}s"),
        None => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_in_whole_units() {
        let check = |seconds, expected| assert_eq!(length(seconds * Micros::PER_SECOND), expected);
        check(600, "10 minutes");
        check(86_400, "1 day");
        check(90, "90 s");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(beginning("short"), "short");
        assert_eq!(beginning(&"é".repeat(100)), format!("{}…", "é".repeat(60)));
    }

    #[test]
    fn marks_are_a_minute_apart_at_least() {
        let check = |minutes: &[f64], expected: Option<i64>| {
            let times: Vec<i64> = minutes.iter().map(|m| (m * 60.0) as i64 * Micros::PER_SECOND).collect();
            assert_eq!(common_mark(&times), expected.map(|m| m * 60 * Micros::PER_SECOND));
        };
        check(&[10.0, 30.0, 70.0], Some(10));
        check(&[10.0, 10.5], None);
        check(&[1440.0, 4320.0], Some(1440));
        check(&[], None);
    }
}
