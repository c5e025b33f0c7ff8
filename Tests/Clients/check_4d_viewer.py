"""The layers of the 4D viewer beside those of the viewer's own server: xcube with its plug-in, on the same cubes."""

import io
import json
import socket
import struct
import subprocess
import tempfile
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from patience import PATIENCE, answers, eventually
from report import Report, Skipped, require

ROOT = Path(__file__).resolve().parent.parent.parent
XCUBE = ROOT / ".venv-xcube"
# The plug-in names a module by the name that it had in older servers.
LAUNCH = """
import sys
import xcube.core.tile
sys.modules["xcube.core._tile2"] = xcube.core.tile
from xcube.cli.main import main
main()
"""
ROWS, COLUMNS, TIMES, DEPTHS = 300, 530, 2, 3
STEP = 0.125
KINDS = {"colours": "heatmap", "heights": "heightmap", "volume": "heatmap3d"}
# Cells to a side of a tile; a height map's last ones are the first of the next tile.
SIDES = {"colours": 256, "heights": 257, "volume": 256}


def cube(name: str) -> xr.Dataset:
    """A cube with holes; its rows go south, as the plug-in takes for granted."""
    random = np.random.default_rng(5)
    lat = 60 - STEP * (np.arange(ROWS) + 0.5)
    lon = -20 + STEP * (np.arange(COLUMNS) + 0.5)
    shape = {"colours": (TIMES, ROWS, COLUMNS), "heights": (ROWS, COLUMNS), "volume": (TIMES, DEPTHS, ROWS, COLUMNS)}[name]
    smooth = 40 * np.sin(np.radians(lat))[:, None] + 10 * np.cos(np.radians(3 * lon))
    values = (smooth + random.normal(0, 2, shape)).astype("f4")
    values[..., 40:90, 100:180] = np.nan
    dimensions = {2: (), 3: ("time",), 4: ("time", "z")}[len(shape)] + ("lat", "lon")
    coordinates = {"lat": ("lat", lat, {"units": "degrees_north"}), "lon": ("lon", lon, {"units": "degrees_east"})}
    if "time" in dimensions:
        coordinates["time"] = np.array(["2020-01-01", "2020-02-01T06:00"], dtype="M8[ns]")
    if "z" in dimensions:
        coordinates["z"] = ("z", [10.0, 20.0, 30.0], {"units": "m", "axis": "Z", "positive": "down"})
    data = xr.Dataset({name: (dimensions, values)}, coordinates, {"title": f"The {name}"})
    data[name].attrs = {"units": "m", "long_name": f"Some {name}", "4d_viewer_layer_type": KINDS[name]}
    return data


def write_levels(name: str, source: xr.Dataset, site: Path, target: Path) -> int:
    """Writes the levels of a layer as xcube reads them; gives how many there are.

    Means are those of our own cube, which other checks compare with their sources. Vertices are
    cells of the source, as in the levels that xcube itself makes.
    """
    count = json.loads((site / f"4d_viewer/{name}.{name}/configuration").read_text())["tile-grid"]["number-of-resolutions"]
    for level in range(count):
        if KINDS[name] == "heightmap":
            data = source.isel(lat=slice(None, None, 2**level), lon=slice(None, None, 2**level))
        else:
            data = xr.open_zarr(site / f"datasets/{name}/cube.zarr", group=str(level), consolidated=False)[[name]]
        data = data.drop_vars([one for one in data.coords if one not in source.coords]).load()
        data.attrs = source.attrs
        data[name].attrs = source[name].attrs
        side = SIDES[name]
        chunks = tuple(min(side, size) if dimension in ("lat", "lon") else size if dimension == "z" else 1
                       for dimension, size in zip(data[name].dims, data[name].shape))
        for each in data.variables.values():
            each.encoding = {}
        data.to_zarr(target / f"{level}.zarr", encoding={name: {"chunks": chunks}}, zarr_format=2, consolidated=True)
    return count


@contextmanager
def xcube_server(folder: Path):
    """The xcube server with the plug-in; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    datasets = "".join(f"  - Identifier: {name}\n    FileSystem: file\n    Path: {folder / name}.levels\n" for name in KINDS)
    (folder / "xcube.yaml").write_text(f"Datasets:\n{datasets}")
    log = (folder / "xcube.log").open("w")
    process = subprocess.Popen([str(XCUBE / "bin/python"), "-c", LAUNCH, "serve", "--address", "127.0.0.1", "--port", str(port), "--config",
                                str(folder / "xcube.yaml")], stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}/"
    try:
        eventually(lambda: process.poll() is not None or answers(address), 0.5)
        require(process.poll() is None and answers(address), f"xcube does not come up: {(folder / 'xcube.log').read_text()[-800:]}")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
        return answer.read()


def compare_lists(site: Path, theirs: str) -> str:
    """The list of layers; their date is a constant of the plug-in, their folder that of their server."""
    ours = json.loads((site / "4d_viewer/variables").read_text())["variables"]
    found = {one["id"]: one for one in json.loads(fetched(f"{theirs}4d_viewer/variables"))["variables"]}
    require({one["id"] for one in ours} == set(found), f"ours {[one['id'] for one in ours]}, theirs {list(found)}")
    for one in ours:
        other = found[one["id"]]
        require(set(one) == set(other), f"keys {list(one)} and {list(other)}")
        for key in ("id", "name", "ui-type"):
            require(one[key] == other[key], f"{one['id']}: {key} is {one[key]!r}, theirs {other[key]!r}")
        require(one["ui-path"].split("/")[2:] == other["ui-path"].split("/")[2:], f"{one['ui-path']}, {other['ui-path']}")
    return f"{len(ours)} layers"


def compare_configuration(site: Path, theirs: str, name: str) -> str:
    """A configuration, field by field, but for what is wrong in theirs."""
    ours = json.loads((site / f"4d_viewer/{name}.{name}/configuration").read_text())
    other = json.loads(fetched(f"{theirs}4d_viewer/{name}.{name}/configuration"))
    explained = []

    def walk(a, b, path: str) -> None:
        require(type(a) is type(b) or {type(a), type(b)} <= {int, float}, f"{path}: {a!r}, theirs {b!r}")
        if isinstance(a, dict):
            require(set(a) == set(b), f"{path}: keys {list(a)}, theirs {list(b)}")
            for key in a:
                walk(a[key], b[key], f"{path}/{key}")
        elif isinstance(a, list):
            require(len(a) == len(b), f"{path}: {a}, theirs {b}")
            for i, (one, two) in enumerate(zip(a, b)):
                walk(one, two, f"{path}/{i}")
        elif path in ("/data-set/last-modified", "/data-set/ui-path"):
            explained.append(path)
        elif isinstance(a, (int, float)):
            near = abs(a - b) <= 1e-6 * max(1, abs(b))
            axis = path.rsplit("/", 1)[-1] if "extent" not in path else path.split("/")[3]
            if not near and path.startswith(("/tile-grid/extent", "/tile-grid/origin")) and KINDS[name] != "heightmap":
                # Theirs begins in the middle of the first cell, so that all tiles lie half a cell off.
                half = (10 if axis == "z" else STEP) / 2
                require(abs(abs(a - b) - half) < 1e-6, f"{path}: {a}, theirs {b}")
                explained.append(path)
            elif not near and path == "/tile-grid/lowest-resolution-tile-extent/z":
                # Theirs divides the distance of n centres by n instead of n - 1.
                require(abs(b - a * (DEPTHS - 1) / DEPTHS) < 1e-6, f"{path}: {a}, theirs {b}")
                explained.append(path)
            else:
                require(near, f"{path}: {a}, theirs {b}")
        else:
            require(a == b, f"{path}: {a!r}, theirs {b!r}")

    walk(ours, other, "")
    return f"differ and are explained: {', '.join(explained)}"


def pixels(tile: bytes) -> np.ndarray:
    """Grey levels and opacities of a tile, or all bytes of a volume after its head."""
    if tile[:8] == b"\x89PNG\r\n\x1a\n":
        from PIL import Image

        picture = Image.open(io.BytesIO(tile))
        require(picture.mode == "LA", f"a tile is of mode {picture.mode}")
        return np.asarray(picture)
    length = struct.unpack("<i", tile[:4])[0]
    head = struct.unpack("<5i", tile[4 + length:24 + length])
    require(tile[4:4 + length] == b"EarthwaveVolume" and head[:2] == (1, 62), f"the head of a volume is {tile[:40]}")
    x, up, y = head[2:]
    return np.frombuffer(tile[24 + length:], "u1").reshape(y, up, x, 2)


def compare_tiles(site: Path, theirs: str, name: str) -> str:
    """All tiles of a layer, pixel by pixel."""
    tiles = sorted((site / f"4d_viewer/{name}.{name}/tiles").glob("*/*"))
    require(tiles, "there are no tiles")
    for tile in tiles:
        path = tile.relative_to(site)
        ours, other = pixels(tile.read_bytes()), pixels(fetched(f"{theirs}{path}"))
        require(ours.shape == other.shape, f"{path}: {ours.shape}, theirs {other.shape}")
        wrong = int((ours != other).sum())
        require(wrong == 0, f"{path}: {wrong} of {ours.size} bytes differ, by up to "
                f"{np.abs(ours.astype(int) - other).max()}")
    return f"{len(tiles)} tiles alike"


def unchanged(command: list, site: Path) -> str:
    """A second build finds nothing to do; one that lost a plane's record makes the same volumes again."""
    subprocess.run(command, check=True)
    report = json.loads((site / ".cubepress/report.json").read_text())
    require([report[key] for key in ("added", "changed", "removed")] == [0, 0, 0], f"{report}")
    require(all(one["made"] == 0 for one in report["datasets"]), f"fields were made: {report['datasets']}")
    records = sorted((site / ".cubepress/units/4d/volume").rglob("*"))
    next(one for one in records if one.is_file()).unlink()
    subprocess.run(command, check=True)
    report = json.loads((site / ".cubepress/report.json").read_text())
    require([report[key] for key in ("added", "changed", "removed")] == [0, 0, 0], f"{report}")
    made = {one["id"]: one["made"] for one in report["datasets"]}
    require(made["volume"] == DEPTHS, f"{made['volume']} fields were made, not those of one time")
    return "nothing new"


def viewer_layer_checks(report: Report, program: str) -> None:
    """Makes cubes, builds them, serves them with xcube, compares."""
    if report.only and "4d" not in report.only:
        return
    if not list(XCUBE.glob("lib/*/site-packages/xcube_4d_viewer")):
        report.check("4d viewer", skip, Skipped("the xcube server is not there: Deploy/setup test installs it"))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sources = {name: cube(name) for name in KINDS}
        recipe = "datasets:\n"
        for name, data in sources.items():
            data.to_netcdf(folder / f"{name}.nc")
            recipe += f"  - {{id: {name}, source: {name}.nc, max-zoom: 0}}\n"
        (folder / "recipe.yaml").write_text(recipe)
        site = folder / "site"
        command = [program, "build", folder / "recipe.yaml", "-o", site, "--quiet"]
        subprocess.run(command, check=True)
        for name, data in sources.items():
            write_levels(name, data, site, folder / f"{name}.levels")
        report.check("4d viewer: built again", unchanged, command, site)
        with xcube_server(folder) as theirs:
            report.check("4d viewer: variables", compare_lists, site, theirs)
            for name, kind in KINDS.items():
                report.check(f"4d viewer: configuration of a {kind}", compare_configuration, site, theirs, name)
                report.check(f"4d viewer: tiles of a {kind}", compare_tiles, site, theirs, name)


def skip(reason: Skipped) -> None:
    raise reason
