//! Who may ask: programs of this machine, under a name of this machine, and pages that this service has served itself.
//!
//! A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding), so the name that a request asks for counts; and it can send
//! requests here whose answer it may not read, so where a request comes from counts too.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, bail};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use logloupe::source::digest::Digest;

use super::failure::Failure;
use crate::arguments::Serve;

/// The shortest token: 16 letters that were drawn are not guessed.
const TOKEN_AT_LEAST: usize = 16;

/// What every answer tells a browser: nothing is loaded from elsewhere, and nothing is kept.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// What a request must have.
pub struct Gate {
    /// Names that this service is asked under, without ports.
    names: BTreeSet<String>,
    /// The hash of the token. **Null**: none is asked for.
    token: Option<String>,
}

impl Gate {
    /// # Errors
    /// A token that cannot be read or is short, and none where one is needed.
    pub fn new(arguments: &Serve, listens: SocketAddr) -> anyhow::Result<Self> {
        let mut names: BTreeSet<String> = arguments.hosts.iter().map(|name| name.to_ascii_lowercase()).collect();
        if listens.ip().is_loopback() {
            names.extend(["127.0.0.1", "localhost", "[::1]"].map(String::from));
        } else if !listens.ip().is_unspecified() {
            let ip = listens.ip();
            names.insert(if listens.is_ipv6() { format!("[{ip}]") } else { ip.to_string() });
        }
        let token = match &arguments.token_file {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
                let token = text.lines().next().unwrap_or_default().trim();
                if token.len() < TOKEN_AT_LEAST {
                    bail!("{}: a token has at least {TOKEN_AT_LEAST} characters", path.display());
                }
                Some(hash(token))
            }
            None if !listens.ip().is_loopback() => {
                bail!("{listens} is asked by other machines: --token-file says what they must know")
            }
            None => None,
        };
        if names.is_empty() {
            bail!("{listens} is every address of this machine: --host says under which name it is asked");
        }
        Ok(Self { names, token })
    }

    /// Whether requests need a token.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let host = text(header::HOST).unwrap_or_default();
        let asked = [Some(host), uri.authority().map(axum::http::uri::Authority::as_str)];
        if !asked.into_iter().flatten().all(|name| self.names.contains(&without_port(name).to_ascii_lowercase())) {
            let message = "this service is asked under another name; --host adds one";
            return Err(Failure::new(StatusCode::MISDIRECTED_REQUEST, message));
        }
        let is_own = |origin: &str| {
            let origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            origin.is_some_and(|name| name.eq_ignore_ascii_case(host))
        };
        let is_foreign = text(header::ORIGIN).is_some_and(|origin| !is_own(origin))
            || matches!(text(HeaderName::from_static("sec-fetch-site")), Some("cross-site" | "same-site"));
        if is_foreign {
            return Err(Failure::new(StatusCode::FORBIDDEN, "another site's page asks for this"));
        }
        let is_open = !uri.path().starts_with("/api/") || uri.path() == "/api/v1/health";
        let Some(token) = self.token.as_ref().filter(|_| !is_open) else { return Ok(()) };
        let brought = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        // Hashes are compared: how long that takes says nothing about the token.
        if brought.is_none_or(|brought| hash(brought.trim()) != *token) {
            return Err(Failure::new(StatusCode::UNAUTHORIZED, "the token is missing or wrong"));
        }
        Ok(())
    }
}

/// Lets requests through that may ask, and marks every answer.
pub async fn guard(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let mut response = match gate.check(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// `[::1]` of `[::1]:8080`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn hash(token: &str) -> String {
    let mut digest = Digest::default();
    digest.update(token.as_bytes());
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: Option<&str>, path: &str, headers: &[(&'static str, &str)], expected: Option<u16>) {
        let names = ["127.0.0.1", "[::1]", "localhost"].map(String::from).into();
        let gate = Gate { names, token: token.map(hash) };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        let refused =
            gate.check(&path.parse().unwrap(), &map).err().map(|failure| failure.into_response().status().as_u16());
        assert_eq!(refused, expected, "{path} {headers:?}");
    }

    #[test]
    fn only_this_machines_names_are_answered() {
        check(None, "/", &[("host", "127.0.0.1:8080")], None);
        check(None, "/", &[("host", "LOCALHOST")], None);
        check(None, "/", &[("host", "[::1]:9")], None);
        check(None, "/", &[], Some(421));
        check(None, "/", &[("host", "evil.example:8080")], Some(421));
        check(None, "/", &[("host", "127.0.0.1.evil.example")], Some(421));
        check(None, "http://evil.example/", &[("host", "localhost")], Some(421));
    }

    #[test]
    fn only_own_pages_ask() {
        let host = ("host", "localhost:8080");
        check(None, "/", &[host, ("origin", "http://localhost:8080")], None);
        check(None, "/", &[host, ("sec-fetch-site", "same-origin")], None);
        check(None, "/", &[host, ("sec-fetch-site", "none")], None);
        for origin in ["null", "http://localhost:8081", "http://evil.example", "localhost:8080"] {
            check(None, "/", &[host, ("origin", origin)], Some(403));
        }
        check(None, "/", &[host, ("sec-fetch-site", "cross-site")], Some(403));
    }

    #[test]
    fn a_token_is_asked_for_where_there_is_one() {
        let host = ("host", "localhost");
        let token = Some("correct-horse-battery");
        check(token, "/api/v1/formats", &[host], Some(401));
        check(token, "/api/v1/formats", &[host, ("authorization", "Bearer wrong")], Some(401));
        check(token, "/api/v1/formats", &[host, ("authorization", "Bearer correct-horse-battery")], None);
        check(token, "/api/v1/health", &[host], None);
        check(token, "/index.html", &[host], None);
    }
}
