//! A shard's columns as checks see them: decoded once for all checks, with two columns made of several.
//!
//! The *host* of a row is the first that it has of `url.domain`, `destination.domain`, `tls.server_name` and
//! `dns.question.name`; its *source* is `source.ip`, else `source.domain`. Both are codes too: the codes of their
//! columns' dictionaries one after the other, so that a check on hosts also runs once for each distinct text.

use std::borrow::Cow;

use crate::schema::{Field, FieldName};
use crate::table::{Dictionary, NULL, NULL_NUMBER, RowSet, Selection, Shard, Table};

/// The columns that a host may stand in, the first wins.
pub(super) const HOST_FIELDS: [Field; 4] =
    [Field::UrlDomain, Field::DestinationDomain, Field::TlsServerName, Field::DnsQuestionName];

/// The columns that a source may stand in, the first wins.
pub(super) const SOURCE_FIELDS: [Field; 2] = [Field::SourceIp, Field::SourceDomain];

/// A column that a check looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Codes of a text column.
    Text(FieldName),
    /// A column of whole numbers.
    Number(FieldName),
    /// The host of the row.
    Host,
    /// The source of the row.
    Source,
}

impl Column {
    /// The column of that name; `host` is the host of the row.
    pub fn named(name: &str) -> Self {
        let field = FieldName::new(name);
        match (name, field.ecs().map(|f| f.kind().is_text())) {
            ("host", _) => Self::Host,
            (_, Some(false)) => Self::Number(field),
            _ => Self::Text(field),
        }
    }
}

/// Columns of text that stand for one another, as one space of codes.
///
/// **Null**: code 0.
#[derive(Clone, Debug)]
pub(super) struct Joined<'a> {
    /// Each column with the code before its first.
    parts: Vec<(FieldName, u32, Option<&'a Dictionary>)>,
    len: usize,
}

impl<'a> Joined<'a> {
    /// The columns, the first wins.
    pub fn new(selection: Selection<'a>, fields: &[Field]) -> Self {
        let mut next = 0;
        let parts = fields
            .iter()
            .map(|&field| {
                let name = FieldName::from(field);
                let dictionary = selection.dictionary(&name);
                let base = next;
                next += dictionary.map_or(0, Dictionary::len) as u32;
                (name, base, dictionary)
            })
            .collect();
        Self { parts, len: next as usize }
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The column and the text of a code.
    pub fn get(&self, code: u32) -> Option<(&FieldName, &'a str)> {
        let (name, base, dictionary) = self.parts.iter().rev().find(|(_, base, _)| *base < code)?;
        Some((name, (*dictionary)?.get(code - base)))
    }

    /// For every code, whether its text fits. Only the columns of `fields` are looked at.
    pub fn matching(&self, fields: &[Field], mut fits: impl FnMut(&str) -> bool) -> Vec<bool> {
        let mut hits = vec![false; self.len];
        for (name, base, dictionary) in &self.parts {
            if !name.ecs().is_some_and(|field| fields.contains(&field)) {
                continue;
            }
            for (code, text) in dictionary.iter().flat_map(|d| d.iter()) {
                if let Some(hit) = hits.get_mut((base + code) as usize) {
                    *hit = fits(text);
                }
            }
        }
        hits
    }

    /// Reads the codes of a shard's rows.
    fn read(&self, shard: &Shard, scratch: &mut Vec<u32>, out: &mut Vec<u32>) {
        out.clear();
        out.resize(shard.table.n_rows, NULL);
        // The last part first, so that the first overwrites.
        for (name, base, _) in self.parts.iter().rev() {
            if shard.table.column(name).is_none() {
                continue;
            }
            shard.table.read_codes(name, scratch);
            for (slot, &code) in out.iter_mut().zip(scratch.iter()) {
                if code != NULL {
                    *slot = base + code;
                }
            }
        }
    }
}

/// A column of the shard in view.
#[derive(Debug)]
struct Loaded<T> {
    name: FieldName,
    values: Vec<T>,
    /// Whether the shard before had no such column: most columns are in no shard, and need not be cleared again.
    is_null: bool,
}

impl<T: Copy> Loaded<T> {
    fn new(name: &FieldName) -> Self {
        Self { name: name.clone(), values: Vec::new(), is_null: true }
    }

    fn read(&mut self, shard: &Shard, null: T, read: fn(&Table, &FieldName, &mut Vec<T>)) {
        let was_null = self.is_null;
        self.is_null = shard.table.column(&self.name).is_none();
        if self.is_null && was_null {
            self.values.resize(shard.table.n_rows, null);
        } else {
            read(&shard.table, &self.name, &mut self.values);
        }
    }
}

/// The columns of one shard that checks look at. Reused from shard to shard.
#[derive(Debug)]
pub(super) struct View<'a> {
    /// The hosts of the store.
    pub hosts: Joined<'a>,
    /// The sources of the store.
    pub sources: Joined<'a>,
    texts: Vec<Loaded<u32>>,
    numbers: Vec<Loaded<i64>>,
    host: Option<Vec<u32>>,
    source: Vec<u32>,
    /// When each row happened: its time, else its window's start.
    pub times: Vec<i64>,
}

impl<'a> View<'a> {
    /// A view that holds these columns, the source and the time.
    pub fn new(selection: Selection<'a>, columns: &[Column]) -> Self {
        let mut view = Self {
            hosts: Joined::new(selection, &HOST_FIELDS),
            sources: Joined::new(selection, &SOURCE_FIELDS),
            texts: Vec::new(),
            numbers: Vec::new(),
            host: None,
            source: Vec::new(),
            times: Vec::new(),
        };
        for column in columns {
            match column {
                Column::Text(name) if view.codes_of(name).is_none() => view.texts.push(Loaded::new(name)),
                Column::Number(name) if view.numbers_of(name).is_none() => {
                    view.numbers.push(Loaded::new(name));
                }
                Column::Host => view.host = Some(Vec::new()),
                _ => {}
            }
        }
        view
    }

    /// Reads a shard's columns.
    pub fn load(&mut self, shard: &Shard) {
        let mut scratch = Vec::new();
        for text in &mut self.texts {
            text.read(shard, NULL, Table::read_codes);
        }
        for number in &mut self.numbers {
            number.read(shard, NULL_NUMBER, Table::read_numbers);
        }
        if let Some(host) = &mut self.host {
            self.hosts.read(shard, &mut scratch, host);
        }
        self.sources.read(shard, &mut scratch, &mut self.source);
        self.load_times(shard);
    }

    fn load_times(&mut self, shard: &Shard) {
        let table = &shard.table;
        table.read_numbers(&Field::Timestamp.into(), &mut self.times);
        if self.times.contains(&NULL_NUMBER) && table.column(&Field::EventStart.into()).is_some() {
            let mut starts = Vec::new();
            table.read_numbers(&Field::EventStart.into(), &mut starts);
            for (time, start) in self.times.iter_mut().zip(starts) {
                if *time == NULL_NUMBER {
                    *time = start;
                }
            }
        }
    }

    /// Codes of a column of text, one a row; empty where the view does not hold it.
    pub fn codes(&self, column: &Column) -> &[u32] {
        match column {
            Column::Host => self.host.as_deref().unwrap_or_default(),
            Column::Source => &self.source,
            Column::Text(name) => self.codes_of(name).unwrap_or_default(),
            Column::Number(_) => &[],
        }
    }

    /// Values of a column of numbers, one a row; empty where the view does not hold it.
    pub fn numbers(&self, field: Field) -> &[i64] {
        self.numbers_of(&field.into()).unwrap_or_default()
    }

    /// The same of a column that may be a format's own.
    pub fn numbers_named(&self, name: &FieldName) -> &[i64] {
        self.numbers_of(name).unwrap_or_default()
    }

    /// A row's value in a column: its code or its number. **Null**: none.
    pub fn value(&self, column: &Column, row: usize) -> Option<i64> {
        match column {
            Column::Number(name) => self.numbers_of(name)?.get(row).copied().filter(|&v| v != NULL_NUMBER),
            text => self.codes(text).get(row).copied().filter(|&code| code != NULL).map(i64::from),
        }
    }

    /// When a row happened, µs.
    pub fn time(&self, row: usize) -> Option<i64> {
        self.times.get(row).copied().filter(|&time| time != NULL_NUMBER)
    }

    fn codes_of(&self, name: &FieldName) -> Option<&[u32]> {
        self.texts.iter().find(|text| text.name == *name).map(|text| text.values.as_slice())
    }

    fn numbers_of(&self, name: &FieldName) -> Option<&[i64]> {
        self.numbers.iter().find(|number| number.name == *name).map(|number| number.values.as_slice())
    }
}

/// The field and the text that a value of a column stands for.
pub(super) fn text_of(
    selection: Selection<'_>,
    view: &View<'_>,
    column: &Column,
    value: i64,
) -> Option<(String, String)> {
    let joined = |joined: &Joined<'_>| {
        let (name, text) = joined.get(u32::try_from(value).ok()?)?;
        Some((name.as_str().to_owned(), text.to_owned()))
    };
    match column {
        Column::Host => joined(&view.hosts),
        Column::Source => joined(&view.sources),
        Column::Number(name) => Some((name.as_str().to_owned(), value.to_string())),
        Column::Text(name) => {
            let text = selection.dictionary(name)?.get(u32::try_from(value).ok()?);
            Some((name.as_str().to_owned(), text.to_owned()))
        }
    }
}

/// The host that a text names: without port, brackets and last dot, in lower case.
pub(super) fn host_name(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let bare = if let Some(inner) = text.strip_prefix('[') {
        inner.split(']').next().unwrap_or(inner)
    } else {
        match text.rsplit_once(':') {
            // A second colon without brackets is an IPv6 address.
            Some((name, port)) if !name.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => text,
        }
    };
    let bare = bare.strip_suffix('.').unwrap_or(bare);
    if bare.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(bare.to_ascii_lowercase())
    } else {
        Cow::Borrowed(bare)
    }
}

/// The host inside a URL. **Null**: none where it is no URL with a host.
pub(super) fn host_of_url(url: &str) -> Option<Cow<'_, str>> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host_name(host))
}

/// The rows of a column of codes that fit, without a pass where none can.
pub(super) fn rows_of_codes(codes: &[u32], hits: &[bool]) -> RowSet {
    RowSet::matching(codes, |code| hits.get(code as usize).copied().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_without_port_case_and_last_dot() {
        for (text, expected) in [
            ("Example.ORG", "example.org"),
            ("example.org:8080", "example.org"),
            ("example.org.", "example.org"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("192.0.2.1:80", "192.0.2.1"),
            ("", ""),
        ] {
            assert_eq!(host_name(text), expected);
        }
    }

    #[test]
    fn a_url_has_a_host() {
        for (url, expected) in [
            ("http://User:pw@Example.org:80/a?b", Some("example.org")),
            ("https://example.org", Some("example.org")),
            ("/just/a/path", None),
            ("http:///x", None),
        ] {
            assert_eq!(host_of_url(url).as_deref(), expected);
        }
    }
}
