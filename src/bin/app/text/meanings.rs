//! What a piece of a line may mean, for a menu; and a line told from a format string. Pure: no browser.

use logloupe::protocol::TriedPiece;

/// What a piece may mean, in the words of the menu, and its name in a format string.
pub const MEANINGS: &[(&str, &str)] = &[
    ("Time", "@timestamp"),
    ("Client: address or name", "source.ip"),
    ("Client's port", "source.port"),
    ("Server's address", "destination.ip"),
    ("Server's port", "destination.port"),
    ("Host that was asked", "url.domain"),
    ("Request line (GET / HTTP/1.1)", "http.request.line"),
    ("Method", "http.request.method"),
    ("Path and query", "url.path"),
    ("Query", "url.query"),
    ("HTTP version", "http.version"),
    ("Scheme", "url.scheme"),
    ("Status", "http.response.status_code"),
    ("Bytes of the answer's body", "http.response.body.bytes"),
    ("Bytes of the answer", "http.response.bytes"),
    ("Bytes of the request", "http.request.bytes"),
    ("Duration in seconds", "event.duration"),
    ("Duration in milliseconds", "event.duration:ms"),
    ("Duration in microseconds", "event.duration:us"),
    ("Referrer", "http.request.referrer"),
    ("User agent", "user_agent.original"),
    ("User", "user.name"),
    ("Level", "log.level"),
    ("Message", "message"),
    ("Media type", "http.response.mime_type"),
    ("Request's identifier", "http.request.id"),
    ("Program", "process.name"),
    ("Process number", "process.pid"),
    ("Machine", "host.name"),
    ("Transport (tcp, udp)", "network.transport"),
    ("Application protocol", "network.protocol"),
    ("TLS version", "tls.version"),
    ("TLS cipher", "tls.cipher"),
    ("TLS server name", "tls.server_name"),
    ("Country", "source.geo.country_iso_code"),
];

/// The last entry: nothing of it is kept.
pub const NOTHING: (&str, &str) = ("Pass over", "-");

/// The name under which a piece of its own is kept: `custom.part_3`.
pub fn own_name(at: usize, piece: &TriedPiece) -> String {
    let plain = piece.name.as_deref().and_then(|name| name.split(':').next()).unwrap_or_default();
    if is_own(plain) { plain.to_owned() } else { format!("custom.part_{}", at + 1) }
}

/// Whether a name is none of the menu's.
pub fn is_own(name: &str) -> bool {
    name != NOTHING.1 && !name.starts_with('@') && MEANINGS.iter().all(|(_, known)| *known != name)
}

/// The format string of pieces, where the piece at `at` means `name`.
pub fn pattern_of(pieces: &[TriedPiece], at: usize, name: &str) -> String {
    let piece = |(index, piece): (usize, &TriedPiece)| match &piece.name {
        None => piece.text.replace('$', "${dollar}"),
        Some(_) if index == at => format!("${{{name}}}"),
        Some(own) => format!("${{{own}}}"),
    };
    pieces.iter().enumerate().map(piece).collect()
}

/// Whether a text is a format string and not a line of a log.
pub fn is_format(text: &str) -> bool {
    let text = text.trim_start();
    let directives = ["log_format", "LogFormat", "CustomLog"];
    // A letter with nothing of a word behind it: `%a0` is an escape of an address.
    let is_apache = |word: &&str| match word.strip_prefix('%').map(|rest| rest.trim_start_matches(['<', '>'])) {
        Some(rest) if rest.starts_with('{') => true,
        Some(rest) => {
            rest.starts_with(|c: char| "haAtrvVsuplmUqb".contains(c))
                && !rest.chars().nth(1).is_some_and(char::is_alphanumeric)
        }
        None => false,
    };
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '{' || c == '_';
    let variable =
        text.match_indices('$').any(|(at, _)| text.get(at + 1..).is_some_and(|rest| rest.starts_with(is_name)));
    let mut words = text.split([' ', '"', '[', '\\', '|', '\'', '\t', ',']);
    variable || directives.iter().any(|word| text.starts_with(word)) || words.any(|word| is_apache(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_from_a_format_string() {
        assert!(is_format(r#"$remote_addr [$time_local] "$request""#));
        assert!(is_format(r#"%h %l %u %t "%r" %>s %b"#));
        assert!(is_format("log_format main '...';"));
        assert!(is_format("%h|%y"));
        assert!(!is_format("GET %a0%20 HTTP/1.1"));
        assert!(!is_format(r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET /%D0%B0?cost=$5 HTTP/1.1" 200 5"#));
    }

    #[test]
    fn a_piece_gets_another_meaning() {
        let piece = |text: &str, name: Option<&str>| TriedPiece {
            text: text.into(),
            name: name.map(str::to_owned),
            field: None,
        };
        let pieces =
            [piece("192.0.2.1", Some("source.ip")), piece(" $", None), piece("5", Some("custom.part_2:integer"))];
        assert_eq!(pattern_of(&pieces, 2, "event.duration:ms"), "${source.ip} ${dollar}${event.duration:ms}");
        assert_eq!(own_name(2, &pieces[2]), "custom.part_2");
        assert_eq!(own_name(2, &piece("5", Some("message"))), "custom.part_3");
        assert!(is_own("remote_ident") && !is_own("event.duration:ms") && !is_own("@timestamp:%Y"));
    }
}
