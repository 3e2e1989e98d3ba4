//! A card: one question, answered in its title.

use leptos::prelude::*;

/// A card with a title that says the answer, the measure below it, and a foot that says of how many rows.
#[component]
pub fn Card(
    /// The answer in a few words.
    #[prop(into)]
    title: Signal<String>,
    /// The measure and its unit.
    #[prop(into, optional)]
    subtitle: Signal<String>,
    /// Of how many rows, or what to know besides.
    #[prop(into, optional)]
    foot: Signal<String>,
    /// `wide` takes two places, `full` all of a line.
    #[prop(optional)]
    width: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let classes = format!("card {width}");
    view! {
        <section class=classes aria-label=move || title.get()>
            <header class="card-head">
                <h2>{move || title.get()}</h2>
                <Show when=move || subtitle.with(|text| !text.is_empty())>
                    <p class="card-measure">{move || subtitle.get()}</p>
                </Show>
            </header>
            <div class="card-body">{children()}</div>
            <Show when=move || foot.with(|text| !text.is_empty())>
                <footer class="card-foot">{move || foot.get()}</footer>
            </Show>
        </section>
    }
}
