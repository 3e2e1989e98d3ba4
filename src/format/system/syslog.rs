//! What syslog carries: its header is peeled off, and what follows is read as the format that it is.
//! Specification: [RFC 3164](https://www.rfc-editor.org/rfc/rfc3164), [RFC 5424](https://www.rfc-editor.org/rfc/rfc5424),
//! and the forms that daemons write into files: without `<PRI>`, with an ISO time.
//!
//! ```text
//! [<PRI>]Feb  9 21:19:40 host program[pid]: message
//! [<PRI>]2026-02-09T21:19:40.123+01:00 host program[pid]: message
//! <PRI>1 2026-02-09T21:19:40Z host program pid msgid [structured data] message
//! ```
//!
//! A line whose message the format inside does not understand is a row with its `message`: other programs write into
//! the same file. Messages about users are read by `auth`.

use std::borrow::Cow;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, FieldName, Kind, Record, Value};

use super::super::detect::{Candidate, Certainty, Head, plain_candidates};
use super::super::numbers::digits;
use super::super::{Format, FormatSpec, Framing, Parsed, Parser, timestamp};
use super::{auth, column, set_number, set_text};

/// What the beginning of a log from syslog shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyslogSpec {
    /// The format of the messages; [`FormatSpec::Unknown`] where they are words.
    pub inner: Box<FormatSpec>,
}

impl Format for SyslogSpec {
    fn name(&self) -> Cow<'_, str> {
        match self.inner.name() {
            None => "syslog".into(),
            Some(inner) => format!("{inner}, through syslog").into(),
        }
    }

    fn dataset(&self) -> Cow<'_, str> {
        match *self.inner {
            FormatSpec::Unknown => "system.syslog".into(),
            _ => self.inner.dataset().into(),
        }
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        self.inner.columns()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(SyslogParser::new(&self.inner))
    }
}

/// Columns of the header, which stand behind those of the message.
#[derive(Clone, Copy)]
enum Col {
    Time,
    Timezone,
    Level,
    Message,
    Host,
    Process,
    Pid,
    Priority,
    MessageId,
    Data,
}

/// In the order of [`Col`].
const COLUMNS: [(&str, Kind); 10] = [
    ("@timestamp", Kind::Time),
    ("event.timezone", Kind::Keyword),
    ("log.level", Kind::Keyword),
    ("message", Kind::Keyword),
    ("host.name", Kind::Keyword),
    ("process.name", Kind::Keyword),
    ("process.pid", Kind::Integer),
    ("log.syslog.priority", Kind::Integer),
    ("log.syslog.msgid", Kind::Keyword),
    ("log.syslog.structured_data", Kind::Keyword),
];

/// Severities in the order of their numbers.
const LEVELS: [&[u8]; 8] =
    [b"emergency", b"alert", b"critical", b"error", b"warning", b"notice", b"informational", b"debug"];

/// A line in its parts. Empty where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Header<'a> {
    priority: Option<i64>,
    time: Value<'a>,
    offset: &'a [u8],
    host: &'a [u8],
    process: &'a [u8],
    pid: &'a [u8],
    message_id: &'a [u8],
    data: &'a [u8],
    message: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(line: &'a [u8]) -> Result<Self, &'static str> {
        let (priority, rest) = priority(line);
        match rest.strip_prefix(b"1 ") {
            Some(rest) if priority.is_some() => Self::rfc5424(priority, rest).ok_or("header is not understood"),
            _ => Self::rfc3164(priority, rest),
        }
    }

    fn rfc3164(priority: Option<i64>, text: &'a [u8]) -> Result<Self, &'static str> {
        let (time, offset, rest) = time(text).ok_or("no syslog time in front")?;
        let (host, rest) = word(rest);
        let mut header = Self { priority, time, offset, host, message: rest.trim_ascii_start(), ..Self::default() };
        // Where a message has no tag its first word may end in a colon only by chance; a host never does.
        match tag(header.message).or_else(|| tag(host).filter(|(_, _, rest)| rest.is_empty())) {
            Some((process, pid, _)) if tag(header.message).is_none() => {
                (header.process, header.pid, header.host) = (process, pid, b"");
            }
            Some((process, pid, message)) => (header.process, header.pid, header.message) = (process, pid, message),
            None => {}
        }
        Ok(header)
    }

    fn rfc5424(priority: Option<i64>, text: &'a [u8]) -> Option<Self> {
        let (time, rest) = word(text);
        let (time, offset) = match time {
            b"-" => (Value::Null, &[][..]),
            time => {
                let stamp = timestamp::parse(time)?;
                (timestamp::value(stamp), stamp.offset.unwrap_or_default())
            }
        };
        let (host, rest) = word(rest);
        let (process, rest) = word(rest);
        let (pid, rest) = word(rest);
        let (message_id, rest) = word(rest);
        let (data, rest) = structured_data(rest)?;
        let message = rest.strip_prefix(b" ").unwrap_or(rest);
        let message = message.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(message);
        Some(Self { priority, time, offset, host, process, pid, message_id, data, message })
    }
}

/// `<PRI>` and what follows.
fn priority(line: &[u8]) -> (Option<i64>, &[u8]) {
    let found = line.strip_prefix(b"<").and_then(|rest| {
        let end = memchr(b'>', rest.get(..5.min(rest.len()))?)?;
        let number = digits(rest.get(..end)?).filter(|number| *number <= 191)?;
        Some((Some(number), rest.get(end + 1..)?))
    });
    found.unwrap_or((None, line))
}

/// The time in front, its offset, and what follows the space behind it.
fn time(text: &[u8]) -> Option<(Value<'_>, &[u8], &[u8])> {
    if text.first()?.is_ascii_digit() {
        let (time, rest) = word(text);
        let stamp = timestamp::parse(time).filter(|_| time.get(10) == Some(&b'T'))?;
        return Some((timestamp::value(stamp), stamp.offset.unwrap_or_default(), rest));
    }
    let (time, rest) = timestamp::month_first(text)?;
    Some((time, b"", rest))
}

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let at = memchr(b' ', text).unwrap_or(text.len());
    (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default())
}

/// How long a program's name may be, with its number.
const TAG_BYTES: usize = 80;

/// The program, its number and the message of `program[pid]: message`.
fn tag(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let end = text.iter().take(TAG_BYTES).position(|b| *b == b':' || *b == b' ').filter(|at| *at > 0)?;
    if text.get(end) != Some(&b':') || !matches!(text.get(end + 1), None | Some(b' ')) {
        return None;
    }
    let tag = text.get(..end)?;
    let message = text.get(end + 2..).unwrap_or_default().trim_ascii_start();
    let (name, pid) = match (memchr(b'[', tag), tag.strip_suffix(b"]")) {
        (Some(at), Some(inner)) => (tag.get(..at)?, inner.get(at + 1..)?),
        _ => (tag, &[][..]),
    };
    let is_name = name.iter().all(|b| b.is_ascii_alphanumeric() || b"._-/()@".contains(b));
    (is_name && !name.is_empty()).then_some((name, pid, message))
}

/// `-`, or elements in brackets, and what follows.
fn structured_data(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(rest) = text.strip_prefix(b"-") {
        return Some((&[], rest));
    }
    let mut at = 0;
    while text.get(at) == Some(&b'[') {
        let mut is_quoted = false;
        loop {
            at += 1;
            match text.get(at)? {
                b'\\' if is_quoted => at += 1,
                b'"' => is_quoted = !is_quoted,
                b']' if !is_quoted => break,
                _ => {}
            }
        }
        at += 1;
    }
    (at > 0).then(|| Some((text.get(..at)?, text.get(at..)?))).flatten()
}

/// Parses lines from syslog.
pub struct SyslogParser {
    columns: Vec<ColumnSpec>,
    /// None where messages are words.
    inner: Option<Box<dyn Parser>>,
    /// Where the header's columns are: the message may have the same.
    places: [usize; COLUMNS.len()],
    /// Where the columns of `auth` begin.
    auth: usize,
}

impl SyslogParser {
    /// A parser of lines whose messages are of that format.
    pub fn new(inner: &FormatSpec) -> Self {
        let inner = (*inner != FormatSpec::Unknown).then(|| inner.parser());
        let mut columns = inner.as_ref().map_or_else(Vec::new, |inner| inner.columns().to_vec());
        let places = COLUMNS.map(|(name, kind)| {
            let known = columns.iter().position(|column| column.name.as_str() == name);
            known.unwrap_or_else(|| {
                columns.push(column(name, kind));
                columns.len() - 1
            })
        });
        let auth = columns.len();
        if inner.is_none() {
            columns.extend(auth::COLUMNS.iter().map(|(name, kind)| column(name, *kind)));
        }
        Self { columns, inner, places, auth }
    }

    /// Where a column of the header is, if the message has not said it.
    fn free(&self, column: Col, record: &Record<'_>) -> Option<usize> {
        let at = *self.places.get(column as usize)?;
        (record.values.get(at) == Some(&Value::Null)).then_some(at)
    }

    fn fill<'a>(&self, header: &Header<'a>, record: &mut Record<'a>) {
        let severity = header.priority.and_then(|priority| LEVELS.get(priority as usize & 7)).copied();
        if let Some(at) = self.free(Col::Time, record) {
            record.set(at, header.time);
            if let Some(at) = self.free(Col::Timezone, record) {
                set_text(record, at, header.offset);
            }
        }
        let texts = [
            (Col::Level, severity.unwrap_or_default()),
            (Col::Host, header.host),
            (Col::Process, header.process),
            (Col::MessageId, header.message_id),
            (Col::Data, header.data),
        ];
        for (column, text) in texts {
            if let Some(at) = self.free(column, record) {
                set_text(record, at, text);
            }
        }
        if let Some(at) = self.free(Col::Pid, record) {
            set_number(record, at, header.pid);
        }
        if let (Some(at), Some(priority)) = (self.free(Col::Priority, record), header.priority) {
            record.set(at, Value::Integer(priority));
        }
    }
}

impl Parser for SyslogParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        let header = match Header::parse(line) {
            Ok(header) => header,
            Err(reason) => return Parsed::Reject(reason.into()),
        };
        let is_read = match &mut self.inner {
            Some(inner) => inner.parse(header.message, scratch, record) == Parsed::Row,
            None => {
                auth::fill(header.process, header.message, record, self.auth);
                false
            }
        };
        if !is_read {
            if self.inner.is_some() {
                record.clear();
            }
            if let Some(&at) = self.places.get(Col::Message as usize) {
                set_text(record, at, header.message);
            }
        }
        self.fill(&header, record);
        Parsed::Row
    }
}

/// A share of lines with a syslog header from which syslog is believed.
const ENOUGH: f64 = 0.5;

/// Syslog, and the format of what it carries.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let headers: Vec<Header<'_>> = head.lines.iter().filter_map(|line| Header::parse(line).ok()).collect();
    // A time and words may be of many logs: the program's name, or the priority, is what syslog has.
    let is_typical = |h: &&Header<'_>| h.priority.is_some() || !h.process.is_empty() || is_repeated(h.message);
    let (n, of) = (headers.iter().filter(is_typical).count(), head.lines.len());
    let share = n as f64 / of.max(1) as f64;
    if share < ENOUGH {
        return Vec::new();
    }
    let lines: Vec<&[u8]> = headers.iter().map(|h| h.message).filter(|m| !m.trim_ascii().is_empty()).collect();
    let inner = carried(&lines, head);
    let spec = FormatSpec::Syslog(SyslogSpec { inner: Box::new(inner) });
    let evidence = format!("{n} of the first {of} lines have a syslog header ({})", spec.name().unwrap_or_default());
    vec![Candidate { spec, share, certainty: Certainty::Shape, evidence }]
}

fn is_repeated(message: &[u8]) -> bool {
    message.starts_with(b"last message repeated ") || message.starts_with(b"message repeated ")
}

/// The format of the messages, where most are of one that is read line by line.
fn carried(messages: &[&[u8]], head: &Head<'_>) -> FormatSpec {
    let bytes = messages.join(&b'\n');
    let inner = Head { bytes: &bytes, lines: messages.to_vec(), mapped: head.mapped };
    let fits =
        |c: &Candidate| c.share >= ENOUGH && c.certainty > Certainty::Guess && c.spec.framing() != Framing::Joined;
    let best = if messages.is_empty() { None } else { plain_candidates(&inner).into_iter().find(fits) };
    // Each line has a header of its own, so a record never goes over lines.
    best.map_or(FormatSpec::Unknown, |candidate| candidate.spec)
}

#[cfg(test)]
mod tests {
    use super::super::super::detect::{MappedColumns, detect};
    use super::super::read;
    use super::*;

    fn check(line: &str, expected: &str) {
        let spec = FormatSpec::Syslog(SyslogSpec { inner: Box::new(FormatSpec::Unknown) });
        assert_eq!(read(&spec, line), expected, "{line}");
    }

    #[test]
    fn headers_of_all_forms() {
        check(
            "Feb  9 21:19:40 web1 cron[12]: hello",
            "@timestamp=1972-02-09T21:19:40Z | message=hello | host.name=web1 | process.name=cron | process.pid=12",
        );
        check(
            "<38>Feb 19 21:19:40 web1 app: hello: you",
            "@timestamp=1972-02-19T21:19:40Z | log.level=informational | message=hello: you | host.name=web1 | \
             process.name=app | log.syslog.priority=38",
        );
        check(
            "2026-02-09T21:19:40.5+01:00 web1 app[7]: x",
            "@timestamp=2026-02-09T20:19:40.500Z | event.timezone=+01:00 | message=x | host.name=web1 | \
             process.name=app | process.pid=7",
        );
        check(
            "<165>1 2026-02-09T21:19:40Z web1 app 7 ID47 [a@1 k=\"v\\\"]\"][b] \u{feff}hello",
            "@timestamp=2026-02-09T21:19:40Z | event.timezone=Z | log.level=notice | message=hello | host.name=web1 | \
             process.name=app | process.pid=7 | log.syslog.priority=165 | log.syslog.msgid=ID47 | \
             log.syslog.structured_data=[a@1 k=\"v\\\"]\"][b]",
        );
        check(
            "Feb  9 21:20:08  sshd[8317]: last message repeated 2 times",
            "@timestamp=1972-02-09T21:20:08Z | message=last message repeated 2 times | process.name=sshd | process.pid=8317",
        );
        check(
            "Feb  9 21:20:08 web1 last message repeated 2 times",
            "@timestamp=1972-02-09T21:20:08Z | message=last message repeated 2 times | host.name=web1",
        );
    }

    #[test]
    fn what_is_none_is_told() {
        check("", "skipped");
        check("hello", "rejected: no syslog time in front");
        check("2026-02-09 21:19:40 INFO x: y", "rejected: no syslog time in front");
        check("<165>1 2026 web1", "rejected: header is not understood");
    }

    #[test]
    fn an_access_log_through_syslog_keeps_both_and_other_programs_stay_rows() {
        let access =
            "<190>Feb  9 21:19:41 web1 nginx: 192.0.2.1 - - [09/Feb/2026:21:19:40 +0000] \"GET /a HTTP/1.1\" 200 5";
        let other = "<190>Feb  9 21:19:42 web1 kernel: eth0 up";
        let log = format!("{access}\n{access}\n{other}\n");
        let best = detect(log.as_bytes(), &MappedColumns::new()).swap_remove(0);
        assert_eq!(best.spec.name().as_deref(), Some("common, through syslog"), "{}", best.evidence);
        assert_eq!(
            read(&best.spec, access),
            "@timestamp=2026-02-09T21:19:40Z | event.timezone=+0000 | source.ip=192.0.2.1 | http.request.method=GET | \
             url.path=/a | http.version=1.1 | http.response.status_code=200 | http.response.body.bytes=5 | \
             log.level=informational | host.name=web1 | process.name=nginx | log.syslog.priority=190"
        );
        assert_eq!(
            read(&best.spec, other),
            "@timestamp=1972-02-09T21:19:42Z | log.level=informational | message=eth0 up | host.name=web1 | \
             process.name=kernel | log.syslog.priority=190"
        );
    }
}
