//! What HTTP statuses mean, in a few plain words (RFC 9110 and the codes that servers of today add).

/// The plain meaning of a status or of its class.
pub fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "OK",
        "201" => "created",
        "204" => "no content",
        "206" => "part of a file",
        "301" => "moved for good",
        "302" | "307" => "moved for now",
        "303" => "see elsewhere",
        "304" => "not changed",
        "308" => "moved for good, same method",
        "400" => "request not understood",
        "401" => "login needed",
        "403" => "forbidden",
        "404" => "not found",
        "405" => "method not allowed",
        "408" => "client too slow",
        "410" => "gone",
        "413" => "too large",
        "414" => "address too long",
        "416" => "no such part",
        "418" => "teapot",
        "421" => "wrong server",
        "429" => "too many requests",
        "444" => "closed without an answer (nginx)",
        "499" => "client gave up (nginx)",
        "500" => "server error",
        "501" => "not implemented",
        "502" => "no good answer from behind",
        "503" => "not available",
        "504" => "no answer from behind in time",
        "1xx" => "informational",
        "2xx" => "answered",
        "3xx" => "sent elsewhere or not changed",
        "4xx" => "client errors",
        "5xx" => "server errors",
        _ => "",
    }
}

/// The class of a status, 1 to 5.
pub fn class(status: &str) -> Option<u8> {
    let first = status.as_bytes().first()?;
    (status.len() == 3 && (b'1'..=b'5').contains(first)).then(|| first - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_the_first_digit() {
        assert_eq!(class("404"), Some(4));
        assert_eq!(class("4xx"), Some(4));
        assert_eq!(class("none"), None);
        assert_eq!(class("000"), None);
    }
}
