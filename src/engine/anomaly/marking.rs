//! The scores of an isolation forest, and what it says where a share of the rows is marked.

use crate::error::Error;
use crate::models::{AnomalyEvidence, FeatureMatrix, Imputed, IsolationForest, Trust as ModelTrust};
use crate::query::{Histogram, HistogramBin};
use crate::report::{Anomaly, AnomalyRow, Entity, Evidence, FeatureUse, Metric, Predicted};
use crate::schema::Field;
use crate::settings::AnomalySettings;
use crate::table::Position;
use crate::units::order;

use super::super::features::feature;
use super::super::learnt::part;
use super::super::{Files, decode, evidence_at};
use super::{Model, ScoredRow, ScoresPart, failed, left_out, params, trust_of};

/// Addresses that the report shows.
const SHOWN_ENTITIES: usize = 20;

/// Bins of the histogram of scores, which lie in −1..=0.
const SCORE_BINS: usize = 50;

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

impl ScoresPart {
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
