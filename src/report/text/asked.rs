//! Who asked, for what, and what went wrong.

use crate::report::types::{LookupResult, Report, TopValues, ValueCount};

use super::words::{count, counted, part, rows, value};

pub fn who_asked(report: &Report) -> Vec<String> {
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
        let base = part(most.requests, sources.rows.max(most.requests), "rows");
        sentences.push(format!("The one that asked most is {}: {base}.", value(&most.address)));
    }
    sentences.extend(crawlers(report));
    sentences.push(countries(report));
    sentences
}

fn crawlers(report: &Report) -> Option<String> {
    let crawlers = &report.visitors.crawlers;
    let most = crawlers.values.first().filter(|_| crawlers.rows > 0)?;
    let name = value(most.value.as_deref().unwrap_or("one without a name"));
    let made = part(crawlers.rows, report.rows.filtered, "rows");
    Some(match crawlers.distinct {
        1 => format!("A program that says that it is a robot (crawler), {name}, made {made}."),
        _ => {
            let often = count(most.count);
            format!(
                "Programs that say that they are robots (crawlers) made {made}; the most frequent is {name} ({often})."
            )
        }
    })
}

fn countries(report: &Report) -> String {
    let countries = &report.network.countries;
    let Some(top) = countries.values.first() else {
        return "The log does not name countries, and nothing is looked up elsewhere.".to_owned();
    };
    let country = value(top.value.as_deref().unwrap_or("none"));
    match countries.distinct {
        1 => format!("By the log's own word all are in one country, {country}."),
        many => format!(
            "By the log's own word they are in {} countries, most often {country} ({}).",
            count(many),
            part(top.count, countries.rows, "rows")
        ),
    }
}

pub fn asked_for(report: &Report) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(leader(&report.traffic.domains, "host", "hosts"));
    sentences.extend(leader(&report.traffic.paths, "page or file (path)", "different pages and files (paths)"));
    sentences.push(ports(report));
    sentences.extend(visits(report));
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

/// Which of the domains looked for were visited.
fn visits(report: &Report) -> Vec<String> {
    const HOSTS: [&str; 4] = ["url.domain", "destination.domain", "tls.server_name", "dns.question.name"];
    let named = |found: bool| {
        let of = report.lookups.iter().filter(move |lookup| lookup.visited == found);
        of.map(|lookup| value(&lookup.name)).collect::<Vec<_>>()
    };
    let absent = named(false);
    if !report.quality.columns.iter().any(|column| HOSTS.contains(&column.field.as_str())) {
        let names = either(&absent);
        return if absent.is_empty() {
            Vec::new()
        } else {
            vec![format!("The log does not name hosts, so it cannot show visits to {names}.")]
        };
    }
    let mut sentences: Vec<String> = report.lookups.iter().filter(|lookup| lookup.visited).map(visit).collect();
    if !absent.is_empty() {
        sentences.push(format!("There is no visit to {}.", either(&absent)));
    }
    sentences
}

/// `There are visits to google.com: 801 rows, in 2 of 2 folders.`
fn visit(lookup: &LookupResult) -> String {
    let with = lookup.folders.iter().filter(|folder| folder.count > 0).count();
    let folders = match lookup.folders.len() {
        0 | 1 => String::new(),
        all => format!(", in {with} of {all} folders"),
    };
    format!("There are visits to {}: {}{folders}.", value(&lookup.name), rows(lookup.count))
}

/// `a`, `a or b`, `a, b or c`.
fn either(items: &[String]) -> String {
    match items {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => items.concat(),
    }
}

fn leader(top: &TopValues, one: &str, many: &str) -> Option<String> {
    let first = top.values.first()?;
    let name = value(first.value.as_deref()?);
    Some(match top.distinct {
        1 => format!("Only one {one} was asked for, {name}."),
        distinct => {
            let base = part(first.count, top.rows, "rows");
            format!("{} {many} were asked for, most often {name} ({base}).", count(distinct))
        }
    })
}

fn ports(report: &Report) -> String {
    let ports = &report.network.ports;
    if ports.is_empty() {
        return "The log does not name ports.".to_owned();
    }
    let all: u64 = ports.iter().map(|port| port.count).sum();
    // Port 0 stands where a protocol has none.
    let odd: Vec<_> = ports.iter().filter(|port| !port.standard && port.port > 0).collect();
    let Some(first) = odd.first() else {
        return match ports.as_slice() {
            [only] => format!(
                "All of it went to one port, {}, which is a usual one{}.",
                only.port,
                meaning(only.meaning.as_deref())
            ),
            _ => format!("All of it went to usual ports ({} of them); there is no activity on others.", ports.len()),
        };
    };
    let rows_odd = odd.iter().map(|port| port.count).sum();
    let base = part(rows_odd, all, "rows");
    let most = format!("{}{}", first.port, meaning(first.meaning.as_deref()));
    match odd.len() {
        1 => format!("One port is not a registered one, {most} ({base})."),
        some => format!("{some} ports are not registered ones ({base}), most often {most}."),
    }
}

fn meaning(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).map_or_else(String::new, |text| format!(": {}", value(text)))
}

pub fn errors(report: &Report) -> Vec<String> {
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
    let failed = |status: &&ValueCount| code(status).is_some_and(|code| code >= 400);
    if let Some(most) = traffic.statuses.values.iter().find(failed) {
        let name = code(most).and_then(status_words).map_or_else(String::new, |words| format!(", {words}"));
        sentences.push(format!(
            "Most often the answer was {}{name}: {}.",
            value(most.value.as_deref().unwrap_or_default()),
            counted(most.count, "time", "times")
        ));
    }
    let of_server = |status: &&ValueCount| code(status).is_some_and(|code| code >= 500);
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

fn code(status: &ValueCount) -> Option<u16> {
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
