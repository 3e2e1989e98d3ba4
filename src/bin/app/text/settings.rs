//! Settings by name, as people read them. Pure.

use logloupe::settings::Change;

/// What a group of settings is about, by its name.
fn about(group: &str) -> &'static str {
    match group {
        "lists" => "Lists that checks compare with",
        "lookups" => "What is looked for in each folder",
        "user_agent_prefixes" => "User agents that are counted",
        "csv_columns" => "What columns of CSV files mean",
        "reading" => "How files are read",
        "unlimited" => "Limits of compressed files",
        "formats" => "Formats",
        "detectors" => "When detectors speak",
        "cases" => "When hits belong to one case",
        "allow" => "What the checks leave alone",
        "tuning" => "How rules speak",
        "sigma_placeholders" => "What placeholders in rules stand for",
        "models" => "Models",
        _ => "Other settings",
    }
}

/// A change's name: what its group is about, then the names within it.
pub fn name(change: &Change) -> String {
    let (group, names) =
        change.path.split_first().map_or(("", [].as_slice()), |(group, names)| (group.as_str(), names));
    let names = names.iter().map(|name| format!(": {}", name.replace('_', " ")));
    [about(group).to_owned()].into_iter().chain(names).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_named_by_what_it_is_about() {
        let of = |path: &[&str]| {
            let path = path.iter().map(ToString::to_string).collect();
            name(&Change { path, before: String::new(), after: String::new() })
        };
        assert_eq!(of(&["allow", "user_agents"]), "What the checks leave alone: user agents");
        assert_eq!(of(&["tuning", "web.*", "severity"]), "How rules speak: web.*: severity");
        assert_eq!(of(&["lookups"]), "What is looked for in each folder");
    }
}
