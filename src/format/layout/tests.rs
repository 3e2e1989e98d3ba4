//! Lines of the tables' formats, their detection, and what hostile lines give.

use super::super::detect::{MappedColumns, detect};
use crate::schema::{Record, Value};

use super::*;

/// The name of the best format of a file with these lines.
pub fn best(head: &str) -> Option<String> {
    detect(head.as_bytes(), &MappedColumns::new()).first().and_then(|c| c.spec.name())
}

/// `field=value` of all values that are not null, line by line, by the format that is detected.
pub fn read_all(log: &str) -> Vec<String> {
    let spec = detect(log.as_bytes(), &MappedColumns::new()).swap_remove(0).spec;
    let mut parser = spec.parser();
    log.lines().map(|line| read(&mut *parser, line)).collect()
}

fn read(parser: &mut dyn Parser, line: &str) -> String {
    let columns = parser.columns().to_vec();
    let mut record = Record::new(columns.len());
    let mut scratch = Vec::new();
    match parser.parse(line.as_bytes(), &mut scratch, &mut record) {
        Parsed::Row => {}
        Parsed::Skip => return "skipped".into(),
        Parsed::Reject(reason) => return format!("rejected: {reason}"),
    }
    let values = record.values.iter().zip(&columns).filter_map(|(value, column)| {
        let text = match value {
            Value::Null => return None,
            Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Time(time) => time.to_rfc3339(),
            Value::Local(time) => format!("{} (local)", time.to_rfc3339()),
            Value::Yearless(time) => format!("{} (yearless)", time.to_rfc3339()),
        };
        Some(format!("{}={text}", column.name))
    });
    values.collect::<Vec<_>>().join(" | ")
}

/// What a log of one line gives, which is of the format of that name.
fn check(name: &str, line: &str, expected: &str) {
    assert_eq!(best(line).as_deref(), Some(name), "{line}");
    assert_eq!(read_all(line), [expected], "{line}");
}

#[test]
fn load_balancers_of_three_kinds() {
    check(
        "AWS load balancer",
        "h2 2026-05-17T10:05:03.186641Z app/web/50dc 198.51.100.7:2817 10.0.0.1:80 0.086 0.048 0.037 200 204 34 366 \
         \"GET https://www.example.com:443/a?b=1 HTTP/2.0\" \"curl/8.5\" ECDHE TLSv1.2 arn:x \"Root=1-2\" \"www.example.com\" \
         \"arn:cert\" 1 2026-05-17T10:05:02.364000Z \"waf,forward\" \"-\" \"-\"",
        "@timestamp=2026-05-17T10:05:03.186641Z | event.duration=171000000 | source.ip=198.51.100.7 | source.port=2817 | \
         http.request.method=GET | url.scheme=https | url.domain=www.example.com | url.port=443 | url.path=/a | \
         url.query=b=1 | http.version=2.0 | http.response.status_code=200 | aws.elb.type=h2 | aws.elb.name=app/web/50dc | \
         aws.elb.backend.ip=10.0.0.1 | aws.elb.backend.port=80 | aws.elb.request_processing_time.sec=0.086 | \
         aws.elb.backend_processing_time.sec=0.048 | aws.elb.response_processing_time.sec=0.037 | \
         aws.elb.backend.http.response.status_code=204 | http.request.body.bytes=34 | http.response.body.bytes=366 | \
         user_agent.original=curl/8.5 | tls.cipher=ECDHE | tls.version=TLSv1.2 | aws.elb.target_group.arn=arn:x | \
         aws.elb.trace_id=Root=1-2 | tls.server_name=www.example.com | aws.elb.chosen_cert.arn=arn:cert | \
         aws.elb.matched_rule_priority=1 | event.start=2026-05-17T10:05:02.364Z | aws.elb.action_executed=waf,forward",
    );
    check(
        "AWS load balancer",
        "2026-05-17T10:05:03.945958Z lb 192.0.2.1:2817 - -1 -1 -1 503 - 0 0 \"GET http://www.example.com:80- -\" \"-\" - -",
        "@timestamp=2026-05-17T10:05:03.945958Z | source.ip=192.0.2.1 | source.port=2817 | http.request.method=GET | \
         url.scheme=http | url.domain=www.example.com:80- - | http.response.status_code=503 | aws.elb.name=lb | \
         http.request.body.bytes=0 | http.response.body.bytes=0",
    );
    check(
        "AWS load balancer",
        "2026-05-17T10:05:03.945958Z lb 192.0.2.1:2817 10.0.0.1:80 0.1 0.2 0.3 - - 82 305 \"- - - \" \"-\" - -",
        "@timestamp=2026-05-17T10:05:03.945958Z | event.duration=600000000 | source.ip=192.0.2.1 | source.port=2817 | \
         aws.elb.name=lb | aws.elb.backend.ip=10.0.0.1 | aws.elb.backend.port=80 | \
         aws.elb.request_processing_time.sec=0.1 | aws.elb.backend_processing_time.sec=0.2 | \
         aws.elb.response_processing_time.sec=0.3 | source.bytes=82 | destination.bytes=305",
    );
    check(
        "AWS load balancer",
        "tls 2.0 2026-05-17T10:05:03 net/edge/c6e7 g3d4 198.51.100.7:51341 192.0.2.2:443 5 2 98 246 - arn:cert - ECDHE \
         tlsv12 - www.example.com h2 - - 2026-05-17T10:05:02",
        "@timestamp=2026-05-17T10:05:03Z | source.ip=198.51.100.7 | source.port=51341 | aws.elb.type=tls | \
         aws.elb.name=net/edge/c6e7 | aws.elb.backend.ip=192.0.2.2 | aws.elb.backend.port=443 | tls.cipher=ECDHE | \
         tls.version=tlsv12 | tls.server_name=www.example.com | aws.elb.chosen_cert.arn=arn:cert | \
         event.start=2026-05-17T10:05:02Z | aws.elb.version=2.0 | aws.elb.listener=g3d4 | aws.elb.connection_time.ms=5 | \
         aws.elb.tls_handshake_time.ms=2 | source.bytes=98 | destination.bytes=246 | aws.elb.alpn_fe_protocol=h2",
    );
}

#[test]
fn s3_of_any_age() {
    check(
        "S3 server access",
        "owner bucket [17/May/2026:10:05:03 +0000] 192.0.2.3 arn:user 3E57 REST.GET.OBJECT a.pdf \"GET /a.pdf HTTP/1.1\" 404 \
         NoSuchKey 297 - 38 - \"-\" \"agent with \"quotes\"x\" - host=",
        "@timestamp=2026-05-17T10:05:03Z | event.timezone=+0000 | event.duration=38000000 | source.ip=192.0.2.3 | \
         http.request.method=GET | url.path=/a.pdf | http.version=1.1 | http.response.status_code=404 | \
         aws.s3access.bucket_owner=owner | aws.s3access.bucket=bucket | user.id=arn:user | event.id=3E57 | \
         event.action=REST.GET.OBJECT | aws.s3access.key=a.pdf | error.code=NoSuchKey | http.response.body.bytes=297 | \
         user_agent.original=agent with \"quotes\"x | aws.s3access.host_id=host=",
    );
}

#[test]
fn flows_with_and_without_a_header() {
    let line = "2 123456789012 eni-1 2001:db8::1 192.0.2.2 20641 22 6 20 4249 1418530010 1418530070 REJECT OK";
    let expected = "@timestamp=2014-12-14T04:07:50Z | source.ip=2001:db8::1 | source.port=20641 | destination.ip=192.0.2.2 | \
         destination.port=22 | aws.vpcflow.version=2 | cloud.account.id=123456789012 | aws.vpcflow.interface_id=eni-1 | \
         network.type=ipv6 | network.iana_number=6 | network.transport=tcp | source.packets=20 | network.packets=20 | \
         source.bytes=4249 | network.bytes=4249 | event.start=2014-12-14T04:06:50Z | event.end=2014-12-14T04:07:50Z | \
         event.action=REJECT | aws.vpcflow.log_status=OK";
    check("VPC flow", line, expected);
    let log = "srcaddr dstaddr protocol\n192.0.2.1 - 99\n\nsrcaddr dstaddr protocol\n192.0.2.1 192.0.2.2\n";
    assert_eq!(best(log).as_deref(), Some("VPC flow"));
    assert_eq!(
        read_all(log),
        [
            "skipped",
            "source.ip=192.0.2.1 | network.type=ipv4 | network.iana_number=99",
            "skipped",
            "skipped",
            "rejected: fewer words than expected"
        ]
    );
}

#[test]
fn proxies() {
    check(
        "Squid",
        "1286536308.779    180 192.0.2.224 TCP_MISS/200 411 GET http://www.example.com:8080/a?b - DIRECT/203.0.113.9 text/plain",
        "@timestamp=2010-10-08T11:11:48.779Z | event.duration=180000000 | source.ip=192.0.2.224 | \
         destination.ip=203.0.113.9 | http.request.method=GET | url.scheme=http | url.domain=www.example.com | \
         url.port=8080 | url.path=/a | url.query=b | http.response.status_code=200 | squid.result_code=TCP_MISS | \
         http.response.bytes=411 | squid.hierarchy_code=DIRECT | http.response.mime_type=text/plain",
    );
    check(
        "Envoy",
        "[2026-05-17T10:05:03.250Z] \"GET /a HTTP/1.1\" 503 UF,URX 7 91 41 39 \"192.0.2.1, 10.0.0.1\" \"curl\" \"id\" \
         \"www.example.com:8443\" \"tcp://[2001:db8::2]:80\"",
        "@timestamp=2026-05-17T10:05:03.250Z | event.duration=41000000 | source.ip=192.0.2.1 | \
         destination.ip=2001:db8::2 | destination.port=80 | http.request.method=GET | url.domain=www.example.com | \
         url.port=8443 | url.path=/a | http.version=1.1 | http.response.status_code=503 | \
         envoyproxy.response_flags=UF,URX | envoyproxy.upstream_service_time=39 | \
         network.forwarded_ip=192.0.2.1, 10.0.0.1 | user_agent.original=curl | http.request.id=id | \
         network.protocol=http | http.request.body.bytes=7 | http.response.body.bytes=91",
    );
    check(
        "Envoy",
        "[2026-05-17T10:05:03.250Z] \"- - -\" 0 - 87 254 4 - \"-\" \"-\" \"-\" \"-\" \"-\"",
        "@timestamp=2026-05-17T10:05:03.250Z | event.duration=4000000 | source.bytes=87 | destination.bytes=254",
    );
    check(
        "Nginx Proxy Manager",
        "[17/May/2026:10:05:03 +0200] HIT 502, 200 200 - GET https www.example.com \"/a b\" [Client 192.0.2.1] [Length 15] \
         [Gzip 2.45] [Sent-to 10.0.0.15:8080] \"curl\" \"-\"",
        "@timestamp=2026-05-17T08:05:03Z | event.timezone=+0200 | source.ip=192.0.2.1 | destination.ip=10.0.0.15 | \
         destination.port=8080 | http.request.method=GET | url.scheme=https | url.domain=www.example.com | \
         url.path=/a b | http.response.status_code=200 | http.response.body.bytes=15 | \
         nginx_proxy_manager.gzip_ratio=2.45 | user_agent.original=curl | \
         nginx_proxy_manager.upstream_cache_status=HIT | nginx_proxy_manager.upstream_status=502, 200",
    );
    check(
        "Nginx Proxy Manager",
        "[17/May/2026:10:05:03 +0200] 444 - GET http www.example.com \"/.env\" [Client 192.0.2.1] [Length 0] [Gzip -] \"c\" \"-\"",
        "@timestamp=2026-05-17T08:05:03Z | event.timezone=+0200 | source.ip=192.0.2.1 | http.request.method=GET | \
         url.scheme=http | url.domain=www.example.com | url.path=/.env | http.response.status_code=444 | \
         http.response.body.bytes=0 | user_agent.original=c",
    );
    check(
        "Zoraxy",
        "2026/05/17 10:05:03 [2026-05-17 10:05:03.150624] [router:host-http] [origin:www.example.com] [client: 192.0.2.1] \
         [useragent: Mozilla/5.0 (X11; [x]y)] POST /xmlrpc.php 404",
        "@timestamp=2026-05-17T10:05:03.150624Z (local) | source.ip=192.0.2.1 | http.request.method=POST | \
         url.domain=www.example.com | url.path=/xmlrpc.php | http.response.status_code=404 | zoraxy.router=host-http | \
         user_agent.original=Mozilla/5.0 (X11; [x]y)",
    );
    check(
        "Apache SSL request log",
        "[17/May/2026:10:05:03 +0200] 192.0.2.1 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 \"GET /a?b HTTP/1.1\" -",
        "@timestamp=2026-05-17T08:05:03Z | event.timezone=+0200 | source.ip=192.0.2.1 | http.request.method=GET | \
         url.path=/a | url.query=b | http.version=1.1 | tls.version=TLSv1.2 | tls.cipher=ECDHE-RSA-AES128-GCM-SHA256",
    );
}

#[test]
fn queries_of_a_name_server_also_in_a_container() {
    let query = "10.0.0.4:36413 - 215 \"A IN www.example.com. udp 43 false 512\" NXDOMAIN qr,rd,ra 136 0.000102078s";
    let expected = "event.duration=102078 | source.ip=10.0.0.4 | source.port=36413 | dns.id=215 | dns.question.type=A | \
         dns.question.class=IN | dns.question.name=www.example.com | network.transport=udp | coredns.query.size=43 | \
         coredns.dnssec_ok=false | dns.response_code=NXDOMAIN | coredns.header_flags=qr,rd,ra | \
         coredns.response.size=136 | log.level=INFO | network.protocol=dns";
    check("CoreDNS", &format!("[INFO] {query}"), expected);
    let timed = format!("@timestamp=2026-05-17T10:05:03Z | {expected}");
    check("CoreDNS", &format!("2026-05-17T10:05:03Z [INFO] {query}"), &timed);
    check("CoreDNS", &format!("2026-05-17T10:05:03Z stdout F [INFO] {query}"), &timed);
    let quoted = query.replace('"', "\\\"");
    let docker = format!("{{\"log\":\"[INFO] {quoted}\\n\",\"stream\":\"stdout\",\"time\":\"2026-05-17T10:05:03Z\"}}");
    check("CoreDNS", &docker, &timed);
}

#[test]
fn what_a_container_says_of_envoy_is_no_access_log() {
    let line = "[2026-05-17T10:05:03.250Z] \"GET /a HTTP/1.1\" 200 - 7 91 41 39 \"192.0.2.1\" \"curl\" \"id\" \"www.example.com\" \"-\"";
    assert_eq!(best(&format!("2026-05-17T10:05:03.300Z stdout F {line}")).as_deref(), Some("Envoy"));
}

#[test]
fn the_reason_of_a_reject_is_of_the_order_that_fits_best() {
    let good = "http 2026-05-17T10:05:03Z lb 192.0.2.1:1 - -1 -1 -1 404 - 0 5 \"GET / HTTP/1.1\"";
    let log = format!("{good}\n{good}\nhttp 2026-05-17T10:05:03Z lb 192.0.2.1:1 - x\nftp\n");
    assert_eq!(read_all(&log)[2..], ["rejected: a word is no number", "rejected: a word is none of those expected"]);
}

#[test]
fn prose_is_none_of_them() {
    for text in ["one two three\nfour five six\n", "a, b, c, d\n1, 2, 3, 4\n", "[x] y \"z\"\n"] {
        let name = best(text);
        assert!(name.as_deref().is_none_or(|name| name.contains("header")), "{text}: {name:?}");
    }
}

#[test]
fn a_time_of_day_that_is_none_is_told() {
    let good = "192.0.2.44, -, 5/17/2026, 10:05:03, W3SVC1, WEB01, 192.0.2.200, 494, 729, 121, 500, 0, GET, /a, -,";
    for clock in ["24:00:00", "10:60:00", "10:05:61", "9223372036854775807:05:03", "10:05", "10:05:-3"] {
        let log = format!("{good}\n{}\n", good.replace("10:05:03", clock));
        assert_eq!(read_all(&log).get(1).map(String::as_str), Some("rejected: time is not understood"), "{clock}");
    }
}

#[test]
fn quotes_that_apache_escapes_do_not_end_a_request() {
    check(
        "Apache SSL request log",
        "[17/May/2026:10:05:03 +0000] 192.0.2.7 TLSv1.3 AES \"GET /?a=\\\" HTTP/1.1\" 7",
        "@timestamp=2026-05-17T10:05:03Z | event.timezone=+0000 | source.ip=192.0.2.7 | http.request.method=GET | \
         url.path=/ | url.query=a=\\\" | http.version=1.1 | tls.version=TLSv1.3 | tls.cipher=AES | \
         http.response.body.bytes=7",
    );
}
