//! Table files as rows and columns: read, previewed, converted, counted, balanced, sampled and described.
//!
//! Texts are read record by record, so that every error names its row and column; columns are polars' once they are typed.
//! Everything streams: memory is bounded by a batch, not by the file. Each long function takes a `progress` callback that is told the bytes read so
//! far and may answer [`std::ops::ControlFlow::Break`] to cancel.
//!
//! A missing value is an empty field outside quotes; an empty field in quotes is an empty text in a text column and a missing value in any other.

pub mod balance;
mod batch;
mod cells;
mod codes;
mod columnar;
pub mod convert;
pub mod count;
pub mod describe;
pub mod error;
pub mod profile;
pub mod report;
mod rows;
pub mod sample;

pub use balance::{BalanceRequest, Balanced, Format, Way, balance};
pub use cells::bucket_start;
pub use convert::{CsvOptions, Written, to_csv, to_parquet};
pub use count::{CountRequest, DISTINCT_LIMIT, Source, ValueCounts, count, values};
pub use describe::{Description, describe};
pub use error::FrameError;
pub use profile::profile;
pub use report::{FileReport, footer, inspect};
pub use sample::sample;

/// Is told the bytes read so far; breaking cancels the work.
pub type Progress<'a> = dyn FnMut(u64) -> std::ops::ControlFlow<()> + 'a;

#[cfg(test)]
mod tests;
