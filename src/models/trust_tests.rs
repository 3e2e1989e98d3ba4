//! The verdicts of `tests/cases/models/trust.json`: models are trained on rows made as each case says, and judged.

use serde::Deserialize;

use super::features::{Feature, FeatureMatrix, FeatureUnit};
use super::labels::Labels;
use super::metrics::ConfusionMatrix;
use super::random::Random;
use super::random_forest::RandomForestParams;
use super::trust::{ClassifierEvidence, Entities, ReasonKind, Trust, Verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Training rows and test rows.
    rows: [usize; 2],
    /// Uniform features.
    #[serde(default = "two")]
    features: usize,
    /// Further columns: `leak` is the label, `window` is 600 s in every row.
    #[serde(default)]
    columns: Vec<String>,
    label: LabelCase,
    #[serde(default)]
    test: TestCase,
    /// Visitors: `by class` if each has one class, `any` if not.
    #[serde(default)]
    entities: Option<String>,
    verdict: Verdict,
    #[serde(default)]
    reason: Option<ReasonKind>,
    #[serde(default)]
    says: String,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct LabelCase {
    /// Every row has this class.
    only: Option<String>,
    /// Suspicious where the sum of the features is above this, …
    above: f64,
    /// … but this share of the rows has a class that was drawn instead, …
    noise: f64,
    /// … suspicious with this share.
    share: Option<f64>,
    /// The sum is of so many features; of all if left out.
    of: Option<usize>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct TestCase {
    /// Only rows that are normal.
    only: bool,
    /// The share of rows that are copies of training rows.
    copies: f64,
    /// What is added to the first feature.
    shift: f64,
}

fn two() -> usize {
    2
}

/// Rows, whether each is suspicious, and whom it is about.
type Side = (Vec<Vec<f64>>, Vec<bool>, Vec<String>);

fn side(case: &Case, n_samples: usize, random: &mut Random) -> Side {
    let (mut rows, mut truth, mut entities) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..n_samples {
        let row: Vec<f64> = (0..case.features).map(|_| random.unit()).collect();
        let sum: f64 = row.iter().take(case.label.of.unwrap_or(case.features)).sum();
        let is_drawn = random.unit() < case.label.noise * 2.0;
        let drawn = random.unit() < case.label.share.unwrap_or(0.5);
        let suspicious = if is_drawn { drawn } else { sum > case.label.above };
        let visitor = random.below(20) * 2 + u64::from(suspicious && case.entities.as_deref() == Some("by class"));
        rows.push(row);
        truth.push(suspicious);
        entities.push(format!("192.0.2.{visitor}"));
    }
    (rows, truth, entities)
}

fn matrix(case: &Case, (rows, truth, _): &Side) -> FeatureMatrix {
    let mut features: Vec<Feature> =
        (0..case.features).map(|at| Feature::new(format!("f{at}"), FeatureUnit::Count)).collect();
    for name in &case.columns {
        let unit = if name == "window" { FeatureUnit::Millis } else { FeatureUnit::Flag };
        features.push(Feature::new(name.clone(), unit));
    }
    let mut values = Vec::new();
    for (row, truth) in rows.iter().zip(truth) {
        values.extend_from_slice(row);
        values.extend(
            case.columns.iter().map(|name| if name == "window" { 600_000.0 } else { f64::from(u8::from(*truth)) }),
        );
    }
    FeatureMatrix::new(features, values).unwrap()
}

fn judge(case: &Case) -> Trust {
    let mut random = Random::new(case.name.len() as u64);
    let train = side(case, case.rows[0], &mut random);
    if let Some(class) = &case.label.only {
        return Trust::of_label(&Labels::from_values("detection_types", train.0.iter().map(|_| class.as_str())));
    }
    let mut test = side(case, case.rows[1], &mut random);
    for (row, values) in test.0.iter_mut().enumerate() {
        values[0] += case.test.shift;
        if (row as f64) < case.test.copies * case.rows[1] as f64 {
            values.clone_from(&train.0[row]);
        }
    }
    if case.test.only {
        let normal: Vec<usize> = (0..case.rows[1]).filter(|&row| !test.1[row]).collect();
        test.0 = normal.iter().map(|&row| test.0[row].clone()).collect();
        test.1 = vec![false; normal.len()];
        test.2.truncate(normal.len());
    }
    let labels = |flags: &[bool]| Labels::from_flags("verdict", ["normal", "suspicious"], flags);
    let (train_labels, test_labels) = (labels(&train.1), labels(&test.1));
    let (train_rows, test_rows) = (matrix(case, &train), matrix(case, &test));
    let params = RandomForestParams { n_estimators: 20, max_depth: Some(6), min_samples_leaf: 3, ..Default::default() };
    let valid = params.check(train_rows.n_samples(), train_rows.n_features()).unwrap();
    let forest = valid.fit(&train_rows, &train_labels).unwrap();
    let predicted = forest.predict(&test_rows).unwrap();
    let confusion = ConfusionMatrix::new(test_labels.classes(), test_labels.codes(), &predicted).unwrap();
    let train_names: Vec<Option<&str>> = train.2.iter().map(|name| Some(name.as_str())).collect();
    let test_names: Vec<Option<&str>> = test.2.iter().map(|name| Some(name.as_str())).collect();
    let entities = Entities { name: "source.ip", train: &train_names, test: &test_names };
    Trust::of_classifier(&ClassifierEvidence {
        train: (&train_rows, &train_labels),
        test: (&test_rows, &test_labels),
        confusion: &confusion,
        imputed: &[],
        entities: case.entities.is_some().then_some(entities),
    })
    .unwrap()
}

#[test]
fn every_case_has_its_verdict_and_its_reason() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/cases/models/trust.json")).unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let trust = judge(&case);
        let is_there = case.reason.is_none_or(|kind| {
            trust.reasons.iter().any(|reason| reason.kind == kind && reason.sentence.contains(&case.says))
        });
        if trust.verdict != case.verdict || !is_there {
            wrong.push(format!("{}: {trust:#?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
