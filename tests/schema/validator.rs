//! As much of JSON Schema (draft 2020-12) as the report's schema is written in. What is not known here fails, so that nothing
//! goes unchecked; and nothing may stand in an object that its schema does not name.

use serde_json::{Map, Value};

/// What is wrong, each with its place.
pub fn mistakes(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { root: schema }.check(schema, value, "", &mut found);
    found
}

struct Check<'a> {
    root: &'a Value,
}

impl Check<'_> {
    fn check(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let rules = match schema {
            Value::Bool(true) => return,
            Value::Object(rules) => rules,
            other => panic!("{other} is no schema"),
        };
        for (keyword, rule) in rules {
            let holds = match keyword.as_str() {
                "$schema"
                | "$defs"
                | "title"
                | "description"
                | "default"
                | "format"
                | "required"
                | "additionalProperties"
                | "properties" => true,
                "$ref" => {
                    let target = self.root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap();
                    self.check(target, value, place, found);
                    true
                }
                "type" => match rule {
                    Value::Array(kinds) => kinds.iter().any(|kind| is_of(kind.as_str().unwrap(), value)),
                    kind => is_of(kind.as_str().unwrap(), value),
                },
                "const" => rule == value,
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
                "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
                "maxItems" => value.as_array().is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
                "anyOf" => self.fitting(rule, value) > 0,
                "oneOf" => self.fitting(rule, value) == 1,
                "items" => {
                    for (item, at) in value.as_array().into_iter().flatten().zip(0..) {
                        self.check(rule, item, &format!("{place}/{at}"), found);
                    }
                    true
                }
                other => panic!("{other} is not known here"),
            };
            if !holds {
                found.push(format!("{place}: {value} does not fit {keyword} {rule}"));
            }
        }
        if let Value::Object(members) = value {
            self.members(rules, members, place, found);
        }
    }

    fn members(&self, rules: &Map<String, Value>, members: &Map<String, Value>, place: &str, found: &mut Vec<String>) {
        let Some(known) = rules.get("properties").and_then(Value::as_object) else {
            if let Some(of_all) = rules.get("additionalProperties") {
                members.iter().for_each(|(name, value)| self.check(of_all, value, &format!("{place}/{name}"), found));
            }
            return;
        };
        for name in rules.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !members.contains_key(name.as_str().unwrap()) {
                found.push(format!("{place}: {name} is missing"));
            }
        }
        for (name, value) in members {
            match known.get(name) {
                Some(rule) => self.check(rule, value, &format!("{place}/{name}"), found),
                None => found.push(format!("{place}: {name} is not known")),
            }
        }
    }

    fn fitting(&self, rules: &Value, value: &Value) -> usize {
        let fits = |rule: &&Value| {
            let mut found = Vec::new();
            self.check(rule, value, "", &mut found);
            found.is_empty()
        };
        rules.as_array().unwrap().iter().filter(fits).count()
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("{other} is no type"),
    }
}
