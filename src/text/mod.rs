//! Sentences: a message and a locale in, a text out. English and Korean, from the Fluent files in `resources/i18n`.

mod format;
mod resources;

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

use crate::model::{Arg, Failure, Message};

pub use format::{brief, bytes, count, duration, number, rough, share};

/// A language that Fairlake speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// English.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Locale {
    /// Every language there is.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// The language of a BCP 47 or POSIX tag such as `ko-KR` or `ko_KR.UTF-8`; English when it is another one.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("ko") { Self::Korean } else { Self::English }
    }

    /// The language's own name.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Korean => "한국어",
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        let tag = match self {
            Self::English => "en",
            Self::Korean => "ko",
        };
        tag.parse().unwrap_or_default()
    }
}

/// The texts of one language.
pub struct Texts {
    locale: Locale,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({:?})", self.locale)
    }
}

impl Texts {
    /// The texts of this language, with English behind what is missing.
    #[must_use]
    pub fn new(locale: Locale) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.identifier()]);
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(format::plain(number.value)),
            _ => None,
        }));
        for source in resources::of(Locale::English) {
            bundle.add_resource_overriding(parse(source));
        }
        if locale != Locale::English {
            for source in resources::of(locale) {
                bundle.add_resource_overriding(parse(source));
            }
        }
        Self { locale, bundle }
    }

    /// The language.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// The sentence of a message. An id without a text is shown as it is, so that it is noticed.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        if message.id == "verbatim" {
            return message.args.iter().map(|(_, arg)| self.arg_text(arg)).collect();
        }
        let mut args = FluentArgs::new();
        for (name, arg) in &message.args {
            args.set(name.as_ref(), self.arg_value(arg));
        }
        self.format(&message.id, Some(&args))
    }

    /// The text of an id without arguments.
    #[must_use]
    pub fn t(&self, id: &str) -> String {
        self.format(id, None)
    }

    /// A failure as one paragraph: what happened, and why.
    #[must_use]
    pub fn failure(&self, failure: &Failure) -> String {
        format!("{} {}", self.say(&failure.what), self.say(&failure.why))
    }

    /// Whether the language, or English behind it, has a text of this id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.bundle.get_message(id).is_some_and(|message| message.value().is_some())
    }

    fn format(&self, id: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, args, &mut errors).into_owned()
    }

    fn arg_value(&self, arg: &Arg) -> FluentValue<'static> {
        match arg {
            Arg::Count(count) => FluentValue::from(*count),
            other => FluentValue::from(self.arg_text(other)),
        }
    }

    fn arg_text(&self, arg: &Arg) -> String {
        match arg {
            Arg::Text(text) => text.clone(),
            Arg::Count(value) => count(*value),
            Arg::Number(value) => number(*value),
            Arg::Share(value) => share(*value),
            Arg::Bytes(value) => bytes(*value),
            Arg::Message(message) => self.say(message),
        }
    }
}

/// A resource of the binary itself: a line that does not parse is left out, and a test finds it.
fn parse(source: &str) -> FluentResource {
    FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_parses() {
        for locale in Locale::ALL {
            for source in resources::of(locale) {
                let errors = FluentResource::try_new((*source).to_owned()).err().map(|(_, errors)| errors);
                assert!(errors.is_none(), "{locale:?}: {errors:?} in {}", source.lines().next().unwrap_or_default());
            }
        }
    }

    #[test]
    fn numbers_are_separated_and_plurals_chosen() {
        let texts = Texts::new(Locale::English);
        assert_eq!(texts.say(&Message::new("text-rows").with("rows", 22_626u64)), "22,626 rows");
        assert_eq!(texts.say(&Message::new("text-rows").with("rows", 1u64)), "1 row");
        let texts = Texts::new(Locale::Korean);
        assert_eq!(texts.say(&Message::new("text-rows").with("rows", 22_626u64)), "22,626행");
    }

    #[test]
    fn what_has_no_text_is_shown_by_its_id() {
        assert_eq!(Texts::new(Locale::Korean).t("no-such-id"), "no-such-id");
        assert_eq!(Texts::new(Locale::Korean).say(&Message::verbatim("line 1:8: no")), "line 1:8: no");
    }

    #[test]
    fn tags_name_languages() {
        assert_eq!(Locale::from_tag("ko_KR.UTF-8"), Locale::Korean);
        assert_eq!(Locale::from_tag("de-DE"), Locale::English);
    }
}
