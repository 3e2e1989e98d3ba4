//! `logloupe model`: trains a model on logs and saves it, applies it to others, says how good it is.

mod studies;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use logloupe::engine::answers::{AnswersPart, Evaluated};
use logloupe::engine::learning::{correlate as correlate_rows, learn_with};
use logloupe::engine::training::{SampledPart, TrainSettings};
use logloupe::engine::{AddressBook, ColumnsPart, SavedModel, figures};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::arguments::{Correlate, Evaluate, Model, ModelKind, Predict, Reading, ReportFormat, Train};
use crate::commands;
use crate::crew::Crew;
use crate::disk::DiskFiles;
use crate::terminal::harmless;

/// Runs the command.
pub fn run(command: &Model) -> anyhow::Result<ExitCode> {
    match command {
        Model::Train(arguments) => train(arguments)?,
        Model::Predict(arguments) => predict(arguments)?,
        Model::Evaluate(arguments) => evaluate(arguments)?,
        Model::Correlate(arguments) => correlate(arguments)?,
        Model::Forecast(arguments) => studies::forecast(arguments)?,
        Model::Plant(arguments) => studies::plant(arguments)?,
        Model::Agree(arguments) => studies::agree(arguments)?,
        Model::Map(arguments) => studies::map(arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn train(arguments: &Train) -> anyhow::Result<()> {
    let mut settings = train_settings(arguments)?;
    let clock = Clock::new(arguments.timing);
    let (_, crew, filter) = read(&arguments.reading)?;
    clock.tell("read");
    settings.choose(&crew.gather(|engine| engine.columns(&filter), ColumnsPart::merge)?)?;
    let sample = sample(&crew, &filter, &settings)?;
    clock.tell("sampled");
    let n_threads = crew.n_engines() as u32;
    let model = learn_with(sample, &settings, &|work| {
        (0..n_threads).into_par_iter().map(|thread| work(thread, n_threads)).collect()
    })?;
    clock.tell("trained");
    fs::write(&arguments.save, model.to_json()?).with_context(|| arguments.save.display().to_string())?;
    let bytes = match arguments.format {
        ReportFormat::Json => commands::json(&model.summary)?,
        ReportFormat::Text => told(figures::of_model(&model)),
    };
    commands::write(arguments.reading.output.as_deref(), &bytes)
}

fn predict(arguments: &Predict) -> anyhow::Result<()> {
    let model = load(&arguments.with)?;
    let clock = Clock::new(arguments.timing);
    let (files, crew, filter) = read(&arguments.reading)?;
    clock.tell("read");
    let answers = answers(&crew, &filter, &model)?;
    clock.tell("applied");
    let bytes = answers.lines(commands::row_format(arguments.format), &files);
    commands::write(arguments.reading.output.as_deref(), &bytes)
}

fn evaluate(arguments: &Evaluate) -> anyhow::Result<()> {
    let model = load(&arguments.with)?;
    let (_, crew, filter) = read(&arguments.reading)?;
    let evaluated: Evaluated = answers(&crew, &filter, &model)?.evaluation()?;
    let bytes = match arguments.format {
        ReportFormat::Json => commands::json(&evaluated)?,
        ReportFormat::Text => told(figures::of_evaluation(&evaluated)),
    };
    commands::write(arguments.reading.output.as_deref(), &bytes)
}

fn correlate(arguments: &Correlate) -> anyhow::Result<()> {
    let settings = json!({
        "model": { "isolation_forest": {} },
        "numbers": arguments.numbers,
        "categories": arguments.categories,
        "preparation": { "min_support": arguments.min_support },
    });
    let mut settings = TrainSettings::from_json(&settings.to_string())?;
    let (_, crew, filter) = read(&arguments.reading)?;
    settings.choose(&crew.gather(|engine| engine.columns(&filter), ColumnsPart::merge)?)?;
    let pairs = correlate_rows(sample(&crew, &filter, &settings)?, &settings);
    let bytes = match arguments.format {
        ReportFormat::Json => commands::json(&pairs)?,
        ReportFormat::Text => told(figures::of_correlations(&pairs)),
    };
    commands::write(arguments.reading.output.as_deref(), &bytes)
}

fn sample(crew: &Crew, filter: &str, settings: &TrainSettings) -> anyhow::Result<SampledPart> {
    let book = crew.gather(|engine| engine.addresses(filter, &settings.numbers), AddressBook::merge)?;
    Ok(crew.gather(|engine| engine.sampled(filter, settings, &book), SampledPart::merge)?)
}

fn answers(crew: &Crew, filter: &str, model: &SavedModel) -> anyhow::Result<AnswersPart> {
    let book = crew.gather(|engine| engine.addresses(filter, &model.numbers), AddressBook::merge)?;
    Ok(crew.gather(|engine| engine.answers(filter, model, &book), AnswersPart::merge)?)
}

pub(super) fn read(reading: &Reading) -> anyhow::Result<(DiskFiles, Crew, String)> {
    let settings = commands::settings(reading)?;
    let files = commands::open(reading, &settings)?;
    let crew = commands::read(&files, &settings, reading)?;
    Ok((files, crew, settings.filter))
}

fn load(path: &Path) -> anyhow::Result<SavedModel> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    SavedModel::from_json(&text).with_context(|| path.display().to_string())
}

/// What the command line says, as the engine's settings.
fn train_settings(arguments: &Train) -> anyhow::Result<TrainSettings> {
    let kind = match arguments.model {
        ModelKind::IsolationForest => "isolation_forest",
        ModelKind::RandomForest => "random_forest",
        ModelKind::LogisticRegression => "logistic_regression",
        ModelKind::GradientBoosting => "gradient_boosting",
    };
    let split = match arguments.split.as_str() {
        which @ ("rows" | "time" | "pattern") => json!(which),
        column => json!({ "group": column }),
    };
    let mut settings = json!({
        "model": { kind: assignments(&arguments.parameters)? },
        "label": arguments.label,
        "question": arguments.question,
        "numbers": arguments.numbers,
        "categories": arguments.categories,
        "words": arguments.words,
        "preparation": assignments(&arguments.preparation)?,
        "split": split,
        "test_share": arguments.test_share,
        "folds": arguments.folds,
        "learning_curve": arguments.learning_curve,
        "seed": arguments.seed,
    });
    if let Some(grid) = &arguments.grid {
        settings["grid"] = serde_json::from_str(grid).context("--grid")?;
    }
    Ok(TrainSettings::from_json(&settings.to_string())?)
}

/// `name=value` each; a value that is no JSON is a word.
fn assignments(assigned: &[String]) -> anyhow::Result<Value> {
    let mut map = Map::new();
    for text in assigned {
        let Some((name, value)) = text.split_once('=') else { bail!("expected NAME=VALUE, found {text}") };
        map.insert(name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| json!(value)));
    }
    Ok(Value::Object(map))
}

/// Lines to read; what comes from the log must not steer a terminal.
pub(super) fn told(lines: Vec<(String, String)>) -> Vec<u8> {
    let width = lines.iter().filter(|(_, text)| !text.is_empty()).map(|(name, _)| name.chars().count()).max();
    let mut out = String::new();
    for (name, text) in lines {
        let (name, text) = (harmless(&name.replace('\n', " ")), harmless(&text.replace('\n', " ")));
        let _ = writeln!(out, "{}", format!("{name:<width$}  {text}", width = width.unwrap_or(0)).trim_end());
    }
    out.into_bytes()
}

/// Says how long steps took.
struct Clock {
    since: std::cell::Cell<Option<Instant>>,
}

impl Clock {
    fn new(is_told: bool) -> Self {
        Self { since: std::cell::Cell::new(is_told.then(Instant::now)) }
    }

    fn tell(&self, step: &str) {
        if let Some(since) = self.since.get() {
            eprintln!("{step}: {:.3} s", since.elapsed().as_secs_f64());
            self.since.set(Some(Instant::now()));
        }
    }
}
