//! The numbers a model sees: rows and named columns, and what was put where a value was missing.
//!
//! A matrix is made from an engine's tables by the composer; this file knows no table. It promises the models finite
//! values and distinct names, and tells them which columns never change and which values are missing (NaN).
//! Encoding text as numbers is not done here.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::random::Random;

/// What a feature's numbers count, so that a sentence about one can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureUnit {
    /// A number of things.
    #[default]
    Count,
    /// Bytes, shown in powers of 1000.
    Bytes,
    /// A length of time in milliseconds.
    Millis,
    /// A part of a whole, 0..=1, shown in per cent.
    Share,
    /// 1 for yes, 0 for no.
    Flag,
    /// A code that orders nothing by itself, such as a port or a status.
    Code,
}

/// One column of a matrix: its name and its unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feature {
    /// The field's ECS name, or what was derived from it.
    pub name: String,
    /// What its values count.
    pub unit: FeatureUnit,
}

/// A column with one value in every row: it can tell no row from another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConstantFeature {
    /// Column of the matrix, from 0.
    pub column: usize,
    /// The feature's name.
    pub name: String,
    /// Its only value. **Null**: `None` when the column has no value at all.
    pub value: Option<f64>,
}

/// Rows of numbers under named columns.
///
/// **Shape**: `n_samples` rows of `n_features` values, row after row.
/// **Null**: a missing value is NaN; in JSON it is `null`.
/// **Order**: the caller's; the engine gives rows sorted by their position in the logs, whatever the shards were.
///
/// ```
/// use logloupe::models::{Feature, FeatureMatrix, FeatureUnit};
///
/// let bytes = Feature::new("source.bytes", FeatureUnit::Bytes);
/// let features = vec![bytes, Feature::new("url.length", FeatureUnit::Count)];
/// let matrix = FeatureMatrix::new(features, vec![512.0, 20.0, 4096.0, f64::NAN])?;
/// assert_eq!((matrix.n_samples(), matrix.n_features()), (2, 2));
/// assert_eq!(matrix.row(0), [512.0, 20.0]);
/// # Ok::<(), logloupe::models::ModelError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedMatrix", into = "SavedMatrix")]
pub struct FeatureMatrix {
    features: Vec<Feature>,
    n_samples: usize,
    values: Vec<f64>,
}

/// What is put where a value is missing.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Imputation {
    /// The middle value of the column: a few huge values do not move it.
    #[default]
    Median,
    /// The mean of the column.
    Mean,
    /// The value that most rows have, the smallest of equals.
    MostFrequent,
    /// This value in every column.
    Constant(f64),
}

/// The values that stand in for missing ones, taken from the training rows and used for every later row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imputer {
    features: Vec<Feature>,
    fills: Vec<f64>,
}

/// How many values of a column were missing, and what stands there now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imputed {
    /// Column of the matrix, from 0.
    pub column: usize,
    /// The feature's name.
    pub name: String,
    /// The value that was put in.
    pub fill: f64,
    /// Rows that were touched.
    pub rows: usize,
}

/// The form of a matrix in a file or a message, in which a missing value is null.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedMatrix {
    features: Vec<Feature>,
    values: Vec<Option<f64>>,
}

impl Feature {
    /// A feature called `name` in `unit`.
    pub fn new(name: impl Into<String>, unit: FeatureUnit) -> Self {
        Self { name: name.into(), unit }
    }

    /// `value` as a person reads it: "8.2 MB", "340 ms", "5 %", "yes".
    pub fn show(&self, value: f64) -> String {
        match self.unit {
            FeatureUnit::Bytes => scaled(value, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"]),
            FeatureUnit::Millis if value.abs() < 1000.0 => format!("{} ms", plain(value)),
            FeatureUnit::Millis => format!("{} s", plain(value / 1000.0)),
            FeatureUnit::Share => format!("{} %", plain(value * 100.0)),
            FeatureUnit::Flag if value == 1.0 => "yes".to_owned(),
            FeatureUnit::Flag if value == 0.0 => "no".to_owned(),
            FeatureUnit::Count | FeatureUnit::Flag => plain(value),
            FeatureUnit::Code => value.to_string(),
        }
    }
}

impl FeatureMatrix {
    /// A matrix of one row.
    ///
    /// # Errors
    /// Those of [`Self::new`], and a row of another length than the features'.
    pub fn of_row(features: &[Feature], row: &[f64]) -> Result<Self, ModelError> {
        let matrix = Self::new(features.to_vec(), row.to_vec())?;
        if matrix.n_samples() != 1 {
            return Err(ModelError::Shape { what: "rows", expected: 1, found: matrix.n_samples() });
        }
        Ok(matrix)
    }

    /// A matrix of `values`, row after row.
    ///
    /// **Null**: NaN is a missing value. −0 becomes 0, so that equal rows have equal bits.
    /// **Cost**: one pass over the values.
    ///
    /// # Errors
    /// No feature, two of one name, a last row that is not whole, an infinite value.
    pub fn new(features: Vec<Feature>, mut values: Vec<f64>) -> Result<Self, ModelError> {
        if features.is_empty() {
            return Err(ModelError::NoFeatures);
        }
        for (column, feature) in features.iter().enumerate() {
            if features[..column].iter().any(|earlier| earlier.name == feature.name) {
                return Err(ModelError::DuplicateFeature { name: feature.name.clone() });
            }
        }
        let n_samples = values.len() / features.len();
        if n_samples * features.len() != values.len() {
            let expected = (n_samples + 1) * features.len();
            return Err(ModelError::Shape { what: "values", expected, found: values.len() });
        }
        for (at, value) in values.iter_mut().enumerate() {
            if value.is_infinite() {
                let feature = features[at % features.len()].name.clone();
                return Err(ModelError::NotFinite { feature, row: at / features.len(), value: *value });
            }
            *value += 0.0;
        }
        Ok(Self { features, n_samples, values })
    }

    /// Number of rows.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// Number of columns, at least 1.
    pub fn n_features(&self) -> usize {
        self.features.len()
    }

    /// The columns' names and units. **Shape**: `n_features`.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// All values. **Shape**: `n_samples × n_features`, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The values of row `row`; empty when there is no such row. **Shape**: `n_features`.
    pub fn row(&self, row: usize) -> &[f64] {
        self.values.chunks_exact(self.features.len()).nth(row).unwrap_or_default()
    }

    /// The rows in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.features.len())
    }

    /// The values of column `column` in the order of the rows; nothing when there is no such column.
    pub fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(column).step_by(self.features.len()).copied().take(if column < self.features.len() {
            self.n_samples
        } else {
            0
        })
    }

    /// A matrix of the rows at `rows`, in that order; positions that do not exist are left out.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let values: Vec<f64> = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { features: self.features.clone(), n_samples: values.len() / self.features.len(), values }
    }

    /// The same rows with the values of column `column` in another order.
    #[must_use]
    pub(super) fn with_shuffled(&self, column: usize, random: &mut Random) -> Self {
        let mut shuffled = self.clone();
        let width = self.features.len();
        for last in (1..self.n_samples).rev() {
            let other = random.below(last as u64 + 1) as usize;
            shuffled.values.swap(last * width + column, other * width + column);
        }
        shuffled
    }

    /// The columns that have one value in all rows, or none at all; a missing value beside a present one is a
    /// difference.
    pub fn constants(&self) -> Vec<ConstantFeature> {
        let constant = |(column, feature): (usize, &Feature)| {
            let first = self.column(column).next()?;
            let same = self.column(column).all(|value| value == first || (value.is_nan() && first.is_nan()));
            let value = Some(first).filter(|value| !value.is_nan());
            same.then(|| ConstantFeature { column, name: feature.name.clone(), value })
        };
        self.features.iter().enumerate().filter_map(constant).collect()
    }

    /// How many values of each column are missing. **Shape**: `n_features`.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.n_features()).map(|column| self.column(column).filter(|value| value.is_nan()).count()).collect()
    }

    /// Nothing, if no value is missing.
    ///
    /// # Errors
    /// The first missing value, by row.
    pub(super) fn check_complete(&self) -> Result<(), ModelError> {
        match self.values.iter().position(|value| value.is_nan()) {
            None => Ok(()),
            Some(at) => {
                let feature = self.features[at % self.features.len()].name.clone();
                Err(ModelError::MissingValue { feature, row: at / self.features.len() })
            }
        }
    }

    /// Nothing, if the columns are `expected`, in that order.
    ///
    /// # Errors
    /// Another number of columns, or the first that is another.
    pub(super) fn check_features(&self, expected: &[Feature]) -> Result<(), ModelError> {
        if self.features.len() != expected.len() {
            return Err(ModelError::Shape { what: "features", expected: expected.len(), found: self.features.len() });
        }
        match self.features.iter().zip(expected).position(|(found, expected)| found.name != expected.name) {
            None => Ok(()),
            Some(column) => Err(ModelError::FeatureMismatch {
                column,
                expected: expected[column].name.clone(),
                found: self.features[column].name.clone(),
            }),
        }
    }
}

impl Imputation {
    /// The fills for the columns of `matrix`: the present values' median or mean, or the constant.
    ///
    /// **Null**: a column without any value is filled with 0; it is constant then, and reported as such.
    /// **Order**: the values of a column are sorted before they are summed, so neither the order of the rows nor the
    /// shards they came from change a mean in its last bit.
    /// **Cost**: one sort a column.
    ///
    /// # Errors
    /// A constant that is not finite.
    pub fn fit(self, matrix: &FeatureMatrix) -> Result<Imputer, ModelError> {
        self.check()?;
        let fill = |column| {
            let mut present: Vec<f64> = matrix.column(column).filter(|value| !value.is_nan()).collect();
            present.sort_unstable_by(f64::total_cmp);
            self.fill(&present)
        };
        let fills = (0..matrix.n_features()).map(fill).collect();
        Ok(Imputer { features: matrix.features.clone(), fills })
    }

    /// Nothing, if what is put in is a number.
    pub(super) fn check(self) -> Result<(), ModelError> {
        match self {
            Self::Constant(value) if !value.is_finite() => {
                Err(ModelError::Param { param: "constant", expected: "a finite number", found: value.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// The fill of a column with these values, which are sorted and without gaps.
    pub(super) fn fill(self, present: &[f64]) -> f64 {
        match self {
            Self::Constant(value) => value,
            _ if present.is_empty() => 0.0,
            Self::Median => quantile(present, 0.5),
            // Each value is divided before it is added: the sum of large values may not be finite.
            Self::Mean => present.iter().map(|value| value / present.len() as f64).sum(),
            Self::MostFrequent => {
                let runs = present.chunk_by(|a, b| a == b);
                runs.rev().max_by_key(|run| run.len()).and_then(|run| run.first()).copied().unwrap_or_default()
            }
        }
    }
}

impl Imputer {
    /// The fills, one a column. **Shape**: `n_features`.
    pub fn fills(&self) -> &[f64] {
        &self.fills
    }

    /// Fills what is missing in `matrix`, and returns the columns that were touched, in their order.
    ///
    /// # Errors
    /// Other columns than those the fills were taken from.
    pub fn apply(&self, matrix: &mut FeatureMatrix) -> Result<Vec<Imputed>, ModelError> {
        matrix.check_features(&self.features)?;
        let mut touched = vec![0; self.fills.len()];
        for row in matrix.values.chunks_exact_mut(self.fills.len()) {
            for ((value, fill), rows) in row.iter_mut().zip(&self.fills).zip(&mut touched) {
                if value.is_nan() {
                    *value = *fill;
                    *rows += 1;
                }
            }
        }
        let imputed = |(column, rows)| Imputed {
            column,
            name: self.features[column].name.clone(),
            fill: self.fills[column],
            rows,
        };
        Ok(touched.into_iter().enumerate().filter(|&(_, rows)| rows > 0).map(imputed).collect())
    }
}

impl TryFrom<SavedMatrix> for FeatureMatrix {
    type Error = ModelError;

    fn try_from(saved: SavedMatrix) -> Result<Self, ModelError> {
        Self::new(saved.features, saved.values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}

impl From<FeatureMatrix> for SavedMatrix {
    fn from(matrix: FeatureMatrix) -> Self {
        let values = matrix.values.into_iter().map(|value| Some(value).filter(|value| !value.is_nan())).collect();
        Self { features: matrix.features, values }
    }
}

/// The value below which the share `q` of `sorted` lies; 0 of nothing.
///
/// Linear between the two neighbours, in `numpy.percentile`'s arithmetic (Hyndman and Fan's type 7), so that a
/// threshold taken here is scikit-learn's to the last bit.
pub(super) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = q * last as f64;
    let lower = (at as usize).min(last);
    let (a, b) = (sorted[lower], sorted[(lower + 1).min(last)]);
    let share = at - lower as f64;
    if share < 0.5 { a + (b - a) * share } else { b - (b - a) * (1.0 - share) }
}

/// `value` in the largest of `units` that keeps it at 1 or above.
fn scaled(value: f64, step: f64, units: &[&str]) -> String {
    let mut value = value;
    let mut unit = 0;
    while value.abs() >= step && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    format!("{} {}", plain(value), units.get(unit).unwrap_or(&""))
}

/// `value` with at most one decimal below 100 and none above, thousands apart; small shares keep two digits.
fn plain(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if value == libm::trunc(value) => 0,
        s if s >= 99.95 => 0,
        s if s >= 0.095 => 1,
        s if s >= 0.0095 => 2,
        _ => 4,
    };
    let text = format!("{size:.decimals$}");
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut shown = String::with_capacity(text.len() + 4);
    if value < 0.0 {
        shown.push('−');
    }
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    if let Some(fraction) = fraction.map(|digits| digits.trim_end_matches('0')).filter(|digits| !digits.is_empty()) {
        let _ = write!(shown, ".{fraction}");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(names: &[&str], values: &[f64]) -> FeatureMatrix {
        let features = names.iter().map(|name| Feature::new(*name, FeatureUnit::Count)).collect();
        FeatureMatrix::new(features, values.to_vec()).unwrap()
    }

    #[test]
    fn rows_and_columns_are_where_they_were_put() {
        let matrix = matrix(&["a", "b"], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(matrix.row(1), [3.0, 4.0]);
        assert_eq!(matrix.row(3), [0.0; 0]);
        assert_eq!(matrix.column(1).collect::<Vec<_>>(), [2.0, 4.0, 6.0]);
        assert_eq!(matrix.column(2).count(), 0);
        assert_eq!(matrix.select(&[2, 0, 9]).values(), [5.0, 6.0, 1.0, 2.0]);
    }

    #[test]
    fn a_matrix_that_contradicts_itself_is_refused() {
        let named = |names: &[&str]| names.iter().map(|name| Feature::new(*name, FeatureUnit::Count)).collect();
        let refused = |names: &[&str], values: &[f64]| FeatureMatrix::new(named(names), values.to_vec()).unwrap_err();
        assert_eq!(refused(&[], &[]), ModelError::NoFeatures);
        assert_eq!(refused(&["a", "a"], &[]), ModelError::DuplicateFeature { name: "a".into() });
        assert_eq!(refused(&["a", "b"], &[1.0]), ModelError::Shape { what: "values", expected: 2, found: 1 });
        assert_eq!(
            refused(&["a", "b"], &[1.0, 2.0, 3.0, f64::INFINITY]).to_string(),
            "feature b, row 1: expected a finite value, found inf"
        );
    }

    #[test]
    fn missing_values_survive_a_file() {
        let matrix = matrix(&["a"], &[1.0, f64::NAN]);
        let json = serde_json::to_string(&matrix).unwrap();
        assert!(json.contains("[1.0,null]"), "{json}");
        let back: FeatureMatrix = serde_json::from_str(&json).unwrap();
        assert_eq!(back.row(0), [1.0]);
        assert!(back.row(1)[0].is_nan());
        assert!(serde_json::from_str::<FeatureMatrix>(r#"{"features":[],"values":[]}"#).is_err());
    }

    #[test]
    fn constant_columns_are_named_with_their_value() {
        let found = matrix(&["port", "bytes", "none"], &[443.0, 1.0, f64::NAN, 443.0, 2.0, f64::NAN]).constants();
        let shown: Vec<_> = found.iter().map(|constant| (constant.name.as_str(), constant.value)).collect();
        assert_eq!(shown, [("port", Some(443.0)), ("none", None)]);
    }

    #[test]
    fn each_imputation_fills_and_counts() {
        let check = |imputation: Imputation, expected: [f64; 2]| {
            let mut filled = matrix(&["a", "b"], &[1.0, f64::NAN, f64::NAN, f64::NAN, 2.0, f64::NAN, 9.0, f64::NAN]);
            let imputer = imputation.fit(&filled).unwrap();
            let touched = imputer.apply(&mut filled).unwrap();
            assert_eq!(filled.row(1), expected);
            assert_eq!(touched.iter().map(|column| column.rows).collect::<Vec<_>>(), [1, 4]);
            assert_eq!(filled.missing(), [0, 0]);
        };
        check(Imputation::Median, [2.0, 0.0]);
        check(Imputation::Mean, [4.0, 0.0]);
        check(Imputation::Constant(-1.0), [-1.0, -1.0]);
        check(Imputation::MostFrequent, [1.0, 0.0]);
        assert!(Imputation::Constant(f64::NAN).fit(&matrix(&["a"], &[])).is_err());
    }

    #[test]
    fn a_mean_does_not_depend_on_the_order_of_the_rows() {
        let values = [1e16, 1.0, -1e16, 3.0, 0.1, 7e-9];
        let mut turned = values;
        turned.reverse();
        let mean = |values: &[f64]| Imputation::Mean.fit(&matrix(&["a"], values)).unwrap().fills[0];
        assert_eq!(mean(&values).to_bits(), mean(&turned).to_bits());
    }

    #[test]
    fn fills_are_taken_for_their_own_columns_only() {
        let imputer = Imputation::Median.fit(&matrix(&["a"], &[1.0])).unwrap();
        let error = imputer.apply(&mut matrix(&["b"], &[1.0])).unwrap_err();
        assert_eq!(error.to_string(), "the model was trained on feature a in column 0, found b");
    }

    #[test]
    fn quantiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        let expected = [(0.0, 1.0), (0.05, 1.15), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)];
        for (q, value) in expected {
            assert!((quantile(&sorted, q) - value).abs() < 1e-15, "{q}: {}", quantile(&sorted, q));
        }
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn values_are_shown_with_their_unit() {
        let shown = |unit, value| Feature::new("x", unit).show(value);
        let cases = [
            (FeatureUnit::Bytes, 8_213_000.0, "8.2 MB"),
            (FeatureUnit::Bytes, 512.0, "512 B"),
            (FeatureUnit::Bytes, 338_228_034.0, "338 MB"),
            (FeatureUnit::Millis, 340.0, "340 ms"),
            (FeatureUnit::Millis, 12_500.0, "12.5 s"),
            (FeatureUnit::Share, 0.05, "5 %"),
            (FeatureUnit::Flag, 1.0, "yes"),
            (FeatureUnit::Count, 1_234_567.0, "1,234,567"),
            (FeatureUnit::Count, -1_000.5, "−1,000"),
            (FeatureUnit::Count, 99.97, "100"),
            (FeatureUnit::Code, 8080.0, "8080"),
        ];
        for (unit, value, expected) in cases {
            assert_eq!(shown(unit, value), expected);
        }
    }
}
