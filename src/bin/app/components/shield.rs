//! The promise, counted: requests since a log was dropped; what forbids more, and how to check it.

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
    let policy = policy();
    let connections = if policy.contains("connect-src 'none'") {
        "Connections of any kind, even to where the page came from."
    } else {
        "Connections to any other place than the one the page came from."
    };
    let hash = document().document_element().and_then(|root| root.get_attribute("data-sha256"));
    let hash = hash.unwrap_or_else(|| "not known: this page was not built by “make dist”".to_owned());
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
                <ul class="shield-requests">{move || store.requests.get().into_iter().map(|name| { let about = part(&name); view! { <li><code>{name}</code> {about}</li> } }).collect_view()}</ul>
                <h3>"What the page's policy forbids"</h3>
                <ul>
                    <li>{connections}</li>
                    <li>"Scripts, styles, pictures and fonts that are not files of this page."</li>
                    <li>"Forms that send something anywhere, and frames of other places."</li>
                </ul>
                <details><summary>"The policy, word by word"</summary><p><code>{policy}</code></p></details>
                <h3>"See for yourself"</h3>
                <ul>
                    <li>"Switch the network off, then drop a log: everything works the same."</li>
                    <li>"Or open the browser's own tools (F12, Network), and drop a log: the list stays empty."</li>
                </ul>
                <h3>"Which build this is"</h3>
                <p><code data-build-hash>{hash}</code></p>
                <p>"The SHA-256 over the list of its files. Whoever builds the same source with “make dist” gets the same; the file SHA256SUMS beside the page has the list."</p>
            </div>
        </details>
    }
}

/// The policy that the page came with.
fn policy() -> String {
    let meta = document().query_selector("meta[http-equiv=Content-Security-Policy]").ok().flatten();
    meta.and_then(|meta| meta.get_attribute("content")).unwrap_or_default()
}

/// What a request was for, where it was for a part of the page that is loaded when it is first needed.
fn part(address: &str) -> Option<&'static str> {
    let name = address.rsplit('/').next()?.split('?').next()?;
    match name {
        "rules.js" | "rules_bg.wasm" | "worker-boot.js" => {
            Some(": a part of this page that reads rules; nothing of a log is in the request")
        }
        "guide.html" => Some(": the guide; nothing of a log is in the request"),
        _ => None,
    }
}
