//! Hours of the week as a grid: the more rows, the darker.

use super::{Anchor, Color, LETTERS, MUTED, Mark, Picture, WIDTH};
use crate::report::text::words::count;

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// Where cells begin from the left and from the top, and how large one is.
const LEFT: i32 = 880;
const TOP: i32 = 180;
const WIDE: i32 = (WIDTH - LEFT) / 24;
const HIGH: i32 = 180;

/// The chart; none where no row has a time.
pub(super) fn hours(name: &'static str, hours: &[Vec<u64>]) -> Option<Picture> {
    let cells =
        hours.iter().zip(0..).flat_map(|(day, at)| day.iter().zip(0..).map(move |(rows, hour)| (at, hour, *rows)));
    let cells: Vec<(usize, i32, u64)> = cells.collect();
    let (day, hour, most) = cells.iter().copied().max_by_key(|(day, hour, rows)| (*rows, 7 - *day, 24 - *hour))?;
    if most == 0 {
        return None;
    }
    let mut marks = Vec::with_capacity(cells.len() + 31);
    for hour in (0..24).step_by(3) {
        let x = LEFT + hour * WIDE;
        marks.push(Mark::Text([x, TOP - 60], Anchor::Start, MUTED, format!("{hour:02}:00")));
    }
    for (name, at) in DAYS.iter().zip(0..) {
        let y = TOP + at * HIGH + HIGH / 2 + LETTERS / 3;
        marks.push(Mark::Text([LEFT - 80, y], Anchor::End, MUTED, (*name).to_owned()));
    }
    for (day, hour, rows) in cells {
        let place = [LEFT + hour * WIDE, TOP + day as i32 * HIGH, WIDE - 10, HIGH - 10];
        marks.push(Mark::Rectangle(place, shade(rows, most)));
    }
    let summary = format!("most on {} from {hour:02}:00 UTC, {}", DAYS.get(day).unwrap_or(&""), count(most));
    Some(Picture { name, title: "Rows by hour of the week (UTC)".to_owned(), summary, height: TOP + 7 * HIGH, marks })
}

/// From nearly white to the colour of bars.
fn shade(rows: u64, most: u64) -> Color {
    let part = |from: u8, to: u8| {
        let way = u128::from(rows) * u128::from(from - to) / u128::from(most);
        from - way as u8
    };
    Color(part(0xf1, 0x00), part(0xf4, 0x72), part(0xf7, 0xb2))
}
