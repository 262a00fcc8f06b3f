//! The words of the field: names parsed once and then trusted, locations, schemas, tables, connections, counts, pages of rows and failures.
//!
//! This room imports no other room and touches no file, clock, network or thread.

pub mod bucket;
pub mod connection;
pub mod counts;
pub mod failure;
pub mod grouping;
pub mod job;
pub mod location;
pub mod page;
pub mod profile;
pub mod sample;
pub mod table;
pub mod time;

pub use bucket::TimeBucket;
pub use connection::{Connection, ConnectionInfo};
pub use counts::{ColumnFacts, ColumnKind, CountRow, Counts};
pub use failure::{Arg, Failure, Message};
pub use grouping::Grouping;
pub use job::{JobId, Progress};
pub use location::{BucketName, LocationError, S3Location};
pub use page::{Page, ResultColumn};
pub use profile::{ColumnProfile, ExampleRow, FoldCounts, Power, TableProfile};
pub use sample::Sample;
pub use table::{Column, DataFormat, HiveType, TableDefinition, TableRef};
