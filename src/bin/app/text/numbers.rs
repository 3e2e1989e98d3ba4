//! Numbers as people read them: grouped, with a unit, a share with its base. Short forms are those of the charts.

use crate::charts::ticks;
pub use crate::charts::ticks::{grouped, short};

/// `12,345`.
pub fn count(value: u64) -> String {
    grouped(value as f64)
}

/// `1 row`, `12,345 rows`: the thing is named in the singular.
pub fn counted(value: u64, thing: &str) -> String {
    match (value, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{} {stem}ies", count(value)),
        _ if thing.ends_with(['s', 'x', 'h']) => format!("{} {thing}es", count(value)),
        _ => format!("{} {thing}s", count(value)),
    }
}

/// `1.2 MB`.
pub fn bytes(value: u64) -> String {
    ticks::bytes(value as f64)
}

/// `41 %` of `whole`; a dash where there is nothing to be a part of.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { ticks::share(part as f64 / whole as f64) }
}

/// `41 %` of a share of `0..=1`.
pub fn percent(share: f64) -> String {
    ticks::share(share)
}

/// `1.5 min`: a span given in seconds.
pub fn seconds(value: f64) -> String {
    ticks::duration(value * 1000.0)
}

/// A number of a column in its unit: `bytes` and `nanoseconds` as people read them.
pub fn in_unit(value: f64, unit: &str) -> String {
    match unit {
        "bytes" => ticks::bytes(value),
        "nanoseconds" => ticks::duration(value / 1e6),
        _ if value.abs() >= 1000.0 || value.fract() == 0.0 => grouped(value),
        _ => short(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_in_the_plural() {
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(0, "row"), "0 rows");
        assert_eq!(counted(1204, "entry"), "1,204 entries");
        assert_eq!(counted(2, "address"), "2 addresses");
        assert_eq!(counted(3, "key"), "3 keys");
    }

    #[test]
    fn a_share_of_nothing_is_a_dash() {
        assert_eq!(share(1, 0), "–");
        assert_eq!(share(41, 100).replace('\u{a0}', " "), "41 %");
    }

    #[test]
    fn a_number_is_written_in_its_unit() {
        assert_eq!(in_unit(600e9, "nanoseconds").replace('\u{a0}', " "), "10 min");
        assert_eq!(in_unit(404.0, ""), "404");
    }
}
