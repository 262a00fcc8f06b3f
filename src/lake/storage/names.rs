//! Keys and file names: the reversible rule by which one part of a key becomes one name on disk, the same on every platform.
//!
//! A part keeps its own name wherever Linux, macOS and Windows all take it; elsewhere characters are written as `%` and two digits. Two parts whose
//! plain names would be the same file somewhere (another case, a file beside a folder) cannot both be plain: the later one is stored under its
//! marked name, which differs from every other name in any case. A name that would be too long is a hash, with the part in the database.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The longest name that is written, in bytes: what every file system in use takes.
const LONGEST: usize = 240;

/// Whether a name is a file's or a folder's: their marks differ, so that `a` and `a/b` can both be marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The last part of a key.
    File,
    /// Any part before it.
    Folder,
}

impl Kind {
    const fn mark(self) -> &'static str {
        match self {
            Self::File => "%_",
            Self::Folder => "%=",
        }
    }

    const fn hash_mark(self) -> &'static str {
        match self {
            Self::File => "%~",
            Self::Folder => "%+",
        }
    }
}

/// What a name on disk stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// This part of a key.
    Part(String),
    /// The part with this hash, to be found in the database.
    Hashed(String),
}

/// The name under which a part is stored where nothing stands in its way.
pub(crate) fn plain(part: &str, kind: Kind) -> String {
    if part.is_empty() {
        return kind.mark().to_owned();
    }
    let marks = [Kind::File, Kind::Folder].map(|kind| [kind.mark(), kind.hash_mark()]);
    let kept = is_legal(part)
        && !marks.as_flattened().iter().any(|mark| part.starts_with(mark))
        && decode(part, kind) == Decoded::Part(part.to_owned());
    if kept { part.to_owned() } else { shortened(escape(part, Escape::Illegal), part, kind) }
}

/// The name under which a part is stored where its plain name is taken.
pub(crate) fn marked(part: &str, kind: Kind) -> String {
    shortened(format!("{}{}", kind.mark(), escape(part, Escape::AnyCase)), part, kind)
}

/// The part as the name of a file that somebody put there by hand, where this platform has such a name.
pub(crate) fn literal(part: &str) -> Option<&str> {
    let possible = !part.is_empty() && part != "." && part != ".." && part.len() <= 255 && !part.contains(['/', '\0']);
    (possible && (cfg!(not(windows)) || is_legal(part))).then_some(part)
}

/// The names to look for a part under, the likeliest first.
pub(crate) fn candidates(part: &str, kind: Kind) -> Vec<String> {
    let mut names = vec![plain(part, kind), marked(part, kind)];
    // A name that stands for another part is that part's alone.
    let by_hand = literal(part).filter(|name| decode(name, kind) == Decoded::Part(part.to_owned()));
    names.extend(by_hand.map(str::to_owned));
    names.dedup();
    if names.len() > 1 && names.first() == names.last() {
        names.pop();
    }
    names
}

/// The part that a name on disk stands for. Any name that the rule would not have written stands for itself.
pub(crate) fn decode(name: &str, kind: Kind) -> Decoded {
    if let Some(hash) = name.strip_prefix(kind.hash_mark())
        && hash.len() == 40
        && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    {
        return Decoded::Hashed(hash.to_owned());
    }
    if let Some(part) = name.strip_prefix(kind.mark()).and_then(unescape)
        && marked(&part, kind) == name
    {
        return Decoded::Part(part);
    }
    match unescape(name) {
        Some(part) if part != name && plain(&part, kind) == name => Decoded::Part(part),
        _ => Decoded::Part(name.to_owned()),
    }
}

/// The hash that stands for a part whose name would be too long, if it is.
pub(crate) fn hash_of_long(part: &str, kind: Kind) -> Option<String> {
    [plain(part, kind), marked(part, kind)].iter().find_map(|name| match decode(name, kind) {
        Decoded::Hashed(hash) => Some(hash),
        Decoded::Part(_) => None,
    })
}

/// The whole key as plain names, such that two keys that any platform takes for the same file come out the same.
pub(crate) fn fold(key: &str) -> String {
    let mut folded = String::with_capacity(key.len());
    let mut parts = key.split('/').peekable();
    while let Some(part) = parts.next() {
        let kind = if parts.peek().is_some() { Kind::Folder } else { Kind::File };
        // Capitals and back: ß is the same as ss, and the final sigma the same as the other one.
        folded.extend(plain(part, kind).chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
        if kind == Kind::Folder {
            folded.push('/');
        }
    }
    folded
}

/// Whether the desktop puts files of this name everywhere without being asked.
pub(crate) fn is_litter(name: &str) -> bool {
    name == ".DS_Store" || name.starts_with("._") || name.eq_ignore_ascii_case("thumbs.db") || name.eq_ignore_ascii_case("desktop.ini")
}

fn shortened(name: String, part: &str, kind: Kind) -> String {
    if name.len() <= LONGEST {
        return name;
    }
    let digest = Sha256::digest(part.as_bytes());
    format!("{}{}", kind.hash_mark(), hex::encode(digest.get(..20).unwrap_or_default()))
}

/// Whether Linux, macOS and Windows all take this name and keep it as it is.
fn is_legal(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && !name.chars().any(is_illegal) && !name.ends_with(['.', ' ']) && !is_device(name)
}

/// Characters that some platform refuses, or stores as other characters.
fn is_illegal(c: char) -> bool {
    c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*') || is_unstable(c)
}

/// Characters that a file system which normalises Unicode takes for others: combining marks, jamo, and characters that are only another spelling.
fn is_unstable(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0374 | 0x037E | 0x0387 | 0x0958..=0x095F | 0x09DC..=0x09DF | 0x0A33 | 0x0A36 | 0x0A59..=0x0A5E | 0x0B5C | 0x0B5D
        | 0x1100..=0x11FF | 0x1DC0..=0x1DFF | 0x1F71..=0x1F7D | 0x1FBB..=0x1FBE | 0x1FC9..=0x1FCB | 0x1FD3 | 0x1FDB | 0x1FE3 | 0x1FEB..=0x1FEF
        | 0x1FF9..=0x1FFD | 0x2000 | 0x2001 | 0x20D0..=0x20FF | 0x2126 | 0x212A | 0x212B | 0x2329 | 0x232A | 0x3099 | 0x309A | 0xA960..=0xA97F
        | 0xD7B0..=0xD7FF | 0xF900..=0xFAFF | 0xFB1D..=0xFB4E | 0xFE20..=0xFE2F | 0x2F800..=0x2FA1F)
}

/// The names that Windows keeps for devices, with any extension.
fn is_device(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_ascii_uppercase();
    match base.as_str() {
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" => true,
        _ => base
            .strip_prefix("COM")
            .or_else(|| base.strip_prefix("LPT"))
            .is_some_and(|port| matches!(port.chars().next(), Some('0'..='9' | '¹' | '²' | '³')) && port.chars().count() == 1),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// What some platform does not take.
    Illegal,
    /// That, and whatever has case or another spelling.
    AnyCase,
}

fn escape(part: &str, what: Escape) -> String {
    let device = what == Escape::Illegal && is_device(part);
    let last = part.char_indices().next_back().map(|(at, _)| at);
    let mut name = String::with_capacity(part.len() + 8);
    for (at, c) in part.char_indices() {
        let trailing = Some(at) == last && (c == '.' || c == ' ');
        let cased = what == Escape::AnyCase && (!c.is_ascii() || c.is_ascii_uppercase());
        if c == '%' || is_illegal(c) || trailing || cased || (device && at == 0) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a string cannot fail.
                write!(name, "%{byte:02X}").unwrap_or_default();
            }
        } else {
            name.push(c);
        }
    }
    name
}

/// The text with every `%` and two digits replaced by their byte; `None` where that is no text.
fn unescape(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| first == b'%').and_then(|digits| hex::decode(digits).ok());
        if let Some(byte) = escaped {
            bytes.extend(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KINDS: [Kind; 2] = [Kind::File, Kind::Folder];

    /// What every platform takes, written down independently of the rule.
    fn taken_everywhere(name: &str) -> bool {
        let device = ["con", "prn", "aux", "nul", "com0", "com1", "com9", "lpt0", "lpt1", "lpt9"];
        !name.is_empty()
            && name.len() <= 255
            && !name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*', '\0', '\n', '\u{7f}'])
            && !name.ends_with('.')
            && !name.ends_with(' ')
            && !device.contains(&name.to_lowercase().split('.').next().unwrap())
    }

    fn same_somewhere(a: &str, b: &str) -> bool {
        a.to_uppercase() == b.to_uppercase() || a.to_lowercase() == b.to_lowercase()
    }

    fn part() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-zA-Z0-9._ =-]{0,6}",
            3 => prop::sample::select(vec![
                "%", "%2", "%25", "%41", "%_", "%=", "%~", "%+", "%2E", ".", "..", " ", "CON", "nul", "com1", ":", "?", "ß", "SS", "é", "e\u{301}",
                "한글", "\u{1112}\u{1161}", "İ", "ſ", "\u{212A}", "😀", "\u{0}", "\n", "\\",
            ])
            .prop_map(str::to_owned),
            1 => "\\PC{0,40}",
        ];
        prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat().replace('/', ""))
    }

    #[test]
    fn ordinary_names_stay_their_own() {
        for name in [
            "Womens Clothing E-Commerce Reviews.csv",
            "year=2017",
            "part-00000.snappy.parquet",
            "리뷰 데이터.csv",
            ".hidden",
            "100% cotton.csv",
            "a%zz",
            "été.csv",
            "v1.0",
            "~tmp",
            "_SUCCESS",
            "50%",
            "naïve (copy) [2].txt",
        ] {
            for kind in KINDS {
                assert_eq!(plain(name, kind), name);
                assert_eq!(decode(name, kind), Decoded::Part(name.to_owned()));
            }
        }
    }

    #[test]
    fn names_that_a_platform_refuses_are_escaped() {
        for (part, name) in [
            ("..", ".%2E"),
            (".", "%2E"),
            ("a.", "a%2E"),
            ("a ", "a%20"),
            ("CON", "%43ON"),
            ("nul.txt", "%6Eul.txt"),
            ("10:30", "10%3A30"),
            ("a%41", "a%41"),
            ("%41", "%41"),
            ("%2E", "%252E"),
            ("e\u{301}", "e%CC%81"),
            ("", "%_"),
            ("tab\t", "tab%09"),
            ("a\\b", "a%5Cb"),
        ] {
            assert_eq!(plain(part, Kind::File), name, "{part:?}");
            assert_eq!(decode(name, Kind::File), Decoded::Part(part.to_owned()), "{name:?}");
        }
    }

    #[test]
    fn long_names_are_hashed() {
        for part in ["x".repeat(1000), "?".repeat(100), "Ä".repeat(120)] {
            for kind in KINDS {
                let hash = hash_of_long(&part, kind).unwrap();
                assert!(plain(&part, kind).len() <= 255);
                assert_eq!(decode(&marked(&part, kind), kind), Decoded::Hashed(hash));
            }
        }
        assert_eq!(hash_of_long("x", Kind::File), None);
    }

    #[test]
    fn a_fold_is_the_same_for_what_a_platform_confuses() {
        for (a, b) in [("Data/x", "data/X"), ("straße", "STRASSE"), ("a:", "A%3a"), ("ΟΔΟΣ", "οδος")] {
            assert_eq!(fold(a), fold(b));
        }
        for (a, b) in [("a", "a/"), ("a/b", "a/c"), ("한", "\u{1112}\u{1161}\u{11ab}")] {
            assert_ne!(fold(a), fold(b));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn every_part_comes_back(part in part()) {
            for kind in KINDS {
                for name in [plain(&part, kind), marked(&part, kind)] {
                    prop_assert!(taken_everywhere(&name), "{name:?}");
                    match decode(&name, kind) {
                        Decoded::Part(back) => prop_assert_eq!(&back, &part),
                        Decoded::Hashed(hash) => prop_assert_eq!(Some(hash), hash_of_long(&part, kind)),
                    }
                    prop_assert!(candidates(&part, kind).contains(&name));
                }
            }
        }

        #[test]
        fn marked_names_are_like_no_other(a in part(), b in part()) {
            for (one, other) in [(Kind::File, Kind::File), (Kind::File, Kind::Folder), (Kind::Folder, Kind::File), (Kind::Folder, Kind::Folder)] {
                if a != b || one != other {
                    prop_assert!(!same_somewhere(&marked(&a, one), &marked(&b, other)));
                }
                let alone = a.is_empty() || hash_of_long(&a, one).is_some();
                if a != b || (one == other && !alone) {
                    prop_assert!(!same_somewhere(&marked(&a, one), &plain(&b, other)));
                }
            }
        }

        #[test]
        fn plain_names_that_meet_have_one_fold(a in part(), b in part()) {
            if same_somewhere(&plain(&a, Kind::File), &plain(&b, Kind::File)) {
                prop_assert_eq!(fold(&a), fold(&b));
            }
        }

        #[test]
        fn a_file_put_there_by_hand_is_found_under_its_key(name in part().prop_filter("a name", |name| literal(name).is_some())) {
            for kind in KINDS {
                if let Decoded::Part(part) = decode(&name, kind) {
                    prop_assert!(candidates(&part, kind).contains(&name));
                }
            }
        }
    }
}
