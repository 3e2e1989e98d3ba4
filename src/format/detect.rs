//! Which format a file is in, by its beginning, never by its name; with the evidence.

use std::collections::BTreeMap;

use crate::schema::{FieldName, Record};

use super::access::{self, AccessSpec};
use super::csv::CsvSpec;
use super::zeek_tsv::ZeekSpec;
use super::{FormatSpec, Framing, Parsed};

/// How much of a file's beginning is looked at.
pub const HEAD_BYTES: usize = 64 << 10;

/// How many lines of it.
const HEAD_LINES: usize = 300;

/// A share of lines from which a format is believed. An access-log line is hard to mistake, a delimited one is not.
const ENOUGH_ACCESS: f64 = 0.2;
const ENOUGH_CSV: f64 = 0.8;

/// A format that may be the file's, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The format.
    pub spec: FormatSpec,
    /// Share of the lines looked at that it understands.
    pub share: f64,
    /// The same in words.
    pub evidence: String,
}

/// What the user says about a file.
pub type MappedColumns = BTreeMap<String, FieldName>;

/// The formats that fit the beginning of a file, the best first; never empty, the last resort is
/// [`FormatSpec::Unknown`]. A last line that is cut off is not looked at, unless it is the only one.
pub fn detect(head: &[u8], mapped: &MappedColumns) -> Vec<Candidate> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let whole = memchr::memrchr(b'\n', head).map_or(head, |at| head.get(..at).unwrap_or(head));
    let lines: Vec<&[u8]> = whole
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.trim_ascii().is_empty())
        .take(HEAD_LINES)
        .collect();
    if lines.is_empty() {
        return vec![unknown("the file has no lines")];
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    candidates.extend(zeek(whole, &lines));
    candidates.extend(access_log(&lines));
    candidates
        .extend([b',', b';', b'\t', b'|'].into_iter().filter_map(|delimiter| csv(whole, &lines, delimiter, mapped)));
    candidates.sort_by(|a, b| b.share.total_cmp(&a.share));
    candidates.push(unknown("no known format understands the first lines"));
    candidates
}

fn unknown(evidence: &str) -> Candidate {
    Candidate { spec: FormatSpec::Unknown, share: 0.0, evidence: evidence.into() }
}

fn zeek(head: &[u8], lines: &[&[u8]]) -> Option<Candidate> {
    let spec = FormatSpec::ZeekTsv(ZeekSpec::from_head(head)?);
    let (rows, seen) = understood(&spec, lines);
    let share = if seen == 0 { 1.0 } else { rows as f64 / seen as f64 };
    let evidence = format!("a Zeek header; {rows} of the first {seen} lines fit it");
    Some(Candidate { spec, share, evidence })
}

fn access_log(lines: &[&[u8]]) -> Option<Candidate> {
    let variants: Vec<AccessSpec> = lines.iter().filter_map(|line| access::variant(line)).collect();
    let share = variants.len() as f64 / lines.len() as f64;
    let most = |has: fn(&AccessSpec) -> bool| variants.iter().filter(|v| has(v)).count() * 2 > variants.len();
    let spec = AccessSpec {
        has_vhost: most(|v| v.has_vhost),
        is_combined: most(|v| v.is_combined),
        has_more: most(|v| v.has_more),
    };
    let evidence =
        format!("{} of the first {} lines are access-log lines ({})", variants.len(), lines.len(), spec.name());
    (share >= ENOUGH_ACCESS).then_some(Candidate { spec: FormatSpec::Access(spec), share, evidence })
}

fn csv(head: &[u8], lines: &[&[u8]], delimiter: u8, mapped: &MappedColumns) -> Option<Candidate> {
    let header = lines.first().filter(|line| line.contains(&delimiter))?;
    let spec = CsvSpec::from_header(header, delimiter, mapped)?;
    let n_columns = spec.columns.len();
    let spec = FormatSpec::Csv(spec);
    let records = records(head);
    let (rows, seen) = understood(&spec, &records);
    // A header alone is no evidence that what follows would fit.
    if seen == 0 && n_columns < 3 {
        return None;
    }
    let share = if seen == 0 { ENOUGH_CSV } else { rows as f64 / seen as f64 };
    let evidence = format!("a header of {n_columns} columns; {rows} of the first {seen} records fit it");
    // More columns are stronger evidence, so of two delimiters that fit the one that cuts more wins.
    (share >= ENOUGH_CSV).then_some(Candidate { spec, share: share - 0.1 / n_columns as f64, evidence })
}

/// Lines joined where a quote is open.
fn records(head: &[u8]) -> Vec<&[u8]> {
    let (mut records, mut start, mut open) = (Vec::new(), 0, false);
    for (at, &byte) in head.iter().enumerate() {
        match byte {
            b'"' => open = !open,
            b'\n' if !open => {
                records.push(head.get(start..at).unwrap_or_default());
                start = at + 1;
            }
            _ => {}
        }
    }
    if !open {
        records.push(head.get(start..).unwrap_or_default());
    }
    records.truncate(HEAD_LINES);
    records
}

/// Rows, and lines that are rows or rejected.
fn understood(spec: &FormatSpec, lines: &[&[u8]]) -> (usize, usize) {
    debug_assert!(spec.framing() == Framing::Lines || !matches!(spec, FormatSpec::Access(_)));
    let mut parser = spec.parser();
    let n_columns = parser.columns().len();
    let (mut rows, mut seen) = (0, 0);
    let mut scratch = Vec::new();
    for line in lines {
        let mut record = Record::new(n_columns);
        match parser.parse(line, &mut scratch, &mut record) {
            Parsed::Row => (rows, seen) = (rows + 1, seen + 1),
            Parsed::Reject(_) => seen += 1,
            Parsed::Skip => {}
        }
    }
    (rows, seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(head: &str) -> Option<String> {
        detect(head.as_bytes(), &MappedColumns::new()).first().and_then(|c| c.spec.name())
    }

    #[test]
    fn formats_are_told_by_content() {
        let access = "192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"c\"\n";
        assert_eq!(best(access).as_deref(), Some("combined"));
        assert_eq!(best("time,src_ip,x\n2026-01-01,192.0.2.1,a\n").as_deref(), Some("CSV with a header"));
        assert_eq!(best("time;src_ip\n2026-01-01;192.0.2.1\n").as_deref(), Some("semicolon-separated with a header"));
        assert_eq!(
            best("#separator \\x09\n#path\tdns\n#fields\tts\n#types\ttime\n1.0\n").as_deref(),
            Some("zeek dns (TSV)")
        );
        assert_eq!(
            best("#separator \\x09\n#path\tdns\n#fields\tts\n#types\ttime\n").as_deref(),
            Some("zeek dns (TSV)")
        );
    }

    #[test]
    fn prose_and_nothing_are_unknown() {
        assert_eq!(best(""), None);
        assert_eq!(best("# Title\n\nSome words, and others.\nMore, of, them.\n"), None);
        assert_eq!(best("just text\nand more\n"), None);
    }
}
