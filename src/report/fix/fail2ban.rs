//! fail2ban: a filter for access logs in the combined format and the jail that uses it; for addresses, the commands that ban
//! them.
//!
//! <https://fail2ban.readthedocs.io/en/latest/filters.html>

use super::escape::python_regex;
use super::{By, Finding, Subjects, about, lines};

/// The files, one after the other.
pub fn text(findings: &[&Finding], subjects: &Subjects, by: By, notes: &mut Vec<String>) -> String {
    let about = about(findings);
    let (start, end) = match by {
        By::Addresses => {
            notes.push("These addresses are known already: the commands put them into a jail that you have.".into());
            let addresses = subjects.any_addresses().iter();
            let banned = lines(addresses.map(|address| format!("fail2ban-client set logloupe banip {address}\n")));
            return format!("# {about}\n{banned}");
        }
        By::Paths => ("\"[A-Z]+ ", "[? ]"),
        By::UserAgents => ("\"[^\"]*\" \\d+ \\S+ \"[^\"]*\" \"", "\""),
    };
    notes.push("The filter is for logs in the combined format of nginx and Apache; set `logpath` to yours.".into());
    let line =
        |value: String| format!("            ^<HOST> \\S+ \\S+ \\[[^\\]]*\\] {start}{}{end}\n", python_regex(&value));
    let expressions = lines(subjects.values(by).map(line));
    format!(
        "# {about}\n# /etc/fail2ban/filter.d/logloupe.conf\n[Definition]\nfailregex =\n{expressions}ignoreregex =\n\n{JAIL}"
    )
}

/// The jail.
const JAIL: &str = "# /etc/fail2ban/jail.d/logloupe.conf
[logloupe]
enabled = true
filter = logloupe
port = http,https
logpath = /var/log/nginx/access.log
maxretry = 1
findtime = 1d
bantime = 1w
";
