//! The page that says what of Athena's SQL the lake has, made from the tables that the engine and the editor read.

mod formats;
mod limits;
mod statements;

use std::fmt::Write as _;

pub use formats::{TABLE_FORMATS, TEXT_COMPRESSION, TableFormat};
pub use limits::{DIFFERENCES, REFUSED_CONSTRUCTS};
pub use statements::{Form, QUERY_FORMS, REFUSED_STATEMENTS, STATEMENTS};

use super::functions::{self, FunctionKind};

/// The page, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    write(&mut out).unwrap_or_default();
    out
}

fn write(out: &mut String) -> std::fmt::Result {
    let count = functions::all().count();
    writeln!(
        out,
        "# Athena SQL on the local lake\n\n\
         What a query may be made of on the embedded lake: the dialect is that of Athena's engine version 3 (Trino for queries, Hive for DDL). \
         What is not here is refused with its name; the end of the page says what is known to answer otherwise.\n\n\
         This page is written by the program from the tables that the planner and the editor's completion read \
         (`FAIRLAKE_RENEW=1 cargo test --test tidy` renews it).\n"
    )?;
    writeln!(out, "## Statements\n\n| statement | |\n|---|---|")?;
    for form in STATEMENTS {
        writeln!(out, "| `{}` | {} |", cell(form.text), cell(form.help))?;
    }
    writeln!(out, "\nRefused by name: {}.\n", joined(REFUSED_STATEMENTS.iter().map(|form| form.help)))?;
    writeln!(out, "## Queries\n")?;
    for form in QUERY_FORMS {
        writeln!(out, "- {} `{}`", form.help, form.text)?;
    }
    writeln!(out, "\nRefused by name:\n")?;
    for form in REFUSED_CONSTRUCTS {
        writeln!(out, "- {}: `{}`", form.help, form.text)?;
    }
    writeln!(out, "\n## Files of tables\n\n| files | SerDe | read | written | |\n|---|---|---|---|---|")?;
    for format in TABLE_FORMATS {
        let serdes = format.serdes.iter().map(|serde| format!("`{serde}`")).collect::<Vec<_>>().join("<br>");
        let yes = |yes| if yes { "yes" } else { "no" };
        writeln!(out, "| {} | {serdes} | {} | {} | {} |", format.name, yes(format.read), yes(format.written), cell(format.help))?;
    }
    writeln!(out, "\n{TEXT_COMPRESSION} Names that begin with `_` or `.` are passed over.\n")?;
    writeln!(out, "## Functions\n\n{count} functions, by what they work on.")?;
    for family in functions::families() {
        writeln!(out, "\n### {}\n\n| function | |\n|---|---|", family.name)?;
        for function in family.functions {
            let window = if function.kind == FunctionKind::Window { " (window)" } else { "" };
            writeln!(out, "| `{}` | {}{window} |", cell(function.signature), cell(function.help))?;
        }
    }
    writeln!(out, "\n### Refused by name\n")?;
    for refused in functions::refusals() {
        writeln!(out, "- {}: {}", refused.subject, joined(refused.names.iter().map(|name| format!("`{name}`"))))?;
    }
    writeln!(out, "\n## What stays different\n")?;
    for difference in DIFFERENCES {
        writeln!(out, "- {difference}")?;
    }
    Ok(())
}

fn joined<T: AsRef<str>>(parts: impl Iterator<Item = T>) -> String {
    parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join(", ")
}

/// A text that stays in its cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::statement::{Statement, parse};

    #[test]
    fn every_statement_on_the_page_is_read() {
        for form in STATEMENTS {
            let read = parse(form.text).unwrap_or_else(|error| panic!("{}: {error}", form.text));
            assert!(!matches!(read, Statement::Unsupported(_)), "{}", form.text);
        }
        for form in REFUSED_STATEMENTS {
            assert_eq!(parse(form.text), Ok(Statement::Unsupported(form.help)), "{}", form.text);
        }
    }

    #[test]
    fn the_page_names_every_function_once() {
        let page = page();
        for function in functions::all() {
            assert_eq!(page.matches(&format!("| `{}` |", cell(function.signature))).count(), 1, "{}", function.name);
        }
    }
}
