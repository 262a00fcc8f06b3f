//! The bundled fonts, as bytes: what the window shows and what an export is set in.
//!
//! Fairlake Sans is Pretendard with tabular figures by default (its licence asks for another name), and has Latin and Hangul.

/// The family name that charts ask for.
pub const UI_FAMILY: &str = "Fairlake Sans";
/// The family name of the monospace.
pub const MONO_FAMILY: &str = "JetBrains Mono";
/// Fairlake Sans, weight 400, as TrueType.
pub const UI_REGULAR: &[u8] = include_bytes!("../../resources/fonts/ui-regular.ttf");
/// Fairlake Sans, weight 600, as TrueType.
pub const UI_SEMIBOLD: &[u8] = include_bytes!("../../resources/fonts/ui-semibold.ttf");
/// `JetBrains` Mono, weight 400, without ligatures, as TrueType.
pub const MONO_REGULAR: &[u8] = include_bytes!("../../resources/fonts/mono-regular.ttf");
