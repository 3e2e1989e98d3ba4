//! Filters that show the rows of a finding, in the language of `query`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Letters of values beyond which a filter falls back to something shorter: it should still fit a link.
const MAX_LETTERS: usize = 4000;

/// The clauses of a filter, as they come from shards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Clauses {
    /// Field and value; without a field, a clause as it stands.
    values: BTreeSet<(String, String)>,
    /// There were more than fit.
    is_too_long: bool,
    fallback: String,
    also: String,
}

impl Clauses {
    /// Sets what stands in where there are no values or too many, and what stands beside them.
    pub fn set(&mut self, fallback: &str, also: &str) {
        fallback.clone_into(&mut self.fallback);
        also.clone_into(&mut self.also);
    }

    /// Adds a value of a field, as [`exact`] or [`wild`] writes it.
    pub fn add(&mut self, field: &str, value: String) {
        if !self.is_too_long {
            self.values.insert((field.to_owned(), value));
            self.shorten();
        }
    }

    /// Lets the values go: there were more than fit.
    pub fn overflow(&mut self) {
        self.is_too_long = true;
        self.shorten();
    }

    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        self.is_too_long |= other.is_too_long;
        self.values.extend(other.values);
        self.shorten();
        if self.fallback.is_empty() {
            self.fallback = other.fallback;
        }
        if self.also.is_empty() {
            self.also = other.also;
        }
    }

    fn shorten(&mut self) {
        self.is_too_long |= self.values.iter().map(|(_, value)| value.len()).sum::<usize>() > MAX_LETTERS;
        if self.is_too_long {
            self.values.clear();
        }
    }

    /// The filter.
    pub fn text(&self) -> String {
        let mut clauses: Vec<String> = Vec::new();
        let mut fields: Vec<&str> = self.values.iter().map(|(field, _)| field.as_str()).collect();
        fields.dedup();
        for field in fields {
            let values: Vec<String> = self.values.iter().filter(|(f, _)| f == field).map(|(_, v)| v.clone()).collect();
            if field.is_empty() {
                clauses.extend(values);
            } else {
                clauses.extend(any_of(field, &values));
            }
        }
        let values = if clauses.is_empty() { self.fallback.clone() } else { clauses.join(" or ") };
        match (values.is_empty(), self.also.is_empty() || values == self.also) {
            (_, true) => values,
            (true, false) => self.also.clone(),
            (false, false) if clauses.len() > 1 || (clauses.is_empty() && values.contains(" or ")) => {
                format!("({values}) and {}", self.also)
            }
            (false, false) => format!("{values} and {}", self.also),
        }
    }
}

/// `field: "value"`, or `field: ("one" or "other")`; the values as the language writes them.
///
/// **Null**: none without values.
pub(super) fn any_of(field: &str, values: &[String]) -> Option<String> {
    match values {
        [] => None,
        [one] => Some(format!("{field}: {one}")),
        many => Some(format!("{field}: ({})", many.join(" or "))),
    }
}

/// A value as the language writes it: a number as it is, a text in quotes.
pub(super) fn exact(value: &str) -> String {
    let is_number = !value.is_empty() && value.len() < 19 && value.bytes().all(|b| b.is_ascii_digit());
    if is_number { value.to_owned() } else { quoted(value) }
}

/// A text in quotes, which stands for itself.
pub(super) fn quoted(text: &str) -> String {
    crate::query::quote(text)
}

/// A text with stars as the language writes it. Wildcards stand without quotes, so what ends a word there becomes a star
/// too.
pub(super) fn wild(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    for character in pattern.chars() {
        let ends_a_word = character.is_whitespace() || "()\":<>*".contains(character);
        if !ends_a_word {
            out.push(character);
        } else if !out.ends_with('*') {
            out.push('*');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clauses(values: &[(&str, &str)], fallback: &str, also: &str) -> String {
        let mut clauses = Clauses::default();
        clauses.set(fallback, also);
        for (field, value) in values {
            clauses.add(field, if value.contains('*') { wild(value) } else { exact(value) });
        }
        clauses.text()
    }

    #[test]
    fn values_of_a_field_stand_together() {
        let hosts = [("url.domain", "sharq1.com"), ("url.domain", "*.sharq1.com")];
        assert_eq!(clauses(&hosts, "", ""), r#"url.domain: ("sharq1.com" or *.sharq1.com)"#);
        assert_eq!(clauses(&[("destination.port", "4444")], "", ""), "destination.port: 4444");
        assert_eq!(
            clauses(&[("url.path", "/.env"), ("url.query", "x")], "", "http.response.status_code >= 200"),
            r#"(url.path: "/.env" or url.query: "x") and http.response.status_code >= 200"#
        );
        assert_eq!(clauses(&[], "source.bytes >= 5", ""), "source.bytes >= 5");
        assert_eq!(clauses(&[], "a: 1", "a: 1"), "a: 1");
    }

    #[test]
    fn a_filter_that_would_be_too_long_falls_back() {
        let values: Vec<(String, String)> = (0..100).map(|i| ("url.path".to_owned(), format!("/{i:060}"))).collect();
        let borrowed: Vec<(&str, &str)> = values.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(clauses(&borrowed, r#"url.path: "/*""#, ""), r#"url.path: "/*""#);
    }

    #[test]
    fn values_are_written_so_that_they_mean_themselves() {
        assert_eq!(exact(r#"/a"b*\"#), r#""/a\"b*\\""#);
        assert_eq!(exact("4444"), "4444");
        assert_eq!(exact(""), r#""""#);
        assert_eq!(wild("*.sharq1.com"), "*.sharq1.com");
        assert_eq!(wild("*union select(*"), "*union*select*");
    }
}
