//! `OpenCSVSerde`'s reading of one line: quotes, escapes, and no line break inside a field.

/// The signs of an `OpenCSVSerde` table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lake::engine) struct Signs {
    pub(super) separator: char,
    pub(super) quote: char,
    pub(super) escape: char,
}

/// The fields of a line. A quoted field that the line does not close is missing, as the SerDe leaves it.
pub(super) fn fields(line: &str, signs: Signs, out: &mut Vec<String>) {
    out.clear();
    let mut field = String::new();
    let (mut quoted, mut in_field) = (false, false);
    let mut before = None;
    let mut chars = line.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let inside = quoted || in_field;
        let mut last = c;
        if c == signs.escape {
            // An escape counts before a quote or another escape, inside quotes or a field; anywhere else it vanishes.
            if let Some(literal) = next.filter(|next| inside && (*next == signs.quote || *next == signs.escape)) {
                field.push(literal);
                last = literal;
                chars.next();
            }
        } else if c == signs.quote {
            if inside && next == Some(signs.quote) {
                field.push(c);
                chars.next();
            } else {
                // A quote in the midst of a field stays a part of it: `a"b"c`. Blanks before an opening quote go.
                let in_midst = at > 2 && before != Some(signs.separator) && next.is_some_and(|next| next != signs.separator);
                if in_midst && !field.is_empty() && field.chars().all(char::is_whitespace) {
                    field.clear();
                } else if in_midst {
                    field.push(c);
                }
                quoted = !quoted;
            }
            in_field = !in_field;
        } else if c == signs.separator && !quoted {
            out.push(std::mem::take(&mut field));
            in_field = false;
        } else {
            field.push(c);
            in_field = true;
        }
        before = Some(last);
    }
    if !quoted {
        out.push(field);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const USUAL: Signs = Signs { separator: ',', quote: '"', escape: '\\' };

    fn read(line: &str) -> Vec<String> {
        let mut out = Vec::new();
        fields(line, USUAL, &mut out);
        out
    }

    #[test]
    fn quotes_and_escapes_are_taken_off() {
        assert_eq!(read(r#"1,"a, b","say ""hi""""#), ["1", "a, b", r#"say "hi""#]);
        assert_eq!(read(r#""a\"b",c"#), [r#"a"b"#, "c"]);
        assert_eq!(read(r#""x","","y""#), ["x", "", "y"]);
        assert_eq!(read(",,"), ["", "", ""]);
        assert_eq!(read(""), [""]);
        assert_eq!(read(r#"x,a"b"c,d"#), ["x", r#"a"b"c"#, "d"]);
    }

    #[test]
    fn a_field_that_is_never_closed_is_missing() {
        assert_eq!(read(r#"1,"begins here"#), ["1"]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_comes_back(values in prop::collection::vec("[a-z,\" ]{0,8}", 1..5)) {
            let line: Vec<String> = values.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\""))).collect();
            prop_assert_eq!(read(&line.join(",")), values);
        }
    }
}
