"""What `fairlake bias` writes, in other hands: the PDF's text, and the programs that repeat the analysis."""
import csv
import json
import os
import random
import subprocess
import sys
import xml.etree.ElementTree

import pytest


@pytest.fixture(scope="module")
def loans(tmp_path_factory):
    """A seeded data set with NULLs, predictions and groups, and a question about it."""
    folder, rng = tmp_path_factory.mktemp("bias"), random.Random(11)
    with (folder / "loans.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sex", "region", "age", "approved", "predicted"])
        for _ in range(1500):
            sex = rng.choices(["female", "male", ""], [45, 54, 1])[0]
            region = rng.choices(["Seoul", "Busan", "제주"], [5, 4, 1])[0]
            label = int(rng.random() < (0.62 if sex == "male" else 0.45))
            said = int(rng.random() < (0.85 if label else 0.2))
            writer.writerow([sex, region, rng.randint(19, 80), label, said])
    config = {
        "dataset_type": "text/csv",
        "label": "approved",
        "label_values_or_threshold": [1],
        "predicted_label": "predicted",
        "group_variable": "region",
        "facet": [{"name_or_index": "sex"}, {"name_or_index": "age", "value_or_threshold": [23, 24, 25]}],
        "methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": "all"}},
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def bias(loans, lake, out, *more, code=0, language="en_US.UTF-8"):
    command = [os.environ["FAIRLAKE_BIN"], "bias", "--lake", str(lake.folder), "--config", str(loans / "config.json")]
    command += ["--out", str(out), "--dpi", "72", *more]
    environment = {**os.environ, "LANG": language, "LC_ALL": language}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ended.returncode == code, ended.stderr
    return ended


def figures(out):
    """Every figure of analysis.json by facet, facet value and metric."""
    analysis, found = json.loads((out / "analysis.json").read_text()), {}
    for stage in ("pre_training_bias_metrics", "post_training_bias_metrics"):
        for facet, values in analysis[stage]["facets"].items():
            for value in values:
                for metric in value["metrics"]:
                    found[facet, value["value_or_threshold"], metric["name"]] = metric["value"]
    return found


def run(program):
    ended = subprocess.run([sys.executable, str(program)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def assert_same(out, answer):
    """The program's figures against the report's; it names a set of values `examined`, and NULL by its name."""
    compared = 0
    for (facet, value, metric), expected in figures(out).items():
        values = answer[facet]
        name = value if value in values else "examined" if "examined" in values else "NULL"
        if metric == "FT":
            continue
        found = values[name].get(metric)
        if isinstance(expected, float) and isinstance(found, float):
            assert abs(found - expected) <= 1e-12 * max(1, abs(expected)), (facet, value, metric, found, expected)
            compared += 1
        else:
            assert found == expected, (facet, value, metric, found, expected)
    assert compared > 60


def test_the_pdf_is_read_by_others(loans, lake, tmp_path):
    for language, page, heading, sentence in (
        ("en_US.UTF-8", "Page 1 of", "What these figures cannot tell", "female gets fewer positive labels:"),
        ("ko_KR.UTF-8", "1 / ", "이 수치로 알 수 없는 것", "female: 긍정 레이블 비율이"),
    ):
        out = tmp_path / language
        bias(loans, lake, out, "--data", str(loans / "loans.csv"), language=language)
        text = subprocess.run(["pdftotext", str(out / "report.pdf"), "-"], capture_output=True, check=True).stdout.decode()
        for words in (page, heading, sentence, "loans.csv", "CDDPL"):
            assert words in text, (words, text[:2000])
        about = subprocess.run(["pdfinfo", str(out / "report.pdf")], capture_output=True, text=True, check=True)
        assert "loans.csv" in about.stdout and int(about.stdout.split("Pages:")[1].split()[0]) == text.count("\f"), about.stdout
        assert about.stderr == ""
        fonts = subprocess.run(["pdffonts", str(out / "report.pdf")], capture_output=True, text=True, check=True).stdout
        assert [line.split()[-5:-2] for line in fonts.splitlines()[2:]] == [["yes", "yes", "yes"]] * 2, fonts
        drawn = subprocess.run(["pdftoppm", "-r", "20", "-png", str(out / "report.pdf"), str(out / "page")], capture_output=True)
        assert drawn.returncode == 0 and drawn.stderr == b"", drawn.stderr


def test_the_gate_is_read_as_junit(loans, lake, tmp_path):
    bias(loans, lake, tmp_path, "--data", str(loans / "loans.csv"), "--fail-on", "DPL>0.05,DI<0.8,TE>99", code=3)
    suite = xml.etree.ElementTree.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    cases = suite.findall("testcase")
    broken = [case for case in cases if case.find("failure") is not None]
    verdict = json.loads((tmp_path / "gate.json").read_text())
    assert len(cases) == int(suite.get("tests")) == len(verdict["checks"]) == 12
    assert len(broken) == int(suite.get("failures")) == sum(check["result"] == "broken" for check in verdict["checks"]) > 0
    assert verdict["passed"] is False


def test_the_wrangler_program_computes_the_same_from_a_file(loans, lake, tmp_path):
    bias(loans, lake, tmp_path, "--data", str(loans / "loans.csv"))
    assert_same(tmp_path, run(tmp_path / "bias_awswrangler.py"))
    compile((tmp_path / "bias_clarify.py").read_text(), "bias_clarify.py", "exec")


def test_the_wrangler_program_computes_the_same_from_a_table(loans, lake, tmp_path):
    import awswrangler as wr
    import boto3
    import pandas

    boto3.client("s3").create_bucket(Bucket="bias-programs")
    wr.catalog.create_database("bias_programs", exist_ok=True)
    frame = pandas.read_csv(loans / "loans.csv")
    wr.s3.to_parquet(frame, "s3://bias-programs/loans/", dataset=True, database="bias_programs", table="loans", mode="overwrite")
    wr.athena.create_athena_bucket()
    bias(loans, lake, tmp_path, "--table", "bias_programs.loans")
    program = (tmp_path / "bias_awswrangler.py").read_text()
    assert 'FROM "bias_programs"."loans"' in program and "GROUP BY 1, 2, 3, 4, 5" in program
    assert_same(tmp_path, run(tmp_path / "bias_awswrangler.py"))
    assert "GROUP BY" in (tmp_path / "report.html").read_text(), "the report shows the statement"
