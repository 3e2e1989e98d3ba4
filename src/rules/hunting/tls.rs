//! Certificates that nobody vouches for or that have run out, versions of TLS that are given up, and programs that are seen
//! once among many: by the fingerprint of their hello (JA3). User agents are no such thing: in most logs thousands of them
//! come once.

use crate::rules::catalog::check;
use crate::rules::columns::Column;
use crate::rules::plan::{Condition, Plan, matching_named};
use crate::schema::{Field, FieldName};
use crate::table::Selection;

use super::network::clause;
use super::subject::{Codes, Name, Subject, Subjects};
use super::{Gathering, Rows, Text, Verdict};

/// What Zeek found of a certificate.
const STATUS: &str = "zeek.ssl.validation_status";
/// When a certificate runs out, and what tells it from others.
const NOT_AFTER: &str = "zeek.x509.certificate.not_valid_after";
const SERIAL: &str = "zeek.x509.certificate.serial";
const SUBJECT: &str = "zeek.x509.certificate.subject";
/// Versions given up (RFC 7568, RFC 8996), in lower case without anything but letters and digits.
const OLD: [&str; 9] = ["sslv2", "sslv3", "ssl2", "ssl3", "tlsv1", "tlsv10", "tlsv11", "tls10", "tls11"];

/// Connections below which one of a kind is nothing.
const MANY: u64 = 1000;
/// Fingerprints seen once beyond which once is usual.
const FEW: usize = 5;

/// The checks of this file that are decided row by row, ready for a store.
pub(super) fn plans(selection: Selection<'_>) -> Vec<Plan> {
    [self_signed(selection), expired(selection), run_out(selection), old(selection)].into_iter().flatten().collect()
}

fn status(selection: Selection<'_>, id: &str, words: &[&str]) -> Option<Plan> {
    let name = FieldName::new(STATUS);
    let hits = matching_named(selection, &name, |text| words.iter().any(|word| text.contains(word)));
    let column = Column::Text(name);
    Some(Plan::new(check(id)?, Condition::text(column.clone(), hits), vec![column]))
}

fn self_signed(selection: Selection<'_>) -> Option<Plan> {
    // In the words of OpenSSL, before and from version 3.
    status(selection, "tls.self_signed", &["self signed", "self-signed"])
}

fn expired(selection: Selection<'_>) -> Option<Plan> {
    status(selection, "tls.expired", &["expired"])
}

/// The same where the log has certificates and not what became of them.
fn run_out(selection: Selection<'_>) -> Option<Plan> {
    let (now, until) = (FieldName::from(Field::Timestamp), FieldName::new(NOT_AFTER));
    let has_any = selection.store.shards.iter().any(|shard| shard.table.column(&until).is_some());
    let condition = if has_any { Condition::Numbers(now, until, |now, until| now > until) } else { Condition::Never };
    let text = |name| Column::Text(FieldName::new(name));
    Some(Plan { pair: Some((text(SERIAL), text(SUBJECT))), ..Plan::new(check("tls.expired")?, condition, Vec::new()) })
}

fn old(selection: Selection<'_>) -> Option<Plan> {
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let name = FieldName::from(Field::TlsVersion);
    let hits = matching_named(selection, &name, |text| OLD.contains(&plain(text).as_str()));
    let column = Column::Text(name);
    Some(Plan::new(check("tls.old_version")?, Condition::text(column.clone(), hits), vec![column]))
}

/// Counts a row.
pub(super) fn count(rows: &Rows<'_>, row: usize, gathering: &mut Gathering<'_>) {
    let client = rows.code(Text::Client, row);
    if client == 0 {
        return;
    }
    let names = gathering.names;
    let codes = Codes { source: 0, object: u64::from(client), number: 0, dataset: 0 };
    let Some(subject) = gathering.kinds.clients.subject(codes, |codes| names.of_client(codes)) else { return };
    subject.rows += 1;
    subject.tally.add(rows.shard, row, rows.time(row));
}

/// Fingerprints that came once, where hardly any does.
pub(super) fn rare(subjects: &Subjects) -> Vec<Verdict> {
    let total: u64 = subjects.0.values().map(|subject| subject.rows).sum();
    let once: Vec<(&Name, &Subject)> = subjects.0.iter().filter(|(_, subject)| subject.rows == 1).collect();
    if total < MANY || once.len() > FEW {
        return Vec::new();
    }
    let verdict = |(name, subject): (&Name, &Subject)| Verdict {
        id: "tls.rare_client",
        weight: 1.0,
        sentence: format!("{} came once in {total} connections.", name.object.1),
        tally: subject.tally.clone(),
        entities: vec![name.object.clone()],
        clause: format!("({})", clause(&name.object)),
        ..Verdict::default()
    };
    once.into_iter().map(verdict).collect()
}
