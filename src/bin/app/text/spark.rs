//! A histogram in a line of text. Pure.

/// Heights of a bar, the lowest first.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar for each count, as high as its share of the largest; room as wide for none.
pub fn bars(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |&count: &u64| match count {
        0 => '\u{2002}',
        count => HEIGHTS[((count * 8).div_ceil(most) as usize).clamp(1, 8) - 1],
    };
    counts.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_share() {
        assert_eq!(bars(&[8, 4, 1, 0, 1000]), "▁▁▁\u{2002}█");
        assert_eq!(bars(&[3, 6]), "▄█");
        assert_eq!(bars(&[]), "");
    }
}
