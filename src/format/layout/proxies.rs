//! Tables of proxies' and name servers' logs, and of the trailing words that proxies put behind an access-log line.

use super::Shape;
use super::table::{Is, Word, perhaps, tagged, word};
use super::words::Cut;

/// [Squid's native log](https://wiki.squid-cache.org/Features/LogFormat#squid): time, milliseconds, client, result/status,
/// bytes, method, URL, user, hierarchy/peer, type.
pub const SQUID: &[Shape] = &[Shape::growing(SQUID_WORDS, 10)];

const SQUID_WORDS: &[Word<'_>] = &[
    word(Is::Time, "@timestamp"),
    word(Is::Millis, ""),
    word(Is::Source, ""),
    word(Is::Result, "squid.result_code"),
    word(Is::Integer, "http.response.bytes"),
    word(Is::Text, "http.request.method"),
    word(Is::Target, ""),
    word(Is::Text, "user.name"),
    word(Is::Peer, "squid.hierarchy_code"),
    word(Is::Text, "http.response.mime_type"),
];

/// [Envoy's default format](https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage) and
/// [Istio's](https://istio.io/latest/docs/tasks/observability/logs/access-log/), which both may have `ACCESS` in front.
pub const ENVOY: &[Shape] = &[Shape::exact(ENVOY_TCP), Shape::exact(ENVOY_WORDS), Shape::growing(ISTIO_WORDS, 23)];

/// A connection that is no HTTP has no request, and its bytes are those of the connection.
const ENVOY_TCP: &[Word<'_>] = &[
    perhaps("ACCESS", Is::Nothing, ""),
    word(Is::Time, "@timestamp"),
    word(Is::Exactly("- - -"), ""),
    word(Is::Nothing, ""),
    word(Is::Text, "envoyproxy.response_flags"),
    word(Is::Integer, "source.bytes"),
    word(Is::Integer, "destination.bytes"),
    word(Is::Millis, ""),
    word(Is::Integer, "envoyproxy.upstream_service_time"),
    word(Is::Forwarded, "network.forwarded_ip"),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "http.request.id"),
    word(Is::Authority, ""),
    word(Is::Destination, ""),
];

const ENVOY_WORDS: &[Word<'_>] = &[
    perhaps("ACCESS", Is::Nothing, ""),
    word(Is::Time, "@timestamp"),
    word(Is::Request, "network.protocol"),
    word(Is::Status, ""),
    word(Is::Text, "envoyproxy.response_flags"),
    word(Is::Integer, "http.request.body.bytes"),
    word(Is::Integer, "http.response.body.bytes"),
    word(Is::Millis, ""),
    word(Is::Integer, "envoyproxy.upstream_service_time"),
    word(Is::Forwarded, "network.forwarded_ip"),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "http.request.id"),
    word(Is::Authority, ""),
    word(Is::Destination, ""),
];

const ISTIO_WORDS: &[Word<'_>] = &[
    perhaps("ACCESS", Is::Nothing, ""),
    word(Is::Time, "@timestamp"),
    word(Is::Request, "network.protocol"),
    word(Is::Status, ""),
    word(Is::Text, "envoyproxy.response_flags"),
    word(Is::Text, "envoyproxy.response_code_details"),
    word(Is::Text, "envoyproxy.connection_termination_details"),
    word(Is::Text, "error.message"),
    word(Is::Integer, "http.request.body.bytes"),
    word(Is::Integer, "http.response.body.bytes"),
    word(Is::Millis, ""),
    word(Is::Integer, "envoyproxy.upstream_service_time"),
    word(Is::Text, "network.forwarded_ip"),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "http.request.id"),
    word(Is::Authority, ""),
    word(Is::Destination, ""),
    word(Is::Text, "envoyproxy.upstream_cluster"),
    word(Is::Text, "envoyproxy.upstream_local_address"),
    word(Is::Text, "envoyproxy.downstream_local_address"),
    word(Is::Source, ""),
    word(Is::Text, "tls.server_name"),
    word(Is::Text, "envoyproxy.route_name"),
];

/// [CoreDNS' log plugin](https://coredns.io/plugins/log/), with a time in front or without.
pub const CORE_DNS: &[Shape] =
    &[Shape::exact(DNS_WITH_TIME).cut(Cut::Spaces), Shape::exact(DNS_WITHOUT_TIME).cut(Cut::Spaces)];

const DNS_WITH_TIME: &[Word<'_>] = &[
    word(Is::Time, "@timestamp"),
    word(Is::Exactly("[INFO]"), ""),
    word(Is::Source, ""),
    word(Is::Exactly("-"), ""),
    word(Is::Text, "dns.id"),
    tagged("\"", Is::Text, "dns.question.type"),
    word(Is::Text, "dns.question.class"),
    word(Is::Name, "dns.question.name"),
    word(Is::Text, "network.transport"),
    word(Is::Integer, "coredns.query.size"),
    word(Is::OneOf(&["true", "false"]), "coredns.dnssec_ok"),
    word(Is::Nothing, ""),
    word(Is::Text, "dns.response_code"),
    word(Is::Text, "coredns.header_flags"),
    word(Is::Integer, "coredns.response.size"),
    word(Is::Seconds, ""),
    word(Is::Says("INFO"), "log.level"),
    word(Is::Says("dns"), "network.protocol"),
];

const DNS_WITHOUT_TIME: &[Word<'_>] = match DNS_WITH_TIME.split_first() {
    Some((_, words)) => words,
    None => &[],
};

/// [Apache's SSL request log](https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#logformats):
/// `%t %h %{SSL_PROTOCOL}x %{SSL_CIPHER}x "%r" %b`.
pub const APACHE_SSL: &[Shape] = &[Shape::exact(&[
    word(Is::Time, "@timestamp"),
    word(Is::Source, ""),
    word(Is::Text, "tls.version"),
    word(Is::Text, "tls.cipher"),
    word(Is::Request, ""),
    word(Is::Integer, "http.response.body.bytes"),
])
.cut(Cut::Escaped)];

/// [Nginx Proxy Manager](https://github.com/NginxProxyManager/nginx-proxy-manager), `log-proxy.conf`: its format `proxy`,
/// and `standard` for what it answers itself.
pub const NGINX_PROXY_MANAGER: &[Shape] = &[Shape::exact(NPM_STANDARD), Shape::exact(NPM_PROXY)];

const NPM_STANDARD: &[Word<'_>] = &[
    word(Is::Time, "@timestamp"),
    word(Is::Status, ""),
    word(Is::Exactly("-"), ""),
    word(Is::Text, "http.request.method"),
    word(Is::Text, "url.scheme"),
    word(Is::Authority, ""),
    word(Is::Url, ""),
    tagged("Client", Is::Source, ""),
    tagged("Length", Is::Integer, "http.response.body.bytes"),
    tagged("Gzip", Is::Float, "nginx_proxy_manager.gzip_ratio"),
    perhaps("Sent-to", Is::Destination, ""),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "http.request.referrer"),
];

const NPM_PROXY: &[Word<'_>] = &[
    word(Is::Time, "@timestamp"),
    word(Is::Text, "nginx_proxy_manager.upstream_cache_status"),
    word(Is::List, "nginx_proxy_manager.upstream_status"),
    word(Is::Status, ""),
    word(Is::Exactly("-"), ""),
    word(Is::Text, "http.request.method"),
    word(Is::Text, "url.scheme"),
    word(Is::Authority, ""),
    word(Is::Url, ""),
    tagged("Client", Is::Source, ""),
    tagged("Length", Is::Integer, "http.response.body.bytes"),
    tagged("Gzip", Is::Float, "nginx_proxy_manager.gzip_ratio"),
    perhaps("Sent-to", Is::Destination, ""),
    word(Is::Text, "user_agent.original"),
    word(Is::Text, "http.request.referrer"),
];

/// [Zoraxy](https://github.com/tobychui/zoraxy), `dynamicproxy`'s request log.
pub const ZORAXY: &[Shape] = &[Shape::exact(&[
    word(Is::Nothing, ""),
    word(Is::Nothing, ""),
    word(Is::Local, "@timestamp"),
    tagged("router:", Is::Text, "zoraxy.router"),
    tagged("origin:", Is::Authority, ""),
    tagged("client:", Is::Source, ""),
    tagged("useragent:", Is::Text, "user_agent.original"),
    word(Is::Text, "http.request.method"),
    word(Is::Url, ""),
    word(Is::Status, ""),
])];

/// What [nginx' ingress controller](https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/)
/// puts behind a combined line.
pub const NGINX_INGRESS: &[Word<'_>] = &[
    word(Is::Integer, "http.request.bytes"),
    word(Is::Seconds, ""),
    word(Is::Text, "nginx.ingress_controller.upstream.name"),
    word(Is::Text, "nginx.ingress_controller.upstream.alternative_name"),
    word(Is::List, "nginx.ingress_controller.upstream_address"),
    word(Is::List, "nginx.ingress_controller.upstream.response.length"),
    word(Is::List, "nginx.ingress_controller.upstream.response.time"),
    word(Is::List, "nginx.ingress_controller.upstream.response.status_code"),
    word(Is::Text, "http.request.id"),
];

/// What [Traefik](https://doc.traefik.io/traefik/observability/access-logs/#clf-common-log-format) puts behind a combined
/// line.
pub const TRAEFIK: &[Word<'_>] = &[
    word(Is::Integer, "traefik.access.request_count"),
    word(Is::Text, "traefik.access.frontend_name"),
    word(Is::Text, "traefik.access.backend_url"),
    word(Is::Millis, ""),
];
