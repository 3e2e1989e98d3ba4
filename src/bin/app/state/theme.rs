//! Light, dark, or as the system has it: kept in local storage, shown on `<html data-theme>`.

use gloo::storage::{LocalStorage, Storage};
use leptos::prelude::*;

const KEY: &str = "logloupe.theme";

/// What the user chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// As the system has it.
    #[default]
    Auto,
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Choice {
    /// Every choice, in the order in which the switch shows them.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The name in storage and on the switch.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What was chosen last time.
    pub fn stored() -> Self {
        let name: Option<String> = LocalStorage::get(KEY).ok();
        Self::ALL.into_iter().find(|choice| Some(choice.name()) == name.as_deref()).unwrap_or_default()
    }

    /// The one after this one.
    pub fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }
}

/// Keeps the page and local storage as `theme` says.
pub fn follow(theme: RwSignal<Choice>) {
    Effect::new(move |_| {
        let choice = theme.get();
        // Where storage is forbidden the choice lasts as long as the page.
        let _ = LocalStorage::set(KEY, choice.name());
        let Some(root) = document().document_element() else { return };
        let _ = match choice {
            Choice::Auto => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.name()),
        };
    });
}
