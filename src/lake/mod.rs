//! The embedded lake: a server on loopback that speaks S3, Glue, Athena and STS over files on the user's disk.

pub mod activity;
pub mod athena;
pub mod auth;
pub mod client;
pub(crate) mod codec;
pub mod crawler;
pub mod engine;
pub mod error;
pub mod glue;
pub mod json;
pub mod lock;
mod s3;
pub mod server;
mod services;
pub mod storage;
pub mod sts;

pub use activity::{Activity, Busy};
pub use auth::Credentials;
pub use client::Stay;
pub use error::LakeError;
pub use json::{JsonError, JsonService};
pub use lock::{Found, find};
pub use server::{LakeOptions, Ready, serve};
pub use services::services;
pub use storage::Store;

/// The account that every lake belongs to.
pub const ACCOUNT: &str = "000000000000";

/// The region that every lake calls its own.
pub const REGION: &str = "us-east-1";
