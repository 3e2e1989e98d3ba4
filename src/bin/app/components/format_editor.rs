//! A format described by hand: one line, or a format string, becomes pieces whose meaning can be changed.
//!
//! Every change is tried on the first lines of the file, in a worker.

use leptos::prelude::*;
use logloupe::protocol::{Trial, Tried, TriedPiece};
use wasm_bindgen_futures::spawn_local;

use super::display;
use super::first_rows::FirstRows;
use super::notice::Notice;
use crate::state::session::use_loupe;
use crate::state::store::{FileState, use_store};
use crate::text::{meanings, numbers};

/// What it is called unless the user says otherwise.
const NAME: &str = "My format";

/// Text in, pieces with menus, how many lines are understood, and what to call it.
#[component]
pub fn FormatEditor(
    /// The file's number in the session.
    file: usize,
    /// The file's path.
    path: String,
    /// Its first lines, each with why it was not understood.
    lines: Vec<(String, Option<String>)>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let first = lines.iter().find(|(_, reason)| reason.is_some()).or(lines.first());
    let text = RwSignal::new(first.map(|(line, _)| line.clone()).unwrap_or_default());
    let tried = RwSignal::new(None::<Result<Tried, String>>);
    let newest = StoredValue::new(0_u32);
    let try_it = move |trial: Trial| {
        newest.update_value(|newest| *newest += 1);
        let asked = newest.get_value();
        let session = loupe.session();
        spawn_local(async move {
            let answer = session.try_format(file as u32, trial).await;
            // Only the newest answer counts, and the editor may be gone.
            if newest.try_get_value() == Some(asked) {
                tried.set(Some(answer.map(|tried| *tried).map_err(|trouble| trouble.sentence())));
            }
        });
    };
    let try_text = move || {
        let text = text.get_untracked();
        try_it(if meanings::is_format(&text) { Trial::Pattern(text) } else { Trial::Line(text) });
    };
    try_text();
    let input = move |event| {
        text.set(event_target_value(&event));
        try_text();
    };
    let name =
        RwSignal::new(free_name(store.settings.with_untracked(|settings| settings.formats.keys().cloned().collect())));
    let can_use = move || {
        tried.with(|tried| matches!(tried, Some(Ok(tried)) if tried.preview.n_rows > 0))
            && name.with(|name| !name.trim().is_empty())
    };
    let path = StoredValue::new(path);
    let use_it = move |_| {
        let Some(Ok(tried)) = tried.get_untracked() else { return };
        // An equals sign stands between name and format in the settings.
        let (name, path) = (name.get_untracked().replace('=', " ").trim().to_owned(), path.get_value());
        store.settings.update(|settings| {
            settings.formats.insert(name.clone(), tried.pattern);
            settings.reading.entry(path).or_default().format = Some(name);
        });
        // Files that were not recognised may be in this format too.
        let is_meant = |(at, state): &(usize, &FileState)| {
            *at == file || state.detected.as_ref().is_some_and(|detected| detected.format.is_none())
        };
        let files = store.files.with_untracked(|files| (0..).zip(files).filter(is_meant).map(|(at, _)| at).collect());
        loupe.look_again(files);
    };
    let id = format!("format-text-{file}");
    let taken_as = move || {
        if text.with(|text| meanings::is_format(text)) {
            "Taken as a format string."
        } else {
            "Taken as a line of the log."
        }
    };
    view! {
        <fieldset class="format-editor">
            <legend>"The format of this file"</legend>
            <label class="field-label" for=id.clone()>"A line of it, or its format string (nginx log_format, Apache LogFormat)"</label>
            <textarea id=id class="log-text" rows="3" spellcheck="false" prop:value=move || text.get() on:input=input></textarea>
            <span class="field-hint">{taken_as}</span>
            {move || tried.get().map(|tried| outcome(tried, try_it))}
            <p class="actions">
                <label class="inline-field">
                    <span class="field-label">"Name"</span>
                    <input type="text" maxlength="60" prop:value=move || name.get() on:input=move |event| name.set(event_target_value(&event)) />
                </label>
                <button type="button" class="primary" disabled=move || !can_use() on:click=use_it>"Use this format"</button>
            </p>
        </fieldset>
    }
}

fn free_name(taken: Vec<String>) -> String {
    let names = std::iter::once(NAME.to_owned()).chain((2..).map(|n| format!("{NAME} {n}")));
    names.into_iter().find(|name| !taken.contains(name)).unwrap_or_else(|| NAME.to_owned())
}

/// What came of a trial: a mistake and its place, or pieces, share and rows.
fn outcome(tried: Result<Tried, String>, try_it: impl Fn(Trial) + Copy + Send + Sync + 'static) -> AnyView {
    let tried = match tried {
        Ok(tried) => tried,
        Err(message) => return view! { <Notice tone="wrong"><p>{message}</p></Notice> }.into_any(),
    };
    if let Some((column, message)) = tried.mistake {
        let before: String = tried.pattern.chars().take(column.saturating_sub(1)).collect();
        let after: String = tried.pattern.chars().skip(column.saturating_sub(1)).collect();
        return view! {
            <Notice tone="wrong">
                <p>{format!("Column {column}: {message}.")}</p>
                <p><code class="mistaken">{before}<mark>{after}</mark></code></p>
            </Notice>
        }
        .into_any();
    }
    let preview = tried.preview;
    let tone = match (preview.n_rows, preview.n_lines) {
        (0, _) => "wrong",
        (rows, lines) if rows < lines => "careful",
        _ => "ok",
    };
    let share = format!(
        "{} of the first {} understood",
        numbers::count(preview.n_rows),
        numbers::counted(preview.n_lines, "line")
    );
    let pieces = StoredValue::new(tried.pieces.clone());
    let set = move |at: usize, name: String| {
        let pattern = pieces.with_value(|pieces| meanings::pattern_of(pieces, at, &name));
        try_it(Trial::Pattern(pattern));
    };
    let chips = tried.pieces.into_iter().enumerate().map(|(at, piece)| chip(at, piece, set)).collect_view();
    view! {
        <ol class="pieces" aria-label="Pieces of the format">{chips}</ol>
        <p role="status" class="strong" data-tone=tone>{share}</p>
        <FirstRows preview=preview rows=3 />
        <details class="pattern"><summary>"As a format string"</summary><code>{tried.pattern}</code></details>
    }
    .into_any()
}

/// A piece: what stands in every line, or a sample with the menu of what it may mean.
fn chip(at: usize, piece: TriedPiece, set: impl Fn(usize, String) + Copy + Send + Sync + 'static) -> AnyView {
    let Some(name) = piece.name.clone() else {
        return view! { <li class="piece-literal"><code>{display::visible(&piece.text)}</code></li> }.into_any();
    };
    let own = meanings::own_name(at, &piece);
    let plain = own.trim_start_matches("custom.").to_owned();
    let kinds = [("text", ""), ("whole number", ":integer"), ("number", ":number")];
    let mut options: Vec<(String, String)> =
        meanings::MEANINGS.iter().map(|(label, name)| ((*label).to_owned(), (*name).to_owned())).collect();
    options.extend(kinds.iter().map(|(kind, option)| (format!("“{plain}”, {kind}"), format!("{own}{option}"))));
    options.push((meanings::NOTHING.0.to_owned(), meanings::NOTHING.1.to_owned()));
    if options.iter().all(|(_, known)| *known != name) {
        options.insert(0, (format!("As given: {name}"), name.clone()));
    }
    let options = options
        .into_iter()
        .map(|(label, value)| view! { <option selected=value == name value=value.clone()>{label}</option> });
    let sample = if piece.text.is_empty() { "–".to_owned() } else { display::visible(&piece.text) };
    let label = format!("Meaning of {sample}");
    view! {
        <li class="piece" data-kind=kind_of(&name)>
            <code dir="auto">{sample}</code>
            <select aria-label=label on:change=move |event| set(at, event_target_value(&event))>{options.collect_view()}</select>
        </li>
    }
    .into_any()
}

/// The colour of a piece.
fn kind_of(name: &str) -> &'static str {
    match name.split(':').next().unwrap_or_default() {
        "@timestamp" | "time_local" | "time_iso8601" | "msec" => "time",
        "source.ip" | "destination.ip" | "remote_addr" | "server_addr" => "address",
        "-" => "nothing",
        "event.duration" | "request_time" => "duration",
        name if name.contains("bytes") || name.contains("port") || name.contains("status") || name.ends_with("pid") => {
            "number"
        }
        name if name.starts_with("url.") || name.starts_with("http.request") || name.starts_with("request") => {
            "request"
        }
        _ => "text",
    }
}
