//! A trained model's figures as lines to read: a name and a text each, the verdict first.

use crate::models::Verdict;
use crate::models::correlation::{Correlation, Correlations};
use crate::models::evaluation::{Baseline, Evaluation};
use crate::models::saved::SavedModel;

use super::answers::Evaluated;
use super::learnt::combination;

/// Features that are named.
const SHOWN: usize = 10;

/// Steps, candidates and reasons that are named.
const SHOWN_STEPS: usize = 20;

/// What came out of a training. **Order**: the verdict and its reasons first.
pub fn of_model(model: &SavedModel) -> Vec<(String, String)> {
    let summary = &model.summary;
    let mut lines = Vec::new();
    if let Some(trust) = &summary.trust {
        let verdict = match trust.verdict {
            Verdict::Trust => "trust",
            Verdict::Careful => "careful",
            Verdict::Meaningless => "meaningless",
        };
        lines.push(line("verdict", verdict));
        lines.extend(trust.reasons.iter().map(|reason| line("  because", &reason.sentence)));
    }
    if let Some(label) = &model.label {
        lines.push(line("label", &format!("{label}: {}", model.classes.join(", "))));
    }
    let rows = format!("{}, of them {} trained and {} tested", summary.n_rows, summary.n_train, summary.n_test);
    lines.push(line("rows", &rows));
    lines.push(line("tested on", &summary.split));
    if let Some(evaluation) = &summary.evaluation {
        lines.extend(of_figures(evaluation));
    }
    for step in summary.touched.iter().take(SHOWN_STEPS) {
        lines.push(line(&step.step, &format!("{}: {} rows", step.column, step.rows)));
    }
    if let Some(tuning) = &summary.tuning {
        for candidate in tuning.candidates.iter().take(SHOWN_STEPS) {
            let text = format!("{:.4} ± {:.4}: {}", candidate.mean, candidate.deviation, combination(candidate));
            lines.push(line("tried", &text));
        }
    }
    for point in &summary.learning_curve {
        let interval = point.interval.map(|i| format!(" ({:.4} to {:.4} in 95 of 100 draws)", i.from, i.to));
        let text = format!(
            "{} rows: {:.4} balanced accuracy on the test{}, {:.4} on these rows themselves",
            point.n_train,
            point.test_score,
            interval.unwrap_or_default(),
            point.train_score
        );
        lines.push(line("learnt from", &text));
    }
    for importance in summary.permutation_importances.iter().take(SHOWN) {
        lines.push(line("lost without", &format!("{}: {:.4}", importance.feature, importance.weight)));
    }
    lines
}

/// How good a saved model's answers are.
pub fn of_evaluation(evaluated: &Evaluated) -> Vec<(String, String)> {
    let mut lines = vec![line("label", &evaluated.label)];
    if evaluated.n_unknown > 0 {
        lines.push(line("left out", &format!("{} rows without a class that the model knows", evaluated.n_unknown)));
    }
    lines.extend(of_figures(&evaluated.evaluation));
    lines
}

/// What goes together.
pub fn of_correlations(found: &Correlations) -> Vec<(String, String)> {
    let lists = [
        ("more with more", &found.positive),
        ("more with less", &found.negative),
        ("by rank", &found.by_rank),
        ("categories", &found.categories),
    ];
    let text = |pair: &Correlation| format!("{:+.4}  {} and {} ({} rows)", pair.value, pair.a, pair.b, pair.n_samples);
    lists.iter().flat_map(|(name, pairs)| pairs.iter().map(move |pair| line(name, &text(pair)))).collect()
}

fn of_figures(evaluation: &Evaluation) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut number = |name: &str, value: Option<f64>, interval: Option<crate::models::comparison::Interval>| {
        if let Some(value) = value {
            let interval = interval.map(|i| format!(" ({:.4} to {:.4} in 95 of 100 draws)", i.from, i.to));
            lines.push(line(name, &format!("{value:.4}{}", interval.unwrap_or_default())));
        }
    };
    number("accuracy", Some(evaluation.report.accuracy), evaluation.accuracy_interval);
    number("balanced accuracy", Some(evaluation.report.balanced_accuracy), None);
    number("ROC area", evaluation.roc_area, evaluation.roc_area_interval);
    number("average precision", evaluation.average_precision, None);
    number("log loss", evaluation.log_loss, None);
    number("Brier score", evaluation.brier_score, None);
    lines.push(beside("always the majority", &evaluation.majority));
    lines.extend(evaluation.one_rule.iter().map(|rule| beside("one rule", rule)));
    for (class, m) in &evaluation.report.classes {
        let text = format!("{:.4} precision, {:.4} recall, {:.4} F1, {} rows", m.precision, m.recall, m.f1, m.support);
        lines.push(line(class, &text));
    }
    lines
}

fn beside(name: &str, baseline: &Baseline) -> (String, String) {
    let text = format!(
        "{:.4} accuracy, {:.4} balanced ({}); a difference that large by chance: {:.4}",
        baseline.accuracy, baseline.balanced_accuracy, baseline.answer, baseline.difference.p_value
    );
    line(name, &text)
}

fn line(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}
