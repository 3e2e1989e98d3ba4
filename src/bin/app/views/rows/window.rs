//! Which rows of a long list are in sight. Pure.
//!
//! Browsers cap an element's height (Firefox near 17 million px), so a list beyond a cap scrolls in proportion: the
//! scrollbar's place is the share of the list that is passed.

/// Height of a row in CSS pixels; `--row` in tokens.css has the same.
pub const ROW: f64 = 28.0;

/// The tallest list that scrolls pixel by pixel.
const TALLEST: f64 = 8_000_000.0;

/// Rows drawn beyond what is in sight, on each side.
const SPARE: u64 = 6;

/// The part of a list that is in sight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Rows in all.
    pub total: u64,
    /// Where the list is scrolled to, in pixels.
    pub top: f64,
    /// Height of what is in sight, in pixels.
    pub height: f64,
}

impl Window {
    /// Height of the whole list.
    pub fn full_height(self) -> f64 {
        (self.total as f64 * ROW).min(TALLEST)
    }

    /// The row at the upper edge, with the share of it that is passed.
    fn first(self) -> f64 {
        let whole = self.total as f64 * ROW;
        if whole <= TALLEST {
            return self.top / ROW;
        }
        let share = self.top / (TALLEST - self.height).max(1.0);
        share.clamp(0.0, 1.0) * (self.total as f64 - self.height / ROW).max(0.0)
    }

    /// The rows to draw: first, and first after.
    pub fn rows(self) -> (u64, u64) {
        let first = self.first() as u64;
        let count = (self.height / ROW).ceil() as u64 + 1;
        (first.saturating_sub(SPARE), (first + count + SPARE).min(self.total))
    }

    /// Where a row is drawn, in pixels from the top of the list.
    pub fn place(self, row: u64) -> f64 {
        if self.total as f64 * ROW <= TALLEST { row as f64 * ROW } else { self.top + (row as f64 - self.first()) * ROW }
    }

    /// Where to scroll so that a row is in sight; where it is already, nothing.
    pub fn scroll_to(self, row: u64) -> Option<f64> {
        let (first, rows) = (self.first(), (self.height / ROW - 1.0).max(1.0));
        let row = row as f64;
        let wanted = if row < first {
            row
        } else if row > first + rows - 1.0 {
            row - rows + 1.0
        } else {
            return None;
        };
        if self.total as f64 * ROW <= TALLEST {
            return Some(wanted.max(0.0) * ROW);
        }
        let most = (self.total as f64 - self.height / ROW).max(1.0);
        Some(wanted.max(0.0) / most * (TALLEST - self.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(total: u64, top: f64) -> Window {
        Window { total, top, height: 280.0 }
    }

    #[test]
    fn a_short_list_scrolls_pixel_by_pixel() {
        assert_eq!(window(100, 0.0).rows(), (0, 17));
        assert_eq!(window(100, 280.0).rows(), (4, 27));
        assert_eq!(window(100, 280.0).place(10), 280.0);
        assert_eq!(window(3, 0.0).full_height(), 84.0);
    }

    #[test]
    fn a_long_list_shows_its_first_and_its_last_row() {
        let total = 10_000_000;
        assert_eq!(window(total, 0.0).rows().0, 0);
        let end = window(total, TALLEST - 280.0);
        assert_eq!(end.rows().1, total);
        assert!((end.place(total - 1) - (TALLEST - ROW)).abs() < 1.0);
    }

    #[test]
    fn a_row_out_of_sight_is_scrolled_to() {
        assert_eq!(window(100, 0.0).scroll_to(5), None);
        assert_eq!(window(100, 280.0).scroll_to(2), Some(56.0));
        let far = window(10_000_000, 0.0);
        let there = Window { top: far.scroll_to(5_000_000).unwrap(), ..far };
        assert_eq!(there.scroll_to(5_000_000), None);
    }
}
