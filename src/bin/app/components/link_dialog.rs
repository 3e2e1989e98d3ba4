//! What a link brings, shown before anything of it is applied.

use leptos::prelude::*;
use logloupe::settings::{Change, Settings, changes};

use super::modal::Modal;
use crate::state::link::{self, Offered};
use crate::state::session::use_loupe;
use crate::state::store::use_store;
use crate::text::{numbers, settings};

/// The dialog, open while a link's settings wait to be applied or not. Escape leaves all as it is.
#[component]
pub fn LinkDialog() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let is_open = Signal::derive(move || store.offered.with(Option::is_some));
    let is_refused = move || store.offered.with(|offered| matches!(offered, Some(Offered::Refused(_))));
    let body = move || {
        store.offered.get().map(|offered| match offered {
            Offered::Refused(why) => refused(&why).into_any(),
            Offered::Settings(new) => shown(&store.settings.get_untracked(), &new).into_any(),
        })
    };
    let filter = move || {
        store.route.with(|route| (!route.filter.is_empty()).then(|| format!("It also filters by: {}", route.filter)))
    };
    let leave = move || if is_refused() { "Close" } else { "Leave mine as they are" };
    view! {
        <Modal is_open=is_open on_close=move || link::let_be(store) labelled_by="link-title" class="offered">
            <h2 id="link-title">"The link brings settings"</h2>
            {body}
            <p dir="auto">{filter}</p>
            <p class="actions">
                <Show when=move || !is_refused()>
                    <button type="button" class="primary" on:click=move |_| link::apply(store, loupe)>"Apply"</button>
                </Show>
                <button type="button" on:click=move |_| link::let_be(store)>{leave}</button>
            </p>
        </Modal>
    }
}

fn refused(why: &str) -> impl IntoView {
    let sentence = format!("Nothing was changed: the settings in the link cannot be used, because {why}.");
    view! { <p dir="auto">{sentence}</p><p class="muted">"Ask whoever sent the link for a new one, or for a settings file."</p> }
}

fn shown(now: &Settings, new: &Settings) -> impl IntoView {
    // A link says nothing of limits, so they stay.
    let changes = changes(now, &Settings { unlimited: now.unlimited, ..new.clone() });
    let count = numbers::counted(changes.len() as u64, "setting");
    let rows = changes.iter().map(row).collect_view();
    view! {
        <p>{format!("Nothing of it holds yet. {count} would change; your own come back by Undo. Drop a log afterwards and it is read by these.")}</p>
        <div class="link-changes" tabindex="0">
            <table>
                <caption class="unseen">"Settings that would change"</caption>
                <thead><tr><th scope="col">"Setting"</th><th scope="col">"Yours now"</th><th scope="col">"In the link"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row(change: &Change) -> impl IntoView {
    let value = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    view! {
        <tr>
            <th scope="row" dir="auto">{settings::name(change)}</th>
            <td dir="auto">{value(&change.before)}</td>
            <td dir="auto">{value(&change.after)}</td>
        </tr>
    }
}
