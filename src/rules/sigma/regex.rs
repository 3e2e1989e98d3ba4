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

/// Texts of which every match has at least one in it, in lower case; empty where none is certain.
///
/// Looks only at what is plain: letters that are there exactly once, and groups that are, with one text for each of their
/// alternatives. Of several that are certain, the longest.
pub(super) fn needs(pattern: &str) -> Vec<String> {
    alternatives(&mut pattern.chars().peekable()).unwrap_or_default()
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The texts of a group, up to its end. **Null**: none where one of its alternatives has none.
fn alternatives(letters: &mut Letters<'_>) -> Option<Vec<String>> {
    let (mut all, mut is_certain) = (Vec::new(), true);
    loop {
        let (texts, is_last) = sequence(letters);
        match texts {
            Some(texts) => all.extend(texts),
            None => is_certain = false,
        }
        if is_last {
            return Some(all).filter(|_| is_certain);
        }
    }
}

/// The texts of one alternative, and whether it is its group's last.
fn sequence(letters: &mut Letters<'_>) -> (Option<Vec<String>>, bool) {
    let (mut best, mut run): (Vec<String>, String) = (Vec::new(), String::new());
    let shortest = |texts: &[String]| texts.iter().map(String::len).min().unwrap_or(0);
    let is_last = loop {
        let Some(letter) = letters.next() else { break true };
        let (literal, group) = match letter {
            ')' => break true,
            '|' => break false,
            '(' => (None, group(letters)),
            '[' => {
                skip_class(letters);
                (None, None)
            }
            '{' => {
                letters.by_ref().find(|&letter| letter == '}');
                (None, None)
            }
            '\\' => (escaped(letters), None),
            '.' | '^' | '$' | '*' | '+' | '?' => (None, None),
            plain => (Some(plain), None),
        };
        // What may be left out is not certain, and what may be repeated not what stands beside its neighbours.
        let is_once = !matches!(letters.peek(), Some('?' | '*' | '{' | '+'));
        if let (Some(literal), true) = (literal, is_once) {
            run.extend(literal.to_lowercase());
            continue;
        }
        let texts = [Some(vec![std::mem::take(&mut run)]), group.filter(|_| is_once)];
        for texts in texts.into_iter().flatten().filter(|texts| shortest(texts) > 0) {
            if shortest(&texts) > shortest(&best) {
                best = texts;
            }
        }
    };
    if run.len() > shortest(&best) {
        best = vec![run];
    }
    (Some(best).filter(|best| !best.is_empty()), is_last)
}

/// The character that an escape stands for. **Null**: none for classes, and for numbers, which are passed.
fn escaped(letters: &mut Letters<'_>) -> Option<char> {
    let letter = letters.next()?;
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if letters.peek() != Some(&'{') {
        letters.by_ref().take(digits).for_each(drop);
    }
    Some(letter).filter(char::is_ascii_punctuation)
}

/// The texts of the group that begins here. **Null**: none where none is certain, or it only sets flags.
fn group(letters: &mut Letters<'_>) -> Option<Vec<String>> {
    if letters.peek() == Some(&'?') {
        // `?:`, `?P<name>`, or flags, which may end the group.
        let end = letters.by_ref().find(|letter| matches!(letter, ':' | '>' | ')'));
        if end == Some(')') {
            return None;
        }
    }
    alternatives(letters)
}

fn skip_class(letters: &mut Letters<'_>) {
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
            (r"\.(zip|asp)\?d=[0-9]", "zip asp"),
            (r"(?i)(ipfs\.io/|ipfs\.io\s).+\..+@.+", "ipfs.io/ ipfs.io"),
            (r"-a\.workers\.dev|\.railway\.app", "-a.workers.dev .railway.app"),
            (r"(?:abc|d.)efgh", "efgh"),
            (r"(abc|def)?ghi|jkl", "ghi jkl"),
            (r"(abc|[x])y", "y"),
            (r".{150}", ""),
            (r"ab|.", ""),
            (r".+:Assumed-role/aws:.+", ":assumed-role/aws:"),
            (r"ab?cd*ef+gh", "gh"),
            (r"[]a]xy[^]b]z", "xy"),
            (r"a\d\wbc", "bc"),
            (r"(?P<name>abc)d", "abc"),
            (r")(", ""),
            (r"\x41bc\u{42}de\.", "de."),
        ] {
            assert_eq!(needs(pattern).join(" "), expected, "{pattern}");
        }
    }

    #[test]
    fn what_would_be_slow_is_refused() {
        assert!(compile(r"(a{1000}){1000}").is_err());
        assert!(compile(r"(?=look)around").is_err());
        assert!(compile(r"(?i)^a+$").is_ok_and(|regex| regex.is_match("AAA")));
    }
}
