//! Whether the times of the files run as they should: gaps, steps back, files that cover the same time.

use super::super::types::{Input, Report, TimeStep};
use super::words::{count, counted, length, span, time, value};

/// A step back that a sentence is worth, in seconds: servers write a request when it ends, so smaller ones are usual.
const STEP_BACK: f64 = 60.0;

/// How long two files have to cover the same time, in µs: a server that starts a new file ends the old one slowly.
const OVERLAP: i64 = 60_000_000;

/// What is unusual in the times of the files, a sentence each.
pub fn sequence(report: &Report) -> Vec<String> {
    [gap(report), step_back(report), overlap(report)].into_iter().flatten().collect()
}

/// The largest of the steps that each file has first, and the first file that has one so large.
fn largest(report: &Report, of: fn(&Input) -> &[TimeStep]) -> Option<(&Input, &TimeStep)> {
    let steps = report.inputs.iter().filter_map(|input| Some((input, of(input).first()?)));
    steps.rev().max_by(|(_, a), (_, b)| a.seconds.total_cmp(&b.seconds))
}

fn gap(report: &Report) -> Option<String> {
    let (input, step) = largest(report, |input| &input.times.long_gaps)?;
    let usual = match input.times.usual_gap_seconds? {
        short if short < 1.0 => "less than a second".to_owned(),
        usual => about(usual),
    };
    Some(format!(
        "The longest gap is {} without a row, from {} (before line {} of {}); usually the next row follows within {usual}.",
        about(step.seconds),
        time(&step.from),
        count(step.line),
        value(&input.path),
    ))
}

fn step_back(report: &Report) -> Option<String> {
    let (input, step) = largest(report, |input| &input.times.largest_steps_back)?;
    if step.seconds < STEP_BACK {
        return None;
    }
    let path = value(&input.path);
    if input.times.steps_back * 2 > input.accepted {
        return Some(format!("The rows of {path} run backwards in time: the newest come first."));
    }
    Some(format!(
        "The times of {path} step back {}, by up to {} (line {}): a clock was set, events were written late, or logs were \
         put together.",
        counted(input.times.steps_back, "time", "times"),
        about(step.seconds),
        count(step.line),
    ))
}

/// Two files of one format in one folder whose times overlap.
fn overlap(report: &Report) -> Option<String> {
    let mut files: Vec<(&Input, &str, &str)> = report
        .inputs
        .iter()
        .filter(|input| input.format.is_some())
        .filter_map(|input| Some((input, input.first.as_deref()?, input.last.as_deref()?)))
        .collect();
    // In the order of their beginnings a file overlaps one before it exactly where it overlaps that which ends last.
    files.sort_by_key(|(input, first, _)| (&input.folder, &input.format, *first, &input.path));
    let mut found: Vec<(&Input, &Input, &str, &str)> = Vec::new();
    let mut latest: Option<(&Input, &str)> = None;
    for (input, first, last) in files {
        let before = latest.filter(|(known, _)| known.folder == input.folder && known.format == input.format);
        if let Some((known, end)) = before {
            let until = end.min(last);
            if is_overlap(first, until) {
                found.push((known, input, first, until));
            }
        }
        latest = Some(before.filter(|(_, end)| *end >= last).unwrap_or((input, last)));
    }
    let (a, b, from, to) = found.first()?;
    let others = match found.len() {
        1 => String::new(),
        many => format!(", and so do {} more", count(many as u64 - 1)),
    };
    Some(format!(
        "{} and {} cover the same time in part, {}{others}: they are of several servers, or rows are counted twice.",
        value(&a.path),
        value(&b.path),
        span(from, to),
    ))
}

/// Whether two files cover at least [`OVERLAP`].
fn is_overlap(from: &str, to: &str) -> bool {
    let micros = |text: &str| crate::units::time::iso(text.as_bytes()).map(|stamp| stamp.time.0);
    micros(from).zip(micros(to)).is_some_and(|(from, to)| to - from >= OVERLAP)
}

/// A length in the largest unit of which it has two or more, rounded.
fn about(seconds: f64) -> String {
    let whole = seconds.round().max(1.0) as u64;
    let unit = [86_400, 3600, 60, 1].into_iter().find(|unit| whole >= unit * 2).unwrap_or(1);
    length((whole + unit / 2) / unit * unit)
}

#[cfg(test)]
mod tests {
    use super::super::super::types::Times;
    use super::*;

    fn input(path: &str, first: &str, last: &str, times: Times) -> Input {
        let format = Some("combined".into());
        let (first, last) = (Some(format!("2026-03-{first}Z")), Some(format!("2026-03-{last}Z")));
        Input { path: path.into(), folder: ".".into(), format, first, last, times, accepted: 1000, ..Input::default() }
    }

    fn step(seconds: f64, line: u64) -> TimeStep {
        TimeStep { seconds, from: "2026-03-02T07:00:00Z".into(), to: String::new(), line, byte: 0 }
    }

    fn check(inputs: Vec<Input>, expected: &[&str]) {
        assert_eq!(sequence(&Report { inputs, ..Report::default() }), expected);
    }

    #[test]
    fn times_that_run_well_are_not_worth_a_word() {
        let times = Times { steps_back: 3, largest_steps_back: vec![step(2.0, 5)], ..Times::default() };
        check(
            vec![
                input("a.log.1", "01T00:00:00", "02T00:00:01", times),
                input("a.log", "02T00:00:00", "03T00:00:00", Times::default()),
            ],
            &[],
        );
    }

    #[test]
    fn gaps_steps_and_overlaps_are_told() {
        let times = Times {
            steps_back: 2,
            largest_steps_back: vec![step(3600.0, 17)],
            usual_gap_seconds: Some(4.2),
            long_gaps: vec![step(11_000.0, 812)],
        };
        check(
            vec![
                input("a.log", "01T00:00:00", "02T00:00:00", times),
                input("b.log", "01T12:00:00", "03T00:00:00", Times::default()),
            ],
            &[
                "The longest gap is 3 hours without a row, from 2 March 2026, 07:00 UTC (before line 812 of a.log); \
                 usually the next row follows within 4 seconds.",
                "The times of a.log step back 2 times, by up to 1 hour (line 17): a clock was set, events were written \
                 late, or logs were put together.",
                "a.log and b.log cover the same time in part, from 1 March 2026, 12:00 to 2 March 2026, 00:00 UTC: they are \
                 of several servers, or rows are counted twice.",
            ],
        );
    }

    #[test]
    fn a_file_with_the_newest_rows_first() {
        let times = Times { steps_back: 900, largest_steps_back: vec![step(3600.0, 17)], ..Times::default() };
        check(
            vec![input("a.log", "01T00:00:00", "02T00:00:00", times)],
            &["The rows of a.log run backwards in time: the newest come first."],
        );
    }
}
