//! What is kept over restarts: the person's settings, and each lake's session.

use serde::{Deserialize, Serialize};

use super::{Tab, bias, ingest, query};
use crate::bias::Limits;
use crate::model::Connection;
use crate::text::Locale;

/// The window's theme.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What the person has set. Every field has a default, so that a file of an older version reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The theme.
    pub theme: ThemeChoice,
    /// The language; the system's when none is set.
    pub locale: Option<Locale>,
    /// The zoom factor, 1 is 100%.
    pub zoom: f32,
    /// Start on X11 where there is XWayland, so that dropped files arrive.
    pub prefer_x11: bool,
    /// No motion.
    pub reduced_motion: bool,
    /// What a terabyte scanned costs, in US dollars, for estimates on AWS.
    pub dollars_per_terabyte: f64,
    /// Dots per inch of exported PNG files.
    pub export_dpi: u32,
    /// From which value on a bias metric deserves a warning or fails.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            locale: None,
            zoom: 1.0,
            prefer_x11: true,
            reduced_motion: false,
            dollars_per_terabyte: 5.0,
            export_dpi: 300,
            limits: Limits::default(),
        }
    }
}

/// What is kept of a lake's window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The open tab.
    pub tab: Tab,
    /// The connected lake.
    pub connection: Connection,
    /// The editors.
    pub query: query::QuerySession,
    /// Where files go.
    pub ingest: ingest::IngestSession,
    /// What was being measured.
    pub bias: bias::BiasSession,
    /// The window's inner size in points.
    pub window: Option<(f32, f32)>,
}
