//! The shipped Sigma rules: every file says what it must, no two rules have one name, and the pack is what the files say.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use logloupe::protocol::encode;
use logloupe::rules::checks;
use logloupe::rules::sigma::ir::{Body, Rule};
use logloupe::rules::sigma::read::Reader;
use logloupe::rules::sigma::shipped;
use serde::Deserialize;
use yaml_serde::Value;

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules/catalog")
}

/// Family, path and text of every file.
///
/// **Order**: by path.
fn files() -> Vec<(String, String, String)> {
    let below = |folder: &Path| {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let files = below(&catalogue()).into_iter().filter(|path| path.is_dir()).flat_map(|folder| {
        let family = folder.file_name().unwrap().to_string_lossy().into_owned();
        below(&folder).into_iter().map(move |path| (family.clone(), path))
    });
    let read =
        |(family, path): (String, PathBuf)| (family, path.display().to_string(), fs::read_to_string(&path).unwrap());
    files.map(read).collect()
}

fn read() -> Vec<Rule> {
    let mut reader = Reader::default();
    files().iter().for_each(|(family, path, yaml)| reader.add_shipped(family, path, yaml));
    reader.finish()
}

#[test]
fn every_file_says_what_a_person_needs() {
    const WANTED: [&str; 10] =
        ["title", "id", "name", "status", "description", "references", "falsepositives", "level", "tags", "logsource"];
    let mut failures = Vec::new();
    let mut known = BTreeSet::new();
    for (family, path, yaml) in files() {
        if Path::new(&path).extension().is_none_or(|ending| ending != "yml") {
            failures.push(format!("{path}: no rule file"));
        }
        for document in yaml_serde::Deserializer::from_str(&yaml) {
            let value = Value::deserialize(document).unwrap_or_else(|error| panic!("{path}: {error}"));
            let is_correlation = value.get("correlation").is_some();
            for key in WANTED {
                let is_there = match value.get(key) {
                    Some(Value::String(text)) => !text.trim().is_empty(),
                    Some(Value::Sequence(list)) => !list.is_empty(),
                    Some(Value::Mapping(map)) => !map.is_empty(),
                    _ => false,
                };
                if !(is_there || is_correlation && key == "logsource") {
                    failures.push(format!("{path}: no {key}"));
                }
            }
            for key in ["id", "name"] {
                let text = value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                if !known.insert(text.clone()) {
                    failures.push(format!("{path}: the {key} {text} is used twice"));
                }
            }
        }
        let steps = fs::read_to_string(catalogue().join("next_steps.txt")).unwrap();
        if !steps.lines().any(|line| line.starts_with(&format!("{family}: ")) && line.ends_with('.')) {
            failures.push(format!("{path}: next_steps.txt has no line for {family}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_can_run_and_has_a_name_of_its_own() {
    let mut ids: BTreeSet<String> = checks().iter().map(|check| check.id.to_owned()).collect();
    for rule in read() {
        assert!(!matches!(rule.body, Body::Unsupported(_)), "{}: {:?}", rule.id, rule.body);
        assert!(rule.id.contains('.') && ids.insert(rule.id.clone()), "{}: no name of its own", rule.id);
    }
}

#[test]
fn the_pack_is_what_the_files_say() {
    let packed = fs::read(catalogue().join("shipped.rules")).unwrap();
    let rules = read();
    assert!(packed == encode(&rules).unwrap() && shipped() == rules, "`make rules` packs them again");
}
