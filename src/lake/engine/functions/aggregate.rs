//! Aggregates that DataFusion lacks, kept as lists of values and worked out at the end.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, UInt32Array, new_empty_array};
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

use super::by_name;
use super::collection::lists;
use super::comparable::comparable;
use super::map::{grouped, maps, merged};
use crate::lake::engine::types::{arrow_type, athena_type_of};
use crate::sql::Type;

/// What an aggregate makes of all its values: columns of the same length, one for each argument.
type Work = fn(&[ArrayRef], &FieldRef) -> Result<ArrayRef>;

struct Gathered {
    name: &'static str,
    arguments: usize,
    /// Whether rows in which the first argument is NULL count.
    keeps_nulls: bool,
    gives: fn(&[Type]) -> Result<Type>,
    work: Work,
}

const ALL: &[Gathered] = &[
    Gathered { name: "map_agg", arguments: 2, keeps_nulls: false, gives: map_type, work: map_agg },
    Gathered { name: "multimap_agg", arguments: 2, keeps_nulls: false, gives: multimap_type, work: multimap_agg },
    Gathered { name: "histogram", arguments: 1, keeps_nulls: false, gives: histogram_type, work: histogram },
    Gathered { name: "map_union", arguments: 1, keeps_nulls: false, gives: |types| Ok(first(types)), work: map_union },
    Gathered { name: "geometric_mean", arguments: 1, keeps_nulls: false, gives: |_| Ok(Type::Double), work: geometric_mean },
    Gathered { name: "skewness", arguments: 1, keeps_nulls: false, gives: |_| Ok(Type::Double), work: skewness },
    Gathered { name: "kurtosis", arguments: 1, keeps_nulls: false, gives: |_| Ok(Type::Double), work: kurtosis },
    Gathered { name: "$percentile", arguments: 2, keeps_nulls: false, gives: percentile_type, work: percentile },
    Gathered { name: "$largest", arguments: 2, keeps_nulls: false, gives: list_type, work: |values, gives| best(values, gives, true) },
    Gathered { name: "$smallest", arguments: 2, keeps_nulls: false, gives: list_type, work: |values, gives| best(values, gives, false) },
    Gathered { name: "$weighted", arguments: 3, keeps_nulls: false, gives: weighted_type, work: weighted },
    Gathered { name: "$max_by", arguments: 3, keeps_nulls: false, gives: by_type, work: |values, gives| best_by(values, gives, true) },
    Gathered { name: "$min_by", arguments: 3, keeps_nulls: false, gives: by_type, work: |values, gives| best_by(values, gives, false) },
    Gathered { name: "$most_frequent", arguments: 2, keeps_nulls: false, gives: histogram_type, work: most_frequent },
    Gathered {
        name: "$histogram",
        arguments: 3,
        keeps_nulls: false,
        gives: |_| Ok(Type::Map(Box::new(Type::Double), Box::new(Type::Double))),
        work: numeric_histogram,
    },
    Gathered { name: "entropy", arguments: 1, keeps_nulls: false, gives: |_| Ok(Type::Double), work: entropy },
    Gathered { name: "checksum", arguments: 1, keeps_nulls: true, gives: |_| Ok(Type::Varbinary), work: checksum },
];

pub(super) fn all() -> impl Iterator<Item = Arc<AggregateUDF>> {
    ALL.iter()
        .map(|function| Arc::new(AggregateUDF::new_from_impl(Udaf { function, signature: Signature::user_defined(Volatility::Immutable) })))
}

fn first(types: &[Type]) -> Type {
    types.first().cloned().unwrap_or(Type::Unknown)
}

fn map_type(types: &[Type]) -> Result<Type> {
    Ok(Type::Map(Box::new(first(types)), Box::new(types.get(1).cloned().unwrap_or(Type::Unknown))))
}

fn multimap_type(types: &[Type]) -> Result<Type> {
    Ok(Type::Map(Box::new(first(types)), Box::new(Type::Array(Box::new(types.get(1).cloned().unwrap_or(Type::Unknown))))))
}

fn histogram_type(types: &[Type]) -> Result<Type> {
    Ok(Type::Map(Box::new(first(types)), Box::new(Type::BigInt)))
}

fn list_type(types: &[Type]) -> Result<Type> {
    Ok(Type::Array(Box::new(first(types))))
}

fn percentile_type(types: &[Type]) -> Result<Type> {
    match (first(types), types.get(1)) {
        (value, Some(Type::Array(_))) => Ok(Type::Array(Box::new(value))),
        (value, _) => Ok(value),
    }
}

fn weighted_type(types: &[Type]) -> Result<Type> {
    match (first(types), types.get(2)) {
        (value, Some(Type::Array(_))) => Ok(Type::Array(Box::new(value))),
        (value, _) => Ok(value),
    }
}

/// The list of the second argument's values: the first is what they are ordered by.
fn by_type(types: &[Type]) -> Result<Type> {
    Ok(Type::Array(Box::new(types.get(1).cloned().unwrap_or(Type::Unknown))))
}

struct Udaf {
    function: &'static Gathered,
    signature: Signature,
}

by_name!(Udaf);

impl AggregateUDFImpl for Udaf {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if given.len() == self.function.arguments {
            return Ok(given.to_vec());
        }
        let types: Vec<String> = given.iter().map(|data_type| athena_type_of(data_type).to_string()).collect();
        plan_err!("FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({}) for function {}", types.join(", "), self.function.name)
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok(arrow_type(&(self.function.gives)(&given.iter().map(athena_type_of).collect::<Vec<_>>())?))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |(at, given): (usize, &FieldRef)| {
            let list = DataType::new_list(given.data_type().clone(), true);
            Arc::new(Field::new(format!("{}[{at}]", args.name), list, true))
        };
        Ok(args.input_fields.iter().enumerate().map(field).collect())
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let types = args.expr_fields.iter().map(|field| field.data_type().clone()).collect();
        Ok(Box::new(Gatherer {
            function: self.function,
            types,
            parts: vec![Vec::new(); self.function.arguments],
            held: 0,
            distinct: args.is_distinct,
            gives: Arc::clone(&args.return_field),
        }))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

/// Keeps the values batch by batch.
struct Gatherer {
    function: &'static Gathered,
    types: Vec<DataType>,
    parts: Vec<Vec<ArrayRef>>,
    /// The bytes of all parts.
    held: usize,
    distinct: bool,
    gives: FieldRef,
}

impl std::fmt::Debug for Gatherer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.function.name)
    }
}

impl Gatherer {
    fn columns(&self) -> Result<Vec<ArrayRef>> {
        let joined = |(parts, data_type): (&Vec<ArrayRef>, &DataType)| {
            let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
            if parts.is_empty() { Ok(new_empty_array(data_type)) } else { Ok(concat(&parts)?) }
        };
        self.parts.iter().zip(&self.types).map(joined).collect()
    }

    fn add(&mut self, columns: &[ArrayRef]) {
        for (part, column) in self.parts.iter_mut().zip(columns) {
            if !column.is_empty() {
                // Of a slice only what it shows counts; its buffers are others' too.
                self.held += column.to_data().get_slice_memory_size().unwrap_or_else(|_| column.get_array_memory_size());
                part.push(Arc::clone(column));
            }
        }
    }
}

impl Accumulator for Gatherer {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(leading) = values.first() else { return Ok(()) };
        if self.function.keeps_nulls || leading.null_count() == 0 {
            self.add(values);
            return Ok(());
        }
        let kept: UInt32Array = (0..leading.len()).filter(|row| leading.is_valid(*row)).filter_map(|row| u32::try_from(row).ok()).collect();
        let columns = values.iter().map(|column| take(column, &kept, None)).collect::<std::result::Result<Vec<_>, _>>()?;
        self.add(&columns);
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut columns = self.columns()?;
        if self.distinct
            && let Some(leading) = columns.first()
        {
            let rows = comparable(leading)?;
            let mut seen = std::collections::HashSet::new();
            let kept: UInt32Array =
                (0..leading.len()).filter(|at| seen.insert(rows.row(*at))).filter_map(|at| u32::try_from(at).ok()).collect();
            columns = columns.iter().map(|column| take(column, &kept, None)).collect::<std::result::Result<Vec<_>, _>>()?;
        }
        if columns.first().is_none_or(Array::is_empty) {
            return ScalarValue::try_from(self.gives.data_type());
        }
        let answer = (self.function.work)(&columns, &self.gives)?;
        ScalarValue::try_from_array(&cast(&answer, self.gives.data_type())?, 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.held
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let columns = self.columns()?;
        let state = |column: ArrayRef| -> Result<ScalarValue> {
            let field = Arc::new(Field::new("list", DataType::new_list(column.data_type().clone(), true), true));
            ScalarValue::try_from_array(&lists(&field, vec![Some(column)])?, 0)
        };
        columns.into_iter().map(state).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, Array::len);
        for row in 0..rows {
            let columns: Vec<ArrayRef> = states.iter().map(|state| state.as_list::<i32>().value(row)).collect();
            self.add(&columns);
        }
        Ok(())
    }
}

fn column(values: &[ArrayRef], at: usize) -> Result<&ArrayRef> {
    values.get(at).ok_or_else(|| datafusion::common::plan_datafusion_err!("an argument is missing"))
}

fn map_agg(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    maps(gives, vec![Some(merged(&[(Arc::clone(column(values, 0)?), Arc::clone(column(values, 1)?))])?)])
}

fn multimap_agg(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    maps(gives, vec![Some(grouped(gives, column(values, 0)?, column(values, 1)?)?)])
}

/// Each value once by its place, in order, with how often it is there.
fn counted(keys: &ArrayRef) -> Result<Vec<(u32, i64)>> {
    let rows = comparable(keys)?;
    let mut counts: std::collections::BTreeMap<_, (u32, i64)> = std::collections::BTreeMap::new();
    for at in 0..keys.len() {
        counts.entry(rows.row(at)).or_insert((u32::try_from(at).unwrap_or(0), 0)).1 += 1;
    }
    Ok(counts.into_values().collect())
}

/// A map of values to how often they are there.
fn counts_map(keys: &ArrayRef, counts: &[(u32, i64)], gives: &FieldRef) -> Result<ArrayRef> {
    let places = UInt32Array::from_iter_values(counts.iter().map(|(place, _)| *place));
    let numbers = datafusion::arrow::array::Int64Array::from_iter_values(counts.iter().map(|(_, count)| *count));
    maps(gives, vec![Some((take(keys, &places, None)?, Arc::new(numbers) as ArrayRef))])
}

fn histogram(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    let keys = column(values, 0)?;
    counts_map(keys, &counted(keys)?, gives)
}

/// A number that is the same in all rows.
fn constant(values: &[ArrayRef], at: usize, what: &str) -> Result<usize> {
    let numbers = cast(column(values, at)?, &DataType::Int64)?;
    let numbers = numbers.as_primitive::<datafusion::arrow::datatypes::Int64Type>();
    match numbers.iter().next().flatten().and_then(|number| usize::try_from(number).ok()).filter(|number| *number > 0) {
        Some(number) => Ok(number),
        None => exec_err!("INVALID_FUNCTION_ARGUMENT: {what} must be positive"),
    }
}

/// The values that are there most often, with how often.
fn most_frequent(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    let keys = column(values, 0)?;
    let mut counts = counted(keys)?;
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts.truncate(constant(values, 1, "the number of buckets")?);
    counts_map(keys, &counts, gives)
}

/// A histogram of so many buckets, each a mean and a weight: the two that are nearest become one until there are no more.
fn numeric_histogram(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    let (all, limit) = (numbers(values)?, constant(values, 1, "the number of buckets")?);
    let weights = cast(column(values, 2)?, &DataType::Float64)?;
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for (value, weight) in all.into_iter().zip(weights.as_primitive::<Float64Type>().iter().map(|weight| weight.unwrap_or(1.0))) {
        let at = buckets.partition_point(|(mean, _)| *mean < value);
        match buckets.get_mut(at) {
            Some((mean, heavy)) if mean.total_cmp(&value).is_eq() => *heavy += weight,
            _ => buckets.insert(at, (value, weight)),
        }
        if buckets.len() > limit {
            let gap = |at: usize| buckets.get(at + 1).map_or(f64::MAX, |next| next.0) - buckets.get(at).map_or(0.0, |this| this.0);
            let near = (0..buckets.len() - 1).min_by(|one, other| gap(*one).total_cmp(&gap(*other))).unwrap_or(0);
            let (mean, weight) = buckets.remove(near + 1);
            if let Some((other, heavy)) = buckets.get_mut(near) {
                *other = (*other * *heavy + mean * weight) / (*heavy + weight);
                *heavy += weight;
            }
        }
    }
    let of = |part: fn(&(f64, f64)) -> f64| -> ArrayRef {
        Arc::new(datafusion::arrow::array::Float64Array::from_iter_values(buckets.iter().map(part)))
    };
    maps(gives, vec![Some((of(|bucket| bucket.0), of(|bucket| bucket.1)))])
}

/// The entropy, in bits, of counts.
fn entropy(values: &[ArrayRef], _: &FieldRef) -> Result<ArrayRef> {
    let all = numbers(values)?;
    if all.iter().any(|count| *count < 0.0) {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Entropy count argument must be non-negative");
    }
    let sum: f64 = all.iter().sum();
    let weighted: f64 = all.iter().filter(|count| **count > 0.0).map(|count| count * count.log2()).sum();
    Ok(single(Some(if sum == 0.0 { 0.0 } else { (sum.log2() - weighted / sum).max(0.0) })))
}

fn map_union(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    let all = column(values, 0)?.as_map();
    let parts: Vec<_> = (0..all.len()).filter_map(|row| super::map::entry_arrays(all, row)).collect();
    maps(gives, vec![Some(merged(&parts)?)])
}

fn numbers(values: &[ArrayRef]) -> Result<Vec<f64>> {
    Ok(cast(column(values, 0)?, &DataType::Float64)?.as_primitive::<Float64Type>().iter().flatten().collect())
}

fn single(value: Option<f64>) -> ArrayRef {
    Arc::new(datafusion::arrow::array::Float64Array::from(vec![value]))
}

fn geometric_mean(values: &[ArrayRef], _: &FieldRef) -> Result<ArrayRef> {
    let all = numbers(values)?;
    Ok(single(Some((all.iter().map(|value| value.ln()).sum::<f64>() / all.len() as f64).exp())))
}

/// Sums of the powers of the differences from the mean.
fn moments(all: &[f64]) -> (f64, f64, f64, f64) {
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let power = |p: i32| all.iter().map(|value| (value - mean).powi(p)).sum::<f64>();
    (n, power(2), power(3), power(4))
}

fn skewness(values: &[ArrayRef], _: &FieldRef) -> Result<ArrayRef> {
    let (n, second, third, _) = moments(&numbers(values)?);
    Ok(single((n >= 3.0).then(|| n.sqrt() * third / second.powf(1.5))))
}

fn kurtosis(values: &[ArrayRef], _: &FieldRef) -> Result<ArrayRef> {
    let (n, second, _, fourth) = moments(&numbers(values)?);
    let excess = || {
        (n * (n + 1.0) / ((n - 1.0) * (n - 2.0) * (n - 3.0))) * ((n - 1.0).powi(2) * fourth / second.powi(2))
            - 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0))
    };
    Ok(single((n >= 4.0).then(excess)))
}

/// The values at these shares of the sorted values, the nearest rank.
fn percentile(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    let (all, wanted) = (column(values, 0)?, column(values, 1)?);
    let order = ordered(all, false)?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of the number of values, between 0 and that number"
    )]
    let rank = |share: f64| (share * (order.len() as f64 - 1.0)).round() as usize;
    at_shares(all, wanted, &order, gives, rank)
}

/// The values at these shares of the sorted values' weights: the first whose weight, with that of all before it, reaches the share.
fn weighted(values: &[ArrayRef], gives: &FieldRef) -> Result<ArrayRef> {
    let (all, wanted) = (column(values, 0)?, column(values, 2)?);
    let weights = cast(column(values, 1)?, &DataType::Float64)?;
    let weights = weights.as_primitive::<Float64Type>();
    if weights.iter().any(|weight| weight.is_none_or(|weight| weight <= 0.0)) {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: percentile weight must be > 0");
    }
    let order = ordered(all, false)?;
    let mut reached = 0.0;
    let sums: Vec<f64> = order
        .iter()
        .map(|at| {
            reached += weights.value(*at as usize);
            reached
        })
        .collect();
    let rank = |share: f64| sums.partition_point(|sum| *sum < share * reached).min(order.len().saturating_sub(1));
    at_shares(all, wanted, &order, gives, rank)
}

/// The places of values in their order, or from the largest down.
fn ordered(all: &ArrayRef, reverse: bool) -> Result<Vec<u32>> {
    let rows = comparable(all)?;
    let mut order: Vec<u32> = (0..all.len()).filter_map(|at| u32::try_from(at).ok()).collect();
    order.sort_by(|a, b| {
        let order = rows.row(*a as usize).cmp(&rows.row(*b as usize));
        if reverse { order.reverse() } else { order }
    });
    Ok(order)
}

/// The values whose rank in this order belongs to the wanted share, or to each of a list of shares. The last row's shares count, as in
/// Trino, whose state each row sets anew.
fn at_shares(all: &ArrayRef, wanted: &ArrayRef, order: &[u32], gives: &FieldRef, rank: impl Fn(f64) -> usize) -> Result<ArrayRef> {
    let last = wanted.len().saturating_sub(1);
    let list = wanted.as_list_opt::<i32>();
    let shares = match list {
        Some(list) if list.is_null(last) => new_empty_array(&DataType::Float64),
        Some(list) => list.value(last),
        None => wanted.slice(last, 1),
    };
    if shares.logical_null_count() > 0 || list.is_some_and(|list| list.is_null(last)) {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Percentage cannot be null");
    }
    let shares = cast(&shares, &DataType::Float64)?;
    let mut places = Vec::new();
    for share in shares.as_primitive::<Float64Type>() {
        let Some(share) = share else { return exec_err!("INVALID_FUNCTION_ARGUMENT: Percentage cannot be null") };
        if !(0.0..=1.0).contains(&share) {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Percentile must be between 0 and 1");
        }
        places.extend(order.get(rank(share)).copied());
    }
    let chosen = take(all, &UInt32Array::from(places), None)?;
    if list.is_some() { lists(gives, vec![Some(chosen)]) } else { Ok(chosen) }
}

/// The values of the n rows that are first by another column.
fn best_by(values: &[ArrayRef], gives: &FieldRef, largest: bool) -> Result<ArrayRef> {
    let count = constant(values, 2, "third argument of max_by/min_by")?;
    let order = ordered(column(values, 0)?, largest)?.into_iter().take(count);
    lists(gives, vec![Some(take(column(values, 1)?, &UInt32Array::from_iter_values(order), None)?)])
}

/// The n largest or smallest values in order.
fn best(values: &[ArrayRef], gives: &FieldRef, largest: bool) -> Result<ArrayRef> {
    let all = column(values, 0)?;
    let count = constant(values, 1, "second argument of max/min")?;
    let order = ordered(all, largest)?.into_iter().take(count);
    lists(gives, vec![Some(take(all, &UInt32Array::from_iter_values(order), None)?)])
}

/// A sum over hashes, the same in any order. Its bytes are the lake's own, not those of Athena.
fn checksum(values: &[ArrayRef], _: &FieldRef) -> Result<ArrayRef> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let all = column(values, 0)?;
    let rows = comparable(all)?;
    let mut total = 0_u64;
    for at in 0..all.len() {
        let mut hasher = DefaultHasher::new();
        rows.row(at).as_ref().hash(&mut hasher);
        total = total.wrapping_add(hasher.finish());
    }
    let bytes = total.to_be_bytes();
    Ok(Arc::new(datafusion::arrow::array::BinaryViewArray::from_iter_values([bytes.as_slice()])))
}
