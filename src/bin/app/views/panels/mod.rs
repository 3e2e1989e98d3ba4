//! Cards with a chart out of the report, used by more than one page. Every mark filters.

pub mod bytes;
pub mod hours;
pub mod ports;
pub mod timeline;
pub mod top;
pub mod top_table;
