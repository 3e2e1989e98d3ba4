//! Cleaned rows as Parquet, made from the same rows as NDJSON: a program that reads columns gets them with their types.
//!
//! Columns of ECS have the type of their field, in the order of the schema; others come after, by name, with the type that
//! all of their values have. Groups have a fixed number of rows, so that shards do not show.

use std::collections::BTreeMap;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::schema::{Field, Kind};
use crate::units::Micros;

/// Rows of a group.
const GROUP: usize = 131_072;

/// A column: its name and what its values are.
type Columns = Vec<(String, Kind)>;

/// The file of rows that are one JSON object a line. **Cost**: reads them twice; memory for one group.
pub fn parquet(ndjson: &[u8]) -> Result<Vec<u8>, Error> {
    let columns = columns(ndjson)?;
    write(ndjson, &columns).map_err(|error| Error::Message { message: error.to_string() })
}

fn rows(ndjson: &[u8]) -> impl Iterator<Item = Result<Map<String, Value>, Error>> {
    let lines = ndjson.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).map_err(|error| Error::Message { message: error.to_string() }))
}

/// Which columns there are.
fn columns(ndjson: &[u8]) -> Result<Columns, Error> {
    let mut found: BTreeMap<(usize, String), Kind> = BTreeMap::new();
    let places: BTreeMap<&str, usize> = Field::ALL.iter().map(|field| field.name()).zip(0..).collect();
    for row in rows(ndjson) {
        for (name, value) in row? {
            let own = match &value {
                Value::Number(number) if number.is_i64() => Kind::Integer,
                Value::Number(_) => Kind::Float,
                _ => Kind::Keyword,
            };
            let place = places.get(name.as_str()).copied().unwrap_or(usize::MAX);
            let known = Field::from_name(&name).map(Field::kind);
            let kind = found.entry((place, name)).or_insert(known.unwrap_or(own));
            *kind = match (known, *kind, own) {
                (Some(known), ..) => known,
                (None, before, own) if before == own => own,
                (None, Kind::Integer | Kind::Float, Kind::Integer | Kind::Float) => Kind::Float,
                (None, ..) => Kind::Keyword,
            };
        }
    }
    Ok(found.into_iter().map(|((_, name), kind)| (name, kind)).collect())
}

fn write(ndjson: &[u8], columns: &Columns) -> Result<Vec<u8>, ParquetError> {
    let fields =
        columns.iter().map(|(name, kind)| Ok(Arc::new(field(name, *kind)?))).collect::<Result<_, ParquetError>>()?;
    let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("logloupe ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut left = rows(ndjson).filter_map(Result::ok);
    loop {
        let group: Vec<Map<String, Value>> = left.by_ref().take(GROUP).collect();
        if group.is_empty() || columns.is_empty() {
            break;
        }
        let mut written = writer.next_row_group()?;
        for (name, kind) in columns {
            if let Some(mut column) = written.next_column()? {
                one_column(&mut column, &group, name, *kind)?;
                column.close()?;
            }
        }
        written.close()?;
    }
    writer.into_inner()
}

fn field(name: &str, kind: Kind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Keyword | Kind::Ip => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => (PhysicalType::INT64, None),
        Kind::Float => (PhysicalType::DOUBLE, None),
        Kind::Time => (PhysicalType::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    Type::primitive_type_builder(name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

fn one_column(
    column: &mut SerializedColumnWriter<'_>,
    group: &[Map<String, Value>],
    name: &str,
    kind: Kind,
) -> Result<(), ParquetError> {
    let values = group.iter().map(|row| row.get(name));
    match kind {
        Kind::Keyword | Kind::Ip => {
            let (levels, known) = split(values.map(|value| value.map(|value| ByteArray::from(text(value).as_str()))));
            column.typed::<ByteArrayType>().write_batch(&known, Some(&levels), None)?;
        }
        Kind::Integer => {
            let (levels, known) = split(values.map(|value| value.and_then(Value::as_i64)));
            column.typed::<Int64Type>().write_batch(&known, Some(&levels), None)?;
        }
        Kind::Time => {
            let time = |value: &Value| Some(Micros::from_iso(value.as_str()?)?.0);
            let (levels, known) = split(values.map(|value| value.and_then(time)));
            column.typed::<Int64Type>().write_batch(&known, Some(&levels), None)?;
        }
        Kind::Float => {
            let (levels, known) = split(values.map(|value| value.and_then(Value::as_f64)));
            column.typed::<DoubleType>().write_batch(&known, Some(&levels), None)?;
        }
    }
    Ok(())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Whether each row has a value, and the values.
fn split<T>(values: impl Iterator<Item = Option<T>>) -> (Vec<i16>, Vec<T>) {
    let mut levels = Vec::new();
    let known = values.inspect(|value| levels.push(i16::from(value.is_some()))).flatten().collect();
    (levels, known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn rows_come_back_with_their_types() {
        let ndjson = concat!(
            "{\"@timestamp\":\"2026-05-17T10:05:03.25Z\",\"source.ip\":\"192.0.2.1\",\"zeta\":1,\"mixed\":1}\n",
            "{\"source.ip\":\"=1+1\\u0000\",\"http.response.status_code\":200,\"zeta\":2.5,\"mixed\":\"x\"}\n",
        );
        let bytes = parquet(ndjson.as_bytes()).expect("rows are written");
        assert_eq!(bytes, parquet(ndjson.as_bytes()).expect("rows are written"));
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("it is Parquet");
        let found: Vec<String> =
            reader.get_row_iter(None).expect("it has rows").map(|row| row.expect("it is whole").to_string()).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("2026-05-17 10:05:03.250"), "{}", found[0]);
        assert!(found[0].contains("http.response.status_code: null") && found[0].contains("zeta: 1.0"), "{}", found[0]);
        assert!(
            found[1].contains("http.response.status_code: 200") && found[1].contains("mixed: \"x\""),
            "{}",
            found[1]
        );
        assert!(parquet(b"").is_ok() && parquet(b"{\n").is_err());
    }
}
