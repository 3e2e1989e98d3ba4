//! What a port is used for, from a list that is part of the program (`ports.tsv`, whose first line names its source).
//!
//! A port is a promise, not a proof: what really speaks there, only the log's protocol can say.

use crate::units::order;
use std::sync::OnceLock;

/// What a port is called and used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortName {
    /// IANA's name for it; empty where the use is custom, not registered.
    pub service: &'static str,
    /// What it is for, in plain words.
    pub meaning: &'static str,
    /// Whether IANA's registry has this use; what is only custom is not standard.
    pub standard: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    port: u16,
    transports: &'static str,
    name: PortName,
}

static PORTS: OnceLock<Vec<Entry>> = OnceLock::new();

/// What a port is used for over a transport (`tcp`, `udp`; empty where the log does not say).
///
/// **Null**: none where the list does not know it. A transport that is not known counts as TCP. **Cost**: a binary
/// search.
///
/// ```
/// use logloupe::enrich::ports::port_of;
/// assert_eq!(port_of(443, "tcp").unwrap().meaning, "encrypted web pages (HTTPS)");
/// assert!(port_of(49_777, "tcp").is_none());
/// ```
pub fn port_of(port: u16, transport: &str) -> Option<PortName> {
    let ports = PORTS.get_or_init(|| read(include_str!("ports.tsv")));
    let start = ports.partition_point(|entry| entry.port < port);
    let mut same = ports.iter().skip(start).take_while(|entry| entry.port == port);
    let wanted = if transport.eq_ignore_ascii_case("udp") { "udp" } else { "tcp" };
    let first = same.clone().next();
    // A use that is registered for the other transport only still tells more than nothing.
    same.find(|entry| entry.transports.split(',').any(|t| t == wanted)).or(first).map(|entry| entry.name)
}

fn read(text: &'static str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = text.lines().filter(|line| !line.starts_with('#')).filter_map(entry).collect();
    order::sort_by_key(&mut entries, |entry| entry.port);
    entries
}

fn entry(line: &'static str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let (port, transports) = (parts.next()?.parse().ok()?, parts.next()?);
    let (service, meaning) = (parts.next()?, parts.next()?);
    Some(Entry { port, transports, name: PortName { service, meaning, standard: !service.is_empty() } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read() {
        let text = include_str!("ports.tsv");
        assert_eq!(read(text).len(), text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).count());
    }

    #[test]
    fn a_port_has_its_use_by_transport() {
        assert_eq!(port_of(443, "udp").map(|p| p.meaning), Some("encrypted web pages over QUIC (HTTP/3)"));
        assert_eq!(port_of(53, "").map(|p| p.service), Some("domain"));
        assert_eq!(port_of(4789, "tcp").map(|p| p.service), Some("vxlan"), "registered for UDP only");
        assert_eq!(port_of(1521, "tcp").map(|p| p.standard), Some(false));
        assert_eq!(port_of(0, "tcp"), None);
        assert_eq!(port_of(65_535, "udp"), None);
    }
}
