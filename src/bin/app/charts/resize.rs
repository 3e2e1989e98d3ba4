//! A call when an element changes its size.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Calls back with the element's width in CSS pixels, first when it starts, until it is dropped.
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _resized: Closure<dyn FnMut()>,
}

impl SizeWatch {
    /// Watches `element`.
    pub fn new(element: &Element, resized: impl Fn(f64) + 'static) -> Self {
        let watched = element.clone();
        let callback = Closure::<dyn FnMut()>::new(move || resized(f64::from(watched.client_width())));
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _resized: callback }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
