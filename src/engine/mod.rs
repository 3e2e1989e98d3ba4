//! The composer: files are read into shards, jobs are answered in parts, parts merge into outputs.
//!
//! ```text
//! detect ─► read … read ─► seal ─► part ─┐
//!                                  part ─┼─ merge ─► finish ─► output, or the next round's job
//!                                  part ─┘
//! ```
//!
//! An [`Engine`] is what one worker keeps. Hosts own threads or Web Workers, files and clocks; they hand bytes in and
//! carry parts between engines. Whatever the number of engines, the output is the same.

mod anomaly;
pub mod answers;
mod classify;
mod explain;
mod export;
mod features;
pub mod figures;
pub mod learning;
pub mod learnt;
mod look;
mod overview;
mod rejected;
mod rounds;
mod sample;
pub mod studies;
mod survey;
pub mod training;

pub use crate::format::known::{KNOWN as KNOWN_FORMATS, Known as KnownFormat, is_known as is_known_format};
pub use crate::models::saved::SavedModel;
pub use anomaly::Scored;
pub use features::AddressBook;
pub use look::{check_format, look_at, try_format};
pub use rejected::rejected;
pub use rounds::opened as open_model;
pub use sample::ColumnsPart;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::protocol::{Chapter, Job, Output, RangeStart, Renumbered, ScanTask, Scanned, decode, encode};
use crate::query::{AnswerPart, Answered, Ask, Compiled, Filter};
use crate::report::Evidence;
use crate::rules::sigma::ir::Rule;
use crate::scan::{Limits, Range, ReadSpec, read_range};
use crate::source::expansion::Expansion;
use crate::source::{Source, compression, content, spans};
use crate::table::{Position, RowSet, Selection, Store};
use crate::units::clock::Clock;

/// Files that lines can be read from again.
pub trait Files {
    /// The file of that number.
    fn source(&self, file: u32) -> Option<&dyn Source>;
}

/// What one worker keeps: its shards, and the dictionaries that they share.
#[derive(Debug, Default)]
pub struct Engine {
    store: Store,
    limits: Limits,
    clock: Clock,
}

/// A worker's part of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part(PartKind);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum PartKind {
    Ask(Vec<AnswerPart>),
    Report(Box<overview::OverviewPart>),
    Columns(ColumnsPart),
    Sample(sample::SamplePart),
    Scores(anomaly::ScoresPart),
    Export(export::ExportPart),
    Row(Option<Box<crate::report::WhyNot>>),
    Source(Box<crate::rules::SourcePartial>),
    Study(Box<studies::StudyPart>),
    Addresses(AddressBook),
    Sampled(training::SampledPart),
    Findings(learning::Findings),
    /// A model's file.
    Taught(Vec<u8>),
    Answered(answers::AnswersPart),
    Cell(answers::CellPart),
}

/// A job's output, and what travels beside it.
pub type Finished = (Output, Vec<u8>);

impl Engine {
    /// An engine without shards. `seed` starts the hashes of its dictionaries and shows in no answer.
    pub fn new(seed: u64, limits: Limits) -> Self {
        Self { store: Store::new(seed), limits, clock: Clock::default() }
    }

    /// The same, measuring what checks take: it travels beside the report.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> u64) -> Self {
        Self { clock: Clock(Some(clock)), ..self }
    }

    /// The same engine as it was written by [`Self::to_bytes`]. `seed` as in [`Self::new`].
    ///
    /// # Errors
    /// Bytes of another version, damaged ones.
    pub fn from_bytes(bytes: &[u8], seed: u64) -> Result<Self, Error> {
        Ok(Self { store: Store::from_bytes(bytes, seed)?, ..Self::default() })
    }

    /// Its shards and dictionaries, for an engine elsewhere.
    ///
    /// # Errors
    /// None that is known; what the encoder says.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        self.store.to_bytes()
    }

    /// The tables.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Reads a range of a file into shards. Bytes and lines so far go to `progress`, which may stop the reading.
    ///
    /// # Errors
    /// The source, and a format specification of another version.
    pub fn read(
        &mut self,
        source: &dyn Source,
        task: &ScanTask,
        spec: &[u8],
        progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Result<Scanned, Error> {
        let spec: ReadSpec = decode(spec)?;
        // A range that is read again, because a worker died, replaces itself.
        self.store.shards.retain(|s| (s.file, s.range_start) != (task.file, task.start));
        let failed = |error: io::Error| Error::Read { path: source.path().into(), message: error.to_string() };
        let (range, mut bytes) = open_range(source, task, &spec).map_err(failed)?;
        let (shards, input) =
            read_range(&range, &mut bytes, (self.limits, &mut self.store.dictionaries), progress).map_err(failed)?;
        let table_bytes = shards.iter().map(|shard| shard.table.size_bytes() as u64).sum();
        self.store.shards.extend(shards);
        let dictionary_bytes = self.store.dictionaries.size_bytes() as u64;
        Ok(Scanned { task: task.clone(), input, table_bytes, dictionary_bytes })
    }

    /// Gives files their new numbers; shards of files that are not named are dropped.
    pub fn renumber(&mut self, files: &[Renumbered]) {
        let to = |file: u32| files.iter().find(|known| known.from == file).map(|known| known.to);
        self.store.shards.retain(|shard| to(shard.file).is_some());
        for shard in &mut self.store.shards {
            shard.file = to(shard.file).unwrap_or(shard.file);
        }
        // Without rows nothing refers to a text.
        if self.store.shards.is_empty() {
            self.store.dictionaries.clear();
        }
    }

    /// Tells shards how many lines of their file come before their range.
    pub fn seal(&mut self, starts: &[RangeStart]) {
        for shard in &mut self.store.shards {
            let known = starts.iter().find(|s| (s.file, s.start) == (shard.file, shard.range_start));
            if let Some(start) = known {
                shard.lines_before = start.lines_before;
            }
        }
    }

    /// This engine's part of a job. `beside` is what the round before left, if any.
    ///
    /// # Errors
    /// A filter that does not parse, a model that does not decode.
    pub fn part(&self, job: &Job, beside: &[u8]) -> Result<Part, Error> {
        let kind = match job {
            Job::Ask(ask) => self.select(&ask.filter, |rows| {
                Ok(PartKind::Ask(ask.questions.iter().map(|question| crate::query::part(question, rows)).collect()))
            }),
            Job::Report { settings, inputs, rules } => self.select(&settings.filter, |rows| {
                let rules = rules_of(rules)?;
                Ok(PartKind::Report(Box::new(overview::part(rows, settings, inputs, (&rules, self.clock)))))
            }),
            Job::Chapter { chapter, settings, inputs, rules } => self.select(&settings.filter, |rows| {
                Ok(PartKind::Report(Box::new(match chapter {
                    Chapter::Panels => overview::panels(rows, settings, inputs),
                    Chapter::Checks => overview::checks(rows, settings, inputs, (&rules_of(rules)?, self.clock)),
                })))
            }),
            Job::AnomalyFit { filter, settings } => self.select(filter, |rows| Ok(anomaly::fit_part(rows, settings))),
            Job::AnomalyScore { filter, .. } => self.select(filter, |rows| anomaly::score_part(rows, beside)),
            Job::Classify { filter, settings } => self.select(filter, |rows| Ok(classify::part(rows, settings))),
            Job::Export { filter, format, columns } => {
                self.select(filter, |rows| Ok(export::part(rows, *format, columns)))
            }
            Job::Explain(explain) => explain::part(&self.store, explain, &rules_of(&explain.rules)?),
            Job::Study { filter, study } => {
                self.select(filter, |rows| Ok(PartKind::Study(Box::new(studies::part(rows, study, beside)?))))
            }
            Job::Model(job) => rounds::part(self, job, beside),
        };
        kind.map(Part)
    }

    /// Part and finish in one, through all rounds, for an engine that holds everything.
    ///
    /// # Errors
    /// Those of [`Self::part`] and [`Part::finish`].
    pub fn run(&self, job: &Job, files: &dyn Files) -> Result<Finished, Error> {
        let mut finished = self.part(job, &[])?.finish(job, files)?;
        while let (Output::Next(next), beside) = &finished {
            finished = self.part(next, beside)?.finish(next, files)?;
        }
        Ok(finished)
    }

    fn select<T>(&self, filter: &str, answer: impl FnOnce(Selection<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let filter = Filter::parse(filter)?;
        let rows: Vec<RowSet> = Compiled::new(&filter, &self.store).select_all(&self.store);
        answer(Selection { store: &self.store, rows: &rows })
    }
}

impl Part {
    /// The part as bytes, to cross to another worker.
    ///
    /// # Errors
    /// None that is known; what the encoder says.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        encode(&self.0)
    }

    /// The part of another worker.
    ///
    /// # Errors
    /// Bytes of another version.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        decode(bytes).map(Self)
    }

    /// Takes another engine's part of the same job in, in any order.
    pub fn merge(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (PartKind::Ask(a), PartKind::Ask(b)) => a.iter_mut().zip(b).for_each(|(a, b)| a.merge(b)),
            (PartKind::Report(a), PartKind::Report(b)) => a.merge(*b),
            (PartKind::Columns(a), PartKind::Columns(b)) => a.merge(b),
            (PartKind::Sample(a), PartKind::Sample(b)) => a.merge(b),
            (PartKind::Scores(a), PartKind::Scores(b)) => a.merge(b),
            (PartKind::Export(a), PartKind::Export(b)) => a.merge(b),
            (PartKind::Row(a), PartKind::Row(b)) => *a = a.take().or(b),
            (PartKind::Source(a), PartKind::Source(b)) => a.merge(*b),
            (PartKind::Study(a), PartKind::Study(b)) => a.merge(*b),
            (PartKind::Addresses(a), PartKind::Addresses(b)) => a.merge(b),
            (PartKind::Sampled(a), PartKind::Sampled(b)) => a.merge(b),
            (PartKind::Findings(a), PartKind::Findings(b)) => a.merge(b),
            (PartKind::Answered(a), PartKind::Answered(b)) => a.merge(b),
            (PartKind::Cell(a), PartKind::Cell(b)) => a.merge(b),
            _ => debug_assert!(false, "parts of different jobs"),
        }
    }

    /// The merged parts as scores that are kept to be marked again, if that is what they are.
    ///
    /// # Errors
    /// A model of another version.
    pub fn scored(self, files: &dyn Files) -> Result<Result<Scored, Self>, Error> {
        match self.0 {
            PartKind::Scores(part) => part.scored(files).map(Ok),
            other => Ok(Err(Self(other))),
        }
    }

    /// The output of the merged parts, or the next round's job with what every engine needs for it.
    ///
    /// # Errors
    /// A file that can't be read again, settings out of range.
    pub fn finish(self, job: &Job, files: &dyn Files) -> Result<Finished, Error> {
        match (self.0, job) {
            (PartKind::Ask(parts), Job::Ask(ask)) => Ok((finish_ask(parts, ask), Vec::new())),
            (
                PartKind::Report(part),
                Job::Report { settings, inputs, rules } | Job::Chapter { settings, inputs, rules, .. },
            ) => {
                let times = part.times().map(encode).transpose()?.unwrap_or_default();
                let report = overview::finish(*part, (settings, &rules_of(rules)?), inputs, files);
                Ok((Output::Report(Box::new(report)), times))
            }
            (PartKind::Columns(part), Job::AnomalyFit { .. } | Job::Classify { .. } | Job::Export { .. }) => {
                Ok(sample::next_round(part, job))
            }
            (PartKind::Sample(part), Job::AnomalyFit { filter, settings }) => {
                anomaly::finish_fit(part, filter, settings)
            }
            (PartKind::Scores(part), Job::AnomalyScore { settings, .. }) => {
                part.scored(files)?.mark(settings).map(|anomaly| (Output::Anomaly(anomaly), Vec::new()))
            }
            (PartKind::Sample(part), Job::Classify { settings, .. }) => {
                Ok((Output::Classifier(classify::finish(part, settings)), Vec::new()))
            }
            (PartKind::Export(part), Job::Export { format, columns, .. }) => Ok(part.finish(*format, columns)),
            (PartKind::Row(found), Job::Explain(explain)) => Ok(explain::next_round(found, explain)),
            (PartKind::Source(part), Job::Explain(explain)) => Ok(explain::finish(*part, explain)),
            (PartKind::Study(part), Job::Study { filter, study }) => part.finish(filter, study, files),
            (PartKind::Columns(part), Job::Model(job)) => rounds::after_columns(&part, job),
            (PartKind::Addresses(book), Job::Model(job)) => rounds::after_addresses(&book, job),
            (PartKind::Sampled(part), Job::Model(job)) => rounds::after_sample(part, job),
            (PartKind::Findings(found), Job::Model(job)) => rounds::after_findings(&found, job),
            (PartKind::Cell(part), Job::Model(_)) => Ok((Output::Cell(Box::new(part.finish(files))), Vec::new())),
            (PartKind::Taught(file), Job::Model(_)) => Ok((Output::Model, file)),
            (PartKind::Answered(part), Job::Model(job)) => rounds::after_answers(part, job, files),
            _ => Err(Error::Message { message: "a part of another job".into() }),
        }
    }
}

/// The user's rules, which travel as bytes so that messages do not know their shape.
fn rules_of(bytes: &[u8]) -> Result<Vec<Rule>, Error> {
    if bytes.is_empty() { Ok(Vec::new()) } else { decode(bytes) }
}

/// A range of a file, and its bytes from one before its start.
fn open_range<'a>(
    source: &'a dyn Source,
    task: &ScanTask,
    spec: &'a ReadSpec,
) -> io::Result<(Range<'a>, Box<dyn Read + 'a>)> {
    // Only what is stored as it is can be read from the middle.
    let (path, bytes) = if task.start > 0 {
        (source.path(), source.open(task.start - 1)?)
    } else {
        let (stored, text) = content::open(source, Expansion::of(spec.unlimited))?;
        (compression::uncompressed_path(source.path(), stored.compression), text)
    };
    let range = Range { file: task.file, path, spec, start: task.start, end: task.end.unwrap_or(u64::MAX) };
    Ok((range, bytes))
}

/// Raw lines of a file as text, what is no UTF-8 escaped.
///
/// # Errors
/// The source.
pub fn read_lines(files: &dyn Files, file: u32, wanted: &[(u64, u32)]) -> Result<Vec<String>, Error> {
    let Some(source) = files.source(file) else {
        return Err(Error::Read { path: format!("file {file}"), message: "not in this session".into() });
    };
    let lines = spans::read_spans(source, wanted)
        .map_err(|error| Error::Read { path: source.path().into(), message: error.to_string() })?;
    Ok(lines.iter().map(|line| crate::table::escape_invalid(line)).collect())
}

/// The raw lines at these places, in their order; a file that can't be read again gives empty lines.
fn texts_at(files: &dyn Files, places: &[Position]) -> Vec<String> {
    let mut texts = vec![String::new(); places.len()];
    let mut by_file: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, place) in places.iter().enumerate() {
        by_file.entry(place.file).or_default().push(index);
    }
    let mut by_place: Vec<(u32, Vec<usize>)> = by_file.into_iter().collect();
    by_place.sort_by_key(|(file, _)| files.source(*file).map(Source::place));
    for (file, indices) in by_place {
        let wanted: Vec<(u64, u32)> =
            indices.iter().filter_map(|&i| places.get(i)).map(|place| (place.byte, place.length)).collect();
        for (index, line) in indices.into_iter().zip(read_lines(files, file, &wanted).unwrap_or_default()) {
            if let Some(slot) = texts.get_mut(index) {
                *slot = line;
            }
        }
    }
    texts
}

/// The path of a file as the report shows it: as dropped or given, without a compression's ending.
fn path_of(files: &dyn Files, file: u32) -> String {
    let Some(source) = files.source(file) else { return format!("file {file}") };
    compression::uncompressed_path(source.path(), source.compression().unwrap_or_default()).to_owned()
}

/// The lines at these places, in their order, each under its file's path.
fn evidence_at(files: &dyn Files, places: &[Position]) -> Vec<Evidence> {
    let mut paths: BTreeMap<u32, String> = BTreeMap::new();
    let texts = texts_at(files, places);
    let evidence = places.iter().zip(texts).map(|(place, text)| Evidence {
        file: paths.entry(place.file).or_insert_with(|| path_of(files, place.file)).clone(),
        line: place.line,
        byte: place.byte,
        text,
    });
    evidence.collect()
}

fn finish_ask(parts: Vec<AnswerPart>, ask: &Ask) -> Output {
    let answered: Vec<Answered> =
        parts.into_iter().zip(&ask.questions).map(|(part, question)| part.finish(question)).collect();
    let is_done = answered.iter().all(|a| matches!(a, Answered::Answer(_)));
    if is_done {
        let answers = answered.into_iter().filter_map(|a| match a {
            Answered::Answer(answer) => Some(answer),
            Answered::Next(_) => None,
        });
        return Output::Answers(answers.collect());
    }
    // Questions of one round are asked again with those of the next, so that the answers keep their order.
    let questions = answered.into_iter().zip(&ask.questions).map(|(a, question)| match a {
        Answered::Next(next) => next,
        Answered::Answer(_) => question.clone(),
    });
    Output::Next(Box::new(Job::Ask(Ask { filter: ask.filter.clone(), questions: questions.collect() })))
}
