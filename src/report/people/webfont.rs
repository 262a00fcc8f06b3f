//! A bundled TrueType font as WOFF with only the outlines that a text needs: every glyph keeps its number, the others are empty.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use ttf_parser::{Face, RawFace, Tag};

/// Tables that are taken as they are. What shapes text (kerning, ligatures) is left out: the charts' measure knows none of it.
const KEPT: [&[u8; 4]; 9] = [b"OS/2", b"cvt ", b"fpgm", b"head", b"hhea", b"hmtx", b"maxp", b"name", b"prep"];

/// The font with the outlines of these characters; `None` where its bytes are not those of a TrueType font.
pub(super) fn subset(font: &[u8], said: &BTreeSet<char>) -> Option<Vec<u8>> {
    let face = Face::parse(font, 0).ok()?;
    let raw = RawFace::parse(font, 0).ok()?;
    let table = |name: &[u8; 4]| raw.table(Tag::from_bytes(name));
    let (glyf, loca) = (table(b"glyf")?, table(b"loca")?);
    let long = table(b"head")?.get(51)? == &1;
    let outline = |glyph: u16| {
        let place = |at: usize| {
            if long {
                Some(u32::from_be_bytes(loca.get(at * 4..at * 4 + 4)?.try_into().ok()?) as usize)
            } else {
                Some(usize::from(u16::from_be_bytes(loca.get(at * 2..at * 2 + 2)?.try_into().ok()?)) * 2)
            }
        };
        glyf.get(place(usize::from(glyph))?..place(usize::from(glyph) + 1)?)
    };
    let map: BTreeMap<char, u16> = said.iter().filter_map(|c| Some((*c, face.glyph_index(*c)?.0))).collect();
    let mut wanted: Vec<u16> = map.values().copied().chain([0]).collect();
    let mut kept = BTreeSet::new();
    while let Some(glyph) = wanted.pop() {
        if kept.insert(glyph) {
            wanted.extend(parts(outline(glyph).unwrap_or_default()));
        }
    }
    let (mut outlines, mut places) = (Vec::new(), Vec::new());
    for glyph in 0..face.number_of_glyphs() {
        places.extend(u32::try_from(outlines.len()).ok()?.to_be_bytes());
        if kept.contains(&glyph) {
            outlines.extend(outline(glyph).unwrap_or_default());
            outlines.resize(outlines.len().next_multiple_of(4), 0);
        }
    }
    places.extend(u32::try_from(outlines.len()).ok()?.to_be_bytes());
    let mut head = table(b"head")?.to_vec();
    // The places are written long.
    head.splice(50..52, [0, 1]);
    let mut tables: BTreeMap<&[u8; 4], Vec<u8>> = KEPT.into_iter().filter_map(|name| Some((name, table(name)?.to_vec()))).collect();
    tables.insert(b"head", head);
    tables.insert(b"glyf", outlines);
    tables.insert(b"loca", places);
    tables.insert(b"cmap", characters(&map));
    // Version 3: glyphs have no names.
    let mut post = table(b"post")?.get(..32)?.to_vec();
    post.splice(0..4, [0, 3, 0, 0]);
    tables.insert(b"post", post);
    woff(&tables)
}

/// The glyphs that a composite outline is made of.
fn parts(outline: &[u8]) -> Vec<u16> {
    const WORDS: u16 = 0x01;
    const SCALE: u16 = 0x08;
    const MORE: u16 = 0x20;
    const TWO_SCALES: u16 = 0x40;
    const MATRIX: u16 = 0x80;
    let word = |at: usize| Some(u16::from_be_bytes(outline.get(at..at + 2)?.try_into().ok()?));
    let mut found = Vec::new();
    // A negative number of contours says that it is composite.
    if word(0).is_none_or(|contours| contours < 0x8000) {
        return found;
    }
    let mut at = 10;
    while let (Some(flags), Some(glyph)) = (word(at), word(at + 2)) {
        found.push(glyph);
        at += 4 + if flags & WORDS > 0 { 4 } else { 2 };
        at += match flags {
            _ if flags & SCALE > 0 => 2,
            _ if flags & TWO_SCALES > 0 => 4,
            _ if flags & MATRIX > 0 => 8,
            _ => 0,
        };
        if flags & MORE == 0 {
            break;
        }
    }
    found
}

/// A character map of format 12 with one group a character.
fn characters(map: &BTreeMap<char, u16>) -> Vec<u8> {
    let groups = u32::try_from(map.len()).unwrap_or(0);
    let mut out = vec![0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0];
    for number in [16 + 12 * groups, 0, groups] {
        out.extend(number.to_be_bytes());
    }
    for (character, glyph) in map {
        for number in [u32::from(*character), u32::from(*character), u32::from(*glyph)] {
            out.extend(number.to_be_bytes());
        }
    }
    out
}

/// The sum of a table's words, as the format asks for it.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.chunks(4).fold(0_u32, |sum, chunk| {
        let mut word = [0; 4];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        sum.wrapping_add(u32::from_be_bytes(word))
    })
}

/// The tables in a WOFF file, each compressed where that makes it smaller.
fn woff(tables: &BTreeMap<&[u8; 4], Vec<u8>>) -> Option<Vec<u8>> {
    let count = u16::try_from(tables.len()).ok()?;
    let (mut directory, mut data) = (Vec::new(), Vec::new());
    let start = 44 + 20 * tables.len();
    let mut plain = 12 + 16 * tables.len();
    for (name, bytes) in tables {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).ok()?;
        let packed = encoder.finish().ok()?;
        let stored = if packed.len() < bytes.len() { &packed } else { bytes };
        directory.extend(*name);
        for number in [start + data.len(), stored.len(), bytes.len()] {
            directory.extend(u32::try_from(number).ok()?.to_be_bytes());
        }
        directory.extend(checksum(bytes).to_be_bytes());
        data.extend(stored);
        data.resize(data.len().next_multiple_of(4), 0);
        plain += bytes.len().next_multiple_of(4);
    }
    let mut out = b"wOFF\x00\x01\x00\x00".to_vec();
    out.extend(u32::try_from(start + data.len()).ok()?.to_be_bytes());
    out.extend(count.to_be_bytes());
    out.extend([0, 0]);
    out.extend(u32::try_from(plain).ok()?.to_be_bytes());
    out.extend([0, 1, 0, 0]);
    out.extend([0; 20]);
    out.extend(directory);
    out.extend(data);
    Some(out)
}
