//! From a sample to a model in a file: split, prepared, tuned if asked, trained, tested and judged.

use crate::error::Error;
use crate::models::comparison::OneRule;
use crate::models::correlation::{Correlations, correlations};
use crate::models::estimator::{Estimator, EstimatorParams};
use crate::models::evaluation::Evaluation;
use crate::models::frame::Frame;
use crate::models::learning_curve::learning_curve;
use crate::models::permutation::permutation_importances;
use crate::models::preparation::{Preparation, PreparationParams, PreparedRows};
use crate::models::saved::{SCHEMA, SavedModel, TrainingSummary};
use crate::models::tuning::{Tuning, fold_scores};
use crate::models::{
    AnomalyEvidence, ClassifierEvidence, ConfusionMatrix, Entities, FeatureMatrix, Labels, ModelError, Split, Trust,
    by_group, by_time, folds_by_group, folds_by_time, k_folds, most_probable, stratified,
};
use crate::schema::FieldName;

use super::features::feature;
use super::training::{SampledPart, SampledRow, SplitBy, TrainSettings};

/// The model that the sample teaches, telling `progress` how many trainings of how many are done.
///
/// # Errors
/// What the preparation, the split or the model refuse, as a sentence: a label with one class, no feature that differs.
pub fn learn(
    part: SampledPart,
    settings: &TrainSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<SavedModel, Error> {
    let n_rows = part.n_rows;
    learnt(part.into_rows(), settings, (n_rows, progress)).map_err(|error| Error::Model { message: error.to_string() })
}

/// Which columns of the sample go together.
pub fn correlate(part: SampledPart, settings: &TrainSettings) -> Correlations {
    correlations(&frame(&part.into_rows(), settings), settings.preparation.min_support)
}

fn learnt(
    mut rows: Vec<SampledRow>,
    settings: &TrainSettings,
    (n_rows, progress): (u64, &mut dyn FnMut(usize, usize)),
) -> Result<SavedModel, ModelError> {
    let label = settings.label_name().filter(|_| settings.model.needs_label());
    if settings.model.needs_label() && label.is_none() {
        return Err(ModelError::Param { param: "label", expected: "a column to learn", found: "none".to_owned() });
    }
    if label.is_some() {
        rows.retain(|row| row.label.is_some());
    }
    let frame = frame(&rows, settings);
    let texts: Vec<FieldName> = settings.categories.iter().chain(&settings.words).cloned().collect();
    let preparation = PreparationParams {
        words: settings.words.iter().map(ToString::to_string).collect(),
        ..settings.preparation.clone()
    };
    let blank = |preparation: Preparation, estimator: Estimator, params, summary| SavedModel {
        schema: SCHEMA.to_owned(),
        label: label.clone(),
        question: settings.question.clone().filter(|_| label.is_some()),
        classes: estimator.classes().to_vec(),
        numbers: settings.numbers.clone(),
        texts: texts.clone(),
        params,
        preparation,
        estimator,
        summary,
    };
    let params = settings.model.clone().with_seed(settings.seed);
    let Some(label) = &label else {
        let prepared = preparation.fit(&frame)?;
        let all = prepared.apply(&frame)?;
        let estimator = params.fit(&all.matrix, None)?;
        let summary = ranked(&estimator, all, n_rows)?;
        return Ok(blank(prepared, estimator, params, summary));
    };
    let labels = Labels::from_values(label.as_str(), rows.iter().filter_map(|row| row.label.as_deref()));
    if let Some(class) = labels.only_class() {
        let (label, class) = (labels.name().to_owned(), class.to_owned());
        return Err(ModelError::OneClass { label, class, n_samples: labels.n_samples() });
    }
    let split = split(&rows, &labels, settings)?;
    let train_labels = labels.select(&split.train);
    let train_frame = frame.select(&split.train);
    let prepared = preparation.fit(&train_frame)?;
    let train = prepared.apply(&train_frame)?;
    let train_rows: Vec<&SampledRow> = split.train.iter().filter_map(|&row| rows.get(row)).collect();
    let tuning = tuned(&params, (&train.matrix, &train_labels, &train_rows), settings, progress)?;
    let params = match tuning.as_ref().and_then(Tuning::best) {
        Some(best) => EstimatorParams::RandomForest(best.params.clone()),
        None => params,
    };
    let fold_scores = match &settings.grid {
        Some(_) if tuning.is_none() => {
            let folds = folds(&train_labels, &train_rows, settings)?;
            fold_scores((&train.matrix, &train_labels), &folds, (&params, settings.scoring))?
        }
        _ => Vec::new(),
    };
    let estimator = params.fit(&train.matrix, Some(&train_labels))?;
    let mut summary = TrainingSummary {
        n_rows,
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
        folds: fold_scores,
        ..TrainingSummary::default()
    };
    if !split.test.is_empty() {
        let test = prepared.apply(&frame.select(&split.test))?;
        let test_labels = labels.select(&split.test);
        let of =
            |side: &[usize]| -> Vec<Option<&str>> { side.iter().map(|&row| rows.get(row)?.group.as_deref()).collect() };
        let name = settings.entity();
        let entities = Entities { name: name.as_str(), train: &of(&split.train), test: &of(&split.test) };
        let sides = ((&train, &train_labels), (&test, &test_labels));
        tested(&mut summary, &estimator, sides, (entities, settings.seed))?;
        let sizes = (settings.learning_curve, settings.seed);
        summary.learning_curve = learning_curve((&frame, &labels), &split, (&preparation, &params), sizes)?;
    }
    Ok(blank(prepared, estimator, params, summary))
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

/// What a search over the grid found, if there is one.
fn tuned(
    params: &EstimatorParams,
    (rows, labels, sampled): (&FeatureMatrix, &Labels, &[&SampledRow]),
    settings: &TrainSettings,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<Tuning>, ModelError> {
    let (Some(grid), EstimatorParams::RandomForest(base)) = (&settings.grid, params) else { return Ok(None) };
    let folds = folds(labels, sampled, settings)?;
    grid.search((rows, labels), &folds, (base, settings.scoring), progress).map(Some)
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
