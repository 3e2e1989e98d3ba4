//! The fields of Zeek's logs that ECS has, for logs with a header and for logs as JSON.
//! Specification: <https://docs.zeek.org/en/master/script-reference/log-files.html>.

use crate::schema::Field;

/// A field of some logs (separated by spaces; none means any), and what it becomes.
pub type ZeekField = (&'static str, &'static str, Field);

/// All that ECS has.
pub const FIELDS: &[ZeekField] = &[
    ("", "ts", Field::Timestamp),
    ("", "uid", Field::EventId),
    ("", "id.orig_h", Field::SourceIp),
    ("", "id.orig_p", Field::SourcePort),
    ("", "id.resp_h", Field::DestinationIp),
    ("", "id.resp_p", Field::DestinationPort),
    ("", "id_orig_h", Field::SourceIp),
    ("", "id_orig_p", Field::SourcePort),
    ("", "id_resp_h", Field::DestinationIp),
    ("", "id_resp_p", Field::DestinationPort),
    ("", "proto", Field::NetworkTransport),
    ("", "community_id", Field::NetworkCommunityId),
    ("", "orig_l2_addr", Field::SourceMac),
    ("", "resp_l2_addr", Field::DestinationMac),
    ("conn", "service", Field::NetworkProtocol),
    ("files", "source", Field::NetworkProtocol),
    ("conn files dhcp snmp", "duration", Field::EventDuration),
    ("conn", "orig_bytes", Field::SourceBytes),
    ("conn", "resp_bytes", Field::DestinationBytes),
    ("conn", "orig_pkts", Field::SourcePackets),
    ("conn", "resp_pkts", Field::DestinationPackets),
    ("http sip", "method", Field::HttpRequestMethod),
    ("http", "host", Field::UrlDomain),
    ("http", "uri", Field::UrlPath),
    ("http", "referrer", Field::HttpRequestReferrer),
    ("http", "version", Field::HttpVersion),
    ("http sip smtp", "user_agent", Field::UserAgentOriginal),
    ("http", "request_body_len", Field::HttpRequestBodyBytes),
    ("http", "response_body_len", Field::HttpResponseBodyBytes),
    ("http", "status_code", Field::HttpResponseStatusCode),
    ("http radius ntlm", "username", Field::UserName),
    ("ftp irc socks", "user", Field::UserName),
    ("http", "resp_mime_types", Field::HttpResponseMimeType),
    ("dns", "query", Field::DnsQuestionName),
    ("dns", "qtype_name", Field::DnsQuestionType),
    ("dns", "rcode_name", Field::DnsResponseCode),
    ("dns", "answers", Field::DnsAnswers),
    ("dns", "trans_id", Field::DnsId),
    ("dns", "rtt", Field::EventDuration),
    ("ssl", "version", Field::TlsVersion),
    ("ssl", "cipher", Field::TlsCipher),
    ("ssl", "server_name", Field::TlsServerName),
    ("ssl", "subject", Field::TlsServerSubject),
    ("ssl", "issuer", Field::TlsServerIssuer),
    ("ssl", "ja3", Field::TlsClientJa3),
    ("ssl", "ja3s", Field::TlsServerJa3s),
    ("files", "mime_type", Field::FileMimeType),
    ("files", "filename", Field::FileName),
    ("files", "total_bytes", Field::FileSize),
    ("files", "tx_hosts", Field::SourceIp),
    ("files", "rx_hosts", Field::DestinationIp),
    ("notice", "note", Field::RuleName),
    ("notice weird", "msg", Field::Message),
    ("notice traceroute", "src", Field::SourceIp),
    ("notice traceroute", "dst", Field::DestinationIp),
    ("notice", "p", Field::DestinationPort),
    ("signatures", "note", Field::RuleName),
    ("signatures", "sig_id", Field::RuleId),
    ("signatures", "event_msg", Field::Message),
    ("signatures", "src_addr", Field::SourceIp),
    ("signatures", "src_port", Field::SourcePort),
    ("signatures", "dst_addr", Field::DestinationIp),
    ("signatures", "dst_port", Field::DestinationPort),
    ("weird", "name", Field::RuleName),
    ("dhcp", "client_addr", Field::SourceIp),
    ("dhcp", "server_addr", Field::DestinationIp),
    ("dhcp", "mac", Field::SourceMac),
    ("smb_files", "name", Field::FileName),
    ("smb_files", "size", Field::FileSize),
];

/// The ECS field of a field of a log.
pub fn ecs_field(log: &str, name: &str) -> Option<Field> {
    FIELDS.iter().find(|(logs, known, _)| *known == name && is_of(logs, log)).map(|(_, _, field)| *field)
}

/// Whether a field of these logs is one of this log's.
pub fn is_of(logs: &str, log: &str) -> bool {
    logs.is_empty() || logs.split(' ').any(|known| known == log)
}
