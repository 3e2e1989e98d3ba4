//! The frame of the page: rail, top bar, filter, and the view that the address names.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::DragEvent;

use crate::components::filter_bar::FilterBar;
use crate::components::keys_dialog::KeysDialog;
use crate::components::link_dialog::LinkDialog;
use crate::components::palette::Palette;
use crate::components::password_dialog::PasswordDialog;
use crate::components::rail::Rail;
use crate::components::top_bar::TopBar;
use crate::components::undo_notice::UndoNotice;
use crate::components::value_menu::ValueMenu;
use crate::state::route::Page;
use crate::state::session::Loupe;
use crate::state::store::{Stage, Store};
use crate::state::{guide, hooks, intake, keys, link, navigation, settings, theme};
use crate::views;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let store = Store::new(navigation::current(), settings::stored(), theme::Choice::stored());
    let loupe = Loupe::start(store);
    provide_context(store);
    provide_context(loupe);
    navigation::follow(store);
    theme::follow(store.theme);
    settings::follow(store.settings);
    keys::listen(store);
    hooks::install(store, loupe);
    guide::prepare(store);
    link::follow(store);
    follow_filter(store, loupe);
    let page = Memo::new(move |_| store.route.with(|route| route.page));
    follow_page(store, page);
    let has_files = move || store.stage.with(|stage| *stage != Stage::Empty);
    let is_over = RwSignal::new(false);
    let on_over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    view! {
        <button type="button" class="skip" on:click=move |_| keys::focus("main")>"Skip to the content"</button>
        <div
            class="frame"
            class:is-over=move || is_over.get()
            on:dragover=on_over
            on:dragleave=move |_| is_over.set(false)
            on:drop=move |event| {
                is_over.set(false);
                drop_files(&event, store, loupe);
            }
        >
            <Rail />
            <TopBar />
            <Show when=has_files>
                <FilterBar />
            </Show>
            <main id="main" tabindex="-1">{move || draw(page.get())}</main>
            <p class="unseen" role="status" aria-live="polite">{move || store.announcement.get()}</p>
        </div>
        <ValueMenu />
        <UndoNotice />
        <KeysDialog />
        <Palette />
        <PasswordDialog />
        <LinkDialog />
    }
}

fn draw(page: Page) -> AnyView {
    match page {
        Page::Overview => view! { <views::overview::Overview /> }.into_any(),
        Page::Quality => view! { <views::quality::Quality /> }.into_any(),
        Page::Traffic => view! { <views::traffic::Traffic /> }.into_any(),
        Page::Visitors => view! { <views::visitors::Visitors /> }.into_any(),
        Page::Network => view! { <views::network::Network /> }.into_any(),
        Page::Findings => view! { <views::findings::Findings /> }.into_any(),
        Page::Models => view! { <views::models::Models /> }.into_any(),
        Page::Rows => view! { <views::rows::Rows /> }.into_any(),
        Page::Report => view! { <views::report::ReportPage /> }.into_any(),
        Page::Settings => view! { <views::settings::SettingsPage /> }.into_any(),
        Page::Guide => view! { <views::guide::Guide /> }.into_any(),
    }
}

/// Names the page in the window's title and to screen readers, and begins at its top.
fn follow_page(store: Store, page: Memo<Page>) {
    Effect::new(move |before: Option<Page>| {
        let page = page.get();
        document().set_title(&format!("{} · Logloupe", page.title()));
        if before.is_some() {
            store.announcement.set(page.title().to_owned());
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        page
    });
}

/// Makes the report anew whenever the filter changes.
fn follow_filter(store: Store, loupe: Loupe) {
    let filter = Memo::new(move |_| store.route.with(|route| route.filter.clone()));
    Effect::new(move |before: Option<String>| {
        let filter = filter.get();
        if before.is_some_and(|before| before != filter) && store.report.with_untracked(Option::is_some) {
            loupe.refresh();
        }
        filter
    });
}

fn drop_files(event: &DragEvent, store: Store, loupe: Loupe) {
    event.prevent_default();
    let Some(transfer) = event.data_transfer() else { return };
    let (entries, files) = intake::entries(&transfer);
    spawn_local(async move {
        let chosen = if entries.is_empty() { files } else { intake::of_entries(entries).await };
        // Where a session is open what is dropped comes to it; Close starts anew.
        if untrack(move || store.can_add()) { loupe.add(chosen) } else { loupe.open(chosen) }
    });
}
