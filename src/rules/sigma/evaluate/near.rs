//! Rules that one row fits, and rules of which all but one test hold.

use std::collections::BTreeSet;

use super::super::super::tuned::Tuned;
use super::super::super::why_not::shown;
use super::super::ir::{Body, Comparison, LogSource, Matcher, Node, Part, Pattern, Rule, Test};
use super::super::shipped::Rules;
use super::{Condition, InView, Sigma, same};
use crate::settings::Settings;
use crate::table::{NULL, Selection};

/// Values of a test that are named.
const NAMED: usize = 3;

/// Words for fields whose value tells nothing by itself: nearly every row has the one that a rule asks for.
const COMMON: [&str; 9] = [
    "cs-method",
    "sc-status",
    "cs-version",
    "http.request.method",
    "http.response.status_code",
    "c-uri-extension",
    "record_type",
    "proto",
    "QueryType",
];

/// What a row lacks to fit a part of a rule, and which telling tests it passes.
#[derive(Default)]
struct Outcome {
    missing: Vec<String>,
    passed: Vec<String>,
}

/// The row that is asked about.
struct Row<'s, 'a> {
    sigma: &'s Sigma<'a>,
    /// Tests that it passes.
    passed: BTreeSet<u32>,
    codes: Vec<Vec<u32>>,
}

/// For rules for the log of a row that is a store of its own: the rule, whether the row fits, and what it passes or
/// the one thing that it lacks.
pub fn near<'a>(selection: Selection<'_>, rules: Rules<'a>) -> Vec<(&'a Rule, bool, Vec<String>)> {
    let settings = Settings::default();
    let sigma = Sigma::prepared(selection, rules, Tuned(&settings));
    let Some((shard, rows)) = selection.shards().next() else { return Vec::new() };
    let codes: Vec<Vec<u32>> = sigma.spaces.list.iter().map(|space| space.codes(shard)).collect();
    let of_row = |(passed, codes): (&super::Passed, &Vec<u32>)| {
        codes.first().map_or_else(Vec::new, |&code| passed.of(code).to_vec())
    };
    let passed = sigma.passed.iter().zip(&codes).flat_map(of_row).collect();
    let row = Row { sigma: &sigma, passed, codes };
    let mut found = Vec::new();
    for search in &sigma.searches {
        let Some(rule) = rules.get(search.rule).filter(|rule| !rule.is_silent) else { continue };
        let Body::Search(node) = &rule.body else { continue };
        let is_for_it = sigma
            .logs
            .get(search.logs)
            .is_some_and(|logs| sigma.rows_of_logs(logs, shard, &row.codes).and(rows).contains(0));
        if !is_for_it {
            continue;
        }
        let outcome = row.outcome(&rule.source, node, &search.condition);
        match outcome.missing.len() {
            0 => found.push((rule, true, outcome.passed)),
            1 if !outcome.passed.is_empty() => found.push((rule, false, outcome.missing)),
            _ => {}
        }
    }
    found
}

impl Row<'_, '_> {
    fn outcome(&self, source: &LogSource, node: &Node, condition: &Condition) -> Outcome {
        let each = |nodes: &[Node], conditions: &[Condition]| -> Vec<Outcome> {
            nodes.iter().zip(conditions).map(|(node, condition)| self.outcome(source, node, condition)).collect()
        };
        match (node, condition) {
            (Node::Test(test), condition) => self.test(source, test, condition),
            (Node::All(nodes), Condition::All(conditions)) => joined(each(nodes, conditions)),
            (Node::Any(nodes), Condition::Any(conditions)) => nearest(each(nodes, conditions), 1),
            (Node::AtLeast(least, nodes), Condition::AtLeast(_, conditions)) => {
                nearest(each(nodes, conditions), *least as usize)
            }
            (Node::Not(node), Condition::Not(condition)) => {
                let inner = self.outcome(source, node, condition);
                let excluded = inner.passed.first().map_or_else(String::new, |passed| format!(": {passed}"));
                let missing = inner.missing.is_empty().then(|| format!("the rule leaves such rows out{excluded}"));
                Outcome { missing: missing.into_iter().collect(), passed: Vec::new() }
            }
            _ => Outcome::default(),
        }
    }

    fn test(&self, source: &LogSource, test: &Test, condition: &Condition) -> Outcome {
        let code = |place: &usize| self.codes.get(*place).and_then(|codes| codes.first()).copied().unwrap_or(NULL);
        let holds = match condition {
            Condition::Tests(tests) => tests.iter().any(|test| self.passed.contains(test)),
            Condition::Exists(places) => places.iter().any(|place| code(place) != NULL),
            Condition::Same(pairs, at, cased) => {
                let view = InView { n_rows: 1, codes: &self.codes, passing: &[] };
                let fits = |&pair: &(usize, usize)| same(&view, &self.sigma.spaces.list, pair, (*at, *cased));
                pairs.iter().filter_map(fits).any(|rows| rows.contains(0))
            }
            _ => false,
        };
        let field = test.field.as_deref().unwrap_or("the row");
        let columns = self.sigma.spaces.columns_of(source, test.field.as_deref());
        let places = columns.iter().filter_map(|column| self.sigma.spaces.find(column));
        let values = places
            .filter(|place| code(place) != NULL)
            .filter_map(|place| Some(self.sigma.spaces.list.get(place)?.text(code(&place))));
        let value = values.into_iter().next().filter(|_| test.field.is_some());
        let is = value.map_or_else(
            || if test.field.is_some() { " has no value".to_owned() } else { String::new() },
            |value| format!(" is {}", shown(value)),
        );
        let wanted = wanted(&test.matcher);
        if holds {
            let is_telling = !COMMON.contains(&field);
            Outcome {
                passed: is_telling.then(|| format!("{field}{is}: the rule asks for {wanted}")).into_iter().collect(),
                missing: Vec::new(),
            }
        } else {
            Outcome { missing: vec![format!("{field}{is}, where the rule asks for {wanted}")], passed: Vec::new() }
        }
    }
}

fn joined(outcomes: Vec<Outcome>) -> Outcome {
    outcomes.into_iter().fold(Outcome::default(), |mut all, outcome| {
        all.missing.extend(outcome.missing);
        all.passed.extend(outcome.passed);
        all
    })
}

/// The ones that lack least.
fn nearest(mut outcomes: Vec<Outcome>, least: usize) -> Outcome {
    outcomes.sort_by_key(|outcome| (outcome.missing.len(), outcome.passed.is_empty()));
    outcomes.truncate(least);
    joined(outcomes)
}

/// What a test asks for, in words.
fn wanted(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Like { patterns, .. } => {
            let mut named: Vec<String> = patterns.iter().take(NAMED).map(|pattern| shown(&written(pattern))).collect();
            if patterns.len() > NAMED {
                named.push(format!("{} more", patterns.len() - NAMED));
            }
            named.join(" or ")
        }
        Matcher::Regex(pattern) => format!("what fits {}", shown(pattern)),
        Matcher::Cidr(blocks) => {
            let named: Vec<String> = blocks.iter().take(NAMED).map(ToString::to_string).collect();
            format!("an address in {}", named.join(" or "))
        }
        Matcher::Number(comparison, number) => format!("a number {} {number}", word(*comparison)),
        Matcher::Exists => "any value".to_owned(),
        Matcher::Field { other, .. } => format!("the value of {other}"),
    }
}

fn word(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "below",
        Comparison::AtMost => "of at most",
        Comparison::Equal => "of exactly",
        Comparison::Unequal => "other than",
        Comparison::AtLeast => "of at least",
        Comparison::Greater => "above",
    }
}

fn written(pattern: &Pattern) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::One => "?".to_owned(),
        Part::Many => "*".to_owned(),
        Part::Dash => "-".to_owned(),
    };
    pattern.iter().map(part).collect()
}
