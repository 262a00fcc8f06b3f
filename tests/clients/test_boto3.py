"""boto3 and the AWS CLI, unchanged, against a served lake."""
import io
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ROWS = "rating,category,review\n" + "".join(
    f"{1 + i % 5},{'dress' if i % 3 else '니트'},good number {i}\n" for i in range(300)
)


@pytest.fixture(scope="module")
def bucket(lake):
    boto3.client("s3").create_bucket(Bucket="shop")
    boto3.client("s3").put_object(Bucket="shop", Key="raw/reviews/part-1.csv", Body=ROWS.encode())
    return "shop"


def query(sql, database="default"):
    """Runs a statement and gives its rows as texts, the header first."""
    athena = boto3.client("athena")
    started = athena.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": database})
    execution = started["QueryExecutionId"]
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            break
        time.sleep(0.05)
    assert status["State"] == "SUCCEEDED", status.get("StateChangeReason")
    rows = athena.get_query_results(QueryExecutionId=execution)["ResultSet"]["Rows"]
    return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]


def test_identity(lake):
    assert boto3.client("sts").get_caller_identity()["Account"] == "000000000000"


def test_objects_come_back_as_they_went_in(bucket):
    s3 = boto3.client("s3")
    body = bytes(range(256)) * 4096
    s3.put_object(Bucket=bucket, Key="한글/a b+c%.bin", Body=body, Metadata={"who": "me"})
    got = s3.get_object(Bucket=bucket, Key="한글/a b+c%.bin")
    assert got["Body"].read() == body and got["Metadata"] == {"who": "me"}
    part = s3.get_object(Bucket=bucket, Key="한글/a b+c%.bin", Range="bytes=10-19")
    assert part["Body"].read() == body[10:20]
    keys = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="한글/")["Contents"]]
    assert keys == ["한글/a b+c%.bin"]


def test_a_large_upload_goes_in_parts(bucket):
    s3 = boto3.client("s3")
    body = b"0123456789abcdef" * (1 << 20)
    s3.upload_fileobj(io.BytesIO(body), bucket, "big.bin")
    head = s3.head_object(Bucket=bucket, Key="big.bin")
    assert head["ContentLength"] == len(body) and head["ETag"].endswith('-2"')
    out = io.BytesIO()
    s3.download_fileobj(bucket, "big.bin", out)
    assert out.getvalue() == body
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_a_wrong_key_is_refused(lake):
    wrong = {"aws_access_key_id": lake.env["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "no"}
    for service, call in (("s3", "list_buckets"), ("glue", "get_databases"), ("athena", "list_work_groups"), ("sts", "get_caller_identity")):
        with pytest.raises(ClientError) as refused:
            getattr(boto3.client(service, config=Config(retries={"max_attempts": 1}), **wrong), call)()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403), service


def test_a_crawler_crawls_and_athena_answers(bucket):
    glue = boto3.client("glue")
    glue.create_database(DatabaseInput={"Name": "shop"})
    glue.create_crawler(Name="reviews", Role="lake", DatabaseName="shop", Targets={"S3Targets": [{"Path": f"s3://{bucket}/raw/"}]})
    glue.start_crawler(Name="reviews")
    end = time.monotonic() + 60
    while glue.get_crawler(Name="reviews")["Crawler"]["State"] != "READY" and time.monotonic() < end:
        time.sleep(0.1)
    crawler = glue.get_crawler(Name="reviews")["Crawler"]
    assert crawler["LastCrawl"]["Status"] == "SUCCEEDED", crawler
    tables = glue.get_tables(DatabaseName="shop")["TableList"]
    assert len(tables) == 1
    columns = {c["Name"]: c["Type"] for c in tables[0]["StorageDescriptor"]["Columns"]}
    assert columns == {"rating": "bigint", "category": "string", "review": "string"}
    name = tables[0]["Name"]
    rows = query(f'SELECT category, count(*) AS n, avg(rating) FROM "{name}" GROUP BY category ORDER BY n DESC', "shop")
    assert rows[1:] == [["dress", "200", "3.0"], ["니트", "100", "3.0"]]


def test_the_command_line_lists_crawlers(bucket):
    listed = subprocess.run([sys.executable, "-m", "awscli", "glue", "get-crawlers"], capture_output=True, check=True, text=True)
    assert [c["Name"] for c in json.loads(listed.stdout)["Crawlers"]] == ["reviews"]


def test_the_errors_are_athena_s(bucket):
    athena = boto3.client("athena")
    with pytest.raises(ClientError) as refused:
        athena.start_query_execution(QueryString="SELEC 1")
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"
    with pytest.raises(AssertionError, match="TABLE_NOT_FOUND: line 1:15"):
        query("SELECT * FROM nowhere", "shop")
    with pytest.raises(AssertionError, match=r"COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved"):
        query("SELECT nothing FROM raw", "shop")


def post(presigned, name, body, **fields):
    """Sends a form as a browser does; gives the status and the text of the answer."""
    edge = "----edge7MA4YWxk"
    parts = [(key, None, value.encode()) for key, value in {**presigned["fields"], **fields}.items()] + [("file", name, body)]
    sent = b""
    for key, file, value in parts:
        named = f'; filename="{file}"' if file else ""
        sent += f'--{edge}\r\nContent-Disposition: form-data; name="{key}"{named}\r\n\r\n'.encode() + value + b"\r\n"
    request = urllib.request.Request(presigned["url"], sent + f"--{edge}--\r\n".encode(), method="POST")
    request.add_header("Content-Type", f"multipart/form-data; boundary={edge}")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_a_presigned_form_uploads_one_file(bucket):
    # Left to itself boto3 signs forms with version 2, which AWS takes for no new bucket.
    s3 = boto3.client("s3", config=Config(signature_version="s3v4"))
    conditions = [["content-length-range", 1, 100], ["starts-with", "$Content-Type", "text/"], {"acl": "private"}]
    presigned = s3.generate_presigned_post(bucket, "forms/${filename}", Conditions=conditions, ExpiresIn=60)
    fields = {"Content-Type": "text/csv", "acl": "private"}
    assert post(presigned, "a b.csv", b"a,b\n1,2\n", **fields) == (204, "")
    stored = s3.get_object(Bucket=bucket, Key="forms/a b.csv")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"a,b\n1,2\n", "text/csv")
    for status, code, body, sent in (
        (400, "EntityTooLarge", b"x" * 101, fields),
        (403, "AccessDenied", b"x", {**fields, "Content-Type": "image/png"}),
        (403, "AccessDenied", b"x", {**fields, "x-amz-meta-more": "1"}),
        (403, "SignatureDoesNotMatch", b"x", {**fields, "policy": presigned["fields"]["policy"].replace("e", "f", 1)}),
    ):
        found, text = post(presigned, "no.csv", body, **sent)
        assert (found, f"<Code>{code}</Code>" in text) == (status, True), text
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="forms/")["Contents"]] == ["forms/a b.csv"]


def test_a_bucket_says_who_may_use_it_and_how_it_is_encrypted(bucket):
    s3 = boto3.client("s3")
    rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://*.example.com"], "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60}]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
    s3.delete_bucket_cors(Bucket=bucket)
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"] == [default]
    s3.put_object(Bucket=bucket, Key="kms", Body=b"x", ServerSideEncryption="aws:kms")
    assert s3.head_object(Bucket=bucket, Key="kms")["ServerSideEncryption"] == "aws:kms"
    with pytest.raises(ClientError, match="must be made over a secure connection"):
        own = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}
        s3.put_object(Bucket=bucket, Key="own", Body=b"x", **own)


def test_what_aws_has_closed_is_closed(bucket):
    s3 = boto3.client("s3")
    with pytest.raises(ClientError, match="MethodNotAllowed"):
        csv = {"CSV": {"FileHeaderInfo": "USE"}}
        expression = "SELECT * FROM s3object"
        serde = {"InputSerialization": csv, "OutputSerialization": {"CSV": {}}}
        s3.select_object_content(Bucket=bucket, Key="raw/reviews/part-1.csv", Expression=expression, ExpressionType="SQL", **serde)
