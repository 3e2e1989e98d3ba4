//! Real reports, of every sample, have the shape that is published.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[path = "schema/validator.rs"]
mod validator;

/// The published schema.
fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/logloupe.report.v1.schema.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

fn report(paths: &[PathBuf], more: &[&str]) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .args(["report", "--format", "json"])
        .args(more)
        .args(paths)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

fn check(schema: &Value, name: &str, report: &Value) {
    assert_eq!(validator::mistakes(schema, report), [""; 0], "{name}");
}

#[test]
fn reports_of_all_samples_have_the_published_shape() {
    let schema = schema();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = vec![root.join("public/sample/shop-access.log")];
    files(&root.join("tests/cases/samples"), &mut all);
    assert!(all.len() > 30);
    all.sort();
    for path in &all {
        check(&schema, &path.display().to_string(), &report(std::slice::from_ref(path), &[]));
    }
    check(&schema, "all together", &report(&all, &[]));
    check(&schema, "all together, redacted", &report(&all, &["--redact"]));
}

#[test]
fn what_has_another_shape_is_refused() {
    let schema = schema();
    let mut broken = report(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("public/sample/shop-access.log")], &[]);
    check(&schema, "whole", &broken);
    broken["rows"]["total"] = Value::from("many");
    assert_eq!(validator::mistakes(&schema, &broken).len(), 1);
    broken["rows"]["total"] = Value::from(1);
    broken["surprise"] = Value::Null;
    assert_eq!(validator::mistakes(&schema, &broken).len(), 1);
}
