//! What the names in format strings mean: nginx's variables, Apache's directives, and the fields themselves.
//! Specification: <https://nginx.org/en/docs/varindex.html>,
//! <https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats>, <https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#logformats>.
//!
//! Apache's directives are read as the nginx variable of the same meaning, so each meaning stands in one table. What has
//! no field keeps its name under `custom.`.

use crate::schema::{Field, FieldName, Kind};

/// How a part of a line becomes values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// As it stands, of the kind of its column.
    Plain(FieldName, Kind),
    /// A time in any of the forms that `timestamp` knows.
    Time,
    /// A time by a pattern of strftime's letters.
    Clock(String),
    /// A duration in units of ten to so many nanoseconds.
    Duration(usize),
    /// The client: an address or a name.
    Client,
    /// The host that was asked, and its port.
    Server,
    /// A request line.
    Request,
    /// What was asked: path and query.
    Target,
    /// The query, with or without `?`.
    Query,
    /// `HTTP/1.1`.
    Protocol,
    /// Nothing: it is passed over.
    Nothing,
}

/// How one of several values is told from the next, where a variable may have several.
pub const LIST_PREFIX: &str = "upstream_";

use Field as F;
use Known::{Ecs, Float, Integer, Ip, Pass, Text};

/// A row of [`VARIABLES`].
#[derive(Clone, Copy)]
enum Known {
    Ecs(Field),
    Text,
    Integer,
    Float,
    Ip,
    Pass,
}

/// nginx's variables with a field or with numbers, and names for Apache's directives that nginx has no variable for.
/// All other variables are text under their own name.
const VARIABLES: &[(&str, Known)] = &[
    ("args", Ecs(F::UrlQuery)),
    ("query_string", Ecs(F::UrlQuery)),
    ("body_bytes_sent", Ecs(F::HttpResponseBodyBytes)),
    ("bytes_sent", Ecs(F::HttpResponseBytes)),
    ("bytes_received", Ecs(F::HttpRequestBytes)),
    ("request_length", Ecs(F::HttpRequestBytes)),
    ("content_length", Ecs(F::HttpRequestBodyBytes)),
    ("sent_http_content_type", Ecs(F::HttpResponseMimeType)),
    ("sent_http_content_length", Integer),
    ("document_uri", Ecs(F::UrlPath)),
    ("uri", Ecs(F::UrlPath)),
    ("request_uri", Ecs(F::UrlPath)),
    ("host", Ecs(F::UrlDomain)),
    ("http_host", Ecs(F::UrlDomain)),
    ("server_name", Ecs(F::UrlDomain)),
    ("hostname", Ecs(F::HostName)),
    ("http_referer", Ecs(F::HttpRequestReferrer)),
    ("http_user_agent", Ecs(F::UserAgentOriginal)),
    ("http_x_request_id", Text),
    ("request_id", Ecs(F::HttpRequestId)),
    ("request", Ecs(F::HttpRequestLine)),
    ("request_method", Ecs(F::HttpRequestMethod)),
    ("request_time", Ecs(F::EventDuration)),
    ("session_time", Ecs(F::EventDuration)),
    ("scheme", Ecs(F::UrlScheme)),
    ("remote_addr", Ecs(F::SourceIp)),
    ("remote_port", Ecs(F::SourcePort)),
    ("remote_user", Ecs(F::UserName)),
    ("remote_ident", Text),
    ("realip_remote_addr", Ip),
    ("realip_remote_port", Integer),
    ("proxy_protocol_addr", Ip),
    ("proxy_protocol_port", Integer),
    ("proxy_protocol_server_addr", Ip),
    ("proxy_protocol_server_port", Integer),
    ("server_addr", Ecs(F::DestinationIp)),
    ("server_port", Ecs(F::DestinationPort)),
    ("request_port", Integer),
    ("proxy_port", Integer),
    ("server_protocol", Ecs(F::HttpVersion)),
    ("protocol", Ecs(F::NetworkTransport)),
    ("status", Ecs(F::HttpResponseStatusCode)),
    ("original_status", Integer),
    ("time_local", Ecs(F::Timestamp)),
    ("time_iso8601", Ecs(F::Timestamp)),
    ("msec", Ecs(F::Timestamp)),
    ("date_local", Text),
    ("date_gmt", Text),
    ("pid", Ecs(F::ProcessPid)),
    ("tid", Ecs(F::ProcessThreadId)),
    ("connection", Integer),
    ("connection_requests", Integer),
    ("connection_time", Float),
    ("connections_active", Integer),
    ("connections_reading", Integer),
    ("connections_writing", Integer),
    ("connections_waiting", Integer),
    ("keepalive_requests", Integer),
    ("bytes_transferred", Integer),
    ("gzip_ratio", Float),
    ("brotli_ratio", Float),
    ("limit_rate", Integer),
    ("binary_remote_addr", Pass),
    ("tcpinfo_rtt", Integer),
    ("tcpinfo_rttvar", Integer),
    ("tcpinfo_snd_cwnd", Integer),
    ("tcpinfo_rcv_space", Integer),
    ("upstream_bytes_received", Integer),
    ("upstream_bytes_sent", Integer),
    ("upstream_connect_time", Float),
    ("upstream_first_byte_time", Float),
    ("upstream_header_time", Float),
    ("upstream_queue_time", Float),
    ("upstream_response_length", Integer),
    ("upstream_response_time", Float),
    ("upstream_session_time", Float),
    ("upstream_status", Integer),
    ("ssl_protocol", Ecs(F::TlsVersion)),
    ("ssl_cipher", Ecs(F::TlsCipher)),
    ("ssl_server_name", Ecs(F::TlsServerName)),
    ("ssl_tls_sni", Ecs(F::TlsServerName)),
    ("ssl_preread_server_name", Ecs(F::TlsServerName)),
    ("ssl_preread_protocol", Ecs(F::TlsVersion)),
    ("geoip_country_code", Ecs(F::SourceCountry)),
    ("geoip2_data_country_code", Ecs(F::SourceCountry)),
    ("proxy_internal_body_length", Integer),
];

/// Names that nginx documents and that are text under their own name; a name that is in neither table is text too.
pub const TEXTS: &[&str] = &[
    "ancient_browser",
    "connection_id",
    "content_type",
    "document_root",
    "fastcgi_path_info",
    "fastcgi_script_name",
    "geoip_area_code",
    "geoip_city",
    "geoip_city_continent_code",
    "geoip_city_country_code",
    "geoip_city_country_code3",
    "geoip_city_country_name",
    "geoip_country_code3",
    "geoip_country_name",
    "geoip_dma_code",
    "geoip_latitude",
    "geoip_longitude",
    "geoip_org",
    "geoip_postal_code",
    "geoip_region",
    "geoip_region_name",
    "http2",
    "http3",
    "https",
    "invalid_referer",
    "is_args",
    "is_request_port",
    "jwt_header_alg",
    "jwt_payload",
    "limit_conn_status",
    "limit_req_status",
    "memcached_key",
    "modern_browser",
    "msie",
    "nginx_version",
    "otel_parent_id",
    "otel_parent_sampled",
    "otel_span_id",
    "otel_trace_id",
    "pipe",
    "proxy_add_x_forwarded_for",
    "proxy_host",
    "quic_connection",
    "realpath_root",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_filename",
    "secure_link",
    "secure_link_expires",
    "session_log_binary_id",
    "session_log_id",
    "slice_range",
    "ssl_alpn_protocol",
    "ssl_ciphers",
    "ssl_client_cert",
    "ssl_client_escaped_cert",
    "ssl_client_fingerprint",
    "ssl_client_i_dn",
    "ssl_client_i_dn_legacy",
    "ssl_client_raw_cert",
    "ssl_client_s_dn",
    "ssl_client_s_dn_legacy",
    "ssl_client_serial",
    "ssl_client_v_end",
    "ssl_client_v_remain",
    "ssl_client_v_start",
    "ssl_client_verify",
    "ssl_curve",
    "ssl_curves",
    "ssl_early_data",
    "ssl_ech_outer_server_name",
    "ssl_ech_status",
    "ssl_preread_alpn_protocols",
    "ssl_session_id",
    "ssl_session_reused",
    "ssl_sigalg",
    "ssl_sigalgs",
    "status_text",
    "uid_got",
    "uid_reset",
    "uid_set",
    "upstream_addr",
    "upstream_cache_status",
    "upstream_cache_last_modified",
    "upstream_last_addr",
    "upstream_last_server_name",
];

/// Apache's directives that are one letter, and the variable of the same meaning.
pub const APACHE: &[(u8, &str)] = &[
    (b'a', "remote_addr"),
    (b'A', "server_addr"),
    (b'b', "body_bytes_sent"),
    (b'B', "body_bytes_sent"),
    (b'D', "request_time"),
    (b'f', "request_filename"),
    (b'h', "remote_addr"),
    (b'H', "server_protocol"),
    (b'I', "request_length"),
    (b'k', "keepalive_requests"),
    (b'l', "remote_ident"),
    (b'L', "request_log_id"),
    (b'm', "request_method"),
    (b'O', "bytes_sent"),
    (b'p', "server_port"),
    (b'P', "pid"),
    (b'q', "args"),
    (b'r', "request"),
    (b'R', "handler"),
    (b's', "status"),
    (b'S', "bytes_transferred"),
    (b't', "time_local"),
    (b'T', "request_time"),
    (b'u', "remote_user"),
    (b'U', "uri"),
    (b'v', "server_name"),
    (b'V', "host"),
    (b'X', "connection_status"),
];

/// Apache's directives with a name in braces, and what stands before the name in the variable of the same meaning.
pub const APACHE_NAMED: &[(u8, &str)] = &[
    (b'C', "cookie_"),
    (b'c', "ssl_"),
    (b'e', "env_"),
    (b'i', "http_"),
    (b'n', "note_"),
    (b'o', "sent_http_"),
    (b'x', ""),
];

/// What a name means: a field, a variable, or the user's own. `option` follows a colon: a unit, a kind, a time's pattern.
///
/// # Errors
/// An option that the name does not have.
pub fn meaning(name: &str, option: Option<&str>) -> Result<How, &'static str> {
    if name == "-" {
        return Ok(How::Nothing);
    }
    if let Some(field) = Field::from_name(name) {
        return of_field(field, option);
    }
    let known = VARIABLES.iter().find(|(known, _)| *known == name).map_or(Text, |(_, known)| *known);
    if let Ecs(field) = known {
        return of_field(field, option);
    }
    let kind = match (option, known) {
        (Some("integer"), _) | (None, Integer) => Kind::Integer,
        (Some("number"), _) | (None, Float) => Kind::Float,
        (Some("address"), _) | (None, Ip) => Kind::Ip,
        (None, Pass) => return Ok(How::Nothing),
        (Some("text") | None, _) => Kind::Keyword,
        (Some(_), _) => return Err("the kind of a name of your own is text, integer, number or address"),
    };
    Ok(How::Plain(own(name), kind))
}

/// The column of a name that is no field.
pub fn own(name: &str) -> FieldName {
    let plain: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || "._".contains(c) { c.to_ascii_lowercase() } else { '_' })
        .collect();
    FieldName::Own(if plain.contains('.') { plain.into() } else { format!("custom.{plain}").into() })
}

fn of_field(field: Field, option: Option<&str>) -> Result<How, &'static str> {
    let how = match (field, option) {
        (Field::Timestamp, None) => How::Time,
        (Field::Timestamp, Some(pattern)) => How::Clock(pattern.to_owned()),
        (Field::EventDuration, None | Some("s")) => How::Duration(9),
        (Field::EventDuration, Some("ms")) => How::Duration(6),
        (Field::EventDuration, Some("us")) => How::Duration(3),
        (Field::EventDuration, Some("ns")) => How::Duration(0),
        (Field::EventDuration, Some(_)) => return Err("the unit of a duration is s, ms, us or ns"),
        (_, Some(_)) => return Err("only times, durations and names of your own have something after a colon"),
        (Field::SourceIp, None) => How::Client,
        (Field::UrlDomain, None) => How::Server,
        (Field::HttpRequestLine, None) => How::Request,
        (Field::UrlPath, None) => How::Target,
        (Field::UrlQuery, None) => How::Query,
        (Field::HttpVersion, None) => How::Protocol,
        (_, None) => How::Plain(field.into(), field.kind()),
    };
    Ok(how)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_one_meaning() {
        let mut names: Vec<&str> = VARIABLES.iter().map(|(name, _)| *name).chain(TEXTS.iter().copied()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "a name stands twice");
        for name in names {
            assert!(meaning(name, None).is_ok(), "{name}");
        }
        for (_, name) in APACHE {
            assert!(meaning(name, None).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_no_field_is_kept_under_custom() {
        let plain = |name: &str, kind| Ok(How::Plain(FieldName::new(name), kind));
        assert_eq!(meaning("gzip_ratio", None), plain("custom.gzip_ratio", Kind::Float));
        assert_eq!(meaning("X-Tenant", None), plain("custom.x_tenant", Kind::Keyword));
        assert_eq!(meaning("custom.queue", Some("integer")), plain("custom.queue", Kind::Integer));
        assert!(meaning("status", Some("ms")).is_err());
        assert!(meaning("custom.queue", Some("minutes")).is_err());
    }
}
