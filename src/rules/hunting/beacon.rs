//! How much a pair of machines looks like a program that calls home: four scores, each `0..=1`, and their mean.
//!
//! After RITA's beacon analysis (Active Countermeasures; github.com/activecm/rita, analysis of version 5), with its
//! default constants:
//!
//! | score | what it measures |
//! |---|---|
//! | timing | mean of 1 − |Bowley skew| and (median − MAD) / median of the intervals between different seconds |
//! | data size | the same of the bytes that the source sent; 0 where the log has none |
//! | duration | the larger of: the share of the log's hours from the first to the last connection; the longest run of hours / 12 |
//! | histogram | the larger of: 1 − coefficient of variation of connections by hour; the share of hours in the two commonest heights |
//!
//! Differences: hours are those of the clock in which any pair spoke, so that two captures of different days are not one
//! with a long silence; RITA cuts a day into 24. Runs do not wrap round midnight; a log shorter than RITA's six hours is judged by the hours that it has. Of a pair that spoke in more than
//! 4,096 different seconds the first 4,096 count; sizes are rounded to seven bits. No logarithm, no order of summing:
//! the same in WebAssembly.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::Subject;

/// Hours in which a pair must have spoken for its duration to count, where the log has as many.
const MIN_HOURS: usize = 6;
/// Hours in a row that are as good as any more.
const IDEAL_RUN: f64 = 12.0;
/// Hours below which two heights fit anything.
const MIN_BARS: usize = 11;
/// Hours that may stand out among the two commonest heights.
const OUTLIERS: usize = 1;
/// Heights that differ by less than this share of the highest are one.
const SENSITIVITY: f64 = 0.05;
/// The width of quartiles below which skew is noise.
const MIN_SPREAD: f64 = 10.0;

/// The scores of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Score {
    pub timing: f64,
    pub size: f64,
    pub duration: f64,
    pub histogram: f64,
}

impl Score {
    /// The scores of a subject in a log that has these hours.
    pub fn of(subject: &Subject, hours: &BTreeSet<i64>) -> Self {
        Self {
            timing: evenness(&intervals(subject), 1.0),
            size: evenness(&subject.sizes, 0.0),
            duration: duration(subject, hours),
            histogram: histogram(subject, hours),
        }
    }

    /// Their mean.
    pub fn total(&self) -> f64 {
        (self.timing + self.size + self.duration + self.histogram) / 4.0
    }
}

/// How often each interval lies between seconds that follow each other, in seconds.
pub(super) fn intervals(subject: &Subject) -> BTreeMap<i64, u32> {
    let mut intervals = BTreeMap::new();
    for (&second, &next) in subject.seconds.keys().zip(subject.seconds.keys().skip(1)) {
        *intervals.entry(next.saturating_sub(second)).or_default() += 1;
    }
    intervals
}

/// The middle of counted values; 0 without any.
pub(super) fn median(values: &BTreeMap<i64, u32>) -> f64 {
    middle(values, 0, total(values))
}

fn total(values: &BTreeMap<i64, u32>) -> u64 {
    values.values().map(|&count| u64::from(count)).sum()
}

/// The median of `n` values from the one at `start` on.
fn middle(values: &BTreeMap<i64, u32>, start: u64, n: u64) -> f64 {
    let at = |place: u64| {
        let mut seen = 0;
        let found = values.iter().find(|(_, count)| {
            seen += u64::from(**count);
            seen > place
        });
        found.map_or(0.0, |(&value, _)| value as f64)
    };
    f64::midpoint(at(start + n.saturating_sub(1) / 2), at(start + n / 2))
}

/// The mean of how symmetric values are and how close to their median; `default` where that is below 1.
fn evenness(values: &BTreeMap<i64, u32>, default: f64) -> f64 {
    let n = total(values);
    if n < 3 {
        return 0.0;
    }
    let half = n / 2;
    let (lower, median, upper) = (middle(values, 0, half), middle(values, 0, n), middle(values, n - half, half));
    let spread = upper - lower;
    let is_skewed = spread >= MIN_SPREAD && median != lower && median != upper;
    let skew = if is_skewed { (upper + lower - 2.0 * median) / spread } else { 0.0 };

    // Twice the deviations, which are whole numbers also where the median lies between two.
    let mut deviations = BTreeMap::new();
    for (&value, &count) in values {
        *deviations.entry((2.0 * (value as f64 - median)).abs() as i64).or_default() += count;
    }
    let deviation = middle(&deviations, 0, n) / 2.0;
    let closeness = if median >= 1.0 { ((median - deviation) / median).max(0.0) } else { default };
    f64::midpoint(1.0 - skew.abs(), closeness)
}

fn duration(subject: &Subject, hours: &BTreeSet<i64>) -> f64 {
    let (Some((&first, _)), Some(last)) = (subject.hours.first_key_value(), subject.tally.last) else { return 0.0 };
    // The tally knows the last connection also of a pair that spoke in more hours than are kept.
    let last = last.div_euclid(3_600_000_000);
    if subject.hours.len() < MIN_HOURS.min(hours.len()) || last < first {
        return 0.0;
    }
    let (mut longest, mut run, mut before) = (0.0_f64, 0.0, None);
    for &hour in subject.hours.keys() {
        run = if before == Some(hour - 1) { run + 1.0 } else { 1.0 };
        longest = longest.max(run);
        before = Some(hour);
    }
    let coverage = hours.range(first..=last).count() as f64 / hours.len().max(1) as f64;
    coverage.max(longest / IDEAL_RUN).min(1.0)
}

fn histogram(subject: &Subject, hours: &BTreeSet<i64>) -> f64 {
    let bars = subject.hours.values().copied();
    let hours = hours.len().max(subject.hours.len()).max(1) as f64;
    let sum: f64 = bars.clone().map(f64::from).sum();
    let squares: f64 = bars.clone().map(|bar| f64::from(bar) * f64::from(bar)).sum();
    let mean = sum / hours;
    if mean <= 0.0 {
        return 0.0;
    }
    let variation = (squares / hours - mean * mean).max(0.0).sqrt() / mean;
    let highest = bars.clone().max().unwrap_or(0);
    let width = (f64::from(highest) * SENSITIVITY).ceil().max(1.0) as u32;
    let mut heights: BTreeMap<u32, usize> = BTreeMap::new();
    bars.for_each(|bar| *heights.entry(bar / width).or_default() += 1);
    let (mut most, mut second) = (0, 0);
    for &count in heights.values() {
        if count > most {
            (most, second) = (count, most);
        } else {
            second = second.max(count);
        }
    }
    let n_bars = subject.hours.len();
    let fit = if n_bars >= MIN_BARS { (most + second) as f64 / (n_bars - OUTLIERS) as f64 } else { 0.0 };
    (1.0 - variation).max(fit).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A subject that spoke at these seconds and sent so many bytes each time.
    fn subject(seconds: impl Iterator<Item = i64>, size: impl Fn(i64) -> i64) -> Subject {
        let mut subject = Subject::default();
        for second in seconds {
            subject.add_time(second * 1_000_000);
            subject.tally.last = subject.tally.last.max(Some(second * 1_000_000));
            subject.add_size(size(second));
        }
        subject
    }

    fn day() -> BTreeSet<i64> {
        (0..24).collect()
    }

    #[test]
    fn a_clock_scores_full() {
        let score = Score::of(&subject((0..1440).map(|n| n * 60), |_| 500), &day());
        assert_eq!((score.timing, score.size, score.histogram), (1.0, 1.0, 1.0));
        assert_eq!(score.duration, 1.0);
    }

    #[test]
    fn jitter_costs_little_and_people_score_low() {
        let jitter = subject((0..1440).map(|n| n * 60 + n * 7919 % 13 - 6), |_| 500);
        assert!(Score::of(&jitter, &day()).total() > 0.9, "{:?}", Score::of(&jitter, &day()));
        // Bursts with pauses that grow, pages of all sizes.
        let person = subject((0..400_i64).map(|n| n * n * 7 % 30_000 + n % 7), |second| second * 7919 % 100_000);
        assert!(Score::of(&person, &day()).total() < 0.6, "{:?}", Score::of(&person, &day()));
    }

    #[test]
    fn the_middle_of_counted_values_is_their_median() {
        let of = |values: &[i64]| {
            let mut counted = BTreeMap::new();
            values.iter().for_each(|value| *counted.entry(*value).or_default() += 1);
            median(&counted)
        };
        assert_eq!((of(&[]), of(&[3]), of(&[1, 2]), of(&[1, 5, 5, 9, 9])), (0.0, 3.0, 1.5, 5.0));
    }

    #[test]
    fn nothing_has_no_score() {
        assert_eq!(Score::of(&Subject::default(), &BTreeSet::new()).total(), 0.0);
    }
}
