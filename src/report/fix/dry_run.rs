//! What a fix would have stopped in the loaded log: figures of the report under its filter.

use crate::report::types::Report;

/// What would have been stopped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DryRun {
    /// Rows.
    pub rows: u64,
    /// Rows of the log under the filter that was on.
    pub of: u64,
    /// Different addresses that asked.
    pub visitors: u64,
    /// Rows of findings among them: id, title, rows. **Order**: as in the report.
    pub findings: Vec<(String, String, u64)>,
    /// Rows among them of no finding that the fix is for; at most that many where it is for several.
    pub others: u64,
    /// Rows of these findings that it would let through.
    pub missed: u64,
}

impl DryRun {
    /// The figures: `blocked` is the report under the filter of the fix, `whole` the one that the findings are from.
    pub fn new(whole: &Report, blocked: &Report, ids: &[String]) -> Self {
        let rows = blocked.rows.filtered;
        let count = |report: &Report, id: &String| report.findings.iter().find(|f| f.id == *id).map_or(0, |f| f.count);
        let most = ids.iter().map(|id| count(blocked, id)).max().unwrap_or(0);
        let missed = ids.iter().map(|id| count(whole, id).saturating_sub(count(blocked, id))).sum();
        let finding =
            |finding: &crate::report::types::Finding| (finding.id.clone(), finding.title.clone(), finding.count);
        Self {
            rows,
            of: whole.rows.filtered,
            visitors: blocked.visitors.distinct_addresses,
            findings: blocked.findings.iter().map(finding).collect(),
            others: rows.saturating_sub(most),
            missed,
        }
    }

    /// The figures in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let share = if self.of == 0 { 0.0 } else { self.rows as f64 * 100.0 / self.of as f64 };
        let from = match self.visitors {
            0 => String::new(),
            1 => ", from one address".to_owned(),
            many => format!(", from {many} different addresses"),
        };
        let mut sentences =
            vec![format!("It would have stopped {} of {} rows ({share:.1} %){from}.", self.rows, self.of)];
        match self.others {
            0 => sentences.push("All of them are of what it is for.".into()),
            others => sentences.push(format!("{others} of them are other rows: see whether these are wanted.")),
        }
        if self.missed > 0 {
            sentences.push(format!("{} rows of the finding would still come through.", self.missed));
        }
        sentences
    }
}

/// A filter under which both hold.
pub fn both(filter: &str, more: &str) -> String {
    if filter.trim().is_empty() { more.to_owned() } else { format!("({filter}) and {more}") }
}
