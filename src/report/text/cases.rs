//! A case in words: who did what, a story of a few sentences made from its numbers.

use crate::report::types::{Answered, Case, CaseStage, Stage, Success};

use super::words::{capital, count, counted, length, list, size, span, value};

/// Checks that a story names.
const NAMED: usize = 3;
/// Bytes from which a story tells how much was transferred.
const MUCH: u64 = 1_000_000;

/// Gives a case its title and its story.
pub fn tell(case: &mut Case) {
    case.title = title(case);
    case.story = story(case);
}

/// `192.0.2.7 tried to break in`, `23 addresses looked for weak spots`.
fn title(case: &Case) -> String {
    let did = match (furthest(case), case.success) {
        (_, Success::Likely) if has(case, Stage::Exfiltration) => "broke in and sent data out, by the look of it",
        (Stage::Impact, _) => "sent more than a server should bear",
        (Stage::Exfiltration, _) => "sent much data out",
        (Stage::CommandAndControl, _) => "may be taking orders from outside",
        (_, Success::Likely) => "probably got in",
        (Stage::Access, _) => "may have got in",
        (Stage::Exploitation, Success::Possible) => "tried to break in; some attempts were answered",
        (Stage::Exploitation, Success::None) => "tried to break in",
        (Stage::Probing, Success::Possible) => "looked for weak spots; some were answered",
        (Stage::Probing, Success::None) => "looked for weak spots",
        (Stage::Reconnaissance, _) => "looked around",
    };
    let who = capital(&who(case));
    match case.checks.first() {
        Some(check) if case.checks.len() == 1 => format!("{who} {did}: {}", lower(&check.title)),
        _ => format!("{who} {did}"),
    }
}

/// Where damage or orders from outside are seen, they are the story; else the furthest on the way in.
fn furthest(case: &Case) -> Stage {
    case.stages.last().map_or(Stage::Reconnaissance, |stage| stage.stage)
}

fn has(case: &Case, stage: Stage) -> bool {
    case.stages.iter().any(|known| known.stage == stage)
}

/// `192.0.2.7`, `23 addresses`.
pub fn who(case: &Case) -> String {
    match (case.n_sources, case.sources.first()) {
        (0 | 1, Some(source)) => value(&source.value),
        (many, _) => counted(many, "address", "addresses"),
    }
}

/// A title of a check within a sentence; names and abbreviations keep their capitals.
fn lower(title: &str) -> String {
    let word = title.split(' ').next().unwrap_or_default();
    if word.chars().skip(1).any(char::is_uppercase) {
        return title.to_owned();
    }
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn story(case: &Case) -> String {
    let mut sentences = vec![beginning(case)];
    sentences.extend(path(case));
    sentences.extend(answers(case));
    sentences.push(outcome(case));
    sentences.join(" ")
}

/// `From … to … (29 minutes), 192.0.2.7 left 364 hits of 8 checks: sql injection was tried (68), … and 5 others.`
fn beginning(case: &Case) -> String {
    let when = match (&case.first, &case.last) {
        (Some(first), Some(last)) => format!("{}{}", span(first, last), dwell(case)),
        _ => "at times that the log does not say".to_owned(),
    };
    let mut named: Vec<String> = case
        .checks
        .iter()
        .take(NAMED)
        .map(|check| format!("{} ({})", lower(&check.title), count(check.hits)))
        .collect();
    let others = case.checks.len().saturating_sub(named.len()) as u64;
    if others > 0 {
        named.push(counted(others, "other check", "other checks"));
    }
    let hits = counted(case.hits, "hit", "hits");
    let who = who(case);
    let most = match (case.n_sources, case.sources.first()) {
        (2.., Some(source)) if source.count * 2 > case.hits => {
            format!(", above all {} ({}),", value(&source.value), counted(source.count, "hit", "hits"))
        }
        _ => String::new(),
    };
    capital(&format!("{when}, {who}{most} left {hits}: {}.", list(&named)))
}

/// ` (29 minutes)`, rounded to what is worth saying.
fn dwell(case: &Case) -> String {
    let Some(seconds) = case.dwell_seconds.filter(|seconds| *seconds >= 60) else { return String::new() };
    let unit = [86_400, 3600, 60].into_iter().find(|unit| seconds >= 2 * unit).unwrap_or(60);
    format!(" ({})", length((seconds + unit / 2) / unit * unit))
}

/// `It went from probing (3 hits) to exploitation (251 hits).`
fn path(case: &Case) -> Option<String> {
    let stage = |stage: &CaseStage| format!("{} ({})", stage.stage.as_str(), counted(stage.hits, "hit", "hits"));
    match case.stages.as_slice() {
        [] => None,
        [one] => Some(format!("All of it is {}{}.", one.stage.as_str(), tactics(case))),
        [first, middle @ .., last] => {
            let over: Vec<String> = middle.iter().map(stage).collect();
            let over = if over.is_empty() { String::new() } else { format!(" over {}", list(&over)) };
            Some(format!("It goes from {}{over} to {}{}.", stage(first), stage(last), tactics(case)))
        }
    }
}

/// `, in ATT&CK's words Initial access (T1190)`.
fn tactics(case: &Case) -> String {
    let techniques: Vec<String> =
        case.stages.iter().rev().flat_map(|stage| &stage.techniques).take(3).cloned().collect();
    if techniques.is_empty() { String::new() } else { format!(" (ATT&CK {})", techniques.join(", ")) }
}

/// `Of 250 hits with an answer, 20 got success (2xx), 30 a redirect (3xx) and 200 a refusal (4xx).`
fn answers(case: &Case) -> Option<String> {
    let all = answered(case);
    let known = all.rows() - all.unknown;
    if known == 0 {
        return None;
    }
    let kinds = [
        (all.success, "success (2xx)"),
        (all.redirect, "a redirect (3xx)"),
        (all.client_error, "a refusal (4xx)"),
        (all.server_error, "a failure of the server (5xx)"),
    ];
    let mut said: Vec<String> =
        kinds.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(*n))).collect();
    if let Some(first) = said.first_mut() {
        *first = first.replacen(' ', " got ", 1);
    }
    let bytes = case.bytes.filter(|bytes| *bytes >= MUCH);
    let bytes = bytes.map_or_else(String::new, |bytes| format!("; {} were transferred", size(bytes)));
    Some(format!("Of {} with an answer, {}{bytes}.", counted(known, "hit", "hits"), list(&said)))
}

fn answered(case: &Case) -> Answered {
    let mut all = Answered::default();
    case.stages.iter().for_each(|stage| all.add(&stage.answered));
    all
}

fn outcome(case: &Case) -> String {
    let why = case.success_reasons.join(" ");
    match case.success {
        Success::Likely => format!("It probably succeeded. {why}"),
        Success::Possible => format!("It may have succeeded. {why}"),
        Success::None if has(case, Stage::Exploitation) && answered(case).success > 0 => {
            "The answers with success are as large as those that ordinary requests got, so nothing points to success."
                .to_owned()
        }
        Success::None => "Nothing in the log points to success.".to_owned(),
    }
}

/// What to do about a case.
pub fn next_step(case: &Case) -> String {
    let text = match (case.success, furthest(case)) {
        (Success::Likely, _) => {
            "Take it for real: find out what was reached and changed, save the logs, change what may be known now \
             (passwords, keys), and block the addresses."
        }
        (Success::Possible, _) => {
            "Ask for the same things yourself and see whether the answers give away or run anything; look at what else \
             these addresses did."
        }
        (Success::None, Stage::CommandAndControl | Stage::Exfiltration) => {
            "Find the program behind the connections on that machine, and who owns the other side."
        }
        (Success::None, Stage::Impact) => "See how the server bore it, and limit how much one address may ask for.",
        (Success::None, Stage::Access) => "Find out whether the account's owner did this.",
        (Success::None, Stage::Exploitation) => {
            "Make sure that what was attacked is up to date; block the addresses if they go on."
        }
        (Success::None, _) => "Nothing needs to be done at once; this is what every machine on the Internet sees.",
    };
    text.to_owned()
}
