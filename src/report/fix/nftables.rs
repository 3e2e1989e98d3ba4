//! nftables: a table of its own with a set for each family, so that taking it away is one command.
//!
//! <https://wiki.nftables.org/wiki-nftables/index.php/Sets>

use std::net::IpAddr;

use super::{By, Finding, Subjects, about};

/// The ruleset.
pub fn text(findings: &[&Finding], subjects: &Subjects, by: By, notes: &mut Vec<String>) -> String {
    if by != By::Addresses {
        notes.push("A packet filter sees no paths and no user agents: choose addresses.".into());
        return String::new();
    }
    let (hooks, side): (&[&str], &str) = if subjects.are_destinations(by) {
        (&["output", "forward"], "daddr")
    } else {
        (&["input", "forward"], "saddr")
    };
    let (v4, v6): (Vec<&IpAddr>, Vec<&IpAddr>) = subjects.any_addresses().iter().partition(|address| address.is_ipv4());
    let families = [("ipv4", "ip", v4), ("ipv6", "ip6", v6)];
    let present = || families.iter().filter(|(_, _, addresses)| !addresses.is_empty());
    let sets = present().map(|(name, _, addresses)| {
        let lines: Vec<String> = addresses.iter().map(|address| format!("            {address}")).collect();
        format!(
            "    set {name} {{\n        type {name}_addr\n        elements = {{\n{}\n        }}\n    }}\n",
            lines.join(",\n")
        )
    });
    let chain = |hook: &&str| {
        let rules = present().map(|(name, family, _)| format!("        {family} {side} @{name} counter drop\n"));
        let rules: String = rules.collect();
        format!("    chain {hook} {{\n        type filter hook {hook} priority -10; policy accept;\n{rules}    }}\n")
    };
    notes.push("`nft -f` loads it, `nft delete table inet logloupe` takes it away.".into());
    let (sets, chains): (String, String) = (sets.collect(), hooks.iter().map(chain).collect());
    format!("# {}\ntable inet logloupe {{\n{sets}{chains}}}\n", about(findings))
}
