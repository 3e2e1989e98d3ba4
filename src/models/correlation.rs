//! Which columns go together: Pearson's and Spearman's coefficients of numbers and flags, Cramér's V of categories.
//!
//! A category becomes a flag for each value that is frequent enough. Two flags of one column are never compared: that
//! one of them is set where the other is not says nothing. A pair is listed once. Rows in which either is missing are
//! left out of that pair.
//!
//! **Source**: K. Pearson, 1895; C. Spearman, 1904, ties with their mean rank; H. Cramér, 1946. Names and values are
//! those of `scipy.stats.pearsonr`, `spearmanr` and `contingency.association`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::frame::{Frame, FrameValues};
use crate::units::order;

/// Flags of one column at most, the most frequent.
const MAX_FLAGS: usize = 20;

/// Pairs that are listed of each sign and measure.
const STRONGEST: usize = 10;

/// What goes together. **Order** of each list: strongest first, then by names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Correlations {
    /// Where more of one is more of the other, by Pearson's coefficient.
    pub positive: Vec<Correlation>,
    /// Where more of one is less of the other.
    pub negative: Vec<Correlation>,
    /// The strongest by Spearman's, which sees any growing curve and not only lines.
    pub by_rank: Vec<Correlation>,
    /// The strongest of categories, by Cramér's V: 0 where one says nothing of the other, 1 where it says all.
    pub categories: Vec<Correlation>,
}

/// Two columns and how they go together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// One.
    pub a: String,
    /// The other.
    pub b: String,
    /// −1..=1, or 0..=1 for categories.
    pub value: f64,
    /// Rows in which both are known.
    pub n_samples: u64,
}

/// A column of numbers or a flag.
struct Side {
    name: String,
    /// The column that it comes from.
    source: usize,
    values: Vec<f64>,
}

/// The strongest correlations of a frame; a category needs `min_support` rows to have a flag.
///
/// **Cost**: that of [`all_pairs`].
pub fn correlations(frame: &Frame, min_support: usize) -> Correlations {
    all_pairs(frame, min_support).strongest()
}

/// Every pair of a frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AllPairs {
    /// By Pearson's coefficient.
    pub linear: Vec<Correlation>,
    /// By Spearman's.
    pub by_rank: Vec<Correlation>,
    /// By Cramér's V.
    pub categories: Vec<Correlation>,
}

impl AllPairs {
    /// The strongest of each list.
    pub fn strongest(self) -> Correlations {
        let (positive, negative) = self.linear.into_iter().partition(|pair| pair.value > 0.0);
        Correlations {
            positive: strongest(positive),
            negative: strongest(negative),
            by_rank: strongest(self.by_rank),
            categories: strongest(self.categories),
        }
    }
}

/// Every pair whose columns vary; a category needs `min_support` rows to have a flag.
///
/// **Cost**: a pass over the rows for each pair, and where one of them has gaps a sort of each.
pub fn all_pairs(frame: &Frame, min_support: usize) -> AllPairs {
    let sides = sides(frame, min_support);
    let ranked: Vec<Option<Vec<f64>>> =
        sides.iter().map(|side| side.values.iter().all(|v| !v.is_nan()).then(|| ranks(&side.values))).collect();
    let mut all = AllPairs { categories: associations(frame, min_support), ..AllPairs::default() };
    for (at, a) in sides.iter().enumerate() {
        for (to, b) in sides.iter().enumerate().skip(at + 1).filter(|(_, b)| b.source != a.source) {
            let mut add = |x: &[f64], y: &[f64], (rank_x, rank_y): (&[f64], &[f64])| {
                let n_samples = x.len() as u64;
                let pair = |value| Correlation { a: a.name.clone(), b: b.name.clone(), value, n_samples };
                all.linear.extend(pearson(x, y).map(pair));
                all.by_rank.extend(pearson(rank_x, rank_y).map(pair));
            };
            if let (Some(rank_x), Some(rank_y)) = (&ranked[at], &ranked[to]) {
                add(&a.values, &b.values, (rank_x, rank_y));
                continue;
            }
            let (x, y): (Vec<f64>, Vec<f64>) =
                a.values.iter().zip(&b.values).filter(|(x, y)| !x.is_nan() && !y.is_nan()).unzip();
            add(&x, &y, (&ranks(&x), &ranks(&y)));
        }
    }
    all
}

fn sides(frame: &Frame, min_support: usize) -> Vec<Side> {
    let mut sides = Vec::new();
    for (source, column) in frame.columns().iter().enumerate() {
        match &column.values {
            FrameValues::Numbers(values) => {
                sides.push(Side { name: column.name.clone(), source, values: values.clone() });
            }
            FrameValues::Texts(texts, codes) => {
                for code in frequent(texts, codes, min_support.max(1)) {
                    let flag = |found: &Option<u32>| found.map_or(f64::NAN, |found| f64::from(u8::from(found == code)));
                    let name = format!("{} = {}", column.name, texts[code as usize]);
                    sides.push(Side { name, source, values: codes.iter().map(flag).collect() });
                }
            }
        }
    }
    sides
}

/// The codes of the texts with enough rows, most frequent first, then by text.
fn frequent(texts: &[String], codes: &[Option<u32>], min_support: usize) -> Vec<u32> {
    let mut rows = vec![0; texts.len()];
    codes.iter().flatten().for_each(|&code| rows[code as usize] += 1);
    let mut frequent: Vec<u32> = (0..texts.len() as u32).filter(|&code| rows[code as usize] >= min_support).collect();
    order::sort_by(&mut frequent, |&a, &b| {
        rows[b as usize].cmp(&rows[a as usize]).then_with(|| texts[a as usize].cmp(&texts[b as usize]))
    });
    frequent.truncate(MAX_FLAGS);
    frequent
}

/// **Null**: `None` where either does not vary.
fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let mean = |values: &[f64]| values.iter().map(|value| value / n).sum::<f64>();
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean_x, y - mean_y);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    let value = xy / (libm::sqrt(xx) * libm::sqrt(yy));
    (x.len() > 2 && xx > 0.0 && yy > 0.0 && value.is_finite()).then(|| value.clamp(-1.0, 1.0))
}

/// The rank of each value; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]).then(a.cmp(&b)));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for same in order.chunk_by(|&a, &b| values[a as usize] == values[b as usize]) {
        let rank = before as f64 + 0.5 + same.len() as f64 / 2.0;
        same.iter().for_each(|&row| ranks[row as usize] = rank);
        before += same.len();
    }
    ranks
}

/// Cramér's V of each pair of categories; rare values count as one.
fn associations(frame: &Frame, min_support: usize) -> Vec<Correlation> {
    let coded: Vec<(&str, Vec<Option<u32>>)> = (frame.columns().iter())
        .filter_map(|column| match &column.values {
            FrameValues::Texts(texts, codes) => {
                let known = frequent(texts, codes, min_support.max(1));
                let place = |code: u32| known.iter().position(|&k| k == code).unwrap_or(known.len()) as u32;
                let places: Vec<u32> = (0..texts.len() as u32).map(place).collect();
                Some((column.name.as_str(), codes.iter().map(|code| Some(places[(*code)? as usize])).collect()))
            }
            FrameValues::Numbers(_) => None,
        })
        .collect();
    let mut all = Vec::new();
    for (at, (a, x)) in coded.iter().enumerate() {
        for (b, y) in &coded[at + 1..] {
            if let Some((value, n_samples)) = cramers_v(x, y) {
                all.push(Correlation { a: (*a).to_owned(), b: (*b).to_owned(), value, n_samples });
            }
        }
    }
    all
}

/// **Null**: `None` where either has a single value.
fn cramers_v(x: &[Option<u32>], y: &[Option<u32>]) -> Option<(f64, u64)> {
    let (mut rows, mut columns) = (BTreeMap::<u32, f64>::new(), BTreeMap::<u32, f64>::new());
    let mut cells = BTreeMap::<(u32, u32), f64>::new();
    let mut n = 0_u64;
    for (x, y) in x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?))) {
        *rows.entry(x).or_default() += 1.0;
        *columns.entry(y).or_default() += 1.0;
        *cells.entry((x, y)).or_default() += 1.0;
        n += 1;
    }
    let smaller = rows.len().min(columns.len());
    if smaller < 2 {
        return None;
    }
    let mut squares = 0.0;
    for (x, row) in &rows {
        for (y, column) in &columns {
            let expected = row * column / n as f64;
            let found = cells.get(&(*x, *y)).copied().unwrap_or_default();
            squares += (found - expected) * (found - expected) / expected;
        }
    }
    Some((libm::sqrt(squares / n as f64 / (smaller - 1) as f64).min(1.0), n))
}

fn strongest(mut pairs: Vec<Correlation>) -> Vec<Correlation> {
    order::sort_by(&mut pairs, |a, b| {
        let names = |pair: &Correlation| (pair.a.clone(), pair.b.clone());
        b.value.abs().total_cmp(&a.value.abs()).then_with(|| names(a).cmp(&names(b)))
    });
    pairs.truncate(STRONGEST);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::FeatureUnit;

    #[test]
    fn coefficients_are_scipys() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0, 5.0, 5.0], [2.0, 1.0, 4.0, 30.0, 5.0, 6.0]);
        let check = |found: Option<f64>, expected: f64| assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?}");
        check(pearson(&x, &y), PEARSON);
        check(pearson(&ranks(&x), &ranks(&y)), SPEARMAN);
        let code = |codes: &[u32]| codes.iter().copied().map(Some).collect::<Vec<_>>();
        let (a, b) = (code(&[0, 0, 0, 1, 1, 2, 2, 2, 1, 0]), code(&[0, 0, 1, 1, 1, 0, 1, 0, 1, 0]));
        check(cramers_v(&a, &b).map(|v| v.0), CRAMER);
        assert_eq!(pearson(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
    }

    const PEARSON: f64 = 0.347_169_635_557_090_2;
    const SPEARMAN: f64 = 0.753_702_346_348_183;
    const CRAMER: f64 = 0.658_280_588_604_383_3;

    #[test]
    fn a_column_is_not_compared_with_itself() {
        let mut frame = Frame::new(40);
        frame.add_numbers("bytes", FeatureUnit::Bytes, (0..40).map(f64::from).collect());
        frame.add_numbers("half", FeatureUnit::Bytes, (0..40).map(|row| f64::from(row) / 2.0).collect());
        let methods: Vec<&str> = (0..40).map(|row| if row < 15 { "GET" } else { "POST" }).collect();
        frame.add_texts("method", methods.iter().map(|method| Some(*method)));
        frame.add_texts("rare", (0..40).map(|row| Some(if row == 0 { "once" } else { "often" })));
        let found = correlations(&frame, 5);
        assert_eq!((found.positive[0].a.as_str(), found.positive[0].b.as_str()), ("bytes", "half"));
        assert!((found.positive[0].value - 1.0).abs() < 1e-12 && found.positive[0].n_samples == 40);
        let all = || found.positive.iter().chain(&found.negative).chain(&found.by_rank);
        assert!(all().all(|pair| !(pair.a.starts_with("method") && pair.b.starts_with("method"))));
        assert!(all().all(|pair| pair.a != pair.b && !pair.a.contains("once") && !pair.b.contains("once")));
        assert!(found.negative.iter().all(|pair| pair.value < 0.0));
    }
}
