//! Forecasts of series whose answer is known.

use serde::Deserialize;

use super::*;
use crate::models::random::Random;
use crate::models::{ReasonKind, Verdict};
use crate::units::buckets::Buckets;

/// Intervals of a minute with 100 rows each, and so many errors.
fn series(errors: impl Iterator<Item = u64>) -> Series {
    let interval =
        |errors| Interval { rows: 100, errors, classes: [0, 100 - errors, 0, 0, errors], ..Default::default() };
    let intervals: Vec<Interval> = errors.map(interval).collect();
    let buckets = Buckets { start: 0, step: 60 * Micros::PER_SECOND, n_buckets: intervals.len() };
    Series { buckets, intervals }
}

/// Quiet intervals, so many that nothing tells when they end, then what comes `before` a burst, then the burst.
fn errors(n: usize, before: &[u64], burst: &[u64]) -> Vec<u64> {
    let mut random = Random::new(5);
    let mut errors = Vec::new();
    while errors.len() < n {
        let quiet = 6 + random.below(30);
        errors.extend((0..quiet).map(|_| random.below(3) / 2));
        errors.extend(before.iter().chain(burst));
    }
    errors
}

/// A rise to 3 errors, then a burst.
fn announced(n: usize) -> Vec<u64> {
    errors(n, &[3], &[20])
}

fn more_than_five() -> ForecastSettings {
    ForecastSettings { burst_over: Some(5), ..ForecastSettings::default() }
}

#[test]
fn a_burst_is_what_at_most_a_tenth_of_the_intervals_are() {
    assert_eq!(unusual((1..=100).collect()), 90);
    assert_eq!(unusual([vec![0; 50], vec![7; 50]].concat()), 0);
    assert_eq!(unusual(vec![3; 9]), 3);
    assert_eq!(unusual(Vec::new()), 0);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    intervals: usize,
    before: Vec<u64>,
    burst: Vec<u64>,
    verdict: Verdict,
    #[serde(default)]
    reason: Option<ReasonKind>,
    #[serde(default)]
    says: String,
}

#[test]
fn every_case_has_its_verdict_and_its_reason() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/cases/models/forecast.json")).unwrap();
    for case in cases {
        let series = series(errors(case.intervals, &case.before, &case.burst).into_iter());
        let (forecast, trust) = forecast(&series, &more_than_five()).unwrap();
        let is_there = case.reason.is_none_or(|kind| {
            trust.reasons.iter().any(|reason| reason.kind == kind && reason.sentence.contains(&case.says))
        });
        assert!(trust.verdict == case.verdict && is_there, "{}: {trust:#?} {:#?}", case.name, forecast.alarms);
    }
}

#[test]
fn what_announces_itself_is_foreseen_before_the_rule_sees_it() {
    let (forecast, trust) = forecast(&series(announced(800).into_iter()), &more_than_five()).unwrap();
    let [model, plain @ .., never] = forecast.alarms.as_slice() else { panic!("{:?}", forecast.alarms) };
    assert_eq!((model.missed, model.announced), (0, forecast.episodes), "{:?}", forecast.alarms);
    assert!(plain.iter().all(|rule| model.cost < rule.cost) && model.cost < never.cost, "{:?}", forecast.alarms);
    assert_eq!((never.right, never.missed, never.false_alarms), (0, forecast.bursts, 0));
    assert_eq!((forecast.interval_seconds, forecast.ahead_seconds), (60, [0, 60]));
    assert_eq!(trust.verdict, Verdict::Trust, "{trust:?}");
}

#[test]
fn nothing_of_the_interval_that_is_forecast_is_seen_before() {
    let errors: Vec<u64> = (0..200).map(|at| (at * 7919) % 13).collect();
    let mut other = errors.clone();
    other[150..].fill(99);
    let features = |errors: &[u64]| series(errors.iter().copied()).matrix(LAGS - 1, 1).unwrap();
    let (before, after) = (features(&errors), features(&other));
    let same = (0..200 - LAGS).take_while(|&row| before.row(row) == after.row(row)).count();
    // The row at the end of interval 149 is about interval 150, and the first that differs is the one after it.
    assert_eq!(same, 150 - (LAGS - 1));
}

#[test]
fn the_interval_after_the_log_is_forecast() {
    let mut errors = announced(600);
    errors.truncate(errors.iter().rposition(|&errors| errors == 3).unwrap() + 1);
    let series = series(errors.into_iter());
    let (forecast, _) = forecast(&series, &more_than_five()).unwrap();
    let next = forecast.next.unwrap();
    assert_eq!(
        (next.start, next.errors, next.is_alarm),
        (series.start(series.intervals.len()).to_rfc3339(), None, true)
    );
}

#[test]
fn what_can_not_be_learnt_is_refused() {
    let refused = |errors: Vec<u64>, settings: ForecastSettings| {
        forecast(&series(errors.into_iter()), &settings).unwrap_err().to_string()
    };
    let settings = ForecastSettings::default();
    assert!(refused(vec![0; 100], settings.clone()).contains("quiet"));
    assert!(refused(vec![0; 5], settings.clone()).contains("expected at least 8 intervals, found 5"));
    for wrong in [
        ForecastSettings { lead: 0, ..settings.clone() },
        ForecastSettings { miss_cost: 0.0, ..settings.clone() },
        ForecastSettings { miss_cost: f64::NAN, ..settings.clone() },
        ForecastSettings { rule_window: 0, ..settings.clone() },
        ForecastSettings { test_share: 1.0, ..settings },
    ] {
        refused(announced(100), wrong);
    }
}
