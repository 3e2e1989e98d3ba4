//! Whether a forecast's alarms are worth having: beside the reasons of any classifier, what plain rules get for less.

use super::error::ModelError;
use super::features::{FeatureMatrix, Imputed};
use super::labels::Labels;
use super::trust::{
    Reason, ReasonKind, Trust, Verdict, constant_features, drift, few_of_a_class, few_rows, many_imputed, one_class,
    one_class_test,
};
use crate::report::types::AlarmFigures;

/// Beginnings of bursts in the test below which the figures hang on single ones.
const FEW_EPISODES: usize = 5;

/// How likely a difference may be by chance before it is no difference.
const CHANCE: f64 = 0.05;

/// What a forecast's figures are judged by.
pub(super) struct ForecastEvidence<'a> {
    /// The intervals it was trained on, and whether a burst followed.
    pub train: (&'a FeatureMatrix, &'a Labels),
    /// The intervals it was tested on.
    pub test: (&'a FeatureMatrix, &'a Labels),
    /// What was filled in before, in all rows.
    pub imputed: &'a [Imputed],
    /// What its alarms are worth, then those of plain rules, the last of which is never to give one.
    pub alarms: &'a [AlarmFigures],
    /// How many times bursts began in the test.
    pub episodes: usize,
}

impl Trust {
    /// What to make of a forecast. A feature that gives the answer alone is no leak here: all features are of before.
    ///
    /// # Errors
    /// None that is known: the shapes are those of one split.
    pub(super) fn of_forecast(evidence: &ForecastEvidence<'_>) -> Result<Self, ModelError> {
        let ((train, train_labels), (test, test_labels)) = (evidence.train, evidence.test);
        test.check_features(train.features())?;
        let mut reasons: Vec<Reason> = one_class(train_labels).into_iter().collect();
        let only_class = one_class_test(test_labels);
        if only_class.is_none() {
            reasons.extend(plain_as_good(evidence.alarms));
            reasons.extend(few_episodes(evidence.episodes));
        }
        reasons.extend(only_class);
        reasons.extend(few_of_a_class(train_labels, test_labels));
        reasons.extend(drift(train, test));
        reasons.extend(few_rows(train.n_samples()));
        reasons.extend(many_imputed(evidence.imputed, train.n_samples() + test.n_samples()));
        reasons.extend(constant_features(train.features(), &train.constants()));
        Ok(Self::new(reasons))
    }
}

/// Whether no alarm at all, or a plain rule, costs as little as the model.
fn plain_as_good(alarms: &[AlarmFigures]) -> Option<Reason> {
    let (model, plain) = alarms.split_first()?;
    let (never, rules) = plain.split_last()?;
    if model.cost >= never.cost {
        let sentence = format!(
            "the model's alarms cost {} in false alarms and misses; never giving one costs {}",
            model.cost, never.cost
        );
        return Some(Reason::new(ReasonKind::MajorityAsGood, Verdict::Meaningless, sentence));
    }
    let best = rules.iter().min_by(|a, b| a.cost.total_cmp(&b.cost))?;
    let costs = format!(
        "the model's alarms cost {} in false alarms and misses, those of the plain rule \"{}\" {}",
        model.cost, best.by, best.cost
    );
    if model.cost >= best.cost {
        let sentence = format!("{costs}: the rule is as good and easier to understand");
        return Some(Reason::new(ReasonKind::RuleAsGood, Verdict::Careful, sentence));
    }
    best.chance.filter(|&chance| chance > CHANCE).map(|_| {
        let sentence = format!("{costs}, and a difference that small may be chance");
        Reason::new(ReasonKind::RuleAsGood, Verdict::Careful, sentence)
    })
}

fn few_episodes(episodes: usize) -> Option<Reason> {
    (episodes < FEW_EPISODES).then(|| {
        let times = if episodes == 1 { "once".to_owned() } else { format!("{episodes} times") };
        let sentence = format!(
            "bursts began only {times} in the intervals of the test: whether the next is foreseen can't be known from so \
             few"
        );
        Reason::new(ReasonKind::FewEpisodes, Verdict::Careful, sentence)
    })
}
