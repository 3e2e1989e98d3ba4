//! Puts the accounts of ranges together into one account a file, whatever the order in which ranges come.

use crate::units::{Micros, order};
use std::collections::BTreeMap;

use super::types::{Input, REJECT_SAMPLES, Reject, Step, TimePoint, TimeStep, TimeTrack, Times};

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
        match (&mut self.track, next.track) {
            (Some(track), Some(next)) => track.append(next, lines_before),
            (track, next) => *track = track.take().or(next),
        }
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
        self.times = self.track.take().map(times).unwrap_or_default();
        if !self.formats.is_empty() {
            let parts: Vec<String> =
                self.formats.iter().map(|part| format!("{} rows are {}", part.count, part.format)).collect();
            self.warnings.push(format!("the file is in more than one format: {}", parts.join(", ")));
        }
        self
    }
}

/// From how many steps on it can be said what is usual.
const ENOUGH_STEPS: u64 = 100;

/// How many times as long as usual a gap has to be to be told; bursts of requests make gaps of many lengths.
const TIMES_USUAL: u64 = 16;

/// How long it has to be at least, in µs.
const LONG_GAP: u64 = 60_000_000;

/// What the steps from row to row say.
fn times(track: TimeTrack) -> Times {
    let n_steps: u64 = track.lengths.iter().sum();
    let mut so_far = 0;
    let within_99 = track.lengths.iter().position(|count| {
        so_far += count;
        so_far * 100 >= n_steps * 99
    });
    let usual = within_99.filter(|_| n_steps >= ENOUGH_STEPS).and_then(|bits| 1_u64.checked_shl(bits as u32));
    let is_long =
        |step: &Step| usual.is_some_and(|usual| step.length() >= usual.saturating_mul(TIMES_USUAL).max(LONG_GAP));
    // A row that was written late makes a step back and, behind it, one forward that is no gap.
    let is_return =
        |step: &Step| track.back.iter().any(|back| back.to.time == step.from && back.to.line < step.to.line);
    Times {
        steps_back: track.steps_back,
        largest_steps_back: track.back.iter().map(shown).collect(),
        usual_gap_seconds: usual.map(|usual| usual as f64 / 1e6),
        long_gaps: track.gaps.iter().filter(|step| is_long(step) && !is_return(step)).map(shown).collect(),
    }
}

fn shown(step: &Step) -> TimeStep {
    let TimePoint { time, line, byte } = step.to;
    let seconds = step.length() as f64 / 1e6;
    TimeStep { seconds, from: step.from.to_rfc3339(), to: time.to_rfc3339(), line, byte }
}

/// The earlier of two times. As texts, `03.5Z` would come before `03Z`.
fn earlier(a: Option<String>, b: Option<String>) -> Option<String> {
    let key = |time: &String| (Micros::from_iso(time), time.clone());
    [a, b].into_iter().flatten().min_by_key(key)
}

fn later(a: Option<String>, b: Option<String>) -> Option<String> {
    let key = |time: &String| (Micros::from_iso(time), time.clone());
    [a, b].into_iter().flatten().max_by_key(key)
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

    /// The account of rows at these seconds, a row a line.
    fn rows(seconds: &[i64]) -> Input {
        let mut track = TimeTrack::default();
        for (line, second) in (1..).zip(seconds) {
            track.push(TimePoint { time: Micros(second * Micros::PER_SECOND), line, byte: 0 });
        }
        Input { lines: seconds.len() as u64, track: Some(track), ..Input::default() }
    }

    #[test]
    fn steps_in_time_are_the_same_wherever_a_file_is_cut() {
        let mut seconds: Vec<i64> = (0..400).collect();
        seconds[50] = 40;
        seconds.extend([9000, 9001, 100, 9002, 9002]);
        let of = |cuts: &[usize]| {
            let mut accounts = Accounts::default();
            let mut from = 0;
            for to in cuts.iter().copied().chain([seconds.len()]) {
                accounts.add(0, from as u64, rows(&seconds[from..to]));
                from = to;
            }
            accounts.finish().0.swap_remove(0)
        };
        let whole = of(&[]);
        let steps = |steps: &[TimeStep]| steps.iter().map(|s| (s.seconds, s.line)).collect::<Vec<_>>();
        assert_eq!(whole.times.steps_back, 2);
        assert_eq!(steps(&whole.times.largest_steps_back), [(8901.0, 403), (9.0, 51)]);
        assert_eq!(whole.times.usual_gap_seconds, Some(1.048_576));
        assert_eq!(steps(&whole.times.long_gaps), [(8601.0, 401)]);
        assert_eq!(whole.track, None);
        for cuts in [&[1][..], &[50, 51], &[400, 401, 402, 403, 404], &[7, 100, 150]] {
            assert_eq!(of(cuts), whole, "{cuts:?}");
        }
    }

    #[test]
    fn the_first_and_the_last_time_are_the_same_wherever_a_file_is_cut() {
        let of = |times: [&str; 2]| {
            let mut accounts = Accounts::default();
            for (start, time) in (0..).zip(times) {
                let time = Some(time.to_owned());
                accounts.add(0, start, Input { first: time.clone(), last: time, ..Input::default() });
            }
            let input = accounts.finish().0.swap_remove(0);
            (input.first.unwrap_or_default(), input.last.unwrap_or_default())
        };
        let (whole, later) = ("2026-03-12T09:00:03Z", "2026-03-12T09:00:03.117063Z");
        assert_eq!(of([whole, later]), (whole.to_owned(), later.to_owned()));
        assert_eq!(of([later, whole]), (whole.to_owned(), later.to_owned()));
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
