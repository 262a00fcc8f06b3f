//! Values in a form that is compared byte by byte.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, ListArray, StructArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::Result;

use crate::lake::engine::zoned;

/// Values in a form in which equal ones are the same bytes and smaller ones come first.
pub(super) fn comparable(values: &ArrayRef) -> Result<Rows> {
    let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
    Ok(converter.convert_columns(&[one_zero(&zoned::alike(values)?)?])?)
}

/// Two arrays of values in one comparable form.
pub(super) fn comparable_both(one: &ArrayRef, other: &ArrayRef) -> Result<(Rows, Rows)> {
    let (one, other) = (one_zero(&zoned::alike(one)?)?, one_zero(&zoned::alike(&cast(other, one.data_type())?)?)?);
    let converter = RowConverter::new(vec![SortField::new(one.data_type().clone())])?;
    Ok((converter.convert_columns(&[one])?, converter.convert_columns(&[other])?))
}

/// Values in which -0.0 is 0.0, which it equals, inside of others too.
fn one_zero(values: &ArrayRef) -> Result<ArrayRef> {
    fn has_fraction(data_type: &DataType) -> bool {
        match data_type {
            DataType::List(item) | DataType::Map(item, _) => has_fraction(item.data_type()),
            DataType::Struct(fields) => fields.iter().any(|field| has_fraction(field.data_type())),
            other => other.is_floating(),
        }
    }
    if !has_fraction(values.data_type()) {
        return Ok(Arc::clone(values));
    }
    Ok(match values.data_type() {
        // Only -0.0 changes when 0.0 is added to it.
        DataType::Float64 => Arc::new(values.as_primitive::<Float64Type>().unary::<_, Float64Type>(|value| value + 0.0)),
        DataType::Float32 => Arc::new(values.as_primitive::<Float32Type>().unary::<_, Float32Type>(|value| value + 0.0)),
        DataType::List(item) => {
            let list = values.as_list::<i32>();
            Arc::new(ListArray::try_new(Arc::clone(item), list.offsets().clone(), one_zero(list.values())?, list.nulls().cloned())?)
        }
        DataType::Struct(fields) => {
            let record = values.as_struct();
            let columns = record.columns().iter().map(one_zero).collect::<Result<Vec<_>>>()?;
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, record.nulls().cloned(), record.len())?)
        }
        _ => Arc::clone(values),
    })
}
