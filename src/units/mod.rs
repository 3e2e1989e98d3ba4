//! Unit types: a number that has a unit carries it in its type.
//!
//! `time` reads ISO times; `format::timestamp` reads the other forms that logs write.

pub mod buckets;
pub mod clock;
pub mod hash;
pub mod order;
pub mod severity;
pub mod time;

use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z.
///
/// **Unit**: µs, UTC. Zeek writes microseconds; nothing that we read is finer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// Microseconds in a second.
    pub const PER_SECOND: i64 = 1_000_000;
    /// Microseconds in a day.
    pub const PER_DAY: i64 = 86_400 * Self::PER_SECOND;

    /// The instant `seconds` after the epoch; saturates at the ends of the range.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(Self::PER_SECOND))
    }

    /// The instant of an ISO time or date such as `2015-05-17T10:05:03Z`.
    pub fn from_iso(text: &str) -> Option<Self> {
        time::iso(text.as_bytes()).map(|stamp| stamp.time)
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(Self::PER_SECOND)
    }

    /// The instant as RFC 3339 in UTC, with as many decimals as it needs (none, 3 or 6).
    ///
    /// ```
    /// use logloupe::units::Micros;
    /// assert_eq!(Micros(1_431_857_103_000_000).to_rfc3339(), "2015-05-17T10:05:03Z");
    /// assert_eq!(Micros(1_258_569_169_198_923).to_rfc3339(), "2009-11-18T18:32:49.198923Z");
    /// ```
    pub fn to_rfc3339(self) -> String {
        let (year, month, day) = civil_from_days(self.0.div_euclid(Self::PER_DAY));
        let in_day = self.0.rem_euclid(Self::PER_DAY);
        let (seconds, micros) = (in_day / Self::PER_SECOND, in_day % Self::PER_SECOND);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let fraction = match micros {
            0 => String::new(),
            m if m % 1000 == 0 => format!(".{:03}", m / 1000),
            m => format!(".{m:06}"),
        };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
    }
}

/// The calendar date of a day counted from 1970-01-01: year, month 1..=12, day 1..=31.
///
/// After Howard Hinnant, *chrono-compatible low-level date algorithms*, `civil_from_days`.
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The day, counted from 1970-01-01, of a calendar date; the inverse of [`civil_from_days`].
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_both_ways() {
        for (days, date) in [(0, (1970, 1, 1)), (16_572, (2015, 5, 17)), (-1, (1969, 12, 31)), (19_782, (2024, 2, 29))]
        {
            assert_eq!(civil_from_days(days), date);
            assert_eq!(days_from_civil(date.0, date.1, date.2), days);
        }
    }

    #[test]
    fn times_before_the_epoch_are_written_right() {
        assert_eq!(Micros(-1_000).to_rfc3339(), "1969-12-31T23:59:59.999Z");
    }
}
