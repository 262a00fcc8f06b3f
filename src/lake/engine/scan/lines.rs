//! Cuts a file, or a range of it, into blocks of whole lines.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::lake::codec::Codec;

/// How much is read at once. A batch of rows lies within one block.
const BLOCK: usize = 1 << 20;

/// The longest line that is read: more than this is no text table.
const LONGEST: usize = 256 << 20;

/// Reads a file in blocks that end with a line.
pub(super) struct Blocks {
    source: Box<dyn Read + Send>,
    /// How many bytes of the range are still to come, the line that crosses its end left out; `None` without a range.
    left: Option<u64>,
    rest: Vec<u8>,
    skip_partial: bool,
    ended: bool,
    /// Whether the file begins with what comes next, and with it a byte order mark that may stand there.
    at_start: bool,
    read: u64,
    /// How much is read at once.
    size: usize,
    /// The longest line.
    longest: usize,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Blocks {
    /// The lines of a whole file, which may be compressed.
    pub(super) fn whole(file: File, codec: Option<Codec>) -> io::Result<Self> {
        let source = match codec {
            Some(codec) => codec.reader(file)?,
            None => Box::new(file),
        };
        Ok(Self::new(source, None, true))
    }

    /// The lines that begin within a range of bytes.
    pub(super) fn range(mut file: File, range: &Range<u64>) -> io::Result<Self> {
        // One byte more at the start tells whether a line begins there.
        let start = range.start.saturating_sub(1);
        file.seek(SeekFrom::Start(start))?;
        Ok(Self::new(Box::new(file), Some(range.end.saturating_sub(start)), range.start == 0))
    }

    const fn new(source: Box<dyn Read + Send>, left: Option<u64>, at_start: bool) -> Self {
        let (size, longest) = (BLOCK, LONGEST);
        Self { source, left, rest: Vec::new(), skip_partial: !at_start, ended: false, at_start, read: 0, size, longest }
    }

    /// How many bytes have been read, since this was last asked.
    pub(super) fn take_read(&mut self) -> u64 {
        std::mem::take(&mut self.read)
    }

    /// The next block: whole lines, of which only the last may lack its line end. `None` at the end.
    pub(super) fn next_block(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.ended {
            return Ok(None);
        }
        let mut block = std::mem::take(&mut self.rest);
        loop {
            let wanted = self.size.max(block.len() / 2);
            let in_range = self.left.map_or(wanted, |left| wanted.min(usize::try_from(left).unwrap_or(wanted)));
            let read = if in_range == 0 { 0 } else { self.fill(&mut block, in_range)? };
            if let Some(left) = &mut self.left {
                *left = left.saturating_sub(read as u64);
            }
            self.ended = self.left == Some(0) || read < in_range;
            if std::mem::take(&mut self.at_start) && block.starts_with(BYTE_ORDER_MARK) {
                block.drain(..BYTE_ORDER_MARK.len());
            }
            if self.skip_partial {
                match find_line_end(&block) {
                    // A carriage return at the very end may have its line feed in the next block.
                    Some(end) if end < block.len() => {
                        block.drain(..end);
                        self.skip_partial = false;
                    }
                    // No line begins within the range.
                    _ if self.ended => return Ok(None),
                    _ => {
                        let last = block.pop();
                        block.clear();
                        block.extend(last);
                        continue;
                    }
                }
            }
            if self.ended {
                self.finish_line(&mut block)?;
                return Ok(Some(block).filter(|block| !block.is_empty()));
            }
            // A carriage return at the very end may have its line feed in the next block.
            let searched = block.len().saturating_sub(1);
            if let Some(end) = block.get(..searched).and_then(|part| part.iter().rposition(|byte| *byte == b'\n' || *byte == b'\r')) {
                let end = end + 1;
                if block.get(end - 1) == Some(&b'\r') && block.get(end) == Some(&b'\n') {
                    self.rest = block.split_off(end + 1);
                } else {
                    self.rest = block.split_off(end);
                }
                return Ok(Some(block));
            }
        }
    }

    fn fill(&mut self, block: &mut Vec<u8>, wanted: usize) -> io::Result<usize> {
        if block.len() > self.longest {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a line is longer than {} MB", self.longest >> 20)));
        }
        block.reserve(wanted);
        let read = self.source.by_ref().take(wanted as u64).read_to_end(block)?;
        self.read += read as u64;
        Ok(read)
    }

    /// Reads on beyond the range to the end of the line that crosses it.
    fn finish_line(&mut self, block: &mut Vec<u8>) -> io::Result<()> {
        if self.left.is_none() || block.is_empty() || block.last() == Some(&b'\n') {
            return Ok(());
        }
        let mut from = block.len();
        // A carriage return as the last byte of the range ends the line, and its line feed belongs to it.
        let carriage = block.last() == Some(&b'\r');
        loop {
            let read = self.fill(block, if carriage { 1 } else { self.size.min(1 << 16) })?;
            if carriage {
                if block.get(from) != Some(&b'\n') {
                    block.truncate(from);
                }
                return Ok(());
            }
            if let Some(end) = block.get(from..).and_then(find_line_end) {
                block.truncate(from + end);
                return Ok(());
            }
            if read == 0 {
                return Ok(());
            }
            from = block.len();
        }
    }
}

/// Where the first line ends: after its `\n`, `\r` or `\r\n`.
fn find_line_end(bytes: &[u8]) -> Option<usize> {
    let end = bytes.iter().position(|byte| *byte == b'\n' || *byte == b'\r')?;
    let double = bytes.get(end) == Some(&b'\r') && bytes.get(end + 1) == Some(&b'\n');
    Some(end + 1 + usize::from(double))
}

/// The lines of a block as ranges of its bytes, without their line ends.
pub(super) struct Lines<'b> {
    block: &'b [u8],
    at: usize,
}

impl<'b> Lines<'b> {
    pub(super) const fn new(block: &'b [u8], at: usize) -> Self {
        Self { block, at }
    }

    /// Where the next line begins.
    pub(super) const fn position(&self) -> usize {
        self.at
    }
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.block.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let length = find_byte_of_two(rest, b'\n', b'\r').unwrap_or(rest.len());
        let end = start + length;
        let double = self.block.get(end) == Some(&b'\r') && self.block.get(end + 1) == Some(&b'\n');
        self.at = end + usize::from(end != self.block.len()) + usize::from(double);
        Some(start..end)
    }
}

/// The first place of either byte, looking at eight bytes at a time.
pub(super) fn find_byte_of_two(bytes: &[u8], one: u8, other: u8) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero_byte = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let (one_word, other_word) = (LOW * u64::from(one), LOW * u64::from(other));
    let (chunks, tail) = bytes.as_chunks::<8>();
    for (at, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let found = zero_byte(word ^ one_word) | zero_byte(word ^ other_word);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let start = chunks.len() * 8;
    tail.iter().position(|byte| *byte == one || *byte == other).map(|at| start + at)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn file_of(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        file
    }

    fn lines_of(mut blocks: Blocks) -> Vec<String> {
        let mut all = Vec::new();
        while let Some(block) = blocks.next_block().unwrap() {
            all.extend(Lines::new(&block, 0).map(|line| String::from_utf8(block[line].to_vec()).unwrap()));
        }
        all
    }

    fn simple_lines(text: &str) -> Vec<String> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        if lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }

    #[test]
    fn a_long_file_is_cut_into_blocks_of_whole_lines() {
        let text: String = (0..200_000).map(|n| format!("line {n}\r\n")).collect();
        assert_eq!(lines_of(Blocks::whole(file_of(text.as_bytes()), None).unwrap()), simple_lines(&text));
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        assert_eq!(lines_of(Blocks::whole(file_of(&packed.finish().unwrap()), Some(Codec::Gzip)).unwrap()), simple_lines(&text));
    }

    #[test]
    fn a_line_is_never_read_without_end() {
        let text = [b"first\n".as_slice(), &[b'x'; 1000], b"\nlast\n"].concat();
        let size = text.len() as u64;
        let limited = |range| Blocks { size: 16, longest: 200, ..Blocks::range(file_of(&text), &range).unwrap() };
        let mut blocks = limited(0..size / 2);
        assert_eq!(blocks.next_block().unwrap().unwrap(), b"first\n");
        assert!(blocks.next_block().unwrap_err().to_string().starts_with("a line is longer than"));
        assert!(limited(0..7).next_block().is_err(), "the line that crosses the end of a range");
        // Who does not want the line passes over it.
        let mut inside = limited(100..200);
        assert!(inside.next_block().unwrap().is_none() && inside.take_read() == 101, "nothing beyond the range is read");
        assert_eq!(lines_of(limited(500..size)), ["last"]);
    }

    proptest! {
        #[test]
        fn ranges_together_give_each_line_once(text in "[ab\\n\\r]{0,60}", cuts in prop::collection::vec(0..60u64, 0..4), block in 1..9_usize) {
            let size = text.len() as u64;
            let mut edges: Vec<u64> = cuts.into_iter().map(|cut| cut.min(size)).chain([0, size]).collect();
            edges.sort_unstable();
            let mut found = Vec::new();
            for pair in edges.windows(2) {
                if pair[0] < pair[1] {
                    let blocks = Blocks::range(file_of(text.as_bytes()), &(pair[0]..pair[1])).unwrap();
                    found.extend(lines_of(Blocks { size: block, ..blocks }));
                }
            }
            prop_assert_eq!(&found, &simple_lines(&text));
            let blocks = Blocks::whole(file_of(text.as_bytes()), None).unwrap();
            prop_assert_eq!(&lines_of(Blocks { size: block, ..blocks }), &found);
        }

        #[test]
        fn bytes_are_found_where_they_are(bytes in prop::collection::vec(0..5u8, 0..40)) {
            prop_assert_eq!(find_byte_of_two(&bytes, 1, 3), bytes.iter().position(|b| *b == 1 || *b == 3));
        }
    }
}
