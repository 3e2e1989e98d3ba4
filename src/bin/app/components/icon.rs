//! Small drawings for buttons and the rail, in the colour of the text around them.

use leptos::prelude::*;

/// A drawing of 16 by 16, for the eye only: the name stands beside it.
#[component]
pub fn Icon(
    /// Which drawing.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=path(name) />
        </svg>
    }
}

/// Strokes on a grid of 16.
fn path(name: &str) -> &'static str {
    match name {
        "overview" => "M2 2h5v7H2zM9 2h5v4H9zM9 8h5v6H9zM2 11h5v3H2z",
        "quality" => "M3 2h10v12H3zM5.5 6l1 1 2-2M5.5 10.5l1 1 2-2M10 6.5h1M10 11h1",
        "traffic" => "M2 14V2M2 14h12M4.5 11l3-4 2.5 2 4-5.5",
        "visitors" => {
            "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 14c0-3 2-4.5 4.5-4.5s4.5 1.5 4.5 4.5M11 3a2 2 0 0 1 0 4M12 9.7c1.6.5 2.5 2 2.5 4.3"
        }
        "network" => {
            "M8 5.5V9M8 9l-4 2M8 9l4 2M8 5.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM3.5 14.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12.5 14.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
        }
        "findings" => "M8 2l6 11.5H2zM8 6.5v3.5M8 11.8v.2",
        "models" => {
            "M8 2.5v3M8 5.5H4v3M8 5.5h4v3M4 8.5H2.5v3M4 8.5h2v3M12 8.5h-2v3M12 8.5h1.5v3M2.5 13.5h0M6 13.5h0M10 13.5h0M13.5 13.5h0"
        }
        "rows" => "M2 3h12M2 6.3h12M2 9.6h12M2 13h12",
        "report" => "M4 1.5h5.5L12.5 5v9.5H4zM9.5 1.5V5h3M6 8h4.5M6 11h4.5",
        "settings" => {
            "M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M11 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z"
        }
        "guide" => {
            "M8 4.500C6.5 3 4.5 2.500 2 2.500v9.500c2.500 0 4.500.500 6 2 1.500-1.500 3.500-2 6-2V2.500c-2.500 0-4.500.500-6 2zM8 4.500V14"
        }
        "shield" => "M8 1.5l5.5 2v4.3c0 3.2-2.2 5.5-5.5 6.7-3.3-1.2-5.5-3.5-5.5-6.700V3.500zM5.5 8l2 2 3-3.5",
        "undo" => "M5.5 3L2.5 6l3 3M2.5 6H9.500a4 4 0 0 1 0 8H6",
        "redo" => "M10.5 3l3 3-3 3M13.5 6H6.500a4 4 0 0 0 0 8H10",
        "auto" => "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
        "light" => {
            "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1"
        }
        "dark" => "M13.5 9.500A6 6 0 0 1 6.5 2.500a6 6 0 1 0 7 7z",
        "close" => "M4 4l8 8M12 4l-8 8",
        "download" => "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.500h11",
        "file" => "M4 1.500h5.500L12.5 5v9.500H4zM9.5 1.500V5h3",
        "folder" => "M1.5 3.500h4.500l1.5 2h7v7.500h-13z",
        "drop" => "M8 2v7.500M5 6.500l3 3 3-3M2 10v4h12v-4",
        "lens" => "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.700L14.5 14.5",
        _ => "",
    }
}
