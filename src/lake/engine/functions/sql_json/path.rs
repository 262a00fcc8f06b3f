//! The path language of SQL/JSON: `lax $.a[0 to last]?(@.b > 1).size()`.

/// A path: how strict it is, and what it asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) lax: bool,
    pub(super) expr: PathExpr,
}

/// An expression that gives a sequence of items.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PathExpr {
    /// `$`.
    Root,
    /// `@`, the item that a filter looks at.
    Current,
    /// `last`, in a subscript.
    Last,
    /// `$name`.
    Variable(String),
    Null,
    Boolean(bool),
    Whole(i64),
    /// Digits and how many of them are behind the point.
    Decimal(i128, u8),
    Double(f64),
    Text(String),
    /// `.name`; all members without a name.
    Member(Box<PathExpr>, Option<String>),
    /// `..name`: members of the name at any depth.
    Descendant(Box<PathExpr>, String),
    /// `[from to until, …]`; all items without any.
    Items(Box<PathExpr>, Vec<(PathExpr, Option<PathExpr>)>),
    /// `?(…)`.
    Filter(Box<PathExpr>, Box<Predicate>),
    /// `.size()` and its like.
    Method(Box<PathExpr>, Method),
    Negative(Box<PathExpr>),
    Arithmetic(char, Box<PathExpr>, Box<PathExpr>),
}

/// What is asked of each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Type,
    Size,
    Double,
    Ceiling,
    Floor,
    Abs,
    KeyValue,
}

/// A condition of a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Predicate {
    And(Box<Predicate>, Box<Predicate>),
    Or(Box<Predicate>, Box<Predicate>),
    Not(Box<Predicate>),
    IsUnknown(Box<Predicate>),
    Exists(PathExpr),
    StartsWith(PathExpr, PathExpr),
    Compare(&'static str, PathExpr, PathExpr),
}

impl Path {
    /// Reads a path; what is wrong with it is said in Trino's words.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut reader = Reader { text, at: 0 };
        let mode = reader.word();
        let lax = match mode.as_deref() {
            Some("lax") => true,
            Some("strict") => false,
            other => return Err(format!("mismatched input '{}' expecting {{'lax', 'strict'}}", other.unwrap_or(text.trim()))),
        };
        let expr = reader.sum()?;
        reader.blank();
        if reader.at < text.len() {
            return Err(reader.unexpected());
        }
        Ok(Self { lax, expr })
    }

    /// The names of the variables that a path takes.
    pub(super) fn variables(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut quoted = false;
        for (at, c) in text.char_indices() {
            quoted ^= c == '"';
            if c == '$' && !quoted {
                let rest = text.get(at + 1..).unwrap_or("");
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                found.extend(rest.get(..end).filter(|name| !name.is_empty()).map(str::to_owned));
            }
        }
        found
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.blank();
        let there = self.rest().starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    fn expect(&mut self, sign: &str) -> Read<()> {
        if self.eat(sign) { Ok(()) } else { Err(format!("{} expecting '{sign}'", self.unexpected())) }
    }

    fn unexpected(&mut self) -> String {
        self.blank();
        let rest = self.rest();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len()).min(20);
        let shown = rest.get(..end).unwrap_or(rest);
        format!("mismatched input '{}'", if shown.is_empty() { "<EOF>" } else { shown })
    }

    /// The word that comes next, without going on.
    fn peek_word(&mut self) -> Option<String> {
        self.blank();
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        rest.get(..end).filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_')).map(str::to_owned)
    }

    fn word(&mut self) -> Option<String> {
        let word = self.peek_word()?;
        self.at += word.len();
        Some(word)
    }

    fn eat_word(&mut self, wanted: &str) -> bool {
        let there = self.peek_word().as_deref() == Some(wanted);
        if there {
            self.at += wanted.len();
        }
        there
    }

    /// A text in double quotes, in which two stand for one.
    fn quoted(&mut self) -> Read<Option<String>> {
        if !self.eat("\"") {
            return Ok(None);
        }
        let mut out = String::new();
        let mut chars = self.rest().char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    chars.next();
                    out.push('"');
                }
                '"' => {
                    self.at += at + 1;
                    return Ok(Some(out));
                }
                other => out.push(other),
            }
        }
        Err("mismatched input '<EOF>' expecting '\"'".to_owned())
    }

    fn sum(&mut self) -> Read<PathExpr> {
        let mut left = self.product()?;
        loop {
            let sign = if self.eat("+") {
                '+'
            } else if self.eat("-") {
                '-'
            } else {
                return Ok(left);
            };
            left = PathExpr::Arithmetic(sign, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Read<PathExpr> {
        let mut left = self.signed()?;
        loop {
            let sign = if self.eat("*") {
                '*'
            } else if self.eat("/") {
                '/'
            } else if self.eat("%") {
                '%'
            } else {
                return Ok(left);
            };
            left = PathExpr::Arithmetic(sign, Box::new(left), Box::new(self.signed()?));
        }
    }

    fn signed(&mut self) -> Read<PathExpr> {
        if self.eat("-") {
            return Ok(PathExpr::Negative(Box::new(self.signed()?)));
        }
        if self.eat("+") {
            return self.signed();
        }
        let primary = self.primary()?;
        self.accessors(primary)
    }

    fn accessors(&mut self, mut made: PathExpr) -> Read<PathExpr> {
        loop {
            if self.eat("..") {
                let name = match self.quoted()? {
                    Some(name) => name,
                    None => self.word().ok_or_else(|| self.unexpected())?,
                };
                made = PathExpr::Descendant(Box::new(made), name);
            } else if self.eat(".") {
                made = self.member(made)?;
            } else if self.eat("[") {
                if self.eat("*") {
                    made = PathExpr::Items(Box::new(made), Vec::new());
                } else {
                    let mut parts = Vec::new();
                    loop {
                        let from = self.sum()?;
                        let until = if self.eat_word("to") { Some(self.sum()?) } else { None };
                        parts.push((from, until));
                        if !self.eat(",") {
                            break;
                        }
                    }
                    made = PathExpr::Items(Box::new(made), parts);
                }
                self.expect("]")?;
            } else if self.eat("?") {
                self.expect("(")?;
                let predicate = self.either()?;
                self.expect(")")?;
                made = PathExpr::Filter(Box::new(made), Box::new(predicate));
            } else {
                return Ok(made);
            }
        }
    }

    fn member(&mut self, of: PathExpr) -> Read<PathExpr> {
        if self.eat("*") {
            return Ok(PathExpr::Member(Box::new(of), None));
        }
        if let Some(name) = self.quoted()? {
            return Ok(PathExpr::Member(Box::new(of), Some(name)));
        }
        let name = self.word().ok_or_else(|| self.unexpected())?;
        if !self.rest().starts_with('(') {
            return Ok(PathExpr::Member(Box::new(of), Some(name)));
        }
        let method = match name.as_str() {
            "type" => Method::Type,
            "size" => Method::Size,
            "double" => Method::Double,
            "ceiling" => Method::Ceiling,
            "floor" => Method::Floor,
            "abs" => Method::Abs,
            "keyvalue" => Method::KeyValue,
            other => return Err(format!("the method {other}() of JSON paths is not supported")),
        };
        self.expect("(")?;
        self.expect(")")?;
        Ok(PathExpr::Method(Box::new(of), method))
    }

    fn primary(&mut self) -> Read<PathExpr> {
        if self.eat("(") {
            let inner = self.sum()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.eat("@") {
            return Ok(PathExpr::Current);
        }
        if self.eat("$") {
            let named = self.rest().starts_with(|c: char| c.is_alphanumeric() || c == '_');
            return Ok(if named { PathExpr::Variable(self.word().ok_or_else(|| self.unexpected())?) } else { PathExpr::Root });
        }
        if let Some(text) = self.quoted()? {
            return Ok(PathExpr::Text(text));
        }
        self.blank();
        if self.rest().starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return self.number();
        }
        match self.word().as_deref() {
            Some("last") => Ok(PathExpr::Last),
            Some("null") => Ok(PathExpr::Null),
            Some("true") => Ok(PathExpr::Boolean(true)),
            Some("false") => Ok(PathExpr::Boolean(false)),
            _ => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Read<PathExpr> {
        let rest = self.rest();
        let mut end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let exponent = rest.get(end..).is_some_and(|tail| {
            let digits = tail.strip_prefix(['e', 'E']).map(|tail| tail.strip_prefix(['+', '-']).unwrap_or(tail));
            digits.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
        });
        if exponent {
            let tail = rest.get(end + 2..).unwrap_or("");
            end += 2 + tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        }
        let text = rest.get(..end).unwrap_or("").to_owned();
        self.at += end;
        let bad = || format!("mismatched input '{text}'");
        if exponent {
            return text.parse().map(PathExpr::Double).map_err(|_error| bad());
        }
        match text.split_once('.') {
            Some((whole, fraction)) => {
                let scale = u8::try_from(fraction.len()).map_err(|_error| bad())?;
                format!("{whole}{fraction}").parse().map(|digits| PathExpr::Decimal(digits, scale)).map_err(|_error| bad())
            }
            None => text.parse().map(PathExpr::Whole).map_err(|_error| bad()),
        }
    }

    fn either(&mut self) -> Read<Predicate> {
        let mut left = self.both()?;
        while self.eat("||") {
            left = Predicate::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Read<Predicate> {
        let mut left = self.predicate()?;
        while self.eat("&&") {
            left = Predicate::And(Box::new(left), Box::new(self.predicate()?));
        }
        Ok(left)
    }

    fn predicate(&mut self) -> Read<Predicate> {
        self.blank();
        if self.rest().starts_with('!') && !self.rest().starts_with("!=") {
            self.at += 1;
            return Ok(Predicate::Not(Box::new(self.predicate()?)));
        }
        if self.peek_word().as_deref() == Some("exists") {
            self.word();
            self.expect("(")?;
            let path = self.sum()?;
            self.expect(")")?;
            return Ok(Predicate::Exists(path));
        }
        // A parenthesis opens a predicate or the left side of a comparison: whichever can be read.
        let start = self.at;
        if self.eat("(") {
            let inner = self.either().and_then(|inner| self.expect(")").map(|()| inner));
            if let Ok(inner) = inner {
                if self.eat_word("is") {
                    if self.eat_word("unknown") {
                        return Ok(Predicate::IsUnknown(Box::new(inner)));
                    }
                    return Err(format!("{} expecting 'unknown'", self.unexpected()));
                }
                return Ok(inner);
            }
            self.at = start;
        }
        let left = self.sum()?;
        if self.eat_word("starts") {
            if !self.eat_word("with") {
                return Err(format!("{} expecting 'with'", self.unexpected()));
            }
            return Ok(Predicate::StartsWith(left, self.sum()?));
        }
        for (sign, meaning) in [("==", "="), ("<>", "<>"), ("!=", "<>"), ("<=", "<="), (">=", ">="), ("<", "<"), (">", ">"), ("=", "=")] {
            if self.eat(sign) {
                return Ok(Predicate::Compare(meaning, left, self.sum()?));
            }
        }
        Err(self.unexpected())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_read() {
        for path in [
            "lax $",
            "strict $.a.\"b c\"[*]",
            "lax $[0, 2 to last - 1].size() * 2",
            "lax $.a?(@.b > 1 && !exists(@.c) || (@ == \"x\") is unknown).type()",
            "lax $..name",
            "lax $v + 1.5e3",
            "lax $?((@.a + 1) * 2 >= 4)",
            "lax $?(@ starts with \"a\"\"b\")",
        ] {
            assert!(Path::read(path).is_ok(), "{path}: {:?}", Path::read(path));
        }
        assert_eq!(Path::read("certainly not").unwrap_err(), "mismatched input 'certainly' expecting {'lax', 'strict'}");
        for bad in ["lax", "lax $.", "lax $[", "lax $[1", "lax $?(@)", "lax $ $", "lax $.a.b(", "lax \"x"] {
            assert!(Path::read(bad).is_err(), "{bad}");
        }
        assert_eq!(Path::variables("lax $a + $.b + \"$c\" + $d_1"), ["a", "d_1"]);
    }

    proptest! {
        #[test]
        fn no_path_upsets_the_reader(text in "(lax|strict) [$@a-z.\\[\\]()?*\"0-9 <>=!&|+-]{0,30}") {
            let _read = Path::read(&text);
        }
    }
}
