//! Models as jobs: what each round asks of every worker, and what comes out of the last one.
//!
//! ```text
//! train, survey:      columns ─► addresses ─► rows ─► a model's file, or what the columns are to a model
//! predict, evaluate:             addresses ─► rows ─► the answers as lines, or how good they are
//! ```
//!
//! Beside travels what is known of addresses, packed, and behind it the model's file, if the job applies one.

use crate::error::Error;
use crate::models::saved::SavedModel;
use crate::protocol::{Job, ModelJob, ModelStep, ModelTask, Output, encode};

use super::answers::AnswersPart;
use super::learning::learn;
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
        (ModelTask::Train(settings) | ModelTask::Survey(settings), step) => {
            let settings = TrainSettings::from_json(settings)?;
            match step {
                ModelStep::Rows => {
                    let (book, _) = unpacked(beside)?;
                    Ok(PartKind::Sampled(engine.sampled(filter, &settings, &book)?))
                }
                _ => Ok(PartKind::Addresses(engine.addresses(filter, &settings.numbers)?)),
            }
        }
        (ModelTask::Predict(_) | ModelTask::Evaluate, ModelStep::Rows) => {
            let (book, model) = unpacked(beside)?;
            Ok(PartKind::Answered(engine.answers(filter, &opened(model)?, &book)?))
        }
        (ModelTask::Predict(_) | ModelTask::Evaluate, _) => {
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
    Ok((next(ModelJob { task, step: ModelStep::Addresses, filter: job.filter.clone() }), Vec::new()))
}

/// The last round, with what is known of addresses.
pub fn after_addresses(book: &AddressBook, job: &ModelJob) -> Result<Finished, Error> {
    Ok((next(ModelJob { step: ModelStep::Rows, ..job.clone() }), encode(book)?))
}

/// What the sample teaches.
pub fn after_sample(part: SampledPart, job: &ModelJob) -> Result<Finished, Error> {
    match &job.task {
        ModelTask::Train(settings) => {
            let model = learn(part, &TrainSettings::from_json(settings)?, &mut |_, _| ())?;
            let json = model.to_json().map_err(|error| Error::Model { message: error.to_string() })?;
            Ok((Output::Model, json.into_bytes()))
        }
        ModelTask::Survey(settings) => {
            let found = survey(part, &TrainSettings::from_json(settings)?)?;
            Ok((Output::Survey(Box::new(found)), Vec::new()))
        }
        _ => Err(another()),
    }
}

/// What the model says.
pub fn after_answers(part: AnswersPart, job: &ModelJob, files: &dyn Files) -> Result<Finished, Error> {
    match &job.task {
        ModelTask::Predict(format) => Ok((Output::Export, part.lines(*format, files))),
        ModelTask::Evaluate => Ok((Output::Compared(Box::new(compared(part.evaluation()?))), Vec::new())),
        _ => Err(another()),
    }
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

/// What is known of addresses, and what is behind it.
fn unpacked(beside: &[u8]) -> Result<(AddressBook, &[u8]), Error> {
    postcard::take_from_bytes(beside).map_err(|error| Error::Message { message: error.to_string() })
}

fn next(job: ModelJob) -> Output {
    Output::Next(Box::new(Job::Model(Box::new(job))))
}

fn another() -> Error {
    Error::Message { message: "a part of another job".into() }
}
