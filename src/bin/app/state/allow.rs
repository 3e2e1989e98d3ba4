//! "Never report this": an entry is added to an allow list, the report is made anew, and it can be undone.

use leptos::prelude::*;
use logloupe::settings::{Settings, entry, mistake};

use super::session::Loupe;
use super::store::Store;

/// A step back: what was done, and the settings before.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// What was done, in a sentence.
    pub said: String,
    /// The settings before.
    pub before: Settings,
    /// Whether all of them come back; only what the checks leave alone and how rules speak otherwise.
    pub is_all: bool,
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
    store.undo.set(Some(Undo { said, before, is_all: false }));
    loupe.refresh();
}

/// Takes the last such step back.
pub fn undo(store: Store, loupe: Loupe) {
    let Some(Undo { before, is_all, .. }) = store.undo.get_untracked() else { return };
    store.settings.update(|settings| {
        if is_all {
            *settings = before;
        } else {
            // Only these lists: what else was set since stays.
            settings.allow = before.allow;
            settings.tuning = before.tuning;
        }
    });
    store.undo.set(None);
    store.announcement.set("Undone.".into());
    loupe.refresh();
}
