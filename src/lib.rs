//! Fairlake: a desktop workbench for a data lake. ARCHITECTURE.md has the map of the rooms and the invariants.

pub mod app;
pub mod aws;
pub mod bias;
pub mod chart;
pub mod cli;
pub mod frame;
pub mod infer;
pub mod lake;
pub mod message;
pub mod model;
pub mod report;
pub mod sql;
pub mod state;
pub mod text;
pub mod ui;
pub mod worker;
