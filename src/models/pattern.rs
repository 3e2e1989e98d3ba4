//! The pattern of a request: what stays of it when everything that varies from one request to the next is taken out.
//!
//! A model that learns words from requests and is tested on others of the same pattern is tested on what it knows: a scan
//! is thousands of requests of a few patterns. With whole patterns held out the test asks what the model says of an
//! attack it never saw.

use std::fmt::Write as _;

use super::words::decoded;

/// Letters of a pattern that count.
const MAX_LEN: usize = 300;

/// Letters from which a run of hexadecimal digits is a number.
const HEX: usize = 8;

/// The pattern of a path and its query: decoded, in lower case, each number `0`, each value of the query left out and its
/// names in order.
///
/// ```
/// use logloupe::models::pattern::pattern_of;
///
/// assert_eq!(pattern_of("/Item/4711/a%20b", Some("sort=up&id=1' or 1=1")), "/item/0/a b?id=&sort=");
/// assert_eq!(pattern_of("/session/9f86d081884c7d65", None), "/session/0");
/// ```
pub fn pattern_of(path: &str, query: Option<&str>) -> String {
    let mut pattern = String::new();
    push(path, &mut pattern);
    let mut names: Vec<&str> =
        query.unwrap_or_default().split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    for (at, name) in names.into_iter().enumerate() {
        pattern.push(if at == 0 { '?' } else { '&' });
        push(name, &mut pattern);
        pattern.push('=');
    }
    match pattern.char_indices().nth(MAX_LEN) {
        Some((end, _)) => pattern[..end].to_owned(),
        None => pattern,
    }
}

/// Adds a text with its numbers as `0`.
fn push(text: &str, pattern: &mut String) {
    let text = decoded(text).to_lowercase();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_ascii_alphanumeric();
        let end = rest.find(|c: char| is_word(c) != is_word(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        let has_digit = run.bytes().any(|byte| byte.is_ascii_digit());
        if has_digit && run.len() >= HEX && run.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            pattern.push('0');
            continue;
        }
        let mut was_digit = false;
        for c in run.chars() {
            let is_digit = c.is_ascii_digit();
            if !is_digit {
                let _ = pattern.write_char(c);
            } else if !was_digit {
                pattern.push('0');
            }
            was_digit = is_digit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_that_differ_in_values_have_one_pattern() {
        let check = |a: (&str, Option<&str>), b: (&str, Option<&str>), same| {
            assert_eq!(pattern_of(a.0, a.1) == pattern_of(b.0, b.1), same, "{a:?} {b:?}");
        };
        check(("/p/1", None), ("/p/22", None), true);
        check(("/p/1", None), ("/q/1", None), false);
        check(("/p", Some("a=1&b=2")), ("/p", Some("b=x&a=' or 1=1--")), true);
        check(("/p", Some("a=1")), ("/p", Some("c=1")), false);
        check(("/img/3f2a9c1b77.png", None), ("/img/00ff00ff00.png", None), true);
        check(("/%2e%2e/etc/passwd", None), ("/../etc/passwd", None), true);
        check(("/decade", None), ("/facade", None), false);
        check(("/v1beta22/x", None), ("/v3beta4/x", None), true);
    }

    #[test]
    fn a_pattern_has_an_end() {
        assert_eq!(pattern_of(&"/ü".repeat(100_000), None).chars().count(), MAX_LEN);
        assert_eq!(pattern_of("", Some("&&=")), "");
    }
}
