"""What a team keeps beside datasets: files with versions, notebooks as pages, places; sharing and publishing."""

import base64
import hashlib
import json
import random
import subprocess
from pathlib import Path

import numpy as np
import xarray as xr

from report import require
from team_workspace import Workspace

DATA = Path(__file__).resolve().parent.parent.parent / "Recipes/demo/data"


def keeps_versions(space: Workspace) -> str:
    rng = random.Random(7)
    contents = [rng.randbytes(rng.randrange(1, 200_000)) for _ in range(5)]
    path = "/teams/ocean/files/models/ice%20v.pt"
    for number, content in enumerate(contents, 1):
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        answer = space.json(path, "bob", method="PUT", body=content, Content_Digest=f"sha-256=:{digest}:")
        require(answer["version"] == number, f"{answer}")
    status, _, _ = space.ask(path, "bob", "PUT", b"x", Content_Digest=f"sha-256=:{digest}:")
    require(status == 460, f"a wrong digest: {status}")
    for number, content in enumerate(contents, 1):
        status, body, _ = space.ask(f"{path}?version={number}")
        require((status, body) == (200, content), f"version {number}: {status}")
    require(space.ask(path)[1] == contents[-1], "not the latest")
    require(space.ask(path, Range="bytes=1-3")[1] == contents[-1][1:4], "not the range")
    listed = space.json(path + "?versions")["versions"]
    require([one["version"] for one in listed] == [5, 4, 3, 2, 1], f"{listed}")
    names = [one["path"] for one in space.json("/teams/ocean/files?prefix=models/")["files"]]
    require(names == ["models/ice v.pt"], f"{names}")
    require(space.ask(path + "?version=2", "bob", "DELETE")[0] == 204, "version 2 stays")
    require(space.ask(path + "?version=2")[0] == 404, "version 2 is still there")
    for other in ("../x", "%2e%2e/x", "a/%2e%2e/%2e%2e/x", ".hidden", "a%2f..%2fb"):
        status, _, _ = space.ask(f"/teams/ocean/files/{other}", "bob", "PUT", b"x")
        require(status == 422, f"{other}: {status}")
        status, _, _ = space.ask(f"/teams/ocean/files/{other}", "eve", "PUT", b"x")
        require(status == 404, f"{other} of a stranger: {status}")
    return f"{len(contents)} versions"


def shows_notebook(space: Workspace) -> str:
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
    space.json("/teams/ocean/files/notes/dot.png", "bob", method="PUT", body=picture)
    space.json("/teams/ocean/files/notes/a.ipynb", "bob", method="PUT", body=json.dumps(notebook).encode())
    status, body, headers = space.ask("/teams/ocean/stories/notes/a.ipynb")
    text = body.decode()
    require(status == 200 and "Findings" in text and "two" in text, f"{status} {text[:300]}")
    require("onclick" not in text and "onerror" not in text and "alert(1)</script>" not in text, "not made harmless")
    require("script-src 'self'" in headers["Content-Security-Policy"], "no policy")
    require("story." in text and ".png" in text, "no picture")
    require(space.ask("/teams/ocean/stories/notes/a.ipynb", "eve")[0] == 404, "eve sees it")
    notebook["cells"][0]["source"] = "# Other findings"
    space.json("/teams/ocean/files/notes/a.ipynb", "bob", method="PUT", body=json.dumps(notebook).encode())
    require(b"Other findings" in space.ask("/teams/ocean/stories/notes/a.ipynb")[1], "the earlier version")
    space.json("/teams/ocean/files/notes/bad.ipynb", "bob", method="PUT", body=b"{")
    status, body, _ = space.ask("/teams/ocean/stories/notes/bad.ipynb")
    require(status == 422 and str(space.folder).encode() not in body, f"{status} {body[:300]}")
    space.ask("/teams/ocean/files/notes/bad.ipynb", "bob", "DELETE")
    return "shown and harmless"


def finds_places(space: Workspace) -> str:
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
    space.json(
        "/teams/ocean/places", "bob", method="POST", body=b'{"id":"places","title":"Places"}',
        Content_Type="application/json")
    base = "/teams/ocean/places/places/features"
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    ids = space.json(base, "bob", method="POST", body=body)["ids"]
    found = 0
    for _ in range(150):
        west, south = rng.uniform(-180, 160), rng.uniform(-90, 70)
        size = 10 ** rng.uniform(-1, 1.5)
        box = shapely.box(west, south, min(180, west + size), min(90, south + size))
        wanted = {ids[at] for at, shape in enumerate(shapes) if shape.intersects(box)}
        numbers = ",".join(repr(float(one)) for one in box.bounds)
        answer = space.json(f"{base}?bbox={numbers}")
        told = {one["id"] for one in answer["features"]}
        require(told == wanted, f"{numbers}: {told ^ wanted}")
        require(answer["numberMatched"] == len(wanted), "another count")
        found += len(wanted)
    population = [one["properties"]["population"] for one in features]
    answer = space.json(f"{base}?population=gt.1000&even=is.true&order=population.desc&limit=20&select=population")
    wanted = sorted((one for at, one in enumerate(population) if one > 1000 and at % 2 == 0), reverse=True)
    require([one["properties"] for one in answer["features"]] == [{"population": one} for one in wanted[:20]], "another order")
    require(answer["numberMatched"] == len(wanted), "another count")
    seen, address = [], f"{base}?limit=250"
    while address:
        page = space.json(address)
        seen += [one["id"] for one in page["features"]]
        address = next((one["href"].removeprefix(space.server.base) for one in page["links"]), None)
    require(seen == ids, "pages leave something out")
    changed = space.json(
        f"{base}?population=gt.1000", "bob", method="PATCH", body=b'{"properties":{"large":true}}')["changed"]
    require(changed == sum(one > 1000 for one in population), f"changed {changed}")
    removed = space.json(f"{base}?large=is.true", "bob", method="DELETE")["removed"]
    require(removed == changed, f"removed {removed}")
    require(space.json("/teams/ocean/places/places")["count"] == 600 - removed, "another count")
    return f"150 boxes, {found} hits"


def shares(space: Workspace) -> str:
    ada = space.members["ada"]
    paths = {
        ("dataset", "scenario"): "/teams/ocean/datasets/scenario/data/cube.nc",
        ("places", "places"): "/teams/ocean/places/places/features",
        ("files", "models/"): "/teams/ocean/files/models/ice%20v.pt",
    }
    for (kind, item), path in paths.items():
        require(space.ask(path, "eve")[0] == 404, f"eve before: {path}")
        ada.send("/teams/ocean/members", "/teams/ocean/grants", kind=kind, item=item, other="land", role="reader")
        require(space.ask(path, "eve")[0] == 200, f"eve: {path}")
        require(space.ask(path, "eve", "DELETE")[0] in (404, 405), f"eve deletes {path}")
        ada.send("/teams/ocean/members", "/teams/ocean/grants/end", kind=kind, item=item, other="land")
        require(space.ask(path, "eve")[0] == 404, f"eve afterwards: {path}")
    return "dataset, places, folder of files"


def publishes(space: Workspace) -> str:
    recipe = space.folder / "site.yaml"
    recipe.write_text(
        f"site: {{title: Public}}\ninclude: [{space.folder}/data/publish]\n"
        f"publish: {{to: {space.folder}/www, grace: 1h}}\ndatasets: [{DATA}/A1B_north_america.nc]\n")

    def night() -> set:
        answer = subprocess.run(
            [space.cubepress, "nightly", recipe, "-o", space.folder / "work"], capture_output=True, text=True)
        require(answer.returncode == 0, f"nightly: {answer.stderr[-400:]} {answer.stdout[-400:]}")
        listed = json.loads((space.folder / "www/api/datasets.json").read_text())
        return {one["id"] for one in listed["datasets"]}

    before = night()
    bob, ada = space.members["bob"], space.members["ada"]
    bob.send(
        "/teams/ocean/publications", "/teams/ocean/publications", dataset="zarr-2", id="ocean-zarr",
        title='A "title": here', summary="Several\nlines: - of # text", licence="CC-BY-4.0")
    status, _ = bob.ask("/teams/ocean/publications/ocean-zarr/publish", {"form": "x"})
    require(status == 404, f"an editor publishes: {status}")
    require(night() == before, "published without an owner")
    def agree() -> None:
        content = space.json("/teams/ocean/datasets/zarr-2")["sha256"]
        ada.send("/teams/ocean/publications", "/teams/ocean/publications/ocean-zarr/publish", content=content)

    agree()
    after = night()
    require(after == before | {"ocean-zarr"}, f"{after}")
    page = (space.folder / "www/datasets/ocean-zarr/index.html").read_text()
    require("A &quot;title&quot;: here" in page, "another title")
    def public() -> np.ndarray:
        with xr.open_zarr(space.folder / "www/datasets/ocean-zarr/cube.zarr", group="0", decode_times=False) as site:
            return site.sst.values

    # A new content is private until an owner agrees to it.
    first, (content, second) = public(), space.zarr_zip(3)
    require(space.send(content, "zarr-2", replace="yes")["state"] == "accepted", "not replaced")
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
