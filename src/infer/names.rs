//! Names of columns and tables as the catalogue takes them.

use std::collections::HashSet;

/// A table's name as a crawler writes it: lower case, anything but letters, digits and underscores replaced by an underscore, at most 128 bytes.
#[must_use]
pub fn table_name(text: &str) -> String {
    let name: String = text.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    name.get(..name.len().min(128)).unwrap_or(&name).to_owned()
}

/// A column's name as we advise it: lower case, letters and digits of any script, one underscore for whatever stands between them.
#[must_use]
pub fn column_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            name.push(c);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    cut(name.trim_matches('_'), 255).to_owned()
}

/// The names with empty ones numbered (`col0`, `col1`, … by position) and doubles told apart (`x`, `x_2`, …).
#[must_use]
pub fn distinct_names(names: &[String]) -> Vec<String> {
    let mut taken: HashSet<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    let mut seen = HashSet::new();
    let mut next = |wanted: String| {
        let mut name = wanted.clone();
        let mut number = 2;
        while !seen.insert(name.clone()) {
            loop {
                name = format!("{wanted}_{number}");
                number += 1;
                if taken.insert(name.clone()) {
                    break;
                }
            }
        }
        name
    };
    names.iter().enumerate().map(|(index, name)| if name.is_empty() { next(format!("col{index}")) } else { next(name.clone()) }).collect()
}

fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_made_fit() {
        assert_eq!(column_name("Clothing ID"), "clothing_id");
        assert_eq!(column_name("  별점 (5점) "), "별점_5점");
        assert_eq!(column_name("%"), "");
        assert_eq!(table_name("Reviews-2024.csv"), "reviews_2024_csv");
        let names = ["", "a", "a", "a_2", ""].map(str::to_owned);
        assert_eq!(distinct_names(&names), ["col0", "a", "a_3", "a_2", "col4"]);
    }

    proptest! {
        #[test]
        fn no_two_names_are_alike(names in prop::collection::vec("(a|b|col0|a_2||a_3)", 0..12)) {
            let made = distinct_names(&names);
            prop_assert_eq!(made.iter().collect::<HashSet<_>>().len(), names.len());
            prop_assert!(made.iter().all(|name| !name.is_empty()));
        }
    }
}
