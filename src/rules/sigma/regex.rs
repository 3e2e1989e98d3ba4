//! Regular expressions of rules: linear in the value, bounded in size, and tried only where a text that they need is.

use regex_lite::{Regex, RegexBuilder};

/// Bytes that a compiled expression may take: it bounds what a value costs.
const MAX_BYTES: usize = 64 << 10;

/// A compiled expression.
///
/// # Errors
/// Words for what it cannot do: look-around, back references, too large repetitions.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_BYTES).build().map_err(|error| error.to_string())
}

/// The longest text that every match has in it, in lower case; empty where none is certain.
///
/// Looks only at what is plain: letters outside groups and classes, each there exactly once. An alternative outside groups
/// makes nothing certain.
pub(super) fn needs(pattern: &str) -> String {
    let (mut best, mut run) = (String::new(), String::new());
    let mut depth = 0usize;
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        let literal = match letter {
            '(' => {
                depth += 1;
                None
            }
            ')' => {
                depth = depth.saturating_sub(1);
                None
            }
            '[' => {
                skip_class(&mut letters);
                None
            }
            '{' => {
                letters.by_ref().find(|&letter| letter == '}');
                None
            }
            '|' if depth == 0 => return String::new(),
            '\\' => letters.next().filter(char::is_ascii_punctuation),
            '.' | '^' | '$' | '|' | '*' | '+' | '?' => None,
            plain => Some(plain),
        };
        // What may be left out or repeated is not certain to stand beside its neighbours.
        let is_once = !matches!(letters.peek(), Some('?' | '*' | '{' | '+'));
        match literal {
            Some(literal) if depth == 0 && is_once => run.extend(literal.to_lowercase()),
            _ => {
                if run.len() > best.len() {
                    best.clone_from(&run);
                }
                run.clear();
            }
        }
    }
    // With the flag `x` spaces mean nothing, and nobody writes it in a rule.
    if run.len() > best.len() { run } else { best }
}

fn skip_class(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    let mut is_first = true;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '^' if is_first => continue,
            ']' if !is_first => return,
            _ => {}
        }
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_match_has_is_known() {
        for (pattern, expected) in [
            (r"\?d=[0-9]{1,3}\.[0-9]{1,3}", "?d="),
            (r"\.(zip|asp)\?d=[0-9]", "?d="),
            (r"(?i)(ipfs\.io/|ipfs\.io\s).+\..+@.+", "."),
            (r"-a\.workers\.dev|\.railway\.app", ""),
            (r".{150}", ""),
            (r".+:Assumed-role/aws:.+", ":assumed-role/aws:"),
            (r"ab?cd*ef+gh", "gh"),
            (r"[]a]xy[^]b]z", "xy"),
            (r"a\d\wbc", "bc"),
        ] {
            assert_eq!(needs(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn what_would_be_slow_is_refused() {
        assert!(compile(r"(a{1000}){1000}").is_err());
        assert!(compile(r"(?=look)around").is_err());
        assert!(compile(r"(?i)^a+$").is_ok_and(|regex| regex.is_match("AAA")));
    }
}
