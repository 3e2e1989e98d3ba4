//! Stretches of time of one width, as people count time, over a range of times.

use serde::{Deserialize, Serialize};

use super::Micros;

/// Widths that people count time in, in seconds. Longer ranges double the last one.
const STEPS: [i64; 19] =
    [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000];

/// Where the buckets lie. The same for every shard and worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buckets {
    /// Where the first begins. **Unit**: µs since the epoch.
    pub start: i64,
    /// How long each lasts. **Unit**: µs.
    pub step: i64,
    /// How many there are.
    pub n_buckets: usize,
}

impl Buckets {
    /// Buckets over a range of times, both ends included, of the smallest width that makes no more than `most`; none
    /// without a range.
    pub fn over(range: Option<(Micros, Micros)>, most: usize) -> Self {
        let doubled = std::iter::successors(STEPS.last().copied(), |step| step.checked_mul(2)).skip(1);
        let widths = STEPS.into_iter().chain(doubled);
        widths.map(|seconds| Self::of_width(range, seconds)).find(|b| b.n_buckets <= most).unwrap_or_default()
    }

    /// Buckets of so many seconds over a range of times, both ends included; none without a range.
    pub fn of_width(range: Option<(Micros, Micros)>, seconds: i64) -> Self {
        let Some((first, last)) = range.filter(|(first, last)| first <= last) else { return Self::default() };
        let step = seconds.max(1).saturating_mul(Micros::PER_SECOND);
        let start = first.0.div_euclid(step).saturating_mul(step);
        let n_buckets = (i128::from(last.0) - i128::from(start)) / i128::from(step) + 1;
        Self { start, step, n_buckets: usize::try_from(n_buckets).unwrap_or(usize::MAX) }
    }

    /// The bucket of a time, and from where to where it reaches.
    pub fn bucket(self, time: i64) -> Option<(usize, i64, i64)> {
        let past = time.checked_sub(self.start).filter(|&past| past >= 0)?;
        let bucket = past.checked_div(self.step)?;
        let from = self.start.saturating_add(bucket.saturating_mul(self.step));
        let place = usize::try_from(bucket).ok().filter(|&place| place < self.n_buckets)?;
        Some((place, from, from.saturating_add(self.step)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = Micros::PER_SECOND;

    fn check(first: i64, last: i64, expected: (i64, usize)) {
        let buckets = Buckets::over(Some((Micros(first), Micros(last))), 120);
        assert_eq!((buckets.step / SECOND, buckets.n_buckets), expected, "{first} to {last}");
        assert!(
            buckets.start <= first && buckets.bucket(last).is_some_and(|(place, ..)| place + 1 == buckets.n_buckets)
        );
    }

    #[test]
    fn buckets_are_of_a_width_that_people_know() {
        check(0, 0, (1, 1));
        check(0, 119 * SECOND, (1, 120));
        check(0, 120 * SECOND, (2, 61));
        check(1_431_857_103 * SECOND, 1_432_155_915 * SECOND, (3600, 84));
        check(-5 * SECOND, 5 * SECOND, (1, 11));
        check(0, 40 * 365 * Micros::PER_DAY, (20_736_000, 61));
    }

    #[test]
    fn ranges_without_an_end_have_buckets_too() {
        let buckets = Buckets::over(Some((Micros(i64::MIN + 1), Micros(i64::MAX))), 120);
        assert!(buckets.n_buckets > 0 && buckets.n_buckets <= 120);
        assert_eq!(Buckets::over(None, 120), Buckets::default());
        assert_eq!(Buckets::over(Some((Micros(1), Micros(0))), 120), Buckets::default());
    }
}
