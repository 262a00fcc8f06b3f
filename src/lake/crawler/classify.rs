//! What one file is to a crawler: its table definition, from its first megabyte or its own schema.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use serde_json::Value;

use super::{avro, orc};
use crate::infer::kind::by_magic;
use crate::infer::{Compression, Kind, Overrides, Scanner, glue};
use crate::lake::codec::Codec;
use crate::lake::engine::types::athena_type;
use crate::lake::glue::{strings, text};
use crate::model::{Column, TableDefinition};
use crate::sql::Type;

/// How many bytes tell what a file is.
const MAGIC: u64 = 16;

/// How much of a file is looked at.
const HEAD: u64 = 1 << 20;

/// What a file is.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// Its definition, without a name and a place.
    pub(super) table: TableDefinition,
    pub(super) compression: Compression,
    /// How many records it has, as far as its head tells.
    pub(super) records: u64,
}

impl Facts {
    pub(super) fn is_known(&self) -> bool {
        self.table.parameters.get("classification").is_some_and(|kind| kind != "UNKNOWN")
    }

    /// Whether two files could be read by one table.
    pub(super) fn reads_like(&self, other: &Self) -> bool {
        let same = |name: &str| self.table.parameters.get(name) == other.table.parameters.get(name);
        self.compression == other.compression
            && same("classification")
            && same("delimiter")
            && self.table.serde_library == other.table.serde_library
    }
}

/// Looks at a file. `classifiers` are the crawler's own, asked first.
pub(super) fn classify(mut file: File, key: &str, size: u64, classifiers: &[Value]) -> std::io::Result<Facts> {
    let mut magic = Vec::new();
    (&mut file).take(MAGIC).read_to_end(&mut magic)?;
    file.seek(SeekFrom::Start(0))?;
    match by_magic(&magic) {
        Some(Kind::Parquet) => return Ok(parquet(file, &magic, key, size)),
        Some(Kind::Avro) => return Ok(avro_file(file, &magic, key, size)),
        Some(Kind::Orc) => return Ok(orc_file(file, &magic, key, size)),
        _ => {}
    }
    let codec = Codec::of_file(&magic, key);
    let mut head = Vec::new();
    match codec {
        Some(codec) => {
            // A damaged archive is judged by what could be unpacked.
            let unpacked = codec.reader(file).and_then(|unpacked| unpacked.take(HEAD).read_to_end(&mut head));
            if unpacked.is_err() && head.is_empty() {
                head = magic;
            }
        }
        None => {
            file.take(HEAD).read_to_end(&mut head)?;
        }
    }
    let compression = codec.map_or(Compression::None, Codec::compression);
    let whole = (head.len() as u64) < HEAD;
    for classifier in classifiers {
        if let Some(facts) = custom(classifier, &head, key, whole, size, compression) {
            return Ok(facts);
        }
    }
    Ok(scanned(&head, key, whole, size, compression, Overrides::default()))
}

fn scanned(head: &[u8], key: &str, whole: bool, size: u64, compression: Compression, overrides: Overrides) -> Facts {
    let name = key.rsplit('/').next();
    let mut scanner = if whole { Scanner::new(name, overrides) } else { Scanner::of_head(name, overrides) };
    scanner.push(head);
    let evidence = scanner.finish();
    let mut table = glue(&evidence, "", None, compression).table;
    table.parameters.insert("typeOfData".to_owned(), "file".to_owned());
    let header = table.parameters.contains_key("skip.header.line.count");
    let rows = match evidence.kind {
        Kind::Csv if !header && evidence.header.as_ref().is_some_and(|header| header.present) => evidence.rows + 1,
        _ => evidence.rows,
    };
    let seen = (head.len() as u64).max(1);
    let record_size = seen.checked_div(rows).unwrap_or(0);
    let records = if whole || record_size == 0 { rows } else { size / record_size };
    Facts { table, compression, records }
}

/// What a classifier of the user's makes of a file; `None` where it is none of its kind.
fn custom(classifier: &Value, head: &[u8], key: &str, whole: bool, size: u64, compression: Compression) -> Option<Facts> {
    if let Some(csv) = classifier.get("CsvClassifier") {
        let byte = |member: &str| text(csv, member).bytes().next();
        let contains = text(csv, "ContainsHeader");
        let header = match contains.as_str() {
            "PRESENT" => Some(true),
            "ABSENT" => Some(false),
            _ => None,
        };
        let delimiter = byte("Delimiter");
        let overrides = Overrides { delimiter, quote: byte("QuoteSymbol").map(Some), header, ..Overrides::default() };
        let mut facts = scanned(head, key, whole, size, compression, overrides);
        let is_csv = facts.table.parameters.get("classification").is_some_and(|kind| kind == "csv");
        let single = facts.table.columns.len() < 2 && csv.get("AllowSingleColumn").and_then(Value::as_bool) != Some(true);
        if !is_csv || single {
            return None;
        }
        named_columns(&mut facts.table, csv, header);
        open_csv(&mut facts.table, csv, delimiter);
        return Some(facts);
    }
    let json = classifier.get("JsonClassifier")?;
    let facts = scanned(head, key, whole, size, compression, Overrides::default());
    let is_json = facts.table.parameters.get("classification").is_some_and(|kind| kind == "json");
    (is_json && matches!(text(json, "JsonPath").as_str(), "$" | "$[*]" | "$.*")).then_some(facts)
}

fn named_columns(table: &mut TableDefinition, csv: &Value, header: Option<bool>) {
    let names = strings(csv.get("Header"));
    for (column, name) in table.columns.iter_mut().zip(&names) {
        column.name = name.to_lowercase();
    }
    if header == Some(true) {
        table.parameters.insert("skip.header.line.count".to_owned(), "1".to_owned());
    }
    let types = strings(csv.get("CustomDatatypes"));
    if csv.get("CustomDatatypeConfigured").and_then(Value::as_bool) == Some(true) {
        for (column, stated) in table.columns.iter_mut().zip(&types) {
            if let Some(parsed) = Type::parse(stated) {
                column.hive_type = crate::model::HiveType(parsed.hive());
            }
        }
    }
}

fn open_csv(table: &mut TableDefinition, csv: &Value, delimiter: Option<u8>) {
    if text(csv, "Serde") != "OpenCSVSerDe" {
        return;
    }
    table.serde_library = "org.apache.hadoop.hive.serde2.OpenCSVSerde".to_owned();
    let quote = text(csv, "QuoteSymbol");
    table.serde_parameters = [
        ("separatorChar".to_owned(), char::from(delimiter.unwrap_or(b',')).to_string()),
        ("quoteChar".to_owned(), if quote.is_empty() { "\"".to_owned() } else { quote }),
        ("escapeChar".to_owned(), "\\".to_owned()),
    ]
    .into();
    for column in &mut table.columns {
        column.hive_type = crate::model::HiveType::new("string");
    }
}

/// Parquet says its schema itself, at its end.
fn parquet(file: File, magic: &[u8], key: &str, size: u64) -> Facts {
    let mut facts = scanned(magic, key, true, size, Compression::None, Overrides::default());
    facts.records = 0;
    let Ok(metadata) = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new().with_skip_arrow_metadata(true)) else {
        facts.table.parameters.insert("classification".to_owned(), "UNKNOWN".to_owned());
        return facts;
    };
    facts.table.columns =
        metadata.schema().fields().iter().map(|field| Column::new(&field.name().to_lowercase(), &hive_type(field))).collect();
    let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or(0);
    facts.records = rows;
    facts
}

/// So does Avro, at its beginning; tables of it carry the schema along.
fn avro_file(file: File, magic: &[u8], key: &str, size: u64) -> Facts {
    let mut facts = scanned(magic, key, true, size, Compression::None, Overrides::default());
    facts.records = 0;
    match avro::read(file) {
        Ok(found) => {
            facts.table.columns = found.columns;
            facts.table.serde_parameters.insert("avro.schema.literal".to_owned(), found.schema);
            facts.records = found.records;
        }
        Err(error) => {
            tracing::warn!(%key, %error, "an Avro file could not be read");
            facts.table.parameters.insert("classification".to_owned(), "UNKNOWN".to_owned());
        }
    }
    facts
}

/// So does ORC, at its end.
fn orc_file(file: File, magic: &[u8], key: &str, size: u64) -> Facts {
    let mut facts = scanned(magic, key, true, size, Compression::None, Overrides::default());
    facts.records = 0;
    match orc::read(file) {
        Ok((columns, rows)) => {
            facts.table.columns = columns;
            facts.records = rows;
        }
        Err(error) => {
            tracing::warn!(%key, %error, "an ORC file could not be read");
            facts.table.parameters.insert("classification".to_owned(), "UNKNOWN".to_owned());
        }
    }
    facts
}

fn hive_type(field: &Field) -> String {
    match field.data_type() {
        DataType::UInt8 | DataType::Int8 => "tinyint".to_owned(),
        DataType::UInt16 | DataType::Int16 => "smallint".to_owned(),
        DataType::UInt32 => "int".to_owned(),
        DataType::Dictionary(_, value) => hive_type(&Field::new("", value.as_ref().clone(), true)),
        _ => athena_type(field).hive(),
    }
}
