//! Lines of `key=value key="a value"`.
//! Specification: <https://brandur.org/logfmt>, <https://pkg.go.dev/github.com/kr/logfmt>.
//!
//! Columns are the keys that the beginning of a file shows: well-known names become ECS fields where their values are
//! of the field's kind, the others are kept as text under `logfmt.`, unless the user maps them. Of keys that come only
//! later the first one of a line is kept in `logfmt.more`. Escapes inside quotes stay as written.

use std::borrow::Cow;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};

use super::csv::{CsvColumn, known_field, value};
use super::detect::{Candidate, Certainty, Head, understood};
use super::{Format, FormatSpec, Parsed, Parser};

/// The keys of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogfmtSpec {
    /// In the order in which they first come.
    pub columns: Vec<CsvColumn>,
}

impl Format for LogfmtSpec {
    fn name(&self) -> Cow<'_, str> {
        "key=value (logfmt)".into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        "logfmt".into()
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        self.columns.iter().map(|c| (c.name.clone(), c.column.name.clone())).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        let mut columns: Vec<ColumnSpec> = self.columns.iter().map(|c| c.column.clone()).collect();
        columns.push(ColumnSpec::own("logfmt.more", Kind::Keyword));
        Box::new(LogfmtParser { keys: self.columns.iter().map(|c| c.name.clone()).collect(), columns })
    }
}

/// Parses lines of `key=value`.
pub struct LogfmtParser {
    keys: Vec<String>,
    columns: Vec<ColumnSpec>,
}

impl Parser for LogfmtParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if line.trim_ascii().is_empty() {
            return Parsed::Skip;
        }
        if !is_logfmt(line) {
            return Parsed::Reject("not made of key=value".into());
        }
        let more = self.keys.len();
        // Lines mostly have their keys in one order, so the next key is looked for behind the last one.
        let mut next = 0;
        for pair in pairs(line).flatten() {
            let behind = self.keys.iter().skip(next).position(|key| key.as_bytes() == pair.key).map(|at| at + next);
            let found = behind.or_else(|| self.keys.iter().take(next).position(|key| key.as_bytes() == pair.key));
            let Some((at, column)) = found.and_then(|at| Some((at, self.columns.get(at)?))) else {
                if record.values.get(more) == Some(&Value::Null) {
                    record.set(more, Value::Text(pair.whole));
                }
                continue;
            };
            next = at + 1;
            match value(pair.value, column) {
                Ok(value) => record.set(at, value),
                Err(expected) => {
                    let key = self.keys.get(at).map_or("", String::as_str);
                    return Parsed::Reject(format!("{key} is no {expected}").into());
                }
            }
        }
        Parsed::Row
    }
}

/// A key and its value, without quotes.
struct Pair<'a> {
    key: &'a [u8],
    value: &'a [u8],
    whole: &'a [u8],
}

/// The words of a line: a pair, or none where it is another word.
fn pairs(line: &[u8]) -> impl Iterator<Item = Option<Pair<'_>>> {
    let mut rest = line.trim_ascii();
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let (word, after) = word(rest);
        rest = after;
        Some(word)
    })
}

/// The first word, and what follows it.
fn word(text: &[u8]) -> (Option<Pair<'_>>, &[u8]) {
    let end = memchr(b' ', text).unwrap_or(text.len());
    let (front, behind) = text.split_at(end);
    let Some(equals) = memchr(b'=', front).filter(|at| front.get(..*at).is_some_and(is_key)) else {
        return (None, behind);
    };
    let key = text.get(..equals).unwrap_or_default();
    if let Some(quoted) = text.get(equals + 1..).and_then(|value| value.strip_prefix(b"\"")) {
        let close = closing_quote(quoted).unwrap_or(quoted.len());
        let (value, after) = (quoted.get(..close).unwrap_or_default(), quoted.get(close + 1..).unwrap_or_default());
        let whole = text.get(..text.len() - after.len()).unwrap_or_default();
        return (Some(Pair { key, value, whole }), after);
    }
    (Some(Pair { key, value: front.get(equals + 1..).unwrap_or_default(), whole: front }), behind)
}

fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// How long a key may be.
const KEY_BYTES: usize = 60;

fn is_key(text: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_.-@/".contains(b);
    text.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        && text.len() <= KEY_BYTES
        && text.iter().all(is_part)
}

/// Two pairs, and at most one word in five that is none.
fn is_logfmt(line: &[u8]) -> bool {
    let (mut n_pairs, mut n_words) = (0, 0);
    for word in pairs(line) {
        n_words += 1;
        n_pairs += usize::from(word.is_some());
    }
    n_pairs >= 2 && n_pairs * 5 >= n_words * 4
}

/// A share of lines from which the format is believed.
const ENOUGH: f64 = 0.5;

/// How many keys become columns.
const MOST_KEYS: usize = 200;

/// Lines of `key=value` at the beginning of a file.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let lines: Vec<&[u8]> = head.lines.iter().copied().filter(|line| is_logfmt(line)).collect();
    if lines.is_empty() || (lines.len() as f64) < ENOUGH * head.lines.len() as f64 {
        return Vec::new();
    }
    let spec = LogfmtSpec { columns: columns(&lines, head) };
    let n_keys = spec.columns.len();
    let spec = FormatSpec::Logfmt(spec);
    let (rows, seen) = understood(&spec, &head.lines);
    let share = rows as f64 / seen.max(1) as f64;
    let evidence = format!("{rows} of the first {seen} lines are made of key=value, with {n_keys} keys");
    vec![Candidate { spec, share, certainty: Certainty::Guess, evidence }]
}

fn columns(lines: &[&[u8]], head: &Head<'_>) -> Vec<CsvColumn> {
    // Keys in the order in which they first come, each with its values.
    let mut keys: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    for pair in lines.iter().flat_map(|line| pairs(line).flatten()) {
        match keys.iter().position(|(key, _)| *key == pair.key) {
            Some(at) => keys.get_mut(at).into_iter().for_each(|(_, values)| values.push(pair.value)),
            None if keys.len() < MOST_KEYS => keys.push((pair.key, vec![pair.value])),
            None => {}
        }
    }
    let mut taken: Vec<FieldName> = Vec::new();
    let column = |(key, values): (&[u8], Vec<&[u8]>)| {
        let name = String::from_utf8_lossy(key).into_owned();
        let of_its_kind = |field: &Field| {
            let column = ColumnSpec::ecs(*field);
            values.iter().all(|text| value(text, &column).is_ok())
        };
        let known = field(&name).filter(of_its_kind).map(FieldName::from);
        let meant = head.mapped.get(&name).cloned().or(known).filter(|field| !taken.contains(field));
        let field = meant.unwrap_or_else(|| FieldName::Own(format!("logfmt.{name}").into()));
        taken.push(field.clone());
        let kind = field.ecs().map_or(Kind::Keyword, Field::kind);
        CsvColumn { name, column: ColumnSpec { name: field, kind } }
    };
    keys.into_iter().map(column).collect()
}

/// The ECS field of a key: those of tables, and what only logs of programs have.
fn field(key: &str) -> Option<Field> {
    Some(match key {
        "t" => Field::Timestamp,
        "level" | "lvl" | "severity" => Field::LogLevel,
        "err" | "error" => Field::ErrorMessage,
        "fwd" | "remote" | "remoteip" | "srcip" | "client" => Field::SourceIp,
        "dstip" => Field::DestinationIp,
        "srcport" => Field::SourcePort,
        "dstport" => Field::DestinationPort,
        "request_id" => Field::HttpRequestId,
        "pid" => Field::ProcessPid,
        "app" => Field::ServiceName,
        _ => return known_field(key),
    })
}

#[cfg(test)]
mod tests {
    use super::super::detect::{MappedColumns, detect};
    use super::super::system::read;

    fn check(log: &str, expected: &str) {
        let mut mapped = MappedColumns::new();
        mapped.insert("who".into(), "user.name".parse().unwrap());
        let best = detect(log.as_bytes(), &mapped).swap_remove(0);
        let last = log.lines().last().unwrap();
        let found = best.spec.name().map_or("unknown".into(), |_| read(&best.spec, last));
        assert_eq!(found, expected, "{}", best.evidence);
    }

    #[test]
    fn known_keys_become_fields_and_others_stay() {
        check(
            "t=2026-03-02T07:10:09Z level=info msg=\"a \\\"b\\\" c\" who=jane status=200 remote_addr=192.0.2.1 size= x=1",
            "@timestamp=2026-03-02T07:10:09Z | log.level=info | message=a \\\"b\\\" c | user.name=jane | \
             http.response.status_code=200 | source.ip=192.0.2.1 | logfmt.x=1",
        );
    }

    #[test]
    fn a_field_of_another_kind_stays_text_and_late_keys_are_kept() {
        check(
            "time=13:46:40 date=2026-03-02 a=1\n",
            "logfmt.time=13:46:40 | @timestamp=2026-03-02T00:00:00Z | logfmt.a=1",
        );
        let log = format!("{}a=1 b=2 late=\"x y\" later=3\n", "a=1 b=2\n".repeat(310));
        check(&log, "logfmt.a=1 | logfmt.b=2 | logfmt.more=late=\"x y\"");
    }

    #[test]
    fn prose_and_a_single_pair_are_none() {
        check("x = 1\nif a=b then\n", "unknown");
        check("a=1\nb=2\n", "unknown");
    }
}
