//! The way between pages: a rail on the left, a bar at the bottom where there is no room.

use leptos::prelude::*;

use super::icon::Icon;
use crate::state::route::Page;
use crate::state::store::{Stage, use_store};
use crate::text::numbers;

/// Links to every page, with counts where something waits there.
#[component]
pub fn Rail() -> impl IntoView {
    let store = use_store();
    let link = |page: Page| {
        let address = move || store.route.with(|route| route.on(page).to_fragment());
        let current = move || store.route.with(|route| (route.page == page).then_some("page"));
        let badge = Memo::new(move |_| badge(page, store));
        view! {
            <li>
                <a href=address aria-current=current title=format!("{} (g {})", page.title(), page.key())>
                    <Icon name=page.name() />
                    <span class="rail-name">{page.title()}</span>
                    <Show when=move || badge.with(Option::is_some)>
                        <span class="badge">{move || badge.get()}</span>
                    </Show>
                </a>
            </li>
        }
    };
    let links = Page::ALL.into_iter().filter(|page| *page != Page::Guide).map(link).collect_view();
    view! {
        <nav class="rail" aria-label="Pages">
            <a class="brand" href=move || store.route.with(|route| route.on(Page::Overview).to_fragment())>
                <span class="brand-mark"><Icon name="lens" /></span>
                <span class="brand-name">"Logloupe"</span>
            </a>
            <ul>{links}</ul>
            <ul class="rail-foot">{link(Page::Guide)}</ul>
        </nav>
    }
}

fn badge(page: Page, store: crate::state::store::Store) -> Option<String> {
    if store.stage.with(|stage| *stage != Stage::Ready) {
        return None;
    }
    store.report.with(|report| {
        let report = report.as_ref()?;
        let count = match page {
            Page::Findings => report.findings.len() as u64,
            Page::Quality => report.inputs.iter().map(|input| input.rejected).sum(),
            _ => 0,
        };
        (count > 0).then(|| numbers::short(count as f64))
    })
}
