//! Hashes that are the same on every machine, and sorting by them.
//!
//! Dictionaries hash with a seed and with what the processor does best; here the same text must have the same hash in
//! every worker, natively and in WebAssembly. Nobody is kept from making texts that collide: where it would matter
//! (in `table::keys`) texts of one hash are compared, and sorting stays `n log n` at worst.

use std::cmp::Ordering;

/// 2⁶⁴ over the golden ratio, odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Digits of the radix sort: 2048 counters stay in the fastest cache.
const DIGIT_BITS: u32 = 11;
const N_DIGITS: usize = 1 << DIGIT_BITS;

/// Bits below those that the radix sort looks at; three digits tell apart nearly all of millions of hashes.
const LOW_BITS: u32 = 64 - 3 * DIGIT_BITS;

/// Below this many items a comparing sort is faster.
const SMALL: usize = 512;

/// Spreads every bit over all 64: the finalizer of Steele, Lea and Flood, *Fast splittable pseudorandom number
/// generators* (2014), as Vigna set its constants. A bijection.
pub fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The hash of a text: eight bytes a step, the length first, so that a text and its beginning differ.
pub fn hash_text(text: &str) -> u64 {
    let mut hash = (text.len() as u64 + 1).wrapping_mul(GOLDEN);
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    for &word in words {
        hash = step(hash, u64::from_le_bytes(word));
    }
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    mix(step(hash, u64::from_le_bytes(last)))
}

fn step(hash: u64, word: u64) -> u64 {
    let hash = (hash ^ word).wrapping_mul(GOLDEN);
    hash ^ (hash >> 29)
}

/// Sorts items by a hash, then by `tie` where hashes are equal.
///
/// **Cost**: three passes over the items for hashes that are spread, `n log n` for those that are not.
pub fn sort_by_hash<T: Copy>(items: &mut Vec<T>, hash: impl Fn(&T) -> u64, tie: impl Fn(&T, &T) -> Ordering) {
    let order = |a: &T, b: &T| hash(a).cmp(&hash(b)).then_with(|| tie(a, b));
    if items.len() < SMALL {
        items.sort_unstable_by(order);
        return;
    }
    let mut spare = items.clone();
    for digit in 0..3 {
        scatter(items, &mut spare, |item| (hash(item) >> (LOW_BITS + digit * DIGIT_BITS)) as usize % N_DIGITS);
        std::mem::swap(items, &mut spare);
    }
    for run in items.chunk_by_mut(|a, b| hash(a) >> LOW_BITS == hash(b) >> LOW_BITS) {
        if run.len() > 1 {
            run.sort_unstable_by(order);
        }
    }
}

/// One stable pass of a radix sort.
fn scatter<T: Copy>(from: &[T], to: &mut [T], digit: impl Fn(&T) -> usize) {
    let mut places = [0usize; N_DIGITS];
    for item in from {
        if let Some(place) = places.get_mut(digit(item)) {
            *place += 1;
        }
    }
    let mut next = 0;
    for place in &mut places {
        next += std::mem::replace(place, next);
    }
    for item in from {
        if let Some(place) = places.get_mut(digit(item)) {
            if let Some(slot) = to.get_mut(*place) {
                *slot = *item;
            }
            *place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hashes_are_the_same_everywhere() {
        assert_eq!(mix(1), 0x5692_161D_100B_05E5);
        let texts = ["", "a", "a\0", "abcdefgh", "abcdefghi", "abcdefgh\0"];
        let mut hashes: Vec<u64> = texts.iter().map(|t| hash_text(t)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
    }

    proptest! {
        #[test]
        fn sorting_by_hash_is_sorting(seed: u64, len in 0usize..3000, shift in 0u32..64) {
            let mut items: Vec<u64> = (0..len as u64).map(|i| mix(seed.wrapping_add(i / 2)) >> shift).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            sort_by_hash(&mut items, |&h| h, |_, _| Ordering::Equal);
            prop_assert_eq!(items, expected);
        }
    }
}
