//! From a log's columns to a model's numbers: what is missing is filled, what is far out may be clipped, what has other
//! units is scaled, categories become flags and texts become words. What was learnt from the training rows is kept, so
//! that later rows are prepared the same way; how many rows each step touched is told.
//!
//! **Source**: scikit-learn's `SimpleImputer`, `StandardScaler`, `MinMaxScaler`, `RobustScaler`, `OneHotEncoder` with
//! `min_frequency`, `TfidfVectorizer`, `FeatureHasher` (1.9). Outliers are those beyond Tukey's inner fences.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::features::{Feature, FeatureMatrix, FeatureUnit, Imputation, Imputed, quantile};
use super::frame::{Frame, FrameColumn, FrameValues};
use super::words::{Vocabulary, WordWeight};
use crate::units::order;

/// Numbers of a matrix at most: 400 MB.
const MAX_VALUES: usize = 50_000_000;

/// What is done to columns before a model sees them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreparationParams {
    /// What stands where a number is missing.
    pub imputation: Imputation,
    /// What becomes of numbers that are far from the others.
    pub outliers: Outliers,
    /// Whether numbers of different units are made comparable.
    pub scaling: Scaling,
    /// The columns whose texts are words; each other text is one category.
    pub words: Vec<String>,
    /// Rows that a category or a word must be in, at least.
    pub min_support: usize,
    /// Categories of a column that get a flag each, at most.
    pub max_categories: usize,
    /// Words of a column that are counted, at most.
    pub max_words: usize,
    /// How words are counted.
    pub word_weight: WordWeight,
    /// Words are not named but joined into so many buckets by their hash: for vocabularies without end.
    pub hash_buckets: Option<usize>,
}

/// What becomes of a number beyond the fences, one and a half times the distance of the quartiles from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outliers {
    /// It stays.
    #[default]
    Keep,
    /// It becomes the fence. Where the quartiles are one, it stays.
    Clip,
}

/// How numbers are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// Not at all: trees do not need it.
    #[default]
    None,
    /// Mean 0, standard deviation 1.
    Standard,
    /// Smallest 0, largest 1.
    MinMax,
    /// Median 0, distance of the quartiles 1.
    Robust,
}

/// What was learnt from the training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    columns: Vec<Prepared>,
}

/// How many rows a step touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// `filled`, `clipped`, `scaled`, `joined` (into other categories), `encoded`.
    pub step: String,
    /// The column's name.
    pub column: String,
    /// Rows whose value changed.
    pub rows: u64,
}

/// A matrix and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedRows {
    /// What a model sees.
    pub matrix: FeatureMatrix,
    /// **Order**: by column, then in the order of the steps; steps that touched no row are left out.
    pub touched: Vec<Touched>,
    /// What was filled in, for [`super::trust`].
    pub imputed: Vec<Imputed>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Prepared {
    Number { feature: Feature, fill: f64, fences: Option<(f64, f64)>, shift: f64, scale: f64 },
    Categories { column: String, values: Vec<String>, has_other: bool },
    Words { column: String, vocabulary: Vocabulary },
}

impl Default for PreparationParams {
    fn default() -> Self {
        Self {
            imputation: Imputation::default(),
            outliers: Outliers::default(),
            scaling: Scaling::default(),
            words: Vec::new(),
            min_support: 10,
            max_categories: 50,
            max_words: 100,
            word_weight: WordWeight::default(),
            hash_buckets: None,
        }
    }
}

impl PreparationParams {
    /// What these steps learn from `frame`.
    ///
    /// # Errors
    /// A constant that is not finite; no column that gives a number.
    pub fn fit(&self, frame: &Frame) -> Result<Preparation, ModelError> {
        self.imputation.check()?;
        let columns: Vec<Prepared> = frame.columns().iter().map(|column| self.fit_column(column)).collect();
        if columns.iter().all(|column| column.width() == 0) {
            return Err(ModelError::NoFeatures);
        }
        Ok(Preparation { columns })
    }

    fn fit_column(&self, column: &FrameColumn) -> Prepared {
        match &column.values {
            FrameValues::Numbers(values) => {
                let feature = Feature::new(column.name.clone(), column.unit);
                let mut values: Vec<f64> = values.clone();
                values.retain(|value| !value.is_nan());
                values.sort_unstable_by(f64::total_cmp);
                let fill = self.imputation.fill(&values);
                let quartile = |q| quantile(&values, q);
                let range = quartile(0.75) - quartile(0.25);
                let fences = (self.outliers == Outliers::Clip && range > 0.0)
                    .then(|| (quartile(0.25) - 1.5 * range, quartile(0.75) + 1.5 * range));
                if let Some((low, high)) = fences {
                    values.iter_mut().for_each(|value| *value = value.clamp(low, high));
                }
                let (shift, scale) = self.scaling.of(&values);
                let scale = if scale > 0.0 { scale } else { 1.0 };
                Prepared::Number { feature, fill, fences, shift, scale }
            }
            FrameValues::Texts(texts, codes) => {
                let mut rows = vec![0_usize; texts.len()];
                codes.iter().flatten().for_each(|&code| rows[code as usize] += 1);
                let counted: Vec<(&str, usize)> =
                    texts.iter().map(String::as_str).zip(rows).filter(|(_, rows)| *rows > 0).collect();
                let column = column.name.clone();
                if self.words.contains(&column) {
                    let limits = (self.min_support, self.max_words);
                    let vocabulary = Vocabulary::learn(&counted, self.word_weight, limits, self.hash_buckets);
                    return Prepared::Words { column, vocabulary };
                }
                let mut frequent: Vec<(&str, usize)> =
                    counted.iter().copied().filter(|(_, rows)| *rows >= self.min_support.max(1)).collect();
                order::sort_by(&mut frequent, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
                frequent.truncate(self.max_categories);
                let has_other = frequent.len() < counted.len();
                let mut values: Vec<String> = frequent.into_iter().map(|(text, _)| text.to_owned()).collect();
                order::sort(&mut values);
                Prepared::Categories { column, values, has_other }
            }
        }
    }
}

impl Preparation {
    /// The columns' features, in the order in which they stand in a matrix.
    pub fn features(&self) -> Vec<Feature> {
        self.columns.iter().flat_map(Prepared::features).collect()
    }

    /// What stands where a column's number is missing; nothing for a column of texts.
    pub fn fill(&self, column: &str) -> Option<f64> {
        self.columns.iter().find_map(|prepared| match prepared {
            Prepared::Number { feature, fill, .. } if feature.name == column => Some(*fill),
            _ => None,
        })
    }

    /// The categories of a column that have a flag each; none of a column of words.
    pub fn categories(&self, column: &str) -> &[String] {
        let found = self.columns.iter().find_map(|prepared| match prepared {
            Prepared::Categories { column: name, values, .. } if name == column => Some(values.as_slice()),
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// The rows of `frame` as numbers. Columns are found by name; one that is not there is null.
    ///
    /// # Errors
    /// More numbers than fit, a value that is not finite.
    pub fn apply(&self, frame: &Frame) -> Result<PreparedRows, ModelError> {
        let (features, n_samples) = (self.features(), frame.n_samples());
        let width = features.len();
        if width.saturating_mul(n_samples) > MAX_VALUES {
            let found = format!("{n_samples} rows of {width} features");
            return Err(ModelError::Param { param: "features", expected: "at most 50,000,000 numbers", found });
        }
        let mut values = vec![0.0; n_samples * width];
        let (mut touched, mut imputed) = (Vec::new(), Vec::new());
        let mut at = 0;
        for prepared in &self.columns {
            let column = frame.column(prepared.name()).map(|column| &column.values);
            let mut tell = |step: &str, rows: u64| {
                if rows > 0 {
                    touched.push(Touched { step: step.to_owned(), column: prepared.name().to_owned(), rows });
                }
            };
            match prepared {
                Prepared::Number { feature, fill, .. } => {
                    let given = match column {
                        Some(FrameValues::Numbers(values)) => values.as_slice(),
                        _ => &[],
                    };
                    let [filled, clipped, scaled] = prepared.write_numbers(given, (&mut values, width, at));
                    tell("filled", filled);
                    tell("clipped", clipped);
                    tell("scaled", scaled);
                    if filled > 0 {
                        let (name, rows) = (feature.name.clone(), filled as usize);
                        imputed.push(Imputed { column: at, name, fill: *fill, rows });
                    }
                }
                Prepared::Categories { .. } | Prepared::Words { .. } => {
                    if let Some(FrameValues::Texts(texts, codes)) = column {
                        let [joined, encoded] = prepared.write_texts((texts, codes), (&mut values, width, at));
                        tell("joined", joined);
                        tell("encoded", encoded);
                    }
                }
            }
            at += prepared.width();
        }
        Ok(PreparedRows { matrix: FeatureMatrix::new(features, values)?, touched, imputed })
    }
}

impl Prepared {
    fn name(&self) -> &str {
        match self {
            Self::Number { feature, .. } => &feature.name,
            Self::Categories { column, .. } | Self::Words { column, .. } => column,
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::Categories { values, has_other, .. } => values.len() + usize::from(*has_other),
            Self::Words { vocabulary, .. } => vocabulary.len(),
        }
    }

    fn features(&self) -> Vec<Feature> {
        match self {
            Self::Number { feature, .. } => vec![feature.clone()],
            Self::Categories { column, values, has_other } => {
                let flag = |value: &str| Feature::new(format!("{column} = {value}"), FeatureUnit::Flag);
                let other = has_other.then(|| Feature::new(format!("{column}: any other"), FeatureUnit::Flag));
                values.iter().map(|value| flag(value)).chain(other).collect()
            }
            Self::Words { column, vocabulary } => (0..vocabulary.len())
                .map(|at| Feature::new(format!("{column}: {}", vocabulary.name(at)), FeatureUnit::Count))
                .collect(),
        }
    }

    /// Writes a column of numbers at `at` of each row; the rows that were filled, clipped and scaled.
    fn write_numbers(&self, given: &[f64], (out, width, at): (&mut [f64], usize, usize)) -> [u64; 3] {
        let Self::Number { fill, fences, shift, scale, .. } = self else { return [0; 3] };
        let mut touched = [0; 3];
        for (row, out) in out.chunks_exact_mut(width.max(1)).enumerate() {
            let mut value = given.get(row).copied().unwrap_or(f64::NAN);
            if value.is_nan() {
                value = *fill;
                touched[0] += 1;
            }
            if let Some((low, high)) = fences
                && !(*low..=*high).contains(&value)
            {
                value = value.clamp(*low, *high);
                touched[1] += 1;
            }
            if (*shift, *scale) != (0.0, 1.0) {
                value = (value - shift) / scale;
                touched[2] += 1;
            }
            out[at] = value;
        }
        touched
    }

    /// Writes a column of texts from `at` on in each row; the rows whose category was joined, and all that have a text.
    fn write_texts(
        &self,
        (texts, codes): (&[String], &[Option<u32>]),
        (out, width, at): (&mut [f64], usize, usize),
    ) -> [u64; 2] {
        let mut known: BTreeMap<u32, (Vec<(u32, f64)>, bool)> = BTreeMap::new();
        let mut touched = [0; 2];
        for (out, code) in out.chunks_exact_mut(width.max(1)).zip(codes) {
            let Some(code) = *code else { continue };
            let (weights, is_joined) =
                known.entry(code).or_insert_with(|| self.weigh(texts.get(code as usize).map_or("", String::as_str)));
            for (place, weight) in weights.iter() {
                if let Some(slot) = out.get_mut(at + *place as usize) {
                    *slot = *weight;
                }
            }
            touched[0] += u64::from(*is_joined);
            touched[1] += 1;
        }
        touched
    }

    /// What a text becomes, and whether it is a category that has no flag of its own.
    fn weigh(&self, text: &str) -> (Vec<(u32, f64)>, bool) {
        match self {
            Self::Number { .. } => (Vec::new(), false),
            Self::Words { vocabulary, .. } => (vocabulary.weigh(text), false),
            Self::Categories { values, has_other, .. } => {
                match values.binary_search_by(|known| known.as_str().cmp(text)) {
                    Ok(at) => (vec![(at as u32, 1.0)], false),
                    Err(_) if *has_other => (vec![(values.len() as u32, 1.0)], true),
                    Err(_) => (Vec::new(), true),
                }
            }
        }
    }
}

impl Scaling {
    /// What is taken away from sorted values, and what they are divided by then; 0 where they do not differ.
    fn of(self, sorted: &[f64]) -> (f64, f64) {
        let n = sorted.len().max(1) as f64;
        match self {
            Self::None => (0.0, 1.0),
            Self::Standard => {
                let mean: f64 = sorted.iter().map(|value| value / n).sum();
                let variance: f64 = sorted.iter().map(|value| (value - mean) * (value - mean) / n).sum();
                (mean, libm::sqrt(variance))
            }
            Self::MinMax => {
                let low = sorted.first().copied().unwrap_or_default();
                (low, sorted.last().copied().unwrap_or_default() - low)
            }
            Self::Robust => (quantile(sorted, 0.5), quantile(sorted, 0.75) - quantile(sorted, 0.25)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        let mut frame = Frame::new(6);
        frame.add_numbers("bytes", FeatureUnit::Bytes, vec![1.0, 2.0, 3.0, 4.0, 1000.0, f64::NAN]);
        let methods = ["GET", "GET", "GET", "POST", "POST", "PUT"];
        frame.add_texts("method", methods.into_iter().map(Some));
        frame
    }

    #[test]
    fn numbers_and_categories_become_a_matrix_and_each_step_is_told() {
        let params = PreparationParams { min_support: 2, outliers: Outliers::Clip, ..Default::default() };
        let preparation = params.fit(&frame()).unwrap();
        let rows = preparation.apply(&frame()).unwrap();
        let names: Vec<&str> = rows.matrix.features().iter().map(|feature| feature.name.as_str()).collect();
        assert_eq!(names, ["bytes", "method = GET", "method = POST", "method: any other"]);
        assert_eq!(rows.matrix.row(0), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(rows.matrix.row(4), [7.0, 0.0, 1.0, 0.0]);
        assert_eq!(rows.matrix.row(5), [3.0, 0.0, 0.0, 1.0]);
        let told: Vec<(&str, u64)> = rows.touched.iter().map(|t| (t.step.as_str(), t.rows)).collect();
        assert_eq!(told, [("filled", 1), ("clipped", 1), ("joined", 1), ("encoded", 6)]);
        assert_eq!((rows.imputed[0].rows, rows.imputed[0].fill), (1, 3.0));
    }

    #[test]
    fn scales_are_scikit_learns() {
        let check = |scaling, expected: [f64; 2]| {
            let mut frame = Frame::new(4);
            frame.add_numbers("a", FeatureUnit::Count, vec![1.0, 2.0, 3.0, 6.0]);
            let params = PreparationParams { scaling, ..Default::default() };
            let rows = params.fit(&frame).unwrap().apply(&frame).unwrap();
            assert!((rows.matrix.values()[0] - expected[0]).abs() < 1e-12, "{:?}", rows.matrix.values());
            assert!((rows.matrix.values()[3] - expected[1]).abs() < 1e-12, "{:?}", rows.matrix.values());
        };
        check(Scaling::None, [1.0, 6.0]);
        check(Scaling::Standard, [-1.069_044_967_649_697_6, 1.603_567_451_474_546_3]);
        check(Scaling::MinMax, [0.0, 1.0]);
        check(Scaling::Robust, [-0.75, 1.75]);
    }

    #[test]
    fn later_rows_are_prepared_by_what_was_learnt() {
        let preparation = PreparationParams { min_support: 1, ..Default::default() }.fit(&frame()).unwrap();
        let mut later = Frame::new(1);
        later.add_texts("method", [Some("DELETE")].into_iter());
        let rows = preparation.apply(&later).unwrap();
        assert_eq!(rows.matrix.row(0), [3.0, 0.0, 0.0, 0.0]);
        let json = serde_json::to_string(&preparation).unwrap();
        assert_eq!(serde_json::from_str::<Preparation>(&json).unwrap(), preparation);
    }

    #[test]
    fn a_path_becomes_words() {
        let mut frame = Frame::new(2);
        frame.add_texts("url.path", [Some("/shop/cart"), Some("/shop/%2e%2e/passwd")].into_iter());
        let params = PreparationParams { words: vec!["url.path".into()], min_support: 1, ..Default::default() };
        let rows = params.fit(&frame).unwrap().apply(&frame).unwrap();
        let names: Vec<&str> = rows.matrix.features().iter().map(|feature| feature.name.as_str()).collect();
        assert_eq!(names, ["url.path: cart", "url.path: passwd", "url.path: shop"]);
    }
}
