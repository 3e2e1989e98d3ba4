//! Charts in words: the sentence for whoever does not see the chart, what is read at a mark, and the table behind it.
//!
//! Pure. Pointer, keyboard and table all take their numbers from here, so they cannot differ.

pub mod bars;
pub mod heat;
pub mod histogram;
pub mod matrix;
pub mod scatter;
pub mod timeline;

use super::data::Role;

/// What is read at a mark.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readout {
    /// Which mark it is.
    pub title: String,
    /// Its values.
    pub lines: Vec<Line>,
}

/// One value of a readout.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the value is of.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// The colour of what it belongs to.
    pub role: Option<Role>,
    /// Whether it is the one that is pointed at.
    pub strong: bool,
}

/// The two ends of a scale of colours.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// What the faintest colour means.
    pub from: String,
    /// What the strongest colour means.
    pub to: String,
}

/// A table of a chart's values. The first cell of each row is its header.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Readout {
    /// The readout as one sentence, for reading aloud.
    pub fn sentence(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::phrase).collect();
        if lines.is_empty() { self.title.clone() } else { format!("{}: {}", self.title, lines.join("; ")) }
    }
}

impl Line {
    /// A line without a colour.
    pub fn new(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), value, role: None, strong: false }
    }

    fn phrase(&self) -> String {
        if self.name.is_empty() { self.value.clone() } else { format!("{} {}", self.name, self.value) }
    }
}

/// The text with a capital first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
