//! The embedded lake: a server on loopback that speaks S3, Glue, Athena and STS over files on the user's disk.

pub mod activity;
pub mod athena;
pub mod crawler;
pub mod engine;
pub mod error;
pub mod glue;
pub mod json;
pub mod storage;

pub use activity::{Activity, Busy};
pub use error::LakeError;
pub use json::{JsonError, JsonService};
