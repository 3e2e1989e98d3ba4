//! A severity: colour, shape and word, so that none of them is the only sign.

use leptos::prelude::*;
use logloupe::report::Severity;

/// The shape of a severity.
pub fn shape(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "■",
        Severity::High => "▲",
        Severity::Medium => "◆",
        Severity::Low => "●",
        Severity::Informational => "○",
    }
}

/// Shape and word in the colour of the severity.
#[component]
pub fn SeverityMark(
    /// Which one.
    severity: Severity,
) -> impl IntoView {
    view! {
        <span class="severity" data-severity=severity.as_str()>
            <span aria-hidden="true">{shape(severity)}</span>
            " "
            {severity.as_str()}
        </span>
    }
}
