//! JSON logs: an object a line, or the elements of a document.
//! Specification: [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259); each known log has a file in `maps` with its own.
//!
//! ```text
//! line ── tokens ─► key path ── paths ─► rule ── convert ─► columns
//! ```
//!
//! Nested objects are dotted paths. An array of plain values is one text, joined by commas; of an array of objects the
//! first counts. A key that is there twice counts as its last value. Text before an object on its line (a container's
//! or a relay's own time) is kept as `json.before`.
//!
//! Columns of known logs are in their map; keys that it lacks become columns of the format's own where the beginning of
//! the file has them, numbers where all their values there are. What does not fit such a guess later is cut to its
//! whole number or left null: the line is not at fault.

mod convert;
mod look;
mod maps;
mod paths;
mod tokens;

use std::borrow::Cow;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};
use crate::source::elements::Around;

use self::convert::{Convert, MAX_TARGETS, Targets};
use self::maps::Finish;
use self::paths::{Last, Node, Paths};
use self::tokens::{Text, Token, Tokens, unescape};
use super::numbers::float;
use super::{Format, Framing, Parsed, Parser, Reason};

pub use look::candidates;

/// How many keys of an object are read before it is taken as broken.
const MAX_KEYS: usize = 10_000;

/// How far into a line its object may begin.
const MAX_BEFORE: usize = 256;

/// What the beginning of a JSON log shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonSpec {
    /// Which log it is, by its number among the known ones.
    log: maps::Known,
    /// Which of a family's logs: Zeek's `http`.
    kind: String,
    /// What stands around the elements; none where a line is an object.
    around: Option<Around>,
    /// Whether text stands before objects.
    has_before: bool,
    /// Columns that the map lacks.
    columns: Vec<JsonColumn>,
}

/// A column that the beginning of the file shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct JsonColumn {
    /// The key, with those of the objects around it before it.
    path: String,
    /// What it becomes.
    column: ColumnSpec,
    convert: Convert,
}

impl Format for JsonSpec {
    fn name(&self) -> Cow<'_, str> {
        let map = self.log.map();
        match self.kind.as_str() {
            "" => map.name.into(),
            kind => format!("zeek {kind} (JSON)").into(),
        }
    }

    fn dataset(&self) -> Cow<'_, str> {
        match self.kind.as_str() {
            "" => self.log.map().dataset.into(),
            kind => format!("zeek.{kind}").into(),
        }
    }

    fn framing(&self) -> Framing {
        self.around.map_or(Framing::Lines, Framing::Elements)
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        self.columns.iter().map(|c| (c.path.clone(), c.column.name.clone())).collect()
    }

    fn parser(&self) -> Box<dyn Parser> {
        Box::new(JsonParser::new(self))
    }
}

/// What becomes of the value at a path.
struct Rule {
    path: String,
    convert: Convert,
    to: Targets,
    /// Fills only what no other key has filled.
    is_second: bool,
    /// The column was guessed from the beginning of the file.
    is_guess: bool,
}

/// An object or an array that is open.
struct Open {
    node: Node,
    last: Last,
    /// The node of the value that comes next.
    value: Node,
    is_array: bool,
    n_values: usize,
    /// Bytes of an array's values that were joined so far.
    joined: usize,
}

/// Name and value of a header that is an object of its own.
#[derive(Default)]
struct Header<'a> {
    name: Option<Text<'a>>,
    value: Option<Text<'a>>,
    is_name: bool,
}

/// Where texts are written that differ from the line's.
struct Room<'a>(&'a mut [u8]);

/// Parses the objects of one log.
pub struct JsonParser {
    columns: Vec<ColumnSpec>,
    paths: Paths,
    rules: Vec<Rule>,
    /// Columns whose value is the same in every row.
    constants: Vec<(usize, &'static [u8])>,
    /// The array whose objects are names and values of headers.
    headers: Node,
    before: Option<usize>,
    /// What is computed from a row's values, and the places that it needs.
    finish: Option<(Finish, Vec<usize>)>,
    key: Vec<u8>,
    /// What is open around the innermost object or array.
    outer: Vec<Open>,
}

impl JsonParser {
    /// A parser for a log.
    fn new(spec: &JsonSpec) -> Self {
        let map = spec.log.map();
        let mut columns = Vec::new();
        let mut rules = Vec::new();
        // What the user says of a key comes before what the map says.
        for column in &spec.columns {
            let to = targets(&mut columns, column.column.clone(), column.convert);
            let is_guess = column.column.name.ecs().is_none();
            rules.push(Rule { path: column.path.clone(), convert: column.convert, to, is_second: false, is_guess });
        }
        for entry in spec.log.entries(&spec.kind) {
            let name = FieldName::new(entry.name);
            let kind = name.ecs().map_or(entry.convert.kind(), Field::kind);
            let to = targets(&mut columns, ColumnSpec { name, kind }, entry.convert);
            rules.push(Rule {
                path: entry.path.into(),
                convert: entry.convert,
                to,
                is_second: entry.is_second,
                is_guess: false,
            });
        }
        let constants = spec
            .log
            .constants(&spec.kind)
            .into_iter()
            .map(|(name, value)| (place(&mut columns, ColumnSpec::own(name, Kind::Keyword)), value.as_bytes()))
            .collect();
        let finish = map.finish.map(|(names, finish)| {
            let places = names.iter().map(|name| {
                let name = FieldName::new(name);
                let kind = name.ecs().map_or(Kind::Keyword, Field::kind);
                place(&mut columns, ColumnSpec { name, kind })
            });
            (finish, places.collect())
        });
        let before = spec.has_before.then(|| place(&mut columns, ColumnSpec::own("json.before", Kind::Keyword)));
        let mut paths = Paths::new(rules.iter().map(|rule| rule.path.as_str()));
        let headers =
            map.headers.split('.').fold(Node::ROOT, |node, key| paths.find(node, &mut Last::default(), key.as_bytes()));
        Self { columns, paths, rules, constants, headers, before, finish, key: Vec::new(), outer: Vec::new() }
    }
}

/// The place of a column, which may be a new one.
fn place(columns: &mut Vec<ColumnSpec>, column: ColumnSpec) -> usize {
    columns.iter().position(|known| known.name == column.name).unwrap_or_else(|| {
        columns.push(column);
        columns.len() - 1
    })
}

fn targets(columns: &mut Vec<ColumnSpec>, column: ColumnSpec, convert: Convert) -> Targets {
    let mut to = [0; MAX_TARGETS];
    to[0] = place(columns, column);
    for (slot, name) in to.iter_mut().skip(1).zip(convert.beside()) {
        let name = FieldName::new(name);
        let kind = name.ecs().map_or(Kind::Keyword, Field::kind);
        *slot = place(columns, ColumnSpec { name, kind });
    }
    to
}

impl Parser for JsonParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        let mut line = line;
        if line.first() != Some(&b'{') {
            if line.trim_ascii().is_empty() {
                return Parsed::Skip;
            }
            let Some(at) = memchr(b'{', line.get(..MAX_BEFORE.min(line.len())).unwrap_or_default()) else {
                return Parsed::Reject("no object".into());
            };
            let before = line.get(..at).unwrap_or_default().trim_ascii();
            match self.before {
                _ if before.is_empty() => {}
                Some(column) => record.set(column, Value::Text(before)),
                None => return Parsed::Reject("text before the object".into()),
            }
            line = line.get(at..).unwrap_or_default();
        }
        // Texts without their escapes, and joined ones, are never longer than as written.
        if scratch.len() < line.len() {
            scratch.resize(line.len(), 0);
        }
        match self.fill(line, scratch, record) {
            Ok(()) => {}
            Err(reason) => return Parsed::Reject(reason),
        }
        for &(column, value) in &self.constants {
            record.set(column, Value::Text(value));
        }
        if let Some((finish, places)) = &self.finish {
            finish(places, record);
        }
        Parsed::Row
    }
}

impl JsonParser {
    fn fill<'a>(&mut self, line: &'a [u8], room: &'a mut [u8], record: &mut Record<'a>) -> Result<(), Reason> {
        let mut tokens = Tokens::new(line);
        let mut room = Room(room);
        let mut n_keys = 0;
        let mut header = Header::default();
        let mut open = Open::new(Node::ROOT, true);
        self.outer.clear();
        loop {
            let token = tokens.next().map_err(Reason::from)?;
            match token {
                Token::Key(key) => {
                    n_keys += 1;
                    if n_keys > MAX_KEYS {
                        return Err("more than 10,000 keys".into());
                    }
                    open.value = self.below(&mut open, key);
                    header.is_name = key.raw == b"name";
                }
                Token::Object | Token::Array => {
                    let inner = Open::new(self.node_of_next(&open), token == Token::Array);
                    open.n_values += 1;
                    if inner.node == self.headers {
                        header = Header::default();
                    }
                    self.outer.push(std::mem::replace(&mut open, inner));
                }
                Token::Close => {
                    let Some(around) = self.outer.pop() else { return Err("brackets do not match".into()) };
                    let closed = std::mem::replace(&mut open, around);
                    if closed.joined > 0 {
                        self.set_own(closed.node, room.take(closed.joined), record)?;
                    } else if closed.node == self.headers
                        && let (Some(name), Some(value)) = (header.name.take(), header.value.take())
                    {
                        let node = self.paths.find_header(self.headers, name.raw);
                        self.set_text(node, value, &mut room, record)?;
                    }
                }
                Token::Text(text) => {
                    open.n_values += 1;
                    if open.is_array {
                        self.join(&mut open, text, room.0);
                    } else if open.node == self.headers {
                        *(if header.is_name { &mut header.name } else { &mut header.value }) = Some(text);
                    } else {
                        self.set_text(open.value, text, &mut room, record)?;
                    }
                }
                Token::Plain(raw) => {
                    open.n_values += 1;
                    let text = Text { raw, is_escaped: false };
                    if open.is_array {
                        self.join(&mut open, text, room.0);
                    } else {
                        self.set_text(open.value, text, &mut room, record)?;
                    }
                }
                Token::Null => open.n_values += 1,
                Token::End => return Ok(()),
            }
        }
    }

    /// The node under a key of an open object.
    #[inline]
    fn below(&mut self, open: &mut Open, key: Text<'_>) -> Node {
        if !key.is_escaped {
            return self.paths.find(open.node, &mut open.last, key.raw);
        }
        self.key.resize(key.raw.len(), 0);
        let len = unescape(key.raw, &mut self.key);
        self.paths.find(open.node, &mut open.last, self.key.get(..len).unwrap_or_default())
    }

    /// The node of an object or an array that begins as the next value.
    fn node_of_next(&self, open: &Open) -> Node {
        match (open.is_array, open.n_values) {
            (false, _) => open.value,
            (true, 0) => open.node,
            (true, _) if open.node == self.headers => open.node,
            _ => Node::NONE,
        }
    }

    /// Adds a value of an array to those before it.
    fn join(&self, open: &mut Open, text: Text<'_>, room: &mut [u8]) {
        if self.paths.rule(open.node).is_none() {
            return;
        }
        let Some(room) = room.get_mut(open.joined..).filter(|room| room.len() > text.raw.len()) else { return };
        let at = usize::from(open.joined > 0);
        if let (1, Some(comma)) = (at, room.first_mut()) {
            *comma = b',';
        }
        open.joined += at + unescape(text.raw, room.get_mut(at..).unwrap_or_default());
    }

    #[inline]
    fn set_text<'a>(
        &self,
        node: Node,
        text: Text<'a>,
        room: &mut Room<'a>,
        record: &mut Record<'a>,
    ) -> Result<(), Reason> {
        let Some(rule) = self.paths.rule(node).and_then(|rule| self.rules.get(rule)) else { return Ok(()) };
        let is_lower = rule.convert == Convert::Lower && text.raw.iter().any(u8::is_ascii_uppercase);
        if !text.is_escaped && !is_lower {
            return rule.set(text.raw, record);
        }
        let len = unescape(text.raw, room.0);
        self.set_own(node, room.take(len), record)
    }

    /// The same with text that may be changed.
    fn set_own<'a>(&self, node: Node, text: &'a mut [u8], record: &mut Record<'a>) -> Result<(), Reason> {
        let Some(rule) = self.paths.rule(node).and_then(|rule| self.rules.get(rule)) else { return Ok(()) };
        if rule.convert == Convert::Lower {
            text.make_ascii_lowercase();
        }
        rule.set(text, record)
    }
}

impl Rule {
    #[inline]
    fn set<'a>(&self, text: &'a [u8], record: &mut Record<'a>) -> Result<(), Reason> {
        let is_filled = || self.to.first().and_then(|&at| record.values.get(at)).is_some_and(|v| *v != Value::Null);
        if matches!(text, b"" | b"-") || (self.is_second && is_filled()) {
            return Ok(());
        }
        match self.convert.fill(text, &self.to, record) {
            Ok(()) => {}
            Err(_) if self.is_guess => {
                let whole = float(text).filter(|number| self.convert == Convert::Integer && number.abs() < 9e15);
                let value = whole.map_or(Value::Null, |number| Value::Integer(number as i64));
                record.set(self.to[0], value);
            }
            Err(expected) => return Err(format!("{} is no {expected}", self.path).into()),
        }
        Ok(())
    }
}

impl<'a> Room<'a> {
    /// What was written at its beginning, and keeps the rest.
    fn take(&mut self, len: usize) -> &'a mut [u8] {
        let (text, rest) = std::mem::take(&mut self.0).split_at_mut_checked(len).unwrap_or_default();
        self.0 = rest;
        text
    }
}

impl Open {
    fn new(node: Node, is_array: bool) -> Self {
        Self { node, last: Last::default(), value: Node::NONE, is_array, n_values: 0, joined: 0 }
    }
}

#[cfg(test)]
mod tests;
