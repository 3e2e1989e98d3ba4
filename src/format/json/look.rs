//! Which JSON log a file is, by its beginning: what stands around its objects, which keys they have, what their values
//! are.

use std::collections::{BTreeMap, BTreeSet};

use crate::format::access::{looks_like_address, split_request};
use crate::format::detect::{Candidate, Certainty, HEAD_LINES, Head, understood};
use crate::format::numbers::{float, integer};
use crate::format::{FormatSpec, Reason};
use crate::schema::{ColumnSpec, Field, FieldName, Kind, Record};
use crate::source::elements::{Around, ElementSplitter};

use super::convert::{Convert, MAX_TARGETS};
use super::maps::{Known, kind_of, known_name};
use super::tokens::{Token, Tokens};
use super::{JsonColumn, JsonSpec, MAX_BEFORE};

/// How many columns of its own a file gets, those of the most frequent keys.
const MAX_OWN: usize = 120;

/// How many values of a key are looked at.
const MAX_SAMPLES: usize = 20;

/// The longest path that becomes a column.
const MAX_PATH: usize = 120;

/// How many keys of the beginning are counted.
const MAX_SEEN: usize = 5000;

/// A share of objects from which JSON is believed.
const ENOUGH: f64 = 0.5;

/// Keys of an object that hold an array of records.
const ENVELOPES: [&str; 12] = [
    "records",
    "logs",
    "events",
    "logevents",
    "entries",
    "items",
    "value",
    "values",
    "results",
    "data",
    "hits",
    "rows",
];

/// The logs that the beginning of a file may be.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let Some(objects) = objects(head) else { return Vec::new() };
    let seen = Seen::of(&objects.texts);
    let known = Known::ALL.iter().filter(|known| **known != Known::Plain && seen.is_log(**known));
    let logs = known.take(1).chain([&Known::Plain]);
    logs.filter_map(|&log| candidate(head, &objects, &seen, log)).collect()
}

fn candidate(head: &Head<'_>, objects: &Objects<'_>, seen: &Seen, log: Known) -> Option<Candidate> {
    let kind = if log == Known::Zeek { seen.zeek_kind() } else { String::new() };
    let columns = columns(head, seen, log, &kind);
    let spec = JsonSpec { log, kind, around: objects.around, has_before: objects.has_before, columns };
    let (what, name) = (if objects.around.is_some() { "objects" } else { "lines" }, log.map().name);
    let spec = FormatSpec::Json(spec);
    let (rows, n) = understood(&spec, &objects.texts);
    let share = rows as f64 / n.max(1) as f64;
    let evidence = match log {
        Known::Plain => format!("{rows} of the first {n} {what} are JSON objects"),
        _ => format!("{rows} of the first {n} {what} have the keys of {name}"),
    };
    let certainty = if log == Known::Plain { Certainty::Guess } else { Certainty::Shape };
    (rows > 0 && share >= ENOUGH).then_some(Candidate { spec, share, certainty, evidence })
}

/// The objects at the beginning of a file.
struct Objects<'a> {
    around: Option<Around>,
    has_before: bool,
    texts: Vec<&'a [u8]>,
}

/// Lines where they are objects, else elements of documents. **Null**: none where it is no JSON.
fn objects<'a>(head: &Head<'a>) -> Option<Objects<'a>> {
    let first = head.bytes.trim_ascii_start();
    let of = |around: Around| {
        let texts = elements(head.bytes, around);
        let is_json = texts.first().is_some_and(|text| is_object(text));
        is_json.then_some(Objects { around: Some(around), has_before: false, texts })
    };
    match first {
        [b'[', rest @ ..] if rest.trim_ascii_start().first() == Some(&b'{') => of(Around::Array),
        [b'{', ..] if is_envelope(first) => of(Around::Envelope),
        _ => {
            let good = head
                .lines
                .iter()
                .filter(|line| object_at(line).is_some_and(|at| is_object(line.get(at..).unwrap_or_default())));
            if good.count() * 2 >= head.lines.len() {
                let has_before = head.lines.iter().any(|line| object_at(line).is_some_and(|at| at > 0));
                return Some(Objects { around: None, has_before, texts: head.lines.clone() });
            }
            if first.first() == Some(&b'{') { of(Around::Nothing) } else { None }
        }
    }
}

fn object_at(line: &[u8]) -> Option<usize> {
    memchr::memchr(b'{', line.get(..MAX_BEFORE.min(line.len()))?)
}

fn is_object(text: &[u8]) -> bool {
    let mut tokens = Tokens::new(text);
    loop {
        match tokens.next() {
            Ok(Token::End) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// The whole elements at the beginning of a file.
fn elements(head: &[u8], around: Around) -> Vec<&[u8]> {
    let mut places = Vec::new();
    ElementSplitter::new(around).push(head, |element| places.push((element.byte as usize, element.text.len())));
    places.iter().take(HEAD_LINES).filter_map(|&(byte, len)| head.get(byte..byte + len)).collect()
}

/// Whether a document is an object around an array of records: under a key that is called so, with an object in it, and
/// more than half of the document, or not at its end yet. A record with a small list in it is none.
fn is_envelope(document: &[u8]) -> bool {
    let mut tokens = Tokens::new(document);
    let mut depth = 0;
    let (mut is_named, mut has_object) = (false, false);
    let (mut begin, mut len) = (0, 0);
    loop {
        let token = tokens.next();
        match token {
            Ok(Token::Key(key)) if depth == 1 => {
                let name = key.raw.to_ascii_lowercase();
                is_named = ENVELOPES.iter().any(|known| known.as_bytes() == name);
            }
            Ok(Token::Object | Token::Array) => {
                depth += 1;
                if depth == 2 {
                    is_named &= token == Ok(Token::Array);
                    begin = tokens.position();
                }
                has_object |= depth == 3 && is_named && token == Ok(Token::Object);
            }
            Ok(Token::Close) => {
                depth -= 1;
                if depth == 1 && is_named && has_object {
                    len = len.max(tokens.position() - begin);
                }
                if depth == 0 {
                    return len * 2 > tokens.position();
                }
            }
            Ok(_) => {}
            Err(_) => return has_object,
        }
    }
}

/// What the values of a key are.
#[derive(Default)]
struct Values {
    count: usize,
    /// In which order keys come.
    order: usize,
    is_integer: bool,
    is_number: bool,
    samples: Vec<String>,
}

/// The keys of some objects.
struct Seen {
    n_objects: usize,
    keys: BTreeMap<String, Values>,
}

impl Seen {
    fn of(texts: &[&[u8]]) -> Self {
        let mut seen = Self { n_objects: 0, keys: BTreeMap::new() };
        for text in texts {
            let text = object_at(text).and_then(|at| text.get(at..)).unwrap_or_default();
            if seen.object(text).is_ok() {
                seen.n_objects += 1;
            }
        }
        seen
    }

    fn object(&mut self, text: &[u8]) -> Result<(), Reason> {
        let mut tokens = Tokens::new(text);
        // The path of each open object or array, whether it is an array, and how many values it had.
        let mut open: Vec<(String, bool, usize)> = Vec::new();
        let mut path = String::new();
        loop {
            let token = tokens.next()?;
            match token {
                Token::Key(key) => {
                    let around = open.last().map_or("", |(path, ..)| path.as_str());
                    let key = String::from_utf8_lossy(key.raw);
                    path = if around.is_empty() { key.into_owned() } else { format!("{around}.{key}") };
                }
                Token::Object | Token::Array => {
                    let inner = match open.last_mut() {
                        Some((around, true, n)) => {
                            *n += 1;
                            // Of an array of objects the first counts.
                            if *n == 1 { around.clone() } else { "\0".into() }
                        }
                        Some(_) => std::mem::take(&mut path),
                        None => String::new(),
                    };
                    open.push((inner, token == Token::Array, 0));
                }
                Token::Close => {
                    open.pop();
                }
                Token::Text(value) => self.value(&mut open, &path, value.raw, false),
                Token::Plain(word) => self.value(&mut open, &path, word, true),
                Token::Null => {}
                Token::End => return Ok(()),
            }
        }
    }

    fn value(&mut self, open: &mut [(String, bool, usize)], path: &str, value: &[u8], is_plain: bool) {
        let (path, in_array) = match open.last_mut() {
            Some((around, true, n)) => {
                *n += 1;
                (around.as_str(), true)
            }
            _ => (path, false),
        };
        let is_new = !self.keys.contains_key(path);
        if path.is_empty()
            || path.len() > MAX_PATH
            || path.contains(['\0', '\\'])
            || (is_new && self.keys.len() >= MAX_SEEN)
        {
            return;
        }
        let order = self.keys.len();
        let values = self.keys.entry(path.to_owned()).or_insert_with(|| Values {
            order,
            is_integer: true,
            is_number: true,
            ..Values::default()
        });
        values.count += 1;
        if matches!(value, b"" | b"-") {
            return;
        }
        values.is_integer &= is_plain && !in_array && integer(value).is_some();
        values.is_number &= is_plain && !in_array && float(value).is_some();
        if values.samples.len() < MAX_SAMPLES {
            values.samples.push(String::from_utf8_lossy(value).replace("\\/", "/"));
        }
    }

    fn has(&self, path: &str) -> bool {
        let count = match self.keys.get(path) {
            Some(values) => values.count,
            // A key whose value is an object.
            None => {
                let below = self.keys.range(format!("{path}.")..).next();
                below
                    .filter(|(key, _)| key.starts_with(path) && key.as_bytes().get(path.len()) == Some(&b'.'))
                    .map_or(0, |(_, v)| v.count)
            }
        };
        count > 0
    }

    /// How many objects have one of these keys, at least.
    fn count(&self, paths: &[&str]) -> usize {
        let counts = paths
            .iter()
            .filter(|path| self.has(path))
            .map(|path| self.keys.get(*path).map_or(self.n_objects, |v| v.count));
        counts.sum()
    }

    fn is_log(&self, known: Known) -> bool {
        let signs = known.map().signs;
        let is_told = signs.iter().all(|paths| self.count(paths) * 2 >= self.n_objects.max(1));
        is_told
            && (known != Known::Zeek || self.has("_path") || self.has("uid") || kind_of(|key| self.has(key)).is_some())
    }

    /// Which of Zeek's logs; empty for several.
    fn zeek_kind(&self) -> String {
        if let Some(values) = self.keys.get("_path") {
            let names: BTreeSet<&str> = values.samples.iter().map(String::as_str).collect();
            let mut names = names.into_iter();
            return match (names.next(), names.next()) {
                (Some(name), None) => name.to_owned(),
                _ => String::new(),
            };
        }
        kind_of(|key| self.has(key)).unwrap_or_default().to_owned()
    }
}

/// The columns that the log's map lacks, in the order in which keys come.
fn columns(head: &Head<'_>, seen: &Seen, log: Known, kind: &str) -> Vec<JsonColumn> {
    let map = log.map();
    let entries = log.entries(kind);
    let is_passed = |path: &str| {
        let is_below = |of: &str| {
            !of.is_empty() && path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        is_below(map.headers) || map.passed.iter().any(|passed| is_below(passed))
    };
    let mut keys: Vec<(&String, &Values)> = seen.keys.iter().filter(|(path, _)| !is_passed(path)).collect();
    keys.sort_by(|a, b| b.1.count.cmp(&a.1.count).then(a.1.order.cmp(&b.1.order)));
    let mut taken: Vec<FieldName> = entries.iter().map(|entry| FieldName::new(entry.name)).collect();
    let mut columns: Vec<(usize, JsonColumn)> = Vec::new();
    for (path, values) in keys {
        let said = head.mapped.get(path.as_str());
        if said.is_none() && entries.iter().any(|entry| entry.path == path) {
            continue;
        }
        let known =
            if log == Known::Plain { known_name(path).filter(|(_, convert)| values.fit(*convert)) } else { None };
        let known =
            said.map(|name| (name.clone(), Convert::of(name, name.ecs().map_or(Kind::Keyword, Field::kind)))).or(known);
        let (name, convert) = match known.filter(|(name, _)| said.is_some() || !taken.contains(name)) {
            Some(known) => known,
            None if columns.len() >= MAX_OWN => continue,
            None => (own_name(map.prefix, kind, path), values.convert()),
        };
        taken.push(name.clone());
        let kind = name.ecs().map_or(convert.kind(), Field::kind);
        columns.push((values.order, JsonColumn { path: path.clone(), column: ColumnSpec { name, kind }, convert }));
    }
    columns.sort_by_key(|(order, _)| *order);
    columns.into_iter().map(|(_, column)| column).collect()
}

fn own_name(prefix: &str, kind: &str, path: &str) -> FieldName {
    let dot = if kind.is_empty() { "" } else { "." };
    FieldName::Own(format!("{prefix}{kind}{dot}{path}").into())
}

impl Values {
    /// Numbers where all values are.
    fn convert(&self) -> Convert {
        match (self.samples.is_empty(), self.is_integer, self.is_number) {
            (false, true, _) => Convert::Integer,
            (false, false, true) => Convert::Float,
            _ => Convert::Text,
        }
    }

    /// Whether the values looked at are what a conversion wants.
    fn fit(&self, convert: Convert) -> bool {
        let to = std::array::from_fn(|at| at);
        self.samples.iter().all(|sample| {
            let text = sample.as_bytes();
            let looks = match convert {
                Convert::Client | Convert::Server => {
                    looks_like_address(text.split(|b| b",]".contains(b)).next().unwrap_or_default())
                        || crate::format::access::host_and_port(text).1.is_some()
                }
                Convert::Request => split_request(text).is_some(),
                Convert::Uri => text.first() == Some(&b'/') || sample.contains("://"),
                _ => true,
            };
            looks && convert.fill(text, &to, &mut Record::new(MAX_TARGETS)).is_ok()
        })
    }
}
