//! The policy *glue*: the table that AWS's crawler would write for a file, right or wrong.

use std::collections::BTreeMap;

use crate::infer::evidence::{Evidence, Head};
use crate::infer::formats::{self, texts};
use crate::infer::json::JsonType;
use crate::infer::kind::{Compression, Kind};
use crate::infer::names;
use crate::model::{Column, DataFormat, Message, S3Location, TableDefinition};

/// A table as AWS's crawler would write it, and what it did that a reader should know.
#[derive(Debug, Clone, PartialEq)]
pub struct GlueTable {
    /// The table. Parameters that depend on several files (`objectCount`, `recordCount`, `sizeKey`, …) or on the run are the crawler's to add.
    pub table: TableDefinition,
    /// What the rules made of this file, such as why no header was found.
    pub notes: Vec<Message>,
}

/// The delimiters that the built-in classifier tries.
const DELIMITERS: [u8; 5] = [b',', b'|', b'\t', b';', 1];

/// What AWS's crawler would write for a file of this evidence, which was unpacked from this compression.
///
/// A file that no classifier knows gets the classification `UNKNOWN` and no columns.
#[must_use]
pub fn glue(evidence: &Evidence, name: &str, location: Option<S3Location>, compression: Compression) -> GlueTable {
    let mut notes = Vec::new();
    let head = evidence.head.clone().unwrap_or_default();
    let mut table = match evidence.kind {
        Kind::Csv => csv_table(evidence, &head, name, location.clone(), &mut notes),
        Kind::JsonLines | Kind::JsonArray => Some(json_table(&head, name, location.clone())),
        Kind::Parquet => Some(own_schema(evidence, name, location.clone(), DataFormat::Parquet)),
        Kind::Avro => Some(own_schema(evidence, name, location.clone(), DataFormat::Avro)),
        Kind::Orc => Some(own_schema(evidence, name, location.clone(), DataFormat::Orc)),
        _ => None,
    }
    .unwrap_or_else(|| {
        notes.push(Message::new("infer-glue-unknown").with("kind", evidence.kind.label()));
        unknown(name, location)
    });
    // The compression inside a Parquet file is not stated.
    let compression = if evidence.kind == Kind::Parquet { Compression::None } else { compression };
    table.parameters.insert("compressionType".to_owned(), compression.name().to_owned());
    table.parameters.insert("CrawlerSchemaSerializerVersion".to_owned(), "1.0".to_owned());
    table.parameters.insert("CrawlerSchemaDeserializerVersion".to_owned(), "1.0".to_owned());
    GlueTable { table, notes }
}

fn unknown(name: &str, location: Option<S3Location>) -> TableDefinition {
    let mut table = formats::table(name, location, DataFormat::Csv, Vec::new());
    table.parameters = texts([("classification", "UNKNOWN"), ("typeOfData", "file")]);
    table.input_format.clear();
    table.output_format.clear();
    table.serde_library.clear();
    table
}

fn own_schema(evidence: &Evidence, name: &str, location: Option<S3Location>, format: DataFormat) -> TableDefinition {
    let columns = evidence.columns.iter().map(|column| Column::new(&column.name.to_lowercase(), column.hive_type.as_str())).collect();
    let mut table = formats::table(name, location, format, columns);
    table.serde_parameters = texts([("serialization.format", "1")]);
    table
}

fn json_table(head: &Head, name: &str, location: Option<S3Location>) -> TableDefinition {
    let fields = match &head.json {
        Some(JsonType::Struct(fields)) => fields.as_slice(),
        _ => &[],
    };
    // Keys that differ only in case are one column.
    let mut columns: Vec<(String, JsonType)> = Vec::new();
    for (key, json_type) in fields {
        let key = key.to_lowercase();
        match columns.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = known.clone().merge(json_type.clone()),
            None => columns.push((key, json_type.clone())),
        }
    }
    let mut paths: Vec<&str> = fields.iter().map(|(key, _)| key.as_str()).collect();
    paths.sort_unstable();
    let columns = columns.iter().map(|(key, json_type)| Column::new(key, &json_type.hive())).collect();
    let mut table = formats::table(name, location, DataFormat::Json, columns);
    table.serde_parameters = BTreeMap::from([("paths".to_owned(), paths.join(","))]);
    table
}

fn csv_table(
    evidence: &Evidence,
    head: &Head,
    name: &str,
    location: Option<S3Location>,
    notes: &mut Vec<Message>,
) -> Option<TableDefinition> {
    let dialect = evidence.dialect.as_ref()?.dialect;
    let width = head.first.len().max(head.types.len());
    // The built-in classifier wants two columns, two rows, and a delimiter that it knows.
    if width < 2 || head.records < 2 || !DELIMITERS.contains(&dialect.delimiter) {
        return None;
    }
    let header = header(head, notes);
    let mut types: Vec<&str> = head.types.iter().map(|hive_type| glue_type(hive_type.as_str())).collect();
    types.resize(width, "string");
    if !header {
        // The first record is data too.
        for (kind, cell) in types.iter_mut().zip(&head.first) {
            let mut column = crate::infer::column::ColumnScan::default();
            column.add(1, cell.as_bytes(), false);
            let first = glue_type(column.plain_type());
            *kind = match (*kind, first) {
                (same, other) if same == other => same,
                ("bigint", "double") | ("double", "bigint") => "double",
                (kind, _) if cell.is_empty() => kind,
                _ => "string",
            };
        }
    }
    let written: Vec<String> = (0..width)
        .map(|index| if header { head.first.get(index).map(|cell| cell.to_lowercase()).unwrap_or_default() } else { String::new() })
        .collect();
    let columns = names::distinct_names(&written).iter().zip(types).map(|(name, kind)| Column::new(name, kind)).collect();
    let delimiter = char::from(dialect.delimiter).to_string();
    let mut table = formats::table(name, location, DataFormat::Csv, columns);
    table.serde_parameters = texts([("field.delim", delimiter.as_str())]);
    table.parameters.extend(texts([("delimiter", delimiter.as_str()), ("areColumnsQuoted", "false"), ("columnsOrdered", "true")]));
    if header {
        table.parameters.insert("skip.header.line.count".to_owned(), "1".to_owned());
    }
    if evidence.quoting.quoted_fields > 0 {
        notes.push(Message::new("infer-glue-quotes").with("fields", evidence.quoting.quoted_fields));
    }
    Some(table)
}

/// The four rules of the built-in classifier for a header.
fn header(head: &Head, notes: &mut Vec<Message>) -> bool {
    let last = head.first.len().saturating_sub(1);
    let long = head.first.iter().enumerate().find(|(index, cell)| *index != last && cell.chars().count() >= 150);
    let unfit = head.first.iter().position(|cell| cell.chars().any(|c| c.is_control() && c != '\t'));
    let note = if head.first_has_values {
        Message::new("infer-glue-header-value")
    } else if let Some((index, _)) = long {
        Message::new("infer-glue-header-long").with("column", index + 1)
    } else if let Some(index) = unfit {
        Message::new("infer-glue-header-unfit").with("column", index + 1)
    } else if head.types.iter().all(|hive_type| glue_type(hive_type.as_str()) == "string") {
        Message::new("infer-glue-header-texts")
    } else {
        return true;
    };
    notes.push(note);
    false
}

/// Dates and times stay text for the built-in classifier.
fn glue_type(plain: &str) -> &'static str {
    match plain {
        "bigint" => "bigint",
        "double" => "double",
        "boolean" => "boolean",
        _ => "string",
    }
}
