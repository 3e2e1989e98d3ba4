//! Models that are trained, saved and applied: the rows of the tables in, a `logloupe.model.v1` out, or its answers.
//!
//! ```text
//! columns ─► what to look at ─► addresses ─► sample ─► train ─► SavedModel
//!                                  addresses ─► answers of a SavedModel ─► lines, or how good they are
//! ```
//!
//! Every step before the last is a part that each worker makes of its own rows; parts merge in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::TEST_SHARE;
use crate::models::estimator::EstimatorParams;
use crate::models::pattern::pattern_of;
use crate::models::preparation::PreparationParams;
use crate::models::tuning::{ParamGrid, Scoring};
use crate::query::{Compiled, Filter};
use crate::schema::{Field, FieldName};
use crate::table::{NULL_NUMBER, Selection, Shard, Store};

use super::Engine;
use super::features::{AddressBook, address_book, is_computed, needs_addresses, read_features};
use super::sample::{ColumnsPart, MAX_SAMPLE, columns_and_texts, hash, is_judged, label_of};

/// How a model is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainSettings {
    /// Which model, and its parameters.
    pub model: EstimatorParams,
    /// The column to learn; none for a model that only ranks.
    pub label: Option<FieldName>,
    /// In place of a column: a filter, whose rows are told from all others.
    pub question: Option<String>,
    /// Columns of numbers and computed features to learn from. If none is given here nor in the next two, all that the
    /// log fills are taken.
    pub numbers: Vec<FieldName>,
    /// Columns whose texts are categories.
    pub categories: Vec<FieldName>,
    /// Columns whose texts are words.
    pub words: Vec<FieldName>,
    /// How they become numbers.
    pub preparation: PreparationParams,
    /// Which rows test the model.
    pub split: SplitBy,
    /// The share of rows that test; 0 for none.
    pub test_share: f64,
    /// Parameters to try before, on folds of the rows that train.
    pub grid: Option<ParamGrid>,
    /// How many folds.
    pub folds: usize,
    /// What parameters are chosen by.
    pub scoring: Scoring,
    /// At how many sizes of the training rows the model is tried, for its learning curve; 0 for none.
    pub learning_curve: usize,
    /// Where all random numbers start.
    pub seed: u64,
}

/// Which rows test a model.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitBy {
    /// Some of each class.
    #[default]
    Rows,
    /// The newest.
    Time,
    /// All that have some of the values of this column.
    Group(FieldName),
    /// All whose request has one of some patterns: what stays of it without numbers and values.
    Pattern,
}

/// A worker's rows of a sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampledPart {
    /// Rows that have at least half of the numbers.
    pub n_rows: u64,
    rows: BTreeMap<(u64, u32, u64), SampledRow>,
}

/// A row as it trains.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SampledRow {
    /// **Shape**: as many as numbers. **Null**: NaN.
    pub numbers: Vec<f64>,
    /// **Shape**: as many as categories and words.
    pub texts: Vec<Option<String>>,
    /// Its class.
    pub label: Option<String>,
    /// What it is kept together with (a column's value, the request's pattern), or whom it is about: the source's address.
    pub group: Option<String>,
    /// When it was, in µs since the epoch.
    pub time: Option<i64>,
}

/// What says which class a row has.
pub enum Truth<'a> {
    /// Nothing does.
    None,
    /// A column's text.
    Column(&'a FieldName),
    /// Whether a filter lets the row through: `yes` or `no`.
    Question(Compiled),
}

impl<'a> Truth<'a> {
    /// The question if there is one, else the column.
    ///
    /// # Errors
    /// A question that does not parse.
    pub fn new(label: Option<&'a FieldName>, question: Option<&str>, store: &Store) -> Result<Self, Error> {
        Ok(match (question, label) {
            (Some(question), _) => Self::Question(Compiled::new(&Filter::parse(question)?, store)),
            (None, Some(label)) => Self::Column(label),
            (None, None) => Self::None,
        })
    }

    /// The class of each row of a shard.
    pub fn of_shard<'b>(
        &'b self,
        selection: Selection<'b>,
        shard: &'b Shard,
    ) -> Box<dyn Fn(usize) -> Option<String> + 'b> {
        match self {
            Self::None => Box::new(|_| None),
            Self::Column(label) => Box::new(move |row| label_of(selection, shard, label, row)),
            Self::Question(question) => {
                let yes = question.select(shard);
                Box::new(move |row| Some(if yes.contains(row) { "yes" } else { "no" }.to_owned()))
            }
        }
    }
}

impl Default for TrainSettings {
    fn default() -> Self {
        Self {
            model: EstimatorParams::default(),
            label: None,
            question: None,
            numbers: Vec::new(),
            categories: Vec::new(),
            words: Vec::new(),
            preparation: PreparationParams::default(),
            split: SplitBy::default(),
            test_share: TEST_SHARE,
            grid: None,
            folds: 5,
            scoring: Scoring::default(),
            learning_curve: 0,
            seed: 42,
        }
    }
}

impl TrainSettings {
    /// Settings as JSON.
    ///
    /// # Errors
    /// What is no setting, or no value of it.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let wrong = |error: serde_json::Error| Error::Setting { name: "model".into(), message: error.to_string() };
        serde_json::from_str(json).map_err(wrong)
    }

    /// Whether it is said what to learn from.
    fn is_chosen(&self) -> bool {
        !(self.numbers.is_empty() && self.categories.is_empty() && self.words.is_empty())
    }

    /// Takes what the log fills, where nothing was chosen.
    ///
    /// # Errors
    /// A chosen column that the log does not have.
    pub fn choose(&mut self, columns: &ColumnsPart) -> Result<(), Error> {
        let group = match &self.split {
            SplitBy::Group(column) => Some(column),
            _ => None,
        };
        let path = FieldName::from(Field::UrlPath);
        let group = group.or_else(|| (self.split == SplitBy::Pattern).then_some(&path));
        let said = self.numbers.iter().chain(&self.categories).chain(&self.words).chain(&self.label).chain(group);
        if let Some(missing) = said.into_iter().find(|name| !columns.has(name) && !is_computed(name)) {
            let message = format!("no row of the log has a value in column {missing}");
            return Err(Error::Setting { name: "model".into(), message });
        }
        if self.is_chosen() {
            return Ok(());
        }
        let (numbers, categories, words) = columns.all_features();
        (self.numbers, self.categories, self.words) = (numbers, categories, words);
        let group = match &self.split {
            SplitBy::Group(column) => Some(column.clone()),
            _ => None,
        };
        for list in [&mut self.numbers, &mut self.categories, &mut self.words] {
            list.retain(|name| self.label.as_ref() != Some(name) && group.as_ref() != Some(name));
        }
        // Of no label's own making: what a filter asks for answers it, and the class of a status is the status again.
        let question = self.question.as_deref().unwrap_or_default();
        for list in [&mut self.numbers, &mut self.categories, &mut self.words] {
            list.retain(|name| !question.contains(name.as_str()));
        }
        let status = "http.response.status_code";
        if question.contains(status) || self.label.as_ref().is_some_and(|label| label.as_str() == status) {
            let tells = ["status class", "error share of source.ip"];
            self.numbers.retain(|name| !tells.contains(&name.as_str()));
        }
        if !self.model.needs_label() {
            // Ranking by what is rare needs numbers: each word would be rare for itself.
            self.words.clear();
        }
        Ok(())
    }

    /// What the label is called: its column, or the filter itself.
    pub(super) fn label_name(&self) -> Option<FieldName> {
        self.label.clone().or_else(|| self.question.as_deref().map(FieldName::new))
    }

    /// The column that says whom a row is about.
    pub(super) fn entity(&self) -> FieldName {
        match &self.split {
            SplitBy::Group(column) => column.clone(),
            SplitBy::Pattern => FieldName::new("pattern of the request"),
            SplitBy::Rows | SplitBy::Time => Field::SourceIp.into(),
        }
    }

    /// All columns of texts.
    fn texts(&self) -> Vec<FieldName> {
        self.categories.iter().chain(&self.words).cloned().collect()
    }
}

impl Engine {
    /// The columns of this engine's rows.
    ///
    /// # Errors
    /// A filter that does not parse.
    pub fn columns(&self, filter: &str) -> Result<ColumnsPart, Error> {
        self.select(filter, |rows| Ok(columns_and_texts(rows)))
    }

    /// What this engine's rows say of addresses; nothing where no feature asks for it.
    ///
    /// # Errors
    /// A filter that does not parse.
    pub fn addresses(&self, filter: &str, numbers: &[FieldName]) -> Result<AddressBook, Error> {
        if !needs_addresses(numbers) {
            return Ok(AddressBook::default());
        }
        self.select(filter, |rows| Ok(address_book(rows)))
    }

    /// This engine's share of the rows that train and test.
    ///
    /// # Errors
    /// A filter that does not parse.
    pub fn sampled(&self, filter: &str, settings: &TrainSettings, book: &AddressBook) -> Result<SampledPart, Error> {
        let truth = Truth::new(settings.label.as_ref(), settings.question.as_deref(), self.store())?;
        self.select(filter, |rows| Ok(SampledPart::of(rows, (settings, &truth), book)))
    }
}

impl SampledPart {
    fn of(selection: Selection<'_>, (settings, truth): (&TrainSettings, &Truth<'_>), book: &AddressBook) -> Self {
        let mut part = Self::default();
        let texts = settings.texts();
        let (n_numbers, time) = (settings.numbers.len(), FieldName::from(Field::Timestamp));
        for (shard, rows) in selection.shards() {
            let matrix = read_features(selection, shard, &settings.numbers, book);
            let mut times = Vec::new();
            shard.table.read_numbers(&time, &mut times);
            let text = |name: &FieldName, row| label_of(selection, shard, name, row);
            let class = truth.of_shard(selection, shard);
            rows.for_each(|row| {
                let numbers = matrix.get(row * n_numbers..(row + 1) * n_numbers).unwrap_or_default();
                if n_numbers > 0 && !is_judged(numbers) {
                    return;
                }
                part.n_rows += 1;
                let place = shard.position(row);
                let key = (hash(settings.seed, &place), place.file, place.byte);
                if part.rows.len() < MAX_SAMPLE || part.rows.last_key_value().is_some_and(|(last, _)| key < *last) {
                    let group = match settings.split {
                        SplitBy::Pattern => text(&Field::UrlPath.into(), row)
                            .map(|path| pattern_of(&path, text(&Field::UrlQuery.into(), row).as_deref())),
                        _ => text(&settings.entity(), row),
                    };
                    let sampled = SampledRow {
                        numbers: numbers.to_vec(),
                        texts: texts.iter().map(|name| text(name, row)).collect(),
                        label: class(row),
                        group,
                        time: times.get(row).copied().filter(|time| *time != NULL_NUMBER),
                    };
                    part.rows.insert(key, sampled);
                    part.cut();
                }
            });
        }
        part
    }

    /// Takes another worker's share in.
    pub fn merge(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.rows.extend(other.rows);
        self.cut();
    }

    fn cut(&mut self) {
        while self.rows.len() > MAX_SAMPLE {
            self.rows.pop_last();
        }
    }

    /// The rows by place, so that sums over them have one order.
    pub(super) fn into_rows(self) -> Vec<SampledRow> {
        let by_place: BTreeMap<(u32, u64), SampledRow> =
            self.rows.into_iter().map(|((_, file, byte), row)| ((file, byte), row)).collect();
        by_place.into_values().collect()
    }
}
