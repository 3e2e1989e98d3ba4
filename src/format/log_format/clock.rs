//! Times by a pattern of [strftime's letters](https://pubs.opengroup.org/onlinepubs/9699919799/functions/strftime.html), as
//! Apache's `%{…}t` has them, and `%f` for decimals of a second.
//!
//! A pattern without a year gives a time without one, and a pattern without an offset a local time.

use crate::schema::Value;
use crate::units::Micros;
use crate::units::time::{YEARLESS, civil, month, offset_seconds};

use super::super::numbers::digits;

/// What a pattern found: the value, the offset as written, and how many bytes of the text it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clocked<'a> {
    /// A point in time, a local time, or one without a year.
    pub value: Value<'static>,
    /// The offset from UTC as written.
    pub offset: Option<&'a [u8]>,
    /// Bytes read.
    pub length: usize,
}

/// What has been read of a time.
#[derive(Default)]
struct Parts<'a> {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    is_afternoon: Option<bool>,
    epoch: Option<i64>,
    offset: Option<&'a [u8]>,
}

/// Reads a time at the beginning of a text.
pub fn read<'a>(pattern: &str, text: &'a [u8]) -> Option<Clocked<'a>> {
    let mut parts = Parts::default();
    let rest = walk(pattern, text, &mut parts)?;
    let length = text.len() - rest.len();
    if let Some(seconds) = parts.epoch {
        let time = Micros(seconds.checked_mul(Micros::PER_SECOND)?.checked_add(parts.micros)?);
        return Some(Clocked { value: Value::Time(time), offset: None, length });
    }
    let hour = match parts.is_afternoon {
        None => parts.hour,
        Some(is_afternoon) => parts.hour % 12 + if is_afternoon { 12 } else { 0 },
    };
    let (month, day) = (parts.month?, parts.day?);
    let seconds = civil(parts.year.unwrap_or(YEARLESS), month, day, (hour, parts.minute, parts.second))?;
    let shift = parts.offset.map(offset_seconds);
    let local = Micros(seconds * Micros::PER_SECOND + parts.micros);
    let value = match (shift, parts.year) {
        (Some(shift), Some(_)) => Value::Time(Micros(local.0 - shift? * Micros::PER_SECOND)),
        (_, Some(_)) => Value::Local(local),
        (_, None) => Value::Yearless(local),
    };
    Some(Clocked { value, offset: parts.offset, length })
}

/// Whether a pattern has only letters that are known.
pub fn is_pattern(pattern: &str) -> bool {
    let mut letters = pattern.bytes();
    let mut any = false;
    while let Some(byte) = letters.next() {
        if byte == b'%' {
            any = true;
            if !letters.next().is_some_and(|letter| b"YymdeHIMSfzZbBhaApsTDFRnt%k".contains(&letter)) {
                return false;
            }
        }
    }
    any
}

fn walk<'a>(pattern: &str, text: &'a [u8], parts: &mut Parts<'a>) -> Option<&'a [u8]> {
    let mut rest = text;
    let mut letters = pattern.bytes();
    while let Some(byte) = letters.next() {
        if byte == b'%' {
            rest = letter(letters.next()?, rest, parts)?;
        } else {
            rest = rest.strip_prefix(&[byte])?;
        }
    }
    Some(rest)
}

fn letter<'a>(letter: u8, rest: &'a [u8], parts: &mut Parts<'a>) -> Option<&'a [u8]> {
    let number = |most: usize| number(rest, most);
    let (value, after) = match letter {
        b'T' => return walk("%H:%M:%S", rest, parts),
        b'R' => return walk("%H:%M", rest, parts),
        b'F' => return walk("%Y-%m-%d", rest, parts),
        b'D' => return walk("%m/%d/%y", rest, parts),
        b'n' | b't' => return rest.strip_prefix(if letter == b'n' { b"\n" } else { b"\t" }),
        b'%' => return rest.strip_prefix(b"%"),
        b'a' | b'A' => return Some(after_letters(rest)),
        b'b' | b'B' | b'h' => {
            parts.month = Some(month(rest.get(..3)?)?);
            return Some(after_letters(rest.get(3..)?));
        }
        b'p' => {
            parts.is_afternoon = Some(rest.first()?.eq_ignore_ascii_case(&b'p'));
            return rest.get(2..);
        }
        b'z' | b'Z' => {
            let n = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-:".contains(b)).count();
            let offset = rest.get(..n).filter(|offset| offset_seconds(offset).is_some())?;
            parts.offset = Some(offset);
            return rest.get(n..);
        }
        b'f' => {
            let n = rest.iter().take_while(|b| b.is_ascii_digit()).count();
            let digit = |place: usize| rest.get(place).filter(|_| place < n).map_or(0, |b| i64::from(b - b'0'));
            parts.micros = (0..6).fold(0, |micros, place| micros * 10 + digit(place));
            return rest.get(n..).filter(|_| n > 0);
        }
        b's' => number(18)?,
        b'Y' => number(4)?,
        b'e' | b'k' => number_after_space(rest)?,
        _ => number(2)?,
    };
    match letter {
        b'Y' => parts.year = Some(value),
        b'y' => parts.year = Some(if value < 69 { 2000 } else { 1900 } + value),
        b'm' => parts.month = Some(value),
        b'd' | b'e' => parts.day = Some(value),
        b'H' | b'I' | b'k' => parts.hour = value,
        b'M' => parts.minute = value,
        b'S' => parts.second = value,
        b's' => parts.epoch = Some(value),
        _ => return None,
    }
    Some(after)
}

fn number(rest: &[u8], most: usize) -> Option<(i64, &[u8])> {
    let n = rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    Some((digits(rest.get(..n)?)?, rest.get(n..)?))
}

fn number_after_space(rest: &[u8]) -> Option<(i64, &[u8])> {
    number(rest.strip_prefix(b" ").unwrap_or(rest), 2)
}

/// What follows the letters at the beginning.
fn after_letters(text: &[u8]) -> &[u8] {
    let n = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    text.get(n..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: Option<(&str, &str)>) {
        let found = read(pattern, text.as_bytes()).map(|clocked| {
            let (name, time) = match clocked.value {
                Value::Time(time) => ("time", time),
                Value::Local(time) => ("local", time),
                Value::Yearless(time) => ("yearless", time),
                _ => ("none", Micros(0)),
            };
            (name, time.to_rfc3339())
        });
        assert_eq!(found.as_ref().map(|(name, time)| (*name, time.as_str())), expected, "{pattern} {text}");
    }

    #[test]
    fn patterns_of_strftime() {
        check("%d/%b/%Y:%H:%M:%S %z", "17/May/2015:10:05:03 +0200", Some(("time", "2015-05-17T08:05:03Z")));
        check("%Y-%m-%d %H:%M:%S,%f", "2024-04-25 23:00:00,250", Some(("local", "2024-04-25T23:00:00.250Z")));
        check("%b %e %T", "Mar  6 08:12:04", Some(("yearless", "1972-03-06T08:12:04Z")));
        check("%a %b %d %T.%f %Y", "Sun Mar 06 08:12:04.5 2022", Some(("local", "2022-03-06T08:12:04.500Z")));
        check("%I:%M %p %D", "01:05 PM 12/31/99", Some(("local", "1999-12-31T13:05:00Z")));
        check("%s.%f", "1258569169.198", Some(("time", "2009-11-18T18:32:49.198Z")));
    }

    #[test]
    fn what_does_not_fit_is_none() {
        check("%Y-%m-%d", "2024-13-01", None);
        check("%H:%M", "10:05", None);
        check("%Y", "", None);
        check("%d/%b/%Y %z", "17/May/2015 noon", None);
        assert!(is_pattern("%Y-%m") && !is_pattern("%Q") && !is_pattern("time"));
    }
}
