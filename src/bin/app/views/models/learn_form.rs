//! How a classifier is trained.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;
use serde_json::{Value, json};
use wasm_bindgen_futures::spawn_local;

use super::label_choice::{FILTER, LabelChoice, label_of};
use super::open_model::OpenModel;
use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::field::{NumberField, SelectField, TextField};
use crate::state::learning::Learning;
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};
use crate::state::training::{Label, Training, Tries, proposed_split};
use crate::text::sentences::sentence;

/// A parameter whose values can be tried: its name, the models that have it, what it is called, a hint, an example.
type Tried = (&'static str, &'static [&'static str], &'static str, &'static str, &'static str);

const TREES: &[&str] = &["random_forest", "gradient_boosting"];

/// What can be tried on folds.
const TRIED: [Tried; 6] = [
    (
        "n_estimators",
        TREES,
        "Trees to try",
        "Values are separated by commas; all combinations are tried on the folds.",
        "50, 100, 200",
    ),
    ("max_depth", TREES, "Depths to try", "any is no limit.", "5, 10, any"),
    ("min_samples_leaf", TREES, "Rows in a leaf to try", "min_samples_leaf", "1, 5, 20"),
    ("learning_rate", &["gradient_boosting"], "Steps to try", "learning_rate", "0.03, 0.1, 0.3"),
    ("c", &["logistic_regression"], "Freedoms to try", "C", "0.1, 1, 10"),
    (
        "imputation",
        &["random_forest", "gradient_boosting", "logistic_regression"],
        "Fillings of gaps to try",
        "median, mean, most_frequent or zero",
        "median, mean",
    ),
];

/// The form's values, as they are typed.
#[derive(Clone, Copy)]
struct Form {
    label: RwSignal<String>,
    filter: RwSignal<String>,
    model: RwSignal<String>,
    trees: RwSignal<f64>,
    depth: RwSignal<f64>,
    rate: RwSignal<f64>,
    c: RwSignal<f64>,
    words: RwSignal<String>,
    max_words: RwSignal<f64>,
    min_support: RwSignal<f64>,
    scaling: RwSignal<String>,
    imputation: RwSignal<String>,
    clips: RwSignal<bool>,
    split: RwSignal<String>,
    test_share: RwSignal<f64>,
    folds: RwSignal<f64>,
    draws: RwSignal<f64>,
    /// The values to try, by parameter.
    tries: [RwSignal<String>; 6],
    curve: RwSignal<f64>,
    seed: RwSignal<f64>,
}

/// What to learn, with which model, from what, tested how; training draws the result below.
#[component]
pub fn LearnForm(
    /// The report, for its columns.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let learning = store.learning;
    let form = Form::new(report, learning.last.get_untracked());
    let is_running = move || learning.run.with(|run| matches!(run, Run::Running(_)));
    let train = move |_| match form.training(learning) {
        Some(training) => {
            learning.last.set(Some(training.clone()));
            let session = loupe.session();
            spawn_local(async move { session.train(training.settings()).await });
        }
        None => learning.run.set(Run::Failed("Write the filter whose rows are to be told from the others.".into())),
    };
    view! {
        <Card
            title="What the other columns say about one".to_owned()
            subtitle="A classifier, trained on a part of the rows and tested on the rest".to_owned()
        >
            <div class="form">
                <LabelChoice report=report choice=form.label filter=form.filter />
                {form.model_fields()}
                {form.test_fields(report)}
            </div>
            <details class="more">
                <summary>"Words, scaling, and what to try"</summary>
                <div class="form">{form.more_fields()}</div>
            </details>
            <p class="actions form-actions">
                <button type="button" class="primary" disabled=is_running on:click=train>"Train"</button>
                <OpenModel />
            </p>
            <RunStatus run=learning.run />
        </Card>
    }
}

impl Form {
    /// As it stood when a training was last begun, or what is proposed.
    fn new(report: Signal<Arc<Report>>, last: Option<Training>) -> Self {
        let last = last.unwrap_or_else(|| report.with_untracked(|report| proposed(report)));
        let (label, filter) = match last.label {
            Label::Column(column) => (format!("column {column}"), String::new()),
            Label::Question(question) => (FILTER.to_owned(), question),
        };
        let number = |name: &str, default: f64| {
            let found = last.params.iter().find(|(known, _)| *known == name);
            RwSignal::new(found.and_then(|(_, value)| value.as_f64()).unwrap_or(default))
        };
        let tries = last.tries.unwrap_or_default();
        let list = |(name, ..): &Tried| {
            let found = tries.lists.iter().find(|(known, _)| known == name);
            RwSignal::new(found.map(|(_, text)| text.clone()).unwrap_or_default())
        };
        Self {
            label: RwSignal::new(label),
            filter: RwSignal::new(filter),
            trees: number("n_estimators", 100.0),
            depth: number("max_depth", 10.0),
            rate: number("learning_rate", 0.1),
            c: number("c", 1.0),
            model: RwSignal::new(last.model),
            words: RwSignal::new(last.words),
            max_words: RwSignal::new(last.vocabulary.0 as f64),
            min_support: RwSignal::new(last.vocabulary.1 as f64),
            scaling: RwSignal::new(last.scaling),
            imputation: RwSignal::new(last.imputation),
            clips: RwSignal::new(last.clips),
            split: RwSignal::new(last.split),
            test_share: RwSignal::new(last.test_share),
            folds: RwSignal::new(tries.folds as f64),
            draws: RwSignal::new(tries.n_iter as f64),
            tries: TRIED.each_ref().map(list),
            curve: RwSignal::new(last.curve as f64),
            seed: RwSignal::new(last.seed as f64),
        }
    }

    fn model_fields(self) -> AnyView {
        let kinds = [
            ("random_forest", "Random forest"),
            ("gradient_boosting", "Gradient boosting"),
            ("logistic_regression", "Logistic regression"),
        ];
        let hint = move || {
            self.model.with(|model| match model.as_str() {
                "logistic_regression" => "Weighs the features: simple, quick, easy to read.",
                "gradient_boosting" => "Trees that mend each other: often the best, and slower.",
                _ => "Many trees that vote: robust, needs little care.",
            })
        };
        let is = move |kind: &'static str| self.model.with(|model| model == kind);
        view! {
            <SelectField label="Model" hint=Signal::derive(move || hint().to_owned()) options=listed(&kinds) value=self.model />
            <Show when=move || !is("logistic_regression")>
                <NumberField label="Trees" hint="n_estimators" limits=(1.0, 1000.0, 1.0) value=self.trees />
                <NumberField label="Depth" hint="max_depth" limits=(1.0, 32.0, 1.0) value=self.depth />
            </Show>
            <Show when=move || is("gradient_boosting")>
                <NumberField label="Length of a step" hint="learning_rate" limits=(0.01, 1.0, 0.01) value=self.rate />
            </Show>
            <Show when=move || is("logistic_regression")>
                <NumberField label="Freedom of the weights" hint="C: more follows the rows more closely." limits=(0.001, 1000.0, 0.001) value=self.c />
            </Show>
        }
        .into_any()
    }

    fn test_fields(self, report: Signal<Arc<Report>>) -> AnyView {
        let proposal = Memo::new(move |_| report.with(|report| proposed_split(report)));
        let options = Memo::new(move |_| {
            let proposed = proposal.get().0;
            let name = |value: &str, title: &str| {
                let mark = if value == proposed { " (proposed)" } else { "" };
                (value.to_owned(), format!("{title}{mark}"))
            };
            let has = |field: &str| report.with(|report| report.quality.columns.iter().any(|c| c.field == field));
            let mut options = vec![name("rows", "Some rows of each class"), name("time", "The newest rows")];
            options.extend(has("url.path").then(|| name("pattern", "All requests of some patterns")));
            options.extend(has("source.ip").then(|| name("source.ip", "All rows of some source addresses")));
            options
        });
        let hint = move || sentence(&format!("proposed: {}", proposal.get().1));
        view! {
            <SelectField label="Rows to test on" hint=Signal::derive(hint) options=options value=self.split />
            <NumberField label="Share to test on" hint="test_size" limits=(0.05, 0.9, 0.05) value=self.test_share />
            <NumberField label="Seed" hint="The same seed gives the same model." limits=(0.0, 9e15, 1.0) value=self.seed />
        }
        .into_any()
    }

    fn more_fields(self) -> AnyView {
        let words =
            [("tf_idf", "Rare words weigh more (TF-IDF)"), ("counts", "Counted (bag of words)"), ("none", "None")];
        let scaling = [
            ("none", "As they are"),
            ("standard", "Mean 0, deviation 1"),
            ("min_max", "From 0 to 1"),
            ("robust", "By median and quartiles"),
        ];
        let gaps = [
            ("median", "The median"),
            ("mean", "The mean"),
            ("most_frequent", "The most frequent value"),
            ("zero", "Zero"),
        ];
        let lists = TRIED.iter().zip(self.tries).map(|(&(_, models, label, hint, example), value)| {
            view! {
                <Show when=move || self.model.with(|model| models.contains(&model.as_str()))>
                    <TextField label=label hint=hint placeholder=example value=value />
                </Show>
            }
        });
        let lists = lists.collect_view();
        view! {
            <SelectField label="Words of paths, queries and agents" hint="How texts become numbers." options=listed(&words) value=self.words />
            <NumberField label="Words of a column" hint="max_words: how many count, those in most rows." limits=(1.0, 5000.0, 1.0) value=self.max_words />
            <NumberField label="Rows a word is in" hint="min_support: of a category too." limits=(1.0, 10_000.0, 1.0) value=self.min_support />
            <SelectField label="Scale of numbers" hint="Trees need none." options=listed(&scaling) value=self.scaling />
            <label class="field">
                <span class="field-label">"Numbers far out"</span>
                <span>
                    <input type="checkbox" prop:checked=move || self.clips.get() on:change=move |event| self.clips.set(event_target_checked(&event)) />
                    " Clip them at the fences"
                </span>
                <span class="field-hint">"One and a half times the distance of the quartiles from them."</span>
            </label>
            <SelectField label="Gaps" hint="What stands where a number is missing." options=listed(&gaps) value=self.imputation />
            <NumberField label="Folds" hint="k-fold: 0 for none. The rows that train are tested in so many turns before." limits=(0.0, 20.0, 1.0) value=self.folds />
            {lists}
            <NumberField label="Draw so many" hint="Random search: how many of the combinations are tried; 0 for all (grid search)." limits=(0.0, 500.0, 1.0) value=self.draws />
            <NumberField label="Sizes of the learning curve" hint="The model is trained again on so many shares of the rows; 0 for none." limits=(0.0, 8.0, 1.0) value=self.curve />
        }
        .into_any()
    }

    fn training(self, learning: Learning) -> Option<Training> {
        let model = self.model.get_untracked();
        let (trees, depth) = (self.trees.get_untracked() as u64, self.depth.get_untracked() as u64);
        let params: Vec<(&'static str, Value)> = match model.as_str() {
            "logistic_regression" => vec![("c", json!(self.c.get_untracked()))],
            "gradient_boosting" => vec![
                ("n_estimators", json!(trees)),
                ("max_depth", json!(depth)),
                ("learning_rate", json!(self.rate.get_untracked())),
            ],
            _ => vec![("n_estimators", json!(trees)), ("max_depth", json!(depth))],
        };
        let folds = self.folds.get_untracked() as u64;
        let typed =
            TRIED.iter().zip(self.tries).map(|((name, models, ..), text)| (*name, *models, text.get_untracked()));
        let of_model = typed.filter(|(_, models, text)| models.contains(&model.as_str()) && !text.trim().is_empty());
        let lists: Vec<(&'static str, String)> = of_model.map(|(name, _, text)| (name, text)).collect();
        let is_tried = folds > 1 || !lists.is_empty();
        let folds = if folds > 1 { folds } else { 5 };
        let n_iter = self.draws.get_untracked() as u64;
        Some(Training {
            label: label_of(&self.label.get_untracked(), &self.filter.get_untracked())?,
            tries: is_tried.then_some(Tries { folds, n_iter, lists }),
            curve: self.curve.get_untracked() as u64,
            imputation: self.imputation.get_untracked(),
            model,
            params,
            features: chosen(learning),
            words: self.words.get_untracked(),
            vocabulary: (self.max_words.get_untracked() as u64, self.min_support.get_untracked() as u64),
            scaling: self.scaling.get_untracked(),
            clips: self.clips.get_untracked(),
            split: self.split.get_untracked(),
            test_share: self.test_share.get_untracked(),
            seed: self.seed.get_untracked() as u64,
        })
    }
}

/// What a form that nobody has touched proposes.
fn proposed(report: &Report) -> Training {
    let status = "http.response.status_code";
    let has_status = report.quality.columns.iter().any(|column| column.field == status);
    Training {
        label: if has_status { Label::Column(status.to_owned()) } else { Label::Question(String::new()) },
        model: "random_forest".to_owned(),
        params: Vec::new(),
        features: Vec::new(),
        words: "tf_idf".to_owned(),
        vocabulary: (100, 10),
        scaling: "none".to_owned(),
        imputation: "median".to_owned(),
        clips: false,
        split: proposed_split(report).0.to_owned(),
        test_share: 0.3,
        tries: None,
        curve: 0,
        seed: 42,
    }
}

/// The columns that are ticked in the table of columns; none where all are, so that the log decides.
fn chosen(learning: Learning) -> Vec<(String, String)> {
    let left_out = learning.left_out.get_untracked();
    let survey = learning.survey.get_untracked().filter(|_| !left_out.is_empty());
    let features = survey.iter().flat_map(|survey| &survey.features);
    let kept = features.filter(|feature| !left_out.contains(&feature.name));
    kept.map(|feature| (feature.kind.clone(), feature.name.clone())).collect()
}

fn listed(options: &[(&str, &str)]) -> Vec<(String, String)> {
    options.iter().map(|(value, title)| ((*value).to_owned(), (*title).to_owned())).collect()
}
