//! Findings, charts and numbers as files for people and programs.

pub mod render;
//! Reports as files. The part for machines: Clarify's `analysis_config.json` and `analysis.json`, to the letter.

mod analysis;
mod config;
mod python;

pub use analysis::analysis_json;
pub use config::{AnalysisConfig, FacetConfig, MethodsConfig, MetricList, MetricsConfig, NameOrIndex, OneOrMany, ReportConfig};
