//! The canvas above a chart: what is pointed at and which range is chosen. Never the chart itself.

use plotters::{
    element::{Circle, PathElement},
    style::Color,
};
use web_sys::HtmlCanvasElement;

use super::{
    canvas::Size,
    geometry::{Geometry, Hit, Mark, Rect},
    sketch::{DrawError, Sketch, rgba},
    theme::Theme,
};

/// How far a band reaches beyond its mark, in CSS pixels.
const BAND_MARGIN: f64 = 1.0;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// The mark that is pointed at.
    pub mark: Option<Mark>,
    /// First and last column of the chosen range.
    pub brush: Option<(usize, usize)>,
}

/// Empties the canvas and paints what is shown.
pub fn paint(canvas: &HtmlCanvasElement, size: Size, geometry: &Geometry, shown: Shown) {
    let Some(sketch) = Sketch::new(canvas, size, Theme::read(canvas)) else { return };
    let painted = paint_brush(&sketch, geometry, shown.brush).and_then(|()| paint_mark(&sketch, geometry, shown.mark));
    if let Err(error) = painted {
        web_sys::console::warn_1(&error.to_string().into());
    }
}

fn paint_brush(sketch: &Sketch, geometry: &Geometry, brush: Option<(usize, usize)>) -> Result<(), DrawError> {
    let Some((from, to)) = brush else { return Ok(()) };
    let cell = |column| geometry.cell(Mark { column, row: None });
    let (Some(first), Some(last)) = (cell(from), cell(to)) else { return Ok(()) };
    let plot = geometry.plot;
    let (left, right) = (first.x - BAND_MARGIN, last.right() + BAND_MARGIN);
    let veil = sketch.theme.surface.faded(0.6);
    sketch.fill(Rect { width: left - plot.x, ..plot }, veil)?;
    sketch.fill(Rect { x: right, width: plot.right() - right, ..plot }, veil)?;
    for x in [left, right] {
        line(sketch, (x, plot.y), (x, plot.bottom()), 2)?;
    }
    Ok(())
}

fn paint_mark(sketch: &Sketch, geometry: &Geometry, mark: Option<Mark>) -> Result<(), DrawError> {
    let Some((mark, cell)) = mark.and_then(|mark| Some((mark, geometry.cell(mark)?))) else { return Ok(()) };
    let plot = geometry.plot;
    let tint = sketch.theme.text.faded(0.09);
    match geometry.hit {
        Hit::Columns => {
            let band = Rect { y: plot.y, height: plot.height, ..cell };
            sketch.fill(grown(band, BAND_MARGIN), tint)?;
            if geometry.rows > 1 && mark.row.is_some() && cell.height >= 1.0 {
                outline(sketch, cell)?;
            }
        }
        Hit::Rows => sketch.fill(Rect { x: plot.x, width: plot.width, ..cell }, tint)?,
        Hit::Cells => outline(sketch, cell)?,
        Hit::Nearest(_) => crosshair(sketch, plot, cell)?,
    }
    Ok(())
}

fn crosshair(sketch: &Sketch, plot: Rect, cell: Rect) -> Result<(), DrawError> {
    let (x, y) = cell.center();
    line(sketch, (x, plot.y), (x, plot.bottom()), 1)?;
    line(sketch, (plot.x, y), (plot.right(), y), 1)?;
    let radius = (cell.width / 2.0 + 2.0) as u32;
    sketch.root.draw(&Circle::new((x as i32, y as i32), radius, rgba(sketch.theme.text).stroke_width(2)))
}

fn outline(sketch: &Sketch, cell: Rect) -> Result<(), DrawError> {
    let corner = |x: f64, y: f64| (x as i32, y as i32);
    let corners = vec![
        corner(cell.x, cell.y),
        corner(cell.right(), cell.y),
        corner(cell.right(), cell.bottom()),
        corner(cell.x, cell.bottom()),
        corner(cell.x, cell.y),
    ];
    sketch.root.draw(&PathElement::new(corners, rgba(sketch.theme.text).stroke_width(2)))
}

fn line(sketch: &Sketch, from: (f64, f64), to: (f64, f64), width: u32) -> Result<(), DrawError> {
    let ends = vec![(from.0 as i32, from.1 as i32), (to.0 as i32, to.1 as i32)];
    sketch.root.draw(&PathElement::new(ends, rgba(sketch.theme.muted).stroke_width(width)))
}

fn grown(rect: Rect, by: f64) -> Rect {
    Rect { x: rect.x - by, width: rect.width + 2.0 * by, ..rect }
}
