//! What a file is and why, from its bytes alone: evidence, and two policies that turn it into a table.
//!
//! [`Scanner`] reads a file of any size once; [`inspect`] and [`inspect_head`] are the short ways for bytes at hand. [`glue()`] is exactly what
//! AWS's crawler would write, [`recommended()`] is what we advise, and [`differences`] tells them apart.
//! This room touches no file; whoever reads the bytes feeds them in.

pub mod column;
mod csv_scan;
pub mod dialect;
pub mod distinct;
pub mod encoding;
pub mod evidence;
pub mod formats;
pub mod glue;
pub mod json;
mod json_scan;
pub mod kind;
pub mod names;
pub mod overrides;
pub mod recommended;
pub mod records;
pub mod scanner;
pub mod schema;
pub mod values;

pub use encoding::{Decoder, Encoding, Piece};
pub use evidence::{
    ColumnEvidence, Dialect, DialectEvidence, EncodingEvidence, Escape, Evidence, Finding, Head, HeaderEvidence, Newline, Quoting, Ragged,
    Severity,
};
pub use glue::{GlueTable, glue};
pub use json::{Json, JsonLayout, JsonSplitter, JsonType};
pub use kind::{Compression, Kind};
pub use overrides::{Overrides, RaggedRows};
pub use recommended::{Recommendation, Storage, differences, recommended, table_as};
pub use records::{Field, RECORD_LIMIT, Record, RecordTooLong, Splitter};
pub use scanner::Scanner;
pub use schema::{merge_schemas, merge_types, similarity};

/// What a whole file is.
#[must_use]
pub fn inspect(bytes: &[u8], name_hint: Option<&str>) -> Evidence {
    let mut scanner = Scanner::new(name_hint, Overrides::default());
    scanner.push(bytes);
    scanner.finish()
}

/// What a file is that begins with these bytes; a record that they cut off is left out.
#[must_use]
pub fn inspect_head(bytes: &[u8], name_hint: Option<&str>) -> Evidence {
    let mut scanner = Scanner::of_head(name_hint, Overrides::default());
    scanner.push(bytes);
    scanner.finish()
}

#[cfg(test)]
mod tests;
