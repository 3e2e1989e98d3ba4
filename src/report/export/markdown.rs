//! The document as Markdown. Whatever Markdown or GitHub reads as more than a letter is escaped: in a text of a log no
//! emphasis, link, picture, mention, table, heading or tag is alive.

use std::fmt::Write as _;

use super::document::Block;
use crate::report::fix::is_odd;

/// The file.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        // Writing into a string does not fail.
        let _ = one(block, &mut out);
    }
    out
}

fn one(block: &Block, out: &mut String) -> std::fmt::Result {
    match block {
        Block::Heading(depth, text) => writeln!(out, "{} {}\n", "#".repeat(usize::from(*depth)), inert(text)),
        Block::Sentences(text) => writeln!(out, "{}\n", inert(text)),
        Block::Line(text) => writeln!(out, "> {}\n", inert(text)),
        Block::Items(items) => {
            items.iter().try_for_each(|item| writeln!(out, "- {}", inert(item)))?;
            writeln!(out)
        }
        Block::Table(title, head, rows) => {
            writeln!(out, "{}\n", inert(title))?;
            let names: Vec<&str> = head.iter().map(|(name, _)| *name).collect();
            let lines: Vec<&str> = head.iter().map(|(_, is_number)| if *is_number { "--:" } else { "---" }).collect();
            writeln!(out, "| {} |\n| {} |", names.join(" | "), lines.join(" | "))?;
            for row in rows {
                let cells: Vec<String> = row.iter().map(|cell| inert(cell)).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
            writeln!(out)
        }
        Block::Bars(title, [first, last], values) => {
            let most = values.iter().copied().max().unwrap_or(0);
            let said = format!("{title}: {first} to {last}; at most {most} in one of {} equal parts", values.len());
            writeln!(out, "{}\n", inert(&said))
        }
    }
}

/// A text that is only text. A sign of a mention or of an address of mail becomes a word: it is alive even escaped.
fn inert(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '@' => out.push_str("(at)"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            letter if is_odd(letter) => out.push(char::REPLACEMENT_CHARACTER),
            ',' | ';' | '(' | ')' | '%' | '"' | '\'' | '/' => out.push(letter),
            letter if letter.is_ascii_punctuation() => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out
}
