//! Putting lists in order, where they are short: those of a report, of a form, of a setting.
//!
//! Every list type with an order of its own costs five kilobytes of sorting in the page's code. Here one sort of indices
//! serves them all; a list of millions is sorted where it is.

use std::cmp::Ordering;

/// Sorts by `order`; equal items keep their places. **Cost**: `n log n` calls that cannot be inlined, and a copy.
pub fn sort_by<T>(items: &mut Vec<T>, order: impl Fn(&T, &T) -> Ordering) {
    let sorted = indices(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    let mut from: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.reserve_exact(from.len());
    for index in sorted {
        items.extend(from.get_mut(index as usize).and_then(Option::take));
    }
}

/// Sorts by the items' own order.
pub fn sort<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
}

/// Sorts by a key.
pub fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Keeps the first `limit` items of an order, sorted.
pub fn most<T>(items: &mut Vec<T>, limit: usize, order: impl Fn(&T, &T) -> Ordering) {
    if limit < items.len() {
        items.select_nth_unstable_by(limit, &order);
        items.truncate(limit);
    }
    items.sort_unstable_by(&order);
}

#[inline(never)]
fn indices(n: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut indices: Vec<u32> = (0..n as u32).collect();
    indices.sort_by(|a, b| order(*a as usize, *b as usize));
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_equals_keep_their_places() {
        let mut items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        sort_by_key(&mut items, |item| item.0);
        assert_eq!(items, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
        let mut words = vec!["b".to_owned(), "a".to_owned()];
        sort(&mut words);
        assert_eq!(words, ["a", "b"]);
        sort(&mut Vec::<u8>::new());
    }
}
