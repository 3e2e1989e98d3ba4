//! Cloudflare: an expression for a custom rule.
//!
//! <https://developers.cloudflare.com/ruleset-engine/rules-language/>

use super::escape::bytes_in_quotes;
use super::{By, Subjects};

/// Letters that an expression may have.
const MAX_LETTERS: usize = 4096;

/// The expression.
pub fn text(subjects: &Subjects, by: By, notes: &mut Vec<String>) -> String {
    let field = match by {
        By::Addresses => "ip.src",
        By::Paths => "http.request.uri.path",
        By::UserAgents => "http.user_agent",
    };
    let values: Vec<String> = match by {
        By::Addresses => subjects.values(by).collect(),
        _ => subjects.values(by).map(|value| bytes_in_quotes(&value)).collect(),
    };
    let expression = format!("({field} in {{{}}})\n", values.join(" "));
    if expression.len() > MAX_LETTERS {
        notes.push(format!("Cloudflare takes at most {MAX_LETTERS} letters: split the values over several rules."));
    }
    expression
}
