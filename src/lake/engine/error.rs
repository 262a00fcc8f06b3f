//! What goes wrong in a query, in Athena's words.

use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;

/// Why a query failed. The text begins with Athena's name of the error: `COLUMN_NOT_FOUND: line 1:8: …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct QueryError {
    /// The text of the state change reason.
    pub text: String,
}

/// Whose fault an error is, in Athena's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorClass {
    /// 1 the service's, 2 the user's, 3 another's.
    pub category: i64,
    /// Athena's number of the error.
    pub kind: i64,
}

impl QueryError {
    /// An error with this whole text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// The numbers that `AthenaError` carries.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        let code = self.text.split(':').next().unwrap_or("");
        let (category, kind) = match code {
            "DIVISION_BY_ZERO" => (2, 1001),
            "TYPE_MISMATCH" => (2, 1002),
            "SYNTAX_ERROR" => (2, 1003),
            "COLUMN_NOT_FOUND" => (2, 1006),
            "INVALID_CAST_ARGUMENT" => (2, 1100),
            "NOT_SUPPORTED" => (2, 1200),
            "TABLE_NOT_FOUND" | "SCHEMA_NOT_FOUND" => (2, 1301),
            "FUNCTION_NOT_FOUND" => (2, 1303),
            "GENERIC_INTERNAL_ERROR" => (1, 100),
            _ if self.text.starts_with("FAILED:") => (2, 1300),
            _ => (2, 1000),
        };
        ErrorClass { category, kind }
    }
}

/// Where names stand in the query, to say where a missing one was written.
pub(super) trait Places {
    /// The line and column of a name, both from 1.
    fn place(&self, name: &str) -> Option<(usize, usize)>;

    /// The line and column of a name in USING, and the relation on the right of that join.
    fn using(&self, name: &str) -> Option<((usize, usize), Option<String>)>;
}

/// The words for an error of DataFusion's.
pub(super) fn translated(error: &DataFusionError, places: &dyn Places) -> QueryError {
    let span = error.diagnostic().and_then(|diagnostic| diagnostic.span).map(|span| (span.start.line, span.start.column));
    let at = |name: &str| match (span, places.place(name)) {
        (Some((line, column)), _) => format!("line {line}:{column}"),
        (None, Some((line, column))) => format!("line {line}:{column}"),
        (None, None) => "line 1:1".to_owned(),
    };
    let root = error.find_root();
    if let DataFusionError::SchemaError(schema_error, _) = root {
        match schema_error.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let name = match &field.relation {
                    Some(relation) => format!("{}.{}", relation.table(), field.name),
                    None => field.name.clone(),
                };
                if let (None, Some(((line, column), right))) = (&field.relation, places.using(&field.name)) {
                    let of_right =
                        |known: &datafusion::common::Column| known.relation.as_ref().map(|relation| relation.table().to_owned()) == right;
                    let side = if valid_fields.iter().all(of_right) { "right" } else { "left" };
                    let message = format!("Column '{name}' is missing from {side} side of join");
                    return QueryError::new(format!("COLUMN_NOT_FOUND: line {line}:{column}: {message}"));
                }
                let near = nearest(&field.name, valid_fields.iter().map(|known| known.name.as_str()));
                let hint = near.map(|near| format!(". Did you mean '{near}'?")).unwrap_or_default();
                return QueryError::new(format!("COLUMN_NOT_FOUND: {}: Column '{name}' cannot be resolved{hint}", at(&field.name)));
            }
            SchemaError::AmbiguousReference { field } => {
                return QueryError::new(format!("AMBIGUOUS_NAME: {}: Column '{}' is ambiguous", at(&field.name), field.name));
            }
            SchemaError::DuplicateUnqualifiedField { name } | SchemaError::DuplicateQualifiedField { name, .. } => {
                return QueryError::new(format!("DUPLICATE_COLUMN_NAME: {}: Column name '{name}' specified more than once", at(name)));
            }
        }
    }
    let text = root.strip_backtrace();
    let text = innermost(&text);
    if let Some(name) = ungrouped(text) {
        return QueryError::new(format!(
            "EXPRESSION_NOT_AGGREGATE: {}: '{name}' must be an aggregate expression or appear in GROUP BY clause",
            at(name)
        ));
    }
    if let Some((clause, position)) = outside(text) {
        let place = at(&format!("{clause} {position}"));
        return QueryError::new(format!("INVALID_COLUMN_REFERENCE: {place}: {clause} position {position} is not in select list"));
    }
    let of_name = |name: &str| places.place(name).map_or_else(|| "line 1:1".to_owned(), |(line, column)| format!("line {line}:{column}"));
    if let Some(other) = of_shape(text, &of_name) {
        return QueryError::new(other);
    }
    if let Some(coded) = coded(text) {
        return QueryError::new(placed(coded, &at));
    }
    if text.contains("Divide by zero") || text.contains("DivideByZero") {
        return QueryError::new("DIVISION_BY_ZERO: Division by zero");
    }
    if let Some(name) = text.strip_prefix("Invalid function '").and_then(|rest| rest.split('\'').next()) {
        return QueryError::new(format!("FUNCTION_NOT_FOUND: {}: Function '{name}' not registered", at(name)));
    }
    if let Some(rest) = text.strip_prefix("Cannot cast string '") {
        let (value, rest) = rest.split_once('\'').unwrap_or((rest, ""));
        let wanted = rest.split("value of ").nth(1).and_then(|tail| tail.split(' ').next()).map_or("the type", trino_name);
        return QueryError::new(format!("INVALID_CAST_ARGUMENT: Cannot cast '{value}' to {wanted}"));
    }
    if let Some((kind, rest)) = text.split_once("Array overflow on abs(") {
        let name = trino_name(kind.rsplit(' ').next().unwrap_or(kind));
        let value = rest.split(')').next().unwrap_or(rest);
        return QueryError::new(format!("NUMERIC_VALUE_OUT_OF_RANGE: Value {value} is out of range for abs({name})"));
    }
    match root {
        DataFusionError::ResourcesExhausted(_) => {
            QueryError::new(format!("EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded the memory of the local lake: {text}"))
        }
        DataFusionError::NotImplemented(_) => QueryError::new(format!("NOT_SUPPORTED: {text}")),
        DataFusionError::Plan(_) => QueryError::new(format!("{}: line 1:1: {text}", plan_code(text))),
        DataFusionError::ArrowError(..) if text.contains("verflow") => QueryError::new(format!("NUMERIC_VALUE_OUT_OF_RANGE: {text}")),
        DataFusionError::Execution(_) | DataFusionError::ArrowError(..) => QueryError::new(format!("INVALID_FUNCTION_ARGUMENT: {text}")),
        _ => QueryError::new(format!("GENERIC_INTERNAL_ERROR: {text}")),
    }
}

/// The column that is neither grouped by nor aggregated, where that is the error.
fn ungrouped(text: &str) -> Option<&str> {
    let (before, _) = text.split_once("\" must appear in the GROUP BY clause")?;
    let name = before.rsplit_once('"').map_or(before, |(_, name)| name);
    Some(name.rsplit_once('.').map_or(name, |(_, column)| column))
}

/// Trino's words where columns or rows are too many or too few, or aggregates stand in aggregates.
fn of_shape(text: &str, at: &dyn Fn(&str) -> String) -> Option<String> {
    let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    if let Some(rest) = text.strip_prefix("Source table contains ") {
        let (columns, rest) = rest.split_once(" columns but only ")?;
        let names = number(rest);
        let message = format!("Column alias list has {names} entries but the relation has {columns} columns available");
        return Some(format!("MISMATCHED_COLUMN_ALIASES: line 1:1: {message}"));
    }
    if let Some(rest) = text.strip_prefix("Inconsistent data length across values list: got ") {
        let wanted = rest.rsplit_once("but expected ")?.1;
        return Some(format!("TYPE_MISMATCH: line 1:1: Values rows have mismatched sizes: {} vs {}", number(wanted), number(rest)));
    }
    if text.starts_with("UNION queries have different number of columns") {
        return Some("TYPE_MISMATCH: line 1:1: UNION query has different number of fields".to_owned());
    }
    if let Some((name, rest)) = text.split_once(" query must have the same number of columns. Left is ") {
        let (left, right) = rest.split_once(" and right is ")?;
        return Some(format!("TYPE_MISMATCH: line 1:1: {name} query has different number of fields: {left}, {}", number(right)));
    }
    if let Some(rest) = text.strip_prefix("Aggregate function calls cannot be nested: '") {
        let (inner, rest) = rest.split_once("' is nested inside '")?;
        let outer = rest.split('(').next()?;
        // DataFusion writes columns with their tables.
        let inner = inner.split_inclusive(['(', ' ', ',']).map(|part| part.rsplit('.').next().unwrap_or(part)).collect::<String>();
        return Some(format!("NESTED_AGGREGATION: {}: Cannot nest aggregations inside aggregation '{outer}': [{inner}]", at(outer)));
    }
    text.contains("Scalar subquery returned more than one row")
        .then(|| "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows".to_owned())
}

/// The clause and the number that is beyond the select list, where that is the error.
fn outside(text: &str) -> Option<(&'static str, &str)> {
    if let Some(rest) = text.strip_prefix("Cannot find column with position ") {
        return Some(("GROUP BY", rest.split(' ').next()?));
    }
    let rest = text.strip_prefix("Order by column out of bounds, specified: ")?;
    Some(("ORDER BY", rest.split(',').next()?))
}

/// The known name that is the fewest edits away, if it is near enough to be meant.
fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let far = name.chars().count() / 3;
    known
        .filter(|known| !known.starts_with('$'))
        .map(|known| (super::functions::edits(name, known), known))
        .filter(|(edits, _)| (1..=far.min(3)).contains(edits))
        .min()
        .map(|(_, known)| known)
}

fn plan_code(text: &str) -> &'static str {
    let aggregate = text.contains("GROUP BY") || text.contains("group by") || text.contains("appear in the GROUP");
    if aggregate {
        "EXPRESSION_NOT_AGGREGATE"
    } else if text.contains("coerce") || text.contains("type") || text.contains("signature") {
        "TYPE_MISMATCH"
    } else {
        "SYNTAX_ERROR"
    }
}

/// The text without the names of DataFusion's own error kinds before it.
fn innermost(text: &str) -> &str {
    const KINDS: [&str; 12] = [
        "Error during planning: ",
        "Execution error: ",
        "This feature is not implemented: ",
        "Arrow error: ",
        "Schema error: ",
        "External error: ",
        "Internal error: ",
        "Optimizer rule 'simplify_expressions' failed",
        "caused by",
        "type_coercion",
        "Cast error: ",
        "Compute error: ",
    ];
    let mut rest = text;
    while let Some(shorter) = KINDS.iter().find_map(|kind| rest.trim_start().strip_prefix(kind)) {
        rest = shorter;
    }
    rest.trim()
}

/// The part of a text that begins with one of Athena's names for errors: capitals and underscores before a colon.
fn coded(text: &str) -> Option<&str> {
    let is_code = |word: &str| word.len() > 5 && word.contains('_') && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(": ")) {
        let end = from + at;
        let start = text.get(..end)?.rfind(|c: char| !(c.is_ascii_uppercase() || c == '_')).map_or(0, |before| before + 1);
        if is_code(text.get(start..end)?) {
            let rest = text.get(start..)?;
            let rest = rest.split(". No function matches the given name").next().unwrap_or(rest);
            return Some(rest.trim_end());
        }
        from = end + 2;
    }
    None
}

/// The same error with the place of the function that it names.
fn placed(text: &str, at: &dyn Fn(&str) -> String) -> String {
    let name = text.split("for function ").nth(1).and_then(|rest| rest.split(['.', ' ']).next());
    match name {
        Some(name) if text.contains(": line 1:1: ") => text.replacen("line 1:1", &at(name), 1),
        _ => text.to_owned(),
    }
}

fn trino_name(arrow: &str) -> &'static str {
    match arrow {
        "Int8" => "tinyint",
        "Int16" => "smallint",
        "Int32" => "integer",
        "Int64" => "bigint",
        "Float32" => "real",
        "Float64" => "double",
        "Boolean" => "boolean",
        "Date32" => "date",
        _ => "the type",
    }
}
