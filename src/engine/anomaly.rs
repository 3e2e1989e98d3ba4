//! The isolation forest over the tables: grown on a sample, then every row is scored where it lies.
//!
//! Round one finds the features, round two the sample, round three the scores. The threshold is the percentile of all
//! rows' scores, as if the forest had been grown on all of them (scikit-learn's `offset_`).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::{
    AnomalyEvidence, ConstantFeature, Contamination, FeatureMatrix, Imputation, Imputed, Imputer, IsolationForest,
    IsolationForestParams, MaxSamples, ModelError, Trust as ModelTrust, Verdict as ModelVerdict,
};
use crate::protocol::{Job, Output};
use crate::query::{Histogram, HistogramBin};
use crate::report::{
    Anomaly, AnomalyRow, Entity, Evidence, FeatureUse, Metric, Param, ParamValue, Predicted, Trust, Verdict,
};
use crate::schema::{Field, FieldName};
use crate::settings::AnomalySettings;
use crate::table::{NULL, Position, Selection};
use crate::units::order;

use super::features::{AddressBook, feature, read_features};
use super::learnt::part;
use super::sample::{MAX_SAMPLE, SamplePart, columns_part, is_judged, sample_part};
use super::{Files, Finished, PartKind, decode, encode, evidence_at};

/// Marked rows that the report shows.
const SHOWN_ROWS: usize = 100;

/// Addresses that the report shows.
const SHOWN_ENTITIES: usize = 20;

/// Bins of the histogram of scores, which lie in −1..=0.
const SCORE_BINS: usize = 50;

/// What every worker needs to score its rows.
#[derive(Debug, Serialize, Deserialize)]
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
    /// Who is behind each score, as a place among the addresses; `NULL` where nobody is.
    sources: Vec<u32>,
    addresses: Vec<String>,
    imputed: Vec<u64>,
    /// The strangest rows, as many as are shown.
    lowest: Vec<ScoredRow>,
}

/// The scores of all rows, kept so that another share can be marked without growing or scoring anew.
#[derive(Debug)]
pub struct Scored {
    model: Model,
    /// **Order**: ascending.
    scores: Vec<f64>,
    /// **Order**: that of the scores.
    sources: Vec<u32>,
    addresses: Vec<String>,
    imputed: Vec<u64>,
    lowest: Vec<ScoredRow>,
    evidence: Vec<Evidence>,
    histogram: Histogram,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct ScoredRow {
    score: f64,
    place: Position,
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
    match grow(part, settings) {
        Ok(model) => {
            let next = Job::AnomalyScore { filter: filter.to_owned(), settings: settings.clone() };
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
pub fn score_part(selection: Selection<'_>, beside: &[u8]) -> Result<PartKind, Error> {
    let model: Model = decode(beside)?;
    let forest = &model.forest;
    let source = FieldName::from(Field::SourceIp);
    let mut places = HashMap::new();
    let mut codes = Vec::new();
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
        shard.table.read_codes(&source, &mut codes);
        for (index, (&row, &score)) in kept_rows.iter().zip(&scores).enumerate() {
            part.scores.push(score);
            let code = codes.get(row).copied().unwrap_or(NULL);
            let place = *places.entry(code).or_insert_with(|| match selection.dictionary(&source) {
                Some(dictionary) if code != NULL => part.place_of(dictionary.get(code)),
                _ => NULL,
            });
            part.sources.push(place);
            part.lowest.push(ScoredRow { score, place: shard.position(row), values: matrix.row(index).to_vec() });
            // Cut now and then, so that memory stays near what is shown.
            if part.lowest.len() > 4096 {
                cut(&mut part.lowest);
            }
        }
    }
    cut(&mut part.lowest);
    Ok(PartKind::Scores(part))
}

fn cut(rows: &mut Vec<ScoredRow>) {
    order::sort_by(rows, |a, b| a.score.total_cmp(&b.score).then_with(|| a.place.cmp(&b.place)));
    rows.truncate(SHOWN_ROWS);
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
        let known: HashMap<String, u32> = self.addresses.iter().cloned().zip(0..).collect();
        let mut place = |address: String| match known.get(&address) {
            Some(place) => *place,
            None => self.place_of(&address),
        };
        let places: Vec<u32> = other.addresses.into_iter().map(&mut place).collect();
        self.sources.extend(other.sources.iter().map(|&at| places.get(at as usize).copied().unwrap_or(NULL)));
        self.scores.extend(other.scores);
        self.lowest.extend(other.lowest);
        cut(&mut self.lowest);
        self.imputed.iter_mut().zip(other.imputed).for_each(|(a, b)| *a += b);
    }

    /// The place of an address that is not there yet.
    fn place_of(&mut self, address: &str) -> u32 {
        self.addresses.push(address.to_owned());
        self.addresses.len() as u32 - 1
    }

    /// All workers' scores, ready to be marked.
    ///
    /// **Cost**: one sort.
    ///
    /// # Errors
    /// A model of another version.
    pub fn scored(self, files: &dyn Files) -> Result<Scored, Error> {
        let mut pairs: Vec<(f64, u32)> = self.scores.into_iter().zip(self.sources).collect();
        pairs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let (scores, sources): (Vec<f64>, Vec<u32>) = pairs.into_iter().unzip();
        let places: Vec<Position> = self.lowest.iter().map(|row| row.place).collect();
        Ok(Scored {
            model: decode(&self.model)?,
            histogram: histogram(&scores),
            scores,
            sources,
            addresses: self.addresses,
            imputed: self.imputed,
            lowest: self.lowest,
            evidence: evidence_at(files, &places),
        })
    }
}

impl Scored {
    /// What the forest says where this share of the rows is marked.
    ///
    /// **Cost**: a pass over the scores.
    ///
    /// # Errors
    /// A share that is not above 0 and up to 0.5.
    pub fn mark(&mut self, settings: &AnomalySettings) -> Result<Anomaly, Error> {
        let forest = &mut self.model.forest;
        forest.set_contamination(settings.contamination).map_err(failed)?;
        forest.set_offset(&self.scores);
        let (model, forest) = (&self.model, &self.model.forest);
        let marked = self.scores.partition_point(|&score| forest.is_anomaly(score));
        let shown: Vec<&ScoredRow> = self.lowest.iter().filter(|row| forest.is_anomaly(row.score)).collect();
        let imputed: Vec<Imputed> = imputed(model, &self.imputed);
        let evidence = AnomalyEvidence { forest, scores: &self.scores, imputed: &imputed };
        let scored = self.scores.len() as u64;
        Ok(Anomaly {
            params: params(settings),
            features: features(model, forest, &self.imputed, &shown),
            metrics: metrics(model, scored, marked as u64),
            trust: trust_of(ModelTrust::of_anomalies(&evidence)),
            refused: None,
            scored,
            anomalies: marked as u64,
            threshold: Some(forest.offset()),
            entities: self.entities(marked),
            rows: rows(&shown, forest, &self.evidence),
            scores: self.histogram.clone(),
        })
    }

    /// Why a row of these values has its score.
    ///
    /// # Errors
    /// Values of other features.
    pub fn explain(&self, values: &[f64]) -> Result<Predicted, Error> {
        let forest = &self.model.forest;
        let features = self.model.features.iter().map(feature).collect();
        let row = FeatureMatrix::new(features, values.to_vec()).map_err(failed)?;
        let score = forest.score_samples(&row).map_err(failed)?.first().copied().unwrap_or_default();
        let why = forest.explain(values).map_err(failed)?;
        Ok(Predicted {
            verdict: if forest.is_anomaly(score) { "anomaly" } else { "normal" }.to_owned(),
            numbers: vec![("score".to_owned(), score)],
            because: why.sentence,
            parts: why.contributions.into_iter().map(part).collect(),
        })
    }

    /// The addresses with the most of the lowest scores.
    fn entities(&self, marked: usize) -> Vec<Entity> {
        let mut counts = vec![0_u64; self.addresses.len()];
        for &source in self.sources.iter().take(marked) {
            if let Some(count) = counts.get_mut(source as usize) {
                *count += 1;
            }
        }
        let mut sorted: Vec<(&str, u64)> =
            self.addresses.iter().map(String::as_str).zip(counts).filter(|(_, count)| *count > 0).collect();
        order::sort_by(&mut sorted, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let entity =
            |(value, count): (&str, u64)| Entity { field: Field::SourceIp.name().into(), value: value.into(), count };
        sorted.into_iter().take(SHOWN_ENTITIES).map(entity).collect()
    }
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
fn features(model: &Model, forest: &IsolationForest, imputed: &[u64], marked: &[&ScoredRow]) -> Vec<FeatureUse> {
    let mut weights = vec![0.0; model.features.len()];
    for row in marked {
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

fn rows(shown: &[&ScoredRow], forest: &IsolationForest, evidence: &[Evidence]) -> Vec<AnomalyRow> {
    let row = |(row, found): (&&ScoredRow, &Evidence)| AnomalyRow {
        score: row.score,
        file: found.file.clone(),
        line: found.line,
        byte: found.byte,
        text: found.text.clone(),
        why: forest.explain(&row.values).map(|e| e.sentence).unwrap_or_default(),
        values: row.values.iter().map(|v| Some(*v)).collect(),
    };
    shown.iter().zip(evidence).map(row).collect()
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
