//! Everything in words, and to take away.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::RowFormat;
use logloupe::report::Report;
use logloupe::report::export::DocumentFormat;
use wasm_bindgen_futures::spawn_local;

use crate::components::card::Card;
use crate::components::download_button::{DownloadButton, Make};
use crate::components::report_view::ReportView;
use crate::state::hooks;
use crate::state::route::Page;
use crate::state::session::{Loupe, use_loupe};
use crate::state::store::{Store, use_store};
use crate::text::numbers;

/// The report in sentences, with downloads and print.
#[component]
pub fn ReportPage() -> impl IntoView {
    view! { <ReportView page=Page::Report question="The report in words, to print or to take away." ready=ready /> }
}

fn ready(report: Signal<Arc<Report>>) -> AnyView {
    let (store, loupe) = (use_store(), use_loupe());
    let is_redacted = RwSignal::new(false);
    let paragraphs = Memo::new(move |_| report.with(|report| report.text.clone()));
    let items = move || {
        let items = paragraphs.get().into_iter();
        items.map(|text| view! { <h3>{text.heading}</h3> <p>{text.body}</p> }).collect_view()
    };
    let title = Signal::derive(move || report.with(|report| scope(report)));
    let print = move |_| {
        // A browser without a printer shows nothing.
        let _ = window().print();
    };
    view! {
        <Card title="Take away".to_owned() subtitle="Files are made in this tab; nothing is uploaded".to_owned()>
            <p class="actions">
                <DownloadButton label="Report (PDF)" name="logloupe-report.pdf" media_type="application/pdf" make=document_file(loupe, DocumentFormat::Pdf, is_redacted) />
                <DownloadButton label="Report (HTML)" name="logloupe-report.html" media_type="text/html" make=document_file(loupe, DocumentFormat::Html, is_redacted) />
                <DownloadButton label="Report (Markdown)" name="logloupe-report.md" media_type="text/markdown" make=document_file(loupe, DocumentFormat::Markdown, is_redacted) />
                <DownloadButton label="Report (JSON)" name="logloupe-report.json" media_type="application/json" make=document_file(loupe, DocumentFormat::Json, is_redacted) />
                <DownloadButton label="All of it (zip)" name="logloupe-report.zip" media_type="application/zip" make=document_file(loupe, DocumentFormat::Zip, is_redacted) />
            </p>
            <p>"The zip also has each table as CSV, each chart as SVG, and a list of what is inside."</p>
            <label class="inline-field">
                <input type="checkbox" prop:checked=move || is_redacted.get() on:change=move |event| is_redacted.set(event_target_checked(&event)) />
                <span>"Leave addresses, user names, query values, referrers and raw lines out of these five; the file says what was left out"</span>
            </label>
            <Show when=move || is_redacted.get()>
                <LeftOut report=report />
            </Show>
            <h3>"Cleaned rows under the filter"</h3>
            <p class="actions">
                <DownloadButton label="Rows (CSV)" name="rows.csv" media_type="text/csv" make=rows_file(store, loupe, RowFormat::Csv) />
                <DownloadButton label="Rows (NDJSON)" name="rows.ndjson" media_type="application/x-ndjson" make=rows_file(store, loupe, RowFormat::Ndjson) />
                <DownloadButton label="Rows (Parquet)" name="rows.parquet" media_type="application/vnd.apache.parquet" make=parquet_file(store, loupe) />
                <button type="button" on:click=print>"Print"</button>
            </p>
        </Card>
        <Card title=title subtitle="In sentences, for whoever reads no tables".to_owned()>
            <div class="prose">{items}</div>
        </Card>
    }
    .into_any()
}

/// What the redaction takes out of this report.
#[component]
fn LeftOut(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let loupe = use_loupe();
    let said = RwSignal::new(None::<Result<Vec<String>, String>>);
    Effect::new(move |_| {
        report.track();
        let session = loupe.session();
        spawn_local(async move {
            let answer = session.left_out().await;
            // Whoever asked may have gone elsewhere meanwhile.
            let _ = said.try_set(Some(answer));
        });
    });
    let items = move || match said.get() {
        None => view! { <p aria-busy="true">"Looking for what is left out …"</p> }.into_any(),
        Some(Err(message)) => view! { <p class="tone-wrong" role="alert">{message}</p> }.into_any(),
        Some(Ok(items)) => {
            let items = items.into_iter().map(|item| view! { <li>{item}</li> }).collect_view();
            view! { <ul>{items}</ul> }.into_any()
        }
    };
    view! {
        <section aria-labelledby="left-out-title">
            <h3 id="left-out-title">"What is left out"</h3>
            {items}
        </section>
    }
}

fn scope(report: &Report) -> String {
    let rows = numbers::counted(report.rows.filtered, "row");
    if report.settings.filter.is_empty() {
        return format!("Report over {rows}");
    }
    format!("Report over {rows} of {}, under the filter {}", numbers::count(report.rows.total), report.settings.filter)
}

fn document_file(loupe: Loupe, format: DocumentFormat, is_redacted: RwSignal<bool>) -> Make {
    Box::new(move || {
        let (session, is_redacted) = (loupe.session(), is_redacted.get_untracked());
        Box::pin(async move {
            // The page has this text by itself.
            if format == DocumentFormat::Json && !is_redacted {
                return hooks::report_text(session).await.map(String::into_bytes);
            }
            session.document(format, is_redacted).await
        })
    })
}

fn parquet_file(store: Store, loupe: Loupe) -> Make {
    Box::new(move || {
        let session = loupe.session();
        let filter = store.route.with_untracked(|route| route.filter.clone());
        Box::pin(async move { session.parquet(&filter).await })
    })
}

fn rows_file(store: Store, loupe: Loupe, format: RowFormat) -> Make {
    Box::new(move || {
        let session = loupe.session();
        let filter = store.route.with_untracked(|route| route.filter.clone());
        Box::pin(async move { session.export(&filter, format).await.map_err(|trouble| trouble.sentence()) })
    })
}
