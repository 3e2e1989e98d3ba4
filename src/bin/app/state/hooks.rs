//! What tests and whoever embeds the page may rely on: `<html data-session>` and `window.logloupe`.

use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use leptos::prelude::*;
use logloupe::settings::Settings;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::intake::Chosen;
use super::rule_files::has_name_of_rules;
use super::session::{Loupe, Session};
use super::settings::{from_json, is_embedded};
use super::store::{Stage, Store};

/// Installs the hooks, for as long as the page lives.
pub fn install(store: Store, loupe: Loupe) {
    Effect::new(move |_| {
        let name = store.stage.with(Stage::name);
        if let Some(root) = document().document_element() {
            // Setting a valid attribute name cannot fail.
            let _ = root.set_attribute("data-session", name);
        }
    });
    let hooks = Object::new();
    promise_hook(&hooks, "report", loupe, |text| js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL));
    promise_hook(&hooks, "reportText", loupe, JsValue::from);
    let analyze = Closure::<dyn Fn(Array, String) -> Promise>::new(move |files: Array, settings: String| {
        let chosen = files.iter().filter_map(|file| chosen(&file)).collect();
        future_to_promise(async move {
            analyze((store, loupe), chosen, &settings).await.map(JsValue::from).map_err(JsValue::from)
        })
    });
    let _ = Reflect::set(&hooks, &"analyze".into(), &analyze.into_js_value());
    let progress = Closure::<dyn Fn() -> JsValue>::new(move || progress(store));
    let _ = Reflect::set(&hooks, &"progress".into(), &progress.into_js_value());
    if is_embedded() {
        ask_nobody(store, loupe);
    }
    let stats = Closure::<dyn Fn() -> JsValue>::new(move || stats(&loupe.session()));
    let _ = Reflect::set(&hooks, &"stats".into(), &stats.into_js_value());
    let _ = Reflect::set(&window(), &"logloupe".into(), &hooks);
}

fn promise_hook(hooks: &Object, name: &str, loupe: Loupe, shape: fn(String) -> JsValue) {
    let hook = Closure::<dyn Fn() -> Promise>::new(move || {
        let session = loupe.session();
        future_to_promise(async move { report_text(session).await.map(shape).map_err(JsValue::from) })
    });
    let _ = Reflect::set(hooks, &name.into(), &hook.into_js_value());
}

/// The report as the file that is downloaded.
pub async fn report_text(session: Rc<Session>) -> Result<String, String> {
    let report = session.whole_report().await?;
    let text = serde_json::to_string_pretty(&*report).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// A file out of `{ path, file }`. **Null**: none where it is something else.
fn chosen(given: &JsValue) -> Option<Chosen> {
    let path = Reflect::get(given, &"path".into()).ok()?.as_string()?;
    // It may be of another page's making, for which the browser does not say that it is a file of this one.
    let file = Reflect::get(given, &"file".into()).ok().filter(JsValue::is_object)?.unchecked_into();
    Some(Chosen { path, file })
}

/// The report's text for these files, under settings as JSON; those that are shipped where there are none.
async fn analyze((store, loupe): (Store, Loupe), files: Vec<Chosen>, settings: &str) -> Result<String, String> {
    let settings = if settings.is_empty() { Settings::shipped() } else { from_json(settings)? };
    if files.iter().all(|file| has_name_of_rules(&file.path)) {
        return Err("there is no log to read".to_owned());
    }
    if store.stage.with_untracked(|stage| *stage != Stage::Empty) {
        loupe.close();
    }
    store.route.update(|route| route.filter.clone_from(&settings.filter));
    store.settings.set(Settings { filter: String::new(), ..settings });
    loupe.open(files);
    report_text(loupe.session()).await
}

/// Reads what would wait for somebody who looks at the page: nobody does.
fn ask_nobody(store: Store, loupe: Loupe) {
    Effect::new(move |_| {
        if store.waiting.get() {
            loupe.read();
        }
        if store.locked.with(Option::is_some) {
            loupe.unlock(None);
        }
    });
}

/// The stage, and bytes read of how many.
fn progress(store: Store) -> JsValue {
    let sums = store.files.with_untracked(|files| {
        files.iter().fold((0, 0), |(bytes, all), file| (bytes + file.bytes, all + file.to_read))
    });
    let progress = Object::new();
    let stage = store.stage.with_untracked(|stage| JsValue::from(stage.name()));
    for (name, value) in [("stage", stage), ("bytes", (sums.0 as f64).into()), ("total", (sums.1 as f64).into())] {
        let _ = Reflect::set(&progress, &name.into(), &value);
    }
    progress.into()
}

fn stats(session: &Session) -> JsValue {
    let shards = session.shards();
    let figures = [
        ("rows", shards.inputs.iter().map(|input| input.accepted).sum::<u64>()),
        ("table_bytes", shards.table_bytes.values().sum()),
        ("dictionary_bytes", shards.dictionary_bytes.values().sum()),
    ];
    let stats = Object::new();
    for (name, value) in figures {
        let _ = Reflect::set(&stats, &name.into(), &JsValue::from(value as f64));
    }
    stats.into()
}
