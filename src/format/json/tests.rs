//! What becomes of JSON logs: the rows of written lines, and which log a beginning is told as.

use proptest::prelude::*;

use super::*;
use crate::format::FormatSpec;
use crate::format::detect::{MappedColumns, detect};
use crate::source::elements::ElementSplitter;

fn spec_of(log: &str) -> FormatSpec {
    detect(log.as_bytes(), &MappedColumns::new()).swap_remove(0).spec
}

/// `field=value` of all values that are not null, of each line or element.
fn rows(log: &str) -> Vec<String> {
    let spec = spec_of(log);
    let mut texts = Vec::new();
    match spec.framing() {
        Framing::Elements(around) => {
            let mut splitter = ElementSplitter::new(around);
            splitter.push(log.as_bytes(), |element| texts.push(element.text.to_vec()));
            splitter.finish(|element| texts.push(element.text.to_vec()));
        }
        _ => texts.extend(log.lines().map(|line| line.as_bytes().to_vec())),
    }
    let mut parser = spec.parser();
    let columns = parser.columns().to_vec();
    let show = |text: &Vec<u8>| {
        let mut record = Record::new(columns.len());
        let mut scratch = Vec::new();
        match parser.parse(text, &mut scratch, &mut record) {
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
                Value::Time(time) | Value::Local(time) | Value::Yearless(time) => time.to_rfc3339(),
            };
            Some(format!("{}={text}", column.name))
        });
        values.collect::<Vec<_>>().join(" | ")
    };
    texts.iter().map(show).collect()
}

fn name(log: &str) -> String {
    spec_of(log).name().unwrap_or_default()
}

fn row(log: &str, expected_name: &str, expected: &str) {
    assert_eq!(name(log), expected_name, "{log}");
    assert_eq!(rows(log).first().map(String::as_str), Some(expected), "{log}");
}

#[test]
fn suricata() {
    row(
        r#"{"timestamp":"2026-11-20T10:00:00.250000+0000","flow_id":7,"event_type":"alert","src_ip":"192.0.2.1","src_port":5000,"dest_ip":"198.51.100.2","dest_port":80,"proto":"TCP","alert":{"action":"allowed","signature_id":2013028,"signature":"ET POLICY curl","category":"Leak","severity":2,"metadata":{"tag":["a","b"]}},"http":{"hostname":"www.example.com","url":"\/a?b=1","http_method":"GET","protocol":"HTTP\/1.1","status":200,"length":5},"app_proto":"http","flow":{"pkts_toserver":4,"pkts_toclient":3,"bytes_toserver":347,"bytes_toclient":1654}}"#,
        "Suricata eve.json",
        "suricata.alert.metadata.tag=a,b | @timestamp=2026-11-20T10:00:00.250Z | suricata.event_type=alert | \
         source.ip=192.0.2.1 | source.port=5000 | destination.ip=198.51.100.2 | destination.port=80 | \
         network.transport=tcp | network.protocol=http | event.id=7 | rule.name=ET POLICY curl | rule.id=2013028 | \
         rule.category=Leak | event.severity=2 | event.action=allowed | url.domain=www.example.com | url.path=/a | \
         url.query=b=1 | http.request.method=GET | http.version=1.1 | http.response.status_code=200 | \
         http.response.body.bytes=5 | source.bytes=347 | destination.bytes=1654 | source.packets=4 | \
         destination.packets=3 | network.bytes=2001 | network.packets=7",
    );
}

#[test]
fn zeek() {
    row(
        r#"{"ts":1763632800.5,"uid":"C1","id.orig_h":"192.0.2.1","id.orig_p":5000,"id.resp_h":"198.51.100.2","id.resp_p":53,"proto":"udp","service":"dns","duration":0.25,"orig_bytes":75,"resp_bytes":178,"conn_state":"SF","local_orig":true,"local_resp":false,"tunnel_parents":[]}"#,
        "zeek conn (JSON)",
        "zeek.conn.conn_state=SF | zeek.conn.local_orig=true | zeek.conn.local_resp=false | \
         @timestamp=2025-11-20T10:00:00.500Z | event.id=C1 | source.ip=192.0.2.1 | source.port=5000 | \
         destination.ip=198.51.100.2 | destination.port=53 | network.transport=udp | network.protocol=dns | \
         event.duration=250000000 | source.bytes=75 | destination.bytes=178 | network.direction=outbound | network.bytes=253",
    );
    row(
        r#"{"_path":"kerberos","ts":"2025-11-20T10:00:00Z","id":{"orig_h":"192.0.2.1","orig_p":5000},"client":"ann/EXAMPLE.COM"}"#,
        "zeek kerberos (JSON)",
        "zeek.kerberos._path=kerberos | user.name=ann | user.domain=EXAMPLE.COM | @timestamp=2025-11-20T10:00:00Z | \
         source.ip=192.0.2.1 | source.port=5000 | network.transport=tcp | network.protocol=kerberos",
    );
}

#[test]
fn proxies_and_servers() {
    row(
        r#"{"level":"info","ts":1763632800.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.1","remote_port":"5000","proto":"HTTP/2.0","method":"GET","host":"www.example.com","uri":"/a?b","headers":{"User-Agent":["curl/8"]}},"user_id":"ann","duration":0.000033987,"size":7,"status":401}"#,
        "Caddy access log (JSON)",
        "@timestamp=2025-11-20T10:00:00.500Z | log.level=info | caddy.logger=http.log.access | message=handled request | \
         source.ip=192.0.2.1 | source.port=5000 | http.version=2.0 | http.request.method=GET | url.domain=www.example.com | \
         url.path=/a | url.query=b | user_agent.original=curl/8 | user.name=ann | event.duration=33987 | \
         http.response.body.bytes=7 | http.response.status_code=401",
    );
    row(
        r#"{"ClientAddr":"192.0.2.1:5000","ClientHost":"192.0.2.1","ClientPort":"5000","ClientUsername":"-","DownstreamContentSize":19,"DownstreamStatus":404,"Duration":90000,"RequestHost":"www.example.com","RequestMethod":"GET","RequestPath":"/a?b","RequestProtocol":"HTTP/1.1","time":"2025-11-20T10:00:00Z"}"#,
        "Traefik access log (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | source.ip=192.0.2.1 | source.port=5000 | http.response.status_code=404 | \
         http.response.body.bytes=19 | event.duration=90000 | url.domain=www.example.com | http.request.method=GET | \
         url.path=/a | url.query=b | http.version=1.1",
    );
    row(
        r#"2025-11-20T10:00:01+01:00 stdout F {":authority":"app.example","bytes_sent":7,"downstream_remote_address":"192.0.2.1:5000","duration":11,"method":"GET","response_code":200,"response_flags":"-","start_time":"2025-11-20T10:00:00Z","upstream_host":"198.51.100.2:8080","x-envoy-origin-path":"/a","requested_server_name":null}"#,
        "Envoy access log (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | http.request.method=GET | url.path=/a | url.domain=app.example | \
         http.response.status_code=200 | http.response.body.bytes=7 | event.duration=11000000 | destination.ip=198.51.100.2 | \
         destination.port=8080 | source.ip=192.0.2.1 | source.port=5000 | json.before=2025-11-20T10:00:01+01:00 stdout F",
    );
    row(
        r#"{"transaction":{"client_ip":"192.0.2.1","time_stamp":"Thu Nov 20 10:00:00 2025","client_port":5000,"unique_id":"u1","request":{"method":"GET","http_version":1.1,"uri":"/?a=../","headers":{"Host":"www.example.com"}},"response":{"http_code":403},"messages":[{"message":"Path Traversal","details":{"ruleId":"930100","severity":"2","tags":["a","b"]}},{"message":"other"}]}}"#,
        "ModSecurity audit log (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | source.ip=192.0.2.1 | source.port=5000 | http.request.id=u1 | \
         http.request.method=GET | http.version=1.1 | url.path=/ | url.query=a=../ | url.domain=www.example.com | \
         http.response.status_code=403 | rule.name=Path Traversal | rule.id=930100 | event.severity=2 | rule.category=a,b",
    );
}

#[test]
fn clouds() {
    row(
        r#"{"timestamp":1763632800000,"action":"BLOCK","terminatingRuleId":"r1","webaclId":"acl","httpRequest":{"clientIp":"192.0.2.1","country":"DE","headers":[{"name":"Host","value":"www.example.com"},{"name":"User-Agent","value":"a \"b\""}],"uri":"/a","args":"b=1","httpVersion":"HTTP/1.1","httpMethod":"GET"}}"#,
        "AWS WAF (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | event.action=block | rule.name=r1 | observer.name=acl | source.ip=192.0.2.1 | \
         source.geo.country_iso_code=DE | url.path=/a | url.query=b=1 | url.domain=www.example.com | http.version=1.1 | \
         http.request.method=GET | user_agent.original=a \"b\"",
    );
    row(
        r#"{"Records":[{"eventTime":"2025-11-20T10:00:00Z","eventName":"ListBuckets","eventSource":"s3.amazonaws.com","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1","userAgent":"aws-cli/2","userIdentity":{"userName":"ann"}},{"eventTime":"2025-11-20T10:00:01Z","eventName":"x","awsRegion":"eu-west-1","sourceIPAddress":"iam.amazonaws.com"}]}"#,
        "AWS CloudTrail (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | event.action=ListBuckets | service.name=s3.amazonaws.com | \
         cloud.region=eu-west-1 | source.ip=192.0.2.1 | user_agent.original=aws-cli/2 | user.name=ann",
    );
    row(
        r#"{"ClientIP":"192.0.2.1","ClientRequestHost":"www.example.com","ClientRequestMethod":"GET","ClientRequestURI":"/a?b","EdgeStartTimestamp":1763632800000000000,"EdgeResponseStatus":200,"EdgeResponseBytes":7,"RayID":"r"}"#,
        "Cloudflare HTTP requests (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | http.request.id=r | source.ip=192.0.2.1 | url.domain=www.example.com | \
         http.request.method=GET | url.path=/a | url.query=b | http.response.status_code=200 | http.response.bytes=7",
    );
    row(
        r#"{"httpRequest":{"requestMethod":"GET","requestUrl":"https://www.example.com/a?b","status":200,"responseSize":"7","remoteIp":"192.0.2.1","latency":"0.012s"},"timestamp":"2025-11-20T10:00:00Z"}"#,
        "Google Cloud load balancer log (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | http.request.method=GET | url.path=/a | url.query=b | url.scheme=https | \
         url.domain=www.example.com | http.response.status_code=200 | http.response.bytes=7 | source.ip=192.0.2.1 | \
         event.duration=12000000",
    );
    row(
        r#"{"jsonPayload":{"connection":{"src_ip":"192.0.2.1","src_port":5000,"dest_ip":"198.51.100.2","dest_port":53,"protocol":17},"disposition":"DENIED","rule_details":{"direction":"EGRESS"},"instance":{"vm_name":"vm1"}},"timestamp":"2025-11-20T10:00:00Z"}"#,
        "Google Cloud firewall log (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | source.ip=192.0.2.1 | source.port=5000 | source.domain=vm1 | \
         destination.ip=198.51.100.2 | destination.port=53 | network.transport=udp | network.iana_number=17 | \
         event.action=denied | gcp.rule.direction=EGRESS | gcp.instance.vm_name=vm1 | network.direction=outbound",
    );
    row(
        r#"{"records":[{"time":"2025-11-20T10:00:00Z","category":"FrontDoorAccessLog","properties":{"trackingReference":"t","httpMethod":"GET","requestUri":"https://www.example.com:443/a","clientIp":"192.0.2.1","clientPort":"5000","timeTaken":"0.25","httpStatusCode":"200"}}]}"#,
        "Azure Front Door (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | azure.category=FrontDoorAccessLog | http.request.id=t | \
         http.request.method=GET | url.domain=www.example.com | url.port=443 | url.path=/a | url.scheme=https | \
         source.ip=192.0.2.1 | source.port=5000 | event.duration=250000000 | http.response.status_code=200",
    );
    row(
        r#"{"timeStamp":"2025-11-20T10:00:00Z","properties":{"instanceId":"i","clientIP":"192.0.2.1","httpMethod":"GET","requestUri":"/a","httpStatus":200,"sentBytes":7,"timeTaken":0.25}}"#,
        "Azure Application Gateway (JSON)",
        "@timestamp=2025-11-20T10:00:00Z | source.ip=192.0.2.1 | http.request.method=GET | url.path=/a | \
         http.response.status_code=200 | http.response.bytes=7 | azure.timeTaken=0.25 | azure.instanceId=i",
    );
}

#[test]
fn lines_of_any_keys() {
    row(
        r#"{"time_iso8601":"2025-11-20T10:00:00+01:00","remote_addr":"192.0.2.1","request":"GET /a?b HTTP/1.1","status":"200","body_bytes_sent":7,"request_time":"0.25","http_user_agent":"c","n":5,"f":0.5,"deep":{"x":"y"}}"#,
        "JSON lines",
        "@timestamp=2025-11-20T09:00:00Z | source.ip=192.0.2.1 | url.path=/a | url.query=b | http.request.method=GET | \
         http.version=1.1 | http.response.status_code=200 | http.response.body.bytes=7 | event.duration=250000000 | \
         user_agent.original=c | json.n=5 | json.f=0.5 | json.deep.x=y",
    );
    row(
        r#"{"@timestamp":"2025-11-20T10:00:00Z","source.ip":"192.0.2.1","http":{"response":{"status_code":404}},"status":"ok","ip":"here"}"#,
        "JSON lines",
        "@timestamp=2025-11-20T10:00:00Z | source.ip=192.0.2.1 | http.response.status_code=404 | json.status=ok | json.ip=here",
    );
}

#[test]
fn guesses_bend_and_known_fields_do_not() {
    let log = "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n{\"a\":3}\n";
    let mut parser = spec_of(log).parser();
    let mut read = |line: &'static str| {
        let mut record = Record::new(parser.columns().len());
        let mut scratch = Vec::new();
        let parsed = parser.parse(line.as_bytes(), &mut scratch, &mut record);
        (parsed, format!("{:?}", record.values.first()))
    };
    assert_eq!(read("{\"a\":2.5}"), (Parsed::Row, "Some(Integer(2))".into()));
    assert_eq!(read("{\"a\":\"no\"}"), (Parsed::Row, "Some(Null)".into()));
    assert_eq!(read("{\"a\":1,\"a\":2}"), (Parsed::Row, "Some(Integer(2))".into()));
    assert_eq!(read("{\"\\u0061\":7}"), (Parsed::Row, "Some(Integer(7))".into()));
    assert_eq!(read(" "), (Parsed::Skip, "Some(Null)".into()));
    assert_eq!(read("{\"a\":1").0, Parsed::Reject("the object is not closed".into()));
    assert_eq!(read("x {\"a\":1}").0, Parsed::Reject("text before the object".into()));
    assert_eq!(read("no").0, Parsed::Reject("no object".into()));
    let log = "{\"status\":200}\n{\"status\":404}\n{\"status\":\"x\"}\n{\"status\":500}\n";
    assert_eq!(rows(log).get(2).map(String::as_str), Some("json.status=x"));
}

#[test]
fn documents_are_read_by_their_objects() {
    for log in [
        "[{\"a\":1,\"status\":200},{\"a\":2,\"status\":404}]",
        "[\n  {\n    \"a\": 1,\n    \"status\": 200\n  },\n  {\"a\":2,\"status\":404}\n]\n",
        "{\"Records\":[{\"a\":1,\"status\":200},{\"a\":2,\"status\":404}]}",
        "{\"next\":null,\"events\":[{\"a\":1,\"status\":200},\n{\"a\":2,\"status\":404}]}\n",
        "{\n  \"a\": 1,\n  \"status\": 200\n}\n{\n  \"a\": 2,\n  \"status\": 404\n}\n",
        "{\"a\":1,\"status\":200}{\"a\":2,\"status\":404}\n",
        "{\"a\":1,\"status\":200}\n{\"a\":2,\"status\":404}\n",
        "\u{feff}{\"a\":1,\"status\":200}\r\n{\"a\":2,\"status\":404}\r\n",
    ] {
        assert_eq!(
            rows(log.trim_start_matches('\u{feff}')),
            ["json.a=1 | http.response.status_code=200", "json.a=2 | http.response.status_code=404"],
            "{log}"
        );
    }
}

#[test]
fn a_list_in_a_record_is_no_document() {
    let log =
        "{\"order\":\"a long text that says more than its list\",\"items\":[{\"n\":1}],\"who\":\"ann\"}\n".repeat(2);
    assert_eq!(
        rows(&log).first().map(String::as_str),
        Some("json.order=a long text that says more than its list | json.items.n=1 | json.who=ann")
    );
}

#[test]
fn what_is_no_json_is_told_so() {
    for log in ["[20/Nov/2025] {a}\n", "{x}\n", "{\n", "[]\n", "[1,2]\n", "a {b} c\n", "{}\n"] {
        assert!(!name(log).contains("JSON") || log == "{}\n", "{log}: {}", name(log));
    }
}

#[test]
fn the_user_says_what_a_key_is() {
    let mapped = MappedColumns::from([("who".to_owned(), FieldName::from(Field::UserName))]);
    let spec = detect(b"{\"who\":\"ann\",\"n\":1}\n", &mapped).swap_remove(0).spec;
    assert!(spec.columns().contains(&("who".into(), Field::UserName.into())), "{:?}", spec.columns());
}

proptest! {
    #[test]
    fn texts_come_back_as_they_were(texts in proptest::collection::vec(".{0,20}", 1..6)) {
        let object: serde_json::Map<String, serde_json::Value> =
            texts.iter().enumerate().map(|(n, text)| (format!("k{n}"), text.clone().into())).collect();
        let line = serde_json::to_string(&object).unwrap();
        let expected: Vec<String> = texts
            .iter()
            .enumerate()
            .filter(|(_, text)| !matches!(text.as_str(), "" | "-"))
            .map(|(n, text)| format!("json.k{n}={text}"))
            .collect();
        prop_assume!(!line.contains('\n'));
        prop_assert_eq!(rows(&line).remove(0), expected.join(" | "));
    }
}
