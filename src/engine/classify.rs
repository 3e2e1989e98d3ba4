//! The random forest over the tables: a sample is split, one side teaches, the other side tests.

use crate::models::{
    ClassifierEvidence, ConfusionMatrix, FeatureMatrix, Imputation, Imputed, Labels, ModelError, RandomForestParams,
    Trust as ModelTrust, log_loss, roc_curve, stratified,
};
use crate::report::{ClassReport, Classifier, FeatureUse, Metric, Param, ParamValue, Trust, Verdict};
use crate::settings::ClassifierSettings;
use crate::table::Selection;

use super::PartKind;
use super::anomaly::{left_out, trust_of};
use super::features::feature;
use super::sample::{MAX_SAMPLE, SamplePart, columns_part, sample_part};

/// Features are looked for, or the sample is drawn.
pub fn part(selection: Selection<'_>, settings: &ClassifierSettings) -> PartKind {
    if settings.features.is_empty() {
        return PartKind::Columns(columns_part(selection));
    }
    let size = (MAX_SAMPLE, settings.seed);
    PartKind::Sample(sample_part(selection, &settings.features, Some(&settings.label), size))
}

/// What the forest learned, or the sentence with which it is refused.
pub fn finish(part: SamplePart, settings: &ClassifierSettings) -> Classifier {
    let blank = Classifier { label: settings.label.to_string(), params: params(settings), ..Classifier::default() };
    match learn(part, settings, blank.clone()) {
        Ok(learned) => learned,
        Err(error) => refused(settings, &error.to_string()),
    }
}

/// No result, and the sentence that says why.
pub fn refused(settings: &ClassifierSettings, reason: &str) -> Classifier {
    let trust = Trust { verdict: Verdict::Meaningless, reasons: vec![reason.to_owned()] };
    let blank = Classifier { label: settings.label.to_string(), params: params(settings), ..Classifier::default() };
    Classifier { refused: Some(reason.to_owned()), trust, ..blank }
}

fn learn(part: SamplePart, settings: &ClassifierSettings, blank: Classifier) -> Result<Classifier, ModelError> {
    let rows: Vec<_> = part.into_rows().into_iter().filter(|row| row.label.is_some()).collect();
    let labels = Labels::from_values(settings.label.as_str(), rows.iter().filter_map(|row| row.label.as_deref()));
    let features = settings.features.iter().map(feature).collect();
    let matrix = FeatureMatrix::new(features, rows.iter().flat_map(|row| row.values.iter().copied()).collect())?;
    if let Some(class) = labels.only_class() {
        return Err(ModelError::OneClass {
            label: labels.name().to_owned(),
            class: class.to_owned(),
            n_samples: labels.n_samples(),
        });
    }
    let split = stratified(&labels, settings.test_size, settings.seed)?;
    let (mut train, mut test) = (matrix.select(&split.train), matrix.select(&split.test));
    let (train_labels, test_labels) = (labels.select(&split.train), labels.select(&split.test));
    let imputer = Imputation::Median.fit(&train)?;
    let mut imputed = imputer.apply(&mut train)?;
    add_imputed(&mut imputed, imputer.apply(&mut test)?);

    let forest = RandomForestParams {
        n_estimators: settings.n_estimators as usize,
        max_depth: u16::try_from(settings.max_depth).ok(),
        seed: settings.seed,
        ..RandomForestParams::default()
    };
    let forest = forest.check(train.n_samples(), train.n_features())?.fit(&train, &train_labels)?;
    let proba = forest.predict_proba(&test)?;
    let predicted = forest.predict(&test)?;
    let confusion = ConfusionMatrix::new(forest.classes(), test_labels.codes(), &predicted)?;
    let evidence = ClassifierEvidence {
        train: (&train, &train_labels),
        test: (&test, &test_labels),
        confusion: &confusion,
        imputed: &imputed,
        entities: None,
    };
    let report = confusion.report();
    let metric = |name: &str, value: f64| Metric { name: name.into(), value };
    let mut metrics = vec![
        metric("accuracy", report.accuracy),
        metric("balanced accuracy", report.balanced_accuracy),
        metric("f1, macro average", report.macro_average.f1),
        metric("always the majority", majority(&confusion)),
    ];
    metrics.extend(log_loss(test_labels.codes(), &proba).map(|loss| metric("log loss", loss)));
    metrics.extend(area(&confusion, test_labels.codes(), &proba).map(|area| metric("ROC area", area)));
    let importances = forest.feature_importances();
    let uses = settings.features.iter().map(|name| FeatureUse {
        name: name.to_string(),
        importance: importances.iter().find(|i| i.feature == name.as_str()).map(|i| i.weight),
        imputed: imputed.iter().find(|i| i.name == name.as_str()).map_or(0, |i| i.rows as u64),
        note: forest.left_out().iter().find(|c| c.name == name.as_str()).map(left_out),
    });
    Ok(Classifier {
        features: uses.collect(),
        metrics,
        classes: report
            .classes
            .iter()
            .map(|(class, m)| ClassReport {
                class: class.clone(),
                precision: m.precision,
                recall: m.recall,
                f1: m.f1,
                support: m.support,
            })
            .collect(),
        confusion: confusion.counts.clone(),
        trust: trust_of(ModelTrust::of_classifier(&evidence)?),
        n_train: train.n_samples() as u64,
        n_test: test.n_samples() as u64,
        ..blank
    })
}

fn add_imputed(all: &mut Vec<Imputed>, more: Vec<Imputed>) {
    for next in more {
        match all.iter_mut().find(|known| known.column == next.column) {
            Some(known) => known.rows += next.rows,
            None => all.push(next),
        }
    }
}

fn majority(confusion: &ConfusionMatrix) -> f64 {
    let most = confusion.supports().into_iter().max().unwrap_or(0);
    most as f64 / confusion.n_samples().max(1) as f64
}

/// The area below the ROC curve, for two classes.
fn area(confusion: &ConfusionMatrix, truth: &[u32], proba: &[f64]) -> Option<f64> {
    if confusion.classes.len() != 2 {
        return None;
    }
    let truth: Vec<bool> = truth.iter().map(|&class| class == 1).collect();
    let scores: Vec<f64> = proba.iter().skip(1).step_by(2).copied().collect();
    roc_curve(&truth, &scores).map(|curve| curve.area)
}

fn params(settings: &ClassifierSettings) -> Vec<Param> {
    let param = |name: &str, value: ParamValue| Param { name: name.into(), value };
    vec![
        param("n_estimators", settings.n_estimators.into()),
        param("max_depth", settings.max_depth.into()),
        param("criterion", "squared error on 0/1, the same splits as gini".into()),
        param("test_size", settings.test_size.into()),
        param("seed", settings.seed.into()),
    ]
}
