"""Variables of one's own, `name=expression`: values against xarray, in xcube's viewer."""

import subprocess
import urllib.error
import urllib.parse

import numpy as np
import xarray as xr

from report import require

CUBE = "mixed"
# What xarray makes of these is what xcube's server answers.
EXPRESSIONS = [
    "chl * 2 + 0.1", "where(mask == 1, chl, nan)", "(chl - packed) / (chl + packed)", "chl > 0.1", "chl == 0.1",
    "where((chl > 0.5) & ~isnan(packed), packed ** 2, -deep)", "chl // 0.3 + chl % 0.3", "log10(chl) * mask",
    "maximum(chl, packed) - fmax(chl, packed)", "10 ** (0.3 - 0.5 * log10(chl))",
]
POINT = {"type": "Point", "coordinates": [10.4, 50.6]}


def cube() -> xr.Dataset:
    """Variables of several types, some of them without time, with holes."""
    random = np.random.default_rng(3)
    shape = (3, 40, 60)
    chl = random.uniform(0, 1, shape).astype("f4")
    chl[:, ::7, ::5] = np.nan
    chl[:, 9:12, 9:12] = 0.1
    packed = xr.DataArray(random.integers(-900, 900, shape) / 100, dims=("time", "lat", "lon"))
    packed = packed.where(packed > -8.5)
    packed.encoding = {"dtype": "i2", "scale_factor": 0.01, "_FillValue": -32768}
    data = xr.Dataset(
        {"chl": (("time", "lat", "lon"), chl), "packed": packed,
         "mask": (("lat", "lon"), random.integers(0, 2, shape[1:]).astype("i1")),
         "deep": (("lat", "lon"), random.normal(0, 1000, shape[1:]))},
        {"time": np.array(["2020-01-01", "2020-01-02", "2020-01-03"], "M8[ns]"),
         "lat": ("lat", 60 - 0.25 * (np.arange(40) + 0.5), {"units": "degrees_north"}),
         "lon": ("lon", 0.25 * (np.arange(60) + 0.5), {"units": "degrees_east"})})
    for name in ("chl", "packed"):
        data[name].encoding |= {"chunks": (1, 16, 32)}
    return data


def equal_xarray(live) -> str:
    folder = live.server.folder / f"teams/ocean/cubes/{CUBE}.zarr"
    cube().to_zarr(folder, zarr_format=2, consolidated=True)
    subprocess.run(
        [live.program, "register", "--data", str(live.server.folder), "ocean", CUBE, f"cubes/{CUBE}.zarr"], check=True)
    names = {one: getattr(np, one) for one in ("isnan", "log10", "maximum", "fmax", "nan")} | {"where": xr.where}
    with xr.open_zarr(folder) as data:
        data = data.load()
        for text in EXPRESSIONS:
            wanted = eval(text, {"__builtins__": {}}, names | {one: data[one] for one in data.data_vars}).transpose(..., "lat", "lon")
            name = urllib.parse.quote(f"own={text}", safe="")
            lon, lat = POINT["coordinates"]
            point = wanted.sel(lon=lon, lat=lat, method="nearest").values.ravel()
            series = live.json(f"/timeseries/{CUBE}/{name}", POINT)["result"]
            same([one["mean"] for one in series], point, f"the series of {text}")
            box = {"type": "Polygon", "coordinates": [[[1, 51], [14, 51], [14, 59.9], [1, 59.9], [1, 51]]]}
            inside = wanted.sel(lon=slice(1, 14), lat=slice(59.9, 51)).astype("f8")
            found = live.json(f"/statistics/{CUBE}/{name}", box)["result"]
            same([found["count"], found["mean"], found["minimum"], found["maximum"]],
                 [inside.count(), inside.mean(), inside.min(), inside.max()], f"the statistics of {text}")
            corner = wanted.isel({one: slice(0, 2) for one in wanted.dims}).astype("f8").mean()
            valid = live.json(f"/expressions/validate/{CUBE}/{urllib.parse.quote(text, safe='')}")["result"]
            same([valid], [corner], f"the validation of {text}")
            tile = live.ask(f"/tiles/{CUBE}/{name}/4/3/16?vmin=-1&vmax=1&cmap=viridis")
            require(tile.startswith(b"\x89PNG"), f"no tile of {text}")
    for text in ("chl.values", "unknown + 1", "chl and mask", "open('x')"):
        try:
            live.ask(f"/expressions/validate/{CUBE}/{urllib.parse.quote(text, safe='')}")
        except urllib.error.HTTPError as error:
            require(error.code == 400, f"{text}: {error.code}")
        else:
            require(False, f"{text} is taken")
    return f"{len(EXPRESSIONS)} expressions: series, statistics, tiles"


def same(found, wanted, what: str) -> None:
    found = np.array([np.nan if one is None else one for one in found], float)
    wanted = np.asarray(wanted, float)
    # Most values have single precision.
    same = np.allclose(found, wanted, rtol=1e-6, atol=1e-9, equal_nan=True)
    require(found.shape == wanted.shape and same, f"{what}: {found[:4]} and not {wanted[:4]}")
