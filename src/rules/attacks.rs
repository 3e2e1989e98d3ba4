//! Requests that shipped rules must match, to be put among a log's own rows: they come from the rules' cases
//! (`tests/cases/rules/catalog`), packed by `make rules`.

use crate::schema::{Field, FieldName};

/// A line a request: its family and its fields, tabs between.
const PACKED: &str = include_str!("catalog/attacks.txt");

/// A request that is an attack, a probe or of a program that makes such.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attack {
    /// What kind it is: the folder of its rule.
    pub family: &'static str,
    /// What is known of it, the path always. A number is written out.
    pub fields: Vec<(FieldName, String)>,
}

/// Every packed request. **Order**: by family.
pub fn attacks() -> Vec<Attack> {
    let field = |cell: &str| cell.split_once('=').map(|(name, value)| (FieldName::new(name), value.to_owned()));
    let attack = |line: &'static str| {
        let mut cells = line.split('\t');
        Some(Attack { family: cells.next()?, fields: cells.filter_map(field).collect() })
    };
    PACKED.lines().filter_map(attack).collect()
}

impl Attack {
    /// The text of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name.ecs() == Some(field)).map(|(_, value)| value.as_str())
    }
}
