//! Files while they are looked at and read: what is done, how much is left, and a way to stop.

use leptos::prelude::*;

use crate::state::session::use_loupe;
use crate::state::store::{FileState, Stage, Store, use_store};
use crate::text::numbers;

/// Progress of all files and of each.
#[component]
pub fn Reading() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let sums = Memo::new(move |_| store.files.with(|files| Sums::of(files)));
    let doing = move || match store.stage.get() {
        Stage::Preview => "Looking at the formats",
        Stage::Analyzing => "Checking, counting, comparing",
        _ => "Reading",
    };
    let files = move || {
        let rows = store.files.get().into_iter().map(|file| view! { <FileLine file=file /> });
        rows.collect_view()
    };
    view! {
        <div class="reading" aria-busy="true">
            <header class="reading-head">
                <h2 role="status">{doing}</h2>
                <p class="muted">{move || sums.get().sentence(store)}</p>
                <button type="button" on:click=move |_| loupe.close()>"Stop"</button>
            </header>
            <progress max="1" value=move || sums.get().share() aria-label="Bytes read"></progress>
            <div class="table-box">
                <table>
                    <caption class="unseen">"Files being read"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"File"</th>
                            <th scope="col">"Format"</th>
                            <th scope="col" class="number">"Size"</th>
                            <th scope="col" class="number">"Lines"</th>
                            <th scope="col" class="number">"Not understood"</th>
                            <th scope="col">"Read"</th>
                        </tr>
                    </thead>
                    <tbody>{files}</tbody>
                </table>
            </div>
            <p class="muted">"The figures come when all files are read; nothing of them leaves this tab."</p>
        </div>
    }
}

/// One file's progress.
#[component]
fn FileLine(
    /// What is known of it.
    file: FileState,
) -> impl IntoView {
    let format = match &file.detected {
        None => "…".to_owned(),
        Some(detected) => detected.format.clone().unwrap_or_else(|| "not recognised".to_owned()),
    };
    let evidence = file.detected.as_ref().map(|detected| detected.evidence.clone()).unwrap_or_default();
    let share = if file.to_read == 0 { 1.0 } else { file.bytes as f64 / file.to_read as f64 };
    view! {
        <tr>
            <th scope="row"><span class="cell-text" dir="auto">{file.path}</span></th>
            <td title=evidence>{format}</td>
            <td class="number">{numbers::bytes(file.size_bytes)}</td>
            <td class="number">{numbers::count(file.lines)}</td>
            <td class="number">{numbers::count(file.rejected)}</td>
            <td><progress max="1" value=share aria-label="Bytes read of this file"></progress></td>
        </tr>
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Sums {
    size: u64,
    bytes: u64,
    lines: u64,
}

impl Sums {
    fn of(files: &[FileState]) -> Self {
        Self {
            size: files.iter().map(|file| file.to_read).sum(),
            bytes: files.iter().map(|file| file.bytes).sum(),
            lines: files.iter().map(|file| file.lines).sum(),
        }
    }

    fn share(self) -> f64 {
        if self.size == 0 { 0.0 } else { self.bytes as f64 / self.size as f64 }
    }

    /// Bytes of all, lines, speed and time left.
    fn sentence(self, store: Store) -> String {
        let seconds = store.reading_seconds.get();
        let read = format!(
            "{} of {}, {}",
            numbers::bytes(self.bytes),
            numbers::bytes(self.size),
            numbers::counted(self.lines, "line")
        );
        if seconds < 0.2 || self.bytes == 0 || self.bytes >= self.size {
            return read;
        }
        let speed = self.bytes as f64 / seconds;
        let left = (self.size - self.bytes) as f64 / speed;
        format!("{read}, {} a second, about {} left", numbers::bytes(speed as u64), numbers::seconds(left.ceil()))
    }
}
