"""A dataset of a team is replaced while others read it, and while the server is killed."""

import io
import json
import os
import random
import threading
import time

import numpy as np
import xarray as xr
from aiohttp import ClientResponseError

from patience import eventually
from report import require
from team_workspace import Workspace


def pinned(space: Workspace, user="ada") -> set:
    """The values of one content, read in many requests."""
    href = space.json("/teams/ocean/datasets/hourly", user)["versionHref"]
    headers = {"Authorization": f"Bearer {space.tokens[user]}"}
    cube = xr.open_zarr(href, storage_options={"headers": headers}, consolidated=True, decode_times=False)
    return set(np.unique(cube.v.values))


def computed(space: Workspace) -> set:
    """The values that the server computes, over all chunks and times."""
    series = space.json(
        "/teams/ocean/api/timeseries/hourly/v?aggMethods=min,max", method="POST",
        body=json.dumps(space.AREA).encode())["result"]
    return {step[name] for step in series for name in ("min", "max")}


def tile(space: Workspace) -> tuple[bytes, str]:
    status, body, headers = space.ask("/teams/ocean/api/tiles/hourly/v/0/0/0?vmin=0&vmax=100&cmap=viridis")
    require(status == 200, f"tile: {status}")
    return body, headers["Etag" if "Etag" in headers else "ETag"]


def replaces(space: Workspace) -> str:
    """Readers of three kinds go on all the time; each finds one content, whole, and never an earlier one
    after a later one."""
    require(space.send(space.constant(1), "hourly", title="Hourly")["state"] == "accepted", "the first")
    ada = space.members["ada"]
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
        for one in (("xarray", lambda: pinned(space)), ("a guest's xarray", lambda: pinned(space, "eve")), ("series", lambda: computed(space)))]
    for one in readers:
        one.start()
    tiles = [tile(space)]
    for number in range(2, 12):
        state = space.send(space.constant(number), "hourly", replace="yes")
        require(state["state"] == "accepted", f"{state}")
        # From here on nobody gets the earlier one.
        tiles.append(tile(space))
        require(tiles[-1][0] != tiles[-2][0] and tiles[-1][1] != tiles[-2][1], f"tile {number} is the earlier one")
        require(computed(space) == {number}, f"{number}: the server computes {computed(space)}")
        require(space.json("/teams/ocean/datasets/hourly")["variables"][0]["maximum"] == number, "another description")
    refused = space.send(b"not a cube", "hourly", replace="yes")
    require(refused["state"] == "refused" and computed(space) == {11}, f"{refused}")
    stop.set()
    for one in readers:
        one.join(60)
    require(not problems, f"{len(problems)}: {problems[:3]}")
    gone = counts.pop("gone", 0)
    require(min(counts.values()) >= 5 and len(counts) == 3, f"{counts}, {gone} gone")
    dataset = space.json("/teams/ocean/datasets/hourly", "eve")
    require(dataset["title"] == "Hourly" and len(dataset["earlier"]) == 1, f"{dataset}")
    requires_no_leftovers(space)
    _, log = ada.ask("/teams/ocean/log")
    require(log.count("replaced a dataset") == 10, "the log does not say it")
    missing = f"/teams/ocean/datasets/hourly/versions/{'0' * 64}/cube.zarr/zarr.json"
    require(space.ask(missing, "eve")[0] == 410, "a content that went looks like a missing file")
    ada.send("/teams/ocean/members", "/teams/ocean/grants/end", kind="dataset", item="hourly", other="land")
    require(space.ask(missing, "eve")[0] == 404, "who may see nothing learns of contents")
    reads = ", ".join(f"{count} by {name}" for name, count in counts.items())
    return f"10 times; meanwhile {reads}; {gone} found theirs gone"


def requires_no_leftovers(space: Workspace) -> None:
    """What is on the disk is what the database knows. A replaced content goes after the transaction that
    accepts the new one, so for a moment it may still be there."""
    datasets = space.json("/teams/ocean/datasets")["datasets"]
    known = len(datasets) + len(space.json("/teams/ocean/datasets/hourly")["earlier"])
    uploaded = space.folder / "data/teams/ocean/uploaded"
    require(eventually(lambda: len(os.listdir(uploaded)) == known), f"left behind: {len(os.listdir(uploaded))} contents of {known}")


def replaces_or_not(space: Workspace) -> str:
    """Killed at any moment of it, the server has the old content or the new one, and goes on to the new."""
    old, kills = 11, 0
    found = {"old": 0, "new": 0}
    began = time.monotonic()
    require(space.send(space.constant(old), "hourly", replace="yes")["state"] == "accepted", "not taken")
    usual = time.monotonic() - began
    while kills < 12 or not all(found.values()):
        require(kills < 60, f"only one of the two was seen: {found}")
        kills += 1
        number = old + 1
        timer = threading.Timer(random.uniform(0, 1.3 * usual), space.server.kill)
        timer.start()
        address = None
        try:
            uploader = space.client().uploader(
                file_stream=io.BytesIO(space.constant(number)), metadata={"dataset": "hourly", "replace": "yes"})
            uploader.upload()
            address = uploader.url
            while space.server.process.poll() is None:
                time.sleep(0.005)
        except Exception:
            pass
        timer.join()
        space.server.process.wait()
        space.server.start()
        now = computed(space)
        require(now in ({old}, {number}), f"after a kill: {now}, not {old} or {number}")
        require(pinned(space) in ({old}, {number}), "a mix in its bytes")
        found["old" if now == {old} else "new"] += 1
        if address:
            require(space.outcome(address)["state"] == "accepted", "its check did not go on")
            require(computed(space) == {number}, "not the new one")
        else:
            for upload in space.json("/teams/ocean/uploads", "bob")["uploads"]:
                space.outcome(f"/teams/ocean/uploads/{upload['id']}") if upload["state"] == "checking" else space.ask(
                    f"/teams/ocean/uploads/{upload['id']}", "bob", "DELETE", Tus_Resumable="1.0.0")
        old = int(max(computed(space)))
    requires_no_leftovers(space)
    return f"{kills} kills: {found['old']} times the old one, {found['new']} times the new one at the next start"
