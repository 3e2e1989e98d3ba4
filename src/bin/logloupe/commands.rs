//! The commands, each in one screenful.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use logloupe::engine::{check_format, is_known_format};
use logloupe::protocol::{Job, Output, RowFormat, decode};
use logloupe::query::Filter;
use logloupe::report::export::{self, DocumentFormat, Redaction};
use logloupe::report::{Archive, Report, Severity};
use logloupe::scan::Limits;
use logloupe::schema::FieldName;
use logloupe::settings::{ClassifierSettings, Settings};
use logloupe::source::Source;
use logloupe::source::expansion::Expansion;
use logloupe::units::clock::Times;

use crate::arguments::{
    self, Analyze, Arguments, Command, Document, Formats, Level, Reading, Rejects, ReportFormat, Reporting, Rows,
    RowsFile, RowsFormat,
};
use crate::crew::{Crew, Cut, RANGE_BYTES, Stop};
use crate::disk::{DiskFiles, Hashes, collect};
use crate::terminal::{bar, harmless};
use crate::{explain, fix, formats, model, parts, rules, serve, summary};

/// Runs the command; 0 is clean, 1 is findings at or above `--fail-on`, 2 is an error.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Analyze(arguments) => analyze(&arguments),
        Command::Map(arguments) => parts::map(&arguments),
        Command::Reduce(arguments) => parts::reduce(&arguments),
        Command::Report(arguments) => document(&arguments),
        Command::Rows(arguments) => rows(&arguments),
        Command::Formats(arguments) => formats(&arguments),
        Command::Rejects(arguments) => rejects(&arguments),
        Command::Rules(arguments) => rules::list(&arguments),
        Command::Fix(arguments) => fix::fix(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Model(command) => model::run(&command),
    };
    match done {
        Ok(code) => code,
        // Who reads only the first lines closes the pipe, and that is fine.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("logloupe: {}", harmless(&format!("{error:#}")));
            ExitCode::from(2)
        }
    }
}

fn analyze(arguments: &Analyze) -> anyhow::Result<ExitCode> {
    let mut settings = settings(&arguments.reading)?;
    classify(&mut settings, arguments.reporting.classify.as_deref());
    let files = open(&arguments.reading, &settings)?;
    let (crew, hashes) = read_hashed(&files, &settings, &arguments.reading)?;
    let archives = files.archives(&hashes);
    finish((&crew, &files, archives), &settings, &arguments.reporting, arguments.reading.output.as_deref())
}

/// Takes the column to learn into the settings.
pub fn classify(settings: &mut Settings, label: Option<&str>) {
    if let Some(label) = label {
        let shipped = settings.models.classifier.take().unwrap_or_default();
        settings.models.classifier = Some(ClassifierSettings { label: FieldName::new(label), ..shipped });
    }
}

/// Reads every file and makes its hash.
pub fn read_hashed(files: &DiskFiles, settings: &Settings, reading: &Reading) -> anyhow::Result<(Crew, Hashes)> {
    hashed(files, || read(files, settings, reading))
}

/// What `read` reads, with the hash of every file, made on a thread beside, because a hash goes through a file from its start
/// to its end.
pub fn hashed(files: &DiskFiles, read: impl FnOnce() -> anyhow::Result<Crew>) -> anyhow::Result<(Crew, Hashes)> {
    let (crew, hashes) = std::thread::scope(|scope| {
        let hashing = scope.spawn(|| files.hashes());
        let crew = read();
        (crew, hashing.join().unwrap_or_default())
    });
    let mut crew = crew?;
    for (file, input) in crew.inputs.iter_mut().enumerate() {
        input.sha256 = files.hash_of(file, &hashes);
    }
    Ok((crew, hashes))
}

/// Writes the report of what was read; the code is 1 where a finding is as bad as `--fail-on` says.
pub fn finish(
    (crew, files, archives): (&Crew, &DiskFiles, Vec<Archive>),
    settings: &Settings,
    reporting: &Reporting,
    output: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let rules = rules::packed(&rules::read(&reporting.rules, settings)?)?;
    let mut report = report(crew, files, settings, rules)?;
    report.archives = archives;
    let bytes = match reporting.format {
        ReportFormat::Json => json(&report)?,
        ReportFormat::Text => summary::text(&report).into_bytes(),
    };
    write(output, &bytes)?;
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    let fails = reporting.fail_on.is_some_and(|level| worst >= Some(severity(level)));
    Ok(ExitCode::from(u8::from(fails)))
}

fn document(arguments: &arguments::Report) -> anyhow::Result<ExitCode> {
    let settings = settings(&arguments.reading)?;
    let files = open(&arguments.reading, &settings)?;
    let (crew, hashes) = read_hashed(&files, &settings, &arguments.reading)?;
    let rules = rules::packed(&rules::read(&arguments.rules, &settings)?)?;
    let mut report = report(&crew, &files, &settings, rules)?;
    report.archives = files.archives(&hashes);
    let redaction = if arguments.redact {
        let Output::Answers(answers) = crew.run(Job::Ask(Redaction::ask()), &files)?.0 else {
            bail!("no user names came out")
        };
        Some(Redaction::of(&answers))
    } else {
        None
    };
    let format = match arguments.format {
        Document::Html => DocumentFormat::Html,
        Document::Pdf => DocumentFormat::Pdf,
        Document::Markdown => DocumentFormat::Markdown,
        Document::Json => DocumentFormat::Json,
        Document::Zip => DocumentFormat::Zip,
    };
    write(arguments.reading.output.as_deref(), &export::write(&report, format, redaction.as_ref()))?;
    Ok(ExitCode::SUCCESS)
}

fn rows(arguments: &Rows) -> anyhow::Result<ExitCode> {
    let settings = settings(&arguments.reading)?;
    let files = open(&arguments.reading, &settings)?;
    let crew = read(&files, &settings, &arguments.reading)?;
    let format = match arguments.format {
        RowsFile::Csv => RowFormat::Csv,
        RowsFile::Ndjson | RowsFile::Parquet => RowFormat::Ndjson,
    };
    let job = Job::Export { filter: settings.filter.clone(), format, columns: Vec::new() };
    let (_, mut bytes) = crew.run(job, &files)?;
    if arguments.format == RowsFile::Parquet {
        bytes = export::parquet(&bytes)?;
    }
    write(arguments.reading.output.as_deref(), &bytes)?;
    Ok(ExitCode::SUCCESS)
}

fn formats(arguments: &Formats) -> anyhow::Result<ExitCode> {
    let text = if arguments.paths.is_empty() {
        formats::all()
    } else {
        let mut settings = configured(arguments.config.as_deref())?;
        if let Some(pattern) = &arguments.log_format {
            bring(&mut settings, pattern)?;
        }
        formats::of_files(&collect(&arguments.paths, Expansion::default(), None)?, &settings)?
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Ends with 1 where a line was not understood.
fn rejects(arguments: &Rejects) -> anyhow::Result<ExitCode> {
    let settings = settings(&arguments.reading)?;
    let files = open(&arguments.reading, &settings)?;
    let crew = read(&files, &settings, &arguments.reading)?;
    let format = row_format(arguments.format);
    let mut bytes = format.rejected_header().as_bytes().to_vec();
    bytes.extend(crew.rejected(&files, format)?);
    write(arguments.reading.output.as_deref(), &bytes)?;
    let any = crew.inputs.iter().any(|input| input.rejected > 0);
    Ok(ExitCode::from(u8::from(any)))
}

/// The engine's word for how rows are written.
pub fn row_format(format: RowsFormat) -> RowFormat {
    match format {
        RowsFormat::Ndjson => RowFormat::Ndjson,
        RowsFormat::Csv => RowFormat::Csv,
    }
}

/// The report without its models, and how long checks took; `rules` are packed.
pub fn timed(crew: &Crew, files: &DiskFiles, settings: &Settings, rules: Vec<u8>) -> anyhow::Result<(Report, Times)> {
    let job = Job::Report { settings: Box::new(settings.clone()), inputs: crew.inputs.clone(), rules };
    let (Output::Report(report), times) = crew.run(job, files)? else { bail!("no report came out") };
    Ok((*report, decode(&times)?))
}

/// The report with its models: what the page shows and downloads; `rules` are packed.
pub fn report(crew: &Crew, files: &DiskFiles, settings: &Settings, rules: Vec<u8>) -> anyhow::Result<Report> {
    let (mut report, _) = timed(crew, files, settings, rules)?;
    let filter = settings.filter.clone();
    if settings.models.anomaly.enabled {
        let job = Job::AnomalyFit { filter: filter.clone(), settings: settings.models.anomaly.clone() };
        if let Output::Anomaly(anomaly) = crew.run(job, files)?.0 {
            report.models.anomaly = Some(anomaly);
        }
    }
    if let Some(classifier) = &settings.models.classifier {
        let job = Job::Classify { filter, settings: classifier.clone() };
        if let Output::Classifier(classifier) = crew.run(job, files)?.0 {
            report.models.classifiers.push(classifier);
        }
    }
    report.retell();
    Ok(report)
}

/// JSON to read, with an end of line.
pub fn json<T: serde::Serialize>(value: &T) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn configured(config: Option<&Path>) -> anyhow::Result<Settings> {
    let Some(path) = config else { return Ok(Settings::shipped()) };
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let settings: Settings = if is_toml {
        toml::from_str(&text).with_context(|| path.display().to_string())?
    } else {
        serde_json::from_str(&text).with_context(|| path.display().to_string())?
    };
    check(&settings).with_context(|| path.display().to_string())?;
    Ok(settings)
}

/// Refuses settings that say what cannot be.
pub fn check(settings: &Settings) -> anyhow::Result<()> {
    let mistakes = settings.allow.mistakes();
    if !mistakes.is_empty() {
        bail!("{}", mistakes.join("; "));
    }
    for (name, pattern) in &settings.formats {
        check_format(pattern).with_context(|| format!("format {name}"))?;
    }
    Ok(())
}

/// The name of the format that `--log-format` brings.
const BROUGHT: &str = "log-format";

/// Reads all files by a format string.
fn bring(settings: &mut Settings, pattern: &str) -> anyhow::Result<()> {
    check_format(pattern).context("--log-format")?;
    settings.formats.insert(BROUGHT.to_owned(), pattern.to_owned());
    settings.reading.entry("*".to_owned()).or_default().format = Some(BROUGHT.to_owned());
    Ok(())
}

/// The settings: what is shipped or in the file, and what the command line says.
pub fn settings(reading: &Reading) -> anyhow::Result<Settings> {
    let mut settings = configured(reading.config.as_deref())?;
    if let Some(pattern) = &reading.log_format {
        bring(&mut settings, pattern)?;
    }
    if let Some(name) = &reading.input_format {
        if !is_known_format(name) && !settings.formats.contains_key(name) {
            bail!("no format is called {name}; `logloupe formats` lists them");
        }
        settings.reading.entry("*".to_owned()).or_default().format = Some(name.clone());
    }
    if let Some(filter) = &reading.filter {
        settings.filter.clone_from(filter);
    }
    if reading.timezone.is_some() || reading.year.is_some() || reading.sample.is_some() {
        let said = settings.reading.entry("*".to_owned()).or_default();
        said.sample = reading.sample.or(said.sample);
        said.timezone = reading.timezone.clone().or(said.timezone.take());
        said.year = reading.year.or(said.year);
    }
    settings.unlimited |= reading.no_limits;
    Filter::parse(&settings.filter).context("filter")?;
    Ok(settings)
}

/// The files that the command line names, archives opened.
pub fn open(reading: &Reading, settings: &Settings) -> anyhow::Result<DiskFiles> {
    collect(&reading.paths, Expansion::of(settings.unlimited), reading.password.as_deref())
}

/// Reads every file.
pub fn read(files: &DiskFiles, settings: &Settings, reading: &Reading) -> anyhow::Result<Crew> {
    let cut = cut(reading);
    let bar = bar(files.logs().filter_map(Source::size).sum(), reading.progress);
    let crew = Crew::read(files, settings, cut, (&|bytes| bar.set_position(bytes), &Stop::default()))?;
    bar.finish_and_clear();
    Ok(crew)
}

/// How the work is cut.
pub fn cut(reading: &Reading) -> Cut {
    let jobs = reading.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let shipped = Limits::default();
    let limits = Limits {
        read_bytes: reading.read_bytes.unwrap_or(shipped.read_bytes),
        shard_rows: reading.shard_rows.unwrap_or(shipped.shard_rows),
    };
    Cut { jobs, range_bytes: reading.range_bytes.unwrap_or(RANGE_BYTES), limits }
}

/// Writes to a file or to standard output.
pub fn write(output: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    match output {
        Some(path) => fs::write(path, bytes).with_context(|| path.display().to_string()),
        None => io::stdout().write_all(bytes).map_err(Into::into),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

pub fn severity(level: Level) -> Severity {
    match level {
        Level::Informational => Severity::Informational,
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    }
}
