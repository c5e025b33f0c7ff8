"""GeoTIFF sources: what our program makes of files that GDAL wrote is what GDAL reads of them, in every type,
compression, byte order and layout; what is not read is refused with what to do; damage ends in a clear
error; and files larger than memory are read in pieces."""

import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pyproj
import xarray as xr
import yaml

from check_damage import CRASHES, judge, run
from check_memory import PROGRAM, need_room, peak
from patience import PATIENCE
from report import Skipped, require

MAKER = Path(__file__).resolve().parent / "geotiff_files.py"
TERRAIN = {"heights-above": "geoid", "units": "m", "max-zoom": 3, "error": 50, "water": "below-zero"}


def geotiff_checks(report, cubepress: str) -> None:
    if report.only and "geotiff" not in report.only:
        return
    with tempfile.TemporaryDirectory(prefix="cubepress-geotiff-") as name:
        folder = Path(name)
        report.check("geotiff: GDAL makes files", make, folder)
        report.check("geotiff: all values of all files", values, cubepress, folder)
        report.check("geotiff: one cell", one_cell, cubepress, folder)
        report.check("geotiff: what is not read is refused", refused, cubepress, folder)
        report.check("geotiff: terrain as from NetCDF", terrain, cubepress, folder)
        report.check("geotiff: times in names", times_in_names, cubepress, folder)
        report.check("geotiff: over HTTP", over_http, cubepress, folder)
        report.check("geotiff: cut short", cut_short, cubepress, folder)
        report.check("geotiff: flipped bits", flipped, cubepress, folder)
        report.check("geotiff: 100,000 x 100,000 pixels", huge, cubepress, folder)
        report.check("geotiff: more than memory", large, cubepress, folder)


def make(folder: Path) -> str:
    done = subprocess.run(["/usr/bin/python3", str(MAKER), str(folder)], capture_output=True, text=True)
    if "No module named 'osgeo'" in done.stderr:
        raise Skipped("there is no GDAL for Python")
    require(done.returncode == 0, done.stderr[-400:])
    return f"{len(list(folder.glob('*.npz')))} to read, {len(list(folder.glob('refused/*.tif')))} to refuse"


def build(cubepress: str, datasets: list, out: Path) -> None:
    recipe = out.with_suffix(".yaml")
    recipe.write_text(yaml.safe_dump({"datasets": datasets}))
    done = run(cubepress, "build", recipe, "-o", out, "-q")
    report = out / ".cubepress/report.json"
    said = done.stderr + done.stdout + (report.read_text()[-600:] if report.exists() else "")
    require(done.returncode == 0, f"exit code {done.returncode}: {said[-900:]}")


def values(cubepress: str, folder: Path) -> str:
    """Level 0 of the published cubes, opened by xarray, beside the arrays that GDAL has read."""
    paths = sorted(folder.glob("*.npz"))
    datasets = [
        {"id": path.stem, "source": str(path.with_suffix(".tif")), "tiles": "none", "series": "none"}
        for path in paths
    ]
    site = folder / "values"
    build(cubepress, datasets, site)
    count = 0
    for path in paths:
        wanted = np.load(path)
        cube = xr.open_zarr(site / f"datasets/{path.stem}/cube.zarr", group="0")
        # Cells that stand alone have bounds.
        (name,) = [n for n in cube.data_vars if cube[n].ndim >= 2 and not n.endswith("_bnds")]
        y, x = cube[name].dims[-2:]
        found = cube[name].values.reshape(wanted["values"].shape).astype("float64")
        same = np.allclose(found, wanted["values"], rtol=1e-12, atol=0, equal_nan=True)
        require(same, f"{path.stem}: {np.nanmax(abs(found - wanted['values']))} off, or other gaps")
        for axis, places in ((x, wanted["x"]), (y, wanted["y"])):
            step = abs(places[1] - places[0]) if len(places) > 1 else 1
            off = np.abs(cube[axis].values - places).max() / step
            require(off < 1e-6, f"{path.stem}: {axis} is off by {off} cells")
        check_system(cube, name, str(wanted["wkt"]), path.stem)
        count += found.size
    packed = xr.open_zarr(site / "datasets/packed/cube.zarr", group="0")
    require("surface_height" in packed and packed.surface_height.units == "ft", f"{packed}")
    return f"{len(paths)} files, {count} values"


def check_system(cube: xr.Dataset, name: str, wkt: str, file: str) -> None:
    """Places fall where those of GDAL's system fall, to a millimetre."""
    mapping = cube[name].attrs.get("grid_mapping") or cube[name].encoding.get("grid_mapping")
    ours = pyproj.CRS(cube[mapping].attrs["crs_wkt"]) if mapping else pyproj.CRS("OGC:CRS84")
    theirs = pyproj.CRS(wkt)
    y, x = cube[name].dims[-2:]
    xs, ys = np.meshgrid(cube[x].values[::60], cube[y].values[::60])
    places = []
    for crs in (ours, theirs):
        # Against the system's own datum: two descriptions of one Earth are to agree, not be shifted.
        base = crs.geodetic_crs
        places.append(pyproj.Transformer.from_crs(crs, base, always_xy=True).transform(xs, ys))
        axes = (base.ellipsoid.semi_major_metre, base.ellipsoid.semi_minor_metre)
        places.append(np.array(axes))
    off = max(np.abs(np.asarray(a) - np.asarray(b)).max() for a, b in zip(places[:2], places[2:]))
    require(off < 1e-3, f"{file}: the system is {ours.name}, not {theirs.name}: off by {off}")
    off = np.abs(np.asarray(places[0]) - np.asarray(places[2])).max()
    require(off < 1e-8, f"{file}: places are off by {off} degrees")


def one_cell(cubepress: str, folder: Path) -> str:
    wanted = np.load(folder / "geographic.npz")
    at = f"--at={wanted['x'][100]},{wanted['y'][50]}"
    path = folder / "geographic.tif"
    said = run(cubepress, "extract", path, "--variable", "band_data", at)
    require(said.returncode == 0, said.stderr[-300:])
    found = float(said.stdout.strip().splitlines()[-1].rsplit(",", 1)[-1])
    require(np.isclose(found, wanted["values"][0, 50, 100]), f"{found}, not {wanted['values'][0, 50, 100]}")
    said = run(cubepress, "inspect", folder / "bands_pixel.tif", "--stats", "--json").stdout
    (variable,) = json.loads(said)["variables"]
    require(variable["shape"] == [3, 181, 237], f"{variable['shape']}")
    require(variable["extras"][0]["labels"] == ["1", "2", "3"], f"{variable['extras']}")
    return f"{found}"


def refused(cubepress: str, folder: Path) -> str:
    paths = sorted((folder / "refused").glob("*.tif"))
    for path in paths:
        judge(run(cubepress, "inspect", path), (1,), path.with_suffix(".txt").read_text())
    return f"{len(paths)} files"


def terrain(cubepress: str, folder: Path) -> str:
    """Tiles of heights are the same bytes, whichever format the heights came in."""
    counts = []
    for name in ("geographic", "cog", "crs_antarctic"):
        read = np.load(folder / f"{name}.npz")
        values, crs = read["values"][0].astype("float32"), str(read["wkt"])
        dims = ("lat", "lon") if name == "geographic" else ("y", "x")
        made = xr.Dataset({"h": (dims, values, {"units": "m"})}, {dims[0]: read["y"], dims[1]: read["x"]})
        kinds = ("latitude", "longitude") if name == "geographic" else (
            "projection_y_coordinate", "projection_x_coordinate")  # fmt: skip
        for dim, kind in zip(dims, kinds):
            made[dim].attrs["standard_name"] = kind
        made.to_netcdf(folder / f"{name}.nc")
        common = {"cube": "none", "series": "none", "tiles": "none"}
        own = {} if name == "geographic" else {"crs": crs}
        datasets = [
            {"id": "tiff", "source": str(folder / f"{name}.tif"),
             "terrain": TERRAIN | {"variable": "band_data"}} | common,
            {"id": "netcdf", "source": str(folder / f"{name}.nc"),
             "terrain": TERRAIN | {"variable": "h"}} | common | own,
        ]  # fmt: skip
        site = folder / f"terrain-{name}"
        build(cubepress, datasets, site)
        places = [site / f"datasets/{dataset}" for dataset in ("tiff", "netcdf")]
        tiles = [
            {path.relative_to(place): path.read_bytes() for path in place.rglob("terrain*/**/*")
             if path.suffix in (".terrain", ".png")}
            for place in places
        ]  # fmt: skip
        require(tiles[0] and tiles[0].keys() == tiles[1].keys(), f"{name}: other tiles")
        other = [str(key) for key in tiles[0] if tiles[0][key] != tiles[1][key]]
        require(not other, f"{name}: {other[:3]} differ")
        counts.append(f"{name} {len(tiles[0])}")
    return "tiles: " + ", ".join(counts)


def times_in_names(cubepress: str, folder: Path) -> str:
    """Files of one grid become one cube in the order of the dates in their names, with terrain at each."""
    wanted = np.load(folder / "one_strip.npz")["values"][0]
    months = {"2017-07": 2, "2015-12": 1, "2019-01": 3}
    place = folder / "months"
    place.mkdir()
    for month, factor in months.items():
        subprocess.run(
            ["gdal_translate", "-q", "-ot", "Float32", "-scale", "0", "1", "0", str(factor),
             folder / "one_strip.tif", place / f"ice_{month}.tif"], check=True)  # fmt: skip
    dataset = {"id": "ice", "source": str(place / "ice_*.tif"), "tiles": "none"}
    dated = dataset | {"time-from-name": "ice_%Y-%m.tif", "terrain": TERRAIN | {"variable": "band_data"}}
    site = folder / "months-site"
    build(cubepress, [dated], site)
    cube = xr.open_zarr(site / "datasets/ice/cube.zarr", group="0")
    found = [str(time)[:10] for time in cube.time.values]
    require(found == [f"{month}-01" for month in sorted(months)], f"times {found}")
    for time, month in zip(cube.time, sorted(months)):
        same = np.allclose(
            cube.band_data.sel(time=time), wanted * months[month], rtol=1e-6, equal_nan=True)
        require(same, f"{month} has other values than GDAL wrote")
    layers = {path.parent for path in (site / "datasets/ice/terrain").rglob("layer.json")}
    require(len(layers) == 3, f"terrain at {len(layers)} times")

    recipe = folder / "months.yaml"
    for datasets, words in (
        ([dataset], "time-from-name"),
        ([dated | {"time-from-name": "dem_%Y.tif"}], "not of the pattern"),
        ([dated | {"time-from-name": "ice_%m.tif"}], "no year"),
    ):
        recipe.write_text(yaml.safe_dump({"datasets": datasets}))
        judge(run(cubepress, "build", recipe, "-o", folder / "none", "-q"), (1, 2), words)
    said = run(cubepress, "inspect", *sorted(place.glob("*.tif")), "--time-from-name", "ice_%Y-%m.tif", "--json")
    require(json.loads(said.stdout)["variables"][0]["time"]["count"] == 3, f"{said.stdout[:300]}{said.stderr[-300:]}")
    return f"{len(months)} months"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


def over_http(cubepress: str, folder: Path) -> str:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        found = []
        for place in (f"{address}/cog.tif", folder / "cog.tif"):
            said = run(cubepress, "inspect", place, "--stats", "--json")
            require(said.returncode == 0, said.stderr[-300:])
            found.append(json.loads(said.stdout)["variables"][0])
        require(found[0] == found[1], f"{found[0]} over HTTP, {found[1]} from the file")
        said = run(cubepress, "inspect", f"{address}/cog.tif", "--spool", "10k")
        judge(said, (1,), "--spool")
        return f"mean {found[0]['statistics']['mean']:.6g}"
    finally:
        server.shutdown()


def cut_short(cubepress: str, folder: Path) -> str:
    count = 0
    for name in ("cog", "strips_lzw", "tiles_lerc", "bigtiff", "plain_big"):
        whole = (folder / f"{name}.tif").read_bytes()
        for part in (1, 4, 9, 60, 400, len(whole) // 3, len(whole) // 2, len(whole) - 40):
            path = folder / "cut.tif"
            path.write_bytes(whole[:part])
            judge(run(cubepress, "inspect", path, "--stats"), (1,), "cut.tif")
            count += 1
    return f"{count} files"


def flipped(cubepress: str, folder: Path) -> str:
    """Any byte may be wrong: the program ends by itself, with numbers or an error, and never crashes."""
    chance, ended = np.random.default_rng(7), {0: 0, 1: 0}
    for name in ("cog", "strips_zstd", "tiles_lerc", "tiles_lzma", "bands_pixel", "mask_tiles", "predictor3_LZW_float32".lower()):
        whole = np.frombuffer((folder / f"{name}.tif").read_bytes(), "uint8")
        for turn in range(25):
            broken = whole.copy()
            # The header and the directory of tags lie at the ends; half of the faults go there.
            span = min(600, whole.size) if turn % 2 else whole.size
            for place in chance.integers(0, span, 4):
                broken[place if turn % 4 < 2 else -1 - place] ^= chance.integers(1, 256)
            path = folder / "flipped.tif"
            broken.tofile(path)
            done = run(cubepress, "inspect", path, "--stats")
            require(done.returncode not in CRASHES, f"{name}, turn {turn}: crashed")
            require(done.returncode in ended, f"{name}, turn {turn}: exit code {done.returncode}")
            ended[done.returncode] += 1
    return f"{ended[0]} were read, {ended[1]} refused"


def huge(cubepress: str, folder: Path) -> str:
    """One tile of 38,416 is there: a cell is read at once; a build without room for it says so."""
    subprocess.run(["/usr/bin/python3", str(MAKER), str(folder), "--huge"], check=True)
    path = folder / "huge.tif"
    said = run(cubepress, "inspect", path, "--json")
    require(json.loads(said.stdout)["variables"][0]["shape"] == [100_000, 100_000], said.stdout[:300])
    for column, row, wanted in ((50_200, 50_300, "1234"), (10, 20, "")):
        at = f"--at={-180 + (column + 0.5) * 0.0036},{90 - (row + 0.5) * 0.0018}"
        command = ["time", "-f", "%M", cubepress, "extract", str(path), "--variable", "band_data", at]
        done = subprocess.run(["/usr/bin/env", *command], capture_output=True, text=True, timeout=PATIENCE)
        require(done.returncode == 0, done.stderr[-300:])
        found = done.stdout.strip().splitlines()[-1].rsplit(",", 1)[-1]
        require(found.rstrip("0").rstrip(".") == wanted or found == wanted, f"{found}, not {wanted}")
        memory = int(done.stderr.strip().splitlines()[-1]) >> 10
        require(memory < PROGRAM, f"{memory} MB of memory for one cell")
    room = Path("/dev/shm")
    if not room.exists() or shutil.disk_usage(room).total > 40 << 30:
        raise Skipped("there is no small disk to fill")
    with tempfile.TemporaryDirectory(prefix="cubepress-huge-", dir=room) as out:
        recipe = folder / "huge.yaml"
        style = {"colours": "viridis", "range": [0, 2000]}
        recipe.write_text(yaml.safe_dump({"datasets": [
            {"source": str(path), "variables": [{"name": "band_data", "styles": [style]}]}]}))  # fmt: skip
        done = run(cubepress, "build", recipe, "-o", Path(out) / "site", "-q", "--memory", "100M")
        report = Path(out) / "site/.cubepress/report.json"
        said = done.stderr + (report.read_text() if report.exists() else "")
        require(done.returncode == 1 and "of disk cannot be had" in said, f"{done.returncode}: {said[-300:]}")
    return f"{memory} MB of memory for one cell; {path.stat().st_size >> 10} KB"


def large(cubepress: str, folder: Path) -> str:
    need_room(str(folder), 400)
    source = folder / "large.tif"
    command = ["gdal_translate", "-q", "-outsize", "10000", "10000", "-r", "bilinear", "-co", "TILED=YES",
               "-co", "COMPRESS=ZSTD", str(folder / "geographic.tif"), str(source)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"GDAL_PAM_ENABLED": "NO"})
    require(done.returncode == 0, done.stderr[-300:])
    seconds, anonymous, total = peak(cubepress, source, folder / "large", 100)
    note = f"400 MB, limit 100 MB: {anonymous} MB of memory at the peak ({total} MB with file pages), {seconds:.0f} s"
    require(anonymous <= 100 + PROGRAM, note)
    return note
