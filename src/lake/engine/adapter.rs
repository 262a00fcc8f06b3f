//! Matches the columns of a Parquet file to those of its table by name, whatever the case.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::error::DataFusionError;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr_adapter::{DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory};

use super::types::athena_type;

/// Makes adapters that match names without regard to case.
#[derive(Debug)]
pub(super) struct ByName;

impl PhysicalExprAdapterFactory for ByName {
    fn create(&self, logical: SchemaRef, physical: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let mut names = HashMap::new();
        let mut refused = HashMap::new();
        let renamed: Vec<Field> = logical
            .fields()
            .iter()
            .map(|field| {
                let found = physical.fields().iter().find(|other| other.name() == field.name());
                let found = found.or_else(|| physical.fields().iter().find(|other| other.name().to_lowercase() == *field.name()));
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
            })
            .collect();
        let inner = DefaultPhysicalExprAdapterFactory.create(Arc::new(Schema::new(renamed)), physical)?;
        Ok(Arc::new(Adapter { names, refused, inner }))
    }
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
