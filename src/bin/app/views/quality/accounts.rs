//! The account of each file: accepted + rejected + skipped = lines, and the lines that were not understood.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::RowFormat;
use logloupe::report::{Archive, Input, Reject, Report, SkippedMember};

use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::download_button::{DownloadButton, Make};
use crate::components::raw_lines::{RawLine, RawLines};
use crate::components::stopped::Stopped;
use crate::components::table::{Cell, Column, Table};
use crate::state::session::{Loupe, use_loupe};
use crate::text::{numbers, times};

/// All files with their accounts, then what was not understood in each, by reason.
#[component]
pub fn Accounts(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let loupe = use_loupe();
    let inputs = Memo::new(move |_| report.with(|report| report.inputs.clone()));
    let table = Memo::new(move |_| inputs.with(|inputs| accounts(inputs)));
    let title = Signal::derive(move || {
        inputs.with(|inputs| {
            let sum = |count: fn(&Input) -> u64| inputs.iter().map(count).sum::<u64>();
            let (lines, rejected) = (sum(|input| input.lines), sum(|input| input.rejected));
            match rejected {
                0 => format!("All {} were understood", numbers::counted(lines, "line")),
                _ => format!("{} of {} not understood", numbers::count(rejected), numbers::counted(lines, "line")),
            }
        })
    });
    let troubled = move || {
        let troubled = inputs.get().into_iter().filter(|input| !input.rejects.is_empty() || !input.warnings.is_empty());
        troubled.map(|input| view! { <Trouble input=input /> }).collect_view()
    };
    let skipped = Memo::new(move |_| report.with(|report| not_read(&report.archives)));
    let archives = move || {
        skipped.with(Option::is_some).then(|| {
            let table = Memo::new(move |_| skipped.get().unwrap_or_default());
            let title = "Not read out of archives".to_owned();
            let stopped = loupe.session().stopped().into_iter();
            let stopped = stopped.map(|(path, what)| view! { <Stopped path=path what=what /> }).collect_view();
            view! { <Card title=title subtitle="They are in no figure".to_owned()><DataTable table=table />{stopped}</Card> }
        })
    };
    view! {
        <Card title=title subtitle="Lines by file: accepted + not understood + skipped = lines".to_owned()>
            <DataTable table=table />
            <Show when=move || inputs.with(|inputs| inputs.iter().any(|input| input.rejected > 0))>
                <p class="actions">
                    <DownloadButton label="Lines not understood (CSV)" name="not-understood.csv" media_type="text/csv" make=rejected_file(loupe, RowFormat::Csv) />
                    <DownloadButton label="Lines not understood (NDJSON)" name="not-understood.ndjson" media_type="application/x-ndjson" make=rejected_file(loupe, RowFormat::Ndjson) />
                </p>
            </Show>
        </Card>
        {troubled}
        {archives}
    }
}

/// Archives whose members are not all read, as a table of those that are not.
fn not_read(archives: &[Archive]) -> Option<Table> {
    let row = |archive: &Archive, member: &SkippedMember| {
        vec![Cell::content(&archive.path), Cell::content(&member.path), Cell::text(member.reason.clone())]
    };
    let rows = archives.iter().flat_map(|archive| archive.skipped.iter().map(move |member| row(archive, member)));
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| Table {
        caption: "Members of archives that are not read".into(),
        columns: vec![Column::text("Archive"), Column::text("Member"), Column::text("Why")],
        rows,
        empty: String::new(),
    })
}

/// All lines that were not understood, read again in a worker.
fn rejected_file(loupe: Loupe, format: RowFormat) -> Make {
    Box::new(move || {
        let session = loupe.session();
        Box::pin(async move { session.rejected(format).await.map_err(|trouble| trouble.sentence()) })
    })
}

fn accounts(inputs: &[Input]) -> Table {
    let row = |input: &Input| {
        let adds_up = input.accepted + input.rejected + input.skipped == input.lines;
        let days = input.first.as_deref().zip(input.last.as_deref());
        vec![
            Cell::value("log.file.path", Some(&input.path)),
            Cell::text(input.format.clone().unwrap_or_else(|| "not recognised".into())),
            Cell::count(input.lines).toned(if adds_up { "" } else { "wrong" }),
            Cell::count(input.accepted),
            Cell::count(input.rejected).toned(if input.rejected > 0 { "careful" } else { "" }),
            Cell::count(input.skipped),
            Cell::bytes(Some(input.size_bytes)),
            Cell::text(days.and_then(|(first, last)| times::days(first, last)).unwrap_or_else(|| "–".into())),
            Cell::text(input.timezones.join(", ")),
            Cell::text(input.format_evidence.clone()),
            Cell::hash(input.sha256.as_deref()),
        ]
    };
    Table {
        caption: "Accounts of files".into(),
        columns: vec![
            Column::text("File"),
            Column::text("Format"),
            Column::number("Lines"),
            Column::number("Accepted"),
            Column::number("Not understood"),
            Column::number("Skipped"),
            Column::number("Size"),
            Column::text("Days (UTC)"),
            Column::text("Offsets"),
            Column::text("Why this format"),
            Column::text("SHA-256 of the file"),
        ],
        rows: inputs.iter().map(row).collect(),
        empty: "No file was read.".into(),
    }
}

/// What went wrong in one file.
#[component]
fn Trouble(
    /// The file's account.
    input: Input,
) -> impl IntoView {
    let share = numbers::share(input.rejected, input.lines);
    let title = match input.rejected {
        0 => format!("{}: read with a warning", input.path),
        count => format!("{}: {} ({share}) not understood", input.path, numbers::counted(count, "line")),
    };
    let path = input.path.clone();
    let warnings =
        input.warnings.into_iter().map(|what| view! { <Stopped path=path.clone() what=what /> }).collect_view();
    let reasons = input.rejects.into_iter().map(|reject| view! { <Reason reject=reject /> }).collect_view();
    view! {
        <Card title=title subtitle="By reason, with the first lines of each; they are in no other figure".to_owned()>
            {warnings}
            <ul class="reasons">{reasons}</ul>
        </Card>
    }
}

/// One reason with its first lines.
#[component]
fn Reason(
    /// The reason.
    reject: Reject,
) -> impl IntoView {
    let lines = reject
        .samples
        .into_iter()
        .map(|sample| RawLine { place: format!("line {}", sample.line), text: sample.text, is_meant: false })
        .collect::<Vec<_>>();
    view! {
        <li>
            <p><span class="strong">{numbers::counted(reject.count, "line")}</span> ": " {reject.reason}</p>
            <RawLines lines=lines />
        </li>
    }
}
