//! Functions of bytes beyond the common digests: keyed digests, other encodings, numbers as bytes.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Float32Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type};
use datafusion::common::{Result, exec_err};
use sha2::Digest as _;

use super::bytes::sha1;
use super::call::{Call, bigints, binaries, doubles, integers, some, texts};
use super::{Gives, Kind, Scalar, Type0, scalar};
use crate::sql::Type;

const BYTES: Gives = Gives::Always(Type0::Bytes);
const TWO: &[Kind] = &[Kind::Bytes, Kind::Bytes];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("hmac_md5", TWO, BYTES, |call| keyed(call, 64, |bytes| md5::Md5::digest(bytes).to_vec())),
    scalar("hmac_sha1", TWO, BYTES, |call| keyed(call, 64, |bytes| sha1(bytes).to_vec())),
    scalar("hmac_sha256", TWO, BYTES, |call| keyed(call, 64, |bytes| sha2::Sha256::digest(bytes).to_vec())),
    scalar("hmac_sha512", TWO, BYTES, |call| keyed(call, 128, |bytes| sha2::Sha512::digest(bytes).to_vec())),
    scalar("murmur3", &[Kind::Bytes], BYTES, |call| binaries(call.rows, |row| Ok(call.bytes(0, row).map(murmur3)))),
    scalar("to_base32", &[Kind::Bytes], Gives::Always(Type0::Text), |call| {
        texts(call.rows, |row| Ok(call.bytes(0, row).map(|bytes| Cow::Owned(base32(bytes)))))
    }),
    scalar("from_base32", &[Kind::Text], BYTES, |call| {
        binaries(call.rows, |row| {
            let text = some!(call.text(0, row));
            match of_base32(text) {
                Some(bytes) => Ok(Some(bytes)),
                None => exec_err!("INVALID_FUNCTION_ARGUMENT: '{text}' is not valid base32"),
            }
        })
    }),
    scalar("to_big_endian_32", &[Kind::Integer], BYTES, |call| {
        binaries(call.rows, |row| match i32::try_from(some!(call.integer(0, row))) {
            Ok(number) => Ok(Some(number.to_be_bytes().to_vec())),
            Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: the number does not fit 32 bits"),
        })
    }),
    scalar("to_big_endian_64", &[Kind::Integer], BYTES, |call| {
        binaries(call.rows, |row| Ok(call.integer(0, row).map(|number| number.to_be_bytes().to_vec())))
    }),
    scalar("from_big_endian_32", &[Kind::Bytes], Gives::Always(Type0::Integer), |call| {
        integers(call.rows, |row| Ok(Some(i32::from_be_bytes(exactly(some!(call.bytes(0, row)))?))))
    }),
    scalar("from_big_endian_64", &[Kind::Bytes], Gives::Always(Type0::BigInt), |call| {
        bigints(call.rows, |row| Ok(Some(i64::from_be_bytes(exactly(some!(call.bytes(0, row)))?))))
    }),
    scalar("to_ieee754_32", &[Kind::Number], BYTES, |call| {
        let numbers = cast(call.needed(0)?, &DataType::Float32)?;
        let numbers = numbers.as_primitive::<Float32Type>();
        binaries(call.rows, |row| Ok(numbers.is_valid(row).then(|| numbers.value(row).to_be_bytes().to_vec())))
    }),
    scalar("to_ieee754_64", &[Kind::Double], BYTES, |call| {
        binaries(call.rows, |row| Ok(call.double(0, row).map(|number| number.to_be_bytes().to_vec())))
    }),
    scalar("from_ieee754_32", &[Kind::Bytes], Gives::Of(|_| Ok(Type::Real)), |call| {
        let number = |row: usize| call.bytes(0, row).map(|bytes| Ok(f32::from_be_bytes(exactly(bytes)?))).transpose();
        Ok(Arc::new((0..call.rows).map(number).collect::<Result<Float32Array>>()?))
    }),
    scalar("from_ieee754_64", &[Kind::Bytes], Gives::Always(Type0::Double), |call| {
        doubles(call.rows, |row| Ok(Some(f64::from_be_bytes(exactly(some!(call.bytes(0, row)))?))))
    }),
];

fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    match bytes.try_into() {
        Ok(bytes) => Ok(bytes),
        Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: expected {N}-byte input, but got instead: {}", bytes.len()),
    }
}

/// HMAC by the standard over a digest with blocks of so many bytes.
fn hmac(message: &[u8], key: &[u8], block: usize, digest: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut key = if key.len() > block { digest(key) } else { key.to_vec() };
    key.resize(block, 0);
    let pad = |byte: u8| key.iter().map(move |part| part ^ byte);
    let inner: Vec<u8> = pad(0x36).chain(message.iter().copied()).collect();
    let outer: Vec<u8> = pad(0x5c).chain(digest(&inner)).collect();
    digest(&outer)
}

fn keyed(call: &Call, block: usize, digest: fn(&[u8]) -> Vec<u8>) -> Result<ArrayRef> {
    binaries(call.rows, |row| Ok(Some(hmac(some!(call.bytes(0, row)), some!(call.bytes(1, row)), block, digest))))
}

/// `MurmurHash` 3 with 128 bits for 64-bit machines and seed 0.
fn murmur3(bytes: &[u8]) -> Vec<u8> {
    const C1: u64 = 0x87c3_7b91_1142_53d5;
    const C2: u64 = 0x4cf5_ad43_2745_937f;
    let first = |word: u64| word.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2);
    let second = |word: u64| word.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1);
    let (blocks, rest) = bytes.as_chunks::<16>();
    let (mut one, mut two) = (0_u64, 0_u64);
    for block in blocks {
        let words = u128::from_le_bytes(*block);
        #[allow(clippy::cast_possible_truncation, reason = "the lower half and the upper half are meant")]
        let (low, high) = (words as u64, (words >> 64) as u64);
        one = (one ^ first(low)).rotate_left(27).wrapping_add(two).wrapping_mul(5).wrapping_add(0x52dc_e729);
        two = (two ^ second(high)).rotate_left(31).wrapping_add(one).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    }
    let word = |part: &[u8]| part.iter().rev().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
    let (low, high) = rest.split_at(rest.len().min(8));
    two ^= second(word(high));
    one ^= first(word(low));
    let mixed = |word: u64| {
        let word = (word ^ (word >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let word = (word ^ (word >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        word ^ (word >> 33)
    };
    let length = bytes.len() as u64;
    (one, two) = (one ^ length, two ^ length);
    one = one.wrapping_add(two);
    two = two.wrapping_add(one);
    (one, two) = (mixed(one), mixed(two));
    one = one.wrapping_add(two);
    two = two.wrapping_add(one);
    [one.to_le_bytes(), two.to_le_bytes()].concat()
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, at| (bits << 8) | u64::from(chunk.get(at).copied().unwrap_or(0)));
        let digits = (chunk.len() * 8).div_ceil(5);
        for at in 0..8 {
            let digit = usize::try_from((bits >> (35 - 5 * at)) & 31).unwrap_or(0);
            out.push(if at < digits { char::from(ALPHABET.get(digit).copied().unwrap_or(b'=')) } else { '=' });
        }
    }
    out
}

fn of_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut out) = (0_u64, 0_u32, Vec::new());
    for digit in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        bits = (bits << 5) | u64::try_from(value).ok()?;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digests_are_those_of_their_standards() {
        let digest = |bytes: &[u8]| sha2::Sha256::digest(bytes).to_vec();
        let of = |message: &[u8], key: &[u8]| hex::encode(hmac(message, key, 64, digest));
        assert_eq!(of(b"what do ya want for nothing?", b"Jefe"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(
            of(b"Test Using Larger Than Block-Size Key - Hash Key First", &[0xaa; 131]),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
        assert_eq!((base32(b"fooba"), base32(b"f")), ("MZXW6YTB".to_owned(), "MY======".to_owned()));
    }

    proptest! {
        #[test]
        fn what_is_encoded_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..30)) {
            prop_assert_eq!(of_base32(&base32(&bytes)), Some(bytes));
        }
    }
}
