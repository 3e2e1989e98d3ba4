//! Files in more than one format: each line is read by the first of them that understands it.
//!
//! What a line becomes depends on nothing but the line, so any range can be read apart, unless a format's records go over
//! lines. Columns are those of all formats.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, FieldName, Record};

use super::detect::{Candidate, Certainty, Head, line_candidates};
use super::{Format, FormatSpec, Framing, Parsed, Parser};

/// The formats of a file, in the order in which they are tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MixedSpec {
    /// **Shape**: two to [`MOST_FORMATS`].
    pub formats: Vec<FormatSpec>,
}

impl Format for MixedSpec {
    fn name(&self) -> Cow<'_, str> {
        let names: Vec<String> = self.formats.iter().filter_map(FormatSpec::name).collect();
        format!("mixed: {}", names.join("; ")).into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        "mixed".into()
    }

    fn framing(&self) -> Framing {
        let is_begun = self.formats.iter().any(|format| format.framing() == Framing::Begun);
        if is_begun { Framing::Begun } else { Framing::Lines }
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        self.formats.iter().flat_map(FormatSpec::columns).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(MixedParser::new(&self.formats))
    }
}

/// One of the formats.
struct Part {
    name: String,
    parser: Box<dyn Parser>,
    framing: Framing,
    /// Where its columns are in the record; none where another format has one of that name and another kind.
    places: Vec<Option<usize>>,
    record: Record<'static>,
    n_rows: u64,
}

impl Part {
    /// What it makes of a line, the values thrown away.
    fn try_line(&mut self, line: &[u8], scratch: &mut Vec<u8>) -> Parsed {
        let mut record = std::mem::take(&mut self.record).recycle(self.places.len());
        let parsed = self.parser.parse(line, scratch, &mut record);
        self.record = record.recycle(0);
        parsed
    }
}

/// Parses lines of several formats.
pub struct MixedParser {
    columns: Vec<ColumnSpec>,
    parts: Vec<Part>,
    scratch: Vec<u8>,
}

impl MixedParser {
    /// A parser that tries these formats in their order.
    pub fn new(formats: &[FormatSpec]) -> Self {
        let mut columns: Vec<ColumnSpec> = Vec::new();
        let mut part = |format: &FormatSpec| {
            let parser = format.parser();
            let mut place = |column: &ColumnSpec| match columns.iter().position(|known| known.name == column.name) {
                Some(at) => columns.get(at).filter(|known| known.kind == column.kind).map(|_| at),
                None => {
                    columns.push(column.clone());
                    Some(columns.len() - 1)
                }
            };
            let places = parser.columns().iter().map(&mut place).collect();
            let name = format.name().unwrap_or_default();
            Part { name, framing: format.framing(), places, parser, record: Record::default(), n_rows: 0 }
        };
        let parts = formats.iter().map(&mut part).collect();
        Self { columns, parts, scratch: Vec::new() }
    }
}

impl Parser for MixedParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        let mut is_skipped = false;
        // A line is tried first, because what a parser leaves in `scratch` lives as long as the record.
        let found = self.parts.iter_mut().find_map(|part| match part.try_line(line, &mut self.scratch) {
            Parsed::Row => Some(part),
            Parsed::Skip => {
                is_skipped = true;
                None
            }
            Parsed::Reject(_) => None,
        });
        let Some(part) = found else {
            return if is_skipped { Parsed::Skip } else { Parsed::Reject("in none of the file's formats".into()) };
        };
        let mut values = std::mem::take(&mut part.record).recycle(part.places.len());
        let parsed = part.parser.parse(line, scratch, &mut values);
        for (value, place) in values.values.iter().zip(&part.places) {
            if let Some(at) = *place {
                record.set(at, *value);
            }
        }
        part.record = values.recycle(0);
        part.n_rows += 1;
        parsed
    }

    fn begins(&mut self, line: &[u8]) -> bool {
        let scratch = &mut self.scratch;
        self.parts.iter_mut().any(|part| match part.framing {
            Framing::Begun => part.parser.begins(line),
            _ => !matches!(part.try_line(line, scratch), Parsed::Reject(_)),
        })
    }

    fn rows_by_format(&self) -> Vec<(String, u64)> {
        self.parts.iter().map(|part| (part.name.clone(), part.n_rows)).collect()
    }
}

/// How many formats a file may mix.
pub const MOST_FORMATS: usize = 4;

/// A share of the lines that each format has to understand where the others do not.
pub(super) const ENOUGH: f64 = 0.05;

/// The file as one of several formats, where `best` leaves lines that another one understands.
pub fn candidate(head: &Head<'_>, best: &Candidate) -> Option<Candidate> {
    let enough = |lines: usize| lines > 0 && lines as f64 >= ENOUGH * head.lines.len() as f64;
    let mut formats: Vec<(FormatSpec, usize)> = Vec::new();
    let mut rest = head.lines.clone();
    let mut next = is_mixable(best).then(|| best.spec.clone());
    while let Some(spec) = next.take() {
        let understood = rows(&spec, &rest);
        let n_rows = understood.iter().filter(|is_row| **is_row).count();
        if !enough(n_rows) {
            break;
        }
        rest = rest.iter().zip(&understood).filter(|(_, is_row)| !**is_row).map(|(line, _)| *line).collect();
        formats.push((spec, n_rows));
        if !enough(rest.len()) || formats.len() == MOST_FORMATS {
            break;
        }
        let bytes = rest.join(&b'\n');
        let head = Head { bytes: &bytes, lines: rest.clone(), mapped: head.mapped };
        let is_other = |c: &Candidate| is_mixable(c) && formats.iter().all(|(known, _)| *known != c.spec);
        next = line_candidates(&head).into_iter().find(is_other).map(|candidate| candidate.spec);
    }
    // The first format would be none of two if a later one understood its lines as well.
    let (first, _) = formats.first()?;
    let own = head.lines.iter().zip(rows(first, &head.lines)).filter(|(_, is_row)| *is_row).map(|(line, _)| *line);
    let own: Vec<&[u8]> = own.collect();
    let is_needless = |spec: &FormatSpec| !enough(rows(spec, &own).into_iter().filter(|is_row| !is_row).count());
    if formats.len() < 2 || formats.iter().skip(1).any(|(spec, _)| is_needless(spec)) {
        return None;
    }
    let n_rows: usize = formats.iter().map(|(_, n)| n).sum();
    let parts: Vec<String> =
        formats.iter().map(|(spec, n)| format!("{n} lines are {}", spec.name().unwrap_or_default())).collect();
    let evidence = format!("of {} lines looked at {}", head.lines.len(), parts.join(", "));
    let spec = FormatSpec::Mixed(MixedSpec { formats: formats.into_iter().map(|(spec, _)| spec).collect() });
    let share = n_rows as f64 / head.lines.len().max(1) as f64;
    Some(Candidate { spec, share, certainty: Certainty::Shape, evidence })
}

/// Whether lines of a format are told from others one by one.
fn is_mixable(candidate: &Candidate) -> bool {
    let is_plain = matches!(candidate.spec, FormatSpec::Json(_) | FormatSpec::Logfmt(_));
    let is_told = candidate.certainty > Certainty::Guess || is_plain;
    is_told && matches!(candidate.spec.framing(), Framing::Lines | Framing::Begun)
}

/// Whether each line is a row.
fn rows(spec: &FormatSpec, lines: &[&[u8]]) -> Vec<bool> {
    let mut parser = spec.parser();
    let n_columns = parser.columns().len();
    let mut scratch = Vec::new();
    let mut is_row = |line: &&[u8]| parser.parse(line, &mut scratch, &mut Record::new(n_columns)) == Parsed::Row;
    lines.iter().map(&mut is_row).collect()
}

#[cfg(test)]
mod tests {
    use super::super::detect::{MappedColumns, detect};
    use super::super::system::read;
    use super::*;

    const ACCESS: &str = "192.0.2.1 - - [02/Mar/2026:08:10:09 +0100] \"GET / HTTP/1.1\" 200 5 \"-\" \"c\"";
    const ERROR: &str = "[Mon Mar 02 07:10:10 2026] [error] [client 192.0.2.2] File does not exist: /x";
    const NGINX: &str = "2026/03/02 07:10:09 [error] 1#1: *1 a \"b";

    fn best(lines: &[&str]) -> FormatSpec {
        detect(format!("{}\n", lines.join("\n")).as_bytes(), &MappedColumns::new()).swap_remove(0).spec
    }

    #[test]
    fn two_formats_that_each_understand_their_own_lines() {
        let spec = best(&[ACCESS, ERROR, ACCESS, "neither"]);
        assert_eq!(spec.name().as_deref(), Some("mixed: combined; Apache error log"));
        assert_eq!(spec.framing(), Framing::Lines);
        assert_eq!(
            read(&spec, ERROR),
            "@timestamp=2026-03-02T07:10:10Z | source.ip=192.0.2.2 | log.level=error | message=File does not exist: /x"
        );
        assert_eq!(read(&spec, "neither"), "rejected: in none of the file's formats");
        assert_eq!(read(&spec, ""), "skipped");
    }

    #[test]
    fn a_format_whose_records_go_over_lines_ends_where_another_begins() {
        let spec = best(&[NGINX, "goes on\" and ends", ACCESS, NGINX]);
        assert_eq!(spec.name().as_deref(), Some("mixed: nginx error log; combined"));
        let mut parser = spec.parser();
        let begins = [NGINX, "goes on", ACCESS, ""].map(|line| parser.begins(line.as_bytes()));
        assert_eq!((spec.framing(), begins), (Framing::Begun, [true, false, true, true]));
    }

    #[test]
    fn a_few_broken_lines_make_no_second_format() {
        let mut lines = vec![ACCESS; 60];
        lines.push(ERROR);
        assert_eq!(best(&lines).name().as_deref(), Some("combined"));
        assert_eq!(best(&[ACCESS, "one", "two", "three"]).name().as_deref(), Some("combined"));
    }
}
