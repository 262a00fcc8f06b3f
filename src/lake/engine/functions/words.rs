//! Functions of words and of the form of texts, and `SpookyHash`.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};
use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;

use super::call::{Call, binaries, some, texts};
use super::{Gives, Kind, Scalar, Type0, optional, scalar};

const BYTES: Gives = Gives::Always(Type0::Bytes);
const TEXT: Gives = Gives::Always(Type0::Text);

pub(super) const FUNCTIONS: &[Scalar] = &[
    optional(1, scalar("normalize", &[Kind::Text, Kind::Text], TEXT, normalize)),
    optional(1, scalar("word_stem", &[Kind::Text, Kind::Text], TEXT, stem)),
    scalar("version", &[], TEXT, |call| texts(call.rows, |_| Ok(Some(Cow::Borrowed(env!("CARGO_PKG_VERSION")))))),
    scalar("spooky_hash_v2_32", &[Kind::Bytes], BYTES, |call| {
        binaries(call.rows, |row| {
            let [.., a, b, c, d] = spooky(some!(call.bytes(0, row))).to_be_bytes();
            Ok(Some(vec![a, b, c, d]))
        })
    }),
    scalar("spooky_hash_v2_64", &[Kind::Bytes], BYTES, |call| {
        binaries(call.rows, |row| Ok(Some(spooky(some!(call.bytes(0, row))).to_be_bytes().to_vec())))
    }),
];

fn normalize(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let text = some!(call.text(0, row));
        let form = if call.has(1) { some!(call.text(1, row)) } else { "NFC" };
        Ok(Some(Cow::Owned(match form.to_uppercase().as_str() {
            "NFC" => text.nfc().collect(),
            "NFD" => text.nfd().collect(),
            "NFKC" => text.nfkc().collect(),
            "NFKD" => text.nfkd().collect(),
            _ => return exec_err!("INVALID_FUNCTION_ARGUMENT: Normalization form must be one of [NFD, NFC, NFKD, NFKC]"),
        })))
    })
}

fn algorithm(language: &str) -> Option<Algorithm> {
    Some(match language {
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

fn stem(call: &Call) -> Result<ArrayRef> {
    let mut last: Option<(String, Stemmer)> = None;
    texts(call.rows, |row| {
        let word = some!(call.text(0, row));
        let language = if call.has(1) { some!(call.text(1, row)) } else { "en" };
        if last.as_ref().is_none_or(|(known, _)| known != language) {
            let Some(algorithm) = algorithm(language) else {
                if matches!(language, "ca" | "hy" | "eu" | "ga" | "lt") {
                    return exec_err!("NOT_SUPPORTED: The local lake has no stems of the language {language}");
                }
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Unknown stemmer language: {language}");
            };
            last = Some((language.to_owned(), Stemmer::create(algorithm)));
        }
        Ok(last.as_ref().map(|(_, stemmer)| Cow::Owned(stemmer.stem(word).into_owned())))
    })
}

/// What stands in the place of bytes that are not there.
const NOTHING: u64 = 0xdead_beef_dead_beef;

/// The first half of `SpookyHash` V2 of bytes, with no seed.
fn spooky(bytes: &[u8]) -> u64 {
    if bytes.len() < 192 { short(bytes) } else { long(bytes) }
}

/// The bytes as a number, the lowest first; those that are not there are zero.
fn word(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0_u8; 8];
    for (to, from) in word.iter_mut().zip(bytes.iter().skip(at)) {
        *to = *from;
    }
    u64::from_le_bytes(word)
}

fn short(bytes: &[u8]) -> u64 {
    let [mut a, mut b, mut c, mut d] = [0, 0, NOTHING, NOTHING];
    let mut rest = bytes;
    if bytes.len() > 15 {
        let whole = bytes.chunks_exact(32);
        rest = whole.remainder();
        for chunk in whole {
            c = c.wrapping_add(word(chunk, 0));
            d = d.wrapping_add(word(chunk, 8));
            [a, b, c, d] = short_mix([a, b, c, d]);
            a = a.wrapping_add(word(chunk, 16));
            b = b.wrapping_add(word(chunk, 24));
        }
        if let Some((half, tail)) = rest.split_at_checked(16) {
            c = c.wrapping_add(word(half, 0));
            d = d.wrapping_add(word(half, 8));
            [a, b, c, d] = short_mix([a, b, c, d]);
            rest = tail;
        }
    }
    d = d.wrapping_add((bytes.len() as u64) << 56);
    if rest.is_empty() {
        c = c.wrapping_add(NOTHING);
        d = d.wrapping_add(NOTHING);
    } else {
        c = c.wrapping_add(word(rest, 0));
        d = d.wrapping_add(word(rest, 8));
    }
    short_end([a, b, c, d])
}

fn short_mix([mut a, mut b, mut c, mut d]: [u64; 4]) -> [u64; 4] {
    let step = |turned: &mut u64, turn: u32, added: u64, mixed: &mut u64| {
        *turned = turned.rotate_left(turn).wrapping_add(added);
        *mixed ^= *turned;
    };
    for [first, second, third, fourth] in [[50, 52, 30, 41], [54, 48, 38, 37], [62, 34, 5, 36]] {
        step(&mut c, first, d, &mut a);
        step(&mut d, second, a, &mut b);
        step(&mut a, third, b, &mut c);
        step(&mut b, fourth, c, &mut d);
    }
    [a, b, c, d]
}

fn short_end([mut a, mut b, mut c, mut d]: [u64; 4]) -> u64 {
    let step = |mixed: &mut u64, turned: &mut u64, turn: u32| {
        *mixed ^= *turned;
        *turned = turned.rotate_left(turn);
        *mixed = mixed.wrapping_add(*turned);
    };
    for [first, second, third, fourth] in [[15, 52, 26, 51], [28, 9, 47, 54]] {
        step(&mut d, &mut c, first);
        step(&mut a, &mut d, second);
        step(&mut b, &mut a, third);
        step(&mut c, &mut b, fourth);
    }
    step(&mut d, &mut c, 32);
    step(&mut a, &mut d, 25);
    step(&mut b, &mut a, 63);
    a
}

/// How many bytes are mixed at once.
const BLOCK: usize = 96;

fn long(bytes: &[u8]) -> u64 {
    const MIX: [u32; 12] = [11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46];
    const END: [u32; 12] = [44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54];
    let mut state: [u64; 12] = [0, 0, NOTHING, 0, 0, NOTHING, 0, 0, NOTHING, 0, 0, NOTHING];
    let blocks = bytes.chunks_exact(BLOCK);
    let rest = blocks.remainder();
    for block in blocks {
        for (at, turn) in MIX.into_iter().enumerate() {
            // The state is turned by one after each step, so that each is written as the first.
            let [s0, s1, s2, _, _, _, _, _, _, _, s10, s11] = &mut state;
            *s0 = s0.wrapping_add(word(block, at * 8));
            *s2 ^= *s10;
            *s11 ^= *s0;
            *s0 = s0.rotate_left(turn);
            *s11 = s11.wrapping_add(*s1);
            state.rotate_left(1);
        }
    }
    let mut last = rest.to_vec();
    last.resize(BLOCK - 1, 0);
    last.push(u8::try_from(rest.len()).unwrap_or(0));
    for (at, part) in state.iter_mut().enumerate() {
        *part = part.wrapping_add(word(&last, at * 8));
    }
    for turn in END.into_iter().cycle().take(36) {
        let [_, h1, h2, _, _, _, _, _, _, _, _, h11] = &mut state;
        *h11 = h11.wrapping_add(*h1);
        *h2 ^= *h11;
        *h1 = h1.rotate_left(turn);
        state.rotate_left(1);
    }
    let [first, ..] = state;
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_spooky() {
        assert_eq!(spooky(b""), 0x2327_06fc_6bf5_0919);
        assert_eq!(spooky(b"hello"), 0x3768_826a_d382_e6ca);
        let long: Vec<u8> = (0..=255).collect();
        assert_ne!(spooky(&long), spooky(long.get(..255).unwrap()));
    }
}
