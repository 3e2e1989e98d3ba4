//! The isolation forest over the tables: grown on a sample, then every row is scored where it lies.
//!
//! Round one finds the features, round two the sample, round three the scores. The threshold is the percentile of all
//! rows' scores, as if the forest had been grown on all of them (scikit-learn's `offset_`).

mod marking;

pub use marking::Scored;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::{
    ConstantFeature, Contamination, FeatureMatrix, Imputation, Imputer, IsolationForest, IsolationForestParams,
    MaxSamples, ModelError, Trust as ModelTrust, Verdict as ModelVerdict,
};
use crate::protocol::{Job, Output};
use crate::report::{Anomaly, Param, ParamValue, Trust, Verdict};
use crate::schema::{Field, FieldName};
use crate::settings::AnomalySettings;
use crate::table::{NULL, Position, Selection};
use crate::units::order;

use super::features::{AddressBook, feature, read_features};
use super::sample::{MAX_SAMPLE, SamplePart, columns_part, is_judged, sample_part};
use super::{Finished, PartKind, decode, encode};

/// Marked rows that the report shows.
const SHOWN_ROWS: usize = 100;

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
