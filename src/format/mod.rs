//! Log formats: a line in, a record out. One file a format, its specification linked on the first line.
//!
//! `detect` looks at the beginning of a file and ranks formats by the share of lines that they understand; the chosen
//! [`FormatSpec`] travels to every worker that reads a range of the file. Nothing here knows tables.

pub mod access;
pub mod csv;
pub mod detect;
pub mod numbers;
pub mod timestamp;
pub mod zeek_tsv;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, FieldName, Record};

/// A format, with all that its header says, so that any range of the file can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FormatSpec {
    /// Access logs in the common log format and what grew out of it.
    Access(access::AccessSpec),
    /// Zeek and Bro logs with a header.
    ZeekTsv(zeek_tsv::ZeekSpec),
    /// Delimited values with a header line.
    Csv(csv::CsvSpec),
    /// No format fits: each line is counted and none is understood.
    Unknown,
}

/// How bytes are cut into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// A line is a record.
    Lines,
    /// A quote that is open at the end of a line goes on in the next; such files are read from the start.
    Quoted,
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

/// Parses the lines of one format.
pub trait Parser {
    /// The columns of its records.
    fn columns(&self) -> &[ColumnSpec];

    /// Fills the record, whose values are null, from a line. Values borrow from the line or from `scratch`.
    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed;
}

impl FormatSpec {
    /// A parser of lines of this format.
    pub fn parser(&self) -> Box<dyn Parser> {
        match self {
            Self::Access(_) => Box::new(access::AccessParser::default()),
            Self::ZeekTsv(spec) => Box::new(zeek_tsv::ZeekParser::new(spec)),
            Self::Csv(spec) => Box::new(csv::CsvParser::new(spec)),
            Self::Unknown => Box::new(UnknownParser),
        }
    }

    /// How its bytes are cut into records.
    pub fn framing(&self) -> Framing {
        match self {
            Self::Csv(_) => Framing::Quoted,
            _ => Framing::Lines,
        }
    }

    /// Its name, or none where no format fits.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Access(spec) => Some(spec.name().to_owned()),
            Self::ZeekTsv(spec) => Some(format!("zeek {} (TSV)", spec.path)),
            Self::Csv(spec) => Some(spec.name().to_owned()),
            Self::Unknown => None,
        }
    }

    /// The value of `event.dataset` in its rows.
    pub fn dataset(&self) -> String {
        match self {
            Self::Access(_) => "access".to_owned(),
            Self::ZeekTsv(spec) => format!("zeek.{}", spec.path),
            Self::Csv(spec) => spec.dataset().to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// Columns of the file and the fields that they become, where the file names its columns.
    pub fn columns(&self) -> Vec<(String, FieldName)> {
        match self {
            Self::ZeekTsv(spec) => spec.columns.iter().map(|c| (c.name.clone(), c.column.name.clone())).collect(),
            Self::Csv(spec) => spec.columns.iter().map(|c| (c.name.clone(), c.column.name.clone())).collect(),
            _ => Vec::new(),
        }
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
