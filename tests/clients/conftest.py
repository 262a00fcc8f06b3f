"""A lake that is served for the clients, on a folder of its own."""
import json
import os
import signal
import subprocess

import pytest


class Lake:
    """A served lake and the environment in which any AWS client finds it."""

    def __init__(self, folder):
        self.folder = folder
        command = [os.environ["FAIRLAKE_BIN"], "serve", "--lake", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        self.env = {
            "AWS_ENDPOINT_URL": ready["endpoint"],
            "AWS_DEFAULT_REGION": ready["region"],
            "AWS_REGION": ready["region"],
            "AWS_ACCESS_KEY_ID": ready["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": ready["secret_access_key"],
        }

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0, "the lake did not end well"


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
def client(lake):
    import boto3

    return boto3.client
