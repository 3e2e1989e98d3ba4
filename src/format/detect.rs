//! Which format a file is in, by its beginning, never by its name; with the evidence.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::schema::{FieldName, Record};
use crate::units::order;

use super::{FormatSpec, Parsed, access, csv, csv_bare, json, layout, logfmt, mixed, system, zeek_bare, zeek_tsv};

/// How much of a file's beginning is looked at.
pub const HEAD_BYTES: usize = 64 << 10;

/// How many lines of it.
pub const HEAD_LINES: usize = 300;

/// Every format's own look at a file's beginning. Of those that fit alike the first one wins, so the stricter come first.
const LOOKS: &[fn(&Head<'_>) -> Vec<Candidate>] = &[
    zeek_tsv::candidates,
    layout::candidates,
    layout::w3c::candidates,
    layout::haproxy::candidates,
    access::candidates,
    csv::candidates,
    json::candidates,
    system::candidates,
    zeek_bare::candidates,
    csv_bare::candidates,
    logfmt::candidates,
];

/// Looks that look at what lines carry, by the looks above.
const CARRIERS: &[fn(&Head<'_>) -> Vec<Candidate>] = &[system::syslog::candidates];

/// A format that may be the file's, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The format.
    pub spec: FormatSpec,
    /// Share of the lines looked at that it understands.
    pub share: f64,
    /// How hard it is to mistake something else for it.
    pub certainty: Certainty,
    /// Why, in words.
    pub evidence: String,
}

/// How hard it is to mistake something else for a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Many files look so: delimiters, key=value, any JSON.
    Guess,
    /// Its lines have a shape or keys of their own.
    Shape,
    /// The file declares it.
    Header,
}

impl Certainty {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Shape => "shape",
            Self::Header => "header",
        }
    }
}

/// What the user says about columns, by their names in the file.
pub type MappedColumns = BTreeMap<String, FieldName>;

/// The beginning of a file.
pub struct Head<'a> {
    /// Its whole lines, as bytes; a last line that is cut off is there only where it is the only one.
    pub bytes: &'a [u8],
    /// The first of them that are not blank, without their ends. **Shape**: 1 to [`HEAD_LINES`].
    pub lines: Vec<&'a [u8]>,
    /// What the user says about columns.
    pub mapped: &'a MappedColumns,
}

/// The formats that fit the beginning of a file, the best first; never empty, the last resort is
/// [`FormatSpec::Unknown`]. Of those that understand half of the lines the most certain one is the best, then that
/// which understands more.
pub fn detect(head: &[u8], mapped: &MappedColumns) -> Vec<Candidate> {
    let (bytes, lines) = lines(head);
    if lines.is_empty() {
        return vec![unknown("the file has no lines")];
    }
    candidates(&Head { bytes, lines, mapped })
}

/// The formats of a file by its beginning and by pieces of the rest, each with the words for where it is: files may
/// change their format midway. A piece that is in another format is told in the evidence where it can't be read too.
pub fn detect_pieces(head: &[u8], pieces: &[(&str, Vec<u8>)], mapped: &MappedColumns) -> Vec<Candidate> {
    let mut ranked = detect(head, mapped);
    let Some(best) = ranked.first_mut() else { return ranked };
    let is_strange = |piece: &&(&str, Vec<u8>)| {
        let (rows, seen) = understood(&best.spec, &lines(&piece.1).1);
        (seen - rows) as f64 > mixed::ENOUGH * seen as f64
    };
    let strange: Vec<&(&str, Vec<u8>)> = pieces.iter().filter(is_strange).collect();
    if strange.is_empty() {
        return ranked;
    }
    let (bytes, mut all) = lines(head);
    let mut together = bytes.to_vec();
    for (_, piece) in pieces {
        let (bytes, more) = lines(piece);
        together.push(b'\n');
        together.extend_from_slice(bytes);
        all.extend(more);
    }
    let of_all = candidates(&Head { bytes: &together, lines: all, mapped }).into_iter().next();
    let is_better = |c: &Candidate| best.spec == FormatSpec::Unknown || matches!(c.spec, FormatSpec::Mixed(_));
    if let Some(candidate) = of_all.filter(is_better) {
        ranked.insert(0, candidate);
        return ranked;
    }
    for (place, piece) in strange {
        let other = detect(piece, mapped).into_iter().find(|c| c.certainty > Certainty::Guess && c.share >= 0.5);
        if let Some(name) = other.and_then(|c| c.spec.name()).filter(|name| best.spec.name().as_ref() != Some(name)) {
            best.evidence.push_str("; the ");
            best.evidence.push_str(place);
            best.evidence.push_str(" of the file looks like ");
            best.evidence.push_str(&name);
        }
    }
    ranked
}

/// [`detect`] for lines that were cut out already.
fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let mut candidates = line_candidates(head);
    if let Some(mixed) = candidates.first().and_then(|best| mixed::candidate(head, best)) {
        candidates.insert(0, mixed);
    }
    candidates.push(unknown("no known format understands the first lines"));
    candidates
}

/// The formats that fit, the best first, without mixtures; may be empty.
pub fn line_candidates(head: &Head<'_>) -> Vec<Candidate> {
    let mut candidates = plain_candidates(head);
    candidates.extend(CARRIERS.iter().flat_map(|look| look(head)));
    rank(&mut candidates);
    candidates
}

/// The formats that fit, the best first, without those that carry another; may be empty.
pub fn plain_candidates(head: &Head<'_>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = LOOKS.iter().flat_map(|look| look(head)).collect();
    rank(&mut candidates);
    candidates
}

fn rank(candidates: &mut Vec<Candidate>) {
    let rank = |c: &Candidate| (c.share >= 0.5, if c.share >= 0.5 { c.certainty } else { Certainty::Guess });
    order::sort_by(candidates, |a, b| Reverse(rank(a)).cmp(&Reverse(rank(b))).then(b.share.total_cmp(&a.share)));
}

/// The beginning of a file as whole lines, and the first of them that are not blank. The last line of less than
/// [`HEAD_BYTES`] is whole: the file ends there.
pub fn lines(head: &[u8]) -> (&[u8], Vec<&[u8]>) {
    let is_cut = head.len() >= HEAD_BYTES;
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let end = memchr::memrchr(b'\n', head).filter(|at| is_cut || at + 1 == head.len());
    let bytes = end.map_or(head, |at| head.get(..at).unwrap_or(head));
    let lines = bytes
        .split(|b| *b == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.trim_ascii().is_empty())
        .take(HEAD_LINES);
    (bytes, lines.collect())
}

fn unknown(evidence: &str) -> Candidate {
    Candidate { spec: FormatSpec::Unknown, share: 0.0, certainty: Certainty::Guess, evidence: evidence.into() }
}

/// A format whose lines all have one shape: a candidate where it understands a share of `enough` of them.
pub fn shape(head: &Head<'_>, spec: FormatSpec, enough: f64, what: &str) -> Option<Candidate> {
    let (rows, seen) = understood(&spec, &head.lines);
    let share = rows as f64 / seen.max(1) as f64;
    let evidence = format!("{rows} of the first {seen} lines are {what}");
    (rows > 0 && share >= enough).then_some(Candidate { spec, share, certainty: Certainty::Shape, evidence })
}

/// Rows, and lines that are rows or rejected.
pub fn understood(spec: &FormatSpec, lines: &[&[u8]]) -> (usize, usize) {
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
    fn the_last_line_of_a_file_needs_no_end() {
        let last = |head: &str| lines(head.as_bytes()).1.last().map(|line| String::from_utf8_lossy(line).into_owned());
        assert_eq!(last("a\nb").as_deref(), Some("b"));
        assert_eq!(last("a\r\nb\r\n").as_deref(), Some("b"));
        let cut = format!("a\n{}", "b".repeat(HEAD_BYTES));
        assert_eq!(last(&cut).as_deref(), Some("a"));
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
    fn a_file_may_change_its_format_midway() {
        let access = "192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"c\"\n".repeat(20);
        let error = "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] x\n".repeat(20);
        let table = "#separator \\x09\n#path\tdns\n#fields\tts\n#types\ttime\n1.0\n".to_owned();
        let check = |pieces: &[(&str, Vec<u8>)], name: &str, evidence: &str| {
            let found = detect_pieces(access.as_bytes(), pieces, &MappedColumns::new()).swap_remove(0);
            assert_eq!((found.spec.name().as_deref(), found.evidence.as_str()), (Some(name), evidence));
        };
        let (same, other) = (("middle", access.clone().into_bytes()), ("end", error.into_bytes()));
        check(std::slice::from_ref(&same), "combined", "20 of the first 20 lines are access-log lines (combined)");
        check(
            &[same, other],
            "mixed: combined; Apache error log",
            "of 60 lines looked at 40 lines are combined, 20 lines are Apache error log",
        );
        check(
            &[("end", table.into_bytes())],
            "combined",
            "20 of the first 20 lines are access-log lines (combined); the end of the file looks like zeek dns (TSV)",
        );
    }

    #[test]
    fn prose_and_nothing_are_unknown() {
        assert_eq!(best(""), None);
        assert_eq!(best("# Title\n\nSome words, and others.\nMore, of, them.\n"), None);
        assert_eq!(best("just text\nand more\n"), None);
    }
}
