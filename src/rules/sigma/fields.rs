//! Sigma's words for fields and logs, and which of our columns and datasets they mean.
//!
//! A word is looked up for the rule's kind of log, then for any; a word that is in no list is a column's own name, with or
//! without its format's in front (`userIdentity.arn` is `aws.cloudtrail.userIdentity.arn`). A word may mean several columns:
//! a test holds if it does for one of them. `libinjection.sqli` and `libinjection.xss` are made here: what tokens a parameter
//! has, where it reads as a piece of SQL or of a page's code.
//!
//! Words: <https://sigmahq.io/sigma-specification/specification/sigma-appendix-taxonomy.html>, Zeek's from its own logs.

use crate::schema::{Field, FieldName};

use super::ir::LogSource;
use super::tokens::Language;

/// A column that a test looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// A column of the table.
    Own(FieldName),
    /// Path, `?` and query.
    Uri,
    /// Scheme, host, path and query, as a proxy has them; none without a host.
    Url,
    /// What follows the last dot of the path's last part.
    Extension,
    /// The fingerprint of a piece of SQL or of a page's code in the query, the path or the referrer.
    Tokens(Language),
}

/// Columns in which tokens are looked for.
pub(super) const TOKENS: [Field; 3] = [Field::UrlPath, Field::UrlQuery, Field::HttpRequestReferrer];

impl Column {
    /// The columns of the table that it is made of; without the first it has no value.
    pub fn parts(&self) -> Vec<FieldName> {
        let fields: &[Field] = match self {
            Self::Own(name) => return vec![name.clone()],
            Self::Uri => &[Field::UrlPath, Field::UrlQuery],
            Self::Url => &[Field::UrlDomain, Field::UrlPath, Field::UrlQuery, Field::UrlScheme],
            Self::Extension => &[Field::UrlPath],
            Self::Tokens(_) => &TOKENS,
        };
        fields.iter().map(|&field| field.into()).collect()
    }

    /// The text made of its parts' texts, which are empty where there is none. **Null**: none without a value.
    pub fn joined(&self, parts: &[&str], out: &mut String) -> Option<()> {
        let part = |at: usize| parts.get(at).copied().unwrap_or_default();
        let ask = |query: &str, out: &mut String| {
            if !query.is_empty() {
                out.extend(["?", query]);
            }
        };
        out.clear();
        match self {
            Self::Uri => {
                out.push_str(part(0));
                ask(part(1), out);
            }
            Self::Url => {
                let scheme = if part(3).is_empty() { "http" } else { part(3) };
                out.extend([scheme, "://", part(0), part(1)]);
                ask(part(2), out);
            }
            Self::Extension => out.push_str(part(0).rsplit('/').next()?.rsplit_once('.')?.1),
            Self::Own(_) | Self::Tokens(_) => out.push_str(part(0)),
        }
        Some(())
    }
}

/// Kinds of log, a word of Sigma and what it means there; `*` is any kind.
const WORDS: &str = "
* libinjection.sqli +sql
* libinjection.xss +html
* cs-uri-query +uri
* cs-uri +uri
* cs-uri-stem url.path
* c-uri +uri +url
* c-uri-stem url.path
* c-uri-query url.query
* c-uri-extension +extension
* cs-method http.request.method
* sc-status http.response.status_code
* cs-user-agent user_agent.original
* c-useragent user_agent.original
* cs-useragent user_agent.original
* cs-host url.domain destination.domain tls.server_name
* r-dns url.domain destination.domain tls.server_name
* cs-referer http.request.referrer
* cs-referrer http.request.referrer
* c-referer http.request.referrer
* c-ip source.ip source.address
* s-ip destination.ip
* r-ip destination.ip
* c-port source.port
* s-port destination.port
* r-port destination.port
* cs-username user.name
* cs-bytes http.request.bytes http.request.body.bytes source.bytes
* sc-bytes http.response.bytes http.response.body.bytes destination.bytes
* cs-version http.version
* cs-content-type http.request.mime_type
* sc-content-type http.response.mime_type
* src_ip source.ip source.address
* dst_ip destination.ip
* src_port source.port
* dst_port destination.port
* src_country source.geo.country_iso_code
* dst_country destination.geo.country_iso_code
* clientip source.ip source.address
* client_ip source.ip source.address
* sourceIPAddress source.ip source.address
* userAgent user_agent.original
* user_agent user_agent.original
* dns_query dns.question.name
* query_name dns.question.name
* QueryName dns.question.name
* record_type dns.question.type
* QueryType dns.question.type
* answer dns.answers
* QueryResults dns.answers
* id.orig_h source.ip
* id.orig_p source.port
* id.resp_h destination.ip
* id.resp_p destination.port
* uid event.id
* proto network.transport
* protocol network.protocol network.transport
* status_code http.response.status_code
* method http.request.method
* uri +uri
* host url.domain
* referrer http.request.referrer
* username user.name
* user user.name
* resp_mime_types http.response.mime_type
* request_body_len http.request.body.bytes
* response_body_len http.response.body.bytes
* query dns.question.name
* qtype_name dns.question.type
* qclass_name dns.question.class
* rcode_name dns.response_code
* answers dns.answers
* server_name tls.server_name
* ja3 tls.client.ja3
* ja3s tls.server.ja3s
firewall action event.action
firewall blocked event.action
zeek/conn service network.protocol
zeek/conn orig_bytes source.bytes
zeek/conn resp_bytes destination.bytes
zeek/conn duration event.duration
zeek/ssl version tls.version
zeek/ssl cipher tls.cipher
zeek/ssl subject tls.server.subject
zeek/ssl issuer tls.server.issuer
zeek/http version http.version
zeek/files mime_type file.mime_type
zeek/files filename file.name
zeek/smb_files name file.name
zeek/smb_files size file.size
zeek/notice note rule.name
zeek/notice msg message
zeek/weird name rule.name
aws/cloudtrail eventName event.action
aws/cloudtrail eventSource service.name
aws/cloudtrail awsRegion cloud.region
aws/cloudtrail errorCode error.code
aws/cloudtrail errorMessage error.message
aws/cloudtrail requestID http.request.id
aws/cloudtrail eventID event.id
aws/cloudtrail userIdentity.userName user.name
aws/cloudtrail userIdentity.principalId user.id
aws/cloudtrail userIdentity.accountId cloud.account.id
aws/cloudtrail recipientAccountId cloud.account.id
";

/// Beginnings of formats' own columns, before which a rule's word may stand bare.
const PREFIXES: [&str; 8] =
    ["aws.cloudtrail.", "aws.waf.", "gcp.", "json.", "csv.", "logfmt.", "suricata.eve.", "iis.access."];

/// The columns that a rule's word for a field means; `has` says which columns any row has.
///
/// **Order**: as the table has them; columns that no row has are left out.
pub(super) fn columns(source: &LogSource, word: &str, has: &dyn Fn(&FieldName) -> bool) -> Vec<Column> {
    let kind = kind_of(source);
    let meant = |wanted: &str| {
        let of_kind = |line: &&str| {
            let mut words = line.split(' ');
            words.next() == Some(wanted) && words.next() == Some(word)
        };
        WORDS.lines().find(of_kind).map(|line| line.split(' ').skip(2).map(column).collect::<Vec<_>>())
    };
    let mut columns = meant(&kind).or_else(|| meant("*")).unwrap_or_default();
    if columns.is_empty() {
        columns.push(Column::Own(FieldName::new(word)));
        let zeek = (source.product == "zeek").then(|| format!("zeek.{}.", source.service));
        let prefixes = zeek.iter().map(String::as_str).chain(PREFIXES);
        columns.extend(prefixes.map(|prefix| Column::Own(FieldName::new(&format!("{prefix}{word}")))));
    }
    columns.retain(|column| column.parts().first().is_some_and(has));
    columns
}

/// The name that the table has for what a rule's word for a field means first.
pub(super) fn own_name(source: &LogSource, word: &str) -> String {
    let columns = columns(source, word, &|_| true);
    columns
        .first()
        .and_then(|column| column.parts().first().map(ToString::to_string))
        .unwrap_or_else(|| word.to_owned())
}

fn column(word: &str) -> Column {
    match word {
        "+uri" => Column::Uri,
        "+url" => Column::Url,
        "+extension" => Column::Extension,
        "+sql" => Column::Tokens(Language::Sql),
        "+html" => Column::Tokens(Language::Html),
        name => Column::Own(FieldName::new(name)),
    }
}

fn kind_of(source: &LogSource) -> String {
    match (source.product.as_str(), source.service.as_str()) {
        ("zeek" | "aws", service) => format!("{}/{service}", source.product),
        _ => source.category.clone(),
    }
}

/// Category, product and service of rules (`*` is any, `-` none), the column that tells such rows in logs of any kind (`-`
/// where none does), and the datasets.
const LOGS: &str = "
webserver * * url.path access apache.ssl iis.access iis.error traefik.access caddy.access envoy.access envoyproxy.log haproxy.log \
nginx_proxy_manager.access zoraxy.access aws.elb aws.s3access aws.cloudfront aws.waf cloudflare.http azure.frontdoor \
azure.application_gateway gcp.loadbalancer modsecurity.audit zeek.http apache.error nginx.error
proxy * * url.path squid.access haproxy.log envoyproxy.log envoy.access zeek.http access apache.ssl iis.access \
traefik.access caddy.access nginx_proxy_manager.access zoraxy.access cloudflare.http azure.frontdoor \
azure.application_gateway gcp.loadbalancer aws.elb aws.cloudfront
dns * * dns.question.name coredns.log zeek.dns
firewall * * - aws.vpcflow gcp.vpcflow gcp.firewall zeek.conn
- zeek http url.path zeek.http
- zeek dns dns.question.name zeek.dns
- zeek ssl tls.server_name zeek.ssl
- zeek + - zeek.+
- aws cloudtrail - aws.cloudtrail
- aws waf - aws.waf
- gcp vpcflow - gcp.vpcflow
- linux * - system.syslog
- apache * url.path access apache.error apache.ssl
- nginx * url.path access nginx.error
- - apache url.path access apache.error apache.ssl
- - nginx url.path access nginx.error
- modsecurity * - modsecurity.audit apache.error nginx.error
- - - - *
";

/// Datasets of logs of any kind: which rows of theirs a rule is for, only the columns tell.
pub(super) const OF_ANY_KIND: [&str; 8] =
    ["csv", "json", "logfmt", "mixed", "w3c", "zeek", "suricata.eve", "aws.cloudwatch"];

/// Which rows a rule is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Logs {
    /// Datasets of which every row is; empty with [`Logs::all`].
    pub datasets: Vec<String>,
    /// In datasets of any kind, the rows that have a value here.
    pub sign: Option<FieldName>,
    /// Every row of any log.
    pub all: bool,
}

/// The rows that rules with such a log source are for. **Null**: none where Logloupe reads no such log.
pub(super) fn logs(source: &LogSource) -> Option<Logs> {
    let own = [&source.category, &source.product, &source.service];
    let is_for = |line: &&str| {
        let mut words = line.split(' ');
        line.len() > 1
            && own.iter().all(|own| match words.next() {
                Some("*") => true,
                Some("+") => !own.is_empty(),
                Some("-") => own.is_empty(),
                Some(word) => word == own.as_str(),
                None => false,
            })
    };
    let line = LOGS.lines().find(is_for)?;
    let (sign, datasets) =
        line.split(' ').skip(3).filter(|word| !word.is_empty()).collect::<Vec<_>>().split_first().map(
            |(sign, datasets)| {
                (*sign, datasets.iter().map(|name| name.replace('+', &source.service)).collect::<Vec<_>>())
            },
        )?;
    let all = datasets.iter().any(|name| name == "*");
    Some(Logs { datasets, sign: (sign != "-").then(|| FieldName::new(sign)), all })
}

/// Whether a column's values are somebody or something, not how it was asked.
pub(super) fn is_somebody(name: &FieldName) -> bool {
    const HOW: [Field; 3] = [Field::UrlQuery, Field::HttpRequestMethod, Field::HttpRequestLine];
    !name.ecs().is_some_and(|field| HOW.contains(&field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> LogSource {
        let word = |at: usize| text.split('/').nth(at).unwrap_or_default().to_owned();
        LogSource { category: word(0), product: word(1), service: word(2) }
    }

    fn check(of: &str, word: &str, expected: &str) {
        let has = |name: &FieldName| !name.as_str().starts_with("json.") && !name.as_str().starts_with("csv.");
        let shown = |column: &Column| match column {
            Column::Own(name) => name.to_string(),
            other => format!("{other:?}"),
        };
        let found: Vec<String> = columns(&source(of), word, &has).iter().map(shown).collect();
        assert_eq!(found.first().map(String::as_str), expected.split(' ').next(), "{of} {word}");
        if expected.contains(' ') {
            assert_eq!(found.join(" "), expected);
        }
    }

    #[test]
    fn words_mean_columns() {
        check("webserver", "cs-uri-query", "Uri");
        check("proxy", "c-uri", "Uri Url");
        check("/aws/cloudtrail", "eventName", "event.action");
        check("/zeek/smb_files", "name", "file.name");
        check("/zeek/smb_files", "path", "path");
        check("dns", "query", "dns.question.name");
        check("", "url.path", "url.path");
        let only = |name: &FieldName| name.as_str() == "aws.cloudtrail.userIdentity.arn";
        let found = columns(&source("/aws/cloudtrail"), "userIdentity.arn", &only);
        assert_eq!(found, [Column::Own(FieldName::new("aws.cloudtrail.userIdentity.arn"))]);
        assert_eq!(columns(&source("webserver"), "sc-status", &|_| false), []);
    }

    #[test]
    fn urls_are_put_together() {
        for (column, parts, expected) in [
            (Column::Uri, &["/a.php", "b=c"] as &[&str], Some("/a.php?b=c")),
            (Column::Uri, &["/a.php", ""], Some("/a.php")),
            (Column::Url, &["example.com", "/a", "b", "https"], Some("https://example.com/a?b")),
            (Column::Extension, &["/x.y/a.tar.gz"], Some("gz")),
            (Column::Extension, &["/x.y/a"], None),
        ] {
            let mut out = String::new();
            let found = column.joined(parts, &mut out);
            assert_eq!(found.map(|()| out.as_str()), expected);
        }
    }

    #[test]
    fn log_sources_mean_datasets() {
        let datasets = |of: &str| logs(&source(of)).map(|logs| logs.datasets);
        assert!(datasets("webserver").is_some_and(|d| d.contains(&"access".to_owned())));
        assert_eq!(datasets("/zeek/dce_rpc"), Some(vec!["zeek.dce_rpc".to_owned()]));
        assert_eq!(datasets("/linux/sshd"), Some(vec!["system.syslog".to_owned()]));
        assert_eq!(datasets("/windows/security"), None);
        assert!(logs(&source("")).is_some_and(|logs| logs.all));
    }
}
