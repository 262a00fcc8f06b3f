"""A lake that is served for the clients, on a folder of its own."""
import json
import os
import pathlib
import signal
import subprocess

import pytest


class Lake:
    """A served lake and the environment in which any AWS client finds it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.start(port=0)

    def start(self, port):
        command = [os.environ["FAIRLAKE_BIN"], "serve", "--lake", str(self.folder), "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.port = int(ready["endpoint"].rsplit(":", 1)[1])
        self.env = {
            "AWS_ENDPOINT_URL": ready["endpoint"],
            "AWS_DEFAULT_REGION": ready["region"],
            "AWS_REGION": ready["region"],
            "AWS_ACCESS_KEY_ID": ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": ready["secret_access_key"],
        }

    def kill(self):
        """Ends the server as a power cut does, without a word."""
        self.process.kill()
        self.process.wait(20)
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0, "the lake did not end well"
        self.process.stdout.close()


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(lake.env)
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    yield lake
    lake.stop()


@pytest.fixture(scope="session")
def data(lake):
    """A bucket for the data sets of the tests, and a database over it."""
    import boto3

    boto3.client("s3").create_bucket(Bucket="data-sets")
    boto3.client("glue").create_database(DatabaseInput={"Name": "sets"})
    return "s3://data-sets"
