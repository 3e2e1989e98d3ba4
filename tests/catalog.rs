//! Every shipped rule against requests that it must match and near ones that it must not.
//!
//! Cases are data: `tests/cases/rules/catalog/*.json`, a file for each family of rules. A row is a request target, or an
//! object of fields. Each row is a log of its own, so that only what stands in it decides.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use logloupe::rules::sigma::shipped;
use logloupe::rules::{attacks, run};
use logloupe::schema::{ColumnSpec, Field, FieldName, Record, Value};
use logloupe::settings::Settings;
use logloupe::table::{Builder, Partial, RowSet, Selection, Shard, Store};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    rule: String,
    must: Vec<Row>,
    must_not: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Target(String),
    Fields(Map<String, Json>),
}

impl Row {
    fn fields(&self) -> Vec<(FieldName, Json)> {
        match self {
            Self::Fields(fields) => fields.iter().map(|(name, value)| (FieldName::new(name), value.clone())).collect(),
            Self::Target(target) => {
                let (path, query) = target.split_once('?').unwrap_or((target, ""));
                let mut fields = vec![(Field::UrlPath.into(), Json::from(path))];
                fields.extend((!query.is_empty()).then(|| (Field::UrlQuery.into(), Json::from(query))));
                fields
            }
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Target(target) => target.clone(),
            Self::Fields(fields) => Json::from(fields.clone()).to_string(),
        }
    }
}

/// The rules that find a row of an access log.
fn found(row: &Row) -> BTreeSet<String> {
    let fields = row.fields();
    let kind = |name: &FieldName| name.ecs().unwrap().kind();
    let specs: Vec<ColumnSpec> =
        fields.iter().map(|(name, _)| ColumnSpec { name: name.clone(), kind: kind(name) }).collect();
    let mut store = Store::new(0);
    let constants = [(Field::EventDataset, "access")];
    let mut builder = Builder::new(&specs, &constants, &mut store.dictionaries);
    let mut record = Record::new(specs.len());
    for (column, (_, value)) in fields.iter().enumerate() {
        let value = match value {
            Json::String(text) => Value::Text(text.as_bytes()),
            number => Value::Integer(number.as_i64().unwrap()),
        };
        record.set(column, value);
    }
    builder.push(&record, (0, 99, 1), &mut store.dictionaries);
    store.shards.push(Shard { file: 0, range_start: 0, lines_before: 0, table: builder.take() });
    let rows = [RowSet::all(1)];
    let checked = run(Selection { store: &store, rows: &rows }, &Settings::default(), &[]).finish();
    checked.findings.iter().map(|found| found.finding.id.clone()).collect()
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/rules/catalog");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| -> Vec<Case> {
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    paths.iter().flat_map(read).collect()
}

#[test]
fn every_rule_matches_what_it_must_and_nothing_near_it() {
    let mut failures = Vec::new();
    for case in cases() {
        for (rows, is_wanted) in [(&case.must, true), (&case.must_not, false)] {
            for row in rows.iter().filter(|row| found(row).contains(&case.rule) != is_wanted) {
                let word = if is_wanted { "does not match" } else { "matches" };
                failures.push(format!("{} {word} {}", case.rule, row.shown()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_has_cases_of_both_kinds() {
    let cases = cases();
    let has = |id: &str| cases.iter().any(|case| case.rule == id && case.must.len() > 1 && case.must_not.len() > 1);
    let lacking: Vec<&str> = shipped().iter().map(|rule| rule.id.as_str()).filter(|id| !has(id)).collect();
    assert!(lacking.is_empty(), "fewer than two cases that must match, or that must not: {}", lacking.join(", "));
    let is_shipped = |case: &&Case| shipped().iter().any(|rule| rule.id == case.rule);
    let unknown: Vec<&str> = cases.iter().filter(|case| !is_shipped(case)).map(|case| case.rule.as_str()).collect();
    assert!(unknown.is_empty(), "cases of no rule: {}", unknown.join(", "));
}

#[test]
fn the_packed_attacks_are_the_requests_that_rules_must_match() {
    let shown = |mut fields: Vec<(FieldName, String)>| {
        fields.sort();
        format!("{fields:?}")
    };
    let text = |value: Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let planted: BTreeSet<String> = attacks().into_iter().map(|attack| shown(attack.fields)).collect();
    let wanted = cases().into_iter().flat_map(|case| case.must).map(|row| row.fields());
    let wanted =
        wanted.filter(|fields| fields.iter().any(|(name, value)| *name == Field::UrlPath.into() && value != ""));
    let wanted = wanted.map(|fields| shown(fields.into_iter().map(|(name, value)| (name, text(value))).collect()));
    let wanted: BTreeSet<String> = wanted.collect();
    let lacking: Vec<&String> = wanted.symmetric_difference(&planted).collect();
    assert!(
        lacking.is_empty(),
        "not packed, run `make rules`: {}",
        lacking.iter().map(|fields| fields.as_str()).collect::<Vec<_>>().join("\n")
    );
}
