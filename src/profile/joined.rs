//! Several text columns as one: a row has the value of the first that has one.
//!
//! An address may stand in `source.ip` or, where the log resolves names, in `source.domain`; a protocol in
//! `network.protocol` or `network.transport`. The same text in two of the columns is one value.

use crate::schema::{Field, FieldName};
use crate::table::{Dictionary, NULL, Selection};

use super::columns::Columns;

/// Text columns as one, with codes of their own: those of the first column, then those that others add.
pub(super) struct Joined<'a> {
    parts: Vec<Part<'a>>,
    /// Which part and code of it stands behind codes after those of the first part.
    added: Vec<(usize, u32)>,
    codes: Vec<u32>,
    in_shard: bool,
}

struct Part<'a> {
    field: Field,
    dictionary: Option<&'a Dictionary>,
    /// The joined code of each own code; empty for the first part, whose codes stay.
    joined: Vec<u32>,
}

impl<'a> Joined<'a> {
    /// The columns of that names, the first one first.
    pub fn new(fields: &[Field], selection: Selection<'a>) -> Self {
        let mut this = Self { parts: Vec::new(), added: Vec::new(), codes: Vec::new(), in_shard: false };
        for (place, &field) in fields.iter().enumerate() {
            let dictionary = selection.dictionary(&FieldName::from(field));
            let joined = if place == 0 { Vec::new() } else { this.join(place, dictionary) };
            this.parts.push(Part { field, dictionary, joined });
        }
        this
    }

    /// How many codes, that of "no value" among them.
    pub fn n_codes(&self) -> usize {
        self.n_first() + self.added.len()
    }

    /// The text of a code.
    pub fn text(&self, code: u32) -> &'a str {
        let (place, own) = match (code as usize).checked_sub(self.n_first()) {
            None => (0, code),
            Some(after) => self.added.get(after).copied().unwrap_or_default(),
        };
        self.parts.get(place).and_then(|part| part.dictionary).map_or("", |dictionary| dictionary.get(own))
    }

    /// Reads the shard that was read last; false where it has none of the columns.
    pub fn read(&mut self, columns: &Columns<'_>) -> bool {
        self.in_shard = self.parts.iter().any(|part| columns.has(part.field));
        self.codes.clear();
        if !self.in_shard {
            return false;
        }
        for part in &self.parts {
            let own = columns.codes(part.field);
            if self.codes.is_empty() {
                self.codes.extend(own.iter().map(|&code| part.joined_code(code)));
            } else if columns.has(part.field) {
                for (code, &own) in self.codes.iter_mut().zip(own).filter(|(code, _)| **code == NULL) {
                    *code = part.joined_code(own);
                }
            }
        }
        true
    }

    /// The codes of the shard that was read last.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    fn n_first(&self) -> usize {
        self.parts.first().and_then(|part| part.dictionary).map_or(1, Dictionary::len)
    }

    /// The joined code of each code of the next part.
    fn join(&mut self, place: usize, dictionary: Option<&'a Dictionary>) -> Vec<u32> {
        let Some(dictionary) = dictionary else { return Vec::new() };
        let mut joined = vec![NULL];
        for (own, text) in dictionary.iter() {
            let known = self.parts.iter().find_map(|part| {
                let code = part.dictionary?.find(text)?;
                Some(part.joined_code(code))
            });
            joined.push(known.unwrap_or_else(|| {
                self.added.push((place, own));
                (self.n_codes() - 1) as u32
            }));
        }
        joined
    }
}

impl Part<'_> {
    fn joined_code(&self, own: u32) -> u32 {
        if self.joined.is_empty() { own } else { self.joined.get(own as usize).copied().unwrap_or(NULL) }
    }
}
