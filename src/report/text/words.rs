//! Numbers, shares, sizes, times and values of the log as sentences have them.

use std::fmt::Write;

/// Letters of a log's value that a sentence shows.
const MAX_LETTERS: usize = 60;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `1,204,331`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 row`, `1,204 rows`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `1 row`, `12 rows`.
pub fn rows(number: u64) -> String {
    counted(number, "row", "rows")
}

/// `41 %`, `2.3 %`, `less than 0.1 %`; never 0 % for some and never 100 % for not all.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    // In tenths of a percent, rounded half up, in whole numbers.
    let tenths = (u128::from(part) * 2000 + u128::from(whole)) / (u128::from(whole) * 2);
    match tenths {
        0 if part > 0 => "less than 0.1 %".to_owned(),
        995.. if part < whole => "more than 99 %".to_owned(),
        0..100 if tenths % 10 != 0 => format!("{}.{} %", tenths / 10, tenths % 10),
        _ => format!("{} %", (tenths + 5) / 10),
    }
}

/// `113 of 282 rows, 40 %`.
pub fn part(part: u64, whole: u64, what: &str) -> String {
    format!("{} of {} {what}, {}", count(part), count(whole), share(part, whole))
}

/// `338 MB`, `1.5 kB`, `512 bytes`; 1 kB is 1,000 bytes.
pub fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return counted(bytes, "byte", "bytes");
    }
    let mut tenths = u128::from(bytes) * 10;
    let mut unit = "bytes";
    for name in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if tenths < 9995 {
            break;
        }
        tenths = (tenths + 500) / 1000;
        unit = name;
    }
    if tenths < 1000 && tenths % 10 != 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (tenths + 5) / 10)
    }
}

/// `14.2`, `3`: how many times `whole` goes into `part`.
pub fn times(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 20 + u128::from(whole)) / (u128::from(whole).max(1) * 2);
    if tenths < 1000 && tenths % 10 != 0 {
        format!("{}.{}", tenths / 10, tenths % 10)
    } else {
        count(((tenths + 5) / 10) as u64)
    }
}

/// `25 April 2024, 23:00 UTC`; a text that is no time stays as it is.
pub fn time(rfc3339: &str) -> String {
    match (date(rfc3339), clock(rfc3339)) {
        (Some(date), Some(clock)) => format!("{date}, {clock} UTC"),
        _ => rfc3339.to_owned(),
    }
}

/// `from 25 April 2024, 23:00 to 26 April 2024, 09:50 UTC`; the day once, where it is one.
pub fn span(first: &str, last: &str) -> String {
    match (date(first), clock(first), date(last), clock(last)) {
        (Some(day), Some(from), Some(end), Some(to)) if day == end && from == to => format!("on {day} at {from} UTC"),
        (Some(day), Some(from), Some(end), Some(to)) if day == end => format!("on {day} from {from} to {to} UTC"),
        (Some(day), Some(from), Some(end), Some(to)) => format!("from {day}, {from} to {end}, {to} UTC"),
        _ => format!("from {first} to {last}"),
    }
}

fn date(rfc3339: &str) -> Option<String> {
    let mut parts = rfc3339.split_once('T')?.0.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{} {month} {year}", day.trim_start_matches('0')))
}

fn clock(rfc3339: &str) -> Option<&str> {
    rfc3339.split_once('T')?.1.get(..5)
}

/// `10 minutes`, `1 hour`, `90 seconds`.
pub fn length(seconds: u64) -> String {
    let whole = [(86_400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes")];
    let unit = whole.into_iter().find(|(size, ..)| seconds >= *size && seconds.is_multiple_of(*size));
    match unit {
        Some((size, one, many)) => counted(seconds / size, one, many),
        None => counted(seconds, "second", "seconds"),
    }
}

/// A value of the log: cut, and with its invisible characters made visible, since whoever writes the log chooses it.
pub fn value(text: &str) -> String {
    let mut out = String::new();
    for (at, character) in text.chars().enumerate() {
        if at == MAX_LETTERS {
            out.push('…');
            break;
        }
        let turns_text_around = matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        if character.is_control() || turns_text_around {
            let written = write!(out, "\\u{{{:x}}}", u32::from(character));
            debug_assert!(written.is_ok());
        } else {
            out.push(character);
        }
    }
    out
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A sentence's beginning as a capital letter.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_204_331), "1,204,331");
        assert_eq!(rows(1), "1 row");
        assert_eq!(rows(0), "0 rows");
    }

    #[test]
    fn a_share_says_no_more_than_is_true() {
        for (part, whole, expected) in [
            (0, 282, "0 %"),
            (113, 282, "40 %"),
            (282, 282, "100 %"),
            (9999, 10_000, "more than 99 %"),
            (1, 10_000, "less than 0.1 %"),
            (23, 1000, "2.3 %"),
            (2, 100, "2 %"),
            (995, 10_000, "10 %"),
            (1, 0, "0 %"),
        ] {
            assert_eq!(share(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn sizes_have_units() {
        for (bytes, expected) in [
            (1, "1 byte"),
            (999, "999 bytes"),
            (1500, "1.5 kB"),
            (338_228_034, "338 MB"),
            (23_844_310, "23.8 MB"),
            (999_999, "1 MB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
        assert_eq!(times(338_228_034, 23_844_310), "14.2");
        assert_eq!(times(20, 10), "2");
    }

    #[test]
    fn times_are_written_out_with_their_zone() {
        assert_eq!(time("2024-04-25T23:00:00Z"), "25 April 2024, 23:00 UTC");
        assert_eq!(time("2009-11-08T18:32:49.198923Z"), "8 November 2009, 18:32 UTC");
        assert_eq!(time("soon"), "soon");
        let (a, b) = ("2024-04-25T23:00:00Z", "2024-04-26T09:50:00Z");
        assert_eq!(span(a, b), "from 25 April 2024, 23:00 to 26 April 2024, 09:50 UTC");
        assert_eq!(span("2024-04-25T09:00:00Z", a), "on 25 April 2024 from 09:00 to 23:00 UTC");
        assert_eq!(span(a, a), "on 25 April 2024 at 23:00 UTC");
        assert_eq!(length(600), "10 minutes");
        assert_eq!(length(90), "90 seconds");
        assert_eq!(length(3600), "1 hour");
    }

    #[test]
    fn values_of_the_log_cannot_play_tricks() {
        assert_eq!(value("a\u{202e}b\x1b[31m"), "a\\u{202e}b\\u{1b}[31m");
        assert_eq!(value(&"x".repeat(80)), format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn sentences_begin_and_go_on() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(capital("one"), "One");
    }
}
