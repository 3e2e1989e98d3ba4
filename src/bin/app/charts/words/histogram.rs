//! Words of a histogram.

use crate::charts::{
    data::{Bin, HistogramData, Role, Unit},
    words::{Line, Readout, Table, capital},
};

/// How many values, between which, and where most are.
pub fn summary(data: &HistogramData) -> String {
    let (Some(first), Some(last)) = (data.bins.first(), data.bins.last()) else { return String::new() };
    let total: f64 = data.bins.iter().map(|bin| bin.count).sum();
    let fullest = data.bins.iter().max_by(|a, b| a.count.total_cmp(&b.count).then(b.from.total_cmp(&a.from)));
    let most = fullest.map(|bin| format!("; most, {}, {}", data.counted.exact(bin.count), span(&data.unit, bin)));
    format!(
        "{} between {} and {} by {}{}.",
        data.counted.full(total),
        data.unit.short(first.from),
        data.unit.short(last.to),
        data.unit.name(),
        most.unwrap_or_default(),
    )
}

/// One bin.
pub fn readout(data: &HistogramData, at: usize) -> Readout {
    range_readout(data, at, at)
}

/// Several bins together.
pub fn range_readout(data: &HistogramData, from: usize, to: usize) -> Readout {
    let Some(bins) = data.bins.get(from..=to) else { return Readout::default() };
    let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return Readout::default() };
    let count: f64 = bins.iter().map(|bin| bin.count).sum();
    let whole = Bin { from: first.from, to: last.to, count };
    let value = Line { role: Some(Role::Accent), strong: true, ..Line::new("", data.counted.full(count)) };
    Readout { title: capital(&span(&data.unit, &whole)), lines: vec![value] }
}

/// One row for each bin.
pub fn table(data: &HistogramData) -> Table {
    let row = |bin: &Bin| vec![data.unit.short(bin.from), data.unit.short(bin.to), data.counted.exact(bin.count)];
    Table {
        head: vec![format!("From ({})", data.unit.name()), "To".to_owned(), capital(data.counted.name())],
        rows: data.bins.iter().map(row).collect(),
    }
}

fn span(unit: &Unit, bin: &Bin) -> String {
    format!("{} to {}", unit.short(bin.from), unit.short(bin.to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_summed_over_a_range() {
        let bin = |from, to, count| Bin { from, to, count };
        let data = HistogramData {
            bins: vec![bin(0.0, 10.0, 4.0), bin(10.0, 20.0, 6.0)],
            log: false,
            unit: Unit::Bytes,
            counted: Unit::count("responses"),
        };
        let found = range_readout(&data, 0, 1).sentence().replace('\u{a0}', " ");
        assert_eq!(found, "0 B to 20 B: 10 responses");
        let expected = "10 responses between 0 B and 20 B by bytes; most, 6, 10 B to 20 B.";
        assert_eq!(summary(&data).replace('\u{a0}', " "), expected);
        assert_eq!(range_readout(&data, 1, 2), Readout::default());
    }
}
