//! What a file is, in one line: `CSV · comma · quoted · UTF-8 · header in row 1 · 23,486 rows · 8.5 MB`.

use crate::infer::Kind;
use crate::message::ingest::FilePreview;
use crate::model::Message;
use crate::text::{self, Texts};

/// The parts of the line, each with the reason for it where it is a guess.
pub(super) fn parts(preview: &FilePreview, texts: &Texts) -> Vec<(String, Option<String>)> {
    let evidence = &preview.evidence;
    let mut parts = vec![(texts.say(&evidence.kind.label()), None)];
    if let Some(found) = &evidence.dialect {
        parts.push((texts.say(&found.dialect.delimiter_name()), Some(texts.say(&found.reason))));
        if evidence.kind == Kind::Csv {
            let quoted = evidence.quoting.quoted_fields > 0;
            let why = Message::new("ingest-quoted-fields").with("fields", evidence.quoting.quoted_fields);
            parts.push((texts.t(if quoted { "ingest-quoted" } else { "ingest-unquoted" }), Some(texts.say(&why))));
        }
    }
    if let Some(found) = &evidence.encoding {
        let name = found.encoding.name();
        let shown = if found.bom { texts.say(&Message::new("ingest-with-bom").with("encoding", name)) } else { name.to_owned() };
        parts.push((shown, Some(texts.say(&found.reason))));
    }
    if let Some(found) = &evidence.header {
        let id = if found.present { "ingest-header" } else { "ingest-no-header" };
        parts.push((texts.t(id), Some(texts.say(&found.reason))));
    }
    if evidence.is_table() {
        let id = if evidence.complete { "text-rows" } else { "ingest-rows-at-least" };
        parts.push((texts.say(&Message::new(id).with("rows", evidence.rows)), None));
    }
    parts.push((text::bytes(preview.bytes), None));
    parts
}
