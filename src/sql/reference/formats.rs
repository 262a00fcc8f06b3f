//! The files that tables may be made of: one line a format.

/// A format of a table's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableFormat {
    /// The files, as people call them.
    pub name: &'static str,
    /// The classes of the `SerDes` that read them.
    pub serdes: &'static [&'static str],
    /// Whether the lake reads them.
    pub read: bool,
    /// Whether CREATE TABLE AS, INSERT INTO and UNLOAD write them.
    pub written: bool,
    /// What there is to know.
    pub help: &'static str,
}

/// How files of text may be compressed.
pub const TEXT_COMPRESSION: &str = "Files of text are unpacked where their names end in `.gz`, `.bz2`, `.zst`, `.snappy` or `.deflate`.";

/// Every format that Athena documents.
pub const TABLE_FORMATS: &[TableFormat] = &[
    TableFormat {
        name: "Delimited text (`TEXTFILE`)",
        serdes: &["org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"],
        read: true,
        written: true,
        help: "No quoting; `\\N` is NULL; what does not parse is NULL. Written with GZIP, BZIP2, ZSTD, SNAPPY, DEFLATE or uncompressed.",
    },
    TableFormat {
        name: "CSV",
        serdes: &["org.apache.hadoop.hive.serde2.OpenCSVSerde"],
        read: true,
        written: false,
        help: "Quotes and escapes, no line breaks in values; numbers and booleans are read as such, dates as days and timestamps as milliseconds since 1970.",
    },
    TableFormat {
        name: "JSON",
        serdes: &["org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe"],
        read: true,
        written: true,
        help: "One object a line; keys whatever their case; `ignore.malformed.json` and `mapping.*`. Written with GZIP, BZIP2, ZSTD, SNAPPY, DEFLATE or uncompressed.",
    },
    TableFormat {
        name: "Parquet",
        serdes: &["org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"],
        read: true,
        written: true,
        help: "Written with SNAPPY, GZIP, ZSTD, LZ4 or uncompressed.",
    },
    TableFormat {
        name: "ORC",
        serdes: &["org.apache.hadoop.hive.ql.io.orc.OrcSerde"],
        read: true,
        written: true,
        help: "Columns by their place, or by name where `orc.column.index.access` is `false`. Written with ZLIB, SNAPPY, ZSTD, LZ4 or uncompressed, but for decimals and nested columns.",
    },
    TableFormat {
        name: "Avro",
        serdes: &["org.apache.hadoop.hive.serde2.avro.AvroSerDe"],
        read: true,
        written: true,
        help: "Fields by name, whatever their case; `avro.schema.literal`. Written with DEFLATE, SNAPPY, ZSTD, BZIP2 or uncompressed.",
    },
    TableFormat {
        name: "Regular expressions",
        serdes: &["org.apache.hadoop.hive.serde2.RegexSerDe", "com.amazonaws.glue.serde.GrokSerDe"],
        read: false,
        written: false,
        help: "",
    },
    TableFormat { name: "Amazon Ion", serdes: &["com.amazon.ionhiveserde.IonHiveSerDe"], read: false, written: false, help: "" },
    TableFormat {
        name: "CloudTrail",
        serdes: &["org.apache.hive.hcatalog.data.CloudTrailSerde", "com.amazon.emr.hive.serde.CloudTrailSerde"],
        read: false,
        written: false,
        help: "",
    },
];
