"""awswrangler on a served lake: the course's lab as the course does it, and data sets stored, catalogued and queried in every way it has."""
import datetime
import decimal
import os
import pathlib

import awswrangler as wr
import boto3
import numpy as np
import pandas as pd
import pytest

DATA = pathlib.Path(os.environ.get("FAIRLAKE_COURSE_DATA", "/nonexistent"))
RAW = DATA / "womens_clothing_ecommerce_reviews.csv"
DATABASE = "dsoaws_deep_learning"

MODES = {
    "plain": {"ctas_approach": False},
    "ctas": {"ctas_approach": True},
    "unload": {"ctas_approach": False, "unload_approach": True, "s3_output": "s3://data-sets/unloaded/"},
}


@pytest.fixture(params=MODES)
def mode(request, data):
    options = dict(MODES[request.param])
    yield options
    if "s3_output" in options:
        wr.s3.delete_objects(options["s3_output"])


def frame():
    """A value of every type that a data set keeps, with one missing of each."""
    return pd.DataFrame(
        {
            "id": pd.Series([1, 2, 3], dtype="int64"),
            "small": pd.Series([1, None, 3], dtype="Int16"),
            "score": [0.5, None, 2.25],
            "flag": pd.Series([True, None, False], dtype="boolean"),
            "word": ["낱말", None, 'with "quotes", and a\nline'],
            "day": [datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31)],
            "moment": [pd.Timestamp("2024-02-29 12:34:56.789"), pd.NaT, pd.Timestamp("1970-01-01")],
            "price": [decimal.Decimal("1.10"), None, decimal.Decimal("-3.30")],
            "kind": ["a", "a", "b"],
        }
    )


TYPES = {"price": "decimal(5,2)", "day": "date", "small": "smallint"}


# The lab.


@pytest.fixture(scope="module")
def course(lake):
    if not RAW.exists():
        pytest.skip("the course's data files are not here (FAIRLAKE_COURSE_DATA)")
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="dlai-practical-data-science")
    s3.upload_file(str(RAW), "dlai-practical-data-science", f"data/raw/{RAW.name}")
    s3.create_bucket(Bucket="dsoaws")
    return s3


@pytest.fixture(scope="module")
def reviews(course, tmp_path_factory):
    listed = course.list_objects_v2(Bucket="dlai-practical-data-science", Prefix="data/raw/")["Contents"]
    assert [(o["Key"], o["Size"]) for o in listed] == [(f"data/raw/{RAW.name}", 8_457_214)]
    raw = wr.s3.read_csv(f"s3://dlai-practical-data-science/data/raw/{RAW.name}", index_col=0)
    assert raw.shape == (23_486, 10)
    df = raw.rename(columns={"Review Text": "review_body", "Rating": "star_rating", "Class Name": "product_category"})
    df = df[["star_rating", "review_body", "product_category"]].dropna()
    assert df.shape == (22_628, 3)
    df.insert(0, "sentiment", df["star_rating"].map({1: -1, 2: -1, 3: 0, 4: 1, 5: 1}))
    df = df.drop(columns="star_rating").groupby("product_category").filter(lambda reviews: len(reviews) > 10)
    assert df.shape == (22_626, 3)
    path = tmp_path_factory.mktemp("course") / "womens_clothing_ecommerce_reviews_transformed.csv"
    df.to_csv(path, index=False)
    course.upload_file(str(path), "dsoaws", f"data/transformed/{path.name}")
    wr.catalog.create_database(name=DATABASE, exist_ok=True)
    assert DATABASE in set(wr.catalog.databases()["Database"])
    wr.catalog.create_csv_table(
        database=DATABASE,
        path="s3://dsoaws/data/transformed/",
        table="reviews",
        columns_types={"sentiment": "int", "review_body": "string", "product_category": "string"},
        mode="overwrite",
        skip_header_line_count=1,
        sep=",",
    )
    table = wr.catalog.table(database=DATABASE, table="reviews")
    assert table["Column Name"].tolist() == ["sentiment", "review_body", "product_category"]
    assert wr.athena.create_athena_bucket().startswith("s3://aws-athena-query-results-000000000000-us-east-1")


@pytest.mark.parametrize("options", MODES.values(), ids=MODES)
def test_the_queries_of_the_lab(reviews, data, options):
    wr.s3.delete_objects("s3://data-sets/unloaded/")

    def query(sql):
        found = wr.athena.read_sql_query(sql, database=DATABASE, **options)
        wr.s3.delete_objects("s3://data-sets/unloaded/")
        return found

    sentiment = query("SELECT sentiment, COUNT(sentiment) AS count_sentiment FROM reviews GROUP BY sentiment ORDER BY sentiment")
    assert dict(sentiment.itertuples(index=False)) == {-1: 2370, 0: 2823, 1: 17433}
    categories = query(
        "SELECT product_category, COUNT(sentiment) AS count_sentiment FROM reviews GROUP BY product_category ORDER BY count_sentiment DESC"
    ).sort_values("count_sentiment", ascending=False)
    assert len(categories) == 18 and tuple(categories.iloc[0]) == ("Dresses", 6145) and tuple(categories.iloc[-1]) == ("Trend", 118)
    average = query("SELECT product_category, AVG(sentiment) AS avg_sentiment FROM reviews GROUP BY product_category ORDER BY avg_sentiment DESC")
    average = dict(average.itertuples(index=False))
    assert round(average["Layering"], 6) == 0.780303 and round(average["Trend"], 6) == 0.483051
    spread = query(
        "SELECT product_category, sentiment, COUNT(*) AS count_reviews FROM reviews GROUP BY product_category, sentiment "
        "ORDER BY product_category ASC, sentiment DESC, count_reviews"
    )
    assert len(spread) == 54 and spread["count_reviews"].sum() == 22_626
    words = query("SELECT CARDINALITY(SPLIT(review_body, ' ')) AS num_words FROM reviews")["num_words"]
    assert len(words) == 22_626 and words.max() == 122 and words.min() == 2 and round(words.mean(), 6) == 62.709847
    assert words.quantile([n / 10 for n in range(1, 10)]).tolist() == [22, 33, 42, 51, 61, 72, 86, 97, 103]


# Data sets.


def test_every_type_goes_there_and_back(data, mode):
    wr.s3.to_parquet(frame(), f"{data}/types/", dataset=True, database="sets", table="types", dtype=TYPES, partition_cols=["kind"], mode="overwrite")
    assert wr.catalog.get_table_types("sets", "types") == {
        "id": "bigint", "small": "smallint", "score": "double", "flag": "boolean", "word": "string",
        "day": "date", "moment": "timestamp", "price": "decimal(5,2)", "kind": "string",
    }
    back = wr.athena.read_sql_query("SELECT * FROM types ORDER BY id", database="sets", **mode).sort_values("id")
    for name, column in frame().items():
        there = back[name].tolist()
        for wanted, found in zip(column.tolist(), there, strict=True):
            assert (pd.isna(wanted) and pd.isna(found)) or wanted == found, (name, wanted, found)
    if "s3_output" in mode:
        wr.s3.delete_objects(mode["s3_output"])
    only = wr.athena.read_sql_query("SELECT count(*) AS n, max(day) AS d FROM types WHERE kind = 'a'", database="sets", **{**mode, "ctas_approach": False})
    assert only["n"].tolist() == [2]


def test_lists_structs_and_maps(data):
    df = pd.DataFrame({"id": [1, 2], "list": [[1, 2], []], "struct": [{"a": 1, "b": "x"}, None]})
    wr.s3.to_parquet(df, f"{data}/nested/", dataset=True, database="sets", table="nested", mode="overwrite")
    assert wr.catalog.get_table_types("sets", "nested")["struct"] == "struct<a:bigint,b:string>"
    back = wr.athena.read_sql_query("SELECT id, list, struct, struct.a AS a FROM nested ORDER BY id", database="sets")
    assert [list(one) for one in back["list"]] == [[1, 2], []] and back["a"].tolist()[0] == 1 and back["struct"][0] == {"a": 1, "b": "x"}
    # A list of lists of texts, as the lake writes it, is one that Arrow turns into a data frame.
    deep = wr.athena.read_sql_query("SELECT ARRAY[ARRAY['a', 'b'], ARRAY[]] AS words, MAP(ARRAY['k'], ARRAY['v']) AS pairs", database="sets")
    assert [[str(word) for word in words] for words in deep["words"][0]] == [["a", "b"], []]


def test_a_schema_that_grows(data):
    place = {"path": f"{data}/grows/", "dataset": True, "database": "sets", "table": "grows"}
    wr.s3.to_parquet(pd.DataFrame({"id": [1]}), mode="overwrite", **place)
    wr.s3.to_parquet(pd.DataFrame({"id": [2], "later": ["x"]}), mode="append", catalog_versioning=True, **place)
    back = wr.athena.read_sql_query("SELECT id, later FROM grows ORDER BY id", database="sets", ctas_approach=False)
    assert back["id"].tolist() == [1, 2] and pd.isna(back["later"][0]) and back["later"][1] == "x"
    versions = wr.catalog.get_table_number_of_versions(database="sets", table="grows")
    assert versions == 2
    with pytest.raises(wr.exceptions.InvalidArgumentValue):
        wr.s3.to_parquet(pd.DataFrame({"id": [3], "more": [1]}), mode="append", schema_evolution=False, **place)


def test_partitions_are_added_overwritten_and_filtered(data):
    place = {"path": f"{data}/parts/", "dataset": True, "database": "sets", "table": "parts", "partition_cols": ["year", "month"]}
    df = pd.DataFrame({"n": range(4), "year": [2023, 2023, 2024, 2024], "month": [1, 2, 1, 1]})
    wr.s3.to_parquet(df, mode="overwrite", **place)
    values = wr.catalog.get_parquet_partitions(database="sets", table="parts")
    assert sorted(values.values()) == [["2023", "1"], ["2023", "2"], ["2024", "1"]]
    assert len(wr.catalog.get_parquet_partitions(database="sets", table="parts", expression="year = 2023 AND month >= 2")) == 1
    wr.s3.to_parquet(df[df.year == 2024].assign(n=9), mode="overwrite_partitions", **place)
    back = wr.athena.read_sql_query("SELECT n, year FROM parts ORDER BY n", database="sets", ctas_approach=False)
    assert back["n"].tolist() == [0, 1, 9, 9]
    some = wr.s3.read_parquet(f"{data}/parts/", dataset=True, partition_filter=lambda part: part["year"] == "2023")
    assert sorted(some["n"]) == [0, 1]
    assert len(wr.s3.read_parquet_table(database="sets", table="parts", partition_filter=lambda part: part["month"] == "1")) == 3
    wr.catalog.delete_partitions(database="sets", table="parts", partitions_values=[["2023", "1"]])
    assert len(wr.catalog.get_partitions(database="sets", table="parts")) == 2
    wr.athena.repair_table(database="sets", table="parts")
    assert len(wr.catalog.get_partitions(database="sets", table="parts")) == 3


def test_csv_and_json_data_sets(data, mode):
    df = pd.DataFrame({"id": [1, 2, 3], "word": ["a", "b c", "낱말"], "kind": ["x", "y", "x"]})
    for name, write in (("lines", wr.s3.to_csv), ("objects", wr.s3.to_json)):
        more = {"index": False} if write is wr.s3.to_csv else {"orient": "records", "lines": True, "index": False}
        write(df, f"{data}/{name}/", dataset=True, database="sets", table=name, partition_cols=["kind"], mode="overwrite", **more)
        back = wr.athena.read_sql_query(f"SELECT id, word, kind FROM {name} ORDER BY id", database="sets", **mode).sort_values("id")
        assert back.values.tolist() == df.values.tolist(), name
        if "s3_output" in mode:
            wr.s3.delete_objects(mode["s3_output"])
    packed = f"{data}/packed/part.csv.gz"
    wr.s3.to_csv(df, packed, index=False, compression="gzip")
    assert wr.s3.read_csv(packed, compression="gzip").shape == (3, 3)


def test_rows_come_in_chunks_and_with_parameters(data):
    wr.s3.to_parquet(pd.DataFrame({"n": range(2500), "w": ["x", "y"] * 1250}), f"{data}/many/", dataset=True, database="sets", table="many", mode="overwrite")
    for options in ({"ctas_approach": True}, {"ctas_approach": False}):
        chunks = list(wr.athena.read_sql_query("SELECT * FROM many", database="sets", chunksize=1000, **options))
        assert len(chunks) > 1 and sum(map(len, chunks)) == 2500
    named = wr.athena.read_sql_query(
        "SELECT count(*) AS c FROM many WHERE n < :most AND w = :word", database="sets", ctas_approach=False, params={"most": 10, "word": "x"}
    )
    asked = wr.athena.read_sql_query(
        "SELECT count(*) AS c FROM many WHERE n < ? AND w = ?", database="sets", ctas_approach=False, paramstyle="qmark", params=["10", "'x'"]
    )
    assert named["c"].tolist() == asked["c"].tolist() == [5]
    wr.athena.create_prepared_statement(sql="SELECT count(*) AS c FROM many WHERE w = ?", statement_name="by_word")
    assert [s["StatementName"] for s in wr.athena.list_prepared_statements()] == ["by_word"]
    assert wr.athena.read_sql_query("EXECUTE by_word USING 'y'", database="sets", ctas_approach=False)["c"].tolist() == [1250]
    wr.athena.delete_prepared_statement("by_word")
    table = wr.athena.read_sql_table("many", database="sets")
    assert len(table) == 2500


def test_results_are_used_again_and_said_of(data):
    sql = "SELECT 40 + 2 AS answer"
    first = wr.athena.read_sql_query(sql, database="sets", ctas_approach=False)
    cached = wr.athena.read_sql_query(sql, database="sets", ctas_approach=False, athena_cache_settings={"max_cache_seconds": 900})
    assert cached["answer"].tolist() == [42]
    assert cached.query_metadata["QueryExecutionId"] == first.query_metadata["QueryExecutionId"]
    assert first.query_metadata["StatementType"] == "DML" and first.query_metadata["Statistics"]["TotalExecutionTimeInMillis"] >= 0
    again = wr.athena.start_query_execution(
        sql, database="sets", wait=True, result_reuse_configuration={"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}}
    )
    assert again["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"] is True
    assert wr.athena.get_query_results(again["QueryExecutionId"])["answer"].tolist() == [42]
    assert again["QueryExecutionId"] in wr.athena.list_query_executions()


def test_what_cannot_be_answered_is_said_as_athena_says_it(data):
    for sql, error in (
        ("SELECT 1 AS a, 2 AS a", wr.exceptions.InvalidCtasApproachQuery),
        ("SELECT 1", wr.exceptions.InvalidArgumentValue),
        ("SELECT NULL AS a", wr.exceptions.InvalidArgumentValue),
    ):
        with pytest.raises(error):
            wr.athena.read_sql_query(sql, database="sets", ctas_approach=True)
    with pytest.raises(wr.exceptions.QueryFailed, match="TABLE_NOT_FOUND"):
        wr.athena.read_sql_query("SELECT * FROM nowhere", database="sets", ctas_approach=False)
    with pytest.raises(boto3.client("athena").exceptions.InvalidRequestException):
        wr.athena.read_sql_query("SELEC 1", database="sets", ctas_approach=False)
    with pytest.raises(boto3.client("glue").exceptions.EntityNotFoundException):
        wr.catalog.table(database="sets", table="nowhere")


def test_the_catalogue(data):
    df = pd.DataFrame({"id": [1], "name": ["x"]})
    described = {"description": "all of it", "parameters": {"by": "tests"}, "columns_comments": {"id": "the number"}}
    wr.s3.to_parquet(df, f"{data}/known/", dataset=True, database="sets", table="known", mode="overwrite", glue_table_settings=described)
    assert wr.catalog.does_table_exist("sets", "known") and not wr.catalog.does_table_exist("sets", "unknown")
    assert wr.catalog.get_columns_comments("sets", "known")["id"] == "the number"
    assert wr.catalog.get_table_description("sets", "known") == "all of it"
    assert wr.catalog.get_table_location("sets", "known") == f"{data}/known/"
    wr.catalog.upsert_table_parameters({"more": "yes"}, database="sets", table="known")
    parameters = wr.catalog.get_table_parameters("sets", "known")
    assert parameters["by"] == "tests" and parameters["more"] == "yes"
    wr.catalog.overwrite_table_parameters({"only": "this"}, database="sets", table="known")
    assert wr.catalog.get_table_parameters("sets", "known") == {"only": "this"}
    wr.catalog.add_column(database="sets", table="known", column_name="added", column_type="int", column_comment="new")
    assert wr.catalog.get_table_types("sets", "known")["added"] == "int"
    wr.catalog.delete_column(database="sets", table="known", column_name="added")
    assert [t["Name"] for t in wr.catalog.get_tables(database="sets", name_prefix="kno")] == ["known"]
    assert [t["Name"] for t in wr.catalog.get_tables(database="sets", name_suffix="now")] == []
    assert [t["Name"] for t in wr.catalog.search_tables(text="known")] == ["known"]
    assert "known" in wr.catalog.tables(database="sets")["Table"].tolist()
    wr.catalog.create_parquet_table(
        database="sets", table="by_hand", path=f"{data}/parts/", columns_types={"n": "bigint"}, partitions_types={"year": "bigint", "month": "bigint"}
    )
    wr.catalog.add_parquet_partitions(database="sets", table="by_hand", partitions_values={f"{data}/parts/year=2023/month=1/": ["2023", "1"]})
    assert wr.catalog.get_partitions("sets", "by_hand") == {f"{data}/parts/year=2023/month=1/": ["2023", "1"]}
    wr.catalog.delete_all_partitions(database="sets", table="by_hand")
    assert wr.catalog.delete_table_if_exists("sets", "by_hand") and not wr.catalog.delete_table_if_exists("sets", "by_hand")
    wr.catalog.create_database("short_lived", description="soon gone")
    with pytest.raises(wr.exceptions.AlreadyExists):
        wr.catalog.create_database("short_lived")
    assert [d["Name"] for d in wr.catalog.get_databases() if d.get("Description") == "soon gone"] == ["short_lived"]
    wr.catalog.delete_database("short_lived")


def test_objects(data):
    base = f"{data}/objects-of/"
    df = pd.DataFrame({"n": [1]})
    written = [wr.s3.to_parquet(df, f"{base}{name}.parquet")["paths"][0] for name in ("a", "b", "c [1]")]
    assert wr.s3.list_objects(base) == written and wr.s3.list_directories(f"{data}/").count(base) == 1
    wr.s3.wait_objects_exist(written)
    assert wr.s3.list_objects(f"{base}[ab].parquet") == written[:2]
    assert wr.s3.copy_objects(written[:2], source_path=base, target_path=f"{data}/copies/") == [f"{data}/copies/a.parquet", f"{data}/copies/b.parquet"]
    assert wr.s3.merge_datasets(f"{data}/copies/", f"{data}/merged/", mode="overwrite") == [f"{data}/merged/a.parquet", f"{data}/merged/b.parquet"]
    sizes = wr.s3.size_objects(base)
    assert set(sizes) == set(written) and min(sizes.values()) > 0
    assert wr.s3.describe_objects(written[0])[written[0]]["ContentLength"] == sizes[written[0]]
    assert wr.s3.does_object_exist(written[0]) and not wr.s3.does_object_exist(f"{base}none")
    columns, _, _ = wr.s3.store_parquet_metadata(base, database="sets", table="stored", dataset=True)
    assert columns == {"n": "bigint"}
    assert wr.athena.read_sql_query("SELECT sum(n) AS s FROM stored", database="sets", ctas_approach=False)["s"].tolist() == [3]
    wr.s3.delete_objects(base)
    wr.s3.wait_objects_not_exist(written)
    assert wr.s3.list_objects(base) == [] and list(wr.s3.list_buckets()).count("data-sets") == 1
    assert wr.s3.get_bucket_region("data-sets") == "us-east-1"


def test_statements_that_write(data):
    output = f"{data}/statements/"
    wr.s3.to_parquet(pd.DataFrame({"id": [1, 2, 3], "kind": ["a", "b", "a"]}), f"{data}/source/", dataset=True, database="sets", table="source", mode="overwrite")
    made = wr.athena.create_ctas_table(
        "SELECT id, kind FROM source", database="sets", ctas_table="made", ctas_database="sets", s3_output=output,
        storage_format="parquet", write_compression="snappy", partitioning_info=["kind"], wait=True,
    )
    assert made["ctas_table"] == "made" and wr.catalog.get_table_types("sets", "made") == {"id": "bigint", "kind": "string"}
    assert len(wr.catalog.get_partitions("sets", "made")) == 2
    wr.athena.start_query_execution("INSERT INTO made VALUES (4, 'c')", database="sets", wait=True)
    back = wr.athena.read_sql_query("SELECT id, kind FROM made ORDER BY id", database="sets", ctas_approach=False)
    assert back.values.tolist() == [[1, "a"], [2, "b"], [3, "a"], [4, "c"]]
    unloaded = wr.athena.unload("SELECT id FROM source", path=f"{data}/unloaded-by-hand/", database="sets", file_format="PARQUET", compression="snappy")
    assert unloaded.raw_payload["Status"]["State"] == "SUCCEEDED"
    written = boto3.client("s3").get_object(Bucket="data-sets", Key=unloaded.manifest_location.split("/", 3)[3])["Body"].read().decode().split()
    assert sorted(wr.s3.read_parquet(written)["id"]) == [1, 2, 3]
    wr.athena.start_query_execution("CREATE OR REPLACE VIEW seen AS SELECT id FROM source WHERE kind = 'a'", database="sets", wait=True)
    assert wr.athena.read_sql_query("SELECT count(*) AS n FROM seen", database="sets", ctas_approach=False)["n"].tolist() == [2]
    assert wr.athena.show_create_table("source", database="sets").startswith("CREATE EXTERNAL TABLE `source`(")
    described = wr.athena.describe_table("source", database="sets")
    assert described["Column Name"].tolist() == ["id", "kind"] and described["Type"].tolist() == ["bigint", "string"]
    assert np.isclose(wr.athena.read_sql_query("SELECT 0.1 + 0.2 AS x", database="sets", ctas_approach=False)["x"][0], 0.30000000000000004, rtol=0)


def test_workgroups_enforced_and_not(data):
    athena = boto3.client("athena")
    for name, enforced in (("enforced", True), ("free", False)):
        location = {"ResultConfiguration": {"OutputLocation": f"{data}/groups/{name}/"}, "EnforceWorkGroupConfiguration": enforced}
        athena.create_work_group(Name=name, Configuration=location)
        df = wr.athena.read_sql_query("SELECT 1 AS one", database="sets", workgroup=name, s3_output=f"{data}/groups/own/", ctas_approach=False)
        where = df.query_metadata["ResultConfiguration"]["OutputLocation"]
        assert where.startswith(f"{data}/groups/{'enforced' if enforced else 'own'}/"), where
        assert df.query_metadata["WorkGroup"] == name
        athena.delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
