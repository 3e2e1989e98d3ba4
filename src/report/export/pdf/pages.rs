//! Pages that fill from the top: what does not fit goes on to the next.

use pdf_writer::{Content, Str};

use super::font::{Font, Style};
use super::{Color, FOOT};

/// A4.
pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
/// What is left free on each side.
pub(super) const MARGIN: f32 = 50.0;
pub(super) const TEXT_WIDTH: f32 = WIDTH - 2.0 * MARGIN;
/// Where a page ends, above its foot.
const BOTTOM: f32 = HEIGHT - 62.0;
/// How far lines are apart, in sizes.
const LEADING: f32 = 1.38;

/// How letters look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub style: Style,
    pub size: f32,
    pub color: Color,
}

/// A heading that readers may jump to.
pub(super) struct Bookmark {
    pub depth: u8,
    pub title: String,
    pub page: usize,
    /// From the bottom of the page.
    pub y: f32,
}

/// All pages so far.
pub(super) struct Pages {
    pub contents: Vec<Content>,
    pub fonts: [Font; 3],
    pub bookmarks: Vec<Bookmark>,
    /// Where the next thing stands, from the top.
    y: f32,
}

impl Pages {
    pub fn new() -> Self {
        let fonts = Style::ALL.map(Font::new);
        Self { contents: vec![Content::new()], fonts, bookmarks: Vec::new(), y: MARGIN }
    }

    fn font(&self, style: Style) -> &Font {
        &self.fonts[style as usize]
    }

    /// Begins a page unless there is so much room.
    pub fn keep(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.contents.push(Content::new());
            self.y = MARGIN;
        }
    }

    /// Whether there is so much room.
    pub fn has_room(&self, height: f32) -> bool {
        self.y + height <= BOTTOM
    }

    /// Goes down.
    pub fn advance(&mut self, height: f32) {
        self.y += height;
    }

    pub fn bookmark(&mut self, depth: u8, title: &str) {
        let title = self.font(Style::Sans).written(title);
        let (page, y) = (self.contents.len() - 1, HEIGHT - self.y + 4.0);
        self.bookmarks.push(Bookmark { depth, title, page, y });
    }

    /// A filled rectangle; `y` counts from where the next thing stands.
    pub fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32, color: Color) {
        let bottom = HEIGHT - self.y - y - height;
        if let Some(content) = self.contents.last_mut() {
            fill(content, color);
            content.rect(x, bottom, width, height).fill_nonzero();
        }
    }

    /// A thin line; both `y` count from where the next thing stands.
    pub fn line(&mut self, [x1, y1, x2, y2]: [f32; 4], color: Color) {
        let top = HEIGHT - self.y;
        if let Some(content) = self.contents.last_mut() {
            let [red, green, blue] = parts(color);
            content.set_stroke_rgb(red, green, blue).set_line_width(0.5);
            content.move_to(x1, top - y1).line_to(x2, top - y2).stroke();
        }
    }

    /// A text; `y` is its base line, counted from where the next thing stands.
    pub fn text(&mut self, x: f32, y: f32, letters: Type, text: &str) {
        let base = HEIGHT - self.y - y;
        let page = self.contents.len() - 1;
        self.text_on(page, [x, base], letters, text);
    }

    fn text_on(&mut self, page: usize, [x, y]: [f32; 2], letters: Type, text: &str) {
        let font = &mut self.fonts[letters.style as usize];
        let written = font.written(text);
        let shown = font.shown(&written);
        if let (Some(content), false) = (self.contents.get_mut(page), shown.is_empty()) {
            fill(content, letters.color);
            content.begin_text().set_font(letters.style.name(), letters.size);
            content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]).show(Str(&shown)).end_text();
        }
    }

    /// Lines of text from `indent` on, each as wide as there is room; goes down by them.
    pub fn paragraph(&mut self, indent: f32, letters: Type, text: &str) {
        let leading = letters.size * LEADING;
        for line in self.wrapped(text, letters, TEXT_WIDTH - indent) {
            self.keep(leading);
            self.text(MARGIN + indent, letters.size * 1.05, letters, &line);
            self.advance(leading);
        }
    }

    /// How wide a text is.
    pub fn width(&self, letters: Type, text: &str) -> f32 {
        let font = self.font(letters.style);
        font.text_width(&font.written(text), letters.size)
    }

    /// As much of a text as fits.
    pub fn fitting(&self, text: &str, letters: Type, room: f32) -> String {
        let font = self.font(letters.style);
        let written = font.written(text);
        if font.text_width(&written, letters.size) <= room {
            return written;
        }
        let mut left = (room - font.text_width("…", letters.size)) * 1000.0 / letters.size;
        let fits = |letter: &char| {
            left -= font.advance(*letter);
            left >= 0.0
        };
        written.chars().take_while(fits).collect::<String>() + "…"
    }

    /// The text in lines that are at most so wide. A word that is wider is broken.
    pub fn wrapped(&self, text: &str, letters: Type, width: f32) -> Vec<String> {
        let font = self.font(letters.style);
        let room = width * 1000.0 / letters.size;
        let (mut lines, mut line, mut length) = (Vec::new(), String::new(), 0.0);
        // Where the line may end, and how long it is up to there.
        let mut end: Option<(usize, f32)> = None;
        for letter in font.written(text).chars() {
            let advance = font.advance(letter);
            if letter == '\n' || (length + advance > room && !line.is_empty()) {
                let is_end = letter == '\n' || letter == ' ';
                let (rest, before) = match end {
                    Some((at, before)) if !is_end => (line.split_off(at), before),
                    _ => (String::new(), length),
                };
                lines.push(line.trim_end().to_owned());
                (line, length, end) = (rest, length - before, None);
                if is_end {
                    continue;
                }
            }
            line.push(letter);
            length += advance;
            if " /-,;&?=|".contains(letter) {
                end = Some((line.len(), length));
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Writes under each page where one is.
    pub fn feet(&mut self) {
        let pages = self.contents.len();
        for page in 0..pages {
            let said = format!("{} of {pages}", page + 1);
            let right = WIDTH - MARGIN - self.width(FOOT, &said);
            self.text_on(page, [MARGIN, 34.0], FOOT, "What the logs show · Logloupe");
            self.text_on(page, [right, 34.0], FOOT, &said);
        }
    }
}

fn fill(content: &mut Content, color: Color) {
    let [red, green, blue] = parts(color);
    content.set_fill_rgb(red, green, blue);
}

fn parts(Color(red, green, blue): Color) -> [f32; 3] {
    [red, green, blue].map(|part| f32::from(part) / 255.0)
}

#[cfg(test)]
mod tests {
    use super::super::BODY;
    use super::*;

    #[test]
    fn texts_are_broken_where_they_may_be() {
        let pages = Pages::new();
        let wrapped = |text: &str, width: f32| pages.wrapped(text, BODY, width);
        let whole = "one two three /a/long/path/without/blanks xxxxxxxxxxxxxxxxxxxxxxxxxxxx";
        let lines = wrapped(whole, 60.0);
        assert!(lines.iter().all(|line| pages.width(BODY, line) <= 60.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), whole.replace(' ', ""));
        assert!(lines[0].ends_with("two") && lines.iter().any(|line| line.ends_with('/')), "{lines:?}");
        assert_eq!(wrapped("a\nb", 60.0), ["a", "b"]);
        assert_eq!(wrapped("", 60.0), [""; 0]);
        assert_eq!(wrapped("xx", 0.1), ["x", "x"]);
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let pages = Pages::new();
        let cut = pages.fitting("a long text that has no room", BODY, 50.0);
        assert!(cut.ends_with('…') && pages.width(BODY, &cut) <= 50.0, "{cut}");
    }
}
