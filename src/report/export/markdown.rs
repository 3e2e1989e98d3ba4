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
        Block::Level(level) => writeln!(out, "**{}**\n", super::level(*level)),
        Block::Terms(terms) => {
            terms.iter().try_for_each(|(term, said)| writeln!(out, "- {}: {}", inert(term), inert(said)))?;
            writeln!(out)
        }
        Block::Table(table) => {
            writeln!(out, "{}\n", inert(&table.title))?;
            let line = |column: usize| if table.is_number(column) { "--:" } else { "---" };
            let lines: Vec<&str> = (0..table.head.len()).map(line).collect();
            writeln!(out, "| {} |\n| {} |", table.head.join(" | "), lines.join(" | "))?;
            for row in &table.rows {
                let cells: Vec<String> = row.iter().map(|cell| inert(&cell.shown())).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
            writeln!(out)
        }
        Block::Picture(picture) => writeln!(out, "{}: {}\n", inert(&picture.title), inert(&picture.summary)),
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
            '\t' => out.push(' '),
            letter if is_odd(letter) => out.push(char::REPLACEMENT_CHARACTER),
            ',' | ';' | '(' | ')' | '%' | '"' | '\'' | '/' => out.push(letter),
            letter if letter.is_ascii_punctuation() => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out
}
