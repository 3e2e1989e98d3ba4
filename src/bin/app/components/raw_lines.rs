//! Lines as they stand in the file.

use leptos::prelude::*;

use super::display;

/// A line out of a file, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct RawLine {
    /// Where it stands.
    pub place: String,
    /// Its text.
    pub text: String,
    /// Whether it is the one that is meant.
    pub is_meant: bool,
}

/// Lines with their places, the meant one marked.
#[component]
pub fn RawLines(
    /// The lines.
    lines: Vec<RawLine>,
) -> impl IntoView {
    let rows = lines
        .into_iter()
        .map(|line| {
            let mark = line.is_meant.then_some("true");
            view! {
                <li aria-current=mark>
                    <span class="raw-place">{line.place}</span>
                    <code dir="auto">{display::visible(&line.text)}</code>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="raw" tabindex="0" aria-label="Lines of the file">{rows}</ol> }
}
