//! The rules that come with Logloupe: Sigma files below `rules/catalog`, read when the project is built and packed into
//! `catalog/shipped.rules`, so that no worker reads YAML. `make rules` packs them again; `tests/shipped.rs` fails where the
//! pack is not what the files say.

use std::sync::OnceLock;

use super::ir::{Rule, Status};

static SHIPPED: OnceLock<Vec<Rule>> = OnceLock::new();

/// Every shipped rule.
///
/// **Order**: by the paths of their files, correlations last.
pub fn shipped() -> &'static [Rule] {
    // A pack of another version gives no rules, and a test that fails.
    SHIPPED.get_or_init(|| postcard::from_bytes(include_bytes!("../catalog/shipped.rules")).unwrap_or_default())
}

/// The shipped rules and a user's, as one list.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Rules<'a> {
    shipped: &'a [Rule],
    own: &'a [Rule],
}

impl<'a> Rules<'a> {
    /// A user's rules behind the shipped ones.
    pub fn with(own: &'a [Rule]) -> Self {
        Self { shipped: shipped(), own }
    }

    /// A user's rules alone.
    pub fn only(own: &'a [Rule]) -> Self {
        Self { shipped: &[], own }
    }

    pub fn is_empty(self) -> bool {
        self.shipped.is_empty() && self.own.is_empty()
    }

    /// The rule at a place.
    pub fn get(self, at: usize) -> Option<&'a Rule> {
        at.checked_sub(self.shipped.len()).map_or_else(|| self.shipped.get(at), |at| self.own.get(at))
    }

    /// Every rule with its place.
    pub fn iter(self) -> impl Iterator<Item = (usize, &'a Rule)> {
        self.shipped.iter().chain(self.own).enumerate()
    }

    /// The place of a rule that the one at `of` counts: those know each other by their places among their own.
    pub fn counted(self, of: usize, input: u32) -> usize {
        let before = if of < self.shipped.len() { 0 } else { self.shipped.len() };
        before + input as usize
    }
}

/// What to do next, a line a family: its name and the sentences.
const NEXT_STEPS: &str = include_str!("../catalog/next_steps.txt");

/// What a person should do about a finding of a family.
pub(super) fn next_step(family: &str) -> &'static str {
    let of = |wanted: &str| {
        let line = |line: &'static str| line.split_once(": ").filter(|(name, _)| *name == wanted);
        NEXT_STEPS.lines().find_map(line).map(|(_, text)| text)
    };
    of(family).or_else(|| of("*")).unwrap_or_default()
}

/// How sure a finding of a rule is, `0..=1`.
pub(super) fn confidence(status: Status) -> f64 {
    match status {
        Status::Stable => 0.9,
        Status::Test => 0.75,
        Status::Experimental => 0.5,
    }
}
