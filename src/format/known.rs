//! The formats that are understood, by what they are chosen by: one line a format, for people to read.
//!
//! Detection does not look here: it asks every format. A test reads every sample and finds its format in this list.

/// A format, or a family of formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it is chosen by; `*` at the end stands for the rest of a family's ids.
    pub id: &'static str,
    /// What it is.
    pub about: &'static str,
}

/// Every format, families together.
pub const KNOWN: &[Known] = &[
    Known {
        id: "access",
        about: "access logs of Apache, nginx and their relatives: common, combined, with virtual hosts, with more fields behind",
    },
    Known { id: "apache.error", about: "Apache's error log" },
    Known {
        id: "application",
        about: "what programs write for people: a time, a level, a message, over several lines",
    },
    Known { id: "apache.ssl", about: "Apache's SSL request log" },
    Known { id: "nginx.error", about: "nginx' error log" },
    Known { id: "nginx_proxy_manager.access", about: "Nginx Proxy Manager" },
    Known { id: "iis.access", about: "IIS: W3C extended, and its own format" },
    Known { id: "iis.error", about: "HTTP.sys errors (W3C extended)" },
    Known { id: "w3c", about: "any other W3C extended log, by its header" },
    Known { id: "haproxy.log", about: "HAProxy: HTTP, HTTPS, TCP, errors" },
    Known { id: "squid.access", about: "Squid" },
    Known { id: "envoyproxy.log", about: "Envoy and Istio" },
    Known { id: "envoy.access", about: "Envoy (JSON)" },
    Known { id: "traefik.access", about: "Traefik (JSON)" },
    Known { id: "caddy.access", about: "Caddy (JSON)" },
    Known { id: "zoraxy.access", about: "Zoraxy" },
    Known { id: "coredns.log", about: "CoreDNS queries" },
    Known { id: "modsecurity.audit", about: "ModSecurity's audit log, its own and JSON" },
    Known { id: "suricata.eve", about: "Suricata's eve.json" },
    Known { id: "zeek.*", about: "Zeek and Bro logs of any type: tab-separated by their header, or JSON" },
    Known { id: "aws.elb", about: "AWS load balancers: application, network, classic" },
    Known { id: "aws.s3access", about: "S3 server access" },
    Known { id: "aws.cloudfront", about: "CloudFront (W3C extended)" },
    Known { id: "aws.cloudtrail", about: "AWS CloudTrail" },
    Known { id: "aws.vpcflow", about: "VPC flows with any columns" },
    Known { id: "aws.waf", about: "AWS WAF" },
    Known { id: "aws.cloudwatch", about: "CloudWatch web traffic, the CSV with its sixteen columns" },
    Known { id: "azure.application_gateway", about: "Azure Application Gateway" },
    Known { id: "azure.frontdoor", about: "Azure Front Door" },
    Known { id: "gcp.firewall", about: "Google Cloud firewall rules" },
    Known { id: "gcp.loadbalancer", about: "Google Cloud load balancer" },
    Known { id: "gcp.vpcflow", about: "Google Cloud VPC flows" },
    Known { id: "cloudflare.http", about: "Cloudflare's HTTP requests" },
    Known { id: "system.syslog", about: "syslog; what it carries is read by its own format" },
    Known { id: "logfmt", about: "lines of key=value" },
    Known { id: "json", about: "any other JSON, an object a line or the elements of a document" },
    Known { id: "csv", about: "comma-separated with or without a header; well-known columns in ECS names" },
    Known { id: "csv.semicolon", about: "semicolon-separated" },
    Known { id: "csv.tab", about: "tab-separated" },
    Known { id: "csv.bar", about: "bar-separated" },
    Known { id: "mixed", about: "several formats in one file" },
    Known { id: "unknown", about: "no format: every line is counted and none is understood" },
];

/// Whether a format of that id is known.
pub fn is_known(id: &str) -> bool {
    KNOWN.iter().any(|known| match known.id.strip_suffix('*') {
        Some(family) => id.starts_with(family),
        None => known.id == id,
    })
}
