//! How the random forest is set.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;
use logloupe::schema::FieldName;
use logloupe::settings::ClassifierSettings;
use wasm_bindgen_futures::spawn_local;

use super::feature_choice::FeatureChoice;
use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::field::NumberField;
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};
use crate::text::fields;

/// Columns with more distinct values than this are no classes.
const CLASSES_AT_MOST: u64 = 50;

/// Label, features, trees, depth, share to test on, seed; running it draws the result below.
#[component]
pub fn ClassifierForm(
    /// The report, for its columns.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let set = report.with_untracked(|report| report.settings.models.classifier.clone()).unwrap_or_default();
    let label = RwSignal::new(set.label.to_string());
    let features = RwSignal::new(set.features);
    let trees = RwSignal::new(f64::from(set.n_estimators));
    let depth = RwSignal::new(f64::from(set.max_depth));
    let test = RwSignal::new(set.test_size);
    let seed = RwSignal::new(set.seed as f64);
    let labels = Memo::new(move |_| report.with(|report| labels(report)));
    let is_running = move || store.classifier_run.with(|run| matches!(run, Run::Running(_)));
    let run = move |_| {
        let settings = ClassifierSettings {
            label: FieldName::new(&label.get_untracked()),
            features: features.get_untracked(),
            n_estimators: trees.get_untracked() as u32,
            max_depth: depth.get_untracked() as u32,
            test_size: test.get_untracked(),
            seed: seed.get_untracked() as u64,
        };
        let session = loupe.session();
        spawn_local(async move { session.fit_classifier(settings).await });
    };
    let options = move || {
        let option = |name: String| {
            let text = fields::plain(&name).to_owned();
            let is_chosen = name == label.get_untracked();
            view! { <option value=name selected=is_chosen>{text}</option> }
        };
        labels.get().into_iter().map(option).collect_view()
    };
    view! {
        <Card
            title="What the other columns say about one".to_owned()
            subtitle="Random forest (Breiman 2001), grown on a part of the rows and tested on the rest".to_owned()
        >
            <div class="form">
                <label class="field">
                    <span class="field-label">"Column to learn"</span>
                    <select on:change=move |event| label.set(event_target_value(&event))>{options}</select>
                    <span class="field-hint">"Its values are the classes."</span>
                </label>
                <NumberField label="Trees" hint="n_estimators" limits=(1.0, 1000.0, 1.0) value=trees />
                <NumberField label="Depth" hint="max_depth" limits=(1.0, 32.0, 1.0) value=depth />
                <NumberField label="Share to test on" hint="test_size" limits=(0.05, 0.9, 0.05) value=test />
                <NumberField label="Seed" hint="The same seed gives the same forest." limits=(0.0, 9e15, 1.0) value=seed />
                <FeatureChoice report=report chosen=features />
            </div>
            <p class="actions form-actions">
                <button type="button" class="primary" disabled=is_running on:click=run>"Run"</button>
            </p>
            <RunStatus run=store.classifier_run />
        </Card>
    }
}

/// Columns whose values can be classes; those of one class too, so that the refusal can be read.
fn labels(report: &Report) -> Vec<String> {
    let columns = report.quality.columns.iter();
    let is_label = |kind: &str| matches!(kind, "keyword" | "integer");
    columns
        .filter(|column| is_label(&column.kind) && (1..=CLASSES_AT_MOST).contains(&column.distinct))
        .map(|column| column.field.clone())
        .collect()
}
