//! Text encodings: which one a file has and why, and its bytes as UTF-8, piece by piece.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Message;

/// A text encoding of the WHATWG list. `EUC-KR` there means CP949, the superset that Korean Excel writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    /// UTF-8, with or without a byte order mark.
    pub const UTF_8: Self = Self(encoding_rs::UTF_8);
    /// CP949, the superset of EUC-KR.
    pub const EUC_KR: Self = Self(encoding_rs::EUC_KR);
    /// UTF-16, the low byte first.
    pub const UTF_16LE: Self = Self(encoding_rs::UTF_16LE);
    /// UTF-16, the high byte first.
    pub const UTF_16BE: Self = Self(encoding_rs::UTF_16BE);

    /// The encoding of a label such as `utf-8`, `cp949` or `windows-1252`; `None` for one that nobody knows.
    #[must_use]
    pub fn of(label: &str) -> Option<Self> {
        let label = if label.eq_ignore_ascii_case("cp949") || label.eq_ignore_ascii_case("uhc") { "euc-kr" } else { label };
        encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).map(Self)
    }

    /// The encodings worth offering in a list, the most likely ones first.
    #[must_use]
    pub fn choices() -> [Self; 12] {
        [
            Self::UTF_8,
            Self::EUC_KR,
            Self::UTF_16LE,
            Self::UTF_16BE,
            Self(encoding_rs::WINDOWS_1252),
            Self(encoding_rs::SHIFT_JIS),
            Self(encoding_rs::EUC_JP),
            Self(encoding_rs::GB18030),
            Self(encoding_rs::BIG5),
            Self(encoding_rs::WINDOWS_1250),
            Self(encoding_rs::WINDOWS_1251),
            Self(encoding_rs::ISO_8859_15),
        ]
    }

    /// The name that people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self == Self::EUC_KR { "CP949 (EUC-KR)" } else { self.0.name() }
    }

    /// The text of these bytes, with U+FFFD for what is no text in this encoding.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> String {
        self.0.decode_without_bom_handling(bytes).0.into_owned()
    }

    /// Whether it is one of the two forms of UTF-16.
    #[must_use]
    pub fn is_utf16(self) -> bool {
        self == Self::UTF_16LE || self == Self::UTF_16BE
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl Serialize for Encoding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let label = String::deserialize(deserializer)?;
        Self::of(&label).ok_or_else(|| serde::de::Error::custom(format!("'{label}' is no encoding")))
    }
}

/// What the first bytes say about the encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// The encoding.
    pub encoding: Encoding,
    /// The bytes of the byte order mark, to be skipped.
    pub bom: usize,
    /// Why.
    pub reason: Message,
    /// Whether bytes further on may still change the guess, since all so far were ASCII.
    pub open: bool,
}

/// Guesses the encoding of a text from its beginning (or from any part of it, without a byte order mark).
#[must_use]
pub fn guess(bytes: &[u8]) -> Guess {
    let settled = |encoding, bom, reason| Guess { encoding, bom, reason, open: false };
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        let encoding = Encoding(encoding);
        return settled(encoding, length, Message::new("infer-encoding-bom").with("encoding", encoding.name()));
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return settled(encoding, 0, Message::new("infer-encoding-utf16").with("encoding", encoding.name()));
    }
    if bytes.is_ascii() {
        return Guess { encoding: Encoding::UTF_8, bom: 0, reason: Message::new("infer-encoding-ascii"), open: true };
    }
    // A sequence that the end of the sample cuts in two is no error.
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !bytes.get(..error.valid_up_to()).unwrap_or_default().is_ascii(),
    };
    if valid {
        return settled(Encoding::UTF_8, 0, Message::new("infer-encoding-utf8"));
    }
    if mostly_hangul(bytes) {
        return settled(Encoding::EUC_KR, 0, Message::new("infer-encoding-hangul").with("encoding", Encoding::EUC_KR.name()));
    }
    if mostly_utf8(bytes) {
        return settled(Encoding::UTF_8, 0, Message::new("infer-encoding-mostly-utf8"));
    }
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(bytes, false);
    let encoding = Encoding(detector.guess(None, false));
    settled(encoding, 0, Message::new("infer-encoding-guess").with("encoding", encoding.name()))
}

/// UTF-16 without its mark: in text of Latin letters, digits and delimiters every second byte is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<Encoding> {
    let sample = bytes.get(..bytes.len().min(4096) & !1)?;
    let pairs = sample.len() / 2;
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if pairs < 4 {
        None
    } else if odd * 4 > pairs && even * 20 < pairs {
        Some(Encoding::UTF_16LE)
    } else if even * 4 > pairs && odd * 20 < pairs {
        Some(Encoding::UTF_16BE)
    } else {
        None
    }
}

/// Whether the bytes over ASCII are nearly all Hangul syllables of KS X 1001: then even a short text is CP949.
fn mostly_hangul(bytes: &[u8]) -> bool {
    let (mut pairs, mut hangul, mut broken) = (0_u64, 0_u64, 0_u64);
    let mut rest = bytes.iter().copied();
    while let Some(lead) = rest.next() {
        if lead < 0x80 {
            continue;
        }
        let Some(trail) = rest.next() else { break };
        pairs += 1;
        match (lead, trail) {
            (0xB0..=0xC8, 0xA1..=0xFE) => hangul += 1,
            (0x81..=0xFE, 0x41..=0xFE) => {}
            _ => broken += 1,
        }
    }
    pairs > 0 && broken * 1000 <= pairs && hangul * 100 >= pairs * 85
}

/// Whether all but a few of the sequences over ASCII are UTF-8: a damaged UTF-8 file, and none of another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_u64, 0_u64);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
        bad += u64::from(!chunk.invalid().is_empty());
    }
    good >= 10 * bad && good >= 10
}

/// A piece of decoded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// UTF-8; a character may be cut in two between pieces only where the caller cut the input.
    Text(&'a [u8]),
    /// Bytes that are no text in this encoding; read as U+FFFD.
    Invalid {
        /// Where in the file they are.
        offset: u64,
    },
}

/// Turns the bytes of a file into UTF-8, chunk by chunk, in bounded memory.
pub struct Decoder {
    encoding: Encoding,
    inner: Option<encoding_rs::Decoder>,
    /// The beginning of a UTF-8 sequence that the last chunk cut in two.
    carry: Vec<u8>,
    buffer: Vec<u8>,
    offset: u64,
    invalid: u64,
}

impl Decoder {
    /// A decoder for bytes that begin at this offset of the file, after any byte order mark.
    #[must_use]
    pub fn new(encoding: Encoding, offset: u64) -> Self {
        let inner = (encoding != Encoding::UTF_8).then(|| encoding.0.new_decoder_without_bom_handling());
        let buffer = if inner.is_some() { vec![0; 64 * 1024] } else { Vec::new() };
        Self { encoding, inner, carry: Vec::new(), buffer, offset, invalid: 0 }
    }

    /// The encoding it decodes.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many sequences were no text.
    #[must_use]
    pub const fn invalid(&self) -> u64 {
        self.invalid
    }

    /// Decodes a chunk and hands the pieces to `sink`. `last` says that no more will come.
    pub fn decode(&mut self, input: &[u8], last: bool, sink: &mut impl FnMut(Piece<'_>)) {
        if self.inner.is_some() { self.decode_other(input, last, sink) } else { self.decode_utf8(input, last, sink) }
    }

    fn decode_other(&mut self, mut input: &[u8], last: bool, sink: &mut impl FnMut(Piece<'_>)) {
        let Some(inner) = &mut self.inner else { return };
        loop {
            let (result, read, written) = inner.decode_to_utf8_without_replacement(input, &mut self.buffer, last);
            self.offset += read as u64;
            input = input.get(read..).unwrap_or_default();
            sink(Piece::Text(self.buffer.get(..written).unwrap_or_default()));
            match result {
                encoding_rs::DecoderResult::InputEmpty => return,
                encoding_rs::DecoderResult::OutputFull => {}
                encoding_rs::DecoderResult::Malformed(bad, after) => {
                    self.invalid += 1;
                    sink(Piece::Invalid { offset: self.offset.saturating_sub(u64::from(bad) + u64::from(after)) });
                }
            }
        }
    }

    fn decode_utf8(&mut self, mut input: &[u8], last: bool, sink: &mut impl FnMut(Piece<'_>)) {
        while !self.carry.is_empty() {
            let Some((first, rest)) = input.split_first() else { break };
            // The sequence grows byte by byte until it is whole or cannot become so.
            self.carry.push(*first);
            match std::str::from_utf8(&self.carry) {
                Ok(text) => {
                    sink(Piece::Text(text.as_bytes()));
                    self.offset += self.carry.len() as u64;
                    self.carry.clear();
                    input = rest;
                }
                Err(error) if error.error_len().is_none() => input = rest,
                Err(_) => {
                    // The byte just taken is not part of the broken sequence.
                    self.invalid += 1;
                    sink(Piece::Invalid { offset: self.offset });
                    self.offset += self.carry.len() as u64 - 1;
                    self.carry.clear();
                }
            }
        }
        while !input.is_empty() {
            let (valid, broken) = match std::str::from_utf8(input) {
                Ok(_) => (input.len(), Some(0)),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let (text, rest) = input.split_at_checked(valid).unwrap_or((input, &[]));
            sink(Piece::Text(text));
            self.offset += valid as u64;
            match broken {
                Some(0) => break,
                Some(length) => {
                    self.invalid += 1;
                    sink(Piece::Invalid { offset: self.offset });
                    self.offset += length as u64;
                    input = rest.get(length..).unwrap_or_default();
                }
                None => {
                    self.carry.extend_from_slice(rest);
                    break;
                }
            }
        }
        if last && !self.carry.is_empty() {
            self.invalid += 1;
            sink(Piece::Invalid { offset: self.offset });
            self.offset += self.carry.len() as u64;
            self.carry.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KOREAN: &str = "이름,별점,후기\n김철수,5,색상이 곱고 따뜻합니다\n이영희,2,생각보다 얇아요\n";

    fn decoded(encoding: Encoding, bytes: &[u8], chunk: usize) -> (String, Vec<u64>) {
        let (mut text, mut invalid) = (Vec::new(), Vec::new());
        let mut decoder = Decoder::new(encoding, 0);
        let mut sink = |piece: Piece<'_>| match piece {
            Piece::Text(part) => text.extend_from_slice(part),
            Piece::Invalid { offset } => {
                text.extend_from_slice("\u{FFFD}".as_bytes());
                invalid.push(offset);
            }
        };
        for part in bytes.chunks(chunk) {
            decoder.decode(part, false, &mut sink);
        }
        decoder.decode(&[], true, &mut sink);
        (String::from_utf8(text).unwrap(), invalid)
    }

    #[test]
    fn korean_files_are_recognised() {
        let cp949 = encoding_rs::EUC_KR.encode(KOREAN).0.into_owned();
        let found = guess(&cp949);
        assert_eq!(found.encoding, Encoding::EUC_KR);
        assert_eq!(decoded(found.encoding, &cp949, 7).0, KOREAN);

        let short = encoding_rs::EUC_KR.encode("이름\n뷁\n").0.into_owned();
        assert_eq!(guess(&short).encoding, Encoding::EUC_KR, "{:?}", guess(&short));

        let bom = [b"\xEF\xBB\xBF".as_slice(), KOREAN.as_bytes()].concat();
        assert_eq!((guess(&bom).encoding, guess(&bom).bom), (Encoding::UTF_8, 3));

        let utf16: Vec<u8> = KOREAN.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xFF\xFE".as_slice(), &utf16].concat();
        assert_eq!((guess(&marked).encoding, guess(&marked).bom), (Encoding::UTF_16LE, 2));
        assert_eq!(decoded(Encoding::UTF_16LE, &utf16, 3).0, KOREAN);
        let latin: Vec<u8> = "name,age\nann,3\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(guess(&latin).encoding, Encoding::UTF_16BE);
    }

    #[test]
    fn other_encodings_are_guessed() {
        assert_eq!(guess(KOREAN.as_bytes()).encoding, Encoding::UTF_8);
        assert!(guess(b"a,b\n1,2\n").open);
        let western = encoding_rs::WINDOWS_1252.encode("café,naïve,Müller,Ångström\nßtraße,né,à la carte,où\n").0.into_owned();
        assert_eq!(guess(&western).encoding.name(), "windows-1252");
        let japanese = encoding_rs::SHIFT_JIS.encode("名前,評価,感想\n田中さん,5,とても良い商品でした。また買います\n").0.into_owned();
        assert_eq!(guess(&japanese).encoding.name(), "Shift_JIS");
        let cut = &KOREAN.as_bytes()[..4];
        assert_eq!(guess(cut).encoding, Encoding::UTF_8);
    }

    #[test]
    fn broken_utf8_is_placed() {
        let bytes = b"abc\xFFdef\xE2\x82x\xE2\x82";
        for chunk in 1..12 {
            let (text, invalid) = decoded(Encoding::UTF_8, bytes, chunk);
            assert_eq!((text.as_str(), invalid), ("abc\u{FFFD}def\u{FFFD}x\u{FFFD}", vec![3, 7, 10]), "chunks of {chunk}");
        }
    }

    proptest! {
        #[test]
        fn utf8_decodes_as_the_standard_library_does(bytes in prop::collection::vec(any::<u8>(), 0..200), chunk in 1_usize..20) {
            prop_assert_eq!(decoded(Encoding::UTF_8, &bytes, chunk).0, String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn any_text_comes_back_from_utf16(text in any::<String>(), chunk in 1_usize..20) {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            prop_assert_eq!(decoded(Encoding::UTF_16BE, &bytes, chunk).0, text);
        }
    }
}
