//! The Bias tab.

use egui::Ui;

use crate::state::State;
use crate::text::Texts;

/// Draws the tab.
pub fn show(_ui: &mut Ui, _state: &mut State, _texts: &Texts) {}
