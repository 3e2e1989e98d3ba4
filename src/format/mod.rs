//! Log formats: a line in, a record out. One file a format, its specification linked on the first line.
//!
//! `detect` looks at the beginning of a file and ranks formats by the share of lines that they understand; the chosen
//! [`FormatSpec`] travels to every worker that reads a range of the file. Nothing here knows tables.

pub mod access;
pub mod csv;
pub mod csv_bare;
pub mod detect;
pub mod json;
pub mod known;
pub mod layout;
pub mod log_format;
pub mod logfmt;
pub mod mixed;
pub mod numbers;
pub mod system;
pub mod timestamp;
pub mod zeek_bare;
pub mod zeek_fields;
pub mod zeek_tsv;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, FieldName, Record, Value};
use crate::source::elements::Around;

/// A format, with all that its header says, so that any range of the file can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FormatSpec {
    /// Access logs in the common log format and what grew out of it.
    Access(access::AccessSpec),
    /// Zeek and Bro logs, by their header or their columns.
    ZeekTsv(zeek_tsv::ZeekSpec),
    /// Delimited values with or without a header line.
    Csv(csv::CsvSpec),
    /// A format that the user brings.
    Custom(log_format::CustomSpec),
    /// JSON objects, a line or an element each.
    Json(json::JsonSpec),
    /// Error logs and audit logs of servers.
    System(system::SystemSpec),
    /// What syslog carries.
    Syslog(system::syslog::SyslogSpec),
    /// Lines of `key=value`.
    Logfmt(logfmt::LogfmtSpec),
    /// Several formats in one file.
    Mixed(mixed::MixedSpec),
    /// Lines of words in a fixed order: load balancers, proxies, clouds.
    Layout(layout::LayoutSpec),
    /// W3C extended logs, such as those of IIS and CloudFront.
    W3c(layout::w3c::W3cSpec),
    /// HAProxy's logs.
    Haproxy(layout::haproxy::HaproxySpec),
    /// No format fits: each line is counted and none is understood.
    Unknown,
}

/// How bytes are cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// A line is a record, and any range of lines can be read by itself.
    Lines,
    /// A line is a record, but what it means depends on lines before it; such files are read from the start.
    Sequential,
    /// A record may go on over lines, as [`Parser::goes_on`] says; such files are read from the start.
    Joined,
    /// A record is an object of a JSON document, wherever lines end; such files are read from the start.
    Elements(Around),
    /// A record goes on up to the line that begins the next one, as [`Parser::begins`] says; such files are read from
    /// the start.
    Begun,
}

/// What a parser makes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// The record is filled.
    Row,
    /// A header, a comment, a blank line.
    Skip,
    /// Not understood, because.
    Reject(Reason),
}

/// Why a line was not understood: found against expected, the same words for the same cause.
pub type Reason = Cow<'static, str>;

/// What every format says of itself, whatever the header of a file says.
pub trait Format {
    /// What it is chosen by: short, lower case, the same in every version. Its dataset unless it says otherwise.
    fn id(&self) -> Cow<'_, str> {
        self.dataset()
    }

    /// Its name, as the report shows it.
    fn name(&self) -> Cow<'_, str>;

    /// The value of `event.dataset` in its rows.
    fn dataset(&self) -> Cow<'_, str>;

    /// How its bytes are cut into records.
    fn framing(&self) -> Framing {
        Framing::Lines
    }

    /// Columns of the file and the fields that they become, where the file names its columns.
    fn columns(&self) -> Vec<(String, FieldName)> {
        Vec::new()
    }

    /// A parser of its lines.
    fn parser(&self) -> Box<dyn Parser>;
}

/// Parses the lines of one format.
pub trait Parser {
    /// The columns of its records.
    fn columns(&self) -> &[ColumnSpec];

    /// Fills the record, whose values are null, from a line. Values borrow from the line or from `scratch`.
    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed;

    /// Whether a record goes on after this line, and why it should not do so to the end of the file. `open` tells
    /// whether the record began before this line. Asked where the framing is [`Framing::Joined`]; the lines of a record
    /// are parsed as one text, joined by line feeds.
    fn goes_on(&mut self, line: &[u8], open: bool) -> Option<&'static str> {
        let _ = (line, open);
        None
    }

    /// Whether a record begins at this line. Asked where the framing is [`Framing::Begun`]; the lines up to the next
    /// beginning are parsed as one text, joined by line feeds.
    fn begins(&mut self, line: &[u8]) -> bool {
        let _ = line;
        true
    }

    /// The rows so far by the name of their format, where a file has more than one.
    fn rows_by_format(&self) -> Vec<(String, u64)> {
        Vec::new()
    }
}

impl FormatSpec {
    fn format(&self) -> &dyn Format {
        match self {
            Self::Access(spec) => spec,
            Self::ZeekTsv(spec) => spec,
            Self::Csv(spec) => spec,
            Self::Custom(spec) => spec,
            Self::Json(spec) => spec,
            Self::System(spec) => spec,
            Self::Syslog(spec) => spec,
            Self::Logfmt(spec) => spec,
            Self::Mixed(spec) => spec,
            Self::Layout(spec) => spec,
            Self::W3c(spec) => spec,
            Self::Haproxy(spec) => spec,
            Self::Unknown => &Unknown,
        }
    }

    /// A parser of lines of this format.
    pub fn parser(&self) -> Box<dyn Parser> {
        self.format().parser()
    }

    /// How its bytes are cut into records.
    pub fn framing(&self) -> Framing {
        self.format().framing()
    }

    /// Its name, or none where no format fits.
    pub fn name(&self) -> Option<String> {
        (*self != Self::Unknown).then(|| self.format().name().into_owned())
    }

    /// What it is chosen by.
    pub fn id(&self) -> String {
        self.format().id().into_owned()
    }

    /// The value of `event.dataset` in its rows.
    pub fn dataset(&self) -> String {
        self.format().dataset().into_owned()
    }

    /// Columns of the file and the fields that they become, where the file names its columns.
    pub fn columns(&self) -> Vec<(String, FieldName)> {
        self.format().columns()
    }
}

/// Sets a text; an empty one and `-` stay null.
fn set_text<'a>(record: &mut Record<'a>, at: usize, text: &'a [u8]) {
    if !matches!(text, b"" | b"-") {
        record.set(at, Value::Text(text));
    }
}

struct Unknown;

impl Format for Unknown {
    fn name(&self) -> Cow<'_, str> {
        "unknown".into()
    }
    fn dataset(&self) -> Cow<'_, str> {
        "unknown".into()
    }
    fn parser(&self) -> Box<dyn Parser> {
        Box::new(UnknownParser)
    }
}

struct UnknownParser;

impl Parser for UnknownParser {
    fn columns(&self) -> &[ColumnSpec] {
        &[]
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, _: &mut Record<'a>) -> Parsed {
        if line.trim_ascii().is_empty() { Parsed::Skip } else { Parsed::Reject("no known format".into()) }
    }
}
