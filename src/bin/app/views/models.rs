//! What the models say, and how to set them.

mod agreement;
pub mod anomaly;
pub mod anomaly_form;
pub mod classifier;
mod curves;
pub mod feature_choice;
mod figures;
mod forecast;
mod label_choice;
mod learn_form;
mod learnt;
mod map;
mod open_model;
mod pairs;
mod planted;
mod predict;
mod records;
pub mod run_status;
pub mod scatter;
mod survey;
mod why;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use self::agreement::AgreementCard;
use self::anomaly::AnomalyResult;
use self::anomaly_form::AnomalyForm;
use self::classifier::ClassifierResult;
use self::forecast::ForecastCard;
use self::learn_form::LearnForm;
use self::learnt::LearntView;
use self::map::MapCard;
use self::planted::PlantedCard;
use self::records::Records;
use self::survey::SurveyCard;
use crate::components::report_view::ReportView;
use crate::state::route::Page;
use crate::state::store::use_store;

/// Models: the isolation forest, which ranks strange rows, and classifiers, which learn a column.
#[component]
pub fn Models() -> impl IntoView {
    view! { <ReportView page=Page::Models question="Which rows are strange, and what can be learned from the others." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let learning = use_store().learning;
    let anomaly = Memo::new(move |_| report.with(|report| report.models.anomaly.clone()));
    let classifiers = Memo::new(move |_| report.with(|report| report.models.classifiers.clone()));
    view! {
        <AnomalyForm report=report />
        {move || anomaly.get().map(|anomaly| view! { <AnomalyResult anomaly=anomaly /> })}
        <SurveyCard />
        <LearnForm report=report />
        {move || learning.learnt.get().map(|learnt| view! { <LearntView learnt=learnt /> })}
        {move || {
            let results = classifiers.get().into_iter();
            results.map(|classifier| view! { <ClassifierResult classifier=classifier /> }).collect_view()
        }}
        <AgreementCard />
        <PlantedCard />
        <ForecastCard />
        <MapCard />
        <Records />
    }
    .into_any()
}
