//! The value of a model's parameter: in JSON a number or a word, in packed messages told apart by its kind.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// A whole number.
    Integer(u64),
    /// A number with decimals.
    Float(f64),
    /// A word.
    Text(String),
}

#[cfg(test)]
impl schemars::JsonSchema for ParamValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ParamValue".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["number", "string"], "description": "The value of a parameter." })
    }
}

impl Default for ParamValue {
    fn default() -> Self {
        Self::Integer(0)
    }
}

impl From<u32> for ParamValue {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u64> for ParamValue {
    fn from(value: u64) -> Self {
        Self::Integer(value)
    }
}

impl From<f64> for ParamValue {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for ParamValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

/// The same value, each kind under its name.
#[derive(Serialize, Deserialize)]
enum Packed {
    Integer(u64),
    Float(f64),
    Text(String),
}

/// The same value, its kind told by what it is.
#[derive(Deserialize)]
#[serde(untagged)]
enum Plain {
    Integer(u64),
    Float(f64),
    Text(String),
}

impl Serialize for ParamValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (serializer.is_human_readable(), self) {
            (true, Self::Integer(value)) => serializer.serialize_u64(*value),
            (true, Self::Float(value)) => serializer.serialize_f64(*value),
            (true, Self::Text(value)) => serializer.serialize_str(value),
            (false, Self::Integer(value)) => Packed::Integer(*value).serialize(serializer),
            (false, Self::Float(value)) => Packed::Float(*value).serialize(serializer),
            (false, Self::Text(value)) => Packed::Text(value.clone()).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ParamValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return Plain::deserialize(deserializer).map(|plain| match plain {
                Plain::Integer(value) => Self::Integer(value),
                Plain::Float(value) => Self::Float(value),
                Plain::Text(value) => Self::Text(value),
            });
        }
        Packed::deserialize(deserializer).map(|packed| match packed {
            Packed::Integer(value) => Self::Integer(value),
            Packed::Float(value) => Self::Float(value),
            Packed::Text(value) => Self::Text(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_plain_in_json_and_cross_packed() {
        let values = [ParamValue::Integer(7), ParamValue::Float(0.5), ParamValue::Text("auto".into())];
        let json = serde_json::to_string(&values).unwrap();
        assert_eq!(json, r#"[7,0.5,"auto"]"#);
        assert_eq!(serde_json::from_str::<[ParamValue; 3]>(&json).unwrap(), values);
        let packed = postcard::to_allocvec(&values).unwrap();
        assert_eq!(postcard::from_bytes::<[ParamValue; 3]>(&packed).unwrap(), values);
    }
}
