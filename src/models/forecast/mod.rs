//! Whether the next interval will have a burst of errors: a forest on what the intervals before it show.
//!
//! ```text
//! intervals ─► what is seen at the end of each ─► forest ─► probability ─► alarm, if it is worth a false one
//!          └─► a burst `lead` intervals later? ───┘          beside: a rolling count, "as now", never
//! ```
//!
//! A rolling count of errors with a threshold says only what is already there; learning that count back from itself is
//! right every time and worth nothing. So the burst that is learnt lies in the future, the newest intervals test, and the
//! plain rules stand beside the model: it must save something to be believed.
//!
//! An alarm is given where what it may save is more than what it may cost: at a probability of `1 / (1 + miss_cost)`
//! (C. Elkan, "The foundations of cost-sensitive learning", 2001).

mod alarms;
mod series;

pub use series::{Interval, Series};

use super::error::ModelError;
use super::features::Imputation;
use super::labels::Labels;
use super::metrics::roc_curve;
use super::random_forest::{Importance, RandomForestParams};
use super::split::by_time;
use super::trust::Trust;
use super::trust_forecast::ForecastEvidence;
use crate::report::types::{FeatureUse, Forecast, ForecastPoint};
use crate::settings::ForecastSettings;
use crate::units::{Micros, order};

use alarms::Truth;
use series::LAGS;

/// Intervals of a series at most: each is a row of a model.
pub const MAX_INTERVALS: usize = 100_000;

/// Intervals of the test that are told.
const SHOWN: usize = 1_000;

/// The share of the training intervals that has no more errors than what is no burst, if nothing else is said.
const USUAL: f64 = 0.9;

/// Rows that each side of a split needs: a forecast is of what comes back.
const LEAF: usize = 3;

/// The forecast of `series`, and what to make of it.
///
/// **Cost**: one forest on as many rows as intervals.
///
/// # Errors
/// Settings out of range, too few intervals, no burst or nothing but bursts among those that train.
pub fn forecast(series: &Series, settings: &ForecastSettings) -> Result<(Forecast, Trust), ModelError> {
    let lead = settings.lead as usize;
    check(settings, series.intervals.len())?;
    let from = LAGS - 1;
    let matrix = series.matrix(from, lead)?;
    // The interval that each row is about; the last `lead` rows are about what is to come.
    let targets: Vec<usize> = (from + lead..series.intervals.len()).collect();
    let times: Vec<i64> = targets.iter().map(|&at| series.start(at).0).collect();
    let split = by_time(&times, settings.test_share)?;
    let errors = |row: usize| series.intervals[targets[row]].errors;
    let burst_over =
        settings.burst_over.unwrap_or_else(|| unusual(split.train.iter().map(|&row| errors(row)).collect()));
    let is_burst = |at: usize| series.intervals.get(at).is_some_and(|interval| interval.errors > burst_over);
    let label = |rows: &[usize]| {
        let flags: Vec<bool> = rows.iter().map(|&row| is_burst(targets[row])).collect();
        Labels::from_flags("the interval ahead", ["quiet", "burst"], &flags)
    };
    let (train_labels, test_labels) = (label(&split.train), label(&split.test));
    if let Some(class) = train_labels.only_class() {
        return Err(ModelError::OneClass {
            label: format!("the errors of an interval above {burst_over}"),
            class: class.to_owned(),
            n_samples: train_labels.n_samples(),
        });
    }
    let mut train = matrix.select(&split.train);
    let imputer = Imputation::Median.fit(&train)?;
    let mut imputed = imputer.apply(&mut train)?;
    let mut all = matrix.clone();
    imputer.apply(&mut all)?;
    let mut test = matrix.select(&split.test);
    for more in imputer.apply(&mut test)? {
        match imputed.iter_mut().find(|known| known.column == more.column) {
            Some(known) => known.rows += more.rows,
            None => imputed.push(more),
        }
    }
    let params = RandomForestParams {
        n_estimators: settings.n_estimators as usize,
        max_depth: u16::try_from(settings.max_depth).ok(),
        min_samples_leaf: LEAF,
        seed: settings.seed,
        ..RandomForestParams::default()
    };
    let forest = params.check(train.n_samples(), train.n_features())?.fit(&train, &train_labels)?;
    let probabilities: Vec<f64> = forest.predict_proba(&all)?.chunks_exact(2).map(|pair| pair[1]).collect();
    let threshold = 1.0 / (1.0 + settings.miss_cost);
    let point = |row: usize| {
        let at = row + from + lead;
        ForecastPoint {
            start: series.start(at).to_rfc3339(),
            errors: series.intervals.get(at).map(|interval| interval.errors),
            probability: probabilities[row],
            is_alarm: probabilities[row] >= threshold,
        }
    };

    let answers = |answer: &dyn Fn(usize) -> bool| split.test.iter().map(|&row| answer(row)).collect::<Vec<bool>>();
    let bursts = answers(&|row| is_burst(targets[row]));
    let beginnings = answers(&|row| is_burst(targets[row]) && !is_burst(targets[row] - 1));
    let truth = Truth { bursts: &bursts, beginnings: &beginnings, miss_cost: settings.miss_cost };
    let ours = answers(&|row| probabilities[row] >= threshold);
    let window = settings.rule_window as usize;
    let rule = format!("more than {} errors in the last {window} intervals", settings.rule_over);
    let rolling = answers(&|row| series.errors_until(row + from, window) > settings.rule_over);
    let as_now = answers(&|row| is_burst(row + from));
    let alarms = vec![
        truth.figures("the model".to_owned(), &ours, None),
        truth.figures(rule, &rolling, Some(&ours)),
        truth.figures("a burst now, a burst then".to_owned(), &as_now, Some(&ours)),
        truth.figures("always an alarm".to_owned(), &vec![true; bursts.len()], Some(&ours)),
        truth.figures("never an alarm".to_owned(), &vec![false; bursts.len()], Some(&ours)),
    ];
    let trust = Trust::of_forecast(&ForecastEvidence {
        train: (&train, &train_labels),
        test: (&test, &test_labels),
        imputed: &imputed,
        alarms: &alarms,
        episodes: beginnings.iter().filter(|&&first| first).count(),
    })?;

    let scores: Vec<f64> = split.test.iter().map(|&row| probabilities[row]).collect();
    let step = (series.buckets.step / Micros::PER_SECOND) as u64;
    let shown = split.test.len().saturating_sub(SHOWN);
    let forecast = Forecast {
        interval_seconds: step,
        ahead_seconds: [(u64::from(settings.lead) - 1) * step, u64::from(settings.lead) * step],
        burst_over,
        threshold,
        n_train: split.train.len() as u64,
        n_test: split.test.len() as u64,
        bursts: bursts.iter().filter(|&&burst| burst).count() as u64,
        episodes: beginnings.iter().filter(|&&first| first).count() as u64,
        roc_area: roc_curve(&bursts, &scores).map(|curve| curve.area),
        alarms,
        features: uses(forest.feature_importances()),
        points: split.test.iter().skip(shown).map(|&row| point(row)).collect(),
        next: all.n_samples().checked_sub(1).map(point),
        ..Forecast::default()
    };
    Ok((forecast, trust))
}

/// The count that no more than a tenth of `counts` exceed; one that some exceed, if any can be.
fn unusual(mut counts: Vec<u64>) -> u64 {
    counts.sort_unstable();
    let at = libm::ceil(USUAL * counts.len() as f64) as usize;
    let usual = counts.get(at.saturating_sub(1)).copied().unwrap_or_default();
    let most = counts.last().copied().unwrap_or_default();
    let next = counts.iter().rev().find(|&&count| count < most).copied();
    next.map_or(usual, |next| usual.min(next))
}

/// What the forest looked at, the most important first.
fn uses(mut importances: Vec<Importance>) -> Vec<FeatureUse> {
    order::sort_by(&mut importances, |a, b| b.weight.total_cmp(&a.weight));
    let used = |i: Importance| FeatureUse { name: i.feature, importance: Some(i.weight), ..FeatureUse::default() };
    importances.into_iter().map(used).collect()
}

fn check(settings: &ForecastSettings, n_intervals: usize) -> Result<(), ModelError> {
    let refuse = |param, expected, found: String| Err(ModelError::Param { param, expected, found });
    if !(1..=1_000).contains(&settings.lead) {
        return refuse("lead", "1 to 1,000 intervals", settings.lead.to_string());
    }
    if !(settings.miss_cost > 0.0 && settings.miss_cost.is_finite()) {
        return refuse("miss_cost", "a number above 0", settings.miss_cost.to_string());
    }
    if settings.rule_window < 1 {
        return refuse("rule_window", "at least 1 interval", "0".to_owned());
    }
    if n_intervals > MAX_INTERVALS {
        return refuse("interval_seconds", "at most 100,000 intervals over the log", n_intervals.to_string());
    }
    let needed = LAGS + settings.lead as usize + 1;
    if n_intervals < needed {
        return Err(ModelError::TooFewIntervals { needed, found: n_intervals });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
