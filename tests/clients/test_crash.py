"""Clients write while the server is killed and started again: what was acknowledged is there and whole, and nothing else is left.

FAIRLAKE_CRASHES says how often it is killed: a dozen times where nothing is said.
"""
import functools
import hashlib
import os
import random
import threading
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from conftest import Lake

CRASHES = int(os.environ.get("FAIRLAKE_CRASHES", "12"))
PART = 5 << 20
# What a client sees of a server that is gone, or that is shutting down.
GONE = (BotoCoreError, ClientError, ConnectionError)


def content(key, version, size):
    seed = hashlib.sha256(f"{key} {version}".encode()).digest()
    return (seed * (size // len(seed) + 1))[:size]


class Writer(threading.Thread):
    """Does one kind of work over and over, and remembers what was acknowledged."""

    def __init__(self, lake, number, over):
        super().__init__(daemon=True)
        self.lake, self.over, self.random = lake, over, random.Random(number)
        self.name = f"writer-{number}"
        # For each key what was acknowledged last, and what has been tried since.
        self.known, self.tried, self.acknowledged, self.failure = {}, {}, 0, None

    @functools.cache
    def client(self, name):
        once = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=30)
        env = self.lake.env
        return boto3.client(
            name, config=once, endpoint_url=env["AWS_ENDPOINT_URL"], region_name=env["AWS_REGION"],
            aws_access_key_id=env["AWS_ACCESS_KEY_ID"], aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        )

    def run(self):
        try:
            turn = 0
            while not self.over.is_set():
                turn += 1
                key = f"{self.name}/folder {turn % 5}/key-{turn % 23}"
                self.tried.setdefault(key, []).append(turn)
                try:
                    kept = self.work(key, turn)
                except GONE:
                    time.sleep(0.02)
                    continue
                self.known[key], self.tried[key] = kept, []
                self.acknowledged += 1
        except Exception as failure:
            self.failure = failure

    def check(self):
        assert self.failure is None, self.failure
        for key in {*self.known, *self.tried}:
            self.look(key, [self.known.get(key), *self.tried.get(key, [])])


class Objects(Writer):
    """Puts objects over one another, and deletes some."""

    SIZES = (0, 100, 70_000, 1_500_000)

    def work(self, key, turn):
        s3 = self.client("s3")
        if self.deletes(turn):
            s3.delete_object(Bucket="crashes", Key=key)
        else:
            s3.put_object(Bucket="crashes", Key=key, Body=self.body(key, turn), Metadata={"turn": str(turn)})
        return turn

    def deletes(self, turn):
        return turn % 7 == 0

    def body(self, key, turn):
        return content(key, turn, self.SIZES[turn % len(self.SIZES)])

    def look(self, key, turns):
        try:
            got = self.client("s3").get_object(Bucket="crashes", Key=key)
        except self.client("s3").exceptions.NoSuchKey:
            assert any(turn is None or self.deletes(turn) for turn in turns), f"{key} is lost: {turns}"
            return
        turn, body = int(got["Metadata"]["turn"]), got["Body"].read()
        assert turn in turns and not self.deletes(turn), f"{key} is {turn}, not one of {turns}"
        assert body == self.body(key, turn), f"{key} is not whole"


class Uploads(Objects):
    """Uploads objects in parts, of which some are never completed."""

    def deletes(self, turn):
        return False

    def body(self, key, turn):
        return content(key, turn, PART + 1000)

    def work(self, key, turn):
        s3, body = self.client("s3"), self.body(key, turn)
        upload = {"Bucket": "crashes", "Key": key}
        upload["UploadId"] = s3.create_multipart_upload(**upload, Metadata={"turn": str(turn)})["UploadId"]
        parts = [
            {"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=part)["ETag"]} for n, part in ((1, body[:PART]), (2, body[PART:]))
        ]
        s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        return turn


class Tables(Writer):
    """Makes tables through Athena, each with rows of its own, and versions of one through Glue."""

    def work(self, key, turn):
        name = f"made_{turn}"
        athena, glue = self.client("athena"), self.client("glue")
        sql = f"CREATE TABLE crashes.{name} AS SELECT n, n * {turn} AS product FROM UNNEST(sequence(1, 500)) AS t (n)"
        query = athena.start_query_execution(QueryString=sql)["QueryExecutionId"]
        while True:
            status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.02)
        assert status["State"] == "SUCCEEDED" or "The lake was stopped" in status["StateChangeReason"], status
        if status["State"] != "SUCCEEDED":
            raise ConnectionError(status["StateChangeReason"])
        table = glue.get_table(DatabaseName="crashes", Name=name)["Table"]
        changed = {"Name": name, "StorageDescriptor": table["StorageDescriptor"], "TableType": "EXTERNAL_TABLE", "Parameters": {"turn": str(turn)}}
        glue.update_table(DatabaseName="crashes", TableInput=changed)
        self.whole = [*getattr(self, "whole", []), (name, turn)]
        return turn

    def look(self, key, turns):
        pass

    def check(self):
        super().check()
        assert self.whole
        athena, glue = self.client("athena"), self.client("glue")
        for name, turn in self.whole:
            assert glue.get_table(DatabaseName="crashes", Name=name)["Table"]["Parameters"] == {"turn": str(turn)}
            query = athena.start_query_execution(QueryString=f"SELECT count(*), sum(product) FROM crashes.{name}")["QueryExecutionId"]
            while athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] in ("QUEUED", "RUNNING"):
                time.sleep(0.01)
            rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
            assert [cell["VarCharValue"] for cell in rows[1]["Data"]] == ["500", str(turn * 125_250)], name


def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(tmp_path):
    lake = Lake(tmp_path / "lake")
    over = threading.Event()
    kinds = [Objects, Objects, Objects, Uploads, Tables]
    writers = [kind(lake, number, over) for number, kind in enumerate(kinds)]
    writers[0].client("s3").create_bucket(Bucket="crashes")
    writers[0].client("glue").create_database(DatabaseInput={"Name": "crashes"})
    moments = random.Random(1)
    for writer in writers:
        writer.start()
    for _ in range(CRASHES):
        time.sleep(moments.uniform(0.2, 1.2))
        lake.kill()
        lake.start(lake.port)
    time.sleep(1)
    over.set()
    for writer in writers:
        writer.join(60)
    try:
        for writer in writers:
            writer.check()
        counts = {f"{writer.name} ({type(writer).__name__})": writer.acknowledged for writer in writers}
        assert all(counts.values()), counts
        s3 = writers[0].client("s3")
        keys = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="crashes") for o in page.get("Contents", [])]
        mine = {key for writer in writers for key in {*writer.known, *writer.tried}}
        assert {key for key in keys if key.startswith("writer-")} <= mine
        for upload in s3.list_multipart_uploads(Bucket="crashes").get("Uploads", []):
            s3.abort_multipart_upload(Bucket="crashes", Key=upload["Key"], UploadId=upload["UploadId"])
        lake.kill()
        lake.start(lake.port)
        left = [path for path in (lake.folder / "staging").rglob("*") if path.is_file()]
        assert left == [], "what nobody refers to goes at the next start"
        print(f"killed {CRASHES} times; acknowledged {sum(writer.acknowledged for writer in writers)}: {counts}")
    finally:
        lake.stop()
