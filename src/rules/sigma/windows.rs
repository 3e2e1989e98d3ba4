//! Correlations: rows of rules, counted over time in groups.
//!
//! Each shard gives, for every group, when its rows were and what they count; that merges exactly, and the end slides a
//! window over each group's rows in the order of time. Windows end with a row and hold what is at most a time span older.
//! Rows without a time, or without a value for every field of the group, are not counted.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use crate::table::{NULL, Position, Shard};

use super::super::tally::{CodeMap, Tally};
use super::ir::{Comparison, Correlation, CorrelationKind};
use super::spaces::Space;

/// Rows of a correlation beyond which no row keeps its place: the finding then has no evidence.
const MAX_PLACES: usize = 1_000_000;

/// A row that a correlation counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Event {
    /// **Unit**: µs.
    time: i64,
    input: u32,
    /// A hash of the values that are counted, or the bits of the number that is summed up.
    value: u64,
}

/// The rows of one group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Group {
    events: Vec<Event>,
    /// The place of each; empty where there were too many in all.
    places: Vec<Position>,
}

/// The rows of a correlation, by group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Events {
    groups: BTreeMap<Vec<String>, Group>,
    /// There were more rows than keep their places.
    is_long: bool,
}

/// An input of a correlation, being counted in a store.
pub(super) struct Counting {
    /// The correlation's place among the rules.
    pub correlation: u32,
    pub kind: CorrelationKind,
    pub input: u32,
    /// The search whose rows are counted.
    pub search: usize,
    /// Spaces of each field of the group; the first with a value counts.
    pub groups: Vec<Vec<usize>>,
    pub values: Vec<Vec<usize>>,
    pub found: CodeMap<Places, Group>,
    pub known: CodeMap<Places, Option<u64>>,
}

/// A value of each of some fields: its space and its code there.
pub(super) type Places = Vec<(usize, u32)>;

impl Counting {
    /// Counts a row.
    pub fn take(&mut self, (shard, row): (&Shard, usize), time: Option<i64>, spaces: &[Space<'_>], codes: &[Vec<u32>]) {
        let place = |spaces: &Vec<usize>| {
            let code = |&space: &usize| Some((space, *codes.get(space)?.get(row)?));
            spaces.iter().filter_map(code).find(|(_, code)| *code != NULL)
        };
        let places = |fields: &[Vec<usize>]| fields.iter().map(place).collect::<Option<Places>>();
        let (Some(time), Some(group), Some(values)) = (time, places(&self.groups), places(&self.values)) else {
            return;
        };
        let kind = self.kind;
        let Some(value) = *self.known.entry(values).or_insert_with_key(|values| value_of(kind, values, spaces)) else {
            return;
        };
        let group = self.found.entry(group).or_default();
        group.events.push(Event { time, input: self.input, value });
        group.places.push(shard.position(row));
    }

    /// What was counted, by the groups' texts.
    pub fn found(self, spaces: &[Space<'_>]) -> Events {
        let mut events = Events::default();
        let text = |(space, code): &(usize, u32)| {
            spaces.get(*space).map_or_else(String::new, |space| space.text(*code).to_owned())
        };
        for (places, group) in self.found {
            let key: Vec<String> = places.iter().map(text).collect();
            events.groups.entry(key).or_default().merge(group);
        }
        events.bound();
        events
    }
}

/// What is counted of a row's values. **Null**: none where it has no number to sum up.
fn value_of(kind: CorrelationKind, values: &Places, spaces: &[Space<'_>]) -> Option<u64> {
    let text = |(space, code): &(usize, u32)| spaces.get(*space).map(|space| space.text(*code));
    let texts = values.iter().map(text).collect::<Option<Vec<&str>>>()?;
    match kind {
        CorrelationKind::ValueCount => Some(FixedState::with_seed(0).hash_one(texts)),
        CorrelationKind::ValueSum | CorrelationKind::ValueAvg => {
            let number: f64 = texts.first()?.parse().ok()?;
            number.is_finite().then(|| number.to_bits())
        }
        _ => Some(0),
    }
}

impl Group {
    fn merge(&mut self, mut other: Self) {
        self.events.append(&mut other.events);
        self.places.append(&mut other.places);
    }
}

impl Events {
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        self.is_long |= other.is_long;
        for (key, group) in other.groups {
            self.groups.entry(key).or_default().merge(group);
        }
        self.bound();
    }

    /// Lets the places go where there are too many: that depends only on how many rows there are in all.
    fn bound(&mut self) {
        self.is_long |= self.groups.values().map(|group| group.places.len()).sum::<usize>() > MAX_PLACES;
        if self.is_long {
            self.groups.values_mut().for_each(|group| group.places = Vec::new());
        }
    }

    /// The rows in windows that the condition holds for, and each group with its rows among them.
    pub fn finish(self, correlation: &Correlation) -> (Tally, Vec<(Vec<String>, Tally)>) {
        let (mut tally, mut groups) = (Tally::default(), Vec::new());
        for (key, group) in self.groups {
            let mut places = group.places.into_iter();
            let mut rows: Vec<(Event, Option<Position>)> =
                group.events.into_iter().map(|event| (event, places.next())).collect();
            rows.sort_unstable_by_key(|(event, place)| {
                (event.time, event.input, event.value, place.map(|place| (place.file, place.byte)))
            });
            let events: Vec<Event> = rows.iter().map(|(event, _)| *event).collect();
            let marks = match correlation.kind {
                CorrelationKind::TemporalOrdered => in_order(&events, correlation),
                _ => in_windows(&events, correlation),
            };
            let mut of_group = Tally::default();
            for ((event, place), _) in rows.iter().zip(marks).filter(|(_, mark)| *mark) {
                let (first, last) = (Some(event.time), Some(event.time));
                of_group.merge(&Tally { count: 1, first, last, evidence: place.iter().copied().collect() });
            }
            if of_group.count > 0 {
                tally.merge(&of_group);
                groups.push((key, of_group));
            }
        }
        (tally, groups)
    }
}

/// What a window holds.
#[derive(Default)]
struct Window {
    rows: usize,
    sum: f64,
    values: BTreeMap<u64, usize>,
    inputs: BTreeMap<u32, usize>,
}

impl Window {
    fn change(&mut self, event: Event, kind: CorrelationKind, is_in: bool) {
        self.rows = if is_in { self.rows + 1 } else { self.rows.saturating_sub(1) };
        match kind {
            CorrelationKind::ValueSum | CorrelationKind::ValueAvg => {
                let value = f64::from_bits(event.value);
                self.sum += if is_in { value } else { -value };
            }
            CorrelationKind::ValueCount => count(&mut self.values, event.value, is_in),
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => count(&mut self.inputs, event.input, is_in),
            CorrelationKind::EventCount => {}
        }
    }

    fn holds(&self, correlation: &Correlation) -> bool {
        let counted = match correlation.kind {
            CorrelationKind::EventCount => self.rows as f64,
            CorrelationKind::ValueCount => self.values.len() as f64,
            CorrelationKind::ValueSum => self.sum,
            CorrelationKind::ValueAvg => self.sum / self.rows as f64,
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => self.inputs.len() as f64,
        };
        let has = |input: u32| self.inputs.contains_key(&input);
        match &correlation.wanted {
            Some(wanted) => wanted.holds(&has),
            None => is_enough(counted, correlation),
        }
    }
}

/// Whether a count is what the condition asks for; without one, every input.
fn is_enough(counted: f64, correlation: &Correlation) -> bool {
    if correlation.condition.is_empty() {
        return counted >= correlation.inputs.len() as f64;
    }
    correlation.condition.iter().all(|(comparison, wanted): &(Comparison, f64)| comparison.holds(counted, *wanted))
}

fn count<K: Ord>(counts: &mut BTreeMap<K, usize>, key: K, is_in: bool) {
    if is_in {
        *counts.entry(key).or_default() += 1;
    } else if let Some(rows) = counts.get_mut(&key) {
        *rows -= 1;
        if *rows == 0 {
            counts.remove(&key);
        }
    }
}

/// Which rows are in a window that the condition holds for.
fn in_windows(events: &[Event], correlation: &Correlation) -> Vec<bool> {
    let mut marks = vec![false; events.len()];
    let (mut window, mut first, mut marked) = (Window::default(), 0, 0);
    let mut oldest = events.iter();
    for (at, event) in events.iter().enumerate() {
        window.change(*event, correlation.kind, true);
        while let Some(old) = oldest.as_slice().first()
            && event.time.saturating_sub(old.time) > correlation.timespan
        {
            window.change(*old, correlation.kind, false);
            oldest.next();
            first += 1;
        }
        if window.holds(correlation) {
            mark(&mut marks, first.max(marked), at);
            marked = at + 1;
        }
    }
    marks
}

fn mark(marks: &mut [bool], from: usize, to: usize) {
    marks.get_mut(from..=to).into_iter().flatten().for_each(|mark| *mark = true);
}

/// Which rows are between the first and the last of inputs that follow each other within the time span.
///
/// Keeps for each input where the latest chain begins that reaches it.
fn in_order(events: &[Event], correlation: &Correlation) -> Vec<bool> {
    let mut marks = vec![false; events.len()];
    let mut begins: Vec<Option<(i64, usize)>> = vec![None; correlation.inputs.len()];
    let (last, mut marked) = (correlation.inputs.len().saturating_sub(1), 0);
    for (at, event) in events.iter().enumerate() {
        let input = event.input as usize;
        let begin = match input.checked_sub(1) {
            None => Some((event.time, at)),
            Some(before) => begins.get(before).copied().flatten(),
        };
        if begin.is_some() {
            begins.get_mut(input).into_iter().for_each(|own| *own = begin);
        }
        if let (true, Some((time, from))) = (input == last, begin)
            && event.time.saturating_sub(time) <= correlation.timespan
        {
            mark(&mut marks, from.max(marked), at);
            marked = at + 1;
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::super::ir::{Input, Wanted};
    use super::*;

    fn correlation(kind: CorrelationKind, n_inputs: usize, condition: &[(Comparison, f64)]) -> Correlation {
        Correlation {
            kind,
            inputs: vec![Input::default(); n_inputs],
            group_by: Vec::new(),
            timespan: 10,
            condition: condition.to_vec(),
            wanted: None,
        }
    }

    /// Events as time, input, value.
    fn check(correlation: &Correlation, events: &[(i64, u32, u64)], expected: &[i64]) {
        let sum = correlation.kind == CorrelationKind::ValueSum;
        let value = |value: u64| if sum { (value as f64).to_bits() } else { value };
        let events: Vec<Event> =
            events.iter().map(|&(time, input, v)| Event { time, input, value: value(v) }).collect();
        let marks = match correlation.kind {
            CorrelationKind::TemporalOrdered => in_order(&events, correlation),
            _ => in_windows(&events, correlation),
        };
        let found: Vec<i64> = events.iter().zip(marks).filter(|(_, mark)| *mark).map(|(event, _)| event.time).collect();
        assert_eq!(found, expected, "{correlation:?}");
    }

    #[test]
    fn windows_hold_what_is_near() {
        let many = correlation(CorrelationKind::EventCount, 1, &[(Comparison::AtLeast, 3.0)]);
        let at = |times: &[i64]| times.iter().map(|&time| (time, 0, 0)).collect::<Vec<_>>();
        check(&many, &at(&[0, 5, 10, 30, 41, 50, 51]), &[0, 5, 10, 41, 50, 51]);
        check(&many, &at(&[0, 5, 11, 16]), &[]);
        let different = correlation(CorrelationKind::ValueCount, 1, &[(Comparison::Greater, 1.0)]);
        check(&different, &[(0, 0, 1), (1, 0, 1), (20, 0, 1), (25, 0, 2)], &[20, 25]);
        let sum = correlation(CorrelationKind::ValueSum, 1, &[(Comparison::Greater, 100.0)]);
        check(&sum, &[(0, 0, 60), (5, 0, 50), (20, 0, 100), (40, 0, 101)], &[0, 5, 40]);
    }

    #[test]
    fn rules_come_together_in_any_order_or_in_theirs() {
        let together = correlation(CorrelationKind::Temporal, 2, &[]);
        check(&together, &[(0, 1, 0), (4, 0, 0), (30, 0, 0), (50, 1, 0)], &[0, 4]);
        let ordered = correlation(CorrelationKind::TemporalOrdered, 2, &[]);
        check(&ordered, &[(0, 1, 0), (4, 0, 0), (14, 1, 0), (30, 0, 0), (50, 1, 0)], &[4, 14]);
        let first_only = Wanted::All(vec![Wanted::Input(0), Wanted::Not(Box::new(Wanted::Input(1)))]);
        let without = Correlation { wanted: Some(first_only), ..together };
        check(&without, &[(0, 1, 0), (4, 0, 0), (30, 0, 0)], &[30]);
    }
}
