//! Certificates that nobody vouches for or that have run out, and versions of TLS that are given up.

use crate::rules::catalog::check;
use crate::rules::columns::Column;
use crate::rules::plan::{Condition, Plan, matching_named};
use crate::schema::{Field, FieldName};
use crate::table::Selection;

/// What Zeek found of a certificate.
const STATUS: &str = "zeek.ssl.validation_status";
/// When a certificate runs out, and what tells it from others.
const NOT_AFTER: &str = "zeek.x509.certificate.not_valid_after";
const SERIAL: &str = "zeek.x509.certificate.serial";
const SUBJECT: &str = "zeek.x509.certificate.subject";
/// Versions given up (RFC 7568, RFC 8996), in lower case without anything but letters and digits.
const OLD: [&str; 9] = ["sslv2", "sslv3", "ssl2", "ssl3", "tlsv1", "tlsv10", "tlsv11", "tls10", "tls11"];

/// The checks of this file, ready for a store.
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
