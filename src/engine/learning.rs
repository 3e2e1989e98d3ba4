//! From a sample to a model in a file: split, prepared, tuned if asked, trained, tested and judged.
//!
//! What takes long, trying parameters and growing trees, is cut into [`Findings`] that several workers can share:
//!
//! ```text
//! sample ─► Lesson ─► work ─┐
//!                     work ─┼─ merge ─► next stage's work … ─► SavedModel
//!                     work ─┘
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::comparison::OneRule;
use crate::models::correlation::{Correlations, correlations};
use crate::models::estimator::{Estimator, EstimatorParams};
use crate::models::evaluation::Evaluation;
use crate::models::frame::Frame;
use crate::models::learning_curve::learning_curve;
use crate::models::permutation::permutation_importances;
use crate::models::preparation::{Preparation, PreparationParams, PreparedRows};
use crate::models::random_forest::{Ground, Grove, RandomForest};
use crate::models::saved::{SCHEMA, SavedModel, TrainingSummary};
use crate::models::tuning::{Combination, Trials, Tuning};
use crate::models::{
    AnomalyEvidence, ClassifierEvidence, ConfusionMatrix, Entities, Imputation, Labels, ModelError, Split, Trust,
    by_group, by_time, folds_by_group, folds_by_time, k_folds, most_probable, stratified,
};
use crate::protocol::LearnStage;
use crate::schema::FieldName;

use super::features::feature;
use super::training::{SampledPart, SampledRow, SplitBy, TrainSettings};

/// The model that the sample teaches.
///
/// # Errors
/// What the preparation, the split or the model refuse, as a sentence: a label with one class, no feature that differs.
pub fn learn(part: SampledPart, settings: &TrainSettings) -> Result<SavedModel, Error> {
    learn_with(part, settings, &|work| vec![work(0, 1)])
}

/// One of so many workers' share of what there is to do.
pub type Work<'a> = dyn Fn(u32, u32) -> Result<Findings, Error> + Sync + 'a;

/// The same; `spread` does all shares of some work, by as many workers as it has.
///
/// # Errors
/// Those of [`learn`].
pub fn learn_with(
    part: SampledPart,
    settings: &TrainSettings,
    spread: &dyn Fn(&Work<'_>) -> Vec<Result<Findings, Error>>,
) -> Result<SavedModel, Error> {
    let lesson = Lesson::new(part, settings)?;
    let mut findings = Findings::default();
    while lesson.stage(&findings)? != LearnStage::Done {
        for found in spread(&|worker, n_workers| lesson.work(&findings, (worker, n_workers))) {
            findings.merge(found?);
        }
    }
    lesson.model(findings)
}

/// What was found so far, whoever found it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What each combination of parameters scored on each fold.
    scores: BTreeMap<u32, f64>,
    groves: BTreeMap<u32, Grove>,
}

/// A sample that is ready to be learnt from.
pub struct Lesson<'a> {
    settings: &'a TrainSettings,
    n_rows: u64,
    rows: Vec<SampledRow>,
    frame: Frame,
    label: Option<FieldName>,
    params: EstimatorParams,
    preparation: PreparationParams,
    taught: Option<Taught>,
}

/// What a label adds.
struct Taught {
    labels: Labels,
    split: Split,
    /// The rows that train, as they are and as they are prepared.
    frame: Frame,
    prepared: Preparation,
    train: PreparedRows,
    train_labels: Labels,
    /// Empty where nothing is tried.
    folds: Vec<Split>,
}

impl Findings {
    /// Takes in what another worker found.
    pub fn merge(&mut self, other: Self) {
        self.scores.extend(other.scores);
        self.groves.extend(other.groves);
    }
}

impl<'a> Lesson<'a> {
    /// The sample, split and prepared.
    ///
    /// # Errors
    /// Those of [`learn`].
    pub fn new(part: SampledPart, settings: &'a TrainSettings) -> Result<Self, Error> {
        Self::prepared(part, settings).map_err(refused)
    }

    fn prepared(part: SampledPart, settings: &'a TrainSettings) -> Result<Self, ModelError> {
        let n_rows = part.n_rows;
        let mut rows = part.into_rows();
        let label = settings.label_name().filter(|_| settings.model.needs_label());
        if settings.model.needs_label() && label.is_none() {
            return Err(ModelError::Param { param: "label", expected: "a column to learn", found: "none".to_owned() });
        }
        if label.is_some() {
            rows.retain(|row| row.label.is_some());
        }
        let frame = frame(&rows, settings);
        let preparation = PreparationParams {
            words: settings.words.iter().map(ToString::to_string).collect(),
            ..settings.preparation.clone()
        };
        let params = settings.model.clone().with_seed(settings.seed);
        let taught = match &label {
            Some(label) => Some(Taught::new((&rows, &frame, label), &preparation, settings)?),
            None => None,
        };
        Ok(Self { settings, n_rows, rows, frame, label, params, preparation, taught })
    }

    /// What is to be done after these findings.
    ///
    /// # Errors
    /// More combinations of parameters than a search may try.
    pub fn stage(&self, findings: &Findings) -> Result<LearnStage, Error> {
        let Some(taught) = &self.taught else { return Ok(LearnStage::Done) };
        if findings.scores.len() < self.n_trials(taught).map_err(refused)? {
            return Ok(LearnStage::Search);
        }
        let is_grown = !matches!(self.params, EstimatorParams::RandomForest(_)) || !findings.groves.is_empty();
        Ok(if is_grown { LearnStage::Done } else { LearnStage::Grow })
    }

    /// What a search changes.
    fn base(&self) -> Combination {
        (self.params.clone(), self.preparation.imputation)
    }

    /// What a search tries combinations on.
    fn trials<'b>(&'b self, taught: &'b Taught) -> Trials<'b> {
        Trials {
            frame: (&taught.frame, &self.preparation),
            rows: &taught.train.matrix,
            labels: &taught.train_labels,
            folds: &taught.folds,
            scoring: self.settings.scoring,
        }
    }

    /// How many trainings a search takes; none without one.
    fn n_trials(&self, taught: &Taught) -> Result<usize, ModelError> {
        let Some(grid) = &self.settings.grid else { return Ok(0) };
        Ok(grid.combinations(&self.base())?.len() * taught.folds.len())
    }

    /// A worker's share of the next stage, one of so many.
    ///
    /// # Errors
    /// Those of [`learn`].
    pub fn work(&self, findings: &Findings, (worker, n_workers): (u32, u32)) -> Result<Findings, Error> {
        let stage = self.stage(findings)?;
        self.found(stage, findings, (worker, n_workers.max(1))).map_err(refused)
    }

    fn found(
        &self,
        stage: LearnStage,
        findings: &Findings,
        (worker, n_workers): (u32, u32),
    ) -> Result<Findings, ModelError> {
        let mut found = Findings::default();
        let Some(taught) = &self.taught else { return Ok(found) };
        let mine = |n: usize| (worker..n as u32).step_by(n_workers as usize);
        match (stage, &self.settings.grid) {
            (LearnStage::Search, Some(grid)) => {
                for at in mine(self.n_trials(taught)?) {
                    found.scores.insert(at, grid.score_of(self.trials(taught), &self.base(), at as usize)?);
                }
            }
            (LearnStage::Grow, _) => {
                let (params, imputation) = self.tuned(taught, findings)?.1;
                let EstimatorParams::RandomForest(params) = params else { return Ok(found) };
                let (_, train) = self.filled(taught, imputation)?;
                let ground = Ground::checked(&params, &train.matrix, &taught.train_labels)?;
                for at in mine(ground.n_groves()) {
                    found.groves.insert(at, ground.grove(at as usize)?);
                }
            }
            _ => {}
        }
        Ok(found)
    }

    /// What the search found, and what to train with.
    fn tuned(&self, taught: &Taught, findings: &Findings) -> Result<(Option<Tuning>, Combination), ModelError> {
        let Some(grid) = &self.settings.grid else { return Ok((None, self.base())) };
        let scores: Vec<f64> = findings.scores.values().copied().collect();
        let tuning = grid.ranked(self.trials(taught), &self.base(), &scores)?;
        let best = tuning.best().map_or_else(|| self.base(), |best| (best.params.clone(), best.imputation));
        Ok((Some(tuning), best))
    }

    /// The training rows with their gaps filled so.
    fn filled<'b>(
        &self,
        taught: &'b Taught,
        imputation: Imputation,
    ) -> Result<(Cow<'b, Preparation>, Cow<'b, PreparedRows>), ModelError> {
        if imputation == self.preparation.imputation {
            return Ok((Cow::Borrowed(&taught.prepared), Cow::Borrowed(&taught.train)));
        }
        let prepared = PreparationParams { imputation, ..self.preparation.clone() }.fit(&taught.frame)?;
        let train = prepared.apply(&taught.frame)?;
        Ok((Cow::Owned(prepared), Cow::Owned(train)))
    }

    /// The model, once all is found.
    ///
    /// # Errors
    /// Those of [`learn`].
    pub fn model(&self, findings: Findings) -> Result<SavedModel, Error> {
        self.finished(findings).map_err(refused)
    }

    fn finished(&self, findings: Findings) -> Result<SavedModel, ModelError> {
        let settings = self.settings;
        let Some(taught) = &self.taught else {
            let prepared = self.preparation.fit(&self.frame)?;
            let all = prepared.apply(&self.frame)?;
            let estimator = self.params.fit(&all.matrix, None)?;
            let summary = ranked(&estimator, all, self.n_rows)?;
            return Ok(self.saved(prepared, (estimator, self.params.clone()), summary));
        };
        let Taught { labels, split, train_labels, .. } = taught;
        let (tuning, (params, imputation)) = self.tuned(taught, &findings)?;
        let (prepared, train) = self.filled(taught, imputation)?;
        let estimator = match &params {
            EstimatorParams::RandomForest(params) => {
                let groves = findings.groves.into_values().collect();
                Estimator::RandomForest(RandomForest::of_groves(params, (&train.matrix, train_labels), groves)?)
            }
            params => params.fit(&train.matrix, Some(train_labels))?,
        };
        let mut summary = TrainingSummary {
            n_rows: self.n_rows,
            n_train: train.matrix.n_samples() as u64,
            n_test: split.test.len() as u64,
            split: match &settings.split {
                _ if split.test.is_empty() => "none".to_owned(),
                SplitBy::Rows => "rows".to_owned(),
                SplitBy::Time => "time".to_owned(),
                SplitBy::Group(column) => column.to_string(),
                SplitBy::Pattern => "pattern".to_owned(),
            },
            touched: train.touched.clone(),
            importances: estimator.feature_importances(),
            tuning,
            ..TrainingSummary::default()
        };
        if !split.test.is_empty() {
            let test = prepared.apply(&self.frame.select(&split.test))?;
            let test_labels = labels.select(&split.test);
            let of = |side: &[usize]| -> Vec<Option<&str>> {
                side.iter().map(|&row| self.rows.get(row)?.group.as_deref()).collect()
            };
            let name = settings.entity();
            let entities = Entities { name: name.as_str(), train: &of(&split.train), test: &of(&split.test) };
            let sides = ((&*train, train_labels), (&test, &test_labels));
            tested(&mut summary, &estimator, sides, (entities, settings.seed))?;
            let sizes = (settings.learning_curve, settings.seed);
            let preparation = PreparationParams { imputation, ..self.preparation.clone() };
            summary.learning_curve = learning_curve((&self.frame, labels), split, (&preparation, &params), sizes)?;
        }
        Ok(self.saved(prepared.into_owned(), (estimator, params), summary))
    }

    fn saved(
        &self,
        preparation: Preparation,
        (estimator, params): (Estimator, EstimatorParams),
        summary: TrainingSummary,
    ) -> SavedModel {
        let settings = self.settings;
        SavedModel {
            schema: SCHEMA.to_owned(),
            label: self.label.clone(),
            question: settings.question.clone().filter(|_| self.label.is_some()),
            classes: estimator.classes().to_vec(),
            numbers: settings.numbers.clone(),
            texts: settings.categories.iter().chain(&settings.words).cloned().collect(),
            params,
            preparation,
            estimator,
            summary,
        }
    }
}

impl Taught {
    fn new(
        (rows, frame, label): (&[SampledRow], &Frame, &FieldName),
        preparation: &PreparationParams,
        settings: &TrainSettings,
    ) -> Result<Self, ModelError> {
        let labels = Labels::from_values(label.as_str(), rows.iter().filter_map(|row| row.label.as_deref()));
        if let Some(class) = labels.only_class() {
            let (label, class) = (labels.name().to_owned(), class.to_owned());
            return Err(ModelError::OneClass { label, class, n_samples: labels.n_samples() });
        }
        let split = split(rows, &labels, settings)?;
        let train_labels = labels.select(&split.train);
        let train_frame = frame.select(&split.train);
        let prepared = preparation.fit(&train_frame)?;
        let train = prepared.apply(&train_frame)?;
        let train_rows: Vec<&SampledRow> = split.train.iter().filter_map(|&row| rows.get(row)).collect();
        let folds = match &settings.grid {
            Some(_) => folds(&train_labels, &train_rows, settings)?,
            None => Vec::new(),
        };
        Ok(Self { labels, split, frame: train_frame, prepared, train, train_labels, folds })
    }
}

fn refused(error: ModelError) -> Error {
    Error::Model { message: error.to_string() }
}

/// Which columns of the sample go together.
pub fn correlate(part: SampledPart, settings: &TrainSettings) -> Correlations {
    correlations(&frame(&part.into_rows(), settings), settings.preparation.min_support)
}

/// The sample as columns.
pub(super) fn frame(rows: &[SampledRow], settings: &TrainSettings) -> Frame {
    let mut frame = Frame::new(rows.len());
    for (at, name) in settings.numbers.iter().enumerate() {
        let feature = feature(name);
        let values = rows.iter().map(|row| row.numbers.get(at).copied().unwrap_or(f64::NAN)).collect();
        frame.add_numbers(feature.name, feature.unit, values);
    }
    for (at, name) in settings.categories.iter().chain(&settings.words).enumerate() {
        frame.add_texts(name.as_str(), rows.iter().map(|row| row.texts.get(at).and_then(Option::as_deref)));
    }
    frame
}

fn split(rows: &[SampledRow], labels: &Labels, settings: &TrainSettings) -> Result<Split, ModelError> {
    if settings.test_share == 0.0 {
        return Ok(Split { train: (0..rows.len()).collect(), test: Vec::new() });
    }
    match &settings.split {
        SplitBy::Rows => stratified(labels, settings.test_share, settings.seed),
        SplitBy::Time => by_time(&times(rows.iter()), settings.test_share),
        SplitBy::Group(_) | SplitBy::Pattern => by_group(&groups(rows.iter()), settings.test_share, settings.seed),
    }
}

fn times<'a>(rows: impl Iterator<Item = &'a SampledRow>) -> Vec<i64> {
    rows.map(|row| row.time.unwrap_or(i64::MIN)).collect()
}

fn groups<'a>(rows: impl Iterator<Item = &'a SampledRow>) -> Vec<&'a str> {
    rows.map(|row| row.group.as_deref().unwrap_or_default()).collect()
}

/// Parts of the rows that train, each of which tests in turn.
fn folds(labels: &Labels, sampled: &[&SampledRow], settings: &TrainSettings) -> Result<Vec<Split>, ModelError> {
    match &settings.split {
        SplitBy::Rows => k_folds(labels, settings.folds, settings.seed),
        SplitBy::Time => folds_by_time(&times(sampled.iter().copied()), settings.folds),
        SplitBy::Group(_) | SplitBy::Pattern => {
            folds_by_group(&groups(sampled.iter().copied()), settings.folds, settings.seed)
        }
    }
}

/// How a forest of ranks came about.
fn ranked(estimator: &Estimator, rows: PreparedRows, n_rows: u64) -> Result<TrainingSummary, ModelError> {
    let scores = estimator.predict(&rows.matrix)?;
    let trust = match estimator {
        Estimator::IsolationForest(forest) => {
            Some(Trust::of_anomalies(&AnomalyEvidence { forest, scores: &scores, imputed: &rows.imputed }))
        }
        _ => None,
    };
    let n_train = rows.matrix.n_samples() as u64;
    Ok(TrainingSummary {
        n_rows,
        n_train,
        touched: rows.touched,
        trust,
        split: "none".to_owned(),
        ..Default::default()
    })
}

/// Rows and their labels, as a model sees them.
type Side<'a> = (&'a PreparedRows, &'a Labels);

/// Adds how a model did on the test, and whether to trust that.
fn tested(
    summary: &mut TrainingSummary,
    estimator: &Estimator,
    ((train, train_labels), (test, test_labels)): (Side<'_>, Side<'_>),
    (entities, seed): (Entities<'_>, u64),
) -> Result<(), ModelError> {
    let proba = estimator.predict(&test.matrix)?;
    let counts = train_labels.counts();
    let majority = (0..counts.len()).rev().max_by_key(|&class| counts[class]).unwrap_or_default() as u32;
    let rule = OneRule::learn(&train.matrix, train_labels);
    let answers = rule.as_ref().map(|rule| rule.predict(&test.matrix));
    let simple = (majority, rule.as_ref().zip(answers.as_deref()));
    summary.evaluation = Some(Evaluation::new(train_labels.classes(), (test_labels.codes(), &proba), simple, seed)?);
    let predicted: Vec<u32> = proba.chunks_exact(train_labels.classes().len()).map(most_probable).collect();
    let confusion = ConfusionMatrix::new(train_labels.classes(), test_labels.codes(), &predicted)?;
    let mut imputed = train.imputed.clone();
    for next in &test.imputed {
        match imputed.iter_mut().find(|known| known.column == next.column) {
            Some(known) => known.rows += next.rows,
            None => imputed.push(next.clone()),
        }
    }
    summary.trust = Some(Trust::of_classifier(&ClassifierEvidence {
        train: (&train.matrix, train_labels),
        test: (&test.matrix, test_labels),
        confusion: &confusion,
        imputed: &imputed,
        entities: Some(entities),
    })?);
    summary.permutation_importances = permutation_importances(estimator, (&test.matrix, test_labels), seed)?;
    Ok(())
}
