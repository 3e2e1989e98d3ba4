//! HAProxy's HTTP, HTTPS, TCP and error logs, and its default log, through syslog or without it.
//! Specification: <https://docs.haproxy.org/3.0/configuration.html#8.2>.
//!
//! ```text
//! [<134>][May 17 10:05:03 lb haproxy[99]: ]client:port [time] frontend backend/server Tq/Tw/Tc/Tr/Tt status bytes
//!     cookie cookie state active/frontend/backend/server/retries queue/queue [{headers} [{headers}]] "request"
//! … Connect from client:port to address:port (frontend/mode)
//! … client:port [time] frontend/listener: message
//! ```
//!
//! Times have no offset. Timers and counters of −1 stand for what did not happen and are null. Whatever else the program
//! says in syslog (a server is down) is a row with its message.

use std::borrow::Cow;

use memchr::memmem::find;
use memchr::{memchr, memrchr};
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Record, Value};
use crate::units::Micros;
use crate::units::time::{YEARLESS, civil, month};

use super::super::detect::{Candidate, Head, shape};
use super::super::numbers::{digits, integer};
use super::super::{Format, FormatSpec, Parsed, Parser, timestamp};
use super::columns::{Col, DESTINATION, SOURCE, shared};
use super::table::{Is, Step, word};
use super::words::{Cut, Words, end, host, host_before_port, request};
use crate::format::set_text;

/// HAProxy's log; its lines say which variant they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaproxySpec;

impl Format for HaproxySpec {
    fn name(&self) -> Cow<'_, str> {
        "HAProxy".into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        "haproxy.log".into()
    }

    fn parser(&self) -> Box<dyn Parser> {
        let mut columns = shared();
        for (is, name) in OWN {
            Step::new(&word(is, name), &mut columns);
        }
        Box::new(HaproxyParser { columns })
    }
}

/// Places of the columns behind those that are shared, in the order of [`OWN`].
#[derive(Clone, Copy)]
#[repr(usize)]
enum Own {
    Host = SHARED,
    Process,
    Pid,
    Frontend,
    Backend,
    Server,
    Mode,
    WaitRequest,
    WaitQueue,
    WaitConnect,
    WaitResponse,
    ResponseBytes,
    DestinationBytes,
    RequestCookie,
    ResponseCookie,
    State,
    Active,
    FrontendConnections,
    BackendConnections,
    ServerConnections,
    Retries,
    ServerQueue,
    BackendQueue,
    RequestHeaders,
    ResponseHeaders,
    TlsName,
    TlsVersion,
    TlsCipher,
    Message,
}

/// How many columns are shared.
const SHARED: usize = Col::Status as usize + 1;

const OWN: [(Is, &str); 29] = [
    (Is::Text, "host.name"),
    (Is::Text, "process.name"),
    (Is::Integer, "process.pid"),
    (Is::Text, "haproxy.frontend_name"),
    (Is::Text, "haproxy.backend_name"),
    (Is::Text, "haproxy.server_name"),
    (Is::Text, "haproxy.mode"),
    (Is::Integer, "haproxy.http.request.time_wait_ms"),
    (Is::Integer, "haproxy.total_waiting_time_ms"),
    (Is::Integer, "haproxy.connection_wait_time_ms"),
    (Is::Integer, "haproxy.http.request.time_wait_without_data_ms"),
    (Is::Integer, "http.response.bytes"),
    (Is::Integer, "destination.bytes"),
    (Is::Text, "haproxy.http.request.captured_cookie"),
    (Is::Text, "haproxy.http.response.captured_cookie"),
    (Is::Text, "haproxy.termination_state"),
    (Is::Integer, "haproxy.connections.active"),
    (Is::Integer, "haproxy.connections.frontend"),
    (Is::Integer, "haproxy.connections.backend"),
    (Is::Integer, "haproxy.connections.server"),
    (Is::Integer, "haproxy.connections.retries"),
    (Is::Integer, "haproxy.server_queue"),
    (Is::Integer, "haproxy.backend_queue"),
    (Is::Text, "haproxy.http.request.captured_headers"),
    (Is::Text, "haproxy.http.response.captured_headers"),
    (Is::Text, "tls.server_name"),
    (Is::Text, "tls.version"),
    (Is::Text, "tls.cipher"),
    (Is::Text, "message"),
];

/// Parses HAProxy's logs.
struct HaproxyParser {
    columns: Vec<ColumnSpec>,
}

impl Parser for HaproxyParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Parsed::Skip;
        }
        match event(line, record) {
            Ok(()) => Parsed::Row,
            Err(reason) => Parsed::Reject(reason.into()),
        }
    }
}

fn event<'a>(line: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
    let header = syslog(line);
    let body = header.as_ref().map_or(line, |header| header.body);
    if let Some(header) = &header {
        header.set(record);
    }
    if let Some(rest) = body.strip_prefix(b"Connect from ") {
        return connect(rest, record).ok_or("Connect from … to … is not understood");
    }
    let mut words = Words::new(body, Cut::Quoted);
    let (client, time) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    match (timestamp::common(time), header) {
        (Some(stamp), _) => {
            end(host_before_port(client), SOURCE, record);
            record.set(Col::Time as usize, timestamp::value(stamp));
            exchange(words, record)
        }
        (None, Some(header)) if header.process.starts_with(b"haproxy") => {
            set_text(record, Own::Message as usize, body);
            Ok(())
        }
        _ => Err("no client:port [time]"),
    }
}

/// What stands behind client and time.
fn exchange<'a>(mut words: Words<'a>, record: &mut Record<'a>) -> Result<(), &'static str> {
    let after_time = words.rest();
    let frontend = words.next().ok_or("no frontend")?;
    if frontend.last() == Some(&b':') {
        let frontend = frontend.get(..frontend.len() - 1).unwrap_or_default();
        let name = memchr(b'/', frontend).and_then(|at| frontend.get(..at)).unwrap_or(frontend);
        set_text(record, Own::Frontend as usize, name);
        let message = after_time.get(frontend.len() + 1..).unwrap_or_default();
        set_text(record, Own::Message as usize, message.trim_ascii());
        return Ok(());
    }
    set_text(record, Own::Frontend as usize, frontend);
    let backend = words.next().ok_or("no backend/server")?;
    let at = memchr(b'/', backend).ok_or("no backend/server")?;
    set_text(record, Own::Backend as usize, backend.get(..at).unwrap_or_default());
    set_text(record, Own::Server as usize, backend.get(at + 1..).unwrap_or_default());

    let mut timers = words.next().ok_or("no timers")?;
    if memchr(b'/', timers).is_none() {
        // Some log the host that was asked in front of the timers.
        host(timers, DESTINATION, record);
        timers = words.next().ok_or("no timers")?;
    }
    match timers.split(|b| *b == b'/').count() {
        5 => http(timers, words, record),
        3 => tcp(timers, words, record),
        _ => Err("neither three nor five timers"),
    }
}

fn http<'a>(timers: &[u8], mut words: Words<'a>, record: &mut Record<'a>) -> Result<(), &'static str> {
    let places = [Own::WaitRequest, Own::WaitQueue, Own::WaitConnect, Own::WaitResponse];
    waits(timers, &places, record).ok_or("timers are not understood")?;
    let mut next = |reason| words.next().ok_or(reason);
    let status = integer(next("no status")?).ok_or("status is no number")?;
    if status > 0 {
        record.set(Col::Status as usize, Value::Integer(status));
    }
    count(next("no bytes")?, Own::ResponseBytes, record).ok_or("bytes are no number")?;
    set_text(record, Own::RequestCookie as usize, next("no cookies")?);
    set_text(record, Own::ResponseCookie as usize, next("no cookies")?);
    set_text(record, Own::State as usize, next("no termination state")?);
    loads(&mut words, record)?;
    let rest = captured(words.rest(), record);
    let rest = rest.strip_prefix(b"\"").ok_or("no request in quotes")?;
    // The request is the last thing in quotes; it may be cut off.
    let end = memrchr(b'"', rest).unwrap_or(rest.len());
    request(rest.get(..end).unwrap_or_default(), record);
    tls(rest.get(end + 1..).unwrap_or_default(), record);
    Ok(())
}

fn tcp<'a>(timers: &[u8], mut words: Words<'a>, record: &mut Record<'a>) -> Result<(), &'static str> {
    waits(timers, &[Own::WaitQueue, Own::WaitConnect], record).ok_or("timers are not understood")?;
    let bytes = words.next().ok_or("no bytes")?;
    count(bytes, Own::DestinationBytes, record).ok_or("bytes are no number")?;
    set_text(record, Own::State as usize, words.next().ok_or("no termination state")?);
    loads(&mut words, record)
}

/// Connections and queues.
fn loads<'a>(words: &mut Words<'a>, record: &mut Record<'a>) -> Result<(), &'static str> {
    let connections = words.next().ok_or("no connections")?;
    let places = [Own::Active, Own::FrontendConnections, Own::BackendConnections, Own::ServerConnections, Own::Retries];
    counts(connections, &places, record).ok_or("connections are not understood")?;
    let queues = words.next().ok_or("no queues")?;
    counts(queues, &[Own::ServerQueue, Own::BackendQueue], record).ok_or("queues are not understood")
}

fn counts(text: &[u8], places: &[Own], record: &mut Record<'_>) -> Option<()> {
    let mut numbers = text.split(|b| *b == b'/');
    for &place in places {
        count(numbers.next()?, place, record)?;
    }
    numbers.next().is_none().then_some(())
}

/// Timers in ms; the last one is the duration.
fn waits(text: &[u8], places: &[Own], record: &mut Record<'_>) -> Option<()> {
    let at = memrchr(b'/', text)?;
    counts(text.get(..at)?, places, record)?;
    let total = text.get(at + 1..)?;
    let millis = integer(total)?;
    if millis >= 0 {
        record.set(Col::Duration as usize, Value::Integer(millis.saturating_mul(1_000_000)));
    }
    Some(())
}

/// A number, perhaps behind a `+` where the log was written early; a negative one stands for none.
fn count(text: &[u8], place: Own, record: &mut Record<'_>) -> Option<()> {
    let number = integer(text)?;
    if number >= 0 {
        record.set(place as usize, Value::Integer(number));
    }
    Some(())
}

/// Sets the headers in braces and gives what follows them. One block is the request's.
fn captured<'a>(mut rest: &'a [u8], record: &mut Record<'a>) -> &'a [u8] {
    for place in [Own::RequestHeaders, Own::ResponseHeaders] {
        let Some(inner) = rest.strip_prefix(b"{") else { break };
        let close = [&b"} {"[..], b"} \""].iter().filter_map(|close| find(inner, close)).min();
        let Some(close) = close else { break };
        let headers = inner.get(..close).unwrap_or_default();
        if headers.iter().any(|b| *b != b'|') {
            set_text(record, place as usize, headers);
        }
        rest = inner.get(close + 2..).unwrap_or_default();
    }
    rest
}

/// `errors… name/version/cipher`, which the HTTPS log has behind the request.
fn tls<'a>(rest: &'a [u8], record: &mut Record<'a>) {
    let rest = rest.trim_ascii();
    let Some(parts) = memrchr(b' ', rest).and_then(|at| rest.get(at + 1..)) else { return };
    for (part, place) in parts.split(|b| *b == b'/').zip([Own::TlsName, Own::TlsVersion, Own::TlsCipher]) {
        set_text(record, place as usize, part);
    }
}

/// `192.0.2.1:40780 to 192.0.2.2:5000 (main/HTTP)`.
fn connect<'a>(rest: &'a [u8], record: &mut Record<'a>) -> Option<()> {
    let mut words = Words::new(rest, Cut::Quoted);
    let (source, to, destination, name) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if to != b"to" {
        return None;
    }
    end(host_before_port(source), SOURCE, record);
    end(host_before_port(destination), DESTINATION, record);
    let name = name.strip_prefix(b"(")?.strip_suffix(b")")?;
    let at = memchr(b'/', name)?;
    set_text(record, Own::Frontend as usize, name.get(..at)?);
    set_text(record, Own::Mode as usize, name.get(at + 1..)?);
    Some(())
}

/// What stands in front of a line that came through syslog.
struct Header<'a> {
    time: Value<'static>,
    host: &'a [u8],
    process: &'a [u8],
    pid: Option<i64>,
    body: &'a [u8],
}

impl<'a> Header<'a> {
    fn set(&self, record: &mut Record<'a>) {
        record.set(Col::Time as usize, self.time);
        set_text(record, Own::Host as usize, self.host);
        set_text(record, Own::Process as usize, self.process);
        if let Some(pid) = self.pid {
            record.set(Own::Pid as usize, Value::Integer(pid));
        }
    }
}

/// `<134>May 17 10:05:03 host process[99]: `, as RFC 3164 has it, also with a time as in RFC 3339.
fn syslog(line: &[u8]) -> Option<Header<'_>> {
    let line = match line.strip_prefix(b"<") {
        Some(rest) => rest.get(memchr(b'>', rest.get(..4)?)? + 1..)?,
        None => line,
    };
    let (time, rest) = if line.first()?.is_ascii_digit() {
        let at = memchr(b' ', line)?;
        (timestamp::value(timestamp::parse(line.get(..at)?).filter(|_| at >= 19)?), line.get(at..)?)
    } else {
        (Value::Yearless(yearless(line)?), line.get(15..)?)
    };
    let rest = rest.strip_prefix(b" ")?;
    let at = memchr(b' ', rest)?;
    let (host, rest) = (rest.get(..at)?, rest.get(at + 1..)?);
    let at = find(rest.get(..100.min(rest.len()))?, b": ")?;
    let (tag, body) = (rest.get(..at)?, rest.get(at + 2..)?);
    let (process, pid) = match memchr(b'[', tag) {
        Some(open) => (tag.get(..open)?, tag.get(open + 1..)?.strip_suffix(b"]").and_then(digits)),
        None => (tag, None),
    };
    (memchr(b' ', tag).is_none()).then_some(Header { time, host, process, pid, body: body.trim_ascii_start() })
}

/// `May 17 10:05:03`, in 1972.
fn yearless(line: &[u8]) -> Option<Micros> {
    let number = |from: usize| digits(line.get(from..from + 2)?.trim_ascii_start());
    let separators = [line.get(3)?, line.get(6)?, line.get(9)?, line.get(12)?];
    if separators != [&b' ', &b' ', &b':', &b':'] {
        return None;
    }
    let time = (number(7)?, number(10)?, number(13)?);
    Some(Micros(civil(YEARLESS, month(line.get(..3)?)?, number(4)?, time)? * Micros::PER_SECOND))
}

/// A share of lines from which the format is believed.
const ENOUGH: f64 = 0.4;

/// HAProxy's log, where lines at the beginning of a file look so.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    shape(head, FormatSpec::Haproxy(HaproxySpec), ENOUGH, "HAProxy lines").into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{best, read_all};
    use super::*;

    fn check(line: &str, expected: &str) {
        assert_eq!(best(line).as_deref(), Some("HAProxy"), "{line}");
        assert_eq!(read_all(line), [expected], "{line}");
    }

    #[test]
    fn http_with_captured_headers_and_tls() {
        check(
            "<134>May  7 10:05:03 lb haproxy[99]: 2001:db8::1:4000 [07/May/2026:10:05:03.395] fe~ be/s1 7/0/-1/+3/173 200 +739 - \
             ck ---- 5/4/3/2/1 6/8 {www.example.com|M/5 (X} y)} {text/html} \"GET /a?b=\"c\" HTTP/1.1\" 0/0/0/0/0 \
             www.example.com/TLSv1.3/AES",
            "@timestamp=2026-05-07T10:05:03.395Z (local) | event.duration=173000000 | source.ip=2001:db8::1 | \
             source.port=4000 | http.request.method=GET | url.path=/a | url.query=b=\"c\" | http.version=1.1 | \
             http.response.status_code=200 | host.name=lb | process.name=haproxy | process.pid=99 | \
             haproxy.frontend_name=fe~ | haproxy.backend_name=be | haproxy.server_name=s1 | \
             haproxy.http.request.time_wait_ms=7 | haproxy.total_waiting_time_ms=0 | \
             haproxy.http.request.time_wait_without_data_ms=3 | http.response.bytes=739 | \
             haproxy.http.response.captured_cookie=ck | haproxy.termination_state=---- | haproxy.connections.active=5 | \
             haproxy.connections.frontend=4 | haproxy.connections.backend=3 | haproxy.connections.server=2 | \
             haproxy.connections.retries=1 | haproxy.server_queue=6 | haproxy.backend_queue=8 | \
             haproxy.http.request.captured_headers=www.example.com|M/5 (X} y) | \
             haproxy.http.response.captured_headers=text/html | tls.server_name=www.example.com | tls.version=TLSv1.3 | \
             tls.cipher=AES",
        );
    }

    #[test]
    fn tcp_errors_and_the_default_log() {
        check(
            "192.0.2.1:40962 [20/Sep/2026:15:44:23.285] main app/<NOSRV> -1/-1/1 212 SC 1/1/0/0/0 0/0",
            "@timestamp=2026-09-20T15:44:23.285Z (local) | event.duration=1000000 | source.ip=192.0.2.1 | \
             source.port=40962 | haproxy.frontend_name=main | haproxy.backend_name=app | haproxy.server_name=<NOSRV> | \
             destination.bytes=212 | haproxy.termination_state=SC | haproxy.connections.active=1 | \
             haproxy.connections.frontend=1 | haproxy.connections.backend=0 | haproxy.connections.server=0 | \
             haproxy.connections.retries=0 | haproxy.server_queue=0 | haproxy.backend_queue=0",
        );
        check(
            "192.0.2.1:50033 [28/Feb/2026:02:43:10.123] fe/1: SSL handshake failure (error:0A:x)",
            "@timestamp=2026-02-28T02:43:10.123Z (local) | source.ip=192.0.2.1 | source.port=50033 | \
             haproxy.frontend_name=fe | message=SSL handshake failure (error:0A:x)",
        );
        check(
            "Sep 20 15:42:59 lb haproxy[24551]: Connect from 192.0.2.1:40780 to 192.0.2.2:5000 (main/HTTP)",
            "@timestamp=1972-09-20T15:42:59Z (yearless) | source.ip=192.0.2.1 | source.port=40780 | \
             destination.ip=192.0.2.2 | destination.port=5000 | host.name=lb | process.name=haproxy | process.pid=24551 | \
             haproxy.frontend_name=main | haproxy.mode=HTTP",
        );
        check(
            "2026-09-20T15:42:59+02:00 lb haproxy[24551]: Server be/s1 is DOWN.",
            "@timestamp=2026-09-20T13:42:59Z | host.name=lb | process.name=haproxy | process.pid=24551 | \
             message=Server be/s1 is DOWN.",
        );
    }

    #[test]
    fn requests_may_be_none_or_cut_off() {
        let line = "192.0.2.1:1 [20/Sep/2026:15:44:23.285] fe be/<NOSRV> -1/-1/-1/-1/0 400 0 - - CR-- 1/1/0/0/0 0/0";
        let request = |request: &str| {
            let row = read_all(&format!("{line} {request}")).swap_remove(0);
            row.split(" | ")
                .filter(|value| value.starts_with("http.re") || value.starts_with("url"))
                .collect::<Vec<_>>()
                .join(" | ")
        };
        let bytes = "http.response.status_code=400 | http.response.bytes=0";
        assert_eq!(request("\"<BADREQ>\""), format!("http.request.line=<BADREQ> | {bytes}"));
        assert_eq!(request("\"GET /cut"), format!("http.request.method=GET | url.path=/cut | {bytes}"));
        let good = format!("{line} \"GET / HTTP/1.0\"");
        let log = format!(
            "{good}\n{good}\n{line}\nSep 20 15:42:59 lb cron[1]: x\n192.0.2.1:1 [20/Sep/2026:15:44:23.285] fe be/s 1/2 3\n"
        );
        assert_eq!(
            read_all(&log)[2..],
            [
                "rejected: no request in quotes",
                "rejected: no client:port [time]",
                "rejected: neither three nor five timers"
            ]
        );
    }

    #[test]
    fn columns_are_where_their_places_say() {
        let parser = HaproxySpec.parser();
        let name = |place: Own| parser.columns().get(place as usize).map(|c| c.name.to_string());
        assert_eq!(name(Own::Host).as_deref(), Some("host.name"));
        assert_eq!(name(Own::ResponseBytes).as_deref(), Some("http.response.bytes"));
        assert_eq!(name(Own::Message).as_deref(), Some("message"));
    }
}
