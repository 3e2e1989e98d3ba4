//! A trained model and its figures, as they are shown: each figure beside what it is worth.

use serde_json::Value;

use crate::error::Error;
use crate::models::estimator::EstimatorParams;
use crate::models::evaluation::{Baseline, Evaluation};
use crate::models::frame::Frame;
use crate::models::random_forest::Importance;
use crate::models::saved::SavedModel;
use crate::models::tuning::Candidate;
use crate::models::{
    ClassMetrics, FeatureUnit, Imputation, ReasonKind, Side, Trust as ModelTrust, Verdict as ModelVerdict,
};
use crate::report::{
    ClassReport, Compared, FeaturePart, Figure, Figures, Learnt, LearntInput, Predicted, Simplest, Threshold, Verdict,
};
use crate::schema::FieldName;

use super::anomaly::trust_of;
use super::answers::Evaluated;
use super::features::{feature, of_texts};

/// Features whose importance is shown.
const SHOWN: usize = 30;

/// What is said where no check doubts a figure.
const UNDOUBTED: &str = "no check found a reason to doubt it";

/// A model, as it is shown.
pub fn learnt(model: &SavedModel) -> Learnt {
    let summary = &model.summary;
    let tried = summary.tuning.iter().flat_map(|tuning| &tuning.candidates);
    let tried = tried.map(|candidate| (combination(candidate), candidate.mean, candidate.deviation));
    Learnt {
        model: name_of(&model.params).to_owned(),
        params: params(&model.params),
        label: model.label.as_ref().map(ToString::to_string),
        is_question: model.question.is_some(),
        classes: model.classes.clone(),
        inputs: inputs(model),
        n_rows: summary.n_rows,
        n_train: summary.n_train,
        n_test: summary.n_test,
        split: summary.split.clone(),
        trust: summary.trust.clone().map(trust_of),
        figures: summary.evaluation.as_ref().map(|evaluation| figures(evaluation, summary.trust.as_ref())),
        importances: largest(&summary.importances),
        permutation_importances: largest(&summary.permutation_importances),
        touched: summary.touched.iter().map(|t| (t.step.clone(), t.column.clone(), t.rows)).collect(),
        tried: tried.collect(),
        learning_curve: summary
            .learning_curve
            .iter()
            .map(|point| (point.n_train, point.test_score, point.train_score))
            .collect(),
    }
}

/// What was tried, in words.
pub(super) fn combination(candidate: &Candidate) -> String {
    let of_trees = |trees: usize, depth: Option<u16>, (split, leaf): (usize, usize)| {
        let depth = depth.map_or("any depth".to_owned(), |depth| format!("depth {depth}"));
        format!("{trees} trees, {depth}, {split} rows to split, {leaf} in a leaf")
    };
    let model = match &candidate.params {
        EstimatorParams::RandomForest(p) => {
            of_trees(p.n_estimators, p.max_depth, (p.min_samples_split, p.min_samples_leaf))
        }
        EstimatorParams::GradientBoosting(p) => {
            let trees = of_trees(p.n_estimators, Some(p.max_depth), (p.min_samples_split, p.min_samples_leaf));
            format!("{trees}, steps of {}", p.learning_rate)
        }
        EstimatorParams::LogisticRegression(p) => format!("C {}", p.c),
        EstimatorParams::IsolationForest(p) => format!("{} trees", p.n_estimators),
    };
    let gaps = match candidate.imputation {
        Imputation::Median => "the median".to_owned(),
        Imputation::Mean => "the mean".to_owned(),
        Imputation::MostFrequent => "the most frequent".to_owned(),
        Imputation::Constant(value) => value.to_string(),
    };
    format!("{model}; gaps: {gaps}")
}

/// How a saved model does on rows that it was not trained with.
pub fn compared(evaluated: Evaluated) -> Compared {
    Compared { n_unknown: evaluated.n_unknown, figures: figures(&evaluated.evaluation, None) }
}

/// What a model says of a row of these values, by column. A number that is not given, and can't be computed from the
/// texts that are, is filled in as in training.
///
/// # Errors
/// A value of a column of numbers that is none, what the model refuses.
pub fn predicted(model: &SavedModel, given: &[(String, String)]) -> Result<Predicted, Error> {
    let refused = |error: crate::models::ModelError| Error::Model { message: error.to_string() };
    let said = |name: &str| {
        let found = given.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let mut frame = Frame::new(1);
    for name in &model.numbers {
        let feature = feature(name);
        let value = match said(name.as_str()) {
            Some(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| {
                Error::Setting { name: name.to_string(), message: format!("expected a number, found {text}") }
            })?,
            None => of_texts(name, &said).unwrap_or(f64::NAN),
        };
        frame.add_numbers(feature.name, feature.unit, vec![value]);
    }
    for name in &model.texts {
        frame.add_texts(name.as_str(), [said(name.as_str())].into_iter());
    }
    let matrix = model.prepare(&frame).map_err(refused)?;
    let answer = model.estimator.predict(&matrix).map_err(refused)?;
    let why = model.estimator.explain(matrix.row(0)).map_err(refused)?;
    let names = if model.classes.is_empty() { vec!["score".to_owned()] } else { model.classes.clone() };
    Ok(Predicted {
        verdict: model.verdict(&answer).to_owned(),
        numbers: names.into_iter().zip(answer).collect(),
        because: why.sentence,
        parts: why.contributions.into_iter().filter(|part| part.weight != 0.0).take(SHOWN).map(part).collect(),
    })
}

/// A feature's part in an answer, as it is shown.
pub fn part(part: crate::models::Contribution) -> FeaturePart {
    let side = match part.side {
        Side::Above => "above",
        Side::Below => "below",
        Side::Between => "between",
    };
    FeaturePart { feature: part.feature, shown: part.shown, side: side.to_owned(), weight: part.weight }
}

/// What the unit of a feature's numbers is called; nothing where they have none.
pub fn unit_name(unit: FeatureUnit) -> &'static str {
    match unit {
        FeatureUnit::Count => "",
        FeatureUnit::Bytes => "bytes",
        FeatureUnit::Millis => "milliseconds",
        FeatureUnit::Share => "share",
        FeatureUnit::Flag => "1 for yes, 0 for no",
        FeatureUnit::Code => "code",
    }
}

fn name_of(params: &EstimatorParams) -> &'static str {
    match params {
        EstimatorParams::IsolationForest(_) => "isolation forest",
        EstimatorParams::RandomForest(_) => "random forest",
        EstimatorParams::LogisticRegression(_) => "logistic regression",
        EstimatorParams::GradientBoosting(_) => "gradient boosting",
    }
}

/// The parameters by name, as they stand in the file.
fn params(params: &EstimatorParams) -> Vec<(String, String)> {
    let Ok(Value::Object(outer)) = serde_json::to_value(params) else { return Vec::new() };
    let inner = outer.into_iter().filter_map(|(_, value)| match value {
        Value::Object(inner) => Some(inner),
        _ => None,
    });
    inner.flatten().map(|(name, value)| (name, value.to_string().replace('"', ""))).collect()
}

fn inputs(model: &SavedModel) -> Vec<LearntInput> {
    let number = |name: &FieldName| LearntInput {
        name: name.to_string(),
        unit: unit_name(feature(name).unit).to_owned(),
        fill: model.preparation.fill(name.as_str()),
        ..LearntInput::default()
    };
    let text = |name: &FieldName| LearntInput {
        name: name.to_string(),
        is_text: true,
        known: model.preparation.categories(name.as_str()).to_vec(),
        ..LearntInput::default()
    };
    model.numbers.iter().map(number).chain(model.texts.iter().map(text)).collect()
}

fn largest(importances: &[Importance]) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> = importances.iter().map(|i| (i.feature.clone(), i.weight)).collect();
    crate::units::order::sort_by(&mut all, |a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(SHOWN);
    all
}

fn figures(evaluation: &Evaluation, trust: Option<&ModelTrust>) -> Figures {
    let report = &evaluation.report;
    let interval = |interval: Option<crate::models::comparison::Interval>| interval.map(|i| (i.from, i.to));
    let all = [
        ("accuracy", Some(report.accuracy), interval(evaluation.accuracy_interval), About::Accuracy),
        ("balanced accuracy", Some(report.balanced_accuracy), None, About::Classes),
        ("F1, macro average", Some(report.macro_average.f1), None, About::Classes),
        ("ROC area", evaluation.roc_area, interval(evaluation.roc_area_interval), About::Order),
        ("average precision", evaluation.average_precision, None, About::Classes),
        ("log loss", evaluation.log_loss, None, About::Probabilities),
        ("Brier score", evaluation.brier_score, None, About::Probabilities),
    ];
    let judged = all.into_iter().filter_map(|(name, value, interval, about)| {
        let (verdict, because) = judge(about, interval, evaluation, trust);
        Some(Figure { name: name.to_owned(), value: value?, interval, verdict, because })
    });
    let class = |name: &str, m: &ClassMetrics| ClassReport {
        class: name.to_owned(),
        precision: m.precision,
        recall: m.recall,
        f1: m.f1,
        support: m.support,
    };
    let averages = [("macro average", &report.macro_average), ("weighted average", &report.weighted_average)];
    let classes = report.classes.iter().map(|(name, m)| class(name, m));
    let simplest = [("always the majority", Some(&evaluation.majority)), ("one rule", evaluation.one_rule.as_ref())];
    Figures {
        n_samples: evaluation.n_samples,
        figures: judged.collect(),
        simplest: simplest.into_iter().filter_map(|(name, simple)| Some(beside(name, simple?))).collect(),
        classes: classes.chain(averages.map(|(name, m)| class(name, m))).collect(),
        confusion: evaluation.confusion.clone(),
        roc: evaluation.roc.iter().map(|p| (p.false_positive_rate, p.true_positive_rate)).collect(),
        thresholds: evaluation
            .thresholds
            .iter()
            .map(|p| Threshold { threshold: p.threshold, precision: p.precision, recall: p.recall, called: p.called })
            .collect(),
        calibration: evaluation.calibration.iter().map(|b| (b.predicted, b.observed, b.n_samples)).collect(),
    }
}

fn beside(name: &str, simple: &Baseline) -> Simplest {
    Simplest {
        name: name.to_owned(),
        answer: simple.answer.clone(),
        accuracy: simple.accuracy,
        balanced_accuracy: simple.balanced_accuracy,
        p_value: simple.difference.p_value,
    }
}

/// What a figure is about, and so which checks can doubt it.
#[derive(Clone, Copy, PartialEq)]
enum About {
    /// How many rows are right.
    Accuracy,
    /// How many rows of each class are.
    Classes,
    /// Whether positive rows come before negative ones.
    Order,
    /// Whether probabilities mean what they say.
    Probabilities,
}

/// The gravest of what is said of a figure.
fn judge(
    about: About,
    interval: Option<(f64, f64)>,
    evaluation: &Evaluation,
    trust: Option<&ModelTrust>,
) -> (Verdict, String) {
    if about == About::Order && interval.is_some_and(|(from, _)| from <= 0.5) {
        return (Verdict::Meaningless, "it may as well be 0.5, which is guessing".to_owned());
    }
    let simplest = evaluation.majority.accuracy;
    if trust.is_none() && about == About::Accuracy && evaluation.report.accuracy <= simplest {
        let because = format!("{} is right on {simplest:.3} of the rows too", evaluation.majority.answer);
        return (Verdict::Meaningless, because);
    }
    let concerns = |kind: ReasonKind| match kind {
        ReasonKind::MajorityAsGood | ReasonKind::BaseRate => about == About::Accuracy,
        ReasonKind::FewOfAClass => about != About::Accuracy,
        _ => true,
    };
    let reasons = trust.map_or(&[][..], |trust| &trust.reasons);
    // Reasons come gravest first.
    let gravest = reasons.iter().find(|reason| reason.verdict != ModelVerdict::Trust && concerns(reason.kind));
    let Some(reason) = gravest else { return (Verdict::Trust, UNDOUBTED.to_owned()) };
    let verdict = if reason.verdict == ModelVerdict::Careful { Verdict::Careful } else { Verdict::Meaningless };
    (verdict, reason.sentence.clone())
}
