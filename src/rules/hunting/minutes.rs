//! How often something happened in each minute, as bytes: most minutes of most sources have one request, and lie close.
//!
//! A minute is its distance from the one before, twice, plus one if a count follows; without one it is 1. Numbers have
//! seven bits a byte, the low ones first (LEB128), so that a request costs two or three bytes instead of twelve.

/// Adds minutes and their counts. **Order**: by minute, each once.
pub(super) fn write(minutes: impl Iterator<Item = (i64, u32)>, out: &mut Vec<u8>) {
    let mut before = 0;
    for (minute, count) in minutes {
        let distance: i64 = minute - before;
        // Only the first may lie before 1970: the sign goes last, as in protocol buffers.
        let unsigned = (distance << 1 ^ distance >> 63) as u64;
        write_number(unsigned << 1 | u64::from(count != 1), out);
        if count != 1 {
            write_number(u64::from(count), out);
        }
        before = minute;
    }
}

/// What [`write`] wrote.
pub(super) fn read(mut bytes: &[u8]) -> impl Iterator<Item = (i64, u32)> {
    let mut minute: i64 = 0;
    std::iter::from_fn(move || {
        let number = read_number(&mut bytes)?;
        let unsigned = number >> 1;
        minute = minute.wrapping_add((unsigned >> 1) as i64 ^ -((unsigned & 1) as i64));
        let count = if number & 1 == 0 { 1 } else { read_number(&mut bytes)? as u32 };
        Some((minute, count))
    })
}

/// Adds the minutes of both.
pub(super) fn merge(a: &[u8], b: &[u8], out: &mut Vec<u8>) {
    let (mut a, mut b) = (read(a).peekable(), read(b).peekable());
    let both = std::iter::from_fn(|| match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if x.0 == y.0 => {
            let more = b.next()?.1;
            a.next().map(|(minute, count)| (minute, count.saturating_add(more)))
        }
        (Some(x), Some(y)) if y.0 < x.0 => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    });
    write(both, out);
}

fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn bytes(minutes: &BTreeMap<i64, u32>) -> Vec<u8> {
        let mut out = Vec::new();
        write(minutes.iter().map(|(&minute, &count)| (minute, count)), &mut out);
        out
    }

    #[test]
    fn a_request_costs_two_bytes() {
        assert_eq!(bytes(&(0..100).map(|n| (n * 1000, 1)).collect()).len(), 199);
        assert_eq!(read(&[0xFF, 0xFF]).next(), None);
    }

    proptest! {
        #[test]
        fn minutes_come_back_and_merge(
            a in prop::collection::btree_map(prop_oneof![-5i64..5, any::<i32>().prop_map(|n| i64::from(n) * 70)], 1..u32::MAX, 0..20),
            b in prop::collection::btree_map(-5i64..5, 0u32..3, 0..20),
        ) {
            prop_assert_eq!(read(&bytes(&a)).collect::<BTreeMap<_, _>>(), a.clone());
            let mut both = a.clone();
            for (&minute, &count) in &b {
                both.entry(minute).and_modify(|known| *known = known.saturating_add(count)).or_insert(count);
            }
            let mut merged = Vec::new();
            merge(&bytes(&a), &bytes(&b), &mut merged);
            prop_assert_eq!(merged, bytes(&both));
        }
    }
}
