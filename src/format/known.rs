//! The formats that are understood, by what they are chosen by: one line a format, for people to read.
//!
//! Detection does not look here: it asks every format. A test reads every sample and finds its format in this list.

/// A format, or a family of formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is chosen by; `*` at the end stands for the rest of a family's ids.
    pub id: &'static str,
    /// What it is.
    pub about: &'static str,
}

/// Every format, families together.
pub const KNOWN: &[Known] = &[
    Known { id: "access", about: "access logs: common, combined, virtual-host combined, with more fields behind" },
    Known { id: "zeek.*", about: "Zeek and Bro logs, tab-separated with their header, any log type" },
    Known { id: "aws.cloudwatch", about: "CloudWatch web traffic, the CSV with its sixteen columns" },
    Known { id: "csv", about: "comma-separated with a header; well-known columns in ECS names" },
    Known { id: "csv.semicolon", about: "semicolon-separated with a header" },
    Known { id: "csv.tab", about: "tab-separated with a header" },
    Known { id: "csv.bar", about: "bar-separated with a header" },
    Known { id: "unknown", about: "no format: every line is counted and none is understood" },
];

/// Whether a format of that id is known.
pub fn is_known(id: &str) -> bool {
    KNOWN.iter().any(|known| match known.id.strip_suffix('*') {
        Some(family) => id.starts_with(family),
        None => known.id == id,
    })
}
