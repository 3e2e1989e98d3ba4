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
use crate::state::training::{Label, Training, proposed_split, values};
use crate::text::sentences::sentence;

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
    scaling: RwSignal<String>,
    clips: RwSignal<bool>,
    split: RwSignal<String>,
    test_share: RwSignal<f64>,
    folds: RwSignal<f64>,
    grid_trees: RwSignal<String>,
    grid_depths: RwSignal<String>,
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
        let (folds, trees, depths) = last.grid.unwrap_or_default();
        let depths: Vec<String> =
            depths.iter().map(|depth| depth.map_or("any".to_owned(), |depth| depth.to_string())).collect();
        let trees: Vec<String> = trees.iter().map(ToString::to_string).collect();
        Self {
            label: RwSignal::new(label),
            filter: RwSignal::new(filter),
            trees: number("n_estimators", 100.0),
            depth: number("max_depth", 10.0),
            rate: number("learning_rate", 0.1),
            c: number("c", 1.0),
            model: RwSignal::new(last.model),
            words: RwSignal::new(last.words),
            scaling: RwSignal::new(last.scaling),
            clips: RwSignal::new(last.clips),
            split: RwSignal::new(last.split),
            test_share: RwSignal::new(last.test_share),
            folds: RwSignal::new(folds as f64),
            grid_trees: RwSignal::new(trees.join(", ")),
            grid_depths: RwSignal::new(depths.join(", ")),
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
        view! {
            <SelectField label="Words of paths, queries and agents" hint="How texts become numbers." options=listed(&words) value=self.words />
            <SelectField label="Scale of numbers" hint="Trees need none." options=listed(&scaling) value=self.scaling />
            <label class="field">
                <span class="field-label">"Numbers far out"</span>
                <span>
                    <input type="checkbox" prop:checked=move || self.clips.get() on:change=move |event| self.clips.set(event_target_checked(&event)) />
                    " Clip them at the fences"
                </span>
                <span class="field-hint">"One and a half times the distance of the quartiles from them."</span>
            </label>
            <NumberField label="Folds" hint="k-fold: 0 for none. The rows that train are tested in so many turns before." limits=(0.0, 20.0, 1.0) value=self.folds />
            <Show when=move || self.model.with(|model| model == "random_forest")>
                <TextField label="Trees to try" hint="Grid search over the folds; separated by commas." placeholder="50, 100, 200" value=self.grid_trees />
                <TextField label="Depths to try" hint="Separated by commas; any for no limit." placeholder="5, 10, any" value=self.grid_depths />
            </Show>
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
        let grid_trees = values(&self.grid_trees.get_untracked()).into_iter().flatten().collect::<Vec<u64>>();
        let grid_depths = values(&self.grid_depths.get_untracked());
        let (grid_trees, grid_depths) =
            if model == "random_forest" { (grid_trees, grid_depths) } else { (Vec::new(), Vec::new()) };
        let tries = folds > 1 || !grid_trees.is_empty() || !grid_depths.is_empty();
        let folds = if folds > 1 { folds } else { 5 };
        Some(Training {
            label: label_of(&self.label.get_untracked(), &self.filter.get_untracked())?,
            grid: tries.then_some((folds, grid_trees, grid_depths)),
            model,
            params,
            features: chosen(learning),
            words: self.words.get_untracked(),
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
        scaling: "none".to_owned(),
        clips: false,
        split: proposed_split(report).0.to_owned(),
        test_share: 0.3,
        grid: None,
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
