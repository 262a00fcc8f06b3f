//! The Hadoop classes that tell a reader of the catalogue how the files of a table are written.

use std::collections::BTreeMap;

use crate::model::{Column, DataFormat, S3Location, TableDefinition};

/// Text, line by line.
pub const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
/// The output that goes with it.
pub const TEXT_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
/// Delimited text without quotes.
pub const LAZY_SIMPLE: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
/// Delimited text with quotes, a record a line.
pub const OPEN_CSV: &str = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
/// JSON, a record a line.
pub const JSON: &str = "org.openx.data.jsonserde.JsonSerDe";

/// The input format, output format and SerDe of a format; text is read by [`LAZY_SIMPLE`].
#[must_use]
pub const fn classes(format: DataFormat) -> [&'static str; 3] {
    match format {
        DataFormat::Csv => [TEXT_INPUT, TEXT_OUTPUT, LAZY_SIMPLE],
        DataFormat::Json => [TEXT_INPUT, TEXT_OUTPUT, JSON],
        DataFormat::Parquet => [
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        ],
        DataFormat::Avro => [
            "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
            "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
            "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
        ],
        DataFormat::Orc => [
            "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
            "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
            "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
        ],
    }
}

/// A table of files in this format, with `classification` and `typeOfData` set.
#[must_use]
pub fn table(name: &str, location: Option<S3Location>, format: DataFormat, columns: Vec<Column>) -> TableDefinition {
    let [input_format, output_format, serde_library] = classes(format).map(str::to_owned);
    TableDefinition {
        name: name.to_owned(),
        table_type: "EXTERNAL_TABLE".to_owned(),
        columns,
        partition_keys: Vec::new(),
        location,
        input_format,
        output_format,
        serde_library,
        serde_parameters: BTreeMap::new(),
        parameters: texts([("classification", format.classification()), ("typeOfData", "file")]),
    }
}

/// A map of texts.
#[must_use]
pub fn texts<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
