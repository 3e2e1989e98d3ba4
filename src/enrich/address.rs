//! What kind an address is: a machine's own, a house's own, or one of the whole internet.
//!
//! Looks at dictionary entries. Knows no owner and no country: that takes data that this file does not have.
//! After the IANA special-purpose registries, [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry) and
//! [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::table::Dictionary;

/// Who can be behind an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// The machine itself: 127.0.0.0/8, ::1.
    Loopback,
    /// A house or company's own network: RFC 1918, RFC 6598 (providers' inner networks), fc00::/7.
    Private,
    /// The same cable or radio cell: 169.254.0.0/16, fe80::/10.
    LinkLocal,
    /// Many at once: multicast and broadcast.
    Multicast,
    /// Kept for examples in texts: RFC 5737, RFC 3849.
    Documentation,
    /// Kept for other uses, or no address of a machine: 0.0.0.0/8, 240.0.0.0/4.
    Reserved,
    /// Any machine of the internet.
    Public,
}

impl AddressKind {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Reserved => "reserved",
            Self::Public => "public",
        }
    }
}

/// The address that a text writes, with or without brackets and zone (`[fe80::1%eth0]`); an IPv4 address inside an
/// IPv6 one is itself.
///
/// **Null**: none where it is a name or nothing.
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let bare = inner.split('%').next().unwrap_or(inner);
    let first = bare.as_bytes().first()?;
    // Most names fail here, before anything is parsed.
    if !(first.is_ascii_hexdigit() || *first == b':') {
        return None;
    }
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// The kind of an address.
pub fn kind(address: IpAddr) -> AddressKind {
    match address {
        IpAddr::V4(v4) => kind_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| kind_v6(v6), kind_v4),
    }
}

/// The kind of every text of a column.
///
/// **Shape**: one a code, that of "no value" among them. **Null**: none for texts that are no address.
/// **Cost**: the distinct texts.
pub fn kinds(dictionary: &Dictionary) -> Vec<Option<AddressKind>> {
    std::iter::once(None).chain(dictionary.iter().map(|(_, text)| parse(text).map(kind))).collect()
}

fn kind_v4(address: Ipv4Addr) -> AddressKind {
    let [a, b, ..] = address.octets();
    if address.is_loopback() {
        AddressKind::Loopback
    } else if address.is_private() || (a == 100 && (64..128).contains(&b)) {
        AddressKind::Private
    } else if address.is_link_local() {
        AddressKind::LinkLocal
    } else if address.is_multicast() || address.is_broadcast() {
        AddressKind::Multicast
    } else if address.is_documentation() {
        AddressKind::Documentation
    } else if a == 0 || a >= 240 {
        AddressKind::Reserved
    } else {
        AddressKind::Public
    }
}

fn kind_v6(address: Ipv6Addr) -> AddressKind {
    let [first, second, ..] = address.segments();
    if address.is_loopback() {
        AddressKind::Loopback
    } else if address.is_unspecified() {
        AddressKind::Reserved
    } else if first & 0xfe00 == 0xfc00 {
        AddressKind::Private
    } else if first & 0xffc0 == 0xfe80 {
        AddressKind::LinkLocal
    } else if address.is_multicast() {
        AddressKind::Multicast
    } else if first == 0x2001 && second == 0x0db8 {
        AddressKind::Documentation
    } else {
        AddressKind::Public
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<AddressKind>) {
        assert_eq!(parse(text).map(kind), expected, "{text}");
    }

    #[test]
    fn addresses_have_a_kind_and_names_have_none() {
        use AddressKind::{Documentation, LinkLocal, Loopback, Multicast, Private, Public, Reserved};
        for (text, expected) in [
            ("127.0.0.1", Loopback),
            ("::1", Loopback),
            ("10.138.69.97", Private),
            ("172.31.255.255", Private),
            ("172.32.0.1", Public),
            ("100.64.0.1", Private),
            ("192.168.1.255", Private),
            ("fd00::1", Private),
            ("169.254.1.1", LinkLocal),
            ("[fe80::1%eth0]", LinkLocal),
            ("224.0.0.251", Multicast),
            ("255.255.255.255", Multicast),
            ("ff02::fb", Multicast),
            ("192.0.2.1", Documentation),
            ("2001:db8::1", Documentation),
            ("0.0.0.0", Reserved),
            ("250.1.1.1", Reserved),
            ("155.91.45.242", Public),
            ("2a00:1450:4001::200e", Public),
            ("::ffff:10.0.0.1", Private),
        ] {
            check(text, Some(expected));
        }
        for text in ["", "-", "example.org", "1.2.3", "1.2.3.4:80", "beef.example", "::ffff:example"] {
            check(text, None);
        }
    }

    #[test]
    fn a_column_has_one_kind_a_code() {
        let mut dictionary = Dictionary::new(0);
        dictionary.intern(b"10.0.0.1");
        dictionary.intern(b"localhost");
        assert_eq!(kinds(&dictionary), [None, Some(AddressKind::Private), None]);
    }
}
