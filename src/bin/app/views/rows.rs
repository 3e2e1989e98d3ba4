//! The page of rows.
use crate::components::report_view::ReportView;
use crate::state::route::Page;
use leptos::prelude::*;
use logloupe::report::Report;
use std::sync::Arc;
/// The page of rows.
#[component]
pub fn Rows() -> impl IntoView {
    view! { <ReportView page=Page::Rows question="" ready=ready /> }
}
fn ready(_report: Signal<Arc<Report>>) -> AnyView {
    ().into_any()
}
