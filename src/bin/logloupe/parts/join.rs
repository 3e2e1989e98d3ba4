//! Parts put together: one number for each file, whatever the order of the parts, and every engine's rows under it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use logloupe::engine::Engine;
use logloupe::protocol::Renumbered;
use logloupe::report::Archive;
use logloupe::settings::Settings;
use logloupe::source::expansion::Expansion;
use rayon::prelude::*;
use serde_json::Value;

use super::file::{GivenFile, Log, Part};
use crate::crew::Crew;
use crate::disk::{Absent, DiskFiles, LogFile, path_order};
use crate::terminal::harmless;

/// How many files that are not here are named.
const NAMED: usize = 5;

/// A part, and the name of its file.
pub struct Named {
    name: String,
    part: Part,
}

/// How files are opened again.
pub struct Opening<'a> {
    /// What may expand how far.
    pub limits: Expansion,
    /// The password of encrypted archives.
    pub password: Option<&'a str>,
    /// Whether files may be out of reach.
    pub without_lines: bool,
}

/// The parts in these files.
pub fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Named>> {
    let one = |path: &PathBuf| {
        let name = path.display().to_string();
        let bytes = fs::read(path).with_context(|| name.clone())?;
        let part = Part::from_bytes(&bytes).with_context(|| name.clone())?;
        Ok(Named { name, part })
    };
    let parts: anyhow::Result<Vec<Named>> = paths.par_iter().map(one).collect();
    let parts = parts?;
    refuse_twice(&parts)?;
    Ok(parts)
}

/// The settings of all parts.
pub fn settings(parts: &[Named]) -> anyhow::Result<Settings> {
    let Some(first) = parts.first() else { bail!("no part was named") };
    for other in parts {
        if other.part.settings != first.part.settings {
            let [a, b] = [first, other].map(|named| serde_json::from_str(&named.part.settings).unwrap_or(Value::Null));
            let (name, a, b) = difference(&a, &b).unwrap_or_default();
            let (in_first, in_other) = (&first.name, &other.name);
            bail!("setting {name} is {a} in {in_first} and {b} in {in_other}: map all files under the same settings");
        }
    }
    serde_json::from_str(&first.part.settings).with_context(|| first.name.clone())
}

/// The crew that one reading of all the files would have left, its files, and the archives among them.
pub fn join(mut parts: Vec<Named>, opening: &Opening<'_>) -> anyhow::Result<(Crew, DiskFiles, Vec<Archive>)> {
    let mut opened = open(&mut parts, opening)?;
    let mut order: Vec<(usize, usize)> =
        parts.iter().enumerate().flat_map(|(at, named)| (0..named.part.logs.len()).map(move |log| (at, log))).collect();
    order.sort_by(|&a, &b| log_order(&parts, a, b));
    let (mut logs, mut inputs) = (Vec::new(), Vec::new());
    let mut numbers: Vec<Vec<Renumbered>> = parts.iter().map(|_| Vec::new()).collect();
    for (to, &(at, from)) in order.iter().enumerate() {
        numbers[at].push(Renumbered { from: from as u32, to: to as u32 });
        let Log { path, given, input } = &parts[at].part.logs[from];
        let here = opened.get_mut(&(at, *given)).and_then(|here| {
            let place = here.iter().position(|log| log.source().path() == path)?;
            Some(here.remove(place))
        });
        logs.push(here.unwrap_or_else(|| LogFile::Absent(Absent(input.path.clone()))));
        inputs.push(input.clone());
    }
    let mut archives: Vec<(usize, u32, Archive)> = Vec::new();
    for (at, named) in parts.iter_mut().enumerate() {
        archives.extend(named.part.archives.drain(..).map(|(archive, given)| (at, given, archive)));
    }
    archives.sort_by(|a, b| given_order(given_of(&parts, (a.0, a.1)), given_of(&parts, (b.0, b.1))));
    let packed: Vec<(String, Vec<u8>, &[Renumbered])> = parts
        .into_iter()
        .zip(&numbers)
        .flat_map(|(named, numbers)| {
            named.part.engines.into_iter().map(move |engine| (named.name.clone(), engine, numbers.as_slice()))
        })
        .collect();
    let engines: anyhow::Result<Vec<Engine>> = packed
        .into_par_iter()
        .enumerate()
        .map(|(seed, (name, bytes, numbers))| {
            let mut engine = Engine::from_bytes(&bytes, seed as u64).context(name)?;
            engine.renumber(numbers);
            Ok(engine)
        })
        .collect();
    let archives = archives.into_iter().map(|(.., archive)| archive).collect();
    Ok((Crew::of(engines?, inputs), DiskFiles::read_before(logs), archives))
}

/// The logs of every given file that is here, by part and place among the given.
type Opened = BTreeMap<(usize, u32), Vec<LogFile>>;

fn open(parts: &mut [Named], opening: &Opening<'_>) -> anyhow::Result<Opened> {
    let mut opened = Opened::new();
    let mut missing = Vec::new();
    for (at, named) in parts.iter_mut().enumerate() {
        let Part { given, logs, .. } = &mut named.part;
        for (number, file) in (0..).zip(given) {
            let mut wanted: Vec<&str> =
                logs.iter().filter(|log| log.given == number).map(|log| log.path.as_str()).collect();
            let here = file.reachable().map(|found| DiskFiles::of(vec![found], opening.limits, opening.password));
            let here: Vec<LogFile> = match here.transpose()? {
                Some(files) => files.into_logs().collect(),
                None => Vec::new(),
            };
            let mut found: Vec<&str> = here.iter().map(|log| log.source().path()).collect();
            wanted.sort_unstable();
            found.sort_unstable();
            if wanted == found {
                opened.insert((at, number), here);
            } else {
                missing.push(file.place.clone().unwrap_or_else(|| file.shown.clone()));
            }
        }
    }
    if !missing.is_empty() && !opening.without_lines {
        let more = missing.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        missing.truncate(NAMED);
        bail!(
            "not here as they were mapped, or encrypted without --password: {}{more}. The report shows lines of the files: bring them there, map --with-files, or reduce --without-lines",
            harmless(&missing.join(", "))
        );
    }
    Ok(opened)
}

/// A part that is named twice would count its rows twice.
fn refuse_twice(parts: &[Named]) -> anyhow::Result<()> {
    let mut seen: BTreeMap<(&str, &str), &Named> = BTreeMap::new();
    for named in parts {
        for file in named.part.given.iter().filter(|file| file.size_bytes > Some(0)) {
            let (Some(place), Some(sha256)) = (&file.place, &file.sha256) else { continue };
            if let Some(other) = seen.insert((place, sha256), named)
                && !std::ptr::eq(other, named)
            {
                bail!("{} is in {} and in {}", harmless(place), other.name, named.name);
            }
        }
    }
    Ok(())
}

/// As `logloupe analyze` orders the same files; what it would take for the same file twice is ordered by its hash.
fn log_order(parts: &[Named], a: (usize, usize), b: (usize, usize)) -> Ordering {
    let [log_a, log_b] = [a, b].map(|(at, log)| &parts[at].part.logs[log]);
    path_order(&log_a.path, &log_b.path)
        .then_with(|| given_order(given_of(parts, (a.0, log_a.given)), given_of(parts, (b.0, log_b.given))))
        .then_with(|| a.1.cmp(&b.1))
}

fn given_order(a: Option<&GivenFile>, b: Option<&GivenFile>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else { return a.is_some().cmp(&b.is_some()) };
    path_order(&a.shown, &b.shown).then_with(|| (&a.place, &a.sha256).cmp(&(&b.place, &b.sha256)))
}

fn given_of(parts: &[Named], (at, given): (usize, u32)) -> Option<&GivenFile> {
    parts.get(at)?.part.given.get(given as usize)
}

/// The first setting in which two differ, by its name, with both values.
fn difference(a: &Value, b: &Value) -> Option<(String, Value, Value)> {
    let (Value::Object(in_a), Value::Object(in_b)) = (a, b) else {
        return (a != b).then(|| (String::new(), a.clone(), b.clone()));
    };
    in_a.keys().chain(in_b.keys()).find_map(|name| {
        let [a, b] = [in_a, in_b].map(|map| map.get(name).unwrap_or(&Value::Null));
        let (below, a, b) = difference(a, b)?;
        Some((if below.is_empty() { name.clone() } else { format!("{name}.{below}") }, a, b))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_setting_that_differs_is_named() {
        let check = |a: Value, b: Value, expected: Option<&str>| {
            let found = difference(&a, &b).map(|(name, a, b)| format!("{name} {a} {b}"));
            assert_eq!(found.as_deref(), expected);
        };
        check(json!({"a": {"b": 1}}), json!({"a": {"b": 1}}), None);
        check(json!({"a": {"b": [1]}, "c": 2}), json!({"a": {"b": [2]}, "c": 3}), Some("a.b [1] [2]"));
        check(json!({"a": {}}), json!({"a": {"*": "x"}}), Some("a.* null \"x\""));
    }
}
