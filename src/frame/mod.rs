//! Table files as rows and columns: read, previewed, converted, counted, down-sampled and described.
//!
//! Texts are read record by record, so that every error names its row and column; columns are polars' once they are typed.
//! Everything streams: memory is bounded by a batch, not by the file. Each long function takes a `progress` callback that is told the bytes read so
//! far and may answer [`std::ops::ControlFlow::Break`] to cancel.
//!
//! A missing value is an empty field outside quotes; an empty field in quotes is an empty text in a text column and a missing value in any other.

mod batch;
mod cells;
mod codes;
mod columnar;
pub mod convert;
pub mod count;
pub mod describe;
pub mod downsample;
pub mod error;
pub mod report;
mod rows;

pub use convert::{CsvOptions, Written, to_csv, to_parquet};
pub use count::{CountRequest, DISTINCT_LIMIT, Source, count};
pub use describe::{Description, describe};
pub use downsample::{DownsampleRequest, Downsampled, Format, downsample};
pub use error::FrameError;
pub use report::{FileReport, inspect};

/// Is told the bytes read so far; breaking cancels the work.
pub type Progress<'a> = dyn FnMut(u64) -> std::ops::ControlFlow<()> + 'a;

#[cfg(test)]
mod tests;
