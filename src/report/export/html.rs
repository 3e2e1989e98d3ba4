//! The document as one HTML file: no script, no link, nothing that is loaded; a policy in it forbids all three. Text of a
//! log is escaped, steers nothing, and cannot turn what stands beside it around.

use std::fmt::Write as _;

use super::document::Block;
use crate::report::fix::is_odd;

/// Height and width of the chart, in its own units.
const HEIGHT: u64 = 120;
const WIDTH: usize = 960;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
    <title>What the logs show</title>\n<style>\n\
    body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}\n\
    h2{margin-top:2.5rem;border-bottom:1px solid #ccc}\n\
    table{border-collapse:collapse;margin:1rem 0;width:100%}\n\
    caption{text-align:left;font-weight:600;padding:.3rem 0}\n\
    th,td{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0;border-bottom:1px solid #ddd;overflow-wrap:anywhere}\n\
    .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n\
    pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.5rem;font-size:13px}\n\
    svg{width:100%;height:auto}\n@media print{h3,table,pre{break-inside:avoid}}\n</style>\n</head>\n<body>\n<main>\n";

/// The file.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut out = HEAD.to_owned();
    for block in blocks {
        // Writing into a string does not fail.
        let _ = one(block, &mut out);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn one(block: &Block, out: &mut String) -> std::fmt::Result {
    match block {
        Block::Heading(depth, text) => writeln!(out, "<h{depth}>{}</h{depth}>", inert(text)),
        Block::Sentences(text) => writeln!(out, "<p>{}</p>", inert(text)),
        Block::Line(text) => writeln!(out, "<pre dir=\"ltr\">{}</pre>", inert(text)),
        Block::Items(items) => {
            out.push_str("<ul>\n");
            items.iter().try_for_each(|item| writeln!(out, "<li>{}</li>", inert(item)))?;
            writeln!(out, "</ul>")
        }
        Block::Table(title, head, rows) => table(title, head, rows, out),
        Block::Bars(title, times, values) => bars(title, times, values, out),
    }
}

fn table(title: &str, head: &[(&str, bool)], rows: &[Vec<String>], out: &mut String) -> std::fmt::Result {
    let class = |is_number: bool| if is_number { " class=\"n\"" } else { "" };
    writeln!(out, "<table>\n<caption>{}</caption>\n<thead><tr>", inert(title))?;
    head.iter().try_for_each(|(name, is)| writeln!(out, "<th scope=\"col\"{}>{}</th>", class(*is), inert(name)))?;
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        row.iter()
            .zip(head)
            .try_for_each(|(cell, (_, is))| write!(out, "<td{}><bdi>{}</bdi></td>", class(*is), inert(cell)))?;
        out.push_str("</tr>\n");
    }
    writeln!(out, "</tbody>\n</table>")
}

fn bars(title: &str, [first, last]: &[String; 2], values: &[u64], out: &mut String) -> std::fmt::Result {
    let most = values.iter().copied().max().unwrap_or(0).max(1);
    let said = inert(&format!("{title}: {first} to {last}; the highest bar has {most} rows"));
    writeln!(out, "<figure>\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{said}\">")?;
    let width = WIDTH / values.len().max(1);
    for (at, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        let height = (u128::from(*value) * u128::from(HEIGHT)).div_ceil(u128::from(most)) as u64;
        let (x, y, wide) = (at * width, HEIGHT - height, width.max(2) - 1);
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\" fill=\"#0072b2\"/>")?;
    }
    writeln!(out, "</svg>\n<figcaption>{said}</figcaption>\n</figure>")
}

/// A text that is only text, between tags and in quotes of an attribute.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter if is_odd(letter) => out.push(char::REPLACEMENT_CHARACTER),
            letter => out.push(letter),
        }
    }
    out
}
