"""Published arrays, level by level, beside their sources: what they hold follows from the source alone."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import xarray as xr

from report import require


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
