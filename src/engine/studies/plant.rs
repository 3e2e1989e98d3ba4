//! Known attacks planted among a copy of the log's rows, and who finds them: the rules, and a saved model or one that is
//! trained on the copy with whole kinds of attack held out, so that it is asked only about kinds that it never saw.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::features::{address_book, feature, needs_addresses, read_features};
use crate::engine::sample::{MAX_SAMPLE, hash, label_of};
use crate::engine::{AddressBook, rules_of};
use crate::error::Error;
use crate::models::estimator::EstimatorParams;
use crate::models::frame::Frame;
use crate::models::held_out::held_out;
use crate::models::pattern::pattern_of;
use crate::models::preparation::PreparationParams;
use crate::models::{Labels, ModelError, RandomForestParams, Split, folds_by_group};
use crate::protocol::RuleSet;
use crate::report::{Param, Planted as Report, PlantedRequest, PlantedRows, Trust, Verdict};
use crate::rules::flagged;
use crate::schema::{Field, FieldName};
use crate::settings::PlantSettings;
use crate::table::{CopiedRow, RowSet, Selection, Store};

use super::alarm::Alarm;
use super::planting::{Planted, Variant, planted};

/// Folds of the model that is trained here.
const FOLDS: usize = 5;

/// What it learns from: numbers of the request itself, and its words. When and from where is the log's own in all rows.
const NUMBERS: [&str; 8] = [
    "url.path length",
    "url.query length",
    "user_agent.original length",
    "url.path depth",
    "url.path share of special characters",
    "url.query share of special characters",
    "url.path entropy",
    "url.query entropy",
];
const WORDS: [Field; 3] = [Field::UrlPath, Field::UrlQuery, Field::UserAgentOriginal];

/// Copies of each attack at most.
const MAX_COPIES: u32 = 20;

/// Requests that are shown.
const SHOWN: usize = 20;

/// A worker's rows to plant among, and what is known of addresses, if the model asks for that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantPart {
    rows: BTreeMap<(u64, u32, u64), CopiedRow>,
    book: AddressBook,
}

/// The study, but for the rows.
pub type Question<'a> = (&'a PlantSettings, &'a RuleSet, Option<&'a str>);

/// The rows with the smallest hashes.
///
/// # Errors
/// A model of another version.
pub fn part(selection: Selection<'_>, (settings, _, model): Question<'_>) -> Result<PlantPart, Error> {
    let mut part = PlantPart::default();
    if let Some(json) = model
        && needs_addresses(&Alarm::read(json, settings.class.as_deref())?.model.numbers)
    {
        part.book = address_book(selection);
    }
    for (shard, rows) in selection.shards() {
        rows.for_each(|row| {
            let place = shard.position(row);
            let key = (hash(settings.seed, &place), place.file, place.byte);
            let n_rows = size(settings);
            if part.rows.len() < n_rows || part.rows.last_key_value().is_some_and(|(last, _)| key < *last) {
                part.rows.insert(key, CopiedRow::of(selection, shard, row));
                part.cut(settings);
            }
        });
    }
    Ok(part)
}

impl PlantPart {
    /// Takes another worker's rows in; `finish` keeps as many as are asked for.
    pub fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.book.merge(other.book);
    }

    fn cut(&mut self, settings: &PlantSettings) {
        while self.rows.len() > size(settings) {
            self.rows.pop_last();
        }
    }

    /// Who finds what.
    ///
    /// # Errors
    /// A model or rules of another version, what the saved model refuses.
    pub fn finish(mut self, question: Question<'_>) -> Result<Report, Error> {
        let (settings, rules, model) = question;
        self.cut(settings);
        let mut own: Vec<CopiedRow> = std::mem::take(&mut self.rows).into_values().collect();
        own.sort_by_key(|row| row.place);
        let planted = planted(&own, settings.copies.min(MAX_COPIES), settings.seed);
        if planted.is_empty() {
            return Ok(refused(settings, "no row of the log has a path, so there is no request to put an attack in"));
        }
        let all: Vec<CopiedRow> =
            own.iter().cloned().chain(planted.iter().map(|planted| planted.row.clone())).collect();
        let store = Store::of_rows(&all);
        let sets: Vec<RowSet> = store.shards.iter().map(|shard| RowSet::all(shard.table.n_rows)).collect();
        let selection = Selection { store: &store, rows: &sets };
        let n_rows = all.len();
        let by_rules = flagged(selection, &rules.settings, &rules_of(&rules.packed)?, settings.level);
        let by_rules = in_order(selection, &by_rules, n_rows);
        let (by_model, name) = match model {
            Some(json) => {
                let alarm = Alarm::read(json, settings.class.as_deref())?;
                let found = in_order(selection, &alarm.rows(selection, &self.book)?, n_rows);
                (found, Ok(format!("the saved model: {}", alarm.in_words())))
            }
            None => match learnt(selection, (&own, &planted), settings) {
                Ok(found) => {
                    let name =
                        "a random forest on the words of the request, asked about kinds of attack that it never saw";
                    (found, Ok(name.to_owned()))
                }
                Err(error) => (vec![false; n_rows], Err(error)),
            },
        };
        Ok(report(settings, (&own, &planted), (&by_rules, &by_model), name))
    }
}

/// Sets of rows as a flag for each, in the order in which the store was made of them.
fn in_order(selection: Selection<'_>, sets: &[RowSet], n_rows: usize) -> Vec<bool> {
    let mut flags = vec![false; n_rows];
    for (shard, set) in selection.store.shards.iter().zip(sets) {
        set.for_each(|row| {
            flags.get_mut(shard.position(row).byte as usize).into_iter().for_each(|flag| *flag = true);
        });
    }
    flags
}

/// The rows that a forest finds which has learnt from the others: none of their patterns, none of their kind of attack.
fn learnt(
    selection: Selection<'_>,
    (own, planted): (&[CopiedRow], &[Planted]),
    settings: &PlantSettings,
) -> Result<Vec<bool>, ModelError> {
    let text = |row: &CopiedRow, field| row.text(field).map(|text| String::from_utf8_lossy(text).into_owned());
    let pattern = |row: &CopiedRow| {
        pattern_of(&text(row, Field::UrlPath).unwrap_or_default(), text(row, Field::UrlQuery).as_deref())
    };
    let patterns: Vec<String> = own.iter().map(pattern).collect();
    let families: Vec<&str> = planted.iter().map(|planted| planted.family).collect();
    let folds = folds_by_group(&patterns, FOLDS, settings.seed)?;
    let of_attacks = folds_by_group(&families, FOLDS, settings.seed)?;
    let folds: Vec<Split> = folds.into_iter().zip(of_attacks).map(|(fold, attacks)| fold.beside(attacks)).collect();
    let flags: Vec<bool> = (0..own.len() + planted.len()).map(|row| row >= own.len()).collect();
    let labels = Labels::from_flags("request", ["own", "attack"], &flags);
    let preparation = PreparationParams {
        words: WORDS.map(|field| field.name().to_owned()).to_vec(),
        min_support: 3,
        max_words: 150,
        ..PreparationParams::default()
    };
    let forest = RandomForestParams {
        n_estimators: settings.n_estimators as usize,
        seed: settings.seed,
        ..RandomForestParams::default()
    };
    let model = EstimatorParams::RandomForest(forest);
    let probabilities = held_out((&frame(selection, flags.len()), &labels), &folds, (&preparation, &model))?;
    Ok(probabilities.into_iter().map(|probability| probability >= 0.5).collect())
}

/// The rows as columns, in the order in which the store was made of them.
fn frame(selection: Selection<'_>, n_rows: usize) -> Frame {
    let names = NUMBERS.map(FieldName::new);
    let mut numbers = vec![vec![f64::NAN; n_rows]; names.len()];
    let mut texts = vec![vec![None; n_rows]; WORDS.len()];
    for shard in &selection.store.shards {
        let matrix = read_features(selection, shard, &names, &AddressBook::default());
        for (row, values) in matrix.chunks_exact(names.len()).enumerate() {
            let at = shard.position(row).byte as usize;
            for (column, value) in numbers.iter_mut().zip(values) {
                column.get_mut(at).into_iter().for_each(|slot| *slot = *value);
            }
            for (column, field) in texts.iter_mut().zip(WORDS) {
                let text = label_of(selection, shard, &field.into(), row);
                column.get_mut(at).into_iter().for_each(|slot| slot.clone_from(&text));
            }
        }
    }
    let mut frame = Frame::new(n_rows);
    for (name, values) in names.iter().zip(numbers) {
        let feature = feature(name);
        frame.add_numbers(feature.name, feature.unit, values);
    }
    for (field, texts) in WORDS.iter().zip(&texts) {
        frame.add_texts(field.name(), texts.iter().map(|text: &Option<String>| text.as_deref()));
    }
    frame
}

fn report(
    settings: &PlantSettings,
    (own, planted): (&[CopiedRow], &[Planted]),
    (by_rules, by_model): (&[bool], &[bool]),
    model: Result<String, ModelError>,
) -> Report {
    let rows = |name: &str, fits: &dyn Fn(usize) -> bool| {
        let mut rows = PlantedRows { name: name.to_owned(), ..PlantedRows::default() };
        for at in (0..by_rules.len()).filter(|&at| fits(at)) {
            let (rule, model) = (by_rules[at], by_model[at]);
            rows.rows += 1;
            rows.by_rules += u64::from(rule);
            rows.by_model += u64::from(model);
            rows.by_either += u64::from(rule || model);
        }
        rows
    };
    let of = |at: usize| at.checked_sub(own.len()).and_then(|at| planted.get(at));
    let mut families: Vec<&str> = planted.iter().map(|planted| planted.family).collect();
    families.dedup();
    let request = |planted: &Planted| {
        let text = |field| planted.row.text(field).map(String::from_utf8_lossy);
        let method = text(Field::HttpRequestMethod).unwrap_or_default();
        let query = text(Field::UrlQuery).map(|query| format!("?{query}")).unwrap_or_default();
        let path = text(Field::UrlPath).unwrap_or_default();
        PlantedRequest {
            family: planted.family.to_owned(),
            variant: planted.variant.name().to_owned(),
            request: format!("{method} {path}{query}").trim_start().to_owned(),
        }
    };
    let missed = |flags: &[bool]| {
        let missed = planted.iter().zip(flags.iter().skip(own.len())).filter(|(_, found)| !**found);
        missed.map(|(planted, _)| request(planted)).take(SHOWN).collect()
    };
    let own_rows = rows("own", &|at| at < own.len());
    let trust = trust(&own_rows, &model);
    Report {
        params: params(settings),
        trust,
        refused: None,
        all: rows("all", &|at| at >= own.len()),
        families: families
            .iter()
            .map(|family| rows(family, &|at| of(at).is_some_and(|p| p.family == *family)))
            .collect(),
        variants: Variant::ALL
            .iter()
            .map(|variant| rows(variant.name(), &|at| of(at).is_some_and(|p| p.variant == *variant)))
            .collect(),
        missed_by_rules: missed(by_rules),
        missed_by_model: if model.is_ok() { missed(by_model) } else { Vec::new() },
        model: model.ok(),
        own: own_rows,
    }
}

/// What figures on planted attacks are worth: never more than *careful*.
fn trust(own: &PlantedRows, model: &Result<String, ModelError>) -> Trust {
    let mut reasons = vec![
        "the attacks are those that the rules are tested with: how many the rules find as they are known says little, how \
         many they find written in other ways says more"
            .to_owned(),
        "an attack that nobody planted is not counted: the figures are of known kinds, not of what comes tomorrow".to_owned(),
    ];
    if own.by_rules > 0 {
        reasons.push(format!(
            "rules find {} of the {} rows of the log itself: where these are real attacks, a model has learnt them as \
             harmless",
            own.by_rules, own.rows
        ));
    }
    if let Err(error) = model {
        reasons.push(format!("no model could be trained beside the rules: {error}"));
    }
    Trust { verdict: Verdict::Careful, reasons }
}

fn refused(settings: &PlantSettings, reason: &str) -> Report {
    let trust = Trust { verdict: Verdict::Meaningless, reasons: vec![reason.to_owned()] };
    Report { params: params(settings), trust, refused: Some(reason.to_owned()), ..Report::default() }
}

/// Rows that are kept.
fn size(settings: &PlantSettings) -> usize {
    (settings.n_rows as usize).min(MAX_SAMPLE)
}

fn params(settings: &PlantSettings) -> Vec<Param> {
    let param = |name: &str, value| Param { name: name.into(), value };
    vec![
        param("n_rows", settings.n_rows.into()),
        param("copies", settings.copies.into()),
        param("level", settings.level.as_str().into()),
        param("n_estimators", settings.n_estimators.into()),
        param("seed", settings.seed.into()),
    ]
}
