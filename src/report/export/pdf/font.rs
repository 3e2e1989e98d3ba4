//! Fonts of a PDF: how wide texts are, and the outlines of the letters that were used.
//!
//! The fonts are DejaVu, cut down by `tests/bench/fonts.py`; their licence is beside them. A letter that they lack is written
//! as an escape, so that no text of a log vanishes.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use ttf_parser::{Face, GlyphId, Tag};

use super::deflated;
use crate::report::export::escape;
use crate::report::fix::is_odd;

const SYSTEM: SystemInfo = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Which font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// For sentences.
    Sans,
    /// For headings.
    Bold,
    /// For lines of logs.
    Mono,
}

impl Style {
    pub const ALL: [Self; 3] = [Self::Sans, Self::Bold, Self::Mono];

    /// What pages call it.
    pub fn name(self) -> Name<'static> {
        match self {
            Self::Sans => Name(b"S"),
            Self::Bold => Name(b"B"),
            Self::Mono => Name(b"M"),
        }
    }

    fn base_name(self) -> Name<'static> {
        match self {
            Self::Sans => Name(b"LOUPES+DejaVuSans"),
            Self::Bold => Name(b"LOUPEB+DejaVuSans-Bold"),
            Self::Mono => Name(b"LOUPEM+DejaVuSansMono"),
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Sans => include_bytes!("../fonts/sans.ttf"),
            Self::Bold => include_bytes!("../fonts/bold.ttf"),
            Self::Mono => include_bytes!("../fonts/mono.ttf"),
        }
    }
}

/// A font and what was written with it.
pub(super) struct Font {
    style: Style,
    face: Option<Face<'static>>,
    used: BTreeMap<u16, char>,
}

impl Font {
    pub fn new(style: Style) -> Self {
        let face = Face::parse(style.bytes(), 0).ok();
        debug_assert!(face.is_some(), "the font is ours");
        Self { style, face, used: BTreeMap::new() }
    }

    fn glyph(&self, letter: char) -> Option<GlyphId> {
        self.face.as_ref()?.glyph_index(letter)
    }

    /// The text in letters that the font has.
    pub fn written(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '\n' => out.push('\n'),
                '\t' => out.push(' '),
                letter if is_odd(letter) || self.glyph(letter).is_none() => escape(letter, &mut out),
                letter => out.push(letter),
            }
        }
        out
    }

    /// How wide a letter is. **Unit**: thousandths of the size.
    pub fn advance(&self, letter: char) -> f32 {
        self.glyph(letter).map_or(0.0, |glyph| self.width(glyph))
    }

    fn width(&self, glyph: GlyphId) -> f32 {
        let Some(face) = &self.face else { return 0.0 };
        f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * 1000.0 / f32::from(face.units_per_em())
    }

    /// How wide a text is that the font has the letters of.
    pub fn text_width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum::<f32>() * size / 1000.0
    }

    /// The numbers of its glyphs, two bytes each, as pages show them.
    pub fn shown(&mut self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            if let Some(glyph) = self.glyph(letter) {
                self.used.insert(glyph.0, letter);
                out.extend(glyph.0.to_be_bytes());
            }
        }
        out
    }

    /// Writes the font; `refs` are its own, and four more.
    pub fn write(&self, pdf: &mut Pdf, [own, cid, descriptor, cmap, file]: [Ref; 5]) {
        let Some(face) = &self.face else { return };
        let name = self.style.base_name();
        pdf.type0_font(own)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap);
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
        font.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for glyph in self.used.keys() {
            widths.consecutive(*glyph, [self.width(GlyphId(*glyph))]);
        }
        widths.finish();
        font.finish();
        let scaled = |number: i16| f32::from(number) * 1000.0 / f32::from(face.units_per_em());
        let bounds = face.global_bounding_box();
        let bounds = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(scaled);
        let flags = if self.style == Style::Mono { FontFlags::FIXED_PITCH } else { FontFlags::empty() };
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(flags | FontFlags::SYMBOLIC)
            .bbox(Rect::new(bounds[0], bounds[1], bounds[2], bounds[3]))
            .italic_angle(0.0)
            .ascent(scaled(face.ascender()))
            .descent(scaled(face.descender()))
            .cap_height(730.0)
            .stem_v(80.0)
            .font_file2(file);
        let mut map: UnicodeCmap = UnicodeCmap::new(Name(b"Logloupe-UTF16"), SYSTEM);
        self.used.iter().for_each(|(glyph, letter)| map.pair(*glyph, *letter));
        pdf.cmap(cmap, &deflated(map.finish().as_slice())).filter(Filter::FlateDecode);
        let outlines = self.outlines(face);
        let stream = deflated(&outlines);
        let mut written = pdf.stream(file, &stream);
        written.filter(Filter::FlateDecode).pair(Name(b"Length1"), outlines.len() as i32);
        written.finish();
    }

    /// A TrueType file with the outlines of the glyphs that were used, all of which keep their numbers.
    fn outlines(&self, face: &Face<'static>) -> Vec<u8> {
        let table = |tag: &[u8; 4]| face.raw_face().table(Tag::from_bytes(tag)).unwrap_or_default();
        let (old_places, old_outlines) = (table(b"loca"), table(b"glyf"));
        let mut head = table(b"head").to_vec();
        let is_long = head.get(51) == Some(&1);
        let place = |glyph: u16| -> usize {
            let at = usize::from(glyph);
            let read = |from: usize, length: usize| {
                let bytes = old_places.get(from..from + length).unwrap_or_default();
                bytes.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte))
            };
            if is_long { read(at * 4, 4) } else { read(at * 2, 2) * 2 }
        };
        let (mut places, mut outlines) = (Vec::new(), Vec::new());
        for glyph in 0..face.number_of_glyphs() {
            places.extend((outlines.len() as u32).to_be_bytes());
            if glyph == 0 || self.used.contains_key(&glyph) {
                outlines.extend_from_slice(old_outlines.get(place(glyph)..place(glyph + 1)).unwrap_or_default());
                outlines.resize(outlines.len().next_multiple_of(4), 0);
            }
        }
        places.extend((outlines.len() as u32).to_be_bytes());
        // Places are long now, and the sum over the file is not known yet.
        head.iter_mut().skip(8).take(4).for_each(|byte| *byte = 0);
        head.iter_mut().skip(50).take(2).zip([0, 1]).for_each(|(byte, new)| *byte = new);
        let tables: [(&[u8; 4], &[u8]); 6] = [
            (b"glyf", &outlines),
            (b"head", &head),
            (b"hhea", table(b"hhea")),
            (b"hmtx", table(b"hmtx")),
            (b"loca", &places),
            (b"maxp", table(b"maxp")),
        ];
        // Six tables: the search range is that of four.
        let mut out = vec![0, 1, 0, 0, 0, 6, 0, 64, 0, 2, 0, 32];
        let mut start = 12 + 16 * tables.len();
        for (tag, bytes) in tables {
            out.extend(*tag);
            for number in [sum(bytes), start as u32, bytes.len() as u32] {
                out.extend(number.to_be_bytes());
            }
            start += bytes.len().next_multiple_of(4);
        }
        for (_, bytes) in tables {
            out.extend_from_slice(bytes);
            out.resize(out.len().next_multiple_of(4), 0);
        }
        let whole = 0xb1b0_afba_u32.wrapping_sub(sum(&out)).to_be_bytes();
        let head_at = 12 + 16 * tables.len() + outlines.len();
        out.iter_mut().skip(head_at + 8).zip(whole).for_each(|(byte, new)| *byte = new);
        out
    }
}

/// The sum of a table's words.
fn sum(bytes: &[u8]) -> u32 {
    let word = |chunk: &[u8]| {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)
    };
    bytes.chunks(4).map(word).fold(0, u32::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_the_font_lacks_are_escapes() {
        for style in Style::ALL {
            let font = Font::new(style);
            assert_eq!(font.written("Zoë, Ωж → ✓ €"), "Zoë, Ωж → ✓ €");
            assert_eq!(font.written("日\u{202e}\t\u{1f600}"), "\\u{65e5}\\u{202e} \\u{1f600}");
        }
        let mono = Font::new(Style::Mono);
        assert!((mono.text_width("iiii", 10.0) - mono.text_width("WWWW", 10.0)).abs() < 0.001);
    }

    #[test]
    fn the_outlines_that_stay_are_a_font() {
        let mut font = Font::new(Style::Sans);
        font.shown("Ab");
        let face = font.face.clone().expect("the font is ours");
        let bytes = font.outlines(&face);
        assert!(bytes.len() < Style::Sans.bytes().len() / 4);
        assert_eq!(sum(&bytes), 0xb1b0_afba);
        let cut = Face::parse(&bytes, 0).expect("it is a font");
        let has_outline = |letter: char| cut.glyph_bounding_box(face.glyph_index(letter).unwrap_or_default()).is_some();
        assert!(has_outline('A') && has_outline('b') && !has_outline('c'));
    }
}
