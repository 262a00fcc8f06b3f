"""The lake's SQL beside DuckDB, on this machine, in one run: TPC-H at scale 1 on Parquet, a gigabyte of CSV, and how soon a query stops.

The lake is asked through its Athena API and says itself how long a query took, from its arrival to its result as a file, so that asking for its
state takes nothing from the two cores; DuckDB reads the same files in a process of its own, from the statement to its rows. Each figure is the best of three; memory is the peak resident size of the process while it works.
FAIRLAKE_BIN is the program. FAIRLAKE_BENCH_DATA is where the generated files are kept.
"""
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

CORES = {0, 1} & os.sched_getaffinity(0)
DATA = pathlib.Path(os.environ.get("FAIRLAKE_BENCH_DATA", pathlib.Path.home() / ".cache/fairlake-bench/data"))
TIMES = 3
TYPES = {"int32": "int", "int64": "bigint", "string": "string", "large_string": "string", "string_view": "string", "date32[day]": "date"}
CSV_COLUMNS = {"id": "bigint", "shop": "string", "item": "int", "price": "double", "note": "string"}
CSV = {
    "count": "SELECT count(*) FROM sales",
    "groups": "SELECT shop, count(*), sum(price), avg(item) FROM sales GROUP BY shop ORDER BY shop",
    "filter": "SELECT item, max(price) FROM sales WHERE note LIKE '%7%' AND price > 50 GROUP BY item ORDER BY 2 DESC LIMIT 10",
}
LONG = {
    "cross join": "SELECT sum(sqrt(a.l_orderkey + b.l_orderkey)) FROM lineitem a CROSS JOIN lineitem b",
    "join of no pair": "SELECT count(*) FROM lineitem a JOIN lineitem b ON a.l_orderkey + b.l_orderkey < 0",
    "sort": "SELECT * FROM lineitem a CROSS JOIN (VALUES 1, 2, 3, 4) AS t(n) ORDER BY l_comment, l_extendedprice",
    "window": "SELECT sum(n) FROM (SELECT row_number() OVER (PARTITION BY l_suppkey ORDER BY l_extendedprice DESC) AS n FROM lineitem CROSS JOIN (VALUES 1, 2, 3, 4) AS t(m)) AS w",
    "table": "CREATE TABLE copied WITH (format = 'ORC') AS SELECT * FROM lineitem CROSS JOIN (VALUES 1, 2, 3, 4) AS t(n)",
}

DUCK = """
import sys, time, json, pathlib
import duckdb
connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.execute("SET enable_progress_bar = false")
for name, source in json.loads(sys.argv[1]).items():
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")
for line in sys.stdin:
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    began = time.monotonic()
    rows = connection.execute(json.loads(line)).fetchall()
    print(json.dumps([time.monotonic() - began, len(rows)]), flush=True)
"""


def statements():
    text = (pathlib.Path(__file__).parent.parent / "clients/sql/tpch.sql").read_text()
    parts = [part.strip() for part in text.split("-- ") if part.strip()]
    return {f"q{int(part.split(chr(10), 1)[0]):02}": part.split("\n", 1)[1].strip().rstrip(";") for part in parts}


def generated():
    """The Parquet files of TPC-H, and a CSV of a gigabyte, made once."""
    tpch, csv = DATA / "tpch-1", DATA / "sales.csv"
    if not (tpch / "lineitem.parquet").exists():
        tpch.mkdir(parents=True, exist_ok=True)
        subprocess.run([pathlib.Path(sys.executable).parent / "tpchgen-cli", "parquet", "-s", "1", "-o", tpch], check=True, stdout=subprocess.DEVNULL)
    if not csv.exists():
        rng = random.Random(7)
        block = "".join(
            f"{{}}{rng.randrange(10**6):06},shop {rng.randrange(200):03},{rng.randrange(5000)},{rng.uniform(0, 100):.2f},note {rng.randrange(10**9)} on it\n"
            for _ in range(100_000)
        )
        partial = csv.with_suffix(".partial")
        with partial.open("w") as file:
            while file.tell() < 1 << 30:
                file.write(block.replace("{}", str(rng.randrange(100, 1000))))
        partial.rename(csv)
    return tpch, csv


def peak(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def worked(pid):
    """The processor time of a process so far, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Lake:
    def __init__(self, folder):
        command = [os.environ["FAIRLAKE_BIN"], "serve", "--lake", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, CORES))
        import boto3

        ready = json.loads(self.process.stdout.readline())
        session = boto3.Session(ready["access_key_id"], ready["secret_access_key"], region_name=ready["region"])
        self.s3, self.athena = (session.client(name, endpoint_url=ready["endpoint"]) for name in ("s3", "athena"))
        self.s3.create_bucket(Bucket="bench")

    def start(self, sql):
        place = {"OutputLocation": "s3://bench/results/"}
        return self.athena.start_query_execution(QueryString=sql, ResultConfiguration=place)["QueryExecutionId"]

    def execution(self, query):
        return self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]

    def state(self, query):
        return self.execution(query)["Status"]

    def run(self, sql):
        """Seconds, and the id of the execution."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        query = self.start(sql)
        while (execution := self.execution(query))["Status"]["State"] in ("QUEUED", "RUNNING"):
            time.sleep(0.02)
        assert execution["Status"]["State"] == "SUCCEEDED", f"{sql}\n{execution}"
        return execution["Statistics"]["TotalExecutionTimeInMillis"] / 1000, query

    def rows(self, query):
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        return sum(len(page["ResultSet"]["Rows"]) for page in pages) - 1

    def stops(self, sql):
        """How long a stop takes: until the state says so, and until the processor rests."""
        query = self.start(sql)
        while self.state(query)["State"] == "QUEUED":
            time.sleep(0.01)
        time.sleep(1.0)
        began = time.monotonic()
        self.athena.stop_query_execution(QueryExecutionId=query)
        while self.state(query)["State"] == "RUNNING":
            assert time.monotonic() - began < 60, f"not stopped: {sql}"
            time.sleep(0.001)
        said = time.monotonic() - began
        while time.monotonic() - began < 10:
            before = worked(self.process.pid)
            time.sleep(0.05)
            if worked(self.process.pid) - before < 0.02:
                break
        return said, time.monotonic() - began - 0.05


class Duck:
    def __init__(self, sources):
        command = [sys.executable, "-c", DUCK, json.dumps(sources)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, CORES)
        )

    def run(self, sql):
        self.process.stdin.write(json.dumps(sql) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def compare(title, queries, lake, duck):
    ratios, peaks = {}, ([], [])
    print(f"{title}\n{'':8}{'lake':>9}{'DuckDB':>9}{'ratio':>8}{'lake MB':>9}{'DuckDB MB':>11}")
    for name, sql in queries.items():
        mine, query = min(lake.run(sql) for _ in range(TIMES))
        memory = peak(lake.process.pid)
        theirs, rows = min(duck.run(sql) for _ in range(TIMES))
        other = peak(duck.process.pid)
        assert lake.rows(query) == rows, name
        ratios[name] = mine / theirs
        peaks[0].append(memory)
        peaks[1].append(other)
        print(f"{name:8}{mine:8.3f}s{theirs:8.3f}s{mine / theirs:8.2f}{memory:9.0f}{other:11.0f}", flush=True)
    mean = math.exp(statistics.fmean(math.log(ratio) for ratio in ratios.values()))
    worst = sorted(ratios, key=ratios.get, reverse=True)[:5]
    print(f"{title}: {mean:.2f} times DuckDB (geometric mean of {len(ratios)}), memory at most {max(peaks[0]):.0f} MB against {max(peaks[1]):.0f}; "
          f"worst {', '.join(f'{name} {ratios[name]:.2f}' for name in worst)}")


def main():
    import pyarrow.parquet as pq

    tpch, csv = generated()
    with tempfile.TemporaryDirectory(prefix="fairlake-bench-") as folder:
        lake = Lake(pathlib.Path(folder) / "lake")
        try:
            sources = {}
            for file in sorted(tpch.glob("*.parquet")):
                columns = ", ".join(f"{field.name} {TYPES.get(str(field.type)) or str(field.type).replace('decimal128', 'decimal')}" for field in pq.read_schema(file))
                lake.s3.upload_file(str(file), "bench", f"{file.stem}/{file.name}")
                lake.run(f"CREATE EXTERNAL TABLE {file.stem} ({columns}) STORED AS PARQUET LOCATION 's3://bench/{file.stem}/'")
                sources[file.stem] = f"read_parquet('{file}')"
            lake.s3.upload_file(str(csv), "bench", "sales/sales.csv")
            columns = ", ".join(f"{name} {kind}" for name, kind in CSV_COLUMNS.items())
            lake.run(f"CREATE EXTERNAL TABLE sales ({columns}) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://bench/sales/'")
            kinds = {name: {"string": "VARCHAR", "int": "INTEGER"}.get(kind, kind.upper()) for name, kind in CSV_COLUMNS.items()}
            sources["sales"] = f"read_csv('{csv}', header = false, columns = {kinds})"
            duck = Duck(sources)
            try:
                compare("TPC-H 1 on Parquet", statements(), lake, duck)
                compare(f"CSV of {csv.stat().st_size / 1e9:.2f} GB", CSV, lake, duck)
            finally:
                duck.process.kill()
                duck.process.wait()
            for name, sql in LONG.items():
                said, rests = (statistics.median(part) * 1000 for part in zip(*(lake.stops(sql) for _ in range(5))))
                print(f"{name}: a stop is said after {said:.0f} ms, and the processor rests after {rests:.0f} ms (median of 5)", flush=True)
        finally:
            lake.process.terminate()
            lake.process.wait()


main()
