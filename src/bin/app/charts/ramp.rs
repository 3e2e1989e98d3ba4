//! Cells coloured by their value: what heat maps and confusion matrices share.

use plotters::style::text_anchor::{HPos, VPos};

use super::{
    color::Ink,
    geometry::{CELL_GAP, Geometry, Hit, Rect},
    sketch::{DrawError, LINE, Sketch},
};

/// Least share of the full colour for a value above zero, so that it differs from nothing.
const FAINTEST: f64 = 0.12;
/// Distance between names and cells in CSS pixels.
const NAME_GAP: i32 = 6;
/// The share of the width that names of rows may take.
const NAMES: f64 = 0.34;

/// The grid of cells, with the names around it.
pub struct Cells {
    /// The area of the cells.
    pub plot: Rect,
    columns: usize,
    rows: usize,
}

/// The names of rows and columns, and what they are names of.
pub struct Names<'a> {
    /// Names of the rows, from the top.
    pub rows: &'a [String],
    /// Names of the columns, from the left.
    pub columns: &'a [String],
    /// What is written above the grid.
    pub title: &'a str,
}

impl Cells {
    /// Writes the names and says where the cells go, each `height` pixels high.
    pub fn draw_names(sketch: &Sketch, names: &Names, height: f64) -> Result<Self, DrawError> {
        let widest = names.rows.iter().map(|name| sketch.text_width(name)).max().unwrap_or(0);
        let room = widest.min((f64::from(sketch.width) * NAMES) as i32);
        let left = f64::from(room + NAME_GAP);
        let top = f64::from(LINE) * if names.title.is_empty() { 1.0 } else { 2.0 };
        let (columns, rows) = (names.columns.len(), names.rows.len());
        let plot = Rect { x: left, y: top, width: f64::from(sketch.width) - left, height: height * rows as f64 };
        let cells = Self { plot, columns, rows };
        let title = sketch.fitted(names.title, plot.width as i32);
        sketch.write(&title, (left as i32, 0), (HPos::Left, VPos::Top), sketch.theme.muted)?;
        cells.write_columns(sketch, names.columns)?;
        for (row, name) in names.rows.iter().enumerate() {
            let middle = cells.cell(0, row).center().1 as i32 + 1;
            let name = sketch.fitted(name, room);
            sketch.write(&name, (room, middle), (HPos::Right, VPos::Center), sketch.theme.text)?;
        }
        Ok(cells)
    }

    /// Writes every name of a column, or every second, third and so on where there is no room for all.
    fn write_columns(&self, sketch: &Sketch, names: &[String]) -> Result<(), DrawError> {
        let widest = names.iter().map(|name| sketch.text_width(name)).max().unwrap_or(0) + NAME_GAP;
        let place = self.plot.width / names.len().max(1) as f64;
        let stride = if names.len() > 8 { (f64::from(widest) / place).ceil().max(1.0) as usize } else { 1 };
        for (column, name) in names.iter().enumerate().step_by(stride) {
            let name = sketch.fitted(name, (place * stride as f64) as i32 - NAME_GAP / 2);
            let at = (self.cell(column, 0).center().0 as i32, self.plot.y as i32 - 4);
            sketch.write(&name, at, (HPos::Center, VPos::Bottom), sketch.theme.text)?;
        }
        Ok(())
    }

    /// The rectangle of a cell, in whole pixels.
    pub fn cell(&self, column: usize, row: usize) -> Rect {
        let edge = |start: f64, length: f64, at: usize, of: usize| (start + length * at as f64 / of as f64).round();
        let x = edge(self.plot.x, self.plot.width, column, self.columns);
        let y = edge(self.plot.y, self.plot.height, row, self.rows);
        let right = edge(self.plot.x, self.plot.width, column + 1, self.columns);
        let bottom = edge(self.plot.y, self.plot.height, row + 1, self.rows);
        Rect { x, y, width: right - x - CELL_GAP, height: bottom - y - CELL_GAP }
    }

    /// Where the marks are.
    pub fn geometry(&self) -> Geometry {
        let rows = self.rows;
        let cells = (0..self.columns).flat_map(|column| (0..rows).map(move |row| self.cell(column, row)));
        Geometry {
            plot: self.plot,
            columns: self.columns,
            rows,
            cells: cells.collect(),
            hit: Hit::Cells,
            upward: false,
            edges: Vec::new(),
        }
    }
}

/// The height of a grid with its names, in CSS pixels.
pub fn height(rows: usize, cell: f64, titled: bool) -> f64 {
    f64::from(LINE) * if titled { 2.0 } else { 1.0 } + cell * rows as f64
}

/// The colour of a share of 0..=1: nothing is almost the surface, everything is the full colour.
pub fn shade(sketch: &Sketch, full: Ink, share: f64) -> Ink {
    let theme = &sketch.theme;
    if share > 0.0 {
        theme.surface.mixed(full, FAINTEST + (1.0 - FAINTEST) * share.min(1.0))
    } else {
        theme.surface.mixed(theme.line, 0.5)
    }
}
