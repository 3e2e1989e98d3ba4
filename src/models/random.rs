//! Random numbers that are the same on every target: xoshiro256++ on 64-bit words, seeded through SplitMix64.
//!
//! Written here because the forests must be bit-identical natively and in wasm32, whatever a library's "small" or
//! "standard" generator is there or becomes with its next version. Not for secrets.
//!
//! Sources: D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", 2021 (xoshiro256++);
//! G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", 2014 (SplitMix64);
//! D. Lemire, "Fast random integer generation in an interval", 2019 (`below`).

/// 2^64 divided by the golden ratio, made odd: SplitMix64's step.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random 64-bit words.
#[derive(Debug, Clone)]
pub(super) struct Random {
    state: [u64; 4],
}

impl Random {
    /// The stream of `seed`; nearby seeds give unrelated streams.
    pub(super) fn new(seed: u64) -> Self {
        let mut state = [0; 4];
        for (index, word) in (0..).zip(&mut state) {
            *word = derive(seed, index);
        }
        Self { state }
    }

    /// The next 64 random bits (xoshiro256++).
    pub(super) fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number uniform in `0..bound`; 0 when `bound` is 0. Without bias (Lemire's rejection).
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.next_u64()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.next_u64()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// A number uniform in `0.0..1.0`, on the grid of 2^-53.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

/// The seed of part `index` of what `seed` started, so that parts can be made in any order: SplitMix64's output at
/// that place of the stream from `seed`.
pub(super) fn derive(seed: u64, index: u64) -> u64 {
    mix(seed.wrapping_add(GOLDEN.wrapping_mul(index.wrapping_add(1))))
}

/// A hash of `text` under `seed`: FNV-1a over the bytes, then SplitMix64's finaliser.
pub(super) fn hash_text(seed: u64, text: &str) -> u64 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01B3;
    let fnv = text.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    derive(seed, fnv)
}

/// SplitMix64's finaliser: a bijection of 64-bit words in which every input bit reaches every output bit.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xoshiro_gives_the_reference_stream() {
        // The authors' C code with state {1, 2, 3, 4}.
        let mut random = Random { state: [1, 2, 3, 4] };
        let expected =
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205];
        assert_eq!(expected.map(|_| random.next_u64()), expected);
    }

    #[test]
    fn splitmix_seeds_as_its_reference_does() {
        // The authors' C code from seed 0.
        assert_eq!(Random::new(0).state[..2], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
    }

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut random = Random::new(7);
        let mut seen = [0u32; 6];
        for _ in 0..6_000 {
            seen[random.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (800..1_200).contains(&count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn unit_is_in_the_half_open_interval() {
        let mut random = Random::new(7);
        let mean = (0..10_000).map(|_| random.unit()).inspect(|u| assert!((0.0..1.0).contains(u))).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }

    #[test]
    fn parts_have_different_seeds() {
        let mut seeds: Vec<u64> = (0..1_000).map(|index| derive(42, index)).collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 1_000);
        assert_ne!(hash_text(42, "a"), hash_text(42, "b"));
    }
}
