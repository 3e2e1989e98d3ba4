//! Requests whose user agent begins in a certain way, by folder, and the hosts that they went to.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{PrefixResult, Report};

use super::look_ups::folder_cell;
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::text::numbers;

/// One card a beginning.
#[component]
pub fn Prefixes(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let results = Memo::new(move |_| report.with(|report| report.user_agent_prefixes.clone()));
    let cards = move || results.get().into_iter().map(|result| view! { <Prefix result=result /> }).collect_view();
    view! { <div class="halves">{cards}</div> }
}

/// One beginning.
#[component]
fn Prefix(
    /// What was found.
    result: PrefixResult,
) -> impl IntoView {
    let title = format!("{} with user agents that begin “{}”", numbers::counted(result.count, "row"), result.prefix);
    let folders = Table {
        caption: format!("{} by folder", result.prefix),
        columns: vec![Column::text("Folder"), Column::number("Rows")],
        rows: result
            .folders
            .iter()
            .map(|folder| vec![folder_cell(&folder.folder), Cell::part(folder.count, result.count)])
            .collect(),
        empty: "There are no folders.".into(),
    };
    let caption = format!("Hosts asked by {}", result.prefix);
    let hosts = Table::of_values(&caption, "Host", "url.domain", &result.hosts, "No host is named in these rows.");
    view! {
        <Card title=title subtitle="By folder, and the hosts that these requests went to".to_owned()>
            <DataTable table=Signal::stored(folders) page=10 />
            <DataTable table=Signal::stored(hosts) page=10 />
        </Card>
    }
}
