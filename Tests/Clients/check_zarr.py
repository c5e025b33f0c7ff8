"""`cube.zarr` and `series.zarr` as zarr-python and xarray read them, beside their sources."""

import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import xarray as xr
import zarr

from http_store import HTTPStore
from patience import PATIENCE
from report import Failure, Skipped, require
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
    report.check("series append", append, cubepress)
    report.check("series append in blocks", append_in_blocks, cubepress)
    report.check("series growing", growing, cubepress)
    report.check("coordinates", coordinates, cubepress)
    report.check("series killed", killed, cubepress)
    report.check("series damaged", damaged, cubepress)
    report.check("zarr read by GDAL", gdal, cubepress)


# What is published, level by level.


def open_level(store, level: int, raw: bool = True, **options) -> xr.Dataset:
    options = {"chunks": None, "mask_and_scale": not raw, "decode_times": not raw} | options
    return xr.open_zarr(store, group=str(level), **options)


def levels_of(path: Path) -> int:
    return json.loads((path / "zarr.json").read_text())["attributes"]["cubepress"]["levels"]


def values(data: xr.DataArray) -> np.ndarray:
    """Decoded values in double precision, NaN where missing; by CF, in our own words."""
    stored = data.values
    decoded = stored.astype(np.float64)
    fill = data.attrs.get("_FillValue")
    if fill is not None and not np.isnan(fill):
        decoded[stored == fill] = np.nan
    return decoded * data.attrs.get("scale_factor", 1.0) + data.attrs.get("add_offset", 0.0)


def is_categorical(data: xr.DataArray) -> bool:
    return "flag_meanings" in data.attrs


def stated_error(data: xr.DataArray) -> float:
    return data.attrs.get("cubepress", {}).get("maximum_error", 0.0)


def same(found: np.ndarray, wanted: np.ndarray, error: float, what: str) -> float:
    """Requires that values are missing alike and no further apart than an error, and the rounding of
    single precision where values were averaged."""
    require(found.shape == wanted.shape, f"{what}: shape {found.shape}, not {wanted.shape}")
    holes = np.isnan(found) != np.isnan(wanted)
    require(not holes.any(), f"{what}: {holes.sum()} cells are missing in one of both only")
    with np.errstate(invalid="ignore"):
        distance = np.abs(found - wanted)
    worst = float(np.nanmax(distance, initial=0.0))
    require(worst <= error, f"{what}: off by {worst}, {error} is stated")
    return worst


def area_mean(source: np.ndarray, weights: np.ndarray, level: int) -> np.ndarray:
    """The mean over blocks of 2^level cells, by weights of the rows, missing ones left out."""
    side = 1 << level
    rows, columns = source.shape[-2:]
    pad = [(0, 0)] * (source.ndim - 2) + [(0, -rows % side), (0, -columns % side)]
    weight = np.where(np.isnan(source), 0.0, weights[:, None])
    total = np.where(np.isnan(source), 0.0, source) * weight
    shape = (*source.shape[:-2], -(-rows // side), side, -(-columns // side), side)
    total, weight = (np.pad(part, pad).reshape(shape).sum((-3, -1)) for part in (total, weight))
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / weight


def mode(source: np.ndarray, level: int) -> np.ndarray:
    side = 1 << level
    rows, columns = source.shape[-2:]
    result = np.full((*source.shape[:-2], -(-rows // side), -(-columns // side)), np.nan)
    for place in np.ndindex(result.shape):
        *outer, row, column = place
        block = source[(*outer, slice(row * side, (row + 1) * side),
                        slice(column * side, (column + 1) * side))]
        counts = Counter(block[~np.isnan(block)].tolist())
        if counts:
            most = max(counts.values())
            result[place] = min(value for value, count in counts.items() if count == most)
    return result


def row_weights(level: xr.Dataset, data: xr.DataArray) -> np.ndarray:
    """Areas of rows: the cosine of latitudes, also those of a rotated pole; else all alike. Of a row
    at a pole only what lies this side of it counts."""
    name = data.dims[-2]
    if name in level.coords and level[name].ndim == 1:
        if level[name].attrs.get("standard_name") in ("latitude", "grid_latitude"):
            latitudes = np.deg2rad(level[name].values)
            if level.sizes[name] == 1:
                return np.ones(1)
            half = np.abs(np.gradient(latitudes)) / 2
            ends = (np.clip(latitudes + sign * half, -np.pi / 2, np.pi / 2) for sign in (1, -1))
            return np.abs(np.subtract(*map(np.sin, ends))) / (2 * np.sin(half))
    return np.ones(data.sizes[name])


def source_values(cube: xr.Dataset, name: str, raw: xr.DataArray) -> np.ndarray:
    """A variable as xarray decodes it, in the order (time, further dimensions, row, column), without
    columns that repeat the first."""
    data = cube[name].squeeze(
        [d for d in cube[name].dims if cube[name].sizes[d] == 1 and cube[name].ndim > raw.ndim]
    )
    for dimension in cube[name].dims[-2:]:
        if dimension not in data.dims:
            data = data.expand_dims(dimension)
    times = [d for d in data.dims if "time" in str(d).lower()]
    others = [d for d in data.dims[:-2] if d not in times]
    data = data.transpose(*times, *others, *data.dims[-2:])
    values = data.values.astype(np.float64)
    if values.ndim < raw.ndim:
        values = values[None]
    return values[..., : raw.shape[-1]]


def compare_cube(path: Path, name: str, key: str, cube: xr.Dataset, store=None) -> str:
    """Level 0 with the source, coarser levels with means or modes of it."""
    store = store or str(path)
    level0 = open_level(store, 0)
    raw = level0[key]
    wanted = source_values(cube, name, raw)
    decoded = values(raw)
    # xarray unpacks in the precision of the attributes, which may be single.
    largest = np.array(np.nanmax(np.abs(wanted)), dtype=np.result_type(cube[name], np.float32))
    exact = stated_error(raw) or float(np.spacing(largest)) * 2
    worst = same(decoded, wanted, exact, f"{name}, level 0")
    weights = row_weights(level0, raw)
    count = 1
    for number in range(1, levels_of(path)):
        level = open_level(store, number)
        if key not in level:
            continue
        count += 1
        data = level[key]
        if is_categorical(raw):
            if "flag_masks" in raw.attrs:
                continue  # a level shows one flag of several; no other program has a rule for that
            same(values(data), mode(wanted, number), 0, f"{name}, level {number}")
            continue
        mean = area_mean(wanted, weights, number)
        single = float(np.nanmax(np.abs(wanted), initial=0)) * 2.0**-21
        same(values(data), mean, stated_error(data) + single, f"{name}, level {number}")
    return f"{count} levels, level 0 off by {worst:.3g}"


def compare_series(folder: Path, key: str) -> str:
    """Every level of the series with the same of the cube, stored number by stored number."""
    path = folder / "series.zarr"
    if "time" not in "".join(map(str, open_level(str(folder / "cube.zarr"), 0)[key].dims)):
        return "no series"
    count = 0
    for number in range(min(levels_of(path), levels_of(folder / "cube.zarr"))):
        found = whole_series(path, number, key)
        wanted = open_level(str(folder / "cube.zarr"), number)[key].values
        require(found.shape == wanted.shape, f"level {number}: {found.shape}, not {wanted.shape}")
        equal = np.array_equal(found, wanted, equal_nan=found.dtype.kind == "f")
        require(equal, f"level {number} of the series of {key} differs from the cube")
        count += 1
    return f"series equal in {count} levels"


def whole_series(path: Path, number: int, key: str) -> np.ndarray:
    """History and recent times, one behind the other."""
    parts = [open_level(str(path), number)[key].values]
    if (path / "recent").is_dir():
        parts.append(
            xr.open_zarr(
                str(path), group=f"recent/{number}", chunks=None, mask_and_scale=False,
                decode_times=False,
            )[key].values
        )
    return np.concatenate(parts)


def key_of(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)


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


# Sites made here.


def build(cubepress: str, recipe: dict, folder: Path, *options, expect: int = 0) -> str:
    path = folder / "recipe.yaml"
    path.write_text(json.dumps(recipe))
    result = subprocess.run(
        [cubepress, "build", str(path), "-o", str(folder / "site"), "--workers", "2",
         "--log-format", "quiet", *options],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )
    if result.returncode != expect:
        raise Failure(f"cubepress build exits with {result.returncode}: {result.stderr[-600:]}"
                      f"{result.stdout[-600:]}")
    return result.stdout + result.stderr


def small(name: str, source, **keys) -> dict:
    """A recipe with few tiles: what counts here is the arrays."""
    dataset = {"id": name, "source": source, "max-zoom": 0, "tile-matrix-sets": ["WorldCRS84Quad"]}
    return {"datasets": [dataset | keys]}


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


def snapshot(site: Path) -> dict:
    return {
        str(path.relative_to(site)): path.read_bytes()
        for path in sorted(site.rglob("*.zarr/**/*"))
        if path.is_file()
    }


def again(cubepress: str, folder: Path) -> dict:
    recipe = json.loads((folder / "recipe.yaml").read_text())
    build(cubepress, recipe, folder)
    return snapshot(folder / "site")


def steps(path: Path, count: int, start: int = 0, rows: int = 37, columns: int = 70,
          kind: str = "f4") -> None:
    """A small cube of which each step follows from its number alone."""
    time = np.arange(start, start + count)
    y, x = np.mgrid[0:rows, 0:columns]
    data = (np.sin(time[:, None, None] / 9) * 10 + y[None] / 7 + x[None] / 11).astype(kind)
    data[:, 5:9, 20:30] = np.nan
    xr.Dataset(
        {"v": (("time", "lat", "lon"), data, {"units": "K"})},
        {
            "time": ("time", time, {"units": "days since 2001-01-01"}),
            "lat": ("lat", np.linspace(-18, 18, rows), {"units": "degrees_north"}),
            "lon": ("lon", np.linspace(0, 34.5, columns), {"units": "degrees_east"}),
        },
    ).to_netcdf(path)


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


def append(cubepress: str) -> str:
    """One step more reads one step and gives what a build of all gives."""
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name) / "a", Path(name) / "b"
        folder.mkdir()
        whole.mkdir()
        for number in range(6):
            steps(folder / f"{number}.nc", 5, start=number * 5)
        recipe = small("s", str(folder / "*.nc"))
        first = [folder / f"{number}.nc" for number in range(5)]
        build(cubepress, small("s", [str(path) for path in first]), folder)
        recipe = small("s", [str(folder / f"{number}.nc") for number in range(6)])
        text = build(cubepress, recipe, folder)
        require("5 fields made, 25 up to date" in text, text)
        build(cubepress, recipe, whole)
        require(snapshot(folder / "site") == snapshot(whole / "site"), "the results differ")
        compare_series(folder / "site/datasets/s", "v")
        return text.strip().splitlines()[0]


def append_in_blocks(cubepress: str) -> str:
    """Of a series of several blocks of times, whole blocks stay as they are when a time is added."""
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name) / "a", Path(name) / "b"
        folder.mkdir()
        whole.mkdir()
        times = 8194  # of eight bytes, 8192 make a block
        for number, (start, count) in enumerate(((0, times), (times, 1))):
            steps(folder / f"{number}.nc", count, start=start, rows=11, columns=34, kind="f8")
        keys = {"cube": "none", "tiles": "none"}
        build(cubepress, small("s", str(folder / "0.nc"), **keys), folder)
        recipe = small("s", [str(folder / "0.nc"), str(folder / "1.nc")], **keys)
        text = build(cubepress, recipe, folder)
        require(f"1 fields made, {times} up to date" in text, text)
        build(cubepress, recipe, whole)
        require(snapshot(folder / "site") == snapshot(whole / "site"), "the results differ")
        parts = [xr.open_dataset(folder / f"{number}.nc")["v"].values for number in range(2)]
        source = np.concatenate(parts)
        found = whole_series(folder / "site/datasets/s/series.zarr", 0, "v")
        same(found, source, 0, "level 0")
        return f"{found.shape[0]} times"


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


def growing(cubepress: str) -> str:
    """Histories and recent times over several additions, always as a build of all gives them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "a"
        folder.mkdir()
        notes = []
        for number, count in enumerate((60, 3, 1, 63, 1, 2)):
            start = sum((60, 3, 1, 63, 1, 2)[:number])
            steps(folder / f"{number}.nc", count, start=start)
            recipe = small("g", [str(folder / f"{i}.nc") for i in range(number + 1)],
                           series={"growing": True})
            history = folder / "site/datasets/g/series.zarr/0/v/c"
            before = {p: p.stat().st_mtime_ns for p in history.rglob("*") if p.is_file()}
            text = build(cubepress, recipe, folder)
            require(f"{count} fields made" in text, text)
            path = folder / "site/datasets/g/series.zarr"
            stated = json.loads((path / "zarr.json").read_text())["attributes"]["cubepress"]
            times = start + count
            require(stated["times"] == times and stated["history"] == times // 64 * 64, stated)
            after = {p: p.stat().st_mtime_ns for p in history.rglob("*") if p.is_file()}
            if before and times // 64 == start // 64:
                require(before == after, "the history was written again")
            compare_series(folder / "site/datasets/g", "v")
            whole = Path(name) / f"b{number}"
            whole.mkdir()
            build(cubepress, recipe, whole)
            require(snapshot(folder / "site") == snapshot(whole / "site"), f"differs at {times}")
            notes.append(f"{times}: {stated['history']}")
        return ", ".join(notes)


def killed(cubepress: str, kills: int = 8) -> str:
    """Builds that are killed at any time end up with the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder, whole = Path(name) / "a", Path(name) / "b"
        folder.mkdir()
        whole.mkdir()
        for number in range(4):
            steps(folder / f"{number}.nc", 40, start=number * 40, rows=150, columns=300)
        sources = [str(folder / f"{number}.nc") for number in range(4)]
        random = np.random.default_rng(11)
        landed = 0
        for number in range(kills):
            # Two sources first, so that a later build goes on with published series.
            recipe = small("k", sources[: 2 if number < kills // 2 else 4])
            path = folder / "recipe.yaml"
            path.write_text(json.dumps(recipe))
            process = subprocess.Popen(
                [cubepress, "build", str(path), "-o", str(folder / "site"), "--workers", "2", "-q"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(timeout=float(random.uniform(0.2, 3)))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                landed += 1
            if number == kills // 2 - 1:
                build(cubepress, recipe, folder)
        recipe = small("k", sources)
        build(cubepress, recipe, folder)
        build(cubepress, recipe, whole)
        require(landed > 0, "no kill came in time")
        require(snapshot(folder / "site") == snapshot(whole / "site"), "the results differ")
        compare_series(folder / "site/datasets/k", "v")
        return f"{landed} kills"


def damaged(cubepress: str) -> str:
    """A file of ours that lacks bytes is made anew; one with other bytes is not taken over."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(3):
            steps(folder / f"{number}.nc", 5, start=number * 5)
        sources = [str(folder / f"{number}.nc") for number in range(3)]
        recipe = small("d", sources[:2])
        build(cubepress, recipe, folder)
        good = snapshot(folder / "site")
        shard = next(path for path in (folder / "site").rglob("series.zarr/0/v/c/**/*")
                     if path.is_file())
        shard.write_bytes(shard.read_bytes()[:-10])
        build(cubepress, recipe, folder)
        require(snapshot(folder / "site") == good, "the damaged shard stays")
        content = bytearray(shard.read_bytes())
        content[-5] ^= 0xFF
        shard.write_bytes(bytes(content))
        result = subprocess.run([cubepress, "check", str(folder / "site")], capture_output=True,
                                text=True, check=False)
        require(result.returncode == 1, "`cubepress check` finds no damage")
        build(cubepress, small("d", sources), folder)
        compare_series(folder / "site/datasets/d", "v")
        return "made anew"


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
