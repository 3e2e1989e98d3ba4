//! What the data is fit for: the account of every line, every column's figures.

pub mod accounts;
pub mod columns;
pub mod readings;

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use self::accounts::Accounts;
use self::columns::Columns;
use self::readings::Readings;
use crate::components::later::Later;
use crate::components::report_view::ReportView;
use crate::state::route::Page;

/// Quality: files and the accounts of their lines, columns, and how each file is read.
#[component]
pub fn Quality() -> impl IntoView {
    view! { <ReportView page=Page::Quality question="What became of every line, and what the columns are fit for." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    view! {
        <Accounts report=report />
        <Later frames=1>
            <Columns report=report />
            <Readings />
        </Later>
    }
    .into_any()
}
