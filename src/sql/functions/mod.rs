//! The table of Athena's functions: name, signature and one line of help; the planner, completion and the documentation read it.

mod aggregate;
mod collection;
mod date;
mod number;
mod refused;
mod text;

pub use refused::{Refused, refusals, refused};

/// What a function takes its values from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// One value for each row.
    Scalar,
    /// One value for a group of rows.
    Aggregate,
    /// One value for each row, from the rows around it.
    Window,
}

/// A function of Athena's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// The name, lower case.
    pub name: &'static str,
    /// What it takes its values from.
    pub kind: FunctionKind,
    /// How it is called and what it answers: `split_part(string, delimiter, index) → varchar`.
    pub signature: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
}

const fn scalar(name: &'static str, signature: &'static str, help: &'static str) -> Function {
    Function { name, kind: FunctionKind::Scalar, signature, help }
}

const fn aggregate(name: &'static str, signature: &'static str, help: &'static str) -> Function {
    Function { name, kind: FunctionKind::Aggregate, signature, help }
}

const fn window(name: &'static str, signature: &'static str, help: &'static str) -> Function {
    Function { name, kind: FunctionKind::Window, signature, help }
}

/// Functions that do one kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// What they work on, as a heading: `Text`.
    pub name: &'static str,
    /// The functions, by name.
    pub functions: &'static [Function],
}

const FAMILIES: [Family; 13] = [
    Family { name: "Conditions and any type", functions: number::ANY },
    Family { name: "Numbers", functions: number::NUMBERS },
    Family { name: "Bits", functions: number::BITS },
    Family { name: "Text", functions: text::TEXTS },
    Family { name: "Regular expressions", functions: text::PATTERNS },
    Family { name: "Dates, times and intervals", functions: date::DATES },
    Family { name: "Arrays", functions: collection::ARRAYS },
    Family { name: "Maps", functions: collection::MAPS },
    Family { name: "JSON", functions: text::JSON },
    Family { name: "Bytes", functions: text::BYTES },
    Family { name: "URLs", functions: text::URLS },
    Family { name: "Aggregates", functions: aggregate::AGGREGATES },
    Family { name: "Windows", functions: aggregate::WINDOWS },
];

/// All functions by what they work on.
#[must_use]
pub const fn families() -> &'static [Family] {
    &FAMILIES
}

/// All functions, family by family.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.functions)
}

/// The function of this name, whatever its case.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    // A few hundred names: looking at each costs less than an index would in code.
    all().find(|function| function.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_function_is_there_once_with_its_signature() {
        let mut names = BTreeSet::new();
        for function in all() {
            assert!(names.insert(function.name), "{} is there twice", function.name);
            assert_eq!(function.name, function.name.to_lowercase());
            assert!(function.signature.starts_with(function.name), "{}", function.signature);
            assert!(function.signature.contains(" → "), "{}", function.signature);
            assert!(function.help.ends_with('.') && function.help.len() > 5, "{}", function.help);
        }
        assert_eq!(find("COUNT_IF").unwrap().kind, FunctionKind::Aggregate);
        assert!(find("no_such").is_none());
    }
}
