"""Avro, ORC, compressed texts and buckets: files of other hands read by the lake, and files of the lake read by other hands, row by row."""
import bz2
import datetime
import decimal
import gzip
import io
import json
import struct
import time
import zlib

import boto3
import cramjam
import fastavro
import pyarrow as pa
import pyarrow.orc
import pytest
from backports import zstd

from test_boto3 import query

BUCKET = "formats"
UTC = datetime.timezone.utc


def moment(text):
    return datetime.datetime.fromisoformat(text)


NAMES = ["id", "n", "ok", "price", "ratio", "amount", "day", "at", "name", "data", "tags", "counts", "who"]
# A plain row, one of edges (but for the last second before 1970, which ORC cannot say), one of NULLs, and one where only the nested values lack something.
ROWS = [
    (1, 10**15, True, 2.5, 1.5, decimal.Decimal("12.34"), datetime.date(2024, 2, 29), moment("2024-02-29 12:34:56.789"), "서울", b"\x00\xff",
     ["a", "b"], {"k": 1, "l": 2}, {"name": "Ünï 🙂", "age": 30}),
    (-7, -(2**63), False, -0.125, -1.0, decimal.Decimal("-99999999.99"), datetime.date(1905, 3, 1), moment("1969-12-31 23:59:58.999"), "", b"",
     [], {}, {"name": "", "age": -1}),
    (None,) * 13,
    (2**31 - 1, 2**63 - 1, True, 1e10, 0.5, decimal.Decimal("0.00"), datetime.date(1969, 12, 31), moment("1901-01-01 00:00:00.001"),
     'quo"te,\n\tline', b"plain", ["x", None], {"none": None}, {"name": None, "age": None}),
]
COLUMNS = {
    "id": "int", "n": "bigint", "ok": "boolean", "price": "double", "ratio": "float", "amount": "decimal(10,2)", "day": "date", "at": "timestamp",
    "name": "string", "data": "binary", "tags": "array<string>", "counts": "map<string,int>", "who": "struct<name:string,age:int>",
}
# What SELECT shows of the columns, nested values as JSON.
SHOWN = """id, n, ok, cast(price AS decimal(20,3)), cast(ratio AS decimal(5,2)), amount, day, at, name, to_hex(data),
    json_format(cast(tags AS json)), json_format(cast(counts AS json)), who.name, who.age"""


def shown(row):
    """A row of Python's values as the texts that the query above answers."""
    id, n, ok, price, ratio, amount, day, at, name, data, tags, counts, who = row

    def text(value, form=str):
        return None if value is None else form(value)

    compact = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    who = who or {"name": None, "age": None}
    return [
        text(id), text(n), text(ok, lambda ok: str(ok).lower()), text(price, "{:.3f}".format), text(ratio, "{:.2f}".format), text(amount), text(day),
        text(at, lambda at: at.isoformat(" ", "milliseconds")), name, text(data, lambda data: data.hex().upper()),
        text(tags, compact), text(counts, compact), who["name"], text(who["age"]),
    ]


def in_order(rows):
    return sorted(rows, key=lambda row: (row[0] is None, row[0] or 0))


@pytest.fixture(scope="module")
def s3(lake):
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


def bodies(s3, prefix):
    """The objects below a prefix: key to bytes."""
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return {entry["Key"]: s3.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read() for entry in listed}


def external(name, stored, columns=COLUMNS, more=""):
    listed = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
    query(f"CREATE EXTERNAL TABLE {name} ({listed}) {stored} LOCATION 's3://{BUCKET}/{name}/' {more}")


def answer(table, columns=SHOWN):
    return query(f"SELECT {columns} FROM {table} ORDER BY id")[1:]


def refused(sql):
    with pytest.raises(AssertionError) as error:
        query(sql)
    return str(error.value)


# Avro

def optional(kind):
    return ["null", kind]


AVRO = {
    "type": "record", "name": "Row", "namespace": "of.another.hand",
    "fields": [
        {"name": name, "type": optional(kind), "default": None}
        for name, kind in zip(NAMES, [
            "int", "long", "boolean", "double", "float", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2},
            {"type": "int", "logicalType": "date"}, {"type": "long", "logicalType": "timestamp-millis"}, "string", "bytes",
            {"type": "array", "items": optional("string")}, {"type": "map", "values": optional("int")},
            {"type": "record", "name": "Who", "fields": [{"name": "name", "type": optional("string")}, {"name": "age", "type": optional("int")}]},
        ])
    ],
}


def avro_file(rows, schema=AVRO, codec="null"):
    body = io.BytesIO()
    records = [dict(zip(NAMES, row)) for row in rows]
    for record in records:
        if record["at"] is not None:
            record["at"] = record["at"].replace(tzinfo=UTC)
    fastavro.writer(body, schema, records, codec=codec, sync_interval=20)
    return body.getvalue()


def avro_rows(body):
    rows = []
    for record in fastavro.reader(io.BytesIO(body)):
        record["at"] = record["at"] and record["at"].replace(tzinfo=None)
        rows.append(tuple(record[name] for name in NAMES))
    return rows


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard", "bzip2"])
def test_avro_of_another_hand(s3, codec):
    name = f"avro_{codec}"
    s3.put_object(Bucket=BUCKET, Key=f"{name}/rows.avro", Body=avro_file(ROWS, codec=codec))
    external(name, "STORED AS AVRO")
    assert answer(name) == [shown(row) for row in in_order(ROWS)]
    assert query(f"SELECT count(*), count(id), max(who.age) FROM {name} WHERE name <> 'x'")[1:] == [["3", "3", "30"]]
    assert query(f"SELECT count(*) FROM {name}")[1:] == [["4"]]


def test_avro_fields_are_found_by_name(s3):
    # Another order and other types than the table's; a column that the file lacks; a field that the table lacks.
    schema = {"type": "record", "name": "R", "fields": [
        {"name": "Extra", "type": "string"}, {"name": "Name", "type": {"type": "enum", "name": "Kind", "symbols": ["ONE", "TWO"]}},
        {"name": "ID", "type": "int"}, {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}}]}
    body = io.BytesIO()
    rows = [{"Extra": "e", "Name": "TWO", "ID": 7, "at": moment("1969-12-31 23:59:59.123500").replace(tzinfo=UTC)}]
    fastavro.writer(body, schema, rows)
    s3.put_object(Bucket=BUCKET, Key="avro_named/rows", Body=body.getvalue())
    external("avro_named", "STORED AS AVRO", {"id": "bigint", "missing": "array<int>", "at": "timestamp", "name": "string"})
    assert query("SELECT id, missing, at, name FROM avro_named")[1:] == [["7", None, "1969-12-31 23:59:59.124", "TWO"]]
    # The schema that a table states has a default for what the file lacks, and an older name.
    stated = {"type": "record", "name": "R", "fields": [
        {"name": "Id", "type": "long", "aliases": ["ID"]}, {"name": "Level", "type": "string", "default": "none"}]}
    s3.put_object(Bucket=BUCKET, Key="avro_stated/rows", Body=body.getvalue())
    external("avro_stated", f"ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.avro.AvroSerDe' WITH SERDEPROPERTIES "
             f"('avro.schema.literal'='{json.dumps(stated)}') STORED AS AVRO", {"id": "bigint", "level": "string"})
    assert query("SELECT id, level FROM avro_stated")[1:] == [["7", "none"]]
    external("avro_misfit", "STORED AS AVRO", {"name": "int"})
    s3.put_object(Bucket=BUCKET, Key="avro_misfit/rows", Body=body.getvalue())
    assert "HIVE_BAD_DATA: Field name's type" in refused("SELECT name FROM avro_misfit")
    s3.put_object(Bucket=BUCKET, Key="avro_misfit/rows", Body=body.getvalue()[:-9])
    assert "HIVE_" in refused("SELECT count(*) FROM avro_misfit")


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard", "bzip2"])
def test_avro_of_the_lake(s3, codec):
    name = {"null": "NONE", "zstandard": "ZSTD"}.get(codec, codec).upper()
    table = f"lake_avro_{codec}"
    s3.put_object(Bucket=BUCKET, Key=f"{table}_source/rows", Body=avro_file(ROWS))
    external(f"{table}_source", "STORED AS AVRO")
    query(f"CREATE TABLE {table} WITH (format = 'AVRO', write_compression = '{name}', external_location = 's3://{BUCKET}/{table}/') "
          f"AS SELECT * FROM {table}_source")
    written = [row for body in bodies(s3, f"{table}/").values() for row in avro_rows(body)]
    assert in_order(written) == in_order(ROWS)
    assert all(fastavro.reader(io.BytesIO(body)).metadata.get("avro.codec", "null") == codec for body in bodies(s3, f"{table}/").values())
    described = boto3.client("glue").get_table(DatabaseName="default", Name=table)["Table"]
    storage = described["StorageDescriptor"]
    assert storage["SerdeInfo"]["SerializationLibrary"] == "org.apache.hadoop.hive.serde2.avro.AvroSerDe"
    assert storage["InputFormat"] == "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat"
    assert described["Parameters"]["classification"] == "avro"
    query(f"INSERT INTO {table} SELECT * FROM {table}_source")
    assert answer(table) == [shown(row) for row in in_order(ROWS + ROWS)]
    query(f"UNLOAD (SELECT * FROM {table}_source) TO 's3://{BUCKET}/{table}_unloaded/' WITH (format = 'AVRO', compression = '{name}')")
    assert in_order([row for body in bodies(s3, f"{table}_unloaded/").values() for row in avro_rows(body)]) == in_order(ROWS)


# ORC

# What the lake writes as ORC: no decimals and no nested columns.
FLAT = ["id", "n", "ok", "price", "ratio", "day", "at", "name", "data"]
FLAT_SHOWN = "id, n, ok, cast(price AS decimal(20,3)), cast(ratio AS decimal(5,2)), day, at, name, to_hex(data)"


def flat(row):
    return row[:5] + row[6:10]


def whole_second(row):
    at = row[7]
    return row[:7] + (at.replace(microsecond=0) if at and at.year < 1970 else at,) + row[8:]

ARROW = pa.schema([
    ("id", pa.int32()), ("n", pa.int64()), ("ok", pa.bool_()), ("price", pa.float64()), ("ratio", pa.float32()), ("amount", pa.decimal128(10, 2)),
    ("day", pa.date32()), ("at", pa.timestamp("ns")), ("name", pa.string()), ("data", pa.binary()), ("tags", pa.list_(pa.string())),
    ("counts", pa.map_(pa.string(), pa.int32())), ("who", pa.struct([("name", pa.string()), ("age", pa.int32())])),
])


def orc_file(rows, compression):
    """A file of pyarrow's, which has no right way to say a part of a second before 1970."""
    body = io.BytesIO()
    rows = [whole_second(row) for row in rows]
    plain = lambda value: list(value.items()) if isinstance(value, dict) and "name" not in value else value
    columns = [pa.array([plain(row[at]) for row in rows], type=field.type) for at, field in enumerate(ARROW)]
    pa.orc.write_table(pa.table(columns, schema=ARROW), body, compression=compression, stripe_size=64)
    return body.getvalue()


def orc_rows(body):
    table = pa.orc.ORCFile(io.BytesIO(body)).read()
    table = table.set_column(table.schema.get_field_index("at"), "at", table["at"].cast(pa.timestamp("us")))
    return [tuple(row[name] for name in FLAT) for row in table.to_pylist()]


@pytest.mark.parametrize("compression", ["uncompressed", "zlib", "snappy", "zstd", "lz4"])
def test_orc_of_another_hand(s3, compression):
    name = f"orc_{compression}"
    s3.put_object(Bucket=BUCKET, Key=f"{name}/rows.orc", Body=orc_file(ROWS, compression))
    external(name, "STORED AS ORC")
    assert answer(name) == [shown(whole_second(row)) for row in in_order(ROWS)]
    assert query(f"SELECT count(*), count(id), max(who.age) FROM {name} WHERE name <> 'x'")[1:] == [["3", "3", "30"]]
    assert query(f"SELECT count(*) FROM {name}")[1:] == [["4"]]


def test_orc_columns_are_found_by_place_or_name(s3):
    body = orc_file(ROWS[:1], "zlib")
    columns = {"first": "bigint", "n": "bigint", "third": "boolean"}
    for name, more in [("orc_place", "STORED AS ORC"), ("orc_named", "ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.orc.OrcSerde' "
                       "WITH SERDEPROPERTIES ('orc.column.index.access'='false') STORED AS ORC")]:
        s3.put_object(Bucket=BUCKET, Key=f"{name}/rows.orc", Body=body)
        external(name, more, columns)
    assert query("SELECT * FROM orc_place")[1:] == [["1", str(10**15), "true"]]
    assert query("SELECT * FROM orc_named")[1:] == [[None, str(10**15), None]]
    external("orc_misfit", "STORED AS ORC", {"id": "string"})
    s3.put_object(Bucket=BUCKET, Key="orc_misfit/rows.orc", Body=body)
    assert "HIVE_BAD_DATA: Field id's type integer in" in refused("SELECT id FROM orc_misfit")
    s3.put_object(Bucket=BUCKET, Key="orc_misfit/rows.orc", Body=body[:-20])
    assert "HIVE_" in refused("SELECT count(*) FROM orc_misfit")


def test_orc_stripes_are_dealt_out(s3):
    """A large file is read by several threads, each of them some of its stripes."""
    numbers = [n * 6364136223846793005 % (1 << 63) for n in range(2_500_000)]
    body = io.BytesIO()
    pa.orc.write_table(pa.table({"n": numbers}), body, compression="uncompressed", stripe_size=1 << 20)
    assert len(body.getvalue()) > 15 << 20 and pa.orc.ORCFile(body).nstripes > 4
    s3.put_object(Bucket=BUCKET, Key="orc_large/rows.orc", Body=body.getvalue())
    external("orc_large", "STORED AS ORC", {"n": "bigint"})
    assert query("SELECT count(*), sum(CAST(n AS decimal(38,0))), min(n), max(n) FROM orc_large")[1:] == [
        [str(len(numbers)), str(sum(numbers)), str(min(numbers)), str(max(numbers))]]


def test_orc_times_of_every_fineness(s3):
    """Milliseconds are what Athena shows; what is finer is rounded, and no time is too far away."""
    fine = [0, 1_709_210_096_789_499_999, 1_709_210_096_789_500_000, -1_000_000_000, None]
    far = [moment("9999-12-31 23:59:59.999000"), moment("0001-01-01 00:00:00"), None]
    for name, values, unit in [("fine", fine, "ns"), ("far", far, "us")]:
        body = io.BytesIO()
        pa.orc.write_table(pa.table({"id": range(len(values)), "at": pa.array(values, pa.timestamp(unit))}), body)
        s3.put_object(Bucket=BUCKET, Key=f"orc_times/{name}.orc", Body=body.getvalue())
    external("orc_times", "STORED AS ORC", {"id": "bigint", "at": "timestamp"})
    assert query("SELECT at FROM orc_times WHERE \"$path\" LIKE '%fine.orc' ORDER BY id")[1:] == [
        ["1970-01-01 00:00:00.000"], ["2024-02-29 12:34:56.789"], ["2024-02-29 12:34:56.790"], ["1969-12-31 23:59:59.000"], [None]]
    assert query("SELECT CAST(at AS varchar) FROM orc_times WHERE \"$path\" LIKE '%far.orc' ORDER BY id")[1:] == [
        ["9999-12-31 23:59:59.999"], ["0001-01-01 00:00:00.000"], [None]]


@pytest.mark.parametrize("compression", ["ZLIB", "SNAPPY", "ZSTD", "LZ4", "NONE"])
def test_orc_of_the_lake(s3, compression):
    table = f"lake_orc_{compression.lower()}"
    s3.put_object(Bucket=BUCKET, Key=f"{table}_source/rows", Body=avro_file(ROWS))
    external(f"{table}_source", "STORED AS AVRO")
    columns = ", ".join(FLAT)
    query(f"CREATE TABLE {table} WITH (format = 'ORC', write_compression = '{compression}', external_location = 's3://{BUCKET}/{table}/') "
          f"AS SELECT {columns} FROM {table}_source")
    written = bodies(s3, f"{table}/").values()
    rows = [flat(row) for row in in_order(ROWS)]
    assert in_order([row for body in written for row in orc_rows(body)]) == rows
    assert {pa.orc.ORCFile(io.BytesIO(body)).compression for body in written} == {compression.replace("NONE", "UNCOMPRESSED")}
    query(f"INSERT INTO {table} SELECT {columns} FROM {table}_source")
    assert answer(table, FLAT_SHOWN) == [list(flat(shown(row))) for row in in_order(ROWS + ROWS)]
    query(f"UNLOAD (SELECT {columns} FROM {table}_source) TO 's3://{BUCKET}/{table}_unloaded/' WITH (format = 'ORC', compression = '{compression}')")
    assert in_order([row for body in bodies(s3, f"{table}_unloaded/").values() for row in orc_rows(body)]) == rows


def test_orc_of_many_rows(s3):
    """Runs, repetitions and steps of every length, for which ORC has encodings of its own."""
    query(f"""CREATE TABLE orc_many WITH (format = 'ORC', external_location = 's3://{BUCKET}/orc_many/') AS
        SELECT x, x * x % 97 AS scattered, x / 1000 AS runs, CASE WHEN x % 3 = 0 THEN NULL ELSE CAST(x % 11 AS varchar) END AS name, x % 2 = 0 AS even,
            date_add('day', x, DATE '1900-01-01') AS day
        FROM (SELECT y + 10000 * z AS x FROM UNNEST(sequence(0, 9999)) AS t(y) CROSS JOIN UNNEST(sequence(0, 4)) AS u(z))
        WHERE x BETWEEN 4900 AND 5100 OR x >= 20000""")
    table = pa.concat_tables(pa.orc.ORCFile(io.BytesIO(body)).read() for body in bodies(s3, "orc_many/").values()).sort_by("x")
    xs = [*range(4900, 5101), *range(20000, 50000)]
    first = datetime.date(1900, 1, 1)
    assert table.to_pylist() == [
        {"x": x, "scattered": x * x % 97, "runs": x // 1000, "name": None if x % 3 == 0 else str(x % 11), "even": x % 2 == 0,
         "day": first + datetime.timedelta(days=x)} for x in xs]
    assert query("SELECT count(*), sum(x), sum(scattered), count(name), count_if(even) FROM orc_many")[1:] == [
        [str(len(xs)), str(sum(xs)), str(sum(x * x % 97 for x in xs)), str(sum(x % 3 != 0 for x in xs)), str(sum(x % 2 == 0 for x in xs))]]


def crawl(name, path):
    glue = boto3.client("glue")
    glue.create_crawler(Name=name, Role="any", DatabaseName="default", Targets={"S3Targets": [{"Path": path}]})
    glue.start_crawler(Name=name)
    while glue.get_crawler(Name=name)["Crawler"]["State"] != "READY":
        time.sleep(0.05)
    glue.delete_crawler(Name=name)
    return glue


def test_crawlers_know_the_formats(s3):
    s3.put_object(Bucket=BUCKET, Key="crawled/orc/rows.orc", Body=orc_file(ROWS, "zstd"))
    s3.put_object(Bucket=BUCKET, Key="crawled/avro/rows.avro", Body=avro_file(ROWS, codec="zstandard"))
    text = "id,price\n" + "".join(f"{n},{n / 2}\n" for n in range(100))
    packed = {"bzip2": (".bz2", bz2.compress(text.encode())), "snappy": (".snappy", hadoop_snappy(text.encode())), "gzip": (".gz", gzip.compress(text.encode()))}
    for kind, (ending, body) in packed.items():
        s3.put_object(Bucket=BUCKET, Key=f"crawled/{kind}/rows.csv{ending}", Body=body)
    glue = crawl("formats", f"s3://{BUCKET}/crawled/")
    tables = {table["Name"]: table for table in glue.get_tables(DatabaseName="default")["TableList"]}
    kinds = {name: [column["Type"] for column in tables[name]["StorageDescriptor"]["Columns"]] for name in ["orc", "avro"]}
    assert kinds == {"orc": list(COLUMNS.values()), "avro": list(COLUMNS.values())}
    assert tables["orc"]["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"] == "org.apache.hadoop.hive.ql.io.orc.OrcSerde"
    assert (tables["orc"]["Parameters"]["classification"], tables["orc"]["Parameters"]["recordCount"]) == ("orc", "4")
    assert answer("avro") == [shown(row) for row in in_order(ROWS)]
    assert answer("orc") == [shown(whole_second(row)) for row in in_order(ROWS)]
    for kind in packed:
        assert (tables[kind]["Parameters"]["classification"], tables[kind]["Parameters"]["compressionType"]) == ("csv", kind)
        assert query(f"SELECT count(*), sum(id), sum(price) FROM {kind}")[1:] == [["100", "4950", "2475.0"]]


# Compressed texts

def hadoop_snappy(text, block=40):
    """Hadoop's blocks of two chunks each, as its SnappyCodec writes them with a small buffer."""
    out = b""
    for at in range(0, len(text), block):
        part = text[at:at + block]
        out += struct.pack(">I", len(part))
        for chunk in (part[:block // 2], part[block // 2:]):
            if chunk:
                packed = bytes(cramjam.snappy.compress_raw(chunk))
                out += struct.pack(">I", len(packed)) + packed
    return out


def hadoop_unsnappy(body):
    out, at = b"", 0
    while at < len(body):
        (left,) = struct.unpack_from(">I", body, at)
        at += 4
        while left:
            (size,) = struct.unpack_from(">I", body, at)
            chunk = bytes(cramjam.snappy.decompress_raw(body[at + 4:at + 4 + size]))
            out, at, left = out + chunk, at + 4 + size, left - len(chunk)
    return out


PACKED = {
    "GZIP": (".gz", gzip.compress, gzip.decompress), "BZIP2": (".bz2", bz2.compress, bz2.decompress),
    "ZSTD": (".zst", zstd.compress, zstd.decompress),
    "SNAPPY": (".snappy", hadoop_snappy, hadoop_unsnappy), "DEFLATE": (".deflate", zlib.compress, zlib.decompress),
}


@pytest.mark.parametrize("compression", PACKED)
def test_compressed_texts(s3, compression):
    ending, pack, unpack = PACKED[compression]
    name = f"text_{compression.lower()}"
    lines = [{"id": n, "name": f"이름 {n}"} for n in range(2000)]
    body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    # Archives that were joined are one text; zlib has no such form.
    half = body.index(b"\n", len(body) // 2) + 1
    joined = pack(body) if compression == "DEFLATE" else pack(body[:half]) + pack(body[half:])
    s3.put_object(Bucket=BUCKET, Key=f"{name}/rows.json{ending}", Body=joined)
    external(name, "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'", {"id": "int", "name": "string"})
    assert query(f"SELECT count(*), sum(id), max(name) FROM {name}")[1:] == [["2000", "1999000", "이름 999"]]
    query(f"CREATE TABLE {name}_out WITH (format = 'JSON', write_compression = '{compression}', external_location = 's3://{BUCKET}/{name}_out/') AS SELECT * FROM {name}")
    written = bodies(s3, f"{name}_out/")
    assert all(key.endswith(ending) for key in written)
    read = [json.loads(line) for body in written.values() for line in unpack(body).decode().splitlines()]
    assert sorted(read, key=lambda line: line["id"]) == lines


# Buckets

def java_hash(value):
    number = 0
    for byte in value.encode():
        number = (number * 31 + (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF
    return number


def test_buckets_are_those_of_hive(s3):
    import pyarrow.parquet as pq

    names = [f"customer {n} 고객" for n in range(500)]
    query(f"""CREATE TABLE dealt WITH (format = 'PARQUET', bucketed_by = ARRAY['name'], bucket_count = 7, external_location = 's3://{BUCKET}/dealt/')
        AS SELECT 'customer ' || CAST(x AS varchar) || ' 고객' AS name, x FROM UNNEST(sequence(0, 499)) AS t(x)""")
    files = bodies(s3, "dealt/")
    assert len(files) == 7
    found = []
    for key, body in files.items():
        bucket = int(key.split("/")[1].split("_")[0])
        rows = pq.read_table(io.BytesIO(body))["name"].to_pylist()
        assert {(java_hash(name) & 0x7FFFFFFF) % 7 for name in rows} <= {bucket}, key
        found += rows
    assert sorted(found) == sorted(names)
    storage = boto3.client("glue").get_table(DatabaseName="default", Name="dealt")["Table"]["StorageDescriptor"]
    assert (storage["BucketColumns"], storage["NumberOfBuckets"]) == (["name"], 7)
    assert "Inserting into bucketed tables is not supported" in refused("INSERT INTO dealt VALUES ('x', 1)")
