//! `logloupe fix`: findings written for another program, and on standard error what that would have stopped.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::bail;
use logloupe::protocol::{Job, Output};
use logloupe::query::Answer;
use logloupe::report::Report;
use logloupe::report::fix::{By, DryRun, Subjects, both, export, findings_of};
use logloupe::settings::Settings;

use crate::arguments::{Fix, FixBy};
use crate::crew::Crew;
use crate::disk::DiskFiles;
use crate::terminal::harmless;
use crate::{commands, rules};

/// Ends with 1 where there is nothing to write.
pub fn fix(arguments: &Fix) -> anyhow::Result<ExitCode> {
    let mut settings = commands::settings(&arguments.reading)?;
    settings.models.anomaly.enabled = false;
    settings.models.classifier = None;
    let files = commands::open(&arguments.reading, &settings)?;
    let crew = commands::read(&files, &settings, &arguments.reading)?;
    let packed = rules::packed(&rules::read(&arguments.rules, &settings)?)?;
    let report = commands::report(&crew, &files, &settings, packed.clone())?;
    let ids = chosen(&report, &arguments.findings)?;
    let findings = findings_of(&report, &ids);
    let mut subjects = Subjects::of(&findings, &settings);
    for claim in subjects.claims(&settings) {
        if let Output::Answers(answers) = crew.run(Job::Ask(claim.ask.clone()), &files)?.0
            && let Some(Answer::Top(found)) = answers.first()
        {
            subjects.verify(&claim, found);
        }
    }
    let by = arguments.by.map_or_else(|| subjects.best(), way);
    let target = arguments.format;
    let fix = export(&findings, &subjects, (target, by));
    let mut told: Vec<String> = fix.notes.clone();
    if let Some(filter) = subjects.filter(by).filter(|_| !fix.text.is_empty() && target.blocks()) {
        let blocked = under(&crew, &files, (&settings, packed), &filter)?;
        let dry_run = DryRun::new(&report, &blocked, &ids);
        told.extend(dry_run.sentences());
        told.extend(dry_run.findings.iter().map(|(id, title, rows)| format!("  {rows} rows of {id}: {title}")));
    }
    for sentence in told {
        writeln!(io::stderr(), "{}", harmless(&sentence))?;
    }
    commands::write(arguments.reading.output.as_deref(), fix.text.as_bytes())?;
    Ok(ExitCode::from(u8::from(fix.text.is_empty())))
}

/// The findings that are asked for; all for none.
fn chosen(report: &Report, asked: &[String]) -> anyhow::Result<Vec<String>> {
    let known: Vec<String> = report.findings.iter().map(|finding| finding.id.clone()).collect();
    if let Some(unknown) = asked.iter().find(|id| !known.contains(id)) {
        bail!("there is no finding {unknown}; there are: {}", known.join(", "));
    }
    Ok(if asked.is_empty() { known } else { asked.to_vec() })
}

/// The report of the rows that a filter lets through beside the settings' own.
fn under(
    crew: &Crew,
    files: &DiskFiles,
    (settings, rules): (&Settings, Vec<u8>),
    filter: &str,
) -> anyhow::Result<Report> {
    let settings = Settings { filter: both(&settings.filter, filter), ..settings.clone() };
    let job = Job::Report { settings: Box::new(settings), inputs: crew.inputs.clone(), rules };
    let Output::Report(report) = crew.run(job, files)?.0 else { bail!("no report came out") };
    Ok(*report)
}

fn way(by: FixBy) -> By {
    match by {
        FixBy::Addresses => By::Addresses,
        FixBy::Paths => By::Paths,
        FixBy::UserAgents => By::UserAgents,
    }
}
