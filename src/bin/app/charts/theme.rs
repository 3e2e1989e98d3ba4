//! The page's colours and font, read from CSS when a chart is drawn, and a call when they change.

use gloo::events::EventListener;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CssStyleDeclaration, HtmlElement, MutationObserver, MutationObserverInit};

use super::{
    color::{Ink, UNKNOWN},
    data::Role,
};

/// The colours of one drawing.
pub struct Theme {
    root: Option<CssStyleDeclaration>,
    probe: HtmlElement,
    /// The font of the page's body.
    pub font: String,
    /// Ordinary text.
    pub text: Ink,
    /// Axis labels and other secondary text.
    pub muted: Ink,
    /// Grid and axis lines.
    pub line: Ink,
    /// What everything is drawn on.
    pub surface: Ink,
}

impl Theme {
    /// The colours that hold now. `probe` is an element of the page, used where a property holds more than a plain colour.
    pub fn read(probe: &HtmlElement) -> Self {
        let window = web_sys::window();
        let document = window.as_ref().and_then(web_sys::Window::document);
        let style_of = |element: Option<&web_sys::Element>| {
            element.and_then(|element| window.as_ref()?.get_computed_style(element).ok()?)
        };
        let root = style_of(document.as_ref().and_then(web_sys::Document::document_element).as_ref());
        let body = document.as_ref().and_then(web_sys::Document::body);
        let font = style_of(body.as_ref().map(AsRef::as_ref))
            .and_then(|style| style.get_property_value("font-family").ok())
            .filter(|family| !family.is_empty())
            .unwrap_or_else(|| "sans-serif".to_owned());
        let mut theme =
            Self { root, probe: probe.clone(), font, text: UNKNOWN, muted: UNKNOWN, line: UNKNOWN, surface: UNKNOWN };
        theme.text = theme.property("--text");
        theme.muted = theme.property("--text-muted");
        theme.line = theme.property("--line");
        theme.surface = theme.property("--surface");
        theme
    }

    /// The colour of a role.
    pub fn ink(&self, role: Role) -> Ink {
        self.property(&role.property())
    }

    fn property(&self, name: &str) -> Ink {
        let plain = self.root.as_ref().and_then(|root| root.get_property_value(name).ok());
        plain.and_then(|text| Ink::parse(&text)).or_else(|| self.computed(name)).unwrap_or(UNKNOWN)
    }

    /// Lets the browser compute the property as a colour: needed for `light-dark()`, `color-mix()` and system colours.
    fn computed(&self, name: &str) -> Option<Ink> {
        let style = self.probe.style();
        style.set_property("color", &format!("var({name})")).ok()?;
        let computed = web_sys::window()?.get_computed_style(&self.probe).ok()??.get_property_value("color").ok()?;
        style.remove_property("color").ok()?;
        Ink::parse(&computed)
    }
}

/// Calls back when the theme changes, until it is dropped.
pub struct ThemeWatch {
    observer: Option<MutationObserver>,
    _changed: Closure<dyn FnMut()>,
    _media: [Option<EventListener>; 2],
}

impl ThemeWatch {
    /// Watches the attribute `data-theme` of the root element and the system's preference; calls `printed` when the page
    /// turns into what is printed and back, which leaves no time to draw later.
    pub fn new(changed: impl Fn() + Clone + 'static, printed: impl Fn() + 'static) -> Self {
        let media = [on_media("(prefers-color-scheme: dark)", changed.clone()), on_media("print", printed)];
        let callback = Closure::<dyn FnMut()>::new(changed);
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).ok();
        let root =
            web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
        if let (Some(observer), Some(root)) = (&observer, root) {
            let options = MutationObserverInit::new();
            options.set_attributes(true);
            options.set_attribute_filter(&js_sys::Array::of1(&"data-theme".into()));
            // Without this the chart keeps its colours until it is next drawn, which is all that can be done.
            let _ = observer.observe_with_options(&root, &options);
        }
        Self { observer, _changed: callback, _media: media }
    }
}

impl Drop for ThemeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

fn on_media(query: &str, changed: impl Fn() + 'static) -> Option<EventListener> {
    let query = web_sys::window()?.match_media(query).ok()??;
    Some(EventListener::new(&query, "change", move |_| changed()))
}
