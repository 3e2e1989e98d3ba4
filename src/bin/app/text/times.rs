//! Times as people read them, always with their zone. Reads RFC 3339 in UTC, which is what reports hold.

use logloupe::units::{Micros, days_from_civil};

use crate::charts::ticks;

/// Milliseconds since 1970 of a time in RFC 3339 UTC; nothing for other text.
pub fn millis(time: &str) -> Option<f64> {
    let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.rsplitn(3, '-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let days = days_from_civil(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let mut parts = clock.splitn(3, ':');
    let (hour, minute, second): (f64, f64, f64) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(days as f64 * 86_400_000.0 + hour * 3_600_000.0 + minute * 60_000.0 + (second * 1000.0).round())
}

/// The time `ms` milliseconds after 1970, in RFC 3339 UTC.
pub fn rfc3339(ms: f64) -> String {
    Micros((ms * 1000.0).round() as i64).to_rfc3339()
}

/// `17 Apr 2025 10:00:05 UTC`; text that is no time stays as it is.
pub fn moment(time: &str) -> String {
    millis(time).map_or_else(|| time.to_owned(), |ms| format!("{} UTC", ticks::moment(ms.floor(), 1000.0)))
}

/// `17 Apr – 2 May 2025`: the days from `first` to `last`.
pub fn days(first: &str, last: &str) -> Option<String> {
    Some(ticks::span_of_days(millis(first)?, millis(last)? + 1.0))
}

/// `17 Apr 2025 10:00 – 10:05 UTC`.
pub fn span(from: &str, to: &str) -> Option<String> {
    Some(format!("{} UTC", ticks::span(millis(from)?, millis(to)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_both_ways() {
        for time in ["2025-04-17T10:00:05Z", "2015-05-17T00:00:00Z", "1969-12-31T23:59:59.999Z"] {
            assert_eq!(millis(time).map(rfc3339).as_deref(), Some(time));
        }
        assert_eq!(millis("yesterday"), None);
        assert_eq!(millis("2025-04-17T10:00:05+02:00"), None);
    }

    #[test]
    fn a_moment_names_its_zone() {
        assert_eq!(moment("2025-04-17T10:00:05Z").replace('\u{a0}', " "), "17 Apr 2025 10:00:05 UTC");
        assert_eq!(moment("-"), "-");
    }
}
