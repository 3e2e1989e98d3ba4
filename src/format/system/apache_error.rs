//! The error log of the Apache HTTP server, 2.2 and 2.4, with what ModSecurity writes into it.
//! Specification: <https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat>.
//!
//! ```text
//! [time] [module:level] [pid n:tid n] [file.c(n): ] [(n)system's words: ] [client host:port] AHnnnnn: message, referer: url
//! ```

use std::net::IpAddr;

use memchr::{memchr, memmem};

use crate::schema::{ColumnSpec, Kind, Record, Value};

use super::super::{Parsed, Parser, timestamp};
use super::modsecurity::{self, Alert};
use super::{column, set_host, set_number, set_text, split_port};

/// The places of the columns in a record.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Col {
    Time,
    Level,
    Module,
    Pid,
    Tid,
    Ip,
    Name,
    Port,
    ErrorCode,
    Referrer,
    Message,
    Domain,
    Path,
    /// The first column of a ModSecurity alert.
    Alert,
}

/// In the order of [`Col`].
const COLUMNS: [(&str, Kind); Col::Alert as usize] = [
    ("@timestamp", Kind::Time),
    ("log.level", Kind::Keyword),
    ("apache.error.module", Kind::Keyword),
    ("process.pid", Kind::Integer),
    ("process.thread.id", Kind::Integer),
    ("source.ip", Kind::Ip),
    ("source.domain", Kind::Keyword),
    ("source.port", Kind::Integer),
    ("error.code", Kind::Keyword),
    ("http.request.referrer", Kind::Keyword),
    ("message", Kind::Keyword),
    ("url.domain", Kind::Keyword),
    ("url.path", Kind::Keyword),
];

/// Parses Apache's error log.
pub struct ApacheErrorParser {
    columns: Vec<ColumnSpec>,
}

impl Default for ApacheErrorParser {
    fn default() -> Self {
        let columns = COLUMNS.iter().chain(&modsecurity::ALERT_COLUMNS);
        Self { columns: columns.map(|(name, kind)| column(name, *kind)).collect() }
    }
}

impl Parser for ApacheErrorParser {
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
}

fn fill<'a>(line: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
    let (time, rest) = bracketed(line).ok_or("no [time]")?;
    let (time, _) = timestamp::month_first(time).filter(|(_, rest)| rest.is_empty()).ok_or("time is not understood")?;
    let (level, mut rest) = bracketed(rest).ok_or("no [level]")?;
    record.set(Col::Time as usize, time);
    let (module, level) = match memchr(b':', level) {
        Some(at) => (level.get(..at).unwrap_or_default(), level.get(at + 1..).unwrap_or_default()),
        None => (&[][..], level),
    };
    if !level.iter().all(u8::is_ascii_alphanumeric) {
        return Err("no [level]");
    }
    set_text(record, Col::Module as usize, module);
    set_text(record, Col::Level as usize, level);
    if let Some((process, after)) = bracketed(rest).filter(|(text, _)| text.starts_with(b"pid ")) {
        let process = process.get(4..).unwrap_or_default();
        let (pid, tid) = match memmem::find(process, b":tid ") {
            Some(at) => (process.get(..at).unwrap_or_default(), process.get(at + 5..).unwrap_or_default()),
            None => (process, &[][..]),
        };
        set_number(record, Col::Pid as usize, pid);
        set_number(record, Col::Tid as usize, tid);
        rest = after;
    }
    message(rest, record);
    Ok(())
}

fn message<'a>(rest: &'a [u8], record: &mut Record<'a>) {
    let rest = client(rest, record);
    set_text(record, Col::Message as usize, rest);
    if let Some(at) = memmem::rfind(rest, b", referer: ") {
        set_text(record, Col::Referrer as usize, rest.get(at + 11..).unwrap_or_default());
    }
    let code = memchr(b':', rest.get(..12.min(rest.len())).unwrap_or_default()).and_then(|at| rest.get(..at));
    let is_code =
        |code: &&[u8]| code.strip_prefix(b"AH").is_some_and(|n| n.len() > 3 && n.iter().all(u8::is_ascii_digit));
    if let Some(code) = code.filter(is_code) {
        set_text(record, Col::ErrorCode as usize, code);
    }
    if let Some(alert) = Alert::parse(rest) {
        set_text(record, Col::Message as usize, alert.words);
        set_text(record, Col::Domain as usize, alert.hostname);
        set_text(record, Col::Path as usize, alert.uri);
        alert.fill(record, Col::Alert as usize);
    }
}

/// How far into a message a client is looked for, behind a source file and the system's own words.
const CLIENT_WITHIN: usize = 200;

/// Takes note of the client, and gives the message behind it: ModSecurity says it a second time.
fn client<'a>(rest: &'a [u8], record: &mut Record<'a>) -> &'a [u8] {
    let mut message = rest;
    let mut is_known = false;
    loop {
        let front = message.get(..CLIENT_WITHIN.min(message.len())).unwrap_or_default();
        let found = memmem::find(front, b"[client ").or_else(|| memmem::find(front, b"[remote "));
        // Behind a source file or the system's words only before any other text of the message.
        let is_head =
            |at: usize| at == 0 || (!is_known && front.get(..at).is_some_and(|before| before.ends_with(b": ")));
        let Some(at) = found.filter(|at| is_head(*at)) else { return message };
        let Some((host, after)) = message.get(at..).and_then(bracketed) else { return message };
        if !is_known {
            let host = host.get(7..).unwrap_or_default();
            // With a port unless this is the server of before 2.4, where an address stands alone.
            let (name, port) = split_port(host, has_port(host, record));
            set_host(record, (Col::Ip as usize, Col::Name as usize), name);
            if let Some(port) = port {
                record.set(Col::Port as usize, Value::Integer(port));
            }
            is_known = true;
        }
        if at > 0 {
            // What stands before the client is part of the message: all of it stays.
            return message;
        }
        message = after;
    }
}

/// Whether the last part of an address is a port. 2.4 writes `::1:37752`, without brackets; what is an address with and
/// without its last part has a port where a process stands before it, as 2.4 has it.
fn has_port(host: &[u8], record: &Record<'_>) -> bool {
    let Some(at) = memchr::memrchr(b':', host) else { return false };
    let is_address = |text: &[u8]| std::str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
    let front = host.get(..at).unwrap_or_default();
    let is_of_2_4 = record.values.get(Col::Pid as usize).is_some_and(|pid| *pid != Value::Null);
    memchr(b':', front).is_none() || host.contains(&b']') || (is_address(front) && (is_of_2_4 || !is_address(host)))
}

/// What stands in brackets in front, and what follows the space behind it.
fn bracketed(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"[")?;
    let end = memchr(b']', text)?;
    let rest = text.get(end + 1..)?;
    Some((text.get(..end)?, rest.strip_prefix(b" ").unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::super::super::FormatSpec;
    use super::super::{SystemSpec, read};

    fn check(line: &str, expected: &str) {
        assert_eq!(read(&FormatSpec::System(SystemSpec::ApacheError), line), expected, "{line}");
    }

    #[test]
    fn an_address_is_told_from_its_port() {
        let source = |process: &str, client: &str| {
            let line = format!("[Mon Dec 26 16:22:00 2016] [core:error] {process}[client {client}] x");
            let row = read(&FormatSpec::System(SystemSpec::ApacheError), &line);
            row.split(" | ").filter(|value| value.starts_with("source")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(source("[pid 7] ", "2001:db8::17:443"), "source.ip=2001:db8::17 source.port=443");
        assert_eq!(source("[pid 7] ", "::ffff:192.0.2.1:1"), "source.ip=::ffff:192.0.2.1 source.port=1");
        assert_eq!(source("[pid 7] ", "::1"), "source.ip=::1");
        assert_eq!(source("", "2001:db8::17:443"), "source.ip=2001:db8::17:443");
        assert_eq!(source("", "2001:db8::17:40112"), "source.ip=2001:db8::17 source.port=40112");
    }

    #[test]
    fn lines_of_2_2_and_2_4() {
        check(
            "[Mon Dec 26 16:22:00 2016] [error] [client 192.0.2.1] File does not exist: /x, referer: http://a.example/",
            "@timestamp=2016-12-26T16:22:00Z | log.level=error | source.ip=192.0.2.1 | \
             http.request.referrer=http://a.example/ | message=File does not exist: /x, referer: http://a.example/",
        );
        check(
            "[Thu Jun 27 06:58:09.169510 2019] [include:warn] [pid 15934:tid 7] [client 192.0.2.1:12345] AH01374: off: /t",
            "@timestamp=2019-06-27T06:58:09.169510Z | log.level=warn | apache.error.module=include | process.pid=15934 | \
             process.thread.id=7 | source.ip=192.0.2.1 | source.port=12345 | error.code=AH01374 | message=AH01374: off: /t",
        );
        check(
            "[Thu Jun 27 06:58:09.169510 2019] [:error] [pid 1] [client 2001:db8::7:54321] x",
            "@timestamp=2019-06-27T06:58:09.169510Z | log.level=error | process.pid=1 | source.ip=2001:db8::7 | \
             source.port=54321 | message=x",
        );
    }

    #[test]
    fn a_client_may_stand_behind_a_source_file_or_the_systems_words() {
        check(
            "[Thu Jun 27 06:58:09.1 2019] [core:error] [pid 1] (13)Permission denied: [client 192.0.2.1:1] AH00035: no",
            "@timestamp=2019-06-27T06:58:09.100Z | log.level=error | apache.error.module=core | process.pid=1 | \
             source.ip=192.0.2.1 | source.port=1 | message=(13)Permission denied: [client 192.0.2.1:1] AH00035: no",
        );
        check(
            "[Thu Jun 27 06:58:09.1 2019] [core:error] [pid 1] script said: x [client 192.0.2.1] y",
            "@timestamp=2019-06-27T06:58:09.100Z | log.level=error | apache.error.module=core | process.pid=1 | \
             message=script said: x [client 192.0.2.1] y",
        );
    }

    #[test]
    fn an_alert_of_modsecurity() {
        check(
            "[Thu Sep 30 13:27:06.009964 2021] [:error] [pid 2] [client 192.0.2.9:37752] [client 192.0.2.9] ModSecurity: \
             Warning. Pattern match \"x\" at ARGS:a. [file \"/r/930.conf\"] [line \"47\"] [id \"930100\"] [msg \"Path \
             Traversal\"] [data \"said \\\"x\\\"] [id \\\"1\\\"]\"] [severity \"CRITICAL\"] [tag \"application-multi\"] \
             [tag \"attack-lfi\"] [hostname \"a.example\"] [uri \"/x\"] [unique_id \"YVW7\"]",
            "@timestamp=2021-09-30T13:27:06.009964Z | log.level=error | process.pid=2 | source.ip=192.0.2.9 | \
             source.port=37752 | message=ModSecurity: Warning. Pattern match \"x\" at ARGS:a. | \
             url.domain=a.example | url.path=/x | rule.id=930100 | rule.name=Path Traversal | \
             rule.category=attack-lfi | event.severity=2 | event.id=YVW7",
        );
    }

    #[test]
    fn what_is_none_is_told() {
        check("", "skipped");
        check("hello", "rejected: no [time]");
        check("[x] [error] y", "rejected: time is not understood");
        check("[Mon Dec 26 16:22:00 2016] y", "rejected: no [level]");
    }
}
