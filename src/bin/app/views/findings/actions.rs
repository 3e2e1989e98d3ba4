//! What can be done about a finding beside reading it: write a fix, let its rule be.

use leptos::prelude::*;
use logloupe::report::Finding;

use super::fix_dialog::FixDialog;
use crate::state::allow;
use crate::state::session::use_loupe;
use crate::state::store::use_store;

/// The buttons.
#[component]
pub fn FindingActions(
    /// The finding.
    finding: Finding,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let finding = StoredValue::new(finding);
    let open = RwSignal::new(false);
    let never = move |_| finding.with_value(|finding| allow::add(store, loupe, "rules", &finding.id));
    view! {
        <p class="actions">
            <button type="button" on:click=move |_| open.set(true)>"Export a fix"</button>
            <button type="button" on:click=never>"Never report this check"</button>
        </p>
        <Show when=move || open.get()>
            <FixDialog finding=finding.get_value() open=open />
        </Show>
    }
}
