//! Logs that programs write for people: a time, a level, a message, as Log4j, Logback, Python's logging and many others do.
//! Specification: <https://logging.apache.org/log4j/2.x/manual/pattern-layout.html>,
//! <https://docs.python.org/3/library/logging.html#logrecord-attributes>; there is none that all of them follow.
//!
//! ```text
//! 2021-03-03 19:51:53,762 INFO  [thread-1] Logger - a message
//!   a line of a stack trace, which belongs to the record above
//! container | [2021-03-03T19:51:53.762Z] [thread-1] WARN Logger: a message
//! ```
//!
//! The level is the first word in capitals that is one, near the beginning. What an address or a user did is read only where the message says
//! it in a way that is common; `message` is everything behind the time.

use memchr::{memchr, memmem};

use crate::schema::{ColumnSpec, Kind, Record, Value};

use super::super::access::looks_like_address;
use super::super::{Parsed, Parser, set_text, timestamp};
use super::column;

/// The places of the columns in a record.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Col {
    Time,
    Level,
    Message,
    Ip,
    User,
    Outcome,
}

/// In the order of [`Col`].
const COLUMNS: [(&str, Kind); 6] = [
    ("@timestamp", Kind::Time),
    ("log.level", Kind::Keyword),
    ("message", Kind::Keyword),
    ("source.ip", Kind::Ip),
    ("user.name", Kind::Keyword),
    ("event.outcome", Kind::Keyword),
];

const LEVELS: [&[u8]; 14] = [
    b"TRACE",
    b"DEBUG",
    b"INFO",
    b"NOTICE",
    b"WARN",
    b"WARNING",
    b"ERROR",
    b"SEVERE",
    b"FATAL",
    b"CRITICAL",
    b"ALERT",
    b"EMERG",
    b"FINE",
    b"CONFIG",
];

/// Words behind the time among which the level is.
const NEAR: usize = 6;

/// What stands before the address of who asked.
const BEFORE_ADDRESS: [&[u8]; 8] =
    [b"oip=", b"remote_addr=", b"client_ip=", b"clientip=", b"ip=", b" from [", b" from ", b"client "];

/// Ways to say that somebody could not log in, in lower case.
const REFUSED: [&[u8]; 7] = [
    b"authentication failed",
    b"login failed",
    b"failed login",
    b"invalid password",
    b"invalid username or password",
    b"bad credentials",
    b"authentication failure",
];

/// Parses lines of programs.
pub struct ApplicationParser {
    columns: Vec<ColumnSpec>,
}

impl Default for ApplicationParser {
    fn default() -> Self {
        Self { columns: COLUMNS.iter().map(|(name, kind)| column(name, *kind)).collect() }
    }
}

impl Parser for ApplicationParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        let Some((time, rest)) = front(line) else { return Parsed::Reject("no time in front".into()) };
        let Some(level) = level(rest) else { return Parsed::Reject("no level behind the time".into()) };
        record.set(Col::Time as usize, time);
        set_text(record, Col::Level as usize, level);
        set_text(record, Col::Message as usize, rest);
        let first_line = rest.get(..memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        set_text(record, Col::Ip as usize, address(first_line));
        if is_refused(first_line) {
            set_text(record, Col::User as usize, user(first_line));
            set_text(record, Col::Outcome as usize, b"failure");
        }
        Parsed::Row
    }

    fn begins(&mut self, line: &[u8]) -> bool {
        front(line).is_some_and(|(_, rest)| level(rest).is_some())
    }
}

/// The time, behind the name of a container if there is one, and what follows it.
fn front(line: &[u8]) -> Option<(Value<'static>, &[u8])> {
    let named = memmem::find(line.get(..64.min(line.len()))?, b"| ").and_then(|at| line.get(at + 2..));
    [Some(line), named].into_iter().flatten().find_map(|text| {
        let (text, close) = text.strip_prefix(b"[").map_or((text, None), |text| (text, Some(b']')));
        // The shape, before anything is looked for.
        if !text.first()?.is_ascii_digit() || !matches!(text.get(4)?, b'-' | b'/') || text.get(13)? != &b':' {
            return None;
        }
        let is_end = |b: &u8| Some(*b) == close || b" |\t]".contains(b);
        let end = 16 + text.get(16..)?.iter().position(is_end)?;
        let time = timestamp::parse(text.get(..end)?)?;
        let rest = text.get(end..)?;
        Some((timestamp::value(time), rest.strip_prefix(b"]").unwrap_or(rest).trim_ascii_start()))
    })
}

fn level(text: &[u8]) -> Option<&[u8]> {
    let words = text.split(|b| !b.is_ascii_alphanumeric() && !b"_.@".contains(b)).filter(|word| !word.is_empty());
    words.take(NEAR).find(|word| LEVELS.contains(word))
}

/// The address of who asked; nothing where the message does not say it.
fn address(message: &[u8]) -> &[u8] {
    let found = BEFORE_ADDRESS.iter().find_map(|before| {
        let text = message.get(memmem::find(message, before)? + before.len()..)?;
        let end = text.iter().position(|b| !b.is_ascii_hexdigit() && !b".:".contains(b)).unwrap_or(text.len());
        text.get(..end).filter(|word| looks_like_address(word))
    });
    found.unwrap_or_default()
}

fn is_refused(message: &[u8]) -> bool {
    let lower = message.to_ascii_lowercase();
    let has = |text: &[u8]| memmem::find(&lower, text).is_some();
    REFUSED.iter().any(|text| has(text)) || (has(b"authentication attempt") && has(b"failed"))
}

/// The user that a message names: `user "a"`, `for [a]`.
fn user(message: &[u8]) -> &[u8] {
    let named = [(b"user \"".as_slice(), b'"'), (b"user '", b'\''), (b"user [", b']'), (b"for [", b']')];
    let found = named.iter().find_map(|(before, end)| {
        let text = message.get(memmem::find(message, before)? + before.len()..)?;
        text.get(..memchr(*end, text)?)
    });
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::FormatSpec;
    use super::super::{SystemSpec, read};

    fn check(line: &str, expected: &str) {
        assert_eq!(read(&FormatSpec::System(SystemSpec::Application), line), expected, "{line}");
    }

    #[test]
    fn a_time_a_level_and_a_message_are_a_row() {
        check(
            "2026-05-17 10:05:03,250 INFO  [pool-1] com.example.Shop - order 7 is paid",
            "@timestamp=2026-05-17T10:05:03.250Z | log.level=INFO | message=INFO  [pool-1] com.example.Shop - order 7 is paid",
        );
        check(
            "[2026/05/17 10:05:03] root: WARNING: x",
            "@timestamp=2026-05-17T10:05:03Z | log.level=WARNING | message=root: WARNING: x",
        );
        check(
            "web_1  | 2026-05-17T10:05:03.25+02:00 [main] ERROR boom\n\tat x.y(Z.java:1)",
            "@timestamp=2026-05-17T08:05:03.250Z | log.level=ERROR | message=[main] ERROR boom\n\tat x.y(Z.java:1)",
        );
    }

    #[test]
    fn who_could_not_log_in_is_read() {
        check(
            "2026-05-17 10:05:03,762 INFO [qtp-1:soap] [oip=192.0.2.7;oport=57752;] authentication failed for [ann], none such",
            "@timestamp=2026-05-17T10:05:03.762Z | log.level=INFO | message=INFO [qtp-1:soap] [oip=192.0.2.7;oport=57752;] \
             authentication failed for [ann], none such | source.ip=192.0.2.7 | user.name=ann | event.outcome=failure",
        );
        check(
            "box | 2026-05-17T10:05:03,762Z [exec-5] WARN Auth - Authentication attempt from [192.0.2.7, 10.0.0.1] for user \"bo\" failed.",
            "@timestamp=2026-05-17T10:05:03.762Z | log.level=WARN | message=[exec-5] WARN Auth - Authentication attempt from \
             [192.0.2.7, 10.0.0.1] for user \"bo\" failed. | source.ip=192.0.2.7 | user.name=bo | event.outcome=failure",
        );
    }

    #[test]
    fn what_is_none_is_told() {
        check(" ", "skipped");
        check("a line", "rejected: no time in front");
        check("2026-05-17 10:05:03 an order of INFOS", "rejected: no level behind the time");
    }
}
