"""Objects there and back: boto3's transfers with every checksum, the AWS CLI, s3fs and pyarrow."""
import io
import os
import subprocess
import sys
import tempfile
import urllib.request

import boto3
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
import pytest
import s3fs
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

ALGORITHMS = ["CRC32", "SHA1", "SHA256"]
SEVERAL = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, max_concurrency=4)


@pytest.fixture(scope="module")
def bucket(lake):
    boto3.client("s3").create_bucket(Bucket="transfers")
    return "transfers"


def cli(*words, fails=False):
    """The AWS CLI's answer on standard output."""
    # In us-east-1 it would presign with version 2 of the signatures, which the lake refuses.
    settings = tempfile.NamedTemporaryFile("w", suffix=".ini")
    settings.write("[default]\ns3 =\n    signature_version = s3v4\n")
    settings.flush()
    command = [sys.executable, "-m", "awscli", *words]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "AWS_CONFIG_FILE": settings.name})
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else done.stdout


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("size", [0, 1000, 12_000_001])
def test_a_transfer_with_a_checksum(bucket, algorithm, size):
    s3 = boto3.client("s3")
    body = os.urandom(size)
    s3.upload_fileobj(io.BytesIO(body), bucket, "sum", ExtraArgs={"ChecksumAlgorithm": algorithm}, Config=SEVERAL)
    head = s3.head_object(Bucket=bucket, Key="sum", ChecksumMode="ENABLED")
    assert head["ContentLength"] == size and head[f"Checksum{algorithm}"]
    back = io.BytesIO()
    s3.download_fileobj(bucket, "sum", back, Config=SEVERAL)
    assert back.getvalue() == body
    parts = s3.get_object_attributes(Bucket=bucket, Key="sum", ObjectAttributes=["ObjectParts", "Checksum", "ObjectSize"])
    assert parts["ObjectSize"] == size and parts.get("ObjectParts", {}).get("TotalPartsCount", 1) == max(1, -(-size // (5 << 20)))


def test_a_copy_of_many_parts_and_one_of_metadata(bucket):
    s3 = boto3.resource("s3")
    body = os.urandom(11 << 20)
    s3.Object(bucket, "from").put(Body=body, Metadata={"who": "Kim"})
    s3.Object(bucket, "to").copy({"Bucket": bucket, "Key": "from"}, Config=SEVERAL)
    assert s3.Object(bucket, "to").get()["Body"].read() == body and s3.Object(bucket, "to").e_tag.endswith('-3"')
    s3.Object(bucket, "from").copy_from(CopySource=f"{bucket}/from", Metadata={"who": "Lee"}, MetadataDirective="REPLACE")
    assert s3.Object(bucket, "from").metadata == {"who": "Lee"}


def test_a_presigned_address_takes_and_gives(bucket):
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    there = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "pre signed"}, ExpiresIn=60)
    urllib.request.urlopen(urllib.request.Request(there, data=b"by address", method="PUT")).read()
    back = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "pre signed"}, ExpiresIn=60)
    assert urllib.request.urlopen(back).read() == b"by address"
    form = s3.generate_presigned_post(bucket, "posted", ExpiresIn=60)
    boundary = "x" * 20
    lines = []
    for name, value in [*form["fields"].items(), ("file", "by form")]:
        name = f'name="{name}"' + ('; filename="f"' if name == "file" else "")
        lines += [f"--{boundary}", f"Content-Disposition: form-data; {name}", "", value]
    body = "\r\n".join([*lines, f"--{boundary}--", ""]).encode()
    request = urllib.request.Request(form["url"], data=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert urllib.request.urlopen(request).status == 204
    assert s3.get_object(Bucket=bucket, Key="posted")["Body"].read() == b"by form"


def test_the_command_line_moves_files(bucket, tmp_path):
    base = f"s3://{bucket}/cli"
    tree = {"a.txt": b"a", "b c/d+e.txt": b"d", "한글/파일.csv": b"f"}
    for name, body in tree.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(body)
    big = tmp_path / "big.bin"
    big.write_bytes(os.urandom(20 << 20))
    cli("s3", "sync", str(tmp_path / "in"), f"{base}/in", "--only-show-errors")
    assert cli("s3", "sync", str(tmp_path / "in"), f"{base}/in") == "", "what is there is not sent again"
    listed = [line.split(None, 3)[3] for line in cli("s3", "ls", f"{base}/in/", "--recursive").splitlines()]
    assert listed == [f"cli/in/{name}" for name in sorted(tree)]
    assert "PRE b c/" in cli("s3", "ls", f"{base}/in/")
    cli("s3", "cp", str(big), f"{base}/big.bin", "--checksum-algorithm", "CRC32", "--only-show-errors")
    cli("s3", "mv", f"{base}/big.bin", f"{base}/moved.bin", "--only-show-errors")
    cli("s3", "cp", f"{base}/moved.bin", str(tmp_path / "back.bin"), "--only-show-errors")
    assert (tmp_path / "back.bin").read_bytes() == big.read_bytes()
    assert "404" in cli("s3api", "head-object", "--bucket", bucket, "--key", "cli/big.bin", fails=True)
    cli("s3", "cp", f"{base}/in", str(tmp_path / "out"), "--recursive", "--only-show-errors")
    assert {name: (tmp_path / "out" / name).read_bytes() for name in tree} == tree
    address = cli("s3", "presign", f"{base}/in/a.txt").strip()
    assert urllib.request.urlopen(address).read() == b"a"
    (tmp_path / "in" / "a.txt").unlink()
    cli("s3", "sync", str(tmp_path / "in"), f"{base}/in", "--delete", "--only-show-errors")
    assert cli("s3", "ls", f"{base}/in/a.txt", fails=True) == ""
    cli("s3", "rm", base, "--recursive", "--only-show-errors")
    assert "Contents" not in boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="cli/")
    cli("s3", "mb", "s3://made-here")
    cli("s3", "rb", "s3://made-here")
    assert "NoSuchBucket" in cli("s3", "ls", "s3://made-here", fails=True)
    assert cli("sts", "get-caller-identity", "--query", "Account", "--output", "text").strip() == "000000000000"


def test_s3fs_and_pyarrow_share_a_data_set(bucket, lake):
    table = pa.table({"id": list(range(1000)), "kind": ["a", "b"] * 500, "word": ["낱말"] * 1000})
    fs = s3fs.S3FileSystem(endpoint_url=lake.env["AWS_ENDPOINT_URL"])
    pq.write_to_dataset(table, f"{bucket}/set", partition_cols=["kind"], filesystem=fs)
    assert sorted(name.rsplit("/", 1)[1] for name in fs.ls(f"{bucket}/set")) == ["kind=a", "kind=b"]
    back = pq.read_table(f"{bucket}/set", filesystem=fs, filters=[("kind", "=", "a")])
    assert back.num_rows == 500 and back["word"][0].as_py() == "낱말"
    arrow = pyarrow.fs.S3FileSystem(
        endpoint_override=lake.env["AWS_ENDPOINT_URL"].removeprefix("http://"), scheme="http", region="us-east-1",
        access_key=lake.env["AWS_ACCESS_KEY_ID"], secret_key=lake.env["AWS_SECRET_ACCESS_KEY"],
    )
    assert ds.dataset(f"{bucket}/set", filesystem=arrow, partitioning="hive").count_rows() == 1000
    big = pa.table({"x": pa.array(range(3_000_000))})
    pq.write_table(big, f"{bucket}/big.parquet", filesystem=arrow, compression="none")
    assert pq.read_table(f"{bucket}/big.parquet", filesystem=arrow).equals(big)
    arrow.copy_file(f"{bucket}/big.parquet", f"{bucket}/copy.parquet")
    arrow.delete_file(f"{bucket}/big.parquet")
    assert arrow.get_file_info(f"{bucket}/big.parquet").type == pyarrow.fs.FileType.NotFound
    with fs.open(f"{bucket}/appended.txt", "wb", block_size=5 << 20) as file:
        file.write(b"x" * (12 << 20))
    with fs.open(f"{bucket}/appended.txt", "ab") as file:
        file.write(b"end")
    assert fs.size(f"{bucket}/appended.txt") == (12 << 20) + 3 and fs.cat_file(f"{bucket}/appended.txt", start=-3) == b"end"
    fs.mv(f"{bucket}/appended.txt", f"{bucket}/moved.txt")
    assert not fs.exists(f"{bucket}/appended.txt") and fs.exists(f"{bucket}/moved.txt")
    fs.rm(f"{bucket}/set", recursive=True)
    assert fs.find(f"{bucket}/set") == []


def test_an_upload_that_is_told_wrong_is_refused(bucket):
    # Left to itself, it would try again and again.
    s3 = boto3.client("s3", config=Config(retries={"total_max_attempts": 1}))
    for wrong in ({"ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, {"ChecksumSHA256": "A" * 43 + "="}, {"ChecksumCRC32": "AAAAAA=="}):
        with pytest.raises(ClientError) as refused:
            s3.put_object(Bucket=bucket, Key="refused", Body=b"body", **wrong)
        assert refused.value.response["Error"]["Code"] == "BadDigest"
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="refused")
