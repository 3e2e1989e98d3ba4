//! How a value of a column is shown: null as a word, controls as pictures, long text cut but whole on focus.

/// The text of a value; null is `none`.
pub fn text(value: Option<&str>) -> String {
    value.map_or_else(|| "none".to_owned(), visible)
}

/// `text` with control characters and those that turn the writing direction made visible: log content is hostile.
pub fn visible(text: &str) -> String {
    let is_plain = |letter: char| !letter.is_control() && !is_format(letter);
    if text.chars().all(is_plain) && !text.is_empty() {
        return text.to_owned();
    }
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    text.chars()
        .map(|letter| match letter {
            '\t' => '→',
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            letter if is_plain(letter) => letter,
            _ => '\u{fffd}',
        })
        .collect()
}

/// Marks that change the direction of what follows, or are not seen at all.
fn is_format(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_made_visible() {
        assert_eq!(visible("/a\u{202e}b\n\u{7f}"), "/a\u{fffd}b\u{240a}\u{2421}");
        assert_eq!(visible("/قهوه"), "/قهوه");
        assert_eq!(visible("a\tb"), "a→b");
        assert_eq!(visible(""), "(empty)");
        assert_eq!(text(None), "none");
    }
}
