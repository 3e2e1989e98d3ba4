//! What tests and whoever embeds the page may rely on: `<html data-session>` and `window.logloupe`.

use std::rc::Rc;

use js_sys::{Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

use super::session::{Loupe, Session};
use super::store::Store;

/// Installs the hooks, for as long as the page lives.
pub fn install(store: Store, loupe: Loupe) {
    Effect::new(move |_| {
        let name = store.stage.with(super::store::Stage::name);
        if let Some(root) = document().document_element() {
            // Setting a valid attribute name cannot fail.
            let _ = root.set_attribute("data-session", name);
        }
    });
    let hooks = Object::new();
    promise_hook(&hooks, "report", loupe, |text| js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL));
    promise_hook(&hooks, "reportText", loupe, JsValue::from);
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
