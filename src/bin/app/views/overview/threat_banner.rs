//! How worried to be, and why.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Report, Threat};

use crate::components::severity_mark::shape;

/// The threat level with its reasons.
#[component]
pub fn ThreatBanner(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let threat = Memo::new(move |_| report.with(|report| report.threat.clone()));
    let reasons = move || {
        let reasons = threat.with(|threat| threat.reasons.clone());
        if reasons.is_empty() {
            return view! { <p class="muted">"Nothing that the checks found raises it."</p> }.into_any();
        }
        let items = reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
        view! { <ul>{items}</ul> }.into_any()
    };
    view! {
        <section class="threat" aria-label="Threat level" data-severity=move || threat.with(|threat| threat.level.severity().as_str())>
            <h2>{move || threat.with(title)}</h2>
            {reasons}
        </section>
    }
}

fn title(threat: &Threat) -> String {
    format!("{} Threat level: {}", shape(threat.level.severity()), threat.level.as_str())
}
