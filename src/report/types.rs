//! The shape of `logloupe.report.v1`.
//!
//! Times are RFC 3339 UTC; lists are sorted by count, then by value; shares are `0..=1`; what is unknown is null.

mod cases;
mod learnt;
mod left_out;
mod studies;
mod times;
mod why_not;

use serde::{Deserialize, Serialize};

pub use super::param::ParamValue;
pub use crate::query::{Histogram, HistogramBin, Timeline, TimelineSeries, TopValues, ValueCount};
pub use cases::{
    Answered, CASE_SOURCES, CASES, Case, CaseCheck, CaseCounts, CaseStage, Moment, QUEUE, QueueEntry, Stage, Success,
    Technique, Threat, ThreatLevel,
};

use crate::settings::Settings;
pub use crate::units::severity::Severity;
pub use learnt::*;
pub use left_out::*;
pub use studies::*;
pub use times::*;
pub use why_not::*;

/// The version of the shape.
pub const SCHEMA: &str = "logloupe.report.v1";

/// How many samples of each reject reason an account keeps.
pub const REJECT_SAMPLES: usize = 5;

/// Everything that was found in the files, under the settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// What wrote the report.
    pub tool: Tool,
    /// What it was asked.
    pub settings: Settings,
    /// Rows under the filter, of all.
    pub rows: RowCounts,
    /// Each file, and the account of its lines.
    pub inputs: Vec<Input>,
    /// Archives, whose members are inputs of their own, and what of them is not read.
    pub archives: Vec<Archive>,
    /// What the data is fit for.
    pub quality: Quality,
    /// What was asked and answered.
    pub traffic: Traffic,
    /// Who asked.
    pub visitors: Visitors,
    /// From where to where.
    pub network: Network,
    /// Domains that were looked for.
    pub lookups: Vec<LookupResult>,
    /// User-agent beginnings that were counted.
    pub user_agent_prefixes: Vec<PrefixResult>,
    /// How worried to be, and why.
    pub threat: Threat,
    /// What to look at first. **Shape**: at most [`QUEUE`].
    #[serde(default)]
    pub queue: Vec<QueueEntry>,
    /// What findings come to, the worst first. **Shape**: at most [`CASES`].
    #[serde(default)]
    pub cases: Vec<Case>,
    /// How many cases there are in all.
    #[serde(default)]
    pub case_counts: CaseCounts,
    /// The techniques of ATT&CK that findings name. **Order**: by tactic, as attacks go on; then by rows.
    #[serde(default)]
    pub techniques: Vec<Technique>,
    /// What the checks say, most severe first.
    pub findings: Vec<Finding>,
    /// Rows in a finding of that severity or above.
    pub flagged_rows: FlaggedRows,
    /// Which checks could run.
    pub rules: RuleCounts,
    /// Rows that no check sees, because the user allows them.
    #[serde(default)]
    pub left_out: LeftOut,
    /// What the models say.
    pub models: Models,
    /// The report in words.
    pub text: Vec<Paragraph>,
}

/// What wrote the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tool {
    /// `logloupe`.
    pub name: String,
    /// The package's version.
    pub version: String,
    /// The commit that it was built from; null where the build did not say (`LOGLOUPE_BUILD`).
    #[serde(default)]
    pub build: Option<String>,
}

/// Rows under the filter, of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RowCounts {
    /// Rows that the filter lets through.
    pub filtered: u64,
    /// All rows.
    pub total: u64,
}

/// A file, and the account of its lines: `accepted + rejected + skipped = lines`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Input {
    /// The path as dropped or given, without a compression's ending.
    pub path: String,
    /// The folder part of the path.
    pub folder: String,
    /// Size of the log as it is read: decompressed, in UTF-8.
    pub size_bytes: u64,
    /// SHA-256 of the file as dropped, 64 hexadecimal digits; of a member, that of its archive. Null until it is known, or
    /// where it could not be read.
    pub sha256: Option<String>,
    /// The format that was chosen, or null where none fits.
    pub format: Option<String>,
    /// Why that one.
    pub format_evidence: String,
    /// What is counted below as lines.
    #[serde(default)]
    pub counted: Counted,
    /// Lines read.
    pub lines: u64,
    /// Lines that became rows.
    pub accepted: u64,
    /// Lines that were not understood.
    pub rejected: u64,
    /// Headers, comments, blank lines.
    pub skipped: u64,
    /// Why lines were not understood, most frequent first.
    pub rejects: Vec<Reject>,
    /// Rows by the name of their format, where the file mixes formats; in the order in which they are tried.
    pub formats: Vec<FormatRows>,
    /// The earliest time.
    pub first: Option<String>,
    /// The latest time.
    pub last: Option<String>,
    /// How its times run from row to row.
    pub times: Times,
    /// What `times` is made of, while accounts of ranges are put together; null after that.
    pub track: Option<TimeTrack>,
    /// Offsets from UTC that the file writes.
    pub timezones: Vec<String>,
    /// Every how many-th part of 16 MiB was read: 1 for all. More is a sample, and line numbers count the lines read.
    pub every: u64,
    /// What happened while reading: a damaged archive, a range that was given up.
    pub warnings: Vec<String>,
    /// Columns of the file and the fields that they became.
    pub columns: Vec<InputColumn>,
}

/// What a file's account counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Its lines.
    #[default]
    Lines,
    /// The objects of its JSON documents, wherever lines end.
    Elements,
}

/// Rows of one format of a file that mixes formats.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FormatRows {
    /// The format's name.
    pub format: String,
    /// Rows.
    pub count: u64,
}

/// An archive, whose members are inputs of their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Archive {
    /// The path as dropped or given.
    pub path: String,
    /// `zip`, `tar`, `tar, gzip`.
    pub kind: String,
    /// Size as stored.
    pub size_bytes: u64,
    /// SHA-256 of the file as stored, 64 hexadecimal digits; null until it is known, or where it could not be read.
    pub sha256: Option<String>,
    /// Members that are inputs.
    pub members: u64,
    /// Members that are not read, in the archive's order.
    pub skipped: Vec<SkippedMember>,
}

/// A member of an archive that is not read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SkippedMember {
    /// Its path in the archive.
    pub path: String,
    /// Why it is not read.
    pub reason: String,
}

/// A column of a file and the field that it became.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct InputColumn {
    /// The name in the file.
    pub name: String,
    /// The field.
    pub field: String,
}

/// One reason for which lines were not understood.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reject {
    /// Found against expected.
    pub reason: String,
    /// Lines.
    pub count: u64,
    /// The first of them.
    pub samples: Vec<RejectSample>,
}

/// A line that was not understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RejectSample {
    /// Line number from 1.
    pub line: u64,
    /// Offset of its first byte in the (decompressed) file.
    pub byte: u64,
    /// Its beginning.
    pub text: String,
}

/// What the data is fit for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Quality {
    /// Rows looked at.
    pub rows: u64,
    /// Rows whose every field equals an earlier row's.
    pub duplicate_rows: u64,
    /// Each column that has a value anywhere.
    pub columns: Vec<ColumnQuality>,
}

/// One column's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ColumnQuality {
    /// The column.
    pub field: String,
    /// What its values are: `keyword`, `ip`, `integer`, `float`, `time`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What its numbers count: `bytes`, `nanoseconds`; empty for none.
    pub unit: String,
    /// Rows of the logs that have this column.
    pub rows: u64,
    /// Rows without a value.
    pub missing: u64,
    /// Rows with the value zero (numbers only).
    pub zero: Option<u64>,
    /// Distinct values.
    pub distinct: u64,
    /// The value, if it is the same in every row that has one.
    pub constant: Option<String>,
    /// Numbers only.
    pub numbers: Option<NumberQuality>,
    /// Values that stand in fewer than 1 % of the rows (keywords of at most 100 distinct values).
    pub rare: Option<u64>,
    /// What is worth knowing, in words.
    pub note: Option<String>,
}

/// A numeric column's figures. Quartiles are exact, by linear interpolation as NumPy's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NumberQuality {
    /// Smallest value.
    pub min: f64,
    /// A quarter is at or below.
    pub q1: f64,
    /// Half is at or below.
    pub median: f64,
    /// Three quarters are at or below.
    pub q3: f64,
    /// Largest value.
    pub max: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sum of all values.
    pub sum: f64,
    /// Standard deviation of the population.
    pub deviation: f64,
    /// Values below Q1 − 1.5 IQR or above Q3 + 1.5 IQR.
    pub outliers_iqr: u64,
}

/// What was asked and answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Traffic {
    /// The earliest time under the filter.
    pub first: Option<String>,
    /// The latest.
    pub last: Option<String>,
    /// Rows over time.
    pub timeline: Timeline,
    /// Rows by hour of the day (UTC) and day of the week: `[weekday from Monday][hour]`.
    pub hours: Vec<Vec<u64>>,
    /// Rows with an answer status of 400 and above.
    pub errors: u64,
    /// Rows that have an answer status.
    pub answered: u64,
    /// Bytes that sources sent.
    pub bytes_in: Option<u64>,
    /// Bytes that were answered.
    pub bytes_out: Option<u64>,
    /// Rows by log.
    #[serde(rename = "event.dataset")]
    pub datasets: TopValues,
    /// Request methods.
    #[serde(rename = "http.request.method")]
    pub methods: TopValues,
    /// Answer statuses.
    #[serde(rename = "http.response.status_code")]
    pub statuses: TopValues,
    /// Paths.
    #[serde(rename = "url.path")]
    pub paths: TopValues,
    /// Hosts asked.
    #[serde(rename = "url.domain")]
    pub domains: TopValues,
    /// Referrers.
    #[serde(rename = "http.request.referrer")]
    pub referrers: TopValues,
    /// User agents.
    #[serde(rename = "user_agent.original")]
    pub user_agents: TopValues,
    /// HTTP versions.
    #[serde(rename = "http.version")]
    pub versions: TopValues,
    /// Bytes of an answer (or, in connection logs, of both sides), in bins that double.
    pub bytes_histogram: Histogram,
}

/// Who asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Visitors {
    /// Distinct source addresses.
    pub distinct_addresses: u64,
    /// Sessions: requests of one address with no gap over 30 minutes.
    pub sessions: u64,
    /// Requests of programs that say that they are crawlers.
    pub crawlers: TopValues,
    /// The addresses with the most requests.
    pub behaviour: Vec<Behaviour>,
}

/// One address's behaviour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Behaviour {
    /// `source.ip`, or the name where the log resolves names.
    pub address: String,
    /// Rows.
    pub requests: u64,
    /// Rows with a status of 400 and above.
    pub errors: u64,
    /// Bytes answered.
    pub bytes: Option<u64>,
    /// Sessions.
    pub sessions: u64,
    /// First seen.
    pub first: Option<String>,
    /// Last seen.
    pub last: Option<String>,
    /// The country by the log's own word.
    pub country: Option<String>,
}

/// From where to where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Network {
    /// Distinct pairs of source and destination.
    pub pairs: u64,
    /// Rows in these pairs.
    pub requests: u64,
    /// The most frequent pairs.
    pub top_pairs: Vec<Pair>,
    /// Destination ports.
    pub ports: Vec<Port>,
    /// Source addresses.
    #[serde(rename = "source.ip")]
    pub sources: TopValues,
    /// Destination addresses.
    #[serde(rename = "destination.ip")]
    pub destinations: TopValues,
    /// Hosts asked that are addresses, not names.
    pub unknown_hosts: TopValues,
    /// Source countries by the log's own word.
    pub countries: TopValues,
    /// Protocols.
    #[serde(rename = "network.protocol")]
    pub protocols: TopValues,
    /// Names looked up.
    pub dns: Dns,
}

/// A source and a destination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Pair {
    /// The address that asked.
    pub source: String,
    /// The address or host that was asked.
    pub destination: String,
    /// Rows.
    pub count: u64,
}

/// A destination port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Port {
    /// The number.
    pub port: u16,
    /// IANA's name for it.
    pub service: Option<String>,
    /// What it is for, in plain words.
    pub meaning: Option<String>,
    /// Whether it is a usual one for a server.
    pub standard: bool,
    /// Rows.
    pub count: u64,
}

/// Names looked up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dns {
    /// Look-ups.
    pub queries: u64,
    /// The most frequent names.
    pub names: TopValues,
    /// Record types.
    pub types: TopValues,
    /// How they ended.
    pub responses: TopValues,
}

/// A domain that was looked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LookupResult {
    /// What the user calls it.
    pub name: String,
    /// What was looked for.
    pub pattern: String,
    /// Rows in each folder, also where there are none.
    pub folders: Vec<FolderCount>,
    /// Rows in all.
    pub count: u64,
    /// Whether it was visited at all.
    pub visited: bool,
    /// The first rows that say so.
    pub evidence: Vec<Evidence>,
}

/// A folder's rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FolderCount {
    /// The folder.
    pub folder: String,
    /// Rows.
    pub count: u64,
}

/// Requests whose user agent begins so, by folder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PrefixResult {
    /// The beginning.
    pub prefix: String,
    /// Rows in each folder, also where there are none.
    pub folders: Vec<FolderCount>,
    /// Rows in all.
    pub count: u64,
    /// Hosts that these requests went to.
    pub hosts: TopValues,
}

/// What a check says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// Stable name of the check.
    pub id: String,
    /// What it found, in a few words.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// How sure, `0..=1`.
    pub confidence: f64,
    /// Rows.
    pub count: u64,
    /// First seen.
    pub first: Option<String>,
    /// Last seen.
    pub last: Option<String>,
    /// ATT&CK techniques.
    pub attack: Vec<String>,
    /// Who and what is involved, most frequent first.
    pub entities: Vec<Entity>,
    /// Why it matters, in plain words.
    pub why: String,
    /// What to do next.
    pub next_step: String,
    /// When it is a false alarm.
    pub false_positives: String,
    /// A filter that shows its rows.
    pub filter: String,
    /// The first rows.
    pub evidence: Vec<Evidence>,
    /// What can be drawn of it; mostly empty.
    #[serde(default)]
    pub charts: Vec<Chart>,
}

/// Bars that show a finding: how often an interval came, how much an hour held.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Chart {
    /// What the bars are of, in a few words.
    pub title: String,
    /// The unit of `from`: `s`.
    pub unit: String,
    /// **Order**: by `from`; the last also holds what lies beyond it.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Bar {
    /// Where it begins.
    pub from: i64,
    /// How many.
    pub count: u64,
}

/// A value that takes part in a finding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Entity {
    /// The column.
    pub field: String,
    /// The value.
    pub value: String,
    /// Rows.
    pub count: u64,
}

/// A line that proves something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The file's path.
    pub file: String,
    /// Line number from 1.
    pub line: u64,
    /// Offset of its first byte in the (decompressed) file.
    pub byte: u64,
    /// The line.
    pub text: String,
}

/// Rows in a finding of that severity or above. Rows that are only odd together (a beacon's, a scan's, a tunnel's) are left
/// out, and those of rules that the user asks for a least number of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FlaggedRows {
    /// In any finding.
    pub informational: u64,
    /// Low and above.
    pub low: u64,
    /// Medium and above.
    pub medium: u64,
    /// High and above.
    pub high: u64,
    /// Critical.
    pub critical: u64,
}

/// Which checks could run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleCounts {
    /// Checks that ran, with their rows.
    pub applied: Vec<RuleState>,
    /// Checks that lack a field, have an empty list or are switched off.
    pub not_applicable: Vec<RuleState>,
    /// Checks that this version cannot run.
    pub unsupported: Vec<RuleState>,
}

/// A check and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleState {
    /// Stable name of the check.
    pub id: String,
    /// What it looks for.
    pub title: String,
    /// Rows found, or why it did not run.
    pub note: String,
}

/// Whether to believe a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The figure holds.
    Trust,
    /// The figure holds under what the reasons say.
    #[default]
    Careful,
    /// The figure says nothing.
    Meaningless,
}

/// Whether to believe a model's figures, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Trust {
    /// The verdict.
    pub verdict: Verdict,
    /// One sentence each.
    pub reasons: Vec<String>,
}

/// What the models say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Models {
    /// The isolation forest; null where it is switched off.
    pub anomaly: Option<Anomaly>,
    /// Random forests.
    pub classifiers: Vec<Classifier>,
    /// Forecasts; none in this version.
    pub forecast: Option<()>,
}

/// A parameter of a model, in scikit-learn's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ParamValue,
}

/// A feature that a model looked at, or why it did not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FeatureUse {
    /// The column.
    pub name: String,
    /// Share of the model's decisions that rest on it.
    pub importance: Option<f64>,
    /// Rows whose missing value was filled.
    pub imputed: u64,
    /// Why it was left out, or what was done to it.
    pub note: Option<String>,
}

/// A figure about a model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// What the isolation forest says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Anomaly {
    /// How it was set.
    pub params: Vec<Param>,
    /// What it looked at.
    pub features: Vec<FeatureUse>,
    /// Figures.
    pub metrics: Vec<Metric>,
    /// Whether to believe them.
    pub trust: Trust,
    /// Why there is no result, if there is none.
    pub refused: Option<String>,
    /// Rows scored.
    pub scored: u64,
    /// Rows marked −1.
    pub anomalies: u64,
    /// The score below which a row is marked.
    pub threshold: Option<f64>,
    /// The strangest rows first.
    pub rows: Vec<AnomalyRow>,
    /// The addresses with the most marked rows.
    pub entities: Vec<Entity>,
    /// How the scores are spread.
    pub scores: Histogram,
}

/// A row that the isolation forest marked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AnomalyRow {
    /// Lower is stranger, as scikit-learn's `score_samples`.
    pub score: f64,
    /// The file's path.
    pub file: String,
    /// Line number from 1.
    pub line: u64,
    /// Offset of its first byte in the (decompressed) file.
    pub byte: u64,
    /// The line.
    pub text: String,
    /// Which features set it apart, in words.
    pub why: String,
    /// The values of the features, in their order.
    pub values: Vec<Option<f64>>,
}

/// What a random forest says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Classifier {
    /// The column that was learned.
    pub label: String,
    /// How it was set.
    pub params: Vec<Param>,
    /// What it learned from.
    pub features: Vec<FeatureUse>,
    /// Figures on the rows held out.
    pub metrics: Vec<Metric>,
    /// Figures for each class.
    pub classes: Vec<ClassReport>,
    /// Rows held out, by actual and predicted class, in the order of `classes`.
    pub confusion: Vec<Vec<u64>>,
    /// Whether to believe them.
    pub trust: Trust,
    /// Why there is no result, if there is none.
    pub refused: Option<String>,
    /// Rows to learn from.
    pub n_train: u64,
    /// Rows held out.
    pub n_test: u64,
}

/// One class in the classification report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClassReport {
    /// The class.
    pub class: String,
    /// Of the rows called so, the share that are.
    pub precision: f64,
    /// Of the rows that are, the share called so.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// Rows held out that are of this class.
    pub support: u64,
}

/// A paragraph for someone who is not technical.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Paragraph {
    /// What it is about.
    pub heading: String,
    /// Sentences.
    pub body: String,
}
