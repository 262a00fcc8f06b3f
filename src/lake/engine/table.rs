//! A table of the catalogue as DataFusion scans it: the files of its location or partitions, read as its SerDe says.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::DataFusionError;
use datafusion::execution::cache::cache_manager::FileMetadataCache;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use futures::{StreamExt as _, TryStreamExt as _};

use super::adapter::{self, ByName};
use super::files::{self, Partition};
use super::format::Format;
use super::object::QueryFiles;
use super::scan::{self, LakeSource};
use super::types::arrow_field;
use crate::lake::glue::{Catalog, NULL_PARTITION};
use crate::model::{Column, TableDefinition};
use crate::sql::Type;

/// The column that holds each row's file.
pub(super) const PATH_COLUMN: &str = "$path";

/// Where DataFusion finds the files of a query.
pub(super) const FILES_URL: &str = "lake://query";

/// How many footers are read at once.
const FOOTERS: usize = 16;

/// How much of a Parquet file's end is read at first: most footers are smaller.
const FOOTER: usize = 16 << 10;

/// A table, ready to be scanned.
pub(super) struct LakeTable {
    database: String,
    table: TableDefinition,
    format: Format,
    schema: TableSchema,
    keys: Vec<Type>,
    catalog: Catalog,
    files: Arc<QueryFiles>,
    /// Whether the hidden column of paths is among the columns.
    with_path: bool,
}

impl LakeTable {
    /// The table of a definition; fails where a type or SerDe is none that the lake reads.
    pub(super) fn new(database: &str, table: TableDefinition, catalog: Catalog, files: Arc<QueryFiles>, with_path: bool) -> Result<Self> {
        let types = types_of(&table.columns, &table.name)?;
        let keys = types_of(&table.partition_keys, &table.name)?;
        let format = Format::of(database, &table).map_err(DataFusionError::NotImplemented)?;
        let mut virtual_columns: Vec<FieldRef> =
            table.partition_keys.iter().zip(&keys).map(|(key, athena)| Arc::new(arrow_field(&key.name, athena))).collect();
        if with_path {
            virtual_columns.push(Arc::new(Field::new(PATH_COLUMN, DataType::Utf8View, true)));
        }
        let schema = TableSchema::builder(scan::file_schema(&table, &types)).with_table_partition_cols(virtual_columns).build();
        Ok(Self { database: database.to_owned(), table, format, schema, keys, catalog, files, with_path })
    }

    fn is_partition_filter(&self, filter: &Expr) -> bool {
        filter.column_refs().iter().all(|column| self.table.partition_keys.iter().any(|key| key.name == column.name))
            && !filter.is_volatile()
    }

    /// The partitions that the filters leave, with their values as scalars.
    fn partitions(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<(Partition, Vec<ScalarValue>)>> {
        let all = files::partitions(&self.catalog, &self.database, &self.table, filters)?;
        if self.table.partition_keys.is_empty() {
            return Ok(all.into_iter().map(|partition| (partition, Vec::new())).collect());
        }
        for partition in &all {
            for ((key, athena), value) in self.table.key_names().zip(&self.keys).zip(&partition.values) {
                if value != NULL_PARTITION && !scan::is_value(athena, value) {
                    let kind = athena.to_string().to_uppercase();
                    let message =
                        format!("HIVE_INVALID_PARTITION_VALUE: Invalid partition value '{value}' for {kind} partition key: {key}");
                    return Err(DataFusionError::Execution(message));
                }
            }
        }
        let columns: Vec<ArrayRef> = self
            .keys
            .iter()
            .enumerate()
            .map(|(at, athena)| {
                let values =
                    all.iter().map(|partition| partition.values.get(at).map(String::as_str).filter(|value| *value != NULL_PARTITION));
                scan::column_of_texts(athena, values)
            })
            .collect::<Result<_>>()?;
        let keys = Arc::new(Schema::new(
            self.table.partition_keys.iter().zip(&self.keys).map(|(key, athena)| arrow_field(&key.name, athena)).collect::<Vec<_>>(),
        ));
        let options = RecordBatchOptions::new().with_row_count(Some(all.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&keys), columns, &options)?;
        let kept = match conjunction(filters.iter().filter(|filter| self.is_partition_filter(filter)).cloned()) {
            Some(filter) => {
                let schema = DFSchema::try_from(keys.as_ref().clone())?;
                let filter = unqualified(filter)?;
                let mask = state.create_physical_expr(filter, &schema)?.evaluate(&batch)?.into_array(batch.num_rows())?;
                mask.as_any().downcast_ref::<BooleanArray>().cloned()
            }
            None => None,
        };
        let mut left = Vec::new();
        for (row, partition) in all.into_iter().enumerate() {
            if kept.as_ref().is_none_or(|mask| mask.is_valid(row) && mask.value(row)) {
                let values = batch.columns().iter().map(|column| ScalarValue::try_from_array(column, row)).collect::<Result<_>>()?;
                left.push((partition, values));
            }
        }
        Ok(left)
    }

    /// The files of the partitions that the filters leave.
    async fn list(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<PartitionedFile>> {
        let store = self.catalog.store();
        let mut found = Vec::new();
        for (partition, values) in self.partitions(state, filters)? {
            for object in files::objects(store, &partition.location)? {
                let mut values = values.clone();
                if self.with_path {
                    values.push(ScalarValue::Utf8View(Some(object.address())));
                }
                let file = PartitionedFile::new_from_meta(self.files.add(object)).with_partition_values(values);
                found.push(match &partition.kind {
                    Some(kind) => file.with_extension(kind.clone()),
                    None => file,
                });
            }
        }
        if self.format != Format::Parquet || !state.config().collect_statistics() {
            return Ok(found);
        }
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        futures::stream::iter(found).map(|file| self.with_statistics(file, Arc::clone(&cache))).buffered(FOOTERS).try_collect().await
    }

    /// A file with what its footer says, read beside the engine's threads.
    async fn with_statistics(&self, file: PartitionedFile, cache: Arc<FileMetadataCache>) -> Result<PartitionedFile> {
        let meta = file.object_meta.clone();
        let (files, schema) = (Arc::clone(&self.files), Arc::clone(self.schema.file_schema()));
        let read = tokio::task::spawn_blocking(move || {
            let footer = DFParquetMetadata::new(files.as_ref(), &meta);
            let footer = footer.with_metadata_size_hint(Some(FOOTER)).with_file_metadata_cache(Some(cache));
            futures::executor::block_on(footer.fetch_metadata()).and_then(|footer| adapter::statistics(&footer, &schema))
        });
        let statistics = read.await.map_err(|error| DataFusionError::External(Box::new(error)))?;
        let statistics = statistics.map_err(|error| self.bad_file(&file.object_meta.location, &error))?;
        Ok(file.with_statistics(Arc::new(statistics)))
    }

    fn bad_file(&self, location: &datafusion::object_store::path::Path, error: &DataFusionError) -> DataFusionError {
        let address = self.files.object(location).map_or_else(|_| location.to_string(), |object| object.address());
        DataFusionError::Execution(format!("HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {address}: {}", error.strip_backtrace()))
    }

    fn source(&self, state: &dyn Session) -> Arc<dyn FileSource> {
        match &self.format {
            Format::Own(kind) => Arc::new(LakeSource::new(self.schema.clone(), kind.clone(), Arc::clone(&self.files))),
            Format::Parquet => {
                // What planning read of a file's footer is not read again.
                let store: Arc<dyn datafusion::object_store::ObjectStore> = Arc::clone(&self.files) as _;
                let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
                let reader = CachedParquetFileReaderFactory::new(store, cache);
                let source = ParquetSource::new(self.schema.clone()).with_metadata_size_hint(FOOTER);
                Arc::new(source.with_parquet_file_reader_factory(Arc::new(reader)))
            }
        }
    }
}

/// The same expression with bare column names, for a batch of partition values.
fn unqualified(filter: Expr) -> Result<Expr> {
    use datafusion::common::tree_node::{Transformed, TreeNode as _};
    let bare = |expr| {
        Ok(match expr {
            Expr::Column(column) => Transformed::yes(Expr::Column(datafusion::common::Column::new_unqualified(column.name))),
            other => Transformed::no(other),
        })
    };
    filter.transform(bare).map(|done| done.data)
}

/// The types of columns, or which one Athena could not read.
pub(super) fn types_of(columns: &[Column], table: &str) -> Result<Vec<Type>> {
    let read = |column: &Column| {
        let written = column.hive_type.as_str();
        let written = if written.eq_ignore_ascii_case("decimal") { "decimal(10,0)" } else { written };
        Type::parse(written).ok_or_else(|| {
            let message = format!("HIVE_INVALID_METADATA: Column '{}' of table {table} has the unknown type '{written}'", column.name);
            DataFusionError::Plan(message)
        })
    };
    columns.iter().map(read).collect()
}

impl fmt::Debug for LakeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LakeTable({}.{})", self.database, self.table.name)
    }
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.schema.table_schema())
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let found = self.list(state, filters).await?;
        if found.is_empty() {
            let schema = match projection {
                Some(wanted) => Arc::new(self.schema.table_schema().project(wanted)?),
                None => self.schema(),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let (statistics, groups) = grouped(found, state, self.schema.table_schema())?;
        let url = ObjectStoreUrl::parse(FILES_URL)?;
        let mut config = FileScanConfigBuilder::new(url, self.source(state))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit);
        if self.format == Format::Parquet {
            config = config.with_expr_adapter(Some(Arc::new(ByName)));
        }
        Ok(DataSourceExec::from_data_source(config.build()))
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let pushdown = |filter: &&Expr| {
            if self.is_partition_filter(filter) { TableProviderFilterPushDown::Exact } else { TableProviderFilterPushDown::Unsupported }
        };
        Ok(filters.iter().map(pushdown).collect())
    }
}

/// The files dealt out to as many groups as there are threads, the biggest first, and what is known of all together.
fn grouped(mut found: Vec<PartitionedFile>, state: &dyn Session, schema: &SchemaRef) -> Result<(Statistics, Vec<FileGroup>)> {
    let known = found.iter().all(PartitionedFile::has_statistics);
    let statistics = if known {
        let each: Vec<_> = found.iter().filter_map(|file| file.statistics.clone()).collect();
        Statistics::try_merge_iter(each.iter().map(AsRef::as_ref), schema)?
    } else {
        Statistics::new_unknown(schema)
    };
    let threads = state.config().target_partitions().max(1);
    let mut groups: Vec<(u64, Vec<PartitionedFile>)> = vec![(0, Vec::new()); threads.min(found.len())];
    found.sort_by_key(|file| std::cmp::Reverse(file.object_meta.size));
    for file in found {
        if let Some((size, group)) = groups.iter_mut().min_by_key(|(size, _)| *size) {
            *size += file.object_meta.size;
            group.push(file);
        }
    }
    Ok((statistics, groups.into_iter().map(|(_, files)| FileGroup::new(files)).collect()))
}
