//! Timestamps: the forms that logs write, as µs UTC and the offset that was written.
//!
//! Forms: `17/May/2015:10:05:03 +0000` (common log format), [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) and ISO
//! 8601 with `T` or a space (also `2012-Mar-16_07:30:00`), with or without decimals and offset, `2015/05/17 10:05:03`, and seconds, milliseconds or
//! microseconds since 1970 as a number, which are UTC.

use crate::schema::Value;
use crate::units::Micros;
pub use crate::units::time::{Stamp, offset_seconds};
use crate::units::time::{YEARLESS, civil, fraction, iso, month, two, with_offset};

use super::numbers::{digits, seconds_scaled};

/// A time as a value: a point in time, or a local time where no offset is written.
pub fn value(stamp: Stamp<'_>) -> Value<'static> {
    if stamp.offset.is_some() { Value::Time(stamp.time) } else { Value::Local(stamp.time) }
}

/// A time in any of the forms.
pub fn parse(text: &[u8]) -> Option<Stamp<'_>> {
    match (text.get(2), text.get(4)) {
        (Some(b'/'), _) => common(text),
        (_, Some(b'-' | b'/')) => iso(text),
        _ => epoch(text).map(|time| Stamp { time, offset: Some(b"Z") }),
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

/// `Feb  9 21:19:40`, also `Mon Dec 26 16:15:55.103522 2016` and `Dec 26 2016 16:15:55`: a local time, with or without
/// a year, and what follows it without the space between.
pub fn month_first(text: &[u8]) -> Option<(Value<'static>, &[u8])> {
    // The day of the week says nothing new.
    let text = if text.get(3) == Some(&b' ') && month(text.get(..3)?).is_none() { text.get(4..)? } else { text };
    let month = month(text.get(..3)?)?;
    let (day, rest) = short_number(text.get(3..)?.trim_ascii_start())?;
    let rest = rest.strip_prefix(b" ")?;
    let (year, rest) = match year(rest) {
        Some((year, rest)) => (Some(year), rest.strip_prefix(b" ")?),
        None => (None, rest),
    };
    if (rest.get(2)?, rest.get(5)?) != (&b':', &b':') {
        return None;
    }
    let time = (two(rest, 0)?, two(rest, 3)?, two(rest, 6)?);
    let (micros, rest) = fraction(rest.get(8..)?)?;
    let (year, rest) = match rest.strip_prefix(b" ").and_then(|after| self::year(after)) {
        Some((after, rest)) if year.is_none() => (Some(after), rest),
        _ => (year, rest),
    };
    let rest = match rest.first() {
        None => rest,
        Some(b' ') => rest.get(1..)?,
        Some(_) => return None,
    };
    let at = civil(year.unwrap_or(YEARLESS), month, day, time)? * Micros::PER_SECOND + micros;
    let value = if year.is_some() { Value::Local(Micros(at)) } else { Value::Yearless(Micros(at)) };
    Some((value, rest))
}

/// One or two digits, and what follows.
fn short_number(text: &[u8]) -> Option<(i64, &[u8])> {
    let n = text.iter().take_while(|b| b.is_ascii_digit()).count();
    (n == 1 || n == 2).then(|| Some((digits(text.get(..n)?)?, text.get(n..)?))).flatten()
}

/// Four digits that stand alone, and what follows.
fn year(text: &[u8]) -> Option<(i64, &[u8])> {
    let is_alone = matches!(text.get(4), None | Some(b' '));
    is_alone.then(|| Some((digits(text.get(..4)?)?, text.get(4..)?))).flatten()
}

/// Seconds since 1970 with or without decimals, or a whole number of milli-, micro- or nanoseconds of 13, 16 or 19 digits.
pub fn epoch(text: &[u8]) -> Option<Micros> {
    match (text.len(), memchr::memchr(b'.', text)) {
        (13, None) => digits(text)?.checked_mul(1000).map(Micros),
        (16, None) => digits(text).map(Micros),
        (19, None) => digits(text).map(|nanoseconds| Micros(nanoseconds / 1000)),
        (9 | 10, None) | (_, Some(9 | 10)) => seconds_scaled(text, 6).map(Micros),
        _ => None,
    }
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
        check("1258569169198923456", Some("2009-11-18T18:32:49.198923Z"));
    }

    #[test]
    fn the_month_may_come_first_and_the_year_be_missing() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let found = month_first(text.as_bytes()).map(|(value, rest)| {
                let (Value::Local(time) | Value::Yearless(time)) = value else { panic!("{value:?}") };
                (time.to_rfc3339(), String::from_utf8_lossy(rest).into_owned())
            });
            let found = found.as_ref().map(|(time, rest)| (time.as_str(), rest.as_str()));
            assert_eq!(found, expected, "{text}");
        };
        check("Feb  9 21:19:40 host x", Some(("1972-02-09T21:19:40Z", "host x")));
        check("Feb 29 21:19:40  x", Some(("1972-02-29T21:19:40Z", " x")));
        check("Mon Dec 26 16:15:55.103522 2016", Some(("2016-12-26T16:15:55.103522Z", "")));
        check("Dec 26 2016 16:15:55 host", Some(("2016-12-26T16:15:55Z", "host")));
        for text in ["", "Feb", "Feb 39 21:19:40", "Foo  9 21:19:40", "Feb  9 21-19-40", "Feb  9 21:19:40x"] {
            check(text, None);
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "-", "32/May/2015:10:05:03 +0000", "17/Foo/2015:10:05:03 +0000", "17/May/2015:25:05:03 +0000"]
        {
            check(text, None);
        }
        for text in ["31/Apr/2015:10:05:03 +0000", "2023-02-29", "1900-02-29T00:00:00Z"] {
            check(text, None);
        }
        check("2000-02-29", Some("2000-02-29T00:00:00Z"));
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
