//! Fairlake: a desktop workbench for a data lake. ARCHITECTURE.md has the map of the rooms and the invariants.

pub mod bias;
pub mod chart;
pub mod frame;
pub mod infer;
pub mod lake;
pub mod message;
pub mod model;
pub mod report;
pub mod state;
pub mod text;
pub mod ui;
pub mod sql;
