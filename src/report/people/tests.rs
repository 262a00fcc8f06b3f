//! The report for people: what it says, that it needs nothing beside itself, that its pages are whole.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::*;
use crate::bias::{Mode, Positive, Selection, measure};
use crate::chart::{Align, Item, Measure as _, Text};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};
use crate::report::render::FontMeasure;
use crate::text::Locale;

/// Loans by sex and city, with a model's predictions.
fn counts() -> Counts {
    let facts = |name: &str, kind| ColumnFacts {
        name: name.into(),
        kind,
        distinct: 2,
        non_null: 1000,
        min: None,
        max: None,
        first_seen: Some(["w", "m", "seoul", "busan", "1", "0"].map(|value| Some(value.to_owned())).into()),
    };
    let mut rows = Vec::new();
    for (sex, city, label, predicted, count) in [
        (Some("w"), "seoul", "1", "1", 90),
        (Some("w"), "seoul", "0", "0", 120),
        (Some("w"), "busan", "1", "0", 40),
        (Some("w"), "busan", "0", "0", 50),
        (Some("m"), "seoul", "1", "1", 310),
        (Some("m"), "seoul", "0", "1", 60),
        (Some("m"), "busan", "1", "1", 170),
        (Some("m"), "busan", "0", "0", 155),
        (None, "busan", "0", "0", 5),
    ] {
        rows.push(CountRow {
            facets: vec![sex.map(str::to_owned)],
            label: Some(label.into()),
            predicted: Some(predicted.into()),
            group: Some(city.into()),
            rows: count,
        });
    }
    Counts {
        facets: vec![facts("sex", ColumnKind::Text)],
        label: facts("approved", ColumnKind::Integer),
        predicted: Some(facts("predicted", ColumnKind::Integer)),
        group: Some(facts("city", ColumnKind::Text)),
        rows,
    }
}

fn question() -> Spec {
    let mut spec = Spec::new(["sex"], "approved", Positive::Values(vec![1_i64.into()]));
    spec.predicted = Some("predicted".into());
    spec.group = Some("city".into());
    spec.draws = 200;
    spec
}

const SQL: &str = "SELECT \"sex\" AS \"c0\", count(*) AS \"rows\"\nFROM \"bank\".\"loans\" WHERE 1 < 2\nGROUP BY 1";

fn with_subject<T>(spec: &Spec, work: impl FnOnce(&Subject<'_>) -> T) -> T {
    let (report, limits) = (measure(&counts(), spec).unwrap(), Limits::default());
    work(&Subject { report: &report, spec, source: Source { name: "bank.loans", day: "2026-11-22" }, sql: Some(SQL), limits: &limits })
}

/// What a reader of the page sees, line by line, its pictures apart.
fn words(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut out = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        match tag.split_whitespace().next().unwrap() {
            "svg" => rest = after.split_once("</svg>").unwrap().1,
            "/td" | "/th" | "/dt" => out.push_str(" | "),
            "/span" => out.push(' '),
            _ => {}
        }
    }
    let plain = out.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    plain.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_page_says_everything_in_order() {
    let page = with_subject(&question(), |subject| html(subject, &Texts::new(Locale::English)));
    insta::assert_snapshot!(words(&page));
}

#[test]
fn the_page_needs_nothing_beside_itself() {
    for locale in Locale::ALL {
        let texts = Texts::new(locale);
        let make = || with_subject(&question(), |subject| html(subject, &texts));
        let page = make();
        assert!(page == make(), "the same again");
        for foreign in ["<script", "<link", "<img", "src=\"", "url(http", "@import", "javascript:"] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert_eq!(page.matches("http").count(), page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count());
        assert_eq!(page.matches("<svg").count(), 4);
        assert_eq!(page.matches("data:font/woff;base64,").count(), 2);
        for metric in
            ["CI", "DPL", "KL", "JS", "LP", "TVD", "KS", "CDDL", "DPPL", "DI", "DCA", "DCR", "SD", "RD", "DAR", "DRR", "AD", "TE", "GE"]
        {
            assert!(page.matches(&format!(">{metric}</th>")).count() >= 5, "{metric}: three groups, the limits and the names");
        }
        let said = words(&page);
        assert!(!said.contains("report-") && !said.contains("bias-") && !said.contains('{'), "{said}");
        assert!(said.contains("WHERE 1 < 2"), "{said}");
    }
}

#[test]
fn clarifys_mode_and_other_questions_have_their_words() {
    let mut spec = question();
    spec.mode = Mode::Clarify;
    spec.facets[0].selection = Selection::Values(vec!["w".into()]);
    spec.reference = crate::bias::Reference::EveryoneElse;
    for locale in Locale::ALL {
        let said = words(&with_subject(&spec, |subject| html(subject, &Texts::new(locale))));
        assert!(said.contains("smclarify 0.5") && !said.contains("report-"), "{said}");
    }
    let mut spec = question();
    spec.reference = crate::bias::Reference::Named("m".into());
    spec.correction = crate::bias::Correction::Bonferroni;
    spec.nulls = crate::bias::Nulls::LeaveOut;
    let said = words(&with_subject(&spec, |subject| html(subject, &Texts::new(Locale::English))));
    assert!(said.contains("compared with this group") && said.contains("Bonferroni") && said.contains("left out"), "{said}");
}

#[test]
fn what_is_hostile_stays_text() {
    let mut counts = counts();
    for row in &mut counts.rows {
        row.facets = vec![row.facets[0].as_ref().map(|value| format!("<script>alert('{value}')</script>&\u{1}"))];
    }
    let (spec, limits) = (question(), Limits::default());
    let report = measure(&counts, &spec).unwrap();
    let subject = Subject { report: &report, spec: &spec, source: Source { name: "</title><b>", day: "" }, sql: None, limits: &limits };
    let texts = Texts::new(Locale::English);
    assert!(!html(&subject, &texts).contains("<script") && !html(&subject, &texts).contains("<b></"));
    assert!(pdf(&subject, &texts).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn pages_have_numbers_bookmarks_and_nothing_over_their_edges() {
    let measure = FontMeasure::bundled();
    for locale in Locale::ALL {
        let texts = Texts::new(locale);
        let (pages, marks) = with_subject(&question(), |subject| paper::pages(&contents::document(subject, &texts)));
        assert!(pages.len() >= 5, "{}", pages.len());
        assert!(marks.iter().filter(|mark| mark.level == 1).count() == 6, "{marks:?}");
        for (at, page) in pages.iter().enumerate() {
            let number = match locale {
                Locale::English => format!("Page {} of {}", at + 1, pages.len()),
                Locale::Korean => format!("{} / {}쪽", at + 1, pages.len()),
            };
            let texts: Vec<&Text> = page.iter().filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None }).collect();
            assert!(texts.iter().any(|text| text.text == number), "{number}");
            for text in texts {
                let wide = measure.width(&text.text, text.size, text.weight);
                let before = match text.align {
                    Align::Start => 0.0,
                    Align::Middle => wide / 2.0,
                    Align::End => wide,
                };
                let left = text.at.x - before;
                assert!(left >= 47.0 && left + wide <= 548.0 && (56.0..=820.0).contains(&text.at.y), "{text:?}");
            }
        }
        assert!(marks.iter().all(|mark| mark.page < pages.len() && mark.top > 0.0 && mark.top < 800.0));
    }
}

#[test]
fn the_pdf_is_whole_and_its_text_is_text() {
    for (locale, language) in [(Locale::English, "(en)"), (Locale::Korean, "(ko)")] {
        let texts = Texts::new(locale);
        let make = || with_subject(&question(), |subject| pdf(subject, &texts)).unwrap();
        let bytes = make();
        assert!(bytes == make(), "the same again");
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.starts_with(b"%PDF-") && text.trim_end().ends_with("%%EOF"));
        let pages = text.matches("/Type /Page\n").count();
        assert!(pages >= 5 && text.contains(&format!("/Count {pages}")), "{pages}");
        assert!(text.contains(&format!("/Lang {language}")) && text.contains("/Outlines"));
        assert!(text.matches("/ToUnicode").count() == 2 && text.contains("FairlakeSans-SemiBold"));
        assert!(bytes.len() < 250_000, "{}", bytes.len());
    }
}

/// The tables of a WOFF file as a font again.
fn unpacked(woff: &[u8]) -> Vec<u8> {
    let long = |at: usize| u32::from_be_bytes(woff[at..at + 4].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_be_bytes(woff[12..14].try_into().unwrap()));
    assert_eq!((&woff[..4], long(8)), (&b"wOFF"[..], woff.len()));
    let mut out = vec![0, 1, 0, 0];
    out.extend(u16::try_from(count).unwrap().to_be_bytes());
    out.extend([0; 6]);
    let mut data = Vec::new();
    for entry in (0..count).map(|at| 44 + 20 * at) {
        let (start, stored, whole) = (long(entry + 4), long(entry + 8), long(entry + 12));
        let mut table = Vec::new();
        if stored < whole {
            ZlibDecoder::new(&woff[start..start + stored]).read_to_end(&mut table).unwrap();
        } else {
            table.extend(&woff[start..start + stored]);
        }
        assert_eq!(table.len(), whole);
        out.extend(&woff[entry..entry + 4]);
        out.extend(&woff[entry + 16..entry + 20]);
        for number in [12 + 16 * count + data.len(), whole] {
            out.extend(u32::try_from(number).unwrap().to_be_bytes());
        }
        data.extend(table);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    assert_eq!(long(16), out.len() + data.len(), "the size that the header states");
    out.extend(data);
    out
}

#[test]
fn the_fonts_of_the_page_draw_what_the_whole_fonts_draw() {
    use crate::chart::fonts::{UI_REGULAR, UI_SEMIBOLD};
    let said: std::collections::BTreeSet<char> = "편향 보고서: Class Imbalance é −0.25 …".chars().collect();
    for whole in [UI_REGULAR, UI_SEMIBOLD] {
        let small = webfont::subset(whole, &said).unwrap();
        assert!(small.len() < 40_000, "{}", small.len());
        let small = unpacked(&small);
        let (small, whole) = (ttf_parser::Face::parse(&small, 0).unwrap(), ttf_parser::Face::parse(whole, 0).unwrap());
        for c in &said {
            let (ours, theirs) = (small.glyph_index(*c).unwrap(), whole.glyph_index(*c).unwrap());
            assert_eq!(small.glyph_hor_advance(ours), whole.glyph_hor_advance(theirs), "{c}");
            assert_eq!(small.glyph_bounding_box(ours), whole.glyph_bounding_box(theirs), "{c}");
        }
        assert_eq!(small.glyph_index('Z'), None);
    }
    assert_eq!(webfont::subset(b"no font", &said), None);
}
