//! Raw lines, read again where a row says that its line is.

use std::io::{self, Read};

use super::{Source, compression};

/// The bytes of each span (offset in the decompressed file, length), in the order asked. A span that the file does not
/// reach is cut.
///
/// **Cost**: a plain file is read at the spans; a compressed one once, up to the last span.
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
    let (compression, mut stream) = compression::open(source)?;
    let is_plain = compression == compression::Compression::None;
    let mut at = 0;
    // Spans may overlap (the same line asked twice), so what was read last is kept.
    let mut last: ((u64, u32), Vec<u8>) = ((0, 0), Vec::new());
    for index in order {
        let Some(&(byte, length)) = spans.get(index) else { continue };
        if last.0 != (byte, length) {
            let mut line = Vec::with_capacity(length as usize);
            if is_plain {
                source.open(byte)?.take(u64::from(length)).read_to_end(&mut line)?;
            } else if byte >= at {
                io::copy(&mut (&mut stream).take(byte - at), &mut io::sink())?;
                (&mut stream).take(u64::from(length)).read_to_end(&mut line)?;
                at = byte + line.len() as u64;
            } else {
                compression::open_as(source, compression, byte)?.take(u64::from(length)).read_to_end(&mut line)?;
            }
            last = ((byte, length), line);
        }
        if let Some(slot) = lines.get_mut(index) {
            slot.clone_from(&last.1);
        }
    }
    Ok(lines)
}
