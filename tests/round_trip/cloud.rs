//! JSON that clouds write: Amazon, Azure, Cloudflare, Google.

use serde_json::{Value, json};

use crate::check::{Around, Format};
use crate::draw::{Draw, Row};

/// All of them.
pub const FORMATS: [Format; 8] = [
    Format::lines("AWS CloudTrail (JSON)", cloudtrail).around(Around::Envelope("Records")),
    Format::lines("AWS WAF (JSON)", waf),
    Format::lines("Azure Front Door (JSON)", front_door).around(Around::Envelope("records")),
    Format::lines("Azure Application Gateway (JSON)", gateway),
    Format::lines("Cloudflare HTTP requests (JSON)", cloudflare),
    Format::lines("Google Cloud load balancer log (JSON)", load_balancer).around(Around::Array),
    Format::lines("Google Cloud VPC flow log (JSON)", vpc_flow),
    Format::lines("Google Cloud firewall log (JSON)", firewall),
];

fn cloudtrail(row: &Row, draw: &mut Draw) -> (String, Value) {
    let source = draw.one(&[None, Some("cloudformation.amazonaws.com")]);
    let time = row.time.seconds();
    let event = json!({
        "eventVersion": "1.08", "eventTime": time.in_utc().iso(), "eventSource": "s3.amazonaws.com",
        "userIdentity": { "type": "IAMUser", "accountId": "111122223333", "userName": row.user },
        "eventName": "ListBuckets", "awsRegion": "eu-west-1", "sourceIPAddress": source.unwrap_or(&row.client),
        "userAgent": row.agent, "requestParameters": { "path": row.path, "list": [1, { "a": "}" }] }, "requestID": row.id,
        "responseElements": null, "errorCode": row.query, "readOnly": true, "eventType": "AwsApiCall",
    });
    let fields = json!({
        "@timestamp": time.shown(), "user.name": row.user, "event.action": "ListBuckets", "cloud.region": "eu-west-1",
        "source.ip": if source.is_none() { Some(&row.client) } else { None }, "source.domain": source,
        "user_agent.original": row.agent, "http.request.id": row.id, "error.code": row.query,
        "cloud.account.id": "111122223333", "aws.cloudtrail.requestParameters.path": row.path,
    });
    (event.to_string(), fields)
}

fn waf(row: &Row, _: &mut Draw) -> (String, Value) {
    let time = row.time.millis();
    let mut headers = vec![json!({ "name": "Host", "value": row.host })];
    headers.extend(row.agent.map(|agent| json!({ "name": "User-Agent", "value": agent })));
    let line = json!({
        "timestamp": time.micros / 1000, "webaclId": "arn:aws:wafv2:x", "terminatingRuleId": row.word, "action": "BLOCK",
        "httpRequest": {
            "clientIp": row.client, "country": "DE", "headers": headers, "uri": row.path, "args": row.query,
            "httpVersion": format!("HTTP/{}", row.version), "httpMethod": row.method, "requestId": row.id,
        },
        "labels": [{ "name": "a" }, { "name": "b" }], "ruleGroupList": [],
    });
    let fields = json!({
        "@timestamp": time.shown(), "rule.name": row.word, "event.action": "block", "source.ip": row.client,
        "url.domain": row.host, "user_agent.original": row.agent, "url.path": row.path, "url.query": row.query,
        "http.version": row.version, "http.request.method": row.method, "http.request.id": row.id,
    });
    (line.to_string(), fields)
}

/// Numbers are texts there.
fn front_door(row: &Row, _: &mut Draw) -> (String, Value) {
    let seconds = format!("{}.{:03}", row.duration_ms / 1000, row.duration_ms % 1000);
    let record = json!({
        "time": row.time.in_utc().iso(), "category": "FrontDoorAccessLog", "properties": {
            "trackingReference": row.id, "httpMethod": row.method, "httpVersion": row.version,
            "requestUri": format!("https://{}:{}{}", row.host, row.server_port, row.target()),
            "requestBytes": row.request_bytes.to_string(), "responseBytes": row.response_bytes.map(|n| n.to_string()),
            "userAgent": row.agent, "clientIp": row.client, "clientPort": row.client_port.to_string(),
            "timeTaken": seconds, "httpStatusCode": row.status.to_string(),
        },
    });
    let fields = json!({
        "@timestamp": row.time.shown(), "http.request.id": row.id, "http.request.method": row.method,
        "http.version": row.version, "url.scheme": "https", "url.domain": row.host, "url.port": row.server_port,
        "url.path": row.path, "url.query": row.query, "http.request.bytes": row.request_bytes,
        "http.response.bytes": row.response_bytes, "user_agent.original": row.agent, "source.ip": row.client,
        "source.port": row.client_port, "event.duration": row.duration_ms * 1_000_000,
        "http.response.status_code": row.status,
    });
    (record.to_string(), fields)
}

fn gateway(row: &Row, _: &mut Draw) -> (String, Value) {
    let line = json!({
        "timeStamp": row.time.iso(), "category": "ApplicationGatewayAccessLog", "properties": {
            "instanceId": "appgw_0", "clientIP": row.client, "clientPort": row.client_port, "httpMethod": row.method,
            "requestUri": row.path, "requestQuery": row.query, "userAgent": row.agent, "httpStatus": row.status,
            "httpVersion": format!("HTTP/{}", row.version), "receivedBytes": row.request_bytes,
            "sentBytes": row.response_bytes, "host": row.word, "originalHost": row.host,
        },
    });
    let fields = json!({
        "@timestamp": row.time.shown(), "source.ip": row.client, "source.port": row.client_port,
        "http.request.method": row.method, "url.path": row.path, "url.query": row.query,
        "user_agent.original": row.agent, "http.response.status_code": row.status, "http.version": row.version,
        "http.request.bytes": row.request_bytes, "http.response.bytes": row.response_bytes, "url.domain": row.host,
    });
    (line.to_string(), fields)
}

fn cloudflare(row: &Row, draw: &mut Draw) -> (String, Value) {
    let time = row.time.seconds();
    let stamp = if draw.once_in(2) { json!(time.micros * 1000) } else { json!(time.in_utc().iso()) };
    let line = json!({
        "ClientIP": row.client, "ClientSrcPort": row.client_port, "ClientRequestHost": row.host,
        "ClientRequestMethod": row.method, "ClientRequestURI": row.target(), "ClientRequestUserAgent": row.agent,
        "ClientRequestReferer": row.referrer.unwrap_or_default(), "ClientRequestBytes": row.request_bytes,
        "ClientRequestProtocol": format!("HTTP/{}", row.version), "EdgeStartTimestamp": stamp,
        "EdgeResponseStatus": row.status, "EdgeResponseBytes": row.response_bytes, "OriginIP": row.server, "RayID": row.id,
    });
    let fields = json!({
        "@timestamp": time.shown(), "source.ip": row.client, "source.port": row.client_port, "url.domain": row.host,
        "http.request.method": row.method, "url.path": row.path, "url.query": row.query,
        "user_agent.original": row.agent, "http.request.referrer": row.referrer, "http.request.bytes": row.request_bytes,
        "http.version": row.version, "http.response.status_code": row.status, "http.response.bytes": row.response_bytes,
        "destination.ip": row.server, "http.request.id": row.id,
    });
    (line.to_string(), fields)
}

/// Written over lines, as exports are.
fn load_balancer(row: &Row, _: &mut Draw) -> (String, Value) {
    let entry = json!({
        "insertId": row.id, "timestamp": row.time.in_utc().iso(), "severity": "INFO", "httpRequest": {
            "requestMethod": row.method, "requestUrl": format!("https://{}{}", row.host, row.target()),
            "requestSize": row.request_bytes.to_string(), "status": row.status, "userAgent": row.agent,
            "responseSize": row.response_bytes.map(|n| n.to_string()), "remoteIp": row.client, "serverIp": row.server,
            "referer": row.referrer, "latency": format!("{}.{:06}s", row.duration_ms / 1000, row.duration_ms % 1000 * 1000),
        },
    });
    let fields = json!({
        "@timestamp": row.time.shown(), "event.id": row.id, "http.request.method": row.method, "url.domain": row.host,
        "url.path": row.path, "url.query": row.query, "http.request.bytes": row.request_bytes,
        "http.response.status_code": row.status, "user_agent.original": row.agent, "source.ip": row.client,
        "http.response.bytes": row.response_bytes, "destination.ip": row.server, "http.request.referrer": row.referrer,
        "event.duration": row.duration_ms * 1_000_000,
    });
    (serde_json::to_string_pretty(&entry).expect("it is written"), fields)
}

fn connection(row: &Row) -> Value {
    json!({
        "src_ip": row.client, "src_port": row.client_port, "dest_ip": row.server, "dest_port": row.server_port, "protocol": 6,
    })
}

fn connected(row: &Row) -> Value {
    json!({
        "@timestamp": row.time.shown(), "event.id": row.id, "source.ip": row.client, "source.port": row.client_port,
        "destination.ip": row.server, "destination.port": row.server_port, "network.transport": "tcp",
        "network.iana_number": 6, "cloud.account.id": row.word,
    })
}

fn vpc_flow(row: &Row, _: &mut Draw) -> (String, Value) {
    let line = json!({
        "insertId": row.id, "timestamp": row.time.in_utc().iso(), "resource": { "labels": { "project_id": row.word } },
        "jsonPayload": {
            "connection": connection(row), "bytes_sent": row.request_bytes.to_string(), "reporter": "SRC",
            "packets_sent": row.number.to_string(), "start_time": row.time.in_utc().iso(),
        },
    });
    let mut fields = connected(row);
    fields["source.bytes"] = json!(row.request_bytes);
    fields["network.packets"] = json!(row.number);
    fields["event.start"] = json!(row.time.shown());
    (line.to_string(), fields)
}

fn firewall(row: &Row, draw: &mut Draw) -> (String, Value) {
    let is_out = draw.once_in(2);
    let line = json!({
        "insertId": row.id, "timestamp": row.time.in_utc().iso(), "resource": { "labels": { "project_id": row.word } },
        "jsonPayload": {
            "connection": connection(row), "disposition": "DENIED", "instance": { "vm_name": row.host },
            "rule_details": { "reference": row.path, "direction": if is_out { "EGRESS" } else { "INGRESS" } },
        },
    });
    let mut fields = connected(row);
    fields["event.action"] = json!("denied");
    fields["rule.name"] = json!(row.path);
    fields["network.direction"] = json!(if is_out { "outbound" } else { "inbound" });
    fields[if is_out { "source.domain" } else { "destination.domain" }] = json!(row.host);
    (line.to_string(), fields)
}
