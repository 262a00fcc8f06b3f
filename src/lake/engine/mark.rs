//! Where each part of a query was written, carried through the syntax tree to the planner inside of operators of the lake's own.
//!
//! A mark is an operator's sign and places: its own, then those of the parts that an error may point at. An expression that is no
//! operator is marked by [`AT`] with NULL on its other side.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Spanned as _, UnaryOperator, Value,
};
use datafusion::sql::sqlparser::tokenizer::{Location, Span};

/// The sign of a mark around an expression that stays what it is.
pub(super) const AT: &str = "at";

/// The sign of `-x`.
pub(super) const NEGATIVE: &str = "NEGATIVE";

/// The sign of `NOT x`.
pub(super) const NOT: &str = "NOT";

/// The sign around a pattern of LIKE in which the backslash stands for itself.
pub(super) const PATTERN: &str = "PATTERN";

/// The sign around an `IF`, which is planned as a CASE.
pub(super) const IF: &str = "if";

/// The sign around a name in GROUP BY or HAVING that must be a column's, not an alias's.
pub(super) const COLUMN: &str = "column";

/// The signs around predicates of clauses.
pub(super) const WHERE: &str = "WHERE";
pub(super) const HAVING: &str = "HAVING";
pub(super) const ON: &str = "ON";

/// The sign between a value of a row and that of an earlier row in VALUES.
pub(super) const VALUES: &str = "VALUES";

/// The sign between a value to be inserted and a NULL of the column's type.
pub(super) const INSERT: &str = "INSERT";

/// The signs of intervals: the number is of milliseconds or of months.
pub(super) const MILLIS: &str = "millis";
pub(super) const MONTHS: &str = "months";

/// A line and a column, both from 1; both 0 where they are not known.
pub(super) type Place = (u64, u64);

/// What a marked operator says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) sign: String,
    pub(super) place: Place,
    parts: Vec<Place>,
}

impl Mark {
    /// Reads a mark; `None` where an operator is none of the lake's own.
    pub(super) fn read(operator: &BinaryOperator) -> Option<Self> {
        let BinaryOperator::Custom(text) = operator else { return None };
        let mut words = text.split(' ');
        let sign = words.next()?.to_owned();
        let mut places = words.filter_map(|word| {
            let (line, column) = word.split_once(':')?;
            Some((line.parse().ok()?, column.parse().ok()?))
        });
        let place = places.next()?;
        Some(Self { sign, place, parts: places.collect() })
    }

    /// The place of a part, from 0; the mark's own where it is not known.
    pub(super) fn part(&self, at: usize) -> Place {
        self.parts.get(at).copied().filter(|place| place.0 > 0).unwrap_or(self.place)
    }
}

/// The operator of a sign at a place, with the places of parts.
pub(super) fn operator(sign: &str, place: Place, parts: &[Place]) -> BinaryOperator {
    let places: Vec<String> = std::iter::once(&place).chain(parts).map(|(line, column)| format!("{line}:{column}")).collect();
    BinaryOperator::Custom(format!("{sign} {}", places.join(" ")))
}

/// The place of a location.
pub(super) const fn place_of(location: Location) -> Place {
    (location.line, location.column)
}

/// An expression with a mark around it.
pub(super) fn marked(sign: &str, place: Place, parts: &[Place], expr: Expr) -> Expr {
    let null = Expr::Value(Value::Null.with_empty_span());
    Expr::BinaryOp { left: Box::new(expr), op: operator(sign, place, parts), right: Box::new(null) }
}

/// Where an expression stands, as Trino counts it: an operator stands where its sign does.
pub(super) fn place(expr: &Expr) -> Place {
    match expr {
        Expr::BinaryOp { left, op, .. } => match Mark::read(op) {
            Some(mark) => mark.place,
            None => place(left),
        },
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => place(inner),
        Expr::CompoundIdentifier(idents) => idents.first().map_or((0, 0), |ident| place_of(ident.span.start)),
        Expr::Function(function) => name(function).map_or((0, 0), |ident| place_of(ident.span.start)),
        Expr::Case { case_token, .. } => place_of(case_token.0.span.start),
        Expr::UnaryOp { expr: inner, .. } => place(inner),
        other => {
            let span = other.span();
            if span == Span::empty() { (0, 0) } else { place_of(span.start) }
        }
    }
}

fn name(function: &Function) -> Option<&Ident> {
    function.name.0.last().and_then(|part| part.as_ident())
}

/// The places of the parts of an expression, in the order in which the planner finds them.
fn parts(expr: &Expr) -> Vec<Place> {
    match expr {
        Expr::InList { expr, list, .. } => std::iter::once(expr.as_ref()).chain(list).map(place).collect(),
        Expr::Between { expr, low, high, .. } => [expr, low, high].into_iter().map(|part| place(part)).collect(),
        Expr::Like { expr, pattern, .. } => [expr, pattern].into_iter().map(|part| place(part)).collect(),
        Expr::Array(array) => array.elem.iter().map(place).collect(),
        Expr::Case { conditions, else_result, .. } => {
            let pairs = conditions.iter().flat_map(|pair| [place(&pair.condition), place(&pair.result)]);
            pairs.chain(else_result.iter().map(|other| place(other))).collect()
        }
        Expr::Function(function) => match &function.args {
            FunctionArguments::List(list) => list
                .args
                .iter()
                .map(|argument| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) => place(argument),
                    _ => (0, 0),
                })
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Puts a mark around an expression that the planner is to check; one that the parser put there learns the places of the parts.
pub(super) fn annotate(expr: &mut Expr, here: Place) {
    match expr {
        Expr::BinaryOp { left, op: op @ (BinaryOperator::And | BinaryOperator::Or), right } => {
            let sign = if *op == BinaryOperator::And { "AND" } else { "OR" };
            let (first, second) = (place(left), place(right));
            *op = operator(sign, first, &[first, second]);
        }
        Expr::BinaryOp { left, op, right } => {
            if let Some(mark) = Mark::read(op) {
                match mark.sign.as_str() {
                    AT => *op = operator(AT, mark.place, &parts(left)),
                    // Its places are known since it was put there.
                    IF => {}
                    sign => *op = operator(sign, mark.place, &[place(left), place(right)]),
                }
            }
        }
        Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => {
            let parts = [place(inner)];
            let plain = std::mem::replace(inner.as_mut(), Expr::Value(Value::Null.with_empty_span()));
            *expr = marked(NOT, here, &parts, plain);
        }
        Expr::Function(_) | Expr::Case { .. } | Expr::Array(_) | Expr::Trim { .. } | Expr::Ceil { .. } | Expr::Floor { .. } => {
            let parts = parts(expr);
            let plain = std::mem::replace(expr, Expr::Value(Value::Null.with_empty_span()));
            *expr = marked(AT, here, &parts, plain);
        }
        _ => {}
    }
}

/// Marks the predicate of a clause, unless it is a mere constant.
pub(super) fn predicate(sign: &str, expr: &mut Expr) {
    if !matches!(expr, Expr::Value(_)) {
        let here = place(expr);
        let plain = std::mem::replace(expr, Expr::Value(Value::Null.with_empty_span()));
        *expr = marked(sign, here, &[], plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_survive_the_way_through_an_operator() {
        let mark = Mark::read(&operator("=", (1, 8), &[(2, 3), (0, 0)])).unwrap();
        assert_eq!((mark.sign.as_str(), mark.place), ("=", (1, 8)));
        assert_eq!((mark.part(0), mark.part(1), mark.part(7)), ((2, 3), (1, 8), (1, 8)));
        assert_eq!(Mark::read(&BinaryOperator::Plus), None);
    }
}
