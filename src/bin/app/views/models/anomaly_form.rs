//! How the isolation forest is set.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;
use logloupe::settings::AnomalySettings;
use wasm_bindgen_futures::spawn_local;

use super::feature_choice::FeatureChoice;
use super::run_status::RunStatus;
use crate::components::card::Card;
use crate::components::field::NumberField;
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};

/// Features, share to mark, trees, sample, seed; running it draws the result below.
#[component]
pub fn AnomalyForm(
    /// The report, for its columns.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let set = report.with_untracked(|report| report.settings.models.anomaly.clone());
    let features = RwSignal::new(set.features);
    let share = RwSignal::new(set.contamination * 100.0);
    let trees = RwSignal::new(f64::from(set.n_estimators));
    let sample = RwSignal::new(f64::from(set.max_samples));
    let seed = RwSignal::new(set.seed as f64);
    let is_running = move || store.anomaly_run.with(|run| matches!(run, Run::Running(_)));
    let run = move |_| {
        let settings = AnomalySettings {
            enabled: true,
            features: features.get_untracked(),
            contamination: share.get_untracked() / 100.0,
            n_estimators: trees.get_untracked() as u32,
            max_samples: sample.get_untracked() as u32,
            seed: seed.get_untracked() as u64,
        };
        store.settings.update(|known| known.models.anomaly = settings.clone());
        let session = loupe.session();
        spawn_local(async move { session.fit_anomaly(settings).await });
    };
    // Scores are kept, so that another share is marked at once.
    let mark = move |event| {
        share.set(event_target_value(&event).parse().unwrap_or(5.0));
        if report
            .with_untracked(|report| report.models.anomaly.as_ref().is_some_and(|anomaly| anomaly.refused.is_none()))
        {
            let (session, wanted) = (loupe.session(), share.get_untracked() / 100.0);
            store.settings.update(|known| known.models.anomaly.contamination = wanted);
            spawn_local(async move { session.mark(wanted).await });
        }
    };
    view! {
        <Card
            title="Which rows are strange".to_owned()
            subtitle="Isolation forest (Liu, Ting and Zhou 2008): rows that few cuts set apart from the others".to_owned()
        >
            <div class="form">
                <FeatureChoice report=report chosen=features />
                <label class="field">
                    <span class="field-label">{move || format!("Share to mark: {} %", share.get())}</span>
                    <input type="range" min="0.5" max="50" step="0.5" prop:value=move || share.get().to_string()
                        on:input=mark />
                    <span class="field-hint">"Contamination: it fixes how many rows are marked, not how strange they are."</span>
                </label>
                <NumberField label="Trees" hint="n_estimators" limits=(1.0, 1000.0, 1.0) value=trees />
                <NumberField label="Rows a tree sees" hint="max_samples" limits=(2.0, 100_000.0, 1.0) value=sample />
                <NumberField label="Seed" hint="The same seed gives the same forest." limits=(0.0, 9e15, 1.0) value=seed />
            </div>
            <p class="actions form-actions">
                <button type="button" class="primary" disabled=is_running on:click=run>"Run"</button>
            </p>
            <RunStatus run=store.anomaly_run />
        </Card>
    }
}
