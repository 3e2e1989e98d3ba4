//! Lying bars: a value a line, its name on the left, its number behind the bar.

use super::{Anchor, Color, INK, LETTERS, MUTED, Mark, Picture, WIDTH, cut, scaled};
use crate::report::text::words::{count, share};

/// How high a line is.
const LINE: i32 = 200;
/// How much room names have, and numbers.
const NAMES: i32 = 2500;
const NUMBERS: i32 = 1350;
/// Letters of a name that surely have room.
const NAME_LETTERS: usize = 38;

/// A bar: its name, how much, and its colour.
pub(super) type Bar = (String, u64, Color);

/// The chart; shares are of `whole`, and are left out where that is 0.
pub(super) fn bars(name: &'static str, title: String, bars: &[Bar], whole: u64) -> Picture {
    let most = bars.iter().map(|(_, rows, _)| *rows).max().unwrap_or(0);
    let mut marks = Vec::with_capacity(bars.len() * 3);
    for ((name, rows, color), line) in bars.iter().zip(0..) {
        let top = line * LINE;
        let base = top + LINE / 2 + LETTERS / 3;
        let width = scaled(*rows, most, WIDTH - NAMES - NUMBERS);
        let number = if whole == 0 { count(*rows) } else { format!("{} ({})", count(*rows), share(*rows, whole)) };
        marks.push(Mark::Text([NAMES - 80, base], Anchor::End, INK, cut(name, NAME_LETTERS)));
        marks.push(Mark::Rectangle([NAMES, top + 25, width, LINE - 50], *color));
        marks.push(Mark::Text([NAMES + width + 60, base], Anchor::Start, MUTED, number));
    }
    let said = |(name, rows, _): &Bar| format!("{} {}", cut(name, NAME_LETTERS), count(*rows));
    let summary = bars.iter().map(said).collect::<Vec<_>>().join(", ");
    Picture { name, title, summary, height: bars.len() as i32 * LINE, marks }
}
