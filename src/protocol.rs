//! Messages between a host's main thread and a worker that keeps shards. Types only.
//!
//! A call crosses packed by postcard; a `File` and packed bytes (partials, format specifications, models) cross beside it
//! as they are. The same jobs drive threads in the command line.

mod studies;

pub use studies::*;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::query::{Answer, Ask};
use crate::report::export::{DocumentFormat, Redaction};
use crate::report::{
    Anomaly, Classifier, Compared, ConfusedRows, Input, Learnt, Paragraph, Predicted, QueueEntry, Report, Severity,
    SkippedMember, Survey, Threat, WhyNot,
};
use crate::schema::{FieldName, Kind};
use crate::settings::{AnomalySettings, ClassifierSettings, Settings};
use crate::units::Micros;

/// The version of these messages; a worker of another version is refused.
pub const VERSION: u32 = 6;

/// A message to a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Repeated in the replies.
    pub id: u32,
    /// [`VERSION`].
    pub version: u32,
    /// What to do.
    pub request: Request,
}

/// What a worker is asked to do. Beside: what travels beside the message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Takes note of files. Beside: the `File`s that were dropped, which entries name by their place.
    Files(Vec<FileEntry>),
    /// Looks whether a file is an archive, and lists what is in it. Answered by `Members`.
    Members {
        /// The file's number.
        file: u32,
        /// What encrypted members are opened with. Settings never hold it.
        password: Option<String>,
    },
    /// The SHA-256 of a file as it was dropped. Other requests are answered while it is made. Answered by `Hashed`.
    Hash {
        /// The place of the `File` among those that were dropped.
        dropped: u32,
    },
    /// Looks at the beginning of a file and ranks the formats. Answered by `Detected`.
    Detect {
        /// The file's number.
        file: u32,
        /// Settings that bear on reading (CSV columns).
        settings: Box<Settings>,
    },
    /// Reads a range into tables. Beside: the format specification. Answered by `Progress`…, `Scanned`.
    Scan(ScanTask),
    /// Tries a format string on the beginning of a file. Answered by `Tried`.
    Try {
        /// The file's number.
        file: u32,
        /// Settings that bear on reading.
        settings: Box<Settings>,
        /// What to try.
        trial: Trial,
    },
    /// Gives files their new numbers; shards of files that are not named are dropped. `Files` follows.
    Renumber(Vec<Renumbered>),
    /// The lines of a range that are not understood. Beside: the format specification. Answered by `Part`, the lines
    /// beside.
    Rejected {
        /// The range.
        task: ScanTask,
        /// Lines of the file before it.
        lines_before: u64,
        /// How to write them.
        format: RowFormat,
    },
    /// Tells where ranges begin in lines, once all are read; shards are complete after that.
    Seal(Vec<RangeStart>),
    /// This worker's part of a job. Beside: the job's bytes, if any. Answered by `Part`, the part beside.
    Part(Job),
    /// This worker's part of a job, which stays here under a number until `Finish`: what need not cross is not packed.
    /// Beside: the job's bytes, if any. Answered by `Ok`.
    Keep(Job, u32),
    /// Merges parts and finishes the job. Beside: the parts. Answered by `Done`.
    Finish {
        /// The job.
        job: Job,
        /// The number of the part that was kept here, if one was.
        kept: Option<u32>,
    },
    /// Part and finish in one, where one worker holds everything. Beside: the job's bytes, if any. Answered by `Done`.
    Run(Job),
    /// Raw lines of a file. Answered by `Lines`.
    Lines {
        /// The file's number.
        file: u32,
        /// Byte offset and length of each.
        spans: Vec<(u64, u32)>,
    },
    /// Says in words what a report holds, now that something has been added. Answered by `Told`.
    Tell(Box<Report>),
    /// Writes a report for somebody who was not there; only the worker that writes documents knows how. Answered by
    /// `Written`.
    Write {
        /// The report.
        report: Box<Report>,
        /// How.
        format: DocumentFormat,
        /// What is to be left out; null for nothing.
        redaction: Option<Redaction>,
    },
    /// Says what a redaction would leave out; only the worker that writes documents knows. Answered by `LeftOut`.
    LeftOut {
        /// The report.
        report: Box<Report>,
        /// The redaction.
        redaction: Redaction,
    },
    /// Rows as Parquet; only the worker that writes documents knows how. Beside: the rows as NDJSON. Answered by `Written`.
    Parquet,
    /// Keeps a model, to answer `Predict` with. Beside: its file. Answered by `Learnt`.
    Learn,
    /// What the kept model says of a row of these values, by column. Answered by `Predicted`.
    Predict(Vec<(String, String)>),
    /// Marks another share of the rows that were scored last, whose scores the worker that finished has kept. Answered by
    /// `Done` with `Anomaly`.
    Mark(AnomalySettings),
    /// Why a row of these values, in the order of the features, was given its score then. Answered by `Predicted`.
    Why(Vec<f64>),
    /// Drops every file and shard.
    Reset,
    /// Reads Sigma rules; only the worker that reads rules knows how. Answered by `Rules`, the rules beside, packed as
    /// `Job::Report` carries them.
    Rules {
        /// Each file's path and text.
        files: Vec<(String, String)>,
        /// What placeholders stand for.
        placeholders: BTreeMap<String, Vec<String>>,
    },
}

/// A file of the session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its number in the session; files are ordered by path.
    pub file: u32,
    /// Its path as dropped or given; below its archive's, if it is a member of one.
    pub path: String,
    /// Its size as stored.
    pub size_bytes: u64,
    /// The place of the `File` that it is or is in, among those that were dropped.
    pub dropped: u32,
    /// Where it is in the archive; null where it is the file itself.
    pub member: Option<MemberEntry>,
    /// Whether it may expand without limit.
    pub unlimited: bool,
}

/// A file in an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberEntry {
    /// Its path in the archive.
    pub path: String,
    /// How to get to it, as `source::archive` writes it; it may hold a password.
    pub address: Vec<u8>,
    /// Its size in the archive, decompressed.
    pub size_bytes: u64,
    /// When it was last written.
    pub modified: Option<Micros>,
}

/// What is in an archive.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Members {
    /// `zip`, `tar`, `tar, gzip`.
    pub kind: String,
    /// What can be read.
    pub members: Vec<MemberEntry>,
    /// What is not, and why.
    pub skipped: Vec<SkippedMember>,
    /// How many members want a password, or another one than was given.
    pub locked: u64,
}

impl FileEntry {
    /// What files are ordered by: the path without a compression's ending, so that a log and the same log compressed
    /// have the same number.
    pub fn order(path: &str) -> &str {
        let endings = [".gz", ".bz2", ".xz", ".zst"];
        endings.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path)
    }
}

/// A file's number, before and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renumbered {
    /// Its number so far.
    pub from: u32,
    /// Its number from now on.
    pub to: u32,
}

/// A range of a file to read. It holds the lines that begin in `start..end`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanTask {
    /// The file's number.
    pub file: u32,
    /// First byte.
    pub start: u64,
    /// First byte after, or null for the end of the file.
    pub end: Option<u64>,
}

/// Where a range begins in lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeStart {
    /// The file's number.
    pub file: u32,
    /// The range's first byte.
    pub start: u64,
    /// Lines of the file before it.
    pub lines_before: u64,
}

/// Something that every worker answers for its shards, merged into one output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// Questions of a view. Output: `Answers`.
    Ask(Ask),
    /// The report without the models. Output: `Report`.
    Report {
        /// The settings, the filter among them.
        settings: Box<Settings>,
        /// Every file of the session, as accounted for by the ranges read.
        inputs: Vec<Input>,
        /// The user's Sigma rules, read and packed by [`encode`]; empty for none.
        rules: Vec<u8>,
    },
    /// A part of the report by itself, for a page that shows one before the other. Output: `Report`, without the rest.
    Chapter {
        /// Which part.
        chapter: Chapter,
        /// The settings, the filter among them.
        settings: Box<Settings>,
        /// Every file of the session, as accounted for by the ranges read.
        inputs: Vec<Input>,
        /// The user's Sigma rules, read and packed by [`encode`]; empty for none.
        rules: Vec<u8>,
    },
    /// A sample to grow an isolation forest on; its scores follow. Output: `Anomaly`.
    AnomalyFit {
        /// The filter; empty for all rows.
        filter: String,
        /// How to grow it.
        settings: AnomalySettings,
    },
    /// Scores of every row: the round after `AnomalyFit`. Beside: the model. Output: `Anomaly`.
    AnomalyScore {
        /// The filter; empty for all rows.
        filter: String,
        /// How the forest was grown.
        settings: AnomalySettings,
    },
    /// A sample to grow and test a random forest on. Output: `Classifier`.
    Classify {
        /// The filter; empty for all rows.
        filter: String,
        /// How to grow it.
        settings: ClassifierSettings,
    },
    /// Cleaned rows in the order of the files. Output: `Export` (bytes beside).
    Export {
        /// The filter; empty for all rows.
        filter: String,
        /// How to write them.
        format: RowFormat,
        /// The columns; empty for all that any row has.
        columns: Vec<FieldName>,
    },
    /// Why a row is in findings, and which others it nearly is in. Output: `Explained`.
    Explain(Box<Explain>),
    /// A question to the models that is no part of the report. Output: `Studied`.
    Study {
        /// The filter; empty for all rows.
        filter: String,
        /// The question.
        study: Box<Study>,
    },
    /// A model that is trained on request, or applied. Beside, if it is applied: its file, behind what the round before
    /// left. Output: by its task.
    Model(Box<ModelJob>),
}

/// A model's work over all rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelJob {
    /// The filter; empty for all rows.
    pub filter: String,
    /// What to do.
    pub task: ModelTask,
    /// The round.
    pub step: ModelStep,
    /// Which share of the training is asked for, and of how many; none where one worker does all of it at the end.
    pub share: Option<(u32, u32)>,
}

/// What is done with a model. Settings are those of `logloupe model train`, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ModelTask {
    /// Trains one with these settings. Output: `Model`, its file beside.
    Train(String),
    /// Looks at what would be learnt from. Output: `Survey`.
    Survey(String),
    /// Lets it answer for every row. Output: `Export`, the lines beside.
    Predict(RowFormat),
    /// Compares its answers with what is true. Output: `Compared`.
    Evaluate,
    /// The rows of a class, by its place, that it takes for another. Output: `Cell`.
    Cell(u32, u32),
}

/// A round of a model's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelStep {
    /// Which columns there are. The first where settings are given.
    Columns,
    /// What is known of addresses. The first where a model is applied.
    Addresses,
    /// The rows themselves.
    Rows,
    /// Training in shares: parameters are tried, then trees are grown. Beside: the sample, and behind it what was found
    /// so far. Any worker can do it, whatever rows it keeps.
    Learn(LearnStage),
}

/// What is to be done next in a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LearnStage {
    /// Parameters are tried.
    Search,
    /// Trees are grown.
    Grow,
    /// The rest, which can't be shared.
    Done,
}

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chapter {
    /// What is in the log: everything that is counted.
    Panels,
    /// What the checks say of it.
    Checks,
}

/// The row that is asked about, and under what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explain {
    /// The settings, the filter among them.
    pub settings: Box<Settings>,
    /// The user's Sigma rules, read and packed by [`encode`]; empty for none.
    pub rules: Vec<u8>,
    /// The file's number.
    pub file: u32,
    /// Where the row is.
    pub at: Place,
    /// What the first round found of it.
    pub found: Option<WhyNot>,
}

/// Where a row is in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// Its line begins at this byte.
    Byte(u64),
    /// Its line has this number, from 1.
    Line(u64),
}

impl Default for Place {
    fn default() -> Self {
        Self::Byte(0)
    }
}

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFormat {
    /// Comma-separated, with a header; cells that a spreadsheet would run are quoted as text.
    #[default]
    Csv,
    /// One JSON object a line, in ECS names.
    Ndjson,
}

impl RowFormat {
    /// What stands above lines that were not understood.
    pub fn rejected_header(self) -> &'static str {
        match self {
            Self::Csv => "file,line,byte,reason,text\n",
            Self::Ndjson => "",
        }
    }
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The call's number.
    pub id: u32,
    /// What it says.
    pub response: Response,
}

/// A worker's answer. Beside: what travels beside the message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// The worker is up (id 0).
    Ready {
        /// Its [`VERSION`].
        version: u32,
    },
    /// The request is done and has no result.
    Ok,
    /// What is in an archive; null where the file is none.
    Members(Option<Box<Members>>),
    /// A SHA-256 in hexadecimal digits; null where the file could not be read to its end.
    Hashed(Option<String>),
    /// The format of a file. Beside: the format specification, for `Scan`.
    Detected(Box<Detected>),
    /// A format string, tried.
    Tried(Box<Tried>),
    /// Bytes of a range read so far.
    Progress {
        /// Bytes of the file as stored.
        bytes: u64,
        /// Lines.
        lines: u64,
    },
    /// A range is read.
    Scanned(Box<Scanned>),
    /// A part of a job. Beside: the part.
    Part,
    /// A job is done.
    Done(Box<Output>),
    /// Raw lines.
    Lines(Vec<String>),
    /// A report in words: how worried to be, and the paragraphs.
    Told(Threat, Vec<QueueEntry>, Vec<Paragraph>),
    /// A file. Beside: its bytes.
    Written,
    /// What a redaction would leave out, a sentence each.
    LeftOut(Vec<String>),
    /// A model that is kept.
    Learnt(Box<Learnt>),
    /// What the kept model says of a row.
    Predicted(Box<Predicted>),
    /// It did not work.
    Failed(Error),
    /// Rules that were read, in the order of the packed ones. Beside: those, packed.
    Rules(Vec<ReadRule>),
}

/// A Sigma rule as it was read, for whoever lists the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRule {
    /// Its id; the report calls it `sigma.` and this.
    pub id: String,
    /// What it found, in a few words.
    pub title: String,
    /// How bad.
    pub level: Severity,
    /// The place of its file among those that were read.
    pub file: u32,
    /// Why it can run on no log. **Null**: none where it can.
    pub unsupported: Option<String>,
}

/// The result of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Answers to questions.
    Answers(Vec<Answer>),
    /// A report without the models.
    Report(Box<Report>),
    /// Another round: every worker does its part of this job, with what is beside, and its output counts. `Run` goes
    /// through all rounds by itself.
    Next(Box<Job>),
    /// What the isolation forest says.
    Anomaly(Anomaly),
    /// What a random forest says.
    Classifier(Classifier),
    /// Cleaned rows. Beside: the bytes.
    Export,
    /// What rules say of a row; null where there is no such row.
    Explained(Option<Box<WhyNot>>),
    /// What a study says.
    Studied(Box<Studied>),
    /// A model was trained. Beside: its file.
    Model,
    /// What the columns are to a model.
    Survey(Box<Survey>),
    /// How good a model's answers are.
    Compared(Box<Compared>),
    /// Rows that are of one class and called another.
    Cell(Box<ConfusedRows>),
}

/// What the beginning of a file says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detected {
    /// The format's name, or null where none fits.
    pub format: Option<String>,
    /// What it is chosen by; `unknown` where none fits.
    pub id: String,
    /// Why that one.
    pub evidence: String,
    /// Whether the user chose it.
    pub is_chosen: bool,
    /// Why it should be looked at before the file is read; null where there is no doubt.
    pub doubt: Option<String>,
    /// What it may be, the likeliest first, at most [`CANDIDATES_AT_MOST`], and the user's own formats.
    pub candidates: Vec<Ranked>,
    /// The first lines, as the format reads them, and what all of the file will be.
    pub preview: Preview,
    /// How it is stored, where it is not plain text: `gzip`, `UTF-16, low byte first`.
    pub stored: String,
    /// Whether ranges can be read apart from each other.
    pub splittable: bool,
    /// Columns of the file and the fields that they become.
    pub columns: Vec<crate::report::InputColumn>,
}

/// How many formats that a file may be in are told of.
pub const CANDIDATES_AT_MOST: usize = 8;

/// A format that a file may be in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// What it is chosen by.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Share of the first lines that it understands.
    pub share: f64,
    /// How hard it is to mistake something else for it: `header`, `shape`, `guess`.
    pub certainty: String,
    /// Why, in words.
    pub evidence: String,
}

/// The first lines of a file as rows, and what is expected of all of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Columns that any of the rows has a value in.
    pub columns: Vec<PreviewColumn>,
    /// The first rows. **Shape**: a cell for each column; null where the log does not say.
    pub rows: Vec<Vec<Option<String>>>,
    /// The first lines as they stand, each with why it was not understood, if it was not.
    pub lines: Vec<(String, Option<String>)>,
    /// Lines looked at, without headers, comments and blank ones.
    pub n_lines: u64,
    /// How many of them became rows.
    pub n_rows: u64,
    /// Lines that all of the file is expected to have; null where its size is not known.
    pub expected_lines: Option<u64>,
    /// Rows that it is expected to become.
    pub expected_rows: Option<u64>,
    /// Bytes that these rows are expected to take.
    pub expected_table_bytes: Option<u64>,
    /// Bytes of the file, decompressed, as far as that can be told.
    pub expected_bytes: Option<u64>,
}

/// A column of a preview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewColumn {
    /// The field.
    pub field: String,
    /// What its values are.
    pub kind: Kind,
}

/// What to try on the beginning of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Trial {
    /// A format string.
    Pattern(String),
    /// A format string proposed for this line.
    Line(String),
}

/// A format string, tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The format string: as given, or as proposed.
    pub pattern: String,
    /// Its pieces; none where it does not parse.
    pub pieces: Vec<TriedPiece>,
    /// Where it does not parse: in characters from 1, and expected against found.
    pub mistake: Option<(usize, String)>,
    /// The first lines by it.
    pub preview: Preview,
}

/// A piece of a format string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TriedPiece {
    /// What stands in every line, or what the piece has in the first line that is understood.
    pub text: String,
    /// The name of what it means, with its option (`event.duration:ms`); null where it stands in every line.
    pub name: Option<String>,
    /// The column that it becomes first; null where it becomes none.
    pub field: Option<String>,
}

/// A range that was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scanned {
    /// The range.
    pub task: ScanTask,
    /// Its part of the file's account; line numbers in it count from the range's start.
    pub input: Input,
    /// Bytes of tables, without dictionaries.
    pub table_bytes: u64,
    /// Bytes of all dictionaries of this worker.
    pub dictionary_bytes: u64,
}

/// A message, or anything that crosses, as bytes.
///
/// # Errors
/// None that is known; what the encoder says.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(value).map_err(|error| Error::Message { message: error.to_string() })
}

/// What the bytes hold.
///
/// # Errors
/// Bytes of another version.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    postcard::from_bytes(bytes).map_err(|error| Error::Message { message: error.to_string() })
}
