//! Athena SQL as text: tokens, statements, types, the table of functions, completion. Pure: it knows no catalogue and runs nothing.

pub mod complete;
pub mod functions;
pub mod keyword;
pub mod reference;
pub mod statement;
pub mod token;
pub mod types;

pub use complete::{Names, Suggestion, SuggestionKind, TableNames, complete};
pub use functions::{Function, FunctionKind};
pub use statement::{Classification, Statement, StatementType, SyntaxError, classify, parse};
pub use token::{Token, TokenKind, line_and_column, statement_at, statements, tokens, unquoted};
pub use types::Type;
