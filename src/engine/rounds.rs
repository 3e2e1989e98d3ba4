//! Models as jobs: what each round asks of every worker, and what comes out of the last one.
//!
//! ```text
//! train, survey:      columns ─► addresses ─► rows ─► a model's file, or what the columns are to a model
//! train in shares:    columns ─► addresses ─► rows ─► search ─► grow ─► a model's file
//! predict, evaluate:             addresses ─► rows ─► the answers as lines, how good they are, or some of the rows
//! ```
//!
//! Beside travels what is known of addresses, packed, and behind it the model's file, if the job applies one. A training
//! in shares sends the sample instead, whoever has which rows, and behind it what was found so far.

use crate::error::Error;
use crate::models::estimator::EstimatorParams;
use crate::models::saved::SavedModel;
use crate::protocol::{Job, LearnStage, ModelJob, ModelStep, ModelTask, Output, encode};

use super::answers::AnswersPart;
use super::learning::{Findings, Lesson, learn};
use super::learnt::compared;
use super::survey::survey;
use super::training::{SampledPart, TrainSettings};
use super::{AddressBook, ColumnsPart, Engine, Files, Finished, PartKind};

/// A worker's part of a round.
///
/// # Errors
/// Settings or a model that can't be read, a filter that does not parse, what the model refuses.
pub fn part(engine: &Engine, job: &ModelJob, beside: &[u8]) -> Result<PartKind, Error> {
    let filter = &job.filter;
    match (&job.task, job.step) {
        (ModelTask::Train(_) | ModelTask::Survey(_), ModelStep::Columns) => {
            Ok(PartKind::Columns(engine.columns(filter)?))
        }
        (ModelTask::Train(settings), ModelStep::Learn(stage)) => {
            let (sample, found): (SampledPart, &[u8]) = unpacked(beside)?;
            let settings = TrainSettings::from_json(settings)?;
            let mut findings = if found.is_empty() { Findings::default() } else { unpacked(found)?.0 };
            let lesson = Lesson::new(sample, &settings)?;
            if stage == LearnStage::Done {
                return Ok(PartKind::Taught(file_of(&lesson.model(findings)?)?));
            }
            findings.merge(lesson.work(&findings, job.share.unwrap_or((0, 1)))?);
            Ok(PartKind::Findings(findings))
        }
        (ModelTask::Train(settings) | ModelTask::Survey(settings), step) => {
            let settings = TrainSettings::from_json(settings)?;
            match step {
                ModelStep::Rows => {
                    let (book, _): (AddressBook, _) = unpacked(beside)?;
                    Ok(PartKind::Sampled(engine.sampled(filter, &settings, &book)?))
                }
                _ => Ok(PartKind::Addresses(engine.addresses(filter, &settings.numbers)?)),
            }
        }
        (ModelTask::Cell(actual, predicted), ModelStep::Rows) => {
            let (book, model): (AddressBook, _) = unpacked(beside)?;
            let answers = engine.answers(filter, &opened(model)?, &book)?;
            Ok(PartKind::Cell(answers.cell((*actual, *predicted))))
        }
        (ModelTask::Predict(_) | ModelTask::Evaluate, ModelStep::Rows) => {
            let (book, model): (AddressBook, _) = unpacked(beside)?;
            Ok(PartKind::Answered(engine.answers(filter, &opened(model)?, &book)?))
        }
        (ModelTask::Predict(_) | ModelTask::Evaluate | ModelTask::Cell(..), _) => {
            Ok(PartKind::Addresses(engine.addresses(filter, &opened(beside)?.numbers)?))
        }
    }
}

/// The next round, with what is known of columns.
pub fn after_columns(part: &ColumnsPart, job: &ModelJob) -> Result<Finished, Error> {
    let task = match &job.task {
        ModelTask::Train(settings) => ModelTask::Train(chosen(part, settings)?),
        ModelTask::Survey(settings) => ModelTask::Survey(chosen(part, settings)?),
        other => other.clone(),
    };
    Ok((next(ModelJob { task, step: ModelStep::Addresses, ..job.clone() }), Vec::new()))
}

/// The last round, with what is known of addresses.
pub fn after_addresses(book: &AddressBook, job: &ModelJob) -> Result<Finished, Error> {
    Ok((next(ModelJob { step: ModelStep::Rows, ..job.clone() }), encode(book)?))
}

/// What the sample teaches, or the sample for those who learn in shares.
pub fn after_sample(part: SampledPart, job: &ModelJob) -> Result<Finished, Error> {
    match &job.task {
        ModelTask::Train(settings) => {
            let settings = TrainSettings::from_json(settings)?;
            let stage = match (&settings.grid, is_forest(&settings)) {
                (Some(_), _) => LearnStage::Search,
                (None, true) => LearnStage::Grow,
                (None, false) => LearnStage::Done,
            };
            if job.share.is_none() || stage == LearnStage::Done {
                return Ok((Output::Model, file_of(&learn(part, &settings)?)?));
            }
            Ok((next(ModelJob { step: ModelStep::Learn(stage), ..job.clone() }), encode(&part)?))
        }
        ModelTask::Survey(settings) => {
            let found = survey(part, &TrainSettings::from_json(settings)?)?;
            Ok((Output::Survey(Box::new(found)), Vec::new()))
        }
        _ => Err(another()),
    }
}

/// The next stage of a training in shares, with what was found so far.
pub fn after_findings(findings: &Findings, job: &ModelJob) -> Result<Finished, Error> {
    let ModelTask::Train(settings) = &job.task else { return Err(another()) };
    let is_forest = is_forest(&TrainSettings::from_json(settings)?);
    let is_searched = job.step == ModelStep::Learn(LearnStage::Search);
    let stage = if is_searched && is_forest { LearnStage::Grow } else { LearnStage::Done };
    Ok((next(ModelJob { step: ModelStep::Learn(stage), ..job.clone() }), encode(findings)?))
}

/// What the model says.
pub fn after_answers(part: AnswersPart, job: &ModelJob, files: &dyn Files) -> Result<Finished, Error> {
    match &job.task {
        ModelTask::Predict(format) => Ok((Output::Export, part.lines(*format, files))),
        ModelTask::Evaluate => Ok((Output::Compared(Box::new(compared(part.evaluation()?))), Vec::new())),
        _ => Err(another()),
    }
}

/// Whether several workers can grow the model.
fn is_forest(settings: &TrainSettings) -> bool {
    matches!(settings.model, EstimatorParams::RandomForest(_))
}

fn file_of(model: &SavedModel) -> Result<Vec<u8>, Error> {
    model.to_json().map(String::into_bytes).map_err(|error| Error::Model { message: error.to_string() })
}

/// A model's file.
///
/// # Errors
/// Bytes that are none, a file of another kind or version.
pub fn opened(json: &[u8]) -> Result<SavedModel, Error> {
    let text = str::from_utf8(json).map_err(|error| Error::Model { message: error.to_string() })?;
    SavedModel::from_json(text).map_err(|error| Error::Model { message: error.to_string() })
}

/// The settings, with the columns that the log fills where none were chosen.
fn chosen(part: &ColumnsPart, settings: &str) -> Result<String, Error> {
    let mut settings = TrainSettings::from_json(settings)?;
    settings.choose(part)?;
    serde_json::to_string(&settings).map_err(|error| Error::Model { message: error.to_string() })
}

/// What was packed first, and what is behind it.
fn unpacked<'a, T: serde::Deserialize<'a>>(beside: &'a [u8]) -> Result<(T, &'a [u8]), Error> {
    postcard::take_from_bytes(beside).map_err(|error| Error::Message { message: error.to_string() })
}

fn next(job: ModelJob) -> Output {
    Output::Next(Box::new(Job::Model(Box::new(job))))
}

fn another() -> Error {
    Error::Message { message: "a part of another job".into() }
}
