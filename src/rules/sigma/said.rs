//! What a finding says of the first row for which there is something to say: what its text was written in, or which tokens it
//! has.

use serde::{Deserialize, Serialize};

use crate::table::NULL;

use super::super::decode::Layers;
use super::fields::Column;
use super::spaces::Space;
use super::tokens::Language;
use super::values::Passed;

/// Letters of a decoded text that a finding shows.
const MAX_LETTERS: usize = 160;

/// A sentence, and the place of the row that it is about: file and byte.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Said(Option<(u32, u64, String)>);

impl Said {
    /// Takes the other in: the sentence of the first row stays.
    pub fn merge(&mut self, other: Self) {
        if let Self(Some((file, byte, _))) = &other
            && self.is_after((*file, *byte))
        {
            *self = other;
        }
    }

    /// The sentence.
    pub fn sentence(&self) -> Option<&str> {
        self.0.as_ref().map(|(_, _, sentence)| sentence.as_str())
    }

    fn is_after(&self, place: (u32, u64)) -> bool {
        self.0.as_ref().is_none_or(|(file, byte, _)| place < (*file, *byte))
    }
}

/// What a search looks at that is worth a sentence.
#[derive(Debug, Default)]
pub(super) struct Saying {
    /// Spaces and tests that some of their values pass only with what they are written in taken off.
    pub below: Vec<(usize, u32)>,
    /// Spaces of tokens.
    pub tokens: Vec<usize>,
    /// What is said of each of the two.
    pub said: [Said; 2],
}

impl Saying {
    /// Looks at a row, whose code in a space is `code`.
    pub fn take(
        &mut self,
        place: (u32, u64),
        code: impl Fn(usize) -> u32,
        (spaces, passed): (&[Space<'_>], &[Passed]),
    ) {
        let [of_layer, of_tokens] = &mut self.said;
        if !self.below.is_empty() && of_layer.is_after(place) {
            let below = |&(space, test): &(usize, u32)| {
                let layer = passed.get(space)?.layer(code(space), test).filter(|layer| *layer > 0)?;
                let text = spaces.get(space)?.text(code(space));
                let (coats, decoded) = Layers::default().get(text, layer)?;
                Some(format!("Found after decoding {}: {}", coats.words(), shown(&decoded)))
            };
            let sentence = self.below.iter().find_map(below);
            of_layer.0 = sentence.map(|sentence| (place.0, place.1, sentence)).or(of_layer.0.take());
        }
        if !self.tokens.is_empty() && of_tokens.is_after(place) {
            let tokens = |&space: &usize| {
                let (space, code) = (spaces.get(space)?, code(space));
                let Column::Tokens(language) = space.column else { return None };
                (code != NULL).then(|| match language {
                    Language::Sql => {
                        let fingerprint = space.text(code);
                        format!("A database would read it as its language (fingerprint {fingerprint} of libinjection).")
                    }
                    Language::Html => "A browser would read it as code (libinjection).".to_owned(),
                })
            };
            let sentence = self.tokens.iter().find_map(tokens);
            of_tokens.0 = sentence.map(|sentence| (place.0, place.1, sentence)).or(of_tokens.0.take());
        }
    }
}

/// A text of the log as a sentence shows it: cut, and with nothing in it that steers a terminal or turns text around.
fn shown(text: &str) -> String {
    let steers = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let plain = |letter: char| if steers(letter) { char::REPLACEMENT_CHARACTER } else { letter };
    let mut out: String = text.chars().take(MAX_LETTERS).map(plain).collect();
    if text.chars().nth(MAX_LETTERS).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_log_is_cut_and_steers_nothing() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}b"), "a\u{fffd}[31m\u{fffd}b");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), MAX_LETTERS + 1);
    }

    #[test]
    fn the_first_row_is_told_in_any_order() {
        let said = |byte: u64| Said(Some((0, byte, format!("{byte}"))));
        let merged = |order: &[u64]| {
            let mut all = Said::default();
            order.iter().for_each(|&byte| all.merge(said(byte)));
            all
        };
        assert_eq!(merged(&[3, 1, 2]), merged(&[1, 2, 3]));
        assert_eq!(merged(&[3, 1, 2]).sentence(), Some("1"));
    }
}
