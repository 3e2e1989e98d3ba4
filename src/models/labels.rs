//! What a classifier shall tell apart: one class a row, from a field's text or from a yes-or-no question.
//!
//! A label may be anything a row carries; whether it is worth learning is judged in [`super::trust`].

use crate::units::order;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::features::{ConstantFeature, FeatureMatrix};

/// Classes that a model tells apart at most: one forest is grown for each, and a table of more can't be read.
pub const MAX_CLASSES: usize = 20;

/// The class of the rows whose own class is too rare.
const OTHER: &str = "other";

/// One class a row.
///
/// **Order**: classes by name, or no before yes for a question; the last of two is the positive one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SavedLabels", into = "SavedLabels")]
pub struct Labels {
    name: String,
    classes: Vec<String>,
    codes: Vec<u32>,
    joined: Vec<JoinedClass>,
}

/// A class that was too rare to stand for itself and went into "other".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedClass {
    /// Its name.
    pub class: String,
    /// Rows that carry it.
    pub n_samples: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedLabels {
    name: String,
    classes: Vec<String>,
    codes: Vec<u32>,
    joined: Vec<JoinedClass>,
}

impl Labels {
    /// The label `name` with a class for each of `values`.
    ///
    /// If there are more than [`MAX_CLASSES`], the most frequent stay (ties by name), and the others become one class,
    /// "other"; [`Self::joined`] names them.
    pub fn from_values<'a>(name: impl Into<String>, values: impl IntoIterator<Item = &'a str>) -> Self {
        let values: Vec<&str> = values.into_iter().collect();
        let mut counts = BTreeMap::<&str, usize>::new();
        for value in &values {
            *counts.entry(value).or_default() += 1;
        }
        let mut frequent: Vec<(&str, usize)> = counts.iter().map(|(class, count)| (*class, *count)).collect();
        let mut joined = Vec::new();
        if frequent.len() > MAX_CLASSES {
            // A class that is itself called so is where the others go.
            order::sort_by_key(&mut frequent, |&(class, count)| (class != OTHER, std::cmp::Reverse(count), class));
            let kept = if counts.contains_key(OTHER) { MAX_CLASSES } else { MAX_CLASSES - 1 };
            joined = (frequent.split_off(kept).into_iter())
                .map(|(class, n_samples)| JoinedClass { class: class.to_owned(), n_samples })
                .collect();
            frequent.push((OTHER, 0));
        }
        let mut classes: Vec<&str> = frequent.into_iter().map(|(class, _)| class).collect();
        order::sort(&mut classes);
        classes.dedup();
        let code = |class: &str| classes.binary_search(&class).ok();
        let other = code(OTHER).unwrap_or_default();
        let codes = values.into_iter().map(|value| code(value).unwrap_or(other) as u32).collect();
        Self { name: name.into(), classes: classes.into_iter().map(str::to_owned).collect(), codes, joined }
    }

    /// The answers to a question as classes `[no, yes]`: `yes` where a flag is true.
    pub fn from_flags(name: impl Into<String>, [no, yes]: [&str; 2], flags: &[bool]) -> Self {
        Self {
            name: name.into(),
            classes: vec![no.to_owned(), yes.to_owned()],
            codes: flags.iter().map(|&flag| u32::from(flag)).collect(),
            joined: Vec::new(),
        }
    }

    /// The label's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The classes' names.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The class of each row, as a place in [`Self::classes`]. **Shape**: `n_samples`.
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The classes that were joined into "other". **Order**: most frequent first, then by name.
    pub fn joined(&self) -> &[JoinedClass] {
        &self.joined
    }

    /// Number of rows.
    pub fn n_samples(&self) -> usize {
        self.codes.len()
    }

    /// How many rows each class has. **Shape**: one a class; 0 where these rows have none of it.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        for &code in &self.codes {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// The only class that these rows have, if they have one only.
    pub fn only_class(&self) -> Option<&str> {
        let first = *self.codes.first()?;
        let same = self.codes.iter().all(|&code| code == first);
        self.classes.get(first as usize).filter(|_| same).map(String::as_str)
    }

    /// What a classifier may learn of `rows` with these labels: how many rows, the columns that differ, and the others.
    ///
    /// # Errors
    /// Not one label a row, a missing value, a single class, no column that differs.
    pub(super) fn check_rows(
        &self,
        rows: &FeatureMatrix,
    ) -> Result<(usize, Vec<u32>, Vec<ConstantFeature>), ModelError> {
        let n_samples = rows.n_samples();
        if n_samples != self.n_samples() {
            return Err(ModelError::Shape { what: "labels", expected: n_samples, found: self.n_samples() });
        }
        if n_samples < 2 {
            return Err(ModelError::TooFewSamples { needed: 2, found: n_samples });
        }
        rows.check_complete()?;
        if let Some(class) = self.only_class() {
            let (label, class) = (self.name.clone(), class.to_owned());
            return Err(ModelError::OneClass { label, class, n_samples });
        }
        let left_out = rows.constants();
        let is_left = |column: usize| left_out.iter().all(|constant| constant.column != column);
        let columns: Vec<u32> = (0..rows.n_features()).filter(|&at| is_left(at)).map(|at| at as u32).collect();
        if columns.is_empty() {
            return Err(ModelError::AllConstant { n_samples });
        }
        Ok((n_samples, columns, left_out))
    }

    /// The labels of the rows at `rows`, in that order, with the same classes; positions that do not exist are left
    /// out.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let codes = rows.iter().filter_map(|&row| self.codes.get(row).copied()).collect();
        Self { codes, ..self.clone() }
    }
}

impl TryFrom<SavedLabels> for Labels {
    type Error = ModelError;

    fn try_from(saved: SavedLabels) -> Result<Self, ModelError> {
        let SavedLabels { name, classes, codes, joined } = saved;
        if codes.iter().any(|&code| code as usize >= classes.len()) {
            return Err(ModelError::BrokenModel { reason: "a row has a class that does not exist" });
        }
        Ok(Self { name, classes, codes, joined })
    }
}

impl From<Labels> for SavedLabels {
    fn from(labels: Labels) -> Self {
        let Labels { name, classes, codes, joined } = labels;
        Self { name, classes, codes, joined }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_in_the_order_of_their_names() {
        let labels = Labels::from_values("http.request.method", ["POST", "GET", "GET", "PUT"]);
        assert_eq!(labels.classes(), ["GET", "POST", "PUT"]);
        assert_eq!(labels.codes(), [1, 0, 0, 2]);
        assert_eq!(labels.counts(), [2, 1, 1]);
        assert_eq!(labels.select(&[1, 2]).only_class(), Some("GET"));
        assert_eq!(labels.only_class(), None);
    }

    #[test]
    fn rare_classes_are_joined_and_named() {
        let names: Vec<String> = (0..25).map(|class| format!("class {class:02}")).collect();
        // Class 00 is in 25 rows, class 24 in one.
        let values = || names.iter().enumerate().flat_map(|(at, name)| std::iter::repeat_n(name.as_str(), 25 - at));
        let labels = Labels::from_values("kind", values());
        assert_eq!(labels.classes().len(), MAX_CLASSES);
        assert_eq!(labels.classes().last().map(String::as_str), Some("other"));
        assert_eq!(labels.joined().len(), 6);
        assert_eq!(labels.joined()[0], JoinedClass { class: "class 19".into(), n_samples: 6 });
        assert_eq!(labels.counts()[19], 21);

        let with_other = Labels::from_values("kind", values().chain(["other"]));
        assert_eq!(with_other.classes().len(), MAX_CLASSES);
        assert_eq!(with_other.counts()[19], 22);
    }

    #[test]
    fn a_question_has_its_positive_class_last() {
        let labels = Labels::from_flags("verdict", ["normal", "suspicious"], &[true, false]);
        assert_eq!(labels.codes(), [1, 0]);
        assert_eq!(labels.classes()[1], "suspicious");
    }

    #[test]
    fn a_class_that_does_not_exist_is_refused() {
        let json = r#"{"name":"a","classes":["x"],"codes":[0,1],"joined":[]}"#;
        assert!(serde_json::from_str::<Labels>(json).is_err());
    }
}
