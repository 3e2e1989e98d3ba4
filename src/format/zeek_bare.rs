//! Zeek logs that have lost their header: told by how many columns a line has and by what stands in them.
//! Specification: <https://docs.zeek.org/en/master/script-reference/log-files.html>, in the versions from Bro 2.0 on.

use super::access::looks_like_address;
use super::detect::{Candidate, Certainty, Head, understood};
use super::zeek_tsv::ZeekSpec;
use super::{FormatSpec, numbers};

/// Names and types of five columns that most logs begin with, behind the time.
const CONNECTION: &str = "uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port";

/// A log's type, and its columns as `name:type`, the time and [`CONNECTION`] in front left out where `has_connection`.
struct Layout {
    path: &'static str,
    has_connection: bool,
    columns: &'static str,
}

const fn layout(path: &'static str, columns: &'static str) -> Layout {
    Layout { path, has_connection: true, columns }
}

/// Every known log, the newer layouts first.
const LAYOUTS: [Layout; 16] = [
    layout(
        "conn",
        "proto:proto service:string duration:interval orig_bytes:count resp_bytes:count conn_state:state local_orig:bool local_resp:bool missed_bytes:count history:string orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count tunnel_parents:string ip_proto:count",
    ),
    layout(
        "conn",
        "proto:proto service:string duration:interval orig_bytes:count resp_bytes:count conn_state:state local_orig:bool local_resp:bool missed_bytes:count history:string orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count tunnel_parents:string",
    ),
    layout(
        "conn",
        "proto:proto service:string duration:interval orig_bytes:count resp_bytes:count conn_state:state local_orig:bool missed_bytes:count history:string orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count tunnel_parents:string",
    ),
    layout(
        "conn",
        "proto:proto service:string duration:interval orig_bytes:count resp_bytes:count conn_state:state local_orig:bool missed_bytes:count history:string orig_pkts:count orig_ip_bytes:count resp_pkts:count resp_ip_bytes:count",
    ),
    layout(
        "http",
        "trans_depth:count method:string host:string uri:string referrer:string version:string user_agent:string origin:string request_body_len:count response_body_len:count status_code:count status_msg:string info_code:count info_msg:string tags:string username:string password:string proxied:string orig_fuids:string orig_filenames:string orig_mime_types:string resp_fuids:string resp_filenames:string resp_mime_types:string",
    ),
    layout(
        "http",
        "trans_depth:count method:string host:string uri:string referrer:string version:string user_agent:string request_body_len:count response_body_len:count status_code:count status_msg:string info_code:count info_msg:string tags:string username:string password:string proxied:string orig_fuids:string orig_filenames:string orig_mime_types:string resp_fuids:string resp_filenames:string resp_mime_types:string",
    ),
    layout(
        "http",
        "trans_depth:count method:string host:string uri:string referrer:string user_agent:string request_body_len:count response_body_len:count status_code:count status_msg:string info_code:count info_msg:string filename:string tags:string username:string password:string proxied:string orig_fuids:string orig_mime_types:string resp_fuids:string resp_mime_types:string",
    ),
    layout(
        "http",
        "trans_depth:count method:string host:string uri:string referrer:string user_agent:string request_body_len:count response_body_len:count status_code:count status_msg:string info_code:count info_msg:string filename:string tags:string username:string password:string proxied:string mime_type:string md5:string extraction_file:string",
    ),
    layout(
        "dns",
        "proto:proto trans_id:count rtt:interval query:string qclass:count qclass_name:string qtype:count qtype_name:string rcode:count rcode_name:string AA:bool TC:bool RD:bool RA:bool Z:count answers:string TTLs:string rejected:bool",
    ),
    layout(
        "dns",
        "proto:proto trans_id:count query:string qclass:count qclass_name:string qtype:count qtype_name:string rcode:count rcode_name:string AA:bool TC:bool RD:bool RA:bool Z:count answers:string TTLs:string rejected:bool",
    ),
    layout(
        "dns",
        "proto:proto trans_id:count query:string qclass:count qclass_name:string qtype:count qtype_name:string rcode:count rcode_name:string AA:bool TC:bool RD:bool RA:bool Z:count answers:string TTLs:string",
    ),
    layout(
        "ssl",
        "version:string cipher:string curve:string server_name:string resumed:bool last_alert:string next_protocol:string established:bool ssl_history:string cert_chain_fps:string client_cert_chain_fps:string sni_matches_cert:bool",
    ),
    layout(
        "ssl",
        "version:string cipher:string curve:string server_name:string resumed:bool last_alert:string next_protocol:string established:bool cert_chain_fuids:string client_cert_chain_fuids:string subject:string issuer:string client_subject:string client_issuer:string validation_status:string",
    ),
    layout(
        "ssl",
        "version:string cipher:string curve:string server_name:string resumed:bool last_alert:string next_protocol:string established:bool cert_chain_fuids:string client_cert_chain_fuids:string subject:string issuer:string client_subject:string client_issuer:string",
    ),
    Layout {
        path: "files",
        has_connection: false,
        columns: "fuid:string uid:string id.orig_h:addr id.orig_p:port id.resp_h:addr id.resp_p:port source:string depth:count analyzers:string mime_type:string filename:string duration:interval local_orig:bool is_orig:bool seen_bytes:count total_bytes:count missing_bytes:count overflow_bytes:count timedout:bool parent_fuid:string md5:string sha1:string sha256:string extracted:string extracted_cutoff:bool extracted_size:count",
    },
    Layout {
        path: "files",
        has_connection: false,
        columns: "fuid:string tx_hosts:string rx_hosts:string conn_uids:string source:string depth:count analyzers:string mime_type:string filename:string duration:interval local_orig:bool is_orig:bool seen_bytes:count total_bytes:count missing_bytes:count overflow_bytes:count timedout:bool parent_fuid:string md5:string sha1:string sha256:string extracted:string",
    },
];

impl Layout {
    /// Names and types of all columns.
    fn columns(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let connection = if self.has_connection { CONNECTION } else { "" };
        let words = std::iter::once("ts:time").chain(connection.split_ascii_whitespace());
        words.chain(self.columns.split_ascii_whitespace()).filter_map(|word| word.split_once(':'))
    }

    /// Whether a line has these columns with what belongs into them.
    fn fits(&self, line: &[u8]) -> bool {
        let mut fields = line.split(|b| *b == b'\t');
        let fits = self.columns().all(|(_, kind)| fields.next().is_some_and(|field| belongs(kind, field)));
        fits && fields.next().is_none()
    }
}

fn belongs(kind: &str, field: &[u8]) -> bool {
    if matches!(field, b"-" | b"(empty)") {
        return kind != "time";
    }
    match kind {
        "time" => field.len() > 10 && numbers::seconds_scaled(field, 6).is_some_and(|micros| micros > 0),
        "interval" => numbers::seconds_scaled(field, 9).is_some(),
        "count" => numbers::digits(field).is_some(),
        "port" => numbers::digits(field).is_some_and(|port| port <= 65_535),
        "addr" => looks_like_address(field),
        "bool" => matches!(field, b"T" | b"F"),
        "proto" => matches!(field, b"tcp" | b"udp" | b"icmp" | b"unknown_transport"),
        "state" => field.len() <= 6 && field.iter().all(u8::is_ascii_alphanumeric),
        _ => true,
    }
}

/// A share of lines from which a layout is believed.
const ENOUGH: f64 = 0.8;

/// The log without its header that the beginning of a file shows: the layout that most lines fit.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    if head.lines.first().is_none_or(|line| line.first() == Some(&b'#') || !line.contains(&b'\t')) {
        return Vec::new();
    }
    let fitting = |layout: &Layout| head.lines.iter().filter(|line| layout.fits(line)).count();
    // The first of those that fit as many lines: the newest.
    let best = LAYOUTS.iter().map(|layout| (fitting(layout), layout)).rev().max_by_key(|(n, _)| *n);
    let Some((n, layout)) = best.filter(|(n, _)| *n as f64 >= ENOUGH * head.lines.len() as f64) else {
        return Vec::new();
    };
    let spec = FormatSpec::ZeekTsv(ZeekSpec::new(layout.path, layout.columns()));
    let (rows, seen) = understood(&spec, &head.lines);
    let share = rows as f64 / seen.max(1) as f64;
    let evidence = format!(
        "no header, but {n} of the first {} lines have the columns of a Zeek {} log",
        head.lines.len(),
        layout.path
    );
    vec![Candidate { spec, share, certainty: Certainty::Shape, evidence }]
}

#[cfg(test)]
mod tests {
    use super::super::detect::{MappedColumns, detect};
    use super::super::system::read;

    fn check(line: &str, expected: &str) {
        let best = detect(line.as_bytes(), &MappedColumns::new()).swap_remove(0);
        let found = best.spec.name().map(|name| format!("{name}: {}", read(&best.spec, line)));
        assert_eq!(found.as_deref(), Some(expected), "{}", best.evidence);
    }

    #[test]
    fn conn_of_old_and_new_versions() {
        check(
            "1331901000.26\tC6SwU\t192.0.2.79\t50504\t198.51.100.2\t80\ttcp\thttp\t0.01\t182\t214\tSF\t-\t0\tShADfFa\t4\t398\t3\t382\t(empty)",
            "zeek conn (TSV): @timestamp=2012-03-16T12:30:00.260Z | event.id=C6SwU | source.ip=192.0.2.79 | \
             source.port=50504 | destination.ip=198.51.100.2 | destination.port=80 | network.transport=tcp | \
             network.protocol=http | event.duration=10000000 | source.bytes=182 | destination.bytes=214 | \
             zeek.conn.conn_state=SF | zeek.conn.missed_bytes=0 | zeek.conn.history=ShADfFa | source.packets=4 | \
             zeek.conn.orig_ip_bytes=398 | destination.packets=3 | zeek.conn.resp_ip_bytes=382",
        );
        check(
            "1647504456.038126\tCLZ\t192.0.2.1\t50527\t2001:db8::9\t443\ttcp\t-\t-\t-\t-\tSH\tT\tF\t0\tF\t1\t40\t0\t0\t-",
            "zeek conn (TSV): @timestamp=2022-03-17T08:07:36.038126Z | event.id=CLZ | source.ip=192.0.2.1 | \
             source.port=50527 | destination.ip=2001:db8::9 | destination.port=443 | network.transport=tcp | \
             zeek.conn.conn_state=SH | zeek.conn.local_orig=T | zeek.conn.local_resp=F | zeek.conn.missed_bytes=0 | \
             zeek.conn.history=F | source.packets=1 | zeek.conn.orig_ip_bytes=40 | destination.packets=0 | \
             zeek.conn.resp_ip_bytes=0",
        );
    }

    #[test]
    fn dns_by_its_columns() {
        check(
            "1331901000.26\tC6SwU\t192.0.2.79\t50504\t198.51.100.2\t53\tudp\t7\ta.example\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tF\t0\t192.0.2.5\t60.0\tF",
            "zeek dns (TSV): @timestamp=2012-03-16T12:30:00.260Z | event.id=C6SwU | source.ip=192.0.2.79 | \
             source.port=50504 | destination.ip=198.51.100.2 | destination.port=53 | network.transport=udp | \
             dns.id=7 | dns.question.name=a.example | zeek.dns.qclass=1 | zeek.dns.qclass_name=C_INTERNET | \
             zeek.dns.qtype=1 | dns.question.type=A | zeek.dns.rcode=0 | dns.response_code=NOERROR | zeek.dns.AA=F | \
             zeek.dns.TC=F | zeek.dns.RD=T | zeek.dns.RA=F | zeek.dns.Z=0 | dns.answers=192.0.2.5 | \
             zeek.dns.TTLs=60.0 | zeek.dns.rejected=F",
        );
    }
}
