//! The commands, each in one screenful.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use logloupe::protocol::{Job, Output, RowFormat};
use logloupe::query::Filter;
use logloupe::report::{Report, Severity};
use logloupe::scan::Limits;
use logloupe::schema::FieldName;
use logloupe::settings::{ClassifierSettings, Settings};
use logloupe::source::Source;

use crate::arguments::{Analyze, Arguments, Command, Level, Reading, ReportFormat, Rows, RowsFormat};
use crate::crew::{Crew, Cut, RANGE_BYTES};
use crate::disk::{DiskFiles, collect};
use crate::rules;
use crate::summary;
use crate::terminal::{bar, harmless};

/// The formats that are understood, as `logloupe formats` lists them.
const FORMATS: &str = "\
Access logs        common, combined, virtual-host combined, with more fields behind (Apache, nginx and their relatives),
                   hosts in lists, nginx ingress controller, Traefik, Nginx Proxy Manager, Apache SSL requests
W3C extended       IIS, HTTP.sys, CloudFront and others by their header, which may change; IIS' own format
Proxies            HAProxy (HTTP, HTTPS, TCP, errors), Squid, Envoy and Istio, Zoraxy; CoreDNS queries
AWS                load balancers (application, network, classic), S3 server access, VPC flows with any columns
Zeek and Bro       tab-separated with its header, any log type; http, dns, conn, ssl, files, notice in ECS names;
                   conn, http, dns, ssl, files also without a header
CSV                with or without a header; comma, semicolon, tab or bar; CloudWatch and well-known columns in ECS names
JSON               an object a line or the elements of a document: Suricata eve.json, Zeek, Caddy, Traefik, Envoy, ModSecurity,
                   AWS CloudTrail and WAF, Google Cloud (VPC flows, firewall, load balancer), Azure (Front Door, Application
                   Gateway), Cloudflare; any other keys, well-known ones in ECS names
Error logs         Apache 2.2 and 2.4, nginx, with ModSecurity's alerts; ModSecurity serial audit log
syslog             RFC 3164, RFC 5424, ISO times; what it carries in its own format; sshd, sudo, su, PAM, cron
key=value          logfmt; well-known keys in ECS names
Mixed              up to four of the formats above in one file, line by line
Compression        gzip, several members
";

/// Runs the command; 0 is clean, 1 is findings at or above `--fail-on`, 2 is an error.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Analyze(arguments) => analyze(&arguments),
        Command::Rows(arguments) => rows(&arguments),
        Command::Rules(arguments) => rules::list(&arguments),
        Command::Formats => io::stdout().write_all(FORMATS.as_bytes()).map(|()| ExitCode::SUCCESS).map_err(Into::into),
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
    if let Some(label) = &arguments.classify {
        let shipped = settings.models.classifier.take().unwrap_or_default();
        settings.models.classifier = Some(ClassifierSettings { label: FieldName::new(label), ..shipped });
    }
    let files = collect(&arguments.reading.paths)?;
    let crew = read(&files, &settings, &arguments.reading)?;
    let rules = rules::packed(&rules::read(&arguments.rules, &settings)?)?;
    let report = report(&crew, &files, &settings, rules)?;
    let bytes = match arguments.format {
        ReportFormat::Json => json(&report)?,
        ReportFormat::Text => summary::text(&report).into_bytes(),
    };
    write(arguments.reading.output.as_deref(), &bytes)?;
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    let fails = arguments.fail_on.is_some_and(|level| worst >= Some(severity(level)));
    Ok(ExitCode::from(u8::from(fails)))
}

fn rows(arguments: &Rows) -> anyhow::Result<ExitCode> {
    let settings = settings(&arguments.reading)?;
    let files = collect(&arguments.reading.paths)?;
    let crew = read(&files, &settings, &arguments.reading)?;
    let format = match arguments.format {
        RowsFormat::Ndjson => RowFormat::Ndjson,
        RowsFormat::Csv => RowFormat::Csv,
    };
    let job = Job::Export { filter: settings.filter.clone(), format, columns: Vec::new() };
    let (_, bytes) = crew.run(job, &files)?;
    write(arguments.reading.output.as_deref(), &bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// The report with its models: what the page shows and downloads; `rules` are packed.
pub fn report(crew: &Crew, files: &DiskFiles, settings: &Settings, rules: Vec<u8>) -> anyhow::Result<Report> {
    let job = Job::Report { settings: Box::new(settings.clone()), inputs: crew.inputs.clone(), rules };
    let Output::Report(report) = crew.run(job, files)?.0 else { anyhow::bail!("no report came out") };
    let mut report = *report;
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

fn json(report: &Report) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(report)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The settings: what is shipped or in the file, and what the command line says.
pub fn settings(reading: &Reading) -> anyhow::Result<Settings> {
    let mut settings = match &reading.config {
        None => Settings::shipped(),
        Some(path) => {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            serde_json::from_str(&text).with_context(|| path.display().to_string())?
        }
    };
    if let Some(filter) = &reading.filter {
        settings.filter.clone_from(filter);
    }
    if reading.timezone.is_some() || reading.year.is_some() {
        let said = settings.reading.entry("*".to_owned()).or_default();
        said.timezone = reading.timezone.clone().or(said.timezone.take());
        said.year = reading.year.or(said.year);
    }
    Filter::parse(&settings.filter).context("filter")?;
    Ok(settings)
}

/// Reads every file.
pub fn read(files: &DiskFiles, settings: &Settings, reading: &Reading) -> anyhow::Result<Crew> {
    let jobs = reading.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let shipped = Limits::default();
    let limits = Limits {
        read_bytes: reading.read_bytes.unwrap_or(shipped.read_bytes),
        shard_rows: reading.shard_rows.unwrap_or(shipped.shard_rows),
    };
    let cut = Cut { jobs, range_bytes: reading.range_bytes.unwrap_or(RANGE_BYTES), limits };
    let bar = bar(files.0.iter().filter_map(Source::size).sum(), reading.progress);
    let crew = Crew::read(files, settings, cut, &|bytes| bar.set_position(bytes))?;
    bar.finish_and_clear();
    Ok(crew)
}

fn write(output: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    match output {
        Some(path) => fs::write(path, bytes).with_context(|| path.display().to_string()),
        None => io::stdout().write_all(bytes).map_err(Into::into),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn severity(level: Level) -> Severity {
    match level {
        Level::Informational => Severity::Informational,
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    }
}
