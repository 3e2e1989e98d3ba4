//! Times in ISO 8601 and its relatives, as µs UTC and the offset that was written.
//!
//! [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) with `T` or a space, with or without decimals and offset. A time
//! without an offset is taken as UTC. Other forms of logs are read in `format::timestamp`.

use serde::{Deserialize, Serialize};

use super::{Micros, civil_from_days, days_from_civil};

/// The year that times without a year are counted in: it has a 29th of February.
pub(crate) const YEARLESS: i64 = 1972;

/// What is assumed of a file's times where the log does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assumed {
    /// Seconds east of UTC.
    pub offset_seconds: i64,
    /// When the log ends at the latest: a time without a year is in the last year in which it is not after that day.
    pub ends: Micros,
}

impl Assumed {
    /// The instant of a local time.
    pub fn local(self, time: Micros) -> Micros {
        Micros(time.0.saturating_sub(self.offset_seconds * Micros::PER_SECOND))
    }

    /// The instant of a local time without a year, counted in 1972.
    pub fn yearless(self, time: Micros) -> Micros {
        let day_length = Micros::PER_DAY;
        let into_year = time.0 - days_from_civil(YEARLESS, 1, 1) * day_length;
        let (day, rest) = (into_year.div_euclid(day_length), into_year.rem_euclid(day_length));
        let latest = self.ends.0.saturating_add(day_length);
        // A 29th of February may be up to eight years back.
        let year = civil_from_days(self.ends.0.div_euclid(Micros::PER_DAY)).0;
        let years = (year - 8..=year + 1).rev();
        let mut instants = years.filter_map(|year| {
            let is_leap = days_from_civil(year + 1, 1, 1) - days_from_civil(year, 1, 1) == 366;
            let day = match (is_leap, day) {
                (false, 59) => return None,
                (false, 60..) => day - 1,
                _ => day,
            };
            Some(self.local(Micros((days_from_civil(year, 1, 1) + day) * day_length + rest)))
        });
        instants.find(|instant| instant.0 <= latest).unwrap_or(self.local(time))
    }
}

/// A time as a log wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp<'a> {
    /// The instant.
    pub time: Micros,
    /// The offset as written: `+0100`, `Z`; none where there is none.
    pub offset: Option<&'a [u8]>,
}

/// `2015-05-17T10:05:03.250+01:00` and its relatives.
pub fn iso(text: &[u8]) -> Option<Stamp<'_>> {
    let year = four(text)?;
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

/// The instant of local seconds and µs, by the offset that follows.
pub(crate) fn with_offset(seconds: i64, micros: i64, rest: &[u8]) -> Option<Stamp<'_>> {
    let offset = rest.trim_ascii();
    let shift = if offset.is_empty() { 0 } else { offset_seconds(offset)? };
    let time = Micros((seconds - shift).checked_mul(Micros::PER_SECOND)?.checked_add(micros)?);
    Some(Stamp { time, offset: (!offset.is_empty()).then_some(offset) })
}

/// Decimals of a second as µs, and what follows them.
pub(crate) fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
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

/// Seconds since 1970 of a date and a time of day; none where they are not real.
pub(crate) fn civil(year: i64, month: i64, day: i64, (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    let days = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    // 60 is a leap second.
    let real = (1..=12).contains(&month) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    real.then(|| days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// A year of four digits.
fn four(text: &[u8]) -> Option<i64> {
    Some(two(text, 0)? * 100 + two(text, 2)?)
}

/// A number of two digits.
pub(crate) fn two(text: &[u8], at: usize) -> Option<i64> {
    let (tens, ones) = (text.get(at)?.wrapping_sub(b'0'), text.get(at + 1)?.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// A month's English name, its first three letters, as 1..=12.
pub(crate) fn month(name: &[u8]) -> Option<i64> {
    const NAMES: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let at = NAMES.iter().position(|known| name.eq_ignore_ascii_case(*known))?;
    Some(at as i64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_year_is_in_the_last_year_that_it_can_be_in() {
        let ends = |text: &[u8]| iso(text).unwrap().time;
        let yearless = |text: &[u8], ends: Micros, offset_seconds| {
            Assumed { offset_seconds, ends }.yearless(iso(text).unwrap().time).to_rfc3339()
        };
        let march = ends(b"2026-03-02T10:00:00Z");
        assert_eq!(yearless(b"1972-03-02T09:00:00", march, 0), "2026-03-02T09:00:00Z");
        assert_eq!(yearless(b"1972-12-31T23:00:00", march, 0), "2025-12-31T23:00:00Z");
        assert_eq!(yearless(b"1972-12-31T23:00:00", march, -7200), "2026-01-01T01:00:00Z");
        assert_eq!(yearless(b"1972-02-29T01:00:00", march, 0), "2024-02-29T01:00:00Z");
        // The clock of who wrote it may be a little ahead.
        assert_eq!(yearless(b"1972-03-03T09:00:00", march, 0), "2026-03-03T09:00:00Z");
    }
}
