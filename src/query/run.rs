//! Answers questions on shards: each store gives its part, parts merge, the last step makes the answer.

use serde::{Deserialize, Serialize};

use crate::schema::{Field, FieldName};
use crate::table::{ColumnData, Dictionary, NULL, NULL_NUMBER, NumberCounts, Partial, Selection, TextCounts};
use crate::units::Micros;

use super::answer::{
    Answer, Histogram, HistogramBin, RowView, RowsAnswer, Timeline, TimelineSeries, TopValues, ValueCount,
};
use super::question::{Question, RowsQuestion};
use super::rows::{RowsPart, row_view, rows_part};

/// A store's part of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum AnswerPart {
    /// Rows.
    Count(u64),
    /// Rows in each bucket.
    Timeline(Vec<u64>),
    /// Texts and numbers of a column.
    Values(TextCounts, NumberCounts),
    /// A page's candidates.
    Rows(RowsPart),
    /// Rows by place, those that this store has.
    RowsAt(Vec<RowView>),
}

/// A finished answer, or the question of the next round.
#[derive(Clone, Debug, PartialEq)]
pub enum Answered {
    /// The answer.
    Answer(Answer),
    /// What to ask next; the answer to it counts.
    Next(Question),
}

/// The part of a store's selected rows.
pub fn part(question: &Question, selection: Selection<'_>) -> AnswerPart {
    match question {
        Question::Count => AnswerPart::Count(selection.n_rows() as u64),
        Question::Timeline { range, buckets } => AnswerPart::Timeline(buckets_of(selection, *range, *buckets)),
        Question::Top { field, .. } | Question::Distinct { field } => {
            AnswerPart::Values(texts(selection, field), numbers(selection, field))
        }
        Question::Histogram { field, .. } => AnswerPart::Values(TextCounts::default(), numbers(selection, field)),
        Question::Rows(rows) => AnswerPart::Rows(rows_part(rows, selection)),
        Question::RowsAt { columns, places, .. } => {
            let found = places.iter().filter_map(|&place| row_view(selection.store, place, columns));
            AnswerPart::RowsAt(found.collect())
        }
    }
}

impl AnswerPart {
    /// Takes the part of another store in. Parts of different questions do not merge: the first one stays.
    pub fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Count(a), Self::Count(b)) => *a += b,
            (Self::Timeline(a), Self::Timeline(b)) => a.iter_mut().zip(b).for_each(|(a, b)| *a += b),
            (Self::Values(a, x), Self::Values(b, y)) => {
                a.merge(b);
                x.merge(y);
            }
            (Self::Rows(a), Self::Rows(b)) => a.merge(b),
            (Self::RowsAt(a), Self::RowsAt(b)) => a.extend(b),
            _ => debug_assert!(false, "parts of different questions"),
        }
    }

    /// The answer, or the next round.
    pub fn finish(self, question: &Question) -> Answered {
        let answer = match (self, question) {
            (Self::Count(rows), _) => Answer::Count(rows),
            (Self::Timeline(values), Question::Timeline { range, buckets }) => {
                Answer::Timeline(timeline(values, *range, *buckets))
            }
            (Self::Values(texts, numbers), Question::Top { limit, .. }) => {
                Answer::Top(top(&texts, &numbers, *limit as usize))
            }
            (Self::Values(texts, numbers), Question::Distinct { .. }) => {
                Answer::Distinct(texts.distinct() + numbers.distinct())
            }
            (Self::Values(_, numbers), Question::Histogram { field, log, bins }) => {
                Answer::Histogram(histogram(&numbers, field, *log, *bins))
            }
            (Self::Rows(part), Question::Rows(rows)) => return next_rows(part, rows),
            (Self::RowsAt(found), Question::RowsAt { total, columns, places }) => {
                Answer::Rows(rows_at(found, *total, columns, places))
            }
            _ => Answer::Count(0),
        };
        Answered::Answer(answer)
    }
}

fn next_rows(part: RowsPart, rows: &RowsQuestion) -> Answered {
    let total = part.total;
    let (columns, places) = part.finish(rows);
    if places.is_empty() {
        return Answered::Answer(Answer::Rows(RowsAnswer { total, columns, rows: Vec::new() }));
    }
    Answered::Next(Question::RowsAt { total, columns, places })
}

fn rows_at(found: Vec<RowView>, total: u64, columns: &[FieldName], places: &[(u32, u64)]) -> RowsAnswer {
    let mut by_place: std::collections::BTreeMap<(u32, u64), RowView> =
        found.into_iter().map(|row| ((row.file, row.byte), row)).collect();
    let rows = places.iter().filter_map(|place| by_place.remove(place)).collect();
    RowsAnswer { total, columns: columns.to_vec(), rows }
}

fn texts(selection: Selection<'_>, field: &FieldName) -> TextCounts {
    let Some(dictionary) = selection.dictionary(field) else { return TextCounts::default() };
    let mut counts = vec![0; dictionary.len()];
    let mut scratch = Vec::new();
    for (shard, rows) in selection.shards() {
        if let Some(ColumnData::Text(codes)) = shard.table.column(field).map(|c| &c.data) {
            codes.read(&mut scratch);
            rows.for_each(|row| {
                let code = scratch.get(row).copied().unwrap_or(NULL);
                if let Some(count) = counts.get_mut(code as usize) {
                    *count += 1;
                }
            });
        }
    }
    TextCounts::new(dictionary, &counts, &[])
}

fn numbers(selection: Selection<'_>, field: &FieldName) -> NumberCounts {
    let mut whole: Option<NumberCounts> = None;
    let mut add = |part: NumberCounts| match &mut whole {
        None => whole = Some(part),
        Some(all) => all.merge(part),
    };
    let mut scratch = Vec::new();
    for (shard, rows) in selection.shards() {
        match shard.table.column(field).map(|c| &c.data) {
            Some(ColumnData::Integer(numbers) | ColumnData::Time(numbers)) => {
                numbers.read(&mut scratch);
                add(NumberCounts::of_integers(rows.iter().filter_map(|row| scratch.get(row).copied())));
            }
            Some(ColumnData::Float(values)) => {
                add(NumberCounts::of_floats(rows.iter().filter_map(|row| values.get(row).copied())));
            }
            _ => {}
        }
    }
    whole.unwrap_or_default()
}

fn top(texts: &TextCounts, numbers: &NumberCounts, limit: usize) -> TopValues {
    let mut values: Vec<ValueCount> = texts
        .top(limit)
        .into_iter()
        .map(|t| ValueCount { value: Some(t.text.to_owned()), count: t.count, bytes: None })
        .collect();
    let mut counted: Vec<(f64, u64)> = numbers.iter().collect();
    counted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.total_cmp(&b.0)));
    counted.truncate(limit);
    values.extend(counted.into_iter().map(|(n, count)| ValueCount { value: Some(n.to_string()), count, bytes: None }));
    TopValues { values, distinct: texts.distinct() + numbers.distinct(), rows: texts.rows() + numbers.rows() }
}

/// The width of a bucket in µs: whole seconds, so that about `buckets` of them cover the range.
fn step_of((from, to): (Micros, Micros), buckets: u32) -> i64 {
    let span = to.0.saturating_sub(from.0).max(0) / Micros::PER_SECOND + 1;
    (span.div_euclid(i64::from(buckets.max(1))) + 1).max(1) * Micros::PER_SECOND
}

fn buckets_of(selection: Selection<'_>, range: (Micros, Micros), buckets: u32) -> Vec<u64> {
    let step = step_of(range, buckets);
    let n = (range.1.0.saturating_sub(range.0.0).max(0) / step + 1) as usize;
    let mut counts = vec![0; n];
    let mut scratch = Vec::new();
    for (shard, rows) in selection.shards() {
        shard.table.read_numbers(&Field::Timestamp.into(), &mut scratch);
        rows.for_each(|row| {
            let time = scratch.get(row).copied().unwrap_or(NULL_NUMBER);
            if time >= range.0.0
                && let Some(count) = counts.get_mut(((time - range.0.0) / step) as usize)
            {
                *count += 1;
            }
        });
    }
    counts
}

fn timeline(values: Vec<u64>, range: (Micros, Micros), buckets: u32) -> Timeline {
    Timeline {
        start: Some(range.0.to_rfc3339()),
        step_seconds: (step_of(range, buckets) / Micros::PER_SECOND) as u64,
        split: String::new(),
        series: vec![TimelineSeries { name: "rows".into(), values }],
    }
}

fn histogram(numbers: &NumberCounts, field: &FieldName, log: bool, bins: u32) -> Histogram {
    let edges = numbers.range().map_or_else(Vec::new, |range| edges(range, log, bins.max(1)));
    let mut filled: Vec<HistogramBin> = edges
        .windows(2)
        .filter_map(|pair| match pair {
            [from, to] => Some(HistogramBin { from: *from, to: *to, count: 0 }),
            _ => None,
        })
        .collect();
    let last = filled.len().saturating_sub(1);
    for (value, count) in numbers.iter() {
        let at = filled.partition_point(|bin| bin.to <= value).min(last);
        if let Some(bin) = filled.get_mut(at) {
            bin.count += count;
        }
    }
    Histogram { field: Some(field.to_string()), log, bins: filled }
}

/// Ends of bins: equal widths, or powers of two from the smallest positive power (everything below is one bin).
fn edges((min, max): (f64, f64), log: bool, bins: u32) -> Vec<f64> {
    if min == max {
        return vec![min, min + 1.0];
    }
    if log && min >= 0.0 {
        let mut edges = vec![0.0, 1.0];
        while let Some(&last) = edges.last()
            && last <= max
        {
            edges.push(last * 2.0);
        }
        return edges;
    }
    let width = (max - min) / f64::from(bins);
    (0..=bins).map(|i| if i == bins { max } else { min + width * f64::from(i) }).collect()
}

/// A row's value of a column as text.
pub fn text_of(dictionary: Option<&Dictionary>, data: &ColumnData, row: usize) -> Option<String> {
    match data {
        ColumnData::Text(codes) => match codes.get(row) {
            NULL => None,
            code => dictionary.map(|d| d.get(code).to_owned()),
        },
        ColumnData::Integer(numbers) => Some(numbers.get(row)).filter(|v| *v != NULL_NUMBER).map(|v| v.to_string()),
        ColumnData::Time(numbers) => {
            Some(numbers.get(row)).filter(|v| *v != NULL_NUMBER).map(|v| Micros(v).to_rfc3339())
        }
        ColumnData::Float(values) => values.get(row).copied().filter(|v| !v.is_nan()).map(|v| v.to_string()),
    }
}
