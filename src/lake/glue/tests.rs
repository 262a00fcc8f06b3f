//! Glue over a lake in a temporary folder, called as the server calls it.

use serde_json::{Value, json};

use super::*;
use crate::lake::storage::Store;

struct Glue {
    service: GlueService,
    _folder: tempfile::TempDir,
}

impl Glue {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(Store::open(folder.path()).unwrap()).unwrap();
        let crawlers = Crawlers::open(catalog.clone()).unwrap();
        Self { service: GlueService::new(catalog, crawlers), _folder: folder }
    }

    fn call(&self, operation: &str, input: Value) -> Value {
        self.service.answer(operation, &input).unwrap_or_else(|error| panic!("{operation}: {} {}", error.code, error.message))
    }

    fn refused(&self, operation: &str, input: Value) -> String {
        self.service.answer(operation, &input).unwrap_err().code
    }

    fn table(&self, name: &str) {
        let input = json!({
            "Name": name,
            "PartitionKeys": [{"Name": "year", "Type": "string"}, {"Name": "month", "Type": "int"}],
            "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}], "Location": "s3://test-lake/t/"},
            "Parameters": {"classification": "csv"},
        });
        self.call("CreateTable", json!({"DatabaseName": "default", "TableInput": input}));
    }
}

#[test]
fn databases_come_and_go() {
    let glue = Glue::new();
    assert_eq!(glue.call("GetDatabase", json!({"Name": "default"}))["Database"]["Name"], "default");
    glue.call("CreateDatabase", json!({"DatabaseInput": {"Name": "Shop", "Description": "things"}}));
    assert_eq!(glue.refused("CreateDatabase", json!({"DatabaseInput": {"Name": "shop"}})), "AlreadyExistsException");
    assert_eq!(glue.refused("CreateDatabase", json!({"DatabaseInput": {"Name": ""}})), "InvalidInputException");
    let found = glue.call("GetDatabase", json!({"Name": "SHOP"}))["Database"].clone();
    assert_eq!((&found["Name"], &found["Description"]), (&json!("shop"), &json!("things")));
    glue.call("UpdateDatabase", json!({"Name": "shop", "DatabaseInput": {"Name": "shop", "Parameters": {"k": "v"}}}));
    assert_eq!(glue.call("GetDatabase", json!({"Name": "shop"}))["Database"]["Parameters"]["k"], "v");
    let page = glue.call("GetDatabases", json!({"MaxResults": 1}));
    let next = glue.call("GetDatabases", json!({"MaxResults": 1, "NextToken": page["NextToken"]}));
    assert_eq!((&page["DatabaseList"][0]["Name"], &next["DatabaseList"][0]["Name"]), (&json!("default"), &json!("shop")));
    assert!(next.get("NextToken").is_none());
    glue.call("DeleteDatabase", json!({"Name": "shop"}));
    assert_eq!(glue.refused("GetDatabase", json!({"Name": "shop"})), "EntityNotFoundException");
    assert_eq!(glue.refused("NoSuchOperation", json!({})), "UnknownOperationException");
}

#[test]
fn tables_keep_their_json_and_their_versions() {
    let glue = Glue::new();
    glue.table("Sales");
    glue.table("stock");
    assert_eq!(glue.refused("CreateTable", json!({"DatabaseName": "default", "TableInput": {"Name": "sales"}})), "AlreadyExistsException");
    assert_eq!(glue.refused("CreateTable", json!({"DatabaseName": "nowhere", "TableInput": {"Name": "x"}})), "EntityNotFoundException");
    let table = glue.call("GetTable", json!({"DatabaseName": "default", "Name": "SALES"}))["Table"].clone();
    assert_eq!((&table["Name"], &table["VersionId"], &table["DatabaseName"]), (&json!("sales"), &json!("0"), &json!("default")));
    assert_eq!(table["StorageDescriptor"]["Columns"], json!([{"Name": "a", "Type": "int"}]));
    let names = |expression: &str| -> Vec<String> {
        let found = glue.call("GetTables", json!({"DatabaseName": "default", "Expression": expression}));
        found["TableList"].as_array().unwrap().iter().map(|table| table["Name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("s*"), ["sales", "stock"]);
    assert_eq!(names("*ale*"), ["sales"]);
    assert_eq!(names("^st.*$"), ["stock"]);
    let mut input = table.clone();
    input["Description"] = json!("changed");
    glue.call("UpdateTable", json!({"DatabaseName": "default", "TableInput": input}));
    glue.call("UpdateTable", json!({"DatabaseName": "default", "TableInput": input, "SkipArchive": true}));
    assert_eq!(
        glue.refused("UpdateTable", json!({"DatabaseName": "default", "TableInput": input, "VersionId": "0"})),
        "ConcurrentModificationException"
    );
    let versions = glue.call("GetTableVersions", json!({"DatabaseName": "default", "TableName": "sales"}))["TableVersions"].clone();
    let ids: Vec<&str> = versions.as_array().unwrap().iter().map(|version| version["VersionId"].as_str().unwrap()).collect();
    assert_eq!(ids, ["2", "0"]);
    assert_eq!(glue.call("SearchTables", json!({"SearchText": "chang"}))["TableList"].as_array().unwrap().len(), 1);
    glue.call("DeleteTableVersion", json!({"DatabaseName": "default", "TableName": "sales", "VersionId": "0"}));
    let answer = glue.call("BatchDeleteTable", json!({"DatabaseName": "default", "TablesToDelete": ["sales", "nothing"]}));
    assert_eq!(answer["Errors"][0]["ErrorDetail"]["ErrorCode"], "EntityNotFoundException");
    assert_eq!(glue.refused("DeleteTable", json!({"DatabaseName": "default", "Name": "sales"})), "EntityNotFoundException");
}

#[test]
fn partitions_are_kept_filtered_and_cut_into_segments() {
    let glue = Glue::new();
    glue.table("t");
    let at = |input: Value| {
        let mut all = json!({"DatabaseName": "default", "TableName": "t"});
        all.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        all
    };
    let inputs: Vec<Value> =
        (1..=12).map(|month| json!({"Values": ["2024", month.to_string()], "StorageDescriptor": {"Columns": []}})).collect();
    assert_eq!(glue.call("BatchCreatePartition", at(json!({"PartitionInputList": inputs})))["Errors"], json!([]));
    let again = glue.call("BatchCreatePartition", at(json!({"PartitionInputList": [{"Values": ["2024", "1"]}, {"Values": ["2024"]}]})));
    assert_eq!(again["Errors"][0]["ErrorDetail"]["ErrorCode"], "AlreadyExistsException");
    assert_eq!(again["Errors"][1]["ErrorDetail"]["ErrorCode"], "InvalidInputException");
    let found =
        |expression: &str| glue.call("GetPartitions", at(json!({"Expression": expression})))["Partitions"].as_array().unwrap().len();
    assert_eq!((found("month > 9"), found("year = '2024' AND month IN (1, 2)"), found("month BETWEEN 3 AND 5"), found("")), (3, 2, 3, 12));
    assert_eq!(glue.refused("GetPartitions", at(json!({"Expression": "day = 1"}))), "InvalidInputException");
    let segments: usize = (0..3)
        .map(|number| {
            glue.call("GetPartitions", at(json!({"Segment": {"SegmentNumber": number, "TotalSegments": 3}})))["Partitions"]
                .as_array()
                .unwrap()
                .len()
        })
        .sum();
    assert_eq!(segments, 12);
    let values = json!(["2024", "1"]);
    glue.call("UpdatePartition", at(json!({"PartitionValueList": values, "PartitionInput": {"Values": values, "Parameters": {"k": "v"}}})));
    assert_eq!(glue.call("GetPartition", at(json!({"PartitionValues": values})))["Partition"]["Parameters"]["k"], "v");
    glue.call("DeletePartition", at(json!({"PartitionValues": values})));
    assert_eq!(glue.refused("GetPartition", at(json!({"PartitionValues": values}))), "EntityNotFoundException");
    let batch = glue.call("BatchGetPartition", at(json!({"PartitionsToGet": [{"Values": ["2024", "2"]}, {"Values": ["1", "1"]}]})));
    assert_eq!((batch["Partitions"].as_array().unwrap().len(), batch["UnprocessedKeys"].as_array().unwrap().len()), (1, 1));
}

#[test]
fn partitions_are_changed_and_deleted_many_at_a_time() {
    let glue = Glue::new();
    glue.table("t");
    let call = |operation: &str, member: &str, list: Value| {
        let mut input = json!({"DatabaseName": "default", "TableName": "t"});
        input[member] = list;
        glue.call(operation, input)
    };
    call(
        "BatchCreatePartition",
        "PartitionInputList",
        json!([{"Values": ["2024", "1"]}, {"Values": ["2024", "2"]}, {"Values": ["2024", "3"]}]),
    );
    let entry = |month: &str, to: &str| json!({"PartitionValueList": ["2024", month], "PartitionInput": {"Values": ["2024", to], "Parameters": {"was": month}}});
    let answer = call("BatchUpdatePartition", "Entries", json!([entry("1", "9"), entry("2", "3"), entry("7", "7")]));
    let errors: Vec<_> =
        answer["Errors"].as_array().unwrap().iter().map(|error| error["ErrorDetail"]["ErrorCode"].as_str().unwrap()).collect();
    assert_eq!(errors, ["AlreadyExistsException", "EntityNotFoundException"]);
    let moved = glue.call("GetPartition", json!({"DatabaseName": "default", "TableName": "t", "PartitionValues": ["2024", "9"]}));
    assert_eq!(moved["Partition"]["Parameters"]["was"], "1");
    let answer = call("BatchDeletePartition", "PartitionsToDelete", json!([{"Values": ["2024", "9"]}, {"Values": ["2024", "1"]}]));
    assert_eq!(answer["Errors"][0]["PartitionValues"], json!(["2024", "1"]));
    let found = glue.call("GetPartitions", json!({"DatabaseName": "default", "TableName": "t", "ExcludeColumnSchema": true}));
    assert_eq!(found["Partitions"].as_array().unwrap().len(), 2);
}

#[test]
fn tables_are_searched_filtered_and_sorted() {
    let glue = Glue::new();
    for name in ["orders", "orders_2024", "stock"] {
        glue.table(name);
    }
    let names = |input: Value| -> Vec<String> {
        let found = glue.call("SearchTables", input);
        found["TableList"].as_array().unwrap().iter().map(|table| table["Name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(json!({"SearchText": "ORDERS"})), ["orders", "orders_2024"]);
    assert_eq!(names(json!({"SearchText": "\"orders\""})), ["orders"], "in quotes it is the whole name");
    assert_eq!(names(json!({"Filters": [{"Key": "Name", "Value": "stock"}]})), ["stock"]);
    assert_eq!(names(json!({"Filters": [{"Key": "classification", "Value": "csv"}]})).len(), 3);
    let input = json!({"Name": "far_away", "PartitionKeys": [{"Name": "moonphase", "Type": "string"}], "StorageDescriptor": {
        "Columns": [], "Location": "s3://test-lake/planets/", "SerdeInfo": {"SerializationLibrary": "org.example.NeptuneSerDe"}},
        "Parameters": {"orbit": "elliptic"}});
    glue.call("CreateTable", json!({"DatabaseName": "default", "TableInput": input}));
    for word in ["moonphase", "planets", "neptune", "orbit", "ELLIPTIC", "far_away"] {
        assert_eq!(names(json!({"SearchText": word})), ["far_away"], "{word}");
    }
    assert_eq!(names(json!({"Filters": [{"Key": "Name", "Value": "away"}]})), ["far_away"], "a word of a name is enough");
    assert!(names(json!({"Filters": [{"Key": "Name", "Value": "awa"}]})).is_empty());
    assert_eq!(names(json!({"SearchText": "hive database"})).len(), 4, "a database's description is searched as well");
    glue.call("DeleteTable", json!({"DatabaseName": "default", "Name": "far_away"}));
    assert_eq!(names(json!({"SortCriteria": [{"FieldName": "Name", "Sort": "DESC"}], "MaxResults": 2})), ["stock", "orders_2024"]);
}

#[test]
fn statistics_of_columns_go_where_their_table_or_partition_goes() {
    let glue = Glue::new();
    glue.table("t");
    glue.call(
        "CreatePartition",
        json!({"DatabaseName": "default", "TableName": "t", "PartitionInput": {"Values": ["2024", "1"],
        "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "bigint"}]}}}),
    );
    let with = |members: Value| {
        let mut input = json!({"DatabaseName": "default", "TableName": "t"});
        input.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        input
    };
    let statistics = |name: &str| {
        let data = json!({"MinimumValue": 1, "MaximumValue": 9, "NumberOfNulls": 0, "NumberOfDistinctValues": 5});
        let data = json!({"Type": "LONG", "LongColumnStatisticsData": data});
        json!({"ColumnName": name, "ColumnType": "bigint", "AnalyzedTime": 1.5, "StatisticsData": data})
    };
    let mut broken = statistics("a");
    broken["StatisticsData"]["Type"] = json!("STRING");
    let list = json!({"ColumnStatisticsList": [statistics("A"), statistics("none"), broken]});
    let answer = glue.call("UpdateColumnStatisticsForTable", with(list));
    let codes: Vec<_> = answer["Errors"].as_array().unwrap().iter().map(|error| error["Error"]["ErrorCode"].clone()).collect();
    assert_eq!(codes, ["EntityNotFoundException", "InvalidInputException"]);
    let found = glue.call("GetColumnStatisticsForTable", with(json!({"ColumnNames": ["a", "x"]})));
    assert_eq!(found["ColumnStatisticsList"], json!([statistics("A")]));
    assert_eq!(found["Errors"][0]["ColumnName"], "x");
    let many: Vec<Value> = (0..26).map(|_| statistics("a")).collect();
    assert_eq!(glue.refused("UpdateColumnStatisticsForTable", with(json!({"ColumnStatisticsList": many}))), "InvalidInputException");
    let values = json!(["2024", "1"]);
    glue.call("UpdateColumnStatisticsForPartition", with(json!({"PartitionValues": values, "ColumnStatisticsList": [statistics("a")]})));
    let of = |values: Value| {
        let found = glue.call("GetColumnStatisticsForPartition", with(json!({"PartitionValues": values, "ColumnNames": ["a"]})));
        found["ColumnStatisticsList"].as_array().unwrap().len()
    };
    assert_eq!(of(values.clone()), 1);
    let moved = json!({"PartitionValueList": values, "PartitionInput": {"Values": ["2024", "2"]}});
    glue.call("UpdatePartition", with(moved));
    assert_eq!(of(json!(["2024", "2"])), 1);
    let gone = json!({"PartitionValues": values, "ColumnNames": ["a"]});
    assert_eq!(glue.refused("GetColumnStatisticsForPartition", with(gone)), "EntityNotFoundException");
    glue.call("DeleteColumnStatisticsForTable", with(json!({"ColumnName": "a"})));
    assert_eq!(glue.refused("DeleteColumnStatisticsForTable", with(json!({"ColumnName": "a"}))), "EntityNotFoundException");
    glue.call("DeleteTable", json!({"DatabaseName": "default", "Name": "t"}));
    glue.table("t");
    let again = json!({"PartitionInput": {"Values": ["2024", "2"], "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "bigint"}]}}});
    glue.call("CreatePartition", with(again));
    assert_eq!(of(json!(["2024", "2"])), 0, "nothing is left of the table that was deleted");
}

#[test]
fn partitions_have_indexes() {
    let glue = Glue::new();
    glue.table("t");
    let call = |index: Value| json!({"DatabaseName": "default", "TableName": "t", "PartitionIndex": index});
    let found = || {
        let found = glue.call("GetPartitionIndexes", json!({"DatabaseName": "default", "TableName": "t"}));
        found["PartitionIndexDescriptorList"].as_array().unwrap().clone()
    };
    assert!(found().is_empty());
    glue.call("CreatePartitionIndex", call(json!({"IndexName": "by_year", "Keys": ["year"]})));
    assert_eq!(found()[0]["IndexStatus"], "ACTIVE");
    assert_eq!(found()[0]["Keys"][0]["Name"], "year");
    for (index, code) in [
        (json!({"IndexName": "by_year", "Keys": ["month"]}), "AlreadyExistsException"),
        (json!({"IndexName": "same", "Keys": ["year"]}), "AlreadyExistsException"),
        (json!({"IndexName": "other", "Keys": ["id"]}), "InvalidInputException"),
        (json!({"IndexName": "none", "Keys": []}), "InvalidInputException"),
    ] {
        assert_eq!(glue.refused("CreatePartitionIndex", call(index)), code);
    }
    glue.call("CreatePartitionIndex", call(json!({"IndexName": "b", "Keys": ["month"]})));
    glue.call("CreatePartitionIndex", call(json!({"IndexName": "c", "Keys": ["year", "month"]})));
    let fourth = call(json!({"IndexName": "d", "Keys": ["month", "year"]}));
    assert_eq!(glue.refused("CreatePartitionIndex", fourth), "ResourceNumberLimitExceededException");
    let named = |name: &str| json!({"DatabaseName": "default", "TableName": "t", "IndexName": name});
    glue.call("DeletePartitionIndex", named("b"));
    assert_eq!((glue.refused("DeletePartitionIndex", named("b")), found().len()), ("EntityNotFoundException".to_owned(), 2));
    let input = json!({"Name": "u", "PartitionKeys": [{"Name": "k", "Type": "string"}], "StorageDescriptor": {"Columns": []}});
    let create =
        |keys: Value| json!({"DatabaseName": "default", "TableInput": input, "PartitionIndexes": [{"IndexName": "i", "Keys": keys}]});
    assert_eq!(glue.refused("CreateTable", create(json!(["x"]))), "InvalidInputException");
    assert_eq!(glue.refused("GetTable", json!({"DatabaseName": "default", "Name": "u"})), "EntityNotFoundException");
    glue.call("CreateTable", create(json!(["k"])));
}

#[test]
fn crawlers_are_listed_scheduled_and_tagged() {
    let glue = Glue::new();
    for name in ["a", "b"] {
        let targets = json!({"S3Targets": [{"Path": "s3://test-lake/x"}]});
        glue.call("CreateCrawler", json!({"Name": name, "Role": "r", "DatabaseName": "d", "Targets": targets}));
    }
    assert_eq!(glue.call("ListCrawlers", json!({}))["CrawlerNames"], json!(["a", "b"]));
    let batch = glue.call("BatchGetCrawlers", json!({"CrawlerNames": ["a", "c"]}));
    assert_eq!((&batch["Crawlers"][0]["State"], &batch["CrawlersNotFound"]), (&json!("READY"), &json!(["c"])));
    let named = json!({"CrawlerName": "a"});
    assert_eq!(glue.refused("StartCrawlerSchedule", named.clone()), "NoScheduleException");
    glue.call("UpdateCrawlerSchedule", json!({"CrawlerName": "a", "Schedule": "cron(0 8 ? * MON-FRI *)"}));
    let schedule = || glue.call("GetCrawler", json!({"Name": "a"}))["Crawler"]["Schedule"]["State"].clone();
    assert_eq!(schedule(), "SCHEDULED");
    glue.call("StopCrawlerSchedule", named.clone());
    assert_eq!(
        (schedule(), glue.refused("StopCrawlerSchedule", named.clone())),
        (json!("NOT_SCHEDULED"), "SchedulerNotRunningException".to_owned())
    );
    glue.call("StartCrawlerSchedule", named);
    assert_eq!(schedule(), "SCHEDULED");
    let metrics = glue.call("GetCrawlerMetrics", json!({"CrawlerNameList": ["b"]}))["CrawlerMetricsList"].clone();
    assert_eq!((&metrics[0]["CrawlerName"], &metrics[0]["TablesCreated"]), (&json!("b"), &json!(0)));
    assert_eq!(glue.call("ListCrawls", json!({"CrawlerName": "b"}))["Crawls"], json!([]));
    assert_eq!(glue.refused("ListCrawls", json!({"CrawlerName": "c"})), "EntityNotFoundException");
    let arn = "arn:aws:glue:us-east-1:000000000000:crawler/a";
    glue.call("TagResource", json!({"ResourceArn": arn, "TagsToAdd": {"k": "v", "gone": "x"}}));
    glue.call("UntagResource", json!({"ResourceArn": arn, "TagsToRemove": ["gone"]}));
    assert_eq!(glue.call("GetTags", json!({"ResourceArn": arn}))["Tags"], json!({"k": "v"}));
    glue.call("DeleteCrawler", json!({"Name": "b"}));
    assert_eq!(glue.refused("DeleteCrawler", json!({"Name": "b"})), "EntityNotFoundException");
}

#[test]
fn classifiers_are_kept() {
    let glue = Glue::new();
    glue.call("CreateClassifier", json!({"CsvClassifier": {"Name": "semicolons", "Delimiter": ";", "ContainsHeader": "PRESENT"}}));
    assert_eq!(
        glue.refused("CreateClassifier", json!({"CsvClassifier": {"Name": "semicolons", "Delimiter": ";"}})),
        "AlreadyExistsException"
    );
    assert_eq!(
        glue.refused("CreateClassifier", json!({"CsvClassifier": {"Name": "x", "Delimiter": ";", "QuoteSymbol": ";"}})),
        "InvalidInputException"
    );
    glue.call("UpdateClassifier", json!({"CsvClassifier": {"Name": "semicolons", "QuoteSymbol": "'"}}));
    let found = glue.call("GetClassifier", json!({"Name": "semicolons"}))["Classifier"]["CsvClassifier"].clone();
    assert_eq!((&found["Delimiter"], &found["QuoteSymbol"], &found["Version"]), (&json!(";"), &json!("'"), &json!(2)));
    glue.call("DeleteClassifier", json!({"Name": "semicolons"}));
    assert_eq!(glue.refused("GetClassifier", json!({"Name": "semicolons"})), "EntityNotFoundException");
}
