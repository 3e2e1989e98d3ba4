//! The promise, counted: requests since a log was dropped.

use leptos::prelude::*;

use super::icon::Icon;
use crate::state::store::use_store;

/// How many requests the page made since the drop, and which.
#[component]
pub fn Shield() -> impl IntoView {
    let store = use_store();
    let count = Memo::new(move |_| store.requests.with(Vec::len));
    let text = move || match count.get() {
        1 => "1 request".to_owned(),
        count => format!("{count} requests"),
    };
    view! {
        <details class="shield" data-broken=move || (count.get() > 0).to_string()>
            <summary>
                <Icon name="shield" />
                <span data-requests=move || count.get()>{text}</span>
            </summary>
            <div class="shield-about">
                <p>
                    "Counted by the browser since a log was dropped. The log is read inside this tab: a policy of the page
                    forbids it to talk to any other place, and it asks its own place for nothing while a log is open."
                </p>
                <ul>{move || store.requests.get().into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect_view()}</ul>
            </div>
        </details>
    }
}
