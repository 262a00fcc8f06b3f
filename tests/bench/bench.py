"""Times the program as its user does, and sums the memory of everything that it starts.

Figures: first frame = median of ten warm starts; memory = peak resident size above idle, window and server summed.
The first frame needs DISPLAY or xvfb-run.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

BIN = os.environ["FAIRLAKE_BIN"]


def environment(folder):
    env = {**os.environ, "FAIRLAKE_LAKE": str(folder / "lake"), "LIBGL_ALWAYS_SOFTWARE": "1", "FAIRLAKE_LOG": "info"}
    for name in ("CONFIG", "CACHE", "DATA"):
        env[f"XDG_{name}_HOME"] = str(folder / name.lower())
    env.pop("WAYLAND_DISPLAY", None)
    return env


def family(pids):
    """These processes and all that they started."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(") ", 1)[1].split()[1])
            except OSError:
                continue
    found, grown = set(pids), True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return found


def resident(pids):
    """Resident bytes of these processes and all that they started."""
    total = 0
    for pid in family(pids):
        try:
            total += int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            continue
    return total


def processor_seconds(pids):
    """Processor time that these processes have used."""
    total = 0
    for pid in pids:
        try:
            total += sum(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]))
        except OSError:
            continue
    return total / os.sysconf("SC_CLK_TCK")


class Peak(threading.Thread):
    """Watches the resident size of processes until it is stopped."""

    def __init__(self, pids):
        super().__init__(daemon=True)
        self.pids, self.peak, self.going = pids, 0, True

    def run(self):
        while self.going:
            self.peak = max(self.peak, resident(self.pids))
            time.sleep(0.02)

    def stop(self):
        self.going = False
        self.join()
        return self.peak


def serve(env):
    process = subprocess.Popen([BIN, "serve"], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    process.ready = json.loads(process.stdout.readline())
    return process


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def start(folder):
    """First frame of ten warm starts, and the processor time of five idle seconds."""
    display = [] if os.environ.get("DISPLAY") else ["xvfb-run", "-a"]
    env, times, idle = environment(folder), [], None
    for turn in range(11):
        process = subprocess.Popen([*display, BIN], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            found = re.search(r"first frame.*?(\d+(?:\.\d+)?) ms", line)
            if found:
                times.append(float(found[1]))
                break
        started = family([process.pid])
        if turn == 10:
            time.sleep(4)
            before = processor_seconds(started)
            time.sleep(5)
            idle = (processor_seconds(started) - before) / 5
        for pid in started - {process.pid}:
            os.kill(pid, signal.SIGTERM)
        process.terminate()
        process.wait()
        time.sleep(0.3)
    warm = times[1:]
    print(f"first frame: {statistics.median(warm):.0f} ms (median of {len(warm)}; {min(warm):.0f} to {max(warm):.0f})")
    print(f"idle: {idle * 100:.1f}% of a processor over five seconds, window and server")


def lab(folder):
    env = environment(folder)
    server = serve(env)
    before = resident([server.pid])
    began = time.monotonic()
    process = subprocess.Popen([BIN, "lab", "--out", str(folder / "out")], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    watch = Peak([server.pid, process.pid])
    watch.start()
    assert process.wait() == 0
    took = time.monotonic() - began
    print(f"lab: {took:.2f} s, {(watch.stop() - before) / 1e6:.0f} MB above idle")
    end(server)


def store(folder):
    """A CSV of one gigabyte, stored in each form; beside it, cp of the same file."""
    path = folder / "big.csv"
    row = "4,Dresses,\"Soft, light and true to size; I wear it to work and at the weekend.\",2024-05-01,Seoul,31,0.75\n"
    with path.open("w") as file:
        file.write("rating,category,review,day,city,age,score\n")
        block = row * 10_000
        while file.tell() < 1_000_000_000:
            file.write(block)
    began = time.monotonic()
    shutil.copyfile(path, folder / "copy.csv")
    os.sync()
    copy = time.monotonic() - began
    (folder / "copy.csv").unlink()
    print(f"cp: {copy:.1f} s")
    env = environment(folder)
    server = serve(env)
    for form in ("raw", "csv", "parquet"):
        idle = subprocess.Popen([BIN, "query", "SELECT 1"], env=env, stdout=subprocess.DEVNULL)
        watch = Peak([server.pid, idle.pid])
        watch.start()
        idle.wait()
        before = watch.stop()
        began = time.monotonic()
        process = subprocess.Popen([BIN, "ingest", str(path), "--to", f"s3://bench/{form}/", "--as", form], env=env, stdout=subprocess.DEVNULL)
        watch = Peak([server.pid, process.pid])
        watch.start()
        assert process.wait() == 0
        took = time.monotonic() - began
        print(f"store as {form}: {took:.1f} s, {took / copy:.1f} times cp, {(watch.stop() - before) / 1e6:.0f} MB above idle")
    end(server)


def clients(folder):
    """The lake as AWS's clients see it."""
    import lake

    server = serve(environment(folder))
    lake.lake(folder, server.ready)
    end(server)


def main():
    wanted = sys.argv[1:] or ["start", "lab", "store", "lake"]
    for name in wanted:
        with tempfile.TemporaryDirectory() as folder:
            {"start": start, "lab": lab, "store": store, "lake": clients}[name](pathlib.Path(folder))


main()
