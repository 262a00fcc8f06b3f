//! Every sentence of the room exists in English and in Korean, with the same arguments, and nothing is there that nobody says.

use std::collections::{BTreeMap, BTreeSet};

const ENGLISH: &str = include_str!("../../../resources/i18n/en/bias.ftl");
const KOREAN: &str = include_str!("../../../resources/i18n/ko/bias.ftl");

const SOURCES: [&str; 11] = [
    include_str!("../error.rs"),
    include_str!("../findings.rs"),
    include_str!("../flip.rs"),
    include_str!("../formula.rs"),
    include_str!("../limits.rs"),
    include_str!("../meaning.rs"),
    include_str!("../measure.rs"),
    include_str!("../metric.rs"),
    include_str!("../quality.rs"),
    include_str!("../slice.rs"),
    include_str!("../../report/config.rs"),
];

/// The messages of a Fluent file with their arguments.
fn messages(text: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (id, sentence) = line.split_once(" = ").unwrap_or_else(|| panic!("no message: {line}"));
            let arguments = sentence.split("{ $").skip(1).map(|rest| rest.split_once(" }").unwrap().0).collect();
            (id, arguments)
        })
        .collect()
}

#[test]
fn both_languages_say_the_same() {
    let (english, korean) = (messages(ENGLISH), messages(KOREAN));
    let ids = |messages: &BTreeMap<&'static str, BTreeSet<&str>>| messages.keys().copied().collect::<Vec<_>>();
    assert_eq!(ids(&english), ids(&korean));
    for (id, arguments) in &english {
        // "Everyone else" needs no name where a language leaves it out.
        let optional = |arguments: &BTreeSet<&'static str>| arguments.iter().copied().filter(|name| *name != "others").collect::<Vec<_>>();
        assert_eq!(optional(arguments), optional(&korean[id]), "{id}");
    }
}

#[test]
fn every_message_that_is_said_has_a_text_and_every_text_is_said() {
    let said: BTreeSet<&str> = SOURCES
        .iter()
        .flat_map(|source| source.split("\"bias-").skip(1))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| id)
        .collect();
    let written: BTreeSet<&str> = messages(ENGLISH).into_keys().map(|id| id.strip_prefix("bias-").unwrap()).collect();
    assert_eq!(said, written);
}

#[test]
fn both_files_are_sound_fluent() {
    for text in [ENGLISH, KOREAN] {
        let resource = fluent_bundle::FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| errors).unwrap();
        assert_eq!(resource.entries().filter(|entry| format!("{entry:?}").starts_with("Message")).count(), messages(text).len());
    }
}
