//! Every action by name: Ctrl+K, a few letters, Enter.

use leptos::{ev, html, prelude::*};
use logloupe::protocol::RowFormat;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use super::modal::Modal;
use crate::state::actions::{Action, Files, Offer, Situation, matching, offered};
use crate::state::session::{Loupe, use_loupe};
use crate::state::store::{FilterHistory, Run, Stage, Store, use_store};
use crate::state::{download, hooks, intake, keys, link};
use crate::text::numbers;

/// The file inputs that actions open.
#[derive(Clone, Copy)]
struct Inputs {
    files: NodeRef<html::Input>,
    folder: NodeRef<html::Input>,
    rules: NodeRef<html::Input>,
}

/// The dialog of actions, open as the store says. Escape closes it and the focus returns, as dialogs do.
#[component]
pub fn Palette() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let dialog = NodeRef::<html::Dialog>::new();
    let inputs = Inputs { files: NodeRef::new(), folder: NodeRef::new(), rules: NodeRef::new() };
    let text = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let offers = Memo::new(move |_| {
        if store.palette_open.get() { matching(offered(&situation(store)), &text.get()) } else { Vec::new() }
    });
    Effect::new(move |_| {
        if store.palette_open.get() {
            text.set(String::new());
            at.set(0);
        }
    });
    let choose = move |place: usize| {
        let Some(offer) = offers.with_untracked(|offers| offers.get(place).cloned()) else { return };
        store.palette_open.set(false);
        // The dialog is closed first, so that what comes may take the focus.
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
        perform(&offer.action, (store, loupe), inputs);
    };
    let on_key = move |event: KeyboardEvent| {
        let last = offers.with_untracked(Vec::len).saturating_sub(1);
        let to = match (event.key().as_str(), at.get_untracked()) {
            ("ArrowDown", at) => {
                if at < last {
                    at + 1
                } else {
                    0
                }
            }
            ("ArrowUp", at) => at.checked_sub(1).unwrap_or(last),
            ("PageDown", at) => (at + 8).min(last),
            ("PageUp", at) => at.saturating_sub(8),
            ("Enter", at) => {
                event.prevent_default();
                return choose(at);
            }
            _ => return,
        };
        event.prevent_default();
        at.set(to);
        // A list that does not scroll stays as it is.
        document().get_element_by_id(&id(to)).into_iter().for_each(|option| into_sight(&option));
    };
    let opened = move |input: NodeRef<html::Input>| {
        let chosen = input.get_untracked().map(|input| intake::of_input(&input)).unwrap_or_default();
        if store.stage.with_untracked(|stage| *stage == Stage::Ready) || store.waiting.get_untracked() {
            loupe.add(chosen);
        } else {
            loupe.open(chosen);
        }
    };
    let options = move || {
        let offers = offers.get().into_iter().enumerate();
        offers.map(|(place, offer)| option(place, offer, at, choose)).collect_view()
    };
    view! {
        <Modal is_open=store.palette_open on_close=move || store.palette_open.set(false) node_ref=dialog label="Actions" class="palette">
            <input
                type="text"
                role="combobox"
                aria-label="What to do"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-autocomplete="list"
                aria-activedescendant=move || offers.with(|offers| !offers.is_empty()).then(|| id(at.get()))
                placeholder="What to do: a page, an export, a column to filter by"
                autocomplete="off"
                spellcheck="false"
                autofocus
                prop:value=move || text.get()
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    at.set(0);
                }
                on:keydown=on_key
            />
            <ul id="palette-list" role="listbox" aria-label="Actions">{options}</ul>
            <p class="unseen" role="status">{move || numbers::counted(offers.with(Vec::len) as u64, "action")}</p>
            <Show when=move || offers.with(Vec::is_empty)>
                <p class="empty">"Nothing is called so."</p>
            </Show>
        </Modal>
        <label class="unseen" for="palette-files">"Log files"</label>
        <input id="palette-files" class="unseen" tabindex="-1" type="file" multiple node_ref=inputs.files on:change=move |_| opened(inputs.files) />
        <label class="unseen" for="palette-folder">"Folder of logs"</label>
        <input id="palette-folder" class="unseen" tabindex="-1" type="file" prop:webkitdirectory=true multiple node_ref=inputs.folder on:change=move |_| opened(inputs.folder) />
        <label class="unseen" for="palette-rules">"Rule files"</label>
        <input id="palette-rules" class="unseen" tabindex="-1" type="file" accept=".yml,.yaml,.zip" multiple node_ref=inputs.rules
            on:change=move |_| inputs.rules.get_untracked().into_iter().for_each(|input| loupe.add_rules(intake::of_input(&input))) />
    }
}

fn id(place: usize) -> String {
    format!("palette-{place}")
}

fn option(place: usize, offer: Offer, at: RwSignal<usize>, choose: impl Fn(usize) + 'static) -> impl IntoView {
    let Offer { title, key, .. } = offer;
    let key = (!key.is_empty()).then(|| view! { <kbd>{key}</kbd> });
    view! {
        <li id=id(place) role="option" aria-selected=move || (at.get() == place).to_string() on:click=move |_: ev::MouseEvent| choose(place)>
            <span>{title}</span>
            {key}
        </li>
    }
}

fn into_sight(option: &web_sys::Element) {
    let Some(list) = option.parent_element() else { return };
    let (row, frame) = (option.get_bounding_client_rect(), list.get_bounding_client_rect());
    let beyond = (row.bottom() - frame.bottom()).max(0.0) - (frame.top() - row.top()).max(0.0);
    list.set_scroll_top(list.scroll_top() + beyond.round() as i32);
}

fn situation(store: Store) -> Situation {
    let is_running = |run: RwSignal<Run>| run.with(|run| matches!(run, Run::Running(_)));
    let fields = store.report.with(|report| {
        let columns = report.iter().flat_map(|report| &report.quality.columns);
        columns.map(|column| column.field.clone()).collect()
    });
    Situation {
        files: match store.stage.get() {
            Stage::Empty => Files::None,
            stage if stage.is_busy() && !store.waiting.get() => Files::Busy,
            _ => Files::Open,
        },
        is_modelling: is_running(store.anomaly_run) || is_running(store.classifier_run),
        history: store.history.with(|history| (history.before().is_some(), FilterHistory::after(history).is_some())),
        has_filter: store.route.with(|route| !route.filter.is_empty()),
        fields,
    }
}

fn perform(action: &Action, (store, loupe): (Store, Loupe), inputs: Inputs) {
    let pick = |input: NodeRef<html::Input>| input.get_untracked().into_iter().for_each(|input| input.click());
    match action {
        Action::Go(page) => store.go_to(*page),
        Action::Filter(field) => begin_filter(field),
        Action::Undo => store.undo(),
        Action::Redo => store.redo(),
        Action::Clear => store.set_filter(""),
        Action::Files => pick(inputs.files),
        Action::Folder => pick(inputs.folder),
        Action::Rules => pick(inputs.rules),
        Action::StopModel => loupe.session().stop_model(),
        Action::Close => loupe.close(),
        Action::Report => save(store, "logloupe-report.json", "application/json", async move {
            hooks::report_text(loupe.session()).await.map(String::into_bytes)
        }),
        Action::RowsCsv => save_rows((store, loupe), "rows.csv", "text/csv", RowFormat::Csv),
        Action::RowsNdjson => save_rows((store, loupe), "rows.ndjson", "application/x-ndjson", RowFormat::Ndjson),
        Action::Print => {
            // A browser without a printer shows nothing.
            let _ = window().print();
        }
        Action::Link => spawn_local(async move {
            let said = link::copied(store).await.map_or_else(|message| message, |(said, _)| said);
            store.announcement.set(said);
        }),
        Action::Theme => store.theme.update(|theme| *theme = theme.next()),
        Action::Keys => store.keys_open.set(true),
    }
}

/// Puts a column's name where conditions are typed.
fn begin_filter(field: &str) {
    keys::focus("filter-text");
    let input =
        document().get_element_by_id("filter-text").and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
    if let (Some(input), Ok(event)) = (input, Event::new("input")) {
        input.set_value(&format!("{field}: "));
        // Whoever listens takes the text over.
        let _ = input.dispatch_event(&event);
    }
}

fn save_rows((store, loupe): (Store, Loupe), name: &'static str, media_type: &'static str, format: RowFormat) {
    let filter = store.route.with_untracked(|route| route.filter.clone());
    save(store, name, media_type, async move {
        loupe.session().export(&filter, format).await.map_err(|trouble| trouble.sentence())
    });
}

fn save(
    store: Store,
    name: &'static str,
    media_type: &'static str,
    bytes: impl Future<Output = Result<Vec<u8>, String>> + 'static,
) {
    store.announcement.set(format!("{name} is being made."));
    spawn_local(async move {
        match bytes.await {
            Ok(bytes) => download::save(name, media_type, &bytes),
            Err(message) => store.announcement.set(message),
        }
    });
}
