//! Raw lines, read again where a row says that its line is.

use std::io::{self, Read};
use std::ops::Range;

use super::expansion::Expansion;
use super::{Source, content};

/// Spans of a plain file that lie this close to each other are read together: asking costs more than reading a little more.
const NEAR_BYTES: u64 = 16 << 10;

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
    let near = if stored.is_plain() && source.seeks() { Some(NEAR_BYTES) } else { None };
    let mut at = 0;
    for (block, members) in blocks(spans, &order, near.unwrap_or(0)) {
        let bytes = if near.is_some() {
            read_up_to(&mut source.open(block.start)?, block.end - block.start)?
        } else {
            if block.start < at {
                stream = content::open_at(source, block.start, limits)?;
            } else {
                io::copy(&mut (&mut stream).take(block.start - at), &mut io::sink())?;
            }
            let bytes = read_up_to(&mut stream, block.end - block.start)?;
            at = block.start + bytes.len() as u64;
            bytes
        };
        for &index in members {
            if let (Some(line), Some(&(byte, length))) = (lines.get_mut(index), spans.get(index)) {
                let from = ((byte - block.start) as usize).min(bytes.len());
                let to = (from + length as usize).min(bytes.len());
                *line = bytes.get(from..to).unwrap_or_default().to_vec();
            }
        }
    }
    Ok(lines)
}

/// Ranges that cover spans and gaps of up to `near` bytes between them, with the spans of each; `order` sorts the spans.
fn blocks<'o>(spans: &[(u64, u32)], order: &'o [usize], near: u64) -> Vec<(Range<u64>, &'o [usize])> {
    let mut blocks: Vec<(Range<u64>, Range<usize>)> = Vec::new();
    for (at, &index) in order.iter().enumerate() {
        let Some(&(start, length)) = spans.get(index) else { continue };
        let end = start.saturating_add(u64::from(length));
        match blocks.last_mut() {
            Some((block, members)) if start <= block.end.saturating_add(near) => {
                block.end = block.end.max(end);
                members.end = at + 1;
            }
            _ => blocks.push((start..end, at..at + 1)),
        }
    }
    blocks.into_iter().map(|(block, members)| (block, order.get(members).unwrap_or_default())).collect()
}

/// Up to `length` bytes, asked for at once.
fn read_up_to(from: &mut dyn Read, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}
