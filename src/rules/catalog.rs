//! The checks that are shipped, read from `catalog/checks.txt`, whose head explains its lines, and `catalog/hunting.txt`.
//!
//! Says what a check is and what its texts look for. How tables are compared with it is in `plan` and its neighbours.

use std::sync::OnceLock;

use crate::report::types::Severity;
use crate::schema::FieldName;

use super::sigma::shipped;

/// One check: what a person should know about it, and what it looks for.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Stable name.
    pub id: &'static str,
    /// What it found, in a few words.
    pub title: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure, `0..=1`.
    pub confidence: f64,
    /// ATT&CK techniques.
    pub attack: Vec<&'static str>,
    /// Why it matters, in plain words.
    pub why: String,
    /// What to do next.
    pub next_step: String,
    /// When it is a false alarm.
    pub false_positives: String,
    /// Where it is described.
    pub references: Vec<&'static str>,
    /// Fields that the log must have: one of each group.
    pub needs: Vec<Vec<FieldName>>,
    /// Columns whose values take part beside the source; `host` is the host of the row.
    pub(super) entities: Vec<&'static str>,
    /// Answers that count, first and last.
    pub(super) status: Option<(i64, i64)>,
    /// The request method that counts.
    pub(super) method: Option<&'static str>,
    /// Texts to look for; one is enough.
    pub(super) patterns: Vec<Pattern>,
    /// The check whose texts this one looks for too.
    like: Option<&'static str>,
}

/// A text to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub place: Place,
    pub how: How,
    /// In lower case.
    pub text: Vec<u8>,
}

/// Where a text is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    /// Path or query.
    Url,
    Agent,
    Referrer,
    Line,
}

/// Where in the value a text must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Contains,
    Starts,
    Ends,
    Is,
}

static CHECKS: OnceLock<Vec<Check>> = OnceLock::new();

/// Every check that is no Sigma rule.
///
/// **Order**: as the catalogue has them.
pub fn checks() -> &'static [Check] {
    CHECKS.get_or_init(|| {
        let mut checks = read(concat!(include_str!("catalog/checks.txt"), "\n", include_str!("catalog/hunting.txt")));
        checks.retain(|check| !shipped().iter().any(|rule| rule.id == check.id));
        checks
    })
}

/// The check of that id.
pub(super) fn check(id: &str) -> Option<&'static Check> {
    checks().iter().find(|check| check.id == id)
}

fn read(text: &'static str) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        if let Some(id) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            checks.push(Check { id, ..Check::default() });
            continue;
        }
        let Some((key, value)) = line.split_once(": ") else {
            debug_assert!(false, "no key: {line}");
            continue;
        };
        let mut rest = Vec::new();
        while let Some(more) = lines.next_if(|next| next.starts_with(' ')) {
            rest.push(more.trim());
        }
        if let Some(check) = checks.last_mut() {
            check.set(key, value, &rest);
        }
    }
    copy_patterns(checks)
}

/// Gives each check the texts of the one that it is like.
fn copy_patterns(mut checks: Vec<Check>) -> Vec<Check> {
    for at in 0..checks.len() {
        let like = checks.get(at).and_then(|check| check.like);
        let patterns = checks.iter().find(|check| Some(check.id) == like).map(|check| check.patterns.clone());
        if let (Some(check), Some(patterns)) = (checks.get_mut(at), patterns) {
            check.patterns = patterns;
        }
    }
    checks
}

impl Check {
    fn set(&mut self, key: &str, value: &'static str, rest: &[&str]) {
        let text = || std::iter::once(value).chain(rest.iter().copied()).collect::<Vec<_>>().join(" ");
        match key {
            "title" => self.title = value,
            "severity" => self.severity = severity(value),
            "confidence" => self.confidence = value.parse().unwrap_or(0.5),
            "attack" => self.attack = value.split(", ").collect(),
            "why" => self.why = text(),
            "next step" => self.next_step = text(),
            "false positives" => self.false_positives = text(),
            "reference" => self.references.push(value),
            "needs" => self.needs.push(value.split(" or ").map(FieldName::new).collect()),
            "entities" => self.entities = value.split(", ").collect(),
            "method" => self.method = Some(value),
            "status" => self.status = range(value),
            "like" => self.like = Some(value),
            "url" => self.patterns.push(pattern(Place::Url, value)),
            "path" => self.patterns.push(pattern(Place::Path, value)),
            "agent" => self.patterns.push(pattern(Place::Agent, value)),
            "referrer" => self.patterns.push(pattern(Place::Referrer, value)),
            "line" => self.patterns.push(pattern(Place::Line, value)),
            _ => debug_assert!(false, "unknown key {key}"),
        }
    }
}

fn severity(word: &str) -> Severity {
    let found = Severity::WORST_FIRST.into_iter().find(|severity| severity.as_str() == word);
    debug_assert!(found.is_some(), "unknown severity {word}");
    found.unwrap_or_default()
}

fn range(text: &str) -> Option<(i64, i64)> {
    let (first, last) = text.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn pattern(place: Place, value: &str) -> Pattern {
    let (how, text) = [("starts ", How::Starts), ("ends ", How::Ends), ("is ", How::Is)]
        .into_iter()
        .find_map(|(word, how)| Some((how, value.strip_prefix(word)?)))
        .unwrap_or((How::Contains, value));
    // Bytes of other protocols are written as servers write them.
    let text = if place == Place::Line { super::texts::unescape(text.as_bytes()) } else { text.as_bytes().to_vec() };
    Pattern { place, how, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_says_what_a_person_needs() {
        for check in checks() {
            assert!(!check.title.is_empty(), "{}", check.id);
            assert!((0.0..=1.0).contains(&check.confidence) && check.confidence > 0.0, "{}", check.id);
            for text in [&check.why, &check.next_step, &check.false_positives] {
                assert!(text.ends_with('.') && !text.contains('!'), "{}: {text}", check.id);
            }
            assert!(!check.needs.is_empty(), "{}", check.id);
        }
    }

    #[test]
    fn ids_are_unique_and_patterns_can_be_found() {
        let mut ids: Vec<_> = checks().iter().map(|check| check.id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for pattern in checks().iter().flat_map(|check| &check.patterns) {
            assert!(pattern.text.len() >= 2, "{pattern:?}");
            assert_eq!(pattern.text, pattern.text.to_ascii_lowercase(), "{pattern:?}");
        }
    }

    #[test]
    fn a_check_takes_over_the_texts_of_another() {
        let (asked, served) = (check("web.secret_file").unwrap(), check("web.secret_file_served").unwrap());
        assert_eq!(asked.patterns, served.patterns);
        assert_eq!(served.status, Some((200, 206)));
    }
}
