//! What stands out, in sentences.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use crate::components::card::Card;

/// The report's paragraphs.
#[component]
pub fn StandsOut(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let paragraphs = Memo::new(move |_| report.with(|report| report.text.clone()));
    let items = move || {
        let items = paragraphs.get().into_iter();
        items.map(|text| view! { <h3>{text.heading}</h3> <p>{text.body}</p> }).collect_view()
    };
    view! {
        <Card title="What stands out".to_owned() subtitle="In sentences, for whoever reads no tables".to_owned()>
            <div class="prose">
                <Show when=move || paragraphs.with(Vec::is_empty)>
                    <p class="empty">"Nothing stands out under this filter."</p>
                </Show>
                {items}
            </div>
        </Card>
    }
}
