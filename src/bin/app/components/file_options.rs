//! How one file is read: what it looks like and why, and what the user says instead; its first rows.

use leptos::prelude::*;
use logloupe::protocol::{Detected, Ranked};
use logloupe::settings::FileReading;
use wasm_bindgen_futures::spawn_local;

use super::column_mapping::{ColumnMapping, is_mappable};
use super::first_rows::FirstRows;
use super::format_editor::FormatEditor;
use super::notice::Notice;
use crate::state::keys;
use crate::state::session::use_loupe;
use crate::state::store::{FileState, use_store};
use crate::text::numbers;

/// One file: its summary in a line, the rest when it is opened.
#[component]
pub fn FileOptions(
    /// Its number in the session.
    file: usize,
    /// What is known of it.
    state: FileState,
    /// Whether it is open from the start.
    open: bool,
) -> impl IntoView {
    let detected = state.detected.clone().unwrap_or_default();
    let is_doubted = detected.doubt.is_some();
    let describes = RwSignal::new(detected.format.is_none() && open);
    let format = detected.format.clone().unwrap_or_else(|| "not recognised".into());
    let facts = facts(&state, &detected);
    let path = state.path.clone();
    let (state, detected) = (StoredValue::new(state), StoredValue::new(detected));
    let is_open = RwSignal::new(open);
    let body = move || {
        let (state, detected) = (state.get_value(), detected.get_value());
        view! { <FileBody file=file path=state.path detected=detected describes=describes /> }
    };
    view! {
        // What is inside is made when it is first looked at.
        <details class="file" open=open on:toggle=move |_| is_open.set(true)>
            <summary>
                <span class="file-path" dir="auto">{path}</span>
                <span class="file-format" data-tone=if is_doubted { "careful" } else { "" }>{format}</span>
                <span class="muted">{facts}</span>
            </summary>
            <Show when=move || is_open.get()>{body()}</Show>
        </details>
    }
}

/// What there is to know and to choose of a file.
#[component]
fn FileBody(
    /// Its number in the session.
    file: usize,
    /// Its path.
    path: String,
    /// What its beginning says.
    detected: Detected,
    /// Whether its format is being described.
    describes: RwSignal<bool>,
) -> impl IntoView {
    let loupe = use_loupe();
    let matches = RwSignal::new(false);
    let columns = StoredValue::new(is_mappable(&detected).then(|| detected.columns.clone()));
    let lines = StoredValue::new(detected.preview.lines.clone());
    let is_known = detected.format.is_some();
    // What is in no known format has one thing to say, and the way on.
    let doubt = detected.doubt.clone().map(|doubt| {
        let advice = if is_known {
            "Look at the first rows before you read on."
        } else {
            "Describe the format below, or read on to have the lines counted only."
        };
        let text = format!("{}. {advice}", sentence(&doubt));
        view! { <Notice tone="careful"><p>{text}</p></Notice> }
    });
    let evidence = format!("{}.", sentence(&detected.evidence));
    let evidence = is_known.then(move || view! { <p class="muted">{evidence}</p> });
    let stored_path = StoredValue::new(path.clone());
    view! {
        {doubt}
        {evidence}
        <FirstRows preview=detected.preview.clone() />
        <div class="form file-form">
            <FormatChoice file=file path=path.clone() detected=detected />
            <TimeFields file=file path=path />
        </div>
        <p class="actions">
            <button type="button" aria-expanded=move || describes.get().to_string() on:click=move |_| describes.update(|open| *open = !*open)>
                "Describe the format"
            </button>
            <Show when=move || columns.with_value(Option::is_some)>
                <button type="button" aria-expanded=move || matches.get().to_string() on:click=move |_| matches.update(|open| *open = !*open)>
                    "Match its columns"
                </button>
            </Show>
            <button type="button" class="quiet" on:click=move |_| loupe.remove(file)>"Leave this file out"</button>
        </p>
        <Show when=move || describes.get()>
            <FormatEditor file=file path=stored_path.get_value() lines=lines.get_value() />
        </Show>
        <Show when=move || matches.get()>
            <ColumnMapping columns=columns.get_value().unwrap_or_default() />
        </Show>
    }
}

/// Size, compression, and what is expected of the file.
fn facts(state: &FileState, detected: &Detected) -> String {
    let mut facts = vec![numbers::bytes(state.size_bytes)];
    if !detected.stored.is_empty() {
        let undone = detected.preview.expected_bytes.map(|bytes| format!(", about {} undone", numbers::bytes(bytes)));
        facts.push(format!("{}{}", detected.stored, undone.unwrap_or_default()));
    }
    if let Some(rows) = detected.preview.expected_rows.filter(|rows| *rows > 0) {
        facts.push(format!("about {}", numbers::counted(rounded(rows), "row")));
    }
    facts.join(" · ")
}

/// To two digits: an estimate promises no more.
pub fn rounded(value: u64) -> u64 {
    let step = 10_u64.pow(value.max(1).ilog10().saturating_sub(1));
    value.div_ceil(step) * step
}

/// With a capital in front.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// A menu of what the file may be.
#[component]
fn FormatChoice(
    /// Its number in the session.
    file: usize,
    /// Its path.
    path: String,
    /// What its beginning says.
    detected: Detected,
) -> impl IntoView {
    let said = Said::of(file, path);
    let chosen = if detected.is_chosen { detected.id.clone() } else { String::new() };
    let option = |ranked: &Ranked| {
        let label = match ranked.id.as_str() {
            "unknown" => "Nothing known: count the lines only".to_owned(),
            _ => format!("{} · {} of the first lines", ranked.name, numbers::percent(ranked.share)),
        };
        view! { <option value=ranked.id.clone() selected=ranked.id == chosen title=ranked.evidence.clone()>{label}</option> }
    };
    let options = detected.candidates.iter().map(option).collect_view();
    let set = move |event| {
        let id = event_target_value(&event);
        said.put(move |reading| reading.format = Some(id).filter(|id| !id.is_empty()));
    };
    view! {
        <label class="field">
            <span class="field-label">"Read as"</span>
            <select id=format!("read-as-{file}") on:change=set>
                <option value="" selected=chosen.is_empty()>"What it looks like"</option>
                {options}
            </select>
        </label>
    }
}

/// The offset from UTC and the year, where the log does not say.
#[component]
fn TimeFields(
    /// Its number in the session.
    file: usize,
    /// Its path.
    path: String,
) -> impl IntoView {
    let store = use_store();
    let reading = store.settings.with_untracked(|settings| settings.reading_of(&path));
    let said = Said::of(file, path);
    let wrong = RwSignal::new(false);
    let offset = move |event| {
        let text = event_target_value(&event).trim().to_owned();
        let holds = text.is_empty() || is_offset(&text);
        wrong.set(!holds);
        if holds {
            said.put(move |reading| reading.timezone = Some(text).filter(|text| !text.is_empty()));
        }
    };
    let year = move |event| {
        let year = event_target_value(&event).parse::<i32>().ok().filter(|year| (1970..=9999).contains(year));
        said.put(move |reading| reading.year = year);
    };
    view! {
        <label class="field">
            <span class="field-label">"Offset from UTC"</span>
            <input id=format!("offset-{file}") type="text" placeholder="+00:00" aria-invalid=move || wrong.get().to_string() prop:value=reading.timezone.unwrap_or_default() on:change=offset />
            <span class="field-hint">
                {move || if wrong.get() { "An offset looks like +02:00." } else { "Of times that have none in the log." }}
            </span>
        </label>
        <label class="field">
            <span class="field-label">"Year"</span>
            <input id=format!("year-{file}") type="number" min="1970" max="9999" placeholder="when it was last written" prop:value=reading.year.map(|year| year.to_string()) on:change=year />
            <span class="field-hint">"In which the log ends, if its times have no year."</span>
        </label>
    }
}

fn is_offset(text: &str) -> bool {
    logloupe::units::time::offset_seconds(text.as_bytes()).is_some()
}

/// What the user says about one file.
#[derive(Clone, Copy)]
struct Said {
    file: usize,
    path: StoredValue<String>,
    store: crate::state::store::Store,
    loupe: crate::state::session::Loupe,
}

impl Said {
    fn of(file: usize, path: String) -> Self {
        Self { file, path: StoredValue::new(path), store: use_store(), loupe: use_loupe() }
    }

    /// Changes it, keeps it in the settings, and looks at the file again.
    fn put(self, change: impl FnOnce(&mut FileReading)) {
        let path = self.path.get_value();
        self.store.settings.update(|settings| {
            let reading = settings.reading.entry(path.clone()).or_default();
            change(reading);
            if *reading == FileReading::default() {
                settings.reading.remove(&path);
            }
        });
        let (session, store, file) = (self.loupe.session(), self.store, self.file);
        let had_focus = document().active_element().map(|element| element.id());
        spawn_local(async move {
            session.look_again(vec![file]).await;
            // The preview draws the file anew: the focus goes back to where it was.
            if let Some(id) = had_focus.filter(|id| !id.is_empty() && store.waiting.get_untracked()) {
                request_animation_frame(move || keys::focus(&id));
            }
        });
    }
}
