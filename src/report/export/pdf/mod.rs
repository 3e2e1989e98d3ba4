//! The document as PDF 1.7: pages of A4, text that can be selected and searched, charts as vectors, bookmarks. Nothing in it is
//! run or opened: there are no actions, links, forms or attachments, and every text is shown as glyphs.
//!
//! ```text
//! blocks ─► pages (where what stands) ─► file (objects), fonts (the letters that were used)
//! ```
//!
//! **Unit**: points, from the top left corner of a page; the file counts from the bottom.

mod file;
mod font;
mod pages;
mod table;

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::document::Block;
use super::pictures::{Anchor, Color, INK, LETTERS, MUTED, Mark, Picture, color_of_severity};
use font::Style;
use pages::{MARGIN, Pages, TEXT_WIDTH, Type};

const BODY: Type = Type { style: Style::Sans, size: 9.5, color: INK };
const STRONG: Type = Type { style: Style::Bold, size: 9.5, color: INK };
const CODE: Type = Type { style: Style::Mono, size: 7.5, color: INK };
const CODE_BACK: Color = Color(0xf4, 0xf5, 0xf7);
/// How wide the terms of a list are, where their meaning stands beside.
const TERMS: f32 = 105.0;

/// The file.
pub(super) fn write(blocks: &[Block]) -> Vec<u8> {
    let mut pages = Pages::new();
    let after = blocks.iter().skip(1).map(Some).chain([None]);
    for (block, after) in blocks.iter().zip(after) {
        match (block, after) {
            // A heading stays with what follows.
            (Block::Heading(..), Some(Block::Picture(picture))) => pages.keep(height_of(picture) + 90.0),
            (Block::Sentences(_), Some(Block::Line(_))) => pages.keep(40.0),
            _ => {}
        }
        one(block, &mut pages);
    }
    file::write(pages)
}

fn one(block: &Block, pages: &mut Pages) {
    match block {
        Block::Heading(depth, text) => heading(*depth, text, pages),
        Block::Level(level) => {
            pages.keep(30.0);
            pages.rectangle(MARGIN, 0.0, TEXT_WIDTH, 24.0, color_of_severity(level.severity()));
            let word = Type { color: Color(255, 255, 255), size: 11.0, ..STRONG };
            pages.text(MARGIN + 10.0, 16.0, word, &super::level(*level));
            pages.advance(30.0);
        }
        Block::Sentences(text) => {
            pages.paragraph(0.0, BODY, text);
            pages.advance(4.0);
        }
        Block::Items(items) => {
            for item in items {
                pages.keep(14.0);
                pages.text(MARGIN + 3.0, 10.0, BODY, "•");
                pages.paragraph(14.0, BODY, item);
                pages.advance(2.0);
            }
            pages.advance(4.0);
        }
        Block::Terms(terms) => {
            for (term, said) in terms {
                if pages.width(STRONG, term) < TERMS - 8.0 {
                    pages.keep(14.0);
                    pages.text(MARGIN, 10.0, STRONG, term);
                    pages.paragraph(TERMS, BODY, said);
                } else {
                    pages.paragraph(0.0, STRONG, term);
                    pages.paragraph(TERMS, BODY, said);
                }
                pages.advance(3.0);
            }
            pages.advance(4.0);
        }
        Block::Line(text) => line(text, pages),
        Block::Table(shown) => table::table(shown, pages),
        Block::Picture(shown) => picture(shown, pages),
    }
}

fn heading(depth: u8, text: &str, pages: &mut Pages) {
    let (size, before, after) = match depth {
        1 => (22.0, 0.0, 10.0),
        2 => (14.0, 16.0, 7.0),
        _ => (10.5, 8.0, 3.0),
    };
    pages.keep(before + size * 1.35 + after + 40.0);
    pages.advance(before);
    if depth > 1 {
        pages.bookmark(depth, text);
    }
    pages.paragraph(0.0, Type { size, ..STRONG }, text);
    if depth == 2 {
        pages.line([MARGIN, 1.5, MARGIN + TEXT_WIDTH, 1.5], super::pictures::GRID);
    }
    pages.advance(after);
}

/// A raw line on a grey ground, which goes on to the next page where it is long.
fn line(text: &str, pages: &mut Pages) {
    let leading = CODE.size * 1.35;
    for part in pages.wrapped(text, CODE, TEXT_WIDTH - 12.0) {
        pages.keep(leading);
        pages.rectangle(MARGIN, 0.0, TEXT_WIDTH, leading + 0.3, CODE_BACK);
        pages.text(MARGIN + 6.0, leading - 2.6, CODE, &part);
        pages.advance(leading);
    }
    pages.advance(6.0);
}

/// How large a tenth of a picture's point is.
const SCALE: f32 = TEXT_WIDTH / super::pictures::WIDTH as f32;

fn height_of(picture: &Picture) -> f32 {
    picture.height as f32 * SCALE
}

/// A chart under its title.
fn picture(picture: &Picture, pages: &mut Pages) {
    let height = height_of(picture);
    pages.keep(height + 26.0);
    pages.advance(6.0);
    pages.paragraph(0.0, Type { size: 9.0, ..STRONG }, &picture.title);
    pages.advance(2.0);
    let at = |tenths: i32| tenths as f32 * SCALE;
    for mark in &picture.marks {
        match mark {
            Mark::Rectangle([x, y, width, high], color) => {
                pages.rectangle(MARGIN + at(*x), at(*y), at(*width), at(*high), *color);
            }
            Mark::Line([x1, y1, x2, y2], color) => {
                pages.line([MARGIN + at(*x1), at(*y1), MARGIN + at(*x2), at(*y2)], *color);
            }
            Mark::Text([x, y], anchor, color, text) => {
                let letters = Type { style: Style::Sans, size: at(LETTERS), color: *color };
                let room = match anchor {
                    Anchor::Start => TEXT_WIDTH - at(*x),
                    Anchor::End => at(*x),
                };
                let text = pages.fitting(text, letters, room);
                let width = pages.width(letters, &text);
                let left = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::End => width,
                };
                pages.text(MARGIN + at(*x) - left, at(*y), letters, &text);
            }
        }
    }
    pages.advance(height + 10.0);
}

/// The letters of the foot of a page.
const FOOT: Type = Type { style: Style::Sans, size: 7.5, color: MUTED };

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes);
    debug_assert!(written.is_ok(), "memory takes all");
    encoder.finish().unwrap_or_default()
}
