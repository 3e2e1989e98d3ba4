//! Where the marks of a drawn chart are: which one is under a pointer, which one an arrow key goes to.
//!
//! Pure. Coordinates are CSS pixels from the canvas' top left corner.

/// Gap between the cells of a grid in CSS pixels.
pub const CELL_GAP: f64 = 1.0;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// The rectangle between two corners, in any order.
    pub fn between(one: (i32, i32), other: (i32, i32)) -> Self {
        Self {
            x: f64::from(one.0.min(other.0)),
            y: f64::from(one.1.min(other.1)),
            width: f64::from((one.0 - other.0).abs()),
            height: f64::from((one.1 - other.1).abs()),
        }
    }

    /// The right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The bottom edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The middle.
    pub fn center(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Whether the point is inside; an edge belongs to the rectangle on its right or below.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        x >= self.x && x < self.right() && y >= self.y && y < self.bottom()
    }
}

/// One mark of a chart: a place in its grid of columns and rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Which column, from the left.
    pub column: usize,
    /// Which row; none when the pointer is in a column but on none of its marks.
    pub row: Option<usize>,
}

/// How a chart finds the mark that is meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Hit {
    /// The whole height of a column means the column.
    Columns,
    /// The whole width of a row means the row.
    Rows,
    /// A cell means itself.
    Cells,
    /// The nearest mark, at most this many pixels away.
    Nearest(f64),
}

/// A direction to step in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the next mark on the left.
    Left,
    /// To the next mark on the right.
    Right,
    /// To the next mark above.
    Up,
    /// To the next mark below.
    Down,
    /// To the first mark.
    First,
    /// To the last mark.
    Last,
}

/// The marks of a drawn chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// The area inside the axes.
    pub plot: Rect,
    /// How many columns of marks there are.
    pub columns: usize,
    /// How many rows of marks there are.
    pub rows: usize,
    /// The marks, column by column.
    pub cells: Vec<Rect>,
    /// How a mark is found.
    pub hit: Hit,
    /// Whether the first row is the lowest.
    pub upward: bool,
    /// The values between the columns, one more than there are columns; empty where no range can be chosen.
    pub edges: Vec<f64>,
}

impl Geometry {
    /// The rectangle of a mark; of a column without a row, the whole height of the plot.
    pub fn cell(&self, mark: Mark) -> Option<Rect> {
        let row = mark.row.unwrap_or(0);
        let cell = *self.cells.get(mark.column * self.rows + row)?;
        Some(if mark.row.is_some() { cell } else { Rect { y: self.plot.y, height: self.plot.height, ..cell } })
    }

    /// The mark at a point.
    pub fn mark_at(&self, x: f64, y: f64) -> Option<Mark> {
        if !self.plot.contains(x, y) {
            return None;
        }
        match self.hit {
            Hit::Columns => self.column_at(x).map(|column| Mark { column, row: self.row_in(column, y) }),
            Hit::Rows => self.nearest_row(y).map(|row| Mark { column: 0, row: Some(row) }),
            Hit::Cells => self.cells.iter().position(|cell| with_gap(cell).contains(x, y)).map(|at| self.mark(at)),
            Hit::Nearest(reach) => self.nearest(x, y, reach).map(|at| self.mark(at)),
        }
    }

    /// The column at a horizontal place: the nearest one.
    pub fn column_at(&self, x: f64) -> Option<usize> {
        let distance = |column: &usize| (self.cells[column * self.rows].center().0 - x).abs();
        (0..self.columns).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The values at both ends of the columns `from..=to`.
    pub fn range(&self, from: usize, to: usize) -> Option<(f64, f64)> {
        Some((*self.edges.get(from.min(to))?, *self.edges.get(from.max(to) + 1)?))
    }

    /// The mark that a step from `mark` leads to; the first one when there was none.
    pub fn step(&self, mark: Option<Mark>, step: Step) -> Option<Mark> {
        if self.cells.is_empty() {
            return None;
        }
        let Some(mark) = mark else { return Some(self.first(step)) };
        let (column, row) = (mark.column, mark.row.unwrap_or(0));
        let (last_column, last_row) = (self.columns - 1, self.rows - 1);
        let step = self.turned(step);
        let (column, row) = match step {
            Step::Left => (column.saturating_sub(1), row),
            Step::Right => ((column + 1).min(last_column), row),
            Step::Up => (column, row.saturating_sub(1)),
            Step::Down => (column, (row + 1).min(last_row)),
            Step::First => (0, if self.columns == 1 { 0 } else { row }),
            Step::Last => (last_column, if self.columns == 1 { last_row } else { row }),
        };
        Some(Mark { column, row: Some(row) })
    }

    fn first(&self, step: Step) -> Mark {
        let last = matches!(step, Step::Last);
        let column = if last { self.columns - 1 } else { 0 };
        let row = if last && self.columns == 1 { self.rows - 1 } else { 0 };
        Mark { column, row: Some(row) }
    }

    /// The step in terms of indices: rows may count upwards, and a single row or column takes all four arrows.
    fn turned(&self, step: Step) -> Step {
        let step = match step {
            Step::Up if self.upward => Step::Down,
            Step::Down if self.upward => Step::Up,
            other => other,
        };
        match step {
            Step::Left if self.columns == 1 => Step::Up,
            Step::Right if self.columns == 1 => Step::Down,
            Step::Up if self.rows == 1 && self.upward => Step::Left,
            Step::Down if self.rows == 1 && self.upward => Step::Right,
            other => other,
        }
    }

    fn mark(&self, at: usize) -> Mark {
        Mark { column: at / self.rows, row: Some(at % self.rows) }
    }

    fn row_in(&self, column: usize, y: f64) -> Option<usize> {
        if self.rows == 1 {
            return Some(0);
        }
        let cells = &self.cells[column * self.rows..(column + 1) * self.rows];
        cells.iter().position(|cell| y >= cell.y && y < cell.bottom())
    }

    fn nearest_row(&self, y: f64) -> Option<usize> {
        let distance = |row: &usize| (self.cells[*row].center().1 - y).abs();
        (0..self.rows.min(self.cells.len())).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    fn nearest(&self, x: f64, y: f64, reach: f64) -> Option<usize> {
        let distance = |cell: &Rect| {
            let (center_x, center_y) = cell.center();
            (center_x - x).hypot(center_y - y)
        };
        let nearest = self.cells.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))?;
        (distance(nearest.1) <= reach).then_some(nearest.0)
    }
}

/// The rectangle with the gap on its right and below, so that a pointer between two cells is on one of them.
fn with_gap(cell: &Rect) -> Rect {
    Rect { width: cell.width + CELL_GAP, height: cell.height + CELL_GAP, ..*cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two columns of two stacked marks in a plot of 20 × 20 pixels.
    fn stack() -> Geometry {
        let cell = |x: f64, y: f64| Rect { x, y, width: 8.0, height: 5.0 };
        Geometry {
            plot: Rect { x: 0.0, y: 0.0, width: 20.0, height: 20.0 },
            columns: 2,
            rows: 2,
            cells: vec![cell(1.0, 15.0), cell(1.0, 10.0), cell(11.0, 15.0), cell(11.0, 10.0)],
            hit: Hit::Columns,
            upward: true,
            edges: vec![0.0, 1.0, 2.0],
        }
    }

    fn mark(column: usize, row: usize) -> Mark {
        Mark { column, row: Some(row) }
    }

    #[test]
    fn a_column_is_hit_over_its_whole_height() {
        assert_eq!(stack().mark_at(3.0, 2.0), Some(Mark { column: 0, row: None }));
        assert_eq!(stack().mark_at(3.0, 16.0), Some(mark(0, 0)));
        assert_eq!(stack().mark_at(12.0, 11.0), Some(mark(1, 1)));
        assert_eq!(stack().mark_at(25.0, 11.0), None);
    }

    #[test]
    fn cells_and_points_are_hit_where_they_are() {
        let cells = Geometry { hit: Hit::Cells, ..stack() };
        assert_eq!(cells.mark_at(3.0, 2.0), None);
        assert_eq!(cells.mark_at(3.0, 16.0), Some(mark(0, 0)));
        let points = Geometry { hit: Hit::Nearest(4.0), ..stack() };
        assert_eq!(points.mark_at(5.0, 18.0), Some(mark(0, 0)));
        assert_eq!(points.mark_at(5.0, 2.0), None);
    }

    #[test]
    fn arrows_step_and_stop_at_the_ends() {
        let stack = stack();
        assert_eq!(stack.step(None, Step::Right), Some(mark(0, 0)));
        assert_eq!(stack.step(Some(mark(0, 0)), Step::Right), Some(mark(1, 0)));
        assert_eq!(stack.step(Some(mark(1, 0)), Step::Right), Some(mark(1, 0)));
        assert_eq!(stack.step(Some(mark(1, 0)), Step::Up), Some(mark(1, 1)));
        assert_eq!(stack.step(Some(mark(1, 1)), Step::Down), Some(mark(1, 0)));
        assert_eq!(stack.step(Some(mark(1, 1)), Step::First), Some(mark(0, 1)));
    }

    #[test]
    fn a_single_column_takes_all_arrows() {
        let rows =
            Geometry { columns: 1, hit: Hit::Rows, upward: false, cells: stack().cells[..2].to_vec(), ..stack() };
        assert_eq!(rows.step(Some(mark(0, 0)), Step::Down), Some(mark(0, 1)));
        assert_eq!(rows.step(Some(mark(0, 0)), Step::Right), Some(mark(0, 1)));
        assert_eq!(rows.step(Some(mark(0, 1)), Step::Left), Some(mark(0, 0)));
        assert_eq!(rows.step(None, Step::Last), Some(mark(0, 1)));
    }

    #[test]
    fn ranges_include_both_ends() {
        assert_eq!(stack().range(0, 0), Some((0.0, 1.0)));
        assert_eq!(stack().range(1, 0), Some((0.0, 2.0)));
        assert_eq!(Geometry { edges: Vec::new(), ..stack() }.range(0, 0), None);
    }

    #[test]
    fn nothing_drawn_is_nothing_hit() {
        let empty = Geometry { columns: 0, cells: Vec::new(), ..stack() };
        assert_eq!(empty.mark_at(3.0, 3.0), None);
        assert_eq!(empty.step(None, Step::Right), None);
    }
}
