//! The Fluent files, a room a file, built into the program.

use super::Locale;

macro_rules! files {
    ($locale:literal, $($room:literal),+ $(,)?) => {
        &[$(include_str!(concat!("../../resources/i18n/", $locale, "/", $room, ".ftl"))),+]
    };
}

/// The Fluent sources of a language.
pub(super) const fn of(locale: Locale) -> &'static [&'static str] {
    match locale {
        Locale::English => files!(
            "en",
            "bias",
            "bias_charts",
            "bias_tab",
            "catalog",
            "chart",
            "cli",
            "frame",
            "infer",
            "ingest",
            "lake",
            "query",
            "shell",
            "text",
            "worker"
        ),
        Locale::Korean => files!(
            "ko",
            "bias",
            "bias_charts",
            "bias_tab",
            "catalog",
            "chart",
            "cli",
            "frame",
            "infer",
            "ingest",
            "lake",
            "query",
            "shell",
            "text",
            "worker"
        ),
    }
}
