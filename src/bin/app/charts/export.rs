//! "Save PNG": the chart with its title and legend, twice as fine as on the page, as a file.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, Document, HtmlAnchorElement, HtmlCanvasElement, Url};

use super::{
    canvas::{self, Size},
    geometry::Rect,
    plot::Plot,
    sketch::{DrawError, LINE, Sketch},
    state::State,
    theme::Theme,
};

/// Device pixels of the file to one CSS pixel.
const SCALE: f64 = 2.0;
/// Space around the picture, in CSS pixels.
const MARGIN: i32 = 16;
/// Side of a legend's square, in CSS pixels.
const SWATCH: f64 = 10.0;
/// How long the file's address is kept: a download has begun long before.
const ADDRESS_KEPT_MS: u32 = 10_000;

/// The button that saves a chart.
#[component]
pub fn SaveButton(
    /// The chart's state.
    state: State,
    /// What the chart is called: title of the picture and name of the file.
    label: Signal<String>,
) -> impl IntoView {
    let save = move |_| {
        if let Err(error) = save(state, &label.get_untracked()) {
            web_sys::console::warn_1(&error);
        }
    };
    view! { <button type="button" class="chart-save" on:click=save>"Save PNG"</button> }
}

fn save(state: State, label: &str) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or("no document")?;
    let base = state.base.get_untracked().ok_or("no canvas")?;
    let picture = state.drawn.get_untracked();
    let canvas = new_canvas(&document)?;
    compose(&canvas, &base, state.size(SCALE), (&*picture.0, label))?;
    let name = file_name(label);
    let saved = Closure::once_into_js(move |blob: Option<Blob>| {
        let offered = blob.ok_or_else(|| JsValue::from("no picture")).and_then(|blob| offer(&document, &blob, &name));
        if let Err(error) = offered {
            web_sys::console::warn_1(&error);
        }
    });
    canvas.to_blob(saved.unchecked_ref())
}

/// Draws title, legend and chart on one canvas.
fn compose(
    canvas: &HtmlCanvasElement,
    probe: &HtmlCanvasElement,
    size: Size,
    (plot, title): (&dyn Plot, &str),
) -> Result<(), JsValue> {
    let chart = canvas.clone_node()?.dyn_into::<HtmlCanvasElement>()?;
    let sketch = Sketch::new(&chart, size, Theme::read(probe)).ok_or("no context")?;
    plot.draw(&sketch).map_err(|error| error.to_string())?;
    let keys = plot.legend();
    let head = MARGIN + LINE + 4 + if keys.is_empty() { 0 } else { LINE + 4 };
    let outer =
        Size { width: size.width + 2 * MARGIN as u32, height: size.height + (head + MARGIN) as u32, scale: size.scale };
    let sheet = Sketch::new(canvas, outer, Theme::read(probe)).ok_or("no context")?;
    draw_head(&sheet, title, &keys).map_err(|error| error.to_string())?;
    let context = canvas::context(canvas).ok_or("no context")?;
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    context.draw_image_with_html_canvas_element_and_dw_and_dh(&chart, f64::from(MARGIN), f64::from(head), width, height)
}

fn draw_head(sheet: &Sketch, title: &str, keys: &[(String, super::data::Role)]) -> Result<(), DrawError> {
    let (width, height) = (f64::from(sheet.width), f64::from(sheet.height));
    sheet.fill(Rect { x: 0.0, y: 0.0, width, height }, sheet.theme.surface)?;
    let corner = (HPos::Left, VPos::Top);
    sheet.root.draw_text(title, &sheet.bold_style(sheet.theme.text, corner), (MARGIN, MARGIN))?;
    let (mut x, y) = (MARGIN, MARGIN + LINE + 2);
    for (name, role) in keys {
        let square = Rect { x: f64::from(x), y: f64::from(y) + 1.0, width: SWATCH, height: SWATCH };
        sheet.fill(square, sheet.theme.ink(*role))?;
        let text = x + SWATCH as i32 + 4;
        sheet.write(name, (text, y), corner, sheet.theme.text)?;
        x = text + sheet.text_width(name) + MARGIN;
    }
    Ok(())
}

fn new_canvas(document: &Document) -> Result<HtmlCanvasElement, JsValue> {
    Ok(document.create_element("canvas")?.dyn_into()?)
}

/// Hands the file to the browser as a download.
fn offer(document: &Document, blob: &Blob, name: &str) -> Result<(), JsValue> {
    let address = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Timeout::new(ADDRESS_KEPT_MS, move || {
        // An address that is no longer known needs no revoking.
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}

/// `requests-over-time.png` of "Requests over time".
fn file_name(label: &str) -> String {
    let letters: String = label.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    let words: Vec<&str> = letters.split('-').filter(|word| !word.is_empty()).collect();
    let stem = if words.is_empty() { "chart".to_owned() } else { words.join("-").to_lowercase() };
    format!("{stem}.png")
}
