//! The isolation forest over the tables: grown on a sample, then every row is scored where it lies.
//!
//! Round one finds the features, round two the sample, round three the scores. The threshold is the percentile of all
//! rows' scores, as if the forest had been grown on all of them (scikit-learn's `offset_`).

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::{
    AnomalyEvidence, ConstantFeature, Contamination, FeatureMatrix, Imputation, Imputed, Imputer, IsolationForest,
    IsolationForestParams, MaxSamples, ModelError, Trust as ModelTrust, Verdict as ModelVerdict,
};
use crate::protocol::{Job, Output};
use crate::query::{Histogram, HistogramBin};
use crate::report::{Anomaly, AnomalyRow, Entity, Evidence, FeatureUse, Metric, Param, ParamValue, Trust, Verdict};
use crate::schema::{Field, FieldName};
use crate::settings::AnomalySettings;
use crate::table::{Position, Selection};
use crate::units::order;

use super::features::{AddressBook, feature, read_features};
use super::sample::{MAX_SAMPLE, SamplePart, columns_part, is_judged, sample_part};
use super::{Files, Finished, PartKind, decode, encode, evidence_at};

/// Marked rows that the report shows.
const SHOWN_ROWS: usize = 100;

/// Addresses that the report shows.
const SHOWN_ENTITIES: usize = 20;

/// Bins of the histogram of scores, which lie in −1..=0.
const SCORE_BINS: usize = 50;

/// What every worker needs to score its rows.
#[derive(Serialize, Deserialize)]
struct Model {
    features: Vec<FieldName>,
    imputer: Imputer,
    forest: IsolationForest,
    n_sample: u64,
}

/// A worker's scores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScoresPart {
    model: Vec<u8>,
    scores: Vec<f64>,
    imputed: Vec<u64>,
    /// The strangest rows, as many as can be marked.
    lowest: Vec<ScoredRow>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct ScoredRow {
    score: f64,
    place: Position,
    address: Option<String>,
    values: Vec<f64>,
}

/// Round one or two: features are looked for, or the sample is drawn.
pub fn fit_part(selection: Selection<'_>, settings: &AnomalySettings) -> PartKind {
    if settings.features.is_empty() {
        return PartKind::Columns(columns_part(selection));
    }
    PartKind::Sample(sample_part(selection, &settings.features, None, (MAX_SAMPLE, settings.seed)))
}

/// Grows the forest; every worker's scores are the next round.
pub fn finish_fit(part: SamplePart, filter: &str, settings: &AnomalySettings) -> Result<Finished, Error> {
    let n_rows = part.n_rows;
    match grow(part, settings) {
        Ok(model) => {
            let next = Job::AnomalyScore { filter: filter.to_owned(), settings: settings.clone(), n_rows };
            Ok((Output::Next(Box::new(next)), encode(&model)?))
        }
        Err(error) => Ok((Output::Anomaly(refused(settings, &error.to_string())), Vec::new())),
    }
}

fn grow(part: SamplePart, settings: &AnomalySettings) -> Result<Model, ModelError> {
    let rows = part.into_rows();
    let n_sample = rows.len() as u64;
    let values = rows.into_iter().flat_map(|row| row.values).collect();
    let mut matrix = FeatureMatrix::new(settings.features.iter().map(feature).collect(), values)?;
    let imputer = Imputation::Median.fit(&matrix)?;
    imputer.apply(&mut matrix)?;
    let params = IsolationForestParams {
        n_estimators: settings.n_estimators as usize,
        max_samples: MaxSamples::Count(settings.max_samples as usize),
        contamination: Contamination::Share(settings.contamination),
        seed: settings.seed,
        ..IsolationForestParams::default()
    };
    let forest = params.check(matrix.n_samples(), matrix.n_features())?.fit(&matrix)?;
    Ok(Model { features: settings.features.clone(), imputer, forest, n_sample })
}

/// Round three: scores of the rows that have enough of the features.
pub fn score_part(
    selection: Selection<'_>,
    settings: &AnomalySettings,
    n_rows: u64,
    beside: &[u8],
) -> Result<PartKind, Error> {
    let model: Model = decode(beside)?;
    let forest = &model.forest;
    let keep = libm::ceil(settings.contamination * n_rows as f64) as usize + 2;
    let n_features = model.features.len();
    let mut part = ScoresPart { model: beside.to_vec(), imputed: vec![0; n_features], ..ScoresPart::default() };
    for (shard, rows) in selection.shards() {
        let matrix = read_features(selection, shard, &model.features, &AddressBook::default());
        let mut kept_rows = Vec::new();
        let mut values = Vec::new();
        rows.for_each(|row| {
            let row_values = matrix.get(row * n_features..(row + 1) * n_features).unwrap_or_default();
            if is_judged(row_values) {
                kept_rows.push(row);
                values.extend_from_slice(row_values);
            }
        });
        if kept_rows.is_empty() {
            continue;
        }
        let mut matrix = FeatureMatrix::new(model.features.iter().map(feature).collect(), values).map_err(failed)?;
        for imputed in model.imputer.apply(&mut matrix).map_err(failed)? {
            if let Some(count) = part.imputed.get_mut(imputed.column) {
                *count += imputed.rows as u64;
            }
        }
        let scores = forest.score_samples(&matrix).map_err(failed)?;
        let source = FieldName::from(Field::SourceIp);
        for (index, (&row, &score)) in kept_rows.iter().zip(&scores).enumerate() {
            part.scores.push(score);
            part.lowest.push(ScoredRow {
                score,
                place: shard.position(row),
                address: shard
                    .table
                    .column(&source)
                    .and_then(|column| crate::query::text_of(selection.dictionary(&source), &column.data, row)),
                values: matrix.row(index).to_vec(),
            });
            // Cut now and then, so that memory stays near what can be marked.
            if part.lowest.len() > keep * 2 + 4096 {
                cut(&mut part.lowest, keep);
            }
        }
    }
    cut(&mut part.lowest, keep);
    Ok(PartKind::Scores(part))
}

fn cut(rows: &mut Vec<ScoredRow>, keep: usize) {
    order::sort_by(rows, |a, b| a.score.total_cmp(&b.score).then_with(|| a.place.cmp(&b.place)));
    rows.truncate(keep);
}

/// No result, and the sentence that says why.
pub fn refused(settings: &AnomalySettings, reason: &str) -> Anomaly {
    let trust = Trust { verdict: Verdict::Meaningless, reasons: vec![reason.to_owned()] };
    Anomaly { params: params(settings), refused: Some(reason.to_owned()), trust, ..Anomaly::default() }
}

fn failed(error: ModelError) -> Error {
    Error::Model { message: error.to_string() }
}

impl ScoresPart {
    /// Takes another worker's scores in.
    pub fn merge(&mut self, other: Self) {
        self.scores.extend(other.scores);
        self.lowest.extend(other.lowest);
        self.imputed.iter_mut().zip(other.imputed).for_each(|(a, b)| *a += b);
    }
}

/// What the forest says, from all workers' scores.
pub fn finish_scores(mut part: ScoresPart, settings: &AnomalySettings, files: &dyn Files) -> Result<Anomaly, Error> {
    let model: Model = decode(&part.model)?;
    let mut forest = model.forest.clone();
    part.scores.sort_unstable_by(f64::total_cmp);
    forest.set_offset(&part.scores);
    let mut marked = part.lowest;
    marked.retain(|row| forest.is_anomaly(row.score));
    cut(&mut marked, usize::MAX);
    let imputed: Vec<Imputed> = imputed(&model, &part.imputed);
    let trust = ModelTrust::of_anomalies(&AnomalyEvidence { forest: &forest, scores: &part.scores, imputed: &imputed });
    let scored = part.scores.len() as u64;
    Ok(Anomaly {
        params: params(settings),
        features: features(&model, &forest, &part.imputed, &marked),
        metrics: metrics(&model, scored, marked.len() as u64),
        trust: trust_of(trust),
        refused: None,
        scored,
        anomalies: marked.len() as u64,
        threshold: Some(forest.offset()),
        entities: entities(&marked),
        rows: rows(&marked, &forest, files),
        scores: histogram(&part.scores),
    })
}

fn params(settings: &AnomalySettings) -> Vec<Param> {
    let param = |name: &str, value: ParamValue| Param { name: name.into(), value };
    vec![
        param("n_estimators", settings.n_estimators.into()),
        param("max_samples", settings.max_samples.into()),
        param("contamination", settings.contamination.into()),
        param("seed", settings.seed.into()),
    ]
}

fn metrics(model: &Model, scored: u64, marked: u64) -> Vec<Metric> {
    let metric = |name: &str, value: f64| Metric { name: name.into(), value };
    vec![
        metric("rows to grow on", model.n_sample as f64),
        metric("share of rows marked", if scored == 0 { 0.0 } else { marked as f64 / scored as f64 }),
    ]
}

fn imputed(model: &Model, counts: &[u64]) -> Vec<Imputed> {
    let all = model.features.iter().zip(model.imputer.fills()).zip(counts).enumerate();
    all.filter(|(_, (_, rows))| **rows > 0)
        .map(|(column, ((name, fill), rows))| Imputed {
            column,
            name: name.to_string(),
            fill: *fill,
            rows: *rows as usize,
        })
        .collect()
}

/// Each feature; its importance is its mean share in what set the marked rows apart.
fn features(model: &Model, forest: &IsolationForest, imputed: &[u64], marked: &[ScoredRow]) -> Vec<FeatureUse> {
    let mut weights = vec![0.0; model.features.len()];
    for row in marked.iter().take(SHOWN_ROWS) {
        for part in forest.explain(&row.values).map(|e| e.contributions).unwrap_or_default() {
            let at = model.features.iter().position(|name| name.as_str() == part.feature);
            if let Some(weight) = at.and_then(|i| weights.get_mut(i)) {
                *weight += part.weight.max(0.0);
            }
        }
    }
    let total: f64 = weights.iter().sum();
    let uses = model.features.iter().zip(&weights).zip(imputed);
    uses.map(|((name, weight), imputed)| {
        let constant = forest.left_out().iter().find(|c| c.name == name.as_str());
        FeatureUse {
            name: name.to_string(),
            importance: (total > 0.0 && constant.is_none()).then(|| weight / total),
            imputed: *imputed,
            note: constant.map(left_out),
        }
    })
    .collect()
}

fn entities(marked: &[ScoredRow]) -> Vec<Entity> {
    let mut counts: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for address in marked.iter().filter_map(|row| row.address.as_deref()) {
        *counts.entry(address).or_default() += 1;
    }
    let mut sorted: Vec<(&str, u64)> = counts.into_iter().collect();
    order::sort_by(&mut sorted, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let entity =
        |(value, count): (&str, u64)| Entity { field: Field::SourceIp.name().into(), value: value.into(), count };
    sorted.into_iter().take(SHOWN_ENTITIES).map(entity).collect()
}

fn rows(marked: &[ScoredRow], forest: &IsolationForest, files: &dyn Files) -> Vec<AnomalyRow> {
    let shown: Vec<&ScoredRow> = marked.iter().take(SHOWN_ROWS).collect();
    let places: Vec<Position> = shown.iter().map(|row| row.place).collect();
    shown
        .into_iter()
        .zip(evidence_at(files, &places))
        .map(|(row, Evidence { file, line, byte, text })| AnomalyRow {
            score: row.score,
            file,
            line,
            byte,
            text,
            why: forest.explain(&row.values).map(|e| e.sentence).unwrap_or_default(),
            values: row.values.iter().map(|v| Some(*v)).collect(),
        })
        .collect()
}

fn histogram(scores: &[f64]) -> Histogram {
    let width = 1.0 / SCORE_BINS as f64;
    let mut bins: Vec<HistogramBin> = (0..SCORE_BINS)
        .map(|i| HistogramBin { from: i as f64 * width - 1.0, to: (i + 1) as f64 * width - 1.0, count: 0 })
        .collect();
    for score in scores {
        let at = (libm::floor((score + 1.0) / width) as usize).min(SCORE_BINS - 1);
        if let Some(bin) = bins.get_mut(at) {
            bin.count += 1;
        }
    }
    Histogram { field: Some("score".into()), log: false, bins }
}

/// Why a feature that never changes was left out.
pub fn left_out(constant: &ConstantFeature) -> String {
    match constant.value {
        Some(value) => format!("left out: every row has {}", feature(&FieldName::new(&constant.name)).show(value)),
        None => "left out: no row has a value".to_owned(),
    }
}

/// The report's words for a model's trust.
pub fn trust_of(trust: ModelTrust) -> Trust {
    let verdict = match trust.verdict {
        ModelVerdict::Trust => Verdict::Trust,
        ModelVerdict::Careful => Verdict::Careful,
        ModelVerdict::Meaningless => Verdict::Meaningless,
    };
    Trust { verdict, reasons: trust.reasons.into_iter().map(|reason| reason.sentence).collect() }
}
