//! The Fluent files, a room a file, built into the program.

use super::Locale;

macro_rules! files {
    ($($room:literal)+) => {
        /// The Fluent sources of a language.
        pub(super) const fn of(locale: Locale) -> &'static [&'static str] {
            match locale {
                Locale::English => &[$(include_str!(concat!("../../resources/i18n/en/", $room, ".ftl"))),+],
                Locale::Korean => &[$(include_str!(concat!("../../resources/i18n/ko/", $room, ".ftl"))),+],
            }
        }
    };
}

files! {
    "bias"
    "bias_charts"
    "bias_tab"
    "catalog"
    "chart"
    "cli"
    "frame"
    "infer"
    "ingest"
    "lake"
    "query"
    "report"
    "shell"
    "text"
    "worker"
}
