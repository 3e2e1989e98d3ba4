//! `logloupe rules`, and the rules that `logloupe analyze` takes: reads Sigma's files and shows what became of each.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use logloupe::protocol::encode;
use logloupe::rules::sigma::ir::{Body, Rule};
use logloupe::rules::sigma::read::Reader;
use logloupe::settings::Settings;

use crate::arguments::{Reading, Rules};
use crate::commands;
use crate::terminal::harmless;

/// The rules of files and folders, in the order of their paths.
pub fn read(paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Vec<Rule>> {
    let mut files = Vec::new();
    for path in paths {
        below(path, true, &mut files)?;
    }
    let mut reader = Reader::new(&settings.sigma_placeholders);
    for path in files {
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        reader.add(&path.display().to_string(), &String::from_utf8_lossy(&bytes));
    }
    Ok(reader.finish())
}

/// The rules of a catalogue, each of the family that its folder is named after.
fn shipped(paths: &[PathBuf]) -> anyhow::Result<Vec<Rule>> {
    let mut files = Vec::new();
    for path in paths {
        below(path, true, &mut files)?;
    }
    let mut reader = Reader::default();
    for path in files {
        let family = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let yaml = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        reader.add_shipped(&family, &path.display().to_string(), &yaml);
    }
    Ok(reader.finish())
}

/// Rules as a job carries them; nothing for none.
pub fn packed(rules: &[Rule]) -> anyhow::Result<Vec<u8>> {
    if rules.is_empty() { Ok(Vec::new()) } else { Ok(encode(&rules)?) }
}

/// `logloupe rules`.
pub fn list(arguments: &Rules) -> anyhow::Result<ExitCode> {
    let reading = Reading { paths: arguments.on.clone(), config: arguments.config.clone(), ..Reading::default() };
    let mut settings = commands::settings(&reading)?;
    if let Some(file) = &arguments.pack {
        fs::write(file, encode(&shipped(&arguments.paths)?)?).with_context(|| file.display().to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rules = read(&arguments.paths, &settings)?;
    let text = if arguments.on.is_empty() {
        as_read(&rules)
    } else {
        settings.models.anomaly.enabled = false;
        let files = commands::open(&reading, &settings)?;
        let crew = commands::read(&files, &settings, &reading)?;
        let report = commands::report(&crew, &files, &settings, packed(&rules)?)?;
        let mut text = String::new();
        let states = [
            ("ran", &report.rules.applied),
            ("not applicable", &report.rules.not_applicable),
            ("not supported", &report.rules.unsupported),
        ];
        for (state, rules) in states {
            let own = rules.iter().filter_map(|rule| Some((rule.id.strip_prefix("sigma.")?, rule)));
            for (id, rule) in own {
                line(&mut text, (id, &rule.title), state, &rule.note);
            }
        }
        text
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn as_read(rules: &[Rule]) -> String {
    let mut text = String::new();
    for rule in rules {
        let (state, note) = match &rule.body {
            Body::Unsupported(why) => ("not supported", why.as_str()),
            Body::Search(_) => ("read", ""),
            Body::Correlation(_) => ("read", "a correlation"),
        };
        line(&mut text, (&rule.id, &rule.title), state, note);
    }
    text
}

/// A rule's line; its words are the author's, and must not steer a terminal.
fn line(out: &mut String, (id, title): (&str, &str), state: &str, note: &str) {
    let note = if note.is_empty() { String::new() } else { format!(": {note}") };
    let _ = writeln!(out, "{}", harmless(&format!("{id:<36}  {state}{note}  ({title})").replace('\n', " ")));
}

/// Rule files below a path; a file that is named itself may have any name.
fn below(path: &Path, is_named: bool, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let shown = || path.display().to_string();
    // Links are not followed: a folder that links to its parent has no end.
    let kind = if is_named { path.metadata() } else { path.symlink_metadata() }.with_context(shown)?;
    if kind.is_dir() {
        let mut entries: Vec<PathBuf> =
            path.read_dir().with_context(shown)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            below(&entry, false, files)?;
        }
    } else if kind.is_file() {
        let is_yaml = path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
        if is_named || is_yaml {
            files.push(path.to_owned());
        }
    }
    Ok(())
}
