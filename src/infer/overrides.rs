//! What a person decides instead of letting it be guessed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::infer::encoding::Encoding;
use crate::infer::evidence::Escape;
use crate::model::HiveType;

/// What to do with rows that have more or fewer fields than there are columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RaggedRows {
    /// Stop and say which row it is.
    #[default]
    Refuse,
    /// Fill what is missing with NULL and drop what is too much, as Athena's readers do.
    PadAndCut,
    /// Leave such rows out.
    Skip,
}

/// Decisions that take the place of guesses; what is not set is guessed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    /// The text encoding.
    pub encoding: Option<Encoding>,
    /// The byte between fields.
    pub delimiter: Option<u8>,
    /// The quote; `Some(None)` means that quotes are ordinary characters.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "explicit")]
    pub quote: Option<Option<u8>>,
    /// How a quote inside quotes is written.
    pub escape: Option<Escape>,
    /// Whether the first row holds names.
    pub header: Option<bool>,
    /// Types by column, counted from 0.
    pub types: BTreeMap<usize, HiveType>,
    /// Catalogue names by column, counted from 0.
    pub names: BTreeMap<usize, String>,
    /// Texts that stand for NULL beside the empty field, such as `n/a`.
    pub null_texts: Vec<String>,
    /// What to do with rows of another length.
    pub ragged: RaggedRows,
}

/// A quote that is set to `null` differs from one that is not set.
#[expect(clippy::option_option, reason = "not set, set to none, and set to a byte are three cases")]
fn explicit<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u8>>, D::Error> {
    Option::<u8>::deserialize(deserializer).map(Some)
}
