//! Access logs: the common log format and what grew out of it.
//! Specification: <https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats>,
//! <https://nginx.org/en/docs/http/ngx_http_log_module.html>.
//!
//! ```text
//! [vhost[:port]] host[, host…] ident user [time] "request" status bytes ["referrer" "user agent" [more…]]
//! ```
//!
//! Reads every variant line by line, so a file may mix them: with or without referrer and agent, a virtual host in
//! front, more fields behind, the whole line in quotes. A request that is none (TLS bytes on a plain port) is a row:
//! it keeps its line in `http.request.line`. Escapes (`\"`, `\x16`) stay as written.

use std::borrow::Cow;
use std::net::IpAddr;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, Kind, Record, Value};
use crate::units::Micros;

use super::detect::{Candidate, Certainty, Head};
use super::layout::proxies::{NGINX_INGRESS, TRAEFIK};
use super::layout::table::{Step, Word, fill, forget};
use super::layout::words::{Cut, Words};
use super::numbers::digits;
use super::{Format, FormatSpec, Parsed, Parser, timestamp};

/// What the beginning of an access log shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessSpec {
    /// A virtual host stands in front.
    pub has_vhost: bool,
    /// Referrer and user agent follow.
    pub is_combined: bool,
    /// More fields follow.
    pub has_more: bool,
    /// Whose fields they are.
    pub more: More,
}

/// Whose fields follow the user agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum More {
    /// They are not known and stay together as `access.more`.
    #[default]
    Unknown,
    /// Those of nginx' ingress controller for Kubernetes.
    NginxIngress,
    /// Those of Traefik.
    Traefik,
}

impl More {
    /// What the fields are.
    fn words(self) -> &'static [Word<'static>] {
        match self {
            Self::Unknown => &[],
            Self::NginxIngress => NGINX_INGRESS,
            Self::Traefik => TRAEFIK,
        }
    }
}

impl Format for AccessSpec {
    /// The variant's usual name.
    fn name(&self) -> Cow<'_, str> {
        let name = match (self.has_vhost, self.is_combined, self.has_more) {
            _ if self.more == More::NginxIngress => "nginx ingress controller",
            _ if self.more == More::Traefik => "Traefik (common log format)",
            (true, _, false) => "virtual-host combined",
            (true, _, true) => "virtual-host combined, with more fields",
            (false, true, false) => "combined",
            (false, true, true) => "combined, with more fields",
            (false, false, _) => "common",
        };
        name.into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        "access".into()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(AccessParser::new(self.more))
    }
}

/// The places of the columns in a record.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Col {
    Time,
    Timezone,
    Ip,
    Name,
    Ident,
    User,
    Method,
    RequestLine,
    Domain,
    Port,
    Path,
    Query,
    Version,
    Status,
    Bytes,
    Referrer,
    Agent,
    More,
    Forwarded,
}

/// Parses access logs.
pub struct AccessParser {
    columns: Vec<ColumnSpec>,
    /// The fields behind the user agent, where they are known.
    more: Vec<Step>,
    /// The last time and what it means: neighbours mostly share their second.
    last_time: ([u64; 4], Micros),
}

impl AccessParser {
    /// A parser of lines with such fields behind the user agent.
    pub fn new(more: More) -> Self {
        // In the order of `Col`.
        let mut columns = vec![
            ColumnSpec::ecs(Field::Timestamp),
            ColumnSpec::ecs(Field::EventTimezone),
            ColumnSpec::ecs(Field::SourceIp),
            ColumnSpec::ecs(Field::SourceDomain),
            ColumnSpec::own("access.ident", Kind::Keyword),
            ColumnSpec::ecs(Field::UserName),
            ColumnSpec::ecs(Field::HttpRequestMethod),
            ColumnSpec::ecs(Field::HttpRequestLine),
            ColumnSpec::ecs(Field::UrlDomain),
            ColumnSpec::ecs(Field::DestinationPort),
            ColumnSpec::ecs(Field::UrlPath),
            ColumnSpec::ecs(Field::UrlQuery),
            ColumnSpec::ecs(Field::HttpVersion),
            ColumnSpec::ecs(Field::HttpResponseStatusCode),
            ColumnSpec::ecs(Field::HttpResponseBodyBytes),
            ColumnSpec::ecs(Field::HttpRequestReferrer),
            ColumnSpec::ecs(Field::UserAgentOriginal),
            ColumnSpec::own("access.more", Kind::Keyword),
            ColumnSpec::own("network.forwarded_ip", Kind::Keyword),
        ];
        let more = more.words().iter().map(|word| Step::new(word, &mut columns)).collect();
        Self { columns, more, last_time: ([0; 4], Micros(0)) }
    }
}

impl Parser for AccessParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        match self.fill(line, record) {
            Ok(()) => Parsed::Row,
            Err(_) if line.trim_ascii().is_empty() || line.first() == Some(&b'#') => Parsed::Skip,
            Err(reason) => Parsed::Reject(reason.into()),
        }
    }
}

impl AccessParser {
    fn fill<'a>(&mut self, line: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        let bracket = memchr(b'[', line).ok_or("no [time]")?;
        let (front, rest) = line.split_at(bracket);
        if is_of_syslog(front) {
            return Err("a header of syslog in front");
        }
        let rest = rest.get(1..).unwrap_or_default();
        let close = memchr(b']', rest).ok_or("[time] is not closed")?;
        self.time(rest.get(..close).unwrap_or_default(), record)?;
        let rest = rest.get(close + 1..).unwrap_or_default();
        hosts(front.trim_ascii_end(), record)?;

        let rest = rest.strip_prefix(b" \"").ok_or("no request in quotes")?;
        let (request_line, rest) = request_field(rest).ok_or("request is not closed, or no status follows")?;
        request(request_line, record);
        let (status, rest) = word(rest);
        set_number(record, Col::Status, status).ok_or("status is not a number")?;
        let (bytes, rest) = word(rest);
        let bytes = bytes.strip_suffix(b"\"").unwrap_or(bytes);
        set_number(record, Col::Bytes, bytes).ok_or("bytes are not a number")?;
        let rest = tail(rest, record);
        if !self.known_more(rest, record) {
            more(rest, record);
        }
        Ok(())
    }

    /// Sets the fields behind the user agent, where they are those that are known.
    fn known_more<'a>(&self, rest: &'a [u8], record: &mut Record<'a>) -> bool {
        if self.more.is_empty() {
            return false;
        }
        let mut words = Words::new(rest, Cut::Quoted);
        let is_known =
            fill(&self.more, &mut words, None, record).is_ok_and(|n| n == self.more.len()) && words.rest().is_empty();
        if !is_known {
            forget(&self.more, record);
        }
        is_known
    }

    fn time<'a>(&mut self, text: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
        let words = words(text);
        if words.is_some_and(|words| words == self.last_time.0) {
            record.set(Col::Time as usize, Value::Time(self.last_time.1));
            record.set(Col::Timezone as usize, Value::Text(text.get(21..).unwrap_or_default()));
            return Ok(());
        }
        let stamp = timestamp::parse(text).ok_or("time is not understood")?;
        record.set(Col::Time as usize, timestamp::value(stamp));
        if let Some(offset) = stamp.offset {
            record.set(Col::Timezone as usize, Value::Text(offset));
        }
        if let (Some(words), Some(5)) = (words, stamp.offset.map(<[u8]>::len)) {
            self.last_time = (words, stamp.time);
        }
        Ok(())
    }
}

/// Whether syslog's header stands in front: `<190>…`, `Mar  2 07:10:09 …`, `2026-03-02T07:10:09Z web1 nginx: …`.
fn is_of_syslog(front: &[u8]) -> bool {
    match front {
        [b'<', b'0'..=b'9', ..] | [b'A'..=b'Z', _, _, b' ', _, _, b' ', _, _, b':', _, _, b':', ..] => true,
        [b'0'..=b'9', _, _, _, b'-', _, _, b'-', _, _, b'T', ..] => memchr::memmem::find(front, b": ").is_some(),
        _ => false,
    }
}

/// The 26 bytes of a usual time as words, which compare at once; none for other lengths.
fn words(time: &[u8]) -> Option<[u64; 4]> {
    let at = |from: usize| time.get(from..).and_then(<[u8]>::first_chunk::<8>).map(|bytes| u64::from_le_bytes(*bytes));
    if time.len() == 26 { Some([at(0)?, at(8)?, at(16)?, at(18)?]) } else { None }
}

/// `[vhost[:port]] host ident user`; the host may be a list, as `X-Forwarded-For` has it.
fn hosts<'a>(front: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
    if memchr(b',', front).is_some()
        && let Some(rest) = forwarded(front, record)
    {
        identity(rest, record);
        return Ok(());
    }
    let (mut host, mut rest) = word(front);
    let (second, after) = word(rest);
    // A user may have spaces, a host has not: more than three words with an address second, or with nobody behind, is a
    // virtual host in front.
    let is_host = match memchr(b' ', after) {
        None => false,
        Some(_) if after == b"- -" => second != b"-",
        Some(_) => looks_like_address(second) && !looks_like_address(host),
    };
    if is_host {
        virtual_host(host, record);
        (host, rest) = (second, after);
    }
    if host.is_empty() {
        return Err("no address in front");
    }
    let column = if looks_like_address(host) { Col::Ip } else { Col::Name };
    set_text(record, column, host);
    identity(rest, record);
    Ok(())
}

/// `ident user`.
fn identity<'a>(words: &'a [u8], record: &mut Record<'a>) {
    let (ident, user) = word(words);
    set_text(record, Col::Ident, ident);
    set_text(record, Col::User, user);
}

/// `[vhost[:port]] host, host, host [host] ident user`, perhaps with the list in quotes: the first host that is on the
/// Internet is where the request came from, the first of all where none is. Gives what follows; none where this is no list.
fn forwarded<'a>(front: &'a [u8], record: &mut Record<'a>) -> Option<&'a [u8]> {
    let (first, after) = word(front);
    let list = if first.last() == Some(&b',') {
        front
    } else {
        let (second, _) = word(after);
        if second.last() != Some(&b',') {
            return None;
        }
        virtual_host(first, record);
        after
    };
    let (mut last, mut rest) = word(list);
    while last.last() == Some(&b',') {
        (last, rest) = word(rest);
    }
    let text = list.get(..list.len() - rest.len())?.trim_ascii_end();
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    set_text(record, Col::Forwarded, text);
    let hosts = || text.split(|b| *b == b',').map(<[u8]>::trim_ascii).filter(|host| !host.is_empty());
    let host = hosts().find(|host| is_public(host)).or_else(|| hosts().next())?;
    set_text(record, if looks_like_address(host) { Col::Ip } else { Col::Name }, host);
    // The one that the server saw follows the list.
    let (proxy, behind) = word(rest);
    Some(if looks_like_address(proxy) { behind } else { rest })
}

/// Whether a host is an address on the Internet.
fn is_public(host: &[u8]) -> bool {
    match std::str::from_utf8(host).ok().and_then(|host| host.parse().ok()) {
        Some(IpAddr::V4(ip)) => !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()),
        Some(IpAddr::V6(ip)) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()),
        None => false,
    }
}

fn virtual_host<'a>(host: &'a [u8], record: &mut Record<'a>) {
    let (name, port) = host_and_port(host);
    set_text(record, Col::Domain, name);
    if let Some(port) = port {
        record.set(Col::Port as usize, Value::Integer(port));
    }
}

/// The request up to the quote that a status follows, and what comes after it. A quote that is escaped ends it only where
/// no other one does, so what a client sends is not taken for the status.
fn request_field(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0;
    let mut escaped = None;
    while let Some(found) = rest.get(from..).and_then(|rest| memchr(b'"', rest)) {
        let at = from + found;
        let after = rest.get(at + 1..)?;
        let status_follows = match after {
            [b' ', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', next, ..] => *next == b' ',
            [b' ', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] | [b' ', b'-', b' ', ..] => true,
            _ => false,
        };
        if status_follows && !is_escaped(rest, at) {
            return Some((rest.get(..at)?, after.get(1..)?));
        }
        if status_follows && escaped.is_none() {
            escaped = Some(at);
        }
        from = at + 1;
    }
    let at = escaped?;
    Some((rest.get(..at)?, rest.get(at + 2..)?))
}

fn request<'a>(line: &'a [u8], record: &mut Record<'a>) {
    if matches!(line, b"" | b"-") {
        return;
    }
    let Some((method, target, version)) = split_request(line) else {
        set_text(record, Col::RequestLine, line);
        return;
    };
    set_text(record, Col::Method, method);
    if let Some(version) = version {
        set_text(record, Col::Version, version);
    }
    self::target(method, target, record);
}

/// Method, target, and version where there is one.
pub(super) type RequestParts<'a> = (&'a [u8], &'a [u8], Option<&'a [u8]>);

/// The parts of a request. **Null**: none where it is no HTTP request.
pub(super) fn split_request(line: &[u8]) -> Option<RequestParts<'_>> {
    let space = memchr(b' ', line)?;
    let (method, rest) = (line.get(..space)?, line.get(space + 1..)?);
    let is_token =
        (1..=24).contains(&method.len()) && method.iter().all(|b| b.is_ascii_alphabetic() || b"-_".contains(b));
    if !is_token {
        return None;
    }
    // The version is the last word; nearly every line ends in " HTTP/x.y".
    let cut = match rest.len().checked_sub(9) {
        Some(at) if rest.get(at..at + 6) == Some(b" HTTP/") => Some(at),
        _ => memchr::memmem::rfind(rest, b" HTTP/"),
    };
    match cut {
        Some(at) => Some((method, rest.get(..at)?, rest.get(at + 6..))),
        None if method.iter().all(u8::is_ascii_uppercase) => Some((method, rest, None)),
        None => None,
    }
}

fn target<'a>(method: &[u8], target: &'a [u8], record: &mut Record<'a>) {
    let mut local = target;
    if method == b"CONNECT" {
        return virtual_host(target, record);
    }
    if target.first() != Some(&b'/')
        && let Some(at) = memchr::memmem::find(target.get(..12.min(target.len())).unwrap_or_default(), b"://")
    {
        let rest = target.get(at + 3..).unwrap_or_default();
        let end = rest.iter().position(|b| b"/?#".contains(b)).unwrap_or(rest.len());
        virtual_host(rest.get(..end).unwrap_or_default(), record);
        local = rest.get(end..).unwrap_or_default();
    }
    match memchr(b'?', local) {
        Some(at) => {
            set_text(record, Col::Path, local.get(..at).unwrap_or_default());
            set_text(record, Col::Query, local.get(at + 1..).unwrap_or_default());
        }
        None => set_text(record, Col::Path, local),
    }
}

/// Sets referrer and user agent, and gives whatever follows.
fn tail<'a>(rest: &'a [u8], record: &mut Record<'a>) -> &'a [u8] {
    // Traefik writes a referrer that is missing without quotes.
    let (referrer, after) = match rest.strip_prefix(b"- \"") {
        Some(_) => (&[][..], rest.get(2..).unwrap_or_default()),
        None => match quoted(rest) {
            Some(parts) => parts,
            None => return rest,
        },
    };
    set_text(record, Col::Referrer, referrer);
    let Some((agent, after)) = quoted(after) else { return after };
    set_text(record, Col::Agent, agent);
    after
}

fn more<'a>(rest: &'a [u8], record: &mut Record<'a>) {
    let rest = rest.trim_ascii();
    // One field in quotes is kept without them.
    let inner = rest.strip_prefix(b"\"").and_then(|r| r.strip_suffix(b"\"")).filter(|r| memchr(b'"', r).is_none());
    let value = inner.unwrap_or(rest);
    if value != b"\"" {
        set_text(record, Col::More, value);
    }
}

/// A quoted field, which ends at a quote before a space or the end of the line, and what follows. A field that is cut
/// off by the end of the line is kept.
fn quoted(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = rest.strip_prefix(b"\"")?;
    let mut from = 0;
    while let Some(at) = rest.get(from..).and_then(|r| memchr(b'"', r)) {
        let at = from + at;
        match rest.get(at + 1) {
            None => return Some((rest.get(..at)?, &[])),
            // The quote of a line that is quoted as a whole.
            Some(b'"') if at + 2 == rest.len() => return Some((rest.get(..at)?, &[])),
            Some(b' ') if !is_escaped(rest, at) => return Some((rest.get(..at)?, rest.get(at + 2..)?)),
            _ => from = at + 1,
        }
    }
    Some((rest, &[]))
}

/// Whether an odd number of backslashes stands before a place.
pub(super) fn is_escaped(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    before.iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 1
}

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, &[]),
    }
}

pub(super) fn host_and_port(host: &[u8]) -> (&[u8], Option<i64>) {
    let split = memchr::memrchr(b':', host).and_then(|at| {
        let port = digits(host.get(at + 1..)?).filter(|p| *p <= 65_535)?;
        let name = host.get(..at)?;
        // More colons without brackets are an IPv6 address, not a port.
        (memchr(b':', name).is_none() || name.last() == Some(&b']')).then_some((name, port))
    });
    split.map_or((host, None), |(name, port)| (name, Some(port)))
}

/// Whether a host is an address, by its look.
pub(super) fn looks_like_address(host: &[u8]) -> bool {
    match host.first() {
        Some(b'0'..=b'9') => {
            host.iter().all(|b| b.is_ascii_digit() || *b == b'.') || memchr(b':', host).is_some_and(|_| is_hex(host))
        }
        Some(_) => memchr(b':', host).is_some() && is_hex(host),
        None => false,
    }
}

/// Digits, colons, dots of an IPv6 address.
fn is_hex(host: &[u8]) -> bool {
    host.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        && memchr::memchr_iter(b':', host).count() > 1
}

fn set_text<'a>(record: &mut Record<'a>, column: Col, text: &'a [u8]) {
    super::set_text(record, column as usize, text);
}

/// Sets a number; `-` stays null. **Null**: none where it is neither.
fn set_number(record: &mut Record<'_>, column: Col, text: &[u8]) -> Option<()> {
    if text != b"-" {
        record.set(column as usize, Value::Integer(digits(text)?));
    }
    Some(())
}

/// A share of lines from which the format is believed: such a line is hard to mistake, and attacks leave many broken ones.
const ENOUGH: f64 = 0.2;

/// The access log that the beginning of a file shows.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let variants: Vec<AccessSpec> = head.lines.iter().filter_map(|line| variant(line)).collect();
    let share = variants.len() as f64 / head.lines.len().max(1) as f64;
    let most = |has: fn(&AccessSpec) -> bool| variants.iter().filter(|v| has(v)).count() * 2 > variants.len();
    let spec = AccessSpec {
        has_vhost: most(|v| v.has_vhost),
        is_combined: most(|v| v.is_combined),
        has_more: most(|v| v.has_more),
        more: [More::NginxIngress, More::Traefik]
            .into_iter()
            .find(|&more| variants.iter().filter(|v| v.more == more).count() * 2 > variants.len())
            .unwrap_or_default(),
    };
    let (n, of) = (variants.len(), head.lines.len());
    let evidence = format!("{n} of the first {of} lines are access-log lines ({})", spec.name());
    let spec = FormatSpec::Access(spec);
    let candidate = Candidate { spec, share, certainty: Certainty::Shape, evidence };
    if share >= ENOUGH { vec![candidate] } else { Vec::new() }
}

/// What a line shows of the variant; none where it is no access log.
fn variant(line: &[u8]) -> Option<AccessSpec> {
    let mut parser = AccessParser::new(More::Unknown);
    let mut record = Record::new(parser.columns.len());
    let mut scratch = Vec::new();
    if parser.parse(line, &mut scratch, &mut record) != Parsed::Row {
        return None;
    }
    let known = |more: &More| {
        let parser = AccessParser::new(*more);
        let Some(&Value::Text(rest)) = record.values.get(Col::More as usize) else { return false };
        // The two names of the ingress controller's upstream stand in brackets, also where there is none.
        let has_names = *more != More::NginxIngress || memchr::memmem::find(rest, b"] [").is_some();
        has_names && parser.known_more(rest, &mut Record::new(parser.columns.len()))
    };
    let more = [More::NginxIngress, More::Traefik].into_iter().find(known).unwrap_or_default();
    let has = |column: Col| !matches!(record.values.get(column as usize), None | Some(Value::Null));
    let bracket = memchr(b'[', line).unwrap_or(0);
    let words = line.get(..bracket).unwrap_or_default().split(|b| *b == b' ').filter(|w| !w.is_empty()).count();
    let quotes = memchr::memchr_iter(b'"', line).filter(|at| !is_escaped(line, *at)).count();
    Some(AccessSpec {
        has_vhost: words > 3 && has(Col::Domain),
        is_combined: quotes >= 6,
        has_more: has(Col::More),
        more,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `field=value` of all values that are not null.
    fn read(line: &str) -> String {
        read_more(More::Unknown, line)
    }

    fn read_more(more: More, line: &str) -> String {
        let mut parser = AccessParser::new(more);
        let mut record = Record::new(parser.columns.len());
        let mut scratch = Vec::new();
        match parser.parse(line.as_bytes(), &mut scratch, &mut record) {
            Parsed::Row => {}
            Parsed::Skip => return "skipped".into(),
            Parsed::Reject(reason) => return format!("rejected: {reason}"),
        }
        let values = record.values.iter().zip(&parser.columns).filter_map(|(value, column)| {
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

    fn request_of(request: &str) -> String {
        let line = read(&format!(r#"192.0.2.1 - - [17/May/2015:10:05:03 +0000] "{request}" 200 1"#));
        let inner =
            line.strip_prefix("@timestamp=2015-05-17T10:05:03Z | event.timezone=+0000 | source.ip=192.0.2.1 | ");
        inner
            .and_then(|l| l.strip_suffix("http.response.status_code=200 | http.response.body.bytes=1"))
            .unwrap_or(&line)
            .into()
    }

    #[test]
    fn common_and_combined() {
        assert_eq!(
            read(r#"192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif?x=1 HTTP/1.0" 200 2326"#),
            "@timestamp=2000-10-10T20:55:36Z | event.timezone=-0700 | source.ip=192.0.2.1 | user.name=frank | \
             http.request.method=GET | url.path=/a.gif | url.query=x=1 | http.version=1.0 | \
             http.response.status_code=200 | http.response.body.bytes=2326"
        );
        assert_eq!(
            read(
                r#"2001:db8::1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/2.0" 304 - "http://a/" "M/5 \"x\" y" "-""#
            ),
            "@timestamp=2000-10-10T13:55:36Z | event.timezone=+0000 | source.ip=2001:db8::1 | \
             http.request.method=GET | url.path=/ | http.version=2.0 | http.response.status_code=304 | \
             http.request.referrer=http://a/ | user_agent.original=M/5 \\\"x\\\" y"
        );
    }

    #[test]
    fn a_virtual_host_in_front_and_fields_behind() {
        assert_eq!(
            read(
                r#"shop.example:443 192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "curl" 0.003 "a""#
            ),
            "@timestamp=2000-10-10T13:55:36Z | event.timezone=+0000 | source.ip=192.0.2.1 | http.request.method=GET | \
             url.domain=shop.example | destination.port=443 | url.path=/ | http.version=1.1 | \
             http.response.status_code=200 | http.response.body.bytes=5 | user_agent.original=curl | access.more=0.003 \"a\""
        );
    }

    #[test]
    fn names_instead_of_addresses_and_users_with_spaces() {
        assert_eq!(
            read(r#"host.example - Jane Doe [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5"#),
            "@timestamp=2000-10-10T13:55:36Z | event.timezone=+0000 | source.domain=host.example | user.name=Jane Doe | \
             http.request.method=GET | url.path=/ | http.version=1.1 | http.response.status_code=200 | \
             http.response.body.bytes=5"
        );
    }

    #[test]
    fn what_a_client_sends_is_not_the_status() {
        let line = read(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET /?a=\" 200 7 \"b HTTP/1.1" 404 5"#);
        assert!(line.contains(r#"url.query=a=\" 200 7 \"b | "#) && line.contains("status_code=404"), "{line}");
        // Where quotes are not escaped a backslash may stand before the last one.
        let line = read(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET /a\" 404 5"#);
        assert!(line.contains(r"url.path=/a\ | ") && line.contains("status_code=404"), "{line}");
    }

    #[test]
    fn a_line_that_is_quoted_as_a_whole() {
        let line = read(
            r#""192.0.2.1 - - [22/Dec/2016:16:30:52 +0300] "GET / HTTP/1.1" 303 382 "http://x/D" "M (K) S/5.21"""#,
        );
        assert!(line.ends_with("http.request.referrer=http://x/D | user_agent.original=M (K) S/5.21"), "{line}");
    }

    #[test]
    fn requests_in_every_form() {
        assert_eq!(request_of("GET /"), "http.request.method=GET | url.path=/ | ");
        assert_eq!(request_of("-"), "");
        assert_eq!(request_of(""), "");
        assert_eq!(request_of(r"\x16\x03\x01"), r"http.request.line=\x16\x03\x01 | ");
        assert_eq!(request_of("OPTIONS * RTSP/1.0"), "http.request.method=OPTIONS | url.path=* RTSP/1.0 | ");
        assert_eq!(request_of("GET /a b HTTP/1.1"), "http.request.method=GET | url.path=/a b | http.version=1.1 | ");
        assert_eq!(
            request_of("GET /?q=\"x\" HTTP/3"),
            "http.request.method=GET | url.path=/ | url.query=q=\"x\" | http.version=3 | "
        );
        assert_eq!(
            request_of("GET http://h.example:8080/p?q HTTP/1.1"),
            "http.request.method=GET | url.domain=h.example | destination.port=8080 | url.path=/p | url.query=q | http.version=1.1 | "
        );
        assert_eq!(
            request_of("CONNECT h.example:443 HTTP/1.1"),
            "http.request.method=CONNECT | url.domain=h.example | destination.port=443 | http.version=1.1 | "
        );
    }

    #[test]
    fn a_cut_off_agent_is_kept_and_a_cut_off_request_is_not() {
        let line = read(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (comp"#);
        assert!(line.ends_with("user_agent.original=Mozilla/5.0 (comp"), "{line}");
        assert_eq!(
            read(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HT"#),
            "rejected: request is not closed, or no status follows"
        );
        assert_eq!(read("hello"), "rejected: no [time]");
        for header in ["<190>1 ", "Mar 12 07:10:09 web1 nginx: ", "2026-03-02T07:10:09Z web1 nginx: "] {
            let line = format!(r#"{header}192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5"#);
            assert_eq!(read(&line), "rejected: a header of syslog in front");
        }
        assert_eq!(read("  "), "skipped");
    }

    #[test]
    fn lists_of_hosts_and_hosts_in_front() {
        let front = |front: &str| {
            let line = read(&format!(r#"{front} [10/Oct/2000:13:55:36 +0000] "-" 408 -"#));
            let rest = line.strip_prefix("@timestamp=2000-10-10T13:55:36Z | event.timezone=+0000 | ");
            rest.unwrap_or(&line).replace(" | http.response.status_code=408", "")
        };
        assert_eq!(front("10.0.0.2, 10.0.0.1 - -"), "source.ip=10.0.0.2 | network.forwarded_ip=10.0.0.2, 10.0.0.1");
        assert_eq!(
            front("www.example.com:80 \"10.0.0.2, 198.51.100.7, 203.0.113.1\" 10.2.1.185 - anna"),
            "source.ip=198.51.100.7 | user.name=anna | url.domain=www.example.com | destination.port=80 | \
             network.forwarded_ip=10.0.0.2, 198.51.100.7, 203.0.113.1"
        );
        assert_eq!(
            front("\"10.0.0.2, 198.51.100.7\" 10.2.1.185 - -").split(" | ").next(),
            Some("source.ip=198.51.100.7")
        );
        assert_eq!(
            front("192.0.2.9 2001:db8::1, 10.0.0.1 10.2.1.185 - -"),
            "source.ip=2001:db8::1 | url.domain=192.0.2.9 | network.forwarded_ip=2001:db8::1, 10.0.0.1"
        );
        assert_eq!(
            front("localhost, localhost - -"),
            "source.domain=localhost | network.forwarded_ip=localhost, localhost"
        );
        assert_eq!(front("192.0.2.9 localhost - -"), "source.domain=localhost | url.domain=192.0.2.9");
        assert_eq!(
            front("www.example.com:80 unix: - -"),
            "source.domain=unix: | url.domain=www.example.com | destination.port=80"
        );
        assert_eq!(front("192.0.2.1 - Doe, Jane"), "source.ip=192.0.2.1 | user.name=Doe, Jane");
        assert_eq!(front("192.0.2.1 - - -"), "source.ip=192.0.2.1 | user.name=- -");
    }

    #[test]
    fn fields_behind_the_agent_have_their_names_where_they_are_known() {
        let line = r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5"#;
        let tail = |more: More, rest: &str| {
            let row = read_more(more, &format!("{line} {rest}"));
            row.split_once("http.response.body.bytes=5")
                .map(|(_, rest)| rest.trim_start_matches(" | ").to_owned())
                .unwrap_or(row)
        };
        assert_eq!(
            tail(More::Traefik, r#"- "curl" 262 "Host-1" "http://10.0.0.3:5601" 2ms"#),
            "user_agent.original=curl | traefik.access.request_count=262 | traefik.access.frontend_name=Host-1 | \
             traefik.access.backend_url=http://10.0.0.3:5601 | event.duration=2000000"
        );
        assert_eq!(
            tail(
                More::NginxIngress,
                r#""-" "curl" 89 0.001 [web] [] 10.0.0.5:80, [2001:db8::1]:80 0, 59 0.1, - 502, 200 52"#
            ),
            "user_agent.original=curl | http.request.bytes=89 | event.duration=1000000 | \
             nginx.ingress_controller.upstream.name=web | \
             nginx.ingress_controller.upstream_address=10.0.0.5:80, [2001:db8::1]:80 | \
             nginx.ingress_controller.upstream.response.length=0, 59 | \
             nginx.ingress_controller.upstream.response.time=0.1, - | \
             nginx.ingress_controller.upstream.response.status_code=502, 200 | http.request.id=52"
        );
        assert_eq!(
            tail(More::Traefik, r#""-" "curl" 262 "x" y"#),
            "user_agent.original=curl | access.more=262 \"x\" y"
        );
    }

    #[test]
    fn variants_have_their_names() {
        let check = |line: &str, name: &str| {
            assert_eq!(variant(line.as_bytes()).map(|v| v.name().into_owned()).as_deref(), Some(name), "{line}");
        };
        check(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5"#, "common");
        check(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "c""#, "combined");
        check(
            r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "c" 7"#,
            "combined, with more fields",
        );
        check(
            r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 - "c" 7 "a" "http://10.0.0.3:80" 0ms"#,
            "Traefik (common log format)",
        );
        check(
            r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 400 5 "-" "-" 0 0.000 [] [] - - - - 4c7d"#,
            "nginx ingress controller",
        );
        check(
            r#"v.example 192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "c""#,
            "virtual-host combined",
        );
    }
}
