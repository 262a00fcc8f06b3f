//! Which types Trino brings together of its own accord: integer to bigint, decimal and double, date to timestamp, and no more.

use crate::sql::Type;

/// The type that values of both types are brought to; `None` where Trino has none.
pub(in crate::lake::engine) fn common(one: &Type, other: &Type) -> Option<Type> {
    use Type::{Char, Date, Decimal, Real, Time, Timestamp, TimestampTz, Unknown, Varchar, VarcharN};
    Some(match (one, other) {
        (one, other) if one == other => one.clone(),
        (Unknown, known) | (known, Unknown) => known.clone(),
        (VarcharN(n), VarcharN(m)) => VarcharN(*n.max(m)),
        (Varchar, VarcharN(_) | Char(_)) | (VarcharN(_) | Char(_), Varchar) => Varchar,
        (Char(n), Char(m) | VarcharN(m)) | (VarcharN(n), Char(m)) => Char(*n.max(m)),
        (Date, Timestamp(digits)) | (Timestamp(digits), Date) => Timestamp(*digits),
        (Date, TimestampTz(digits)) | (TimestampTz(digits), Date) => TimestampTz(*digits),
        (Timestamp(a), Timestamp(b)) => Timestamp(*a.max(b)),
        (TimestampTz(a) | Timestamp(a), TimestampTz(b)) | (TimestampTz(a), Timestamp(b)) => TimestampTz(*a.max(b)),
        (Time(a), Time(b)) => Time(*a.max(b)),
        (Type::Array(a), Type::Array(b)) => Type::Array(Box::new(common(a, b)?)),
        (Type::Map(k, v), Type::Map(l, w)) => Type::Map(Box::new(common(k, l)?), Box::new(common(v, w)?)),
        (Type::Row(fields), Type::Row(others)) if fields.len() == others.len() => {
            let mut both = Vec::with_capacity(fields.len());
            for ((name, a), (other, b)) in fields.iter().zip(others) {
                both.push((if name == other { name.clone() } else { None }, common(a, b)?));
            }
            Type::Row(both)
        }
        (Decimal { precision: p, scale: s }, Decimal { precision: q, scale: t }) => {
            let scale = *s.max(t);
            Decimal { precision: ((p - s).max(q - t) + scale).min(38), scale }
        }
        (exact @ Decimal { .. }, whole) | (whole, exact @ Decimal { .. }) if digits(whole).is_some() => {
            common(exact, &Decimal { precision: digits(whole)?, scale: 0 })?
        }
        (Real, exact) | (exact, Real) if rank(exact)? < 6 => Real,
        _ => {
            let (a, b) = (rank(one)?, rank(other)?);
            if a >= b { one.clone() } else { other.clone() }
        }
    })
}

/// How many decimal digits a whole number's type needs.
pub(super) const fn digits(whole: &Type) -> Option<u8> {
    match whole {
        Type::TinyInt => Some(3),
        Type::SmallInt => Some(5),
        Type::Integer => Some(10),
        Type::BigInt => Some(19),
        _ => None,
    }
}

const fn rank(number: &Type) -> Option<u8> {
    match number {
        Type::TinyInt => Some(1),
        Type::SmallInt => Some(2),
        Type::Integer => Some(3),
        Type::BigInt => Some(4),
        Type::Decimal { .. } => Some(5),
        Type::Real => Some(6),
        Type::Double => Some(7),
        _ => None,
    }
}

/// Whether a type holds texts.
pub(super) const fn is_text(athena: &Type) -> bool {
    matches!(athena, Type::Varchar | Type::VarcharN(_) | Type::Char(_))
}

/// Whether values of a type have an order.
pub(super) fn is_orderable(athena: &Type) -> bool {
    match athena {
        Type::Json | Type::Map(..) => false,
        Type::Array(item) => is_orderable(item),
        Type::Row(fields) => fields.iter().all(|(_, item)| is_orderable(item)),
        _ => true,
    }
}

/// Whether Trino puts a value of one type into a column of another without being told to.
pub(super) fn fits(value: &Type, column: &Type) -> bool {
    match (value, column) {
        (Type::Unknown, _) => true,
        // A text of another length is refused only when a value is too long.
        (one, other) if is_text(one) && is_text(other) => true,
        (Type::Timestamp(_), Type::Timestamp(_)) => true,
        (Type::Array(one), Type::Array(other)) => fits(one, other),
        (Type::Map(key, item), Type::Map(other_key, other)) => fits(key, other_key) && fits(item, other),
        (Type::Row(fields), Type::Row(others)) => {
            fields.len() == others.len() && fields.iter().zip(others).all(|((_, one), (_, other))| fits(one, other))
        }
        (one, other) => common(one, other).as_ref() == Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trino_coerces_has_a_common_type() {
        for (one, other, both) in [
            ("integer", "bigint", Some("bigint")),
            ("tinyint", "double", Some("double")),
            ("bigint", "real", Some("real")),
            ("real", "double", Some("double")),
            ("integer", "decimal(5,2)", Some("decimal(12,2)")),
            ("decimal(5,2)", "decimal(10,4)", Some("decimal(10,4)")),
            ("decimal(5,2)", "real", Some("real")),
            ("varchar(3)", "varchar(5)", Some("varchar(5)")),
            ("varchar", "char(3)", Some("varchar")),
            ("date", "timestamp(3)", Some("timestamp(3)")),
            ("timestamp(3)", "timestamp(6) with time zone", Some("timestamp(6) with time zone")),
            ("array(integer)", "array(double)", Some("array(double)")),
            ("unknown", "json", Some("json")),
            ("varchar", "integer", None),
            ("varchar", "date", None),
            ("boolean", "integer", None),
            ("json", "varchar", None),
            ("varbinary", "varchar", None),
            ("interval day to second", "interval year to month", None),
            ("array(integer)", "array(varchar)", None),
            ("time(3)", "timestamp(3)", None),
        ] {
            let read = |text: &str| Type::parse(text).unwrap();
            let wanted = both.map(read);
            assert_eq!(common(&read(one), &read(other)), wanted, "{one} and {other}");
            assert_eq!(common(&read(other), &read(one)), wanted, "{other} and {one}");
        }
    }

    #[test]
    fn a_column_takes_what_widens_to_it() {
        for (value, column, taken) in [
            ("integer", "bigint", true),
            ("bigint", "integer", false),
            ("varchar(9)", "varchar(3)", true),
            ("varchar(1)", "integer", false),
            ("integer", "double", true),
            ("decimal(4,2)", "decimal(3,1)", false),
            ("date", "timestamp(3)", true),
            ("timestamp(3)", "date", false),
        ] {
            assert_eq!(fits(&Type::parse(value).unwrap(), &Type::parse(column).unwrap()), taken, "{value} into {column}");
        }
    }
}
