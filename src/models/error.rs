//! What can go wrong when a model is trained, applied or loaded: one closed list.
//!
//! The messages state the fact, in lower case and without a full stop; what to do about it is the app's to say. A
//! problem with the figures of a model that *was* trained is no error: it is a reason in [`super::trust`].

use thiserror::Error;

/// A refusal of this room: the parameters, the matrix, the label or a saved model do not allow the answer.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ModelError {
    /// A list has another length than what it belongs to.
    #[error("expected {expected} {what}, found {found}")]
    Shape {
        /// What was counted, in the plural.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// There is no feature to learn from.
    #[error("no feature was chosen")]
    NoFeatures,
    /// Two features have one name, so nothing said about either could be understood.
    #[error("feature {name} was chosen twice")]
    DuplicateFeature {
        /// The name that occurs twice.
        name: String,
    },
    /// A value is infinite: no measurement is, and it would make every split of its column empty.
    #[error("feature {feature}, row {row}: expected a finite value, found {value}")]
    NotFinite {
        /// Name of the column.
        feature: String,
        /// Row of the matrix, from 0.
        row: usize,
        /// The value found.
        value: f64,
    },
    /// A value is missing where a model needs one: the matrix was not imputed.
    #[error("feature {feature}, row {row}: the value is missing")]
    MissingValue {
        /// Name of the column.
        feature: String,
        /// Row of the matrix, from 0.
        row: usize,
    },
    /// No feature differs between any two rows.
    #[error("all features are constant over {n_samples} rows: nothing tells one row from another")]
    AllConstant {
        /// Rows of the matrix.
        n_samples: usize,
    },
    /// The rows have other features than the model was trained on.
    #[error("the model was trained on feature {expected} in column {column}, found {found}")]
    FeatureMismatch {
        /// Column of the first difference, from 0.
        column: usize,
        /// The model's feature there.
        expected: String,
        /// The matrix's feature there.
        found: String,
    },
    /// A parameter is outside of what it may be.
    #[error("{param}: expected {expected}, found {found}")]
    Param {
        /// The parameter's name.
        param: &'static str,
        /// What is allowed.
        expected: &'static str,
        /// What was given.
        found: String,
    },
    /// There are fewer rows than the question needs.
    #[error("expected at least {needed} rows, found {found}")]
    TooFewSamples {
        /// The smallest number that makes sense.
        needed: usize,
        /// Rows given.
        found: usize,
    },
    /// The log is too short for its intervals.
    #[error("expected at least {needed} intervals, found {found}: choose shorter ones, or read more of the log")]
    TooFewIntervals {
        /// The smallest number that can be learnt from.
        needed: usize,
        /// Intervals of the log.
        found: usize,
    },
    /// Every row has the same label: there is nothing to tell apart, and any figure would be 100 % of nothing.
    #[error(
        "all {n_samples} rows have {label} = \"{class}\": with a single class there is nothing to tell apart, \
         so no model was trained"
    )]
    OneClass {
        /// The label's name.
        label: String,
        /// Its only class.
        class: String,
        /// Rows that carry it.
        n_samples: usize,
    },
    /// The training itself failed.
    #[error("training failed: {reason}")]
    Training {
        /// What the library said.
        reason: String,
    },
    /// A file that holds no model of this version.
    #[error("not a model of this version: {message}")]
    Unreadable {
        /// What the decoder said.
        message: String,
    },
    /// A saved model contradicts itself: it was cut, edited, or written by another version.
    #[error("the saved model is broken: {reason}")]
    BrokenModel {
        /// What contradicts what.
        reason: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_one_class_label_is_refused_in_a_sentence() {
        let error =
            ModelError::OneClass { label: "detection_types".to_owned(), class: "waf_rule".to_owned(), n_samples: 282 };
        assert_eq!(
            error.to_string(),
            "all 282 rows have detection_types = \"waf_rule\": with a single class there is nothing to tell apart, \
             so no model was trained"
        );
    }
}
