//! Light, dark, or as the system has it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::state::store::use_store;

/// A button that goes through the three themes.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let store = use_store();
    let label = move || match store.theme.get() {
        crate::state::theme::Choice::Auto => "Colours: as the system has them",
        crate::state::theme::Choice::Light => "Colours: light",
        crate::state::theme::Choice::Dark => "Colours: dark",
    };
    view! {
        <button type="button" class="quiet" on:click=move |_| store.theme.update(|theme| *theme = theme.next()) title=label>
            {move || view! { <Icon name=store.theme.get().name() /> }}
            <span class="unseen">{label}</span>
        </button>
    }
}
