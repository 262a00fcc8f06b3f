//! Reports as files: Clarify's `analysis_config.json` and `analysis.json` to the letter for machines, PNG and PDF of charts for people.

mod analysis;
pub mod charts;
mod config;
mod python;
pub mod render;
pub mod trends;

pub use analysis::analysis_json;
pub use config::{AnalysisConfig, FacetConfig, MethodsConfig, MetricList, MetricsConfig, NameOrIndex, OneOrMany, ReportConfig};
