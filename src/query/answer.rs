//! The answers to questions. Types only; the report holds some of them too.

use serde::{Deserialize, Serialize};

use crate::schema::FieldName;

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Answer {
    /// Rows under the filter.
    Count(u64),
    /// Rows over time.
    Timeline(Timeline),
    /// The most frequent values.
    Top(TopValues),
    /// Distinct values.
    Distinct(u64),
    /// Values in bins.
    Histogram(Histogram),
    /// A page of rows.
    Rows(RowsAnswer),
}

/// A page of rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RowsAnswer {
    /// Rows under the filter in all.
    pub total: u64,
    /// The columns shown.
    pub columns: Vec<FieldName>,
    /// The rows of this page.
    pub rows: Vec<RowView>,
}

/// A row as a view shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RowView {
    /// The file, by its number in the session.
    pub file: u32,
    /// Line number from 1.
    pub line: u64,
    /// Offset of the line's first byte in the (decompressed) file.
    pub byte: u64,
    /// Length of the line in bytes.
    pub length: u32,
    /// **Shape**: as many as `columns` of the answer.
    pub values: Vec<Option<String>>,
}

/// One value of a column and what stands under it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ValueCount {
    /// The value; null for rows without one.
    pub value: Option<String>,
    /// Rows.
    pub count: u64,
    /// Bytes answered in these rows, where the log has them.
    pub bytes: Option<u64>,
}

/// The most frequent values of a column, and what they are a part of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TopValues {
    /// Most frequent first; ties by value.
    pub values: Vec<ValueCount>,
    /// Distinct values in all.
    pub distinct: u64,
    /// Rows that have a value.
    pub rows: u64,
}

/// Counts over time, stacked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Timeline {
    /// Start of the first bucket; null where no row has a time.
    pub start: Option<String>,
    /// Width of a bucket in seconds.
    pub step_seconds: u64,
    /// What the stacks are: `status class` or `log`.
    pub split: String,
    /// One series a stack, all of the same length.
    pub series: Vec<TimelineSeries>,
}

/// One stack of a timeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TimelineSeries {
    /// `2xx`, or a log's name.
    pub name: String,
    /// Rows in each bucket.
    pub values: Vec<u64>,
}

/// Counts of a number's values in bins.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Histogram {
    /// The column.
    pub field: Option<String>,
    /// Whether bins grow by a factor.
    pub log: bool,
    /// From the smallest.
    pub bins: Vec<HistogramBin>,
}

/// One bin: `from <= value < to`; the last one includes `to`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HistogramBin {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Rows.
    pub count: u64,
}
