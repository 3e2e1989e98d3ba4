//! Chips and the filter's text: what a click adds, what a chip's cross takes away. Pure.
//!
//! The text is the truth and the engine reads it; here it is only cut at its outermost `and`s, into clauses.

use crate::text::{fields, times};

/// A condition on one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub field: String,
    /// The value; null stands for rows without one.
    pub value: Option<String>,
    /// Whether the value may stand anywhere in the column's text.
    pub is_part: bool,
}

impl Condition {
    /// The condition that `field` has `value`.
    pub fn new(field: &str, value: &str) -> Self {
        Self { field: field.to_owned(), value: Some(value.to_owned()), is_part: false }
    }

    /// The condition that `field` has no value.
    pub fn none(field: &str) -> Self {
        Self { field: field.to_owned(), value: None, is_part: false }
    }

    /// As a clause of the filter language.
    pub fn clause(&self) -> String {
        match &self.value {
            Some(value) if self.is_part => format!("{}: {}", self.field, anywhere(value)),
            Some(value) => format!("{}: {}", self.field, quoted(value)),
            None => format!("not {}: *", self.field),
        }
    }

    /// The clause that shuts these rows out.
    pub fn excluding(&self) -> String {
        match &self.value {
            Some(_) => format!("not {}", self.clause()),
            None => format!("{}: *", self.field),
        }
    }
}

/// The clause of a status class, 1 to 5.
pub fn status_class(class: u8) -> String {
    let field = "http.response.status_code";
    format!("{field} >= {}00 and {field} < {}00", class, class + 1)
}

/// The clause of a span of time, both ends in RFC 3339; the second is not part of it.
pub fn time_span(from: &str, to: &str) -> String {
    format!("@timestamp >= \"{from}\" and @timestamp < \"{to}\"")
}

/// The clause of an hour of the week, in UTC, or of all other hours where `excluding`.
pub fn hour_of_week(weekday: &str, hour: usize, excluding: bool) -> String {
    let sign = if excluding { "not " } else { "" };
    format!("{sign}(event.weekday: {weekday} and event.hour: {hour})")
}

/// The clause of a span of numbers; the upper end is not part of it unless `closed`.
pub fn number_span(field: &str, from: f64, to: Option<f64>) -> String {
    match to {
        Some(to) => format!("{field} >= {from} and {field} < {to}"),
        None => format!("{field} >= {from}"),
    }
}

/// `filter` with `clause` added; a clause that is there already changes nothing, and its opposite gives way.
pub fn with(filter: &str, clause: &str) -> String {
    let mut clauses = clauses(filter);
    let opposite = clause.strip_prefix("not ").map_or_else(|| format!("not {clause}"), str::to_owned);
    clauses.retain(|known| *known != opposite && !replaces(clause, known));
    if !clauses.iter().any(|known| known == clause) {
        clauses.push(clause.to_owned());
    }
    join(&clauses)
}

/// `filter` without its clause number `at`.
pub fn without(filter: &str, at: usize) -> String {
    let mut clauses = clauses(filter);
    if at < clauses.len() {
        clauses.remove(at);
    }
    join(&clauses)
}

/// `filter` without its span of time.
pub fn without_time(filter: &str) -> String {
    let mut clauses = clauses(filter);
    clauses.retain(|clause| !clause.starts_with("@timestamp >= "));
    join(&clauses)
}

/// A new span of time takes the place of the one before: zooming, not adding up.
fn replaces(clause: &str, known: &str) -> bool {
    clause.starts_with("@timestamp >= ") && known.starts_with("@timestamp >= ")
}

fn join(clauses: &[String]) -> String {
    clauses.join(" and ")
}

/// The clauses between the outermost `and`s. Two that bound one column from below and above are one; where an `or`
/// stands at the outermost level, all is one clause in brackets.
pub fn clauses(filter: &str) -> Vec<String> {
    let (parts, alternatives) = cut(filter);
    if alternatives {
        let whole = filter.trim();
        return vec![format!("({whole})")];
    }
    let mut merged: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        match merged.last_mut() {
            Some(last) if bounds(last, &part) => *last = format!("{last} and {part}"),
            _ => merged.push(part),
        }
    }
    merged
}

/// Whether `lower` bounds a column from below and `upper` the same one from above.
fn bounds(lower: &str, upper: &str) -> bool {
    let below = lower.split_once(" >").map(|(field, _)| field);
    let above = upper.split_once(" <").map(|(field, _)| field);
    below.is_some() && below == above && !lower.contains(" and ")
}

/// The parts between outermost `and`s, and whether an outermost `or` was met.
fn cut(filter: &str) -> (Vec<String>, bool) {
    let mut parts = Vec::new();
    let (mut depth, mut in_quotes, mut escaped, mut alternatives) = (0_u32, false, false, false);
    let (mut start, mut word_start) = (0, None::<usize>);
    let mut ends: Vec<(usize, usize, bool)> = Vec::new();
    for (at, letter) in filter.char_indices().chain([(filter.len(), ' ')]) {
        if in_quotes {
            in_quotes = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
            continue;
        }
        let ends_word = letter.is_whitespace() || matches!(letter, '(' | ')' | '"');
        let word = if ends_word { word_start.take().filter(|_| depth == 0) } else { None };
        if let Some((from, word)) = word.and_then(|from| Some((from, filter.get(from..at)?))) {
            let is_or = word.eq_ignore_ascii_case("or");
            if is_or || word.eq_ignore_ascii_case("and") {
                ends.push((from, at, is_or));
            }
        }
        match letter {
            '"' => in_quotes = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            letter if letter.is_whitespace() => {}
            _ => word_start = word_start.or(Some(at)),
        }
    }
    for (from, to, is_or) in ends {
        alternatives |= is_or;
        parts.push(filter.get(start..from).unwrap_or_default().trim().to_owned());
        start = to;
    }
    parts.push(filter.get(start..).unwrap_or_default().trim().to_owned());
    parts.retain(|part| !part.is_empty());
    (parts, alternatives)
}

/// What a chip says: plain words where the clause is one of those that clicks add, the clause itself otherwise.
pub fn label(clause: &str) -> String {
    spoken(clause).unwrap_or_else(|| clause.to_owned())
}

fn spoken(clause: &str) -> Option<String> {
    if let Some((lower, upper)) = clause.split_once(" and ") {
        let (field, from) = lower.split_once(" >= ")?;
        let (_, to) = upper.split_once(" < ")?;
        if field == "@timestamp" {
            return times::span(from.trim_matches('"'), to.trim_matches('"'));
        }
        if field == "http.response.status_code" && from.ends_with("00") {
            return Some(format!("status {}xx", from.get(..1)?));
        }
        return Some(format!("{} {from} to {to}", fields::plain(field)));
    }
    if let Some(rest) = clause.strip_prefix("not ") {
        if let Some(field) = rest.strip_suffix(": *") {
            return Some(format!("no {}", fields::plain(field)));
        }
        return Some(format!("not {}", spoken(rest)?));
    }
    if let Some((field, sign, value)) = compared(clause) {
        return Some(format!("{} {sign} {value}", fields::plain(field)));
    }
    let (field, value) = clause.split_once(": ")?;
    if value == "*" {
        return Some(format!("has {}", fields::plain(field)));
    }
    Some(format!("{} {}", fields::plain(field), unquoted(value)?))
}

/// The parts of a comparison with one number.
fn compared(clause: &str) -> Option<(&str, &str, &str)> {
    let mut words = clause.split(' ');
    let (field, sign, value) = (words.next()?, words.next()?, words.next()?);
    let sign = [(">=", "≥"), ("<=", "≤"), (">", ">"), ("<", "<")].into_iter().find(|(word, _)| *word == sign)?.1;
    words.next().is_none().then_some((field, sign, value))
}

/// A value in quotes, as the filter language reads it.
pub fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A value with anything around it. What would end a word of the filter language stands for anything too.
fn anywhere(value: &str) -> String {
    let ends = |letter: char| letter.is_whitespace() || "()\"".contains(letter);
    format!("*{}*", value.replace(ends, "*"))
}

fn unquoted(text: &str) -> Option<String> {
    let inner = match text.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"')?,
        None => return (!text.contains(char::is_whitespace)).then(|| text.to_owned()),
    };
    Some(inner.replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(filter: &str, expected: &[&str]) {
        assert_eq!(clauses(filter), expected, "{filter}");
    }

    #[test]
    fn text_is_cut_at_the_outermost_and() {
        check("", &[]);
        check("a: 1 and b: 2", &["a: 1", "b: 2"]);
        check("a: \"x and y\" AND not b: 2", &["a: \"x and y\"", "not b: 2"]);
        check("a: \"x\\\" and y\" and b: 2", &["a: \"x\\\" and y\"", "b: 2"]);
        check("(a: 1 and b: 2) and c: 3", &["(a: 1 and b: 2)", "c: 3"]);
        check("brand: 1 and order: 2", &["brand: 1", "order: 2"]);
    }

    #[test]
    fn alternatives_stay_together() {
        check("a: 1 or b: 2", &["(a: 1 or b: 2)"]);
        assert_eq!(with("a: 1 or b: 2", "c: 3"), "(a: 1 or b: 2) and c: 3");
    }

    #[test]
    fn two_bounds_are_one_clause() {
        check(
            "http.response.status_code >= 400 and http.response.status_code < 500 and a: 1",
            &["http.response.status_code >= 400 and http.response.status_code < 500", "a: 1"],
        );
    }

    #[test]
    fn clauses_come_and_go() {
        let ip = Condition::new("source.ip", "10.0.0.1");
        let once = with("", &ip.clause());
        assert_eq!(once, "source.ip: \"10.0.0.1\"");
        assert_eq!(with(&once, &ip.clause()), once);
        assert_eq!(with(&once, &ip.excluding()), "not source.ip: \"10.0.0.1\"");
        assert_eq!(without(&with(&once, "a: 1"), 0), "a: 1");
        let zoomed = with(&time_span("2025-01-01T00:00:00Z", "2025-01-03T00:00:00Z"), &time_span("x", "y"));
        assert_eq!(zoomed, time_span("x", "y"));
        assert_eq!(without_time(&with(&zoomed, "a: 1")), "a: 1");
    }

    #[test]
    fn values_are_quoted() {
        assert_eq!(Condition::new("url.path", "/a\"b\\").clause(), "url.path: \"/a\\\"b\\\\\"");
        let part = Condition { is_part: true, ..Condition::new("user_agent.original", "Some (bot)") };
        assert_eq!(part.clause(), "user_agent.original: *Some**bot**");
        let none = Condition::none("url.path");
        assert_eq!(none.clause(), "not url.path: *");
        assert_eq!(none.excluding(), "url.path: *");
    }

    #[test]
    fn chips_speak_plainly() {
        assert_eq!(label("source.ip: \"10.0.0.1\""), "source address 10.0.0.1");
        assert_eq!(label("not url.path: \"/a\""), "not path /a");
        assert_eq!(label(&status_class(4)), "status 4xx");
        assert_eq!(label("http.response.status_code >= 400"), "status ≥ 400");
        assert_eq!(label("not url.path: *"), "no path");
        assert_eq!(label("(a: 1 or b: 2)"), "(a: 1 or b: 2)");
        let span = label(&time_span("2025-04-17T10:00:00Z", "2025-04-17T11:00:00Z"));
        assert_eq!(span.replace('\u{a0}', " "), "17 Apr 2025 10:00 – 11:00 UTC");
    }
}
