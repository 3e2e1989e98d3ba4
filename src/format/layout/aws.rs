//! Tables of Amazon's logs: load balancers, S3, VPC flows.

use memchr::memchr_iter;

use crate::schema::{Field, FieldName};

use super::Shape;
use super::table::{Is, Word, both, word};

/// [Application](https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html),
/// [network](https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html) and
/// [classic](https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html) load balancers,
/// and classic ones before TCP.
pub const ELB: &[Shape] =
    &[Shape::growing(ALB, 13), Shape::growing(NLB, 17), Shape::growing(CLASSIC_TCP, 12), Shape::growing(CLASSIC, 12)];

const ALB: &[Word<'_>] = &[
    word(Is::OneOf(&["http", "https", "h2", "grpcs", "ws", "wss"]), "aws.elb.type"),
    word(Is::Time, "@timestamp"),
    word(Is::Text, "aws.elb.name"),
    word(Is::Client, ""),
    both(Is::AddressPort, "aws.elb.backend.ip", "aws.elb.backend.port"),
    word(Is::Part, "aws.elb.request_processing_time.sec"),
    word(Is::Part, "aws.elb.backend_processing_time.sec"),
    word(Is::Part, "aws.elb.response_processing_time.sec"),
    word(Is::Status, ""),
    word(Is::Integer, "aws.elb.backend.http.response.status_code"),
    word(Is::Integer, "http.request.body.bytes"),
    word(Is::Integer, "http.response.body.bytes"),
    word(Is::Request, ""),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "tls.cipher"),
    word(Is::Text, "tls.version"),
    word(Is::Text, "aws.elb.target_group.arn"),
    word(Is::Text, "aws.elb.trace_id"),
    word(Is::Text, "tls.server_name"),
    word(Is::Text, "aws.elb.chosen_cert.arn"),
    word(Is::Text, "aws.elb.matched_rule_priority"),
    word(Is::Time, "event.start"),
    word(Is::Text, "aws.elb.action_executed"),
    word(Is::Text, "aws.elb.redirect_url"),
    word(Is::Text, "aws.elb.error.reason"),
    word(Is::Text, "aws.elb.target_port"),
    word(Is::Text, "aws.elb.target_status_code"),
    word(Is::Text, "aws.elb.classification"),
    word(Is::Text, "aws.elb.classification_reason"),
    word(Is::Text, "aws.elb.connection_trace_id"),
    word(Is::Text, "aws.elb.transformed_host"),
    word(Is::Text, "aws.elb.transformed_uri"),
    word(Is::Text, "aws.elb.transform_status"),
];

const NLB: &[Word<'_>] = &[
    word(Is::OneOf(&["tls"]), "aws.elb.type"),
    word(Is::Text, "aws.elb.version"),
    word(Is::Time, "@timestamp"),
    word(Is::Text, "aws.elb.name"),
    word(Is::Text, "aws.elb.listener"),
    word(Is::Client, ""),
    both(Is::AddressPort, "aws.elb.backend.ip", "aws.elb.backend.port"),
    word(Is::Integer, "aws.elb.connection_time.ms"),
    word(Is::Integer, "aws.elb.tls_handshake_time.ms"),
    word(Is::Integer, "source.bytes"),
    word(Is::Integer, "destination.bytes"),
    word(Is::Text, "aws.elb.incoming_tls_alert"),
    word(Is::Text, "aws.elb.chosen_cert.arn"),
    word(Is::Text, "aws.elb.chosen_cert.serial"),
    word(Is::Text, "tls.cipher"),
    word(Is::Text, "tls.version"),
    word(Is::Text, "aws.elb.tls_named_group"),
    word(Is::Text, "tls.server_name"),
    word(Is::Text, "aws.elb.alpn_fe_protocol"),
    word(Is::Text, "aws.elb.alpn_be_protocol"),
    word(Is::Text, "aws.elb.alpn_client_preference_list"),
    word(Is::Time, "event.start"),
];

/// A TCP listener has no status, and its bytes are those of the connection.
const CLASSIC_TCP: &[Word<'_>] = &[
    word(Is::Time, "@timestamp"),
    word(Is::Text, "aws.elb.name"),
    word(Is::Client, ""),
    both(Is::AddressPort, "aws.elb.backend.ip", "aws.elb.backend.port"),
    word(Is::Part, "aws.elb.request_processing_time.sec"),
    word(Is::Part, "aws.elb.backend_processing_time.sec"),
    word(Is::Part, "aws.elb.response_processing_time.sec"),
    word(Is::Exactly("-"), ""),
    word(Is::Exactly("-"), ""),
    word(Is::Integer, "source.bytes"),
    word(Is::Integer, "destination.bytes"),
    word(Is::Request, ""),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "tls.cipher"),
    word(Is::Text, "tls.version"),
];

const CLASSIC: &[Word<'_>] = &[
    word(Is::Time, "@timestamp"),
    word(Is::Text, "aws.elb.name"),
    word(Is::Client, ""),
    both(Is::AddressPort, "aws.elb.backend.ip", "aws.elb.backend.port"),
    word(Is::Part, "aws.elb.request_processing_time.sec"),
    word(Is::Part, "aws.elb.backend_processing_time.sec"),
    word(Is::Part, "aws.elb.response_processing_time.sec"),
    word(Is::Status, ""),
    word(Is::Integer, "aws.elb.backend.http.response.status_code"),
    word(Is::Integer, "http.request.body.bytes"),
    word(Is::Integer, "http.response.body.bytes"),
    word(Is::Request, ""),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "tls.cipher"),
    word(Is::Text, "tls.version"),
];

/// [S3 server access logs](https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html).
pub const S3: &[Shape] = &[Shape::growing(S3_WORDS, 18)];

const S3_WORDS: &[Word<'_>] = &[
    word(Is::Text, "aws.s3access.bucket_owner"),
    word(Is::Text, "aws.s3access.bucket"),
    word(Is::Time, "@timestamp"),
    word(Is::Source, ""),
    word(Is::Text, "user.id"),
    word(Is::Text, "event.id"),
    word(Is::Text, "event.action"),
    word(Is::Text, "aws.s3access.key"),
    word(Is::Request, ""),
    word(Is::Status, ""),
    word(Is::Text, "error.code"),
    word(Is::Integer, "http.response.body.bytes"),
    word(Is::Integer, "aws.s3access.object_size"),
    word(Is::Millis, ""),
    word(Is::Integer, "aws.s3access.turn_around_time"),
    word(Is::Text, "http.request.referrer"),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "aws.s3access.version_id"),
    word(Is::Text, "aws.s3access.host_id"),
    word(Is::Text, "aws.s3access.signature_version"),
    word(Is::Text, "tls.cipher"),
    word(Is::Text, "aws.s3access.authentication_type"),
    word(Is::Authority, ""),
    word(Is::Text, "tls.version"),
    word(Is::Text, "aws.s3access.access_point_arn"),
    word(Is::Text, "aws.s3access.acl_required"),
];

/// The columns of version 2 of [VPC flow logs](https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html),
/// which have no header where they come from a log group.
pub const VPC_DEFAULT: [&str; 14] = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
];

/// What columns of VPC flow logs are; others are text.
const VPC_WORDS: &[(&str, Word<'_>)] = &[
    ("account-id", word(Is::Text, "cloud.account.id")),
    ("srcaddr", word(Is::Source, "network.type")),
    ("dstaddr", word(Is::Destination, "")),
    ("srcport", word(Is::Integer, "source.port")),
    ("dstport", word(Is::Integer, "destination.port")),
    ("protocol", both(Is::Transport, "network.iana_number", "network.transport")),
    ("packets", both(Is::Integer, "source.packets", "network.packets")),
    ("bytes", both(Is::Integer, "source.bytes", "network.bytes")),
    ("start", word(Is::Time, "event.start")),
    ("end", both(Is::Time, "event.end", "@timestamp")),
    ("action", word(Is::Text, "event.action")),
    ("tcp-flags", word(Is::Integer, "aws.vpcflow.tcp_flags")),
    ("type", word(Is::Text, "aws.vpcflow.type")),
    ("region", word(Is::Text, "cloud.region")),
    ("flow-direction", word(Is::Text, "network.direction")),
    ("instance-id", word(Is::Text, "cloud.instance.id")),
    ("version", word(Is::Text, "aws.vpcflow.version")),
    ("interface-id", word(Is::Text, "aws.vpcflow.interface_id")),
    ("log-status", word(Is::Text, "aws.vpcflow.log_status")),
    ("vpc-id", word(Is::Text, "aws.vpcflow.vpc_id")),
    ("subnet-id", word(Is::Text, "aws.vpcflow.subnet_id")),
    ("pkt-srcaddr", word(Is::Text, "aws.vpcflow.pkt_srcaddr")),
    ("pkt-dstaddr", word(Is::Text, "aws.vpcflow.pkt_dstaddr")),
    ("az-id", word(Is::Text, "aws.vpcflow.az_id")),
    ("sublocation-type", word(Is::Text, "aws.vpcflow.sublocation_type")),
    ("sublocation-id", word(Is::Text, "aws.vpcflow.sublocation_id")),
    ("pkt-src-aws-service", word(Is::Text, "aws.vpcflow.pkt_src_aws_service")),
    ("pkt-dst-aws-service", word(Is::Text, "aws.vpcflow.pkt_dst_aws_service")),
    ("traffic-path", word(Is::Text, "aws.vpcflow.traffic_path")),
    ("reject-reason", word(Is::Text, "aws.vpcflow.reject_reason")),
];

/// Beginnings of columns that flow logs of containers have.
const VPC_OWN: &str = "ecs-";

/// The word of a column of a VPC flow log.
pub fn vpc_word(name: &str) -> Word<'static> {
    let known = VPC_WORDS.iter().find(|(known, _)| *known == name);
    known.map_or(word(Is::Nothing, ""), |(_, word)| *word)
}

/// The columns of a header and what they become.
pub fn vpc_columns(header: &[String]) -> Vec<(String, FieldName)> {
    let field = |name: &String| match vpc_word(name) {
        Word { is: Is::Source, .. } => Some(Field::SourceIp.into()),
        Word { is: Is::Destination, .. } => Some(Field::DestinationIp.into()),
        Word { is: Is::Nothing, .. } => None,
        word => Some(FieldName::new(word.name)),
    };
    header.iter().filter_map(|name| Some((name.clone(), field(name)?))).collect()
}

/// The columns that a line names, if it is a header.
pub fn vpc_header(line: &[u8]) -> Option<Vec<String>> {
    let line = std::str::from_utf8(line).ok()?;
    let names: Vec<&str> = line.split_ascii_whitespace().collect();
    let is_known = |name: &&str| name.starts_with(VPC_OWN) || VPC_WORDS.iter().any(|(known, _)| known == name);
    let is_header = names.len() >= 3 && names.iter().all(is_known);
    is_header.then(|| names.into_iter().map(str::to_owned).collect())
}

/// Whether a line is one of version 2: its version, an account's number, an interface.
pub fn is_vpc_default(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ');
    let account = |word: &[u8]| word == b"unknown" || (word.len() == 12 && word.iter().all(u8::is_ascii_digit));
    words.next() == Some(b"2")
        && words.next().is_some_and(account)
        && words.next().is_some_and(|interface| interface.starts_with(b"eni-"))
        && memchr_iter(b' ', line).count() + 1 == VPC_DEFAULT.len()
}
