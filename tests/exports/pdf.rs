//! Reads the PDFs of the project: what is in their streams, and which text their pages show.

use std::collections::BTreeMap;
use std::io::Read;

/// The streams by object, inflated.
pub fn streams(pdf: &[u8]) -> BTreeMap<u32, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut at = 0;
    while let Some(start) = find(pdf, b" 0 obj", at) {
        let end = find(pdf, b"endobj", start).unwrap();
        let number_at = pdf[..start].iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
        let number: u32 = std::str::from_utf8(&pdf[number_at..start]).unwrap().parse().unwrap();
        let object = &pdf[start..end];
        at = end;
        if let Some(data) = find(object, b"stream\n", 0) {
            // Packed bytes may say `endobj` too: then the stream goes on to its own end.
            let whole_end = find(pdf, b"\nendstream", start + data).unwrap();
            at = whole_end;
            let mut bytes = Vec::new();
            let packed = &pdf[start + data + 7..whole_end];
            flate2::read::ZlibDecoder::new(packed).read_to_end(&mut bytes).unwrap();
            found.insert(number, bytes);
        }
    }
    found
}

/// The text of all pages, a shown piece a line.
pub fn text(pdf: &[u8]) -> String {
    let streams = streams(pdf);
    // Each font has five objects, the fourth of which maps its glyphs; they begin behind catalogue, pages and information.
    let maps = [7, 12, 17].map(|map| letters(&streams[&map]));
    let mut out = String::new();
    for content in streams.values().filter(|bytes| find(bytes, b" Tf\n", 0).is_some()) {
        let mut font = 0;
        let mut at = 0;
        while at < content.len() {
            match content[at] {
                b'/' => {
                    font = match content[at + 1] {
                        b'S' => 0,
                        b'B' => 1,
                        b'M' => 2,
                        other => panic!("font {other}"),
                    };
                    at += 2;
                }
                b'(' | b'<' => {
                    let (bytes, end) = string(content, at);
                    let glyph = |pair: &[u8]| u16::from_be_bytes([pair[0], pair[1]]);
                    out.extend(bytes.chunks(2).map(|pair| maps[font][&glyph(pair)]));
                    out.push('\n');
                    at = end;
                }
                _ => at += 1,
            }
        }
    }
    out
}

/// A string of a page, and where it ends.
fn string(content: &[u8], start: usize) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    let mut at = start + 1;
    if content[start] == b'<' {
        let end = find(content, b">", at).unwrap();
        let digits = std::str::from_utf8(&content[at..end]).unwrap();
        bytes.extend((0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()));
        return (bytes, end + 1);
    }
    let mut depth = 1;
    loop {
        match content[at] {
            b'\\' => {
                at += 1;
                bytes.push(match content[at] {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'f' => 12,
                    digit @ b'0'..=b'7' => {
                        at += 2;
                        (digit - b'0') * 64 + (content[at - 1] - b'0') * 8 + content[at] - b'0'
                    }
                    other => other,
                });
            }
            b'(' => {
                depth += 1;
                bytes.push(b'(');
            }
            b')' if depth == 1 => return (bytes, at + 1),
            b')' => {
                depth -= 1;
                bytes.push(b')');
            }
            other => bytes.push(other),
        }
        at += 1;
    }
}

/// Glyphs and their letters.
fn letters(map: &[u8]) -> BTreeMap<u16, char> {
    let text = std::str::from_utf8(map).unwrap();
    let pair = |line: &str| {
        let (glyph, letter) = line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <")?;
        let letter = char::from_u32(u32::from_str_radix(letter, 16).ok()?)?;
        Some((u16::from_str_radix(glyph, 16).ok()?, letter))
    };
    text.lines().filter_map(pair).filter(|(_, letter)| *letter != '\u{ffff}').collect()
}

pub fn find(bytes: &[u8], part: &[u8], from: usize) -> Option<usize> {
    bytes.get(from..)?.windows(part.len()).position(|window| window == part).map(|at| at + from)
}
