//! nginx: `deny` for addresses, a `map` and an `if` for paths and user agents.
//!
//! <https://nginx.org/en/docs/http/ngx_http_access_module.html>, <https://nginx.org/en/docs/http/ngx_http_map_module.html>

use super::escape::regex;
use super::{By, Finding, Subjects, about};

/// The configuration.
pub fn text(findings: &[&Finding], subjects: &Subjects, by: By) -> String {
    let head = format!("# {}\n", about(findings));
    let (variable, name, end) = match by {
        By::Addresses => {
            let denied = subjects.any_addresses().iter().map(|address| format!("deny {address};\n"));
            return format!("{head}# In a server or location block.\n{}", denied.collect::<String>());
        }
        By::Paths => ("request_uri", "logloupe_path", "(\\?|$)"),
        By::UserAgents => ("http_user_agent", "logloupe_agent", "$"),
    };
    let lines = subjects.values(by).map(|value| format!("    \"~^{}{end}\" 1;\n", regex(&value)));
    format!(
        "{head}# In the http block.\nmap ${variable} ${name} {{\n    default 0;\n{}}}\n# In a server block.\nif (${name}) {{\n    return 403;\n}}\n",
        lines.collect::<String>()
    )
}
