//! W3C extended logs, whose header names the columns: IIS, HTTP.sys, CloudFront and others; and IIS' own format.
//! Specification: <https://www.w3.org/TR/WD-logfile>, fields of IIS
//! <https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging>, of HTTP.sys
//! <https://learn.microsoft.com/en-us/troubleshoot/developer/webapps/aspnet/site-behavior-performance/error-logging-http-apis>,
//! of CloudFront <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html>.
//!
//! ```text
//! #Fields: date time s-ip cs-method cs-uri-stem …
//! 2026-05-17 10:05:03 192.0.2.1 GET / …
//! ```
//!
//! The header may be repeated and change within a file; a line that does not fit the last one may fit one before it. The
//! columns are those of the headers at its beginning and all that
//! IIS knows; of a later header's columns that are neither of them nothing is kept. Times are UTC, as the specification
//! says, unless the header says `#Time Format: Local`, as that of Windows' firewall. The user agent is read as the client sent it: IIS writes its spaces as `+`, CloudFront all that is special as
//! `%20`. Where no header stands in front, the usual orders of columns are tried.

use std::borrow::Cow;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, FieldName, Record, Value};

use super::super::detect::{Candidate, Certainty, Head, shape, understood};
use super::super::timestamp;
use super::super::{Format, FormatSpec, Framing, Parsed, Parser};
use super::Shape;
use super::columns::{place, shared};
use super::table::{Is, Step, Word, fill, word};
use super::words::{Cut, Words};

/// What the beginning of a W3C extended log shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct W3cSpec {
    /// Who writes so.
    pub kind: W3cKind,
    /// The columns until a header says otherwise.
    pub fields: Vec<String>,
    /// Columns of any header at the beginning.
    pub seen: Vec<String>,
    /// Tabs stand between words, not spaces.
    pub has_tabs: bool,
    /// Words may stand in quotes.
    pub has_quotes: bool,
}

/// Who writes a W3C extended log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum W3cKind {
    /// Internet Information Services.
    Iis,
    /// HTTP.sys, in front of IIS.
    HttpSys,
    /// CloudFront.
    CloudFront,
    /// Something else.
    Other,
}

/// What columns are, whoever writes them; and those of IIS, which are there in any file.
const IIS_WORDS: &[(&str, Word<'_>)] = &[
    ("date", word(Is::Date, "")),
    ("time", word(Is::Clock, "")),
    ("s-sitename", word(Is::Text, "iis.access.site_name")),
    ("s-computername", word(Is::Text, "host.name")),
    ("s-ip", word(Is::Destination, "")),
    ("cs-method", word(Is::Text, "http.request.method")),
    ("cs-uri-stem", word(Is::Text, "url.path")),
    ("cs-uri-query", word(Is::Text, "url.query")),
    ("cs-uri", word(Is::Url, "")),
    ("s-port", word(Is::Integer, "destination.port")),
    ("cs-username", word(Is::Text, "user.name")),
    ("c-ip", word(Is::Source, "")),
    ("c-port", word(Is::Integer, "source.port")),
    ("cs-version", word(Is::Protocol, "")),
    ("cs(User-Agent)", word(Is::Text, "user_agent.original")),
    ("cs(Cookie)", word(Is::Text, "iis.access.cookie")),
    ("cs(Referer)", word(Is::Text, "http.request.referrer")),
    ("cs-host", word(Is::Authority, "")),
    ("sc-status", word(Is::Status, "")),
    ("sc-substatus", word(Is::Integer, "iis.access.sub_status")),
    ("sc-win32-status", word(Is::Integer, "iis.access.win32_status")),
    ("sc-bytes", word(Is::Integer, "http.response.body.bytes")),
    ("cs-bytes", word(Is::Integer, "http.request.body.bytes")),
    ("time-taken", word(Is::Millis, "")),
    ("X-Forwarded-For", word(Is::Text, "network.forwarded_ip")),
    ("s-siteid", word(Is::Text, "iis.error.site_id")),
    ("s-reason", word(Is::Text, "iis.error.reason_phrase")),
    ("s-queuename", word(Is::Text, "iis.error.queue_name")),
    ("streamid", word(Is::Text, "iis.error.stream_id")),
];

/// Columns of CloudFront's logs where they are others, or mean something else.
const CLOUDFRONT_WORDS: &[(&str, Word<'_>)] = &[
    ("timestamp", word(Is::Time, "@timestamp")),
    ("timestamp(ms)", word(Is::Time, "@timestamp")),
    ("time-taken", word(Is::Seconds, "")),
    ("time-to-first-byte", word(Is::Float, "aws.cloudfront.time_to_first_byte")),
    ("cs(Host)", word(Is::Text, "aws.cloudfront.domain")),
    ("x-host-header", word(Is::Authority, "")),
    ("cs-protocol", word(Is::Text, "url.scheme")),
    ("cs-protocol-version", word(Is::Protocol, "")),
    ("cs(Cookie)", word(Is::Text, "aws.cloudfront.cookies")),
    ("x-edge-request-id", word(Is::Text, "http.request.id")),
    ("x-forwarded-for", word(Is::Text, "network.forwarded_ip")),
    ("ssl-protocol", word(Is::Text, "tls.version")),
    ("ssl-cipher", word(Is::Text, "tls.cipher")),
    ("sc-content-type", word(Is::Text, "http.response.mime_type")),
    ("sc-content-len", word(Is::Integer, "aws.cloudfront.content_length")),
    ("c-country", word(Is::Text, "source.geo.country_iso_code")),
];

/// Columns of firewalls and proxies that write W3C extended logs.
const OTHER_WORDS: &[(&str, Word<'_>)] = &[
    ("src-ip", word(Is::Source, "")),
    ("dst-ip", word(Is::Destination, "")),
    ("src-port", word(Is::Integer, "source.port")),
    ("dst-port", word(Is::Integer, "destination.port")),
    ("action", word(Is::Text, "event.action")),
    ("protocol", word(Is::Text, "network.transport")),
    ("cs-uri-scheme", word(Is::Text, "url.scheme")),
    ("cs-uri-port", word(Is::Integer, "url.port")),
    ("cs-uri-path", word(Is::Text, "url.path")),
    ("s-action", word(Is::Text, "event.action")),
    ("rs(Content-Type)", word(Is::Text, "http.response.mime_type")),
];

/// [IIS' own format](https://learn.microsoft.com/en-us/previous-versions/iis/6.0-sdk/ms525807(v=vs.90)): commas, local time.
pub const IIS: &[Shape] = &[Shape::exact(&[
    word(Is::Source, ""),
    word(Is::Text, "user.name"),
    word(Is::MonthDayYear, ""),
    word(Is::LocalClock, ""),
    word(Is::Text, "iis.access.site_name"),
    word(Is::Text, "host.name"),
    word(Is::Destination, ""),
    word(Is::Millis, ""),
    word(Is::Integer, "http.request.body.bytes"),
    word(Is::Integer, "http.response.body.bytes"),
    word(Is::Status, ""),
    word(Is::Integer, "iis.access.win32_status"),
    word(Is::Text, "http.request.method"),
    word(Is::Text, "url.path"),
    word(Is::Text, "url.query"),
])
.cut(Cut::Commas)];

/// The usual orders of columns of logs without a header.
const USUAL: &[(W3cKind, &str)] = &[
    (
        W3cKind::Iis,
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status \
         sc-substatus sc-win32-status time-taken",
    ),
    (
        W3cKind::Iis,
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status \
         sc-substatus sc-win32-status time-taken X-Forwarded-For",
    ),
    (
        W3cKind::Iis,
        "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus \
         sc-win32-status time-taken",
    ),
    (
        W3cKind::Iis,
        "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version \
         cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
    ),
    (
        W3cKind::Iis,
        "date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version \
         cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken \
         X-Forwarded-For",
    ),
    (
        W3cKind::HttpSys,
        "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename",
    ),
    (
        W3cKind::HttpSys,
        "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri streamid sc-status s-siteid s-reason s-queuename",
    ),
];

impl W3cKind {
    /// Who writes logs with such columns.
    fn of(fields: &[String]) -> Self {
        let has = |name: &str| fields.iter().any(|field| field == name);
        if fields.iter().any(|field| field.starts_with("x-edge-")) {
            Self::CloudFront
        } else if has("s-reason") || has("s-queuename") {
            Self::HttpSys
        } else if has("cs-uri-stem") {
            Self::Iis
        } else {
            Self::Other
        }
    }

    /// What a column is, and its name, which is its own where it is not known.
    fn word(self, name: &str) -> (Word<'static>, Option<String>) {
        let find =
            |words: &[(&str, Word<'static>)]| words.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|w| w.1);
        let special = if self == Self::CloudFront { find(CLOUDFRONT_WORDS) } else { None };
        if let Some(word) = special.or_else(|| find(IIS_WORDS)).or_else(|| find(OTHER_WORDS)) {
            return (word, None);
        }
        let prefix = if self == Self::CloudFront { "aws.cloudfront." } else { "w3c." };
        let plain = name.strip_prefix("x-").filter(|_| self == Self::CloudFront).unwrap_or(name);
        let plain: String = plain.chars().map(|c| if c == '-' { '_' } else { c }).take(80).collect();
        (word(Is::Text, ""), Some(format!("{prefix}{}", plain.to_lowercase())))
    }
}

impl W3cSpec {
    fn step(&self, name: &str, columns: &mut Vec<ColumnSpec>) -> Step {
        let (word, own) = self.kind.word(name);
        Step::new(&Word { name: own.as_deref().unwrap_or(word.name), ..word }, columns)
    }

    fn cut(&self) -> Cut {
        match (self.has_tabs, self.has_quotes) {
            (true, _) => Cut::Tabs,
            (_, true) => Cut::Quoted,
            _ => Cut::Spaces,
        }
    }
}

impl Format for W3cSpec {
    fn name(&self) -> Cow<'_, str> {
        let name = match self.kind {
            W3cKind::Iis => "IIS (W3C extended)",
            W3cKind::HttpSys => "HTTP.sys errors (W3C extended)",
            W3cKind::CloudFront => "CloudFront (W3C extended)",
            W3cKind::Other => "W3C extended",
        };
        name.into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        let dataset = match self.kind {
            W3cKind::Iis => "iis.access",
            W3cKind::HttpSys => "iis.error",
            W3cKind::CloudFront => "aws.cloudfront",
            W3cKind::Other => "w3c",
        };
        dataset.into()
    }

    fn framing(&self) -> Framing {
        Framing::Sequential
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        let field = |name: &String| {
            let (word, own) = self.kind.word(name);
            match word.is {
                Is::Source => Field::SourceIp.into(),
                Is::Destination => Field::DestinationIp.into(),
                Is::Date | Is::Clock => Field::Timestamp.into(),
                Is::Url => Field::UrlPath.into(),
                Is::Protocol => Field::HttpVersion.into(),
                Is::Authority => Field::UrlDomain.into(),
                Is::Status => Field::HttpResponseStatusCode.into(),
                Is::Millis | Is::Seconds => Field::EventDuration.into(),
                _ => FieldName::new(own.as_deref().unwrap_or(word.name)),
            }
        };
        self.seen.iter().map(|name| (name.clone(), field(name))).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        let mut columns = shared();
        for (name, _) in IIS_WORDS {
            self.step(name, &mut columns);
        }
        for name in &self.seen {
            self.step(name, &mut columns);
        }
        let agent = place(&mut columns, ColumnSpec::ecs(Field::UserAgentOriginal));
        let mut parser =
            W3cParser { spec: self.clone(), columns, agent, headers: Vec::new(), day: None, is_local: false };
        if !self.fields.is_empty() {
            parser.headers.push((Vec::new(), parser.steps_of(&self.fields)));
        }
        Box::new(parser)
    }
}

/// Parses W3C extended logs.
struct W3cParser {
    spec: W3cSpec,
    columns: Vec<ColumnSpec>,
    /// Where the user agent is.
    agent: usize,
    /// Headers and the words of a line that each declares, the last one at the end; most files repeat it.
    headers: Vec<(Vec<u8>, Vec<Step>)>,
    /// The date that the header says, in µs, for lines that have only a time of day.
    day: Option<i64>,
    /// The header says that times are local.
    is_local: bool,
}

impl Parser for W3cParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.first() == Some(&b'#') {
            self.directive(line);
            return Parsed::Skip;
        }
        if line.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        let mut reason = "no #Fields stand before";
        for (age, (_, steps)) in self.headers.iter().rev().enumerate() {
            let mut words = Words::new(line, self.spec.cut());
            match fill(steps, &mut words, self.day, record) {
                Ok(n) if n == steps.len() && words.rest().is_empty() => {
                    self.unescape_agent(scratch, record);
                    return Parsed::Row;
                }
                // Files are put together without their headers, too; what the last header says goes into the reason.
                Ok(_) if age == 0 => reason = "number of columns differs from the header's",
                Err((_, misfit)) if age == 0 => reason = misfit,
                _ => {}
            }
            record.clear();
        }
        Parsed::Reject(reason.into())
    }
}

impl W3cParser {
    fn directive(&mut self, line: &[u8]) {
        if let Some(date) = line.strip_prefix(b"#Date:") {
            let date = date.trim_ascii().get(..10).and_then(timestamp::parse);
            self.day = date.map(|stamp| stamp.time.0);
        } else if line.starts_with(b"#Time Format: Local") {
            self.is_local = true;
        } else if line.starts_with(b"#Fields:") {
            let known = self.headers.iter().position(|(header, _)| header == line);
            let header = match known {
                Some(at) => self.headers.remove(at),
                None => (line.to_vec(), self.steps_of(&fields_of(line))),
            };
            self.headers.push(header);
            if self.headers.len() > MAX_HEADERS {
                self.headers.remove(0);
            }
        }
    }

    fn steps_of(&self, fields: &[String]) -> Vec<Step> {
        let step = |name: &String| {
            let (mut word, own) = self.spec.kind.word(name);
            if self.is_local && matches!(word.is, Is::Clock) {
                word.is = Is::LocalClock;
            }
            Step::known(&Word { name: own.as_deref().unwrap_or(word.name), ..word }, &self.columns)
        };
        fields.iter().map(step).collect()
    }

    /// Makes the user agent what the client sent.
    fn unescape_agent<'a>(&self, scratch: &'a mut Vec<u8>, record: &mut Record<'a>) {
        let Some(&Value::Text(written)) = record.values.get(self.agent) else { return };
        let escape = if self.spec.has_tabs { b'%' } else { b'+' };
        if memchr(escape, written).is_none() {
            return;
        }
        scratch.clear();
        if self.spec.has_tabs {
            decode_percent(written, scratch);
        } else {
            scratch.extend(written.iter().map(|&b| if b == b'+' { b' ' } else { b }));
        }
        record.set(self.agent, Value::Text(scratch));
    }
}

/// `%20` as a space; what is no such code stays.
fn decode_percent(written: &[u8], out: &mut Vec<u8>) {
    let digit = |at: usize| written.get(at).and_then(|&b| char::from(b).to_digit(16));
    let mut at = 0;
    while let Some(&byte) = written.get(at) {
        match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
}

/// How many headers of a file are remembered.
const MAX_HEADERS: usize = 8;

/// How many columns a header may have.
const MAX_FIELDS: usize = 200;

/// The names in a `#Fields:` line.
fn fields_of(line: &[u8]) -> Vec<String> {
    let names = line.strip_prefix(b"#Fields:").unwrap_or_default();
    let names = names.split(u8::is_ascii_whitespace).filter(|name| !name.is_empty());
    names.take(MAX_FIELDS).map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// The W3C extended log that the header at the beginning of a file declares, or that its lines look like.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let headers: Vec<Vec<String>> =
        head.lines.iter().filter(|line| line.starts_with(b"#Fields:")).map(|line| fields_of(line)).collect();
    let first_is_comment = head.lines.first().is_some_and(|line| line.first() == Some(&b'#'));
    if !headers.iter().any(|fields| fields.len() > 1) {
        return if first_is_comment { Vec::new() } else { without_header(head) };
    }
    let mut seen: Vec<String> = Vec::new();
    for field in headers.into_iter().flatten() {
        if !seen.contains(&field) && seen.len() < MAX_FIELDS {
            seen.push(field);
        }
    }
    let first_row = head.lines.iter().find(|line| line.first() != Some(&b'#'));
    let has_tabs = first_row.is_some_and(|line| memchr(b'\t', line).is_some());
    let spec = W3cSpec { kind: W3cKind::of(&seen), fields: Vec::new(), seen, has_tabs, has_quotes: false };
    let plain = declared(head, spec.clone());
    if plain.share > 0.5 {
        return vec![plain];
    }
    let quoted = declared(head, W3cSpec { has_quotes: true, ..spec });
    vec![if quoted.share > plain.share { quoted } else { plain }]
}

fn declared(head: &Head<'_>, spec: W3cSpec) -> Candidate {
    let n_columns = spec.seen.len();
    let spec = FormatSpec::W3c(spec);
    let (rows, seen) = understood(&spec, &head.lines);
    let share = if seen == 0 { 1.0 } else { rows as f64 / seen as f64 };
    let evidence = format!("#Fields of {n_columns} columns; {rows} of the first {seen} lines fit them");
    Candidate { spec, share, certainty: Certainty::Header, evidence }
}

/// The usual orders of columns that lines without a header have.
fn without_header(head: &Head<'_>) -> Vec<Candidate> {
    let candidate = |&(kind, fields): &(W3cKind, &str)| {
        let fields: Vec<String> = fields.split_ascii_whitespace().map(str::to_owned).collect();
        let spec = W3cSpec { kind, seen: fields.clone(), fields, has_tabs: false, has_quotes: false };
        let what = format!("{} lines without their header", spec.name());
        shape(head, FormatSpec::W3c(spec), 0.6, &what)
    };
    USUAL.iter().filter_map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{best, read_all};

    const ROW: &str = "2026-05-17 10:05:03 192.0.2.9 GET /a b=1 443 - 192.0.2.1 M/5+(X;+y) - 200 0 0 123";

    #[test]
    fn headers_may_change_and_agents_have_spaces() {
        let log = format!(
            "#Software: x\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
             cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n{ROW}\n#Fields: date time c-ip sc-bytes my-own\n\
             2026-05-17 10:05:04 192.0.2.1%3 9 x\n2026-05-17 x\n{ROW}\n"
        );
        assert_eq!(best(&log).as_deref(), Some("IIS (W3C extended)"));
        let first = "@timestamp=2026-05-17T10:05:03Z | event.duration=123000000 | source.ip=192.0.2.1 | \
             destination.ip=192.0.2.9 | destination.port=443 | http.request.method=GET | url.path=/a | url.query=b=1 | \
             http.response.status_code=200 | user_agent.original=M/5 (X; y) | iis.access.sub_status=0 | \
             iis.access.win32_status=0";
        let rows = read_all(&log);
        assert_eq!(rows[2], first);
        assert_eq!(
            rows[4],
            "@timestamp=2026-05-17T10:05:04Z | source.ip=192.0.2.1 | http.response.body.bytes=9 | w3c.my_own=x"
        );
        // A row of the header before the last one, as in files that were put together.
        assert_eq!(rows[5..], ["rejected: time is not understood", first]);
    }

    #[test]
    fn logs_without_a_header_have_a_usual_order() {
        assert_eq!(best(ROW).as_deref(), Some("IIS (W3C extended)"));
        assert!(read_all(&format!("{ROW} 198.51.100.7"))[0].ends_with("network.forwarded_ip=198.51.100.7"));
        let error = "2026-05-17 10:05:03 192.0.2.1 2094 192.0.2.9 80 HTTP/1.1 GET /a?b 503 1 ConnLimit Pool";
        assert_eq!(best(error).as_deref(), Some("HTTP.sys errors (W3C extended)"));
        assert_eq!(
            read_all(error),
            ["@timestamp=2026-05-17T10:05:03Z | source.ip=192.0.2.1 | source.port=2094 | destination.ip=192.0.2.9 | \
              destination.port=80 | http.request.method=GET | url.path=/a | url.query=b | http.version=1.1 | \
              http.response.status_code=503 | iis.error.site_id=1 | iis.error.reason_phrase=ConnLimit | \
              iis.error.queue_name=Pool"]
        );
    }

    #[test]
    fn the_date_may_stand_in_the_header_and_times_may_be_local() {
        let log = "#Date: 2026-05-17 00:00:00\n#Fields: time c-ip cs-uri-stem\n10:05:03 192.0.2.1 /a\n";
        assert_eq!(read_all(log)[2], "@timestamp=2026-05-17T10:05:03Z | source.ip=192.0.2.1 | url.path=/a");
        let log = "#Version: 1.5\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size\n\
                   2026-05-17 10:05:03 DROP TCP 192.0.2.1 192.0.2.9 4096 445 -\n";
        assert_eq!(best(log).as_deref(), Some("W3C extended"));
        assert_eq!(
            read_all(log)[3],
            "@timestamp=2026-05-17T10:05:03Z (local) | source.ip=192.0.2.1 | source.port=4096 | destination.ip=192.0.2.9 | \
             destination.port=445 | event.action=DROP | network.transport=TCP"
        );
    }

    #[test]
    fn cloudfront_has_tabs_seconds_and_percent_codes() {
        let log = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status \
                   cs(User-Agent) time-taken x-host-header cs-protocol-version\n2026-05-17\t10:05:03\tAMS1\t9\t192.0.2.1\tGET\t\
                   d1.cloudfront.net\t/a%20b\t000\tM/5%20(%zz%2\t0.25\twww.example.com\tHTTP/2.0\n";
        assert_eq!(best(log).as_deref(), Some("CloudFront (W3C extended)"));
        assert_eq!(
            read_all(log)[2],
            "@timestamp=2026-05-17T10:05:03Z | event.duration=250000000 | source.ip=192.0.2.1 | http.request.method=GET | \
             url.domain=www.example.com | url.path=/a%20b | http.version=2.0 | user_agent.original=M/5 (%zz%2 | \
             http.response.body.bytes=9 | aws.cloudfront.edge_location=AMS1 | aws.cloudfront.domain=d1.cloudfront.net"
        );
    }

    #[test]
    fn quotes_are_quotes_only_where_lines_fit_so() {
        let log = "#Fields: date time c-ip cs(User-Agent) s-action\n2026-05-17 10:05:03 192.0.2.1 \"a b\" TCP_HIT\n";
        assert!(read_all(log)[1].ends_with("user_agent.original=a b | event.action=TCP_HIT"), "{:?}", read_all(log));
        let log = "#Fields: date time cs-uri-stem cs-uri-query\n2026-05-17 10:05:03 /a \"><script>\n";
        assert!(read_all(log)[1].ends_with("url.query=\"><script>"), "{:?}", read_all(log));
    }

    #[test]
    fn the_format_of_iis_itself() {
        let line = "192.0.2.1, -, 12/31/01, 7:55:20, W3SVC2, WEB, 192.0.2.9, 45, 163, 3223, 200, 0, GET, /a.gif, b=1,";
        assert_eq!(best(line).as_deref(), Some("IIS native"));
        assert_eq!(
            read_all(line),
            ["@timestamp=2001-12-31T07:55:20Z (local) | event.duration=45000000 | source.ip=192.0.2.1 | \
              destination.ip=192.0.2.9 | http.request.method=GET | url.path=/a.gif | url.query=b=1 | \
              http.response.status_code=200 | iis.access.site_name=W3SVC2 | host.name=WEB | http.request.body.bytes=163 | \
              http.response.body.bytes=3223 | iis.access.win32_status=0"]
        );
    }
}
