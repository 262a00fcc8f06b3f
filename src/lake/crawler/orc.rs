//! What an ORC file says of itself at its end: its columns in Hive's types, and how many rows it has.

use std::fs::File;
use std::io;

use orc_rust::ArrowReaderBuilder;
use orc_rust::schema::DataType;

use crate::lake::engine::guarded;
use crate::model::Column;

/// The columns and the number of rows of an ORC file.
pub(super) fn read(file: File) -> io::Result<(Vec<Column>, u64)> {
    // The reader gives up on some damaged files with a panic.
    let builder = guarded(|| ArrowReaderBuilder::try_new(file).map_err(|error| error.to_string())).map_err(io::Error::other)?;
    let metadata = builder.file_metadata();
    let children = metadata.root_data_type().children();
    let columns = children.iter().map(|column| Column::new(&column.name().to_lowercase(), &hive(column.data_type()))).collect();
    Ok((columns, metadata.number_of_rows()))
}

/// ORC's types are Hive's.
fn hive(data_type: &DataType) -> String {
    match data_type {
        DataType::Boolean { .. } => "boolean".to_owned(),
        DataType::Byte { .. } => "tinyint".to_owned(),
        DataType::Short { .. } => "smallint".to_owned(),
        DataType::Int { .. } => "int".to_owned(),
        DataType::Long { .. } => "bigint".to_owned(),
        DataType::Float { .. } => "float".to_owned(),
        DataType::Double { .. } => "double".to_owned(),
        DataType::String { .. } => "string".to_owned(),
        DataType::Varchar { max_length, .. } => format!("varchar({max_length})"),
        DataType::Char { max_length, .. } => format!("char({max_length})"),
        DataType::Binary { .. } => "binary".to_owned(),
        DataType::Decimal { precision, scale, .. } => format!("decimal({precision},{scale})"),
        DataType::Timestamp { .. } | DataType::TimestampWithLocalTimezone { .. } => "timestamp".to_owned(),
        DataType::Date { .. } => "date".to_owned(),
        DataType::List { child, .. } => format!("array<{}>", hive(child)),
        DataType::Map { key, value, .. } => format!("map<{},{}>", hive(key), hive(value)),
        DataType::Struct { children, .. } => {
            let inner: Vec<String> = children.iter().map(|column| format!("{}:{}", column.name(), hive(column.data_type()))).collect();
            format!("struct<{}>", inner.join(","))
        }
        DataType::Union { variants, .. } => {
            format!("uniontype<{}>", variants.iter().map(hive).collect::<Vec<_>>().join(","))
        }
    }
}
