//! Rows as a model sees them: which columns are features, and a sample of rows that does not depend on the shards.
//!
//! The sample is the rows with the smallest seeded hashes of their place (file, byte), so every way of cutting the same
//! files into shards and workers draws the same rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::protocol::{Job, Output};
use crate::schema::{Field, FieldName, Kind, Unit};
use crate::table::{ColumnData, NULL, NULL_NUMBER, Position, RowSet, Selection, Shard};
use crate::units::order;

use super::features::{AddressBook, computable, read_features};
use super::{Finished, anomaly, classify};

/// Rows that a model is grown on at most.
pub const MAX_SAMPLE: usize = 50_000;

/// Features that no column holds and that are added where columns of numbers are few.
const ADDED: [(&str, Field); 4] = [
    ("url.path length", Field::UrlPath),
    ("url.query length", Field::UrlQuery),
    ("user_agent.original length", Field::UserAgentOriginal),
    ("hour of day", Field::Timestamp),
];

/// Columns whose texts are categories, if nothing else is said.
const CATEGORIES: [Field; 7] = [
    Field::HttpRequestMethod,
    Field::HttpResponseStatusCode,
    Field::HttpVersion,
    Field::NetworkTransport,
    Field::NetworkProtocol,
    Field::DestinationPort,
    Field::DnsQuestionType,
];

/// Columns whose texts are words, if nothing else is said.
const WORDS: [Field; 3] = [Field::UrlPath, Field::UrlQuery, Field::UserAgentOriginal];

/// How many features a model should have at least before derived ones are added.
const ENOUGH_FEATURES: usize = 2;

/// Columns of a worker's rows: rows with a value, by log and column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnsPart {
    rows: BTreeMap<String, u64>,
    values: BTreeMap<(String, FieldName, Kind), u64>,
    /// What the texts of columns that only this log has could be, where it was asked for.
    texts: BTreeMap<(String, FieldName), Texts>,
}

/// Values of a column of texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Texts {
    /// Rows with a text, and those whose text is a number.
    rows: u64,
    numbers: u64,
    /// The distinct texts; nothing where they are too many.
    distinct: BTreeSet<String>,
    is_many: bool,
}

/// Distinct texts up to which a column of a log's own is one of categories.
const FEW_TEXTS: usize = 50;

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

/// The same, with what the texts of columns that only this log has could be: numbers, categories, words.
///
/// **Cost**: a pass over the codes of those columns; each distinct text is read once a shard.
pub fn columns_and_texts(selection: Selection<'_>) -> ColumnsPart {
    let mut part = columns_part(selection);
    for (shard, rows) in selection.shards() {
        let dataset = dataset_of(selection, shard);
        for column in shard.table.columns.iter().filter(|column| column.name.ecs().is_none()) {
            let (ColumnData::Text(codes), Some(dictionary)) = (&column.data, selection.dictionary(&column.name)) else {
                continue;
            };
            let mut found: BTreeMap<u32, u64> = BTreeMap::new();
            rows.for_each(|row| *found.entry(codes.get(row)).or_default() += 1);
            let texts = part.texts.entry((dataset.clone(), column.name.clone())).or_default();
            for (code, n) in found.into_iter().filter(|(code, _)| *code != NULL) {
                texts.add(dictionary.get(code), n);
            }
        }
    }
    part
}

impl Texts {
    fn add(&mut self, text: &str, n: u64) {
        self.rows += n;
        self.numbers += if text.trim().parse::<f64>().is_ok_and(f64::is_finite) { n } else { 0 };
        if !self.is_many {
            self.distinct.insert(text.to_owned());
            self.cut();
        }
    }

    fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.numbers += other.numbers;
        self.is_many |= other.is_many;
        self.distinct.extend(other.distinct);
        self.cut();
    }

    fn cut(&mut self) {
        self.is_many |= self.distinct.len() > FEW_TEXTS;
        if self.is_many {
            self.distinct.clear();
        }
    }

    /// Whether nearly all are numbers.
    fn is_number(&self) -> bool {
        self.numbers * 20 >= self.rows * 19
    }
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
        for (key, texts) in other.texts {
            self.texts.entry(key).or_default().merge(texts);
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
                ADDED.iter().filter(|(_, field)| has(*field) || (*field == Field::UrlQuery && has(Field::UrlPath)));
            features.extend(derived.map(|(name, _)| FieldName::new(name)));
        }
        features
    }

    /// All that the largest log has to learn from: numbers and computed features, categories, words.
    ///
    /// Columns that identify (a request's id, a process) or that say when and where the row was are left out. A column
    /// that only this log has is what its texts are: numbers, few categories, or words.
    pub fn all_features(&self) -> (Vec<FieldName>, Vec<FieldName>, Vec<FieldName>) {
        let largest = self.rows.iter().max_by_key(|(name, rows)| (**rows, std::cmp::Reverse(*name)));
        let Some((log, rows)) = largest else { return Default::default() };
        let columns = self.values.iter().filter(|((dataset, _, _), n)| dataset == log && **n * 2 >= *rows);
        let filled: Vec<(&FieldName, Kind)> = columns.map(|((_, name, kind), _)| (name, *kind)).collect();
        let has = |field: Field| filled.iter().any(|(name, _)| **name == FieldName::from(field));
        let measures = |(name, kind): &&(&FieldName, Kind)| kind.is_number() && name.unit() != Unit::Code;
        let mut numbers: Vec<FieldName> = filled.iter().filter(measures).map(|(name, _)| (*name).clone()).collect();
        numbers.extend(computable(&has));
        let present = |fields: &[Field]| -> Vec<FieldName> {
            fields.iter().filter(|field| has(**field)).map(|&field| field.into()).collect()
        };
        let (mut categories, mut words) = (present(&CATEGORIES), present(&WORDS));
        for ((_, name), texts) in self.texts.iter().filter(|((of, _), texts)| of == log && texts.rows * 2 >= *rows) {
            match texts {
                texts if texts.is_number() => numbers.push(name.clone()),
                Texts { is_many: true, .. } => words.push(name.clone()),
                _ => categories.push(name.clone()),
            }
        }
        (numbers, categories, words)
    }

    /// Whether any row has a value in this column.
    pub fn has(&self, name: &FieldName) -> bool {
        self.values.keys().any(|(_, known, _)| known == name)
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
        let matrix = read_features(selection, shard, features, &AddressBook::default());
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

/// A row's text in a column, whatever its kind.
pub fn label_of(selection: Selection<'_>, shard: &Shard, name: &FieldName, row: usize) -> Option<String> {
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
pub fn hash(seed: u64, place: &Position) -> u64 {
    let mut z = seed ^ (u64::from(place.file) << 40).wrapping_add(place.byte).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
