//! A picture as SVG: in a page of HTML, and as a file of its own. It has no style, script or link, and its texts are inert.

use std::fmt::Write as _;

use super::{Anchor, Color, LETTERS, Mark, Picture, WIDTH};
use crate::report::export::html::inert;

/// The picture as an element. Writing into a string does not fail.
pub(in crate::report::export) fn write(picture: &Picture) -> String {
    let said = inert(&format!("{}: {}", picture.title, picture.summary));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{said}\">\n",
        points(WIDTH),
        points(picture.height)
    );
    for mark in &picture.marks {
        let _ = one(mark, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

fn one(mark: &Mark, out: &mut String) -> std::fmt::Result {
    match mark {
        Mark::Rectangle(sides, color) => {
            let [x, y, width, height] = sides.map(points);
            let color = hex(*color);
            writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{color}\"/>")
        }
        Mark::Line(ends, color) => {
            let [x1, y1, x2, y2] = ends.map(points);
            let color = hex(*color);
            writeln!(
                out,
                "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{color}\" stroke-width=\"0.7\"/>"
            )
        }
        Mark::Text(place, anchor, color, text) => {
            let [x, y] = place.map(points);
            let (color, size, text) = (hex(*color), points(LETTERS), inert(text));
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::End => "end",
            };
            writeln!(
                out,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-family=\"system-ui,sans-serif\" fill=\"{color}\" \
                 text-anchor=\"{anchor}\">{text}</text>"
            )
        }
    }
}

/// Tenths of a point as points.
fn points(tenths: i32) -> String {
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}{}.{}", if tenths < 0 { "-" } else { "" }, (tenths / 10).abs(), rest.abs()),
    }
}

fn hex(Color(red, green, blue): Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_become_points() {
        assert_eq!([points(-5), points(120), points(121), points(-31)], ["-0.5", "12", "12.1", "-3.1"]);
    }
}
