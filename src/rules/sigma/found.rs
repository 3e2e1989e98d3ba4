//! What rules found in shards, merged, and made into findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::report::types::{Finding, RuleCounts, RuleState};
use crate::schema::{Field, FieldName};
use crate::table::{Dictionary, Selection};
use crate::units::Micros;

use super::super::cases::Whole;
use super::super::columns::{Column, SOURCE_FIELDS, View, text_of};
use super::super::filter::exact;
use super::super::partial::{CheckFound, Found};
use super::evaluate::Searching;
use super::fields::{self, OF_ANY_KIND};
use super::ir::{Body, Correlation, LogSource, Matcher, Node, Rule};
use super::said::Said;
use super::shipped::{Rules, confidence, next_step as next_step_of};
use super::spaces::Space;
use super::windows::Events;

/// What the rules found in some shards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in super::super) struct SigmaFound {
    /// By the rule's place in the list.
    found: BTreeMap<u32, CheckFound>,
    events: BTreeMap<u32, Events>,
    /// What is said of a rule's first row.
    said: BTreeMap<u32, [Said; 2]>,
    /// Columns that any row has, selected or not.
    present: BTreeSet<String>,
    /// Datasets of all rows; an empty name for rows without.
    datasets: BTreeSet<String>,
}

impl SigmaFound {
    pub(super) fn new(present: &BTreeSet<FieldName>, selection: Selection<'_>) -> Self {
        let name = FieldName::from(Field::EventDataset);
        let known = selection.dictionary(&name).into_iter().flat_map(Dictionary::iter).map(|(_, name)| name);
        let is_without = selection.store.shards.iter().any(|shard| shard.table.column(&name).is_none());
        Self {
            present: present.iter().map(ToString::to_string).collect(),
            datasets: known.chain(is_without.then_some("")).map(str::to_owned).collect(),
            ..Self::default()
        }
    }

    /// Takes in what a search found in a store.
    pub(super) fn add(
        &mut self,
        search: &Searching,
        words: &str,
        spaces: (Selection<'_>, &[Space<'_>]),
        view: &View<'_>,
    ) {
        let (selection, spaces) = spaces;
        self.say(search.rule as u32, search.saying.said.clone());
        let found = self.found.entry(search.rule as u32).or_default();
        found.tally.merge(&search.tally);
        found.filter.set(words, "");
        for (&value, &rows) in &search.sources {
            found.add_entity(text_of(selection, view, &Column::Source, value), &Column::Source, rows);
        }
        let own = |place: usize| {
            spaces.get(place).and_then(|space| match &space.column {
                fields::Column::Own(name) => Some((name, space)),
                _ => None,
            })
        };
        for (place, counts) in &search.entities {
            let Some((name, space)) = own(*place) else { continue };
            // The source is there already; a number is no somebody or something.
            let is_told = name.ecs().is_none_or(|field| field != Field::SourceIp && field.kind().is_text());
            for (&code, &rows) in counts.iter().filter(|_| is_told) {
                let value = (name.to_string(), space.text(code).to_owned());
                found.add_entity(Some(value), &Column::Text(name.clone()), rows);
            }
        }
        let Some(tuples) = &search.tuples else { return found.filter.overflow() };
        for tuple in tuples {
            let clause = |(place, &code): (&usize, &u32)| {
                let (name, space) = own(*place)?;
                (code > 0).then(|| format!("{name}: {}", exact(space.text(code))))
            };
            let clauses: Vec<String> = search.columns.iter().zip(tuple).filter_map(clause).collect();
            match clauses.as_slice() {
                [] => return found.filter.overflow(),
                [one] => found.filter.add("", one.clone()),
                many => found.filter.add("", format!("({})", many.join(" and "))),
            }
        }
    }

    fn say(&mut self, rule: u32, said: [Said; 2]) {
        for (own, said) in self.said.entry(rule).or_default().iter_mut().zip(said) {
            own.merge(said);
        }
    }

    pub(super) fn add_events(&mut self, correlation: u32, events: Events) {
        self.events.entry(correlation).or_default().merge(events);
    }

    /// Takes the others in; both come from the same rules.
    pub fn merge(&mut self, other: Self) {
        for (rule, found) in other.found {
            self.found.entry(rule).or_default().merge(found);
        }
        for (rule, said) in other.said {
            self.say(rule, said);
        }
        for (correlation, events) in other.events {
            self.add_events(correlation, events);
        }
        self.present.extend(other.present);
        self.datasets.extend(other.datasets);
    }

    /// The findings of rules, and which of them could run. What correlations found of a source goes to `wholes`.
    pub fn finish(mut self, rules: Rules<'_>, counts: &mut RuleCounts, wholes: &mut Vec<Whole>) -> Vec<Found> {
        let mut findings = Vec::new();
        for (at, rule) in rules.iter() {
            let found = match &rule.body {
                Body::Search(_) => self.found.remove(&(at as u32)).map(|found| found.parts(rule)),
                Body::Correlation(correlation) => self.counted(at as u32, rule, correlation, wholes),
                Body::Unsupported(_) => None,
            };
            let rows = found.as_ref().map_or(0, |found| found.finding.count);
            let state = |note: String| RuleState { id: id_of(rule), title: rule.title.clone(), note };
            match (&rule.body, self.lacking((at, rule), rules)) {
                (Body::Unsupported(why), _) => counts.unsupported.push(state(why.clone())),
                (_, Some(lacking)) => counts.not_applicable.push(state(lacking)),
                (_, None) => counts.applied.push(state(note(rule, rows))),
            }
            let said = self.said.remove(&(at as u32)).unwrap_or_default();
            findings.extend(found.filter(|_| !rule.is_silent).map(|mut found| {
                for sentence in said.iter().filter_map(Said::sentence) {
                    found.finding.why.push(' ');
                    found.finding.why.push_str(sentence);
                }
                found
            }));
        }
        findings
    }

    fn counted(&mut self, at: u32, rule: &Rule, correlation: &Correlation, wholes: &mut Vec<Whole>) -> Option<Found> {
        let (tally, groups) = self.events.remove(&at)?.finish(correlation);
        if tally.count == 0 {
            return None;
        }
        let mut found = CheckFound::default();
        found.tally = tally;
        let source = |field: &String| {
            let columns = fields::columns(&rule.source, field, &|name| self.present.contains(name.as_str()));
            columns.first().map_or_else(
                || field.clone(),
                |column| match column {
                    fields::Column::Own(name) => name.to_string(),
                    _ => field.clone(),
                },
            )
        };
        let names: Vec<String> = correlation.group_by.iter().map(source).collect();
        for (key, of_group) in groups {
            for (name, value) in names.iter().zip(&key) {
                let column = Column::Text(FieldName::new(name));
                found.add_entity(Some((name.clone(), value.clone())), &column, of_group.count);
                if SOURCE_FIELDS.iter().any(|known| known.name() == name) {
                    let source = (name.clone(), value.clone());
                    wholes.push(Whole { check: id_of(rule), source, tally: of_group.clone() });
                }
            }
            let clauses: Vec<String> =
                names.iter().zip(&key).map(|(name, value)| format!("{name}: {}", exact(value))).collect();
            match clauses.as_slice() {
                [] => {}
                [one] => found.filter.add("", one.clone()),
                many => found.filter.add("", format!("({})", many.join(" and "))),
            }
        }
        Some(found.parts(rule))
    }

    /// What the logs lack that the rule needs. **Null**: none where it could run.
    fn lacking(&self, (at, rule): (usize, &Rule), rules: Rules<'_>) -> Option<String> {
        match &rule.body {
            Body::Unsupported(_) => None,
            Body::Correlation(correlation) => {
                let lacking = |input: &super::ir::Input| {
                    let place = rules.counted(at, input.rule);
                    self.lacking((place, rules.get(place)?), rules)
                };
                let missing: Vec<String> = correlation.inputs.iter().filter_map(lacking).collect();
                missing.into_iter().next()
            }
            Body::Search(node) => {
                if !self.has_logs(&rule.source) {
                    return Some(format!("there is no {} log", shown(&rule.source)));
                }
                let field = self.lacking_field(&rule.source, node)?;
                let field = if rule.is_shipped() { fields::own_name(&rule.source, &field) } else { field };
                Some(format!("no row has {field}"))
            }
        }
    }

    fn has_logs(&self, source: &LogSource) -> bool {
        let Some(logs) = fields::logs(source) else { return false };
        let has_sign = logs.sign.as_ref().is_some_and(|sign| self.present.contains(sign.as_str()));
        let is_one = |name: &String| {
            logs.all
                || logs.datasets.contains(name)
                || (has_sign && (name.is_empty() || OF_ANY_KIND.contains(&name.as_str())))
        };
        self.datasets.iter().any(is_one)
    }

    /// The field without which the condition can never hold. **Null**: none where it may.
    fn lacking_field(&self, source: &LogSource, node: &Node) -> Option<String> {
        let lacks = |word: &String| {
            let columns = fields::columns(source, word, &|name| self.present.contains(name.as_str()));
            columns.is_empty().then(|| word.clone())
        };
        match node {
            Node::Test(test) => {
                let other = match &test.matcher {
                    Matcher::Field { other, .. } => lacks(other),
                    _ => None,
                };
                test.field.as_ref().and_then(lacks).or(other)
            }
            Node::All(inner) => inner.iter().find_map(|node| self.lacking_field(source, node)),
            Node::Any(inner) => self.lacking_of(source, inner, 1),
            Node::AtLeast(least, inner) => self.lacking_of(source, inner, *least as usize),
            Node::Not(_) => None,
        }
    }

    fn lacking_of(&self, source: &LogSource, nodes: &[Node], least: usize) -> Option<String> {
        let lacking: Vec<String> = nodes.iter().filter_map(|node| self.lacking_field(source, node)).collect();
        let is_able = nodes.len() - lacking.len() >= least;
        lacking.into_iter().next().filter(|_| !is_able)
    }
}

impl CheckFound {
    /// The finding of a rule.
    fn parts(self, rule: &Rule) -> Found {
        let (tally, entities, filter) = self.split();
        let time = |micros: Option<i64>| micros.map(|time| Micros(time).to_rfc3339());
        let finding = Finding {
            charts: Vec::new(),
            id: id_of(rule),
            title: rule.title.clone(),
            severity: rule.level,
            // The authors of a user's rules give none.
            confidence: if rule.is_shipped() { confidence(rule.status) } else { 0.5 },
            count: tally.count,
            first: time(tally.first),
            last: time(tally.last),
            attack: rule.attack.clone(),
            entities,
            why: why(rule),
            next_step: next_step(rule),
            false_positives: false_positives(rule),
            filter,
            evidence: Vec::new(),
        };
        Found { finding, evidence: tally.evidence }
    }
}

/// The rule's name among all findings.
pub(in super::super) fn id_of(rule: &Rule) -> String {
    if rule.is_shipped() { rule.id.clone() } else { format!("sigma.{}", rule.id) }
}

/// The rule's own words, and who wrote them: the licence of rules asks for that.
fn why(rule: &Rule) -> String {
    let said = if rule.description.is_empty() { &rule.title } else { &rule.description };
    let end = if said.ends_with('.') { "" } else { "." };
    match rule.author.as_str() {
        _ if rule.is_shipped() => format!("{said}{end}"),
        "" => format!("{said}{end}"),
        author => format!("{said}{end} (A Sigma rule by {author}.)"),
    }
}

fn false_positives(rule: &Rule) -> String {
    let mut text = rule.false_positives.join("; ");
    if rule.is_shipped() && !text.is_empty() && !text.ends_with('.') {
        text.push('.');
    }
    text
}

fn next_step(rule: &Rule) -> String {
    if rule.is_shipped() {
        return next_step_of(&rule.family).to_owned();
    }
    let mut text =
        "Read the rows, look at what else the same source did, and compare with what the rule's authors know as harmless."
            .to_owned();
    if !rule.references.is_empty() {
        text.push_str(" Described at: ");
        text.push_str(&rule.references.join(", "));
    }
    text
}

fn note(rule: &Rule, rows: u64) -> String {
    let counted = if rule.is_silent { "; a correlation counts them" } else { "" };
    match rows {
        0 => "there is none here".to_owned(),
        1 => format!("1 row{counted}"),
        rows => format!("{rows} rows{counted}"),
    }
}

fn shown(source: &LogSource) -> String {
    let words = [&source.category, &source.product, &source.service].map(String::as_str);
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("/")
}
