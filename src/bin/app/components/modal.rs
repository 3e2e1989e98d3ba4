//! A dialog in front of the page.

use leptos::{html, prelude::*};

/// The dialog, open as the signal says. Escape closes it and the focus returns, as dialogs do; then `on_close` runs.
#[component]
pub fn Modal(
    /// Whether it is to be open.
    #[prop(into)]
    is_open: Signal<bool>,
    /// What follows when it was closed and is not open anew.
    on_close: impl Fn() + 'static,
    /// The dialog itself, for who closes it at once.
    #[prop(optional)]
    node_ref: NodeRef<html::Dialog>,
    /// Its name, where no heading says it.
    #[prop(optional)]
    label: Option<&'static str>,
    /// The heading that names it.
    #[prop(optional)]
    labelled_by: Option<&'static str>,
    /// Its classes beside `dialog`.
    #[prop(optional)]
    class: &'static str,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| {
        let Some(dialog) = node_ref.get() else { return };
        if is_open.get() {
            // It fails only where the dialog is open already.
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    // The browser tells of the closing a while later, when the dialog may have been opened again.
    let closed = move |_| {
        if node_ref.get_untracked().is_none_or(|dialog| !dialog.open()) {
            on_close();
        }
    };
    view! {
        <dialog class=format!("dialog {class}") node_ref=node_ref aria-label=label aria-labelledby=labelled_by on:close=closed>
            {children()}
        </dialog>
    }
}
