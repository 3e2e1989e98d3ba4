//! The report in words, for someone who is not technical: what stands out, made from the figures of the report.
//!
//! Every sentence is a template filled with figures; nothing is guessed and nothing depends on the machine. Plain words
//! come first and the technical term after, each share has its base, each time its zone. Values of the log are cut and
//! cleaned, because whoever is logged chooses them. Draws nothing: views and exports show paragraphs as they like.

mod threat;
mod words;

use super::types::{ColumnQuality, Finding, Paragraph, Report, Severity};
use threat::{constant_of, from_whom};
use words::{capital, count, counted, list, part, rows, share, size, small, span, time, times, value};

pub use threat::threat;

/// Percent of the rows from which one value stands out.
const STANDS_OUT: u64 = 20;
/// Times the average from which a span of time stands out.
const PEAK: u64 = 4;
/// Findings that are said to be looked at first.
const FIRST: usize = 3;

/// What the report says, in four to nine short paragraphs.
///
/// **Order**: what this is, what stands out, who asked, for what, errors, what is suspicious, where to look first, models,
/// what was not read. A paragraph that has nothing to say is left out.
pub fn paragraphs(report: &Report) -> Vec<Paragraph> {
    let read = ("What we could not read", not_read(report));
    let about = ("What this is", what_this_is(report));
    let all = if report.rows.filtered == 0 {
        vec![about, read]
    } else {
        vec![
            about,
            ("What stands out", stands_out(report)),
            ("Who asked", who_asked(report)),
            ("What was asked for", asked_for(report)),
            ("Errors", errors(report)),
            ("Suspicious", suspicious(report)),
            ("Where to look first", look_first(report)),
            ("Models", models(report)),
            read,
        ]
    };
    let paragraph = |(heading, sentences): (&str, Vec<String>)| {
        (!sentences.is_empty()).then(|| Paragraph { heading: heading.to_owned(), body: sentences.join(" ") })
    };
    all.into_iter().filter_map(paragraph).collect()
}

fn what_this_is(report: &Report) -> Vec<String> {
    let files = counted(report.inputs.len() as u64, "file", "files");
    let mut folders: Vec<&str> = report.inputs.iter().map(|input| input.folder.as_str()).collect();
    folders.sort_unstable();
    folders.dedup();
    let folders = match folders.len() {
        0 | 1 => String::new(),
        many => format!(" in {}", counted(many as u64, "folder", "folders")),
    };
    let format = formats(report).map_or_else(String::new, |formats| format!(", read as {formats}"));
    let when = match (&report.traffic.first, &report.traffic.last) {
        (Some(first), Some(last)) => format!(", {}", span(first, last)),
        _ if report.rows.filtered > 0 => ", without times".to_owned(),
        _ => String::new(),
    };
    let mut sentences = vec![format!("{files}{folders}{format}: {}{when}.", rows(report.rows.filtered))];
    let filter = report.settings.filter.trim();
    if !filter.is_empty() {
        let base = part(report.rows.filtered, report.rows.total, "rows");
        sentences.push(format!("A filter is on, {}: {base}. Everything here is about these rows.", value(filter)));
    }
    sentences.extend(zones(report));
    let twice = report.quality.duplicate_rows;
    if twice > 0 {
        let base = part(twice, report.quality.rows, "rows");
        sentences.push(format!("Some rows repeat another in every field ({base}); they are kept and counted."));
    }
    sentences
}

fn formats(report: &Report) -> Option<String> {
    let mut formats: Vec<&str> = report.inputs.iter().filter_map(|input| input.format.as_deref()).collect();
    formats.sort_unstable();
    formats.dedup();
    let shown: Vec<String> = formats.iter().take(3).map(|name| value(name)).collect();
    match formats.len().saturating_sub(shown.len()) {
        0 if shown.is_empty() => None,
        0 => Some(list(&shown)),
        others => Some(format!("{} and {}", shown.join(", "), counted(others as u64, "other format", "other formats"))),
    }
}

fn zones(report: &Report) -> Option<String> {
    let is_utc = |zone: &str| matches!(zone, "Z" | "z" | "UTC" | "GMT" | "+0000" | "+00:00" | "-0000" | "+00");
    let mut zones: Vec<String> =
        report.inputs.iter().flat_map(|input| &input.timezones).map(|zone| value(zone)).collect();
    zones.sort();
    zones.dedup();
    match zones.as_slice() {
        [] => None,
        [one] if is_utc(one) => None,
        [one] => Some(format!("The log writes its times with the offset {one}; here they are in UTC.")),
        [_, ..] => {
            let number = count(zones.len() as u64);
            Some(format!("The log writes its times with {number} different offsets from UTC; here they are in UTC."))
        }
    }
}

fn stands_out(report: &Report) -> Vec<String> {
    let mut sentences: Vec<String> =
        [one_rule(report), directions(report), one_source(report), one_target(report), peak(report), durations(report)]
            .into_iter()
            .flatten()
            .collect();
    sentences.extend(constants(report));
    if sentences.is_empty() {
        sentences.push("No single address, target or hour stands out.".to_owned());
    }
    sentences
}

fn one_rule(report: &Report) -> Option<String> {
    let rule = value(constant_of(report, "rule.name")?);
    Some(format!(
        "All {} carry the same verdict of another tool, \"{rule}\". So the log holds flagged traffic only and cannot show what \
         normal traffic looks like (there is one class).",
        rows(report.quality.rows)
    ))
}

fn directions(report: &Report) -> Option<String> {
    let (received, answered) = (report.traffic.bytes_in?, report.traffic.bytes_out?);
    if received <= answered {
        return None;
    }
    let ratio = match answered {
        0 => String::new(),
        some => format!(", {} to 1", times(received, some)),
    };
    Some(format!(
        "More came in than went out: {} against {}{ratio}. Bytes in are what the server received: uploads, not downloads.",
        size(received),
        size(answered)
    ))
}

fn one_source(report: &Report) -> Option<String> {
    let sources = &report.network.sources;
    let top = sources.values.first()?;
    let address = value(top.value.as_deref()?);
    if sources.distinct == 1 {
        return Some(format!("All {} come from one address, {address}.", rows(sources.rows)));
    }
    (top.count * 100 >= sources.rows * STANDS_OUT)
        .then(|| format!("One address, {address}, made {}.", part(top.count, sources.rows, "requests")))
}

fn one_target(report: &Report) -> Option<String> {
    let targets = &report.network.destinations;
    let target = value(targets.values.first()?.value.as_deref()?);
    let port = report.network.ports.first().filter(|_| report.network.ports.len() == 1);
    let port = port.map_or_else(String::new, |port| match &port.meaning {
        Some(meaning) => format!(", port {}: {}", port.port, value(meaning)),
        None => format!(", port {}", port.port),
    });
    (targets.distinct == 1 && targets.rows > 1)
        .then(|| format!("All {} go to one target, {target}{port}.", rows(targets.rows)))
}

/// The span of time with the most rows, where it is far above the average.
fn peak(report: &Report) -> Option<String> {
    let timeline = &report.traffic.timeline;
    let steps = timeline.series.iter().map(|series| series.values.len()).max().filter(|steps| *steps > 4)?;
    let totals: Vec<u64> =
        (0..steps).map(|step| timeline.series.iter().filter_map(|series| series.values.get(step)).sum()).collect();
    let most = totals.iter().copied().max()?;
    let at = totals.iter().position(|total| *total == most)?;
    let all: u64 = totals.iter().sum();
    // At least 20 rows: a few rows more are no peak.
    if most < 20 || most * steps as u64 <= all * PEAK {
        return None;
    }
    let seconds = at as i64 * i64::try_from(timeline.step_seconds).ok()?;
    let start = crate::units::Micros(micros(timeline.start.as_deref()?)? + seconds * 1_000_000).to_rfc3339();
    Some(format!(
        "Most happened in the {} from {}: {}, {} times the average.",
        words::length(timeline.step_seconds),
        time(&start),
        rows(most),
        times(most * steps as u64, all)
    ))
}

/// Microseconds of a time as reports have it: RFC 3339 in UTC.
fn micros(rfc3339: &str) -> Option<i64> {
    let (date, clock) = rfc3339.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.rsplitn(3, '-').map(str::parse::<i64>);
    let (day, month, year) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
    let second = parts.next()?.split('.').next()?.parse::<i64>().ok()?;
    let days = crate::units::days_from_civil(year, month, day);
    Some((days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000)
}

fn durations(report: &Report) -> Option<String> {
    let nanoseconds: f64 = constant_of(report, "event.duration")?.parse().ok()?;
    let seconds = nanoseconds / 1e9;
    Some(format!("Every row lasts exactly {seconds} s: that is the exporter's window, not behaviour."))
}

/// Columns that have one value, and that nothing above speaks of.
fn constants(report: &Report) -> Option<String> {
    const SPOKEN_OF: [&str; 9] = [
        "rule.name",
        "event.duration",
        "destination.ip",
        "destination.port",
        "source.ip",
        "source.domain",
        "event.dataset",
        "log.file.path",
        "file.directory",
    ];
    if report.quality.rows < 2 {
        return None;
    }
    let speaks = |column: &&ColumnQuality| {
        constant_of(report, &column.field).is_some()
            && !SPOKEN_OF.contains(&column.field.as_str())
            && column.kind != "time"
    };
    let columns: Vec<&ColumnQuality> = report.quality.columns.iter().filter(speaks).collect();
    let name = |column: &&ColumnQuality| {
        format!("{} ({})", value(&column.field), value(column.constant.as_deref().unwrap_or_default()))
    };
    let mut named: Vec<String> = columns.iter().take(4).map(name).collect();
    let others = columns.len().saturating_sub(named.len());
    if others > 0 {
        named.push(counted(others as u64, "other column", "other columns"));
    }
    match columns.len() {
        0 => None,
        1 => Some(format!("One value stands in every row of {}: the column cannot tell rows apart.", list(&named))),
        _ => Some(format!(
            "One value each stands in every row of {}: these columns cannot tell rows apart.",
            list(&named)
        )),
    }
}

fn who_asked(report: &Report) -> Vec<String> {
    let visitors = &report.visitors;
    if visitors.distinct_addresses == 0 {
        return vec!["The log does not say who asked.".to_owned()];
    }
    let mut sentences = Vec::new();
    let who = counted(visitors.distinct_addresses, "address", "addresses");
    sentences.push(match visitors.sessions {
        0 => format!("{who} asked."),
        sessions => format!(
            "{who} asked, in {} (a session ends after 30 minutes without a request).",
            counted(sessions, "session", "sessions")
        ),
    });
    let sources = &report.network.sources;
    if let Some(most) = visitors.behaviour.first()
        && visitors.distinct_addresses > 1
    {
        let base = part(most.requests, sources.rows.max(most.requests), "requests");
        sentences.push(format!("Most came from {}: {base}.", value(&most.address)));
    }
    sentences.extend(crawlers(report));
    sentences.push(countries(report));
    sentences
}

fn crawlers(report: &Report) -> Option<String> {
    let crawlers = &report.visitors.crawlers;
    let most = crawlers.values.first().filter(|_| crawlers.rows > 0)?;
    let name = value(most.value.as_deref().unwrap_or("one without a name"));
    let made = part(crawlers.rows, report.rows.filtered, "requests");
    Some(match crawlers.distinct {
        1 => format!("A program that says that it is a crawler, {name}, made {made}."),
        _ => format!(
            "Programs that say that they are crawlers made {made}, most of them {name} ({}).",
            count(most.count)
        ),
    })
}

fn countries(report: &Report) -> String {
    let countries = &report.network.countries;
    let Some(top) = countries.values.first() else {
        return "The log does not name countries, and we look nothing up, so nothing is said about them.".to_owned();
    };
    let country = value(top.value.as_deref().unwrap_or("none"));
    match countries.distinct {
        1 => format!("By the log's own word all are in one country, {country}."),
        many => format!(
            "By the log's own word they are in {} countries, most in {country} ({}).",
            count(many),
            part(top.count, countries.rows, "rows")
        ),
    }
}

fn asked_for(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(leader(&report.traffic.domains, "host", "hosts"));
    sentences.extend(leader(&report.traffic.paths, "page or file (path)", "different pages and files (paths)"));
    sentences.extend(ports(report));
    for lookup in &report.lookups {
        let name = value(&lookup.name);
        let with = report.inputs.iter().map(|input| &input.folder).collect::<std::collections::BTreeSet<_>>().len();
        let folders = lookup.folders.iter().filter(|folder| folder.count > 0).count() as u64;
        sentences.push(match (lookup.count, with) {
            (0, _) => format!("{} was not visited.", capital(&name)),
            (rows_found, 0 | 1) => format!("{} was visited: {}.", capital(&name), rows(rows_found)),
            (rows_found, _) => {
                format!("{} was visited: {}, in {folders} of {with} folders.", capital(&name), rows(rows_found))
            }
        });
    }
    for prefix in report.user_agent_prefixes.iter().filter(|prefix| prefix.count > 0) {
        let hosts = match prefix.hosts.distinct {
            0 => String::new(),
            some => format!(", to {}", counted(some, "host", "hosts")),
        };
        let requests = counted(prefix.count, "request came", "requests came");
        sentences.push(format!("{requests} from programs whose name begins with {}{hosts}.", value(&prefix.prefix)));
    }
    sentences
}

fn leader(top: &super::types::TopValues, one: &str, many: &str) -> Option<String> {
    let first = top.values.first()?;
    let name = value(first.value.as_deref()?);
    Some(match top.distinct {
        1 => format!("Only one {one} was asked for, {name}."),
        distinct => {
            let base = part(first.count, top.rows, "requests");
            format!("{} {many} were asked for, most often {name} ({base}).", count(distinct))
        }
    })
}

fn ports(report: &Report) -> Option<String> {
    let ports = &report.network.ports;
    if ports.is_empty() {
        return Some("The log does not name ports.".to_owned());
    }
    let all: u64 = ports.iter().map(|port| port.count).sum();
    let odd: Vec<_> = ports.iter().filter(|port| !port.standard).collect();
    let Some(first) = odd.first() else {
        return Some(match ports.as_slice() {
            [only] => {
                format!("All requests went to port {}, a usual one{}.", only.port, meaning(only.meaning.as_deref()))
            }
            _ => format!(
                "All requests went to usual ports; there is no activity on others among the {} listed.",
                ports.len()
            ),
        });
    };
    let rows_odd = odd.iter().map(|port| port.count).sum();
    let base = part(rows_odd, all, "requests");
    Some(match odd.len() {
        1 => format!("One port is not a registered one: {}{} ({base}).", first.port, meaning(first.meaning.as_deref())),
        some => {
            let most = format!("{}{}", first.port, meaning(first.meaning.as_deref()));
            format!("{some} ports are not registered ones, most often {most} ({base} together).")
        }
    })
}

fn meaning(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).map_or_else(String::new, |text| format!(", {}", value(text)))
}

fn errors(report: &Report) -> Vec<String> {
    let traffic = &report.traffic;
    if traffic.answered == 0 {
        return vec!["The log has no answers with a status, so it does not say what went wrong.".to_owned()];
    }
    if traffic.errors == 0 {
        let answers = counted(traffic.answered, "answer", "answers");
        return vec![format!("None of the {answers} says that something went wrong (status 400 or above).")];
    }
    let base = part(traffic.errors, traffic.answered, "answers");
    let mut sentences = vec![format!("Something went wrong in {base} (status 400 or above).")];
    let failed = |status: &&super::types::ValueCount| code(status).is_some_and(|code| code >= 400);
    if let Some(most) = traffic.statuses.values.iter().find(failed) {
        let name = code(most).and_then(status_words).map_or_else(String::new, |words| format!(", {words}"));
        sentences.push(format!(
            "Most often the answer was {}{name}: {}.",
            value(most.value.as_deref().unwrap_or_default()),
            counted(most.count, "time", "times")
        ));
    }
    let of_server = |status: &&super::types::ValueCount| code(status).is_some_and(|code| code >= 500);
    let server: u64 = traffic.statuses.values.iter().filter(of_server).map(|status| status.count).sum();
    if server > 0 {
        sentences.push(format!("The server itself failed {} (5xx).", counted(server, "time", "times")));
    }
    // Of addresses with as many errors, the one with more requests comes first.
    let worst = report.visitors.behaviour.iter().rev().max_by_key(|one| one.errors);
    if let Some(worst) =
        worst.filter(|one| report.visitors.distinct_addresses > 1 && one.errors * 100 >= traffic.errors * 30)
    {
        let base = part(worst.errors, traffic.errors, "errors");
        sentences.push(format!("One address, {}, got {base}.", value(&worst.address)));
    }
    sentences
}

fn code(status: &super::types::ValueCount) -> Option<u16> {
    status.value.as_deref()?.parse().ok()
}

/// What a status means, in plain words.
fn status_words(code: u16) -> Option<&'static str> {
    Some(match code {
        400 => "not understood",
        401 => "login needed",
        403 => "not allowed",
        404 => "not found",
        405 => "not possible in this way",
        408 => "the client was too slow",
        410 => "gone for good",
        413 => "too large",
        429 => "too many requests",
        444 | 499 => "the connection was closed early",
        500 => "an error in the server's program",
        502 | 504 => "the server behind did not answer",
        503 => "the server was overloaded or closed",
        _ => return None,
    })
}

fn suspicious(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    let applied = report.rules.applied.len() as u64;
    if report.findings.is_empty() {
        sentences.push(match applied {
            0 => "No check could run on these rows.".to_owned(),
            1 => "The one check that could run found nothing.".to_owned(),
            _ => format!("None of the {} checks that could run found anything.", count(applied)),
        });
        sentences.push("That is no proof that nothing happened: checks look for what is known.".to_owned());
    } else {
        sentences.push(by_severity(report));
        sentences.extend(report.findings.iter().filter(|f| f.severity >= Severity::Medium).take(FIRST).map(said));
        let flagged = report.flagged_rows.medium;
        if flagged > 0 {
            let base = part(flagged, report.rows.filtered, "rows");
            sentences.push(format!("In findings of medium severity or above are {base}."));
        }
    }
    let lacking = report.rules.not_applicable.len() as u64;
    if lacking > 0 {
        let checks = counted(lacking, "check", "checks");
        sentences.push(format!("{checks} could not run, because the log lacks a field or a list is empty."));
    }
    sentences
}

/// `6 checks found something: 1 of high and 5 of low severity.`
fn by_severity(report: &Report) -> String {
    let levels: Vec<String> = Severity::WORST_FIRST
        .into_iter()
        .filter_map(|severity| {
            let number = report.findings.iter().filter(|finding| finding.severity == severity).count() as u64;
            (number > 0).then(|| format!("{} of {}", count(number), severity.as_str()))
        })
        .collect();
    let checks = counted(report.findings.len() as u64, "check", "checks");
    match report.findings.as_slice() {
        [only] => format!("1 check found something, of {} severity.", only.severity.as_str()),
        _ => format!("{checks} found something: {} severity.", list(&levels)),
    }
}

/// `A banned host was asked for: 12 rows, from 10.0.0.1, first on 1 May 2025, 10:00 UTC.`
fn said(finding: &Finding) -> String {
    let from = from_whom(finding).map_or_else(String::new, |from| format!(", {from}"));
    let first = finding.first.as_deref().map_or_else(String::new, |first| format!(", first on {}", time(first)));
    format!("{}: {}{from}{first}.", finding.title, rows(finding.count))
}

fn look_first(report: &Report) -> Vec<String> {
    let worth = || report.findings.iter().filter(|finding| finding.severity > Severity::Informational);
    let mut sentences = Vec::new();
    for (finding, start) in worth().zip(["First", "Then", "After that"]).take(FIRST) {
        let technique = match finding.attack.first() {
            Some(technique) => format!(" (ATT&CK {technique})"),
            None => String::new(),
        };
        sentences.push(format!("{start}, {}{technique}: {}", small(&finding.title), lower_step(&finding.next_step)));
    }
    let more = worth().count().saturating_sub(sentences.len()) as u64;
    if more > 0 {
        sentences.push(format!("{} more can wait.", counted(more, "finding", "findings")));
    }
    sentences
}

/// The steps go on after a colon.
fn lower_step(step: &str) -> String {
    small(step)
}

fn models(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(anomaly) = &report.models.anomaly {
        sentences.extend(unusual(report, anomaly));
    }
    for classifier in &report.models.classifiers {
        let label = value(&classifier.label);
        match &classifier.refused {
            Some(why) => sentences.push(format!("No model was trained to tell {label} apart: {}.", without_stop(why))),
            None => sentences.push(format!(
                "A model (random forest) learned {label} from {} and was tested on {}; its figures are {}.{}",
                rows(classifier.n_train),
                rows(classifier.n_test),
                verdict(classifier.trust.verdict),
                reason(&classifier.trust.reasons)
            )),
        }
    }
    sentences
}

fn unusual(report: &Report, anomaly: &super::types::Anomaly) -> Vec<String> {
    if let Some(why) = &anomaly.refused {
        return vec![format!("The search for unusual rows (isolation forest) did not run: {}.", without_stop(why))];
    }
    let chosen = report.settings.models.anomaly.contamination * 100.0;
    let marked = counted(anomaly.anomalies, "row is marked as the most unusual", "rows are marked as the most unusual");
    let mut sentences = vec![format!(
        "{marked} of {} (isolation forest). The share of {} % was chosen beforehand, so the number is no finding; the order is.",
        count(anomaly.scored),
        (chosen * 100.0).round() / 100.0
    )];
    let most = anomaly.entities.first().filter(|entity| entity.count > 1);
    if let Some(entity) = most {
        sentences.push(format!("{} of them are from {}.", count(entity.count), value(&entity.value)));
    }
    if !anomaly.trust.reasons.is_empty() {
        sentences.push(format!(
            "These figures are {}.{}",
            verdict(anomaly.trust.verdict),
            reason(&anomaly.trust.reasons)
        ));
    }
    sentences
}

fn verdict(verdict: super::types::Verdict) -> &'static str {
    match verdict {
        super::types::Verdict::Trust => "to be trusted",
        super::types::Verdict::Careful => "to be taken with care",
        super::types::Verdict::Meaningless => "meaningless",
    }
}

/// The first reason as a sentence that follows another.
fn reason(reasons: &[String]) -> String {
    reasons.first().map_or_else(String::new, |reason| format!(" {}.", capital(&without_stop(reason))))
}

fn without_stop(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}

fn not_read(report: &Report) -> Vec<String> {
    let sum = |of: fn(&super::types::Input) -> u64| report.inputs.iter().map(of).sum::<u64>();
    let (lines, rejected, skipped) = (sum(|i| i.lines), sum(|i| i.rejected), sum(|i| i.skipped));
    let mut sentences = Vec::new();
    let all = counted(lines, "line", "lines");
    if rejected == 0 {
        sentences.push(match lines {
            0 => "There was no line to read.".to_owned(),
            _ => format!("Every line was understood: {all}{}.", extra_lines(skipped)),
        });
    } else {
        let base = part(rejected, lines, "lines");
        sentences.push(format!("Not understood were {base}{}.", extra_lines(skipped)));
        let reasons = report.inputs.iter().flat_map(|input| &input.rejects);
        // Of reasons as frequent, the first in the order of the files.
        if let Some(most) = reasons.rev().max_by_key(|reject| reject.count) {
            sentences.push(format!(
                "The most frequent reason: {} ({}).",
                value(&most.reason),
                rows_as_lines(most.count)
            ));
        }
    }
    let unknown: Vec<String> =
        report.inputs.iter().filter(|input| input.format.is_none()).map(|input| value(&input.path)).collect();
    if let Some(first) = unknown.first() {
        sentences.push(match unknown.len() as u64 {
            1 => format!("The format of {first} is not known to us."),
            files => {
                format!("The format of {} is not known to us, {first} among them.", counted(files, "file", "files"))
            }
        });
    }
    let warnings: u64 = report.inputs.iter().map(|input| input.warnings.len() as u64).sum();
    if let Some(first) = report.inputs.iter().find_map(|input| Some((input, input.warnings.first()?))) {
        let others = if warnings > 1 { format!(" ({} more)", count(warnings - 1)) } else { String::new() };
        sentences.push(format!("While reading {}: {}{others}.", value(&first.0.path), without_stop(&value(first.1))));
    }
    sentences
}

fn rows_as_lines(lines: u64) -> String {
    counted(lines, "line", "lines")
}

fn extra_lines(skipped: u64) -> String {
    match skipped {
        0 => String::new(),
        1 => "; 1 line is a header, a comment or blank".to_owned(),
        some => format!("; {} lines are headers, comments or blank", count(some)),
    }
}

#[cfg(test)]
mod tests;
