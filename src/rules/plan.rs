//! A check made ready for one store: every condition is evaluated on the dictionaries, so that a row costs a look-up.

use std::collections::BTreeSet;

use crate::schema::{Field, FieldName};
use crate::table::{NULL_NUMBER, RowSet, Selection};

use super::catalog::Check;
use super::columns::{Column, View, rows_of_codes};
use super::tally::{CodeMap, Tally};

/// What rows must be like.
pub(super) enum Condition {
    /// No row can match, which needs no pass over them.
    Never,
    /// The code of the column is marked.
    Text(Column, Vec<bool>),
    /// The number fits.
    Number(Field, Box<dyn Fn(i64) -> bool>),
    /// Both numbers are there and fit.
    Numbers(FieldName, FieldName, fn(i64, i64) -> bool),
    /// The code of the text's mark and the number fit together: marks are kinds, 0 for none.
    TextAndNumber(Column, Vec<u16>, Field, Box<dyn Fn(u16, i64) -> bool>),
    /// All hold.
    All(Vec<Self>),
    /// One holds.
    Any(Vec<Self>),
}

impl Condition {
    /// The code is marked; never, where no code is.
    pub fn text(column: Column, hits: Vec<bool>) -> Self {
        // Without any no row can match; the column stays known for whoever asks why not.
        if hits.contains(&true) { Self::Text(column, hits) } else { Self::Text(column, Vec::new()) }
    }

    /// All hold; never, where one never does.
    pub fn all(conditions: Vec<Self>) -> Self {
        Self::All(conditions)
    }

    /// One holds; never, where none ever does.
    pub fn any(conditions: Vec<Self>) -> Self {
        let able: Vec<Self> = conditions.into_iter().filter(|c| !c.is_never()).collect();
        if able.is_empty() { Self::Never } else { Self::Any(able) }
    }

    /// Whether no row can match.
    pub fn is_never(&self) -> bool {
        match self {
            Self::Never => true,
            Self::Text(_, hits) => hits.is_empty(),
            Self::All(inner) => inner.iter().any(Self::is_never),
            _ => false,
        }
    }

    /// The one condition that a row which is a store of its own lacks, in words. **Null**: none where it lacks none or
    /// several, or what holds tells nothing.
    pub fn missing(&self, view: &View<'_>, selection: Selection<'_>) -> Option<String> {
        let Self::All(inner) = self else { return None };
        let (holding, lacking): (Vec<&Self>, Vec<&Self>) =
            inner.iter().partition(|condition| condition.rows(view, 1).contains(0));
        let mut columns = Vec::new();
        lacking.iter().for_each(|condition| condition.columns(&mut columns));
        let ([_], [column, ..], false) = (lacking.as_slice(), columns.as_slice(), holding.is_empty()) else {
            return None;
        };
        // A row without a value in the column is of another kind.
        let (field, text) = super::columns::text_of(selection, view, column, view.value(column, 0)?)?;
        Some(format!("{field} is {}, which is not what it looks for", super::why_not::shown(&text)))
    }

    /// The columns to decode.
    pub fn columns(&self, out: &mut Vec<Column>) {
        match self {
            Self::Never => {}
            Self::Text(column, _) => out.push(column.clone()),
            Self::Number(field, _) => out.push(Column::Number((*field).into())),
            Self::Numbers(a, b, _) => out.extend([Column::Number(a.clone()), Column::Number(b.clone())]),
            Self::TextAndNumber(column, _, field, _) => {
                out.extend([column.clone(), Column::Number((*field).into())]);
            }
            Self::All(inner) | Self::Any(inner) => inner.iter().for_each(|c| c.columns(out)),
        }
    }

    /// The rows of the shard in view that match.
    pub fn rows(&self, view: &View<'_>, n_rows: usize) -> RowSet {
        match self {
            Self::Never => RowSet::none(n_rows),
            Self::Text(column, hits) => rows_of_codes(view.codes(column), hits),
            Self::Number(field, fits) => RowSet::matching(view.numbers(*field), |v| v != NULL_NUMBER && fits(v)),
            Self::Numbers(a, b, fits) => {
                let mut others = view.numbers_named(b).iter();
                RowSet::matching(view.numbers_named(a), |value| {
                    let other = others.next().copied().unwrap_or(NULL_NUMBER);
                    value != NULL_NUMBER && other != NULL_NUMBER && fits(value, other)
                })
            }
            Self::TextAndNumber(column, kinds, field, fits) => {
                let mut numbers = view.numbers(*field).iter();
                RowSet::matching(view.codes(column), |code| {
                    let number = numbers.next().copied().unwrap_or(NULL_NUMBER);
                    let kind = kinds.get(code as usize).copied().unwrap_or(0);
                    number != NULL_NUMBER && fits(kind, number)
                })
            }
            Self::All(inner) => inner.iter().fold(RowSet::all(n_rows), |rows, c| c.rows(view, n_rows).and(&rows)),
            Self::Any(inner) => inner.iter().fold(RowSet::none(n_rows), |rows, c| rows.or(&c.rows(view, n_rows))),
        }
    }

    /// Whether a value of a column is one that the condition looks for.
    fn wants(&self, column: &Column, value: i64) -> bool {
        match self {
            Self::Text(own, hits) => own == column && hits.get(value as usize).copied().unwrap_or(false),
            Self::Number(field, fits) => *column == Column::Number((*field).into()) && fits(value),
            Self::All(inner) | Self::Any(inner) => inner.iter().any(|c| c.wants(column, value)),
            Self::Never | Self::Numbers(..) | Self::TextAndNumber(..) => false,
        }
    }
}

/// Turns the field and a value that was found into filter clauses: field and value as the language writes it.
pub(super) type Show = Box<dyn Fn(&str, &str) -> Vec<(String, String)>>;

/// A check made ready for one store.
pub(super) struct Plan {
    /// The check.
    pub check: &'static Check,
    /// What rows must be like.
    pub condition: Condition,
    /// What a filter shows for the values that were found.
    pub show: Show,
    /// Columns of which the values found make the filter.
    pub shown: Vec<Column>,
    /// The filter where values do not make one, or too many would.
    pub fallback: String,
    /// What the filter asks for beside the values.
    pub also: String,
    /// Two columns whose values make the filter together.
    pub pair: Option<(Column, Column)>,
    /// Pairs of values found.
    pub pairs: BTreeSet<(i64, i64)>,
    /// Counts of the values in the rows found.
    pub counts: Vec<Counts>,
    /// The rows found.
    pub tally: Tally,
}

/// Counts of a column's values in the rows found.
pub(super) struct Counts {
    pub column: Column,
    /// Whether the values take part in the finding; else they only make the filter.
    pub is_entity: bool,
    pub rows: CodeMap<i64, u64>,
}

impl Plan {
    /// The check with the condition; the filter shows the exact values of `shown`.
    pub fn new(check: &'static Check, condition: Condition, shown: Vec<Column>) -> Self {
        let mut entities: Vec<Column> = vec![Column::Source];
        entities.extend(check.entities.iter().map(|name| Column::named(name)));
        let others: Vec<Column> = shown.iter().filter(|c| !entities.contains(c)).cloned().collect();
        let counts = |columns: Vec<Column>, is_entity: bool| {
            columns.into_iter().map(move |column| Counts { column, is_entity, rows: CodeMap::default() })
        };
        Self {
            check,
            condition,
            show: Box::new(|field, value| vec![(field.to_owned(), super::filter::exact(value))]),
            shown,
            fallback: String::new(),
            also: String::new(),
            pair: None,
            pairs: BTreeSet::new(),
            tally: Tally::default(),
            counts: counts(entities, true).chain(counts(others, false)).collect(),
        }
    }

    /// The columns to decode.
    pub fn columns(&self, out: &mut Vec<Column>) {
        self.condition.columns(out);
        out.extend(self.pair.iter().flat_map(|(a, b)| [a.clone(), b.clone()]));
        out.extend(self.counts.iter().map(|counts| counts.column.clone()));
    }

    /// Counts the values that take part in a row.
    pub fn count(&mut self, view: &View<'_>, row: usize) {
        for counts in &mut self.counts {
            if let Some(value) = view.value(&counts.column, row) {
                *counts.rows.entry(value).or_default() += 1;
            }
        }
        if let Some((a, b)) = &self.pair
            && let (Some(a), Some(b)) = (view.value(a, row), view.value(b, row))
        {
            self.pairs.insert((a, b));
        }
    }

    /// The values found of a column that the filter shows: those that the condition looks for.
    pub fn shown_values(&self, counts: &Counts) -> Vec<i64> {
        let wanted = |value: &i64| self.condition.wants(&counts.column, *value);
        let values = counts.rows.keys().copied();
        if self.shown.contains(&counts.column) { values.filter(wanted).collect() } else { Vec::new() }
    }
}

/// Marks the texts of a column that fit.
pub(super) fn matching(selection: Selection<'_>, field: Field, mut fits: impl FnMut(&str) -> bool) -> Vec<bool> {
    matching_named(selection, &field.into(), &mut fits)
}

/// Marks the texts of a format's own column that fit.
pub(super) fn matching_named(
    selection: Selection<'_>,
    name: &FieldName,
    mut fits: impl FnMut(&str) -> bool,
) -> Vec<bool> {
    let Some(dictionary) = selection.dictionary(name) else { return Vec::new() };
    std::iter::once(false).chain(dictionary.iter().map(|(_, text)| fits(text))).collect()
}
