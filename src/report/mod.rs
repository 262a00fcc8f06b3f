//! Reports as files: Clarify's `analysis_config.json` and `analysis.json` to the letter for machines, HTML, PDF and pictures for people.

mod analysis;
pub mod changes;
pub mod charts;
mod config;
pub mod gate;
mod people;
mod python;
pub mod render;
pub mod script;
pub mod trends;

pub use analysis::analysis_json;
pub use config::{AnalysisConfig, FacetConfig, MethodsConfig, MetricList, MetricsConfig, NameOrIndex, OneOrMany, ReportConfig};
pub use people::{Subject, html, pdf};
