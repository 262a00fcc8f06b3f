//! Fairlake: a desktop workbench for a data lake. ARCHITECTURE.md has the map of the rooms and the invariants.

pub mod frame;
pub mod infer;
pub mod lake;
pub mod model;
pub mod sql;
