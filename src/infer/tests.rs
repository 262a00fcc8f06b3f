//! The evidence as a whole: good files, bad files, chunks of any size, and the two policies.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::model::{Message, S3Location, TableDefinition};

fn types(evidence: &Evidence) -> Vec<(&str, &str)> {
    evidence.columns.iter().map(|column| (column.catalog_name.as_str(), column.hive_type.as_str())).collect()
}

fn finding<'a>(evidence: &'a Evidence, id: &str) -> &'a Finding {
    evidence.findings.iter().find(|finding| finding.message.id == id).unwrap_or_else(|| panic!("no {id} in {:?}", evidence.findings))
}

fn with(text: &[u8], overrides: Overrides) -> Evidence {
    let mut scanner = Scanner::new(None, overrides);
    scanner.push(text);
    scanner.finish()
}

#[test]
fn a_plain_table_is_described() {
    let evidence = inspect(b"Clothing ID,Age,Title,When\n767,33,,2024-01-02\n1080,34,\"Love, it\",2024-02-29\n", Some("reviews.csv"));
    assert_eq!(evidence.kind, Kind::Csv);
    assert_eq!(types(&evidence), [("clothing_id", "bigint"), ("age", "bigint"), ("title", "string"), ("when", "date")]);
    assert_eq!((evidence.rows, evidence.bytes), (2, 76));
    assert_eq!((evidence.quoting.quoted_fields, evidence.quoting.delimiter_fields), (1, 1));
    let title = &evidence.columns[2];
    assert_eq!((title.values, title.nulls, title.distinct, title.examples.as_slice()), (1, 1, 1, ["Love, it".to_owned()].as_slice()));
    assert_eq!(evidence.findings, []);
    let json = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), evidence);
}

#[test]
fn bad_files_are_told_with_their_place() {
    let empty = inspect(b"", Some("x.csv"));
    assert_eq!((&empty.kind, finding(&empty, "infer-empty").severity), (&Kind::Empty, Severity::Error));
    finding(&inspect(b"\n \n", Some("x.csv")), "infer-blank");
    let header_only = inspect(b"a,b\n", Some("x.csv"));
    assert_eq!(header_only.rows, 0);
    finding(&header_only, "infer-header-only");

    let ragged = inspect(b"a,b,c\n1,2,3\n1,2\n\n1,2,3,4\n1,2,3\n", Some("x.csv"));
    assert_eq!((ragged.ragged.rows, ragged.ragged.expected, ragged.ragged.first.as_slice()), (2, 3, [(3, 2), (5, 4)].as_slice()));
    assert_eq!(finding(&ragged, "infer-ragged").row, Some(3));

    let open = inspect(b"a,b\n1,x\n2,\"never\nclosed,\n3,y\n", Some("x.csv"));
    let found = finding(&open, "infer-quote-open");
    assert_eq!((found.row, found.column, found.severity), (Some(3), Some(2), Severity::Error));
    let cut = inspect(b"a,b\n1,x\n2", Some("x.csv"));
    assert_eq!(finding(&cut, "infer-cut-off").row, Some(3));

    let names = inspect(b"id,,id,ID\n1,2,3,4\n", Some("x.csv"));
    assert_eq!(types(&names).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["id", "col1", "id_2", "id_3"]);
    assert_eq!(finding(&names, "infer-name-empty").column, Some(2));
    assert_eq!(finding(&names, "infer-name-double").column, Some(3));

    let nul = inspect(b"a,b\n1,x\n2,y\0z\n", Some("x.csv"));
    let found = finding(&nul, "infer-nul");
    assert_eq!((found.row, found.column), (Some(3), Some(2)));

    let mut damaged = "이름,값\n".repeat(50).into_bytes();
    damaged.extend_from_slice(b"bad\xFF,1\n");
    let evidence = inspect(&damaged, Some("x.csv"));
    let found = finding(&evidence, "infer-invalid");
    assert_eq!((found.row, found.column, found.offset), (Some(51), Some(1), Some(damaged.len() as u64 - 4)));

    let image = inspect(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("table.csv"));
    assert_eq!(image.kind, Kind::Image("PNG".to_owned()));
    finding(&image, "infer-extension");
    let noise: Vec<u8> = (0..5000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    assert_eq!(inspect(&noise, Some("x.csv")).kind, Kind::Binary(None));
}

#[test]
fn a_line_of_100_mb_is_an_error_and_no_burden() {
    let mut scanner = Scanner::new(Some("x.csv"), Overrides::default());
    scanner.push(b"a,b\n1,2\n3,");
    let chunk = vec![b'x'; 1024 * 1024];
    for _ in 0..100 {
        scanner.push(&chunk);
    }
    let evidence = scanner.finish();
    let found = finding(&evidence, "infer-record-too-long");
    assert_eq!((found.row, found.column), (Some(3), Some(2)));
    assert_eq!(evidence.bytes, 10 + 100 * 1024 * 1024);
}

#[test]
fn korean_files_as_excel_writes_them() {
    let text = "상품,별점,후기\n원피스,5,\"색이 곱고, 따뜻합니다\"\n바지,2,얇아요\n";
    let cp949 = encoding_rs::EUC_KR.encode(text).0.into_owned();
    let bom = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    let tabs = text.replace(",5,\"색이 곱고, 따뜻합니다\"", "\t5\t색이 곱고, 따뜻합니다").replace(',', "\t");
    let utf16: Vec<u8> = [0xFEFF_u16].into_iter().chain(tabs.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding, delimiter) in [(cp949, "CP949 (EUC-KR)", b','), (bom, "UTF-8", b','), (utf16, "UTF-16LE", b'\t')] {
        let evidence = inspect(&bytes, Some("상품.csv"));
        assert_eq!(evidence.encoding.as_ref().unwrap().encoding.name(), encoding);
        assert_eq!(evidence.dialect.as_ref().unwrap().dialect.delimiter, delimiter);
        assert_eq!(types(&evidence), [("상품", "string"), ("별점", "bigint"), ("후기", "string")], "{encoding}");
        assert_eq!(evidence.rows, 2);
        let advice = recommended(&evidence, "t", None).unwrap();
        assert_eq!(advice.storage, Storage::Parquet);
    }
}

#[test]
fn korean_after_a_megabyte_of_ascii_is_still_recognised() {
    let mut bytes = b"id,name\n".to_vec();
    for number in 0..200_000_u32 {
        bytes.extend_from_slice(format!("{number},name\n").as_bytes());
    }
    bytes.extend_from_slice(&encoding_rs::EUC_KR.encode("200000,김철수입니다\n").0);
    let evidence = inspect(&bytes, None);
    assert_eq!(evidence.encoding.as_ref().unwrap().encoding, Encoding::EUC_KR);
    assert_eq!((evidence.rows, evidence.errors().count()), (200_001, 0));
}

#[test]
fn overrides_win() {
    let text = b"1;a\n2;b\n";
    let chosen = Overrides {
        delimiter: Some(b';'),
        header: Some(true),
        types: [(0, crate::model::HiveType::new("double"))].into(),
        names: [(1, "Letter".to_owned())].into(),
        ..Overrides::default()
    };
    assert_eq!(types(&with(text, chosen)), [("1", "double"), ("letter", "string")]);
    let wrong = Overrides { types: [(1, crate::model::HiveType::new("bigint"))].into(), ..Overrides::default() };
    let evidence = with(b"a,b\n1,2\n2,n/a\n", wrong.clone());
    let found = finding(&evidence, "infer-override-mismatch");
    assert_eq!((found.row, found.column), (Some(3), Some(2)));
    let with_null = Overrides { null_texts: vec!["n/a".to_owned()], ..wrong.clone() };
    assert_eq!(with(b"a,b\n1,2\n2,n/a\n", with_null).findings, []);
    let json = serde_json::to_string(&wrong).unwrap();
    assert_eq!(serde_json::from_str::<Overrides>(&json).unwrap(), wrong);
    let unquoted: Overrides = serde_json::from_str(r#"{"quote":null}"#).unwrap();
    assert_eq!(unquoted.quote, Some(None));
    assert_eq!(serde_json::from_str::<Overrides>("{}").unwrap(), Overrides::default());
}

#[test]
fn json_lines_and_arrays() {
    let lines = inspect(b"{\"id\":1,\"Tags\":[\"a\"],\"n\":{\"x\":1.5}}\n{\"id\":3000000000,\"n\":null,\"late\":true}\n", Some("x.json"));
    assert_eq!(lines.kind, Kind::JsonLines);
    assert_eq!(types(&lines), [("id", "bigint"), ("tags", "array<string>"), ("n", "struct<x:double>"), ("late", "boolean")]);
    assert_eq!(lines.columns[2].nulls, 1);
    let table = glue(&lines, "t", None, Compression::None).table;
    assert_eq!(table.serde_parameters.get("paths").map(String::as_str), Some("Tags,id,late,n"));
    let array = inspect(b"[{\"a\":1},\n{\"a\":\"x\"}]", Some("x.json"));
    assert_eq!((array.kind.clone(), array.rows), (Kind::JsonArray, 2));
    assert_eq!(array.columns[0].reason.id, "infer-type-json-clash");
    finding(&array, "infer-json-array");
    let broken = inspect(b"{\"a\":1}\n{\"a\":\n{\"a\":3}\n", Some("x.json"));
    assert_eq!((finding(&broken, "infer-json-broken").row, broken.rows), (Some(2), 2));
    finding(&inspect(b"{\"a\":1}\n{\"a\":[1,", Some("x.json")), "infer-json-broken");
    assert_eq!(finding(&inspect(b"[{\"a\":1},\n{\"a\":[1,", Some("x.json")), "infer-json-cut-off").row, Some(2));
}

#[test]
fn prose_is_no_table_unless_its_name_says_so() {
    let prose = b"Once upon a time, there was a lake.\nIt was fair.\nNobody, not even the king, had swum in it, ever.\n";
    assert_eq!(inspect(prose, None).kind, Kind::Text);
    assert_eq!(inspect(b"name\nann\nbob\n", Some("names.csv")).kind, Kind::Csv);
    assert_eq!(inspect(b"<?xml version=\"1.0\"?><a><b/></a>", None).kind, Kind::Xml);
}

fn parameter<'a>(table: &'a TableDefinition, key: &str) -> Option<&'a str> {
    table.parameters.get(key).map(String::as_str)
}

#[test]
fn glue_writes_what_the_crawler_writes() {
    let location: S3Location = "s3://my-lake/data/reviews/".parse().unwrap();
    let text = b"ID,Review Text,Price,OK,Day\n1,\"good, warm\",1.5,true,2024-01-01\n2,fine,2,false,2024-01-02\n";
    let table = glue(&inspect(text, None), "reviews", Some(location.clone()), Compression::Gzip).table;
    assert_eq!(table.location, Some(location));
    let columns: Vec<(&str, &str)> = table.columns.iter().map(|column| (column.name.as_str(), column.hive_type.as_str())).collect();
    assert_eq!(columns, [("id", "bigint"), ("review text", "string"), ("price", "double"), ("ok", "boolean"), ("day", "string")]);
    assert_eq!(table.serde_library, formats::LAZY_SIMPLE);
    assert_eq!(table.serde_parameters.get("field.delim").map(String::as_str), Some(","));
    for (key, value) in [
        ("classification", "csv"),
        ("compressionType", "gzip"),
        ("typeOfData", "file"),
        ("delimiter", ","),
        ("areColumnsQuoted", "false"),
        ("columnsOrdered", "true"),
        ("skip.header.line.count", "1"),
        ("CrawlerSchemaSerializerVersion", "1.0"),
    ] {
        assert_eq!(parameter(&table, key), Some(value), "{key}");
    }
}

#[test]
fn glue_finds_no_header_where_all_is_text_and_no_table_in_one_column() {
    let evidence = inspect(b"name,city\nann,seoul\nbob,busan\n", None);
    assert!(evidence.header.as_ref().unwrap().present);
    let written = glue(&evidence, "t", None, Compression::None);
    assert_eq!(written.table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["col0", "col1"]);
    assert_eq!(parameter(&written.table, "skip.header.line.count"), None);
    let advice = recommended(&evidence, "t", None).unwrap();
    let ids: Vec<_> = differences(&evidence, &written, &advice).into_iter().map(|message| message.id.into_owned()).collect();
    assert_eq!(ids, ["infer-differs-header-kept", "infer-differs-name", "infer-differs-name"]);

    let single = inspect(b"n\n1\n2\n", Some("n.csv"));
    assert_eq!(parameter(&glue(&single, "t", None, Compression::None).table, "classification"), Some("UNKNOWN"));
    let numbers = inspect(b"1,2.5\n2,3\n", None);
    let table = glue(&numbers, "t", None, Compression::None).table;
    let columns: Vec<(&str, &str)> = table.columns.iter().map(|column| (column.name.as_str(), column.hive_type.as_str())).collect();
    assert_eq!(columns, [("col0", "bigint"), ("col1", "double")]);
}

#[test]
fn advice_differs_where_quotes_or_late_values_do() {
    let evidence = inspect(b"id,text,n,day\n1,\"a, b\",5,2024-01-01\n2,c,,2024-01-02\n", None);
    let written = glue(&evidence, "t", None, Compression::None);
    let advice = recommended(&evidence, "t", None).unwrap();
    assert_eq!((advice.storage, advice.table.serde_library.as_str()), (Storage::AsIs, formats::OPEN_CSV));
    let columns: Vec<&str> = advice.table.columns.iter().map(|column| column.hive_type.as_str()).collect();
    assert_eq!(columns, ["bigint", "string", "string", "string"]);
    let messages = differences(&evidence, &written, &advice);
    assert!(messages.iter().any(|message| message.id == "infer-differs-reader"));
    assert!(messages.iter().any(|message| message.id == "infer-differs-type" && message.args.contains(&("name".into(), "n".into()))));

    let mut late = String::from("a,b\n");
    for number in 0..3000 {
        writeln!(late, "{number},{}", if number == 2500 { "n/a" } else { "7" }).unwrap();
    }
    let evidence = inspect(late.as_bytes(), None);
    assert_eq!(types(&evidence), [("a", "bigint"), ("b", "string")]);
    assert_eq!(
        evidence.columns[1].reason,
        Message::new("infer-type-mixed").with("row", 2502_u64).with("value", "n/a").with("type", "bigint").with("held", 2500_u64)
    );
    let table = glue(&evidence, "t", None, Compression::None).table;
    assert_eq!(table.columns[1].hive_type.as_str(), "bigint");
}

proptest! {
    #[test]
    fn any_chunking_gives_the_same_evidence(
        rows in prop::collection::vec(("[a-c가나0-9,\"\n]{0,6}", "[0-9]{0,3}"), 1..30),
        cuts in prop::collection::vec(1_usize..50, 1..20),
        named in any::<bool>(),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["이름", "n"]).unwrap();
        for (text, number) in &rows {
            writer.write_record([text, number]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let name = named.then_some("x.csv");
        let at_once = inspect(&bytes, name);
        let mut scanner = Scanner::new(name, Overrides::default());
        let (mut rest, mut cuts) = (bytes.as_slice(), cuts.iter().cycle());
        while !rest.is_empty() {
            let (chunk, tail) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            scanner.push(chunk);
            rest = tail;
        }
        prop_assert_eq!(scanner.finish(), at_once);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), name in prop::option::of("x\\.(csv|json|parquet)")) {
        let evidence = inspect(&bytes, name.as_deref());
        prop_assert_eq!(evidence.bytes, bytes.len() as u64);
        let _table = glue(&evidence, "t", None, Compression::None);
        prop_assert_eq!(recommended(&evidence, "t", None).is_some(), evidence.is_table());
    }
}

#[test]
fn chunks_across_blocks_give_the_same_evidence() {
    let mut bytes = Vec::new();
    for number in 0..120_000_u32 {
        bytes.extend_from_slice(format!("{number},\"텍스트 {number}\n둘째 줄\",{}\n", number % 7).as_bytes());
    }
    let at_once = inspect(&bytes, None);
    assert_eq!((at_once.rows, at_once.quoting.line_break_rows, at_once.errors().count()), (120_000, 120_000, 0));
    for size in [999_983, 1024 * 1024, 1024 * 1024 + 1, 3_000_000] {
        let mut scanner = Scanner::new(None, Overrides::default());
        for chunk in bytes.chunks(size) {
            scanner.push(chunk);
        }
        assert_eq!(scanner.finish(), at_once, "chunks of {size}");
    }
}
