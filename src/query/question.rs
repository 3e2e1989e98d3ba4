//! What a view may ask of the tables, Types only; `run` answers them.

use serde::{Deserialize, Serialize};

use crate::schema::FieldName;
use crate::units::Micros;

/// Questions under one filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The filter; empty for all rows.
    pub filter: String,
    /// The questions; the answers come in their order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// How many rows.
    Count,
    /// Rows over time.
    Timeline {
        /// The range.
        range: (Micros, Micros),
        /// About how many buckets.
        buckets: u32,
    },
    /// The most frequent values of a column.
    Top {
        /// The column.
        field: FieldName,
        /// How many values.
        limit: u32,
    },
    /// How many distinct values a column has.
    Distinct {
        /// The column.
        field: FieldName,
    },
    /// A numeric column's values in bins.
    Histogram {
        /// The column.
        field: FieldName,
        /// Whether bins grow by a factor.
        log: bool,
        /// About how many bins.
        bins: u32,
    },
    /// Rows, a page at a time.
    Rows(RowsQuestion),
    /// The rows at these places, under any filter; the second round of `Rows`.
    RowsAt {
        /// How many rows there are in all.
        total: u64,
        /// The columns to show.
        columns: Vec<FieldName>,
        /// File and byte of each row.
        places: Vec<(u32, u64)>,
    },
}

/// A page of rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RowsQuestion {
    /// The columns to show; empty for those that the rows have.
    pub columns: Vec<FieldName>,
    /// The order; null for that of the files.
    pub sort: Option<Sort>,
    /// Rows to pass over.
    pub offset: u64,
    /// Rows to show at most.
    pub limit: u32,
}

/// The order of rows; ties by file and position, null last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sort {
    /// The column.
    pub field: FieldName,
    /// Largest first.
    pub descending: bool,
}
