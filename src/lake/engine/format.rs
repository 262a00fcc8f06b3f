//! What the files of a table are, as its SerDe says: one rule for those who read them and those who write them.

use crate::model::TableDefinition;

use super::scan::FileKind;

/// What the files of a table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Format {
    /// Parquet, read by the engine's own source.
    Parquet,
    /// Read by the lake's file source.
    Own(FileKind),
}

/// Settings of tables that change their rows, and the values with which they do not. The lake does not know how to follow others.
const UNKNOWN: [(&str, &[&str]); 4] = [
    ("skip.footer.line.count", &["0"]),
    ("serialization.encoding", &["utf-8", "utf8"]),
    ("parquet.column.index.access", &["false"]),
    ("line.delim", &["\n", "\\n", "10"]),
];

impl Format {
    /// The format that the SerDe of a table, or else its input format, stands for; or why the lake cannot read it.
    pub(super) fn of(database: &str, table: &TableDefinition) -> Result<Self, String> {
        let refused = |what: &str| Err(format!("NOT_SUPPORTED: The local lake has no reader for {what} (table {database}.{})", table.name));
        for (name, harmless) in UNKNOWN {
            let changes = |value: &&str| !harmless.contains(&value.trim_matches(' ').to_lowercase().as_str());
            if let Some(value) = setting(table, name).filter(changes) {
                return refused(&format!("tables with '{name}'='{}'", value.escape_debug()));
            }
        }
        let serde = table.serde_library.rsplit('.').next().unwrap_or("").to_lowercase();
        let input = table.input_format.to_lowercase();
        let kind = match serde.as_str() {
            "parquethiveserde" => return Ok(Self::Parquet),
            "avroserde" => Ok(FileKind::avro(table)),
            "orcserde" => Ok(FileKind::orc(table)),
            "lazysimpleserde" => FileKind::delimited(table),
            "opencsvserde" => FileKind::open_csv(table),
            "jsonserde" | "hivejsonserde" | "openxjsonserde" => FileKind::json(table),
            _ if input.contains("parquet") => return Ok(Self::Parquet),
            _ if input.contains(".avro.") => Ok(FileKind::avro(table)),
            _ if input.contains(".orc.") => Ok(FileKind::orc(table)),
            "" => return refused("tables of SerDe none"),
            _ => return refused(&format!("tables of SerDe {}", table.serde_library)),
        };
        kind.map(Self::Own).or_else(|what| refused(&what))
    }
}

/// A parameter of a table's SerDe, or else of the table, whatever the case of its name.
pub(super) fn setting<'t>(table: &'t TableDefinition, name: &str) -> Option<&'t str> {
    let mut all = table.serde_parameters.iter().chain(&table.parameters);
    all.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
