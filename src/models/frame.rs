//! Rows as a log has them, before they are numbers: columns of values and of texts, each with its gaps.
//!
//! A frame is what [`super::preparation`] makes a matrix of. Texts are kept once each, with a code a row, so that what
//! is done to a text is done once however often it occurs.

use std::collections::BTreeMap;

use super::features::FeatureUnit;

/// Columns of one length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    n_samples: usize,
    columns: Vec<FrameColumn>,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameColumn {
    /// The field's ECS name, or what was derived from it.
    pub name: String,
    /// What its numbers count; of no meaning for texts.
    pub unit: FeatureUnit,
    /// What it holds.
    pub values: FrameValues,
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum FrameValues {
    /// **Shape**: one a row. **Null**: NaN.
    Numbers(Vec<f64>),
    /// Distinct texts, and a place among them for each row. **Null**: `None`.
    Texts(Vec<String>, Vec<Option<u32>>),
}

impl Frame {
    /// A frame of `n_samples` rows without a column.
    pub fn new(n_samples: usize) -> Self {
        Self { n_samples, columns: Vec::new() }
    }

    /// Adds a column of numbers; what is missing at its end is null.
    pub fn add_numbers(&mut self, name: impl Into<String>, unit: FeatureUnit, mut values: Vec<f64>) {
        values.resize(self.n_samples, f64::NAN);
        self.columns.push(FrameColumn { name: name.into(), unit, values: FrameValues::Numbers(values) });
    }

    /// Adds a column of texts; what is missing at its end is null.
    pub fn add_texts<'a>(&mut self, name: impl Into<String>, values: impl Iterator<Item = Option<&'a str>>) {
        let mut places = BTreeMap::new();
        let mut texts = Vec::new();
        let mut code = |text: &'a str| {
            *places.entry(text).or_insert_with(|| {
                texts.push(text.to_owned());
                texts.len() as u32 - 1
            })
        };
        let mut codes: Vec<Option<u32>> = values.map(|value| value.map(&mut code)).collect();
        codes.resize(self.n_samples, None);
        let values = FrameValues::Texts(texts, codes);
        self.columns.push(FrameColumn { name: name.into(), unit: FeatureUnit::Count, values });
    }

    /// Adds a column of another frame of as many rows.
    pub fn add(&mut self, column: FrameColumn) {
        self.columns.push(column);
    }

    /// Number of rows.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// The columns, in the order in which they were added.
    pub fn columns(&self) -> &[FrameColumn] {
        &self.columns
    }

    /// The column called so.
    pub fn column(&self, name: &str) -> Option<&FrameColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The rows at `rows`, in that order; positions that do not exist are left out.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let rows: Vec<usize> = rows.iter().copied().filter(|&row| row < self.n_samples).collect();
        let select = |column: &FrameColumn| {
            let values = match &column.values {
                FrameValues::Numbers(values) => FrameValues::Numbers(rows.iter().map(|&row| values[row]).collect()),
                FrameValues::Texts(texts, codes) => {
                    FrameValues::Texts(texts.clone(), rows.iter().map(|&row| codes[row]).collect())
                }
            };
            FrameColumn { values, ..column.clone() }
        };
        Self { n_samples: rows.len(), columns: self.columns.iter().map(select).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_once_and_gaps_stay_gaps() {
        let mut frame = Frame::new(4);
        frame.add_numbers("bytes", FeatureUnit::Bytes, vec![1.0, 2.0]);
        frame.add_texts("method", [Some("GET"), None, Some("POST"), Some("GET")].into_iter());
        let FrameValues::Texts(texts, codes) = &frame.column("method").unwrap().values else { panic!("no texts") };
        assert_eq!((texts.len(), codes.as_slice()), (2, [Some(0), None, Some(1), Some(0)].as_slice()));
        let selected = frame.select(&[1, 3, 9]);
        let FrameValues::Numbers(values) = &selected.columns()[0].values else { panic!("no numbers") };
        assert!(values[0] == 2.0 && values[1].is_nan() && values.len() == 2);
    }
}
