//! The settings in local storage: lists and look-ups, never log content, so neither the filter nor a model's label.

use gloo::storage::{LocalStorage, Storage};
use leptos::prelude::*;
use logloupe::settings::{FileReading, ModelSettings, Settings};

const KEY: &str = "logloupe.settings";

/// The settings of last time, or those that are shipped; these for another page that this one is embedded in.
pub fn stored() -> Settings {
    let kept = if is_embedded() { None } else { LocalStorage::get(KEY).ok() };
    kept.unwrap_or_else(Settings::shipped)
}

/// Whether the page is in a frame of another, which brings its own settings and leaves those of the user alone.
pub fn is_embedded() -> bool {
    window().parent().ok().flatten().is_some_and(|parent| parent != window())
}

/// What may be kept of `settings`.
fn kept(settings: &Settings) -> Settings {
    Settings {
        filter: String::new(),
        reading: settings.reading.iter().filter_map(kept_reading).collect(),
        models: ModelSettings { classifier: None, ..ModelSettings::default() },
        ..settings.clone()
    }
}

/// What the user says about a file, but that a sample of it is read, or all of it without limits: that is for once.
fn kept_reading((path, reading): (&String, &FileReading)) -> Option<(String, FileReading)> {
    let reading = FileReading { sample: None, unlimited: false, ..reading.clone() };
    (reading != FileReading::default()).then(|| (path.clone(), reading))
}

/// Keeps local storage as `settings` says.
pub fn follow(settings: RwSignal<Settings>) {
    if is_embedded() {
        return;
    }
    Effect::new(move |_| {
        // Where storage is forbidden the settings last as long as the page.
        let _ = LocalStorage::set(KEY, settings.with(kept));
    });
}

/// The settings as a file that the command line reads too.
pub fn to_json(settings: &Settings) -> String {
    serde_json::to_string_pretty(&kept(settings)).unwrap_or_default()
}

/// The settings of such a file, or what is wrong with it.
pub fn from_json(text: &str) -> Result<Settings, String> {
    let settings: Settings =
        serde_json::from_str(text).map_err(|error| format!("this is no settings file: {error}"))?;
    match settings.mistakes().into_iter().next() {
        Some(mistake) => Err(mistake),
        None => Ok(settings),
    }
}
