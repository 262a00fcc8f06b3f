//! How the texts of a lake are compressed: known by the ending of a key as Hadoop knows it, read and written as streams.

use std::io::{self, BufReader, Read, Write};

use bzip2::read::MultiBzDecoder;
use bzip2::write::BzEncoder;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::infer::Compression;

/// How much Hadoop's snappy packs at once.
const BLOCK: usize = 256 << 10;

/// The largest block that is unpacked: what claims more is damaged.
const LARGEST: usize = 256 << 20;

/// How Snappy's own frames begin.
const SNAPPY_FRAMES: &[u8] = b"\xff\x06\x00\x00sNaPpY";

/// A compression of whole files of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Gzip,
    Bzip2,
    Zstd,
    /// Hadoop's blocks, or Snappy's own frames where a file begins with those.
    Snappy,
    /// zlib, which Hadoop calls deflate.
    Deflate,
}

impl Codec {
    const ALL: [Self; 5] = [Self::Gzip, Self::Bzip2, Self::Zstd, Self::Snappy, Self::Deflate];

    /// What the names of such files end with.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Bzip2 => ".bz2",
            Self::Zstd => ".zst",
            Self::Snappy => ".snappy",
            Self::Deflate => ".deflate",
        }
    }

    /// The codec that the ending of a key names. Hadoop asks nothing else.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        let name = key.rsplit('/').next()?;
        let ending = name.get(name.rfind('.')?..)?;
        Self::ALL.into_iter().find(|codec| codec.ending().eq_ignore_ascii_case(ending))
    }

    /// The ending of a key that names a codec of Hadoop's which the lake does not have.
    pub(crate) fn unknown_ending(key: &str) -> Option<&'static str> {
        let key = key.to_ascii_lowercase();
        [".lz4", ".lzo", ".lzo_deflate"].into_iter().find(|ending| key.ends_with(ending))
    }

    /// The codec that the first bytes of a file prove; those of Hadoop's Snappy and of deflate prove nothing, but their endings do.
    pub(crate) fn of_file(head: &[u8], key: &str) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            _ if head.starts_with(SNAPPY_FRAMES) => Some(Self::Snappy),
            _ => Self::of_key(key).filter(|codec| matches!(codec, Self::Snappy | Self::Deflate)),
        }
    }

    /// The compression as crawlers name it.
    pub(crate) const fn compression(self) -> Compression {
        match self {
            Self::Gzip => Compression::Gzip,
            Self::Bzip2 => Compression::Bzip2,
            Self::Zstd => Compression::Zstd,
            Self::Snappy => Compression::Snappy,
            Self::Deflate => Compression::Deflate,
        }
    }

    /// What a packed source unpacks to. Archives that were joined to one file are read to the end.
    pub(crate) fn reader(self, source: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        let source = BufReader::with_capacity(1 << 16, source);
        Ok(match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(source)),
            Self::Bzip2 => Box::new(MultiBzDecoder::new(source)),
            Self::Zstd => Box::new(zstd::Decoder::with_buffer(source)?),
            Self::Snappy => snappy(source)?,
            Self::Deflate => Box::new(ZlibDecoder::new(source)),
        })
    }
}

/// Whichever of Snappy's two forms a file has.
fn snappy(mut source: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    source.by_ref().take(SNAPPY_FRAMES.len() as u64).read_to_end(&mut head)?;
    let frames = head == SNAPPY_FRAMES;
    let whole = io::Cursor::new(head).chain(source);
    Ok(if frames { Box::new(snap::read::FrameDecoder::new(whole)) } else { Box::new(HadoopSnappy::new(whole)) })
}

/// Hadoop's blocks: how many bytes a block unpacks to, and then chunks of it, each with its packed length before it.
struct HadoopSnappy<R> {
    source: R,
    /// How many unpacked bytes of the present block are still to come.
    left: usize,
    chunk: Vec<u8>,
    at: usize,
    packed: Vec<u8>,
}

impl<R: Read> HadoopSnappy<R> {
    const fn new(source: R) -> Self {
        Self { source, left: 0, chunk: Vec::new(), at: 0, packed: Vec::new() }
    }

    /// A length; `None` where the file ends before it.
    fn length(&mut self) -> io::Result<Option<usize>> {
        let mut bytes = [0; 4];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.source.read(rest) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(damaged()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        usize::try_from(u32::from_be_bytes(bytes)).ok().filter(|length| *length <= LARGEST).map(Some).ok_or_else(damaged)
    }

    /// Unpacks the next chunk; `false` at the end.
    fn next_chunk(&mut self) -> io::Result<bool> {
        while self.left == 0 {
            match self.length()? {
                Some(left) => self.left = left,
                None => return Ok(false),
            }
        }
        let length = self.length()?.ok_or_else(damaged)?;
        self.packed.clear();
        self.source.by_ref().take(length as u64).read_to_end(&mut self.packed)?;
        let unpacked = snap::raw::decompress_len(&self.packed)?;
        if self.packed.len() < length || unpacked > self.left {
            return Err(damaged());
        }
        self.chunk.resize(unpacked, 0);
        let written = snap::raw::Decoder::new().decompress(&self.packed, &mut self.chunk)?;
        self.chunk.truncate(written);
        self.left -= written;
        self.at = 0;
        Ok(true)
    }
}

impl<R: Read> Read for HadoopSnappy<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.chunk.len() {
            if !self.next_chunk()? {
                return Ok(0);
            }
        }
        let mut rest = self.chunk.get(self.at..).unwrap_or_default();
        let read = rest.read(out)?;
        self.at += read;
        Ok(read)
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the compressed data is damaged")
}

/// Packs what is written to it. It must be finished: what is only dropped lacks its end.
pub(crate) enum Packer<W: Write> {
    Plain(W),
    Gzip(GzEncoder<W>),
    Bzip2(BzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
    Snappy { sink: W, block: Vec<u8> },
    Deflate(ZlibEncoder<W>),
}

impl<W: Write> Packer<W> {
    /// Packs with a codec, or writes everything as it is.
    pub(crate) fn new(codec: Option<Codec>, sink: W) -> io::Result<Self> {
        Ok(match codec {
            None => Self::Plain(sink),
            Some(Codec::Gzip) => Self::Gzip(GzEncoder::new(sink, flate2::Compression::default())),
            Some(Codec::Bzip2) => Self::Bzip2(BzEncoder::new(sink, bzip2::Compression::default())),
            Some(Codec::Zstd) => Self::Zstd(zstd::Encoder::new(sink, 3)?),
            Some(Codec::Snappy) => Self::Snappy { sink, block: Vec::new() },
            Some(Codec::Deflate) => Self::Deflate(ZlibEncoder::new(sink, flate2::Compression::default())),
        })
    }

    /// Writes what is left, and gives back the sink.
    pub(crate) fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(packer) => packer.finish(),
            Self::Bzip2(packer) => packer.finish(),
            Self::Zstd(packer) => packer.finish(),
            Self::Snappy { mut sink, block } => {
                if !block.is_empty() {
                    hadoop_block(&mut sink, &block)?;
                }
                Ok(sink)
            }
            Self::Deflate(packer) => packer.finish(),
        }
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(sink) => sink.write(bytes),
            Self::Gzip(packer) => packer.write(bytes),
            Self::Bzip2(packer) => packer.write(bytes),
            Self::Zstd(packer) => packer.write(bytes),
            Self::Snappy { sink, block } => {
                let (taken, _) = bytes.split_at(bytes.len().min(BLOCK - block.len()));
                block.extend_from_slice(taken);
                if block.len() == BLOCK {
                    hadoop_block(sink, block)?;
                    block.clear();
                }
                Ok(taken.len())
            }
            Self::Deflate(packer) => packer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(sink) | Self::Snappy { sink, .. } => sink.flush(),
            Self::Gzip(packer) => packer.flush(),
            Self::Bzip2(packer) => packer.flush(),
            Self::Zstd(packer) => packer.flush(),
            Self::Deflate(packer) => packer.flush(),
        }
    }
}

fn hadoop_block(sink: &mut impl Write, block: &[u8]) -> io::Result<()> {
    let packed = snap::raw::Encoder::new().compress_vec(block)?;
    for length in [block.len(), packed.len()] {
        sink.write_all(&u32::try_from(length).map_err(|_error| damaged())?.to_be_bytes())?;
    }
    sink.write_all(&packed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pack(codec: Codec, bytes: &[u8]) -> Vec<u8> {
        let mut packer = Packer::new(Some(codec), Vec::new()).unwrap();
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn unpack(codec: Codec, packed: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        codec.reader(io::Cursor::new(packed))?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn the_ending_of_a_key_names_its_codec() {
        for (key, codec) in [
            ("a/b.csv.GZ", Some(Codec::Gzip)),
            ("a/b.bz2", Some(Codec::Bzip2)),
            ("b.json.zst", Some(Codec::Zstd)),
            ("b.snappy", Some(Codec::Snappy)),
            ("b.deflate", Some(Codec::Deflate)),
            ("a.gz/b", None),
            ("gz", None),
        ] {
            assert_eq!(Codec::of_key(key), codec, "{key}");
        }
        assert_eq!(Codec::of_file(b"\x1f\x8b\x08", "x.csv"), Some(Codec::Gzip));
        assert_eq!(Codec::of_file(b"a,b\n1,2\n", "x.gz"), None, "what only says so is no gzip");
    }

    #[test]
    fn large_texts_and_joined_archives_come_back() {
        let text: Vec<u8> = (0..200_000).flat_map(|n: u32| format!("{n},Ünï{}\n", n % 7).into_bytes()).collect();
        for codec in Codec::ALL {
            let packed = pack(codec, &text);
            assert!(packed.len() < text.len(), "{codec:?}");
            assert_eq!(unpack(codec, packed.clone()).unwrap(), text, "{codec:?}");
            if codec != Codec::Deflate {
                assert_eq!(unpack(codec, [packed.clone(), packed.clone()].concat()).unwrap().len(), text.len() * 2, "{codec:?}");
            }
            let cut = packed[..packed.len() - 5].to_vec();
            assert!(unpack(codec, cut).is_err(), "{codec:?} without its end");
        }
    }

    #[test]
    fn snappy_is_read_in_frames_too() {
        let mut packer = snap::write::FrameEncoder::new(Vec::new());
        packer.write_all(b"id,name\n").unwrap();
        assert_eq!(unpack(Codec::Snappy, packer.into_inner().unwrap()).unwrap(), b"id,name\n");
        // One block of two chunks, as writers with small buffers make them.
        let chunk = |text: &[u8]| snap::raw::Encoder::new().compress_vec(text).unwrap();
        let parts: Vec<Vec<u8>> = [&b"one,"[..], b"two"].map(chunk).into();
        let mut block = 7_u32.to_be_bytes().to_vec();
        for part in &parts {
            block.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            block.extend(part);
        }
        assert_eq!(unpack(Codec::Snappy, block).unwrap(), b"one,two");
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(text in prop::collection::vec(any::<u8>(), 0..3000)) {
            for codec in Codec::ALL {
                prop_assert_eq!(&unpack(codec, pack(codec, &text)).unwrap(), &text);
            }
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for codec in Codec::ALL {
                drop(unpack(codec, bytes.clone()));
            }
        }
    }
}
