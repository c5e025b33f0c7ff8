"""What teams keep on the server: uploads with a tus client and by forms, hostile files, files with versions, places
compared with shapely, publishing, and what a crash leaves."""

import base64
import hashlib
import io
import json
import os
import random
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import xarray as xr
from aiohttp import ClientResponseError

from patience import PATIENCE, eventually
from report import Failure, Skipped, require
from team_server import Browser, TeamServer
from viewer_browser import chromium, new_context

DATA = Path(__file__).resolve().parent.parent.parent / "Recipes/demo/data"
FIXTURES = Path(__file__).resolve().parent / "Fixtures"


def workspace_checks(report, cubepress: str, program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        space = Workspace(cubepress, program, Path(folder))
        try:
            report.check("workspace: a team", space.set_up)
            report.check("workspace: upload NetCDF with tuspy", space.uploads_netcdf)
            report.check("workspace: upload Zarr, open it with xarray", space.uploads_zarr)
            report.check("workspace: hostile and damaged uploads", space.refuses)
            report.check("workspace: an upload goes on after kill -9", space.goes_on)
            report.check("workspace: upload GeoTIFF, made by GDAL", space.uploads_geotiff)
            report.check("workspace: a dataset is replaced while others read it", space.replaces)
            report.check("workspace: killed while a dataset is replaced", space.replaces_or_not)
            report.check("workspace: files with versions", space.keeps_versions)
            report.check("workspace: a notebook as a page", space.shows_notebook)
            report.check("workspace: places as shapely finds them", space.finds_places)
            report.check("workspace: sharing", space.shares)
            report.check("workspace: from the wish to the public site", space.publishes)
            report.check("workspace: killed while writing", space.survives)
            report.check("workspace: a full disk", lambda: full_disk(program))
            report.check("workspace: slow and oversized requests", space.limits)
            report.check("workspace: restored from a backup", space.restores)
            report.check("workspace: what guests see", space.shows_guests)
            report.check("workspace: pages in the browser", space.shows_pages)
            report.check("workspace: upload without JavaScript", space.uploads_without_scripts)
            report.check("workspace: upload with one line of curl", space.uploads_with_curl)
            report.check("workspace: a large form, and one that breaks off", space.keeps_large_forms_out_of_memory)
        finally:
            space.server.kill()


class Workspace:
    """The team ocean with ada as its owner, bob as editor, and the team land with eve."""

    def __init__(self, cubepress: str, program: str, folder: Path):
        self.cubepress, self.program, self.folder = cubepress, program, folder
        self.server = TeamServer(program, folder / "data")
        self.members: dict[str, Browser] = {}
        self.tokens: dict[str, str] = {}

    # How people and programs ask

    def ask(self, path, user="ada", method="GET", body=None, **headers) -> tuple[int, bytes, dict]:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            fields["Authorization"] = f"Bearer {self.tokens[user]}"
        request = urllib.request.Request(self.server.base + path, body, fields, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)

    def json(self, path, user="ada", **more):
        status, body, _ = self.ask(path, user, **more)
        require(status in (200, 201), f"{path}: {status} {body[:200]}")
        return json.loads(body or b"{}")

    def set_up(self) -> str:
        admin = self.server.browser()
        admin.set_password(self.server.invitation)
        for name in ("ada", "bob", "eve"):
            page = admin.send("/administration", "/administration/users", name=name, title=name.title())
            link = re.search(rf"{self.server.base}/invitation/[\w-]+", page)[0]
            self.members[name] = self.server.browser()
            self.members[name].set_password(link)
            self.tokens[name] = self.members[name].token("write")
        for team, owner in (("ocean", "ada"), ("land", "eve")):
            admin.send("/administration", "/administration/teams", name=team, title=team.title(), owner=owner)
        self.members["ada"].send("/teams/ocean/members", "/teams/ocean/members", user="bob", role="editor")
        return "3 users, 2 teams"

    # Uploads

    def client(self, user="bob", team="ocean"):
        from tusclient.client import TusClient

        return TusClient(
            f"{self.server.base}/teams/{team}/uploads",
            headers={"Authorization": f"Bearer {self.tokens[user]}"})

    def outcome(self, address: str) -> dict:
        path = urllib.parse.urlparse(address).path
        state = eventually(lambda: (now := self.json(path, "bob"))["state"] in ("accepted", "refused") and now)
        require(state, f"{path} is still looked at")
        return state

    def send(self, content: bytes, dataset: str, **metadata) -> dict:
        uploader = self.client().uploader(
            file_stream=io.BytesIO(content), chunk_size=max(1, len(content) // 3), upload_checksum=True,
            metadata={"dataset": dataset, **metadata})
        uploader.upload()
        return self.outcome(uploader.url)

    def uploads_netcdf(self) -> str:
        source = DATA / "A1B_north_america.nc"
        uploader = self.client().uploader(
            str(source), chunk_size=100_000, upload_checksum=True,
            metadata={"dataset": "scenario", "title": "Scenario"})
        pieces = 0
        while uploader.offset < source.stat().st_size:
            uploader.upload_chunk()
            pieces += 1
        state = self.outcome(uploader.url)
        require(state["state"] == "accepted", f"{state}")
        dataset = self.json("/teams/ocean/datasets/scenario")
        content = source.read_bytes()
        require(dataset["sha256"] == hashlib.sha256(content).hexdigest(), "another hash")
        with xr.open_dataset(source, decode_times=False) as cube:
            name = next(name for name in cube.data_vars if cube[name].ndim == 3)
            wanted = float(cube[name].min())
            told = {one["name"]: one for one in dataset["variables"]}[name]
            require(np.isclose(told["minimum"], wanted), f"{told} is not {wanted}")
        status, body, _ = self.ask("/teams/ocean/datasets/scenario/data/cube.nc", Range="bytes=0-99")
        require((status, body) == (206, content[:100]), f"{status}")
        return f"{pieces} pieces, variables {', '.join(one['name'] for one in dataset['variables'])}"

    def zarr_zip(self, version: int, prefix: str = "") -> tuple[bytes, xr.Dataset]:
        times = np.arange(3) * 31.0
        cube = xr.Dataset(
            {"sst": (("time", "lat", "lon"), np.random.default_rng(version).normal(290, 5, (3, 40, 60)).astype("f4"))},
            {
                "time": ("time", times, {"units": "days since 2000-01-01", "standard_name": "time"}),
                "lat": ("lat", np.linspace(-19.5, 19.5, 40), {"units": "degrees_north"}),
                "lon": ("lon", np.linspace(0.5, 59.5, 60), {"units": "degrees_east"}),
            })
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "cube.zarr"
            # Over HTTP nothing can be listed: what there is must stand in one document.
            cube.to_zarr(store, zarr_format=version, consolidated=True)
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w") as archive:
                for file in sorted(store.rglob("*")):
                    if file.is_file():
                        archive.write(file, prefix + str(file.relative_to(store)))
        return content.getvalue(), cube

    def uploads_zarr(self) -> str:
        for version, prefix in ((2, ""), (3, "my cube.zarr/")):
            content, cube = self.zarr_zip(version, prefix)
            state = self.send(content, f"zarr-{version}", sha256=hashlib.sha256(content).hexdigest())
            require(state["state"] == "accepted", f"{state}")
            href = self.json(f"/teams/ocean/datasets/zarr-{version}")["href"]
            headers = {"Authorization": f"Bearer {self.tokens['ada']}"}
            remote = xr.open_zarr(
                href, storage_options={"headers": headers}, consolidated=True, decode_times=False)
            require(np.array_equal(remote.sst.values, cube.sst.values), f"Zarr {version}: other values")
            status, _, _ = self.ask(f"/teams/ocean/datasets/zarr-{version}/data/cube.zarr/zarr.json", "eve")
            require(status == 404, f"eve: {status}")
        return "Zarr 2 and 3, values as sent"

    def refuses(self) -> str:
        """Each is refused with a reason that names what is wrong, and leaves nothing behind."""
        def archive(files, compression=zipfile.ZIP_STORED) -> bytes:
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w", compression) as made:
                for name, data in files.items():
                    made.writestr(name, data)
            return content.getvalue()

        whole, _ = self.zarr_zip(2)
        group = {".zgroup": '{"zarr_format":2}'}
        bomb = archive(group | {f"x/{number}": bytes(200 << 20) for number in range(2)}, zipfile.ZIP_DEFLATED)
        lying = bytearray(archive(group | {"x/0": b"0" * 100}, zipfile.ZIP_DEFLATED))
        at = lying.rindex(b"PK\1\2")
        lying[at + 24:at + 28] = struct.pack("<I", 3 << 30)
        damaged = bytearray((DATA / "A1B_north_america.nc").read_bytes())
        damaged[200:3000] = bytes(2800)
        cases = {
            "path traversal": (archive(group | {"../../../evil": b"x"}), "leads out"),
            "absolute path": (archive(group | {"/etc/evil": b"x"}), "leads out"),
            "a zip bomb": (bomb, "quota"),
            "lying sizes": (bytes(lying), ""),
            "cut short": (whole[:-500], "cut short"),
            "damaged bytes": (whole.replace(b"\0" * 8, b"\1" * 8) if b"\0" * 8 in whole else whole[:200] + b"xx" + whole[202:], ""),
            "no Zarr": (archive({"a.txt": b"x"}), "no Zarr group"),
            "no variables": (archive(group), ""),
            "two stores": (archive({"a/.zgroup": "{}", "b/.zgroup": "{}"}), "2 Zarr stores"),
            "file and folder": (archive(group | {"a": b"x", "a/b": b"y"}), "both a file and a folder"),
            "damaged NetCDF": (bytes(damaged), ""),
            "NetCDF cut short": ((DATA / "A1B_north_america.nc").read_bytes()[:5000], ""),
            "values in another file": ((FIXTURES / "external_storage.nc").read_bytes(), "another file"),
            "a text": (b"hello", "neither"),
        }
        self.quota("ocean", 0.3)
        for name, (content, reason) in cases.items():
            state = self.send(content, "bad")
            require(state["state"] == "refused", f"{name} was taken: {state}")
            require(reason in state["problem"], f"{name}: {state['problem']}")
            require(str(self.folder) not in state["problem"], f"{name} tells a path: {state['problem']}")
        self.quota("ocean", 50)
        left = os.listdir(self.folder / "data/teams/ocean/uploads")
        require(not left, f"left behind: {left}")
        require(not (self.folder / "evil").exists() and not Path("/etc/evil").exists(), "it got out")
        large = self.create(10 ** 15, "too-large")
        require(large[0] == 507, f"more than the quota: {large}")
        taken = self.create(10, "scenario")
        require(taken[0] == 409, f"an id twice: {taken}")
        return f"{len(cases)} refused"

    def quota(self, team: str, gigabytes: float) -> None:
        admin = self.server.browser()
        status, _ = admin.ask("/sign-in", {"name": "admin", "password": "correct horse battery"})
        require(status == 303, f"admin: {status}")
        admin.send("/administration", f"/administration/teams/{team}/quota", gigabytes=str(gigabytes))

    def create(self, length: int, dataset: str, user="bob") -> tuple[int, bytes, dict]:
        return self.ask(
            "/teams/ocean/uploads", user, "POST", b"", Tus_Resumable="1.0.0", Upload_Length=str(length),
            Upload_Metadata="dataset " + base64.b64encode(dataset.encode()).decode())

    def goes_on(self) -> str:
        """The server is killed again and again while a cube arrives; what it has counted it keeps."""
        content = bytearray((DATA / "A1B_north_america.nc").read_bytes())
        _, _, headers = self.create(len(content), "interrupted")
        path = urllib.parse.urlparse(headers["Location"]).path
        offset = kills = 0
        timer = None
        while offset < len(content):
            if kills < 5 and offset > kills * len(content) // 6:
                if timer:
                    # One that comes late would kill the next server.
                    timer.join()
                timer = threading.Timer(random.uniform(0, 0.03), self.server.kill)
                timer.start()
                kills += 1
            try:
                status, body, answer = self.ask(
                    path, "bob", "PATCH", bytes(content[offset:offset + 300_000]), Tus_Resumable="1.0.0",
                    Upload_Offset=str(offset), Content_Type="application/offset+octet-stream")
                require(status == 204, f"{status} {body}")
                offset = int(answer["Upload-Offset"])
            except (OSError, ConnectionError):
                timer.join()
                self.server.start()
                status, _, answer = self.ask(path, "bob", "HEAD", Tus_Resumable="1.0.0")
                require(status == 200, f"after a kill: {status}")
                now = int(answer["Upload-Offset"])
                require(now >= offset, f"acknowledged bytes are lost: {now} < {offset}")
                offset = now
        timer.join()
        if self.server.process.poll() is not None:
            self.server.start()
        # Once more while it is checked.
        self.server.kill()
        self.server.start()
        state = self.outcome(self.server.base + path)
        require(state["state"] == "accepted", f"{state}")
        told = self.json("/teams/ocean/datasets/interrupted")["sha256"]
        require(told == hashlib.sha256(content).hexdigest(), "other bytes")
        return f"{kills + 1} kills, {len(content)} bytes"

    def uploads_geotiff(self) -> str:
        source, tiff = DATA / "A1B_north_america.nc", self.folder / "one.tif"
        subprocess.run(
            ["gdal_translate", "-q", "-b", "3", "-a_srs", "EPSG:4326", "-co", "COMPRESS=DEFLATE",
             f"NETCDF:{source}:air_temperature", str(tiff)], check=True, capture_output=True)
        state = self.send(tiff.read_bytes(), "picture")
        require(state["state"] == "accepted", f"{state}")
        dataset = self.json("/teams/ocean/datasets/picture")
        require(dataset["href"].endswith("/data/cube.tif"), f"{dataset}")
        with xr.open_dataset(source, decode_times=False) as cube:
            values = cube.air_temperature[2].values
        told = dataset["variables"][0]
        require(np.isclose(told["minimum"], np.nanmin(values)) and np.isclose(told["maximum"], np.nanmax(values)), f"{told}")
        require(self.ask(f"/teams/ocean/api/tiles/picture/{told['name']}/1/0/0?crs=EPSG:3857")[0] == 200, "no tile")
        content = tiff.read_bytes()
        for name, bad in (("cut short", content[:len(content) // 2]), ("spoilt", content[:8] + bytes(200) + content[208:])):
            state = self.send(bad, "bad-picture")
            require(state["state"] == "refused", f"{name} was taken: {state}")
        return f"{told['name']}, values as xarray reads them"

    # Replacing

    @staticmethod
    def constant(number: int) -> bytes:
        """A cube with one value everywhere, in many chunks: a mix of two shows at once."""
        cube = xr.Dataset(
            {"v": (("time", "lat", "lon"), np.full((4, 64, 128), number, "f4"))},
            {
                "time": ("time", np.arange(4.0), {"units": "days since 2000-01-01", "standard_name": "time"}),
                "lat": ("lat", np.linspace(-88.6, 88.6, 64), {"units": "degrees_north"}),
                "lon": ("lon", np.linspace(-178.6, 178.6, 128), {"units": "degrees_east"}),
            })
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "cube.zarr"
            cube.to_zarr(store, zarr_format=2, consolidated=True, encoding={"v": {"chunks": (1, 32, 32)}})
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w") as archive:
                for file in sorted(store.rglob("*")):
                    if file.is_file():
                        archive.write(file, str(file.relative_to(store)))
        return content.getvalue()

    AREA = {"type": "Polygon", "coordinates": [[[-170, -80], [170, -80], [170, 80], [-170, 80], [-170, -80]]]}

    def pinned(self, user="ada") -> set:
        """The values of one content, read in many requests."""
        href = self.json("/teams/ocean/datasets/hourly", user)["versionHref"]
        headers = {"Authorization": f"Bearer {self.tokens[user]}"}
        cube = xr.open_zarr(href, storage_options={"headers": headers}, consolidated=True, decode_times=False)
        return set(np.unique(cube.v.values))

    def computed(self) -> set:
        """The values that the server computes, over all chunks and times."""
        series = self.json(
            "/teams/ocean/api/timeseries/hourly/v?aggMethods=min,max", method="POST",
            body=json.dumps(self.AREA).encode())["result"]
        return {step[name] for step in series for name in ("min", "max")}

    def tile(self) -> tuple[bytes, str]:
        status, body, headers = self.ask("/teams/ocean/api/tiles/hourly/v/0/0/0?vmin=0&vmax=100&cmap=viridis")
        require(status == 200, f"tile: {status}")
        return body, headers["Etag" if "Etag" in headers else "ETag"]

    def replaces(self) -> str:
        """Readers of three kinds go on all the time; each finds one content, whole, and never an earlier one
        after a later one."""
        require(self.send(self.constant(1), "hourly", title="Hourly")["state"] == "accepted", "the first")
        ada = self.members["ada"]
        ada.send("/teams/ocean/members", "/teams/ocean/grants", kind="dataset", item="hourly", other="land", role="reader")
        stop, problems, counts = threading.Event(), [], {}

        def goes_on(name, read):
            last = 0
            while not stop.is_set():
                try:
                    values = read()
                    if len(values) != 1 or min(values) < last:
                        problems.append(f"{name}: {values} after {last}")
                    last = min(values)
                    counts[name] = counts.get(name, 0) + 1
                except ClientResponseError as error:
                    # Replaced twice while it was read: an error, and no missing values.
                    if error.status != 410:
                        problems.append(f"{name}: {error!r}")
                    counts["gone"] = counts.get("gone", 0) + 1
                except Exception as error:
                    problems.append(f"{name}: {error!r}")

        readers = [
            threading.Thread(target=goes_on, args=one, daemon=True)
            for one in (("xarray", self.pinned), ("a guest's xarray", lambda: self.pinned("eve")), ("series", self.computed))]
        for one in readers:
            one.start()
        tiles = [self.tile()]
        for number in range(2, 12):
            state = self.send(self.constant(number), "hourly", replace="yes")
            require(state["state"] == "accepted", f"{state}")
            # From here on nobody gets the earlier one.
            tiles.append(self.tile())
            require(tiles[-1][0] != tiles[-2][0] and tiles[-1][1] != tiles[-2][1], f"tile {number} is the earlier one")
            require(self.computed() == {number}, f"{number}: the server computes {self.computed()}")
            require(self.json("/teams/ocean/datasets/hourly")["variables"][0]["maximum"] == number, "another description")
        refused = self.send(b"not a cube", "hourly", replace="yes")
        require(refused["state"] == "refused" and self.computed() == {11}, f"{refused}")
        stop.set()
        for one in readers:
            one.join(60)
        require(not problems, f"{len(problems)}: {problems[:3]}")
        gone = counts.pop("gone", 0)
        require(min(counts.values()) >= 5 and len(counts) == 3, f"{counts}, {gone} gone")
        dataset = self.json("/teams/ocean/datasets/hourly", "eve")
        require(dataset["title"] == "Hourly" and len(dataset["earlier"]) == 1, f"{dataset}")
        self.requires_no_leftovers()
        _, log = ada.ask("/teams/ocean/log")
        require(log.count("replaced a dataset") == 10, "the log does not say it")
        missing = f"/teams/ocean/datasets/hourly/versions/{'0' * 64}/cube.zarr/zarr.json"
        require(self.ask(missing, "eve")[0] == 410, "a content that went looks like a missing file")
        ada.send("/teams/ocean/members", "/teams/ocean/grants/end", kind="dataset", item="hourly", other="land")
        require(self.ask(missing, "eve")[0] == 404, "who may see nothing learns of contents")
        reads = ", ".join(f"{count} by {name}" for name, count in counts.items())
        return f"10 times; meanwhile {reads}; {gone} found theirs gone"

    def requires_no_leftovers(self) -> None:
        """What is on the disk is what the database knows. A replaced content goes after the transaction that
        accepts the new one, so for a moment it may still be there."""
        datasets = self.json("/teams/ocean/datasets")["datasets"]
        known = len(datasets) + len(self.json("/teams/ocean/datasets/hourly")["earlier"])
        uploaded = self.folder / "data/teams/ocean/uploaded"
        require(eventually(lambda: len(os.listdir(uploaded)) == known), f"left behind: {len(os.listdir(uploaded))} contents of {known}")

    def replaces_or_not(self) -> str:
        """Killed at any moment of it, the server has the old content or the new one, and goes on to the new."""
        old, kills = 11, 0
        found = {"old": 0, "new": 0}
        began = time.monotonic()
        require(self.send(self.constant(old), "hourly", replace="yes")["state"] == "accepted", "not taken")
        usual = time.monotonic() - began
        while kills < 12 or not all(found.values()):
            require(kills < 60, f"only one of the two was seen: {found}")
            kills += 1
            number = old + 1
            timer = threading.Timer(random.uniform(0, 1.3 * usual), self.server.kill)
            timer.start()
            address = None
            try:
                uploader = self.client().uploader(
                    file_stream=io.BytesIO(self.constant(number)), metadata={"dataset": "hourly", "replace": "yes"})
                uploader.upload()
                address = uploader.url
                while self.server.process.poll() is None:
                    time.sleep(0.005)
            except Exception:
                pass
            timer.join()
            self.server.process.wait()
            self.server.start()
            now = self.computed()
            require(now in ({old}, {number}), f"after a kill: {now}, not {old} or {number}")
            require(self.pinned() in ({old}, {number}), "a mix in its bytes")
            found["old" if now == {old} else "new"] += 1
            if address:
                require(self.outcome(address)["state"] == "accepted", "its check did not go on")
                require(self.computed() == {number}, "not the new one")
            else:
                for upload in self.json("/teams/ocean/uploads", "bob")["uploads"]:
                    self.outcome(f"/teams/ocean/uploads/{upload['id']}") if upload["state"] == "checking" else self.ask(
                        f"/teams/ocean/uploads/{upload['id']}", "bob", "DELETE", Tus_Resumable="1.0.0")
            old = int(max(self.computed()))
        self.requires_no_leftovers()
        return f"{kills} kills: {found['old']} times the old one, {found['new']} times the new one at the next start"

    # Files

    def keeps_versions(self) -> str:
        rng = random.Random(7)
        contents = [rng.randbytes(rng.randrange(1, 200_000)) for _ in range(5)]
        path = "/teams/ocean/files/models/ice%20v.pt"
        for number, content in enumerate(contents, 1):
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            answer = self.json(path, "bob", method="PUT", body=content, Content_Digest=f"sha-256=:{digest}:")
            require(answer["version"] == number, f"{answer}")
        status, _, _ = self.ask(path, "bob", "PUT", b"x", Content_Digest=f"sha-256=:{digest}:")
        require(status == 460, f"a wrong digest: {status}")
        for number, content in enumerate(contents, 1):
            status, body, _ = self.ask(f"{path}?version={number}")
            require((status, body) == (200, content), f"version {number}: {status}")
        require(self.ask(path)[1] == contents[-1], "not the latest")
        require(self.ask(path, Range="bytes=1-3")[1] == contents[-1][1:4], "not the range")
        listed = self.json(path + "?versions")["versions"]
        require([one["version"] for one in listed] == [5, 4, 3, 2, 1], f"{listed}")
        names = [one["path"] for one in self.json("/teams/ocean/files?prefix=models/")["files"]]
        require(names == ["models/ice v.pt"], f"{names}")
        require(self.ask(path + "?version=2", "bob", "DELETE")[0] == 204, "version 2 stays")
        require(self.ask(path + "?version=2")[0] == 404, "version 2 is still there")
        for other in ("../x", "%2e%2e/x", "a/%2e%2e/%2e%2e/x", ".hidden", "a%2f..%2fb"):
            status, _, _ = self.ask(f"/teams/ocean/files/{other}", "bob", "PUT", b"x")
            require(status == 422, f"{other}: {status}")
            status, _, _ = self.ask(f"/teams/ocean/files/{other}", "eve", "PUT", b"x")
            require(status == 404, f"{other} of a stranger: {status}")
        return f"{len(contents)} versions"

    def shows_notebook(self) -> str:
        notebook = {
            "nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [
                {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Findings\n\n![A picture](dot.png)\n\n<script>alert(1)</script>"},
                {"cell_type": "code", "id": "b", "metadata": {}, "source": "1 + 1", "execution_count": 1,
                 "outputs": [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
                              "data": {"text/html": "<b onclick='x()'>two</b><img src=x onerror=alert(1)>"}}]},
            ],
        }
        picture = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        self.json("/teams/ocean/files/notes/dot.png", "bob", method="PUT", body=picture)
        self.json("/teams/ocean/files/notes/a.ipynb", "bob", method="PUT", body=json.dumps(notebook).encode())
        status, body, headers = self.ask("/teams/ocean/stories/notes/a.ipynb")
        text = body.decode()
        require(status == 200 and "Findings" in text and "two" in text, f"{status} {text[:300]}")
        require("onclick" not in text and "onerror" not in text and "alert(1)</script>" not in text, "not made harmless")
        require("script-src 'self'" in headers["Content-Security-Policy"], "no policy")
        require("story." in text and ".png" in text, "no picture")
        require(self.ask("/teams/ocean/stories/notes/a.ipynb", "eve")[0] == 404, "eve sees it")
        notebook["cells"][0]["source"] = "# Other findings"
        self.json("/teams/ocean/files/notes/a.ipynb", "bob", method="PUT", body=json.dumps(notebook).encode())
        require(b"Other findings" in self.ask("/teams/ocean/stories/notes/a.ipynb")[1], "the earlier version")
        self.json("/teams/ocean/files/notes/bad.ipynb", "bob", method="PUT", body=b"{")
        status, body, _ = self.ask("/teams/ocean/stories/notes/bad.ipynb")
        require(status == 422 and str(self.folder).encode() not in body, f"{status} {body[:300]}")
        self.ask("/teams/ocean/files/notes/bad.ipynb", "bob", "DELETE")
        return "shown and harmless"

    # Places

    def finds_places(self) -> str:
        import shapely

        rng = np.random.default_rng(11)
        shapes, features = [], []
        for number in range(600):
            x, y = rng.uniform(-170, 170), rng.uniform(-80, 80)
            around = shapely.Point(x, y).buffer(rng.uniform(0.1, 8), quad_segs=3)
            kind = number % 4
            if kind == 0:
                shape = shapely.Point(x, y)
            elif kind == 1:
                shape = shapely.LineString(rng.uniform(-6, 6, (5, 2)) + (x, y))
            elif kind == 2:
                shape = around
            else:
                shape = around.difference(shapely.affinity.scale(around, 0.6, 0.6))
            shapes.append(shape)
            features.append({
                "type": "Feature", "geometry": shapely.geometry.mapping(shape),
                "properties": {"name": f"p{number}", "population": int(rng.integers(0, 5000)), "even": number % 2 == 0},
            })
        self.json(
            "/teams/ocean/places", "bob", method="POST", body=b'{"id":"places","title":"Places"}',
            Content_Type="application/json")
        base = "/teams/ocean/places/places/features"
        body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        ids = self.json(base, "bob", method="POST", body=body)["ids"]
        found = 0
        for _ in range(150):
            west, south = rng.uniform(-180, 160), rng.uniform(-90, 70)
            size = 10 ** rng.uniform(-1, 1.5)
            box = shapely.box(west, south, min(180, west + size), min(90, south + size))
            wanted = {ids[at] for at, shape in enumerate(shapes) if shape.intersects(box)}
            numbers = ",".join(repr(float(one)) for one in box.bounds)
            answer = self.json(f"{base}?bbox={numbers}")
            told = {one["id"] for one in answer["features"]}
            require(told == wanted, f"{numbers}: {told ^ wanted}")
            require(answer["numberMatched"] == len(wanted), "another count")
            found += len(wanted)
        population = [one["properties"]["population"] for one in features]
        answer = self.json(f"{base}?population=gt.1000&even=is.true&order=population.desc&limit=20&select=population")
        wanted = sorted((one for at, one in enumerate(population) if one > 1000 and at % 2 == 0), reverse=True)
        require([one["properties"] for one in answer["features"]] == [{"population": one} for one in wanted[:20]], "another order")
        require(answer["numberMatched"] == len(wanted), "another count")
        seen, address = [], f"{base}?limit=250"
        while address:
            page = self.json(address)
            seen += [one["id"] for one in page["features"]]
            address = next((one["href"].removeprefix(self.server.base) for one in page["links"]), None)
        require(seen == ids, "pages leave something out")
        changed = self.json(
            f"{base}?population=gt.1000", "bob", method="PATCH", body=b'{"properties":{"large":true}}')["changed"]
        require(changed == sum(one > 1000 for one in population), f"changed {changed}")
        removed = self.json(f"{base}?large=is.true", "bob", method="DELETE")["removed"]
        require(removed == changed, f"removed {removed}")
        require(self.json("/teams/ocean/places/places")["count"] == 600 - removed, "another count")
        return f"150 boxes, {found} hits"

    def shares(self) -> str:
        ada = self.members["ada"]
        paths = {
            ("dataset", "scenario"): "/teams/ocean/datasets/scenario/data/cube.nc",
            ("places", "places"): "/teams/ocean/places/places/features",
            ("files", "models/"): "/teams/ocean/files/models/ice%20v.pt",
        }
        for (kind, item), path in paths.items():
            require(self.ask(path, "eve")[0] == 404, f"eve before: {path}")
            ada.send("/teams/ocean/members", "/teams/ocean/grants", kind=kind, item=item, other="land", role="reader")
            require(self.ask(path, "eve")[0] == 200, f"eve: {path}")
            require(self.ask(path, "eve", "DELETE")[0] in (404, 405), f"eve deletes {path}")
            ada.send("/teams/ocean/members", "/teams/ocean/grants/end", kind=kind, item=item, other="land")
            require(self.ask(path, "eve")[0] == 404, f"eve afterwards: {path}")
        return "dataset, places, folder of files"

    # Publishing

    def publishes(self) -> str:
        recipe = self.folder / "site.yaml"
        recipe.write_text(
            f"site: {{title: Public}}\ninclude: [{self.folder}/data/publish]\n"
            f"publish: {{to: {self.folder}/www, grace: 1h}}\ndatasets: [{DATA}/A1B_north_america.nc]\n")

        def night() -> set:
            answer = subprocess.run(
                [self.cubepress, "nightly", recipe, "-o", self.folder / "work"], capture_output=True, text=True)
            require(answer.returncode == 0, f"nightly: {answer.stderr[-400:]} {answer.stdout[-400:]}")
            listed = json.loads((self.folder / "www/api/datasets.json").read_text())
            return {one["id"] for one in listed["datasets"]}

        before = night()
        bob, ada = self.members["bob"], self.members["ada"]
        bob.send(
            "/teams/ocean/publications", "/teams/ocean/publications", dataset="zarr-2", id="ocean-zarr",
            title='A "title": here', summary="Several\nlines: - of # text", licence="CC-BY-4.0")
        status, _ = bob.ask("/teams/ocean/publications/ocean-zarr/publish", {"form": "x"})
        require(status == 404, f"an editor publishes: {status}")
        require(night() == before, "published without an owner")
        def agree() -> None:
            content = self.json("/teams/ocean/datasets/zarr-2")["sha256"]
            ada.send("/teams/ocean/publications", "/teams/ocean/publications/ocean-zarr/publish", content=content)

        agree()
        after = night()
        require(after == before | {"ocean-zarr"}, f"{after}")
        page = (self.folder / "www/datasets/ocean-zarr/index.html").read_text()
        require("A &quot;title&quot;: here" in page, "another title")
        def public() -> np.ndarray:
            with xr.open_zarr(self.folder / "www/datasets/ocean-zarr/cube.zarr", group="0", decode_times=False) as site:
                return site.sst.values

        # A new content is private until an owner agrees to it.
        first, (content, second) = public(), self.zarr_zip(3)
        require(self.send(content, "zarr-2", replace="yes")["state"] == "accepted", "not replaced")
        night()
        require(np.array_equal(public(), first), "the new content is public, and nobody agreed")
        _, page = ada.ask("/teams/ocean/publications")
        require("The dataset was replaced since." in page, "the page does not say it")
        agree()
        night()
        require(np.array_equal(public(), second.sst.values), "the new content is not public")
        ada.send("/teams/ocean/publications", "/teams/ocean/publications/ocean-zarr/withdraw")
        require(night() == before, "still there")
        _, log = ada.ask("/teams/ocean/log")
        for words in ("asked to publish", "published", "withdrew", "uploaded a dataset", "put a file", "shared"):
            require(words in log, f"the log does not say: {words}")
        return "asked, agreed, taken up, withdrawn"

    # Crashes and limits

    def survives(self) -> str:
        """What was acknowledged before `kill -9` is there afterwards, whole."""
        kept, features = {}, []
        self.json(
            "/teams/ocean/places", "bob", method="POST", body=b'{"id":"many"}', Content_Type="application/json")
        rng = random.Random(3)
        for round in range(3):
            timer = threading.Timer(0.5 + 0.3 * round, self.server.kill)
            timer.start()
            try:
                while True:
                    content = rng.randbytes(rng.randrange(1, 50_000))
                    path = f"/teams/ocean/files/crash/{round}-{len(kept)}"
                    if self.ask(path, "bob", "PUT", content)[0] == 201:
                        kept[path] = content
                    point = {"type": "Feature", "properties": {"n": len(features)},
                             "geometry": {"type": "Point", "coordinates": [round, len(features) % 80]}}
                    features += self.json(
                        "/teams/ocean/places/many/features", "bob", method="POST", body=json.dumps(point).encode())["ids"]
            except (OSError, Failure):
                timer.join()
            self.server.start()
        for path, content in kept.items():
            status, body, _ = self.ask(path)
            require((status, body) == (200, content), f"{path} is lost: {status}")
        page = self.json("/teams/ocean/places/many/features?bbox=-180,-90,180,90&limit=10000")
        lost = set(features) - {one["id"] for one in page["features"]}
        require(not lost, f"places are lost: {lost}")
        blobs = {path.name for path in (self.folder / "data/teams/ocean/blobs").iterdir()}
        wrong = [name for name in blobs if hashlib.sha256(
            (self.folder / "data/teams/ocean/blobs" / name).read_bytes()).hexdigest() != name]
        require(not wrong, f"damaged: {wrong}")
        require(len(kept) > 10, f"only {len(kept)} files")
        return f"{len(kept)} files, {len(features)} places, 3 kills"

    def limits(self) -> str:
        import socket

        big = b'{"type":"FeatureCollection","features":[' + b" " * (17 << 20) + b"]}"
        status, _, _ = self.ask("/teams/ocean/places/many/features", "bob", "POST", big)
        require(status == 413, f"17 MB of places: {status}")
        # A client that sends its request byte by byte is cut off; others are served meanwhile.
        slow = [socket.create_connection(("127.0.0.1", self.server.port)) for _ in range(50)]
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
            require(self.ask("/health/live", None)[0] == 200, "others are not served")
            time.sleep(1)
        require(len(ended) == len(slow), f"{len(slow) - len(ended)} slow connections live on after {PATIENCE} s")
        return f"cut off after {time.monotonic() - began:.0f} s"

    def finds_damage(self, backup: Path) -> None:
        """Of a backup with a changed byte or without a chunk nothing is restored, and the damage is named."""
        def spoil(file: Path) -> None:
            content = bytearray(file.read_bytes())
            content[len(content) // 2] ^= 1
            file.write_bytes(content)

        for pattern, damage in (
            ("teams/ocean/uploaded/*/cube.nc", spoil), ("teams/ocean/blobs/*", spoil),
            ("teams/ocean/uploaded/*/cube.zarr/*/0.0*", Path.unlink), ("teams/ocean/uploaded/*/cube.zarr", shutil.rmtree)):
            damaged, target = self.folder / "damaged", self.folder / "from-damaged"
            shutil.copytree(backup, damaged)
            victim = sorted(damaged.glob(pattern))[0]
            damage(victim)
            answer = subprocess.run(
                [self.program, "restore", "--data", str(target), str(damaged)], capture_output=True, text=True)
            named = str(victim).split("/cube.zarr")[0]
            require(answer.returncode != 0 and named in answer.stderr, f"{pattern}: {answer.returncode} {answer.stderr}")
            require(not target.exists(), f"{pattern}: half of it was restored")
            shutil.rmtree(damaged)

    def restores(self) -> str:
        backup = self.folder / "backup"
        subprocess.run([self.program, "backup", "--data", str(self.server.folder), str(backup)], check=True)
        again = subprocess.run([self.program, "backup", "--data", str(self.server.folder), str(backup)], capture_output=True, text=True)
        require(again.returncode != 0, "a backup was written over")
        copy = self.folder / "restored"
        subprocess.run([self.program, "restore", "--data", str(copy), str(backup)], check=True)
        over = subprocess.run([self.program, "restore", "--data", str(copy), str(backup)], capture_output=True, text=True)
        require(over.returncode != 0 and "exists" in over.stderr, f"restored over data: {over.stderr}")
        self.finds_damage(backup)
        other = TeamServer(self.program, copy)
        base, self.server.base = self.server.base, other.base
        try:
            status, body, _ = self.ask("/teams/ocean/files/models/ice%20v.pt?version=1")
            require(status == 200 and len(body) > 0, f"a file of the copy: {status}")
            require(self.ask("/teams/ocean/datasets/scenario/data/cube.nc")[0] == 200, "no dataset")
            require(self.json("/teams/ocean/places/places/features?limit=1")["numberReturned"] == 1, "no places")
        finally:
            self.server.base = base
            other.kill()
        return "datasets, files and places are there"

    # Pages

    def links(self, browser: Browser, page: str) -> list[str]:
        """The addresses on this server to which a page leads."""
        status, text = browser.ask(page)
        require(status == 200, f"{page}: {status}")
        base = self.server.base + page
        found = [urllib.parse.urljoin(base, one.replace("&amp;", "&")) for one in re.findall(r'<(?:a|link)[^>]* href="([^"]+)"', text)]
        found += [urllib.parse.urljoin(base, one) for one in re.findall(r'<(?:script|img)[^>]* src="([^"]+)"', text)]
        return sorted({one.split("#")[0].removeprefix(self.server.base) for one in found if one.startswith(self.server.base)})

    def shows_guests(self) -> str:
        """What is shared is found from the first page, and no link of these pages is dead."""
        ada, eve = self.members["ada"], self.members["eve"]
        for kind, item in (("dataset", "hourly"), ("places", "places"), ("files", "notes/")):
            ada.send("/teams/ocean/members", "/teams/ocean/grants", kind=kind, item=item, other="land", role="reader")
        wanted = {
            "/teams/ocean/datasets/hourly", "/teams/ocean/places/places", "/teams/ocean/files?prefix=notes%2F",
            "/teams/ocean/stories/notes/a.ipynb"}
        for page in ("/", "/teams/land"):
            require(wanted <= set(self.links(eve, page)), f"{page}: {self.links(eve, page)}")
        looked = 0
        for page in sorted(wanted) + ["/", "/teams/land"]:
            for link in self.links(eve, page if "stories" not in page else page + "/-/stories/a/index.html"):
                status, _ = eve.ask(link)
                require(status in (200, 303, 307), f"{page} leads eve to {link}: {status}")
                looked += 1
        return f"{looked} links"

    def wait_for(self, dataset: str, number: int) -> None:
        """Waits until nothing of the team is received or looked at; then its dataset must hold a number."""
        def under_way() -> list:
            return [one for one in self.json("/teams/ocean/uploads", "bob")["uploads"] if one["state"] != "refused"]

        require(eventually(lambda: not under_way()), f"{under_way()}")
        found = self.json(f"/teams/ocean/datasets/{dataset}")["variables"][0]["maximum"]
        require(found == number, f"{found}, not {number}")

    def uploads_without_scripts(self) -> str:
        """The form of the page in a browser that runs no scripts."""
        shots = Path(os.environ.get("WORKSPACE_SHOTS", self.folder / "shots"))
        shots.mkdir(parents=True, exist_ok=True)
        address = f"{self.server.base}/teams/ocean/uploads"
        with chromium() as browser:
            page = new_context(browser, java_script_enabled=False, viewport={"width": 380, "height": 800}).new_page()
            page.goto(self.server.base + "/sign-in")
            page.fill("[name=name]", "bob")
            page.fill("[name=password]", "correct horse battery")
            page.get_by_role("button", name="Sign in").click()

            def send(content: bytes, button: str, **fields) -> None:
                (self.folder / "cube.zip").write_bytes(content)
                for name, value in fields.items():
                    page.get_by_label(name.title(), exact=True).fill(value)
                page.get_by_label("File").set_input_files(self.folder / "cube.zip")
                page.get_by_role("button", name=button, exact=True).press("Enter")
                page.wait_for_load_state()

            page.goto(address)
            page.screenshot(path=shots / "plain-form.png", full_page=True)
            send(self.constant(1), "Upload", id="by-form", title="By a form")
            require(page.url == address, f"led to {page.url}")
            self.wait_for("by-form", 1)
            page.goto(f"{self.server.base}/teams/ocean")
            require(page.get_by_role("link", name="By a form").count() > 0, "not among the datasets")
            page.goto(f"{address}?replace=by-form")
            send(self.constant(2), "Replace")
            self.wait_for("by-form", 2)
            require(self.json("/teams/ocean/datasets/by-form")["title"] == "By a form", "the title has changed")
            # What is refused says why, and keeps what was typed.
            page.goto(address)
            send(self.constant(3), "Upload", id="by-form", title="Once more")
            alert = page.get_by_role("alert")
            require("has a dataset of this id" in alert.inner_text(), f"{alert.inner_text()}")
            require(page.get_by_label("Title").input_value() == "Once more", "the title is gone")
            require(page.get_by_label("Id", exact=True).input_value() == "by-form", "the id is gone")
            page.screenshot(path=shots / "plain-refused.png", full_page=True)
            # Also of what is much larger than there is room for: the browser sends all of it before it looks.
            self.quota("ocean", 0.001)
            page.goto(address)
            send(bytes(40 << 20), "Upload", id="too-large")
            require("quota" in alert.inner_text() or "left" in alert.inner_text(), f"{alert.inner_text()}")
            self.quota("ocean", 50)
        self.wait_for("by-form", 2)
        return "new, in place, refused and too large"

    def uploads_with_curl(self) -> str:
        """The line that the page shows, as it stands there."""
        ada = self.members["ada"]
        import html

        for page, name in (("/teams/ocean/uploads", "by-curl"), ("/teams/ocean/uploads?replace=by-curl", "by-curl")):
            _, text = ada.ask(page)
            line = html.unescape(re.search(r"<pre[^>]*><code>(curl .*?)</code></pre>", text, re.S)[1])
            number = 1 if "?" not in page else 2
            (self.folder / "cube.zip").write_bytes(self.constant(number))
            line = line.replace("cpt_…", self.tokens["ada"]).replace("cube.nc", str(self.folder / "cube.zip")).replace("my-cube", name)
            answer = subprocess.run(["bash", "-euo", "pipefail", "-c", line], capture_output=True, text=True)
            require(answer.returncode == 0, answer.stderr)
            state = json.loads(answer.stdout)
            require(state["dataset"] == name and state["received"] == state["length"], f"{state}")
            require(state["length"] == (self.folder / "cube.zip").stat().st_size, f"{state}")
            require(self.outcome(f"/teams/ocean/uploads/{state['id']}")["state"] == "accepted", "refused")
            self.wait_for(name, number)
        # Without a file, by somebody else, and with the file before the other fields.
        for user, fields, status in (
            ("ada", ["-F", "dataset=a"], 422), ("eve", ["-F", f"file=@{self.folder}/cube.zip"], 404),
            ("ada", ["-F", f"file=@{self.folder}/cube.zip", "-F", "dataset=a"], 400)):
            answer = subprocess.run(
                ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Authorization: Bearer {self.tokens[user]}",
                 *fields, f"{self.server.base}/teams/ocean/uploads"], capture_output=True, text=True)
            require(answer.stdout == str(status), f"{fields}: {answer.stdout} {answer.stderr}")
        return "new, in place and refused"

    def keeps_large_forms_out_of_memory(self) -> str:
        def most() -> int:
            """The most memory that the server has had, in kB."""
            status = Path(f"/proc/{self.server.process.pid}/status").read_text()
            return int(re.search(r"VmHWM:\s+(\d+)", status)[1])

        large = self.folder / "large.bin"
        with large.open("wb") as file:
            for _ in range(400):
                file.write(os.urandom(1 << 20))
        command = [
            "curl", "-sS", "-H", f"Authorization: Bearer {self.tokens['bob']}", "-F", "dataset=large", "-F", f"file=@{large}",
            f"{self.server.base}/teams/ocean/uploads"]
        before = most()
        began = time.monotonic()
        state = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        seconds = time.monotonic() - began
        require(state["length"] == 400 << 20 and "id" in state, f"{state}")
        told = self.outcome(f"/teams/ocean/uploads/{state['id']}")
        require("neither" in told["problem"], f"{told}")
        grown = (most() - before) / 1000
        require(grown < 100, f"the server has grown by {grown:.0f} MB")
        self.ask(f"/teams/ocean/uploads/{state['id']}", "bob", "DELETE", Tus_Resumable="1.0.0")
        # A client that goes away leaves nothing.
        with subprocess.Popen(command + ["--limit-rate", "20M"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
            arrives = eventually(lambda: any(one["received"] for one in self.json("/teams/ocean/uploads", "bob")["uploads"]), 0.02)
            require(arrives, "nothing of it is counted while it arrives")
            client.kill()

        def left() -> list:
            listed = [one for one in self.json("/teams/ocean/uploads", "bob")["uploads"] if one["dataset"] == "large"]
            return listed + os.listdir(self.folder / "data/teams/ocean/uploads")

        require(eventually(lambda: not left()), f"left behind: {left()}")
        return f"400 MB in {seconds:.1f} s, {grown:.0f} MB more memory"

    def shows_pages(self) -> str:
        from axe_playwright_python.sync_playwright import Axe
        shots = Path(os.environ.get("WORKSPACE_SHOTS", self.folder / "shots"))
        shots.mkdir(parents=True, exist_ok=True)
        pages = [
            "", "/uploads", "/uploads?replace=hourly", "/datasets/hourly", "/files", "/files?prefix=notes/", "/places",
            "/places/places", "/publications", "/members", "/log", "/stories/notes/a.ipynb", "/stories/notes/text.md"]
        text = "---\ntitle: Warm water\n---\n\n## What was found\n\nIt is *warmer*, see [the other](a.ipynb).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
        self.json("/teams/ocean/files/notes/text.md", "bob", method="PUT", body=text.encode())
        found = []
        with chromium() as browser:
            for name, size, scheme in (("wide", (1200, 900), "light"), ("phone", (380, 800), "dark")):
                page = new_context(browser, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme).new_page()
                failed = []
                page.on("response", lambda one: one.status >= 400 and failed.append((one.status, one.url)))
                page.on("console", lambda one: one.type == "error" and failed.append(one.text))

                def sign_in(user: str) -> None:
                    page.context.clear_cookies()
                    page.goto(self.server.base + "/sign-in")
                    page.fill("[name=name]", user)
                    page.fill("[name=password]", "correct horse battery")
                    page.get_by_role("button", name="Sign in").click()
                    page.wait_for_load_state()

                def look(path: str, shot: str) -> None:
                    page.goto(self.server.base + path)
                    for closed in page.query_selector_all("main details:not([open])"):
                        closed.evaluate("one => { one.open = true }")
                    page.screenshot(path=shots / f"{name}-{shot}.png", full_page=True)
                    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    require(wide <= 0, f"{path} is {wide} px wider than a {name} screen")
                    for one in Axe().run(page).response["violations"]:
                        found.append(f"{name} {path}: {one['id']}")
                    for link in page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)"):
                        if link.startswith(self.server.base):
                            answer = page.request.get(link, headers={"Accept": "text/html"})
                            require(answer.status == 200, f"{path} leads to {link}: {answer.status}")

                sign_in("ada")
                for path in pages:
                    look(f"/teams/ocean{path}", re.sub(r"[^a-z]+", "-", path).strip("-") or "team")
                if name == "wide":
                    for at, button in (("/uploads", "Upload"), ("/uploads?replace=a1b-north-america", "Replace")):
                        page.goto(f"{self.server.base}/teams/ocean{at}")
                        page.set_input_files("[name=file]", DATA / "A1B_north_america.nc")
                        require(page.input_value("[name=dataset]") == "a1b-north-america", "no id proposed")
                        page.get_by_role("button", name=button, exact=True).press("Enter")
                        page.wait_for_url(f"{self.server.base}/teams/ocean")
                        require("a1b-north-america" in page.content(), "it is no dataset")
                # What ada has shared, with eyes and keys of a guest.
                sign_in("eve")
                for path, shot in (("/", "guest-home"), ("/teams/land", "guest-team"), ("/teams/ocean/datasets/hourly", "guest-dataset"),
                                   ("/teams/ocean/files?prefix=notes/", "guest-files"), ("/teams/ocean/stories/notes/text.md", "guest-story")):
                    look(path, shot)
                page.goto(self.server.base + "/")
                page.get_by_role("link", name="Hourly").press("Enter")
                page.wait_for_url(f"{self.server.base}/teams/ocean/datasets/hourly")
                require(page.get_by_role("heading", name="Hourly").count() == 1, "not its page")
                require(not failed, f"{failed[:3]}")
        require(not found, f"axe: {found[:6]}")
        return f"{len(pages) + 5} pages, 2 sizes, every link"


def full_disk(program: str) -> str:
    """A disk without room: people and programs are told, nothing that was kept is lost, and with room all goes on."""
    if os.geteuid() != 0:
        raise Skipped("mounting a small file system needs root")
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder) / "disk"
        disk.mkdir()
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], capture_output=True, text=True)
        if mount.returncode != 0:
            raise Skipped(f"cannot mount: {mount.stderr.strip()}")
        server = None
        try:
            server = TeamServer(program, disk / "data")
            return _fill(server, disk)
        finally:
            if server:
                server.kill()
            subprocess.run(["umount", "-l", str(disk)], check=False)


def _fill(server: TeamServer, disk: Path) -> str:
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
    require(ask("/health/ready")[0] == 200, "it is not ready for readers")
    (disk / "filling").unlink()
    status, text = ask("/teams/ocean/places/p/features", "POST", places, **json_both)
    require(status == 201 and len(json.loads(text)["ids"]) == 5, f"with room again: {status} {text[:200]}")
    require(server.stop() == 0, "it did not end in order")
    server.start()
    require(ask("/teams/ocean/files/kept") == (200, kept), "after a restart")
    return f"507 for a file, {', '.join(outcomes)}; reading goes on"
