"""Makes the input of the benchmarks: a global field of 0.1 degrees, with waves, noise and land.

    make_input.py FOLDER

Writes field.zarr (four time steps, blosc) and field.tif (the first of them), the same every time.
"""

import sys
from pathlib import Path

import numpy as np
import rasterio
import xarray as xr
from rasterio.transform import from_origin

STEPS = 4


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lon = np.arange(3600) * 0.1 - 179.95
    lat = 89.95 - np.arange(1800) * 0.1
    x, y = np.meshgrid(np.radians(lon), np.radians(lat))
    noise = np.random.default_rng(1)
    land = np.sin(3 * x) * np.cos(4 * y) + 0.3 * np.sin(11 * x + 5 * y) > 0.75
    fields = []
    for step in range(STEPS):
        field = (
            15
            + 12 * np.cos(2 * y)
            + 4 * np.sin(5 * x + step) * np.cos(7 * y)
            + 1.5 * np.sin(40 * x) * np.sin(30 * y + step)
            + noise.normal(0, 0.02, x.shape)
        )
        field[land] = np.nan
        fields.append(field.astype("float32"))
    times = np.array([f"2020-01-0{step + 1}" for step in range(STEPS)], dtype="M8[ns]")
    xr.Dataset(
        {"v": (("time", "lat", "lon"), np.stack(fields), {"units": "degC"})},
        coords={
            "time": times,
            "lat": ("lat", lat, {"units": "degrees_north"}),
            "lon": ("lon", lon, {"units": "degrees_east"}),
        },
    ).to_zarr(
        folder / "field.zarr", zarr_format=2, mode="w", encoding={"v": {"chunks": (1, 600, 600)}}
    )
    with rasterio.open(
        folder / "field.tif", "w", driver="GTiff", width=3600, height=1800, count=1,
        dtype="float32", crs="EPSG:4326", transform=from_origin(-180, 90, 0.1, 0.1), nodata=np.nan,
        tiled=True, compress="deflate",
    ) as target:
        target.write(fields[0], 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
