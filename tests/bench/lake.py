"""Times the lake as its clients see it: bytes beside cp in the same run, small objects, a listing's first page, the shortest query.

It needs boto3: tests/run clients has put it into a virtual environment, which tests/bench/run uses.
"""
import concurrent.futures
import os
import shutil
import statistics
import time

GIB = 1 << 30
SMALL, KEYS = 10_000, 100_000


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def client(name, ready):
    import boto3
    from botocore.config import Config

    return boto3.client(
        name, endpoint_url=ready["endpoint"], region_name=ready["region"], config=Config(max_pool_connections=32),
        aws_access_key_id=ready["access_key_id"], aws_secret_access_key=ready["secret_access_key"],
    )


def bytes_there_and_back(folder, s3):
    path, back = folder / "gib.bin", folder / "back.bin"
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for _ in range(GIB >> 20):
            file.write(block)

    def copy():
        shutil.copyfile(path, back)
        with back.open("rb+") as file:
            os.fsync(file)

    copies = timed(copy)
    back.unlink()
    up = timed(lambda: s3.upload_file(str(path), "bench", "gib"))
    down = timed(lambda: s3.download_file("bench", "gib", str(back)))
    with path.open("rb") as file:
        whole = timed(lambda: s3.put_object(Bucket="bench", Key="whole", Body=file))
    for what, took in (("up in parts", up), ("up in one", whole), ("down", down)):
        print(f"1 GiB {what}: {took:.1f} s, {took / copies:.1f} times cp ({copies:.1f} s)")


def small_objects(s3):
    def put(number):
        s3.put_object(Bucket="bench", Key=f"small/{number % 100}/{number}", Body=b"x" * 1000)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        took = timed(lambda: list(pool.map(put, range(SMALL))))
    print(f"{SMALL} objects of 1,000 bytes: {took:.1f} s, {SMALL / took:.0f} a second")


def listing(folder, s3):
    # Put there by hand: what is measured is the listing.
    many = folder / "lake" / "buckets" / "bench" / "many"
    many.mkdir()
    for number in range(KEYS):
        (many / f"key-{number:06}").touch()
    time.sleep(3)
    first = timed(lambda: s3.list_objects_v2(Bucket="bench", Prefix="many/"))
    again = [timed(lambda: s3.list_objects_v2(Bucket="bench", Prefix="many/")) for _ in range(10)]
    inside = timed(lambda: s3.list_objects_v2(Bucket="bench", Prefix="many/", StartAfter="many/key-050000"))
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bench", Prefix="many/")
    found = 0

    def all_of_it():
        nonlocal found
        found = sum(page["KeyCount"] for page in pages)

    whole = timed(all_of_it)
    assert found == KEYS
    print(
        f"listing {KEYS} keys: first page {first * 1000:.0f} ms, then {statistics.median(again) * 1000:.0f} ms; "
        f"one from the middle {inside * 1000:.0f} ms; all of them {whole:.1f} s"
    )


def shortest_query(athena):
    def ask():
        query = athena.start_query_execution(QueryString="SELECT 1")["QueryExecutionId"]
        while athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] in ("QUEUED", "RUNNING"):
            time.sleep(0.001)
        assert athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1]["Data"][0]["VarCharValue"] == "1"
        return athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Statistics"]["EngineExecutionTimeInMillis"]

    ask()
    engine, times = [], []
    for _ in range(50):
        times.append(timed(lambda: engine.append(ask())) * 1000)
    print(f"SELECT 1 to its row: {statistics.median(times):.0f} ms, of which the engine says {statistics.median(engine):.0f} ms (median of 50)")


def lake(folder, ready):
    s3 = client("s3", ready)
    s3.create_bucket(Bucket="bench")
    bytes_there_and_back(folder, s3)
    small_objects(s3)
    listing(folder, s3)
    shortest_query(client("athena", ready))
