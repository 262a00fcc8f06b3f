//! The formats that the lake writes, and how the files of each are compressed.

use std::collections::BTreeMap;

use crate::lake::codec::Codec;
use crate::lake::engine::error::QueryError;
use crate::lake::engine::format::Format;
use crate::lake::engine::scan::{Delimiters, FileKind, TextFormat};
use crate::model::TableDefinition;

/// The formats that the lake writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WriteFormat {
    /// Apache Parquet.
    Parquet,
    /// Apache Avro.
    Avro,
    /// Apache ORC.
    Orc,
    /// LazySimpleSerDe's delimited text.
    Text(Delimiters),
    /// One JSON object a line.
    Json {
        /// Columns whose keys are not their names.
        mapping: BTreeMap<String, String>,
    },
}

impl WriteFormat {
    /// Delimited text with this sign between fields; only one character of ASCII can be that.
    pub(crate) fn delimited(sign: &str) -> Option<Self> {
        let [byte] = sign.as_bytes() else { return None };
        Some(Self::Text(Delimiters::of_field(*byte))).filter(|_| sign.is_ascii())
    }

    /// The format of new files of a table that exists, how they are compressed where nothing is said, and which of its
    /// parameters say it; or why the lake writes none.
    pub(crate) fn of(database: &str, table: &TableDefinition) -> Result<(Self, WriteCompression, &'static [&'static str]), QueryError> {
        use WriteCompression::{Deflate, Plain, Snappy, Zlib};
        let refused = |reason: String| QueryError::new(format!("NOT_SUPPORTED: {reason}"));
        let format = Format::of(database, table).map_err(QueryError::new)?;
        Ok(match format {
            Format::Parquet => (Self::Parquet, Snappy, &["write.compression", "parquet.compression", "parquet.compress"]),
            Format::Own(FileKind::Avro { .. }) => (Self::Avro, Deflate, &["write.compression", "avro.compression"]),
            Format::Own(FileKind::Orc { .. }) => (Self::Orc, Zlib, &["write.compression", "orc.compress", "orc.compression"]),
            Format::Own(FileKind::Text { header_lines: 1.., .. }) => {
                return Err(refused("Inserting into Hive table with skip.header.line.count property not supported".to_owned()));
            }
            Format::Own(FileKind::Text { format, .. }) => {
                let format = match format.as_ref() {
                    TextFormat::Delimited(delimiters) => Self::Text(delimiters.clone()),
                    TextFormat::Json(text) => Self::Json { mapping: text.mapping.clone() },
                    TextFormat::OpenCsv(_) => {
                        return Err(refused(format!("The local lake does not write tables of SerDe {}", table.serde_library)));
                    }
                };
                (format, Plain, &["write.compression"])
            }
        })
    }

    /// Its name in statements.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Parquet => "PARQUET",
            Self::Avro => "AVRO",
            Self::Orc => "ORC",
            Self::Text(_) => "TEXTFILE",
            Self::Json { .. } => "JSON",
        }
    }

    /// How files of the format are compressed, first when nothing is said.
    pub(crate) const fn compressions(&self) -> &'static [WriteCompression] {
        use WriteCompression::{Bzip2, Deflate, Gzip, Lz4, Plain, Snappy, Zlib, Zstd};
        match self {
            Self::Parquet => &[Gzip, Snappy, Zstd, Lz4, Plain],
            Self::Avro => &[Deflate, Snappy, Zstd, Bzip2, Plain],
            Self::Orc => &[Zlib, Snappy, Zstd, Lz4, Plain],
            Self::Text(_) | Self::Json { .. } => &[Gzip, Bzip2, Zstd, Snappy, Deflate, Plain],
        }
    }

    /// Whether its files say their columns themselves, so that one without rows is worth writing.
    pub(super) const fn has_schema(&self) -> bool {
        matches!(self, Self::Parquet | Self::Avro | Self::Orc)
    }
}

/// How files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteCompression {
    /// Not at all.
    Plain,
    Gzip,
    Snappy,
    Zstd,
    Lz4,
    Bzip2,
    Deflate,
    Zlib,
}

impl WriteCompression {
    const ALL: [Self; 8] = [Self::Plain, Self::Gzip, Self::Snappy, Self::Zstd, Self::Lz4, Self::Bzip2, Self::Deflate, Self::Zlib];

    /// The compression of this name; `None` for names that Athena does not know or the lake never writes.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        if name == "UNCOMPRESSED" {
            return Some(Self::Plain);
        }
        Self::ALL.into_iter().find(|compression| compression.name() == name)
    }

    /// Its name in statements and in the catalogue.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "NONE",
            Self::Gzip => "GZIP",
            Self::Snappy => "SNAPPY",
            Self::Zstd => "ZSTD",
            Self::Lz4 => "LZ4",
            Self::Bzip2 => "BZIP2",
            Self::Deflate => "DEFLATE",
            Self::Zlib => "ZLIB",
        }
    }

    /// The codec of text files that are compressed so; `None` for plain ones.
    pub(super) const fn codec(self) -> Option<Codec> {
        match self {
            Self::Gzip => Some(Codec::Gzip),
            Self::Bzip2 => Some(Codec::Bzip2),
            Self::Zstd => Some(Codec::Zstd),
            Self::Snappy => Some(Codec::Snappy),
            Self::Deflate => Some(Codec::Deflate),
            Self::Plain | Self::Lz4 | Self::Zlib => None,
        }
    }
}
