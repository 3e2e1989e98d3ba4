//! Settings on their way: what differs from the defaults, the same as TOML, and what would change where they are applied.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::Settings;

/// What of `settings` is not as by default; read again it gives the same settings.
pub fn different(settings: &Settings) -> Value {
    beyond(value(settings), &value(&Settings::default())).unwrap_or_else(|| Value::Object(Map::new()))
}

fn value(settings: &Settings) -> Value {
    // Settings are plain data; nothing in them can fail to be written.
    serde_json::to_value(settings).unwrap_or_default()
}

/// What `default` does not say already. Types that are not default in all are whole.
fn beyond(value: Value, default: &Value) -> Option<Value> {
    match (value, default) {
        (value, default) if value == *default => None,
        (Value::Object(entries), Value::Object(defaults)) => {
            let entries = entries.into_iter();
            let left = entries.filter_map(|(name, value)| match defaults.get(&name) {
                Some(default) => Some((name, beyond(value, default)?)),
                None => Some((name, without_nulls(value)?)),
            });
            Some(Value::Object(left.collect()))
        }
        (value, _) => without_nulls(value),
    }
}

/// An entry of a map without what is not said in it; none where nothing is.
fn without_nulls(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(entries) => {
            let said = entries.into_iter().filter_map(|(name, value)| Some((name, without_nulls(value)?)));
            Some(Value::Object(said.collect()))
        }
        other => Some(other),
    }
}

/// The settings as TOML, as the command line reads them. **Order**: by name; values before tables.
///
/// # Errors
/// A whole number beyond what TOML has (2⁶³ − 1), in a sentence without its end.
pub fn to_toml(settings: &Settings) -> Result<String, String> {
    let mut text = String::new();
    if let Value::Object(entries) = different(settings) {
        table(&mut text, &mut Vec::new(), &entries)?;
    }
    Ok(text)
}

fn table(text: &mut String, path: &mut Vec<String>, entries: &Map<String, Value>) -> Result<(), String> {
    let (tables, values): (Vec<_>, Vec<_>) = entries.iter().partition(|(_, value)| value.is_object());
    if !path.is_empty() && (!values.is_empty() || tables.is_empty()) {
        let apart = if text.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{apart}[{}]", path.join("."));
    }
    for (name, value) in values {
        let _ = writeln!(text, "{} = {}", key(name), inline(value)?);
    }
    for (name, value) in tables {
        if let Value::Object(entries) = value {
            path.push(key(name));
            table(text, path, entries)?;
            path.pop();
        }
    }
    Ok(())
}

fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// TOML's basic strings are JSON's, but that they have no bare DEL.
fn quoted(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn inline(value: &Value) -> Result<String, String> {
    let joined = |parts: Result<Vec<String>, String>| parts.map(|parts| parts.join(", "));
    Ok(match value {
        Value::Array(items) => format!("[{}]", joined(items.iter().map(inline).collect())?),
        Value::Object(entries) => {
            let entry = |(name, value): (&String, &Value)| Ok(format!("{} = {}", key(name), inline(value)?));
            format!("{{ {} }}", joined(entries.iter().map(entry).collect())?)
        }
        Value::String(text) => quoted(text),
        Value::Number(number) if number.is_u64() && !number.is_i64() => {
            return Err(format!("{number} is more than a TOML file can hold; save the settings as JSON"));
        }
        other => other.to_string(),
    })
}

/// A setting that would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it is: names from the outermost.
    pub path: Vec<String>,
    /// What it is now, in words; empty for nothing.
    pub before: String,
    /// What it would be.
    pub after: String,
}

/// Every setting that is not the same in both. **Order**: by name.
pub fn changes(before: &Settings, after: &Settings) -> Vec<Change> {
    let mut all = Vec::new();
    compare(&mut all, &mut Vec::new(), &value(before), &value(after));
    all
}

fn compare(all: &mut Vec<Change>, path: &mut Vec<String>, before: &Value, after: &Value) {
    if before == after {
        return;
    }
    let none = Map::new();
    let (old, new) = (before.as_object(), after.as_object());
    if old.is_none() && new.is_none() {
        all.push(Change { path: path.clone(), before: shown(before), after: shown(after) });
        return;
    }
    let (old, new) = (old.unwrap_or(&none), new.unwrap_or(&none));
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    for name in new.keys().chain(gone) {
        path.push(name.clone());
        compare(all, path, old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
        path.pop();
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Object(entries) => {
            entries.iter().map(|(name, value)| format!("{name}: {}", shown(value))).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}
