//! Charts of a report as marks on a plane: rectangles, lines, texts. A writer turns marks into SVG or into PDF, so both show
//! the same.
//!
//! **Unit**: tenths of a point, from the top left corner. Everything is in whole numbers, so that no machine draws otherwise.

mod bars;
mod chosen;
mod hours;
mod svg;
mod timeline;

pub(super) use chosen::pictures;
pub(super) use svg::write as svg;

use crate::report::types::Severity;

/// How wide a picture is.
pub(super) const WIDTH: i32 = 7200;
/// How large letters are.
pub(super) const LETTERS: i32 = 110;

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Picture {
    /// The stem of its file.
    pub name: &'static str,
    /// What it is of.
    pub title: String,
    /// What it shows, for who does not see it.
    pub summary: String,
    /// How high it is.
    pub height: i32,
    /// What is drawn, in this order.
    pub marks: Vec<Mark>,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// A filled rectangle: left, top, width, height.
    Rectangle([i32; 4], Color),
    /// From and to.
    Line([i32; 4], Color),
    /// Where its base line begins or ends; and the text.
    Text([i32; 2], Anchor, Color, String),
}

/// What of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    End,
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Color(pub u8, pub u8, pub u8);

/// Letters.
pub(super) const INK: Color = Color(0x22, 0x28, 0x2f);
/// Letters that say less.
pub(super) const MUTED: Color = Color(0x54, 0x5f, 0x6c);
/// Lines of a grid.
pub(super) const GRID: Color = Color(0xdd, 0xe1, 0xe6);
/// Bars that have no colour of their own.
pub(super) const BAR: Color = Color(0x00, 0x72, 0xb2);
/// Series that have no colour of their own; safe for colour blindness (Okabe and Ito 2008), as on the page.
const SERIES: [Color; 7] = [
    Color(0x00, 0x72, 0xb2),
    Color(0xc6, 0x53, 0x00),
    Color(0x00, 0x7f, 0x5f),
    Color(0xb0, 0x52, 0x8b),
    Color(0xad, 0x78, 0x00),
    Color(0x2d, 0x86, 0xbd),
    Color(0x85, 0x7a, 0x00),
];

/// The colour of a status or of a class of statuses; of another series that of its place.
pub(super) fn color_of(name: &str, place: usize) -> Color {
    let is_status = matches!(name.len(), 3) && (name.ends_with("xx") || name.bytes().all(|byte| byte.is_ascii_digit()));
    match name.chars().next() {
        Some('1') if is_status => Color(0x66, 0x71, 0x7e),
        Some('2') if is_status => Color(0x00, 0x80, 0x5d),
        Some('3') if is_status => Color(0x2a, 0x7f, 0xb8),
        Some('4') if is_status => Color(0xb8, 0x74, 0x00),
        Some('5') if is_status => Color(0xc0, 0x3d, 0x0b),
        _ => SERIES[place % SERIES.len()],
    }
}

/// The colour of a severity.
pub(super) fn color_of_severity(severity: Severity) -> Color {
    match severity {
        Severity::Critical => Color(0x9c, 0x0f, 0x3f),
        Severity::High => Color(0xb4, 0x3c, 0x00),
        Severity::Medium => Color(0x82, 0x60, 0x00),
        Severity::Low => Color(0x1f, 0x5f, 0x9f),
        Severity::Informational => Color(0x54, 0x5f, 0x6c),
    }
}

/// `part` of `whole` on a length; something is never nothing.
fn scaled(part: u64, whole: u64, length: i32) -> i32 {
    let scaled = u128::from(part) * u128::from(length.unsigned_abs()) / u128::from(whole.max(1));
    (scaled as i32).max(if part > 0 { 8 } else { 0 })
}

/// A text of at most so many letters; what steers text shows as an escape.
fn cut(text: &str, letters: usize) -> String {
    let shown = super::shown(text);
    if shown.chars().count() <= letters {
        return shown;
    }
    shown.chars().take(letters - 1).chain(['…']).collect()
}

/// `1,204`, `15 k`, `2.5 M`: short enough for an axis.
fn short(count: u64) -> String {
    let (size, unit) = match count {
        0..10_000 => return crate::report::text::words::count(count),
        10_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "G"),
    };
    let tenths = (u128::from(count) * 10 + size / 2) / size;
    if tenths < 1000 && tenths % 10 != 0 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", (tenths + 5) / 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_numbers_fit_their_place() {
        assert_eq!(scaled(0, 9, 1000), 0);
        assert_eq!(scaled(1, u64::MAX, 1000), 8);
        assert_eq!(scaled(u64::MAX, u64::MAX, 1000), 1000);
        assert_eq!(
            [short(9_999), short(15_000), short(2_512_000), short(999_999)],
            ["9,999", "15 k", "2.5 M", "1000 k"]
        );
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("a\u{202e}b", 20), "a\\u{202e}b");
    }
}
