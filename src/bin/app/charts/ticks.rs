//! Where ticks go and how numbers, bytes, durations and times are written on them.
//!
//! Pure: no browser, no clock; times are milliseconds since 1970 in UTC. Step choice follows the usual 1, 2, 5 rule
//! (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990); dates follow Hinnant's civil-from-days.

/// One tick: its place on the axis and what is written there.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where on the axis, in the axis' unit.
    pub value: f64,
    /// What is written.
    pub label: String,
}

/// No-break space: a number and its unit stay on one line.
const NBSP: char = '\u{a0}';
const SECOND: f64 = 1_000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
/// A day in milliseconds.
pub const DAY: f64 = 24.0 * HOUR;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Steps of a time axis below a month that a person would choose.
const TIME_STEPS: [f64; 21] = [
    1.0,
    10.0,
    100.0,
    SECOND,
    5.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    5.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    3.0 * DAY,
    5.0 * DAY,
    7.0 * DAY,
    14.0 * DAY,
];
/// Lengths of steps below a day that need no explanation.
const BIN_STEPS: [f64; 18] = [
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    8.0 * HOUR,
    12.0 * HOUR,
];
/// Steps of a time axis in months, for what is longer.
const MONTH_STEPS: [i64; 8] = [1, 3, 6, 12, 24, 60, 120, 600];

/// Positions of at most about `count` ticks of a linear axis, at multiples of 1, 2 or 5 × 10ⁿ within `from..=to`.
pub fn linear(from: f64, to: f64, count: usize) -> Vec<f64> {
    let span = to - from;
    if !span.is_finite() || span <= 0.0 {
        return vec![from];
    }
    let step = nice_step(span / count.max(1) as f64);
    let first = (from / step - 1e-9).ceil() as i64;
    let last = (to / step + 1e-9).floor() as i64;
    (first..=last).map(|at| at as f64 * step).collect()
}

/// Positions of the ticks of whole numbers: as [`linear`], never between two counts.
pub fn whole(from: f64, to: f64, count: usize) -> Vec<f64> {
    linear(from, to, count).into_iter().filter(|value| value.fract() == 0.0).collect()
}

/// The smallest 1, 2 or 5 × 10ⁿ that is at least `rough`.
pub fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.log10().floor());
    let factor = rough / power;
    let nice = [1.0, 2.0, 5.0].into_iter().find(|step| factor <= step * (1.0 + 1e-9)).unwrap_or(10.0);
    nice * power
}

/// The upper end of a value axis that starts at zero: the next tick above `max`.
pub fn ceiling(max: f64, count: usize) -> f64 {
    if !max.is_finite() || max <= 0.0 {
        return 1.0;
    }
    let step = nice_step(max / count.max(1) as f64);
    (max / step - 1e-9).ceil() * step
}

/// Positions of at most about `count` ticks of a logarithmic axis: powers of ten, with 2 and 5 between where there is room.
pub fn logarithmic(from: f64, to: f64, count: usize) -> Vec<f64> {
    if from <= 0.0 || to <= from {
        return vec![from];
    }
    let (low, high) = (from.log10().floor() as i32, to.log10().ceil() as i32);
    let decades = (high - low).max(1) as usize;
    let factors: &[f64] = if decades * 3 <= count { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let stride = decades.div_ceil(count.max(1)).max(1);
    (low..=high)
        .step_by(stride)
        .flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)))
        .filter(|value| *value >= from * (1.0 - 1e-9) && *value <= to * (1.0 + 1e-9))
        .collect()
}

/// The ticks of a time axis, at most about `count`: full units of UTC, the day written where it changes.
pub fn time(from_ms: f64, to_ms: f64, count: usize) -> Vec<Tick> {
    let span = to_ms - from_ms;
    if !span.is_finite() || span <= 0.0 {
        return vec![Tick { value: from_ms, label: clock(from_ms, SECOND) }];
    }
    let rough = span / count.max(1) as f64;
    match TIME_STEPS.iter().find(|step| **step >= rough) {
        Some(step) => time_by_step(from_ms, to_ms, *step),
        None => time_by_month(from_ms, to_ms, rough),
    }
}

/// How many steps of `step_ms` to take together: at least `least`, and more where that makes a length like 15 minutes.
pub fn step_factor(step_ms: f64, least: usize) -> usize {
    let is_plain = |length: f64| BIN_STEPS.contains(&length) || length % DAY == 0.0;
    let most = least * 4;
    if least <= 1 { 1 } else { (least..most).find(|factor| is_plain(step_ms * *factor as f64)).unwrap_or(least) }
}

fn time_by_step(from_ms: f64, to_ms: f64, step: f64) -> Vec<Tick> {
    let first = (from_ms / step - 1e-9).ceil() as i64;
    let last = (to_ms / step + 1e-9).floor() as i64;
    (first..=last)
        .map(|at| at as f64 * step)
        .map(|value| {
            let label = if value.rem_euclid(DAY) == 0.0 { day(value) } else { clock(value, step) };
            Tick { value, label }
        })
        .collect()
}

fn time_by_month(from_ms: f64, to_ms: f64, rough: f64) -> Vec<Tick> {
    let step = MONTH_STEPS.into_iter().find(|months| *months as f64 * 30.0 * DAY >= rough).unwrap_or(1_200);
    let (year, month, _) = civil((from_ms / DAY).floor() as i64);
    let mut at = (year * 12 + i64::from(month) - 1).div_euclid(step) * step;
    let mut ticks = Vec::new();
    loop {
        let (year, month) = (at.div_euclid(12), at.rem_euclid(12));
        let value = days(year, month as u32 + 1, 1) as f64 * DAY;
        if value > to_ms {
            return ticks;
        }
        if value >= from_ms {
            let label = if month == 0 { year.to_string() } else { format!("{}{NBSP}{year}", MONTHS[month as usize]) };
            ticks.push(Tick { value, label });
        }
        at += step;
    }
}

/// `12,345`: whole numbers grouped, others with up to two decimals.
pub fn grouped(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let rounded = (value.abs() * 100.0).round() / 100.0;
    let whole = rounded.trunc();
    let digits = format!("{whole:.0}");
    let mut text = String::with_capacity(digits.len() + 6);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if rounded.fract() > 0.0 {
        let decimals = format!("{:.2}", rounded.fract());
        text.push_str(decimals.trim_start_matches('0').trim_end_matches('0'));
    }
    if value < 0.0 && rounded > 0.0 { format!("−{text}") } else { text }
}

/// `12.3 k`: three significant digits and a letter for thousands.
pub fn short(value: f64) -> String {
    scaled(value, &["", "k", "M", "G", "T"])
}

/// `1.2 MB`: bytes in decimal units.
pub fn bytes(value: f64) -> String {
    scaled(value, &["B", "kB", "MB", "GB", "TB", "PB"])
}

/// `1.5 s`: a duration given in milliseconds in the unit a person would use.
pub fn duration(ms: f64) -> String {
    let size = ms.abs();
    let (value, unit) = if size < 1.0 && size > 0.0 {
        (ms * 1_000.0, "µs")
    } else if size < SECOND {
        (ms, "ms")
    } else if size < MINUTE {
        (ms / SECOND, "s")
    } else if size < HOUR {
        (ms / MINUTE, "min")
    } else if size < 2.0 * DAY {
        (ms / HOUR, "h")
    } else {
        (ms / DAY, "d")
    };
    format!("{}{NBSP}{unit}", three_digits(value))
}

/// What follows "per": `hour`, or `5 min` where it is not one of a unit.
pub fn each(step_ms: f64) -> String {
    let named = [(SECOND, "second"), (MINUTE, "minute"), (HOUR, "hour"), (DAY, "day"), (7.0 * DAY, "week")];
    let name = named.into_iter().find(|(length, _)| *length == step_ms).map(|(_, name)| name.to_owned());
    name.unwrap_or_else(|| duration(step_ms))
}

/// `41 %`: a share of 0..=1; only nothing is 0 % and only everything is 100 %.
pub fn share(value: f64) -> String {
    let percent = value * 100.0;
    let text = match percent {
        some if some > 0.0 && some < 0.1 => "< 0.1".to_owned(),
        most if most > 99.9 && most < 100.0 => "> 99.9".to_owned(),
        middle if (10.0..=99.0).contains(&middle) => format!("{middle:.0}"),
        _ => trim_zeros(&format!("{percent:.1}")),
    };
    format!("{text}{NBSP}%")
}

fn scaled(value: f64, units: &[&str]) -> String {
    let mut size = value;
    let mut at = 0;
    while size.abs() >= 999.5 && at + 1 < units.len() {
        size /= 1_000.0;
        at += 1;
    }
    let number = three_digits(size);
    if units[at].is_empty() { number } else { format!("{number}{NBSP}{}", units[at]) }
}

fn three_digits(value: f64) -> String {
    let text = match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.995 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    };
    trim_zeros(&text).replace('-', "−")
}

fn trim_zeros(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

/// `17 Apr`: the day of a time.
pub fn day(ms: f64) -> String {
    let (_, month, day) = civil((ms / DAY).floor() as i64);
    format!("{day}{NBSP}{}", MONTHS[month as usize - 1])
}

/// `17 Apr 2025`: the day of a time with its year.
pub fn date(ms: f64) -> String {
    let (year, _, _) = civil((ms / DAY).floor() as i64);
    format!("{}{NBSP}{year}", day(ms))
}

/// `10:00`, `10:00:05` or `10:00:05.250`: the time of day, as exact as `step_ms` needs.
pub fn clock(ms: f64, step_ms: f64) -> String {
    let of_day = ms.rem_euclid(DAY);
    let (hours, minutes) = ((of_day / HOUR).floor(), (of_day % HOUR / MINUTE).floor());
    let seconds = of_day % MINUTE / SECOND;
    if step_ms >= MINUTE {
        format!("{hours:02}:{minutes:02}")
    } else if step_ms >= SECOND {
        format!("{hours:02}:{minutes:02}:{:02}", seconds.floor())
    } else {
        format!("{hours:02}:{minutes:02}:{seconds:06.3}")
    }
}

/// `17 Apr 2025 10:00`: a moment as exact as `step_ms` needs; only the day from one day on.
pub fn moment(ms: f64, step_ms: f64) -> String {
    if step_ms >= DAY && ms.rem_euclid(DAY) == 0.0 {
        return date(ms);
    }
    format!("{} {}", date(ms), clock(ms, step_ms))
}

/// `17 Apr 2025 10:00 – 10:05`: a span, with the second day only where it differs.
pub fn span(from_ms: f64, to_ms: f64) -> String {
    let step = exactness(from_ms, to_ms);
    if step >= DAY {
        let last = to_ms - DAY;
        return if last <= from_ms { date(from_ms) } else { format!("{} – {}", date(from_ms), date(last)) };
    }
    let same_day = (from_ms / DAY).floor() == (to_ms / DAY).floor();
    let end = if same_day { clock(to_ms, step) } else { moment(to_ms, step) };
    format!("{} {} – {end}", date(from_ms), clock(from_ms, step))
}

/// `17 Apr – 2 May 2025`: the days that a span touches.
pub fn span_of_days(from_ms: f64, to_ms: f64) -> String {
    let (first, last) = (from_ms, (to_ms - 1.0).max(from_ms));
    let year = |ms: f64| civil((ms / DAY).floor() as i64).0;
    if (first / DAY).floor() == (last / DAY).floor() {
        date(first)
    } else if year(first) == year(last) {
        format!("{} – {}", day(first), date(last))
    } else {
        format!("{} – {}", date(first), date(last))
    }
}

/// The coarsest of day, minute, second and millisecond that writes both ends exactly.
fn exactness(from_ms: f64, to_ms: f64) -> f64 {
    let fits = |step: &f64| from_ms.rem_euclid(*step) == 0.0 && to_ms.rem_euclid(*step) == 0.0;
    [DAY, MINUTE, SECOND].into_iter().find(fits).unwrap_or(1.0)
}

/// Year, month 1..=12 and day 1..=31 of a day counted from 1970-01-01.
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}

/// Days from 1970-01-01 to the given day: the reverse of [`civil`].
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (i64::from(month) + 9) % 12;
    let of_year = (153 * shifted_month + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2025-04-17T00:00:00Z.
    const APRIL_17: f64 = 1_744_848_000_000.0;

    fn plain(text: &str) -> String {
        text.replace(NBSP, " ")
    }

    fn labels(from_ms: f64, to_ms: f64, count: usize) -> Vec<String> {
        time(from_ms, to_ms, count).iter().map(|tick| plain(&tick.label)).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        assert_eq!(linear(0.0, 10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(linear(0.0, 312.0, 4), [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(linear(-3.0, 3.0, 3), [-2.0, 0.0, 2.0]);
        assert_eq!(linear(5.0, 5.0, 3), [5.0]);
        assert_eq!(whole(0.0, 2.0, 5), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn value_axes_end_on_a_tick() {
        assert_eq!(ceiling(312.0, 4), 400.0);
        assert_eq!(ceiling(400.0, 4), 400.0);
        assert_eq!(ceiling(0.0, 4), 1.0);
        assert_eq!(ceiling(f64::NAN, 4), 1.0);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        assert_eq!(logarithmic(1.0, 1_000.0, 5), [1.0, 10.0, 100.0, 1_000.0]);
        assert_eq!(logarithmic(1.0, 100.0, 8), [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]);
        assert_eq!(logarithmic(1.0, 1e8, 4), [1.0, 1e2, 1e4, 1e6, 1e8]);
    }

    #[test]
    fn time_ticks_show_the_day_where_it_changes() {
        let found = labels(APRIL_17 + 12.0 * HOUR, APRIL_17 + 36.0 * HOUR, 5);
        assert_eq!(found, ["12:00", "18:00", "18 Apr", "06:00", "12:00"]);
        assert_eq!(labels(APRIL_17 + HOUR, APRIL_17 + HOUR + 10.0 * MINUTE, 3), ["01:00", "01:05", "01:10"]);
        assert_eq!(labels(APRIL_17, APRIL_17 + 4.0 * DAY, 4), ["17 Apr", "18 Apr", "19 Apr", "20 Apr", "21 Apr"]);
        assert_eq!(labels(APRIL_17, APRIL_17 + 300.0 * DAY, 4), ["Jul 2025", "Oct 2025", "2026"]);
        assert_eq!(labels(APRIL_17, APRIL_17, 4).len(), 1);
    }

    #[test]
    fn steps_are_taken_together_to_plain_lengths() {
        assert_eq!(step_factor(HOUR, 1), 1);
        assert_eq!(step_factor(HOUR, 5), 6);
        assert_eq!(step_factor(4.0 * HOUR, 5), 6);
        assert_eq!(step_factor(7.0, 3), 3);
    }

    #[test]
    fn days_and_dates_are_each_others_reverse() {
        for day in (-800_000..800_000).step_by(37) {
            let (year, month, of_month) = civil(day);
            assert_eq!(days(year, month, of_month), day);
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0.0), "0");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(12_345.0), "12,345");
        assert_eq!(grouped(1_234_567.5), "1,234,567.5");
        assert_eq!(grouped(0.05), "0.05");
        assert_eq!(grouped(-1_200.0), "−1,200");
        assert_eq!(grouped(1.999), "2");
        assert_eq!(grouped(f64::NAN), "–");
    }

    #[test]
    fn short_numbers_have_three_digits() {
        let check = |value: f64, expected: &str| assert_eq!(plain(&short(value)), expected);
        check(0.0, "0");
        check(5_000.0, "5 k");
        check(12_345.0, "12.3 k");
        check(999_600.0, "1 M");
        check(0.25, "0.25");
    }

    #[test]
    fn bytes_durations_and_shares_have_units() {
        assert_eq!(plain(&bytes(0.0)), "0 B");
        assert_eq!(plain(&bytes(1_234_567.0)), "1.23 MB");
        assert_eq!(plain(&duration(0.5)), "500 µs");
        assert_eq!(plain(&duration(1_500.0)), "1.5 s");
        assert_eq!(plain(&duration(90_000.0)), "1.5 min");
        assert_eq!(each(DAY), "day");
        assert_eq!(plain(&each(5.0 * MINUTE)), "5 min");
        assert_eq!(plain(&share(0.41)), "41 %");
        assert_eq!(plain(&share(0.0004)), "< 0.1 %");
        assert_eq!(plain(&share(0.055)), "5.5 %");
        assert_eq!(plain(&share(0.9953)), "99.5 %");
        assert_eq!(plain(&share(0.9999)), "> 99.9 %");
        assert_eq!(plain(&share(1.0)), "100 %");
    }

    #[test]
    fn spans_name_what_differs() {
        let at = APRIL_17 + 10.0 * HOUR;
        assert_eq!(plain(&span(at, at + 5.0 * MINUTE)), "17 Apr 2025 10:00 – 10:05");
        assert_eq!(plain(&span(at, at + DAY)), "17 Apr 2025 10:00 – 18 Apr 2025 10:00");
        assert_eq!(plain(&span(APRIL_17, APRIL_17 + DAY)), "17 Apr 2025");
        assert_eq!(plain(&span(APRIL_17, APRIL_17 + 2.0 * DAY)), "17 Apr 2025 – 18 Apr 2025");
        assert_eq!(plain(&span(at, at + 250.0)), "17 Apr 2025 10:00:00.000 – 10:00:00.250");
        assert_eq!(plain(&span_of_days(at, at + 15.0 * DAY)), "17 Apr – 2 May 2025");
        assert_eq!(plain(&span_of_days(APRIL_17, APRIL_17 + DAY)), "17 Apr 2025");
    }
}
