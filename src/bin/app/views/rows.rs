//! The rows under the filter, down to the raw line.

pub mod column_choice;
pub mod detail;
pub mod list;
pub mod pages;
pub mod why_not;
pub mod window;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use self::column_choice::ColumnChoice;
use self::detail::Detail;
use self::list::List;
use self::pages::Pages;
use crate::components::notice::Notice;
use crate::components::report_view::ReportView;
use crate::state::route::Page;
use crate::state::session::use_loupe;

/// Rows: a list of any length, sorted by any column; a row opens its line.
#[component]
pub fn Rows() -> impl IntoView {
    view! { <ReportView page=Page::Rows question="Every row under the filter, down to the line in the file." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let pages = Pages::new(use_loupe());
    pages.follow(report);
    let problem = move || pages.problem.get().map(|text| view! { <Notice tone="wrong"><p>{text}</p></Notice> });
    view! {
        {problem}
        <div class="rows-view" class:has-detail=move || pages.open.with(Option::is_some)>
            <div class="rows-main">
                <ColumnChoice pages=pages />
                <List pages=pages />
            </div>
            {move || pages.open.get().map(|row| view! { <Detail row=row pages=pages /> })}
        </div>
    }
    .into_any()
}
