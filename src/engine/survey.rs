//! What the columns of a log are to a model, before one is trained: how each is spread, what the preparation would do
//! to it, and which of them go together.

use crate::error::Error;
use crate::models::correlation::{AllPairs, Correlation, Correlations, all_pairs};
use crate::models::frame::{Frame, FrameColumn, FrameValues};
use crate::models::preparation::{PreparationParams, Touched};
use crate::report::{FeaturePair, Grid, HistogramBin, Survey, SurveyedFeature};
use crate::schema::FieldName;
use crate::units::order;

use super::features::sources;
use super::learning::frame;
use super::learnt::unit_name;
use super::training::{SampledPart, TrainSettings};

/// Bins of a column's histogram.
const BINS: usize = 12;

/// Columns that a table of pairs has at most; more can't be read.
const GRID: usize = 16;

/// What the sample says.
///
/// # Errors
/// What the preparation refuses.
pub fn survey(part: SampledPart, settings: &TrainSettings) -> Result<Survey, Error> {
    let rows = part.into_rows();
    let frame = frame(&rows, settings);
    let words: Vec<String> = settings.words.iter().map(ToString::to_string).collect();
    let preparation = PreparationParams { words: words.clone(), ..settings.preparation.clone() };
    let refused = |error: crate::models::ModelError| Error::Model { message: error.to_string() };
    let touched = preparation.fit(&frame).and_then(|fitted| fitted.apply(&frame)).map_err(refused)?.touched;
    let all = all_pairs(&without(&frame, &words), settings.preparation.min_support);
    let grids = [("Pearson", &all.linear), ("Spearman", &all.by_rank), ("Cramér's V", &all.categories)];
    let grids = grids.into_iter().map(|(measure, pairs)| grid(measure, pairs)).collect();
    Ok(Survey {
        n_samples: frame.n_samples() as u64,
        features: frame.columns().iter().map(|column| surveyed(column, &words, &touched)).collect(),
        pairs: pairs(all),
        grids,
    })
}

/// The frame without columns of words: nearly each of their texts is one of its own.
fn without(frame: &Frame, words: &[String]) -> Frame {
    let mut kept = Frame::new(frame.n_samples());
    for column in frame.columns().iter().filter(|column| !words.contains(&column.name)) {
        kept.add(column.clone());
    }
    kept
}

fn surveyed(column: &FrameColumn, words: &[String], touched: &[Touched]) -> SurveyedFeature {
    let touched = touched.iter().filter(|step| step.column == column.name);
    let blank = SurveyedFeature {
        name: column.name.clone(),
        source: sources(&FieldName::new(&column.name)),
        touched: touched.map(|step| (step.step.clone(), step.rows)).collect(),
        ..SurveyedFeature::default()
    };
    match &column.values {
        FrameValues::Numbers(values) => SurveyedFeature {
            kind: "number".to_owned(),
            unit: unit_name(column.unit).to_owned(),
            bins: bins(values),
            missing: values.iter().filter(|value| value.is_nan()).count() as u64,
            ..blank
        },
        FrameValues::Texts(texts, codes) => SurveyedFeature {
            kind: if words.contains(&column.name) { "words" } else { "category" }.to_owned(),
            distinct: texts.len() as u64,
            missing: codes.iter().filter(|code| code.is_none()).count() as u64,
            ..blank
        },
    }
}

/// Bins of one width from the smallest to the largest number; a single bin where there is one number only.
fn bins(values: &[f64]) -> Vec<HistogramBin> {
    let known = || values.iter().copied().filter(|value| !value.is_nan());
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return Vec::new();
    }
    let n_bins = if low == high { 1 } else { BINS };
    let width = (high - low) / n_bins as f64;
    let bin = |at: usize| HistogramBin { from: low + at as f64 * width, to: low + (at + 1) as f64 * width, count: 0 };
    let mut bins: Vec<HistogramBin> = (0..n_bins).map(bin).collect();
    for value in known() {
        let at = if width > 0.0 { ((value - low) / width) as usize } else { 0 };
        if let Some(bin) = bins.get_mut(at.min(n_bins - 1)) {
            bin.count += 1;
        }
    }
    bins
}

fn pairs(all: AllPairs) -> Vec<FeaturePair> {
    let Correlations { positive, negative, by_rank, categories } = all.strongest();
    let lists = [("positive", positive), ("negative", negative), ("by rank", by_rank), ("categories", categories)];
    let pair = |list: &str, pair: Correlation| FeaturePair {
        list: list.to_owned(),
        a: pair.a,
        b: pair.b,
        value: pair.value,
        n_samples: pair.n_samples,
    };
    lists.into_iter().flat_map(|(list, pairs)| pairs.into_iter().map(move |found| pair(list, found))).collect()
}

/// The columns with the strongest pairs against each other. **Order**: strongest first, then by name.
fn grid(measure: &str, pairs: &[Correlation]) -> Grid {
    let mut sorted: Vec<&Correlation> = pairs.iter().collect();
    order::sort_by(&mut sorted, |a, b| {
        b.value.abs().total_cmp(&a.value.abs()).then_with(|| (&a.a, &a.b).cmp(&(&b.a, &b.b)))
    });
    let mut names: Vec<String> = Vec::new();
    for name in sorted.iter().flat_map(|pair| [&pair.a, &pair.b]) {
        if names.len() < GRID && !names.contains(name) {
            names.push(name.clone());
        }
    }
    let place = |name: &String| names.iter().position(|known| known == name);
    let mut values = vec![vec![f64::NAN; names.len()]; names.len()];
    for pair in pairs {
        if let (Some(a), Some(b)) = (place(&pair.a), place(&pair.b)) {
            values[a][b] = pair.value;
            values[b][a] = pair.value;
        }
    }
    Grid { measure: measure.to_owned(), names, values }
}
