//! Schemas of several files: how alike they are, and what holds them all.

use crate::model::{Column, HiveType};

/// A Hive type taken apart as far as merging needs it.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Plain(String),
    Array(Box<Shape>),
    Map(Box<Shape>, Box<Shape>),
    Struct(Vec<(String, Shape)>),
}

impl Shape {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        let inside = |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.strip_suffix('>'));
        if let Some(item) = inside("array<") {
            return Self::Array(Box::new(Self::parse(item)));
        }
        if let Some(fields) = inside("struct<") {
            return Self::Struct(
                parts(fields, ',')
                    .filter_map(|field| {
                        let (name, shape) = field.split_once(':')?;
                        Some((name.trim().to_owned(), Self::parse(shape)))
                    })
                    .collect(),
            );
        }
        if let Some((key, value)) = inside("map<").and_then(|inner| {
            let mut parts = parts(inner, ',');
            Some((parts.next()?, parts.next()?))
        }) {
            return Self::Map(Box::new(Self::parse(key)), Box::new(Self::parse(value)));
        }
        Self::Plain(text.to_lowercase())
    }

    fn print(&self) -> String {
        match self {
            Self::Plain(name) => name.clone(),
            Self::Array(item) => format!("array<{}>", item.print()),
            Self::Map(key, value) => format!("map<{},{}>", key.print(), value.print()),
            Self::Struct(fields) => {
                let fields: Vec<String> = fields.iter().map(|(name, shape)| format!("{name}:{}", shape.print())).collect();
                format!("struct<{}>", fields.join(","))
            }
        }
    }

    fn merge(self, other: Self) -> Self {
        match (self, other) {
            (one, two) if one == two => one,
            (Self::Plain(one), Self::Plain(two)) => Self::Plain(wider(&one, &two).to_owned()),
            (Self::Array(one), Self::Array(two)) => Self::Array(Box::new(one.merge(*two))),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                Self::Map(Box::new(key.merge(*other_key)), Box::new(value.merge(*other_value)))
            }
            (Self::Struct(mut one), Self::Struct(two)) => {
                for (name, shape) in two {
                    match one.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, known)) => *known = known.clone().merge(shape),
                        None => one.push((name, shape)),
                    }
                }
                Self::Struct(one)
            }
            _ => Self::Plain("string".to_owned()),
        }
    }
}

/// The parts of a list between these separators, those inside angle brackets and parentheses left alone.
fn parts(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |c: char| {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            _ => {}
        }
        c == separator && depth == 0
    })
}

/// The narrower types first; each holds the values of those before it.
const WHOLE: [&str; 4] = ["tinyint", "smallint", "int", "bigint"];

fn wider<'a>(one: &'a str, two: &'a str) -> &'a str {
    let rank = |name: &str| WHOLE.iter().position(|known| *known == name);
    let fraction = |name: &str| matches!(name, "float" | "double") || name.starts_with("decimal");
    match (rank(one), rank(two)) {
        _ if one == two => one,
        (Some(first), Some(second)) => {
            if first >= second {
                one
            } else {
                two
            }
        }
        (Some(_), None) if fraction(two) => "double",
        (None, Some(_)) if fraction(one) => "double",
        (None, None) if fraction(one) && fraction(two) => "double",
        (None, None) if matches!((one, two), ("date", "timestamp") | ("timestamp", "date")) => "timestamp",
        _ => "string",
    }
}

/// The type that holds the values of both: the wider number, the union of a struct's fields, else `string`.
#[must_use]
pub fn merge_types(one: &HiveType, two: &HiveType) -> HiveType {
    HiveType(Shape::parse(one.as_str()).merge(Shape::parse(two.as_str())).print())
}

/// Whether a column of both types keeps its meaning when they are merged: neither becomes text unless one was.
#[must_use]
pub fn compatible(one: &HiveType, two: &HiveType) -> bool {
    one == two || merge_types(one, two).as_str() != "string"
}

/// How alike two schemas are, from 0 to 1: the columns of the same name and compatible types, by the number of columns of the longer one.
/// Above 0.7 a crawler takes the files for parts of one table.
#[must_use]
pub fn similarity(one: &[Column], two: &[Column]) -> f64 {
    let longer = one.len().max(two.len());
    if longer == 0 {
        return 1.0;
    }
    let shared = one.iter().filter(|a| two.iter().any(|b| a.name == b.name && compatible(&a.hive_type, &b.hive_type))).count();
    shared as f64 / longer as f64
}

/// The schema that holds both: the columns in the order met, each with a type that holds the values of both.
#[must_use]
pub fn merge_schemas(one: &[Column], two: &[Column]) -> Vec<Column> {
    let mut merged = one.to_vec();
    for column in two {
        match merged.iter_mut().find(|known| known.name == column.name) {
            Some(known) => known.hive_type = merge_types(&known.hive_type, &column.hive_type),
            None => merged.push(column.clone()),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(one: &str, two: &str) -> String {
        merge_types(&HiveType::new(one), &HiveType::new(two)).0
    }

    #[test]
    fn types_widen() {
        assert_eq!(merged("int", "bigint"), "bigint");
        assert_eq!(merged("bigint", "double"), "double");
        assert_eq!(merged("date", "timestamp"), "timestamp");
        assert_eq!(merged("boolean", "int"), "string");
        assert_eq!(merged("decimal(10,2)", "decimal(10,2)"), "decimal(10,2)");
        assert_eq!(merged("array<int>", "array<double>"), "array<double>");
        assert_eq!(
            merged("struct<a:int,b:struct<c:decimal(4,2),d:map<string,int>>>", "struct<b:struct<d:map<string,bigint>>,e:string>"),
            "struct<a:int,b:struct<c:decimal(4,2),d:map<string,bigint>>,e:string>"
        );
        assert_eq!(merged("array<int>", "int"), "string");
    }

    #[test]
    fn schemas_compare_and_merge() {
        let schema = |columns: &[(&str, &str)]| columns.iter().map(|(name, kind)| Column::new(name, kind)).collect::<Vec<_>>();
        let one = schema(&[("a", "int"), ("b", "string"), ("c", "double"), ("d", "date")]);
        let two = schema(&[("a", "bigint"), ("b", "string"), ("c", "bigint"), ("e", "date")]);
        assert!((similarity(&one, &two) - 0.75).abs() < 1e-12);
        assert!((similarity(&one, &schema(&[("a", "boolean")]))).abs() < 1e-12);
        let both = merge_schemas(&one, &two);
        let names: Vec<(&str, &str)> = both.iter().map(|column| (column.name.as_str(), column.hive_type.as_str())).collect();
        assert_eq!(names, [("a", "bigint"), ("b", "string"), ("c", "double"), ("d", "date"), ("e", "date")]);
    }
}
