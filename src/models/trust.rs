//! Whether a model's figures mean anything: a verdict and one plain sentence for each reason.
//!
//! A model that was trained always has figures, and they are often good for a bad reason: nearly all rows are of one
//! class, the label was made from a feature that the model sees, the test holds the same rows as the training. The
//! figures can't say so themselves; the checks here can, because they look at the rows beside the figures. Each check
//! is one function that returns a reason or nothing; the verdict is the gravest of them.
//!
//! A model can still be wrong in ways that no check sees: a verdict of *trust* means that nothing was found.

use crate::units::order;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::features::{ConstantFeature, Feature, FeatureMatrix, FeatureUnit, Imputed};
use super::isolation_forest::{Contamination, IsolationForest};
use super::labels::Labels;
use super::metrics::ConfusionMatrix;

/// Rows of a class in the test below which its figures hang on single rows.
const FEW_OF_A_CLASS: u64 = 10;

/// Classes with few rows that get a sentence each; more get one together.
const MANY_CLASSES: usize = 3;

/// Rows below which a model is hardly better than looking at them.
const FEW_ROWS: usize = 50;

/// The share of test rows that may also be training rows.
const MANY_DUPLICATES: f64 = 0.05;

/// The share of a feature's values that may be filled in.
const MANY_IMPUTED: f64 = 0.2;

/// The balanced accuracy at which a rule on one feature is nearly the label itself.
const NEARLY_THE_LABEL: f64 = 0.99;

/// Standard errors that a gain over the simplest answer must have: chance alone gives two in 1 of 20 cases.
const SURE_GAIN: f64 = 2.0;

/// The anomaly score (sign turned) from which a row stands apart: the paper draws potential anomalies from 0.6 on, and
/// says that where all rows are near 0.5 there is none.
const STANDS_APART: f64 = -0.6;

/// The share of the test below which a class is so rare that accuracy hides it.
const RARE: f64 = 0.01;

/// How well the entity alone must tell the class before a model that knows the entity is suspected of it.
const TOLD_BY_ENTITY: f64 = 0.9;

/// The distance between two distributions (Kolmogorov and Smirnov's) that is more than a change of the weather.
const DRIFTED: f64 = 0.25;

/// What to make of a model's figures. **Order**: from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No reason to doubt them was found.
    Trust,
    /// They may be right, but not as they stand: read the reasons.
    Careful,
    /// They say nothing about the question.
    Meaningless,
}

/// A verdict and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// The gravest verdict of the reasons.
    pub verdict: Verdict,
    /// **Order**: gravest first, then in the order of the checks.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which check found it.
    pub kind: ReasonKind,
    /// What it alone would make of the figures; *trust* for a remark.
    pub verdict: Verdict,
    /// One sentence for someone who is not technical, in lower case and without a full stop.
    pub sentence: String,
}

/// The checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// All rows have one class: nothing was trained.
    OneClass,
    /// All rows of the test have one class.
    OneClassTest,
    /// The most frequent class as the only answer is right as often, or nearly.
    MajorityAsGood,
    /// One feature alone gives the class.
    Leakage,
    /// Not a single mistake.
    Faultless,
    /// A class has too few rows in the test.
    FewOfAClass,
    /// A class is so rare that accuracy hides it.
    BaseRate,
    /// Rows of the test are also training rows.
    Duplicates,
    /// Those who are tested were also learnt, and who it is tells the class.
    SameEntities,
    /// The test has other values than the training rows.
    Drift,
    /// The number of anomalies follows from a share that someone chose.
    ChosenShare,
    /// Rows share the score at which the list of anomalies ends.
    TiedScores,
    /// No row stands far apart from the others.
    NothingApart,
    /// There are few rows.
    FewRows,
    /// Many values of a feature were missing and filled in.
    Imputed,
    /// Features with one value in all rows.
    ConstantFeatures,
    /// Rare classes that were joined into one.
    JoinedClasses,
    /// A plain rule costs no more than the model's alarms.
    RuleAsGood,
    /// What is forecast began too few times in the test.
    FewEpisodes,
}

/// What a classifier's figures are judged by.
#[derive(Debug, Clone, Copy)]
pub struct ClassifierEvidence<'a> {
    /// The rows it was trained on, as the model saw them, and their labels.
    pub train: (&'a FeatureMatrix, &'a Labels),
    /// The rows it was tested on and their labels.
    pub test: (&'a FeatureMatrix, &'a Labels),
    /// Its answers on the test.
    pub confusion: &'a ConfusionMatrix,
    /// What was filled in before, in all rows.
    pub imputed: &'a [Imputed],
    /// Whom the rows of both sides are about, such as a source address, where that is known.
    pub entities: Option<Entities<'a>>,
}

/// Whom rows are about.
#[derive(Debug, Clone, Copy)]
pub struct Entities<'a> {
    /// What they are: the column's name.
    pub name: &'a str,
    /// **Shape**: one a training row.
    pub train: &'a [Option<&'a str>],
    /// **Shape**: one a test row.
    pub test: &'a [Option<&'a str>],
}

/// What an isolation forest's list is judged by.
#[derive(Debug, Clone, Copy)]
pub struct AnomalyEvidence<'a> {
    /// The forest.
    pub forest: &'a IsolationForest,
    /// The scores of all rows that were judged.
    pub scores: &'a [f64],
    /// What was filled in before, in all rows.
    pub imputed: &'a [Imputed],
}

impl Trust {
    /// The verdict of `reasons`: the gravest of theirs, *trust* if there is none.
    pub fn new(mut reasons: Vec<Reason>) -> Self {
        order::sort_by_key(&mut reasons, |reason| std::cmp::Reverse(reason.verdict));
        let verdict = reasons.first().map_or(Verdict::Trust, |reason| reason.verdict);
        Self { verdict, reasons }
    }

    /// What to say of a label before anything is trained: *meaningless* if all rows have one class.
    pub fn of_label(labels: &Labels) -> Self {
        Self::new(one_class(labels).into_iter().chain(joined_classes(labels)).collect())
    }

    /// What to make of a classifier's figures.
    ///
    /// **Cost**: a sort of all rows for each feature, and one of the training rows.
    ///
    /// # Errors
    /// Labels or answers that do not belong to the rows.
    pub fn of_classifier(evidence: &ClassifierEvidence<'_>) -> Result<Self, ModelError> {
        let ((train, train_labels), (test, test_labels)) = (evidence.train, evidence.test);
        let shape = |what, expected, found| {
            if expected == found { Ok(()) } else { Err(ModelError::Shape { what, expected, found }) }
        };
        test.check_features(train.features())?;
        shape("labels of training rows", train.n_samples(), train_labels.n_samples())?;
        shape("labels of test rows", test.n_samples(), test_labels.n_samples())?;
        shape("answers", test.n_samples(), evidence.confusion.n_samples() as usize)?;
        shape("classes", train_labels.classes().len(), test_labels.classes().len())?;

        let mut reasons = Vec::new();
        reasons.extend(one_class(train_labels));
        let only_class = one_class_test(test_labels);
        if only_class.is_none() {
            reasons.extend(majority_as_good(evidence.confusion));
        }
        reasons.extend(only_class);
        let leaks = leakage(evidence);
        if leaks.is_empty() {
            reasons.extend(faultless(evidence.confusion));
        }
        reasons.extend(leaks);
        reasons.extend(few_of_a_class(train_labels, test_labels));
        reasons.extend(base_rate(test_labels));
        reasons.extend(duplicates(train, test));
        reasons.extend(evidence.entities.and_then(|entities| same_entities(entities, train_labels, test_labels)));
        reasons.extend(drift(train, test));
        reasons.extend(few_rows(train.n_samples()));
        reasons.extend(many_imputed(evidence.imputed, train.n_samples() + test.n_samples()));
        reasons.extend(constant_features(train.features(), &train.constants()));
        reasons.extend(joined_classes(train_labels));
        Ok(Self::new(reasons))
    }

    /// What to make of a list of anomalies.
    ///
    /// **Cost**: two passes over the scores.
    pub fn of_anomalies(evidence: &AnomalyEvidence<'_>) -> Self {
        let AnomalyEvidence { forest, scores, imputed } = *evidence;
        let mut reasons = Vec::new();
        reasons.extend(tied_scores(forest, scores));
        reasons.push(chosen_share(forest));
        reasons.extend(nothing_apart(scores));
        reasons.extend(few_rows(forest.n_samples()));
        reasons.extend(many_imputed(imputed, scores.len()));
        reasons.extend(constant_features(forest.features(), forest.left_out()));
        Self::new(reasons)
    }
}

impl Reason {
    pub(super) fn new(kind: ReasonKind, verdict: Verdict, sentence: String) -> Self {
        Self { kind, verdict, sentence }
    }
}

pub(super) fn one_class(labels: &Labels) -> Option<Reason> {
    let class = labels.only_class()?;
    let sentence = format!(
        "all {} rows have {} = \"{class}\": with a single class there is nothing to tell apart",
        labels.n_samples(),
        labels.name()
    );
    Some(Reason::new(ReasonKind::OneClass, Verdict::Meaningless, sentence))
}

pub(super) fn one_class_test(test: &Labels) -> Option<Reason> {
    let class = test.only_class()?;
    let sentence = format!(
        "all {} rows of the test are \"{class}\": whoever always answers so is right every time",
        test.n_samples()
    );
    Some(Reason::new(ReasonKind::OneClassTest, Verdict::Meaningless, sentence))
}

/// The model against the simplest answer, the most frequent class of the test: of the rows on which only one of them is
/// right, how many more are the model's?
///
/// Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions", 1947.
fn majority_as_good(confusion: &ConfusionMatrix) -> Option<Reason> {
    let supports = confusion.supports();
    let majority = (0..supports.len()).max_by_key(|&class| (supports[class], std::cmp::Reverse(class)))?;
    let right = |class: usize| confusion.counts[class][class];
    let gained: u64 = (0..supports.len()).filter(|&class| class != majority).map(right).sum();
    let lost = supports[majority] - right(majority);
    let answers = format!(
        "the model is right on {} of the test rows; always answering \"{}\" would be right on {}",
        percent(confusion.accuracy()),
        confusion.classes[majority],
        percent(supports[majority] as f64 / confusion.n_samples().max(1) as f64)
    );
    if gained <= lost {
        return Some(Reason::new(ReasonKind::MajorityAsGood, Verdict::Meaningless, answers));
    }
    let gain = (gained - lost) as f64 / libm::sqrt((gained + lost) as f64);
    (gain < SURE_GAIN).then(|| {
        let sentence = format!("{answers}, and a difference that small may be chance");
        Reason::new(ReasonKind::MajorityAsGood, Verdict::Careful, sentence)
    })
}

fn faultless(confusion: &ConfusionMatrix) -> Option<Reason> {
    (confusion.n_samples() > 0 && confusion.accuracy() == 1.0).then(|| {
        let sentence = format!(
            "not one mistake on {} test rows: real logs are seldom that clear, so check that the label was not made \
             from the features",
            count(confusion.n_samples())
        );
        Reason::new(ReasonKind::Faultless, Verdict::Careful, sentence)
    })
}

/// Features that give the class by themselves.
///
/// A feature is the label if a rule on its values is right on every row, and the rule is either one interval a class,
/// or what the training rows teach is right on every row of the test, too. It is nearly the label if what the training
/// rows teach is right nearly always.
///
/// Source: R. C. Holte, "Very simple classification rules perform well on most commonly used datasets", 1993 (1R). It
/// differs in that neighbouring values are joined only where their class is the same: a rule that learnt single rows
/// by heart has many intervals and fails on the test.
fn leakage(evidence: &ClassifierEvidence<'_>) -> Vec<Reason> {
    let ((train, train_labels), (test, test_labels)) = (evidence.train, evidence.test);
    if train_labels.only_class().is_some() || test_labels.only_class().is_some() || test.n_samples() == 0 {
        return Vec::new();
    }
    let occurring = |labels: &Labels| labels.counts().into_iter().filter(|&count| count > 0).min().unwrap_or_default();
    let enough = occurring(test_labels) as u64 >= FEW_OF_A_CLASS;
    let n_classes = train_labels.counts().iter().zip(test_labels.counts()).filter(|(a, b)| **a + b > 0).count();
    let coded = |rows: &FeatureMatrix, labels: &Labels, column| -> Vec<(f64, u32)> {
        rows.column(column).zip(labels.codes().iter().copied()).collect()
    };
    let check = |(column, feature): (usize, &Feature)| {
        let (train, test) = (coded(train, train_labels, column), coded(test, test_labels, column));
        let learnt = OneRule::learn(train.clone());
        let on_test = learnt.confusion(test_labels, &test)?;
        let on_train = learnt.confusion(train_labels, &train)?;
        let all: Vec<(f64, u32)> = train.into_iter().chain(test).collect();
        let whole = OneRule::learn(all.clone());
        let holds = on_test.accuracy() == 1.0 || whole.intervals.len() <= n_classes;
        if holds && whole.confusion(train_labels, &all)?.accuracy() == 1.0 {
            let sentence = format!(
                "the label looks computed from {}: {}, so the model has only found that rule again",
                feature.name,
                whole.in_words(feature, train_labels)
            );
            let verdict = if enough { Verdict::Meaningless } else { Verdict::Careful };
            return Some(Reason::new(ReasonKind::Leakage, verdict, sentence));
        }
        let least = on_train.balanced_accuracy().min(on_test.balanced_accuracy());
        (least >= NEARLY_THE_LABEL).then(|| {
            let sentence = format!(
                "{} alone gives {} of the test rows their class: check that the label was not made from it",
                feature.name,
                percent(on_test.accuracy())
            );
            Reason::new(ReasonKind::Leakage, Verdict::Careful, sentence)
        })
    };
    train.features().iter().enumerate().filter_map(check).collect()
}

/// A rule on one feature: which class the values of each interval have.
struct OneRule {
    /// The upper end of each interval, and its class; the last has no end.
    intervals: Vec<(f64, u32)>,
}

impl OneRule {
    /// The best rule for `rows`, each a value and its class.
    fn learn(mut rows: Vec<(f64, u32)>) -> Self {
        rows.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut intervals: Vec<(f64, u32)> = Vec::new();
        let mut before = f64::NEG_INFINITY;
        for same in rows.chunk_by(|a, b| a.0 == b.0) {
            let value = same.first().map_or(before, |row| row.0);
            let class = most_frequent(same.iter().map(|row| row.1));
            match intervals.last_mut() {
                Some(last) if last.1 == class => last.0 = f64::INFINITY,
                last => {
                    if let Some(last) = last {
                        last.0 = before + (value - before) / 2.0;
                    }
                    intervals.push((f64::INFINITY, class));
                }
            }
            before = value;
        }
        Self { intervals }
    }

    fn answer(&self, value: f64) -> u32 {
        let at = self.intervals.partition_point(|interval| interval.0 < value);
        self.intervals.get(at).or(self.intervals.last()).map_or(0, |interval| interval.1)
    }

    /// The rule's answers on `rows`, in the classes of `labels`.
    fn confusion(&self, labels: &Labels, rows: &[(f64, u32)]) -> Option<ConfusionMatrix> {
        let truth: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let answers: Vec<u32> = rows.iter().map(|row| self.answer(row.0)).collect();
        ConfusionMatrix::new(labels.classes(), &truth, &answers).ok()
    }

    /// The rule as a part of a sentence.
    fn in_words(&self, feature: &Feature, labels: &Labels) -> String {
        let class = |code: u32| labels.classes().get(code as usize).map_or("", String::as_str);
        match (self.intervals.as_slice(), feature.unit) {
            (&[(_, no), (_, yes)], FeatureUnit::Flag) => {
                format!("where it is yes the class is always \"{}\", where it is no \"{}\"", class(yes), class(no))
            }
            (&[(end, below), (_, above)], _) => {
                let end = feature.show(end);
                format!("above {end} the class is always \"{}\", below it \"{}\"", class(above), class(below))
            }
            _ => "each of its values has always the same class".to_owned(),
        }
    }
}

/// The most frequent of `codes`, which are sorted; the smallest of equals.
fn most_frequent(codes: impl Iterator<Item = u32>) -> u32 {
    let codes: Vec<u32> = codes.collect();
    let runs = codes.chunk_by(|a, b| a == b);
    runs.rev().max_by_key(|run| run.len()).and_then(|run| run.first()).copied().unwrap_or_default()
}

pub(super) fn few_of_a_class(train: &Labels, test: &Labels) -> Vec<Reason> {
    let counts = train.classes().iter().zip(train.counts()).zip(test.counts());
    let few = |((class, in_train), in_test): ((&String, usize), usize)| {
        let sentence = match in_test as u64 {
            0 if in_train > 0 => {
                format!("no row of the test is \"{class}\": nothing is known about how well it is found")
            }
            1 => format!("only 1 row of the test is \"{class}\": its recall is all or nothing"),
            n if (2..FEW_OF_A_CLASS).contains(&n) => format!(
                "only {n} rows of the test are \"{class}\": each of them moves its recall by {} percentage points",
                100 / n
            ),
            _ => return None,
        };
        Some((class.clone(), Reason::new(ReasonKind::FewOfAClass, Verdict::Careful, sentence)))
    };
    let (names, reasons): (Vec<String>, Vec<Reason>) = counts.filter_map(few).unzip();
    if reasons.len() <= MANY_CLASSES {
        return reasons;
    }
    let sentence = format!(
        "{} of {} classes have fewer than {FEW_OF_A_CLASS} rows in the test, so their figures hang on single rows: {}",
        names.len(),
        train.classes().len(),
        names.join(", ")
    );
    vec![Reason::new(ReasonKind::FewOfAClass, Verdict::Careful, sentence)]
}

fn duplicates(train: &FeatureMatrix, test: &FeatureMatrix) -> Option<Reason> {
    let mut known: Vec<&[f64]> = train.rows().collect();
    known.sort_unstable_by(|a, b| compare_rows(a, b));
    let copies = test.rows().filter(|row| known.binary_search_by(|other| compare_rows(other, row)).is_ok()).count();
    let share = copies as f64 / test.n_samples().max(1) as f64;
    (share > MANY_DUPLICATES).then(|| {
        let sentence = format!(
            "{} of the test rows are exact copies of training rows: on them the model remembers instead of judging",
            percent(share)
        );
        Reason::new(ReasonKind::Duplicates, Verdict::Careful, sentence)
    })
}

fn base_rate(test: &Labels) -> Option<Reason> {
    let n_samples = test.n_samples().max(1);
    let counts = test.classes().iter().zip(test.counts()).filter(|(_, count)| *count > 0);
    let (class, rarest) = counts.min_by_key(|(_, count)| *count)?;
    let share = rarest as f64 / n_samples as f64;
    (share < RARE).then(|| {
        let sentence = format!(
            "only {} of the test rows are \"{class}\": never saying so would be right on {}, so accuracy says nothing \
             here; read how many are found and how many alarms are false",
            percent(share),
            percent(1.0 - share)
        );
        Reason::new(ReasonKind::BaseRate, Verdict::Careful, sentence)
    })
}

/// Whether most of those who are tested were also learnt, and had a class of their own there.
fn same_entities(entities: Entities<'_>, train: &Labels, test: &Labels) -> Option<Reason> {
    let n_classes = train.classes().len();
    let mut known = BTreeMap::<&str, Vec<u64>>::new();
    for (entity, &code) in entities.train.iter().zip(train.codes()) {
        if let Some(entity) = *entity
            && let Some(count) = known.entry(entity).or_insert_with(|| vec![0; n_classes]).get_mut(code as usize)
        {
            *count += 1;
        }
    }
    let of = |counts: &Vec<u64>| (0..n_classes as u32).rev().max_by_key(|&class| counts[class as usize]);
    let (mut truth, mut answers) = (Vec::new(), Vec::new());
    for (entity, &code) in entities.test.iter().zip(test.codes()) {
        if let Some(answer) = entity.and_then(|entity| known.get(entity)).and_then(of) {
            truth.push(code);
            answers.push(answer);
        }
    }
    let share = truth.len() as f64 / test.n_samples().max(1) as f64;
    let told = ConfusionMatrix::new(train.classes(), &truth, &answers).ok()?;
    let several = told.supports().iter().filter(|&&support| support > 0).count() > 1;
    (share > 0.5 && several && told.balanced_accuracy() >= TOLD_BY_ENTITY).then(|| {
        let sentence = format!(
            "{} of the test rows have a {} that is also among the training rows, and who it is tells the class: the \
             model may know them and not what they do; split by {} to see",
            percent(share),
            entities.name,
            entities.name
        );
        Reason::new(ReasonKind::SameEntities, Verdict::Careful, sentence)
    })
}

/// The feature whose values differ most between training and test, if they differ more than chance and seasons do.
pub(super) fn drift(train: &FeatureMatrix, test: &FeatureMatrix) -> Option<Reason> {
    let (n, m) = (train.n_samples() as f64, test.n_samples() as f64);
    if n < 1.0 || m < 1.0 {
        return None;
    }
    // Twice what chance exceeds in one of a hundred cases.
    let limit = DRIFTED.max(2.0 * 1.63 * libm::sqrt((n + m) / (n * m)));
    let sorted = |rows: &FeatureMatrix, column| {
        let mut values: Vec<f64> = rows.column(column).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    };
    let mut furthest: Option<(f64, Vec<f64>, Vec<f64>, &Feature)> = None;
    for (column, feature) in train.features().iter().enumerate() {
        let (before, after) = (sorted(train, column), sorted(test, column));
        let distance = distance(&before, &after);
        if distance > limit && furthest.as_ref().is_none_or(|far| distance > far.0) {
            furthest = Some((distance, before, after, feature));
        }
    }
    furthest.map(|(_, before, after, feature)| {
        let sentence = format!(
            "{} has moved between the training rows and the test (mean {} before, {} after): the model is asked about \
             what it has not seen",
            feature.name,
            feature.show(mean(&before)),
            feature.show(mean(&after))
        );
        Reason::new(ReasonKind::Drift, Verdict::Careful, sentence)
    })
}

/// The largest difference between the shares of sorted values up to any value (Kolmogorov and Smirnov).
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let (mut i, mut j, mut largest) = (0, 0, 0.0_f64);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        let least = x.min(*y);
        while a.get(i).is_some_and(|value| *value <= least) {
            i += 1;
        }
        while b.get(j).is_some_and(|value| *value <= least) {
            j += 1;
        }
        largest = largest.max((i as f64 / a.len() as f64 - j as f64 / b.len() as f64).abs());
    }
    largest
}

fn mean(values: &[f64]) -> f64 {
    values.iter().map(|value| value / values.len() as f64).sum()
}

fn chosen_share(forest: &IsolationForest) -> Reason {
    let sentence = match forest.params().contamination {
        Contamination::Share(share) => format!(
            "the share of anomalies was chosen ({}), not found: the model ranks the rows, and the list ends where the \
             share says",
            percent(share)
        ),
        Contamination::Auto => {
            "the list ends at the score of an average row, which is a convention: the model ranks the \
                                rows, it does not find how many are anomalies"
                .to_owned()
        }
    };
    Reason::new(ReasonKind::ChosenShare, Verdict::Careful, sentence)
}

fn tied_scores(forest: &IsolationForest, scores: &[f64]) -> Option<Reason> {
    let listed = scores.iter().filter(|&&score| forest.is_anomaly(score)).count();
    let tied = scores.iter().filter(|&&score| score == forest.offset()).count();
    if tied < 2 {
        return None;
    }
    let rows = count(tied as u64);
    let (verdict, sentence) = if listed == 0 {
        let sentence = format!("{rows} rows share the lowest score, more than the share asked for, so none is listed");
        (Verdict::Meaningless, sentence)
    } else {
        let listed = count(listed as u64);
        let sentence = format!(
            "{rows} rows share the score at which the list ends and were left out together, so {listed} are listed"
        );
        (Verdict::Careful, sentence)
    };
    Some(Reason::new(ReasonKind::TiedScores, verdict, sentence))
}

fn nothing_apart(scores: &[f64]) -> Option<Reason> {
    let lowest = scores.iter().copied().min_by(f64::total_cmp)?;
    (lowest > STANDS_APART).then(|| {
        let sentence = format!(
            "no row stands far apart: the most unusual one scores {:.2}, where 0.50 is an average row and 1.00 the \
             extreme",
            -lowest
        );
        Reason::new(ReasonKind::NothingApart, Verdict::Careful, sentence)
    })
}

pub(super) fn few_rows(n_samples: usize) -> Option<Reason> {
    (n_samples < FEW_ROWS).then(|| {
        let sentence = format!("only {n_samples} rows to learn from: what is usual can't be known from so few");
        Reason::new(ReasonKind::FewRows, Verdict::Careful, sentence)
    })
}

pub(super) fn many_imputed(imputed: &[Imputed], n_samples: usize) -> Vec<Reason> {
    let share = |column: &Imputed| column.rows as f64 / n_samples.max(1) as f64;
    let reason = |column: &Imputed| {
        let sentence = format!(
            "{} is missing in {} of the rows and was filled with one value there",
            column.name,
            percent(share(column).min(1.0))
        );
        Reason::new(ReasonKind::Imputed, Verdict::Careful, sentence)
    };
    imputed.iter().filter(|column| share(column) > MANY_IMPUTED).map(reason).collect()
}

pub(super) fn constant_features(features: &[Feature], constants: &[ConstantFeature]) -> Option<Reason> {
    if constants.is_empty() {
        return None;
    }
    // A behaviour that lasts whole minutes every time is a window of who wrote the log.
    let is_window = |value: f64, feature: &Feature| {
        feature.unit == FeatureUnit::Millis && value > 0.0 && libm::fmod(value, 60_000.0) == 0.0
    };
    let value = |constant: &ConstantFeature| match (constant.value, features.get(constant.column)) {
        (Some(value), Some(feature)) if is_window(value, feature) => {
            format!("{} ({}, likely the window over which the log was summed up)", constant.name, feature.show(value))
        }
        (Some(value), Some(feature)) => format!("{} ({})", constant.name, feature.show(value)),
        _ => format!("{} (no value)", constant.name),
    };
    let names: Vec<String> = constants.iter().map(value).collect();
    let mut used = features.iter().enumerate().filter(|(at, _)| constants.iter().all(|c| c.column != *at));
    let sentence = format!("the same in all rows, so without a part in the model: {}", names.join(", "));
    Some(match (used.next(), used.next()) {
        (Some((_, only)), None) => {
            let sentence = format!("{sentence}; only {} is left, so the model is a rule on that", only.name);
            Reason::new(ReasonKind::ConstantFeatures, Verdict::Careful, sentence)
        }
        _ => Reason::new(ReasonKind::ConstantFeatures, Verdict::Trust, sentence),
    })
}

fn joined_classes(labels: &Labels) -> Option<Reason> {
    let joined = labels.joined();
    (!joined.is_empty()).then(|| {
        let rows: usize = joined.iter().map(|class| class.n_samples).sum();
        let sentence = format!(
            "the {} rarest classes ({} rows together) were joined into \"other\"",
            count(joined.len() as u64),
            count(rows as u64)
        );
        Reason::new(ReasonKind::JoinedClasses, Verdict::Trust, sentence)
    })
}

fn compare_rows(a: &[f64], b: &[f64]) -> Ordering {
    a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// "97.65 %" and "5 %": two decimals at most, because a figure near 100 hides its errors behind one.
fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

fn count(n: u64) -> String {
    Feature::new("", FeatureUnit::Count).show(n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::isolation_forest::IsolationForestParams;
    use crate::models::random::Random;

    fn matrix(n_features: usize, values: Vec<f64>) -> FeatureMatrix {
        let features = (0..n_features).map(|at| Feature::new(format!("f{at}"), FeatureUnit::Count)).collect();
        FeatureMatrix::new(features, values).unwrap()
    }

    fn noise(n_samples: usize, n_features: usize, seed: u64) -> FeatureMatrix {
        let mut random = Random::new(seed);
        matrix(n_features, (0..n_samples * n_features).map(|_| random.unit()).collect())
    }

    fn flags(flags: impl IntoIterator<Item = bool>) -> Labels {
        Labels::from_flags("verdict", ["normal", "suspicious"], &flags.into_iter().collect::<Vec<_>>())
    }

    /// The judgement of answers that follow `answer` for each test row and its true class.
    fn judge(
        train: (&FeatureMatrix, &Labels),
        test: (&FeatureMatrix, &Labels),
        answer: impl Fn(usize, u32) -> u32,
    ) -> Trust {
        let answers: Vec<u32> = test.1.codes().iter().enumerate().map(|(row, &code)| answer(row, code)).collect();
        let confusion = ConfusionMatrix::new(test.1.classes(), test.1.codes(), &answers).unwrap();
        Trust::of_classifier(&ClassifierEvidence { train, test, confusion: &confusion, imputed: &[], entities: None })
            .unwrap()
    }

    /// The sentence of `kind`, which must be there with `verdict`.
    fn sentence(trust: &Trust, kind: ReasonKind, verdict: Verdict) -> &str {
        let reason = trust.reasons.iter().find(|reason| reason.kind == kind);
        let reason = reason.unwrap_or_else(|| panic!("no {kind:?} in {trust:?}"));
        assert_eq!(reason.verdict, verdict, "{reason:?}");
        &reason.sentence
    }

    #[test]
    fn an_honest_model_is_trusted() {
        let (train, test) = (noise(200, 2, 1), noise(100, 2, 2));
        // The class follows two features together, and every tenth row is another.
        let truth =
            |rows: &FeatureMatrix| flags(rows.rows().enumerate().map(|(at, row)| (row[0] > row[1]) ^ (at % 10 == 0)));
        let trust =
            judge((&train, &truth(&train)), (&test, &truth(&test)), |row, code| code ^ u32::from(row % 10 == 0));
        assert_eq!(trust, Trust { verdict: Verdict::Trust, reasons: vec![] });
    }

    #[test]
    fn a_single_class_is_meaningless() {
        let labels = Labels::from_values("detection_types", ["waf_rule"; 282]);
        let trust = Trust::of_label(&labels);
        assert_eq!(trust.verdict, Verdict::Meaningless);
        assert_eq!(
            sentence(&trust, ReasonKind::OneClass, Verdict::Meaningless),
            "all 282 rows have detection_types = \"waf_rule\": with a single class there is nothing to tell apart"
        );
    }

    #[test]
    fn a_test_of_one_class_is_meaningless() {
        let (train, test) = (noise(100, 1, 1), noise(60, 1, 2));
        let trust = judge((&train, &flags((0..100).map(|row| row % 3 == 0))), (&test, &flags([false; 60])), |_, _| 0);
        assert_eq!(
            sentence(&trust, ReasonKind::OneClassTest, Verdict::Meaningless),
            "all 60 rows of the test are \"normal\": whoever always answers so is right every time"
        );
    }

    #[test]
    fn the_majority_is_the_figure_to_beat() {
        let (train, test) = (noise(100, 1, 1), noise(200, 1, 2));
        let train_labels = flags((0..100).map(|row| row % 10 == 0));
        let test_labels = flags((0..200).map(|row| row % 10 == 0));
        let check = |answer: &dyn Fn(usize, u32) -> u32, verdict, expected| {
            let trust = judge((&train, &train_labels), (&test, &test_labels), answer);
            assert_eq!(sentence(&trust, ReasonKind::MajorityAsGood, verdict), expected);
        };
        check(
            &|_, _| 0,
            Verdict::Meaningless,
            "the model is right on 90 % of the test rows; always answering \"normal\" would be right on 90 %",
        );
        // Three of the twenty are found, and one that is normal is lost.
        check(
            &|row, _| u32::from(row < 30 && row % 10 == 0 || row == 1),
            Verdict::Careful,
            "the model is right on 91 % of the test rows; always answering \"normal\" would be right on 90 %, \
             and a difference that small may be chance",
        );
        let trust = judge((&train, &train_labels), (&test, &test_labels), |row, code| code & u32::from(row > 20));
        assert!(trust.reasons.iter().all(|reason| reason.kind != ReasonKind::MajorityAsGood), "{trust:?}");
    }

    #[test]
    fn a_label_made_from_a_feature_is_found() {
        let truth = |rows: &FeatureMatrix| flags(rows.rows().map(|row| row[1] > 0.8));
        for seed in 0..20 {
            let (train, test) = (noise(200, 3, seed), noise(100, 3, seed + 100));
            let trust = judge((&train, &truth(&train)), (&test, &truth(&test)), |_, code| code);
            assert_eq!(
                sentence(&trust, ReasonKind::Leakage, Verdict::Meaningless),
                "the label looks computed from f1: above 0.8 the class is always \"suspicious\", below it \"normal\", \
                 so the model has only found that rule again"
            );
            assert_eq!(trust.reasons.len(), 1, "{trust:?}");
        }
    }

    #[test]
    fn a_feature_that_is_nearly_the_label_is_found() {
        let (train, test) = (noise(400, 2, 1), noise(400, 2, 2));
        let truth = |rows: &FeatureMatrix| flags(rows.rows().enumerate().map(|(at, row)| (row[0] > 0.5) ^ (at == 7)));
        let trust = judge((&train, &truth(&train)), (&test, &truth(&test)), |row, code| code ^ u32::from(row == 7));
        let sentence = sentence(&trust, ReasonKind::Leakage, Verdict::Careful);
        assert!(sentence.starts_with("f0 alone gives 99."), "{sentence}");
    }

    #[test]
    fn a_code_that_decides_the_class_is_found() {
        let rows = |seed| {
            let mut random = Random::new(seed);
            matrix(1, (0..100).map(|_| [200.0, 301.0, 404.0, 500.0][random.below(4) as usize]).collect())
        };
        let truth = |rows: &FeatureMatrix| flags(rows.rows().map(|row| row[0] == 301.0 || row[0] == 500.0));
        let (train, test) = (rows(1), rows(2));
        let trust = judge((&train, &truth(&train)), (&test, &truth(&test)), |_, code| code);
        let leak = sentence(&trust, ReasonKind::Leakage, Verdict::Meaningless);
        assert!(leak.contains("each of its values has always the same class"), "{leak}");
        let copies = sentence(&trust, ReasonKind::Duplicates, Verdict::Careful);
        assert!(copies.starts_with("100 % of the test rows are exact copies"), "{copies}");
    }

    #[test]
    fn a_feature_of_single_values_is_no_leak() {
        // Every value of the training occurs once, so a rule learns it by heart, and fails on the test.
        let (train, test) = (noise(200, 1, 1), noise(200, 1, 2));
        let labels = flags((0..200).map(|row| row % 2 == 0));
        let trust = judge((&train, &labels), (&test, &labels), |_, code| code);
        assert!(trust.reasons.iter().all(|reason| reason.kind != ReasonKind::Leakage), "{trust:?}");
        let sentence = sentence(&trust, ReasonKind::Faultless, Verdict::Careful);
        assert!(sentence.starts_with("not one mistake on 200 test rows"), "{sentence}");
    }

    #[test]
    fn few_positives_make_careful() {
        let (train, test) = (noise(100, 1, 1), noise(100, 1, 2));
        let train_labels = flags((0..100).map(|row| row % 5 == 0));
        let check = |n_positive: usize, expected: &str| {
            let test_labels = flags((0..100).map(|row| row % 9 == 0 && row < 9 * n_positive));
            let trust = judge((&train, &train_labels), (&test, &test_labels), |row, code| code ^ u32::from(row == 50));
            assert_eq!(sentence(&trust, ReasonKind::FewOfAClass, Verdict::Careful), expected);
        };
        check(4, "only 4 rows of the test are \"suspicious\": each of them moves its recall by 25 percentage points");
        check(1, "only 1 row of the test is \"suspicious\": its recall is all or nothing");
        check(0, "no row of the test is \"suspicious\": nothing is known about how well it is found");
    }

    #[test]
    fn many_rare_classes_share_a_sentence() {
        let (train, test) = (noise(100, 1, 1), noise(20, 1, 2));
        let labels = Labels::from_values("kind", ["a", "b", "c", "d"].into_iter().cycle().take(100));
        let tested = labels.select(&(0..20).collect::<Vec<_>>());
        let trust = judge((&train, &labels), (&test, &tested), |row, code| if row == 0 { 3 } else { code });
        assert_eq!(
            sentence(&trust, ReasonKind::FewOfAClass, Verdict::Careful),
            "4 of 4 classes have fewer than 10 rows in the test, so their figures hang on single rows: a, b, c, d"
        );
    }

    #[test]
    fn copies_across_the_split_make_careful() {
        let train = noise(100, 2, 1);
        let labels = flags((0..100).map(|row| row % 2 == 0));
        let mixed = |copies: usize| {
            let mut values = noise(100, 2, 2).values().to_vec();
            values[..copies * 2].copy_from_slice(&train.values()[..copies * 2]);
            judge((&train, &labels), (&matrix(2, values), &labels), |row, code| code ^ u32::from(row % 9 == 0))
        };
        assert_eq!(
            sentence(&mixed(6), ReasonKind::Duplicates, Verdict::Careful),
            "6 % of the test rows are exact copies of training rows: on them the model remembers instead of judging"
        );
        assert!(mixed(5).reasons.iter().all(|reason| reason.kind != ReasonKind::Duplicates));
    }

    #[test]
    fn a_list_of_anomalies_was_chosen() {
        let mut values = noise(300, 1, 1).values().iter().flat_map(|&value| [value, 443.0]).collect::<Vec<_>>();
        values.extend([90.0, 443.0]);
        let rows = matrix(2, values);
        let judge = |contamination| {
            let params = IsolationForestParams { contamination, ..Default::default() };
            let forest = params.check(rows.n_samples(), 2).unwrap().fit(&rows).unwrap();
            let scores = forest.score_samples(&rows).unwrap();
            Trust::of_anomalies(&AnomalyEvidence { forest: &forest, scores: &scores, imputed: &[] })
        };
        let trust = judge(Contamination::default());
        assert_eq!(trust.verdict, Verdict::Careful);
        assert_eq!(
            sentence(&trust, ReasonKind::ChosenShare, Verdict::Careful),
            "the share of anomalies was chosen (5 %), not found: the model ranks the rows, and the list ends where the \
             share says"
        );
        assert_eq!(
            sentence(&trust, ReasonKind::ConstantFeatures, Verdict::Careful),
            "the same in all rows, so without a part in the model: f1 (443); only f0 is left, so the model is a rule \
             on that"
        );
        assert_eq!(trust.reasons.len(), 2, "{trust:?}");
        let auto = judge(Contamination::Auto);
        assert!(sentence(&auto, ReasonKind::ChosenShare, Verdict::Careful).contains("a convention"));
    }

    #[test]
    fn ties_at_the_end_of_the_list_are_told() {
        let judge = |values: Vec<f64>| {
            let rows = matrix(1, values);
            let forest = IsolationForestParams::default().check(rows.n_samples(), 1).unwrap().fit(&rows).unwrap();
            let scores = forest.score_samples(&rows).unwrap();
            Trust::of_anomalies(&AnomalyEvidence { forest: &forest, scores: &scores, imputed: &[] })
        };
        let lowest = judge((0..100).map(|row| f64::from(row % 10 == 0)).collect());
        assert_eq!(
            sentence(&lowest, ReasonKind::TiedScores, Verdict::Meaningless),
            "10 rows share the lowest score, more than the share asked for, so none is listed"
        );
        let end = judge((0..100).map(|row| if row < 2 { 9.0 } else { f64::from(row % 10 == 0) }).collect());
        assert_eq!(
            sentence(&end, ReasonKind::TiedScores, Verdict::Careful),
            "9 rows share the score at which the list ends and were left out together, so 2 are listed"
        );
    }

    #[test]
    fn a_crowd_without_outsiders_is_told() {
        let rows = matrix(1, (0..40).map(|row| f64::from(row % 2)).collect());
        let forest = IsolationForestParams::default().check(40, 1).unwrap().fit(&rows).unwrap();
        let scores = forest.score_samples(&rows).unwrap();
        let imputed = [Imputed { column: 0, name: "f0".into(), fill: 0.0, rows: 30 }];
        let trust = Trust::of_anomalies(&AnomalyEvidence { forest: &forest, scores: &scores, imputed: &imputed });
        let apart = sentence(&trust, ReasonKind::NothingApart, Verdict::Careful);
        assert!(apart.starts_with("no row stands far apart: the most unusual one scores 0.5"), "{apart}");
        assert_eq!(
            sentence(&trust, ReasonKind::FewRows, Verdict::Careful),
            "only 40 rows to learn from: what is usual can't be known from so few"
        );
        assert_eq!(
            sentence(&trust, ReasonKind::Imputed, Verdict::Careful),
            "f0 is missing in 75 % of the rows and was filled with one value there"
        );
    }

    #[test]
    fn the_gravest_reason_is_first() {
        let reason = |verdict| Reason::new(ReasonKind::FewRows, verdict, String::new());
        let trust = Trust::new(vec![reason(Verdict::Trust), reason(Verdict::Meaningless), reason(Verdict::Careful)]);
        assert_eq!(trust.verdict, Verdict::Meaningless);
        let order: Vec<Verdict> = trust.reasons.iter().map(|reason| reason.verdict).collect();
        assert_eq!(order, [Verdict::Meaningless, Verdict::Careful, Verdict::Trust]);
        assert_eq!(Trust::new(vec![reason(Verdict::Trust)]).verdict, Verdict::Trust);
    }

    #[test]
    fn evidence_that_does_not_belong_together_is_refused() {
        let (rows, labels) = (noise(10, 1, 1), flags([true, false].repeat(5)));
        let confusion = ConfusionMatrix::new(labels.classes(), &[0], &[0]).unwrap();
        let evidence = ClassifierEvidence {
            train: (&rows, &labels),
            test: (&rows, &labels),
            confusion: &confusion,
            imputed: &[],
            entities: None,
        };
        assert_eq!(Trust::of_classifier(&evidence).unwrap_err().to_string(), "expected 10 answers, found 1");
    }
}
