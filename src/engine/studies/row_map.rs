//! The map over the tables: a sample of rows, their numbers, and lines of each group.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::features::{feature, needs_addresses, read_features};
use crate::engine::sample::{MAX_SAMPLE, hash, is_judged};
use crate::engine::{AddressBook, ColumnsPart, Files, evidence_at};
use crate::models::frame::{Frame, FrameValues};
use crate::models::preparation::{Outliers, PreparationParams, Scaling};
use crate::models::row_map::{RowMap, row_map};
use crate::models::{Feature, FeatureUnit, ModelError};
use crate::report::{MapDirection, MapGroup, MapPoint, Metric, Param, RowMap as Report, Trust, Verdict};
use crate::schema::FieldName;
use crate::settings::MapSettings;
use crate::table::{Position, Selection};
use crate::units::order;

/// Features of a direction and of a group that are named.
const NAMED: usize = 4;

/// Lines of a group that are shown.
const SHOWN: usize = 3;

/// Standard deviations from the mean of all rows at which a group's is worth a word.
const APART: f64 = 0.25;

/// The share of the differences below which a map leaves most of them out.
const MOST: f64 = 0.5;

/// A worker's rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MapPart {
    n_rows: u64,
    rows: BTreeMap<(u64, u32, u64), (Position, Vec<f64>)>,
}

/// The numbers that a map is made of, if none were chosen: those that a row has by itself.
pub fn choose(columns: &ColumnsPart) -> Vec<FieldName> {
    let (mut numbers, ..) = columns.all_features();
    numbers.retain(|name| !needs_addresses(std::slice::from_ref(name)));
    numbers
}

/// The rows with the smallest hashes that have enough of the numbers.
pub fn part(selection: Selection<'_>, settings: &MapSettings) -> MapPart {
    let mut part = MapPart::default();
    let width = settings.numbers.len();
    for (shard, rows) in selection.shards() {
        let matrix = read_features(selection, shard, &settings.numbers, &AddressBook::default());
        rows.for_each(|row| {
            let values = matrix.get(row * width..(row + 1) * width).unwrap_or_default();
            if !is_judged(values) {
                return;
            }
            part.n_rows += 1;
            let place = shard.position(row);
            let key = (hash(settings.seed, &place), place.file, place.byte);
            let n_rows = size(settings);
            if part.rows.len() < n_rows || part.rows.last_key_value().is_some_and(|(last, _)| key < *last) {
                part.rows.insert(key, (place, values.to_vec()));
                part.cut(settings);
            }
        });
    }
    part
}

impl MapPart {
    /// Takes another worker's rows in; `finish` keeps as many as are asked for.
    pub fn merge(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.rows.extend(other.rows);
    }

    fn cut(&mut self, settings: &MapSettings) {
        while self.rows.len() > size(settings) {
            self.rows.pop_last();
        }
    }

    /// The map, or the sentence with which it is refused.
    pub fn finish(mut self, settings: &MapSettings, files: &dyn Files) -> Report {
        self.cut(settings);
        let mut rows: Vec<(Position, Vec<f64>)> = self.rows.into_values().collect();
        rows.sort_by_key(|row| row.0);
        let mut frame = Frame::new(rows.len());
        for (at, name) in settings.numbers.iter().enumerate() {
            let feature = feature(name);
            frame.add_numbers(feature.name, feature.unit, rows.iter().map(|row| row.1[at]).collect());
        }
        let places: Vec<Position> = rows.into_iter().map(|row| row.0).collect();
        match mapped(&frame, settings) {
            Ok(map) => report(settings, (&frame, &places, self.n_rows), map, files),
            Err(error) => refused(settings, &error.to_string()),
        }
    }
}

fn mapped(frame: &Frame, settings: &MapSettings) -> Result<RowMap, ModelError> {
    let preparation =
        PreparationParams { outliers: Outliers::Clip, scaling: Scaling::Standard, ..PreparationParams::default() };
    let rows = preparation.fit(frame)?.apply(frame)?;
    row_map(&rows.matrix, settings.k as usize, settings.seed)
}

fn report(
    settings: &MapSettings,
    (frame, places, n_rows): (&Frame, &[Position], u64),
    map: RowMap,
    files: &dyn Files,
) -> Report {
    let point = |((at, &group), place): ((&[f64; 2], &u32), &Position)| MapPoint {
        x: at[0],
        y: at[1],
        group,
        file: place.file,
        byte: place.byte,
    };
    let points = map.points.iter().zip(&map.groups).zip(places).map(point).collect();
    let direction = |(parts, share): (&Vec<(String, f64)>, f64)| MapDirection {
        share,
        features: parts.iter().take(NAMED).map(|(name, value)| Metric { name: name.clone(), value: *value }).collect(),
    };
    let n_groups = map.groups.iter().max().map_or(0, |last| last + 1);
    let group = |group: u32| {
        let rows: Vec<usize> = (0..places.len()).filter(|&row| map.groups[row] == group).collect();
        let shown: Vec<Position> = nearest(&map, &rows).into_iter().map(|row| places[row]).collect();
        MapGroup { rows: rows.len() as u64, traits: traits(frame, &rows), sample: evidence_at(files, &shown) }
    };
    Report {
        params: params(settings),
        trust: trust(map.shares[0] + map.shares[1]),
        refused: None,
        n_rows,
        points,
        directions: map.directions.iter().zip(map.shares).map(direction).collect(),
        groups: (0..n_groups).map(group).collect(),
    }
}

/// The rows nearest to the middle of theirs on the map.
fn nearest(map: &RowMap, rows: &[usize]) -> Vec<usize> {
    let n = rows.len().max(1) as f64;
    let middle = [0, 1].map(|axis| rows.iter().map(|&row| map.points[row][axis]).sum::<f64>() / n);
    let distance = |row: usize| {
        let [x, y] = [0, 1].map(|axis: usize| map.points[row][axis] - middle[axis]);
        x * x + y * y
    };
    let mut rows = rows.to_vec();
    order::most(&mut rows, SHOWN, |&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
    rows
}

/// In which numbers these rows differ most from all: the mean here and everywhere.
fn traits(frame: &Frame, rows: &[usize]) -> Vec<String> {
    let mut told: Vec<(f64, String)> = Vec::new();
    for column in frame.columns() {
        let FrameValues::Numbers(values) = &column.values else { continue };
        let known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let here: Vec<f64> = rows.iter().map(|&row| values[row]).filter(|value| !value.is_nan()).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (all, of_group) = (mean(&known), mean(&here));
        let deviation = libm::sqrt(known.iter().map(|v| (v - all) * (v - all) / known.len() as f64).sum());
        let distance = (of_group - all).abs() / deviation;
        if here.is_empty() || distance.is_nan() || distance < APART {
            continue;
        }
        // A mean of codes is no code.
        let unit = if column.unit == FeatureUnit::Code { FeatureUnit::Count } else { column.unit };
        let feature = Feature::new(column.name.clone(), unit);
        let text =
            format!("{}: {} on average, {} in all rows", feature.name, feature.show(of_group), feature.show(all));
        told.push((distance, text));
    }
    order::sort_by(&mut told, |a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    told.into_iter().take(NAMED).map(|(_, text)| text).collect()
}

/// A map is a picture of some of the differences: never more than *careful*.
fn trust(share: f64) -> Trust {
    let chosen =
        "the number of groups was chosen, not found: the rows are cut into so many, whether they fall apart or not";
    let mut reasons = vec![chosen.to_owned()];
    if share < MOST {
        reasons.push(format!(
            "the two directions show {:.0} % of the differences between rows: what is near on the map may differ in the rest",
            share * 100.0
        ));
    }
    Trust { verdict: Verdict::Careful, reasons }
}

/// No map, and the sentence that says why.
pub fn refused(settings: &MapSettings, reason: &str) -> Report {
    let trust = Trust { verdict: Verdict::Meaningless, reasons: vec![reason.to_owned()] };
    Report { params: params(settings), trust, refused: Some(reason.to_owned()), ..Report::default() }
}

/// Rows that are kept.
fn size(settings: &MapSettings) -> usize {
    (settings.n_rows as usize).min(MAX_SAMPLE)
}

fn params(settings: &MapSettings) -> Vec<Param> {
    let param = |name: &str, value| Param { name: name.into(), value };
    let numbers: Vec<&str> = settings.numbers.iter().map(FieldName::as_str).collect();
    vec![
        param("numbers", numbers.join(", ").as_str().into()),
        param("n_rows", settings.n_rows.into()),
        param("k", settings.k.into()),
        param("seed", settings.seed.into()),
    ]
}
