"""`cube.zarr` and `series.zarr` as zarr-python and xarray read them, beside their sources."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import xarray as xr
import zarr

from http_store import HTTPStore
from report import Skipped, require
from zarr_builds import again, build, small, snapshot, steps
from zarr_compare import compare_cube, compare_series, key_of, levels_of, open_level, same, stated_error, values
from zarr_growth import growth_checks
from zarr_sources import SOURCES


def zarr_checks(report, site, address, shown: list, cubepress: str | None, quick: bool) -> None:
    for dataset in dict.fromkeys(variable.dataset for variable in shown):
        of_dataset = [variable for variable in shown if variable.dataset == dataset]
        folder = site.folder / "datasets" / dataset
        base = f"{address.base}datasets/{dataset}"
        report.check(f"zarr {dataset}", cube_of, of_dataset, folder)
        report.check(f"zarr over HTTP {dataset}", over_http, folder, base)
    if cubepress is None or quick:
        return
    for source in SOURCES:
        report.check(f"zarr of {source.name}", made_of, source, cubepress)
    report.check("zarr format 2", format_2, cubepress)
    report.check("zarr quantised", quantised, cubepress)
    report.check("zarr quantised out of range", out_of_range, cubepress)
    report.check("coordinates", coordinates, cubepress)
    growth_checks(report, cubepress)
    report.check("zarr read by GDAL", gdal, cubepress)


def cube_of(shown: list, folder: Path) -> str:
    notes = []
    for variable in shown:
        key = key_of(variable.variable)
        notes.append(compare_cube(folder / "cube.zarr", variable.variable, key, variable.cube))
        notes.append(compare_series(folder, key))
    decoded = xr.open_zarr(str(folder / "cube.zarr"), group="0", chunks=None, decode_coords="all")
    require(len(decoded.data_vars) >= len(shown), f"xarray decodes {list(decoded.data_vars)} only")
    zarr.open_consolidated(str(folder / "cube.zarr"), zarr_format=3)
    return "; ".join(dict.fromkeys(notes))


def over_http(folder: Path, base: str) -> str:
    """The same numbers over HTTP, and what a map tile and a click cost."""
    store = HTTPStore(base + "/cube.zarr")
    group = zarr.open_group(store, mode="r", zarr_format=3)
    require(store.requests == 1, f"opening takes {store.requests} requests")
    level = xr.open_zarr(store, group="0", chunks=None, consolidated=True, mask_and_scale=False,
                         decode_times=False)
    here = open_level(str(folder / "cube.zarr"), 0)
    key = next(iter(name for name in here.data_vars if here[name].ndim >= 2))
    before = store.requests, store.bytes
    window = (-1,) * (here[key].ndim - 2) + (slice(0, 256), slice(0, 256))
    found = group[f"0/{key}"][window]
    tile = store.requests - before[0], store.bytes - before[1]
    require(tile[0] <= 2, f"a window takes {tile[0]} requests")
    wanted = here[key].values[window]
    require(np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f"), "a window differs")
    require(np.array_equal(level[key].values, here[key].values,
                           equal_nan=wanted.dtype.kind == "f"), "level 0 differs over HTTP")
    note = f"a window {tile[0]} requests, {tile[1]} bytes"
    if not (folder / "series.zarr").is_dir() or "time" not in here[key].dims:
        return note
    store = HTTPStore(base + "/series.zarr")
    array = zarr.open_group(store, mode="r", zarr_format=3)[f"0/{key}"]
    before = store.requests, store.bytes
    row, column = (size // 2 for size in array.shape[-2:])
    found = array[(slice(None),) + (0,) * (array.ndim - 3) + (row, column)]
    click = store.requests - before[0], store.bytes - before[1]
    wanted = here[key].values[(slice(None),) + (0,) * (array.ndim - 3) + (row, column)]
    require(np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f"), "a series differs")
    blocks = -(-array.shape[0] // array.chunks[0])
    require(click[0] <= 1 + blocks, f"a click takes {click[0]} requests")
    require(click[1] < 100_000 * blocks, f"a click takes {click[1]} bytes")
    return f"{note}; a click {click[0]} requests, {click[1]} bytes"


def made_of(source, cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "source.nc"
        source.write(path)
        build(cubepress, small("made", str(path)), folder)
        dataset = folder / "site/datasets/made"
        notes = []
        # Masks and scales as the source says; what it calls valid or not is checked elsewhere.
        cube = xr.open_dataset(path, decode_times=False)
        for variable in source.variables:
            notes.append(compare_cube(dataset / "cube.zarr", variable, key_of(variable), cube))
            notes.append(compare_series(dataset, key_of(variable)))
        source.check(dataset)
        require(snapshot(folder / "site") == again(cubepress, folder), "a second run changes files")
        return "; ".join(dict.fromkeys(notes))


def format_2(cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps(folder / "a.nc", 3, rows=300, columns=520)
        build(cubepress, small("two", str(folder / "a.nc"), cube={"zarr-format": 2}), folder)
        path = str(folder / "site/datasets/two/cube.zarr")
        group = zarr.open_consolidated(path, zarr_format=2)
        level = xr.open_zarr(path, group="0", consolidated=True, zarr_format=2, chunks=None)
        source = xr.open_dataset(folder / "a.nc")
        same(level["v"].values.astype("f8"), source["v"].values.astype("f8"), 0, "level 0")
        require((level["time"].values == source["time"].values).all(), "times differ")
        require(not (Path(path) / "zarr.json").exists(), "there is a document of Zarr 3")
        return f"{len(list(group.groups()))} levels"


def quantised(cubepress: str) -> str:
    notes = []
    for settings in (
        {"type": "int16", "range": [-30, 40]},
        {"type": "uint8", "range": [-30, 40]},
        {"type": "int16", "maximum-error": 0.001},
    ):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            steps(folder / "a.nc", 12)
            build(cubepress, small("q", str(folder / "a.nc"), cube={"quantise": settings}), folder)
            path = folder / "site/datasets/q/cube.zarr"
            source = xr.open_dataset(folder / "a.nc")
            data = open_level(str(path), 0)["v"]
            require(str(data.dtype) == settings["type"], f"the type is {data.dtype}")
            error = stated_error(data)
            found = same(values(data), source["v"].values.astype("f8"), error, "level 0")
            require(found > error * 0.999, f"{error} is stated as error, {found} was found")
            most = settings.get("maximum-error", 70 / (65534 if "16" in settings["type"] else 254) / 2)
            require(error <= most * 1.01, f"the error {error} is larger than {most}")
            compare_series(folder / "site/datasets/q", "v")
            notes.append(f"{settings['type']} within {error:.2g}")
    return ", ".join(notes)


def out_of_range(cubepress: str) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps(folder / "a.nc", 12)
        recipe = small("q", str(folder / "a.nc"),
                       cube={"quantise": {"type": "int16", "range": [0, 5]}})
        text = build(cubepress, recipe, folder, expect=1)
        require("its values go from" in text, f"the message is {text!r}")
        return text.strip().splitlines()[0][:150]


def coordinates(cubepress: str) -> str:
    """What the source says of its coordinates, and their bounds, at every level."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        edges = {  # uneven, so that bounds do not follow from the middles
            "lat": np.concatenate([[-90.0], np.linspace(-88, 88, 36) ** 3 / 88**2, [90.0]]),
            "lon": np.linspace(0, 360, 71),
            "depth": np.array([0.0, 5, 20, 100]),
        }
        bounds = {key: np.stack([edge[:-1], edge[1:]], axis=1) for key, edge in edges.items()}
        middles = {key: pair.mean(axis=1) for key, pair in bounds.items()}
        said = {
            "lat": {"units": "degrees_north", "long_name": "breadth", "comment": "of the ball"},
            "lon": {"units": "degrees_east", "reference": "Greenwich"},
            "depth": {"units": "m", "positive": "down", "axis": "Z", "long_name": "layer"},
            "time": {"units": "days since 2001-01-01", "calendar": "noleap",
                     "long_name": "month of many years", "climatology": "years"},
        }
        named = {key: {**said[key], "bounds": f"{key}_edges"} for key in middles}
        shape = (2, *(len(middles[key]) for key in ("depth", "lat", "lon")))
        data = np.arange(np.prod(shape), dtype="f4").reshape(shape)
        years = np.array([[0.0, 10 * 365 + 31], [31.0, 10 * 365 + 59]])
        xr.Dataset(
            {"v": (("time", "depth", "lat", "lon"), data, {"units": "K"}),
             "years": (("time", "n"), years),
             **{f"{key}_edges": ((key, "n"), bounds[key]) for key in middles}},
            {"time": ("time", [15.0, 45.0], said["time"]),
             **{key: (key, middles[key], named[key]) for key in middles}},
        ).to_netcdf(folder / "a.nc")
        build(cubepress, small("s", str(folder / "a.nc"), tiles="none"), folder)
        for product in ("cube.zarr", "series.zarr"):
            store = folder / "site/datasets/s" / product
            for number in range(levels_of(store)):
                level = open_level(str(store), number)
                for key, attributes in said.items():
                    found = level[key].attrs
                    wanted = {k: v for k, v in attributes.items() if k != "climatology"}
                    lost = {k: v for k, v in wanted.items() if found.get(k) != v}
                    require(not lost or key == "time", f"{product} {number} {key} lacks {lost}")
                    require("long_name" in found, f"{key} has no name")
                    kind = "climatology" if key == "time" else "bounds"
                    pairs = level[found[kind]].values
                    wanted = bounds.get(key)
                    if key == "time":  # counted from another day
                        pairs = pairs - level["time"].values[:, None]
                        wanted = years - np.array([[15.0], [45.0]])
                    if number and key in ("lat", "lon"):
                        ends = np.minimum(np.arange(2, len(wanted) + 2, 2), len(wanted)) - 1
                        wanted = np.stack([wanted[::2, 0], wanted[ends, 1]], axis=1)
                    require(np.allclose(pairs, wanted, rtol=0, atol=1e-9),
                            f"{product} {number}: bounds of {key} differ")
        return "attributes and bounds kept"


def gdal(cubepress: str) -> str:
    """What GDAL reads: format 2 for sure, format 3 where its driver is new enough."""
    try:
        from osgeo import gdal as library
    except ImportError:
        library = None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        steps(folder / "a.nc", 3, rows=90, columns=180)
        build(cubepress, small("two", str(folder / "a.nc"), cube={"zarr-format": 2}), folder)
        path = folder / "site/datasets/two/cube.zarr/0"
        command = ["gdalinfo", "-stats", f'ZARR:"{path}":/v:0']
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if "Zarr" not in subprocess.run(["gdalinfo", "--formats"], capture_output=True, text=True,
                                        check=False).stdout:
            raise Skipped("this GDAL has no Zarr driver")
        require(result.returncode == 0, result.stderr[-300:])
        wanted = float(np.nanmax(xr.open_dataset(folder / "a.nc")["v"].values[0]))
        found = next(float(line.split("=")[1]) for line in result.stdout.splitlines()
                     if "STATISTICS_MAXIMUM" in line)
        require(abs(found - wanted) < 1e-4, f"GDAL finds {found} as maximum, xarray {wanted}")
        version = library.__version__ if library else "gdalinfo"
        return f"Zarr 2 by GDAL {version}: maximum {found:.4f}"
