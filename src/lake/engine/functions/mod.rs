//! Trino's functions, where DataFusion has none of the name or one that answers otherwise.

mod aggregate;
mod average;
mod binary;
mod bytes;
mod call;
mod cast;
mod cast_json;
mod clock;
mod collection;
mod combinations;
mod comparable;
mod conditional;
mod date;
mod decimal;
mod format;
mod json;
pub(super) mod json_path;
mod lambda;
mod map;
mod number;
mod pattern;
mod regex;
mod replace;
mod sequence;
mod sql_json;
mod statistics;
mod sum;
mod teradata;
mod text;
pub(super) mod time_pattern;
mod to_json;
mod total;
mod url;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef, IntervalUnit, TimeUnit};
use datafusion::common::{Result, plan_err};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use self::call::Call;
use super::types::{arrow_field, athena_type};
use super::zoned;
use crate::sql::Type;

pub(super) use cast::{cast_function, try_cast_function};
pub(super) use sql_json::variables as json_variables;
pub(super) use sum::sum_function;
pub(super) use text::edits;

/// What an argument may be; anything that is not is refused, as Trino refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text.
    Text,
    /// Text or bytes.
    TextOrBytes,
    /// A whole number, as 64 bits.
    Integer,
    /// A whole number, as it is.
    Whole,
    /// Any number, as a double.
    Double,
    /// Any number, as it is.
    Number,
    /// Bytes.
    Bytes,
    /// A zone's name, or a whole number.
    ZoneOrHours,
    /// Text, bytes or an array.
    TextBytesOrList,
    /// Text, or an array of texts.
    TextOrTexts,
    /// A number, or an array of numbers.
    DoubleOrDoubles,
    /// A day, a time or an interval.
    TimeOrSpan,
    /// A day or a time, as it is.
    Time,
    /// The same, or a time of day.
    TimeOrClock,
    /// The same, or an interval.
    ClockOrSpan,
    /// A day, a time, or text.
    TimeOrText,
    /// An array.
    List,
    /// A map.
    Map,
    /// Whatever it is.
    Any,
}

impl Kind {
    /// Whether an argument of this kind may be text.
    const fn reads_text(self) -> bool {
        matches!(self, Self::Text | Self::TextOrBytes | Self::TextBytesOrList | Self::TextOrTexts | Self::ZoneOrHours | Self::TimeOrText)
    }

    /// The Arrow type that an argument of this type is brought to; `None` where it does not fit.
    fn fit(self, given: &DataType) -> Option<DataType> {
        let athena = super::types::athena_type_of(given);
        let null = athena == Type::Unknown;
        match self {
            // Either form of text is read, so that constants stay constants.
            Self::Text if matches!(given, DataType::Utf8) => Some(DataType::Utf8),
            Self::Text => (null || matches!(athena, Type::Varchar)).then_some(DataType::Utf8View),
            Self::TextOrBytes if athena == Type::Varbinary => Some(DataType::BinaryView),
            Self::TextOrBytes => Self::Text.fit(given),
            Self::Integer => (null || given.is_integer()).then_some(DataType::Int64),
            Self::ZoneOrHours if given.is_integer() => Some(DataType::Int64),
            Self::ZoneOrHours => Self::Text.fit(given),
            Self::Whole if null => Some(DataType::Int64),
            Self::Whole => given.is_integer().then(|| given.clone()),
            Self::Double => (null || given.is_numeric()).then_some(DataType::Float64),
            Self::Number if null => Some(DataType::Int64),
            Self::Number => given.is_numeric().then(|| given.clone()),
            Self::Bytes => (null || athena == Type::Varbinary).then_some(DataType::BinaryView),
            Self::TextBytesOrList => match given {
                DataType::List(_) => Some(given.clone()),
                given => Self::TextOrBytes.fit(given),
            },
            Self::TextOrTexts => match given {
                DataType::List(item) if item.data_type().is_null() || athena_type(item).is_text() => {
                    Some(DataType::new_list(DataType::Utf8View, true))
                }
                given => Self::Text.fit(given),
            },
            Self::DoubleOrDoubles => match given {
                DataType::List(item) if item.data_type().is_numeric() => Some(DataType::new_list(DataType::Float64, true)),
                given => Self::Double.fit(given),
            },
            Self::TimeOrSpan => match given {
                DataType::Duration(TimeUnit::Millisecond) | DataType::Interval(IntervalUnit::YearMonth) => Some(given.clone()),
                given => Self::Time.fit(given),
            },
            Self::Time if null => Some(DataType::Timestamp(TimeUnit::Millisecond, None)),
            Self::Time => match given {
                DataType::Date32 | DataType::Timestamp(_, None) => Some(given.clone()),
                DataType::Date64 => Some(DataType::Date32),
                DataType::Timestamp(unit, _) => Some(DataType::Timestamp(*unit, None)),
                kept => zoned::unit_of(kept).map(|_| kept.clone()),
            },
            Self::TimeOrClock | Self::ClockOrSpan => match (given, self) {
                (DataType::Time64(_), _) => Some(given.clone()),
                (given, Self::ClockOrSpan) => Self::TimeOrSpan.fit(given),
                (given, _) => Self::Time.fit(given),
            },
            Self::TimeOrText => Self::Time.fit(given).or_else(|| Self::Text.fit(given)),
            Self::List => match given {
                DataType::List(_) => Some(given.clone()),
                DataType::LargeList(item) | DataType::FixedSizeList(item, _) => Some(DataType::List(Arc::clone(item))),
                DataType::Null => Some(DataType::new_list(DataType::Null, true)),
                _ => None,
            },
            Self::Map => matches!(given, DataType::Map(..)).then(|| given.clone()),
            Self::Any => Some(given.clone()),
        }
    }
}

/// What a function answers, from the types of its arguments.
#[derive(Clone, Copy)]
pub(super) enum Gives {
    /// This type, whatever the arguments.
    Always(Type0),
    /// A type that depends on those of the arguments.
    Of(fn(&[Type]) -> Result<Type>),
    /// A field that depends on the arguments' fields and constants.
    Field(fn(&ReturnFieldArgs<'_>) -> Result<FieldRef>),
}

/// The types that most functions answer.
#[derive(Clone, Copy)]
pub(super) enum Type0 {
    Text,
    Integer,
    BigInt,
    Double,
    Boolean,
    Bytes,
    Date,
    Timestamp,
    TextList,
    Json,
}

impl Type0 {
    fn get(self) -> Type {
        match self {
            Self::Text => Type::Varchar,
            Self::Integer => Type::Integer,
            Self::BigInt => Type::BigInt,
            Self::Double => Type::Double,
            Self::Boolean => Type::Boolean,
            Self::Bytes => Type::Varbinary,
            Self::Date => Type::Date,
            Self::Timestamp => Type::Timestamp(3),
            Self::TextList => Type::Array(Box::new(Type::Varchar)),
            Self::Json => Type::Json,
        }
    }
}

/// A function of one value a row.
pub(super) struct Scalar {
    pub(super) name: &'static str,
    /// What each argument is; the last one stands for all that follow where `variadic`.
    pub(super) takes: &'static [Kind],
    /// How many arguments there must be at least.
    pub(super) least: usize,
    pub(super) variadic: bool,
    pub(super) gives: Gives,
    pub(super) volatile: bool,
    pub(super) work: fn(&Call) -> Result<datafusion::arrow::array::ArrayRef>,
}

/// A function with exactly these arguments.
pub(super) const fn scalar(
    name: &'static str,
    takes: &'static [Kind],
    gives: Gives,
    work: fn(&Call) -> Result<datafusion::arrow::array::ArrayRef>,
) -> Scalar {
    Scalar { name, takes, least: takes.len(), variadic: false, gives, volatile: false, work }
}

/// The same with the last arguments optional.
pub(super) const fn optional(least: usize, function: Scalar) -> Scalar {
    Scalar { least, ..function }
}

/// The same with any number of the last argument.
pub(super) const fn variadic(least: usize, function: Scalar) -> Scalar {
    Scalar { least, variadic: true, ..function }
}

/// The same for a function that answers anew for each row.
pub(super) const fn volatile(function: Scalar) -> Scalar {
    Scalar { volatile: true, ..function }
}

/// Makes a kind of function the same as another when their names are; the engine compares and hashes plans.
macro_rules! by_name {
    ($kind:ident) => {
        impl std::fmt::Debug for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.function.name)
            }
        }

        impl PartialEq for $kind {
            fn eq(&self, other: &Self) -> bool {
                self.function.name == other.function.name
            }
        }

        impl Eq for $kind {}

        impl std::hash::Hash for $kind {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.function.name.hash(state);
            }
        }
    };
}
use by_name;

struct Udf {
    function: &'static Scalar,
    signature: Signature,
}

by_name!(Udf);

/// The refusal of a call for the types of its arguments.
pub(super) fn refused<T>(name: &str, given: &[Type]) -> Result<T> {
    let types: Vec<String> = given.iter().map(ToString::to_string).collect();
    let expected = crate::sql::functions::find(name).map_or(name, |known| known.signature.split(" → ").next().unwrap_or(name));
    plan_err!("FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({}) for function {name}. Expected: {expected}", types.join(", "))
}

impl Udf {
    fn refused<T>(&self, given: &[DataType]) -> Result<T> {
        refused(self.function.name, &given.iter().map(super::types::athena_type_of).collect::<Vec<_>>())
    }
}

impl ScalarUDFImpl for Udf {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let most = if self.function.variadic { usize::MAX } else { self.function.takes.len() };
        if given.len() < self.function.least || given.len() > most {
            return self.refused(given);
        }
        let last = self.function.takes.last().copied().unwrap_or(Kind::Any);
        let kinds = self.function.takes.iter().copied().chain(std::iter::repeat(last));
        let fitted: Option<Vec<DataType>> = given.iter().zip(kinds).map(|(data_type, kind)| kind.fit(data_type)).collect();
        fitted.map_or_else(|| self.refused(given), Ok)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        plan_err!("{} says what it answers by its fields", self.function.name)
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        // Only functions of JSON read JSON as a text.
        let last = self.function.takes.last().copied().unwrap_or(Kind::Any);
        let kinds = self.function.takes.iter().copied().chain(std::iter::repeat(last));
        let json = |(field, kind): (&FieldRef, Kind)| kind.reads_text() && athena_type(field) == Type::Json;
        let types: Vec<Type> = args.arg_fields.iter().map(|field| athena_type(field)).collect();
        if !self.function.name.contains("json") && args.arg_fields.iter().zip(kinds).any(json) {
            return refused(self.function.name, &types);
        }
        let athena = match self.function.gives {
            Gives::Always(constant) => constant.get(),
            Gives::Of(of) => of(&types)?,
            Gives::Field(of) => return of(&args),
        };
        Ok(Arc::new(arrow_field(self.function.name, &athena)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        call::invoke(&args, self.function)
    }
}

const LISTS: [&[Scalar]; 17] = [
    text::FUNCTIONS,
    words::FUNCTIONS,
    regex::FUNCTIONS,
    number::FUNCTIONS,
    bytes::FUNCTIONS,
    binary::FUNCTIONS,
    statistics::FUNCTIONS,
    teradata::FUNCTIONS,
    clock::FUNCTIONS,
    date::FUNCTIONS,
    json::FUNCTIONS,
    sql_json::FUNCTIONS,
    url::FUNCTIONS,
    format::FUNCTIONS,
    collection::FUNCTIONS,
    map::FUNCTIONS,
    conditional::FUNCTIONS,
];

fn udf(function: &'static Scalar) -> ScalarUDF {
    let volatility = if function.volatile { Volatility::Volatile } else { Volatility::Immutable };
    ScalarUDF::new_from_impl(Udf { function, signature: Signature::user_defined(volatility) })
}

/// The function that leaves values as they are compared: times with a zone by their instants.
pub(super) fn instants_function() -> ScalarUDF {
    static INSTANTS: Scalar = conditional::INSTANTS;
    udf(&INSTANTS)
}

/// A function of this folder by its name.
pub(super) fn scalar_function(name: &str) -> Result<ScalarUDF> {
    match LISTS.into_iter().flatten().find(|function| function.name == name) {
        Some(function) => Ok(udf(function)),
        None => plan_err!("the function {name} is missing"),
    }
}

/// All functions of this folder, put over DataFusion's.
pub(super) fn register(builder: SessionStateBuilder) -> SessionStateBuilder {
    let mut builder = builder;
    let functions = builder.scalar_functions().get_or_insert_default();
    // A name or another name of DataFusion's that is ours would come back when the session is built anew.
    let ours: HashSet<&str> = LISTS.iter().flat_map(|list| list.iter()).map(|function| function.name).collect();
    functions.retain(|theirs| !ours.contains(theirs.name()) && !theirs.aliases().iter().any(|alias| ours.contains(alias.as_str())));
    functions.extend(LISTS.into_iter().flatten().map(|function| Arc::new(udf(function))));
    functions.push(Arc::new(cast_function()));
    functions.push(Arc::new(try_cast_function()));
    let aggregates = builder.aggregate_functions().get_or_insert_default();
    aggregates.retain(|theirs| !matches!(theirs.name(), "avg" | "sum"));
    aggregates.push(average::average());
    aggregates.push(sum_function());
    aggregates.extend(aggregate::all());
    lambda::register(builder)
}
