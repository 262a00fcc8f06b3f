"""Connections: a profile, the environment and an endpoint of one's own lead to another lake; what can't be reached says so."""
import json
import os
import pathlib
import subprocess

from window import Window

HOME = pathlib.Path(os.environ["HOME"])
BIN = os.environ["FAIRLAKE_BIN"]


def other_lake():
    """A second lake with a bucket of its own; the process and its keys."""
    lake = HOME / "other"
    process = subprocess.Popen([BIN, "serve", "--lake", str(lake)], stdout=subprocess.PIPE, text=True)
    keys = json.loads(process.stdout.readline())
    path = HOME / "a.csv"
    path.write_text("id,name\n1,a\n2,b\n")
    subprocess.run([BIN, "--lake", str(lake), "ingest", str(path), "--to", "s3://other-bucket/a/"], check=True, stdout=subprocess.DEVNULL)
    return process, keys


def profiles(keys):
    folder = HOME / ".aws"
    folder.mkdir()
    place = f"region = {keys['region']}\nendpoint_url = {keys['endpoint']}\n"
    (folder / "config").write_text(f"[profile other]\n{place}[profile stranger]\n{place}")
    known = f"aws_access_key_id = {keys['access_key_id']}\naws_secret_access_key = "
    (folder / "credentials").write_text(f"[other]\n{known}{keys['secret_access_key']}\n[stranger]\n{known}no-such-secret\n")


def switch(window, now, name):
    window.press(f"Connection: {now}", role="push button")
    window.press(name, exact=True)


def main():
    server, keys = other_lake()
    profiles(keys)
    window = Window(env={
        "AWS_ACCESS_KEY_ID": keys["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": keys["secret_access_key"],
        "AWS_REGION": keys["region"],
        "AWS_ENDPOINT_URL": keys["endpoint"],
    })
    window.wait("No buckets yet")
    switch(window, "Local lake", "other (AWS profile)")
    window.wait("other-bucket", role="tree item")
    window.wait("000000000000", role="label")
    window.shot("40-profile")
    switch(window, "other (AWS profile)", "Local lake")
    window.wait("No buckets yet")
    switch(window, "Local lake", "Environment")
    window.wait("other-bucket", role="tree item")
    switch(window, "Environment", "Local lake")
    window.wait("No buckets yet")
    window.press("Connection: Local lake", role="push button")
    window.fill("Endpoint address", keys["endpoint"])
    window.fill("Profile that has its keys", "other")
    window.press("Connect", role="push button", exact=True)
    window.wait("other-bucket", role="tree item")
    window.shot("41-endpoint")
    address = keys["endpoint"].removeprefix("http://")
    window.press("Connection: ", role="push button")
    window.press("stranger (AWS profile)", exact=True)
    window.wait("does not accept the keys")
    window.shot("42-wrong-keys")
    server.kill()
    server.wait()
    switch(window, "stranger (AWS profile)", "other (AWS profile)")
    window.wait("reached")
    window.shot("43-not-reached")
    assert window.find(address) or window.find("other"), "the sentence names what it is about"
    switch(window, "other (AWS profile)", "Local lake")
    window.wait("No buckets yet")
    window.close()


main()
