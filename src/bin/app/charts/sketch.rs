//! What every chart draws with: a themed plotters area, axes the way the page wants them, and text that fits.

use plotters::{
    chart::{ChartBuilder, ChartContext},
    coord::{Shift, cartesian::Cartesian2d},
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea},
    element::{Polygon, Rectangle},
    style::{
        Color, FontDesc, FontFamily, FontStyle, RGBAColor, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use web_sys::HtmlCanvasElement;

use super::{
    axis::Axis,
    canvas::{CanvasError, Size, Surface},
    color::Ink,
    geometry::Rect,
    theme::Theme,
};

/// Why a chart could not be drawn.
pub type DrawError = DrawingAreaErrorKind<CanvasError>;

/// A plotters chart with two axes.
pub type Plane<'a> = ChartContext<'a, Surface, Cartesian2d<Axis, Axis>>;

/// Size of axis labels and other text, in CSS pixels.
pub const FONT_SIZE: i32 = 12;
/// Height of a line of text with its distance to the next thing.
pub const LINE: i32 = 18;
/// Length of the ticks on the horizontal axis.
const TICK: i32 = 3;

/// How a pair of axes is drawn.
#[derive(Default)]
pub struct Frame<'a> {
    /// What holds for the whole chart, written at the right above it.
    pub note: &'a str,
    /// What the horizontal axis shows, written at its right end.
    pub x_name: &'a str,
    /// What the vertical axis shows, written above it.
    pub y_name: &'a str,
    /// Whether vertical grid lines are drawn too.
    pub x_grid: bool,
}

/// A drawing that has begun.
pub struct Sketch {
    /// The whole canvas.
    pub root: DrawingArea<Surface, Shift>,
    /// The colours.
    pub theme: Theme,
    /// Width in CSS pixels.
    pub width: i32,
    /// Height in CSS pixels.
    pub height: i32,
}

impl Sketch {
    /// Begins to draw on an emptied canvas; none if it has no 2D context.
    pub fn new(canvas: &HtmlCanvasElement, size: Size, theme: Theme) -> Option<Self> {
        let root = Surface::new(canvas, size)?.into_drawing_area();
        Some(Self { root, theme, width: size.width as i32, height: size.height as i32 })
    }

    /// The style of text in a colour, placed by its point `anchor`.
    pub fn text_style(&self, ink: Ink, anchor: (HPos, VPos)) -> TextStyle<'_> {
        self.styled(ink, anchor, FontStyle::Normal)
    }

    /// The same in bold.
    pub fn bold_style(&self, ink: Ink, anchor: (HPos, VPos)) -> TextStyle<'_> {
        self.styled(ink, anchor, FontStyle::Bold)
    }

    fn styled(&self, ink: Ink, anchor: (HPos, VPos), style: FontStyle) -> TextStyle<'_> {
        let font = FontDesc::new(FontFamily::from(self.theme.font.as_str()), f64::from(FONT_SIZE), style);
        TextStyle { font, color: rgba(ink).to_backend_color(), pos: Pos::new(anchor.0, anchor.1) }
    }

    /// Width of a text in CSS pixels.
    pub fn text_width(&self, text: &str) -> i32 {
        let style = self.text_style(self.theme.text, (HPos::Left, VPos::Top));
        self.root.estimate_text_size(text, &style).map_or(0, |(width, _)| width as i32)
    }

    /// The text, shortened with an ellipsis to what fits into `width`.
    pub fn fitted(&self, text: &str, width: i32) -> String {
        if self.text_width(text) <= width {
            return text.to_owned();
        }
        let letters: Vec<char> = text.chars().collect();
        let (mut fits, mut too_long) = (0, letters.len());
        while fits + 1 < too_long {
            let middle = usize::midpoint(fits, too_long);
            let attempt: String = letters[..middle].iter().chain(&['…']).collect();
            if self.text_width(&attempt) <= width { fits = middle } else { too_long = middle }
        }
        letters[..fits].iter().chain(&['…']).collect()
    }

    /// Writes a text with its point `anchor` at the given place.
    pub fn write(&self, text: &str, at: (i32, i32), anchor: (HPos, VPos), ink: Ink) -> Result<(), DrawError> {
        self.root.draw_text(text, &self.text_style(ink, anchor), at)
    }

    /// Fills a rectangle.
    pub fn fill(&self, rect: Rect, ink: Ink) -> Result<(), DrawError> {
        let corners = [(rect.x as i32, rect.y as i32), (rect.right() as i32, rect.bottom() as i32)];
        self.root.draw(&Rectangle::new(corners, rgba(ink).filled()))
    }

    /// Fills rectangles of one colour as a single shape, which costs the canvas little more than one of them.
    pub fn fill_all(&self, rects: &[Rect], ink: Ink) -> Result<(), DrawError> {
        let rects: Vec<&Rect> = rects.iter().filter(|rect| rect.width > 0.0 && rect.height > 0.0).collect();
        if rects.is_empty() {
            return Ok(());
        }
        self.root.draw(&Polygon::new(outline(&rects), rgba(ink).filled()))
    }

    /// Draws axes with a light grid and a baseline; the plane that comes back takes data.
    pub fn frame(&self, x: Axis, y: Axis, frame: &Frame) -> Result<Plane<'_>, DrawError> {
        let names = if frame.x_name.is_empty() { 0 } else { LINE };
        self.frame_with_room(x, y, frame, LINE + TICK + names)
    }

    /// The same with `bottom` pixels below the plot, for a chart that writes there itself.
    pub fn frame_with_room(&self, x: Axis, y: Axis, frame: &Frame, bottom: i32) -> Result<Plane<'_>, DrawError> {
        let left = y.labels().map(|label| self.text_width(label)).max().unwrap_or(0) + 2 * TICK + 2;
        let overhang = x.labels().map(|label| self.text_width(label)).max().unwrap_or(0) / 2 + 2;
        let top = if frame.y_name.is_empty() { FONT_SIZE / 2 + 1 } else { LINE + FONT_SIZE / 2 };
        let (x_ticks, y_ticks) = (x.len().max(1), y.len().max(1));
        let mut plane = ChartBuilder::on(&self.root)
            .margin_top(top)
            .margin_right(overhang.max(FONT_SIZE / 2))
            .x_label_area_size(bottom)
            .y_label_area_size(left.max(overhang))
            .build_cartesian_2d(x, y)?;
        self.draw_grid(&mut plane, (x_ticks, y_ticks), frame.x_grid)?;
        self.draw_baseline(&mut plane, x_ticks)?;
        let (right, bottom) = (self.width - 1, self.height - 1);
        let muted = self.theme.muted;
        self.write(frame.y_name, (0, 0), (HPos::Left, VPos::Top), muted)?;
        self.write(frame.note, (right, 0), (HPos::Right, VPos::Top), muted)?;
        self.write(frame.x_name, (right, bottom), (HPos::Right, VPos::Bottom), muted)?;
        Ok(plane)
    }

    /// The grid, and the labels of the vertical axis, which has no line of its own.
    fn draw_grid(&self, plane: &mut Plane, ticks: (usize, usize), x_grid: bool) -> Result<(), DrawError> {
        let mut mesh = plane.configure_mesh();
        mesh.disable_x_axis()
            .axis_style(rgba(self.theme.line.faded(0.0)))
            .bold_line_style(rgba(self.theme.line).stroke_width(1))
            .label_style(self.text_style(self.theme.muted, (HPos::Center, VPos::Center)))
            .x_labels(ticks.0)
            .y_labels(ticks.1)
            .set_all_tick_mark_size(TICK);
        if !x_grid {
            mesh.disable_x_mesh();
        }
        mesh.draw()
    }

    /// The line of the horizontal axis, its ticks and their labels.
    fn draw_baseline(&self, plane: &mut Plane, ticks: usize) -> Result<(), DrawError> {
        plane
            .configure_mesh()
            .disable_mesh()
            .disable_y_axis()
            .axis_style(rgba(self.theme.muted.mixed(self.theme.line, 0.4)).stroke_width(1))
            .label_style(self.text_style(self.theme.muted, (HPos::Center, VPos::Center)))
            .x_labels(ticks)
            .set_all_tick_mark_size(TICK)
            .draw()
    }
}

/// The area inside the axes.
pub fn plot_area(plane: &Plane) -> Rect {
    let (x, y) = plane.plotting_area().get_pixel_range();
    Rect::between((x.start, y.start), (x.end, y.end))
}

/// The rectangle between two points of the data.
pub fn data_rect(plane: &Plane, one: (f64, f64), other: (f64, f64)) -> Rect {
    let area = plane.plotting_area();
    Rect::between(area.map_coordinate(&one), area.map_coordinate(&other))
}

/// The colour as plotters writes it.
pub fn rgba(ink: Ink) -> RGBAColor {
    RGBAColor(ink.red, ink.green, ink.blue, ink.alpha)
}

/// One closed path around all rectangles: forth over their tops, back over their bottoms, so that what joins them has no area.
fn outline(rects: &[&Rect]) -> Vec<(i32, i32)> {
    let corner = |x: f64, y: f64| (x as i32, y as i32);
    let forth = rects.iter().flat_map(|rect| {
        [
            corner(rect.x, rect.bottom()),
            corner(rect.x, rect.y),
            corner(rect.right(), rect.y),
            corner(rect.right(), rect.bottom()),
        ]
    });
    let back = rects.iter().rev().flat_map(|rect| [corner(rect.right(), rect.bottom()), corner(rect.x, rect.bottom())]);
    forth.chain(back).collect()
}
