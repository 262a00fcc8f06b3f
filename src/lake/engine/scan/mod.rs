//! Scans of text tables: delimited text, `OpenCSVSerde` and JSON, in ranges of whole lines, as a file source of DataFusion.

mod column;
mod lines;
mod open_csv;
mod rows;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::config::ConfigOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroupPartitioner, FileOpenFuture, FileOpener, FileScanConfig, FileSource};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::DataFusionError;
use datafusion::object_store::ObjectStore;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr};
use datafusion::physical_plan::DisplayFormatType;
use datafusion::physical_plan::filter_pushdown::{FilterPushdownPropagation, PushedDown};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::{FutureExt as _, StreamExt as _};

use self::column::Delimiters;
use self::lines::Blocks;
use self::open_csv::Signs;
use self::rows::Rows;
use super::object::QueryFiles;
use super::types::athena_type;
use crate::model::TableDefinition;
use crate::sql::Type;

/// How the lines of a text table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextFormat {
    /// LazySimpleSerDe.
    Delimited(DelimitedText),
    /// `OpenCSVSerde`.
    OpenCsv(OpenCsvText),
    /// Either JSON SerDe.
    Json(JsonText),
}

/// LazySimpleSerDe's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DelimitedText {
    delimiters: Delimiters,
}

/// `OpenCSVSerde`'s parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenCsvText {
    signs: Signs,
}

/// The JSON `SerDes`' parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonText {
    /// A line that is no JSON object is a row of NULLs instead of an error.
    ignore_malformed: bool,
    /// Columns that are found under another key: column to key, both lower case.
    mapping: BTreeMap<String, String>,
}

impl TextFormat {
    /// The format that a table's SerDe stands for; `None` for `SerDes` of other files.
    pub(super) fn of(table: &TableDefinition) -> Option<Self> {
        let serde = table.serde_library.rsplit('.').next().unwrap_or("").to_lowercase();
        let parameter = |name: &str| {
            let found = table.serde_parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        let byte = |name: &str| parameter(name).and_then(|value| value.bytes().next());
        let first = |name: &str, default: char| parameter(name).and_then(|value| value.chars().next()).unwrap_or(default);
        match serde.as_str() {
            "lazysimpleserde" => {
                let field =
                    byte("field.delim").or_else(|| byte("serialization.format").map(|b| if b.is_ascii_digit() { b - b'0' } else { b }));
                let levels = [
                    field.unwrap_or(1),
                    byte("collection.delim").or_else(|| byte("colelction.delim")).unwrap_or(2),
                    byte("mapkey.delim").unwrap_or(3),
                    4,
                    5,
                    6,
                    7,
                    8,
                ];
                let null = parameter("serialization.null.format").unwrap_or("\\N").as_bytes().to_vec();
                Some(Self::Delimited(DelimitedText { delimiters: Delimiters { levels, escape: byte("escape.delim"), null } }))
            }
            "opencsvserde" => {
                // Hive takes an escape that is the quote for none given, and the reader's own is the backslash.
                let escape = first("escapeChar", '\\');
                let signs = Signs {
                    separator: first("separatorChar", ','),
                    quote: first("quoteChar", '"'),
                    escape: if escape == '"' { '\\' } else { escape },
                };
                Some(Self::OpenCsv(OpenCsvText { signs }))
            }
            "jsonserde" | "hivejsonserde" | "openxjsonserde" => {
                let mapping = table
                    .serde_parameters
                    .iter()
                    .filter_map(|(key, value)| Some((key.strip_prefix("mapping.")?.to_lowercase(), value.to_lowercase())))
                    .collect();
                let ignore_malformed = parameter("ignore.malformed.json").is_some_and(|value| value.eq_ignore_ascii_case("true"));
                Some(Self::Json(JsonText { ignore_malformed, mapping }))
            }
            _ => None,
        }
    }
}

/// The lines at the top of each file that are no rows.
pub(super) fn header_lines(table: &TableDefinition) -> usize {
    let parameter = table.parameters.get("skip.header.line.count").or_else(|| table.serde_parameters.get("skip.header.line.count"));
    parameter.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// A text table as a file source.
#[derive(Clone)]
pub(super) struct TextSource {
    schema: TableSchema,
    projection: SplitProjection,
    batch_size: usize,
    metrics: ExecutionPlanMetricsSet,
    format: Arc<TextFormat>,
    header_lines: usize,
    files: Arc<QueryFiles>,
}

impl TextSource {
    pub(super) fn new(schema: TableSchema, format: TextFormat, header_lines: usize, files: Arc<QueryFiles>) -> Self {
        Self {
            projection: SplitProjection::unprojected(&schema),
            schema,
            batch_size: 8192,
            metrics: ExecutionPlanMetricsSet::new(),
            format: Arc::new(format),
            header_lines,
            files,
        }
    }
}

impl fmt::Debug for TextSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextSource").field("format", &self.format).finish_non_exhaustive()
    }
}

impl FileSource for TextSource {
    fn create_file_opener(&self, _: Arc<dyn ObjectStore>, _: &FileScanConfig, _: usize) -> Result<Arc<dyn FileOpener>> {
        let file_schema = self.schema.file_schema();
        let opener = TextOpener {
            format: Arc::clone(&self.format),
            columns: self.projection.file_indices.clone(),
            types: file_schema.fields().iter().map(|field| athena_type(field)).collect(),
            names: file_schema.fields().iter().map(|field| field.name().clone()).collect(),
            projected: Arc::new(file_schema.project(&self.projection.file_indices)?),
            batch_size: self.batch_size,
            header_lines: self.header_lines,
            files: Arc::clone(&self.files),
        };
        ProjectionOpener::try_new(self.projection.clone(), Arc::new(opener), file_schema)
    }

    fn table_schema(&self) -> &TableSchema {
        &self.schema
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { batch_size, ..self.clone() })
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        Some(&self.projection.source)
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let merged = self.projection.source.try_merge(projection)?;
        let projection = SplitProjection::new(self.schema.file_schema(), &merged);
        Ok(Some(Arc::new(Self { projection, ..self.clone() })))
    }

    fn try_pushdown_filters(
        &self,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn FileSource>>> {
        Ok(FilterPushdownPropagation::with_parent_pushdown_result(vec![PushedDown::No; filters.len()]))
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        &self.metrics
    }

    fn file_type(&self) -> &'static str {
        "text"
    }

    /// Files are cut into ranges, but for compressed ones, which can only be read from their start.
    fn repartitioned(
        &self,
        target_partitions: usize,
        smallest: usize,
        ordering: Option<LexOrdering>,
        config: &FileScanConfig,
    ) -> Result<Option<FileScanConfig>> {
        let compressed =
            config.file_groups.iter().flat_map(datafusion::datasource::physical_plan::FileGroup::iter).any(|file| self.is_gzip(file));
        if compressed {
            return Ok(None);
        }
        let groups = FileGroupPartitioner::new()
            .with_target_partitions(target_partitions)
            .with_repartition_file_min_size(smallest)
            .with_preserve_order_within_groups(ordering.is_some())
            .repartition_file_groups(&config.file_groups);
        Ok(groups.map(|file_groups| {
            let mut config = config.clone();
            config.file_groups = file_groups;
            config
        }))
    }

    fn apply_expressions(&self, f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>) -> Result<TreeNodeRecursion> {
        datafusion::physical_plan::apply_expression_roots(self.projection.source.iter(), f)
    }

    fn fmt_extra(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.format.as_ref() {
            TextFormat::Delimited(_) => "delimited",
            TextFormat::OpenCsv(_) => "open_csv",
            TextFormat::Json(_) => "json",
        };
        write!(f, ", format={name}")
    }
}

impl TextSource {
    fn is_gzip(&self, file: &PartitionedFile) -> bool {
        self.files.object(&file.object_meta.location).is_ok_and(|object| is_gzip(&object.key))
    }
}

/// Hadoop tells compression by the name alone.
pub(super) fn is_gzip(key: &str) -> bool {
    key.rsplit('.').next().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"))
}

struct TextOpener {
    format: Arc<TextFormat>,
    columns: Vec<usize>,
    types: Vec<Type>,
    names: Vec<String>,
    projected: SchemaRef,
    batch_size: usize,
    header_lines: usize,
    files: Arc<QueryFiles>,
}

impl FileOpener for TextOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let object = self.files.object(&file.object_meta.location)?;
        let handle = self.files.open(&object)?;
        let range = file.range.as_ref().map(|range| u64::try_from(range.start).unwrap_or(0)..u64::try_from(range.end).unwrap_or(0));
        let (blocks, from_start) = match range {
            Some(range) if range.start > 0 || range.end < object.size => {
                (Blocks::range(handle, &range).map_err(DataFusionError::IoError)?, range.start == 0)
            }
            _ => (Blocks::whole(handle, is_gzip(&object.key)), true),
        };
        let columns = self.columns.iter().filter_map(|at| Some((*at, self.types.get(*at)?.clone()))).collect();
        let names = self.names.clone();
        let header = if from_start { self.header_lines } else { 0 };
        let mut rows = Rows::new(Arc::clone(&self.format), columns, names, Arc::clone(&self.projected), self.batch_size, header, blocks);
        let (files, mut last) = (Arc::clone(&self.files), 0);
        // A compressed file is read whole, and its bytes are those on disk.
        let compressed = is_gzip(&object.key).then_some(object.size);
        if let Some(size) = compressed {
            files.count(size);
        }
        let address = object.address();
        let batches = std::iter::from_fn(move || {
            let batch = rows.next_batch(&address);
            if compressed.is_none() {
                let read = rows.read();
                files.count(read - last);
                last = read;
            }
            batch.transpose()
        });
        Ok(async move { Ok(futures::stream::iter(batches).boxed()) }.boxed())
    }
}

/// The schema of a table's files, without its partition keys.
pub(super) fn file_schema(table: &TableDefinition, types: &[Type]) -> SchemaRef {
    let fields: Vec<_> = table.columns.iter().zip(types).map(|(column, athena)| super::types::arrow_field(&column.name, athena)).collect();
    Arc::new(Schema::new(fields))
}

/// A column of this type from texts, read as delimited text is.
pub(super) fn column_of_texts<'t>(
    athena: &Type,
    texts: impl Iterator<Item = Option<&'t str>>,
) -> Result<datafusion::arrow::array::ArrayRef> {
    let mut column = column::Column::new(athena);
    for text in texts {
        match text {
            Some(text) => column.scalar(text.as_bytes()),
            None => column.null(),
        }
    }
    Ok(column.finish()?)
}

/// A column of this type from values of JSON documents.
pub(super) fn column_of_json<'t>(
    athena: &Type,
    values: impl Iterator<Item = Option<&'t serde_json::Value>>,
) -> Result<datafusion::arrow::array::ArrayRef> {
    let mut column = column::Column::new(athena);
    for value in values {
        column.json(value.unwrap_or(&serde_json::Value::Null));
    }
    Ok(column.finish()?)
}

/// Whether a text is a value of this type.
pub(super) fn is_value(athena: &Type, text: &str) -> bool {
    let bytes = text.as_bytes();
    match athena {
        Type::TinyInt => value::integer(bytes).is_some_and(|number| i8::try_from(number).is_ok()),
        Type::SmallInt => value::integer(bytes).is_some_and(|number| i16::try_from(number).is_ok()),
        Type::Integer => value::integer(bytes).is_some_and(|number| i32::try_from(number).is_ok()),
        Type::BigInt => value::integer(bytes).is_some(),
        Type::Real | Type::Double => value::double(bytes).is_some(),
        Type::Decimal { precision, scale } => value::decimal(bytes, *precision, *scale).is_some(),
        Type::Date => value::date(bytes).is_some(),
        Type::Timestamp(_) | Type::TimestampTz(_) => value::timestamp(bytes).is_some(),
        _ => true,
    }
}

/// A decimal from its text, rounded to its scale.
pub(super) fn decimal_of(text: &str, precision: u8, scale: u8) -> Option<i128> {
    value::decimal(text.as_bytes(), precision, scale)
}
