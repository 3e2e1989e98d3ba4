//! Questions to the models that are asked one at a time: `logloupe model forecast`, `plant`, `agree`,
//! `map`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use logloupe::engine::studies::lines;
use logloupe::protocol::{Job, Output, RuleSet, Studied, Study};
use logloupe::schema::FieldName;
use logloupe::settings::{AgreementSettings, ForecastSettings, MapSettings, PlantSettings};

use super::{read, told};
use crate::arguments::{Agree, Forecast, Map, Plant, Reading, ReportFormat};
use crate::{commands, rules};

/// `logloupe model forecast`.
pub fn forecast(arguments: &Forecast) -> anyhow::Result<()> {
    let settings = ForecastSettings {
        errors_from: arguments.errors_from,
        interval_seconds: arguments.interval,
        lead: arguments.lead,
        burst_over: arguments.burst_over,
        rule_window: arguments.rule_window,
        rule_over: arguments.rule_over,
        miss_cost: arguments.miss_cost,
        test_share: arguments.test_share,
        seed: arguments.seed,
        ..ForecastSettings::default()
    };
    study(Study::Forecast { settings, buckets: None }, &arguments.reading, arguments.format)
}

/// `logloupe model plant`.
pub fn plant(arguments: &Plant) -> anyhow::Result<()> {
    let settings = PlantSettings {
        n_rows: arguments.rows,
        copies: arguments.copies,
        level: commands::severity(arguments.beside.level),
        class: arguments.class.clone(),
        seed: arguments.beside.seed,
        ..PlantSettings::default()
    };
    let model = arguments.with.as_ref().map(text).transpose()?;
    let rules = rule_set(&arguments.beside.rules, &arguments.reading)?;
    study(Study::Plant { settings, rules, model }, &arguments.reading, arguments.beside.format)
}

/// `logloupe model agree`.
pub fn agree(arguments: &Agree) -> anyhow::Result<()> {
    let settings = AgreementSettings {
        level: commands::severity(arguments.beside.level),
        class: arguments.class.clone(),
        n_shown: arguments.shown,
        seed: arguments.beside.seed,
    };
    let (rules, model) = (rule_set(&arguments.beside.rules, &arguments.reading)?, text(&arguments.with)?);
    study(Study::Agreement { settings, rules, model, is_ready: false }, &arguments.reading, arguments.beside.format)
}

/// `logloupe model map`.
pub fn map(arguments: &Map) -> anyhow::Result<()> {
    let numbers = arguments.numbers.iter().map(|name| FieldName::new(name)).collect();
    let settings = MapSettings { numbers, n_rows: arguments.rows, k: arguments.groups, seed: arguments.seed };
    study(Study::Map(settings), &arguments.reading, arguments.format)
}

fn text(path: &PathBuf) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn rule_set(paths: &[PathBuf], reading: &Reading) -> anyhow::Result<RuleSet> {
    let settings = commands::settings(reading)?;
    let packed = rules::packed(&rules::read(paths, &settings)?)?;
    Ok(RuleSet { settings: Box::new(settings), packed })
}

/// Asks, and writes what comes out.
fn study(study: Study, reading: &Reading, format: ReportFormat) -> anyhow::Result<()> {
    let (files, crew, filter) = read(reading)?;
    let (output, _) = crew.run(Job::Study { filter, study: Box::new(study) }, &files)?;
    let Output::Studied(studied) = output else { bail!("the engine answered something else") };
    let bytes = match (format, &*studied) {
        (ReportFormat::Text, studied) => told(lines::of(studied)),
        (ReportFormat::Json, Studied::Forecast(forecast)) => commands::json(forecast)?,
        (ReportFormat::Json, Studied::Planted(planted)) => commands::json(planted)?,
        (ReportFormat::Json, Studied::Agreement(agreement)) => commands::json(agreement)?,
        (ReportFormat::Json, Studied::Map(map)) => commands::json(map)?,
    };
    commands::write(reading.output.as_deref(), &bytes)
}
