//! Reads a file of any size once, chunk by chunk and in bounded memory, and tells what it is.

use crate::infer::csv_scan::CsvScan;
use crate::infer::dialect;
use crate::infer::encoding::{self, Decoder, Encoding, Guess, Piece};
use crate::infer::evidence::{EncodingEvidence, Evidence, Finding, Quoting, Ragged, Severity};
use crate::infer::json::{self, JsonLayout};
use crate::infer::json_scan::JsonScan;
use crate::infer::kind::{self, Kind};
use crate::infer::overrides::Overrides;
use crate::model::Message;

/// The bytes that are looked at together: the first block decides the kind, the encoding and the dialect.
pub const BLOCK: usize = 1024 * 1024;

/// Reads a file and gathers the evidence. However the file is cut into chunks, the evidence is the same.
pub struct Scanner {
    name_hint: Option<String>,
    overrides: Overrides,
    whole: bool,
    pending: Vec<u8>,
    bytes: u64,
    /// The bytes of the blocks that were read.
    consumed: u64,
    stage: Stage,
    findings: Vec<Finding>,
}

enum Stage {
    /// The first block is still to come.
    Start,
    /// No text, or text that is no table: only counted.
    Opaque(Kind, Option<EncodingEvidence>),
    Table(Box<TableStage>),
}

struct TableStage {
    kind: Kind,
    body: Body,
    guess: Guess,
    decoder: Decoder,
    nul: Option<Finding>,
    invalid: Option<Finding>,
}

enum Body {
    Csv(Box<CsvScan>),
    Json(Box<JsonScan>),
}

impl Body {
    fn push(&mut self, text: &[u8]) {
        match self {
            Self::Csv(scan) => scan.push(text),
            Self::Json(scan) => scan.push(text),
        }
    }

    fn finish(&mut self, whole: bool) {
        match self {
            Self::Csv(scan) => scan.finish(whole),
            Self::Json(scan) => scan.finish(whole),
        }
    }

    fn place(&self) -> (u64, u64) {
        match self {
            Self::Csv(scan) => (scan.place().0, scan.place().1 as u64 + 1),
            Self::Json(scan) => (scan.row(), 1),
        }
    }
}

impl Scanner {
    /// A scanner for a whole file. The name serves only to say when its extension promises something else, and to take a single column for a table.
    #[must_use]
    pub fn new(name_hint: Option<&str>, overrides: Overrides) -> Self {
        Self::of(name_hint, overrides, true)
    }

    /// A scanner for the beginning of a file: a record that the end cuts off is left out.
    #[must_use]
    pub fn of_head(name_hint: Option<&str>, overrides: Overrides) -> Self {
        Self::of(name_hint, overrides, false)
    }

    fn of(name_hint: Option<&str>, overrides: Overrides, whole: bool) -> Self {
        let name_hint = name_hint.map(str::to_owned);
        Self { name_hint, overrides, whole, pending: Vec::new(), bytes: 0, consumed: 0, stage: Stage::Start, findings: Vec::new() }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, mut chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        if matches!(self.stage, Stage::Opaque(..)) {
            return;
        }
        // Blocks are cut at fixed places, so that no decision depends on the chunks.
        while self.pending.len() + chunk.len() >= BLOCK {
            if self.pending.is_empty() {
                let (block, rest) = chunk.split_at_checked(BLOCK).unwrap_or((chunk, &[]));
                chunk = rest;
                self.block(block, false);
            } else {
                let (more, rest) = chunk.split_at_checked(BLOCK - self.pending.len()).unwrap_or((chunk, &[]));
                chunk = rest;
                self.pending.extend_from_slice(more);
                let block = std::mem::take(&mut self.pending);
                self.block(&block, false);
                self.pending = block;
                self.pending.clear();
            }
        }
        self.pending.extend_from_slice(chunk);
    }

    fn block(&mut self, block: &[u8], last: bool) {
        let mut skip = 0;
        if matches!(self.stage, Stage::Start) {
            let (stage, bom) = self.open(block, last);
            self.stage = stage;
            skip = bom;
        }
        let Stage::Table(table) = &mut self.stage else { return };
        let text = block.get(skip..).unwrap_or_default();
        if table.guess.open && !text.is_ascii() {
            // All blocks until now were ASCII, so any encoding may still turn up.
            let mut guess = encoding::guess(text);
            if guess.encoding.is_utf16() {
                // ASCII so far is no UTF-16, whatever this block looks like.
                guess = Guess { encoding: Encoding::UTF_8, reason: Message::new("infer-encoding-mostly-utf8"), ..guess };
            }
            if guess.encoding != table.decoder.encoding() {
                table.decoder = Decoder::new(guess.encoding, self.consumed);
            }
            table.guess = guess;
        }
        self.consumed += block.len() as u64;
        let TableStage { body, decoder, nul, invalid, .. } = &mut **table;
        decoder.decode(text, last, &mut |piece| match piece {
            Piece::Text(text) => {
                if nul.is_none() && text.contains(&0) {
                    let before = text.iter().position(|byte| *byte == 0).unwrap_or_default();
                    let (start, rest) = text.split_at_checked(before).unwrap_or((text, &[]));
                    body.push(start);
                    let (row, column) = body.place();
                    let message = Message::new("infer-nul").with("row", row).with("column", column);
                    *nul = Some(Finding::new(Severity::Warning, message).at_row(row).in_column(column));
                    body.push(rest);
                } else {
                    body.push(text);
                }
            }
            Piece::Invalid { offset } => {
                if invalid.is_none() {
                    let (row, column) = body.place();
                    *invalid =
                        Some(Finding::new(Severity::Error, Message::new("infer-invalid")).at_row(row).in_column(column).at_byte(offset));
                }
                body.push("\u{FFFD}".as_bytes());
            }
        });
        if last {
            body.finish(self.whole);
        }
    }

    /// Decides by the first block what the file is.
    fn open(&mut self, head: &[u8], last: bool) -> (Stage, usize) {
        if let Some(kind) = kind::by_magic(head) {
            return (Stage::Opaque(kind, None), 0);
        }
        let guess = self.guess(head);
        let body = head.get(guess.bom..).unwrap_or_default();
        let opaque = |kind: Kind, guess: &Guess| {
            let encoding = EncodingEvidence { encoding: guess.encoding, bom: guess.bom > 0, reason: guess.reason.clone(), invalid: 0 };
            let is_text = matches!(kind, Kind::Text | Kind::Xml);
            (Stage::Opaque(kind, is_text.then_some(encoding)), 0)
        };
        let mut text = Vec::with_capacity(body.len());
        let mut invalid = 0_usize;
        Decoder::new(guess.encoding, 0).decode(body, last, &mut |piece| match piece {
            Piece::Text(part) => text.extend_from_slice(part),
            Piece::Invalid { .. } => {
                invalid += 1;
                text.extend_from_slice("\u{FFFD}".as_bytes());
            }
        });
        let chosen = self.overrides.encoding.is_some() || self.overrides.delimiter.is_some();
        if !chosen && (kind::looks_binary(&text) || invalid * 10 > text.len()) {
            return opaque(Kind::Binary(None), &guess);
        }
        let whole = last && self.whole;
        let readable = String::from_utf8_lossy(&text);
        if readable.trim().is_empty() {
            self.findings.push(Finding::new(Severity::Error, Message::new("infer-blank")));
            return opaque(Kind::Empty, &guess);
        }
        let promise = self.name_hint.as_deref().and_then(kind::by_name).map(|(promise, _)| promise);
        if self.overrides.delimiter.is_none() && promise != Some("csv")
            || self.overrides.delimiter.is_none() && readable.trim_start().starts_with('{')
        {
            if let Some(layout) = json::layout(&readable) {
                let kind = if layout == JsonLayout::Array { Kind::JsonArray } else { Kind::JsonLines };
                let body = Body::Json(Box::new(JsonScan::new(&text, layout)));
                return table(kind, body, guess);
            }
            if kind::is_xml(&readable) {
                return opaque(Kind::Xml, &guess);
            }
        }
        let sniffed = dialect::sniff(&text, &self.overrides, whole);
        let regular = sniffed.fields > 1 && sniffed.consistency >= 0.9;
        let several = text.trim_ascii().iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        if promise == Some("csv") || self.overrides.delimiter.is_some() || (regular && several) {
            let body = Body::Csv(Box::new(CsvScan::new(&text, whole, sniffed, &self.overrides)));
            table(Kind::Csv, body, guess)
        } else {
            opaque(Kind::Text, &guess)
        }
    }

    fn guess(&self, head: &[u8]) -> Guess {
        let guess = encoding::guess(head);
        match self.overrides.encoding {
            Some(chosen) if chosen == guess.encoding && guess.bom > 0 => guess,
            Some(encoding) => Guess { encoding, bom: 0, reason: Message::new("infer-chosen"), open: false },
            None => guess,
        }
    }

    /// Ends the file and tells what it is.
    #[must_use]
    pub fn finish(mut self) -> Evidence {
        let pending = std::mem::take(&mut self.pending);
        self.block(&pending, true);
        let mut evidence = Evidence {
            kind: Kind::Empty,
            encoding: None,
            dialect: None,
            header: None,
            columns: Vec::new(),
            rows: 0,
            bytes: self.bytes,
            complete: self.whole,
            quoting: Quoting::default(),
            ragged: Ragged::default(),
            head: None,
            findings: self.findings,
        };
        match self.stage {
            Stage::Start => {}
            Stage::Opaque(kind, encoding) => {
                evidence.kind = kind;
                evidence.encoding = encoding;
                tell_opaque(&mut evidence);
            }
            Stage::Table(table) => {
                let table = *table;
                evidence.kind = table.kind;
                let invalid = table.decoder.invalid();
                let guess = table.guess;
                if let Some(mut finding) = table.invalid {
                    finding.message = finding
                        .message
                        .with("encoding", guess.encoding.name())
                        .with("count", invalid)
                        .with("row", finding.row.unwrap_or_default())
                        .with("column", finding.column.unwrap_or_default())
                        .with("offset", finding.offset.unwrap_or_default());
                    evidence.findings.push(finding);
                }
                evidence.encoding = Some(EncodingEvidence { encoding: guess.encoding, bom: guess.bom > 0, reason: guess.reason, invalid });
                evidence.findings.extend(table.nul);
                match table.body {
                    Body::Csv(scan) => scan.tell(&mut evidence, &self.overrides),
                    Body::Json(scan) => scan.tell(&mut evidence, &self.overrides),
                }
                if guess.encoding != Encoding::UTF_8 {
                    let message = Message::new("infer-not-utf8").with("encoding", guess.encoding.name());
                    evidence.findings.push(Finding::new(Severity::Info, message));
                }
            }
        }
        if let Some((promise, extension)) = self.name_hint.as_deref().and_then(kind::by_name)
            && !kind::agrees(&evidence.kind, promise)
        {
            let message = Message::new("infer-extension").with("extension", extension).with("kind", evidence.kind.label());
            evidence.findings.push(Finding::new(Severity::Warning, message));
        }
        evidence.findings.sort_by_key(|finding| finding.severity);
        evidence
    }
}

fn table(kind: Kind, body: Body, guess: Guess) -> (Stage, usize) {
    let bom = guess.bom;
    let decoder = Decoder::new(guess.encoding, bom as u64);
    (Stage::Table(Box::new(TableStage { kind, body, guess, decoder, nul: None, invalid: None })), bom)
}

fn tell_opaque(evidence: &mut Evidence) {
    let finding = match &evidence.kind {
        Kind::Empty if evidence.bytes == 0 => Finding::new(Severity::Error, Message::new("infer-empty")),
        Kind::Archive(_) => Finding::new(Severity::Info, Message::new("infer-packed").with("kind", evidence.kind.label())),
        Kind::Spreadsheet => Finding::new(Severity::Info, Message::new("infer-spreadsheet")),
        Kind::Empty | Kind::Parquet | Kind::Avro | Kind::Orc => return,
        kind => Finding::new(Severity::Info, Message::new("infer-no-table").with("kind", kind.label())),
    };
    evidence.findings.push(finding);
}
