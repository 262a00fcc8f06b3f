//! Everything that draws. Views read and change the state, say sentences through the texts, and never wait.

pub mod bias;
pub mod catalog;
pub mod icons;
pub mod ingest;
pub mod query;
pub mod shell;
pub mod theme;
pub mod widgets;

pub use theme::install;
