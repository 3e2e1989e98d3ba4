//! Whether to believe a figure: shape, word, and one sentence each why.

use leptos::prelude::*;
use logloupe::report::{Trust, Verdict};

/// A reason as a sentence: the engine states facts in lower case.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if reason.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// The verdict, large, with its reasons.
#[component]
pub fn VerdictMark(
    /// The verdict and why.
    trust: Trust,
) -> impl IntoView {
    let (shape, word, name) = match trust.verdict {
        Verdict::Trust => ("✓", "These figures hold", "trust"),
        Verdict::Careful => ("!", "Read these figures with care", "careful"),
        Verdict::Meaningless => ("✕", "These figures say nothing", "meaningless"),
    };
    let reasons = trust.reasons.into_iter().map(|reason| view! { <li>{sentence(&reason)}</li> }).collect_view();
    view! {
        <div class="verdict" data-verdict=name>
            <p class="verdict-word">
                <span class="verdict-shape" aria-hidden="true">{shape}</span>
                {word}
            </p>
            <ul>{reasons}</ul>
        </div>
    }
}
