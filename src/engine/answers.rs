//! What a saved model says of the rows of the tables: as lines, or as figures where the class is known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::models::ModelError;
use crate::models::evaluation::Evaluation;
use crate::models::frame::Frame;
use crate::models::saved::SavedModel;
use crate::protocol::RowFormat;
use crate::report::ConfusedRows;
use crate::schema::FieldName;
use crate::table::{Position, Selection, Shard};

use super::export::{write_csv, write_json_text};
use super::features::{AddressBook, feature, read_features};
use super::sample::label_of;
use super::training::Truth;
use super::{Engine, Files, evidence_at, path_of};

/// Rows of a cell that are shown.
const SHOWN: usize = 100;

/// A worker's answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswersPart {
    /// What the model has learnt, and its classes.
    label: Option<FieldName>,
    classes: Vec<String>,
    rows: Vec<AnsweredRow>,
}

/// What is known of a row, and what the model says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct AnsweredRow {
    place: Position,
    class: Option<String>,
    verdict: String,
    numbers: Vec<f64>,
}

/// A worker's rows of one cell of the confusion matrix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CellPart {
    actual: String,
    predicted: String,
    rows: u64,
    /// The first of them.
    places: Vec<Position>,
}

/// How good a model's answers are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluated {
    /// The column that says what is true.
    pub label: String,
    /// Rows whose class the model does not know, or that have none: they are left out.
    pub n_unknown: u64,
    /// The figures of the others.
    pub evaluation: Evaluation,
}

impl Engine {
    /// What a model says of this engine's rows, with their classes, if they have any.
    ///
    /// # Errors
    /// A filter that does not parse, what the model refuses.
    pub fn answers(&self, filter: &str, model: &SavedModel, book: &AddressBook) -> Result<AnswersPart, Error> {
        let truth = Truth::new(model.label.as_ref(), model.question.as_deref(), self.store())?;
        self.select(filter, |rows| AnswersPart::of(rows, (model, &truth), book))
    }
}

impl CellPart {
    /// Takes another worker's rows in.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.places.extend(other.places);
        self.cut();
    }

    fn cut(&mut self) {
        self.places.sort_unstable();
        self.places.truncate(SHOWN);
    }

    /// The rows with their lines.
    pub fn finish(self, files: &dyn Files) -> ConfusedRows {
        let Self { rows, places, actual, predicted } = self;
        ConfusedRows { actual, predicted, rows, sample: evidence_at(files, &places) }
    }
}

impl AnswersPart {
    fn of(
        selection: Selection<'_>,
        (model, truth): (&SavedModel, &Truth<'_>),
        book: &AddressBook,
    ) -> Result<Self, Error> {
        let mut part = Self { label: model.label.clone(), classes: model.classes.clone(), rows: Vec::new() };
        for (shard, rows) in selection.shards() {
            let rows: Vec<usize> = rows.iter().collect();
            let matrix = model.prepare(&frame(selection, shard, (model, book)).select(&rows)).map_err(failed)?;
            let answers = model.estimator.predict(&matrix).map_err(failed)?;
            let classes = truth.of_shard(selection, shard);
            for (&row, answer) in rows.iter().zip(answers.chunks_exact(model.width())) {
                part.rows.push(AnsweredRow {
                    place: shard.position(row),
                    class: classes(row),
                    verdict: model.verdict(answer).to_owned(),
                    numbers: answer.to_vec(),
                });
            }
        }
        Ok(part)
    }

    /// Takes another worker's answers in.
    pub fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }

    /// The answers as lines, in the order of the files: where the row is, what the model calls it, and its numbers.
    pub fn lines(mut self, format: RowFormat, files: &dyn Files) -> Vec<u8> {
        self.rows.sort_unstable_by_key(|row| row.place);
        let numbers: Vec<String> = match self.classes.as_slice() {
            [] => vec!["score".to_owned()],
            classes => classes.iter().map(|class| format!("probability of {class}")).collect(),
        };
        let mut out = Vec::new();
        if format == RowFormat::Csv {
            let names = ["file", "line", "verdict"].into_iter().map(str::to_owned);
            write_csv(names.chain(numbers.iter().cloned()).map(|name| Some((false, name))), &mut out);
        }
        let mut paths: BTreeMap<u32, String> = BTreeMap::new();
        for AnsweredRow { place, verdict, numbers: answer, .. } in &self.rows {
            let path = paths.entry(place.file).or_insert_with(|| path_of(files, place.file));
            match format {
                RowFormat::Csv => {
                    let text = |text: &str| Some((false, text.to_owned()));
                    let cells = [text(path), Some((true, place.line.to_string())), text(verdict)];
                    let answer = answer.iter().map(|number| Some((true, number.to_string())));
                    write_csv(cells.into_iter().chain(answer), &mut out);
                }
                RowFormat::Ndjson => {
                    out.extend_from_slice(b"{\"file\":");
                    write_json_text(path, &mut out);
                    out.extend_from_slice(format!(",\"line\":{},\"verdict\":", place.line).as_bytes());
                    write_json_text(verdict, &mut out);
                    for (name, number) in numbers.iter().zip(answer) {
                        out.push(b',');
                        write_json_text(name, &mut out);
                        out.extend_from_slice(format!(":{number}").as_bytes());
                    }
                    out.extend_from_slice(b"}\n");
                }
            }
        }
        out
    }

    /// The rows of the class at `actual` that are called the class at `predicted`.
    pub fn cell(self, (actual, predicted): (u32, u32)) -> CellPart {
        let class = |at: u32| self.classes.get(at as usize).cloned().unwrap_or_default();
        let (actual, predicted) = (class(actual), class(predicted));
        let is_here = |row: &&AnsweredRow| row.class.as_ref() == Some(&actual) && row.verdict == predicted;
        let places: Vec<Position> = self.rows.iter().filter(is_here).map(|row| row.place).collect();
        let mut part = CellPart { rows: places.len() as u64, places, actual, predicted };
        part.cut();
        part
    }

    /// How good the answers are on the rows whose class the model knows.
    ///
    /// # Errors
    /// A model without classes, no row whose class it knows.
    pub fn evaluation(mut self) -> Result<Evaluated, Error> {
        let Some(label) = &self.label else {
            let message = "the model ranks rows and has learnt no label, so there is nothing to compare it with".into();
            return Err(Error::Model { message });
        };
        self.rows.sort_unstable_by_key(|row| row.place);
        let (mut truth, mut proba) = (Vec::new(), Vec::new());
        let mut n_unknown = 0;
        for AnsweredRow { class, numbers: answer, .. } in &self.rows {
            match self.classes.iter().position(|known| Some(known) == class.as_ref()) {
                Some(class) => {
                    truth.push(class as u32);
                    proba.extend_from_slice(answer);
                }
                None => n_unknown += 1,
            }
        }
        if truth.is_empty() {
            return Err(failed(ModelError::TooFewSamples { needed: 1, found: 0 }));
        }
        let counts = |class: u32| truth.iter().filter(|&&code| code == class).count();
        let majority = (0..self.classes.len() as u32).rev().max_by_key(|&class| counts(class)).unwrap_or_default();
        let evaluation = Evaluation::new(&self.classes, (&truth, &proba), (majority, None), 42).map_err(failed)?;
        Ok(Evaluated { label: label.to_string(), n_unknown, evaluation })
    }
}

/// A shard's rows as columns for a model.
pub(super) fn frame(selection: Selection<'_>, shard: &Shard, (model, book): (&SavedModel, &AddressBook)) -> Frame {
    let mut frame = Frame::new(shard.table.n_rows);
    for name in &model.numbers {
        let feature = feature(name);
        let values = read_features(selection, shard, std::slice::from_ref(name), book);
        frame.add_numbers(feature.name, feature.unit, values);
    }
    for name in &model.texts {
        add_texts(&mut frame, selection, (shard, name));
    }
    frame
}

fn add_texts(frame: &mut Frame, selection: Selection<'_>, (shard, name): (&Shard, &FieldName)) {
    let texts: Vec<Option<String>> = (0..shard.table.n_rows).map(|row| label_of(selection, shard, name, row)).collect();
    frame.add_texts(name.as_str(), texts.iter().map(Option::as_deref));
}

fn failed(error: ModelError) -> Error {
    Error::Model { message: error.to_string() }
}
