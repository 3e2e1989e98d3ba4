//! Studies: questions to the models that are asked one at a time, beside the report.
//!
//! A study goes in rounds like any job: every worker's part of it, merged, gives what comes out or the next round.

mod agreement;
mod alarm;
mod forecast;
pub mod lines;
mod plant;
mod planting;
mod row_map;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::protocol::{Job, Output, Studied, Study};
use crate::settings::MapSettings;
use crate::table::Selection;

use super::features::{address_book, needs_addresses};
use super::sample::columns_part;
use super::{AddressBook, ColumnsPart, Files, Finished, decode, encode};

use alarm::Alarm;

/// A worker's part of a study.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudyPart {
    /// From when to when the rows are.
    Range(forecast::RangePart),
    /// What happened in each interval.
    Intervals(forecast::IntervalsPart),
    /// Rows to plant among.
    Plant(plant::PlantPart),
    /// What is known of addresses.
    Addresses(AddressBook),
    /// Rows by who finds them.
    Agreement(agreement::AgreementPart),
    /// The columns to make a map of.
    Columns(ColumnsPart),
    /// Rows of a map.
    Map(row_map::MapPart),
}

/// This worker's part.
///
/// # Errors
/// A model of another version, what it refuses.
pub fn part(selection: Selection<'_>, study: &Study, beside: &[u8]) -> Result<StudyPart, Error> {
    match study {
        Study::Forecast { buckets: None, .. } => Ok(StudyPart::Range(forecast::range(selection))),
        Study::Forecast { settings, buckets: Some(buckets) } => {
            Ok(StudyPart::Intervals(forecast::intervals(selection, settings, *buckets)))
        }
        Study::Plant { settings, rules, model } => {
            plant::part(selection, (settings, rules, model.as_deref())).map(StudyPart::Plant)
        }
        Study::Agreement { settings, model, is_ready: false, .. } => {
            let alarm = Alarm::read(model, settings.class.as_deref())?;
            let is_needed = needs_addresses(&alarm.model.numbers);
            Ok(StudyPart::Addresses(if is_needed { address_book(selection) } else { AddressBook::default() }))
        }
        Study::Agreement { settings, rules, model, is_ready: true } => {
            agreement::part(selection, (settings, rules, model), &decode(beside)?).map(StudyPart::Agreement)
        }
        Study::Map(settings) if settings.numbers.is_empty() => Ok(StudyPart::Columns(columns_part(selection))),
        Study::Map(settings) => Ok(StudyPart::Map(row_map::part(selection, settings))),
    }
}

impl StudyPart {
    /// Takes another worker's part in.
    pub fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::Range(a), Self::Range(b)) => a.merge(b),
            (Self::Intervals(a), Self::Intervals(b)) => a.merge(b),
            (Self::Plant(a), Self::Plant(b)) => a.merge(b),
            (Self::Addresses(a), Self::Addresses(b)) => a.merge(b),
            (Self::Agreement(a), Self::Agreement(b)) => a.merge(b),
            (Self::Columns(a), Self::Columns(b)) => a.merge(b),
            (Self::Map(a), Self::Map(b)) => a.merge(b),
            _ => debug_assert!(false, "parts of different rounds"),
        }
    }

    /// What comes out, or the next round.
    ///
    /// # Errors
    /// A part of another round, a model of another version, what it refuses.
    pub fn finish(self, filter: &str, study: &Study, files: &dyn Files) -> Result<Finished, Error> {
        let next =
            |study: Study| Output::Next(Box::new(Job::Study { filter: filter.to_owned(), study: Box::new(study) }));
        let done = |studied: Studied| Output::Studied(Box::new(studied));
        let output = match (self, study) {
            (Self::Range(part), Study::Forecast { settings, .. }) => {
                next(Study::Forecast { settings: settings.clone(), buckets: Some(part.buckets(settings)) })
            }
            (Self::Intervals(part), Study::Forecast { settings, .. }) => {
                done(Studied::Forecast(forecast::finish(part, settings)))
            }
            (Self::Plant(part), Study::Plant { settings, rules, model }) => {
                done(Studied::Planted(part.finish((settings, rules, model.as_deref()))?))
            }
            (Self::Addresses(book), Study::Agreement { settings, rules, model, .. }) => {
                let (settings, rules, model) = (settings.clone(), rules.clone(), model.clone());
                return Ok((next(Study::Agreement { settings, rules, model, is_ready: true }), encode(&book)?));
            }
            (Self::Agreement(part), Study::Agreement { settings, model, .. }) => {
                done(Studied::Agreement(part.finish(settings, model, files)?))
            }
            (Self::Columns(part), Study::Map(settings)) => match row_map::choose(&part) {
                numbers if numbers.is_empty() => {
                    let reason = "no column of numbers is filled in most of the rows, so there is nothing to draw";
                    done(Studied::Map(row_map::refused(settings, reason)))
                }
                numbers => next(Study::Map(MapSettings { numbers, ..settings.clone() })),
            },
            (Self::Map(part), Study::Map(settings)) => done(Studied::Map(part.finish(settings, files))),
            _ => return Err(Error::Message { message: "a part of another study".into() }),
        };
        Ok((output, Vec::new()))
    }
}
