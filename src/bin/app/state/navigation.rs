//! The address in the browser, read and written. Back and forward work because every change is an entry of history.

use gloo::events::EventListener;
use leptos::prelude::*;

use super::filter;
use super::route::{Page, Route};
use super::store::Store;

/// What the address says now.
pub fn current() -> Route {
    Route::parse(&window().location().hash().unwrap_or_default())
}

/// Keeps the store's route as the address has it, for as long as the page lives.
pub fn follow(store: Store) {
    EventListener::new(&window(), "hashchange", move |_| {
        let route = current();
        if store.route.get_untracked() != route {
            store.history.update(|history| history.note(&route.filter));
            store.route.set(route);
        }
    })
    .forget();
}

impl Store {
    /// Goes to another view.
    pub fn go(&self, route: &Route) {
        if self.route.get_untracked() == *route {
            return;
        }
        // A browser that refuses leaves the view as it is; there is nobody to tell.
        let _ = window().location().set_hash(&route.to_fragment());
    }

    /// Goes to `page` under the same filter.
    pub fn go_to(&self, page: Page) {
        self.go(&self.route.get_untracked().on(page));
    }

    /// Puts everything under `text`.
    pub fn set_filter(&self, text: &str) {
        self.go(&Route { filter: text.to_owned(), ..self.route.get_untracked() });
    }

    /// Takes the filter away at once, in the store and in the address.
    pub fn drop_filter(&self) {
        let route = Route { filter: String::new(), ..self.route.get_untracked() };
        self.go(&route);
        self.history.update(|history| history.note(""));
        self.route.set(route);
    }

    /// Narrows the filter by a clause.
    pub fn narrow(&self, clause: &str) {
        self.set_filter(&filter::with(&self.route.with_untracked(|route| route.filter.clone()), clause));
    }

    /// Filters by a condition, or by its opposite where `excluding`.
    pub fn pick(&self, condition: &filter::Condition, excluding: bool) {
        self.narrow(&if excluding { condition.excluding() } else { condition.clause() });
    }

    /// Back to the filter before.
    pub fn undo(&self) {
        if let Some(text) = self.history.with_untracked(super::store::FilterHistory::before) {
            self.set_filter(&text);
        }
    }

    /// On to the filter that was undone.
    pub fn redo(&self) {
        if let Some(text) = self.history.with_untracked(super::store::FilterHistory::after) {
            self.set_filter(&text);
        }
    }
}
