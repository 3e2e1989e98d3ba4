//! The document as one HTML file: no script, no link, nothing that is loaded; a policy in it forbids all three. Text of a
//! log is escaped, steers nothing, and cannot turn what stands beside it around.

use std::fmt::Write as _;

use super::document::Block;
use super::pictures::{color_of_severity, svg};
use super::tables::Table;
use crate::report::fix::is_odd;

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
    <title>What the logs show</title>\n<style>\n\
    body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#22282f;background:#fff}\n\
    h1{font-size:28px;margin:2rem 0 1rem}\nh2{margin-top:2.5rem;border-bottom:1px solid #ccc}\nh3{margin:1.6rem 0 .3rem}\np{margin:.4rem 0}\n\
    table{border-collapse:collapse;margin:1rem 0;width:100%;font-size:14px}\n\
    caption{text-align:left;font-weight:600;padding:.3rem 0}\n\
    th,td{text-align:left;vertical-align:top;min-width:3.8rem;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #ddd;overflow-wrap:anywhere}\n\
    .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n\
    dl{margin:.2rem 0}\ndt{font-weight:600;overflow-wrap:anywhere}\ndd{margin:0 0 .4rem;overflow-wrap:anywhere}\nli{overflow-wrap:anywhere}\n\
    pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f5f7;padding:.5rem;font-size:13px}\n\
    .level{padding:.6rem .9rem;border-radius:6px;color:#fff;font-weight:600}\n\
    figure{margin:1.2rem 0}\nfigcaption{font-weight:600;padding:.3rem 0}\nsvg{width:100%;height:auto}\n\
    @media print{body{max-width:none;margin:0}h2,h3{break-after:avoid}tr,figure,pre{break-inside:avoid}}\n</style>\n</head>\n<body>\n<main>\n";

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
        Block::Level(level) => {
            let super::pictures::Color(red, green, blue) = color_of_severity(level.severity());
            let said = super::level(*level);
            writeln!(out, "<p class=\"level\" style=\"background:#{red:02x}{green:02x}{blue:02x}\">{said}</p>")
        }
        Block::Sentences(text) => writeln!(out, "<p>{}</p>", inert(text)),
        Block::Line(text) => writeln!(out, "<pre dir=\"ltr\">{}</pre>", inert(text)),
        Block::Items(items) => {
            out.push_str("<ul>\n");
            items.iter().try_for_each(|item| writeln!(out, "<li>{}</li>", inert(item)))?;
            writeln!(out, "</ul>")
        }
        Block::Terms(terms) => {
            out.push_str("<dl>\n");
            terms
                .iter()
                .try_for_each(|(term, said)| writeln!(out, "<dt>{}</dt><dd>{}</dd>", inert(term), inert(said)))?;
            writeln!(out, "</dl>")
        }
        Block::Table(shown) => table(shown, out),
        Block::Picture(picture) => {
            writeln!(out, "<figure>\n<figcaption>{}</figcaption>\n{}</figure>", inert(&picture.title), svg(picture))
        }
    }
}

fn table(table: &Table, out: &mut String) -> std::fmt::Result {
    let class = |column: usize| if table.is_number(column) { " class=\"n\"" } else { "" };
    writeln!(out, "<table>\n<caption>{}</caption>\n<thead><tr>", inert(&table.title))?;
    for (name, column) in table.head.iter().zip(0..) {
        writeln!(out, "<th scope=\"col\"{}>{}</th>", class(column), inert(name))?;
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (cell, column) in row.iter().zip(0..) {
            write!(out, "<td{}><bdi>{}</bdi></td>", class(column), inert(&cell.shown()))?;
        }
        out.push_str("</tr>\n");
    }
    writeln!(out, "</tbody>\n</table>")
}

/// A text that is only text, between tags and in quotes of an attribute.
pub(super) fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push(' '),
            letter if is_odd(letter) => out.push(char::REPLACEMENT_CHARACTER),
            letter => out.push(letter),
        }
    }
    out
}
