"""Uploads to a team: with a tus client, by forms and curl, of every format; hostile and damaged ones; what a crash leaves."""

import hashlib
import io
import json
import os
import random
import re
import struct
import subprocess
import threading
import time
import urllib.parse
import zipfile
from pathlib import Path

import numpy as np
import xarray as xr

from patience import eventually
from report import require
from team_workspace import Workspace
from viewer_browser import chromium, new_context

DATA = Path(__file__).resolve().parent.parent.parent / "Recipes/demo/data"
FIXTURES = Path(__file__).resolve().parent / "Fixtures"


def uploads_netcdf(space: Workspace) -> str:
    source = DATA / "A1B_north_america.nc"
    uploader = space.client().uploader(
        str(source), chunk_size=100_000, upload_checksum=True,
        metadata={"dataset": "scenario", "title": "Scenario"})
    pieces = 0
    while uploader.offset < source.stat().st_size:
        uploader.upload_chunk()
        pieces += 1
    state = space.outcome(uploader.url)
    require(state["state"] == "accepted", f"{state}")
    dataset = space.json("/teams/ocean/datasets/scenario")
    content = source.read_bytes()
    require(dataset["sha256"] == hashlib.sha256(content).hexdigest(), "another hash")
    with xr.open_dataset(source, decode_times=False) as cube:
        name = next(name for name in cube.data_vars if cube[name].ndim == 3)
        wanted = float(cube[name].min())
        told = {one["name"]: one for one in dataset["variables"]}[name]
        require(np.isclose(told["minimum"], wanted), f"{told} is not {wanted}")
    status, body, _ = space.ask("/teams/ocean/datasets/scenario/data/cube.nc", Range="bytes=0-99")
    require((status, body) == (206, content[:100]), f"{status}")
    return f"{pieces} pieces, variables {', '.join(one['name'] for one in dataset['variables'])}"


def uploads_zarr(space: Workspace) -> str:
    for version, prefix in ((2, ""), (3, "my cube.zarr/")):
        content, cube = space.zarr_zip(version, prefix)
        state = space.send(content, f"zarr-{version}", sha256=hashlib.sha256(content).hexdigest())
        require(state["state"] == "accepted", f"{state}")
        href = space.json(f"/teams/ocean/datasets/zarr-{version}")["href"]
        headers = {"Authorization": f"Bearer {space.tokens['ada']}"}
        remote = xr.open_zarr(
            href, storage_options={"headers": headers}, consolidated=True, decode_times=False)
        require(np.array_equal(remote.sst.values, cube.sst.values), f"Zarr {version}: other values")
        status, _, _ = space.ask(f"/teams/ocean/datasets/zarr-{version}/data/cube.zarr/zarr.json", "eve")
        require(status == 404, f"eve: {status}")
    return "Zarr 2 and 3, values as sent"


def refuses(space: Workspace) -> str:
    """Each is refused with a reason that names what is wrong, and leaves nothing behind."""
    def archive(files, compression=zipfile.ZIP_STORED) -> bytes:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", compression) as made:
            for name, data in files.items():
                made.writestr(name, data)
        return content.getvalue()

    whole, _ = space.zarr_zip(2)
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
    space.quota("ocean", 0.3)
    for name, (content, reason) in cases.items():
        state = space.send(content, "bad")
        require(state["state"] == "refused", f"{name} was taken: {state}")
        require(reason in state["problem"], f"{name}: {state['problem']}")
        require(str(space.folder) not in state["problem"], f"{name} tells a path: {state['problem']}")
    space.quota("ocean", 50)
    left = os.listdir(space.folder / "data/teams/ocean/uploads")
    require(not left, f"left behind: {left}")
    require(not (space.folder / "evil").exists() and not Path("/etc/evil").exists(), "it got out")
    large = space.create(10 ** 15, "too-large")
    require(large[0] == 507, f"more than the quota: {large}")
    taken = space.create(10, "scenario")
    require(taken[0] == 409, f"an id twice: {taken}")
    return f"{len(cases)} refused"


def goes_on(space: Workspace) -> str:
    """The server is killed again and again while a cube arrives; what it has counted it keeps."""
    content = bytearray((DATA / "A1B_north_america.nc").read_bytes())
    _, _, headers = space.create(len(content), "interrupted")
    path = urllib.parse.urlparse(headers["Location"]).path
    offset = kills = 0
    timer = None
    while offset < len(content):
        if kills < 5 and offset > kills * len(content) // 6:
            if timer:
                # One that comes late would kill the next server.
                timer.join()
            timer = threading.Timer(random.uniform(0, 0.03), space.server.kill)
            timer.start()
            kills += 1
        try:
            status, body, answer = space.ask(
                path, "bob", "PATCH", bytes(content[offset:offset + 300_000]), Tus_Resumable="1.0.0",
                Upload_Offset=str(offset), Content_Type="application/offset+octet-stream")
            require(status == 204, f"{status} {body}")
            offset = int(answer["Upload-Offset"])
        except (OSError, ConnectionError):
            timer.join()
            space.server.start()
            status, _, answer = space.ask(path, "bob", "HEAD", Tus_Resumable="1.0.0")
            require(status == 200, f"after a kill: {status}")
            now = int(answer["Upload-Offset"])
            require(now >= offset, f"acknowledged bytes are lost: {now} < {offset}")
            offset = now
    timer.join()
    if space.server.process.poll() is not None:
        space.server.start()
    # Once more while it is checked.
    space.server.kill()
    space.server.start()
    state = space.outcome(space.server.base + path)
    require(state["state"] == "accepted", f"{state}")
    told = space.json("/teams/ocean/datasets/interrupted")["sha256"]
    require(told == hashlib.sha256(content).hexdigest(), "other bytes")
    return f"{kills + 1} kills, {len(content)} bytes"


def uploads_geotiff(space: Workspace) -> str:
    source, tiff = DATA / "A1B_north_america.nc", space.folder / "one.tif"
    subprocess.run(
        ["gdal_translate", "-q", "-b", "3", "-a_srs", "EPSG:4326", "-co", "COMPRESS=DEFLATE",
         f"NETCDF:{source}:air_temperature", str(tiff)], check=True, capture_output=True)
    state = space.send(tiff.read_bytes(), "picture")
    require(state["state"] == "accepted", f"{state}")
    dataset = space.json("/teams/ocean/datasets/picture")
    require(dataset["href"].endswith("/data/cube.tif"), f"{dataset}")
    with xr.open_dataset(source, decode_times=False) as cube:
        values = cube.air_temperature[2].values
    told = dataset["variables"][0]
    require(np.isclose(told["minimum"], np.nanmin(values)) and np.isclose(told["maximum"], np.nanmax(values)), f"{told}")
    require(space.ask(f"/teams/ocean/api/tiles/picture/{told['name']}/1/0/0?crs=EPSG:3857")[0] == 200, "no tile")
    content = tiff.read_bytes()
    for name, bad in (("cut short", content[:len(content) // 2]), ("spoilt", content[:8] + bytes(200) + content[208:])):
        state = space.send(bad, "bad-picture")
        require(state["state"] == "refused", f"{name} was taken: {state}")
    return f"{told['name']}, values as xarray reads them"


def uploads_without_scripts(space: Workspace) -> str:
    """The form of the page in a browser that runs no scripts."""
    shots = Path(os.environ.get("WORKSPACE_SHOTS", space.folder / "shots"))
    shots.mkdir(parents=True, exist_ok=True)
    address = f"{space.server.base}/teams/ocean/uploads"
    with chromium() as browser:
        page = new_context(browser, java_script_enabled=False, viewport={"width": 380, "height": 800}).new_page()
        page.goto(space.server.base + "/sign-in")
        page.fill("[name=name]", "bob")
        page.fill("[name=password]", "correct horse battery")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(space.server.base + "/")

        def send(content: bytes, button: str, **fields) -> None:
            (space.folder / "cube.zip").write_bytes(content)
            for name, value in fields.items():
                page.get_by_label(name.title(), exact=True).fill(value)
            page.get_by_label("File").set_input_files(space.folder / "cube.zip")
            with page.expect_navigation():
                page.get_by_role("button", name=button, exact=True).press("Enter")

        page.goto(address)
        page.screenshot(path=shots / "plain-form.png", full_page=True)
        send(space.constant(1), "Upload", id="by-form", title="By a form")
        require(page.url == address, f"led to {page.url}")
        space.wait_for("by-form", 1)
        page.goto(f"{space.server.base}/teams/ocean")
        require(page.get_by_role("link", name="By a form").count() > 0, "not among the datasets")
        page.goto(f"{address}?replace=by-form")
        send(space.constant(2), "Replace")
        space.wait_for("by-form", 2)
        require(space.json("/teams/ocean/datasets/by-form")["title"] == "By a form", "the title has changed")
        # What is refused says why, and keeps what was typed.
        page.goto(address)
        send(space.constant(3), "Upload", id="by-form", title="Once more")
        alert = page.get_by_role("alert")
        require("has a dataset of this id" in alert.inner_text(), f"{alert.inner_text()}")
        require(page.get_by_label("Title").input_value() == "Once more", "the title is gone")
        require(page.get_by_label("Id", exact=True).input_value() == "by-form", "the id is gone")
        page.screenshot(path=shots / "plain-refused.png", full_page=True)
        # Also of what is much larger than there is room for: the browser sends all of it before it looks.
        space.quota("ocean", 0.001)
        page.goto(address)
        send(bytes(40 << 20), "Upload", id="too-large")
        require("quota" in alert.inner_text() or "left" in alert.inner_text(), f"{alert.inner_text()}")
        space.quota("ocean", 50)
    space.wait_for("by-form", 2)
    return "new, in place, refused and too large"


def uploads_with_curl(space: Workspace) -> str:
    """The line that the page shows, as it stands there."""
    ada = space.members["ada"]
    import html

    for page, name in (("/teams/ocean/uploads", "by-curl"), ("/teams/ocean/uploads?replace=by-curl", "by-curl")):
        _, text = ada.ask(page)
        line = html.unescape(re.search(r"<pre[^>]*><code>(curl .*?)</code></pre>", text, re.S)[1])
        number = 1 if "?" not in page else 2
        (space.folder / "cube.zip").write_bytes(space.constant(number))
        line = line.replace("cpt_…", space.tokens["ada"]).replace("cube.nc", str(space.folder / "cube.zip")).replace("my-cube", name)
        answer = subprocess.run(["bash", "-euo", "pipefail", "-c", line], capture_output=True, text=True)
        require(answer.returncode == 0, answer.stderr)
        state = json.loads(answer.stdout)
        require(state["dataset"] == name and state["received"] == state["length"], f"{state}")
        require(state["length"] == (space.folder / "cube.zip").stat().st_size, f"{state}")
        require(space.outcome(f"/teams/ocean/uploads/{state['id']}")["state"] == "accepted", "refused")
        space.wait_for(name, number)
    # Without a file, by somebody else, and with the file before the other fields.
    for user, fields, status in (
        ("ada", ["-F", "dataset=a"], 422), ("eve", ["-F", f"file=@{space.folder}/cube.zip"], 404),
        ("ada", ["-F", f"file=@{space.folder}/cube.zip", "-F", "dataset=a"], 400)):
        answer = subprocess.run(
            ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"Authorization: Bearer {space.tokens[user]}",
             *fields, f"{space.server.base}/teams/ocean/uploads"], capture_output=True, text=True)
        require(answer.stdout == str(status), f"{fields}: {answer.stdout} {answer.stderr}")
    return "new, in place and refused"


def keeps_large_forms_out_of_memory(space: Workspace) -> str:
    def most() -> int:
        """The most memory that the server has had, in kB."""
        status = Path(f"/proc/{space.server.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1])

    large = space.folder / "large.bin"
    with large.open("wb") as file:
        for _ in range(400):
            file.write(os.urandom(1 << 20))
    command = [
        "curl", "-sS", "-H", f"Authorization: Bearer {space.tokens['bob']}", "-F", "dataset=large", "-F", f"file=@{large}",
        f"{space.server.base}/teams/ocean/uploads"]
    before = most()
    began = time.monotonic()
    state = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    seconds = time.monotonic() - began
    require(state["length"] == 400 << 20 and "id" in state, f"{state}")
    told = space.outcome(f"/teams/ocean/uploads/{state['id']}")
    require("neither" in told["problem"], f"{told}")
    grown = (most() - before) / 1000
    require(grown < 100, f"the server has grown by {grown:.0f} MB")
    space.ask(f"/teams/ocean/uploads/{state['id']}", "bob", "DELETE", Tus_Resumable="1.0.0")
    # A client that goes away leaves nothing.
    with subprocess.Popen(command + ["--limit-rate", "20M"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        arrives = eventually(lambda: any(one["received"] for one in space.json("/teams/ocean/uploads", "bob")["uploads"]), 0.02)
        require(arrives, "nothing of it is counted while it arrives")
        client.kill()

    def left() -> list:
        listed = [one for one in space.json("/teams/ocean/uploads", "bob")["uploads"] if one["dataset"] == "large"]
        return listed + os.listdir(space.folder / "data/teams/ocean/uploads")

    require(eventually(lambda: not left()), f"left behind: {left()}")
    return f"400 MB in {seconds:.1f} s, {grown:.0f} MB more memory"
