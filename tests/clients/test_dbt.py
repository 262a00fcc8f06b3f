"""dbt-athena builds a small project on a served lake: seeds, tables, views, incremental models, their tests and their documents."""
import json
import os
import pathlib
import shutil
import subprocess

import boto3
import pytest

PROJECT = pathlib.Path(__file__).parent / "dbt"


@pytest.fixture(scope="module")
def dbt(lake, tmp_path_factory):
    program = os.environ.get("FAIRLAKE_DBT")
    if not program:
        pytest.skip("dbt is not here (FAIRLAKE_DBT names its program)")
    boto3.client("s3").create_bucket(Bucket="dbt-lake")
    project = tmp_path_factory.mktemp("dbt") / "project"
    shutil.copytree(PROJECT, project)

    def run(*words):
        command = [program, "--no-use-colors", "--no-send-anonymous-usage-stats", *words, "--project-dir", str(project), "--profiles-dir", str(project)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=project)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        return project

    return run


def results(project):
    ran = json.loads((project / "target" / "run_results.json").read_text())["results"]
    return {one["unique_id"].split(".")[2]: one["status"] for one in ran}


def test_a_project_is_built_twice(dbt):
    first = results(dbt("build"))
    assert len(first) == 9 and set(first.values()) <= {"success", "pass"}, first
    assert set(results(dbt("build")).values()) <= {"success", "pass"}
    import awswrangler as wr

    def rows(sql):
        return wr.athena.read_sql_query(sql, database="built", ctas_approach=False).values.tolist()

    assert rows("SELECT city, orders, total FROM by_city ORDER BY city") == [["Busan", 1, 3.0], ["Seoul", 2, 7.0]]
    assert rows("SELECT id FROM big ORDER BY id") == [[2], [3]]
    assert rows("SELECT id, day FROM days ORDER BY id") == [[1, "2024-01-01"], [3, "2024-01-02"]]
    assert rows("SELECT count(*) AS n FROM appended") == [[6]]


def test_its_documents_know_the_catalogue(dbt):
    catalog = json.loads((dbt("docs", "generate") / "target" / "catalog.json").read_text())
    columns = catalog["nodes"]["model.lake.by_city"]["columns"]
    assert {name: column["type"] for name, column in columns.items()} == {"city": "string", "orders": "bigint", "total": "double"}
