"""The course's own way: awswrangler stores, catalogues and queries on a served lake."""
import os
import pathlib

import pytest

DATA = pathlib.Path(os.environ.get("FAIRLAKE_COURSE_DATA", "/nonexistent"))
REVIEWS = DATA / "womens_clothing_ecommerce_reviews_transformed.csv"

QUERIES = {
    "sentiment": "SELECT sentiment, COUNT(sentiment) AS n FROM reviews GROUP BY sentiment ORDER BY sentiment",
    "categories": "SELECT product_category, COUNT(*) AS n FROM reviews GROUP BY product_category ORDER BY n DESC",
    "average": "SELECT product_category, AVG(sentiment) AS a FROM reviews GROUP BY product_category ORDER BY a DESC",
    "words": "SELECT CARDINALITY(SPLIT(review_body, ' ')) AS num_words FROM reviews",
}


@pytest.fixture(scope="module")
def reviews(lake):
    if not REVIEWS.exists():
        pytest.skip("the course's data files are not here (FAIRLAKE_COURSE_DATA)")
    import awswrangler as wr
    import boto3

    boto3.client("s3").create_bucket(Bucket="dsoaws")
    wr.s3.upload(str(REVIEWS), "s3://dsoaws/data/transformed/reviews.csv")
    wr.catalog.create_database("dsoaws_deep_learning", exist_ok=True)
    wr.catalog.create_csv_table(
        database="dsoaws_deep_learning",
        table="reviews",
        path="s3://dsoaws/data/transformed/",
        columns_types={"sentiment": "int", "review_body": "string", "product_category": "string"},
        mode="overwrite",
        skip_header_line_count=1,
        sep=",",
    )
    wr.athena.create_athena_bucket()
    return wr


@pytest.mark.parametrize("ctas", [False, True])
def test_the_queries_of_the_lab(reviews, ctas):
    def run(name):
        return reviews.athena.read_sql_query(QUERIES[name], database="dsoaws_deep_learning", ctas_approach=ctas)

    assert dict(run("sentiment").itertuples(index=False)) == {-1: 2370, 0: 2823, 1: 17433}
    categories = run("categories")
    assert len(categories) == 18 and tuple(categories.iloc[0]) == ("Dresses", 6145) and tuple(categories.iloc[-1]) == ("Trend", 118)
    average = dict(run("average").itertuples(index=False))
    assert round(average["Layering"], 6) == 0.780303 and round(average["Trend"], 6) == 0.483051
    words = run("words")["num_words"]
    assert len(words) == 22626 and words.max() == 122 and words.min() == 2 and round(words.mean(), 6) == 62.709847


def test_a_data_set_of_parquet_with_partitions(lake):
    import awswrangler as wr
    import boto3
    import pandas as pd

    boto3.client("s3").create_bucket(Bucket="parquet-sets")
    wr.catalog.create_database("sets", exist_ok=True)
    frame = pd.DataFrame({"id": range(6), "score": [0.5, 1.5, None, 2.0, 3.0, 4.0], "kind": list("aabbcc")})
    wr.s3.to_parquet(frame, "s3://parquet-sets/t/", dataset=True, database="sets", table="t", partition_cols=["kind"])
    back = wr.athena.read_sql_query("SELECT * FROM t ORDER BY id", database="sets", ctas_approach=False)
    assert back["id"].tolist() == list(range(6)) and back["kind"].tolist() == list("aabbcc")
    one = wr.athena.read_sql_query("SELECT count(*) AS n FROM t WHERE kind = 'b'", database="sets", ctas_approach=False)
    assert one["n"].tolist() == [2]
