//! Zeek (Bro) logs as tab-separated values with their header.
//! Specification: <https://docs.zeek.org/en/master/log-formats.html>, fields of each log:
//! <https://docs.zeek.org/en/master/script-reference/log-files.html>.
//!
//! The header names the columns and their types; any log type is read by it. What
//! `zeek_fields` knows maps to ECS, other columns keep their name under `zeek.<log>.`. Escapes (`\x09`) stay as written.

use std::borrow::Cow;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};
use crate::units::Micros;

use super::detect::{Candidate, Certainty, Head, understood};
use super::numbers::{float, integer, seconds_scaled};
use super::zeek_fields::ecs_field;
use super::{Format, FormatSpec, Parsed, Parser};

/// What the header of a Zeek log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZeekSpec {
    /// The log's type: `http`, `conn`.
    pub path: String,
    /// What stands between fields.
    pub separator: u8,
    /// What stands for an empty set or text.
    pub empty: String,
    /// What stands for no value.
    pub unset: String,
    /// The columns, in order.
    pub columns: Vec<ZeekColumn>,
}

/// A column of a Zeek log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZeekColumn {
    /// The name in the header.
    pub name: String,
    /// The type in the header.
    pub zeek_type: String,
    /// What it becomes.
    pub column: ColumnSpec,
}

impl ZeekSpec {
    /// A log of that type with those columns, names and types, and what Zeek usually writes between them.
    pub fn new<'a>(path: &str, columns: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self {
            path: path.to_owned(),
            separator: b'\t',
            empty: "(empty)".into(),
            unset: "-".into(),
            columns: columns.map(|(name, zeek_type)| column(path, name.to_owned(), zeek_type)).collect(),
        }
    }

    /// Reads the header at the beginning of a file; none where there is none.
    pub fn from_head(head: &[u8]) -> Option<Self> {
        // A spreadsheet that wrote the file anew put its tab in the place of the space.
        if !head.starts_with(b"#separator ") && !head.starts_with(b"#separator\t") {
            return None;
        }
        let mut spec = Self::new("", std::iter::empty());
        let (mut names, mut types) = (Vec::new(), Vec::new());
        for line in head.split(|b| *b == b'\n').take_while(|line| line.first() == Some(&b'#')) {
            let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
            if let Some(separator) = line.strip_prefix("#separator") {
                spec.separator = separator_byte(separator.get(1..).unwrap_or_default())?;
                continue;
            }
            let mut words = line.split(spec.separator as char);
            let (key, rest): (_, Vec<String>) = (words.next().unwrap_or_default(), words.map(str::to_owned).collect());
            match (key, rest.first()) {
                ("#path", Some(path)) => spec.path.clone_from(path),
                ("#empty_field", Some(empty)) => spec.empty.clone_from(empty),
                ("#unset_field", Some(unset)) => spec.unset.clone_from(unset),
                ("#fields", _) => names = rest,
                ("#types", _) => types = rest,
                _ => {}
            }
        }
        if names.is_empty() {
            return None;
        }
        let path = spec.path.clone();
        types.resize(names.len(), "string".into());
        spec.columns = names.into_iter().zip(types).map(|(name, kind)| column(&path, name, &kind)).collect();
        Some(spec)
    }
}

impl Format for ZeekSpec {
    fn name(&self) -> Cow<'_, str> {
        format!("zeek {} (TSV)", self.path).into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        format!("zeek.{}", self.path).into()
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        self.columns.iter().map(|c| (c.name.clone(), c.column.name.clone())).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(ZeekParser::new(self))
    }
}

/// The log that a header at the beginning of a file declares.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let Some(spec) = ZeekSpec::from_head(head.bytes) else { return Vec::new() };
    let spec = FormatSpec::ZeekTsv(spec);
    let (rows, seen) = understood(&spec, &head.lines);
    let share = if seen == 0 { 1.0 } else { rows as f64 / seen as f64 };
    let evidence = format!("a Zeek header; {rows} of the first {seen} lines fit it");
    vec![Candidate { spec, share, certainty: Certainty::Header, evidence }]
}

fn separator_byte(text: &str) -> Option<u8> {
    match text.strip_prefix("\\x") {
        Some(hex) => u8::from_str_radix(hex.trim(), 16).ok(),
        None => text.bytes().next(),
    }
}

fn column(path: &str, name: String, zeek_type: &str) -> ZeekColumn {
    let column = match ecs_field(path, &name) {
        Some(field) => ColumnSpec::ecs(field),
        None => ColumnSpec { name: FieldName::new(&format!("zeek.{path}.{name}")), kind: kind_of(zeek_type) },
    };
    ZeekColumn { name, zeek_type: zeek_type.to_owned(), column }
}

fn kind_of(zeek_type: &str) -> Kind {
    match zeek_type {
        "time" => Kind::Time,
        "count" | "int" | "port" => Kind::Integer,
        "double" | "interval" => Kind::Float,
        "addr" => Kind::Ip,
        _ => Kind::Keyword,
    }
}

/// Parses the lines of one Zeek log.
pub struct ZeekParser {
    spec: ZeekSpec,
    columns: Vec<ColumnSpec>,
    rules: Vec<Rule>,
    /// Where the part of a URI after `?` goes.
    query: usize,
    /// Where the transport and both ports are.
    icmp: [Option<usize>; 3],
}

/// How a field's text becomes a value.
#[derive(Clone, Copy)]
enum Rule {
    Text,
    /// A path, and behind `?` a query.
    Uri,
    Integer,
    Float,
    /// Seconds with decimals as µs since 1970.
    Time,
    /// Seconds with decimals as ns.
    Nanoseconds,
}

impl ZeekParser {
    /// A parser for a log with that header.
    pub fn new(spec: &ZeekSpec) -> Self {
        let mut columns: Vec<ColumnSpec> = spec.columns.iter().map(|c| c.column.clone()).collect();
        let rules = spec.columns.iter().map(Rule::of).collect();
        let query = columns.len();
        columns.push(ColumnSpec::ecs(Field::UrlQuery));
        let place = |field: Field| columns.iter().position(|c| c.name.ecs() == Some(field));
        let icmp = [Field::NetworkTransport, Field::SourcePort, Field::DestinationPort].map(place);
        Self { spec: spec.clone(), rules, query, icmp, columns }
    }
}

impl Rule {
    fn of(column: &ZeekColumn) -> Self {
        match (column.column.name.ecs(), column.column.kind) {
            (Some(Field::EventDuration), _) => Self::Nanoseconds,
            (Some(Field::UrlPath), _) => Self::Uri,
            (_, Kind::Time) => Self::Time,
            (_, Kind::Integer) => Self::Integer,
            (_, Kind::Float) => Self::Float,
            _ => Self::Text,
        }
    }
}

impl Parser for ZeekParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.first() == Some(&b'#') || line.is_empty() {
            return Parsed::Skip;
        }
        let mut fields = line.split(|b| *b == self.spec.separator);
        let mut n_fields = 0;
        for field in fields.by_ref() {
            let Some(&rule) = self.rules.get(n_fields) else { break };
            if let Err(reason) = self.fill(n_fields, rule, field, record) {
                return Parsed::Reject(reason);
            }
            n_fields += 1;
        }
        if n_fields < self.rules.len() || fields.next().is_some() {
            return Parsed::Reject("number of fields differs from the header's".into());
        }
        self.forget_icmp_ports(record);
        Parsed::Row
    }
}

impl ZeekParser {
    /// Zeek writes ICMP's type and code where other protocols have ports.
    fn forget_icmp_ports(&self, record: &mut Record<'_>) {
        let [transport, ports @ ..] = &self.icmp;
        let is_icmp = transport.and_then(|at| record.values.get(at)).is_some_and(|v| *v == Value::Text(b"icmp"));
        if is_icmp {
            ports.iter().flatten().for_each(|&port| record.set(port, Value::Null));
        }
    }

    fn fill<'a>(&self, at: usize, rule: Rule, field: &'a [u8], record: &mut Record<'a>) -> Result<(), super::Reason> {
        if field == self.spec.unset.as_bytes() || field == self.spec.empty.as_bytes() || field.is_empty() {
            return Ok(());
        }
        let value = match rule {
            Rule::Text => Some(Value::Text(field)),
            Rule::Uri => {
                let cut = memchr(b'?', field).unwrap_or(field.len());
                if let Some(query) = field.get(cut + 1..).filter(|q| !q.is_empty()) {
                    record.set(self.query, Value::Text(query));
                }
                Some(Value::Text(field.get(..cut).unwrap_or(field)))
            }
            Rule::Integer => integer(field).map(Value::Integer),
            Rule::Float => float(field).map(Value::Float),
            // Zeek writes 0 where no packet had told it the time yet.
            Rule::Time => seconds_scaled(field, 6).map(|micros| match micros {
                0 => Value::Null,
                micros => Value::Time(Micros(micros)),
            }),
            Rule::Nanoseconds => seconds_scaled(field, 9).map(Value::Integer),
        };
        match value {
            Some(value) => {
                record.set(at, value);
                Ok(())
            }
            None => {
                let column = self.spec.columns.get(at);
                let (name, kind) = column.map_or(("", ""), |c| (c.name.as_str(), c.zeek_type.as_str()));
                Err(format!("{name} is no {kind}").into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\thttp\n\
        #open\t2026-01-01-00-00-00\n#fields\tts\tuid\tid.orig_h\tid.resp_p\turi\tstatus_code\ttags\ttrans_depth\n\
        #types\ttime\tstring\taddr\tport\tstring\tcount\tset[enum]\tcount\n";

    fn parse(line: &str) -> (Parsed, Vec<String>) {
        let spec = ZeekSpec::from_head(HEAD.as_bytes()).unwrap();
        let mut parser = ZeekParser::new(&spec);
        let mut record = Record::new(parser.columns().len());
        let mut scratch = Vec::new();
        let parsed = parser.parse(line.as_bytes(), &mut scratch, &mut record);
        let values = record.values.iter().map(|v| format!("{v:?}")).collect();
        (parsed, values)
    }

    #[test]
    fn the_header_names_columns_and_types() {
        let spec = ZeekSpec::from_head(HEAD.as_bytes()).unwrap();
        let names: Vec<_> = spec.columns.iter().map(|c| c.column.name.as_str().to_owned()).collect();
        assert_eq!(
            names,
            [
                "@timestamp",
                "event.id",
                "source.ip",
                "destination.port",
                "url.path",
                "http.response.status_code",
                "zeek.http.tags",
                "zeek.http.trans_depth"
            ]
        );
    }

    #[test]
    fn a_tab_may_stand_behind_the_separators_name() {
        let head = HEAD.replacen("#separator ", "#separator\t", 1);
        assert_eq!(ZeekSpec::from_head(head.as_bytes()), ZeekSpec::from_head(HEAD.as_bytes()));
    }

    #[test]
    fn unset_and_empty_are_null_and_a_uri_is_cut_at_its_query() {
        let (parsed, values) = parse("1.5\tC1\t192.0.2.1\t80\t/a?b=1\t-\t(empty)\t2");
        assert_eq!(parsed, Parsed::Row);
        assert_eq!(values[0], "Time(Micros(1500000))");
        assert_eq!((values[5].as_str(), values[6].as_str()), ("Null", "Null"));
        assert_eq!(values[4], format!("{:?}", Value::Text(b"/a")));
        assert_eq!(values[8], format!("{:?}", Value::Text(b"b=1")));
    }

    #[test]
    fn what_does_not_fit_the_header_is_told() {
        assert_eq!(parse("1.5\tC1").0, Parsed::Reject("number of fields differs from the header's".into()));
        assert_eq!(parse("x\tC1\t192.0.2.1\t80\t/\t-\t-\t2").0, Parsed::Reject("ts is no time".into()));
        assert_eq!(parse("#close\t2026").0, Parsed::Skip);
    }
}
