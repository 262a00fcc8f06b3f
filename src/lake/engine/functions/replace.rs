//! `regexp_replace` with a lambda, which is given the groups of each match and answers what comes in its place.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, ListBuilder, StringViewBuilder, UInt32Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;

use super::lambda::Applied;
use super::pattern::Patterns;

/// The texts with each match replaced; NULL where the lambda answers NULL for any.
pub(super) fn by_lambda(call: &Applied) -> Result<ArrayRef> {
    let text_of = |at: usize| -> Result<ArrayRef> { Ok(cast(&call.array(at)?, &DataType::Utf8View)?) };
    let (texts, patterns) = (text_of(0)?, text_of(1)?);
    let (texts, patterns) = (texts.as_string_view(), patterns.as_string_view());
    let mut known = Patterns::default();
    let mut groups = ListBuilder::new(StringViewBuilder::new());
    // Where the matches of each row are in its text; all rows' matches are replaced at once.
    let (mut places, mut owners) = (Vec::with_capacity(call.rows()), Vec::new());
    for row in 0..call.rows() {
        let mut found = Vec::new();
        if texts.is_valid(row) && patterns.is_valid(row) {
            let text = texts.value(row);
            for matched in known.get(patterns.value(row), text)?.captures(text)? {
                let mut parts = matched.into_iter();
                found.extend(parts.next().flatten());
                for group in parts {
                    groups.values().append_option(group.and_then(|place| text.get(place)));
                }
                groups.append(true);
                owners.push(u32::try_from(row).unwrap_or(0));
            }
            places.push(Some(found));
        } else {
            places.push(None);
        }
    }
    let replaced = call.evaluate(2, &[Arc::new(groups.finish())], &UInt32Array::from(owners))?;
    let replaced = cast(&replaced, &DataType::Utf8View)?;
    let mut replacements = replaced.as_string_view().iter();
    let mut out = StringViewBuilder::with_capacity(call.rows());
    for (row, found) in places.into_iter().enumerate() {
        let Some(found) = found else {
            out.append_null();
            continue;
        };
        let text = texts.value(row);
        let (mut made, mut end, mut null) = (String::with_capacity(text.len()), 0, false);
        for place in found {
            made.push_str(text.get(end..place.start).unwrap_or(""));
            match replacements.next().flatten() {
                Some(replacement) => made.push_str(replacement),
                None => null = true,
            }
            end = place.end;
        }
        made.push_str(text.get(end..).unwrap_or(""));
        out.append_option((!null).then_some(made));
    }
    Ok(Arc::new(out.finish()))
}
