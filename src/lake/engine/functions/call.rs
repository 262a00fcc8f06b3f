//! One call of a function over a batch: its arguments by row, and builders for what it answers.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, BinaryViewBuilder, BooleanBuilder, Date32Builder, Float64Builder, Int32Builder, Int64Builder,
    ListBuilder, StringViewBuilder, TimestampMillisecondBuilder,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Date32Type, FieldRef, Float64Type, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};

use super::Scalar;
use crate::lake::engine::types::athena_type;
use crate::lake::engine::zoned::{Instants, Zoned};
use crate::sql::Type;

/// A call over the rows of a batch.
pub(in crate::lake::engine) struct Call {
    pub(super) arrays: Vec<ArrayRef>,
    pub(super) types: Vec<Type>,
    pub(super) rows: usize,
    pub(super) gives: FieldRef,
    times: Vec<Times>,
}

/// The times of an argument, where it has any.
enum Times {
    None,
    Plain(Instants),
    Zoned(Box<Zoned>),
}

impl Times {
    fn of(array: &ArrayRef) -> Self {
        match Zoned::of(array) {
            Some(zoned) => Self::Zoned(Box::new(zoned)),
            None => Instants::of(array).map_or(Self::None, Self::Plain),
        }
    }
}

/// Evaluates a function; once only where all its arguments are constants and it does not answer anew for each row.
pub(super) fn invoke(args: &ScalarFunctionArgs, function: &Scalar) -> Result<ColumnarValue> {
    let constant = !function.volatile && !args.args.is_empty() && args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let rows = if constant { 1 } else { args.number_rows };
    let arrays = args.args.iter().map(|arg| arg.to_array(rows)).collect::<Result<Vec<_>>>()?;
    let types = args.arg_fields.iter().map(|field| athena_type(field)).collect();
    let times = arrays.iter().map(Times::of).collect();
    let call = Call { arrays, types, rows, gives: Arc::clone(&args.return_field), times };
    let answer = (function.work)(&call)?;
    let wanted = args.return_field.data_type();
    // What does not fit is an error, and never NULL.
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    let answer = if answer.data_type() == wanted { answer } else { cast_with_options(&answer, wanted, &strict)? };
    if constant { Ok(ColumnarValue::Scalar(constant_of(&answer)?)) } else { Ok(ColumnarValue::Array(answer)) }
}

/// The one value of an array as a constant that keeps what the fields inside say of their types.
pub(super) fn constant_of(array: &ArrayRef) -> Result<ScalarValue> {
    Ok(match array.data_type() {
        DataType::List(_) => ScalarValue::List(Arc::new(array.as_list::<i32>().clone())),
        DataType::Map(..) => ScalarValue::Map(Arc::new(array.as_map().clone())),
        DataType::Struct(_) => ScalarValue::Struct(Arc::new(array.as_struct().clone())),
        _ => ScalarValue::try_from_array(array, 0)?,
    })
}

impl Call {
    pub(super) fn array(&self, at: usize) -> Option<&ArrayRef> {
        self.arrays.get(at)
    }

    /// The array of an argument that must be there.
    pub(super) fn needed(&self, at: usize) -> Result<&ArrayRef> {
        self.arrays.get(at).ok_or_else(|| datafusion::common::exec_datafusion_err!("an argument is missing"))
    }

    fn valid(&self, at: usize, row: usize) -> Option<&ArrayRef> {
        self.arrays.get(at).filter(|array| array.is_valid(row))
    }

    /// Whether the argument was given.
    pub(super) fn has(&self, at: usize) -> bool {
        at < self.arrays.len()
    }

    pub(super) fn text(&self, at: usize, row: usize) -> Option<&str> {
        let array = self.valid(at, row)?;
        match array.data_type() {
            DataType::Utf8View => Some(array.as_string_view().value(row)),
            DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
            _ => None,
        }
    }

    pub(super) fn integer(&self, at: usize, row: usize) -> Option<i64> {
        Some(self.valid(at, row)?.as_primitive_opt::<Int64Type>()?.value(row))
    }

    pub(super) fn double(&self, at: usize, row: usize) -> Option<f64> {
        Some(self.valid(at, row)?.as_primitive_opt::<Float64Type>()?.value(row))
    }

    pub(super) fn bytes(&self, at: usize, row: usize) -> Option<&[u8]> {
        let array = self.valid(at, row)?;
        match array.data_type() {
            DataType::BinaryView => Some(array.as_binary_view().value(row)),
            DataType::Binary => Some(array.as_binary::<i32>().value(row)),
            _ => None,
        }
    }

    pub(super) fn date(&self, at: usize, row: usize) -> Option<i32> {
        Some(self.valid(at, row)?.as_primitive_opt::<Date32Type>()?.value(row))
    }

    /// The times of an argument, whether or not they have zones.
    pub(super) fn times(&self, at: usize) -> Option<&Instants> {
        match self.times.get(at)? {
            Times::None => None,
            Times::Plain(times) => Some(times),
            Times::Zoned(zoned) => Some(zoned.times()),
        }
    }

    /// The times of an argument that has zones.
    pub(super) fn zoned(&self, at: usize) -> Option<&Zoned> {
        match self.times.get(at)? {
            Times::Zoned(zoned) => Some(zoned),
            _ => None,
        }
    }

    /// The items of an array in one row.
    pub(super) fn list(&self, at: usize, row: usize) -> Option<ArrayRef> {
        Some(self.valid(at, row)?.as_list_opt::<i32>()?.value(row))
    }
}

/// The value, or NULL for the whole row.
macro_rules! some {
    ($value:expr) => {
        match $value {
            Some(value) => value,
            None => return Ok(None),
        }
    };
}
pub(super) use some;

pub(super) fn texts<'t>(rows: usize, mut of: impl FnMut(usize) -> Result<Option<Cow<'t, str>>>) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(rows);
    for row in 0..rows {
        match of(row)? {
            Some(text) => builder.append_value(text),
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

macro_rules! primitive {
    ($name:ident, $builder:ident, $value:ty) => {
        pub(super) fn $name(rows: usize, mut of: impl FnMut(usize) -> Result<Option<$value>>) -> Result<ArrayRef> {
            let mut builder = $builder::with_capacity(rows);
            for row in 0..rows {
                builder.append_option(of(row)?);
            }
            Ok(Arc::new(builder.finish()))
        }
    };
}

primitive!(integers, Int32Builder, i32);
primitive!(bigints, Int64Builder, i64);
primitive!(doubles, Float64Builder, f64);
primitive!(booleans, BooleanBuilder, bool);
primitive!(dates, Date32Builder, i32);

/// Times without a zone, in milliseconds.
pub(super) fn instants(rows: usize, gives: &FieldRef, mut of: impl FnMut(usize) -> Result<Option<i64>>) -> Result<ArrayRef> {
    let mut builder = TimestampMillisecondBuilder::with_capacity(rows).with_data_type(gives.data_type().clone());
    for row in 0..rows {
        builder.append_option(of(row)?);
    }
    Ok(Arc::new(builder.finish()))
}

/// Texts that are written row by row, each into the same empty buffer.
pub(super) fn written(rows: usize, mut of: impl FnMut(usize, &mut String) -> Result<Option<()>>) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(rows);
    let mut buffer = String::new();
    for row in 0..rows {
        buffer.clear();
        match of(row, &mut buffer)? {
            Some(()) => builder.append_value(&buffer),
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// The bytes of the longest text that is made of shorter ones, and of all those of a batch.
pub(super) const LONGEST: usize = 16 << 20;
const LONGEST_BATCH: usize = 1 << 30;

/// The same for texts that may be far longer than what they are made of.
pub(super) fn grown(rows: usize, mut of: impl FnMut(usize, &mut String) -> Result<Option<()>>) -> Result<ArrayRef> {
    let mut total = 0;
    written(rows, |row, out| {
        let made = of(row, out)?;
        total += out.len();
        if out.len() > LONGEST || total > LONGEST_BATCH {
            return exec_err!("NOT_SUPPORTED: The local lake does not make texts of so many characters at once");
        }
        Ok(made)
    })
}

pub(super) fn binaries<B: AsRef<[u8]>>(rows: usize, mut of: impl FnMut(usize) -> Result<Option<B>>) -> Result<ArrayRef> {
    let mut builder = BinaryViewBuilder::with_capacity(rows);
    for row in 0..rows {
        match of(row)? {
            Some(bytes) => builder.append_value(bytes),
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Arrays of texts.
pub(super) fn text_lists<'t>(rows: usize, mut of: impl FnMut(usize) -> Result<Option<Vec<Option<Cow<'t, str>>>>>) -> Result<ArrayRef> {
    let mut builder = ListBuilder::new(StringViewBuilder::new());
    for row in 0..rows {
        match of(row)? {
            Some(items) => {
                for item in items {
                    builder.values().append_option(item);
                }
                builder.append(true);
            }
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}
