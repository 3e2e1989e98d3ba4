//! Rules made ready for one store, and the rows of a shard that they match.

mod near;

use std::collections::BTreeSet;

use crate::query::quote;
use crate::report::types::Severity;
use crate::schema::{Field, FieldName};
use crate::table::{NULL, RowSet, Selection, Shard};
use crate::units::clock::Stopwatch;

use super::super::columns::{Column, View};
use super::super::tally::{CodeMap, Tally};
use super::super::tuned::Tuned;
use super::fields::{self, Logs, OF_ANY_KIND};
use super::found::{SigmaFound, id_of};
use super::ir::{At, Body, LogSource, Matcher, Node, Part, Pattern, Rule, Test, lower};
use super::said::Saying;
use super::shipped::Rules;
use super::spaces::Space;
use super::values::{BOTH, FIRST, Passed, Passing, Tested};
use super::windows::Counting;

pub use near::near;

/// Columns of every row that say where it is from, not what it says.
const OF_FILES: [Field; 3] = [Field::EventDataset, Field::LogFilePath, Field::FileDirectory];

/// Different rows by a rule's columns beyond which its filter would not fit a link anyway.
const MAX_TUPLES: usize = 500;

/// The rules, ready for a store.
pub(in super::super) struct Sigma<'a> {
    rules: Rules<'a>,
    /// How bad the rows of each rule are for the count of flagged rows.
    levels: Vec<u8>,
    spaces: Spaces<'a>,
    passed: Vec<Passed>,
    logs: Vec<(Logs, Vec<u8>)>,
    searches: Vec<Searching>,
    counting: Vec<Counting>,
    /// What each rule took.
    pub watch: Stopwatch,
}

/// A rule that may match rows of this store.
pub(super) struct Searching {
    pub rule: usize,
    condition: Condition,
    /// Its place in `logs`.
    logs: usize,
    pub tally: Tally,
    pub sources: CodeMap<i64, u64>,
    /// The spaces of the columns whose values take part, with those that rows have there.
    pub entities: Vec<(usize, CodeMap<u32, u64>)>,
    /// The spaces of the columns that decide.
    pub columns: Vec<usize>,
    /// Different rows by the columns that decide. **Null**: none where they were too many, or words anywhere decide.
    pub tuples: Option<BTreeSet<Vec<u32>>>,
    /// What is worth a sentence; nothing for a user's rule.
    pub saying: Saying,
}

/// What a row must be like, by numbers of tests and spaces.
enum Condition {
    /// It passes one of these tests.
    Tests(Vec<u32>),
    /// It has a value in one of these spaces.
    Exists(Vec<usize>),
    /// Its values in one of these pairs of spaces stand in one another.
    Same(Vec<(usize, usize)>, At, bool),
    All(Vec<Self>),
    Any(Vec<Self>),
    AtLeast(u32, Vec<Self>),
    Not(Box<Self>),
}

/// The columns that rules look at, each once, with its tests.
struct Spaces<'a> {
    selection: Selection<'a>,
    present: BTreeSet<FieldName>,
    list: Vec<Space<'a>>,
    tests: Vec<Vec<Tested<'a>>>,
    n_tests: u32,
}

/// A shard in view: the codes of its rows in every space, and the rows that pass each test.
struct InView<'s> {
    n_rows: usize,
    codes: &'s [Vec<u32>],
    passing: &'s [Option<RowSet>],
}

impl<'a> Sigma<'a> {
    /// The rules that a store may have rows for.
    pub fn new(selection: Selection<'a>, rules: Rules<'a>, tuned: Tuned<'_>) -> Self {
        let mut sigma = Self::prepared(selection, rules, tuned);
        let mut is_passed = vec![false; sigma.spaces.n_tests as usize];
        for &test in sigma.passed.iter().flat_map(Passed::tests) {
            is_passed.get_mut(test as usize).into_iter().for_each(|passed| *passed = true);
        }
        sigma.searches.retain(|search| search.condition.may_hold(&is_passed));
        for at in 0..sigma.searches.len() {
            sigma.show(at);
        }
        sigma.say();
        sigma.count_inputs();
        sigma
    }

    /// Every rule for a log of the store, whether it may match or not.
    fn prepared(selection: Selection<'a>, rules: Rules<'a>, tuned: Tuned<'_>) -> Self {
        let present = selection.store.columns().into_iter().map(|(name, _)| name).collect();
        let spaces = Spaces { selection, present, list: Vec::new(), tests: Vec::new(), n_tests: 0 };
        let level = |rule: &Rule| if rule.is_silent { 0 } else { tuned.level(&id_of(rule), rule.level) };
        let levels = rules.iter().map(|(_, rule)| level(rule)).collect();
        let mut sigma = Self {
            rules,
            levels,
            spaces,
            passed: Vec::new(),
            logs: Vec::new(),
            searches: Vec::new(),
            counting: Vec::new(),
            watch: Stopwatch::default(),
        };
        if rules.is_empty() {
            return sigma;
        }
        let counted = rules.counted_by_others();
        for (at, rule) in rules.iter().filter(|(at, rule)| counted.contains(at) || !tuned.is_off(&id_of(rule))) {
            if let Body::Search(node) = &rule.body
                && let Some(logs) = sigma.logs_of(&rule.source)
            {
                let condition = sigma.spaces.condition(rule, node);
                sigma.searches.push(Searching::new(at, condition, logs));
            }
        }
        sigma.passed = sigma.spaces.passed();
        sigma
    }

    /// The number of the rows that rules with this log source are for. **Null**: none where the store has no such log.
    fn logs_of(&mut self, source: &LogSource) -> Option<usize> {
        let logs = fields::logs(source)?;
        if let Some(at) = self.logs.iter().position(|(known, _)| *known == logs) {
            return Some(at);
        }
        let any_kind = u8::from(logs.sign.as_ref().is_some_and(|sign| self.spaces.present.contains(sign)));
        let kind = |name: &str| match () {
            () if logs.all || logs.datasets.iter().any(|known| known == name) => 2,
            () if OF_ANY_KIND.contains(&name) => any_kind,
            () => 0,
        };
        let dictionary = self.spaces.selection.dictionary(&Field::EventDataset.into());
        // Rows that say no dataset are of any kind.
        let mut marks = vec![if logs.all { 2 } else { any_kind }];
        marks.extend(dictionary.iter().flat_map(|dictionary| dictionary.iter()).map(|(_, name)| kind(name)));
        if marks.iter().all(|&mark| mark == 0) {
            return None;
        }
        if let (Some(sign), true) = (&logs.sign, marks.contains(&1)) {
            self.spaces.place(fields::Column::Own(sign.clone()));
        }
        self.logs.push((logs, marks));
        Some(self.logs.len() - 1)
    }

    /// The columns that a search looks at, which make its filter and take part in its finding.
    fn show(&mut self, at: usize) {
        let rule = self.searches.get(at).and_then(|search| self.rules.get(search.rule));
        let Some(rule @ Rule { source, body: Body::Search(node), .. }) = rule else { return };
        let mut names = Vec::new();
        let is_by_words = self.spaces.names(source, node, &mut names);
        let told = match rule.fields.as_slice() {
            _ if is_by_words && !rule.is_shipped() => Vec::new(),
            [] if rule.is_shipped() => names.iter().filter(|name| fields::is_somebody(name)).cloned().collect(),
            fields if rule.is_shipped() => self.spaces.named(source, fields),
            _ => names.clone(),
        };
        let mut places = |names: Vec<FieldName>| -> Vec<usize> {
            names.into_iter().map(|name| self.spaces.place(fields::Column::Own(name))).collect()
        };
        let (columns, told) = (places(names), places(told));
        if let Some(search) = self.searches.get_mut(at) {
            search.entities = told.into_iter().map(|place| (place, CodeMap::default())).collect();
            if !is_by_words {
                search.columns = columns;
                search.tuples = Some(BTreeSet::new());
            }
        }
    }

    /// Which tests and tokens the searches of shipped rules say something about.
    fn say(&mut self) {
        let below: Vec<BTreeSet<u32>> = self.passed.iter().map(|passed| passed.below().collect()).collect();
        let is_tokens = |place: &usize| {
            self.spaces.list.get(*place).is_some_and(|space| matches!(space.column, fields::Column::Tokens(_)))
        };
        for search in &mut self.searches {
            if !self.rules.get(search.rule).is_some_and(Rule::is_shipped) {
                continue;
            }
            let (mut tests, mut places) = (Vec::new(), Vec::new());
            search.condition.asked(&mut tests, &mut places);
            for (place, below) in below.iter().enumerate() {
                search
                    .saying
                    .below
                    .extend(tests.iter().filter(|test| below.contains(*test)).map(|test| (place, *test)));
            }
            for (place, of_space) in self.spaces.tests.iter().enumerate() {
                if of_space.iter().any(|test| tests.contains(&test.number)) {
                    places.push(place);
                }
            }
            places.retain(is_tokens);
            search.saying.tokens = places;
        }
    }

    fn count_inputs(&mut self) {
        for (at, rule) in self.rules.iter() {
            let Body::Correlation(correlation) = &rule.body else { continue };
            for (number, input) in correlation.inputs.iter().enumerate() {
                let place = self.rules.counted(at, input.rule);
                let Some(source) = self.rules.get(place).map(|rule| &rule.source) else { continue };
                let Some(search) = self.searches.iter().position(|search| search.rule == place) else { continue };
                let mut places = |words: &[String]| -> Vec<Vec<usize>> {
                    words.iter().map(|word| self.spaces.places(source, word)).collect()
                };
                let (groups, values) = (places(&input.group_by), places(&input.values));
                self.counting.push(Counting {
                    correlation: at as u32,
                    kind: correlation.kind,
                    input: number as u32,
                    search,
                    groups,
                    values,
                    found: CodeMap::default(),
                    known: CodeMap::default(),
                });
            }
        }
    }

    /// Counts a shard's rows; `levels` becomes the worst finding of each. `hit` is called with the id of each finding, how
    /// bad it is as shipped, and its rows.
    pub fn count(
        &mut self,
        shard: &Shard,
        rows: &RowSet,
        view: &View<'_>,
        levels: &mut [u8],
        hit: &mut dyn FnMut(&str, Severity, &RowSet),
    ) {
        if self.searches.is_empty() {
            return;
        }
        self.watch.begin();
        let (codes, matching) = self.matching(shard, rows);
        self.watch.lap(|| super::SHARED.to_owned());
        for (at, matching) in matching {
            let Some(search) = self.searches.get_mut(at) else { continue };
            let severity = self.levels.get(search.rule).copied().unwrap_or(0);
            let told = self.rules.get(search.rule).filter(|rule| !rule.is_silent);
            told.into_iter().for_each(|rule| hit(&id_of(rule), rule.level, &matching));
            matching.for_each(|row| {
                levels.get_mut(row).into_iter().for_each(|worst| *worst = severity.max(*worst));
                search.take(shard, row, view, &codes);
                let code = |place: usize| codes.get(place).and_then(|codes| codes.get(row)).copied().unwrap_or(NULL);
                let place = (shard.file, shard.table.bytes.get(row) as u64);
                search.saying.take(place, code, (&self.spaces.list, &self.passed));
            });
            for counting in self.counting.iter_mut().filter(|counting| counting.search == at) {
                matching.for_each(|row| counting.take((shard, row), view.time(row), &self.spaces.list, &codes));
            }
            told.into_iter().for_each(|rule| self.watch.lap(|| id_of(rule)));
        }
    }

    /// The codes of a shard's rows in every space, and the rows that each search matches.
    fn matching(&self, shard: &Shard, rows: &RowSet) -> (Vec<Vec<u32>>, Vec<(usize, RowSet)>) {
        let codes: Vec<Vec<u32>> = self.spaces.list.iter().map(|space| space.codes(shard)).collect();
        let mut passing: Vec<Option<RowSet>> = vec![None; self.spaces.n_tests as usize];
        let n_rows = shard.table.n_rows;
        for (passed, codes) in self.passed.iter().zip(&codes).filter(|(passed, _)| !passed.is_empty()) {
            for (row, &code) in codes.iter().enumerate() {
                for &test in passed.of(code) {
                    if let Some(set) = passing.get_mut(test as usize) {
                        set.get_or_insert_with(|| RowSet::none(n_rows)).insert(row);
                    }
                }
            }
        }
        let in_view = InView { n_rows, codes: &codes, passing: &passing };
        let of_logs: Vec<RowSet> =
            self.logs.iter().map(|logs| self.rows_of_logs(logs, shard, &codes).and(rows)).collect();
        let matching = self.searches.iter().enumerate().filter_map(|(at, search)| {
            let found = search.condition.rows(&in_view, &self.spaces.list)?;
            Some((at, found.and(of_logs.get(search.logs)?)))
        });
        let matching = matching.collect();
        (codes, matching)
    }

    fn rows_of_logs(&self, (logs, marks): &(Logs, Vec<u8>), shard: &Shard, codes: &[Vec<u32>]) -> RowSet {
        let name = FieldName::from(Field::EventDataset);
        let mut datasets = Vec::new();
        shard.table.read_codes(&name, &mut datasets);
        let mark = |code: u32| marks.get(code as usize).copied().unwrap_or(0);
        let certain = RowSet::matching(&datasets, |code| mark(code) == 2);
        let sign = logs.sign.as_ref().and_then(|sign| self.spaces.find(&fields::Column::Own(sign.clone())));
        match sign.and_then(|at| codes.get(at)) {
            Some(signs) => {
                let signed = RowSet::matching(signs, |code| code != NULL);
                certain.or(&RowSet::matching(&datasets, |code| mark(code) == 1).and(&signed))
            }
            None => certain,
        }
    }

    /// The rows of a shard that each rule matches, by the rule's place in the list; rules that match none in the store may
    /// be left out.
    pub(super) fn rows(&self, shard: &Shard, rows: &RowSet) -> Vec<(usize, RowSet)> {
        let rule = |(at, rows): (usize, RowSet)| Some((self.searches.get(at)?.rule, rows));
        self.matching(shard, rows).1.into_iter().filter_map(rule).collect()
    }

    /// What was found in the store.
    pub fn found(self, selection: Selection<'_>, view: &View<'_>) -> SigmaFound {
        let mut found = SigmaFound::new(&self.spaces.present, selection);
        for search in self.searches.iter().filter(|search| search.tally.count > 0) {
            let Some(rule) = self.rules.get(search.rule) else { continue };
            let Body::Search(node) = &rule.body else { continue };
            found.add(search, &words(node).unwrap_or_default(), (selection, &self.spaces.list), view);
        }
        for counting in self.counting {
            found.add_events(counting.correlation, counting.found(&self.spaces.list));
        }
        found
    }
}

impl Searching {
    fn new(rule: usize, condition: Condition, logs: usize) -> Self {
        Self {
            rule,
            condition,
            logs,
            tally: Tally::default(),
            sources: CodeMap::default(),
            entities: Vec::new(),
            columns: Vec::new(),
            tuples: None,
            saying: Saying::default(),
        }
    }

    fn take(&mut self, shard: &Shard, row: usize, view: &View<'_>, codes: &[Vec<u32>]) {
        self.tally.add(shard, row, view.time(row));
        if let Some(source) = view.value(&Column::Source, row) {
            *self.sources.entry(source).or_default() += 1;
        }
        let code = |place: usize| codes.get(place).and_then(|codes| codes.get(row)).copied().unwrap_or(NULL);
        for (place, counts) in &mut self.entities {
            if code(*place) != NULL {
                *counts.entry(code(*place)).or_default() += 1;
            }
        }
        if let Some(tuples) = &mut self.tuples {
            tuples.insert(self.columns.iter().map(|place| code(*place)).collect());
            if tuples.len() > MAX_TUPLES {
                self.tuples = None;
            }
        }
    }
}

impl<'a> Spaces<'a> {
    /// Which tests the values of each space pass. Values that two spaces share are tried once.
    fn passed(&self) -> Vec<Passed> {
        let mut all: Vec<Option<Passed>> = self.list.iter().map(|_| None).collect();
        let shares = |place: &usize| self.list.get(*place).is_some_and(|space| space.values().0.is_some());
        let (behind, own): (Vec<usize>, Vec<usize>) = (0..self.list.len()).partition(shares);
        for place in behind.into_iter().chain(own) {
            let (Some(space), Some(tests)) = (self.list.get(place), self.tests.get(place)) else { continue };
            if all.get(place).is_some_and(Option::is_some) {
                continue;
            }
            let (first, more) = space.values();
            let first_place = first.and_then(|(name, _)| self.find(&fields::Column::Own(name.clone())));
            let of_first = first_place.and_then(|place| self.tests.get(place)).map_or(&[][..], Vec::as_slice);
            let mut passing = Passing::new([tests, of_first]);
            if let Some((_, values)) = first {
                passing.take(values, BOTH);
            }
            passing.take(more, FIRST);
            let [passed, of_first] = passing.finish();
            for (place, passed) in [(Some(place), passed), (first_place, of_first)] {
                if let Some(slot) = place.and_then(|place| all.get_mut(place)) {
                    *slot = Some(passed);
                }
            }
        }
        all.into_iter().map(Option::unwrap_or_default).collect()
    }

    fn find(&self, column: &fields::Column) -> Option<usize> {
        self.list.iter().position(|space| space.column == *column)
    }

    /// The number of a column's space, a new one if it is new.
    fn place(&mut self, column: fields::Column) -> usize {
        self.find(&column).unwrap_or_else(|| {
            self.list.push(Space::new(self.selection, column));
            self.tests.push(Vec::new());
            self.list.len() - 1
        })
    }

    fn columns(&self, source: &LogSource, word: &str) -> Vec<fields::Column> {
        fields::columns(source, word, &|name| self.present.contains(name))
    }

    fn places(&mut self, source: &LogSource, word: &str) -> Vec<usize> {
        let columns = self.columns(source, word);
        columns.into_iter().map(|column| self.place(column)).collect()
    }

    /// The columns of the table that a rule's words for fields mean.
    fn named(&self, source: &LogSource, words: &[String]) -> Vec<FieldName> {
        let mut names = Vec::new();
        for name in words.iter().flat_map(|word| self.columns(source, word)).flat_map(|column| column.parts()) {
            if self.present.contains(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The columns that a test looks at: those of its field, or every text.
    fn columns_of(&self, source: &LogSource, field: Option<&str>) -> Vec<fields::Column> {
        match field {
            Some(word) => self.columns(source, word),
            None => {
                let is_text = |name: &&FieldName| {
                    !name.ecs().is_some_and(|field| OF_FILES.contains(&field))
                        && self.selection.dictionary(name).is_some()
                };
                let texts = self.present.iter().filter(is_text).map(|name| fields::Column::Own(name.clone()));
                let made = [fields::Column::Uri, fields::Column::Url].into_iter();
                let made = made.filter(|column| column.parts().iter().take(2).all(|name| self.present.contains(name)));
                texts.chain(made).collect()
            }
        }
    }

    fn condition(&mut self, rule: &Rule, node: &'a Node) -> Condition {
        match node {
            Node::Test(test) => self.test(rule, test),
            Node::All(inner) => Condition::All(inner.iter().map(|node| self.condition(rule, node)).collect()),
            Node::Any(inner) => Condition::Any(inner.iter().map(|node| self.condition(rule, node)).collect()),
            Node::AtLeast(least, inner) => {
                Condition::AtLeast(*least, inner.iter().map(|node| self.condition(rule, node)).collect())
            }
            Node::Not(inner) => Condition::Not(Box::new(self.condition(rule, inner))),
        }
    }

    fn test(&mut self, rule: &Rule, test: &'a Test) -> Condition {
        let source = &rule.source;
        let columns = self.columns_of(source, test.field.as_deref());
        let places: Vec<usize> = columns.into_iter().map(|column| self.place(column)).collect();
        match &test.matcher {
            Matcher::Exists => Condition::Exists(places),
            Matcher::Field { other, at, cased } => {
                let others = self.places(source, other);
                let pairs = places.iter().flat_map(|&a| others.iter().map(move |&b| (a, b))).collect();
                Condition::Same(pairs, *at, *cased)
            }
            matcher => Condition::Tests(
                places.into_iter().map(|place| self.number(place, matcher, rule.is_shipped())).collect(),
            ),
        }
    }

    /// The number of a test on a space; the same test of two rules has one.
    fn number(&mut self, place: usize, matcher: &'a Matcher, is_layered: bool) -> u32 {
        let Some(tests) = self.tests.get_mut(place) else { return self.n_tests };
        if let Some(known) = tests.iter().find(|known| known.is_layered == is_layered && known.matcher == matcher) {
            return known.number;
        }
        tests.push(Tested { number: self.n_tests, matcher, is_layered });
        self.n_tests += 1;
        self.n_tests - 1
    }

    /// The columns of the table that decide, once each. Whether words anywhere in a row decide too.
    fn names(&self, source: &LogSource, node: &Node, out: &mut Vec<FieldName>) -> bool {
        match node {
            Node::Test(test) => {
                let mut words = vec![test.field.as_deref()];
                if let Matcher::Field { other, .. } = &test.matcher {
                    words.push(Some(other));
                }
                let words: Vec<String> = words.into_iter().flatten().map(str::to_owned).collect();
                for name in self.named(source, &words) {
                    if !out.contains(&name) {
                        out.push(name);
                    }
                }
                test.field.is_none()
            }
            Node::All(inner) | Node::Any(inner) | Node::AtLeast(_, inner) => {
                inner.iter().filter(|node| self.names(source, node, out)).count() > 0
            }
            Node::Not(inner) => self.names(source, inner, out),
        }
    }
}

impl Condition {
    /// Whether any row may match, by which tests any value passes.
    fn may_hold(&self, passed: &[bool]) -> bool {
        match self {
            Self::Tests(tests) => tests.iter().any(|&test| passed.get(test as usize).copied().unwrap_or(false)),
            Self::Exists(spaces) => !spaces.is_empty(),
            Self::Same(pairs, ..) => !pairs.is_empty(),
            Self::All(inner) => inner.iter().all(|condition| condition.may_hold(passed)),
            Self::Any(inner) => inner.iter().any(|condition| condition.may_hold(passed)),
            Self::AtLeast(least, inner) => {
                inner.iter().filter(|condition| condition.may_hold(passed)).count() >= *least as usize
            }
            Self::Not(_) => true,
        }
    }

    /// The tests that must be passed, and the spaces that must have a value, somewhere in the condition.
    fn asked(&self, tests: &mut Vec<u32>, places: &mut Vec<usize>) {
        match self {
            Self::Tests(own) => tests.extend(own),
            Self::Exists(own) => places.extend(own),
            Self::All(inner) | Self::Any(inner) | Self::AtLeast(_, inner) => {
                inner.iter().for_each(|condition| condition.asked(tests, places));
            }
            Self::Same(..) | Self::Not(_) => {}
        }
    }

    /// The rows that match. **Null**: none where no row does.
    fn rows(&self, view: &InView<'_>, spaces: &[Space<'_>]) -> Option<RowSet> {
        let n_rows = view.n_rows;
        let either = |a: Option<RowSet>, b: Option<RowSet>| match (a, b) {
            (Some(a), Some(b)) => Some(a.or(&b)),
            (a, b) => a.or(b),
        };
        match self {
            Self::Tests(tests) => {
                let sets = tests.iter().filter_map(|&test| view.passing.get(test as usize)?.clone());
                sets.reduce(|a, b| a.or(&b))
            }
            Self::Exists(places) => {
                let sets = places.iter().filter_map(|&place| view.codes.get(place));
                sets.map(|codes| RowSet::matching(codes, |code| code != NULL)).reduce(|a, b| a.or(&b))
            }
            Self::Same(pairs, at, cased) => {
                pairs.iter().filter_map(|pair| same(view, spaces, *pair, (*at, *cased))).reduce(|a, b| a.or(&b))
            }
            Self::All(inner) => {
                let mut rows = RowSet::all(n_rows);
                for condition in inner {
                    rows = condition.rows(view, spaces)?.and(&rows);
                }
                Some(rows)
            }
            Self::Any(inner) => inner.iter().map(|condition| condition.rows(view, spaces)).fold(None, either),
            Self::AtLeast(least, inner) => {
                let mut counts = vec![0u32; n_rows];
                for rows in inner.iter().filter_map(|condition| condition.rows(view, spaces)) {
                    rows.for_each(|row| counts.get_mut(row).into_iter().for_each(|count| *count += 1));
                }
                Some(RowSet::matching(&counts, |count| count >= *least))
            }
            Self::Not(inner) => Some(inner.rows(view, spaces).map_or_else(|| RowSet::all(n_rows), RowSet::complement)),
        }
    }
}

/// The rows whose value in one space stands so in their value in another.
fn same(view: &InView<'_>, spaces: &[Space<'_>], (a, b): (usize, usize), (at, cased): (At, bool)) -> Option<RowSet> {
    let (wholes, parts) = (view.codes.get(a)?, view.codes.get(b)?);
    let (whole_space, part_space) = (spaces.get(a)?, spaces.get(b)?);
    let (mut whole, mut part) = (String::new(), String::new());
    let mut known: CodeMap<(u32, u32), bool> = CodeMap::default();
    let mut others = parts.iter();
    Some(RowSet::matching(wholes, |code| {
        let other = others.next().copied().unwrap_or(NULL);
        code != NULL
            && other != NULL
            && *known.entry((code, other)).or_insert_with(|| {
                let (text, other) = (whole_space.text(code), part_space.text(other));
                if cased {
                    return at.holds(text, other);
                }
                lower(text, &mut whole);
                lower(other, &mut part);
                at.holds(&whole, &part)
            })
    }))
}

/// A filter for the texts that the rows have in them, where the values found do not make one: it shows at least the rows.
fn words(node: &Node) -> Option<String> {
    let joined = |words: Vec<String>, by: &str| match words.len() {
        0 => None,
        1 => words.into_iter().next(),
        _ => Some(format!("({})", words.join(by))),
    };
    match node {
        Node::Test(Test { matcher: Matcher::Like { patterns, .. }, .. }) => {
            let longest = |pattern: &Pattern| {
                let texts = pattern.iter().filter_map(|part| match part {
                    Part::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                // A text that reaches over the question mark stands in no column.
                let pieces = texts.filter(|text| !text.contains("://")).flat_map(|text| text.split('?'));
                pieces.max_by_key(|piece| piece.len()).filter(|piece| !piece.is_empty()).map(quote)
            };
            joined(patterns.iter().map(longest).collect::<Option<_>>()?, " or ")
        }
        Node::Test(_) | Node::Not(_) | Node::AtLeast(..) => None,
        Node::All(inner) => joined(inner.iter().filter_map(words).collect(), " and "),
        Node::Any(inner) => joined(inner.iter().map(words).collect::<Option<_>>()?, " or "),
    }
}
