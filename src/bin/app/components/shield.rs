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
        <details class="shield" data-broken=move || store.requests.with(|names| names.iter().any(|name| part(name).is_none())).to_string()>
            <summary>
                <Icon name="shield" />
                <span data-requests=move || count.get()>{text}</span>
            </summary>
            <div class="shield-about">
                <p>
                    "Counted by the browser since a log was dropped. The log is read inside this tab: a policy of the page
                    forbids it to talk to any other place, and it asks its own place for nothing while a log is open."
                </p>
                <ul>{move || store.requests.get().into_iter().map(|name| { let about = part(&name); view! { <li><code>{name}</code> {about}</li> } }).collect_view()}</ul>
            </div>
        </details>
    }
}

/// What a request was for, where it was for a part of the page that is loaded when it is first needed.
fn part(address: &str) -> Option<&'static str> {
    let name = address.rsplit('/').next()?.split('?').next()?;
    matches!(name, "rules.js" | "rules_bg.wasm" | "worker-boot.js")
        .then_some(": a part of this page that reads rules; nothing of a log is in the request")
}
