//! The first thing to see: where to drop a log, what happens to it, what is understood.

use leptos::{html, prelude::*};
use wasm_bindgen_futures::spawn_local;

use super::icon::Icon;
use super::notice::Notice;
use crate::state::intake;
use crate::state::session::use_loupe;

/// Formats that are understood, each with where it comes from.
const FORMATS: [(&str, &str); 7] = [
    ("Apache and nginx access logs", "common, combined, with virtual hosts, with fields after them"),
    ("Zeek and Bro logs", "http, dns, conn, ssl, files and every other kind, by their own header"),
    ("CloudWatch web traffic", "the CSV with its sixteen columns"),
    ("Any CSV with a header", "columns are recognised by name, or matched by hand"),
    ("Your own", "an nginx or Apache format string, or one line whose pieces you name"),
    ("Compressed and archived", "every one of these as .gz, .bz2, .xz, .zst, in .zip, .7z and .tar"),
    ("Whole folders", "compared with each other"),
];

/// The drop zone with three lines of what happens, the sample, and the formats.
#[component]
pub fn Start() -> impl IntoView {
    let loupe = use_loupe();
    let (files, folder) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let problem = RwSignal::new(None::<String>);
    let pick = move |input: NodeRef<html::Input>| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |input: NodeRef<html::Input>| {
        if let Some(input) = input.get_untracked() {
            loupe.open(intake::of_input(&input));
        }
    };
    let sample = move |_| {
        spawn_local(async move {
            match intake::sample().await {
                Ok(sample) => loupe.open(sample),
                Err(message) => problem.set(Some(message)),
            }
        });
    };
    let formats = FORMATS.iter().map(|(name, about)| view! { <dt>{*name}</dt><dd>{*about}</dd> }).collect_view();
    view! {
        <div class="start" data-view="start">
            <p class="start-title">"See what is in a log, without giving it away"</p>
            <div class="drop">
                <Icon name="drop" />
                <p class="drop-title">"Drop log files or whole folders here"</p>
                <p class="actions">
                    <button type="button" class="primary" on:click=move |_| pick(files)>"Choose files"</button>
                    <button type="button" on:click=move |_| pick(folder)>"Choose a folder"</button>
                    <button type="button" on:click=sample>"Try a sample"</button>
                </p>
                <label class="unseen" for="files">"Log files"</label>
                <input id="files" class="unseen" tabindex="-1" type="file" multiple node_ref=files on:change=move |_| chosen(files) />
                <label class="unseen" for="folder">"Folder of logs"</label>
                <input id="folder" class="unseen" tabindex="-1" type="file" prop:webkitdirectory=true multiple node_ref=folder on:change=move |_| chosen(folder) />
            </div>
            {move || problem.get().map(|message| view! { <Notice tone="wrong"><p>{message}</p></Notice> })}
            <ol class="start-facts">
                <li><strong>"It stays here."</strong>" The log is read inside this tab; the page may talk to no other place, and counts its requests."</li>
                <li><strong>"It is read as it is."</strong>" Every line is a row or is counted among those not understood, with the reason."</li>
                <li><strong>"Every figure can be questioned."</strong>" From any number to its rows, and to the line in the file."</li>
            </ol>
            <section class="formats" aria-labelledby="formats-title">
                <h2 id="formats-title">"What is understood"</h2>
                <dl>{formats}</dl>
            </section>
        </div>
    }
}
