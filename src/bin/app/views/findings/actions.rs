//! What can be done about a finding beside reading it: let its rule be.

use leptos::prelude::*;

use crate::state::allow;
use crate::state::session::use_loupe;
use crate::state::store::use_store;

/// The buttons.
#[component]
pub fn FindingActions(
    /// The id of the check that found it.
    id: String,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let id = StoredValue::new(id);
    let never = move |_| allow::add(store, loupe, "rules", &id.get_value());
    view! {
        <p class="actions">
            <button type="button" on:click=never>"Never report this check"</button>
        </p>
    }
}
