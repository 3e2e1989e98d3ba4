//! The published schema of the report is that of its types.

use schemars::generate::SchemaSettings;

use super::{Report, SCHEMA};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/public/logloupe.report.v1.schema.json");

#[test]
fn the_published_schema_is_that_of_the_types() {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.root_schema_for::<Report>();
    schema.insert("title".to_owned(), SCHEMA.into());
    let made = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, &made).expect("the file can be written");
    }
    let published = std::fs::read_to_string(FILE).expect("the schema is there");
    assert!(made == published, "the types have changed: `make schema` writes the schema again");
}
