//! Whether to believe a figure: shape, word, and one sentence each why.

use leptos::prelude::*;
use logloupe::report::{Trust, Verdict};

use crate::text::sentences::sentence;

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
