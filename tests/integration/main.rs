//! The lake, the clients and the screens together, as one test program.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what fails here fails a test, in helpers as well"
)]

mod lake_s3;
mod lake_trust;
mod support;
