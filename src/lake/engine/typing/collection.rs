//! Functions of arrays and maps: the values beside a collection are brought to the type of what is in it, or refused.

use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::{HigherOrderFunction, Lambda};

use super::builtin::refused;
use super::coercion::digits;
use super::{Typed, common, located, mismatch, type_of};
use crate::lake::engine::mark::{Mark, Place};
use crate::sql::Type;

/// The arguments of a function of collections in the types that go together; as they are for any other function.
pub(super) fn arguments(name: &str, args: Vec<Typed>, place: Place) -> Result<Vec<Typed>> {
    let given: Vec<Type> = args.iter().map(|arg| arg.athena.clone()).collect();
    let wanted = match (name, given.as_slice()) {
        ("contains" | "array_position" | "array_remove", [Type::Array(item), value]) => {
            let Some(item) = common(item, value) else { return refused(name, &given, place) };
            vec![list(item.clone()), item]
        }
        ("array_union" | "array_intersect" | "array_except" | "arrays_overlap" | "map_concat", [first, others @ ..]) => {
            let mut both = first.clone();
            for other in others {
                match common(&both, other) {
                    Some(wider) => both = wider,
                    None => return refused(name, &given, place),
                }
            }
            vec![both; given.len()]
        }
        ("array_sum" | "array_average", [Type::Array(item)]) if common(item, &Type::Double).is_none() => {
            return refused(name, &given, place);
        }
        ("concat", all) if all.iter().any(|athena| matches!(athena, Type::Array(_))) => {
            let Some(item) = joined(all) else { return refused(name, &given, place) };
            all.iter().map(|athena| if is_list_of(athena, &item) { list(item.clone()) } else { item.clone() }).collect()
        }
        ("element_at" | "$subscript", [Type::Map(key, _), asked]) => match common(key, asked) {
            Some(both) if both == **key || super::is_text(&both) => vec![given.first().cloned().unwrap_or(Type::Unknown), both],
            _ => return misfit(name, &given, place),
        },
        ("element_at" | "$subscript", [Type::Array(_), asked]) if digits(asked).is_none() && *asked != Type::Unknown => {
            return misfit(name, &given, place);
        }
        _ => return Ok(args),
    };
    Ok(args.into_iter().zip(&wanted).map(|(arg, wanted)| arg.brought(wanted)).collect())
}

fn list(item: Type) -> Type {
    Type::Array(Box::new(item))
}

fn is_list_of(athena: &Type, item: &Type) -> bool {
    matches!(athena, Type::Array(inner) if common(inner, item).is_some())
}

/// The item of the array that arrays and single items are put together to.
fn joined(all: &[Type]) -> Option<Type> {
    let item = |athena: &Type| match athena {
        Type::Array(item) => Some(item.as_ref().clone()),
        _ => None,
    };
    let mut found = all.iter().find_map(item)?;
    for athena in all {
        found = item(athena).and_then(|item| common(&found, &item)).or_else(|| common(&found, athena))?;
    }
    Some(found)
}

fn misfit<T>(name: &str, given: &[Type], place: Place) -> Result<T> {
    match given {
        [one, asked] if name == "$subscript" => mismatch(place, format_args!("Cannot use {asked} for subscript of {one}")),
        _ => refused(name, given, place),
    }
}

/// Functions whose lambda asks something.
const ASKING: [&str; 5] = ["filter", "any_match", "all_match", "none_match", "map_filter"];

/// A call of a function that takes lambdas.
pub(super) fn with_lambda(call: HigherOrderFunction, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let name = call.func.name().to_owned();
    if let Some(Expr::Lambda(Lambda { body, .. })) = call.args.last().filter(|_| ASKING.contains(&name.as_str())) {
        let (answer, _) = type_of(body, schema).map_err(|error| located(error, mark.place))?;
        if !matches!(answer, Type::Boolean | Type::Unknown) {
            let (line, column) = mark.place;
            let expected = crate::sql::functions::find(&name).map_or(name.as_str(), |known| known.signature);
            return plan_err!(
                "FUNCTION_NOT_FOUND: line {line}:{column}: Unexpected parameters: the lambda answers {answer} for function {name}. Expected: \
                 {expected}"
            );
        }
    }
    let expr = Expr::HigherOrderFunction(call);
    type_of(&expr, schema).map_err(|error| located(error, mark.place))?;
    Ok(expr)
}
