//! The types of Athena as a tree: read from Hive's DDL (`array<int>`) and Trino's queries (`array(integer)`), written as either.

use std::fmt;

/// A type of a column or value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// `boolean`.
    Boolean,
    /// 8 bits.
    TinyInt,
    /// 16 bits.
    SmallInt,
    /// 32 bits: `int` in Hive, `integer` in Trino.
    Integer,
    /// 64 bits.
    BigInt,
    /// 32-bit floating point: `float` in Hive, `real` in Trino.
    Real,
    /// 64-bit floating point.
    Double,
    /// Exact numbers.
    Decimal {
        /// Digits in all, 1 to 38.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// Text of any length: `string` in Hive, `varchar` in Trino.
    Varchar,
    /// Text of at most this many characters.
    VarcharN(u32),
    /// Text of exactly this many characters, padded with blanks.
    Char(u32),
    /// Bytes: `binary` in Hive, `varbinary` in Trino.
    Varbinary,
    /// A day.
    Date,
    /// A time of day with so many decimals of a second.
    Time(u8),
    /// A date and time with so many decimals of a second.
    Timestamp(u8),
    /// A date and time in a time zone.
    TimestampTz(u8),
    /// A span of days to milliseconds, in queries only.
    IntervalDayToSecond,
    /// A span of years and months, in queries only.
    IntervalYearToMonth,
    /// JSON, in queries only.
    Json,
    /// A UUID, in queries only.
    Uuid,
    /// The type of a bare NULL.
    Unknown,
    /// A list.
    Array(Box<Type>),
    /// A map.
    Map(Box<Type>, Box<Type>),
    /// A record: `struct<name:type>` in Hive, `row(name type)` in Trino.
    Row(Vec<(Option<String>, Type)>),
}

impl Type {
    /// Reads a type in either dialect; `None` when the text is no type.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text.trim(), depth: 0 };
        let parsed = reader.read()?;
        reader.skip();
        reader.rest.is_empty().then_some(parsed)
    }

    /// The type as Hive's DDL and Glue write it.
    #[must_use]
    pub fn hive(&self) -> String {
        match self {
            Self::Integer => "int".to_owned(),
            Self::Real => "float".to_owned(),
            Self::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
            Self::Varchar | Self::Json | Self::Uuid | Self::Unknown | Self::Time(_) => "string".to_owned(),
            Self::Varbinary => "binary".to_owned(),
            Self::Timestamp(_) | Self::TimestampTz(_) => "timestamp".to_owned(),
            Self::Array(item) => format!("array<{}>", item.hive()),
            Self::Map(key, value) => format!("map<{},{}>", key.hive(), value.hive()),
            Self::Row(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .enumerate()
                    .map(|(at, (name, item))| format!("{}:{}", name.clone().unwrap_or_else(|| format!("field{at}")), item.hive()))
                    .collect();
                format!("struct<{}>", fields.join(","))
            }
            other => other.to_string(),
        }
    }

    /// Whether values are texts, of whatever length.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Varchar | Self::VarcharN(_) | Self::Char(_))
    }

    /// Whether values are whole numbers.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self, Self::TinyInt | Self::SmallInt | Self::Integer | Self::BigInt)
    }

    /// The name alone, without parameters, as Athena's result metadata states it: `varchar`, `decimal`, `array`.
    #[must_use]
    pub const fn athena(&self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::TinyInt => "tinyint",
            Self::SmallInt => "smallint",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
            Self::Real => "float",
            Self::Double => "double",
            Self::Decimal { .. } => "decimal",
            Self::Varchar | Self::VarcharN(_) => "varchar",
            Self::Char(_) => "char",
            Self::Varbinary => "varbinary",
            Self::Date => "date",
            Self::Time(_) => "time",
            Self::Timestamp(_) => "timestamp",
            Self::TimestampTz(_) => "timestamp with time zone",
            Self::IntervalDayToSecond => "interval day to second",
            Self::IntervalYearToMonth => "interval year to month",
            Self::Json => "json",
            Self::Uuid => "uuid",
            Self::Unknown => "unknown",
            Self::Array(_) => "array",
            Self::Map(..) => "map",
            Self::Row(_) => "row",
        }
    }
}

/// Trino's notation, as error messages and `typeof` have it.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real => f.write_str("real"),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::VarcharN(length) => write!(f, "varchar({length})"),
            Self::Char(length) => write!(f, "char({length})"),
            Self::Time(digits) => write!(f, "time({digits})"),
            Self::Timestamp(digits) => write!(f, "timestamp({digits})"),
            Self::TimestampTz(digits) => write!(f, "timestamp({digits}) with time zone"),
            Self::Array(item) => write!(f, "array({item})"),
            Self::Map(key, value) => write!(f, "map({key}, {value})"),
            Self::Row(fields) => {
                f.write_str("row(")?;
                for (at, (name, item)) in fields.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    match name {
                        Some(name) => write!(f, "{comma}{name} {item}")?,
                        None => write!(f, "{comma}{item}")?,
                    }
                }
                f.write_str(")")
            }
            other => f.write_str(other.athena()),
        }
    }
}

/// How deeply types may be nested.
const DEEPEST: u8 = 100;

struct Reader<'t> {
    rest: &'t str,
    depth: u8,
}

impl<'t> Reader<'t> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, sign: char) -> bool {
        self.skip();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The next word, its quotes taken off.
    fn word(&mut self) -> Option<String> {
        self.skip();
        for quote in ['"', '`'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (inner, after) = rest.split_once(quote)?;
                self.rest = after;
                return Some(inner.to_owned());
            }
        }
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | '-'))).unwrap_or(self.rest.len());
        let (word, after) = self.rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
        self.rest = after;
        Some(word.to_owned())
    }

    fn peek_word(&self) -> &'t str {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).unwrap_or("")
    }

    fn number<N: std::str::FromStr>(&mut self) -> Option<N> {
        self.word()?.parse().ok()
    }

    /// `(n)`, or `default` where there is none.
    fn length<N: std::str::FromStr>(&mut self, default: N) -> Option<N> {
        if !self.eat('(') {
            return Some(default);
        }
        let number = self.number()?;
        self.eat(')').then_some(number)
    }

    fn open(&mut self) -> Option<char> {
        if self.eat('<') {
            Some('>')
        } else if self.eat('(') {
            Some(')')
        } else {
            None
        }
    }

    fn read(&mut self) -> Option<Type> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let found = self.one();
        self.depth -= 1;
        found
    }

    fn one(&mut self) -> Option<Type> {
        let word = self.word()?.to_ascii_lowercase();
        let parsed = match word.as_str() {
            "boolean" => Type::Boolean,
            "tinyint" => Type::TinyInt,
            "smallint" => Type::SmallInt,
            "int" | "integer" => Type::Integer,
            "bigint" | "long" => Type::BigInt,
            "float" | "real" => Type::Real,
            "double" => {
                if self.peek_word().eq_ignore_ascii_case("precision") {
                    self.word();
                }
                Type::Double
            }
            "decimal" | "numeric" | "dec" => self.decimal()?,
            "varchar" if self.rest.trim_start().starts_with('(') => Type::VarcharN(self.length(1)?),
            "varchar" | "string" => Type::Varchar,
            "char" => Type::Char(self.length(1)?),
            "binary" | "varbinary" => Type::Varbinary,
            "date" => Type::Date,
            "time" => Type::Time(self.length(3)?),
            "timestamp" => self.timestamp()?,
            "interval" => self.interval()?,
            "json" => Type::Json,
            "uuid" => Type::Uuid,
            "unknown" => Type::Unknown,
            "array" => {
                let close = self.open()?;
                let item = self.read()?;
                self.eat(close).then(|| Type::Array(Box::new(item)))?
            }
            "map" => {
                let close = self.open()?;
                let key = self.read()?;
                let value = self.eat(',').then(|| self.read())??;
                self.eat(close).then(|| Type::Map(Box::new(key), Box::new(value)))?
            }
            "struct" | "row" => self.record()?,
            _ => return None,
        };
        Some(parsed)
    }

    fn decimal(&mut self) -> Option<Type> {
        if !self.eat('(') {
            return Some(Type::Decimal { precision: 38, scale: 0 });
        }
        let precision = self.number()?;
        let scale = if self.eat(',') { self.number()? } else { 0 };
        (self.eat(')') && (1..=38).contains(&precision) && scale <= precision).then_some(Type::Decimal { precision, scale })
    }

    fn timestamp(&mut self) -> Option<Type> {
        let digits = self.length(3)?;
        if self.peek_word().eq_ignore_ascii_case("with") {
            for expected in ["with", "time", "zone"] {
                if !self.word()?.eq_ignore_ascii_case(expected) {
                    return None;
                }
            }
            return Some(Type::TimestampTz(digits));
        }
        if self.peek_word().eq_ignore_ascii_case("without") {
            for _ in 0..3 {
                self.word()?;
            }
        }
        Some(Type::Timestamp(digits))
    }

    /// `interval day to second` and `interval year to month`, the word interval being read.
    fn interval(&mut self) -> Option<Type> {
        let words = [self.word()?, self.word()?, self.word()?].map(|word| word.to_ascii_lowercase());
        match words.each_ref().map(String::as_str) {
            ["day", "to", "second"] => Some(Type::IntervalDayToSecond),
            ["year", "to", "month"] => Some(Type::IntervalYearToMonth),
            _ => None,
        }
    }

    fn record(&mut self) -> Option<Type> {
        let close = self.open()?;
        let mut fields = Vec::new();
        loop {
            fields.push(self.field()?);
            if self.eat(close) {
                return Some(Type::Row(fields));
            }
            if !self.eat(',') {
                return None;
            }
        }
    }

    /// `name:type`, `name type`, or a type alone.
    fn field(&mut self) -> Option<(Option<String>, Type)> {
        let before = self.rest;
        if let Some(name) = self.word() {
            let colon = self.eat(':');
            if colon || !matches!(self.rest.trim_start().chars().next(), Some(',' | '(' | ')' | '<' | '>') | None) {
                let start = self.rest;
                if let Some(item) = self.read() {
                    if colon {
                        // A comment of Hive's DDL: `struct<a:int comment 'x'>`.
                        if self.peek_word().eq_ignore_ascii_case("comment") {
                            self.word();
                            self.skip();
                            let text = self.rest.strip_prefix('\'')?;
                            self.rest = text.split_once('\'')?.1;
                        }
                    }
                    return Some((Some(name.to_lowercase()), item));
                }
                self.rest = start;
            }
        }
        self.rest = before;
        self.read().map(|item| (None, item))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn types_of_both_dialects_are_read() {
        for (text, trino, hive) in [
            ("INT", "integer", "int"),
            ("string", "varchar", "string"),
            ("Varchar(20)", "varchar(20)", "varchar(20)"),
            ("decimal(10, 2)", "decimal(10,2)", "decimal(10,2)"),
            ("double precision", "double", "double"),
            ("timestamp(6) with time zone", "timestamp(6) with time zone", "timestamp"),
            ("array<struct<a:int,B:array<string>>>", "array(row(a integer, b array(varchar)))", "array<struct<a:int,b:array<string>>>"),
            ("map(varchar, row(x bigint, double))", "map(varchar, row(x bigint, double))", "map<string,struct<x:bigint,field1:double>>"),
            ("struct<timestamp:timestamp,`date`:date>", "row(timestamp timestamp(3), date date)", "struct<timestamp:timestamp,date:date>"),
            ("interval day to second", "interval day to second", "interval day to second"),
            ("array(interval year to month)", "array(interval year to month)", "array<interval year to month>"),
            ("row(integer, timestamp with time zone)", "row(integer, timestamp(3) with time zone)", "struct<field0:int,field1:timestamp>"),
        ] {
            let parsed = Type::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(parsed.to_string(), trino, "{text}");
            assert_eq!(parsed.hive(), hive, "{text}");
        }
    }

    #[test]
    fn what_is_no_type_is_refused() {
        assert!(Type::parse(&"array<".repeat(50_000)).is_none());
        for text in ["", "integr", "array<int", "map<int>", "decimal(40,2)", "decimal(4,5)", "int int", "struct<>", "array()", "varchar(x)"]
        {
            assert!(Type::parse(text).is_none(), "{text}");
        }
    }

    fn any_type() -> impl Strategy<Value = Type> {
        let leaf = prop_oneof![
            Just(Type::Boolean),
            Just(Type::Integer),
            Just(Type::BigInt),
            Just(Type::Real),
            Just(Type::Double),
            Just(Type::Varchar),
            Just(Type::Varbinary),
            Just(Type::Date),
            Just(Type::IntervalDayToSecond),
            (1..=38u8, 0..=38u8).prop_map(|(p, s)| Type::Decimal { precision: p, scale: s.min(p) }),
            (1..=100u32).prop_map(Type::VarcharN),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|t| Type::Array(Box::new(t))),
                (inner.clone(), inner.clone()).prop_map(|(k, v)| Type::Map(Box::new(k), Box::new(v))),
                prop::collection::vec(("[a-z_][a-z0-9_]{0,6}", inner), 1..3)
                    .prop_map(|fields| Type::Row(fields.into_iter().map(|(n, t)| (Some(n), t)).collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(item in any_type()) {
            prop_assert_eq!(Type::parse(&item.hive()), Some(item.clone()));
            prop_assert_eq!(Type::parse(&item.to_string()), Some(item));
        }

        #[test]
        fn no_text_upsets_the_reader(text in "[a-z<>(),: 0-9`\"]{0,40}") {
            if let Some(parsed) = Type::parse(&text) {
                prop_assert_eq!(Type::parse(&parsed.to_string()), Some(parsed));
            }
        }
    }
}
