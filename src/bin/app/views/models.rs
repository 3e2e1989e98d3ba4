//! The page of models.
use crate::components::report_view::ReportView;
use crate::state::route::Page;
use leptos::prelude::*;
use logloupe::report::Report;
use std::sync::Arc;
/// The page of models.
#[component]
pub fn Models() -> impl IntoView {
    view! { <ReportView page=Page::Models question="" ready=ready /> }
}
fn ready(_report: Signal<Arc<Report>>) -> AnyView {
    ().into_any()
}
