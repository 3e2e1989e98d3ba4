//! A sentence that calls for attention beside what it is about.

use leptos::prelude::*;

/// A boxed sentence with what can be done about it.
#[component]
pub fn Notice(
    /// `info`, `careful` or `wrong`.
    tone: &'static str,
    /// Sentence and buttons.
    children: Children,
) -> impl IntoView {
    let shape = match tone {
        "wrong" => "✕",
        "careful" => "!",
        _ => "i",
    };
    view! {
        <div class="notice" data-tone=tone>
            <span class="notice-shape" aria-hidden="true">{shape}</span>
            <div class="notice-body">{children()}</div>
        </div>
    }
}
