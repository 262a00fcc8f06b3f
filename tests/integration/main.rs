//! The lake, the clients and the screens together, as one test program.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what fails here fails a test, in helpers as well"
)]

mod cli_forms;
mod lake_browsers;
mod lake_encryption;
mod lake_s3;
mod lake_signatures;
mod lake_trust;
mod support;
mod ui_bias;
mod ui_catalog;
mod ui_fair;
mod ui_ingest;
mod ui_query;
mod window;
mod worker_bias;
mod worker_counts;
mod worker_desk;
mod worker_fair;
mod worker_local;
mod worker_query;
mod worker_store;
