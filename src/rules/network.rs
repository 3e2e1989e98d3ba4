//! Checks on hosts, ports and bytes that need no list: bare addresses as hosts, unusual ports, uploads.

use crate::enrich::{address, ports::port_of};
use crate::schema::Field;
use crate::table::{Dictionary, Selection};

use super::catalog::check;
use super::columns::{Column, HOST_FIELDS, Joined, host_name};
use super::plan::{Condition, Plan, matching};

/// Bytes from which a one-sided exchange is worth a note: below 1 MB, headers and small forms look alike.
const UPLOAD_BYTES: i64 = 1_000_000;

/// How many times more was sent than came back.
const UPLOAD_RATIO: i64 = 10;

/// Ports on which a protocol is usually spoken. Names as Zeek's services and as other logs write them, lower case.
/// HTTP's include the usual second ports, proxies and devices; DNS's the local kinds that Zeek counts as DNS.
const USUAL_PORTS: &[(&str, &[u16])] = &[
    (
        "http",
        &[
            80, 81, 443, 591, 631, 1900, 3000, 3128, 5000, 5357, 5985, 8000, 8008, 8080, 8081, 8088, 8443, 8888, 9000,
            9090,
        ],
    ),
    ("https", &[443, 4443, 8443, 9443]),
    (
        "ssl",
        &[
            261, 443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 3389, 4443, 5061, 5223, 5228, 5671,
            6443, 8443, 8883, 9443, 25, 110, 143, 21, 389, 5222,
        ],
    ),
    (
        "tls",
        &[
            443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 3389, 4443, 5061, 5223, 5228, 5671, 6443,
            8443, 8883, 9443, 25, 110, 143, 21, 389, 5222,
        ],
    ),
    ("quic", &[443, 80, 853, 8443]),
    ("dns", &[53, 137, 853, 5353, 5355]),
    ("ftp", &[21, 990]),
    ("ssh", &[22, 2222]),
    ("smtp", &[25, 465, 587, 2525]),
    ("pop3", &[110, 995]),
    ("imap", &[143, 993]),
    ("irc", &[194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697, 7000]),
    ("dhcp", &[67, 68, 546, 547]),
    ("ntp", &[123]),
    ("snmp", &[161, 162]),
    ("syslog", &[514, 601, 6514]),
    ("rdp", &[3389]),
    ("smb", &[139, 445]),
    ("ntlm", &[80, 135, 139, 443, 445]),
    ("krb", &[88]),
    ("krb_tcp", &[88]),
    ("ldap", &[389, 636, 3268, 3269]),
    ("mysql", &[3306]),
    ("postgresql", &[5432]),
    ("sip", &[5060, 5061]),
    ("radius", &[1645, 1646, 1812, 1813]),
    ("modbus", &[502]),
    ("dnp3", &[20000]),
    ("socks", &[1080]),
    ("telnet", &[23]),
    ("mqtt", &[1883, 8883]),
];

/// The checks of this file, ready for a store.
pub(super) fn plans(selection: Selection<'_>) -> Vec<Plan> {
    [unknown_host(selection), nonstandard_port(selection), unlisted_port(selection), upload_heavy()]
        .into_iter()
        .flatten()
        .collect()
}

fn unknown_host(selection: Selection<'_>) -> Option<Plan> {
    let joined = Joined::new(selection, &HOST_FIELDS);
    // A name looked up in the DNS is no host that was asked.
    let asked = [Field::UrlDomain, Field::TlsServerName];
    let hits = joined.matching(&asked, |text| address::parse(&host_name(text)).is_some());
    Some(Plan::new(check("http.unknown_host")?, Condition::text(Column::Host, hits), vec![Column::Host]))
}

fn nonstandard_port(selection: Selection<'_>) -> Option<Plan> {
    let (protocol, port) = (Column::Text(Field::NetworkProtocol.into()), Column::Number(Field::DestinationPort.into()));
    let mut usual: Vec<Vec<u16>> = Vec::new();
    let mut kinds: Vec<u16> = vec![0];
    for (_, text) in selection.dictionary(&Field::NetworkProtocol.into()).into_iter().flat_map(Dictionary::iter) {
        let ports = usual_ports(text);
        kinds.push(if ports.is_empty() { 0 } else { usual.len() as u16 + 1 });
        usual.extend((!ports.is_empty()).then_some(ports));
    }
    let condition = if usual.is_empty() {
        Condition::Never
    } else {
        let fits = move |kind: u16, port: i64| {
            let usual = usize::from(kind).checked_sub(1).and_then(|k| usual.get(k));
            usual.is_some_and(|usual| u16::try_from(port).is_ok_and(|port| port > 0 && !usual.contains(&port)))
        };
        let fits = Condition::TextAndNumber(protocol.clone(), kinds, Field::DestinationPort, Box::new(fits));
        Condition::all(vec![fits, not_icmp(selection)])
    };
    Some(Plan { pair: Some((protocol, port)), ..Plan::new(check("network.nonstandard_port")?, condition, Vec::new()) })
}

fn unlisted_port(selection: Selection<'_>) -> Option<Plan> {
    // Rows whose protocol the log names are the affair of the check above.
    let unnamed = marks(selection, Field::NetworkProtocol, true, |text| {
        ["tcp", "udp", "ip", "-"].iter().any(|word| text.eq_ignore_ascii_case(word))
    });
    let fits = |port: i64| u16::try_from(port).is_ok_and(|port| port > 0 && port_of(port, "").is_none());
    let condition = Condition::all(vec![
        Condition::Number(Field::DestinationPort, Box::new(fits)),
        Condition::text(Column::Text(Field::NetworkProtocol.into()), unnamed),
        not_icmp(selection),
    ]);
    let shown = vec![Column::Number(Field::DestinationPort.into())];
    Some(Plan {
        fallback: "destination.port >= 1024".into(),
        ..Plan::new(check("network.unlisted_port")?, condition, shown)
    })
}

fn upload_heavy() -> Option<Plan> {
    let fits = |sent: i64, received: i64| sent >= UPLOAD_BYTES && sent / UPLOAD_RATIO >= received;
    let condition = Condition::Numbers(Field::SourceBytes.into(), Field::DestinationBytes.into(), fits);
    Some(Plan {
        fallback: format!("source.bytes >= {UPLOAD_BYTES}"),
        ..Plan::new(check("network.upload_heavy")?, condition, Vec::new())
    })
}

/// ICMP has types and codes where others have ports.
fn not_icmp(selection: Selection<'_>) -> Condition {
    let hits = marks(selection, Field::NetworkTransport, true, |text| !text.to_ascii_lowercase().contains("icmp"));
    Condition::text(Column::Text(Field::NetworkTransport.into()), hits)
}

/// Marks the texts of a column that fit, and rows without one.
fn marks(selection: Selection<'_>, field: Field, null: bool, fits: impl FnMut(&str) -> bool) -> Vec<bool> {
    let mut marks = matching(selection, field, fits);
    match marks.first_mut() {
        Some(first) => *first = null,
        None => marks.push(null),
    }
    marks
}

/// The usual ports of a protocol, or of protocols with a comma between; empty where none is known.
fn usual_ports(protocol: &str) -> Vec<u16> {
    let of =
        |name: &str| USUAL_PORTS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, ports)| *ports);
    protocol.split(',').filter_map(|name| of(name.trim())).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_have_usual_ports() {
        assert!(usual_ports("HTTP").contains(&80));
        assert!(usual_ports("smtp,ssl").contains(&25));
        assert!(usual_ports("ftp-data").is_empty());
    }
}
