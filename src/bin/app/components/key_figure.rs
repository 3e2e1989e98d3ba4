//! One number of the first row of a page.

use leptos::prelude::*;

use crate::state::route::Page;
use crate::state::store::use_store;

/// A number, what it counts, what it is a part of, and the way to what is behind it.
#[component]
pub fn KeyFigure(
    /// What is counted.
    label: &'static str,
    /// The number, grouped, with its unit.
    #[prop(into)]
    value: Signal<String>,
    /// The base, or what to know besides.
    #[prop(into, optional)]
    note: Signal<String>,
    /// Where the number comes from.
    page: Page,
    /// `careful` or `wrong` where the number calls for a look.
    #[prop(into, optional)]
    tone: Signal<&'static str>,
) -> impl IntoView {
    let store = use_store();
    let link = move || store.route.with(|route| route.on(page).to_fragment());
    view! {
        <a class="figure" href=link data-tone=move || tone.get()>
            <span class="figure-label">{label}</span>
            <span class="figure-value">{move || value.get()}</span>
            <span class="figure-note">{move || note.get()}</span>
        </a>
    }
}
