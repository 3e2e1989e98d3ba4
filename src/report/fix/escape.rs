//! Values of a log as other programs may read them: no value can end its quotes, its comment or its line.

use std::fmt::Write as _;

/// Letters of a value that is written; longer ones are left out.
pub const MAX_LETTERS: usize = 300;

/// Letters of a comment.
const MAX_COMMENT: usize = 200;

/// Whether a value can be written at all: it has no control characters and nothing that turns text around or ends lines.
pub fn is_writable(value: &str) -> bool {
    !value.is_empty() && value.chars().count() <= MAX_LETTERS && !value.chars().any(is_odd)
}

/// Whether a letter is none to be read: it steers, ends lines or turns text around.
pub fn is_odd(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A text for a comment of one line: also no backslash, which may join lines.
pub fn plain(text: &str) -> String {
    let letter = |letter: char| if is_odd(letter) || letter == '\\' { ' ' } else { letter };
    text.chars().take(MAX_COMMENT).map(letter).collect()
}

/// A value as a part of a regular expression of PCRE or Python, in which it means itself. Only ASCII that no configuration
/// knows as special is left as it is: no quote, no dollar, no percent sign, no bracket of any kind that is not escaped.
pub fn regex(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for letter in value.chars() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '-' | '_' | ',' | '=' | ':' | '@' | ' ' => out.push(letter),
            '.' | '(' | ')' | '+' | '?' | '*' => out.extend(['\\', letter]),
            _ => letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| {
                // Writing into a string does not fail.
                let _ = write!(out, "\\x{byte:02x}");
            }),
        }
    }
    out
}

/// The same for Python, whose expressions are of letters, not of bytes.
pub fn python_regex(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for letter in value.chars() {
        if letter.is_ascii() {
            out.push_str(&regex(letter.encode_utf8(&mut [0; 4])));
        } else {
            // Writing into a string does not fail.
            let _ = write!(out, "\\U{:08x}", u32::from(letter));
        }
    }
    out
}

/// A value in double quotes, everything but plain ASCII as bytes: as Cloudflare's expressions have it.
pub fn bytes_in_quotes(value: &str) -> String {
    let mut out = String::from("\"");
    for byte in value.bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\' {
            out.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

/// A value in double quotes of YAML; what may be taken for the end of a line, and what is beyond plain letters, is escaped.
pub fn yaml_in_quotes(value: &str) -> String {
    let mut out = String::from("\"");
    for letter in value.chars() {
        // Writing into a string does not fail.
        let _ = match letter {
            '"' | '\\' => write!(out, "\\{letter}"),
            '\u{10000}'.. => write!(out, "\\U{:08x}", u32::from(letter)),
            letter if is_odd(letter) || !(' '..='\u{d7ff}').contains(&letter) => {
                write!(out, "\\u{:04x}", u32::from(letter))
            }
            letter => write!(out, "{letter}"),
        };
    }
    out.push('"');
    out
}
