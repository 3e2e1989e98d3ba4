//! How to use all of it, in plain words: the text of `public/guide.html`.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent};

use crate::components::notice::Notice;
use crate::state::guide;
use crate::state::keys;
use crate::state::route::Page;
use crate::state::store::use_store;

/// What links within the guide begin with; others lead to pages.
const WITHIN: &str = "#guide-";

/// The guide; it is part of the page, so its text is trusted as the page's code is.
#[component]
pub fn Guide() -> impl IntoView {
    let store = use_store();
    guide::fetch(store);
    let text = move || match store.guide.get() {
        None => view! { <p aria-busy="true">"The guide is being loaded."</p> }.into_any(),
        Some(Ok(text)) => view! { <div class="guide" inner_html=text on:click=follow></div> }.into_any(),
        Some(Err(message)) => view! { <Notice tone="wrong"><p>{message}</p></Notice> }.into_any(),
    };
    view! {
        <section class="view" data-view=Page::Guide.name() aria-labelledby="view-title">
            <header class="view-head">
                <h1 id="view-title">"Guide"</h1>
                <p>"How to use Logloupe, in plain words. It is part of the page and works without a network."</p>
            </header>
            {text}
        </section>
    }
}

/// Goes to a chapter; the address has the page, so it can't have that.
fn follow(event: MouseEvent) {
    let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = link.and_then(|target| target.closest("a").ok().flatten()).and_then(|link| link.get_attribute("href"));
    let Some(chapter) = link.filter(|link| link.starts_with(WITHIN)) else { return };
    event.prevent_default();
    keys::focus(&chapter[1..]);
}
