//! Regular expressions of rules: linear in the value, bounded in size, and tried only where a text that they need is.

use std::cmp::Reverse;

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

/// Texts that every match has in it, in lower case: one of each list. The list whose shortest text is longest comes first.
///
/// Looks only at what is plain: letters that are there exactly once, and groups that are, with one text for each of their
/// alternatives.
pub(super) fn needs(pattern: &str) -> Vec<Vec<String>> {
    alternatives(&mut pattern.chars().peekable())
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// The texts of a group, up to its end; of several alternatives, the best list of each as one. Nothing where one has none.
fn alternatives(letters: &mut Letters<'_>) -> Vec<Vec<String>> {
    let (first, mut is_last) = sequence(letters);
    if is_last {
        return first;
    }
    let mut joined = first.into_iter().next();
    while !is_last {
        let (lists, last) = sequence(letters);
        joined = joined.zip(lists.into_iter().next()).map(|(mut joined, list)| {
            joined.extend(list);
            joined
        });
        is_last = last;
    }
    joined.into_iter().collect()
}

/// The texts of one alternative, and whether it is its group's last.
fn sequence(letters: &mut Letters<'_>) -> (Vec<Vec<String>>, bool) {
    let (mut lists, mut run): (Vec<Vec<String>>, String) = (Vec::new(), String::new());
    let shortest = |texts: &[String]| texts.iter().map(String::len).min().unwrap_or(0);
    let is_last = loop {
        let Some(letter) = letters.next() else { break true };
        let (literal, group) = match letter {
            ')' => break true,
            '|' => break false,
            '(' => (None, group(letters)),
            '[' => {
                skip_class(letters);
                (None, Vec::new())
            }
            '{' => {
                letters.by_ref().find(|&letter| letter == '}');
                (None, Vec::new())
            }
            '\\' => (escaped(letters), Vec::new()),
            '.' | '^' | '$' | '*' | '+' | '?' => (None, Vec::new()),
            plain => (Some(plain), Vec::new()),
        };
        // What may be left out is not certain, and what may be repeated not what stands beside its neighbours.
        let is_once = !matches!(letters.peek(), Some('?' | '*' | '{' | '+'));
        if let (Some(literal), true) = (literal, is_once) {
            run.extend(literal.to_lowercase());
            continue;
        }
        lists.push(vec![std::mem::take(&mut run)]);
        lists.extend(group.into_iter().filter(|_| is_once));
    };
    lists.push(vec![run]);
    lists.retain(|texts| shortest(texts) > 0);
    lists.sort_by_key(|texts| Reverse(shortest(texts)));
    (lists, is_last)
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

/// The texts of the group that begins here; nothing where none is certain, or it only sets flags.
fn group(letters: &mut Letters<'_>) -> Vec<Vec<String>> {
    if letters.peek() == Some(&'?') {
        // `?:`, `?P<name>`, or flags, which may end the group.
        let end = letters.by_ref().find(|letter| matches!(letter, ':' | '>' | ')'));
        if end == Some(')') {
            return Vec::new();
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
            assert_eq!(needs(pattern).first().map_or_else(String::new, |texts| texts.join(" ")), expected, "{pattern}");
        }
    }

    #[test]
    fn what_would_be_slow_is_refused() {
        assert!(compile(r"(a{1000}){1000}").is_err());
        assert!(compile(r"(?=look)around").is_err());
        assert!(compile(r"(?i)^a+$").is_ok_and(|regex| regex.is_match("AAA")));
    }

    #[test]
    fn all_that_a_match_has_is_known() {
        let lists = needs(r"(/img/|/tmp/)([^?]{0,9}/)?x+\.(php[345]?|jspx?)$");
        assert_eq!(lists.first().map(Vec::as_slice), Some(["/img/".to_owned(), "/tmp/".to_owned()].as_slice()));
        assert!(lists.contains(&vec!["php".to_owned(), "jsp".to_owned()]), "{lists:?}");
    }
}
