//! Delimited values with a header line, and the parser of those without one: comma, semicolon, tab or bar.
//! Specification: [RFC 4180](https://www.rfc-editor.org/rfc/rfc4180), read with `csv-core`.
//!
//! Columns with well-known names (CloudWatch's, Zeek's, web logs') become ECS fields; the others are kept as text under
//! `csv.`, unless the user maps them. Where start and end are there but no duration, the duration is computed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};

use super::access::looks_like_address;
use super::detect::{Candidate, Certainty, HEAD_LINES, Head, understood};
use super::numbers::{float, integer};
use super::{Format, FormatSpec, Framing, Parsed, Parser, timestamp, zeek_fields};

/// What the header of a delimited file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvSpec {
    /// What stands between fields.
    pub delimiter: u8,
    /// The columns, in order.
    pub columns: Vec<CsvColumn>,
    /// Whether the first line names them.
    pub has_header: bool,
}

/// A column of a delimited file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvColumn {
    /// The name in the header.
    pub name: String,
    /// What it becomes.
    pub column: ColumnSpec,
}

/// What a column without a name is called, before its number.
pub(super) const UNNAMED: &str = "column_";

/// Fields that CloudWatch's web-attack export has and others have not.
const CLOUDWATCH: [&str; 4] = ["creation_time", "src_ip_country_code", "observation_name", "detection_types"];

impl CsvSpec {
    /// Reads the header line; none where it is none. `mapped` holds what the user says about columns.
    pub fn from_header(line: &[u8], delimiter: u8, mapped: &BTreeMap<String, FieldName>) -> Option<Self> {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let (mut out, mut ends) = (Vec::new(), Vec::new());
        let names: Vec<String> = split(&mut reader(delimiter), line, &mut out, &mut ends)
            .into_iter()
            .map(|field| String::from_utf8_lossy(field).trim().to_owned())
            .collect();
        // An address or a time may have letters too.
        let is_value = |name: &str| looks_like_address(name.as_bytes()) || timestamp::parse(name.as_bytes()).is_some();
        let is_name = |name: &String| {
            name.len() <= 80 && name.chars().any(char::is_alphabetic) && !name.contains('\n') && !is_value(name)
        };
        // The first column of a table exported with its index has no name.
        let named = names.iter().filter(|name| is_name(name)).count();
        let unnamed = names.iter().filter(|name| name.is_empty()).count();
        if names.len() < 2 || named + unnamed < names.len() || unnamed > 1 {
            return None;
        }
        let mut taken: Vec<FieldName> = Vec::new();
        let columns = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let name = if name.is_empty() { format!("{UNNAMED}{}", index + 1) } else { name };
                let field = mapped.get(&name).cloned().or_else(|| known_field(&name).map(FieldName::from));
                // A second column of the same meaning keeps its own name.
                let field = field
                    .filter(|f| !taken.contains(f))
                    .unwrap_or_else(|| FieldName::Own(format!("csv.{name}").into()));
                taken.push(field.clone());
                let kind = field.ecs().map_or(Kind::Keyword, Field::kind);
                CsvColumn { name, column: ColumnSpec { name: field, kind } }
            })
            .collect();
        Some(Self { delimiter, columns, has_header: true })
    }

    fn is_cloudwatch(&self) -> bool {
        CLOUDWATCH.iter().all(|name| self.columns.iter().any(|c| c.name == *name))
    }
}

impl Format for CsvSpec {
    fn id(&self) -> Cow<'_, str> {
        let id = match (self.is_cloudwatch(), self.delimiter) {
            (true, _) => "aws.cloudwatch",
            (_, b'\t') => "csv.tab",
            (_, b';') => "csv.semicolon",
            (_, b'|') => "csv.bar",
            _ => "csv",
        };
        id.into()
    }

    fn name(&self) -> Cow<'_, str> {
        let name = match (self.is_cloudwatch(), self.delimiter, self.has_header) {
            (true, ..) => "CloudWatch web traffic (CSV)",
            (_, b'\t', true) => "tab-separated with a header",
            (_, b'\t', false) => "tab-separated without a header",
            (_, b';', true) => "semicolon-separated with a header",
            (_, b';', false) => "semicolon-separated without a header",
            (_, b'|', true) => "bar-separated with a header",
            (_, b'|', false) => "bar-separated without a header",
            (_, _, true) => "CSV with a header",
            (_, _, false) => "CSV without a header",
        };
        name.into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        if self.is_cloudwatch() { "aws.cloudwatch" } else { "csv" }.into()
    }

    fn framing(&self) -> Framing {
        Framing::Joined
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        self.columns.iter().map(|c| (c.name.clone(), c.column.name.clone())).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(CsvParser::new(self))
    }
}

/// A share of records from which the format is believed: delimiters stand in prose too.
const ENOUGH: f64 = 0.8;

/// The delimiters with which the first line is a header.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    b",;\t|".iter().filter_map(|&delimiter| candidate(head, delimiter)).collect()
}

fn candidate(head: &Head<'_>, delimiter: u8) -> Option<Candidate> {
    // A line of JSON has commas too.
    let header = head.lines.first().filter(|line| line.contains(&delimiter) && line.first() != Some(&b'{'))?;
    let spec = CsvSpec::from_header(header, delimiter, head.mapped)?;
    let n_columns = spec.columns.len();
    let spec = FormatSpec::Csv(spec);
    let (rows, seen) = understood(&spec, &records(head.bytes));
    // A header alone is no evidence that what follows would fit.
    if seen == 0 && n_columns < 3 {
        return None;
    }
    let share = if seen == 0 { ENOUGH } else { rows as f64 / seen as f64 };
    let evidence = format!("a header of {n_columns} columns; {rows} of the first {seen} records fit it");
    // More columns are stronger evidence, so of two delimiters that fit the one that cuts more wins.
    let candidate = Candidate { spec, share: share - 0.1 / n_columns as f64, certainty: Certainty::Guess, evidence };
    (share >= ENOUGH).then_some(candidate)
}

/// Lines joined where a quote is open.
pub(super) fn records(head: &[u8]) -> Vec<&[u8]> {
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

/// The ECS field of a column's name, without regard to case and to how words are joined.
pub(super) fn known_field(name: &str) -> Option<Field> {
    let plain: String = name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    Some(match plain.trim_matches('_') {
        "time" | "timestamp" | "ts" | "datetime" | "date_time" | "date" | "_timestamp" | "event_time"
        | "time_local" | "eventtime" | "log_time" => Field::Timestamp,
        "creation_time" | "start_time" | "start" | "starttime" | "event_start" | "first_seen" => Field::EventStart,
        "end_time" | "end" | "endtime" | "event_end" | "last_seen" => Field::EventEnd,
        "src_ip" | "source_ip" | "srcip" | "sourceip" | "client_ip" | "clientip" | "ip" | "ip_address"
        | "ipaddress" | "remote_addr" | "remote_ip" | "c_ip" | "source_address" | "srcaddr" | "remote_host" | "src" => {
            Field::SourceIp
        }
        "src_port" | "source_port" | "srcport" | "sport" | "client_port" => Field::SourcePort,
        "dst_ip" | "dest_ip" | "destination_ip" | "dstip" | "server_ip" | "s_ip" | "dstaddr" | "dst" => {
            Field::DestinationIp
        }
        "dst_port" | "dest_port" | "destination_port" | "dstport" | "dport" | "server_port" | "s_port" | "port" => {
            Field::DestinationPort
        }
        "bytes_in" | "src_bytes" | "source_bytes" | "bytes_received" | "sbytes" | "orig_bytes" => Field::SourceBytes,
        "bytes_out" | "dst_bytes" | "destination_bytes" | "dbytes" | "resp_bytes" => Field::DestinationBytes,
        "bytes_sent" | "bytes" | "body_bytes_sent" | "size" | "response_size" | "content_length"
        | "response_body_len" | "sc_bytes" => Field::HttpResponseBodyBytes,
        "request_body_len" | "request_size" | "cs_bytes" => Field::HttpRequestBodyBytes,
        "src_ip_country_code" | "country_code" | "country" | "src_country" | "source_country" => Field::SourceCountry,
        "protocol" | "app_protocol" | "service" => Field::NetworkProtocol,
        "transport" => Field::NetworkTransport,
        "response_code" | "status_code" | "status" | "http_status" | "response" | "sc_status" => {
            Field::HttpResponseStatusCode
        }
        "method" | "http_method" | "request_method" | "cs_method" | "verb" => Field::HttpRequestMethod,
        "path" | "url" | "uri" | "request_uri" | "endpoint" | "cs_uri_stem" | "url_path" => Field::UrlPath,
        "query" | "query_string" | "cs_uri_query" | "url_query" => Field::UrlQuery,
        "host" | "domain" | "vhost" | "hostname" | "server_name" | "cs_host" | "http_host" => Field::UrlDomain,
        "referrer" | "referer" | "http_referer" | "cs_referer" => Field::HttpRequestReferrer,
        "user_agent" | "useragent" | "agent" | "http_user_agent" | "cs_user_agent" => Field::UserAgentOriginal,
        "http_version" | "version" => Field::HttpVersion,
        "user" | "username" | "user_name" | "cs_username" => Field::UserName,
        "rule_names" | "rule_name" | "rule" | "signature" => Field::RuleName,
        "observation_name" | "action" | "event_action" => Field::EventAction,
        "source_name" => Field::ObserverName,
        "message" | "msg" => Field::Message,
        "duration" => return None,
        _ => return zeek_fields::ecs_field("", name),
    })
}

/// Parses the records of a delimited file.
pub struct CsvParser {
    reader: Reader,
    columns: Vec<ColumnSpec>,
    n_fields: usize,
    ends: Vec<usize>,
    header: Vec<String>,
    has_header: bool,
    /// Start, end, and where the computed duration goes.
    duration: Option<(usize, usize, usize)>,
    /// The column that stands in for a missing timestamp, and where it goes.
    timestamp: Option<(usize, usize)>,
}

impl CsvParser {
    /// A parser for a file with that header.
    pub fn new(spec: &CsvSpec) -> Self {
        let mut columns: Vec<ColumnSpec> = spec.columns.iter().map(|c| c.column.clone()).collect();
        let n_fields = columns.len();
        let find = |columns: &[ColumnSpec], field: Field| columns.iter().position(|c| c.name.ecs() == Some(field));
        let (start, end) = (find(&columns, Field::EventStart), find(&columns, Field::EventEnd));
        let duration = match (start, end, find(&columns, Field::EventDuration)) {
            (Some(start), Some(end), None) => {
                columns.push(ColumnSpec::ecs(Field::EventDuration));
                Some((start, end, columns.len() - 1))
            }
            _ => None,
        };
        let timestamp = match (find(&columns, Field::Timestamp), start) {
            (None, Some(start)) => {
                columns.push(ColumnSpec::ecs(Field::Timestamp));
                Some((start, columns.len() - 1))
            }
            _ => None,
        };
        let header = spec.columns.iter().map(|c| c.name.clone()).collect();
        let reader = reader(spec.delimiter);
        Self { reader, columns, n_fields, ends: Vec::new(), header, has_header: spec.has_header, duration, timestamp }
    }

    /// Whether a record repeats the header: the first one, and those of files that were joined.
    fn is_header(&self, fields: &[&[u8]]) -> bool {
        fields.iter().zip(&self.header).enumerate().all(|(index, (field, name))| {
            let field = if index == 0 { field.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(field) } else { field };
            let field = field.trim_ascii();
            field == name.as_bytes()
                || (field.is_empty() && name.starts_with(UNNAMED))
                || std::str::from_utf8(field).is_err()
        })
    }

    fn compute(&self, record: &mut Record<'_>) {
        if let Some((from, to)) = self.timestamp
            && let Some(&start) = record.values.get(from)
        {
            record.set(to, start);
        }
        if let Some((start, end, to)) = self.duration
            && let (Some(Value::Time(start) | Value::Local(start)), Some(Value::Time(end) | Value::Local(end))) =
                (record.values.get(start), record.values.get(end))
            && let Some(nanoseconds) = end.0.checked_sub(start.0).and_then(|micros| micros.checked_mul(1000))
        {
            record.set(to, Value::Integer(nanoseconds));
        }
    }
}

impl Parser for CsvParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        let fields = split(&mut self.reader, line, scratch, &mut self.ends);
        if self.has_header && fields.len() == self.n_fields && self.is_header(&fields) {
            return Parsed::Skip;
        }
        if fields.len() != self.n_fields {
            let expected = if self.has_header { "the header's" } else { "the first lines'" };
            return Parsed::Reject(format!("number of columns differs from {expected}").into());
        }
        for (index, (field, column)) in fields.iter().zip(&self.columns).enumerate() {
            match value(field, column) {
                Ok(value) => record.set(index, value),
                Err(expected) => {
                    let name = self.header.get(index).map_or("", String::as_str);
                    return Parsed::Reject(format!("{name} is no {expected}").into());
                }
            }
        }
        self.compute(record);
        Parsed::Row
    }

    fn goes_on(&mut self, line: &[u8], open: bool) -> Option<&'static str> {
        let turns = memchr::memchr_iter(b'"', line).count() % 2 == 1;
        (open != turns).then_some("quote is never closed")
    }
}

pub(super) fn value<'a>(field: &'a [u8], column: &ColumnSpec) -> Result<Value<'a>, &'static str> {
    let field = field.trim_ascii();
    if is_null(field) {
        return Ok(Value::Null);
    }
    match column.kind {
        Kind::Keyword | Kind::Ip => Ok(Value::Text(field)),
        Kind::Integer => whole(field).map(Value::Integer).ok_or("number"),
        Kind::Float => float(field).map(Value::Float).ok_or("number"),
        Kind::Time => timestamp::parse(field).map(timestamp::value).ok_or("time"),
    }
}

/// What tables write where there is no value.
pub(super) fn is_null(field: &[u8]) -> bool {
    matches!(field, b"" | b"-") || [&b"null"[..], b"nan", b"n/a", b"none"].iter().any(|n| field.eq_ignore_ascii_case(n))
}

/// A whole number, also as `200.0`, which tables with gaps are exported as.
pub(super) fn whole(field: &[u8]) -> Option<i64> {
    integer(field).or_else(|| float(field).filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64))
}

/// A reader of single records. **Cost**: its tables are worth some lines.
pub(super) fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

/// The fields of one record, unquoted.
pub(super) fn fields_of(reader: &mut Reader, record: &[u8]) -> Vec<Vec<u8>> {
    let (mut out, mut ends) = (Vec::new(), Vec::new());
    split(reader, record, &mut out, &mut ends).into_iter().map(<[u8]>::to_vec).collect()
}

/// The fields of one record, unquoted. They live in `out`.
fn split<'a>(reader: &mut Reader, record: &[u8], out: &'a mut Vec<u8>, ends: &mut Vec<usize>) -> Vec<&'a [u8]> {
    // Unquoting never makes text longer, and there are at most as many fields as bytes, plus one.
    out.clear();
    out.resize(record.len() + 1, 0);
    ends.clear();
    ends.resize(record.iter().filter(|b| !b.is_ascii_alphanumeric()).count() + 2, 0);
    reader.reset();
    let (result, _, n_out, mut n_ends) = reader.read_record(record, out, ends);
    if result == ReadRecordResult::InputEmpty {
        // The end of the input ends the record; ends count on from the record's start.
        let (rest, more) = (out.get_mut(n_out..).unwrap_or_default(), ends.get_mut(n_ends..).unwrap_or_default());
        n_ends += reader.read_record(&[], rest, more).3;
    }
    let mut start = 0;
    let out: &'a [u8] = out;
    let field = |&end: &usize| {
        let field = out.get(start..end).unwrap_or_default();
        start = end;
        field
    };
    ends.iter().take(n_ends).map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: &str, line: &str) -> (Parsed, Vec<(String, String)>) {
        let spec = CsvSpec::from_header(header.as_bytes(), b',', &BTreeMap::new()).unwrap();
        let mut parser = CsvParser::new(&spec);
        let mut record = Record::new(parser.columns().len());
        let mut scratch = Vec::new();
        let parsed = parser.parse(line.as_bytes(), &mut scratch, &mut record);
        let show = |v: &Value<'_>| match v {
            Value::Text(t) => String::from_utf8_lossy(t).into_owned(),
            Value::Time(t) => t.to_rfc3339(),
            other => format!("{other:?}"),
        };
        let values = record.values.iter().zip(&parser.columns).map(|(v, c)| (c.name.to_string(), show(v))).collect();
        (parsed, values)
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect()
    }

    #[test]
    fn known_names_become_fields_and_others_stay() {
        let (parsed, values) = parse("Src_IP,bytes.in,note", "192.0.2.1,12.0,\"a, \"\"b\"\"\"");
        assert_eq!(parsed, Parsed::Row);
        assert_eq!(
            values,
            pairs(&[("source.ip", "192.0.2.1"), ("source.bytes", "Integer(12)"), ("csv.note", "a, \"b\"")])
        );
    }

    #[test]
    fn a_duration_is_computed_from_start_and_end() {
        let (parsed, values) = parse("creation_time,end_time", "2026-01-01T00:00:00Z,2026-01-01T00:10:00Z");
        assert_eq!(parsed, Parsed::Row);
        assert_eq!(values[2], ("event.duration".into(), "Integer(600000000000)".into()));
        assert_eq!(values[3], ("@timestamp".into(), "2026-01-01T00:00:00Z".into()));
    }

    #[test]
    fn headers_are_skipped_and_bad_rows_told() {
        assert_eq!(parse("a,status", "a,status").0, Parsed::Skip);
        assert_eq!(parse("a,status", "x").0, Parsed::Reject("number of columns differs from the header's".into()));
        assert_eq!(parse("a,status", "x,y").0, Parsed::Reject("status is no number".into()));
        assert_eq!(parse("a,status", "x,").0, Parsed::Row);
    }

    #[test]
    fn prose_is_no_header() {
        for line in ["one column", "1,2,3", "a,,,b"] {
            assert_eq!(CsvSpec::from_header(line.as_bytes(), b',', &BTreeMap::new()), None, "{line}");
        }
    }
}
