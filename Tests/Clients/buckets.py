"""S3 servers on this machine, a proxy that breaks connections, and a small site to publish."""

import gzip
import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

from patience import PATIENCE, eventually
from report import Skipped, require

KEY, SECRET = "KEY", "SECRET-of-the-tests"
TYPES = {
    ".png": "image/png",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".css": "text/css; charset=utf-8",
    ".zip": "application/zip",
}


def free_ports(count: int) -> list:
    """Ports that nobody uses, nor those ten thousand above them, which SeaweedFS takes as well."""
    ports = []
    for port in random.sample(range(20_000, 29_000), 500):
        try:
            for number in (port, port + 10_000):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise Skipped("no free ports on this machine")


def program(name: str) -> str:
    """A program of the Python environment, or of the PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise Skipped(f"{name} is missing: run Deploy/setup test")
    return found


def client(endpoint: str):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        config=Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"}),
    )


@contextmanager
def running(command: list, url: str, log: Path):
    """Runs a server while the body runs; ready when it answers anything over HTTP."""
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        def has_answered() -> bool:
            try:
                urllib.request.urlopen(url, timeout=2).close()
            except urllib.error.HTTPError:
                return True
            except OSError:
                return False
            return True

        eventually(lambda: process.poll() is not None or has_answered(), 0.2)
        if process.poll() is not None:
            raise Skipped(f"{command[0]} does not start, see {log}")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def seaweedfs(folder: Path):
    """SeaweedFS: checks signatures, enforces conditional writes, lets everybody read `cubes`."""
    ports = free_ports(4)
    identities = [
        {
            "name": "admin",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        },
        {"name": "anonymous", "actions": ["Read:cubes"]},
    ]
    folder.mkdir(parents=True)
    (folder / "s3.json").write_text(json.dumps({"identities": identities}), encoding="utf-8")
    command = [program("weed"), "server", "-ip=127.0.0.1", f"-dir={folder}", "-s3"]
    command += [f"-s3.config={folder}/s3.json", f"-s3.port={ports[0]}", f"-master.port={ports[1]}"]
    command += [f"-volume.port={ports[2]}", f"-filer.port={ports[3]}", "-volume.max=30"]
    # Its catalogues would want ports of their own.
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false"]
    with running(command, f"http://127.0.0.1:{ports[0]}", folder / "log") as url:
        require(eventually(lambda: takes_objects(url), 0.5), f"{url} takes no objects")
        yield url


def takes_objects(url: str) -> bool:
    try:
        client(url).create_bucket(Bucket="cubes")
        client(url).put_object(Bucket="cubes", Key="probe", Body=b"1")
        client(url).delete_object(Bucket="cubes", Key="probe")
    except Exception:  # until its parts have found one another
        return False
    return True


@contextmanager
def rclone(folder: Path):
    """rclone serve s3: checks signatures by code of its own, ignores conditions."""
    (folder / "data/cubes").mkdir(parents=True)
    (port,) = free_ports(1)
    command = [program("rclone"), "serve", "s3", str(folder / "data"), "--addr", f"127.0.0.1:{port}"]
    command += ["--auth-key", f"{KEY},{SECRET}"]
    with running(command, f"http://127.0.0.1:{port}", folder / "log") as url:
        yield url


class FaultyProxy:
    """Passes connections on to a server and spoils some of them.

    `faults` is the share of connections that meet a fault: a reset before or in the middle of the
    answer, an answer cut short, a 503, or slowness. Each connection carries few requests, so that
    many are spoilt. With a `reach` faults come at any of so many bytes, and other connections are left
    alone: for large objects. `full_after` connections the server has no room left.
    """

    def __init__(
        self, url: str, faults: float, seed: int = 1, delay: float = 0.0, reach: int = 0, full_after: int = 0
    ):
        self.target = int(url.rsplit(":", 1)[1])
        self.faults, self.delay, self.reach, self.full_after = faults, delay, reach, full_after
        self.count = 0
        self.chance = random.Random(seed)
        self.spoilt = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, near):
        self.count += 1
        if self.full_after and self.count > self.full_after:
            return self.refuse(near)
        fault = None
        if self.chance.random() < self.faults:
            fault = self.chance.choice(["reset", "cut", "cut", "503", "slow", "reset-late"])
            self.spoilt += 1
        if fault == "reset":
            return self.reset(near)
        if fault == "503":
            near.recv(65536)
            near.sendall(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return near.close()
        far = socket.create_connection(("127.0.0.1", self.target))
        # Bytes until the connection breaks, in either direction.
        reach = [self.chance.randrange(1, self.reach or most) for most in (4000, 9000)]
        budget = {"cut": reach[0], "reset-late": reach[1]}
        left = [budget.get(fault, 1 << 40 if fault == "slow" else self.chance.randrange(60_000, 400_000))]
        if self.faults == 0 or self.reach and fault not in budget:
            left = [1 << 60]

        def pump(source, sink, is_answer):
            try:
                while data := source.recv(16384):
                    if fault == "slow" or self.delay:
                        time.sleep(0.15 if fault == "slow" else self.delay)
                    if len(data) > left[0] and (is_answer or fault):
                        sink.sendall(data[: left[0]])
                        break
                    left[0] -= len(data)
                    sink.sendall(data)
            except OSError:
                pass
            for end in (near, far):
                if fault == "reset-late":
                    self.reset(end)
                else:
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass

        threading.Thread(target=pump, args=(near, far, False), daemon=True).start()
        pump(far, near, True)
        near.close()
        far.close()

    @staticmethod
    def refuse(near):
        """Reads a request to its end and says that there is no room."""
        body = b"<Error><Code>QuotaExceeded</Code><Message>the quota of the bucket</Message></Error>"
        answer = b"HTTP/1.1 507 Insufficient Storage\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
        try:
            near.settimeout(1)
            data = near.recv(65536)
            head, _, rest = data.partition(b"\r\n\r\n")
            sizes = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
            left = int(sizes[0]) - len(rest) if sizes else 0
            while left > 0 and (data := near.recv(65536)):
                left -= len(data)
            near.sendall(answer % (len(body), body))
        except OSError:
            pass
        near.close()

    @staticmethod
    def reset(connection):
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        except OSError:
            pass

    def close(self):
        self.listener.close()


# Without “\\”, which SeaweedFS takes for “/”; Tests/Golden/make_sigv4.py has it.
ODD_NAMES = [
    "a b", "x=1&y=2", "p+q", "50%", "%41", "ü/Ünï", "日本/語", "quote'\"()", "~tilde*!", "a#b?c",
    "semi;colon,", "[b]{c}", "trailing ", "at@dollar$",
]  # fmt: skip


def write_site(folder: Path, number: int, tiles: int, odd: bool = False, large: int = 0) -> dict:
    """A site as `cubepress build` leaves it, its manifest written here by hand.

    Sites of different numbers share half of their tiles; of the others some have other names and
    some other bytes. Returns the files.
    """
    tree = "datasets/sst/tiles/v/d/WebMercatorQuad/2017-01-16T10:09:21Z"
    files = {}
    for tile in range(tiles):
        version = number if tile % 4 == 0 else 0
        name = f"n{number}-{tile}" if tile % 4 == 1 else str(tile)
        files[f"{tree}/5/{tile // 64}/{name}.png"] = random.Random(tile * 1000 + version).randbytes(5000)
    if odd:
        for name in ODD_NAMES:
            files[f"odd/{name}.png"] = name.encode() * 10
    if large:
        files["large/shard.zip"] = random.Random(7).randbytes(large)
    shown = [key for key in files if key.startswith(tree)][:40]
    links = "".join(f'<img src="../../{key}">' for key in shown)
    files["datasets/sst/index.html"] = f"{links}<p>{number}</p>".encode()
    files[f"datasets/extra-{number}/index.html"] = f'<a href="../sst/index.html">{number}</a>'.encode()
    files["datasets/sst/collection.json"] = json.dumps({"number": number}).encode()
    style = f"assets/site.{number:08x}.css"
    files[style] = f"body {{ order: {number} }}".encode()
    files["index.html"] = (
        f'<link href="{style}"><a href="datasets/sst/index.html">'
        f'<a href="datasets/extra-{number}/index.html">'
    ).encode()
    if (folder / "_release").exists():
        shutil.rmtree(folder / "_release")
    lines = []
    for key in sorted(files, key=str.encode):
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[key])
        entry = {"key": key, "size": len(files[key]), "sha256": hashlib.sha256(files[key]).hexdigest()}
        entry["type"] = TYPES[os.path.splitext(key)[1]]
        if key.startswith("assets/"):
            entry["cache"] = "immutable"
        lines.append(json.dumps(entry, separators=(",", ":"), ensure_ascii=False) + "\n")
    text = "".join(lines).encode()
    name = hashlib.sha256(text).hexdigest()
    release = folder / "_release"
    (release / "parts").mkdir(parents=True)
    (release / f"parts/{name}.jsonl.gz").write_bytes(gzip.compress(text))
    head = {
        "release": number,
        "objects": len(lines),
        "bytes": sum(map(len, files.values())),
        "parts": [{"sha256": name, "count": len(lines)}],
    }
    (release / f"{number}.json").write_text(json.dumps(head), encoding="utf-8")
    pointer = {"release": number, "manifest": f"_release/{number}.json"}
    (release / "current.json").write_text(json.dumps(pointer), encoding="utf-8")
    return files
