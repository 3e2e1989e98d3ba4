//! What is in the logs: data quality, traffic, visitors and sessions, network. One panel's numbers a file.
//!
//! ```text
//! selection ─► columns (each read once a shard) ─┬► quality   + duplicates, notes
//!                                                ├► traffic   + timeline, histogram
//!                                                ├► visitors  + sessions, joined addresses
//!                                                └► network   + pairs, joined destinations
//! ```
//!
//! A worker runs [`run`] over its shards; the [`ProfilePartial`]s of all workers merge in any order, and the merged one
//! finishes as the panels. Everything is exact and the same whatever the shards, the workers and their order: texts
//! merge by text (`keys`), numbers by value, sessions as intervals; ties are broken by value; sums are of integers, or
//! taken in the order of the values. Does not judge: what is suspicious is for `rules` and `models` to say.

mod answered;
mod columns;
mod duplicates;
mod histogram;
mod joined;
mod network;
mod notes;
mod numbers;
mod pairs;
mod quality;
mod sessions;
mod tally;
#[cfg(test)]
mod tests;
mod timeline;
mod traffic;
mod visitors;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::types::{Network, Quality, TopValues, Traffic, Visitors};
use crate::schema::{Field, FieldName, Kind};
use crate::table::{ColumnData, NumberCounts, Partial, Selection, Shard};
use crate::units::Micros;
use crate::units::buckets::Buckets;

use answered::{ANSWERED, RECEIVED, RowBytes};
use columns::{Columns, Counts};
use network::{NetworkPartial, NetworkPass};
use quality::QualityPartial;
use tally::TextTallies;
use timeline::MAX_BUCKETS;
use traffic::{TrafficPartial, TrafficPass};
use visitors::{VISITS, VisitorsPartial, VisitorsPass};

/// What all workers must agree on for their parts to merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileContext {
    /// The earliest and the latest time over all workers, for the buckets of the timeline; null where no row has one.
    pub range: Option<(Micros, Micros)>,
    /// A visitor that is silent for longer comes back as a new session.
    pub session_gap: Micros,
}

impl Default for ProfileContext {
    /// No range, and the half hour that web statistics have always used.
    fn default() -> Self {
        Self { range: None, session_gap: Micros::from_seconds(30 * 60) }
    }
}

/// A worker's part of the profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfilePartial {
    columns: BTreeMap<(FieldName, Kind), Counts>,
    quality: QualityPartial,
    traffic: TrafficPartial,
    visitors: VisitorsPartial,
    network: NetworkPartial,
}

/// The panels of the report that say what is in the logs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// What the data is fit for.
    pub quality: Quality,
    /// What was asked and answered.
    pub traffic: Traffic,
    /// Who asked.
    pub visitors: Visitors,
    /// From where to where. What ports are for is left open: the list of ports is not known here.
    pub network: Network,
}

/// This worker's part of the profile of the selected rows.
///
/// **Cost**: each column is read once, addresses and times twice; about 0.1 µs a row of an access log.
pub fn run(selection: Selection<'_>, context: &ProfileContext) -> ProfilePartial {
    let mut columns = Columns::new(selection);
    let mut quality = QualityPartial::default();
    let mut traffic = TrafficPass::new(Buckets::over(context.range, MAX_BUCKETS));
    let mut visitors = VisitorsPass::new(selection, context.session_gap);
    let mut network = NetworkPass::new(selection);
    let (mut received, mut answered) = (RowBytes::default(), RowBytes::default());
    let mut hashes = Vec::with_capacity(selection.n_rows());

    for (shard, rows) in selection.shards() {
        let log = log_of(shard, selection);
        columns.read(shard, rows, &[]);
        received.read(&columns, RECEIVED);
        answered.read(&columns, ANSWERED);
        traffic.add(log, &columns, &received, &answered);
        visitors.add(&columns, &answered);
        network.add(&columns, visitors.addresses(), &answered);
        quality.add_rows(log, columns.n_rows() as u64, answered.rows());
        let first = hashes.len();
        hashes.resize(first + columns.n_rows(), 0);
        columns.count(&answered.bytes, hashes.get_mut(first..).unwrap_or_default(), |name, kind, present| {
            quality.add_present(log, (name.clone(), kind), present);
        });
    }
    quality.add_hashes(hashes);
    visitors.make_room();
    for (shard, rows) in selection.shards() {
        columns.read(shard, rows, VISITS);
        visitors.add_times(&columns);
    }
    ProfilePartial {
        network: network.finish(visitors.addresses()),
        visitors: visitors.finish(&columns),
        traffic: traffic.finish(),
        quality,
        columns: columns.finish().collect(),
    }
}

/// The log that a shard is from. A file's own column of that name comes before the one that reading adds.
fn log_of<'a>(shard: &Shard, selection: Selection<'a>) -> &'a str {
    let name = FieldName::from(Field::EventDataset);
    let column = shard.table.columns.iter().rfind(|column| column.name == name);
    let code = column.and_then(|column| match &column.data {
        ColumnData::Text(codes) => codes.as_constant(),
        _ => None,
    });
    code.and_then(|code| Some(selection.dictionary(&name)?.get(code))).unwrap_or_default()
}

impl Partial for ProfilePartial {
    type Output = Profile;

    fn merge(&mut self, other: Self) {
        for (column, counts) in other.columns {
            match self.columns.get_mut(&column) {
                Some(known) => known.merge(counts),
                None => {
                    self.columns.insert(column, counts);
                }
            }
        }
        self.quality.merge(other.quality);
        self.traffic.merge(other.traffic);
        self.visitors.merge(other.visitors);
        self.network.merge(other.network);
    }

    fn finish(self) -> Profile {
        let counted = Counted { columns: &self.columns, quality: &self.quality };
        let traffic = self.traffic.finish(&counted);
        let visitors = self.visitors.finish(&counted);
        let network = self.network.finish(&counted);
        Profile { quality: self.quality.finish(&self.columns), traffic, visitors, network }
    }
}

/// The merged counts of the columns, as panels ask for them.
#[derive(Clone, Copy)]
struct Counted<'a> {
    columns: &'a BTreeMap<(FieldName, Kind), Counts>,
    quality: &'a QualityPartial,
}

impl<'a> Counted<'a> {
    /// The most frequent texts of a column.
    fn top(self, field: Field, limit: usize) -> TopValues {
        let mut all = self.texts(field);
        match (all.next(), all.next()) {
            (None, _) => TopValues::default(),
            (Some(texts), None) => texts.top(limit, self.has_bytes(&[field])),
            // One log has addresses in the column and another has names.
            (Some(texts), Some(more)) => {
                let mut both = texts.clone();
                both.merge(more.clone());
                both.top(limit, self.has_bytes(&[field]))
            }
        }
    }

    /// The counts of a text column, one for each kind that it has.
    fn texts(self, field: Field) -> impl Iterator<Item = &'a TextTallies> {
        self.of_field(field).filter_map(|counts| match counts {
            Counts::Texts(texts) => Some(texts),
            Counts::Numbers(_) | Counts::Times(_) => None,
        })
    }

    /// The counts of a column of numbers, one for each kind that it has.
    fn numbers(self, field: Field) -> impl Iterator<Item = &'a NumberCounts> {
        self.of_field(field).filter_map(|counts| match counts {
            Counts::Numbers(numbers) => Some(numbers),
            Counts::Texts(_) | Counts::Times(_) => None,
        })
    }

    /// Whether rows that have one of these columns may have bytes that were answered.
    fn has_bytes(self, fields: &[Field]) -> bool {
        fields.iter().any(|&field| self.quality.has_bytes(&FieldName::from(field)))
    }

    fn of_field(self, field: Field) -> impl Iterator<Item = &'a Counts> {
        self.columns.iter().filter(move |((name, _), _)| name.ecs() == Some(field)).map(|(_, counts)| counts)
    }
}
