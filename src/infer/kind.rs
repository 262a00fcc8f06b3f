//! What a file is by its first bytes, whatever its name says.

use serde::{Deserialize, Serialize};

use crate::model::Message;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Delimited text.
    Csv,
    /// JSON values one after the other, as a rule one a line.
    JsonLines,
    /// One JSON array that holds the records.
    JsonArray,
    /// Apache Parquet.
    Parquet,
    /// Apache Avro.
    Avro,
    /// Apache ORC.
    Orc,
    /// XML or HTML.
    Xml,
    /// A picture of this format.
    Image(String),
    /// Compressed or packed data of this format.
    Archive(Compression),
    /// A PDF document.
    Pdf,
    /// An Excel workbook.
    Spreadsheet,
    /// Text that is no table.
    Text,
    /// Something else that is no text; with its name where that is known.
    Binary(Option<String>),
    /// Nothing at all.
    Empty,
}

impl Kind {
    /// The kind's name for people.
    #[must_use]
    pub fn label(&self) -> Message {
        match self {
            Self::Csv => Message::new("infer-kind-csv"),
            Self::JsonLines => Message::new("infer-kind-json-lines"),
            Self::JsonArray => Message::new("infer-kind-json-array"),
            Self::Parquet => Message::new("infer-kind-parquet"),
            Self::Avro => Message::new("infer-kind-avro"),
            Self::Orc => Message::new("infer-kind-orc"),
            Self::Xml => Message::new("infer-kind-xml"),
            Self::Image(format) => Message::new("infer-kind-image").with("format", format.as_str()),
            Self::Archive(compression) => Message::new("infer-kind-archive").with("format", compression.name()),
            Self::Pdf => Message::new("infer-kind-pdf"),
            Self::Spreadsheet => Message::new("infer-kind-spreadsheet"),
            Self::Text => Message::new("infer-kind-text"),
            Self::Binary(Some(name)) => Message::new("infer-kind-binary-named").with("name", name.as_str()),
            Self::Binary(None) => Message::new("infer-kind-binary"),
            Self::Empty => Message::new("infer-kind-empty"),
        }
    }
}

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// A zip archive.
    Zip,
    /// LZ4 frames.
    Lz4,
    /// Snappy frames.
    Snappy,
    /// Zstandard.
    Zstd,
    /// zlib, which Hadoop calls deflate.
    Deflate,
    /// xz.
    Xz,
    /// 7-Zip.
    SevenZip,
    /// tar.
    Tar,
}

impl Compression {
    /// Its name, as Glue's `compressionType` writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Zip => "zip",
            Self::Lz4 => "lz4",
            Self::Snappy => "snappy",
            Self::Zstd => "zstd",
            Self::Deflate => "deflate",
            Self::Xz => "xz",
            Self::SevenZip => "7z",
            Self::Tar => "tar",
        }
    }
}

/// The kind that the first bytes prove; `None` where they prove none, which includes all plain text.
#[must_use]
pub fn by_magic(bytes: &[u8]) -> Option<Kind> {
    let image = |format: &str| Kind::Image(format.to_owned());
    let binary = |name: &str| Kind::Binary(Some(name.to_owned()));
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    let kind = match bytes {
        [] => Kind::Empty,
        _ if at(0, b"PAR1") => Kind::Parquet,
        _ if at(0, b"Obj\x01") => Kind::Avro,
        _ if at(0, b"ORC") && !at(3, b",") && bytes.get(3).is_some_and(|byte| !byte.is_ascii_graphic()) => Kind::Orc,
        _ if at(0, b"%PDF-") => Kind::Pdf,
        _ if at(0, b"\x89PNG\r\n\x1a\n") => image("PNG"),
        _ if at(0, b"\xFF\xD8\xFF") => image("JPEG"),
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => image("GIF"),
        _ if at(0, b"RIFF") && at(8, b"WEBP") => image("WebP"),
        _ if at(0, b"II*\0") || at(0, b"MM\0*") => image("TIFF"),
        _ if at(0, b"BM") && at(6, b"\0\0\0\0") => image("BMP"),
        _ if at(4, b"ftypheic") || at(4, b"ftypheix") || at(4, b"ftypmif1") => image("HEIC"),
        _ if at(4, b"ftypavif") => image("AVIF"),
        _ if at(4, b"ftyp") && at(0, b"\0\0") => binary("MP4"),
        _ if at(0, b"PK\x03\x04") && is_workbook(bytes) => Kind::Spreadsheet,
        _ if at(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") => Kind::Spreadsheet,
        _ if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") => Kind::Archive(Compression::Zip),
        _ if at(0, b"\x1F\x8B") => Kind::Archive(Compression::Gzip),
        _ if at(0, b"BZh") && at(4, b"1AY&SY") => Kind::Archive(Compression::Bzip2),
        _ if at(0, b"\x28\xB5\x2F\xFD") => Kind::Archive(Compression::Zstd),
        _ if at(0, b"\xFD7zXZ\0") => Kind::Archive(Compression::Xz),
        _ if at(0, b"7z\xBC\xAF\x27\x1C") => Kind::Archive(Compression::SevenZip),
        _ if at(0, b"\x04\x22\x4D\x18") => Kind::Archive(Compression::Lz4),
        _ if at(0, b"\xFF\x06\0\0sNaPpY") => Kind::Archive(Compression::Snappy),
        _ if at(257, b"ustar") => Kind::Archive(Compression::Tar),
        _ if at(0, b"SQLite format 3\0") => binary("SQLite"),
        _ if at(0, b"ARROW1\0\0") => binary("Arrow IPC"),
        _ if at(0, b"\x89HDF\r\n\x1a\n") => binary("HDF5"),
        _ if at(0, b"\x7FELF") => binary("ELF"),
        _ if at(0, b"MZ") && bytes.iter().take(64).any(|byte| *byte == 0) => binary("Windows program"),
        _ if at(0, b"ID3") || at(0, b"OggS") || (at(0, b"RIFF") && at(8, b"WAVE")) => binary("audio"),
        _ if at(0, b"\x80\x04\x95") || at(0, b"\x80\x05\x95") => binary("Python pickle"),
        _ => return None,
    };
    Some(kind)
}

fn is_workbook(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default();
    head.windows(3).any(|part| part == b"xl/")
}

/// Whether bytes without a known magic are no text: many control characters that no text has.
#[must_use]
pub fn looks_binary(bytes: &[u8]) -> bool {
    let sample = bytes.get(..bytes.len().min(64 * 1024)).unwrap_or_default();
    // Control-A delimits fields in Hive's texts, form feeds and escapes occur in logs.
    let odd = sample.iter().filter(|byte| matches!(byte, 0 | 2..=8 | 11 | 14..=26 | 28..=31)).count();
    // One or two may have slipped into a small text.
    odd > 2 && odd * 100 > sample.len()
}

/// What the extension of a file's name promises, and the extension.
#[must_use]
pub fn by_name(name: &str) -> Option<(&'static str, String)> {
    let (_, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    let promise = match extension.as_str() {
        "csv" | "tsv" | "psv" | "tab" => "csv",
        "json" | "jsonl" | "ndjson" => "json",
        "parquet" | "pq" => "parquet",
        "avro" => "avro",
        "orc" => "orc",
        "xlsx" | "xls" | "xlsm" => "spreadsheet",
        "xml" | "html" | "htm" => "xml",
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "tif" | "tiff" | "bmp" => "image",
        "pdf" => "pdf",
        "gz" | "bz2" | "zip" | "zst" | "xz" | "7z" | "lz4" => "archive",
        _ => return None,
    };
    Some((promise, extension))
}

/// Whether a file of this kind keeps what its extension promises.
#[must_use]
pub fn agrees(kind: &Kind, promise: &str) -> bool {
    match kind {
        Kind::Csv => promise == "csv",
        Kind::JsonLines | Kind::JsonArray => promise == "json",
        Kind::Parquet => promise == "parquet",
        Kind::Avro => promise == "avro",
        Kind::Orc => promise == "orc",
        Kind::Xml => promise == "xml",
        Kind::Image(_) => promise == "image",
        Kind::Archive(_) => promise == "archive",
        Kind::Pdf => promise == "pdf",
        Kind::Spreadsheet => promise == "spreadsheet",
        Kind::Text | Kind::Binary(_) => false,
        Kind::Empty => true,
    }
}

/// Whether the beginning of a decoded text is XML or HTML.
#[must_use]
pub fn is_xml(text: &str) -> bool {
    let text = text.trim_start();
    let head: String = text.chars().take(15).collect::<String>().to_ascii_lowercase();
    head.starts_with("<?xml") || head.starts_with("<!doctype") || head.starts_with("<html") || {
        let mut rest = text.chars();
        rest.next() == Some('<') && rest.next().is_some_and(char::is_alphabetic) && text.contains("</")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_win() {
        for (bytes, kind) in [
            (b"".as_slice(), Kind::Empty),
            (b"PAR1\x15\x04", Kind::Parquet),
            (b"Obj\x01\x04", Kind::Avro),
            (b"ORC\x08\x03", Kind::Orc),
            (b"\x89PNG\r\n\x1a\n\0\0", Kind::Image("PNG".to_owned())),
            (b"\x1f\x8b\x08\0", Kind::Archive(Compression::Gzip)),
            (b"PK\x03\x04\x14\0[Content_Types].xml xl/workbook.xml", Kind::Spreadsheet),
            (b"PK\x03\x04\x14\0reviews.csv", Kind::Archive(Compression::Zip)),
            (b"%PDF-1.7", Kind::Pdf),
        ] {
            assert_eq!(by_magic(bytes), Some(kind));
        }
        for text in [b"ORC,NAME\n1,2\n".as_slice(), b"BMI,age\n", b"MZ,x\n1,2\n", b"a,b\n", b"Object,x\n"] {
            assert_eq!(by_magic(text), None);
        }
    }

    #[test]
    fn binary_is_told_from_text() {
        assert!(looks_binary(&[0, 1, 2, 3, 200, 0, 0]));
        assert!(!looks_binary("이름\u{1}나이\n".as_bytes()));
        assert!(!looks_binary(b"a,b\n1,2\n"));
    }
}
