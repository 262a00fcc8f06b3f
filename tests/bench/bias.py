"""Bias over ten million rows of Parquet against bare polars, and over 200,000 against smclarify and fairlearn, on this machine, in one run.

Every contestant is a process of its own, reading included; the figure is the best of three, memory the peak resident size of the process.
On a machine that does other work as well, the processor time is the figure to compare.
FAIRLAKE_BIN is the program; FAIRLAKE_BENCH_VENV and FAIRLAKE_SMCLARIFY_VENV are where the peers are installed (tests/bench/run does that).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

FACETS = ["sex", "race", "region", "band"]
CROSSED = ["sex", "race"]
ROWS, FEW = int(os.environ.get("FAIRLAKE_BENCH_ROWS", "10000000")), 200_000
PEERS = pathlib.Path(os.environ.get("FAIRLAKE_BENCH_VENV", pathlib.Path.home() / ".cache/fairlake-bench")) / "bin/python"
SMCLARIFY = pathlib.Path(os.environ.get("FAIRLAKE_SMCLARIFY_VENV", pathlib.Path.home() / ".cache/fairlake-smclarify")) / "bin/python"

GENERATE = """
import sys
import numpy as np, pyarrow as pa, pyarrow.csv as pc, pyarrow.parquet as pq
path, rows = sys.argv[1], int(sys.argv[2])
rng, writer = np.random.default_rng(20261122), None
regions = np.array([f"region {n:02}" for n in range(17)])
races = np.array(["White", "Black", "Asian", "Native", "Pacific", "Other"])
segments = np.array(["retail", "private", "online", "branch", "broker"])
for start in range(0, rows, 1_000_000):
    n = min(1_000_000, rows - start)
    sex = rng.choice(np.array(["female", "male"]), n, p=[0.47, 0.53])
    race = rng.choice(races, n, p=[0.55, 0.16, 0.12, 0.05, 0.02, 0.1])
    label = (rng.random(n) < 0.42 + 0.1 * (sex == "male") + 0.05 * (race == "White")).astype("int64")
    said = np.where(rng.random(n) < 0.83, label, rng.integers(0, 2, n))
    table = pa.table({
        "sex": pa.array(sex, mask=rng.random(n) < 0.004), "race": race, "region": rng.choice(regions, n),
        "band": rng.integers(1, 9, n), "segment": rng.choice(segments, n), "approved": label, "predicted": said,
        "income": rng.normal(50_000, 9_000, n), "score": rng.random(n), "note": rng.integers(0, 10**9, n).astype(str),
    })
    writer = writer or pq.ParquetWriter(path, table.schema)
    writer.write_table(table)
writer.close()
if rows <= 1_000_000:
    pc.write_csv(table, path.replace(".parquet", ".csv"), pc.WriteOptions(quoting_style="none"))
"""

POLARS = """
import sys
import polars as pl
path, how, facets = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
rest = ["approved", "predicted", "segment"]
if how == "each":
    for keys in [[facet] for facet in facets] + [["sex", "race"]]:
        frame = pl.scan_parquet(path).group_by(keys + rest).agg(pl.len()).collect()
        assert frame["len"].sum() > 0
else:
    frame = pl.scan_parquet(path).group_by(facets + rest).agg(pl.len()).collect()
    assert frame["len"].sum() > 0
"""

SMCLARIFY_PROGRAM = """
import logging, sys
import pandas
from smclarify.bias import report
logging.disable(logging.CRITICAL)
# This pandas is older than any Parquet reader at hand.
data = pandas.read_csv(sys.argv[1], usecols=sys.argv[2].split(",") + ["approved", "predicted", "segment"])
for stage in (report.StageType.PRE_TRAINING, report.StageType.POST_TRAINING):
    for facet in sys.argv[2].split(","):
        post = stage is report.StageType.POST_TRAINING
        # The flip test is left out: it needs features and takes most of the time.
        wanted = ["DPPL", "DI", "DCA", "DCR", "SD", "RD", "DAR", "DRR", "AD", "TE", "CDDPL", "GE"] if post else ["all"]
        report.bias_report(data, report.FacetColumn(facet), report.LabelColumn("approved", data["approved"], [1]), stage,
                           report.LabelColumn("predicted", data["predicted"], [1]) if post else None, wanted, data["segment"])
"""

FAIRLEARN = """
import sys
import pandas
from fairlearn import metrics as fl
from sklearn.metrics import accuracy_score, precision_score, recall_score
facets = sys.argv[2].split(",")
data = pandas.read_parquet(sys.argv[1], columns=facets + ["approved", "predicted", "segment"]).fillna({"sex": "none"})
wanted = {"count": fl.count, "selection": fl.selection_rate, "tpr": fl.true_positive_rate, "tnr": fl.true_negative_rate,
          "accuracy": accuracy_score, "precision": precision_score, "recall": recall_score}
for names in [[facet] for facet in facets] + [["sex", "race"]]:
    frame = fl.MetricFrame(metrics=wanted, y_true=data["approved"], y_pred=data["predicted"], sensitive_features=data[names])
    frame.by_group, frame.difference()
"""


def timed(command, times=3, stdin=None):
    """Of a command: the best wall time and the least processor time in seconds, and the peak of its resident memory in MB."""
    best, least, peak = float("inf"), float("inf"), 0
    for _ in range(times):
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if stdin:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, command
        best, peak = min(best, time.monotonic() - began), max(peak, usage.ru_maxrss / 1000)
        least = min(least, usage.ru_utime + usage.ru_stime)
    return best, least, peak


# All that come from counts; the flip test reads every column for a sample of rows, and is timed apart.
COUNTED = "CI DPL KL JS LP TVD KS CDDL DPPL DI DCA DCR SD RD DAR DRR AD TE CDDPL GE".split()


def question(path, facets, draws=2000, metrics=COUNTED):
    asked = [{"columns": [facet]} for facet in facets] + [{"columns": CROSSED}]
    spec = {"facets": asked, "label": "approved", "positive": {"values": [1]}, "predicted": "predicted", "group": "segment", "draws": draws, "metrics": metrics}
    return json.dumps({"bias": {"measure": {"source": {"file": str(path)}, "spec": spec}}})


def report(path, folder):
    """`fairlake bias` as a pipeline runs it: Clarify's configuration in, analysis.json out."""
    config = {
        "dataset_type": "application/x-parquet", "label": "approved", "label_values_or_threshold": [1],
        "predicted_label": "predicted", "group_variable": "segment", "facet": [{"name_or_index": facet} for facet in FACETS],
        "methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": COUNTED[8:]}},
    }
    (folder / "config.json").write_text(json.dumps(config))
    os.environ["FAIRLAKE_LAKE"] = str(folder / "lake")
    asked = ["--config", folder / "config.json", "--data", path, "--mode", "clarify", "--format", "json"]
    return timed([os.environ["FAIRLAKE_BIN"], "bias", *asked])


def fairlake(path, folder, **more):
    os.environ["FAIRLAKE_LAKE"] = str(folder / "lake")
    return timed([os.environ["FAIRLAKE_BIN"], "do", "-"], stdin=question(path, FACETS, **more))


def line(name, figures, beside=None):
    took, processor, peak = figures
    ratio = f" ({took / beside[0]:.2f} times fairlake's, {processor / beside[1]:.2f} of its processor time)" if beside else ""
    print(f"{name}: {took:.2f} s, {processor:.2f} s of processor{ratio}, {peak:.0f} MB at the peak", flush=True)
    return figures


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        large, small = folder / "large.parquet", folder / "small.parquet"
        for path, rows in ((large, ROWS), (small, FEW)):
            subprocess.run([PEERS, "-c", GENERATE, path, str(rows)], check=True)
        print(f"{ROWS:,} rows in {large.stat().st_size / 1e6:.0f} MB of Parquet; 4 facets and one intersection, 20 metrics with intervals")
        line("fairlake", fairlake(large, folder))
        ours = line("fairlake, without the intervals that are resampled", fairlake(large, folder, draws=0))
        line("fairlake, the flip test on a sample as well", fairlake(large, folder, metrics=[]))
        for how, words in (("each", "polars, a group_by for each facet"), ("one", "polars, one group_by of all columns")):
            line(words, timed([PEERS, "-c", POLARS, large, how, ",".join(FACETS)]), ours)
        print(f"{FEW:,} rows; 4 facets")
        line("fairlake", fairlake(small, folder))
        ours = line("fairlake, without the intervals that are resampled", fairlake(small, folder, draws=0))
        line("fairlearn, 7 rates by group", timed([PEERS, "-c", FAIRLEARN, small, ",".join(FACETS)]), ours)
        ours = line("fairlake bias --mode clarify --format json", report(small, folder))
        program = [SMCLARIFY, "-c", SMCLARIFY_PROGRAM, small.with_suffix(".csv"), ",".join(FACETS)]
        line("smclarify, without its flip test", timed(program, 1), ours)


if __name__ == "__main__":
    sys.exit(main())
