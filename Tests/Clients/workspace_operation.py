"""The server under strain: killed while writing, slow and oversized requests, a full disk, damaged backups."""

import base64
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from patience import PATIENCE, eventually
from report import Failure, require
from small_disk import small_disk
from team_server import TeamServer
from team_workspace import Workspace


def survives(space: Workspace) -> str:
    """What was acknowledged before `kill -9` is there afterwards, whole."""
    kept, features = {}, []
    space.json(
        "/teams/ocean/places", "bob", method="POST", body=b'{"id":"many"}', Content_Type="application/json")
    rng = random.Random(3)
    for round in range(3):
        timer = threading.Timer(0.5 + 0.3 * round, space.server.kill)
        timer.start()
        try:
            while True:
                content = rng.randbytes(rng.randrange(1, 50_000))
                path = f"/teams/ocean/files/crash/{round}-{len(kept)}"
                if space.ask(path, "bob", "PUT", content)[0] == 201:
                    kept[path] = content
                point = {"type": "Feature", "properties": {"n": len(features)},
                         "geometry": {"type": "Point", "coordinates": [round, len(features) % 80]}}
                features += space.json(
                    "/teams/ocean/places/many/features", "bob", method="POST", body=json.dumps(point).encode())["ids"]
        except (OSError, Failure):
            timer.join()
        space.server.start()
    for path, content in kept.items():
        status, body, _ = space.ask(path)
        require((status, body) == (200, content), f"{path} is lost: {status}")
    page = space.json("/teams/ocean/places/many/features?bbox=-180,-90,180,90&limit=10000")
    lost = set(features) - {one["id"] for one in page["features"]}
    require(not lost, f"places are lost: {lost}")
    blobs = {path.name for path in (space.folder / "data/teams/ocean/blobs").iterdir()}
    wrong = [name for name in blobs if hashlib.sha256(
        (space.folder / "data/teams/ocean/blobs" / name).read_bytes()).hexdigest() != name]
    require(not wrong, f"damaged: {wrong}")
    require(len(kept) > 10, f"only {len(kept)} files")
    return f"{len(kept)} files, {len(features)} places, 3 kills"


def limits(space: Workspace) -> str:
    import socket

    big = b'{"type":"FeatureCollection","features":[' + b" " * (17 << 20) + b"]}"
    status, _, _ = space.ask("/teams/ocean/places/many/features", "bob", "POST", big)
    require(status == 413, f"17 MB of places: {status}")
    # A client that sends its request byte by byte is cut off; others are served meanwhile.
    slow = [socket.create_connection(("127.0.0.1", space.server.port)) for _ in range(50)]
    for one in slow:
        one.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
    began = time.monotonic()
    ended = set()
    while len(ended) < len(slow) and time.monotonic() - began < PATIENCE:
        for one in slow:
            if one in ended:
                continue
            try:
                one.sendall(b"X-A: b\r\n")
                one.settimeout(0.001)
                if one.recv(1000) in (b"",) or True:
                    ended.add(one)
            except TimeoutError:
                pass
            except OSError:
                ended.add(one)
        require(space.ask("/health/live", None)[0] == 200, "others are not served")
        time.sleep(1)
    require(len(ended) == len(slow), f"{len(slow) - len(ended)} slow connections live on after {PATIENCE} s")
    return f"cut off after {time.monotonic() - began:.0f} s"


def finds_damage(space: Workspace, backup: Path) -> None:
    """Of a backup with a changed byte or without a chunk nothing is restored, and the damage is named."""
    def spoil(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)

    for pattern, damage in (
        ("teams/ocean/uploaded/*/cube.nc", spoil), ("teams/ocean/blobs/*", spoil),
        ("teams/ocean/uploaded/*/cube.zarr/*/0.0*", Path.unlink), ("teams/ocean/uploaded/*/cube.zarr", shutil.rmtree)):
        damaged, target = space.folder / "damaged", space.folder / "from-damaged"
        shutil.copytree(backup, damaged)
        victim = sorted(damaged.glob(pattern))[0]
        damage(victim)
        answer = subprocess.run(
            [space.program, "restore", "--data", str(target), str(damaged)], capture_output=True, text=True)
        named = str(victim).split("/cube.zarr")[0]
        require(answer.returncode != 0 and named in answer.stderr, f"{pattern}: {answer.returncode} {answer.stderr}")
        require(not target.exists(), f"{pattern}: half of it was restored")
        shutil.rmtree(damaged)


def restores(space: Workspace) -> str:
    backup = space.folder / "backup"
    subprocess.run([space.program, "backup", "--data", str(space.server.folder), str(backup)], check=True)
    again = subprocess.run([space.program, "backup", "--data", str(space.server.folder), str(backup)], capture_output=True, text=True)
    require(again.returncode != 0, "a backup was written over")
    copy = space.folder / "restored"
    subprocess.run([space.program, "restore", "--data", str(copy), str(backup)], check=True)
    over = subprocess.run([space.program, "restore", "--data", str(copy), str(backup)], capture_output=True, text=True)
    require(over.returncode != 0 and "exists" in over.stderr, f"restored over data: {over.stderr}")
    finds_damage(space, backup)
    other = TeamServer(space.program, copy)
    base, space.server.base = space.server.base, other.base
    try:
        status, body, _ = space.ask("/teams/ocean/files/models/ice%20v.pt?version=1")
        require(status == 200 and len(body) > 0, f"a file of the copy: {status}")
        require(space.ask("/teams/ocean/datasets/scenario/data/cube.nc")[0] == 200, "no dataset")
        require(space.json("/teams/ocean/places/places/features?limit=1")["numberReturned"] == 1, "no places")
    finally:
        space.server.base = base
        other.kill()
    return "datasets, files and places are there"


def cuts_log(space: Workspace) -> str:
    """Entries older than 400 days go while the server answers, and the page says so."""
    require(space.server.stop() == 0, "it did not end in order")
    now = int(time.time())
    database = sqlite3.connect(space.server.folder / "cubepress.sqlite")
    with database:
        database.executemany(
            "INSERT INTO audit (at, actor, action, object, team) VALUES (?, 'bob', 'did', ?, 'ocean')",
            [(now - (402 if number < 20_000 else 399) * 86_400, f"thing-{number}") for number in range(20_001)])
    database.close()
    space.server.start()
    ada = space.members["ada"]
    require(eventually(lambda: "<td>removed old entries</td>" in ada.ask("/teams/ocean/log")[1]), "no entry says it")
    count = "SELECT count(*) FROM audit WHERE object LIKE 'thing-%'"
    with sqlite3.connect(space.server.folder / "cubepress.sqlite") as database:
        require(eventually(lambda: database.execute(count).fetchone() == (1,)), f"{database.execute(count).fetchone()} stay")
    text = ada.ask("/teams/ocean/log")[1]
    require("Entries are kept for 400 days." in text, "the page does not say how long")
    require("<td>thing-20000</td>" in text and text.count("removed old entries") == 1, "another log")
    return "20,000 entries"


def full_disk(program: str) -> str:
    """A disk without room: people and programs are told, nothing that was kept is lost, and with room all goes on."""
    with small_disk("6m") as disk:
        server = TeamServer(program, disk / "data")
        try:
            return filled(server, disk)
        finally:
            server.kill()


def filled(server: TeamServer, disk: Path) -> str:
    admin = server.browser()
    admin.set_password(server.invitation)
    admin.send("/administration", "/administration/teams", name="ocean", title="Ocean", owner="admin")
    token = admin.token("write")

    def ask(path: str, method="GET", body=None, **headers) -> tuple[int, bytes]:
        request = urllib.request.Request(
            server.base + path, body, {"Authorization": f"Bearer {token}", **headers}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    json_both = {"Content-Type": "application/json", "Accept": "application/json"}
    status, text = ask("/teams/ocean/places", "POST", json.dumps({"id": "p"}).encode(), **json_both)
    require(status == 201, f"a collection: {status} {text[:200]}")
    # More than what the log of the database may hold already.
    places = json.dumps({
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"text": "x" * 200_000}}
            for _ in range(5)]}).encode()
    kept = os.urandom(1_000_000)
    status, _ = ask("/teams/ocean/files/kept", "PUT", kept)
    require(status == 201, f"with room: {status}")
    require(ask("/health/ready") == (200, b"ready\n"), f"{ask('/health/ready')}")
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    status, text = ask("/teams/ocean/files/large", "PUT", os.urandom(free + 1))
    require(status == 507 and b"disk of the server is full" in text, f"a file: {status} {text[:200]}")
    after = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    require(after > free - 200_000, f"of the file that did not fit {free - after} bytes stay")
    with (disk / "filling").open("wb", buffering=0) as filling:
        try:
            while True:
                filling.write(bytes(4096))
        except OSError:
            pass
    outcomes = {}
    outcomes["places"] = ask("/teams/ocean/places/p/features", "POST", places, **json_both)
    outcomes["an upload"] = ask(
        "/teams/ocean/uploads", "POST", b"", **{
            "Tus-Resumable": "1.0.0", "Upload-Length": "10", "Accept": "application/json",
            "Upload-Metadata": "dataset eA==,title " + base64.b64encode(b"t" * 400).decode()})
    outcomes["signing in"] = server.browser().ask(
        "/sign-in", {"name": "admin", "password": "correct horse battery"})
    for name, (status, text) in outcomes.items():
        text = text if isinstance(text, str) else json.loads(text)["error"]["message"]
        require(status == 507 and "disk of the server is full" in text, f"{name}: {status} {text[:300]}")
    require(ask("/teams/ocean/files/kept") == (200, kept), "what was kept cannot be read")
    status, text = ask("/health/ready")
    require(status == 200 and text.startswith(b"ready for reading only"), f"ready: {status} {text}")
    measured = [line for line in ask("/metrics")[1].decode().splitlines() if line.startswith("cubepress_data_free_bytes ")]
    require(measured == ["cubepress_data_free_bytes 0"], f"free bytes: {measured}")
    (disk / "filling").unlink()
    status, text = ask("/teams/ocean/places/p/features", "POST", places, **json_both)
    require(status == 201 and len(json.loads(text)["ids"]) == 5, f"with room again: {status} {text[:200]}")
    require(server.stop() == 0, "it did not end in order")
    server.start()
    require(ask("/teams/ocean/files/kept") == (200, kept), "after a restart")
    return f"507 for a file, {', '.join(outcomes)}; reading goes on"
