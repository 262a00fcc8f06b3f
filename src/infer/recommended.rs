//! The policy *recommended*: how we advise to store and catalogue a file, and where that differs from what AWS's crawler would write.

use crate::infer::encoding::Encoding;
use crate::infer::evidence::{Dialect, Escape, Evidence, Newline};
use crate::infer::formats::{self, LAZY_SIMPLE, OPEN_CSV, texts};
use crate::infer::glue::GlueTable;
use crate::infer::kind::Kind;
use crate::model::{Column, DataFormat, Message, S3Location, TableDefinition};

use serde::{Deserialize, Serialize};

/// How a file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// Byte by byte as it is.
    AsIs,
    /// As CSV in UTF-8 with commas and LF, line breaks inside fields replaced by blanks.
    CleanCsv,
    /// As Parquet.
    Parquet,
}

/// How we advise to store and catalogue a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendation {
    /// How to store it.
    pub storage: Storage,
    /// The table over what was stored.
    pub table: TableDefinition,
    /// Why, and what readers of this table cannot do.
    pub notes: Vec<Message>,
}

/// What we advise for a table file; `None` for what is no table.
///
/// Parquet where text readers would err (line breaks in fields, an encoding that is not UTF-8, JSON over several lines), else the file as it is.
#[must_use]
pub fn recommended(evidence: &Evidence, name: &str, location: Option<S3Location>) -> Option<Recommendation> {
    let why = |id: &'static str| Some(Message::new(id));
    let foreign = evidence.encoding.as_ref().filter(|found| found.encoding != Encoding::UTF_8 || found.bom);
    let dialect = evidence.dialect.as_ref();
    let reason = match evidence.kind {
        Kind::Csv if evidence.quoting.line_break_rows > 0 => {
            Some(Message::new("infer-advice-line-breaks").with("rows", evidence.quoting.line_break_rows))
        }
        Kind::Csv if dialect.is_some_and(|found| matches!(found.newline, Newline::Cr | Newline::Mixed)) => why("infer-advice-newline"),
        Kind::Csv | Kind::JsonLines if foreign.is_some() => {
            foreign.map(|found| Message::new("infer-advice-encoding").with("encoding", found.encoding.name()))
        }
        Kind::JsonArray => why("infer-advice-json-array"),
        Kind::JsonLines if evidence.findings.iter().any(|finding| finding.message.id == "infer-json-many-lines") => {
            why("infer-advice-json-lines")
        }
        _ => None,
    };
    let storage = if reason.is_some() { Storage::Parquet } else { Storage::AsIs };
    let mut advice = table_as(evidence, storage, name, location)?;
    advice.notes.splice(0..0, reason);
    Some(advice)
}

/// The table over a file that is stored this way; `None` where that makes no table.
#[must_use]
pub fn table_as(evidence: &Evidence, storage: Storage, name: &str, location: Option<S3Location>) -> Option<Recommendation> {
    if !evidence.is_table() {
        return None;
    }
    let mut notes = Vec::new();
    let table = match (storage, &evidence.kind) {
        (Storage::AsIs, Kind::Parquet) => columnar(evidence, name, location, DataFormat::Parquet),
        (Storage::Parquet, _) => {
            let mut table = columnar(evidence, name, location, DataFormat::Parquet);
            if evidence.kind != Kind::Parquet {
                // Nested JSON values are written as JSON texts.
                for column in table.columns.iter_mut().filter(|column| column.hive_type.as_str().contains('<')) {
                    notes
                        .push(Message::new("infer-nested-text").with("name", column.name.as_str()).with("type", column.hive_type.as_str()));
                    "string".clone_into(&mut column.hive_type.0);
                }
            }
            table
        }
        (Storage::AsIs, Kind::Avro) => columnar(evidence, name, location, DataFormat::Avro),
        (Storage::AsIs, Kind::Orc) => columnar(evidence, name, location, DataFormat::Orc),
        (Storage::AsIs, Kind::JsonLines | Kind::JsonArray) => json(evidence, name, location),
        (Storage::CleanCsv, _) => {
            // A cleaned file quotes what needs it, doubles quotes and ends each line with LF.
            let dialect = Dialect::default();
            let needs_quotes = evidence.quoting.delimiter_fields + evidence.quoting.quote_fields + evidence.quoting.line_break_rows > 0
                || evidence.dialect.as_ref().is_none_or(|found| found.dialect.delimiter != b',')
                || evidence.columns.iter().any(|column| column.empty_texts > 0);
            csv(evidence, dialect, needs_quotes, true, name, location, &mut notes)
        }
        (Storage::AsIs, _) => {
            let dialect = evidence.dialect.as_ref().map(|found| found.dialect).unwrap_or_default();
            let header = evidence.header.as_ref().is_some_and(|found| found.present);
            csv(evidence, dialect, evidence.quoting.quoted_fields > 0, header, name, location, &mut notes)
        }
    };
    Some(Recommendation { storage, table, notes })
}

fn columns(evidence: &Evidence) -> Vec<Column> {
    evidence.columns.iter().map(|column| Column::new(&column.catalog_name, column.hive_type.as_str())).collect()
}

fn columnar(evidence: &Evidence, name: &str, location: Option<S3Location>, format: DataFormat) -> TableDefinition {
    let mut table = formats::table(name, location, format, columns(evidence));
    table.serde_parameters = texts([("serialization.format", "1")]);
    table.parameters.insert("compressionType".to_owned(), "none".to_owned());
    table
}

fn json(evidence: &Evidence, name: &str, location: Option<S3Location>) -> TableDefinition {
    let mut table = formats::table(name, location, DataFormat::Json, columns(evidence));
    let mut paths: Vec<&str> = evidence.columns.iter().map(|column| column.name.as_str()).collect();
    paths.sort_unstable();
    table.serde_parameters = texts([("paths", paths.join(",").as_str())]);
    // A column of another name than its key is found through a mapping.
    for column in evidence.columns.iter().filter(|column| column.name.to_lowercase() != column.catalog_name) {
        table.serde_parameters.insert(format!("mapping.{}", column.catalog_name), column.name.clone());
    }
    table.parameters.insert("compressionType".to_owned(), "none".to_owned());
    table
}

fn csv(
    evidence: &Evidence,
    dialect: Dialect,
    quoted: bool,
    header: bool,
    name: &str,
    location: Option<S3Location>,
    notes: &mut Vec<Message>,
) -> TableDefinition {
    let mut columns = columns(evidence);
    let delimiter = char::from(dialect.delimiter).to_string();
    if quoted {
        // OpenCSVSerDe reads dates as day numbers and fails a query on an empty number, so such columns stay text.
        for (column, found) in columns.iter_mut().zip(&evidence.columns) {
            let kind = found.hive_type.as_str();
            let safe = matches!(kind, "boolean" | "int" | "bigint" | "double") && found.nulls == 0 && !found.padded;
            if kind != "string" && !safe {
                let id = if found.nulls > 0 { "infer-opencsv-nulls" } else { "infer-opencsv-type" };
                notes.push(Message::new(id).with("name", column.name.as_str()).with("type", kind).with("nulls", found.nulls));
                "string".clone_into(&mut column.hive_type.0);
            }
        }
        notes.push(Message::new("infer-opencsv"));
    }
    let mut table = formats::table(name, location, DataFormat::Csv, columns);
    if quoted {
        OPEN_CSV.clone_into(&mut table.serde_library);
        let quote = char::from(dialect.quote.unwrap_or(b'"')).to_string();
        // With doubled quotes no escape character may be at work, or a backslash in the data would vanish.
        let escape = if dialect.escape == Escape::Backslash { "\\" } else { quote.as_str() };
        table.serde_parameters = texts([("separatorChar", delimiter.as_str()), ("quoteChar", quote.as_str()), ("escapeChar", escape)]);
    } else {
        LAZY_SIMPLE.clone_into(&mut table.serde_library);
        table.serde_parameters = texts([("field.delim", delimiter.as_str()), ("serialization.format", delimiter.as_str())]);
        // An empty field is NULL here, as it is in this program; Hive's own mark is `\N`.
        table.serde_parameters.insert("serialization.null.format".to_owned(), String::new());
    }
    table.parameters.extend(texts([
        ("compressionType", "none"),
        ("delimiter", delimiter.as_str()),
        ("areColumnsQuoted", if quoted { "true" } else { "false" }),
        ("columnsOrdered", "true"),
    ]));
    if header {
        table.parameters.insert("skip.header.line.count".to_owned(), "1".to_owned());
    }
    table
}

/// Where AWS's crawler and our advice differ for a file, each with the reason.
#[must_use]
pub fn differences(evidence: &Evidence, glue: &GlueTable, advice: &Recommendation) -> Vec<Message> {
    let mut found = Vec::new();
    let (theirs, ours) = (&glue.table, &advice.table);
    let class = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    if theirs.serde_library != ours.serde_library {
        let mut message =
            Message::new("infer-differs-reader").with("glue", class(&theirs.serde_library)).with("ours", class(&ours.serde_library));
        message = match advice.notes.first() {
            Some(why) if advice.storage == Storage::Parquet => message.with("why", why.clone()),
            _ => message.with("why", Message::new("infer-differs-quotes").with("fields", evidence.quoting.quoted_fields)),
        };
        found.push(message);
    }
    let skips = |table: &TableDefinition| table.parameters.contains_key("skip.header.line.count");
    let header = evidence.header.as_ref();
    if let Some(header) = header
        && header.present != skips(theirs)
    {
        let id = if header.present { "infer-differs-header-kept" } else { "infer-differs-header-lost" };
        let why = glue.notes.iter().find(|note| note.id.starts_with("infer-glue-header")).cloned().unwrap_or_else(|| header.reason.clone());
        found.push(Message::new(id).with("why", why));
    }
    if theirs.columns.len() != ours.columns.len() {
        found.push(Message::new("infer-differs-columns").with("glue", theirs.columns.len()).with("ours", ours.columns.len()));
    }
    for (index, (glue_column, our_column)) in theirs.columns.iter().zip(&ours.columns).enumerate() {
        if glue_column.name != our_column.name {
            found.push(Message::new("infer-differs-name").with("glue", glue_column.name.as_str()).with("ours", our_column.name.as_str()));
        }
        if glue_column.hive_type != our_column.hive_type {
            let why = advice
                .notes
                .iter()
                .find(|note| {
                    note.id.starts_with("infer-opencsv-") && note.args.iter().any(|(_, arg)| *arg == our_column.name.as_str().into())
                })
                .cloned()
                .or_else(|| evidence.columns.get(index).map(|column| column.reason.clone()))
                .unwrap_or_else(|| Message::new("infer-chosen"));
            found.push(
                Message::new("infer-differs-type")
                    .with("name", our_column.name.as_str())
                    .with("glue", glue_column.hive_type.as_str())
                    .with("ours", our_column.hive_type.as_str())
                    .with("why", why),
            );
        }
    }
    found
}
