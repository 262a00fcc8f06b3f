//! Functions that take lambdas.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, BooleanArray, ListArray, UInt32Array, new_null_array};
use datafusion::arrow::compute::{cast, concat, take, take_arrays};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{
    ColumnarValue, HigherOrderFunctionArgs, HigherOrderReturnFieldArgs, HigherOrderSignature, HigherOrderUDF, HigherOrderUDFImpl,
    LambdaArgument, LambdaParametersProgress, ValueOrLambda, Volatility,
};

use super::by_name;
use super::collection::{bounds, lists};
use super::map::{Keys, entry_bounds, maps};
use crate::lake::engine::types::{arrow_field, athena_type};
use crate::sql::Type;

/// The fields of what is known of the arguments: values, and lambdas whose answer is known already.
type Known<'f> = &'f [ValueOrLambda<FieldRef, Option<FieldRef>>];

struct Taking {
    name: &'static str,
    /// The parameters of each lambda, from the types of the values and, from the second step on, of the lambdas.
    parameters: fn(usize, Known<'_>) -> Result<LambdaParametersProgress>,
    gives: fn(&[Type]) -> Result<Type>,
    work: fn(&Applied) -> Result<ArrayRef>,
}

const ALL: &[Taking] = &[
    Taking {
        name: "transform",
        parameters: |_, known| complete(vec![vec![item(known, 0)?]]),
        gives: |types| Ok(list(nth(types, 1))),
        work: transform,
    },
    Taking { name: "filter", parameters: |_, known| complete(vec![vec![item(known, 0)?]]), gives: |types| Ok(nth(types, 0)), work: filter },
    Taking {
        name: "any_match",
        parameters: |_, known| complete(vec![vec![item(known, 0)?]]),
        gives: boolean,
        work: |call| matched(call, Match::Any),
    },
    Taking {
        name: "all_match",
        parameters: |_, known| complete(vec![vec![item(known, 0)?]]),
        gives: boolean,
        work: |call| matched(call, Match::All),
    },
    Taking {
        name: "none_match",
        parameters: |_, known| complete(vec![vec![item(known, 0)?]]),
        gives: boolean,
        work: |call| matched(call, Match::None),
    },
    Taking { name: "reduce", parameters: reduce_parameters, gives: |types| Ok(nth(types, 3)), work: reduce },
    Taking {
        name: "zip_with",
        parameters: |_, known| complete(vec![vec![item(known, 0)?, item(known, 1)?]]),
        gives: |types| Ok(list(nth(types, 2))),
        work: zip_with,
    },
    Taking { name: "map_filter", parameters: entry_parameters, gives: |types| Ok(nth(types, 0)), work: map_filter },
    Taking {
        name: "transform_values",
        parameters: entry_parameters,
        gives: |types| map_of(types, false),
        work: |call| transform_side(call, false),
    },
    Taking {
        name: "transform_keys",
        parameters: entry_parameters,
        gives: |types| map_of(types, true),
        work: |call| transform_side(call, true),
    },
    Taking { name: "map_zip_with", parameters: zip_parameters, gives: map_zip_type, work: map_zip_with },
    Taking {
        name: "$array_sort_by",
        parameters: |_, known| complete(vec![vec![item(known, 0)?, item(known, 0)?]]),
        gives: |types| Ok(nth(types, 0)),
        work: sort_by,
    },
    Taking {
        name: "$regexp_replace_by",
        parameters: |_, _| complete(vec![vec![Arc::new(arrow_field("groups", &list(Type::Varchar)))]]),
        gives: |_| Ok(Type::Varchar),
        work: super::replace::by_lambda,
    },
    Taking {
        name: "$try",
        parameters: |_, _| complete(vec![vec![Arc::new(Field::new("row", DataType::Int64, true))]]),
        gives: |types| Ok(nth(types, 0)),
        work: attempt,
    },
];

/// Puts the functions over DataFusion's.
pub(super) fn register(mut builder: SessionStateBuilder) -> SessionStateBuilder {
    let mut functions: Vec<Arc<HigherOrderUDF>> = ALL
        .iter()
        .map(|function| {
            Arc::new(HigherOrderUDF::new_from_impl(Udf { function, signature: HigherOrderSignature::user_defined(Volatility::Immutable) }))
        })
        .collect();
    let ours: Vec<&str> = ALL.iter().map(|function| function.name).collect();
    let known = builder.higher_order_functions().get_or_insert_default();
    known.retain(|theirs| !ours.contains(&theirs.name()) && !theirs.aliases().iter().any(|alias| ours.contains(&alias.as_str())));
    known.append(&mut functions);
    builder
}

fn complete(parameters: Vec<Vec<FieldRef>>) -> Result<LambdaParametersProgress> {
    Ok(LambdaParametersProgress::Complete(parameters))
}

fn nth(types: &[Type], at: usize) -> Type {
    types.get(at).cloned().unwrap_or(Type::Unknown)
}

fn list(item: Type) -> Type {
    Type::Array(Box::new(item))
}

fn boolean(_: &[Type]) -> Result<Type> {
    Ok(Type::Boolean)
}

fn map_of(types: &[Type], key: bool) -> Result<Type> {
    match (nth(types, 0), nth(types, 1)) {
        (Type::Map(_, value), made) if key => Ok(Type::Map(Box::new(made), value)),
        (Type::Map(key, _), made) => Ok(Type::Map(key, Box::new(made))),
        (other, _) => plan_err!("TYPE_MISMATCH: line 1:1: a map is wanted, but there is {other}"),
    }
}

fn map_zip_type(types: &[Type]) -> Result<Type> {
    match nth(types, 0) {
        Type::Map(key, _) => Ok(Type::Map(key, Box::new(nth(types, 2)))),
        other => plan_err!("TYPE_MISMATCH: line 1:1: a map is wanted, but there is {other}"),
    }
}

fn value(known: Known<'_>, at: usize) -> Result<&FieldRef> {
    match known.get(at) {
        Some(ValueOrLambda::Value(field)) => Ok(field),
        _ => plan_err!("FUNCTION_NOT_FOUND: line 1:1: a value is wanted before the lambda"),
    }
}

/// A parameter that stands for the items of an array.
fn item(known: Known<'_>, at: usize) -> Result<FieldRef> {
    match value(known, at)?.data_type() {
        DataType::List(item) => Ok(Arc::new(item.as_ref().clone().with_name("item").with_nullable(true))),
        DataType::Null => Ok(Arc::new(Field::new("item", DataType::Null, true))),
        other => {
            plan_err!("TYPE_MISMATCH: line 1:1: an array is wanted, but there is {}", crate::lake::engine::types::athena_type_of(other))
        }
    }
}

fn entry(known: Known<'_>, at: usize) -> Result<(FieldRef, FieldRef)> {
    let field = value(known, at)?;
    if let DataType::Map(entries, _) = field.data_type()
        && let DataType::Struct(pair) = entries.data_type()
        && let (Some(key), Some(value)) = (pair.first(), pair.get(1))
    {
        return Ok((Arc::clone(key), Arc::clone(value)));
    }
    plan_err!("TYPE_MISMATCH: line 1:1: a map is wanted, but there is {}", athena_type(field))
}

fn entry_parameters(_: usize, known: Known<'_>) -> Result<LambdaParametersProgress> {
    let (key, value) = entry(known, 0)?;
    complete(vec![vec![key, value]])
}

fn zip_parameters(_: usize, known: Known<'_>) -> Result<LambdaParametersProgress> {
    let ((key, one), (_, other)) = (entry(known, 0)?, entry(known, 1)?);
    complete(vec![vec![key, one, other]])
}

/// The state has the type that the lambda answers once it was given the first value.
fn reduce_parameters(_: usize, known: Known<'_>) -> Result<LambdaParametersProgress> {
    let (item, first) = (item(known, 0)?, value(known, 1)?);
    let named = |field: &FieldRef| Arc::new(field.as_ref().clone().with_name("state").with_nullable(true));
    let answered = match known.get(2) {
        Some(ValueOrLambda::Lambda(Some(field))) => Some(named(field)),
        _ => None,
    };
    match answered {
        None => Ok(LambdaParametersProgress::Partial(vec![Some(vec![named(first), item]), None])),
        Some(state) => complete(vec![vec![Arc::clone(&state), item], vec![state]]),
    }
}

struct Udf {
    function: &'static Taking,
    signature: HigherOrderSignature,
}

by_name!(Udf);

impl HigherOrderUDFImpl for Udf {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &HigherOrderSignature {
        &self.signature
    }

    fn coerce_value_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        Ok(given
            .iter()
            .map(|data_type| match data_type {
                DataType::LargeList(item) | DataType::FixedSizeList(item, _) => DataType::List(Arc::clone(item)),
                other => other.clone(),
            })
            .collect())
    }

    fn lambda_parameters(&self, step: usize, fields: Known<'_>) -> Result<LambdaParametersProgress> {
        (self.function.parameters)(step, fields)
    }

    fn return_field_from_args(&self, args: HigherOrderReturnFieldArgs<'_>) -> Result<FieldRef> {
        let types: Vec<Type> = args
            .arg_fields
            .iter()
            .map(|field| match field {
                ValueOrLambda::Value(field) | ValueOrLambda::Lambda(field) => athena_type(field),
            })
            .collect();
        Ok(Arc::new(arrow_field(self.function.name, &(self.function.gives)(&types)?)))
    }

    fn invoke_with_args(&self, args: HigherOrderFunctionArgs) -> Result<ColumnarValue> {
        let applied = Applied { args };
        let made = (self.function.work)(&applied)?;
        let wanted = applied.args.return_field.data_type();
        Ok(ColumnarValue::Array(if made.data_type() == wanted { made } else { cast(&made, wanted)? }))
    }
}

/// A call with its values by row and its lambdas.
pub(super) struct Applied {
    args: HigherOrderFunctionArgs,
}

impl Applied {
    pub(super) fn rows(&self) -> usize {
        self.args.number_rows
    }

    pub(super) fn array(&self, at: usize) -> Result<ArrayRef> {
        match self.args.args.get(at) {
            Some(ValueOrLambda::Value(value)) => value.to_array(self.rows()),
            _ => plan_err!("a value is wanted here"),
        }
    }

    fn list(&self, at: usize) -> Result<ListArray> {
        let array = self.array(at)?;
        match array.as_list_opt::<i32>() {
            Some(list) => Ok(list.clone()),
            None => Ok(new_null_array(&DataType::new_list(DataType::Null, true), self.rows()).as_list::<i32>().clone()),
        }
    }

    fn lambda(&self, at: usize) -> Result<&LambdaArgument> {
        match self.args.args.get(at) {
            Some(ValueOrLambda::Lambda(lambda)) => Ok(lambda),
            _ => plan_err!("a lambda is wanted here"),
        }
    }

    fn gives(&self) -> &FieldRef {
        &self.args.return_field
    }

    /// What a lambda makes of values; `owners` says which row each belongs to.
    pub(super) fn evaluate(&self, at: usize, values: &[ArrayRef], owners: &UInt32Array) -> Result<ArrayRef> {
        let length = owners.len();
        let given: Vec<Box<dyn Fn() -> Result<ArrayRef>>> = values
            .iter()
            .map(|array| {
                let array = Arc::clone(array);
                Box::new(move || Ok(Arc::clone(&array))) as Box<dyn Fn() -> Result<ArrayRef>>
            })
            .collect();
        let given: Vec<&dyn Fn() -> Result<ArrayRef>> = given.iter().map(AsRef::as_ref).collect();
        if length == 0 {
            let field = match self.args.arg_fields.get(at) {
                Some(ValueOrLambda::Lambda(field) | ValueOrLambda::Value(field)) => field.data_type().clone(),
                None => DataType::Null,
            };
            return Ok(new_null_array(&field, 0));
        }
        let answer = self.lambda(at)?.evaluate(&given, |captured| Ok(take_arrays(captured, owners, None)?))?;
        answer.into_array(length)
    }
}

/// The items of all rows one after another, and the row that each belongs to.
fn flat(list: &ListArray) -> Result<(ArrayRef, UInt32Array)> {
    let (mut places, mut owners) = (Vec::new(), Vec::new());
    for row in (0..list.len()).filter(|row| list.is_valid(*row)) {
        let (start, length) = bounds(list, row);
        for at in start..start + length {
            places.push(u32::try_from(at).unwrap_or(0));
            owners.push(u32::try_from(row).unwrap_or(0));
        }
    }
    Ok((take(list.values(), &UInt32Array::from(places), None)?, UInt32Array::from(owners)))
}

/// The items of a flat array that belong to each row, one list a row.
fn by_row(rows: usize, valid: impl Fn(usize) -> bool, owners: &UInt32Array, mut keep: impl FnMut(usize) -> bool) -> Vec<Option<Vec<u32>>> {
    let mut groups: Vec<Option<Vec<u32>>> = (0..rows).map(|row| valid(row).then(Vec::new)).collect();
    for (at, owner) in owners.values().iter().enumerate() {
        if keep(at)
            && let Some(Some(group)) = groups.get_mut(*owner as usize)
        {
            group.push(u32::try_from(at).unwrap_or(0));
        }
    }
    groups
}

fn taken(values: &ArrayRef, groups: Vec<Option<Vec<u32>>>) -> Result<Vec<Option<ArrayRef>>> {
    let one = |group: Option<Vec<u32>>| group.map(|places| Ok(take(values, &UInt32Array::from(places), None)?)).transpose();
    groups.into_iter().map(one).collect()
}

fn transform(call: &Applied) -> Result<ArrayRef> {
    let list = call.list(0)?;
    let (items, owners) = flat(&list)?;
    let made = call.evaluate(1, &[items], &owners)?;
    lists(call.gives(), taken(&made, by_row(call.rows(), |row| list.is_valid(row), &owners, |_| true))?)
}

fn truths(array: &ArrayRef) -> Result<BooleanArray> {
    Ok(cast(array, &DataType::Boolean)?.as_boolean().clone())
}

fn filter(call: &Applied) -> Result<ArrayRef> {
    let list = call.list(0)?;
    let (items, owners) = flat(&list)?;
    let mask = truths(&call.evaluate(1, &[Arc::clone(&items)], &owners)?)?;
    let kept = by_row(call.rows(), |row| list.is_valid(row), &owners, |at| mask.is_valid(at) && mask.value(at));
    lists(call.gives(), taken(&items, kept)?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Match {
    Any,
    All,
    None,
}

fn matched(call: &Applied, wanted: Match) -> Result<ArrayRef> {
    let list = call.list(0)?;
    let (items, owners) = flat(&list)?;
    let mask = truths(&call.evaluate(1, &[items], &owners)?)?;
    let groups = by_row(call.rows(), |row| list.is_valid(row), &owners, |_| true);
    let answer = groups.into_iter().map(|group| {
        let group = group?;
        let count = |truth: bool| group.iter().any(|at| mask.is_valid(*at as usize) && mask.value(*at as usize) == truth);
        let unknown = group.iter().any(|at| mask.is_null(*at as usize));
        let decided = match wanted {
            Match::Any | Match::None => count(true).then_some(wanted == Match::Any),
            Match::All => count(false).then_some(false),
        };
        match decided {
            Some(decided) => Some(decided),
            None if unknown => None,
            None => Some(wanted != Match::Any),
        }
    });
    Ok(Arc::new(answer.collect::<BooleanArray>()))
}

fn reduce(call: &Applied) -> Result<ArrayRef> {
    let list = call.list(0)?;
    let target = match call.args.arg_fields.get(2) {
        Some(ValueOrLambda::Lambda(field)) => field.data_type().clone(),
        _ => return plan_err!("reduce takes two lambdas"),
    };
    let first = cast(&call.array(1)?, &target)?;
    let all: Vec<u32> = (0..call.rows()).filter_map(|row| u32::try_from(row).ok()).collect();
    // The states of rows that have come to their end, and where each row's is.
    let mut ended: Vec<ArrayRef> = Vec::new();
    let mut places = vec![(0, 0); call.rows()];
    let mut owners: Vec<u32> = all.iter().copied().filter(|row| list.is_valid(*row as usize)).collect();
    let mut state = take(&first, &UInt32Array::from(owners.clone()), None)?;
    // All rows take their first item at once, then their second, and so on; those without a next one stay behind.
    for at in 0.. {
        let goes_on = |row: u32| bounds(&list, row as usize).1 > at;
        let going: BooleanArray = owners.iter().map(|row| Some(goes_on(*row))).collect();
        if going.false_count() > 0 {
            let stays = datafusion::arrow::compute::not(&going)?;
            for (next, row) in owners.iter().copied().filter(|row| !goes_on(*row)).enumerate() {
                if let Some(place) = places.get_mut(row as usize) {
                    *place = (ended.len(), next);
                }
            }
            ended.push(datafusion::arrow::compute::filter(&state, &stays)?);
            state = datafusion::arrow::compute::filter(&state, &going)?;
            owners.retain(|row| goes_on(*row));
        }
        if owners.is_empty() {
            break;
        }
        let items = owners.iter().filter_map(|row| u32::try_from(bounds(&list, *row as usize).0 + at).ok());
        let items = take(list.values(), &UInt32Array::from_iter_values(items), None)?;
        state = cast(&call.evaluate(2, &[state, items], &UInt32Array::from(owners.clone()))?, &target)?;
    }
    if ended.is_empty() {
        ended.push(new_null_array(&target, 1));
    }
    let ended: Vec<&dyn Array> = ended.iter().map(AsRef::as_ref).collect();
    // A row without a list has whatever state, which is left out in the end.
    let state = datafusion::arrow::compute::interleave(&ended, &places)?;
    let answer = call.evaluate(3, &[state], &UInt32Array::from(all))?;
    let chosen: UInt32Array = (0..call.rows()).map(|row| u32::try_from(row).ok().filter(|_| list.is_valid(row))).collect();
    Ok(take(&answer, &chosen, None)?)
}

fn zip_with(call: &Applied) -> Result<ArrayRef> {
    let (one, other) = (call.list(0)?, call.list(1)?);
    let (mut left, mut right, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    let valid = |row: usize| one.is_valid(row) && other.is_valid(row);
    for row in (0..call.rows()).filter(|row| valid(*row)) {
        let ((start, length), (from, count)) = (bounds(&one, row), bounds(&other, row));
        for at in 0..length.max(count) {
            left.push(u32::try_from(start + at).ok().filter(|_| at < length));
            right.push(u32::try_from(from + at).ok().filter(|_| at < count));
            owners.push(u32::try_from(row).unwrap_or(0));
        }
    }
    let owners = UInt32Array::from(owners);
    let values = [take(one.values(), &UInt32Array::from(left), None)?, take(other.values(), &UInt32Array::from(right), None)?];
    let made = call.evaluate(2, &values, &owners)?;
    lists(call.gives(), taken(&made, by_row(call.rows(), valid, &owners, |_| true))?)
}

/// The keys and values of all maps one after another, and the row that each belongs to.
fn flat_map(call: &Applied) -> Result<(ArrayRef, ArrayRef, UInt32Array, Vec<bool>)> {
    let array = call.array(0)?;
    let map = array.as_map();
    let (mut places, mut owners, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..map.len() {
        valid.push(map.is_valid(row));
        let at = |row: usize| map.value_offsets().get(row).and_then(|offset| u32::try_from(*offset).ok()).unwrap_or(0);
        if map.is_valid(row) {
            for place in at(row)..at(row + 1) {
                places.push(place);
                owners.push(u32::try_from(row).unwrap_or(0));
            }
        }
    }
    let places = UInt32Array::from(places);
    Ok((take(map.keys(), &places, None)?, take(map.values(), &places, None)?, UInt32Array::from(owners), valid))
}

fn paired(call: &Applied, keys: &ArrayRef, values: &ArrayRef, groups: Vec<Option<Vec<u32>>>) -> Result<ArrayRef> {
    let pairs = taken(keys, groups.clone())?.into_iter().zip(taken(values, groups)?).map(|(keys, values)| Some((keys?, values?)));
    maps(call.gives(), pairs.collect())
}

fn is_valid(valid: &[bool]) -> impl Fn(usize) -> bool + '_ {
    |row| valid.get(row).copied().unwrap_or(false)
}

fn map_filter(call: &Applied) -> Result<ArrayRef> {
    let (keys, values, owners, valid) = flat_map(call)?;
    let mask = truths(&call.evaluate(1, &[Arc::clone(&keys), Arc::clone(&values)], &owners)?)?;
    let kept = by_row(call.rows(), is_valid(&valid), &owners, |at| mask.is_valid(at) && mask.value(at));
    paired(call, &keys, &values, kept)
}

fn transform_side(call: &Applied, key: bool) -> Result<ArrayRef> {
    let (keys, values, owners, valid) = flat_map(call)?;
    let made = call.evaluate(1, &[Arc::clone(&keys), Arc::clone(&values)], &owners)?;
    let groups = by_row(call.rows(), is_valid(&valid), &owners, |_| true);
    if !key {
        return paired(call, &keys, &made, groups);
    }
    let known = Keys::new(&made)?;
    groups.iter().flatten().try_for_each(|group| known.check(group.iter().map(|at| *at as usize)))?;
    paired(call, &made, &values, groups)
}

fn map_zip_with(call: &Applied) -> Result<ArrayRef> {
    let (one, other) = (call.array(0)?, call.array(1)?);
    let (one, other) = (one.as_map(), other.as_map());
    let (mine, theirs) = super::comparable::comparable_both(one.keys(), other.keys())?;
    let place = |at: usize| u32::try_from(at).ok();
    let (mut left, mut right, mut keys, mut owners) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in (0..call.rows()).filter(|row| one.is_valid(*row) && other.is_valid(*row)) {
        let ((start, length), (from, count)) = (entry_bounds(one, row), entry_bounds(other, row));
        let there: HashMap<_, usize> = (from..from + count).map(|at| (theirs.row(at), at)).collect();
        let mut met = HashSet::new();
        for at in start..start + length {
            let found = there.get(&mine.row(at)).copied();
            met.extend(found);
            left.push(place(at));
            right.push(found.and_then(place));
            keys.extend(place(at));
        }
        for at in (from..from + count).filter(|at| !met.contains(at)) {
            left.push(None);
            right.push(place(at));
            keys.extend(place(one.keys().len() + at));
        }
        owners.resize(keys.len(), place(row).unwrap_or(0));
    }
    let owners = UInt32Array::from(owners);
    let all = concat(&[one.keys().as_ref(), cast(other.keys(), one.keys().data_type())?.as_ref()])?;
    let keys = take(&all, &UInt32Array::from(keys), None)?;
    let (left, right) = (take(one.values(), &UInt32Array::from(left), None)?, take(other.values(), &UInt32Array::from(right), None)?);
    let made = call.evaluate(2, &[Arc::clone(&keys), left, right], &owners)?;
    let valid = |row: usize| one.is_valid(row) && other.is_valid(row);
    paired(call, &keys, &made, by_row(call.rows(), valid, &owners, |_| true))
}

/// Sorts by a comparison that may fail or contradict itself, with which the standard library's sorts may panic.
fn merge_sorted(places: &[u32], compare: &mut dyn FnMut(u32, u32) -> Result<Ordering>) -> Result<Vec<u32>> {
    let (left, right) = places.split_at_checked(places.len() / 2).unwrap_or((&[], places));
    if left.is_empty() {
        return Ok(right.to_vec());
    }
    let (left, right) = (merge_sorted(left, compare)?, merge_sorted(right, compare)?);
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut merged = Vec::with_capacity(places.len());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let next = if compare(*one, *other)?.is_gt() { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left.chain(right));
    Ok(merged)
}

fn sort_by(call: &Applied) -> Result<ArrayRef> {
    let list = call.list(0)?;
    let mut rows = Vec::with_capacity(call.rows());
    for row in 0..call.rows() {
        if list.is_null(row) {
            rows.push(None);
            continue;
        }
        let items = list.value(row);
        let places: Vec<u32> = (0..items.len()).filter_map(|at| u32::try_from(at).ok()).collect();
        let owners = UInt32Array::from(vec![u32::try_from(row).unwrap_or(0)]);
        let places = merge_sorted(&places, &mut |a, b| {
            let one = |at: u32| items.slice(at as usize, 1);
            let answer = cast(&call.evaluate(1, &[one(a), one(b)], &owners)?, &DataType::Int64)?;
            if answer.is_null(0) {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Lambda comparator must return either -1, 0, or 1");
            }
            Ok(answer.as_primitive::<Int64Type>().value(0).cmp(&0))
        })?;
        rows.push(Some(take(&items, &UInt32Array::from(places), None)?));
    }
    lists(call.gives(), rows)
}

/// The value of an expression, or NULL in the rows in which computing it fails.
fn attempt(call: &Applied) -> Result<ArrayRef> {
    let all = UInt32Array::from_iter_values((0..call.rows()).map(|row| u32::try_from(row).unwrap_or(0)));
    let number = |rows: &UInt32Array| cast(rows, &DataType::Int64);
    if let Ok(answer) = call.evaluate(0, &[number(&all)?], &all) {
        return Ok(answer);
    }
    let target = call.gives().data_type();
    let mut rows: Vec<ArrayRef> = Vec::with_capacity(call.rows());
    for row in 0..call.rows() {
        let one = UInt32Array::from(vec![u32::try_from(row).unwrap_or(0)]);
        rows.push(match call.evaluate(0, &[number(&one)?], &one) {
            Ok(answer) => cast(&answer, target)?,
            Err(_) => new_null_array(target, 1),
        });
    }
    let rows: Vec<&dyn Array> = rows.iter().map(AsRef::as_ref).collect();
    if rows.is_empty() { Ok(new_null_array(target, 0)) } else { Ok(concat(&rows)?) }
}
