//! Timestamps: the forms that logs write, as µs UTC and the offset that was written.
//!
//! Forms: `17/May/2015:10:05:03 +0000` (common log format), [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) and ISO
//! 8601 with `T` or a space (also `2012-Mar-16_07:30:00`), with or without decimals and offset, `2015/05/17 10:05:03`, and seconds, milliseconds or
//! microseconds since 1970 as a number. A time without an offset is taken as UTC.

use crate::units::{Micros, days_from_civil};

use super::numbers::{digits, seconds_scaled};

/// A time as a log wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// The instant.
    pub time: Micros,
    /// The offset as written: `+0100`, `Z`; none where there is none.
    pub offset: Option<&'a [u8]>,
}

/// A time in any of the forms.
pub fn parse(text: &[u8]) -> Option<Stamp<'_>> {
    match (text.get(2), text.get(4)) {
        (Some(b'/'), _) => common(text),
        (_, Some(b'-' | b'/')) => iso(text),
        _ => epoch(text).map(|time| Stamp { time, offset: None }),
    }
}

/// `17/May/2015:10:05:03 +0000`, the form of the common log format. Decimals of seconds may follow the seconds.
pub fn common(text: &[u8]) -> Option<Stamp<'_>> {
    let day = two(text, 0)?;
    let month = month(text.get(3..6)?)?;
    let year = digits(text.get(7..11)?)?;
    let separators = [text.get(2)?, text.get(6)?, text.get(11)?, text.get(14)?, text.get(17)?];
    if separators != [&b'/', &b'/', &b':', &b':', &b':'] {
        return None;
    }
    let seconds = civil(year, month, day, (two(text, 12)?, two(text, 15)?, two(text, 18)?))?;
    let (micros, rest) = fraction(text.get(20..)?)?;
    with_offset(seconds, micros, rest)
}

/// `2015-05-17T10:05:03.250+01:00` and its relatives.
pub fn iso(text: &[u8]) -> Option<Stamp<'_>> {
    let year = digits(text.get(0..4)?)?;
    if text.get(5)?.is_ascii_alphabetic() {
        return named_month(year, text);
    }
    let (month, day) = (two(text, 5)?, two(text, 8)?);
    if text.get(4)? != text.get(7)? || !matches!(text.get(4)?, b'-' | b'/') {
        return None;
    }
    if text.len() == 10 {
        let seconds = civil(year, month, day, (0, 0, 0))?;
        return with_offset(seconds, 0, &[]);
    }
    if !matches!(text.get(10)?, b'T' | b't' | b' ' | b'_') || text.get(13)? != &b':' {
        return None;
    }
    let has_seconds = text.get(16) == Some(&b':');
    let second = if has_seconds { two(text, 17)? } else { 0 };
    let seconds = civil(year, month, day, (two(text, 11)?, two(text, 14)?, second))?;
    let (micros, rest) = fraction(text.get(if has_seconds { 19 } else { 16 }..)?)?;
    with_offset(seconds, micros, rest)
}

/// `2012-Mar-16_07:30:00`.
fn named_month(year: i64, text: &[u8]) -> Option<Stamp<'_>> {
    let (month, day) = (month(text.get(5..8)?)?, two(text, 9)?);
    let time = (two(text, 12)?, two(text, 15)?, two(text, 18)?);
    let separators = [text.get(8)?, text.get(14)?, text.get(17)?];
    let (micros, rest) = fraction(text.get(20..)?)?;
    if separators != [&b'-', &b':', &b':'] || !rest.is_empty() {
        return None;
    }
    with_offset(civil(year, month, day, time)?, micros, rest)
}

/// Seconds since 1970 with or without decimals, or a whole number of milli- or microseconds of 13 or 16 digits.
pub fn epoch(text: &[u8]) -> Option<Micros> {
    match (text.len(), memchr::memchr(b'.', text)) {
        (13, None) => digits(text)?.checked_mul(1000).map(Micros),
        (16, None) => digits(text).map(Micros),
        (9 | 10, None) | (_, Some(9 | 10)) => seconds_scaled(text, 6).map(Micros),
        _ => None,
    }
}

/// The offset as `+01:00`; `Z` for UTC. **Null**: none for what is no offset.
pub fn offset_seconds(offset: &[u8]) -> Option<i64> {
    if matches!(offset, b"Z" | b"z" | b"UTC" | b"GMT") {
        return Some(0);
    }
    let sign = match offset.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes_at = if offset.get(3) == Some(&b':') { 4 } else { 3 };
    let minutes = if offset.len() == 3 { 0 } else { two(offset, minutes_at)? };
    let hours = two(offset, 1)?;
    if offset.len() > minutes_at + 2 || hours > 15 || minutes > 59 {
        return None;
    }
    Some(sign * (hours * 3600 + minutes * 60))
}

fn with_offset(seconds: i64, micros: i64, rest: &[u8]) -> Option<Stamp<'_>> {
    let offset = rest.trim_ascii();
    let shift = if offset.is_empty() { 0 } else { offset_seconds(offset)? };
    let time = Micros((seconds - shift).checked_mul(Micros::PER_SECOND)?.checked_add(micros)?);
    Some(Stamp { time, offset: (!offset.is_empty()).then_some(offset) })
}

/// Decimals of a second as µs, and what follows them.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some(b'.' | b',') = rest.first() else { return Some((0, rest)) };
    let rest = rest.get(1..)?;
    let n = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if n == 0 {
        return None;
    }
    let mut micros = 0;
    for place in 0..6 {
        let digit = if place < n { rest.get(place).map_or(0, |&b| i64::from(b - b'0')) } else { 0 };
        micros = micros * 10 + digit;
    }
    Some((micros, rest.get(n..)?))
}

fn civil(year: i64, month: i64, day: i64, (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    // 60 is a leap second.
    let real = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    real.then(|| days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn two(text: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (text.get(at)?.wrapping_sub(b'0'), text.get(at + 1)?.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

fn month(name: &[u8]) -> Option<i64> {
    const NAMES: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let at = NAMES.iter().position(|known| name.eq_ignore_ascii_case(*known))?;
    Some(at as i64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let found = parse(text.as_bytes()).map(|stamp| stamp.time.to_rfc3339());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn the_forms_of_logs() {
        check("17/May/2015:10:05:03 +0000", Some("2015-05-17T10:05:03Z"));
        check("17/Apr/2025:05:10:56 +0100", Some("2025-04-17T04:10:56Z"));
        check("22/Jan/2019:03:56:14 +0330", Some("2019-01-22T00:26:14Z"));
        check("2024-04-25T23:00:00Z", Some("2024-04-25T23:00:00Z"));
        check("2024-04-25 23:00:00", Some("2024-04-25T23:00:00Z"));
        check("2024-04-25T23:00:00.250-05:00", Some("2024-04-26T04:00:00.250Z"));
        check("2024/04/25 23:00:00", Some("2024-04-25T23:00:00Z"));
        check("2024-04-25 23:00", Some("2024-04-25T23:00:00Z"));
        check("2012-Mar-16_07:30:00", Some("2012-03-16T07:30:00Z"));
        check("2024-04-25", Some("2024-04-25T00:00:00Z"));
        check("1258569169.198923", Some("2009-11-18T18:32:49.198923Z"));
        check("1258569169", Some("2009-11-18T18:32:49Z"));
        check("1258569169198", Some("2009-11-18T18:32:49.198Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "-", "32/May/2015:10:05:03 +0000", "17/Foo/2015:10:05:03 +0000", "17/May/2015:25:05:03 +0000"]
        {
            check(text, None);
        }
        for text in ["2024-13-01", "2024-04-25T23:00:00+99:00", "12", "2024-04-25Tx", "2024-04-25T23:00:00.", "1.2.3"] {
            check(text, None);
        }
    }

    #[test]
    fn the_offset_is_kept_as_written() {
        assert_eq!(parse(b"17/Apr/2025:05:10:56 +0100").and_then(|s| s.offset), Some(&b"+0100"[..]));
        assert_eq!(offset_seconds(b"-0330"), Some(-12_600));
        assert_eq!(offset_seconds(b"+01"), Some(3600));
    }
}
