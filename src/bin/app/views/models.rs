//! What the models say, and how to set them.

pub mod anomaly;
pub mod anomaly_form;
pub mod classifier;
pub mod classifier_form;
pub mod feature_choice;
pub mod run_status;
pub mod scatter;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use self::anomaly::AnomalyResult;
use self::anomaly_form::AnomalyForm;
use self::classifier::ClassifierResult;
use self::classifier_form::ClassifierForm;
use crate::components::report_view::ReportView;
use crate::state::route::Page;

/// Models: the isolation forest, which ranks strange rows, and the random forest, which learns a column.
#[component]
pub fn Models() -> impl IntoView {
    view! { <ReportView page=Page::Models question="Which rows are strange, and what can be learned from the others." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let anomaly = Memo::new(move |_| report.with(|report| report.models.anomaly.clone()));
    let classifiers = Memo::new(move |_| report.with(|report| report.models.classifiers.clone()));
    view! {
        <AnomalyForm report=report />
        {move || anomaly.get().map(|anomaly| view! { <AnomalyResult anomaly=anomaly /> })}
        <ClassifierForm report=report />
        {move || {
            let results = classifiers.get().into_iter();
            results.map(|classifier| view! { <ClassifierResult classifier=classifier /> }).collect_view()
        }}
    }
    .into_any()
}
