//! A plotters backend for a canvas: CSS pixels, sharp on every screen, text measured by the canvas itself.
//!
//! Plotters measures text in a browser with an element that has an inline style. A strict content security policy
//! forbids that, so [`Surface`] answers that question and hands everything else on to plotters-canvas.

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The error of the backend.
pub type CanvasError = <CanvasBackend as DrawingBackend>::ErrorType;

type Drawn = Result<(), DrawingErrorKind<CanvasError>>;

/// Height of a line of text in its font size; wide enough for the descenders of system fonts.
const LINE_HEIGHT: f64 = 1.2;

/// The size of a drawing and how many device pixels one of its pixels has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Device pixels to one CSS pixel.
    pub scale: f64,
}

/// A canvas to draw on in CSS pixels.
pub struct Surface {
    canvas: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: Size,
}

impl Surface {
    /// The canvas, emptied and made as large as `size` says; none if it has no 2D context.
    pub fn new(canvas: &HtmlCanvasElement, size: Size) -> Option<Self> {
        canvas.set_width((f64::from(size.width) * size.scale).round() as u32);
        canvas.set_height((f64::from(size.height) * size.scale).round() as u32);
        let context = context(canvas)?;
        context.set_transform(size.scale, 0.0, 0.0, size.scale, 0.0, 0.0).ok()?;
        Some(Self { canvas: CanvasBackend::with_canvas_object(canvas.clone())?, context, size })
    }
}

/// The 2D context of a canvas.
pub fn context(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

impl DrawingBackend for Surface {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        (self.size.width, self.size.height)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        self.canvas.ensure_prepared()
    }

    fn present(&mut self) -> Drawn {
        self.canvas.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.canvas.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.canvas.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, one: BackendCoord, other: BackendCoord, style: &S, fill: bool) -> Drawn {
        self.canvas.draw_rect(one, other, style, fill)
    }

    /// A path of two points is a line: plotters-canvas then puts it between pixels so that it stays sharp.
    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        match points[..] {
            [from, to] => self.canvas.draw_line(from, to, style),
            _ => self.canvas.draw_path(points, style),
        }
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        self.canvas.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.canvas.fill_polygon(path, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        self.canvas.draw_text(text, style, at)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<CanvasError>> {
        self.context.set_font(&format!("{} {}px {}", style.style().as_str(), style.size(), style.family().as_str()));
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width());
        Ok((width.ceil() as u32, (style.size() * LINE_HEIGHT).ceil() as u32))
    }
}
