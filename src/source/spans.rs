//! Raw lines, read again where a row says that its line is.

use std::io::{self, Read};

use super::expansion::Expansion;
use super::{Source, content};

/// The bytes of each span (offset in the text of the file, length), in the order asked. A span that the file does not
/// reach is cut.
///
/// **Cost**: a plain file is read at the spans; one that is stored otherwise once, up to the last span.
///
/// # Errors
/// What the source says.
pub fn read_spans(source: &dyn Source, spans: &[(u64, u32)]) -> io::Result<Vec<Vec<u8>>> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&i| spans.get(i));
    let mut lines = vec![Vec::new(); spans.len()];
    if order.is_empty() {
        return Ok(lines);
    }
    // Rows were read up to here within the limits, so their lines are.
    let limits = Expansion::UNLIMITED;
    let (stored, mut stream) = content::open(source, limits)?;
    let is_plain = stored.is_plain() && source.seeks();
    let mut at = 0;
    // Spans may overlap (the same line asked twice), so what was read last is kept.
    let mut last: ((u64, u32), Vec<u8>) = ((0, 0), Vec::new());
    for index in order {
        let Some(&(byte, length)) = spans.get(index) else { continue };
        if last.0 != (byte, length) {
            let mut line = Vec::new();
            if is_plain {
                source.open(byte)?.take(u64::from(length)).read_to_end(&mut line)?;
            } else {
                if byte < at {
                    stream = content::open_at(source, byte, limits)?;
                } else {
                    io::copy(&mut (&mut stream).take(byte - at), &mut io::sink())?;
                }
                (&mut stream).take(u64::from(length)).read_to_end(&mut line)?;
                at = byte + line.len() as u64;
            }
            last = ((byte, length), line);
        }
        if let Some(slot) = lines.get_mut(index) {
            slot.clone_from(&last.1);
        }
    }
    Ok(lines)
}
