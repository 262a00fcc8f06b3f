"""The lake's answers to TPC-H's 22 queries beside DuckDB's, over the same rows."""
import io
import math
import numbers
import pathlib

import pytest

import tpch_rows

HIVE = {"int64": "bigint", "double": "double", "string": "string", "date32[day]": "date"}


def statements(name):
    """The statements of a file by the numbers in its comments."""
    text = (pathlib.Path(__file__).parent / "sql" / name).read_text()
    parts = [part.strip() for part in text.split("-- ") if part.strip()]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].strip().rstrip(";") for part in parts}


TPCH = statements("tpch.sql")


def register(tables, database):
    import awswrangler as wr
    import boto3
    import pyarrow.parquet as pq

    bucket = f"{database}-rows"
    boto3.client("s3").create_bucket(Bucket=bucket)
    wr.catalog.create_database(database, exist_ok=True)
    for name, table in tables.items():
        body = io.BytesIO()
        pq.write_table(table, body)
        boto3.client("s3").put_object(Bucket=bucket, Key=f"{name}/rows.parquet", Body=body.getvalue())
        columns = {field.name: HIVE[str(field.type)] for field in table.schema}
        wr.catalog.create_parquet_table(database=database, table=name, path=f"s3://{bucket}/{name}/", columns_types=columns, mode="overwrite")
    wr.athena.create_athena_bucket()


def rows(frame):
    """The rows as plain values: numbers as floats, times as texts, NaN and NULL alike."""

    def plain(value):
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        if isinstance(value, numbers.Number) and not isinstance(value, bool):
            return float(value)
        return str(value).split(" ")[0] if hasattr(value, "year") else str(value)

    return [tuple(plain(value) for value in row) for row in frame.itertuples(index=False)]


def alike(one, other):
    """Whether two values are the same; sums of floats depend on the order of the rows."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return one == other


@pytest.fixture(scope="module")
def tpch(lake):
    import duckdb

    tables = tpch_rows.tables()
    register(tables, "tpch")
    other = duckdb.connect()
    for name, table in tables.items():
        other.register(name, table)
    return other


@pytest.mark.parametrize("number", TPCH)
def test_tpch(tpch, number):
    import awswrangler as wr

    sql = TPCH[number]
    ours = rows(wr.athena.read_sql_query(sql, database="tpch", ctas_approach=False))
    theirs = rows(tpch.execute(sql).df())
    assert theirs and any(value is not None for value in theirs[0]), "the rows have nothing for this query to find"
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs):
        assert all(alike(one, two) for one, two in zip(mine, other, strict=True)), (mine, other)
