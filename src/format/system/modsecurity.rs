//! The audit log of ModSecurity, all transactions in one file, and its alerts in error logs.
//! Specification: <https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats>.
//!
//! ```text
//! --c38fb137-A--                                    ModSecurity 3 writes ---c38fb137---A--
//! [time] transaction source port destination port
//! --c38fb137-B--                                    request line and headers
//! --c38fb137-F--                                    status line and headers of the answer
//! --c38fb137-H--                                    Message: Warning. … [id "…"] [msg "…"] [tag "…"]
//! --c38fb137-Z--
//! ```
//!
//! A transaction is a row; of its messages the first one that names a rule counts, and how many there are.

use memchr::{memchr, memmem};

use crate::schema::{ColumnSpec, Kind, Record, Value};

use super::super::access::host_and_port;
use super::super::{Parsed, Parser, timestamp};
use super::{Request, column, set_host, set_number, set_text};

/// What an alert says of the rule that matched, wherever it stands. Empty where it does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alert<'a> {
    /// The text before what stands in brackets.
    pub words: &'a [u8],
    /// The host that was asked.
    pub hostname: &'a [u8],
    /// The path that was asked.
    pub uri: &'a [u8],
    id: &'a [u8],
    msg: &'a [u8],
    severity: &'a [u8],
    unique_id: &'a [u8],
    tag: &'a [u8],
}

/// Columns of an alert, which stand together in a record.
pub(super) const ALERT_COLUMNS: [(&str, Kind); 5] = [
    ("rule.id", Kind::Keyword),
    ("rule.name", Kind::Keyword),
    ("rule.category", Kind::Keyword),
    ("event.severity", Kind::Integer),
    ("event.id", Kind::Keyword),
];

/// Severities in the order of their numbers.
const SEVERITIES: [&[u8]; 8] =
    [b"EMERGENCY", b"ALERT", b"CRITICAL", b"ERROR", b"WARNING", b"NOTICE", b"INFO", b"DEBUG"];

impl<'a> Alert<'a> {
    /// The alert in a message of an error log; none where ModSecurity did not write it.
    pub fn parse(message: &'a [u8]) -> Option<Self> {
        (message.starts_with(b"ModSecurity: ") || message.starts_with(b"ModSecurity-nginx: "))
            .then(|| Self::of(message))
    }

    /// The alert in a text. What was matched stands in front and may look like anything, so `[file "…"]` begins the rest.
    fn of(text: &'a [u8]) -> Self {
        let start = memmem::find(text, b" [file \"").or_else(|| memmem::find(text, b" [id \""));
        let (words, mut rest) = text.split_at(start.unwrap_or(text.len()));
        let mut alert = Self { words, ..Self::default() };
        while let Some(after) = rest.strip_prefix(b" [") {
            let Some((key, value, behind)) = tagged(after) else { break };
            match key {
                b"id" => alert.id = value,
                b"msg" => alert.msg = value,
                b"severity" => alert.severity = value,
                b"hostname" => alert.hostname = value,
                b"uri" => alert.uri = value,
                b"unique_id" => alert.unique_id = value,
                b"tag" if alert.tag.is_empty() || (value.starts_with(b"attack-") && !alert.is_attack()) => {
                    alert.tag = value;
                }
                _ => {}
            }
            rest = behind;
        }
        alert
    }

    fn is_attack(&self) -> bool {
        self.tag.starts_with(b"attack-")
    }

    /// Sets `ALERT_COLUMNS`, of which the first one is at `first`.
    pub fn fill(&self, record: &mut Record<'a>, first: usize) {
        set_text(record, first, self.id);
        set_text(record, first + 1, self.msg);
        set_text(record, first + 2, self.tag);
        match SEVERITIES.iter().position(|name| self.severity.eq_ignore_ascii_case(name)) {
            Some(number) => record.set(first + 3, Value::Integer(number as i64)),
            None => set_number(record, first + 3, self.severity),
        }
        set_text(record, first + 4, self.unique_id);
    }
}

/// A key, its value and what follows of `key "value"]…`.
fn tagged(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = memchr(b' ', text).filter(|at| *at <= 20)?;
    let value = text.get(space + 1..)?.strip_prefix(b"\"")?;
    let mut from = 0;
    loop {
        let at = from + memchr(b'"', value.get(from..)?)?;
        // A quote inside is escaped, or does not end the bracket.
        if value.get(at + 1) == Some(&b']') && value.get(at.wrapping_sub(1)) != Some(&b'\\') {
            return Some((text.get(..space)?, value.get(..at)?, value.get(at + 2..)?));
        }
        from = at + 1;
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
    Port,
    DestinationIp,
    DestinationName,
    DestinationPort,
    Method,
    RequestLine,
    Scheme,
    Domain,
    UrlPort,
    Path,
    Query,
    Version,
    Referrer,
    Agent,
    Status,
    Action,
    Messages,
    Message,
    /// The first column of the alert.
    Alert,
}

/// In the order of [`Col`].
const COLUMNS: [(&str, Kind); Col::Alert as usize] = [
    ("@timestamp", Kind::Time),
    ("event.timezone", Kind::Keyword),
    ("source.ip", Kind::Ip),
    ("source.domain", Kind::Keyword),
    ("source.port", Kind::Integer),
    ("destination.ip", Kind::Ip),
    ("destination.domain", Kind::Keyword),
    ("destination.port", Kind::Integer),
    ("http.request.method", Kind::Keyword),
    ("http.request.line", Kind::Keyword),
    ("url.scheme", Kind::Keyword),
    ("url.domain", Kind::Keyword),
    ("url.port", Kind::Integer),
    ("url.path", Kind::Keyword),
    ("url.query", Kind::Keyword),
    ("http.version", Kind::Keyword),
    ("http.request.referrer", Kind::Keyword),
    ("user_agent.original", Kind::Keyword),
    ("http.response.status_code", Kind::Integer),
    ("event.action", Kind::Keyword),
    ("modsecurity.audit.messages", Kind::Integer),
    ("message", Kind::Keyword),
];

/// Parses ModSecurity's audit log.
pub struct AuditParser {
    columns: Vec<ColumnSpec>,
}

impl Default for AuditParser {
    fn default() -> Self {
        Self { columns: COLUMNS.iter().chain(&ALERT_COLUMNS).map(|(name, kind)| column(name, *kind)).collect() }
    }
}

impl Parser for AuditParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, text: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if text.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        match fill(text, record) {
            Ok(()) => Parsed::Row,
            Err(reason) => Parsed::Reject(reason.into()),
        }
    }

    fn begins(&mut self, line: &[u8]) -> bool {
        boundary(line).is_some_and(|(_, part)| part == b'A')
    }
}

/// The transaction and the part of `--c38fb137-A--`.
fn boundary(line: &[u8]) -> Option<(&[u8], u8)> {
    let inner = line.strip_prefix(b"--")?.strip_suffix(b"--")?;
    let [id @ .., b'-', part @ b'A'..=b'Z'] = inner else { return None };
    let is_id = (4..=64).contains(&id.len()) && id.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    is_id.then_some((id, *part))
}

/// What was seen of a transaction.
#[derive(Default)]
struct Seen<'a> {
    part: u8,
    /// Whether the first line of the part has been read.
    is_begun: bool,
    /// Whether the headers of the part have ended.
    is_past_headers: bool,
    n_messages: i64,
    alert: Option<Alert<'a>>,
}

fn fill<'a>(text: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
    let mut lines = text.split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let (id, _) = lines.next().and_then(boundary).filter(|(_, part)| *part == b'A').ok_or("no part A begins here")?;
    audited(lines.next().unwrap_or_default(), record).ok_or("the first line of part A is not understood")?;
    let mut seen = Seen::default();
    for line in lines {
        match boundary(line) {
            Some((same, b'Z')) if same == id => break,
            Some((same, part)) if same == id => {
                seen = Seen { part, is_begun: false, is_past_headers: false, ..seen };
            }
            _ => take(line, &mut seen, record),
        }
    }
    record.set(Col::Messages as usize, Value::Integer(seen.n_messages));
    if let Some(alert) = seen.alert {
        set_text(record, Col::Message as usize, alert.words);
        alert.fill(record, Col::Alert as usize);
    }
    // The transaction has one identifier, whatever messages say.
    let first = text.split(|b| *b == b'\n').nth(1).unwrap_or_default();
    if let Some(id) = first.splitn(4, |b| *b == b' ').nth(2) {
        set_text(record, Col::Alert as usize + 4, id);
    }
    Ok(())
}

/// `[time] transaction source port destination port`.
fn audited<'a>(line: &'a [u8], record: &mut Record<'a>) -> Option<()> {
    let end = memchr(b']', line)?;
    let stamp = timestamp::common(line.get(1..end)?)?;
    record.set(Col::Time as usize, timestamp::value(stamp));
    set_text(record, Col::Timezone as usize, stamp.offset.unwrap_or_default());
    let mut words = line.get(end + 2..)?.split(|b| *b == b' ').skip(1);
    set_host(record, (Col::Ip as usize, Col::Name as usize), words.next()?);
    set_number(record, Col::Port as usize, words.next()?);
    set_host(record, (Col::DestinationIp as usize, Col::DestinationName as usize), words.next()?);
    set_number(record, Col::DestinationPort as usize, words.next()?);
    Some(())
}

fn take<'a>(line: &'a [u8], seen: &mut Seen<'a>, record: &mut Record<'a>) {
    let is_first = !std::mem::replace(&mut seen.is_begun, true);
    match seen.part {
        b'B' if is_first => request(line, record),
        b'B' if line.is_empty() => seen.is_past_headers = true,
        b'B' if !seen.is_past_headers => header(line, record),
        b'F' if is_first => {
            set_number(record, Col::Status as usize, line.split(|b| *b == b' ').nth(1).unwrap_or_default());
        }
        b'H' => {
            if let Some(message) = line.strip_prefix(b"Message: ").or_else(|| line.strip_prefix(b"ModSecurity: ")) {
                seen.n_messages += 1;
                // The first that names a rule, else the first.
                if seen.alert.is_none_or(|alert| alert.id.is_empty()) {
                    let alert = Alert::of(message);
                    if seen.alert.is_none() || !alert.id.is_empty() {
                        seen.alert = Some(alert);
                    }
                }
            } else if let Some(action) = line.strip_prefix(b"Action: ") {
                let end = memmem::find(action, b" (").unwrap_or(action.len());
                set_text(record, Col::Action as usize, action.get(..end).unwrap_or_default());
            }
        }
        _ => {}
    }
}

fn request<'a>(line: &'a [u8], record: &mut Record<'a>) {
    let Some(request) = Request::parse(line) else { return set_text(record, Col::RequestLine as usize, line) };
    set_text(record, Col::Method as usize, request.method);
    set_text(record, Col::Version as usize, request.version);
    set_text(record, Col::Scheme as usize, request.scheme);
    set_text(record, Col::Path as usize, request.path);
    set_text(record, Col::Query as usize, request.query);
    domain(request.host, record);
}

fn header<'a>(line: &'a [u8], record: &mut Record<'a>) {
    let Some(at) = memchr(b':', line) else { return };
    let (name, value) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default().trim_ascii());
    let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
    if is(b"host") {
        domain(value, record);
    } else if is(b"user-agent") {
        set_text(record, Col::Agent as usize, value);
    } else if is(b"referer") {
        set_text(record, Col::Referrer as usize, value);
    }
}

fn domain<'a>(host: &'a [u8], record: &mut Record<'a>) {
    // What the request line says counts, the header comes after it.
    if host.is_empty() || record.values.get(Col::Domain as usize).is_some_and(|known| *known != Value::Null) {
        return;
    }
    let (name, port) = host_and_port(host);
    set_text(record, Col::Domain as usize, name);
    if let Some(port) = port {
        record.set(Col::UrlPort as usize, Value::Integer(port));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::FormatSpec;
    use super::super::{SystemSpec, read};
    use super::boundary;

    const TRANSACTION: &str = "--0a1b2c3d-A--\n[11/Dec/2025:09:30:08 +0700] UMaasH8 192.0.2.134 51235 198.51.100.1 80\n\
        --0a1b2c3d-B--\nGET /a?b=../ HTTP/1.1\nHost: shop.example:8080\nUSER-AGENT: w3af\nReferer: http://r.example/\n\n\
        --0a1b2c3d-F--\nHTTP/1.1 403 Forbidden\nServer: x\n\n--0a1b2c3d-E--\n--ffffffff-Z--\nMessage: none\n\
        --0a1b2c3d-H--\nMessage: Rule error\n\
        Message: Access denied with code 403 (phase 2). Matched phrase \"w3af\". [file \"/r.conf\"] [id \"990002\"] \
        [msg \"A scanner\"] [severity \"WARNING\"] [tag \"AUTOMATION/SCANNER\"]\nAction: Intercepted (phase 2)\n\
        --0a1b2c3d-Z--\n\n";

    fn check(text: &str, expected: &str) {
        assert_eq!(read(&FormatSpec::System(SystemSpec::ModsecurityAudit), text), expected, "{text}");
    }

    #[test]
    fn a_transaction_is_a_row() {
        check(
            TRANSACTION,
            "@timestamp=2025-12-11T02:30:08Z | event.timezone=+0700 | source.ip=192.0.2.134 | source.port=51235 | \
             destination.ip=198.51.100.1 | destination.port=80 | http.request.method=GET | url.domain=shop.example | \
             url.port=8080 | url.path=/a | url.query=b=../ | http.version=1.1 | http.request.referrer=http://r.example/ | \
             user_agent.original=w3af | http.response.status_code=403 | event.action=Intercepted | \
             modsecurity.audit.messages=2 | message=Access denied with code 403 (phase 2). Matched phrase \"w3af\". | \
             rule.id=990002 | rule.name=A scanner | rule.category=AUTOMATION/SCANNER | event.severity=4 | event.id=UMaasH8",
        );
    }

    #[test]
    fn parts_have_boundaries_of_both_versions() {
        assert_eq!(boundary(b"--c38fb137-A--"), Some((&b"c38fb137"[..], b'A')));
        assert_eq!(boundary(b"---nGvYtxmc---H--"), Some((&b"-nGvYtxmc--"[..], b'H')));
        for line in [&b"--x-A--"[..], b"-- c38fb137-A--", b"--c38fb137-a--", b"----", b"--c38fb137-AA--", b""] {
            assert_eq!(boundary(line), None);
        }
    }

    #[test]
    fn what_is_none_is_told() {
        check("\n", "skipped");
        check("--0a1b2c3d-B--", "rejected: no part A begins here");
        check("--0a1b2c3d-A--\nx", "rejected: the first line of part A is not understood");
    }
}
