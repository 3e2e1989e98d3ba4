//! Puts the accounts of ranges together into one account a file, whatever the order in which ranges come.

use crate::units::order;
use std::collections::BTreeMap;

use super::types::{Input, REJECT_SAMPLES, Reject};

/// Accounts of ranges, to become accounts of files.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    ranges: BTreeMap<(u32, u64), Input>,
}

/// Lines of a file before a range: file, first byte of the range, lines.
pub type LinesBefore = (u32, u64, u64);

impl Accounts {
    /// Takes the account of the range of `file` that starts at `start`. A range that was read again replaces itself.
    pub fn add(&mut self, file: u32, start: u64, input: Input) {
        self.ranges.insert((file, start), input);
    }

    /// One account a file in the order of the files' numbers, and how many lines precede each range.
    pub fn finish(self) -> (Vec<Input>, Vec<LinesBefore>) {
        let mut files: BTreeMap<u32, Input> = BTreeMap::new();
        let mut before = Vec::with_capacity(self.ranges.len());
        for ((file, start), range) in self.ranges {
            let whole = files.get(&file).map_or(0, |input| input.lines);
            before.push((file, start, whole));
            match files.get_mut(&file) {
                None => {
                    files.insert(file, range);
                }
                Some(input) => input.append(range),
            }
        }
        let inputs = files.into_values().map(Input::sorted).collect();
        (inputs, before)
    }
}

impl Input {
    /// Takes the account of the range that follows.
    fn append(&mut self, next: Self) {
        let lines_before = self.lines;
        self.size_bytes += next.size_bytes;
        self.lines += next.lines;
        self.accepted += next.accepted;
        self.rejected += next.rejected;
        self.skipped += next.skipped;
        for reject in next.rejects {
            self.append_reject(reject, lines_before);
        }
        for (ours, theirs) in self.formats.iter_mut().zip(next.formats) {
            ours.count += theirs.count;
        }
        self.first = earlier(self.first.take(), next.first);
        self.last = later(self.last.take(), next.last);
        for timezone in next.timezones {
            if !self.timezones.contains(&timezone) {
                self.timezones.push(timezone);
            }
        }
        for warning in next.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    fn append_reject(&mut self, mut reject: Reject, lines_before: u64) {
        for sample in &mut reject.samples {
            sample.line += lines_before;
        }
        match self.rejects.iter_mut().find(|known| known.reason == reject.reason) {
            None => self.rejects.push(reject),
            Some(known) => {
                known.count += reject.count;
                known.samples.extend(reject.samples);
                known.samples.truncate(REJECT_SAMPLES);
            }
        }
    }

    fn sorted(mut self) -> Self {
        order::sort_by(&mut self.rejects, |a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
        order::sort(&mut self.timezones);
        if !self.formats.is_empty() {
            let parts: Vec<String> =
                self.formats.iter().map(|part| format!("{} rows are {}", part.count, part.format)).collect();
            self.warnings.push(format!("the file is in more than one format: {}", parts.join(", ")));
        }
        self
    }
}

fn earlier(a: Option<String>, b: Option<String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn later(a: Option<String>, b: Option<String>) -> Option<String> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::types::RejectSample;

    fn range(lines: u64, sample_line: u64) -> Input {
        Input {
            lines,
            accepted: lines - 1,
            rejected: 1,
            rejects: vec![Reject {
                reason: "no closing bracket".into(),
                count: 1,
                samples: vec![RejectSample { line: sample_line, byte: 0, text: String::new() }],
            }],
            ..Input::default()
        }
    }

    #[test]
    fn line_numbers_count_from_the_start_of_the_file_in_any_order() {
        let mut accounts = Accounts::default();
        accounts.add(0, 500, range(7, 3));
        accounts.add(0, 0, range(10, 2));
        let (inputs, before) = accounts.finish();
        assert_eq!(before, [(0, 0, 0), (0, 500, 10)]);
        assert_eq!(inputs[0].lines, 17);
        assert_eq!(inputs[0].rejects[0].samples.iter().map(|s| s.line).collect::<Vec<_>>(), [2, 13]);
    }
}
