//! Formats that the user brings: a `log_format` of nginx, a `LogFormat` of Apache, or pieces put together by hand.
//! Specification: <https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>,
//! <https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats>.
//!
//! ```text
//! string ── pattern ─► pieces ── Plan ─► columns, steps ── per line ─► values
//! ```
//!
//! A line is cut from left to right, each piece at the first place where what follows it stands, so a line is read once.
//! In quotes a backslash escapes; escapes stay as written. `-` and nothing are null.

mod clock;
pub mod names;
pub mod pattern;
pub mod propose;

use std::borrow::Cow;

use memchr::{memchr, memmem};
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};

use self::names::{How, LIST_PREFIX, own};
use self::pattern::{FieldPiece, PatternError, Piece, parse};
use super::access::{host_and_port, is_escaped, looks_like_address, split_request};
use super::numbers::{float, integer, seconds_scaled};
use super::{Format, Parsed, Parser, Reason, timestamp};

/// A format that the user brings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomSpec {
    /// What the user calls it.
    pub name: String,
    /// Its format string.
    pub pattern: String,
}

impl CustomSpec {
    /// A format of that string.
    ///
    /// # Errors
    /// What is wrong with the string, and where.
    pub fn new(name: &str, pattern: &str) -> Result<Self, PatternError> {
        parse(pattern).map(|_| Self { name: name.to_owned(), pattern: pattern.to_owned() })
    }

    fn plan(&self) -> Plan {
        // A string that does not parse was refused when it came in.
        Plan::new(&parse(&self.pattern).unwrap_or_default())
    }
}

impl Format for CustomSpec {
    fn id(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }

    fn name(&self) -> Cow<'_, str> {
        self.name.as_str().into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        "custom".into()
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        let plan = self.plan();
        let name =
            |step: &Step| Some((step.name.clone(), plan.columns.get(step.places.first().copied()?)?.name.clone()));
        plan.steps.iter().filter_map(name).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(self.plan())
    }
}

/// Of each piece that changes the column that it becomes first, and its text in the first line that is understood.
pub fn names_and_texts(spec: &CustomSpec, lines: &[&[u8]]) -> Vec<(Option<FieldName>, String)> {
    let plan = spec.plan();
    let texts = lines.iter().find_map(|line| plan.texts(line)).unwrap_or_default();
    let mut texts = texts.into_iter();
    let told = plan.steps.iter().map(|step| {
        let text = texts.next().unwrap_or_default();
        // A client is an address or a name, and a request may be none: the column that the text went to.
        let place = step.places.iter().find(|place| plan.columns.get(**place).is_some());
        (place.and_then(|place| plan.columns.get(*place)).map(|column| column.name.clone()), text)
    });
    told.collect()
}

/// How many columns a piece fills at most: a request.
const PLACES: usize = 7;

/// No column: another piece has it.
const NOWHERE: usize = usize::MAX;

/// The parser of a format that the user brings.
struct Plan {
    columns: Vec<ColumnSpec>,
    /// What a line begins with.
    first: Vec<u8>,
    steps: Vec<Step>,
}

/// A piece, and what stands behind it.
struct Step {
    name: String,
    how: How,
    /// The columns that it fills, in the order of [`fields_of`].
    places: [usize; PLACES],
    /// What stands behind it; nothing at the end of the line.
    behind: memmem::Finder<'static>,
    is_quoted: bool,
    is_list: bool,
    /// Where the offset from UTC goes.
    timezone: usize,
}

/// What a request line becomes.
const REQUEST: [Field; PLACES] = [
    Field::HttpRequestMethod,
    Field::UrlPath,
    Field::UrlQuery,
    Field::HttpVersion,
    Field::HttpRequestLine,
    Field::UrlDomain,
    Field::UrlPort,
];

/// The columns that a piece fills.
fn fields_of(how: &How) -> &[Field] {
    match how {
        How::Time | How::Clock(_) => &[Field::Timestamp],
        How::Duration(_) => &[Field::EventDuration],
        How::Client => &[Field::SourceIp, Field::SourceDomain],
        How::Server => &[Field::UrlDomain, Field::UrlPort],
        How::Request => &REQUEST,
        How::Target => &[Field::UrlPath, Field::UrlQuery, Field::UrlDomain, Field::UrlPort],
        How::Query => &[Field::UrlQuery],
        How::Protocol => &[Field::HttpVersion],
        How::Plain(..) | How::Nothing => &[],
    }
}

impl Plan {
    fn new(pieces: &[Piece]) -> Self {
        let mut plan = Self { columns: Vec::new(), first: Vec::new(), steps: Vec::new() };
        let literal = |piece: Option<&Piece>| match piece {
            Some(Piece::Literal(text)) => text.clone().into_bytes(),
            _ => Vec::new(),
        };
        plan.first = literal(pieces.first());
        let mut before = plan.first.clone();
        for (at, piece) in pieces.iter().enumerate() {
            let Piece::Field(field) = piece else { continue };
            let behind = literal(pieces.get(at + 1));
            let is_quoted = before.last() == Some(&b'"') && behind.first() == Some(&b'"');
            plan.steps.push(Step {
                name: field.name.clone(),
                how: field.how.clone(),
                places: [NOWHERE; PLACES],
                is_list: field.name.starts_with(LIST_PREFIX) || field.name.starts_with("custom.upstream_"),
                is_quoted,
                timezone: NOWHERE,
                behind: memmem::Finder::new(&behind).into_owned(),
            });
            before = behind;
        }
        plan.place(pieces);
        plan
    }

    /// Gives each piece its columns: first to those that mean one thing, then to those that mean several.
    fn place(&mut self, pieces: &[Piece]) {
        let mut steps = std::mem::take(&mut self.steps);
        let fields = pieces.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Literal(_) => None,
        });
        let both: Vec<(&FieldPiece, &mut Step)> = fields.zip(&mut steps).collect();
        let (several, one): (Vec<_>, Vec<_>) =
            both.into_iter().partition(|(_, step)| matches!(step.how, How::Request | How::Target));
        for (field, step) in one.into_iter().chain(several) {
            let wanted = fields_of(&step.how);
            if wanted.first().is_some_and(|first| self.is_taken(&(*first).into())) && step.how != How::Request {
                // A second piece of the same meaning keeps its own name.
                let kind = if matches!(step.how, How::Duration(_)) { Kind::Float } else { Kind::Keyword };
                step.how = How::Plain(self.free(&field.name), kind);
            }
            if let How::Plain(name, kind) = &step.how {
                let name = if self.is_taken(name) { self.free(&field.name) } else { name.clone() };
                if let Some(place) = step.places.first_mut() {
                    *place = self.columns.len();
                }
                self.columns.push(ColumnSpec { name, kind: *kind });
                continue;
            }
            for (field, place) in fields_of(&step.how).iter().zip(&mut step.places) {
                if !self.is_taken(&(*field).into()) {
                    *place = self.columns.len();
                    self.columns.push(ColumnSpec::ecs(*field));
                }
            }
            if matches!(step.how, How::Time | How::Clock(_)) {
                step.timezone = self.columns.len();
                self.columns.push(ColumnSpec::ecs(Field::EventTimezone));
            }
        }
        self.steps = steps;
    }

    fn is_taken(&self, name: &FieldName) -> bool {
        self.columns.iter().any(|column| column.name == *name)
    }

    /// A name of the user's own that no other column has.
    fn free(&self, name: &str) -> FieldName {
        let plain = own(&name.replace(['.', '@'], "_"));
        let mut names = (2..).map(|n| FieldName::Own(format!("{plain}_{n}").into()));
        if self.is_taken(&plain) { names.find(|name| !self.is_taken(name)).unwrap_or(plain) } else { plain }
    }

    /// The texts of the pieces of a line that is understood.
    fn texts(&self, line: &[u8]) -> Option<Vec<String>> {
        let mut record = Record::new(self.columns.len());
        self.fill(line, &mut record).ok()?;
        let mut rest = line.strip_prefix(self.first.as_slice())?;
        let mut texts = Vec::new();
        for step in &self.steps {
            let (value, after) = step.cut(rest)?;
            texts.push(String::from_utf8_lossy(value).into_owned());
            rest = after;
        }
        Some(texts)
    }

    fn fill<'a>(&self, line: &'a [u8], record: &mut Record<'a>) -> Result<(), Reason> {
        let mut rest = line.strip_prefix(self.first.as_slice()).ok_or("the line begins otherwise than the format")?;
        for step in &self.steps {
            let (value, after) = step.cut(rest).ok_or_else(|| step.unended())?;
            step.set(value, record).map_err(|expected| Reason::from(format!("{} is no {expected}", step.name)))?;
            rest = after;
        }
        if rest.trim_ascii_end().is_empty() { Ok(()) } else { Err("the line goes on after the format's end".into()) }
    }
}

impl Parser for Plan {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], _: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        match self.fill(line, record) {
            Ok(()) => Parsed::Row,
            Err(_) if line.trim_ascii().is_empty() => Parsed::Skip,
            Err(_) if line.first() == Some(&b'#') && self.first.first() != Some(&b'#') => Parsed::Skip,
            Err(reason) => Parsed::Reject(reason),
        }
    }
}

impl Step {
    fn unended(&self) -> Reason {
        let behind = String::from_utf8_lossy(self.behind.needle());
        match self.how {
            How::Clock(_) => "time is not understood".into(),
            _ => format!("no {behind:?} after {}", self.name).into(),
        }
    }

    /// The piece's text and what comes after what stands behind it.
    fn cut<'a>(&self, rest: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let behind = self.behind.needle();
        if let How::Clock(pattern) = &self.how
            && let Some(clocked) = clock::read(pattern, rest)
        {
            return Some((rest.get(..clocked.length)?, rest.get(clocked.length..)?.strip_prefix(behind)?));
        }
        if behind.is_empty() {
            return Some((rest.trim_ascii_end(), &[]));
        }
        let end = if self.is_quoted { quote_end(rest, behind)? } else { self.end(rest)? };
        Some((rest.get(..end)?, rest.get(end + behind.len()..)?))
    }

    /// Where the piece ends, outside of quotes.
    fn end(&self, rest: &[u8]) -> Option<usize> {
        let behind = self.behind.needle();
        let next = |from: usize| self.behind.find(rest.get(from..)?).map(|at| from + at);
        let first = next(0)?;
        let is_blank = behind.first().is_some_and(u8::is_ascii_whitespace);
        match self.how {
            // A date and a time of day, or a time and its offset: the longest that is a time.
            How::Time if is_blank => {
                let second = next(first + 1);
                let third = second.and_then(|at| next(at + 1));
                let ends = [third, second];
                let is_time = |end: &usize| timestamp::parse(rest.get(..*end).unwrap_or_default()).is_some();
                Some(ends.into_iter().flatten().find(is_time).unwrap_or(first))
            }
            How::Request if is_blank => {
                let protocol = memmem::find(rest, b" HTTP/").map_or(0, |at| at + 1);
                next(protocol)
            }
            // `a:80, b:80 : c:80`
            _ if self.is_list && is_blank => {
                let mut end = first;
                while rest.get(..end)?.ends_with(b",")
                    || rest.get(..end)?.ends_with(b":")
                    || rest.get(end..)?.starts_with(b" : ")
                {
                    end = next(end + 1)?;
                }
                Some(end)
            }
            _ => Some(first),
        }
    }

    fn set<'a>(&self, text: &'a [u8], record: &mut Record<'a>) -> Result<(), &'static str> {
        let text = text.trim_ascii();
        if matches!(text, b"" | b"-") {
            return Ok(());
        }
        let [place, second, ..] = self.places;
        match &self.how {
            How::Nothing => {}
            How::Plain(_, kind) => put(record, place, plain(if self.is_list { last_of(text) } else { text }, *kind)?),
            How::Time => {
                let stamp = timestamp::parse(text).ok_or("time")?;
                put(record, place, timestamp::value(stamp));
                put(record, self.timezone, stamp.offset.map_or(Value::Null, Value::Text));
            }
            How::Clock(pattern) => {
                let clocked = clock::read(pattern, text).ok_or("time")?;
                put(record, place, clocked.value);
                put(record, self.timezone, clocked.offset.map_or(Value::Null, Value::Text));
            }
            How::Duration(decimals) => {
                let nanoseconds = seconds_scaled(last_of(text), *decimals).ok_or("duration")?;
                put(record, place, Value::Integer(nanoseconds));
            }
            How::Client if looks_like_address(text) => put(record, place, Value::Text(text)),
            How::Client => put(record, second, Value::Text(text)),
            How::Server => server(text, (place, second), record),
            How::Query => put(record, place, Value::Text(text.strip_prefix(b"?").unwrap_or(text))),
            How::Protocol => put(record, place, Value::Text(text.strip_prefix(b"HTTP/").unwrap_or(text))),
            How::Target => target(text, [place, second, self.place(2), self.place(3)], record),
            How::Request => self.request(text, record),
        }
        Ok(())
    }

    fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or(NOWHERE)
    }

    fn request<'a>(&self, text: &'a [u8], record: &mut Record<'a>) {
        let Some((method, asked, version)) = split_request(text) else {
            return put(record, self.place(4), Value::Text(text));
        };
        put(record, self.place(0), Value::Text(method));
        put(record, self.place(3), version.filter(|v| !v.is_empty()).map_or(Value::Null, Value::Text));
        if method == b"CONNECT" {
            return server(asked, (self.place(5), self.place(6)), record);
        }
        target(asked, [self.place(1), self.place(2), self.place(5), self.place(6)], record);
    }
}

/// The quote that ends a piece: not escaped, and followed by what stands behind.
fn quote_end(rest: &[u8], behind: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr(b'"', rest.get(from..)?)?;
        if !is_escaped(rest, at) && rest.get(at..)?.starts_with(behind) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The last of several values: the one of the upstream that answered.
fn last_of(text: &[u8]) -> &[u8] {
    let at = text.iter().rposition(|b| matches!(b, b',' | b' ')).map_or(0, |at| at + 1);
    text.get(at..).unwrap_or_default()
}

fn put<'a>(record: &mut Record<'a>, place: usize, value: Value<'a>) {
    if place != NOWHERE && value != Value::Text(b"") {
        record.set(place, value);
    }
}

fn plain(text: &[u8], kind: Kind) -> Result<Value<'_>, &'static str> {
    match kind {
        _ if text == b"-" => Ok(Value::Null),
        Kind::Keyword | Kind::Ip => Ok(Value::Text(text)),
        Kind::Integer => integer(text).map(Value::Integer).ok_or("number"),
        Kind::Float => float(text).map(Value::Float).ok_or("number"),
        Kind::Time => timestamp::parse(text).map(timestamp::value).ok_or("time"),
    }
}

fn server<'a>(text: &'a [u8], (domain, port): (usize, usize), record: &mut Record<'a>) {
    let (name, number) = host_and_port(text);
    put(record, domain, Value::Text(name));
    put(record, port, number.map_or(Value::Null, Value::Integer));
}

fn target<'a>(text: &'a [u8], [path, query, domain, port]: [usize; 4], record: &mut Record<'a>) {
    let mut local = text;
    if text.first() != Some(&b'/')
        && let Some(at) = memmem::find(text.get(..12.min(text.len())).unwrap_or_default(), b"://")
    {
        let rest = text.get(at + 3..).unwrap_or_default();
        let end = rest.iter().position(|b| b"/?#".contains(b)).unwrap_or(rest.len());
        server(rest.get(..end).unwrap_or_default(), (domain, port), record);
        local = rest.get(end..).unwrap_or_default();
    }
    match memchr(b'?', local) {
        Some(at) => {
            put(record, path, Value::Text(local.get(..at).unwrap_or_default()));
            put(record, query, Value::Text(local.get(at + 1..).unwrap_or_default()));
        }
        None => put(record, path, Value::Text(local)),
    }
}

#[cfg(test)]
mod tests;
