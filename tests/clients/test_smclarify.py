"""`fairlake bias` in Clarify's mode against smclarify 0.5 itself, on random data sets of every awkward kind."""
import concurrent.futures
import csv
import json
import logging
import math
import os
import random
import subprocess
import sys

import numpy
import pandas
from smclarify.bias import report

SETS = int(os.environ.get("FAIRLAKE_SMCLARIFY_SETS", "400"))
SEED = int(os.environ.get("FAIRLAKE_SMCLARIFY_SEED", "20261122"))
PRE = ["CI", "DPL", "KL", "JS", "LP", "TVD", "KS", "CDDL"]
POST = ["DPPL", "DI", "DCA", "DCR", "SD", "RD", "DAR", "DRR", "AD", "TE", "CDDPL", "GE"]
TEXTS = ["F", "M", "X", "nan-like", "Ünï", "한국", "a b", "true", "1", "2", "10", "0x1", "-", "x,y"]

logging.disable(logging.CRITICAL)


def column(rng, rows):
    """A column's cells as texts, with None for NULL, and values that one may ask for."""
    kind = rng.choice(["text", "text", "few", "few", "zero-one", "zero-one", "many", "float", "float-whole", "bool", "number-text", "negative"])
    if kind == "text":
        values = rng.sample(TEXTS, rng.randint(1, 5))
    elif kind == "few":
        values = [str(number) for number in rng.sample(range(-1, 6), rng.randint(1, 4))]
    elif kind == "zero-one":
        values = ["0", "1"]
    elif kind == "many":
        values = [str(number) for number in rng.sample(range(18, 90), rng.randint(5, 60))]
    elif kind == "float":
        values = [f"{rng.uniform(-2, 5):.{rng.randint(1, 3)}f}" for _ in range(rng.randint(1, 40))]
    elif kind == "float-whole":
        values = ["0.0", "1.0"]
    elif kind == "bool":
        values = ["True", "False"]
    elif kind == "number-text":
        values = ["1", "2", "3", "four"]
    else:
        values = [str(number) for number in rng.sample(range(-40, 0), rng.randint(2, 12))]
    weights = [rng.random() ** 2 + 0.01 for _ in values]
    cells = rng.choices(values, weights, k=rows)
    if rng.random() < 0.25:
        share = rng.choice([0.02, 0.2, 0.6])
        cells = [None if rng.random() < share else cell for cell in cells]
    return cells, values


def asked(rng, values, at_most=3):
    """Values of a configuration: of the column or not, as text, number or truth."""
    chosen = rng.sample(values, rng.randint(1, min(at_most, len(values))))
    if rng.random() < 0.06:
        chosen = [rng.choice(["missing", "99", "-99"])]

    def typed(text):
        form = rng.random()
        if text in ("True", "False") and form < 0.7:
            return text == "True"
        try:
            number = float(text)
        except ValueError:
            return text
        if form < 0.5:
            return int(number) if number.is_integer() and "." not in text else number
        return float(number) if form < 0.7 else text

    return [typed(text) for text in chosen]


def question(rng, folder, number):
    """Writes a data set and its configuration; gives both paths."""
    rows = rng.choice([1, 2, 5, 12, 30, 60, 60, 150, 400])
    label, values = column(rng, rows)
    config = {"dataset_type": "text/csv", "label": "label", "label_values_or_threshold": asked(rng, values), "facet": []}
    names, columns = ["label"], [label]
    for at in range(rng.choice([1, 1, 2])):
        cells, values = column(rng, rows)
        facet = {"name_or_index": f"facet{at}"}
        if rng.random() < 0.5:
            facet["value_or_threshold"] = asked(rng, values)
        config["facet"].append(facet)
        names.append(f"facet{at}")
        columns.append(cells)
    methods = {"pre_training_bias": {"methods": rng.choice(["all", PRE, rng.sample(PRE, 3)])}}
    if rng.random() < 0.6:
        if rng.random() < 0.85:
            # A model that is right more often than not, over the same values.
            said = [cell if rng.random() < 0.7 else rng.choice(label) for cell in label]
        else:
            said, _ = column(rng, rows)
        names.append("predicted")
        columns.append(said)
        config["predicted_label"] = "predicted"
        methods["post_training_bias"] = {"methods": rng.choice([POST, rng.sample(POST, 4)])}
    if rng.random() < 0.6:
        names.append("group")
        columns.append(column(rng, rows)[0])
        config["group_variable"] = "group"
    config["methods"] = methods
    # A second column keeps a row of NULLs from being an empty line.
    names.append("row")
    columns.append([str(row) for row in range(rows)])
    data, settings = folder / f"{number}.csv", folder / f"{number}.json"
    with data.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([["" if cell is None else cell for cell in row] for row in zip(*columns)])
    settings.write_text(json.dumps(config))
    return data, settings


def theirs(data, config):
    """What smclarify says: the two stages as Clarify's analysis.json has them, or the error that ends the job."""
    frame = pandas.read_csv(data).drop(columns="row", errors="ignore")
    group = frame[config["group_variable"]] if "group_variable" in config else None
    found = {"version": "1.0"}
    try:
        for stage in (report.StageType.PRE_TRAINING, report.StageType.POST_TRAINING):
            methods = config["methods"].get(f"{stage.value}_bias")
            if methods is None:
                continue
            wanted = methods["methods"]
            facets = {}
            for facet in config["facet"]:
                predicted = None
                if stage is report.StageType.POST_TRAINING:
                    predicted = report.LabelColumn("predicted", frame["predicted"], list(config["label_values_or_threshold"]))
                values = facet.get("value_or_threshold")
                facets[facet["name_or_index"]] = report.bias_report(
                    frame,
                    report.FacetColumn(facet["name_or_index"], list(values) if values else None),
                    report.LabelColumn("label", frame["label"], list(config["label_values_or_threshold"])),
                    stage,
                    predicted,
                    metrics=["all"] if wanted == "all" else list(wanted),
                    group_variable=group,
                )
            found[f"{stage.value}_bias_metrics"] = {
                "label": "label",
                "facets": facets,
                "label_value_or_threshold": report.label_value_or_threshold(
                    frame["label"], list(config["label_values_or_threshold"])
                ),
            }
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"
    return json.loads(json.dumps(found)), None


def ours(data, config, folder):
    command = [os.environ["FAIRLAKE_BIN"], "bias", "--config", str(config), "--data", str(data), "--mode", "clarify", "--format", "json"]
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "FAIRLAKE_LAKE": str(folder / "lake")}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    if ended.returncode == 0:
        return json.loads(ended.stdout), None
    assert ended.returncode == 1 and "panicked" not in ended.stderr, ended.stderr
    return None, ended.stderr


def differences(expected, found, path=""):
    """Where two answers differ: keys and their order, texts, types, numbers by more than 1e-12."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if list(expected) != list(found):
            return [f"{path}: keys {list(expected)} {list(found)}"]
        return [line for key in expected for line in differences(expected[key], found[key], f"{path}/{key}")]
    if isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return [f"{path}: {len(expected)} entries, ours {len(found)}: {str(expected)[:200]} {str(found)[:200]}"]
        pairs = enumerate(zip(expected, found))
        return [line for at, (left, right) in pairs for line in differences(left, right, f"{path}/{named(left, at)}")]
    numbers = (int, float)
    if isinstance(expected, numbers) and isinstance(found, numbers) and not isinstance(expected, bool):
        if expected == found or abs(expected - found) <= 1e-12 * max(1, abs(expected)):
            return []
        if math.isnan(expected) and math.isnan(found):
            return []
    if type(expected) is type(found) and expected == found:
        return []
    return [f"{path}: {expected!r}, ours {found!r}"]


def settled(answer, frame):
    """The answer without what no counts can tell, for numpy sorts the rows of a group variable with NULLs as they lie.

    Which of two types the error names first follows from that order, and among booleans so does the figure itself: groups are met twice.
    """
    truths = "group" in frame and frame["group"].dtype == object and any(isinstance(cell, bool) for cell in frame["group"])
    nulls = "group" in frame and frame["group"].isna().any()
    for stage in ("pre_training_bias_metrics", "post_training_bias_metrics"):
        for values in answer.get(stage, {}).get("facets", {}).values():
            for metric in (metric for value in values for metric in value["metrics"]):
                error = metric.get("error", "")
                if error.startswith("'<' not supported between"):
                    metric["error"] = "'<' not supported"
                if error.startswith("Input X contains NaN."):
                    # scikit-learn goes on with advice for whoever calls it.
                    metric["error"] = "Input X contains NaN."
                if truths and nulls and metric["name"] in ("CDDL", "CDDPL"):
                    metric.update(value=None, error="order")
    return answer


def named(entry, at):
    return entry.get("value_or_threshold", entry.get("name", at)) if isinstance(entry, dict) else at


def compare(data, settings, folder):
    config = json.loads(settings.read_text())
    expected, error = theirs(data, config)
    found, trouble = ours(data, settings, folder)
    if expected is None and found is None:
        return []
    if expected is None:
        return [f"smclarify fails with {error}, and we do not"]
    if found is None:
        return [f"we fail with {trouble.strip()}, and smclarify does not"]
    frame = pandas.read_csv(data)
    return differences(settled(expected, frame), settled(found, frame))


def test_random_data_sets_give_smclarifys_own_report(tmp_path):
    rng = random.Random(SEED)
    sets = [question(rng, tmp_path, number) for number in range(SETS)]
    assert pandas.__version__ == "1.5.3" and numpy.__version__ == "1.26.4"
    # The Python half holds the interpreter's lock; the other half is a process of its own and waits for nobody.
    with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        found = list(pool.map(lambda pair: compare(*pair, tmp_path), sets))
    wrong = [
        f"{data.name} {settings.read_text()}\n  " + "\n  ".join(lines[:6])
        for (data, settings), lines in zip(sets, found)
        if lines
    ]
    assert not wrong, f"{len(wrong)} of {SETS} data sets differ (seed {SEED}):\n" + "\n".join(wrong[:25])
    reports = sum(1 for pair in sets[:60] if theirs(pair[0], json.loads(pair[1].read_text()))[0] is not None)
    assert reports > 20, "the generator makes data that smclarify can measure"


def flip_question(rng, folder, number):
    """A data set whose other columns are numbers as a rule, and a configuration that asks for the flip test."""
    rows, width = rng.choice([8, 12, 18, 40, 150, 500]), rng.randint(1, 3)
    facet = rng.choices(["a", "b", "c"], [5, 3, 2], k=rows)
    features = [[rng.gauss(0, scale) for _ in range(rows)] for scale in rng.sample([0.01, 1, 50], width)]
    score = [features[0][row] / (abs(features[0][0]) + 1e-9) + rng.gauss(0, 1) + (facet[row] == "b") for row in range(rows)]
    said, label = [int(value > 0) for value in score], [rng.randint(0, 1) for _ in range(rows)]
    words = rng.random()
    columns = {f"x{at}": [repr(value) for value in column] for at, column in enumerate(features)}
    if words < 0.1:
        columns["words"] = rng.choices(["yes", "no"], k=rows)
    elif words < 0.2:
        columns["x0"][rng.randrange(rows)] = ""
    elif words < 0.3:
        columns["truth"] = rng.choices(["True", "False"], k=rows)
    columns |= {"facet": facet, "label": ["yn"[value] for value in label], "predicted": ["yn"[value] for value in said]}
    data, settings = folder / f"flip{number}.csv", folder / f"flip{number}.json"
    with data.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))
    config = {
        "dataset_type": "text/csv", "label": "label", "label_values_or_threshold": ["n"], "predicted_label": "predicted",
        "facet": [{"name_or_index": "facet"}], "methods": {"post_training_bias": {"methods": ["DI", "FT"]}},
    }
    settings.write_text(json.dumps(config))
    return data, settings


def test_the_flip_test_flips_as_smclarifys(tmp_path):
    rng = random.Random(SEED + 2)
    sets = [flip_question(rng, tmp_path, number) for number in range(60)]
    wrong = [(data.name, lines) for data, settings in sets if (lines := compare(data, settings, tmp_path))]
    assert not wrong, wrong[:5]
    values = [value for data, settings in sets for value in theirs(data, json.loads(settings.read_text()))[0].popitem()[1]["facets"]["facet"]]
    flips = [metric["value"] for value in values for metric in value["metrics"] if metric["name"] == "FT"]
    assert sum(1 for flip in flips if flip) > 60 and sum(1 for flip in flips if flip is None) > 10


def test_the_exported_program_prints_the_same_report(tmp_path):
    """`bias_clarify.py` run with smclarify itself gives the analysis.json that lies beside it."""
    rng, compared = random.Random(SEED + 1), 0
    for number in range(16):
        data, settings = question(rng, tmp_path, number)
        out = tmp_path / f"out{number}"
        command = [os.environ["FAIRLAKE_BIN"], "bias", "--config", str(settings), "--data", str(data), "--mode", "clarify"]
        ended = subprocess.run([*command, "--out", str(out), "--dpi", "36"], capture_output=True, text=True)
        if ended.returncode == 0:
            said = subprocess.run([sys.executable, str(out / "bias_clarify.py")], capture_output=True, text=True)
            assert said.returncode == 0, said.stderr
            frame = pandas.read_csv(data)
            expected, found = json.loads(said.stdout), json.loads((out / "analysis.json").read_text())
            assert differences(settled(expected, frame), settled(found, frame)) == [], settings.read_text()
            compared += 1
    assert compared >= 5
