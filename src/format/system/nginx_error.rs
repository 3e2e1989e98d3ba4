//! The error log of nginx, with what ModSecurity writes into it.
//! Specification: <https://nginx.org/en/docs/ngx_core_module.html#error_log>,
//! <https://github.com/nginx/nginx/blob/master/src/http/ngx_http_core_module.c> (`ngx_http_log_error`).
//!
//! ```text
//! 2016/10/25 14:49:34 [error] pid#tid: *connection message, client: a, server: s, request: "…", upstream: "…", host: "h", referrer: "r"
//! ```
//!
//! A message may go on over lines, as those of PHP do. nginx does not escape what it quotes, so whoever asks can write
//! something that looks like a tail: the first one outside quotes counts. `message` is without its tail.

use memchr::{memchr, memchr2, memmem};

use crate::schema::{ColumnSpec, Kind, Record, Value};

use super::super::access::host_and_port;
use super::super::numbers::digits;
use super::super::{Parsed, Parser, timestamp};
use super::modsecurity::{self, Alert};
use super::{Request, column, set_host, set_number, set_text};

/// The places of the columns in a record.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Col {
    Time,
    Level,
    Pid,
    Tid,
    Connection,
    Message,
    ErrorCode,
    Ip,
    Name,
    Server,
    User,
    Outcome,
    Method,
    RequestLine,
    Scheme,
    Domain,
    Port,
    Path,
    Query,
    Version,
    Upstream,
    Referrer,
    /// The first column of a ModSecurity alert.
    Alert,
}

/// In the order of [`Col`].
const COLUMNS: [(&str, Kind); Col::Alert as usize] = [
    ("@timestamp", Kind::Time),
    ("log.level", Kind::Keyword),
    ("process.pid", Kind::Integer),
    ("process.thread.id", Kind::Integer),
    ("nginx.error.connection_id", Kind::Integer),
    ("message", Kind::Keyword),
    ("error.code", Kind::Keyword),
    ("source.ip", Kind::Ip),
    ("source.domain", Kind::Keyword),
    ("nginx.error.server", Kind::Keyword),
    ("user.name", Kind::Keyword),
    ("event.outcome", Kind::Keyword),
    ("http.request.method", Kind::Keyword),
    ("http.request.line", Kind::Keyword),
    ("url.scheme", Kind::Keyword),
    ("url.domain", Kind::Keyword),
    ("url.port", Kind::Integer),
    ("url.path", Kind::Keyword),
    ("url.query", Kind::Keyword),
    ("http.version", Kind::Keyword),
    ("nginx.error.upstream", Kind::Keyword),
    ("http.request.referrer", Kind::Keyword),
];

/// Parses nginx's error log.
pub struct NginxErrorParser {
    columns: Vec<ColumnSpec>,
}

impl Default for NginxErrorParser {
    fn default() -> Self {
        let columns = COLUMNS.iter().chain(&modsecurity::ALERT_COLUMNS);
        Self { columns: columns.map(|(name, kind)| column(name, *kind)).collect() }
    }
}

impl Parser for NginxErrorParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        match fill(line, record) {
            Ok(()) => Parsed::Row,
            Err(reason) => Parsed::Reject(reason.into()),
        }
    }

    fn begins(&mut self, line: &[u8]) -> bool {
        front(line).is_ok()
    }
}

/// What stands in front of a message, and the message.
struct Front<'a> {
    time: Value<'a>,
    level: &'a [u8],
    rest: &'a [u8],
}

fn front(line: &[u8]) -> Result<Front<'_>, &'static str> {
    let time = line.get(..19).filter(|time| time.get(4) == Some(&b'/')).and_then(timestamp::parse);
    let time = timestamp::value(time.ok_or("no time in front")?);
    let rest = line.get(19..).and_then(|rest| rest.strip_prefix(b" [")).ok_or("no [level]")?;
    let end = memchr(b']', rest).ok_or("no [level]")?;
    let level = rest.get(..end).filter(|level| level.iter().all(u8::is_ascii_lowercase) && !level.is_empty());
    let level = level.ok_or("no [level]")?;
    Ok(Front { time, level, rest: rest.get(end + 1..).unwrap_or_default().trim_ascii_start() })
}

fn fill<'a>(line: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
    let Front { time, level, rest } = front(line)?;
    let colon = memchr(b':', rest).ok_or("no process")?;
    let process = rest.get(..colon).unwrap_or_default();
    let hash = memchr(b'#', process).ok_or("no process")?;
    record.set(Col::Time as usize, time);
    set_text(record, Col::Level as usize, level);
    set_number(record, Col::Pid as usize, process.get(..hash).unwrap_or_default());
    set_number(record, Col::Tid as usize, process.get(hash + 1..).unwrap_or_default());
    let mut rest = rest.get(colon + 1..).unwrap_or_default().trim_ascii_start();
    let connection = rest.strip_prefix(b"*").and_then(|after| {
        let end = memchr(b' ', after)?;
        Some((digits(after.get(..end)?)?, after.get(end + 1..)?))
    });
    if let Some((number, after)) = connection {
        record.set(Col::Connection as usize, Value::Integer(number));
        rest = after;
    }
    let (message, tail) = rest.split_at(tail_at(rest).unwrap_or(rest.len()));
    self::message(message, record);
    self::tail(tail, record);
    Ok(())
}

fn message<'a>(message: &'a [u8], record: &mut Record<'a>) {
    let alert = Alert::parse(message);
    set_text(record, Col::Message as usize, alert.map_or(message, |alert| alert.words));
    if let Some(alert) = alert {
        alert.fill(record, Col::Alert as usize);
    }
    // ` (2: No such file or directory)`.
    let failed = memmem::find(message, b" failed (").and_then(|at| message.get(at + 9..));
    if let Some(code) = failed.and_then(|after| after.get(..memchr(b':', after)?)).filter(|code| digits(code).is_some())
    {
        set_text(record, Col::ErrorCode as usize, code);
    }
    // `user "a" was not found`, `user "a": password mismatch`.
    if let Some(user) = message.strip_prefix(b"user \"").and_then(|after| after.get(..memchr(b'"', after)?)) {
        set_text(record, Col::User as usize, user);
        set_text(record, Col::Outcome as usize, b"failure");
    }
}

const CLIENT: &[u8] = b", client: ";

/// Where the tail begins: the first `, client: ` outside quotes, or the last one where quotes do not close.
fn tail_at(text: &[u8]) -> Option<usize> {
    let (mut at, mut is_quoted) = (0, false);
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'"', b',', rest)) {
        at += found;
        if text.get(at) == Some(&b'"') {
            is_quoted = !is_quoted;
        } else if !is_quoted && text.get(at..).is_some_and(|rest| rest.starts_with(CLIENT)) {
            return Some(at);
        }
        at += 1;
    }
    memmem::rfind(text, CLIENT)
}

fn tail<'a>(mut tail: &'a [u8], record: &mut Record<'a>) {
    while let Some((key, value, rest)) = next_pair(tail) {
        match key {
            b"client" => set_host(record, (Col::Ip as usize, Col::Name as usize), value),
            b"server" => set_text(record, Col::Server as usize, value),
            b"login" => set_text(record, Col::User as usize, value),
            b"request" => request(value, record),
            b"upstream" => set_text(record, Col::Upstream as usize, value),
            b"host" => {
                let (name, port) = host_and_port(value);
                set_text(record, Col::Domain as usize, name);
                if let Some(port) = port {
                    record.set(Col::Port as usize, Value::Integer(port));
                }
            }
            b"referrer" => set_text(record, Col::Referrer as usize, value),
            _ => {}
        }
        tail = rest;
    }
}

/// Keys of a tail.
const KEYS: [&[u8]; 8] = [b"client", b"server", b"login", b"request", b"subrequest", b"upstream", b"host", b"referrer"];

/// The key behind `, `, its value and what follows.
fn next_pair(tail: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (key, text) = key(tail)?;
    let Some(quoted) = text.strip_prefix(b"\"") else {
        let end = memmem::find(text, b", ").unwrap_or(text.len());
        return Some((key, text.get(..end)?, text.get(end..)?));
    };
    // A quote inside is not escaped: the end is where another key or nothing follows.
    let mut from = 0;
    while let Some(found) = quoted.get(from..).and_then(|rest| memchr(b'"', rest)) {
        let at = from + found;
        let rest = quoted.get(at + 1..)?;
        if rest.is_empty() || self::key(rest).is_some() {
            return Some((key, quoted.get(..at)?, rest));
        }
        from = at + 1;
    }
    Some((key, quoted, &[]))
}

/// `, key: ` and what follows.
fn key(tail: &[u8]) -> Option<(&[u8], &[u8])> {
    let tail = tail.strip_prefix(b", ")?;
    let colon = tail.iter().take(12).position(|b| *b == b':')?;
    let key = tail.get(..colon).filter(|key| KEYS.contains(key))?;
    Some((key, tail.get(colon + 1..)?.strip_prefix(b" ")?))
}

fn request<'a>(line: &'a [u8], record: &mut Record<'a>) {
    let Some(request) = Request::parse(line) else { return set_text(record, Col::RequestLine as usize, line) };
    set_text(record, Col::Method as usize, request.method);
    set_text(record, Col::Version as usize, request.version);
    set_text(record, Col::Scheme as usize, request.scheme);
    set_text(record, Col::Domain as usize, request.host);
    set_text(record, Col::Path as usize, request.path);
    set_text(record, Col::Query as usize, request.query);
}

#[cfg(test)]
mod tests {
    use super::super::super::FormatSpec;
    use super::super::{SystemSpec, read};

    fn check(line: &str, expected: &str) {
        assert_eq!(read(&FormatSpec::System(SystemSpec::NginxError), line), expected, "{line}");
    }

    #[test]
    fn the_tail_becomes_fields() {
        check(
            "2016/10/25 14:49:34 [error] 54053#7: *1 open() \"/x, client: 198.51.100.9\" failed (2: No such file), client: \
             192.0.2.1, server: _, request: \"GET /a\"b?c HTTP/1.1\", upstream: \"http://10.0.0.1:80/a\", host: \
             \"shop.example:8080\", referrer: \"http://r.example/\"",
            "@timestamp=2016-10-25T14:49:34Z | log.level=error | process.pid=54053 | process.thread.id=7 | \
             nginx.error.connection_id=1 | message=open() \"/x, client: 198.51.100.9\" failed (2: No such file) | \
             error.code=2 | source.ip=192.0.2.1 | nginx.error.server=_ | http.request.method=GET | url.domain=shop.example | \
             url.port=8080 | url.path=/a\"b | url.query=c | http.version=1.1 | nginx.error.upstream=http://10.0.0.1:80/a | \
             http.request.referrer=http://r.example/",
        );
    }

    #[test]
    fn a_refused_user_and_a_line_without_a_client() {
        check(
            "2021/09/30 09:23:53 [error] 1#1: *17 user \"foo\" was not found in \"/h\", client: 2001:db8::1, server: , \
             request: \"GET / HTTP/1.1\", host: \"a.example\"",
            "@timestamp=2021-09-30T09:23:53Z | log.level=error | process.pid=1 | process.thread.id=1 | \
             nginx.error.connection_id=17 | message=user \"foo\" was not found in \"/h\" | source.ip=2001:db8::1 | \
             user.name=foo | event.outcome=failure | http.request.method=GET | url.domain=a.example | url.path=/ | \
             http.version=1.1",
        );
        check(
            "2021/09/30 09:23:53 [notice] 1#1: signal process started",
            "@timestamp=2021-09-30T09:23:53Z | log.level=notice | process.pid=1 | process.thread.id=1 | \
             message=signal process started",
        );
    }

    #[test]
    fn what_is_none_is_told() {
        check(" ", "skipped");
        check("PHP message: x", "rejected: no time in front");
        check("2021/09/30 09:23:53 x", "rejected: no [level]");
        check("2021/09/30 09:23:53 [error] x", "rejected: no process");
    }
}
