//! Files before they are read: what each is, how its first lines read, what reading all of it will take.

use leptos::prelude::*;
use logloupe::settings::FileReading;

use super::file_options::{FileOptions, rounded};
use super::notice::Notice;
use super::stopped::Stopped;
use crate::state::session::use_loupe;
use crate::state::store::{FileState, Store, use_store};
use crate::text::numbers;

/// Files shown at first, and added at a time.
const SHOWN: usize = 20;

/// Files that are open from the start, where nothing is doubted.
const OPEN: usize = 3;

/// Bytes that a worker reads in a second, until this tab has read some and knows better.
const BYTES_A_SECOND: f64 = 60e6;

/// What a worker's tables may take: half of what WebAssembly can address leaves room for the report.
const ROOM_OF_A_WORKER: u64 = 2 << 30;

/// The preview, the way on, and the way back.
#[component]
pub fn Preview() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let shown = RwSignal::new(SHOWN);
    let workers = loupe.session().workers();
    let sums = Memo::new(move |_| store.files.with(|files| Sums::of(files)));
    let files = move || {
        let all = store.files.get();
        let any_doubt = all.iter().any(is_doubted);
        let cards = all.into_iter().enumerate().take(shown.get()).map(|(at, file)| {
            let open = if any_doubt { is_doubted(&file) } else { at < OPEN };
            view! { <FileOptions file=at state=file open=open /> }
        });
        cards.collect_view()
    };
    let count = move || store.files.with(Vec::len);
    let stopped = move || {
        // What is stopped changes with the files.
        store.files.track();
        let stopped = loupe.session().stopped().into_iter();
        stopped
            .map(|(path, what)| view! { <Stopped path=path.clone() what=format!("{path}: {what}") /> })
            .collect_view()
    };
    view! {
        <div class="preview">
            <header class="preview-head">
                <h2>"Before it is read"</h2>
                <p class="muted">{move || sums.get().sentence(store, workers)}</p>
                <p class="actions">
                    <button type="button" class="primary" on:click=move |_| loupe.read()>{move || sums.get().label()}</button>
                    <button type="button" on:click=move |_| loupe.close()>"Close"</button>
                </p>
            </header>
            <SampleChoice sums=sums.into() />
            {stopped}
            <div class="files">{files}</div>
            <Show when=move || { count() > shown.get() }>
                <button type="button" class="quiet" on:click=move |_| shown.update(|shown| *shown += SHOWN)>
                    {move || format!("Show {} more of {}", SHOWN.min(count() - shown.get()), count())}
                </button>
            </Show>
            <p class="muted">"Only the beginning of each file has been looked at; nothing of it leaves this tab."</p>
        </div>
    }
}

fn is_doubted(file: &FileState) -> bool {
    file.detected.as_ref().is_some_and(|detected| detected.doubt.is_some())
}

/// All of a log or every so many-th part of it; offered where it is large.
#[component]
fn SampleChoice(
    /// What is to come.
    sums: Signal<Sums>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let room = room(loupe.session().workers() as u64);
    let every = Memo::new(move |_| store.files.with(|files| files.iter().map(|file| file.every).max().unwrap_or(1)));
    let wanted = move || sums.get().whole_memory.div_ceil(room).next_power_of_two().max(2);
    let choose = move |every: u64| {
        store.settings.update(|settings| {
            let reading = settings.reading.entry("*".to_owned()).or_default();
            reading.sample = (every > 1).then_some(every as u32);
            if *reading == FileReading::default() {
                settings.reading.remove("*");
            }
        });
        loupe.look_again((0..store.files.with_untracked(Vec::len)).collect());
    };
    let options = move || {
        let options = [1, 2, 4, 8, 16, 32, 64].into_iter().map(|n| {
            let label = if n == 1 { "everything".to_owned() } else { format!("a sample: one of {n} parts") };
            view! { <option value=n.to_string() selected=n == every.get()>{label}</option> }
        });
        options.collect_view()
    };
    let is_large = move || sums.get().splittable > LARGE;
    let does_not_fit = move || sums.get().memory > room;
    view! {
        <Show when=does_not_fit>
            <Notice tone="careful">
                <p>{move || format!("The tables may take about {}; this tab has room for about {}.", numbers::bytes(rounded(sums.get().memory)), numbers::bytes(room))}</p>
                <Show when=is_large>
                    <p class="actions">
                        <button type="button" on:click=move |_| choose(wanted())>{move || format!("Take a sample: one of {} parts", wanted())}</button>
                    </p>
                </Show>
            </Notice>
        </Show>
        <Show when=is_large>
            <label class="inline-field">
                <span class="field-label">"How much to read"</span>
                <select on:change=move |event| choose(event_target_value(&event).parse().unwrap_or(1))>{options}</select>
            </label>
        </Show>
    }
}

/// Below this a sample would be a few parts.
const LARGE: u64 = 128 << 20;

/// What the tables of this tab may take: the device's memory, as far as the browser tells, and what workers can address.
fn room(workers: u64) -> u64 {
    let told = js_sys::Reflect::get(&window().navigator(), &"deviceMemory".into()).ok().and_then(|gib| gib.as_f64());
    let device = (told.unwrap_or(4.0) * f64::from(1 << 30) / 2.0) as u64;
    device.min(workers * ROOM_OF_A_WORKER)
}

#[derive(Clone, Copy, PartialEq)]
struct Sums {
    files: u64,
    size: u64,
    /// Bytes of files that can be read in parts.
    splittable: u64,
    to_read: u64,
    rows: u64,
    memory: u64,
    /// What the tables of everything would take.
    whole_memory: u64,
    every: u64,
}

impl Sums {
    fn of(files: &[FileState]) -> Self {
        let sum = |value: fn(&FileState) -> u64| files.iter().map(value).sum();
        let expected = |file: &FileState| file.detected.as_ref().map(|detected| detected.preview.clone());
        let memory = |file: &FileState| expected(file).and_then(|preview| preview.expected_table_bytes).unwrap_or(0);
        Self {
            files: files.len() as u64,
            size: sum(|file| file.size_bytes),
            splittable: files
                .iter()
                .filter(|file| file.detected.as_ref().is_some_and(|detected| detected.splittable))
                .map(|file| file.size_bytes)
                .sum(),
            to_read: sum(|file| file.to_read),
            rows: files.iter().filter_map(|file| expected(file)?.expected_rows).sum(),
            memory: files.iter().map(memory).sum(),
            whole_memory: files.iter().map(|file| memory(file) * file.every.max(1)).sum(),
            every: files.iter().map(|file| file.every).max().unwrap_or(1),
        }
    }

    fn label(self) -> String {
        if self.every > 1 { format!("Read one of {} parts", self.every) } else { "Read".to_owned() }
    }

    /// Files, bytes, rows, memory and time.
    fn sentence(self, store: Store, workers: usize) -> String {
        let speed = store.speed.get().unwrap_or(BYTES_A_SECOND * workers as f64);
        let seconds = self.to_read as f64 / speed;
        let mut parts = vec![numbers::counted(self.files, "file"), numbers::bytes(self.size)];
        if self.rows > 0 {
            parts.push(format!("about {}", numbers::counted(rounded(self.rows), "row")));
            parts.push(format!("about {} of memory", numbers::bytes(rounded(self.memory))));
        }
        parts.push(if seconds < 1.0 {
            "read in a second".to_owned()
        } else {
            format!("read in about {}", numbers::seconds(rounded(seconds.ceil() as u64) as f64))
        });
        parts.join(", ")
    }
}
