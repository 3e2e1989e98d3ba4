//! Rows as a model sees them: which columns are features, and a sample of rows that does not depend on the shards.
//!
//! The sample is the rows with the smallest seeded hashes of their place (file, byte), so every way of cutting the same
//! files into shards and workers draws the same rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::models::{Feature, FeatureUnit};
use crate::protocol::{Job, Output};
use crate::schema::{Field, FieldName, Kind, Unit};
use crate::table::{ColumnData, NULL, NULL_NUMBER, Position, RowSet, Selection, Shard};
use crate::units::Micros;
use crate::units::order;

use super::{Finished, anomaly, classify};

/// Rows that a model is grown on at most.
pub const MAX_SAMPLE: usize = 50_000;

/// Features that no column holds: computed from one.
const DERIVED: [(&str, Field); 4] = [
    ("url.path length", Field::UrlPath),
    ("url.query length", Field::UrlQuery),
    ("user_agent.original length", Field::UserAgentOriginal),
    ("hour of day", Field::Timestamp),
];

/// How many features a model should have at least before derived ones are added.
const ENOUGH_FEATURES: usize = 2;

/// Columns of a worker's rows: rows with a value, by log and column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnsPart {
    rows: BTreeMap<String, u64>,
    values: BTreeMap<(String, FieldName, Kind), u64>,
}

/// A worker's share of a sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SamplePart {
    /// Rows that have at least half of the features.
    pub n_rows: u64,
    /// By hash: place and values.
    pub rows: BTreeMap<(u64, u32, u64), SampleRow>,
}

/// A row of a sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampleRow {
    /// **Shape**: as many as features. **Null**: NaN.
    pub values: Vec<f64>,
    /// The label, if one was asked.
    pub label: Option<String>,
}

/// The columns of the selected rows.
pub fn columns_part(selection: Selection<'_>) -> ColumnsPart {
    let mut part = ColumnsPart::default();
    for (shard, rows) in selection.shards() {
        let dataset = dataset_of(selection, shard);
        *part.rows.entry(dataset.clone()).or_default() += rows.count() as u64;
        for column in &shard.table.columns {
            let n = rows_with_value(&column.data, rows);
            if n > 0 {
                *part.values.entry((dataset.clone(), column.name.clone(), column.kind)).or_default() += n;
            }
        }
    }
    part
}

fn dataset_of(selection: Selection<'_>, shard: &Shard) -> String {
    let name = FieldName::from(Field::EventDataset);
    let code = match shard.table.column(&name).map(|column| &column.data) {
        Some(ColumnData::Text(codes)) => codes.get(0),
        _ => NULL,
    };
    selection.dictionary(&name).map_or_else(String::new, |d| d.get(code).to_owned())
}

fn rows_with_value(data: &ColumnData, rows: &RowSet) -> u64 {
    let mut n = 0;
    match data {
        ColumnData::Text(codes) => rows.for_each(|row| n += u64::from(codes.get(row) != NULL)),
        ColumnData::Integer(numbers) | ColumnData::Time(numbers) => {
            rows.for_each(|row| n += u64::from(numbers.get(row) != NULL_NUMBER));
        }
        ColumnData::Float(values) => rows.for_each(|row| n += u64::from(values.get(row).is_some_and(|v| !v.is_nan()))),
    }
    n
}

impl ColumnsPart {
    /// Takes another worker's columns in.
    pub fn merge(&mut self, other: Self) {
        for (dataset, rows) in other.rows {
            *self.rows.entry(dataset).or_default() += rows;
        }
        for (key, rows) in other.values {
            *self.values.entry(key).or_default() += rows;
        }
    }

    /// The features of a log: its numbers that measure something, and where these are few, what can be computed.
    ///
    /// Of several logs the largest that has any decides: rows of different logs have no numbers in common.
    fn features(&self) -> Vec<FieldName> {
        let mut logs: Vec<(&String, &u64)> = self.rows.iter().collect();
        order::sort_by(&mut logs, |a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let features = logs.into_iter().map(|(log, rows)| self.features_of(log, *rows));
        features.into_iter().find(|features| features.len() >= ENOUGH_FEATURES).unwrap_or_default()
    }

    fn features_of(&self, log: &str, rows: u64) -> Vec<FieldName> {
        let columns = self.values.iter().filter(|((dataset, _, _), _)| dataset == log);
        // A column that is mostly empty says more about who fills it than about the row.
        let filled: Vec<(&FieldName, Kind)> =
            columns.filter(|(_, n)| **n * 2 >= rows).map(|((_, name, kind), _)| (name, *kind)).collect();
        let measures = |(name, kind): &&(&FieldName, Kind)| kind.is_number() && name.unit() != Unit::Code;
        let mut features: Vec<FieldName> = filled.iter().filter(measures).map(|(name, _)| (*name).clone()).collect();
        if features.len() < ENOUGH_FEATURES {
            let status = FieldName::from(Field::HttpResponseStatusCode);
            features.extend(filled.iter().any(|(name, _)| **name == status).then_some(status));
            let has = |field: Field| filled.iter().any(|(name, _)| **name == FieldName::from(field));
            // The query is empty in most rows, and how long it is there says much.
            let derived =
                DERIVED.iter().filter(|(_, field)| has(*field) || (*field == Field::UrlQuery && has(Field::UrlPath)));
            features.extend(derived.map(|(name, _)| FieldName::new(name)));
        }
        features
    }

    /// Every column that any row has a value in.
    fn names(&self) -> Vec<FieldName> {
        let names: BTreeSet<&FieldName> = self.values.keys().map(|(_, name, _)| name).collect();
        names.into_iter().cloned().collect()
    }
}

/// Why a model has nothing to look at.
const NO_FEATURES: &str =
    "these rows have no two columns of numbers that most of them fill, so there is nothing to compare";

/// The job with its columns filled in; where there are none, what comes out without any.
pub fn next_round(part: ColumnsPart, job: &Job) -> Finished {
    let mut next = job.clone();
    let nothing = match &mut next {
        Job::AnomalyFit { settings, .. } => {
            settings.features = part.features();
            settings.features.is_empty().then(|| Output::Anomaly(anomaly::refused(settings, NO_FEATURES)))
        }
        Job::Classify { settings, .. } => {
            settings.features = part.features();
            settings.features.retain(|feature| *feature != settings.label);
            settings.features.is_empty().then(|| Output::Classifier(classify::refused(settings, NO_FEATURES)))
        }
        Job::Export { columns, .. } => {
            *columns = part.names();
            columns.is_empty().then_some(Output::Export)
        }
        _ => None,
    };
    (nothing.unwrap_or_else(|| Output::Next(Box::new(next))), Vec::new())
}

/// A feature and what its numbers count, for a model.
pub fn feature(name: &FieldName) -> Feature {
    let unit = match name.unit() {
        Unit::Bytes => FeatureUnit::Bytes,
        Unit::Nanoseconds => FeatureUnit::Millis,
        Unit::Code => FeatureUnit::Code,
        Unit::None | Unit::Packets => FeatureUnit::Count,
    };
    Feature::new(name.as_str(), unit)
}

/// Reads the features of a shard, row by row: `values[row * n_features + feature]`, NaN for null.
pub fn read_features(selection: Selection<'_>, shard: &Shard, features: &[FieldName]) -> Vec<f64> {
    let n_rows = shard.table.n_rows;
    let mut matrix = vec![f64::NAN; n_rows * features.len()];
    let mut column = Vec::new();
    for (index, name) in features.iter().enumerate() {
        read_feature(selection, shard, name, &mut column);
        for (row, &value) in column.iter().enumerate() {
            if let Some(slot) = matrix.get_mut(row * features.len() + index) {
                *slot = value;
            }
        }
    }
    matrix
}

fn read_feature(selection: Selection<'_>, shard: &Shard, name: &FieldName, out: &mut Vec<f64>) {
    let derived = DERIVED.iter().find(|(known, _)| *known == name.as_str());
    match derived {
        None => read_column(selection, shard, name, out),
        Some((_, Field::Timestamp)) => {
            let mut times = Vec::new();
            shard.table.read_numbers(&Field::Timestamp.into(), &mut times);
            out.clear();
            out.extend(times.iter().map(|&time| match time {
                NULL_NUMBER => f64::NAN,
                time => (Micros(time).seconds().rem_euclid(86_400) / 3600) as f64,
            }));
        }
        Some((_, field)) => read_lengths(selection, shard, &FieldName::from(*field), out),
    }
}

/// A column's numbers; those of a text column where its text is one. Durations become milliseconds.
fn read_column(selection: Selection<'_>, shard: &Shard, name: &FieldName, out: &mut Vec<f64>) {
    let texts = shard.table.column(name).filter(|column| column.kind.is_text());
    if texts.is_none() {
        shard.table.read_floats(name, out);
        if name.unit() == Unit::Nanoseconds {
            out.iter_mut().for_each(|value| *value /= 1e6);
        }
        return;
    }
    map_texts(selection, shard, name, out, |text| text.and_then(|t| t.parse().ok()).unwrap_or(f64::NAN));
}

/// Lengths of a text in characters, 0 where there is none.
fn read_lengths(selection: Selection<'_>, shard: &Shard, name: &FieldName, out: &mut Vec<f64>) {
    map_texts(selection, shard, name, out, |text| text.map_or(0.0, |t| t.chars().count() as f64));
}

fn map_texts(
    selection: Selection<'_>,
    shard: &Shard,
    name: &FieldName,
    out: &mut Vec<f64>,
    number: impl Fn(Option<&str>) -> f64,
) {
    let mut codes = Vec::new();
    shard.table.read_codes(name, &mut codes);
    let dictionary = selection.dictionary(name);
    out.clear();
    out.extend(codes.iter().map(|&code| match (code, dictionary) {
        (NULL, _) | (_, None) => number(None),
        (code, Some(dictionary)) => number(Some(dictionary.get(code))),
    }));
}

/// A worker's share of the sample of `size` rows: those with the smallest hashes that have enough
/// of the features.
pub fn sample_part(
    selection: Selection<'_>,
    features: &[FieldName],
    label: Option<&FieldName>,
    (size, seed): (usize, u64),
) -> SamplePart {
    let mut part = SamplePart::default();
    for (shard, rows) in selection.shards() {
        let matrix = read_features(selection, shard, features);
        rows.for_each(|row| {
            let values = matrix.get(row * features.len()..(row + 1) * features.len()).unwrap_or_default();
            if !is_judged(values) {
                return;
            }
            part.n_rows += 1;
            let place = shard.position(row);
            let key = (hash(seed, &place), place.file, place.byte);
            let fits = part.rows.len() < size || part.rows.last_key_value().is_some_and(|(last, _)| key < *last);
            if fits {
                let label = label.and_then(|name| label_of(selection, shard, name, row));
                part.rows.insert(key, SampleRow { values: values.to_vec(), label });
                part.cut(size);
            }
        });
    }
    part
}

/// Whether a row has at least half of the features: one that has fewer is mostly what was filled in.
pub fn is_judged(values: &[f64]) -> bool {
    values.iter().filter(|v| !v.is_nan()).count() * 2 >= values.len().max(1)
}

fn label_of(selection: Selection<'_>, shard: &Shard, name: &FieldName, row: usize) -> Option<String> {
    let column = shard.table.column(name)?;
    crate::query::text_of(selection.dictionary(name), &column.data, row)
}

impl SamplePart {
    /// Takes another worker's share in.
    pub fn merge(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.rows.extend(other.rows);
        self.cut(MAX_SAMPLE);
    }

    fn cut(&mut self, size: usize) {
        while self.rows.len() > size {
            self.rows.pop_last();
        }
    }

    /// The rows by place, so that sums over them have one order.
    pub fn into_rows(self) -> Vec<SampleRow> {
        let by_place: BTreeMap<(u32, u64), SampleRow> =
            self.rows.into_iter().map(|((_, file, byte), row)| ((file, byte), row)).collect();
        by_place.into_values().collect()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014) over a row's place.
fn hash(seed: u64, place: &Position) -> u64 {
    let mut z = seed ^ (u64::from(place.file) << 40).wrapping_add(place.byte).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
