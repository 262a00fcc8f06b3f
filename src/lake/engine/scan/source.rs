//! The file source that DataFusion scans: it opens each file as its format wants, in ranges where that can be.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::config::ConfigOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroupPartitioner, FileOpenFuture, FileOpener, FileScanConfig, FileSource};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::object_store::ObjectStore;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::{LexOrdering, PhysicalExpr};
use datafusion::physical_plan::DisplayFormatType;
use datafusion::physical_plan::filter_pushdown::{FilterPushdownPropagation, PushedDown};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::{FutureExt as _, StreamExt as _};

use super::text::{self, TextFormat};
use super::{avro, orc};
use crate::lake::codec::Codec;
use crate::lake::engine::format::setting;
use crate::lake::engine::guarded;
use crate::lake::engine::object::QueryFiles;
use crate::lake::engine::types::athena_type;
use crate::model::TableDefinition;
use crate::sql::Type;

/// The rows of one file, batch by batch.
pub(super) type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// What the files of a table are, Parquet apart: that is read by DataFusion's own source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) enum FileKind {
    /// Text in lines, the first of which may be no rows.
    Text {
        /// How the lines are read.
        format: Arc<TextFormat>,
        /// The lines at the top that are no rows.
        header_lines: usize,
    },
    /// Avro, its fields found by name.
    Avro {
        /// The schema that the table states (`avro.schema.literal`).
        stated: Option<Arc<str>>,
    },
    /// ORC, its columns found by their place, or by name where the table says so.
    Orc {
        /// Whether columns are found by name.
        by_name: bool,
    },
}

impl FileKind {
    /// Avro, and the schema that the table states.
    pub(in crate::lake::engine) fn avro(table: &TableDefinition) -> Self {
        Self::Avro { stated: setting(table, "avro.schema.literal").map(Arc::from) }
    }

    /// ORC, and how the table finds columns.
    pub(in crate::lake::engine) fn orc(table: &TableDefinition) -> Self {
        let access = setting(table, "orc.column.index.access");
        Self::Orc { by_name: access.is_some_and(|access| access.eq_ignore_ascii_case("false")) }
    }

    /// LazySimpleSerDe's text; or which of its settings the lake does not follow.
    pub(in crate::lake::engine) fn delimited(table: &TableDefinition) -> Result<Self, String> {
        Self::text(TextFormat::Delimited(text::delimiters(table)?), table)
    }

    /// `OpenCSVSerde`'s text.
    pub(in crate::lake::engine) fn open_csv(table: &TableDefinition) -> Result<Self, String> {
        Self::text(TextFormat::OpenCsv(text::signs(table)), table)
    }

    /// JSON in lines.
    pub(in crate::lake::engine) fn json(table: &TableDefinition) -> Result<Self, String> {
        Self::text(TextFormat::Json(text::json(table)), table)
    }

    fn text(format: TextFormat, table: &TableDefinition) -> Result<Self, String> {
        text::check_times(table)?;
        Ok(Self::Text { format: Arc::new(format), header_lines: text::header_lines(table)? })
    }
}

/// The columns that a scan wants of a file.
#[derive(Clone)]
pub(super) struct Wanted {
    /// Their places in the table, ascending, and their types.
    pub(super) columns: Vec<(usize, Type)>,
    /// The names of all columns of the table.
    pub(super) names: Vec<String>,
    /// The schema of the batches: the wanted columns.
    pub(super) schema: SchemaRef,
    pub(super) batch_size: usize,
}

/// A table of such files as a file source.
#[derive(Clone)]
pub(in crate::lake::engine) struct LakeSource {
    schema: TableSchema,
    projection: SplitProjection,
    batch_size: usize,
    metrics: ExecutionPlanMetricsSet,
    kind: FileKind,
    files: Arc<QueryFiles>,
}

impl LakeSource {
    pub(in crate::lake::engine) fn new(schema: TableSchema, kind: FileKind, files: Arc<QueryFiles>) -> Self {
        Self {
            projection: SplitProjection::unprojected(&schema),
            schema,
            batch_size: 8192,
            metrics: ExecutionPlanMetricsSet::new(),
            kind,
            files,
        }
    }

    /// Whether a file can only be read from its start to its end.
    fn is_whole(&self, file: &PartitionedFile) -> bool {
        match file.extension().unwrap_or(&self.kind) {
            FileKind::Text { .. } => self.files.object(&file.object_meta.location).is_ok_and(|object| Codec::of_key(&object.key).is_some()),
            FileKind::Avro { .. } => true,
            FileKind::Orc { .. } => false,
        }
    }
}

impl fmt::Debug for LakeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LakeSource").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl FileSource for LakeSource {
    fn create_file_opener(&self, _: Arc<dyn ObjectStore>, _: &FileScanConfig, _: usize) -> Result<Arc<dyn FileOpener>> {
        let file_schema = self.schema.file_schema();
        let indices = &self.projection.file_indices;
        let column = |at: &usize| Some((*at, athena_type(file_schema.fields().get(*at)?)));
        let wanted = Wanted {
            columns: indices.iter().filter_map(column).collect(),
            names: file_schema.fields().iter().map(|field| field.name().clone()).collect(),
            schema: Arc::new(file_schema.project(indices)?),
            batch_size: self.batch_size,
        };
        let opener = Opener { kind: self.kind.clone(), wanted, files: Arc::clone(&self.files) };
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
        match self.kind {
            FileKind::Text { .. } => "text",
            FileKind::Avro { .. } => "avro",
            FileKind::Orc { .. } => "orc",
        }
    }

    /// Files are cut into ranges, but for those that can only be read whole.
    fn repartitioned(
        &self,
        target_partitions: usize,
        smallest: usize,
        ordering: Option<LexOrdering>,
        config: &FileScanConfig,
    ) -> Result<Option<FileScanConfig>> {
        let mut files = config.file_groups.iter().flat_map(datafusion::datasource::physical_plan::FileGroup::iter);
        if files.any(|file| self.is_whole(file)) {
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
        let FileKind::Text { format, .. } = &self.kind else { return Ok(()) };
        let name = match format.as_ref() {
            TextFormat::Delimited(_) => "delimited",
            TextFormat::OpenCsv(_) => "open_csv",
            TextFormat::Json(_) => "json",
        };
        write!(f, ", format={name}")
    }
}

/// What a reader of files yields, batch by batch, up to the first error; readers may panic over damaged files.
pub(super) fn until_error(
    mut next: impl FnMut() -> Result<Option<RecordBatch>, String> + Send + 'static,
    made: impl Fn(Result<RecordBatch, String>) -> Result<RecordBatch> + Send + 'static,
) -> Batches {
    let mut ended = false;
    Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let batch = made(guarded(&mut next).transpose()?);
        ended = batch.is_err();
        Some(batch)
    }))
}

struct Opener {
    kind: FileKind,
    wanted: Wanted,
    files: Arc<QueryFiles>,
}

impl FileOpener for Opener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let (wanted, files) = (&self.wanted, &self.files);
        // A partition may say its files otherwise than its table does.
        let kind = file.extension().unwrap_or(&self.kind);
        let batches = match kind {
            FileKind::Text { format, header_lines } => text::batches(format, *header_lines, wanted, files, &file)?,
            FileKind::Avro { stated } => avro::batches(stated.as_deref(), wanted, files, &file)?,
            FileKind::Orc { by_name } => orc::batches(*by_name, wanted, files, &file)?,
        };
        Ok(async move { Ok(futures::stream::iter(batches).boxed()) }.boxed())
    }
}
