//! Standing bars over time, stacked.

use super::{Anchor, GRID, INK, LETTERS, MUTED, Mark, Picture, WIDTH, color_of, cut, scaled, short};
use crate::query::Timeline;
use crate::report::text::words::{count, time};

/// Bars; neighbours are one where there are more.
const BARS: usize = 120;
/// Series that have a colour; the rest are together.
const SERIES: usize = 6;
/// Where the bars begin from the left, the height of the legend above them, of themselves, and of the times below.
const LEFT: i32 = 560;
const LEGEND: i32 = 220;
const HEIGHT: i32 = 1400;
const TIMES: i32 = 200;

/// The chart; none where no row has a time.
pub(super) fn timeline(
    name: &'static str,
    title: String,
    timeline: &Timeline,
    [first, last]: [&str; 2],
) -> Option<Picture> {
    let length = timeline.series.iter().map(|series| series.values.len()).max().filter(|length| *length > 0)?;
    let width = length.div_ceil(BARS);
    let n_bars = length.div_ceil(width);
    let series = stacks(timeline, width, n_bars);
    let sums: Vec<u64> = (0..n_bars).map(|bar| series.iter().map(|(_, values)| values[bar]).sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);

    let mut marks = Vec::new();
    let mut x = LEFT;
    for ((name, _), place) in series.iter().zip(0..) {
        let name = cut(name, 24);
        let room = name.chars().count() as i32 * 65 + 320;
        marks.push(Mark::Rectangle([x, 40, 100, 100], color_of(&name, place)));
        marks.push(Mark::Text([x + 150, 135], Anchor::Start, INK, name));
        x += room;
    }
    let bottom = LEGEND + HEIGHT;
    for (part, of) in [(0, 2), (1, 2), (2, 2)] {
        let y = bottom - HEIGHT * part / of;
        marks.push(Mark::Line([LEFT, y, WIDTH, y], GRID));
        let rows = u128::from(most) * part as u128 / of as u128;
        if part != 1 || most > 1 {
            marks.push(Mark::Text([LEFT - 60, y + LETTERS / 3], Anchor::End, MUTED, short(rows as u64)));
        }
    }
    let edge = |bar: usize| LEFT + (i64::from(WIDTH - LEFT) * bar as i64 / n_bars as i64) as i32;
    for bar in 0..n_bars {
        let (left, right) = (edge(bar), edge(bar + 1));
        let gap = if right - left > 30 { 10 } else { 0 };
        // Steps of the sum so far, so that the stack is as high as its sum.
        let (mut so_far, mut y) = (0, bottom);
        for ((name, values), place) in series.iter().zip(0..) {
            so_far += values[bar];
            let top = bottom - scaled(so_far, most, HEIGHT);
            if values[bar] > 0 && top < y {
                marks.push(Mark::Rectangle([left, top, right - left - gap, y - top], color_of(name, place)));
                y = top;
            }
        }
    }
    marks.push(Mark::Text([LEFT, bottom + 150], Anchor::Start, MUTED, first.to_owned()));
    marks.push(Mark::Text([WIDTH, bottom + 150], Anchor::End, MUTED, last.to_owned()));
    let highest = sums.iter().position(|sum| *sum == most).unwrap_or(0);
    let summary = format!(
        "{first} to {last}, in {} equal parts; at most {} in one, the {}. of them",
        count(n_bars as u64),
        count(most),
        count(highest as u64 + 1)
    );
    Some(Picture { name, title, summary, height: bottom + TIMES, marks })
}

/// The stacks, with neighbours together, and small series together.
fn stacks(timeline: &Timeline, width: usize, n_bars: usize) -> Vec<(String, Vec<u64>)> {
    let mut stacks: Vec<(String, Vec<u64>)> = Vec::new();
    for series in &timeline.series {
        let mut values = vec![0; n_bars];
        for (at, value) in series.values.iter().enumerate() {
            values.get_mut(at / width).into_iter().for_each(|sum| *sum += value);
        }
        if values.iter().all(|value| *value == 0) {
            continue;
        }
        if let Some((_, other)) = stacks.get_mut(SERIES) {
            other.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        } else {
            let name = if stacks.len() == SERIES { "other" } else { &series.name };
            stacks.push((name.to_owned(), values));
        }
    }
    stacks
}

/// The first and the last moment of a report, in words.
pub(super) fn moments(first: Option<&str>, last: Option<&str>) -> [String; 2] {
    [first, last].map(|at| at.map(time).unwrap_or_default())
}
