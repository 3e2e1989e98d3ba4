//! "Never report this": an entry is added to an allow list, the report is made anew, and it can be undone.

use leptos::prelude::*;
use logloupe::settings::{Allow, Settings, Tuning, entry, mistake};
use serde::{Deserialize, Serialize};

use super::route::{encoded, parameter};
use super::session::Loupe;
use super::store::Store;

/// A step back: what was done, and the settings before.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// What was done, in a sentence.
    pub said: String,
    /// The settings before.
    pub before: Settings,
}

/// The allow list that a column's values may be added to, and what is allowed there.
pub fn list_of(field: &str) -> Option<(&'static str, &'static str)> {
    match field {
        "source.ip" | "destination.ip" => Some(("addresses", "address")),
        "url.domain" | "destination.domain" | "tls.server_name" | "dns.question.name" | "source.domain" => {
            Some(("domains", "domain"))
        }
        "url.path" => Some(("paths", "path")),
        "user_agent.original" => Some(("user_agents", "user agent")),
        _ => None,
    }
}

/// Whether a value can be an entry of a list as it is.
pub fn can_be_entry(list: &str, value: &str) -> bool {
    let is_plain = entry(value) == Some(value) && !value.contains(char::is_control);
    is_plain && mistake(list, value).is_none()
}

/// Adds a value to a list and makes the report anew.
pub fn add(store: Store, loupe: Loupe, list: &'static str, value: &str) {
    let before = store.settings.get_untracked();
    let mut settings = before.clone();
    let allow = &mut settings.allow;
    let entries = match list {
        "addresses" => &mut allow.addresses,
        "domains" => &mut allow.domains,
        "paths" => &mut allow.paths,
        "user_agents" => &mut allow.user_agents,
        _ => &mut allow.rules,
    };
    if !entries.iter().any(|known| known == value) {
        entries.push(value.to_owned());
    }
    store.settings.set(settings);
    let said = match list {
        "rules" => format!("The rule {value} is switched off."),
        _ => format!("No check reports {value} any more."),
    };
    store.announcement.set(said.clone());
    store.undo.set(Some(Undo { said, before }));
    loupe.refresh();
}

/// What a link carries of the settings: nothing that a log says unless the user put it on a list.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Carried {
    allow: Allow,
    tuning: Tuning,
}

/// A link to this page with the lists and the severities of the settings.
pub fn link(settings: &Settings) -> String {
    let carried = Carried { allow: settings.allow.clone(), tuning: settings.tuning.clone() };
    let text = serde_json::to_string(&carried).unwrap_or_default();
    let address = window().location().href().unwrap_or_default();
    let page = address.split('#').next().unwrap_or_default();
    format!("{page}#/overview?tuning={}", encoded(&text))
}

/// Takes the lists and the severities out of the link that the page was opened by; never silently, and to be undone.
pub fn take_from_link(store: Store) {
    let fragment = window().location().hash().unwrap_or_default();
    let Some(text) = parameter(&fragment, "tuning") else { return };
    let Ok(carried) = serde_json::from_str::<Carried>(&text) else {
        store.announcement.set("The settings in the link cannot be read; yours stay.".into());
        return;
    };
    let before = store.settings.get_untracked();
    if carried == (Carried { allow: before.allow.clone(), tuning: before.tuning.clone() }) {
        return;
    }
    let entries = carried.allow.lists().iter().map(|(_, list)| list.len()).sum::<usize>();
    let rules = carried.tuning.len();
    let said =
        format!("The link brought allow lists ({entries} entries) and settings of rules ({rules}); they hold now.");
    store.settings.update(|settings| {
        settings.allow = carried.allow;
        settings.tuning = carried.tuning;
    });
    store.announcement.set(said.clone());
    store.undo.set(Some(Undo { said, before }));
}

/// Takes the last such step back.
pub fn undo(store: Store, loupe: Loupe) {
    let Some(Undo { before, .. }) = store.undo.get_untracked() else { return };
    // Only these lists: what else was set since stays.
    store.settings.update(|settings| {
        settings.allow = before.allow;
        settings.tuning = before.tuning;
    });
    store.undo.set(None);
    store.announcement.set("Undone.".into());
    loupe.refresh();
}
