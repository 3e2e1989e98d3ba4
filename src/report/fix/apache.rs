//! Apache 2.4: `Require not ip` for addresses, `mod_rewrite` for paths and user agents.
//!
//! <https://httpd.apache.org/docs/2.4/howto/access.html>, <https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html>

use super::escape::regex;
use super::{By, Finding, Subjects, about};

/// The configuration.
pub fn text(findings: &[&Finding], subjects: &Subjects, by: By) -> String {
    let head = format!("# {}\n# In a virtual host, or a Directory or Location section.\n", about(findings));
    let condition: fn(&str) -> String = match by {
        By::Addresses => {
            let denied = subjects.any_addresses().iter().map(|address| format!("    Require not ip {address}\n"));
            let denied: String = denied.collect();
            return format!("{head}<RequireAll>\n    Require all granted\n{denied}</RequireAll>\n");
        }
        By::Paths => |value| format!("%{{THE_REQUEST}} \"^[A-Z]+ {}[? ]\"", regex(value)),
        By::UserAgents => |value| format!("%{{HTTP_USER_AGENT}} \"^{}$\"", regex(value)),
    };
    let values: Vec<String> = subjects.values(by).collect();
    let last = values.len().saturating_sub(1);
    let lines = values.iter().enumerate().map(|(at, value)| {
        let more = if at < last { " [OR]" } else { "" };
        format!("RewriteCond {}{more}\n", condition(value))
    });
    format!("{head}RewriteEngine On\n{}RewriteRule \"^\" \"-\" [F]\n", lines.collect::<String>())
}
