//! Logs of servers and systems: error logs, what syslog carries, the ModSecurity audit log. One file a format.
//!
//! Here are the words that they share: hosts, requests, columns by name.

pub mod apache_error;
pub mod application;
pub mod auth;
pub mod modsecurity;
pub mod nginx_error;
pub mod syslog;

use std::borrow::Cow;

use memchr::{memchr, memrchr};
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, FieldName, Kind, Record, Value};

use super::access::{host_and_port, looks_like_address, split_request};
use super::detect::{Candidate, Certainty, Head, shape};
use super::numbers::digits;
use super::set_text;
use super::{Format, FormatSpec, Framing, Parser};

/// A format without anything of its own to say about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SystemSpec {
    /// The error log of the Apache HTTP server.
    ApacheError,
    /// The error log of nginx.
    NginxError,
    /// The audit log of ModSecurity, all transactions in one file.
    ModsecurityAudit,
    /// What programs write for people.
    Application,
}

impl Format for SystemSpec {
    fn name(&self) -> Cow<'_, str> {
        match self {
            Self::ApacheError => "Apache error log",
            Self::NginxError => "nginx error log",
            Self::ModsecurityAudit => "ModSecurity audit log",
            Self::Application => "application log",
        }
        .into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        match self {
            Self::ApacheError => "apache.error",
            Self::NginxError => "nginx.error",
            Self::ModsecurityAudit => "modsecurity.audit",
            Self::Application => "application",
        }
        .into()
    }

    fn framing(&self) -> Framing {
        match self {
            Self::ApacheError => Framing::Lines,
            Self::NginxError | Self::ModsecurityAudit | Self::Application => Framing::Begun,
        }
    }

    fn parser(&self) -> Box<dyn Parser> {
        match self {
            Self::ApacheError => Box::new(apache_error::ApacheErrorParser::default()),
            Self::NginxError => Box::new(nginx_error::NginxErrorParser::default()),
            Self::ModsecurityAudit => Box::new(modsecurity::AuditParser::default()),
            Self::Application => Box::new(application::ApplicationParser::default()),
        }
    }
}

/// A share of lines from which a shape is believed.
const ENOUGH: f64 = 0.2;

/// The log of this family that the beginning of a file shows.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let apache = shape(head, FormatSpec::System(SystemSpec::ApacheError), ENOUGH, "lines of an Apache error log");
    let begun = [
        (SystemSpec::NginxError, Certainty::Shape, "begins like a line of an nginx error log"),
        (SystemSpec::ModsecurityAudit, Certainty::Shape, "begins a transaction of a ModSecurity audit log"),
        (SystemSpec::Application, Certainty::Guess, "begins with a time and has a level"),
    ];
    apache.into_iter().chain(begun.into_iter().filter_map(|begun| first_begins(head, begun))).collect()
}

/// A format whose records go over lines: a candidate where the first line begins one.
fn first_begins(head: &Head<'_>, (spec, certainty, what): (SystemSpec, Certainty, &str)) -> Option<Candidate> {
    let mut parser = spec.parser();
    let begun = head.lines.iter().filter(|line| parser.begins(line)).count();
    let is_first = head.lines.first().is_some_and(|line| parser.begins(line));
    // Lines behind a beginning are of its record, so they are no evidence against it; more beginnings are more evidence.
    let share = if is_first { 1.0 } else { begun as f64 / head.lines.len().max(1) as f64 };
    let n = head.lines.len();
    let evidence = if is_first {
        format!("the first line {what}, as do {begun} of the first {n}")
    } else {
        format!("{begun} of the first {n} lines: each {what}")
    };
    let spec = FormatSpec::System(spec);
    (share >= ENOUGH).then_some(Candidate { spec, share, certainty, evidence })
}

/// The column of that name: an ECS field with its own kind, else a column of the format's own.
pub(super) fn column(name: &str, kind: Kind) -> ColumnSpec {
    match FieldName::new(name).ecs() {
        Some(field) => ColumnSpec::ecs(field),
        None => ColumnSpec::own(name, kind),
    }
}

/// Sets a whole number; what is none stays null.
pub(super) fn set_number(record: &mut Record<'_>, at: usize, text: &[u8]) {
    if let Some(number) = digits(text) {
        record.set(at, Value::Integer(number));
    }
}

/// Sets the address or the name of a host.
pub(super) fn set_host<'a>(record: &mut Record<'a>, (ip, name): (usize, usize), host: &'a [u8]) {
    let host = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host);
    set_text(record, if looks_like_address(host) { ip } else { name }, host);
}

/// A host and the port behind its last colon: `192.0.2.1:80`, `[2001:db8::1]:80`, and `2001:db8::1:8080` where the
/// port is known to be there.
pub(super) fn split_port(text: &[u8], has_port: bool) -> (&[u8], Option<i64>) {
    match memrchr(b':', text) {
        Some(at) if has_port => {
            let port = text.get(at + 1..).and_then(digits).filter(|port| *port <= 65_535);
            port.map_or((text, None), |port| (text.get(..at).unwrap_or_default(), Some(port)))
        }
        _ => host_and_port(text),
    }
}

/// A request line in its parts. **Null**: what it does not say is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Request<'a> {
    pub method: &'a [u8],
    pub version: &'a [u8],
    pub scheme: &'a [u8],
    pub host: &'a [u8],
    pub path: &'a [u8],
    pub query: &'a [u8],
}

impl<'a> Request<'a> {
    /// The parts of `GET /a?b HTTP/1.1`; none where that is no request.
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let (method, target, version) = split_request(line)?;
        let mut request = Self { method, version: version.unwrap_or_default(), ..Self::default() };
        if method == b"CONNECT" {
            request.host = target;
            return Some(request);
        }
        let mut local = target;
        let scheme = memchr(b':', target.get(..12.min(target.len()))?);
        if target.first() != Some(&b'/')
            && let Some(rest) = scheme.and_then(|at| target.get(at..)?.strip_prefix(b"://"))
        {
            let end = rest.iter().position(|b| b"/?#".contains(b)).unwrap_or(rest.len());
            request.scheme = target.get(..scheme.unwrap_or_default())?;
            (request.host, local) = (rest.get(..end)?, rest.get(end..)?);
        }
        let cut = memchr(b'?', local).unwrap_or(local.len());
        request.path = local.get(..cut)?;
        request.query = local.get(cut + 1..).unwrap_or_default();
        Some(request)
    }
}

/// `field=value` of all values that are not null.
#[cfg(test)]
pub(crate) fn read(spec: &FormatSpec, line: &str) -> String {
    use super::Parsed;
    let mut parser = spec.parser();
    let mut record = Record::new(parser.columns().len());
    let mut scratch = Vec::new();
    match parser.parse(line.as_bytes(), &mut scratch, &mut record) {
        Parsed::Row => {}
        Parsed::Skip => return "skipped".into(),
        Parsed::Reject(reason) => return format!("rejected: {reason}"),
    }
    let values = record.values.iter().zip(parser.columns()).filter_map(|(value, column)| {
        let text = match value {
            Value::Null => return None,
            Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Time(time) | Value::Local(time) | Value::Yearless(time) => time.to_rfc3339(),
        };
        Some(format!("{}={text}", column.name))
    });
    values.collect::<Vec<_>>().join(" | ")
}
