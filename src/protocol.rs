//! Messages between a host's main thread and a worker that keeps shards. Types only.
//!
//! A call crosses packed by postcard; a `File` and packed bytes (partials, format specifications, models) cross beside it
//! as they are. The same jobs drive threads in the command line.

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::query::{Answer, Ask};
use crate::report::{Anomaly, Classifier, Input, Paragraph, Report, Threat};
use crate::schema::FieldName;
use crate::settings::{AnomalySettings, ClassifierSettings, Settings};

/// The version of these messages; a worker of another version is refused.
pub const VERSION: u32 = 2;

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
    /// Takes note of files. Beside: one `File` each, in this order.
    Files(Vec<FileEntry>),
    /// Looks at the beginning of a file and ranks the formats. Answered by `Detected`.
    Detect {
        /// The file's number.
        file: u32,
        /// Settings that bear on reading (CSV columns).
        settings: Box<Settings>,
    },
    /// Reads a range into tables. Beside: the format specification. Answered by `Progress`…, `Scanned`.
    Scan(ScanTask),
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
    /// Says in words what a report holds, now that models have been added. Answered by `Told`.
    Tell(Box<Report>),
    /// Drops every file and shard.
    Reset,
}

/// A file of the session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its number in the session; files are ordered by path.
    pub file: u32,
    /// Its path as dropped or given.
    pub path: String,
    /// Its size as stored.
    pub size_bytes: u64,
}

impl FileEntry {
    /// What files are ordered by: the path without a compression's ending, so that a log and the same log compressed
    /// have the same number.
    pub fn order(path: &str) -> &str {
        path.strip_suffix(".gz").unwrap_or(path)
    }
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
        /// How many rows the filter lets through, over all workers.
        n_rows: u64,
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
    /// The format of a file. Beside: the format specification, for `Scan`.
    Detected(Detected),
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
    Told(Threat, Vec<Paragraph>),
    /// It did not work.
    Failed(Error),
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
}

/// What the beginning of a file says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Detected {
    /// The format's name, or null where none fits.
    pub format: Option<String>,
    /// Why that one.
    pub evidence: String,
    /// `gzip` or empty.
    pub compression: String,
    /// Whether ranges can be read apart from each other.
    pub splittable: bool,
    /// Columns of the file and the fields that they become.
    pub columns: Vec<crate::report::InputColumn>,
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
