//! SQL/JSON: `json_exists`, `json_value`, `json_query`, `json_object` and `json_array`, as the parser writes them out as calls.

mod eval;
mod item;
mod path;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, StringViewArray, new_null_array};
use datafusion::arrow::compute::{cast, interleave};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;
use serde::de::IgnoredAny;

use self::eval::Context;
use self::item::{Item, Number, quote};
use self::path::Path;
use super::call::{Call, booleans, texts};
use super::cast::{Caster, scientific, shown};
use super::{Gives, Kind, Scalar, Type0, scalar, variadic};
use crate::lake::engine::scan;
use crate::lake::engine::types::arrow_field;
use crate::sql::Type;

/// What the calls take: the input, the path, options, the values where nothing is found and where it fails, names, and their values.
const ASKED: &[Kind] = &[Kind::Any, Kind::Text, Kind::Text, Kind::Any, Kind::Any, Kind::Text, Kind::Any];
const MADE: &[Kind] = &[Kind::Text, Kind::Any];

pub(super) const FUNCTIONS: &[Scalar] = &[
    variadic(6, scalar("$json_exists", ASKED, Gives::Always(Type0::Boolean), exists)),
    variadic(6, scalar("$json_value", ASKED, Gives::Field(value_field), value)),
    variadic(6, scalar("$json_query", ASKED, Gives::Always(Type0::Text), query)),
    variadic(1, scalar("$json_object", MADE, Gives::Always(Type0::Text), object)),
    variadic(1, scalar("$json_array", MADE, Gives::Always(Type0::Text), array)),
];

/// What is wrong with a path, if anything; the names of its variables else.
pub(in crate::lake::engine) fn variables(path: &str) -> std::result::Result<Vec<String>, String> {
    Path::read(path).map(|_| Path::variables(path))
}

/// The options of a call, by `|`.
struct Options<'o>(Vec<&'o str>);

impl<'o> Options<'o> {
    fn of(call: &'o Call, at: usize) -> Self {
        Self(call.text(at, 0).unwrap_or("").split('|').collect())
    }

    fn get(&self, at: usize) -> &'o str {
        self.0.get(at).copied().unwrap_or("")
    }
}

/// What a path leads to in a row.
enum Outcome {
    /// The input is NULL.
    Null,
    /// The code and the words of what went wrong.
    Failed(&'static str, String),
    Found(Vec<Item>),
}

/// The outcome of each row, in turn.
fn outcomes(call: &Call, mut take: impl FnMut(usize, Outcome) -> Result<()>) -> Result<()> {
    let Some(text) = call.text(1, 0) else { return exec_err!("a JSON path is a text") };
    let path = Path::read(text).map_err(|error| datafusion::common::exec_datafusion_err!("INVALID_PATH: {error}"))?;
    let names: Vec<(&str, bool)> = call
        .text(5, 0)
        .unwrap_or("")
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| name.strip_suffix(":json").map_or((name, false), |name| (name, true)))
        .collect();
    let input = Values::of(call, 0)?;
    let passed: Vec<Values> = (0..names.len()).map(|at| Values::of(call, 6 + at)).collect::<Result<_>>()?;
    for row in 0..call.rows {
        let outcome = follow(&path, &input, &names, &passed, row);
        take(row, outcome)?;
    }
    Ok(())
}

const CONVERSION: &str = "JSON_INPUT_CONVERSION_ERROR";

fn follow(path: &Path, input: &Values, names: &[(&str, bool)], passed: &[Values], row: usize) -> Outcome {
    let root = match input.json(row) {
        None => return Outcome::Null,
        Some(Err(())) => return Outcome::Failed(CONVERSION, "conversion to JSON failed: ".to_owned()),
        Some(Ok(root)) => root,
    };
    let mut variables = HashMap::new();
    for ((name, json), values) in names.iter().zip(passed) {
        let value = if *json {
            match values.json(row) {
                None => None,
                Some(Err(())) => return Outcome::Failed(CONVERSION, "conversion to JSON failed: ".to_owned()),
                Some(Ok(item)) => Some(item),
            }
        } else {
            Some(values.item(row))
        };
        variables.insert((*name).to_owned(), value);
    }
    match (Context { root, variables: &variables }).follow(path) {
        Ok(found) => Outcome::Found(found),
        Err(reason) => Outcome::Failed("PATH_EVALUATION_ERROR", format!("path evaluation failed: {reason}")),
    }
}

/// The values of an argument: as they are where JSON has such, else by their texts.
struct Values {
    array: ArrayRef,
    texts: ArrayRef,
    athena: Type,
}

impl Values {
    fn of(call: &Call, at: usize) -> Result<Self> {
        let (array, athena) = (Arc::clone(call.needed(at)?), call.types.get(at).cloned().unwrap_or(Type::Unknown));
        let texts = match (&athena, array.data_type()) {
            (Type::Unknown, _) => new_null_array(&DataType::Utf8View, array.len()),
            (Type::Varbinary, _) => {
                let bytes = cast(&array, &DataType::BinaryView)?;
                let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                Arc::new(bytes.as_binary_view().iter().map(text).collect::<StringViewArray>())
            }
            (Type::Double | Type::Real | Type::Decimal { .. }, _) => plain(&array, &athena),
            _ => shown(&array, &athena)?,
        };
        Ok(Self { array, texts: cast(&texts, &DataType::Utf8View)?, athena })
    }

    fn text(&self, row: usize) -> Option<&str> {
        let texts = self.texts.as_string_view();
        texts.is_valid(row).then(|| texts.value(row))
    }

    /// The item that a text is JSON of; nothing for NULL.
    fn json(&self, row: usize) -> Option<std::result::Result<Item, ()>> {
        let text = self.text(row)?;
        let known = serde_json::from_str::<IgnoredAny>(text).is_ok();
        Some(Item::of(text).filter(|_| known).ok_or(()))
    }

    /// The item that a value is.
    fn item(&self, row: usize) -> Item {
        let Some(text) = self.text(row) else { return Item::Null };
        match &self.athena {
            Type::Boolean => Item::Boolean(self.array.as_boolean_opt().is_some_and(|values| values.value(row))),
            Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt => {
                text.parse().map_or(Item::Null, |value| Item::Number(Number::Whole(value)))
            }
            Type::Double | Type::Real => text.parse().map_or(Item::Null, |value| Item::Number(Number::Double(value))),
            Type::Decimal { scale, .. } => {
                scan::decimal_of(text, 38, *scale).map_or(Item::Null, |digits| Item::Number(Number::Decimal(digits, *scale)))
            }
            Type::Json => Item::of(text).unwrap_or(Item::Null),
            _ => Item::Text(text.to_owned()),
        }
    }
}

/// Numbers as they are shown, without the exponent that a cast gives them.
fn plain(array: &ArrayRef, athena: &Type) -> ArrayRef {
    let text = |row: usize| {
        let mut out = String::new();
        crate::lake::engine::text::write(array.as_ref(), row, athena, &mut out).then_some(out)
    };
    Arc::new((0..array.len()).map(text).collect::<StringViewArray>())
}

fn exists(call: &Call) -> Result<ArrayRef> {
    let on_error = Options::of(call, 2).get(0).to_owned();
    let mut found: Vec<Option<bool>> = Vec::with_capacity(call.rows);
    outcomes(call, |_, outcome| {
        found.push(match outcome {
            Outcome::Null => None,
            Outcome::Found(items) => Some(!items.is_empty()),
            Outcome::Failed(code, reason) => match on_error.as_str() {
                "error" => return exec_err!("{code}: {reason}"),
                "true" => Some(true),
                "unknown" => None,
                _ => Some(false),
            },
        });
        Ok(())
    })?;
    booleans(call.rows, |row| Ok(found.get(row).copied().flatten()))
}

/// The type that RETURNING asks for.
fn value_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    match args.scalar_arguments.get(2).copied().flatten() {
        Some(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text))) => {
            Ok(Arc::new(arrow_field("json_value", &returned(text)?)))
        }
        _ => plan_err!("the options of json_value are a text"),
    }
}

fn returned(options: &str) -> Result<Type> {
    let name = options.split('|').nth(2).unwrap_or("varchar");
    Type::parse(name).ok_or_else(|| datafusion::common::plan_datafusion_err!("TYPE_NOT_FOUND: line 1:1: Unknown type: {name}"))
}

/// The rows of the answer: the values, those where nothing is found, those where it failed, and NULL.
const VALUE: usize = 0;
const EMPTY: usize = 1;
const ERROR: usize = 2;
const NULL: usize = 3;

const NOT_SCALAR: &str = "cannot extract SQL scalar from JSON: JSON path found ";
const RESULT: &str = "JSON_VALUE_RESULT_ERROR";

fn value(call: &Call) -> Result<ArrayRef> {
    let options = Options::of(call, 2);
    let to = returned(call.text(2, 0).unwrap_or(""))?;
    let (mut values, mut places): (Vec<Option<String>>, Vec<usize>) = (Vec::new(), Vec::new());
    let failed = |code: &str, reason: &str| if options.get(1) == "error" { exec_err!("{code}: {reason}") } else { Ok(ERROR) };
    outcomes(call, |_, outcome| {
        let (text, place) = match outcome {
            Outcome::Null => (None, NULL),
            Outcome::Failed(code, reason) => (None, failed(code, &reason)?),
            Outcome::Found(items) => match items.as_slice() {
                [] if options.get(0) == "error" => return exec_err!("{RESULT}: {NOT_SCALAR}no items"),
                [] => (None, EMPTY),
                [Item::Null] => (None, NULL),
                [Item::Array(_) | Item::Object(_)] => {
                    (None, failed(RESULT, &format!("{NOT_SCALAR}an item that cannot be converted to an SQL value"))?)
                }
                [item] => (Some(scalar_text(item, &to)), VALUE),
                _ => (None, failed(RESULT, &format!("{NOT_SCALAR}multiple items"))?),
            },
        };
        values.push(text);
        places.push(place);
        Ok(())
    })?;
    let texts: ArrayRef = Arc::new(values.iter().map(Option::as_deref).collect::<StringViewArray>());
    let made = Caster { lenient: true }.of_text(&texts, &to)?;
    for (row, place) in places.iter_mut().enumerate() {
        if *place == VALUE && made.is_null(row) {
            *place = failed(RESULT, &format!("cannot extract SQL scalar from JSON: the value is no {to}"))?;
        }
    }
    chosen(call, &made, &places)
}

/// The text of a scalar as a cast to a type takes it.
fn scalar_text(item: &Item, to: &Type) -> String {
    let mut out = String::new();
    match item {
        Item::Text(text) => out.push_str(text),
        other => other.write(&mut out),
    }
    let whole = matches!(to, Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt);
    match item {
        // A fraction rounds where a whole number is wanted.
        Item::Number(Number::Double(_) | Number::Decimal(..)) if whole => {
            scan::decimal_of(&out, 38, 0).map_or(out, |rounded| rounded.to_string())
        }
        Item::Number(Number::Double(_)) if matches!(to, Type::Varchar | Type::VarcharN(_) | Type::Char(_)) => scientific(&out),
        _ => out,
    }
}

/// For each row one of the values, those for where nothing is found, those for where it failed, or NULL.
fn chosen(call: &Call, values: &ArrayRef, places: &[usize]) -> Result<ArrayRef> {
    let wanted = call.gives.data_type();
    let (empty, error) = (cast(call.needed(3)?, wanted)?, cast(call.needed(4)?, wanted)?);
    let null = new_null_array(wanted, call.rows);
    let values = cast(values, wanted)?;
    let indices: Vec<(usize, usize)> = places.iter().copied().enumerate().map(|(row, place)| (place, row)).collect();
    Ok(interleave(&[values.as_ref(), empty.as_ref(), error.as_ref(), null.as_ref()], &indices)?)
}

fn query(call: &Call) -> Result<ArrayRef> {
    const OUTPUT: &str = "JSON_OUTPUT_CONVERSION_ERROR";
    let options = Options::of(call, 2);
    let (wrapper, omits) = (options.get(3), options.get(4) == "omit");
    let mut out: Vec<Option<String>> = Vec::with_capacity(call.rows);
    let behave = |behaviour: &str, code: &str, reason: &str| match behaviour {
        "error" => exec_err!("{code}: {reason}"),
        "array" => Ok(Some("[]".to_owned())),
        "object" => Ok(Some("{}".to_owned())),
        _ => Ok(None),
    };
    outcomes(call, |_, outcome| {
        out.push(match outcome {
            Outcome::Null => None,
            Outcome::Failed(code, reason) => behave(options.get(1), code, &reason)?,
            Outcome::Found(items) => {
                let wraps = match wrapper {
                    "unconditional" => true,
                    "conditional" => !matches!(items.as_slice(), [Item::Array(_) | Item::Object(_)]),
                    _ => false,
                };
                match items.as_slice() {
                    [] => behave(options.get(0), OUTPUT, "conversion from JSON failed: JSON path found no items")?,
                    [Item::Text(text)] if omits && !wraps => Some(text.clone()),
                    [one] if !wraps => {
                        let mut text = String::new();
                        one.write(&mut text);
                        Some(text)
                    }
                    _ if wraps => {
                        let mut text = String::new();
                        Item::Array(items).write(&mut text);
                        Some(text)
                    }
                    _ => behave(options.get(1), OUTPUT, "conversion from JSON failed: JSON path found multiple items")?,
                }
            }
        });
        Ok(())
    })?;
    texts(call.rows, |row| Ok(out.get(row).cloned().flatten().map(Cow::Owned)))
}

/// The JSON text of a value; the text itself where it is said to be JSON. Nothing for NULL.
fn written(values: &Values, json: bool, row: usize) -> Result<Option<String>> {
    if values.text(row).is_none() {
        return Ok(None);
    }
    let item = if json {
        match values.json(row) {
            Some(Ok(item)) => item,
            _ => return exec_err!("{CONVERSION}: conversion to JSON failed: "),
        }
    } else {
        values.item(row)
    };
    let mut out = String::new();
    item.write(&mut out);
    Ok(Some(out))
}

/// `options` says what becomes of NULL, whether keys are checked, and which values are JSON.
fn object(call: &Call) -> Result<ArrayRef> {
    let options = Options::of(call, 0);
    let (absent, unique, formats) = (options.get(0) == "absent", options.get(1) == "unique", options.get(2));
    let parts: Vec<Values> = (1..call.arrays.len()).map(|at| Values::of(call, at)).collect::<Result<_>>()?;
    texts(call.rows, |row| {
        let mut out = String::from("{");
        let mut seen: Vec<&str> = Vec::new();
        for (at, pair) in parts.chunks(2).enumerate() {
            let [key, value] = pair else { return exec_err!("a key has a value") };
            let Some(key) = key.text(row) else {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: null value passed for JSON object key to JSON_OBJECT function");
            };
            let text = match written(value, formats.as_bytes().get(at) == Some(&b'j'), row)? {
                None if absent => continue,
                text => text.unwrap_or_else(|| "null".to_owned()),
            };
            if seen.contains(&key) {
                if unique {
                    return exec_err!("INVALID_FUNCTION_ARGUMENT: duplicate key passed to JSON_OBJECT function");
                }
                return exec_err!("NOT_SUPPORTED: cannot construct a JSON object with duplicate key");
            }
            if !seen.is_empty() {
                out.push(',');
            }
            seen.push(key);
            quote(key, &mut out);
            out.push(':');
            out.push_str(&text);
        }
        out.push('}');
        Ok(Some(Cow::Owned(out)))
    })
}

fn array(call: &Call) -> Result<ArrayRef> {
    let options = Options::of(call, 0);
    let (absent, formats) = (options.get(0) != "null", options.get(2));
    let parts: Vec<Values> = (1..call.arrays.len()).map(|at| Values::of(call, at)).collect::<Result<_>>()?;
    texts(call.rows, |row| {
        let mut items = Vec::new();
        for (at, value) in parts.iter().enumerate() {
            match written(value, formats.as_bytes().get(at) == Some(&b'j'), row)? {
                None if absent => {}
                text => items.push(text.unwrap_or_else(|| "null".to_owned())),
            }
        }
        Ok(Some(Cow::Owned(format!("[{}]", items.join(",")))))
    })
}
