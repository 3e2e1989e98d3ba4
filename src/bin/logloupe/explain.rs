//! `logloupe explain`: which checks a line fired, and which nearly did.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use logloupe::protocol::{Explain, Job, Output, Place};
use logloupe::report::RuleSays;

use crate::terminal::harmless;
use crate::{arguments, commands, rules};

/// Ends with 1 where the line is no row.
pub fn explain(arguments: &arguments::Explain) -> anyhow::Result<ExitCode> {
    let settings = commands::settings(&arguments.reading)?;
    let files = commands::open(&arguments.reading, &settings)?;
    let paths: Vec<String> = files.logs().map(|source| source.path().to_owned()).collect();
    let file = match (&arguments.file, paths.as_slice()) {
        (None, [_]) => Some(0),
        (None, _) => bail!("--file says which of {} files the line is in", paths.len()),
        (Some(name), _) => paths.iter().position(|path| path.ends_with(name.as_str())),
    };
    let Some(file) = file else { bail!("no file is called so; there are: {}", paths.join(", ")) };
    let crew = commands::read(&files, &settings, &arguments.reading)?;
    let explain = Explain {
        rules: rules::packed(&rules::read(&arguments.rules, &settings)?)?,
        settings: Box::new(settings),
        file: file as u32,
        at: Place::Line(arguments.line),
        found: None,
    };
    let Output::Explained(Some(why)) = crew.run(Job::Explain(Box::new(explain)), &files)?.0 else {
        eprintln!("logloupe: line {} is no row of the log", arguments.line);
        return Ok(ExitCode::from(1));
    };
    let mut out = String::new();
    for entry in &why.allowed {
        writeln!(out, "No check sees this row: it is on your allow lists ({}).", harmless(entry))?;
    }
    list(&mut out, "Fired", &why.fired)?;
    list(&mut out, "Nearly fired", &why.nearly)?;
    commands::write(arguments.reading.output.as_deref(), out.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn list(out: &mut String, title: &str, rules: &[RuleSays]) -> std::fmt::Result {
    writeln!(out, "{title}{}", if rules.is_empty() { ": no check" } else { "" })?;
    for rule in rules {
        writeln!(out, "  [{}] {} ({})", rule.severity.as_str(), harmless(&rule.title), harmless(&rule.id))?;
        for sentence in &rule.why {
            writeln!(out, "      {}", harmless(sentence))?;
        }
    }
    Ok(())
}
