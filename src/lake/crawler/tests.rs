//! Crawls over a lake in a temporary folder, and the course's lab from the crawl to its six queries.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};

use super::*;
use crate::lake::athena::tests::Athena;
use crate::lake::codec::Codec;
use crate::lake::storage::ObjectMeta;

struct Crawling {
    athena: Athena,
    crawlers: Crawlers,
}

impl Crawling {
    fn new() -> Self {
        let athena = Athena::new();
        let crawlers = Crawlers::open(athena.service.catalog_of_tests()).unwrap();
        Self { athena, crawlers }
    }

    fn create(&self, name: &str, path: &str, more: Value) {
        let mut input = json!({"Name": name, "Role": "any", "DatabaseName": "default", "Targets": {"S3Targets": [{"Path": path}]}});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.crawlers.create(&input).unwrap();
    }

    /// Crawls and gives back what changed.
    fn crawl(&self, name: &str) -> Value {
        self.crawlers.start(name).unwrap();
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let crawler = self.crawlers.get(name).unwrap();
            if crawler["State"] == "READY" {
                assert_eq!(crawler["LastCrawl"]["Status"], "SUCCEEDED", "{crawler}");
                break;
            }
            assert!(Instant::now() < until);
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = self.crawlers.history(name).unwrap()[0]["CrawlId"].as_str().unwrap().to_owned();
        self.crawlers.changes(&id).unwrap()["Changes"]["tables"].clone()
    }

    fn table(&self, name: &str) -> Value {
        self.crawlers.inner.catalog.table("default", name).unwrap()
    }

    fn columns(&self, name: &str) -> Vec<String> {
        let table = self.table(name);
        let list = |value: &Value| -> Vec<String> {
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|column| format!("{} {}", column["Name"].as_str().unwrap(), column["Type"].as_str().unwrap()))
                .collect()
        };
        let mut all = list(&table["StorageDescriptor"]["Columns"]);
        all.extend(list(&table["PartitionKeys"]).into_iter().map(|key| format!("[{key}]")));
        all
    }
}

#[test]
fn a_csv_becomes_the_table_that_glue_would_write() {
    let lake = Crawling::new();
    lake.athena.put("shop/sales/2024.csv", b"id,city,price,ok\n1,Seoul,2.5,true\n2,Busan,3,false\n");
    lake.create("shop", "s3://test-lake/shop/sales", json!({"TablePrefix": "raw_"}));
    let changes = lake.crawl("shop");
    assert_eq!((changes[0]["action"].as_str(), changes[0]["table"].as_str()), (Some("CREATE"), Some("raw_sales")));
    let table = lake.table("raw_sales");
    let parameters = &table["Parameters"];
    for (name, value) in [
        ("classification", "csv"),
        ("compressionType", "none"),
        ("typeOfData", "file"),
        ("delimiter", ","),
        ("areColumnsQuoted", "false"),
        ("columnsOrdered", "true"),
        ("skip.header.line.count", "1"),
        ("objectCount", "1"),
        ("recordCount", "2"),
        ("sizeKey", "50"),
        ("UPDATED_BY_CRAWLER", "shop"),
        ("CrawlerSchemaSerializerVersion", "1.0"),
    ] {
        assert_eq!(parameters[name], value, "{name}");
    }
    assert_eq!(table["StorageDescriptor"]["Parameters"], *parameters);
    assert_eq!((&table["Owner"], &table["TableType"], &table["Retention"]), (&json!("owner"), &json!("EXTERNAL_TABLE"), &json!(0)));
    assert_eq!(table["StorageDescriptor"]["NumberOfBuckets"], -1);
    assert_eq!(table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"], "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe");
    assert_eq!(table["StorageDescriptor"]["Location"], "s3://test-lake/shop/sales/");
    assert_eq!(lake.columns("raw_sales")[..2], ["id bigint", "city string"]);
    assert_eq!(lake.athena.rows("SELECT sum(price) AS s FROM raw_sales"), ["s", "5.5"]);
    let again = lake.crawl("shop");
    assert_eq!(again[0]["action"], "KEEP");
    assert_eq!(lake.table("raw_sales")["VersionId"], "1", "counting again makes no version");
    assert_eq!(lake.crawlers.inner.catalog.table_versions("default", "raw_sales").unwrap().len(), 1);
}

#[test]
fn folders_become_partitions_or_tables() {
    let lake = Crawling::new();
    for (key, text) in [
        ("logs/year=2023/month=01/a.json", "{\"id\": 1, \"Name\": \"a\"}\n{\"id\": 2, \"Name\": \"b\"}\n"),
        ("logs/year=2024/month=02/b.json", "{\"id\": 3000000000, \"Name\": \"c\", \"extra\": {\"x\": 1}}\n"),
        ("logs/year=2024/month=02/_SUCCESS", "x"),
        ("mixed/a/one.csv", "id,name\n1,x\n2,y\n"),
        ("mixed/b/two.json", "{\"other\": true}\n"),
        ("days/2024-01-01/f.csv", "k,v\n1,2\n"),
        ("days/2024-01-02/f.csv", "k,v\n3,4\n"),
    ] {
        lake.athena.put(key, text.as_bytes());
    }
    lake.create("all", "s3://test-lake/", json!({"Configuration": "{\"Version\":1.0,\"Grouping\":{\"TableLevelConfiguration\":2,\"TableGroupingPolicy\":\"CombineCompatibleSchemas\"}}"}));
    lake.crawl("all");
    assert_eq!(lake.columns("logs"), ["id bigint", "name string", "extra struct<x:int>", "[year string]", "[month string]"]);
    assert_eq!(lake.table("logs")["Parameters"]["partition_filtering.enabled"], "true");
    assert_eq!(lake.columns("days")[2..], ["[partition_0 string]"]);
    assert_eq!(lake.columns("a"), ["id bigint", "name string"]);
    assert_eq!(lake.columns("b"), ["other boolean"]);
    assert_eq!(
        lake.athena.rows("SELECT id, extra.x AS x, year FROM logs ORDER BY id"),
        ["id|x|year", "1|∅|2023", "2|∅|2023", "3000000000|1|2024"]
    );
    assert_eq!(lake.athena.rows("SELECT sum(k) AS s FROM days WHERE partition_0 = '2024-01-02'"), ["s", "3"]);
    let partition = &lake.crawlers.inner.catalog.partitions("default", "logs", Some("year='2024'")).unwrap()[0];
    assert_eq!(partition["StorageDescriptor"]["Location"], "s3://test-lake/logs/year=2024/month=02/");
    assert_eq!(partition["StorageDescriptor"]["Parameters"]["objectCount"], "1");
}

#[test]
fn later_crawls_follow_the_policies() {
    let lake = Crawling::new();
    lake.athena.put("t/x.csv", b"a,b\n1,x\n2,y\n");
    lake.create("c", "s3://test-lake/t/", json!({}));
    lake.crawl("c");
    lake.athena.put("t/x.csv", b"a,b,c\n1.5,x,1\n2,y,2\n");
    let changes = lake.crawl("c");
    assert_eq!(changes[0]["action"], "UPDATE");
    assert_eq!(
        changes[0]["changed_columns"],
        json!([{"name": "a", "before": "bigint", "after": "double"}, {"name": "c", "before": null, "after": "bigint"}])
    );
    let summary: Value = serde_json::from_str(lake.crawlers.history("c").unwrap()[0]["Summary"].as_str().unwrap()).unwrap();
    assert_eq!(summary["TABLE"]["UPDATE"], json!({"Details": {"names": ["default.t"]}, "Count": 1}));
    lake.crawlers.inner.catalog.store().delete(&lake.athena.bucket, "t/x.csv").unwrap();
    assert_eq!(lake.crawl("c")[0]["action"], "DEPRECATE");
    assert!(lake.table("t")["Parameters"]["DEPRECATED_BY_CRAWLER"].is_string());
    let update =
        json!({"Name": "c", "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "DELETE_FROM_DATABASE"}});
    lake.crawlers.update(&update).unwrap();
    assert_eq!(lake.crawl("c")[0]["action"], "DELETE");
    assert!(lake.crawlers.inner.catalog.table("default", "t").is_err());
    let metrics = lake.crawlers.metrics("c").unwrap();
    assert_eq!((&metrics["TablesDeleted"], &metrics["TablesCreated"]), (&json!(1), &json!(0)));
}

#[test]
fn exclusions_gzip_and_previews() {
    let lake = Crawling::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"n,word\n1,one\n2,two\n").unwrap();
    lake.athena.put("g/data.csv.gz", &packed.finish().unwrap());
    lake.athena.put("g/skip/me.json", b"{\"x\":1}\n");
    let targets = json!({"S3Targets": [{"Path": "s3://test-lake/g", "Exclusions": ["skip/**"]}]});
    let preview = lake.crawlers.preview(&json!({"DatabaseName": "new_one", "Targets": targets})).unwrap();
    assert_eq!((preview.count(Action::Create), preview.tables[0].table.as_str(), preview.tables[0].records), (1, "g", 2));
    assert!(lake.crawlers.inner.catalog.database("new_one").is_err(), "a preview writes nothing");
    lake.create("g", "s3://test-lake/g", json!({"Targets": targets, "DatabaseName": "new_one"}));
    lake.crawl("g");
    let table = lake.crawlers.inner.catalog.table("new_one", "g").unwrap();
    assert_eq!((&table["Parameters"]["compressionType"], &table["StorageDescriptor"]["Compressed"]), (&json!("gzip"), &json!(true)));
    assert_eq!(table["Parameters"]["exclusions"], "[\"skip/**\"]");
    assert_eq!(lake.athena.rows("SELECT word FROM new_one.g WHERE n = 2"), ["word", "two"]);
}

#[test]
fn only_new_folders_are_looked_at_where_that_is_the_policy() {
    let lake = Crawling::new();
    lake.athena.put("d/day=1/x.csv", b"a,b\n1,x\n2,y\n");
    let logs = json!({"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"});
    let only_new = json!({"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}, "SchemaChangePolicy": logs});
    lake.create("c", "s3://test-lake/d/", only_new);
    assert!(lake.crawlers.get("c").unwrap().get("LastCrawl").is_none(), "there was none yet");
    lake.crawl("c");
    // A file in a known folder is not looked at, a new folder is; one that differs changes nothing.
    lake.athena.put("d/day=1/later.csv", b"other\nvalue\n");
    lake.athena.put("d/day=2/x.csv", b"a,b\n3,z\n4,w\n");
    lake.crawl("c");
    assert_eq!(lake.columns("d"), ["a bigint", "b string", "[day string]"]);
    let values = lake.crawlers.inner.catalog.partitions("default", "d", None).unwrap();
    assert_eq!(values.iter().map(|partition| partition["Values"][0].as_str().unwrap()).collect::<Vec<_>>(), ["1", "2"]);
    let elsewhere = json!({"Name": "c", "Targets": {"S3Targets": [{"Path": "s3://test-lake/other/"}]}});
    assert_eq!(lake.crawlers.update(&elsewhere).unwrap_err().code(), "InvalidInputException");
    lake.crawlers.update(&json!({"Name": "c", "Description": "kept"})).unwrap();
}

#[test]
fn a_classifier_of_ones_own_comes_first() {
    let lake = Crawling::new();
    let catalog = &lake.crawlers.inner.catalog;
    let glue = crate::lake::glue::GlueService::new(catalog.clone(), lake.crawlers.clone());
    let create = |csv: Value| {
        let made = crate::lake::JsonService::call(&glue, "CreateClassifier", json!({ "CsvClassifier": csv }));
        tokio::runtime::Runtime::new().unwrap().block_on(made).unwrap();
    };
    create(json!({"Name": "own", "Delimiter": ";", "QuoteSymbol": "'", "ContainsHeader": "ABSENT", "Header": ["Id", "Word", "Amount"],
        "CustomDatatypeConfigured": true, "CustomDatatypes": ["INT", "STRING", "DOUBLE"]}));
    create(json!({"Name": "open", "Delimiter": ";", "QuoteSymbol": "'", "ContainsHeader": "PRESENT", "Serde": "OpenCSVSerDe"}));
    lake.athena.put("own/x.txt", b"1;'a, b';2.5\n2;'c';3\n");
    lake.create("own", "s3://test-lake/own/", json!({"Classifiers": ["own"]}));
    lake.crawl("own");
    assert_eq!(lake.columns("own"), ["id int", "word string", "amount double"]);
    assert_eq!(lake.table("own")["Parameters"]["delimiter"], ";");
    assert_eq!(lake.athena.rows("SELECT sum(amount) AS s FROM own"), ["s", "5.5"]);
    lake.athena.put("open/x.txt", b"k;v\n1;'a;b'\n2;c\n");
    lake.create("open", "s3://test-lake/open/", json!({"Classifiers": ["open"]}));
    lake.crawl("open");
    assert_eq!(lake.columns("open"), ["k string", "v string"]);
    assert_eq!(lake.athena.rows("SELECT v FROM open ORDER BY k"), ["v", "a;b", "c"]);
}

#[test]
fn avro_brings_its_own_schema() {
    let lake = Crawling::new();
    let schema = r#"{"type":"record","name":"R","fields":[{"name":"A","type":"int"}]}"#;
    let length = u8::try_from(schema.len()).unwrap();
    // Lengths are twice themselves, seven bits a byte; then one block of three records.
    let head = [b"Obj\x01\x02\x16avro.schema", [(length * 2) | 0x80, 1].as_slice(), schema.as_bytes(), b"\x00"].concat();
    let file = [head.as_slice(), &[7; 16], b"\x06\x06\x02\x04\x06", &[7; 16]].concat();
    lake.athena.put("avro/x.avro", &file);
    lake.create("avro", "s3://test-lake/avro/", json!({}));
    lake.crawl("avro");
    let table = lake.table("avro");
    assert_eq!((lake.columns("avro"), &table["Parameters"]["recordCount"]), (vec!["a int".to_owned()], &json!("3")));
    let serde = &table["StorageDescriptor"]["SerdeInfo"];
    assert_eq!(serde["SerializationLibrary"], "org.apache.hadoop.hive.serde2.avro.AvroSerDe");
    assert_eq!(serde["Parameters"]["avro.schema.literal"], schema);
}

#[test]
fn orc_and_packed_texts_are_known() {
    let lake = Crawling::new();
    lake.athena.succeed(
        "CREATE TABLE made WITH (format = 'ORC', external_location = 's3://test-lake/kinds/orc/') AS \
         SELECT 1 AS id, BIGINT '2' AS big, 'x' AS name, true AS ok, DATE '1905-03-01' AS day, TIMESTAMP '2024-01-01 00:00:00' AS at, REAL '1.5' AS ratio",
    );
    lake.athena.put("kinds/broken/x.orc", b"ORC\x08\x03 and nothing more");
    for (codec, kind) in [(Codec::Bzip2, "bzip2"), (Codec::Zstd, "zstd"), (Codec::Snappy, "snappy"), (Codec::Deflate, "deflate")] {
        let mut packer = crate::lake::codec::Packer::new(Some(codec), Vec::new()).unwrap();
        std::io::Write::write_all(&mut packer, b"id,price\n1,2.5\n2,3\n").unwrap();
        lake.athena.put(&format!("kinds/{kind}/x.csv{}", codec.ending()), &packer.finish().unwrap());
    }
    lake.create("kinds", "s3://test-lake/kinds/", json!({}));
    lake.crawl("kinds");
    assert_eq!(lake.columns("orc"), ["id int", "big bigint", "name string", "ok boolean", "day date", "at timestamp", "ratio float"]);
    let table = lake.table("orc");
    assert_eq!((&table["Parameters"]["classification"], &table["Parameters"]["recordCount"]), (&json!("orc"), &json!("1")));
    assert_eq!(lake.athena.rows("SELECT * FROM orc")[1], "1|2|x|true|1905-03-01|2024-01-01 00:00:00.000|1.5");
    assert!(lake.crawlers.inner.catalog.table("default", "broken").is_err(), "what is no ORC makes no table");
    for kind in ["bzip2", "zstd", "snappy", "deflate"] {
        let table = lake.table(kind);
        assert_eq!((&table["Parameters"]["compressionType"], &table["StorageDescriptor"]["Compressed"]), (&json!(kind), &json!(true)));
        assert_eq!(lake.columns(kind), ["id bigint", "price double"]);
        assert_eq!(lake.athena.rows(&format!("SELECT sum(price) AS s FROM {kind}")), ["s", "5.5"]);
    }
}

#[test]
fn the_threshold_and_merging_follow_the_configuration() {
    let lake = Crawling::new();
    for (key, text) in [("m/a/x.csv", "id,v\n1,2\n"), ("m/b/y.json", "{\"k\": true}\n"), ("m/c/z.csv", "who,where,why\nx,y,1\n")] {
        lake.athena.put(key, text.as_bytes());
    }
    lake.create(
        "few",
        "s3://test-lake/m/",
        json!({"Configuration": "{\"Version\":1.0,\"CrawlerOutput\":{\"Tables\":{\"TableThreshold\":1}}}"}),
    );
    lake.crawlers.start("few").unwrap();
    while lake.crawlers.get("few").unwrap()["State"] != "READY" {
        std::thread::sleep(Duration::from_millis(5));
    }
    let crawl = lake.crawlers.history("few").unwrap()[0].clone();
    assert_eq!((&crawl["State"], crawl["ErrorMessage"].as_str().unwrap().contains("threshold of 1")), (&json!("FAILED"), true));
    assert!(lake.crawlers.inner.catalog.tables("default").unwrap().is_empty(), "nothing was written");
    lake.athena.put("g/x.csv", b"id,v\n1,2\n3,4\n");
    lake.create(
        "grow",
        "s3://test-lake/g/",
        json!({"Configuration": "{\"Version\":1.0,\"CrawlerOutput\":{\"Tables\":{\"AddOrUpdateBehavior\":\"MergeNewColumns\"}}}"}),
    );
    lake.crawl("grow");
    lake.athena.put("g/x.csv", b"id,later\n1.5,x\n3,y\n");
    lake.crawl("grow");
    assert_eq!(lake.columns("g"), ["id bigint", "v bigint", "later string"], "columns are added, nothing else changes");
}

#[test]
fn tables_of_the_catalogue_are_crawled_where_they_are() {
    let lake = Crawling::new();
    let catalog = &lake.crawlers.inner.catalog;
    let table = |name: &str, keys: Value, place: &str| {
        json!({"Name": name, "TableType": "EXTERNAL_TABLE", "PartitionKeys": keys, "Parameters": {"classification": "csv", "mine": "1"},
            "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "bigint", "Comment": "kept"}], "Location": place,
                "InputFormat": "in", "OutputFormat": "out", "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}}})
    };
    let day = json!([{"Name": "day", "Type": "string"}]);
    catalog.create_table("default", &table("by_hand", day.clone(), "s3://test-lake/some/where/")).unwrap();
    catalog.create_table("default", &table("other", json!([]), "s3://test-lake/json/")).unwrap();
    lake.athena.put("some/where/day=1/a.csv", b"id,city\n1,Seoul\n");
    lake.athena.put("some/where/day=2/b.csv", b"id,city,price\n2,Busan,1.5\n");
    lake.athena.put("json/a.json", b"{\"a\": 1}\n");
    let input = |name: &str, tables: &[&str], delete: &str, more: Value| {
        let mut targets = json!({"CatalogTargets": [{"DatabaseName": "Default", "Tables": tables}]});
        targets.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let policy = json!({"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": delete});
        json!({"Name": name, "Role": "r", "Targets": targets, "SchemaChangePolicy": policy})
    };
    lake.crawlers.create(&input("refresh", &["By_Hand", "other"], "LOG", json!({}))).unwrap();
    lake.crawl("refresh");
    assert_eq!(lake.columns("by_hand"), ["id bigint", "city string", "price double", "[day string]"]);
    let found = lake.table("by_hand");
    assert_eq!(found["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"], "org.apache.hadoop.hive.serde2.OpenCSVSerde");
    assert_eq!((&found["Parameters"]["mine"], &found["StorageDescriptor"]["Columns"][0]["Comment"]), (&json!("1"), &json!("kept")));
    let partitions: Vec<_> = catalog.partitions("default", "by_hand", None).unwrap().iter().map(crate::lake::glue::values_of).collect();
    assert_eq!(partitions, [["1"], ["2"]]);
    assert_eq!(lake.columns("other"), ["id bigint"], "files of another format change nothing");
    assert_eq!(catalog.tables("default").unwrap().len(), 2, "and no table is made");
    lake.athena.put("some/where/day=3/c.csv", b"id,city\n1,Jeju\n");
    let changes = lake.crawl("refresh");
    assert_eq!(changes[0]["partitions_added"], json!([["3"]]));
    let more = json!({"S3Targets": [{"Path": "s3://test-lake/x"}]});
    for wrong in [
        input("a", &["by_hand"], "DELETE_FROM_DATABASE", json!({})),
        input("a", &["by_hand"], "LOG", more),
        input("a", &[], "LOG", json!({})),
    ] {
        assert_eq!(lake.crawlers.create(&wrong).unwrap_err().code(), "InvalidInputException");
    }
}

#[test]
fn crawlers_are_kept_and_refused_as_glue_does() {
    let lake = Crawling::new();
    let refused = |input: Value| lake.crawlers.create(&input).unwrap_err().code();
    let targets = json!({"S3Targets": [{"Path": "s3://test-lake/x"}]});
    assert_eq!(
        refused(json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": {"S3Targets": [{"Path": "x"}]}})),
        "InvalidInputException"
    );
    assert_eq!(refused(json!({"Name": "a", "Role": "r", "Targets": targets})), "InvalidInputException");
    assert_eq!(
        refused(json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": targets, "Schedule": "cron(x)"})),
        "InvalidInputException"
    );
    let recrawl = json!({"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"});
    assert_eq!(
        refused(json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": targets, "RecrawlPolicy": recrawl})),
        "InvalidInputException"
    );
    let other = json!({"S3Targets": [{"Path": "s3://test-lake/x"}], "JdbcTargets": [{"ConnectionName": "c", "Path": "db/%"}]});
    assert_eq!(refused(json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": other})), "InvalidInputException");
    let sample = json!({"S3Targets": [{"Path": "s3://test-lake/x", "SampleSize": 250}]});
    assert_eq!(refused(json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": sample})), "InvalidInputException");
    assert_eq!(
        refused(json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": targets, "Classifiers": ["none"]})),
        "EntityNotFoundException"
    );
    lake.create("a", "s3://test-lake/x", json!({"Schedule": "cron(15 12 * * ? *)"}));
    assert_eq!(
        lake.crawlers.create(&json!({"Name": "a", "Role": "r", "DatabaseName": "d", "Targets": targets})).unwrap_err().code(),
        "AlreadyExistsException"
    );
    assert_eq!(lake.crawlers.get("a").unwrap()["Schedule"], json!({"ScheduleExpression": "cron(15 12 * * ? *)", "State": "SCHEDULED"}));
    assert_eq!(lake.crawlers.stop("a").unwrap_err().code(), "CrawlerNotRunningException");
    assert_eq!(lake.crawlers.set_schedule("a", None, Some("SCHEDULED")).unwrap_err().code(), "SchedulerRunningException");
    lake.crawlers.set_schedule("a", None, Some("NOT_SCHEDULED")).unwrap();
    assert_eq!(lake.crawlers.get("b").unwrap_err().code(), "EntityNotFoundException");
    assert!(lake.crawlers.crawl_missing_bucket_for_tests());
    lake.crawlers.delete("a").unwrap();
    assert!(lake.crawlers.all().unwrap().is_empty());
}

impl Crawlers {
    /// A crawl of a bucket that is not there fails in words.
    fn crawl_missing_bucket_for_tests(&self) -> bool {
        let targets = json!({"S3Targets": [{"Path": "s3://no-such-bucket/x"}]});
        self.create(&json!({"Name": "missing", "Role": "r", "DatabaseName": "d", "Targets": targets})).unwrap();
        self.start("missing").unwrap();
        while self.get("missing").unwrap()["State"] != "READY" {
            std::thread::sleep(Duration::from_millis(5));
        }
        let last = self.get("missing").unwrap()["LastCrawl"].clone();
        self.delete("missing").unwrap();
        last["Status"] == "FAILED" && last["ErrorMessage"].as_str().unwrap().contains("no-such-bucket")
    }
}

fn course_data() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("FAIRLAKE_COURSE_DATA").map_or(beside, PathBuf::from);
    folder.join("womens_clothing_ecommerce_reviews_transformed.csv").is_file().then_some(folder)
}

#[test]
fn the_courses_six_queries_give_the_courses_figures() {
    let Some(folder) = course_data() else {
        eprintln!("FAIRLAKE_COURSE_DATA does not lead to the course's files: its six queries were not run");
        return;
    };
    let lake = Crawling::new();
    let bytes = std::fs::read(folder.join("womens_clothing_ecommerce_reviews_transformed.csv")).unwrap();
    lake.crawlers
        .inner
        .catalog
        .store()
        .put_bytes(&lake.athena.bucket, "data/reviews/womens_clothing_ecommerce_reviews_transformed.csv", &bytes, ObjectMeta::default())
        .unwrap();
    lake.create("reviews", "s3://test-lake/data/reviews/", json!({}));
    lake.crawl("reviews");
    assert_eq!(lake.columns("reviews"), ["sentiment bigint", "review_body string", "product_category string"]);
    let rows = |sql: &str| {
        let mut rows = lake.athena.rows(sql);
        rows.remove(0);
        rows
    };
    assert_eq!(
        rows("SELECT sentiment, COUNT(sentiment) AS count_sentiment FROM reviews GROUP BY sentiment ORDER BY sentiment"),
        ["-1|2370", "0|2823", "1|17433"]
    );
    let categories = rows(
        "SELECT product_category, COUNT(sentiment) AS count_sentiment FROM reviews GROUP BY product_category ORDER BY count_sentiment DESC",
    );
    assert_eq!(categories.len(), 18);
    assert_eq!(categories[..4], ["Dresses|6145", "Knits|4626", "Blouses|2983", "Sweaters|1380"]);
    assert_eq!(categories[14..], ["Legwear|158", "Intimates|147", "Layering|132", "Trend|118"]);
    let averages =
        rows("SELECT product_category, AVG(sentiment) AS avg_sentiment FROM reviews GROUP BY product_category ORDER BY avg_sentiment DESC");
    assert!(
        averages[0].starts_with("Layering|0.78030")
            && averages[1].starts_with("Jeans|0.74637")
            && averages[17].starts_with("Trend|0.48305"),
        "{averages:?}"
    );
    assert_eq!(
        rows("SELECT product_category, COUNT(*) AS count_reviews FROM reviews GROUP BY product_category ORDER BY count_reviews DESC")[0],
        "Dresses|6145"
    );
    let distribution = rows(
        "SELECT product_category, sentiment, COUNT(*) AS count_reviews FROM reviews GROUP BY product_category, sentiment \
         ORDER BY product_category ASC, sentiment DESC, count_reviews",
    );
    assert_eq!(distribution.len(), 54);
    assert_eq!(distribution[..3], ["Blouses|1|2256", "Blouses|0|384", "Blouses|-1|343"]);
    assert_eq!(distribution[51..], ["Trend|1|78", "Trend|0|19", "Trend|-1|21"]);
    let total: u64 = distribution.iter().map(|row| row.rsplit('|').next().unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(total, 22_626);
    let id = lake.athena.succeed("SELECT CARDINALITY(SPLIT(review_body, ' ')) as num_words FROM reviews");
    let csv = String::from_utf8(lake.athena.object(id["ResultConfiguration"]["OutputLocation"].as_str().unwrap())).unwrap();
    let mut words: Vec<u32> = csv.lines().skip(1).map(|line| line.trim_matches('"').parse().unwrap()).collect();
    words.sort_unstable();
    let mean = f64::from(words.iter().sum::<u32>()) / words.len() as f64;
    let spread = (words.iter().map(|n| (f64::from(*n) - mean).powi(2)).sum::<f64>() / (words.len() - 1) as f64).sqrt();
    assert_eq!((words.len(), words[0], words[words.len() - 1]), (22_626, 2, 122));
    assert!((mean - 62.709_847).abs() < 1e-6 && (spread - 29.993_735).abs() < 1e-6, "{mean} {spread}");
}
