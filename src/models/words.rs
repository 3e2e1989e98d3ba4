//! Texts as words: how a path, a query or a user agent is decoded and cut, and how its words are weighed.
//!
//! **Source**: the weights are scikit-learn's `TfidfVectorizer` (1.9) with its defaults: a word is two letters, digits or
//! underscores or more, in lower case; its rarity is `ln((1 + n) / (1 + df)) + 1`; a row has length 1. It differs in that
//! a text is decoded first, because `%2e%2e` and `..` are one thing to the server that is attacked.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::random::hash_text;

/// How often a text is decoded at most: attackers encode what is encoded.
const DECODINGS: usize = 3;

/// How words are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordWeight {
    /// Rare words weigh more, and long texts no more than short ones.
    #[default]
    TfIdf,
    /// How often each word occurs.
    Counts,
}

/// The words that a model knows of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {
    /// How they are counted.
    pub weight: WordWeight,
    /// **Order**: by word. Empty where words are hashed.
    pub words: Vec<String>,
    /// How rare each is; 1 for all where they are only counted. **Shape**: one a word, or one a bucket.
    pub rarity: Vec<f64>,
}

impl Vocabulary {
    /// The words of `texts`, each with the number of rows that have it: those in at least `min_rows` rows, and of these
    /// the `max_words` most frequent, ties by word. `n_buckets` joins words by their hash instead of naming them.
    pub fn learn(
        texts: &[(&str, usize)],
        weight: WordWeight,
        (min_rows, max_words): (usize, usize),
        n_buckets: Option<usize>,
    ) -> Self {
        let n_samples: usize = texts.iter().map(|(_, rows)| rows).sum();
        if let Some(n_buckets) = n_buckets {
            let blank = Self { weight, words: Vec::new(), rarity: vec![1.0; n_buckets.max(1)] };
            let mut rows_with = vec![0; n_buckets.max(1)];
            for (text, rows) in texts {
                blank.counts(text).into_keys().for_each(|at| rows_with[at as usize] += rows);
            }
            let rarity = rows_with.into_iter().map(|rows| blank.rarity_of(rows, n_samples)).collect();
            return Self { rarity, ..blank };
        }
        // Rows that have the word, and how often it occurs in all.
        let mut known = BTreeMap::<String, (usize, usize)>::new();
        for (text, rows) in texts {
            let mut counts = BTreeMap::<String, usize>::new();
            words_of(text, &mut |word| *counts.entry(word.to_owned()).or_default() += 1);
            for (word, count) in counts {
                let entry = known.entry(word).or_default();
                entry.0 += rows;
                entry.1 += count * rows;
            }
        }
        let mut frequent: Vec<(String, (usize, usize))> = known.into_iter().filter(|(_, n)| n.0 >= min_rows).collect();
        frequent.sort_by(|a, b| b.1.1.cmp(&a.1.1).then_with(|| a.0.cmp(&b.0)));
        frequent.truncate(max_words);
        frequent.sort();
        let mut vocabulary = Self { weight, words: Vec::new(), rarity: Vec::new() };
        for (word, (rows, _)) in frequent {
            vocabulary.rarity.push(vocabulary.rarity_of(rows, n_samples));
            vocabulary.words.push(word);
        }
        vocabulary
    }

    /// Number of numbers that a text becomes.
    pub fn len(&self) -> usize {
        self.rarity.len()
    }

    /// Whether no word was frequent enough.
    pub fn is_empty(&self) -> bool {
        self.rarity.is_empty()
    }

    /// What a number stands for.
    pub fn name(&self, at: usize) -> String {
        self.words.get(at).cloned().unwrap_or_else(|| format!("bucket {at}"))
    }

    /// The weights of a text's words that are not 0, by place.
    pub fn weigh(&self, text: &str) -> Vec<(u32, f64)> {
        let weigh = |(at, count): (u32, f64)| (at, count * self.rarity.get(at as usize).copied().unwrap_or_default());
        let mut weights: Vec<(u32, f64)> = self.counts(text).into_iter().map(weigh).collect();
        if self.weight == WordWeight::TfIdf {
            let length = libm::sqrt(weights.iter().map(|(_, weight)| weight * weight).sum());
            weights.iter_mut().for_each(|(_, weight)| *weight /= length);
        }
        weights
    }

    fn counts(&self, text: &str) -> BTreeMap<u32, f64> {
        let mut counts = BTreeMap::new();
        words_of(text, &mut |word| {
            let at = if self.words.is_empty() {
                hash_text(0, word).checked_rem(self.rarity.len() as u64).map(|at| at as usize)
            } else {
                self.words.binary_search_by(|known| known.as_str().cmp(word)).ok()
            };
            if let Some(at) = at {
                *counts.entry(at as u32).or_default() += 1.0;
            }
        });
        counts
    }

    fn rarity_of(&self, rows: usize, n_samples: usize) -> f64 {
        match self.weight {
            WordWeight::Counts => 1.0,
            WordWeight::TfIdf => libm::log((1 + n_samples) as f64 / (1 + rows) as f64) + 1.0,
        }
    }
}

/// Hands every word of `text` to `each`, decoded and in lower case.
fn words_of(text: &str, each: &mut dyn FnMut(&str)) {
    let text = decoded(text).to_lowercase();
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        if word.chars().nth(1).is_some() {
            each(word);
        }
    }
}

/// `text` without percent-encoding, however often it was encoded, up to a limit; what is no UTF-8 is replaced.
pub fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..DECODINGS {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            let hex = |at: usize| after.get(at).and_then(|&digit| char::from(digit).to_digit(16));
            rest = match (byte, hex(0), hex(1)) {
                (b'%', Some(high), Some(low)) => {
                    bytes.push((high * 16 + low) as u8);
                    &after[2..]
                }
                _ => {
                    bytes.push(byte);
                    after
                }
            };
        }
        if bytes.len() == text.len() {
            break;
        }
        text = String::from_utf8_lossy(&bytes).into_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_decoded_before_it_is_cut() {
        let words = |text: &str| {
            let mut words = Vec::new();
            words_of(text, &mut |word| words.push(word.to_owned()));
            words
        };
        assert_eq!(words("/Shop/%2e%2e/etc%2Fpasswd?q=1"), ["shop", "etc", "passwd"]);
        assert_eq!(words("%252E%252Ewp_admin%"), ["wp_admin"]);
        assert_eq!(decoded("%zz%4"), "%zz%4");
        assert_eq!(decoded("%ff"), "\u{fffd}");
    }

    #[test]
    fn weights_are_scikit_learns() {
        // TfidfVectorizer().fit_transform(["/login page", "/login", "/login shop shop"])
        let texts = [("/login page", 1), ("/login", 1), ("/login shop shop", 1)];
        let vocabulary = Vocabulary::learn(&texts, WordWeight::TfIdf, (1, 100), None);
        assert_eq!(vocabulary.words, ["login", "page", "shop"]);
        let row = vocabulary.weigh("/login shop shop unknown");
        assert!((row[0].1 - 0.283_216_924_987_152_6).abs() < 1e-12, "{row:?}");
        assert!((row[1].1 - 0.959_055_876_057_71).abs() < 1e-12, "{row:?}");
        assert_eq!(vocabulary.weigh("nothing known"), []);
    }

    #[test]
    fn rare_words_are_left_out_and_buckets_take_all() {
        let texts = [("aa bb", 5), ("aa cc", 1)];
        let learn = |limits, buckets| Vocabulary::learn(&texts, WordWeight::Counts, limits, buckets);
        assert_eq!(learn((2, 9), None).words, ["aa", "bb"]);
        assert_eq!(learn((1, 1), None).words, ["aa"]);
        let hashed = learn((1, 9), Some(4));
        assert_eq!(hashed.len(), 4);
        assert_eq!(hashed.weigh("aa new words").iter().map(|(_, count)| count).sum::<f64>(), 3.0);
    }
}
