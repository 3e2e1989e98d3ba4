//! `logloupe rules`, and the rules that `logloupe analyze` takes: reads Sigma's files and shows what became of each, and on
//! logs how many rows it found and how long it took.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use logloupe::protocol::encode;
use logloupe::rules::sigma::ir::{Body, Rule};
use logloupe::rules::sigma::read::Reader;
use logloupe::settings::Settings;
use logloupe::source::expansion::Expansion;

use crate::arguments::{Reading, Rules};
use crate::commands;
use crate::disk::collect;
use crate::terminal::harmless;

/// The largest file of rules.
const FILE_BYTES: u64 = 1 << 20;

/// The rules of files, folders and archives, in the order of their paths. Below a folder and in an archive only YAML files
/// are rules; a file that is named itself may have any name.
pub fn read(paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Vec<Rule>> {
    let mut reader = Reader::new(&settings.sigma_placeholders);
    each(paths, settings, |path, yaml| reader.add(path, yaml))?;
    Ok(reader.finish())
}

/// The rules of files that are texts already, each with its path.
pub fn of_texts(texts: &[(String, String)], settings: &Settings) -> Vec<Rule> {
    let mut reader = Reader::new(&settings.sigma_placeholders);
    texts.iter().for_each(|(path, yaml)| reader.add(path, yaml));
    reader.finish()
}

/// The rules of a catalogue, each of the family that its folder is named after.
fn shipped(paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Vec<Rule>> {
    let mut reader = Reader::default();
    each(paths, settings, |path, yaml| reader.add_shipped(path.rsplit('/').nth(1).unwrap_or_default(), path, yaml))?;
    Ok(reader.finish())
}

/// Gives the path and the text of each file of rules to `take`.
fn each(paths: &[PathBuf], settings: &Settings, mut take: impl FnMut(&str, &str)) -> anyhow::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    let files = collect(paths, Expansion::of(settings.unlimited), None)?;
    for file in files.logs() {
        let path = file.path();
        if path.contains('/') && ![".yml", ".yaml"].iter().any(|ending| path.to_ascii_lowercase().ends_with(ending)) {
            continue;
        }
        let mut bytes = Vec::new();
        file.open(0)?.take(FILE_BYTES + 1).read_to_end(&mut bytes).with_context(|| path.to_owned())?;
        if bytes.len() as u64 > FILE_BYTES {
            bail!("{path}: a file of rules has at most {FILE_BYTES} bytes");
        }
        take(path, &String::from_utf8_lossy(&bytes));
    }
    Ok(())
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
        fs::write(file, encode(&shipped(&arguments.paths, &settings)?)?).with_context(|| file.display().to_string())?;
        return Ok(ExitCode::SUCCESS);
    }
    let rules = read(&arguments.paths, &settings)?;
    let text = if arguments.on.is_empty() {
        as_read(&rules)
    } else {
        settings.models.anomaly.enabled = false;
        let files = commands::open(&reading, &settings)?;
        let crew = commands::read(&files, &settings, &reading)?;
        let (report, mut times) = commands::timed(&crew, &files, &settings, packed(&rules)?)?;
        let mut text = String::new();
        let states = [
            ("ran", &report.rules.applied),
            ("not applicable", &report.rules.not_applicable),
            ("not supported", &report.rules.unsupported),
        ];
        for (state, rules) in states {
            for rule in rules {
                let spent = times.remove(&rule.id);
                let id = match rule.id.strip_prefix("sigma.") {
                    Some(own) => own,
                    // Where rules are named, only those are asked for.
                    None if arguments.paths.is_empty() => rule.id.as_str(),
                    None => continue,
                };
                let spent = spent.map_or_else(String::new, |spent| format!(", {}", milliseconds(spent)));
                line(&mut text, (id, &rule.title), state, &format!("{}{spent}", rule.note));
            }
        }
        for (what, spent) in times {
            let _ = writeln!(text, "{:>12}  {}", milliseconds(spent), harmless(&what));
        }
        text
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// `1.25 ms`.
fn milliseconds(nanoseconds: u64) -> String {
    format!("{:.2} ms", nanoseconds as f64 / 1e6)
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
