//! Matches the columns of a Parquet file to those of its table by name, whatever the case.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{ColumnStatistics, Result, ScalarValue, Statistics};
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::error::DataFusionError;
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr_adapter::{DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory};

use super::scan::place;
use super::types::athena_type;

/// Makes adapters that match names without regard to case.
#[derive(Debug)]
pub(super) struct ByName;

impl PhysicalExprAdapterFactory for ByName {
    fn create(&self, logical: SchemaRef, physical: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let mut names = HashMap::new();
        let mut refused = HashMap::new();
        let renamed = logical.fields().iter().map(|field| {
            let found = place(physical.fields(), field.name()).and_then(|at| physical.fields().get(at));
            let Some(found) = found else { return field.as_ref().clone() };
            if !readable(found.data_type(), field.data_type()) {
                refused.insert(
                    field.name().clone(),
                    format!(
                        "HIVE_BAD_DATA: Field {}'s type {} in parquet file is incompatible with type {} defined in table schema",
                        field.name(),
                        athena_type(found),
                        athena_type(field)
                    ),
                );
            }
            if found.name() != field.name() {
                names.insert(field.name().clone(), found.name().clone());
            }
            field.as_ref().clone().with_name(found.name())
        });
        let renamed: Vec<Field> = renamed.collect();
        let inner = DefaultPhysicalExprAdapterFactory.create(Arc::new(Schema::new(renamed)), physical)?;
        Ok(Arc::new(Adapter { names, refused, inner }))
    }
}

/// What the footer of a file says of the columns of a table. Of those that the file has in another type nothing is known.
pub(super) fn statistics(footer: &ParquetMetaData, table: &Schema) -> Result<Statistics> {
    let file = footer.file_metadata();
    let file = Arc::new(parquet_to_arrow_schema(file.schema_descr(), file.key_value_metadata())?);
    let mut found = DFParquetMetadata::statistics_from_parquet_metadata(footer, &file)?;
    let of_column = |field: &Arc<Field>| {
        let Some(at) = place(file.fields(), field.name()) else {
            // A column that the file lacks is NULL in all rows.
            return ColumnStatistics { null_count: found.num_rows, ..ColumnStatistics::new_unknown() };
        };
        let known = file.fields().get(at).zip(found.column_statistics.get(at));
        known.and_then(|(stored, known)| as_stored(stored, known, field)).unwrap_or_default()
    };
    found.column_statistics = table.fields().iter().map(of_column).collect();
    Ok(found)
}

/// The statistics of a column as ones of its table's, where both hold the same values.
fn as_stored(stored: &Field, known: &ColumnStatistics, field: &Field) -> Option<ColumnStatistics> {
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let (file, table) = (stored.data_type(), field.data_type());
    let same = file == table || (text(file) && text(table)) || (file.is_signed_integer() && table.is_signed_integer());
    let bound = |bound: &Precision<ScalarValue>| if file == table { Some(bound.clone()) } else { bound.cast_to(table).ok() };
    Some(ColumnStatistics { min_value: bound(&known.min_value)?, max_value: bound(&known.max_value)?, ..known.clone() }).filter(|_| same)
}

/// Whether Athena reads values of a file's type as a table's type.
fn readable(file: &DataType, table: &DataType) -> bool {
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let bytes = |t: &DataType| matches!(t, DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_));
    let time = |t: &DataType| matches!(t, DataType::Timestamp(..) | DataType::Date32 | DataType::Date64);
    match (file, table) {
        (DataType::Dictionary(_, value), _) => readable(value, table),
        (DataType::Null, _) => true,
        _ if file == table => true,
        _ if text(table) || bytes(table) => text(file) || bytes(file),
        _ if table.is_numeric() => file.is_numeric(),
        _ if time(table) => time(file) || file.is_integer(),
        (DataType::Boolean, _) | (_, DataType::Boolean) => false,
        _ => table.is_nested() == file.is_nested(),
    }
}

#[derive(Debug)]
struct Adapter {
    names: HashMap<String, String>,
    refused: HashMap<String, String>,
    inner: Arc<dyn PhysicalExprAdapter>,
}

impl PhysicalExprAdapter for Adapter {
    fn rewrite(&self, expr: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let renamed = expr
            .transform(|expr| {
                let Some(column) = expr.downcast_ref::<Column>() else { return Ok(Transformed::no(expr)) };
                if let Some(reason) = self.refused.get(column.name()) {
                    return Err(DataFusionError::Execution(reason.clone()));
                }
                match self.names.get(column.name()) {
                    Some(name) => Ok(Transformed::yes(Arc::new(Column::new(name, column.index())) as _)),
                    None => Ok(Transformed::no(expr)),
                }
            })
            .data()?;
        self.inner.rewrite(renamed)
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use datafusion::parquet::arrow::ArrowWriter;
    use serde_json::json;

    use super::*;
    use crate::lake::engine::tests::Lake;

    const PARQUET: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    /// A table of one file with these columns.
    fn table(lake: &Lake, name: &str, columns: Vec<(&str, ArrayRef)>, declared: &[(&str, &str)]) {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        lake.put(&format!("{name}/a.parquet"), &writer.into_inner().unwrap());
        lake.table(name, &format!("{name}/"), PARQUET, json!({}), declared, &[], json!({}));
    }

    #[test]
    fn columns_are_found_by_name_whatever_the_case() {
        let lake = Lake::new();
        let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), Some("b"), None]));
        let columns = vec![("PassengerId", ids), ("Name", names)];
        table(&lake, "up", columns, &[("passengerid", "bigint"), ("name", "string"), ("missing", "string")]);
        for (sql, rows) in [
            ("SELECT * FROM up ORDER BY passengerid", "1|a|∅\n2|b|∅\n3|∅|∅"),
            ("SELECT count(passengerid), count(name), count(missing), count(*) FROM up", "3|2|0|3"),
            ("SELECT name FROM up WHERE passengerid = 2", "b"),
            ("SELECT passengerid FROM up WHERE name = 'a'", "1"),
            ("SELECT min(passengerid), max(passengerid), sum(passengerid), max(name) FROM up", "1|3|6|b"),
            ("SELECT count(*) FROM up WHERE passengerid IS NULL OR name = 'z' OR missing = 'x'", "0"),
            ("SELECT a.name FROM up a JOIN up b ON a.passengerid = b.passengerid WHERE b.name = 'b'", "b"),
        ] {
            assert_eq!(lake.shown(sql), rows, "{sql}");
        }
    }

    #[test]
    fn what_a_footer_says_is_used_whatever_the_case() {
        let lake = Lake::new();
        let ids = || Arc::new(Int64Array::from_iter_values(0..50_000)) as ArrayRef;
        for (name, column) in [("lower", "id"), ("upper", "ID")] {
            table(&lake, name, vec![(column, ids())], &[("id", "bigint")]);
        }
        let scanned = |sql: &str| lake.run_counted(sql).unwrap().1;
        for sql in ["SELECT max(id) FROM t", "SELECT id FROM t WHERE id = 70000"] {
            let [lower, upper] = ["lower", "upper"].map(|table| scanned(&sql.replace(" t", &format!(" {table}"))));
            assert!(lower < 30_000, "{sql} reads only the footer, not {lower} bytes");
            assert_eq!(lower, upper, "{sql}");
        }
    }
}
