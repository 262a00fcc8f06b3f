//! Functions of bytes: encodings and digests.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE};
use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};
use sha2::Digest as _;

use super::call::{Call, bigints, binaries, some, texts};
use super::{Gives, Kind, Scalar, Type0, optional, scalar};

/// Java reads base64 with and without its padding, and passes over bits that are left.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const OF_URLS: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

const BYTES: Gives = Gives::Always(Type0::Bytes);
const TEXT: Gives = Gives::Always(Type0::Text);

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("to_utf8", &[Kind::Text], BYTES, |call| binaries(call.rows, |row| Ok(call.text(0, row).map(str::as_bytes)))),
    optional(1, scalar("from_utf8", &[Kind::Bytes, Kind::Text], TEXT, from_utf8)),
    scalar("to_hex", &[Kind::Bytes], TEXT, |call| texts(call.rows, |row| Ok(call.bytes(0, row).map(|b| Cow::Owned(hex::encode_upper(b)))))),
    scalar("from_hex", &[Kind::TextOrBytes], BYTES, |call| decoded(call, |text| hex::decode(text).ok(), "hex")),
    scalar("to_base64", &[Kind::Bytes], TEXT, |call| {
        texts(call.rows, |row| Ok(call.bytes(0, row).map(|b| Cow::Owned(STANDARD.encode(b)))))
    }),
    scalar("from_base64", &[Kind::TextOrBytes], BYTES, |call| decoded(call, |text| PLAIN.decode(text).ok(), "base64")),
    scalar("to_base64url", &[Kind::Bytes], TEXT, |call| {
        texts(call.rows, |row| Ok(call.bytes(0, row).map(|b| Cow::Owned(URL_SAFE.encode(b)))))
    }),
    scalar("from_base64url", &[Kind::TextOrBytes], BYTES, |call| decoded(call, |text| OF_URLS.decode(text).ok(), "base64url")),
    scalar("md5", &[Kind::Bytes], BYTES, |call| digest(call, |bytes| md5::Md5::digest(bytes).to_vec())),
    scalar("sha1", &[Kind::Bytes], BYTES, |call| digest(call, |bytes| sha1(bytes).to_vec())),
    scalar("sha256", &[Kind::Bytes], BYTES, |call| digest(call, |bytes| sha2::Sha256::digest(bytes).to_vec())),
    scalar("sha512", &[Kind::Bytes], BYTES, |call| digest(call, |bytes| sha2::Sha512::digest(bytes).to_vec())),
    scalar("xxhash64", &[Kind::Bytes], BYTES, |call| digest(call, |bytes| xxhash64(bytes).to_be_bytes().to_vec())),
    scalar("crc32", &[Kind::Bytes], Gives::Always(Type0::BigInt), crc32),
];

/// Bytes as text; what is none is replaced by a sign, or left out.
fn from_utf8(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let bytes = some!(call.bytes(0, row));
        if !call.has(1) {
            return Ok(Some(String::from_utf8_lossy(bytes)));
        }
        let sign = some!(call.text(1, row));
        if sign.chars().count() > 1 {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Replacement character string must empty or a single character");
        }
        let mut out = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            out.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                out.push_str(sign);
            }
        }
        Ok(Some(Cow::Owned(out)))
    })
}

fn decoded(call: &Call, decode: fn(&str) -> Option<Vec<u8>>, name: &str) -> Result<ArrayRef> {
    binaries(call.rows, |row| {
        let text = match call.text(0, row) {
            Some(text) => text,
            None => some!(some!(call.bytes(0, row).map(std::str::from_utf8)).ok()),
        };
        match decode(text) {
            Some(bytes) => Ok(Some(bytes)),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: '{text}' is not valid {name}"),
        }
    })
}

fn digest(call: &Call, of: fn(&[u8]) -> Vec<u8>) -> Result<ArrayRef> {
    binaries(call.rows, |row| Ok(call.bytes(0, row).map(of)))
}

fn crc32(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let mut sum = flate2::Crc::new();
        sum.update(some!(call.bytes(0, row)));
        Ok(Some(i64::from(sum.sum())))
    })
}

/// SHA-1 by the standard: it serves old data here, no security.
#[expect(clippy::many_single_char_names, reason = "the names of FIPS 180-4")]
pub(super) fn sha1(bytes: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    let mut message = bytes.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend_from_slice(&(bytes.len() as u64 * 8).to_be_bytes());
    for block in message.as_chunks::<64>().0 {
        let mut words: Vec<u32> = block.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
        for at in 16..80 {
            let word = |back: usize| words.get(at - back).copied().unwrap_or(0);
            let next = (word(3) ^ word(8) ^ word(14) ^ word(16)).rotate_left(1);
            words.push(next);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (at, word) in words.into_iter().enumerate() {
            let (mixed, constant) = match at {
                0..20 => ((b & c) | (!b & d), 0x5A82_7999),
                20..40 => (b ^ c ^ d, 0x6ED9_EBA1),
                40..60 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let next = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut out = [0; 20];
    for (place, word) in out.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    out
}

/// xxHash with 64 bits and seed 0.
fn xxhash64(bytes: &[u8]) -> u64 {
    const P1: u64 = 0x9E37_79B1_85EB_CA87;
    const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
    const P3: u64 = 0x1656_67B1_9E37_79F9;
    const P4: u64 = 0x85EB_CA77_C2B2_AE63;
    const P5: u64 = 0x27D4_EB2F_1656_67C5;
    let round = |lane: u64, word: u64| lane.wrapping_add(word.wrapping_mul(P2)).rotate_left(31).wrapping_mul(P1);
    let (stripes, rest) = bytes.as_chunks::<32>();
    let mut hash = if stripes.is_empty() {
        P5
    } else {
        let mut lanes = [P1.wrapping_add(P2), P2, 0, 0_u64.wrapping_sub(P1)];
        for stripe in stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe.as_chunks::<8>().0) {
                *lane = round(*lane, u64::from_le_bytes(*word));
            }
        }
        let [a, b, c, d] = lanes;
        let mut hash = a.rotate_left(1).wrapping_add(b.rotate_left(7)).wrapping_add(c.rotate_left(12)).wrapping_add(d.rotate_left(18));
        for lane in lanes {
            hash = (hash ^ round(0, lane)).wrapping_mul(P1).wrapping_add(P4);
        }
        hash
    };
    hash = hash.wrapping_add(bytes.len() as u64);
    let (words, rest) = rest.as_chunks::<8>();
    for word in words {
        hash = (hash ^ round(0, u64::from_le_bytes(*word))).rotate_left(27).wrapping_mul(P1).wrapping_add(P4);
    }
    let (halves, rest) = rest.as_chunks::<4>();
    for half in halves {
        hash = (hash ^ u64::from(u32::from_le_bytes(*half)).wrapping_mul(P1)).rotate_left(23).wrapping_mul(P2).wrapping_add(P3);
    }
    for byte in rest {
        hash = (hash ^ u64::from(*byte).wrapping_mul(P5)).rotate_left(11).wrapping_mul(P1);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(P2);
    hash = (hash ^ (hash >> 29)).wrapping_mul(P3);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_their_standards() {
        assert_eq!(hex::encode(sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex::encode(sha1(&[b'a'; 200])), "e61cfffe0d9195a525fc6cf06ca2d77119c24a40");
        assert_eq!(xxhash64(b""), 0xEF46_DB37_51D8_E999);
        assert_eq!(xxhash64(b"abc"), 0x44BC_2CF5_AD77_0999);
        assert_eq!(xxhash64(b"Call me Ishmael. Some years ago--never mind how long precisely-"), 0x02A2_E854_70D6_FD96);
    }
}
