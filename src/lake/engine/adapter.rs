//! Makes the columns of a Parquet file those of its table: found by name whatever the case, NULL where missing, fitted where types differ.

use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, new_empty_array};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{ColumnStatistics, Result, ScalarValue, Statistics};
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::error::DataFusionError;
use datafusion::functions::core::getfield::GetFieldFunc;
use datafusion::logical_expr::{ColumnarValue, Operator};
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::physical_expr::expressions::{BinaryExpr, CastExpr, Column, Literal};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_expr_adapter::{PhysicalExprAdapter, PhysicalExprAdapterFactory};

use super::scan::{Misfit, fit, place};
use super::types::athena_type;
use crate::sql::Type;

/// What errors call the files.
const FILE: &str = "parquet file";

/// Makes adapters from a table's columns to those of a file.
#[derive(Debug)]
pub(super) struct ByName;

impl PhysicalExprAdapterFactory for ByName {
    fn create(&self, table: SchemaRef, file: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let columns = table.fields().iter().map(|field| (field.name().clone(), stored(field, &file)));
        Ok(Arc::new(Adapter { columns: columns.collect(), file }))
    }
}

/// What stands for a column of the table in a file; or why nothing can.
fn stored(field: &FieldRef, file: &Schema) -> Result<Arc<dyn PhysicalExpr>, String> {
    let found = place(file.fields(), field.name()).and_then(|at| Some((at, file.fields().get(at)?)));
    let Some((at, found)) = found else {
        let missing = ScalarValue::try_new_null(field.data_type()).map_err(|error| error.to_string())?;
        return Ok(Arc::new(Literal::new_with_metadata(missing, Some(field.as_ref().into()))));
    };
    let column = Arc::new(Column::new(found.name(), at));
    if found == field {
        return Ok(column);
    }
    if holds_the_same(found, field) {
        // The engine knows what a cast does to order, and still passes over what no filter wants.
        return Ok(Arc::new(CastExpr::new_with_target_field(column, Arc::clone(field), None)));
    }
    match fit(&new_empty_array(found.data_type()), field) {
        Ok(_) => Ok(Arc::new(Fitted { stored: column, field: Arc::clone(field), from: found.data_type().clone() })),
        Err(misfit) => Err(misfit.of_column(found.data_type(), field, FILE)),
    }
}

/// Whether every value of a file's column is one of the table's, in another form at most.
fn holds_the_same(file: &Field, table: &Field) -> bool {
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let bytes = |t: &DataType| matches!(t, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
    let (stored, wanted) = (file.data_type(), table.data_type());
    if matches!(athena_type(table), Type::VarcharN(_) | Type::Char(_)) {
        return false;
    }
    let wider = |stored: &DataType, wanted: &DataType| stored.primitive_width() <= wanted.primitive_width();
    stored == wanted
        || (text(stored) && text(wanted))
        || (bytes(stored) && bytes(wanted))
        || (stored.is_signed_integer() && wanted.is_signed_integer() && wider(stored, wanted))
}

/// What the footer of a file says of the columns of a table.
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
        known.and_then(|(stored, known)| as_fitted(stored, known, field)).unwrap_or_default()
    };
    found.column_statistics = table.fields().iter().map(of_column).collect();
    Ok(found)
}

/// The statistics of a column once its values are the table's; `None` where nothing is known of these, or some do not fit.
fn as_fitted(stored: &Field, known: &ColumnStatistics, field: &Field) -> Option<ColumnStatistics> {
    match athena_type(field) {
        // Without the blanks at their ends texts have another order.
        Type::Char(_) => return None,
        Type::VarcharN(_) => {}
        _ if stored.data_type() == field.data_type() => return Some(known.clone()),
        _ => {}
    }
    fit(&new_empty_array(stored.data_type()), field).ok()?;
    // All else that fitting does keeps the order of values.
    let bound = |bound: &Precision<ScalarValue>| {
        let Some(value) = bound.get_value() else { return Some(Precision::Absent) };
        let value = ScalarValue::try_from_array(&fit(&value.to_array().ok()?, field).ok()?, 0).ok()?;
        Some(if bound.is_exact()? { Precision::Exact(value) } else { Precision::Inexact(value) })
    };
    Some(ColumnStatistics { min_value: bound(&known.min_value)?, max_value: bound(&known.max_value)?, ..known.clone() })
}

#[derive(Debug)]
struct Adapter {
    columns: HashMap<String, Result<Arc<dyn PhysicalExpr>, String>>,
    file: SchemaRef,
}

impl PhysicalExprAdapter for Adapter {
    fn rewrite(&self, expr: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let rewritten = expr.transform(|expr| {
            if let Some(column) = expr.downcast_ref::<Column>() {
                return match self.columns.get(column.name()) {
                    Some(Ok(stored)) => Ok(Transformed::yes(Arc::clone(stored))),
                    Some(Err(reason)) => Err(DataFusionError::Execution(reason.clone())),
                    None => Ok(Transformed::no(expr)),
                };
            }
            let simpler = match compared(&expr) {
                Some(compared) => Some(compared),
                None => self.member(&expr)?,
            };
            Ok(simpler.map_or_else(|| Transformed::no(expr), Transformed::yes))
        });
        rewritten.data()
    }
}

impl Adapter {
    /// A member of a fitted row as that member, fitted: the others need not be read.
    fn member(&self, expr: &Arc<dyn PhysicalExpr>) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        let Some(call) = ScalarFunctionExpr::try_downcast_func::<GetFieldFunc>(expr.as_ref()) else { return Ok(None) };
        let [row, name] = call.args() else { return Ok(None) };
        let (Some(row), Some(name)) = (row.downcast_ref::<Fitted>(), name.downcast_ref::<Literal>()) else { return Ok(None) };
        let (DataType::Struct(fields), Some(name)) = (row.field.data_type(), name.value().try_as_str().flatten()) else { return Ok(None) };
        let DataType::Struct(members) = row.stored.data_type(&self.file)? else { return Ok(None) };
        let Some((_, field)) = fields.find(name) else { return Ok(None) };
        let Some(member) = place(&members, &name.to_lowercase()).and_then(|at| members.get(at)) else {
            let missing = ScalarValue::try_new_null(field.data_type())?;
            return Ok(Some(Arc::new(Literal::new_with_metadata(missing, Some(field.as_ref().into())))));
        };
        let args: Vec<Arc<dyn PhysicalExpr>> =
            vec![Arc::clone(&row.stored), Arc::new(Literal::new(ScalarValue::from(member.name().as_str())))];
        let config = Arc::new(call.config_options().clone());
        let stored = Arc::new(ScalarFunctionExpr::try_new(Arc::new(call.fun().clone()), args, &self.file, config)?);
        if holds_the_same(member, field) {
            return Ok(Some(Arc::new(CastExpr::new_with_target_field(stored, Arc::clone(field), None))));
        }
        Ok(Some(Arc::new(Fitted { stored, field: Arc::clone(field), from: member.data_type().clone() })))
    }
}

/// A comparison of rounded times as one of the times themselves, of which a footer says the least and the greatest.
fn compared(expr: &Arc<dyn PhysicalExpr>) -> Option<Arc<dyn PhysicalExpr>> {
    let comparison = expr.downcast_ref::<BinaryExpr>()?;
    let fitted = comparison.left().downcast_ref::<Fitted>()?;
    let column = fitted.stored.downcast_ref::<Column>()?;
    let ScalarValue::TimestampMillisecond(Some(bound), _) = comparison.right().downcast_ref::<Literal>()?.value() else { return None };
    let DataType::Timestamp(unit, zone) = &fitted.from else { return None };
    let per: i64 = match unit {
        TimeUnit::Microsecond => 1000,
        TimeUnit::Nanosecond => 1_000_000,
        TimeUnit::Second | TimeUnit::Millisecond => return None,
    };
    // The first time that is rounded to a millisecond.
    let first = |millisecond: i64| millisecond.checked_mul(per)?.checked_sub(per / 2);
    let compare = |op: Operator, ticks: i64| {
        let ticks = match unit {
            TimeUnit::Microsecond => ScalarValue::TimestampMicrosecond(Some(ticks), zone.clone()),
            _ => ScalarValue::TimestampNanosecond(Some(ticks), zone.clone()),
        };
        Arc::new(BinaryExpr::new(Arc::new(column.clone()), op, Arc::new(Literal::new(ticks)))) as Arc<dyn PhysicalExpr>
    };
    let (this, next) = (first(*bound)?, first(bound.checked_add(1)?)?);
    Some(match comparison.op() {
        Operator::GtEq => compare(Operator::GtEq, this),
        Operator::Gt => compare(Operator::GtEq, next),
        Operator::Lt => compare(Operator::Lt, this),
        Operator::LtEq => compare(Operator::Lt, next),
        Operator::Eq => Arc::new(BinaryExpr::new(compare(Operator::GtEq, this), Operator::And, compare(Operator::Lt, next))),
        _ => return None,
    })
}

/// Values of a file as those of a field of the table.
#[derive(Debug, Clone)]
struct Fitted {
    stored: Arc<dyn PhysicalExpr>,
    field: FieldRef,
    /// The type that the file has.
    from: DataType,
}

impl PartialEq for Fitted {
    fn eq(&self, other: &Self) -> bool {
        self.stored.eq(&other.stored) && self.field == other.field
    }
}

impl Eq for Fitted {}

impl Hash for Fitted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.stored.hash(state);
        self.field.hash(state);
    }
}

impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} AS {}", self.stored, athena_type(&self.field))
    }
}

impl PhysicalExpr for Fitted {
    fn return_field(&self, _: &Schema) -> Result<FieldRef> {
        Ok(Arc::clone(&self.field))
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let stored = self.stored.evaluate(batch)?.into_array(batch.num_rows())?;
        let fitted = fit(&stored, &self.field);
        let fitted = fitted.map_err(|misfit: Misfit| DataFusionError::Execution(misfit.of_column(stored.data_type(), &self.field, FILE)));
        fitted.map(ColumnarValue::Array)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.stored]
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        let stored = children.into_iter().next().unwrap_or_else(|| Arc::clone(&self.stored));
        Ok(Arc::new(Self { stored, ..self.as_ref().clone() }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{
        Array as _, ArrayRef, AsArray as _, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, ListArray, StringArray,
        StructArray, TimestampMicrosecondArray,
    };
    use datafusion::arrow::buffer::OffsetBuffer;
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

    #[test]
    fn values_are_fitted_as_in_all_formats() {
        let lake = Lake::new();
        let at = |times: Vec<i64>| Arc::new(TimestampMicrosecondArray::from(times)) as ArrayRef;
        let amounts = Decimal128Array::from(vec![1235, 1235]).with_precision_and_scale(10, 3).unwrap();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("I", Arc::new(Int32Array::from(vec![5, 6]))),
            ("d", Arc::new(amounts)),
            ("t", at(vec![1999, -999])),
            ("same", at(vec![1999, 1999])),
            ("s", Arc::new(StringArray::from(vec!["hello", "help"]))),
        ];
        let declared = [("i", "bigint"), ("d", "decimal(10,2)"), ("t", "timestamp"), ("same", "timestamp"), ("s", "varchar(3)")];
        table(&lake, "fit", columns, &declared);
        for (sql, rows) in [
            (
                "SELECT * FROM fit ORDER BY i",
                "5|1.24|1970-01-01 00:00:00.002|1970-01-01 00:00:00.002|hel\n6|1.24|1969-12-31 23:59:59.999|1970-01-01 00:00:00.002|hel",
            ),
            ("SELECT min(t), max(t), max(d), max(s), min(i) FROM fit", "1969-12-31 23:59:59.999|1970-01-01 00:00:00.002|1.24|hel|5"),
            ("SELECT count(*) FROM fit WHERE s = 'hel' AND d = DECIMAL '1.24'", "2"),
        ] {
            assert_eq!(lake.shown(sql), rows, "{sql}");
        }
    }

    #[test]
    fn times_are_compared_as_they_are_shown() {
        let lake = Lake::new();
        let times: Vec<i64> = (-4..=4).flat_map(|ms| [-501, -500, -499, 0, 499, 500].map(|us| ms * 1000 + us)).collect();
        table(&lake, "t", vec![("at", Arc::new(TimestampMicrosecondArray::from(times.clone())))], &[("at", "timestamp")]);
        let rounded = |us: i64| (us + 500).div_euclid(1000);
        for (op, holds) in [
            ("<", &(|a: i64, b: i64| a < b) as &dyn Fn(i64, i64) -> bool),
            ("<=", &|a, b| a <= b),
            (">", &|a, b| a > b),
            (">=", &|a, b| a >= b),
            ("=", &|a, b| a == b),
            ("<>", &|a, b| a != b),
        ] {
            let expected = times.iter().filter(|us| holds(rounded(**us), 2)).count();
            let sql = format!("SELECT count(*) FROM t WHERE at {op} TIMESTAMP '1970-01-01 00:00:00.002'");
            assert_eq!(lake.shown(&sql), expected.to_string(), "{sql}");
        }
        let later = Arc::new(TimestampMicrosecondArray::from_iter_values(0..50_000)) as ArrayRef;
        table(&lake, "late", vec![("At", later)], &[("at", "timestamp")]);
        let (_, scanned) = lake.run_counted("SELECT at FROM late WHERE at > TIMESTAMP '2000-01-01 00:00:00'").unwrap();
        assert!(scanned < 30_000, "only the footer is read, not {scanned} bytes");
    }

    #[test]
    fn members_are_found_by_name_whatever_the_case() {
        let lake = Lake::new();
        let member = |name: &str, array: ArrayRef| (Arc::new(Field::new(name, array.data_type().clone(), true)), array);
        let people = || {
            let names = Arc::new(StringArray::from(vec![Some("a"), None])) as ArrayRef;
            let large = Arc::new(StringArray::from(vec!["x".repeat(50_000), "y".repeat(50_000)])) as ArrayRef;
            StructArray::from(vec![member("Name", names), member("age", Arc::new(Int32Array::from(vec![7, 8]))), member("more", large)])
        };
        let item = Arc::new(Field::new("element", people().data_type().clone(), true));
        let lists = ListArray::new(item, OffsetBuffer::from_lengths([2, 0]), Arc::new(people()), None);
        assert_eq!(lists.values().as_struct().len(), 2);
        let hive = "struct<name:string,age:bigint,gone:date>";
        let columns: Vec<(&str, ArrayRef)> = vec![("P", Arc::new(people())), ("l", Arc::new(lists))];
        table(&lake, "st", columns, &[("p", hive), ("l", &format!("array<{hive}>"))]);
        assert_eq!(lake.shown("SELECT p FROM st ORDER BY p.age"), "{name=a, age=7, gone=null}\n{name=null, age=8, gone=null}");
        assert_eq!(lake.shown("SELECT p.name, p.age, p.gone FROM st WHERE p.age = 7"), "a|7|∅");
        assert_eq!(lake.shown("SELECT l[1].name, l[2].age FROM st WHERE cardinality(l) = 2"), "a|8");
        let scanned = |sql: &str| lake.run_counted(sql).unwrap().1;
        let (one, all) = (scanned("SELECT p.age FROM st"), scanned("SELECT p FROM st"));
        assert!(one + 50 < all, "a member alone is read: {one} of {all} bytes");
    }

    #[test]
    fn types_that_do_not_fit_are_refused() {
        let lake = Lake::new();
        let amounts = Decimal128Array::from(vec![155, 155]).with_precision_and_scale(3, 2).unwrap();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("X", Arc::new(Float64Array::from(vec![2.0, 2.0]))),
            ("d", Arc::new(amounts)),
            ("i", Arc::new(Int64Array::from(vec![1, 1]))),
            ("day", Arc::new(Date32Array::from(vec![1, 1]))),
            ("big", Arc::new(Int64Array::from(vec![1 << 40, 1 << 40]))),
        ];
        table(&lake, "bad", columns, &[("x", "bigint"), ("d", "double"), ("i", "timestamp"), ("day", "timestamp"), ("big", "int")]);
        for (column, types) in [
            ("x", "type double in parquet file is incompatible with type bigint"),
            ("d", "type decimal(3,2) in parquet file is incompatible with type double"),
            ("i", "type bigint in parquet file is incompatible with type timestamp"),
            ("day", "type date in parquet file is incompatible with type timestamp"),
        ] {
            for sql in ["SELECT ? FROM bad", "SELECT max(?) FROM bad", "SELECT count(?) FROM bad"] {
                let error = lake.error(&sql.replace('?', column));
                assert!(error.starts_with(&format!("HIVE_BAD_DATA: Field {column}'s {types}")), "{sql}: {error}");
            }
        }
        assert!(lake.error("SELECT big FROM bad").starts_with("HIVE_BAD_DATA: Field big in parquet file: "));
        assert_eq!(lake.shown("SELECT count(*) FROM bad"), "2");
    }
}
