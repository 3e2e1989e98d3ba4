//! The objects of the file. It holds no time and no random number: the same pages are the same bytes.

use pdf_writer::types::PageMode;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::deflated;
use super::font::Style;
use super::pages::{Bookmark, HEIGHT, Pages, WIDTH};

const TITLE: &str = "What the logs show";

pub(super) fn write(mut pages: Pages) -> Vec<u8> {
    pages.feet();
    let mut last = 0;
    let mut next = || {
        last += 1;
        Ref::new(last)
    };
    let (catalog, tree, info) = (next(), next(), next());
    let fonts = pages.fonts.each_ref().map(|_| [(); 5].map(|()| next()));
    let refs: Vec<[Ref; 2]> = pages.contents.iter().map(|_| [next(), next()]).collect();
    let outline = next();
    let bookmarks: Vec<Ref> = pages.bookmarks.iter().map(|_| next()).collect();

    let mut pdf = Pdf::new();
    let mut root = pdf.catalog(catalog);
    root.pages(tree).outlines(outline).page_mode(PageMode::UseOutlines).lang(TextStr("en"));
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    pdf.document_info(info).title(TextStr(TITLE)).creator(TextStr("Logloupe")).producer(TextStr("Logloupe"));
    pdf.pages(tree).kids(refs.iter().map(|[page, _]| *page)).count(refs.len() as i32);
    for (content, [page, stream]) in std::mem::take(&mut pages.contents).into_iter().zip(&refs) {
        one_page(&mut pdf, content, tree, [*page, *stream], &fonts);
    }
    for (font, refs) in pages.fonts.iter().zip(fonts) {
        font.write(&mut pdf, refs);
    }
    write_bookmarks(&mut pdf, outline, &pages.bookmarks, &bookmarks, &refs);
    pdf.finish()
}

fn one_page(pdf: &mut Pdf, content: Content, tree: Ref, [own, stream]: [Ref; 2], fonts: &[[Ref; 5]; 3]) {
    let mut page = pdf.page(own);
    page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(stream);
    let mut resources = page.resources();
    let mut named = resources.fonts();
    for (style, font) in Style::ALL.into_iter().zip(fonts) {
        named.pair(style.name(), font[0]);
    }
    named.finish();
    resources.finish();
    page.finish();
    let bytes = deflated(content.finish().as_slice());
    pdf.stream(stream, &bytes).filter(Filter::FlateDecode);
}

/// Headings as a tree of two levels; one that is deeper is below the last that is not.
fn write_bookmarks(pdf: &mut Pdf, outline: Ref, bookmarks: &[Bookmark], own: &[Ref], pages: &[[Ref; 2]]) {
    let is_top = |at: usize| bookmarks[at].depth <= 2;
    let tops: Vec<usize> = (0..bookmarks.len()).filter(|at| is_top(*at)).collect();
    let mut root = pdf.outline(outline);
    if let (Some(first), Some(last)) = (tops.first(), tops.last()) {
        root.first(own[*first]).last(own[*last]).count(tops.len() as i32);
    }
    root.finish();
    for (place, top) in tops.iter().enumerate() {
        let end = tops.get(place + 1).copied().unwrap_or(bookmarks.len());
        let below: Vec<usize> = (top + 1..end).collect();
        let siblings = [place.checked_sub(1), Some(place + 1)].map(|at| tops.get(at?).copied());
        let inside = (below.first().copied(), below.last().copied());
        item(pdf, bookmarks, own, pages, (*top, outline, siblings, inside, below.len()));
        for (place, at) in below.iter().enumerate() {
            let siblings = [place.checked_sub(1), Some(place + 1)].map(|at| below.get(at?).copied());
            item(pdf, bookmarks, own, pages, (*at, own[*top], siblings, (None, None), 0));
        }
    }
}

/// A bookmark: which, below what, beside which, and what is below it, which is closed.
type Item = (usize, Ref, [Option<usize>; 2], (Option<usize>, Option<usize>), usize);

fn item(pdf: &mut Pdf, bookmarks: &[Bookmark], own: &[Ref], pages: &[[Ref; 2]], item: Item) {
    let (at, parent, [before, after], (first, last), inside) = item;
    let bookmark = &bookmarks[at];
    let mut written = pdf.outline_item(own[at]);
    written.title(TextStr(&bookmark.title)).parent(parent);
    if let Some(before) = before {
        written.prev(own[before]);
    }
    if let Some(after) = after {
        written.next(own[after]);
    }
    if let (Some(first), Some(last)) = (first, last) {
        written.first(own[first]).last(own[last]).count(-(inside as i32));
    }
    written
        .insert(Name(b"Dest"))
        .array()
        .item(pages[bookmark.page][0])
        .item(Name(b"XYZ"))
        .item(0.0)
        .item(bookmark.y)
        .item(0.0);
    written.finish();
}
