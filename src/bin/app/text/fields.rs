//! What a column is called where a person reads it: plain words first, the field's own name after.

use logloupe::schema::{Field, FieldName};

/// Plain words for a field; a format's own fields keep their name.
pub fn plain(field: &str) -> &str {
    match field {
        "@timestamp" => "time",
        "event.timezone" => "time zone",
        "event.start" => "begin",
        "event.end" => "end",
        "event.duration" => "duration",
        "source.ip" => "source address",
        "source.domain" => "source name",
        "source.port" => "source port",
        "source.bytes" => "bytes sent by source",
        "source.packets" => "packets sent by source",
        "source.geo.country_iso_code" => "country",
        "destination.ip" => "destination address",
        "destination.domain" => "destination name",
        "destination.port" => "destination port",
        "destination.bytes" => "bytes sent by destination",
        "destination.packets" => "packets sent by destination",
        "network.transport" => "transport",
        "network.protocol" => "protocol",
        "http.request.method" => "method",
        "http.request.line" => "request line",
        "url.domain" => "host",
        "url.path" => "path",
        "url.query" => "query",
        "http.version" => "HTTP version",
        "http.response.status_code" => "status",
        "http.request.body.bytes" => "request bytes",
        "http.response.body.bytes" => "response bytes",
        "http.response.mime_type" => "media type",
        "http.request.referrer" => "referrer",
        "user_agent.original" => "user agent",
        "user.name" => "user",
        "dns.question.name" => "name looked up",
        "dns.question.type" => "record type",
        "dns.response_code" => "look-up result",
        "dns.answers" => "answers",
        "tls.server_name" => "TLS server name",
        "tls.version" => "TLS version",
        "tls.cipher" => "cipher",
        "file.mime_type" => "file type",
        "file.name" => "file name",
        "file.size" => "file size",
        "rule.name" => "rule",
        "event.action" => "action",
        "event.id" => "id",
        "observer.name" => "observer",
        "event.outcome" => "outcome",
        "log.level" => "level",
        "process.name" => "program",
        "process.pid" => "process",
        "host.name" => "machine",
        "service.name" => "service",
        "error.message" => "error",
        "error.code" => "error code",
        "url.scheme" => "scheme",
        "url.port" => "port asked",
        "http.request.id" => "request id",
        "http.request.bytes" => "bytes of request",
        "http.response.bytes" => "bytes of answer",
        "network.direction" => "direction",
        "network.type" => "IP version",
        "network.bytes" => "bytes both ways",
        "network.packets" => "packets both ways",
        "rule.category" => "rule category",
        "tls.client.ja3" => "TLS client fingerprint",
        "tls.server.ja3s" => "TLS server fingerprint",
        "tls.server.subject" => "certificate subject",
        "tls.server.issuer" => "certificate issuer",
        "cloud.account.id" => "cloud account",
        "cloud.region" => "cloud region",
        "event.dataset" => "log",
        "log.file.path" => "file",
        "file.directory" => "folder",
        other => other,
    }
}

/// Plain words for a feature of a model: a field, or something measured on one, such as `url.path length`.
pub fn feature(name: &str) -> String {
    match name.split_once(' ') {
        Some((field, measure)) if field.contains('.') => format!("{} {measure}", plain(field)),
        _ => plain(name).to_owned(),
    }
}

/// Which of the settings' lists a value of this field may be added to.
pub fn list_of(field: &str) -> Option<List> {
    match Field::from_name(field)? {
        Field::SourceIp | Field::DestinationIp => Some(List::BadAddresses),
        Field::UrlDomain | Field::DestinationDomain | Field::TlsServerName | Field::DnsQuestionName => {
            Some(List::BannedHosts)
        }
        Field::DestinationPort => Some(List::BannedPorts),
        _ => None,
    }
}

/// A list of the settings that a value may be added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// `lists.banned_hosts`
    BannedHosts,
    /// `lists.banned_ports`
    BannedPorts,
    /// `lists.bad_addresses`
    BadAddresses,
}

impl List {
    /// What the list is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::BannedHosts => "banned hosts",
            Self::BannedPorts => "banned ports",
            Self::BadAddresses => "bad addresses",
        }
    }
}

/// The columns that a table of rows shows first, of those that the rows have: at most `limit`, the telling ones first.
pub fn telling(present: &[FieldName], limit: usize) -> Vec<FieldName> {
    const TELLING: [Field; 17] = [
        Field::Timestamp,
        Field::EventDataset,
        Field::SourceIp,
        Field::HttpRequestMethod,
        Field::UrlDomain,
        Field::UrlPath,
        Field::HttpResponseStatusCode,
        Field::HttpResponseBodyBytes,
        Field::DestinationIp,
        Field::DestinationPort,
        Field::SourceBytes,
        Field::DestinationBytes,
        Field::SourceCountry,
        Field::DnsQuestionName,
        Field::NetworkProtocol,
        Field::UserAgentOriginal,
        Field::HttpRequestReferrer,
    ];
    let mut chosen: Vec<FieldName> =
        TELLING.iter().map(|field| FieldName::from(*field)).filter(|name| present.contains(name)).take(limit).collect();
    for name in present {
        if chosen.len() >= limit {
            break;
        }
        if !chosen.contains(name) {
            chosen.push(name.clone());
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_named_by_their_field() {
        assert_eq!(feature("url.path length"), "path length");
        assert_eq!(feature("hour of day"), "hour of day");
        assert_eq!(feature("source.bytes"), "bytes sent by source");
    }

    #[test]
    fn the_telling_columns_come_first() {
        let present: Vec<FieldName> =
            ["zeek.http.trans_depth", "url.path", "@timestamp"].iter().map(|name| FieldName::new(name)).collect();
        let names = |limit| telling(&present, limit).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(2), ["@timestamp", "url.path"]);
        assert_eq!(names(9), ["@timestamp", "url.path", "zeek.http.trans_depth"]);
    }
}
