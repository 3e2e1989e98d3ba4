//! The root of a page's view: its heading and its four states.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use super::empty_note::EmptyNote;
use super::failed_note::FailedNote;
use super::later::Settling;
use super::notice::Notice;
use super::preview::Preview;
use super::reading::Reading;
use super::start::Start;
use crate::state::route::Page;
use crate::state::store::{Stage, use_store};

/// What a page draws of a report.
pub type Ready = fn(Signal<Arc<Report>>) -> AnyView;

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Empty,
    Waiting,
    Busy,
    Failed,
    NoRows,
    Ready,
}

/// A page: empty and why, busy and how far, failed and what to do, or ready.
#[component]
pub fn ReportView(
    /// Which page.
    page: Page,
    /// What it answers.
    question: &'static str,
    /// What it draws of a report.
    ready: Ready,
) -> impl IntoView {
    let store = use_store();
    let shown = Memo::new(move |_| match store.stage.get() {
        Stage::Empty => Shown::Empty,
        Stage::Failed { .. } => Shown::Failed,
        Stage::Preview if store.waiting.get() => Shown::Waiting,
        stage if stage.is_busy() || store.report.with(Option::is_none) => Shown::Busy,
        _ if needs_rows(page) && store.report.with(|r| r.as_ref().is_some_and(|r| r.rows.total == 0)) => Shown::NoRows,
        _ => Shown::Ready,
    });
    let report = Memo::new(move |before: Option<&Arc<Report>>| {
        store.report.get().or_else(|| before.cloned()).unwrap_or_default()
    });
    let content = move || match shown.get() {
        Shown::Empty if page == Page::Overview => view! { <Start /> }.into_any(),
        Shown::Empty => view! { <EmptyNote question=question /> }.into_any(),
        Shown::Waiting => view! { <Preview /> }.into_any(),
        Shown::Busy => view! { <Reading /> }.into_any(),
        Shown::Failed => view! { <FailedNote /> }.into_any(),
        Shown::NoRows => view! { <NoRows report=report.into() /> }.into_any(),
        Shown::Ready => view! { <NoRows report=report.into() /> {ready(report.into())} <Settling /> }.into_any(),
    };
    let starts = move || shown.get() == Shown::Empty && page == Page::Overview;
    view! {
        <section class="view" data-view=page.name() aria-labelledby="view-title" data-checking=move || store.refreshing.get().to_string()>
            <header class="view-head" class:unseen=starts>
                <h1 id="view-title">{page.title()}</h1>
                <p>{question}</p>
            </header>
            {content}
        </section>
    }
}

/// Whether the page has nothing to say where no line was understood.
fn needs_rows(page: Page) -> bool {
    !matches!(page, Page::Quality | Page::Report)
}

/// Why there is nothing under the filter, or nothing at all.
#[component]
fn NoRows(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let rows = Memo::new(move |_| report.with(|report| report.rows));
    let quality = move || store.route.with(|route| route.on(Page::Quality).to_fragment());
    view! {
        <Show when=move || rows.get().total == 0>
            <Notice tone="careful">
                <p>"No line was understood, so there are no figures. " <a href=quality>"Quality"</a> " shows the lines and why."</p>
            </Notice>
        </Show>
        <Show when=move || { rows.get().total > 0 && rows.get().filtered == 0 }>
            <Notice tone="info">
                <p>"No row passes the filter."</p>
                <p class="actions">
                    <button type="button" on:click=move |_| store.undo()>"Undo the last filter"</button>
                    <button type="button" on:click=move |_| store.set_filter("")>"Show all rows"</button>
                </p>
            </Notice>
        </Show>
    }
}
