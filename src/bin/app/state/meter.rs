//! The count of requests since the drop: what the page promises, measured by the browser itself.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{PerformanceEntry, PerformanceObserver, PerformanceObserverEntryList, PerformanceObserverInit};

/// Notes every resource that the page asks for from now on in `requests`, until the page is left.
///
/// Blob and data addresses are memory of this tab and not counted.
pub fn start(requests: RwSignal<Vec<String>>) {
    requests.set(Vec::new());
    let since = window().performance().map_or(0.0, |performance| performance.now());
    let note = move |list: PerformanceObserverEntryList| {
        let entries = list.get_entries();
        let names = entries.iter().map(JsCast::unchecked_into::<PerformanceEntry>);
        let new: Vec<String> = names
            .filter(|entry| entry.start_time() >= since && entry.name().starts_with("http"))
            .map(|entry| entry.name())
            .collect();
        if !new.is_empty() {
            requests.update(|known| known.extend(new));
        }
    };
    let callback = Closure::<dyn Fn(PerformanceObserverEntryList)>::new(note).into_js_value();
    if let Ok(observer) = PerformanceObserver::new(callback.unchecked_ref()) {
        let options = PerformanceObserverInit::new(&js_sys::Array::of1(&"resource".into()));
        observer.observe(&options);
    }
}

/// Sets a mark that performance tools and tests read.
pub fn mark(name: &str) {
    if let Some(performance) = window().performance() {
        // A browser without marks loses a measurement, nothing else.
        let _ = performance.mark(name);
    }
}

/// Milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
