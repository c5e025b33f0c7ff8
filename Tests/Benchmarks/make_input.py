"""Makes the input of the benchmarks: global fields with waves, noise and land, always the same.

    make_input.py FOLDER tiles          field.zarr and field.tif (its first time step): 0.1°
    make_input.py FOLDER multiscale     float32.zarr and int16.zarr: 0.1°, 16 steps
    make_input.py FOLDER rechunk        360.zarr (600 × 1200 cells) and 1000.zarr (300 × 600 cells)
    make_input.py FOLDER series         1000.zarr
    make_input.py FOLDER terrain        dem.zarr: a made-up relief of 2048 × 4096 cells

Cubes are Zarr v2 with Blosc (LZ4, level 5, bytes shuffled), one time step a chunk, at most 600 × 600
cells. A number after the word makes that many time steps instead, to try the scripts.
"""

import sys
from pathlib import Path

import numpy as np
import zarr
from numcodecs import Blosc

COMPRESSOR = Blosc("lz4", clevel=5, shuffle=Blosc.SHUFFLE)
SCALE, OFFSET, FILL = 0.001, 15.0, -32768


class Fields:
    """Fields of one grid, one after the other, without holding more than one."""

    def __init__(self, rows: int, columns: int):
        self.lon = (np.arange(columns) + 0.5) * (360 / columns) - 180
        self.lat = 90 - (np.arange(rows) + 0.5) * (180 / rows)
        x, y = np.meshgrid(np.radians(self.lon), np.radians(self.lat))
        self.mean = 15 + 12 * np.cos(2 * y)
        self.fine = 1.5 * np.sin(40 * x)
        self.x, self.y = x, y
        self.land = np.sin(3 * x) * np.cos(4 * y) + 0.3 * np.sin(11 * x + 5 * y) > 0.75
        self.noise = np.random.default_rng(1)

    def field(self, step: int) -> np.ndarray:
        field = (self.mean + 4 * np.sin(5 * self.x + step) * np.cos(7 * self.y)
                 + self.fine * np.sin(30 * self.y + step)
                 + self.noise.normal(0, 0.02, self.x.shape))
        field[self.land] = np.nan
        return field.astype("float32")


def write_cube(path: Path, fields: Fields, steps: int, packed: bool = False) -> None:
    rows, columns = fields.x.shape
    root = zarr.open_group(str(path), mode="w", zarr_format=2)

    def array(name, data_type, shape, chunks, dimensions, attributes, fill):
        made = root.create_array(
            name, shape=shape, chunks=chunks, dtype=data_type, compressors=COMPRESSOR,
            fill_value=fill)
        made.attrs.update({"_ARRAY_DIMENSIONS": dimensions, **attributes})
        return made

    for name, values, units, standard in (
            ("lat", fields.lat, "degrees_north", "latitude"),
            ("lon", fields.lon, "degrees_east", "longitude")):
        array(name, "f8", values.shape, values.shape, [name],
              {"units": units, "standard_name": standard},
              np.nan)[:] = values
    array("time", "i8", (steps,), (steps,), ["time"],
          {"units": "days since 2020-01-01", "calendar": "proleptic_gregorian",
           "standard_name": "time"}, None)[:] = np.arange(steps)
    packing = {"scale_factor": SCALE, "add_offset": OFFSET, "_FillValue": FILL} if packed else {}
    cube = array(
        "v", "i2" if packed else "f4", (steps, rows, columns),
        (1, min(600, rows), min(600, columns)), ["time", "lat", "lon"],
        {"units": "degC", "long_name": "a made-up temperature", **packing},
        FILL if packed else np.nan)
    for step in range(steps):
        field = fields.field(step)
        if packed:
            field = np.where(np.isnan(field), FILL, np.round((field - OFFSET) / SCALE))
        cube[step] = field.astype(cube.dtype)
    zarr.consolidate_metadata(str(path), zarr_format=2)


def relief(rows: int, columns: int) -> np.ndarray:
    """Mountains of all sizes: noise whose amplitudes fall with the square of the wave number."""
    noise = np.fft.rfft2(np.random.default_rng(2).normal(size=(rows, columns)))
    waves = np.hypot(np.fft.fftfreq(rows)[:, None] * rows, np.fft.rfftfreq(columns) * rows)
    heights = np.fft.irfft2(noise / np.maximum(waves, 3) ** 2, s=(rows, columns))
    return (heights / np.abs(heights).max() * 8000).astype("float32")


def write_relief(path: Path, rows: int, columns: int) -> None:
    root = zarr.open_group(str(path), mode="w", zarr_format=2)
    axes = {
        "lat": (90 - (np.arange(rows) + 0.5) * (180 / rows), "degrees_north", "latitude"),
        "lon": ((np.arange(columns) + 0.5) * (360 / columns) - 180, "degrees_east", "longitude"),
    }
    for name, (values, units, standard) in axes.items():
        axis = root.create_array(name, data=values, chunks=values.shape, compressors=COMPRESSOR)
        axis.attrs.update(
            {"_ARRAY_DIMENSIONS": [name], "units": units, "standard_name": standard})
    heights = root.create_array(
        "z", data=relief(rows, columns), chunks=(512, 512), compressors=COMPRESSOR)
    heights.attrs.update(
        {"_ARRAY_DIMENSIONS": ["lat", "lon"], "units": "m", "long_name": "a made-up relief"})
    zarr.consolidate_metadata(str(path), zarr_format=2)


def write_geotiff(path: Path, fields: Fields) -> None:
    import rasterio
    from rasterio.transform import from_origin

    with rasterio.open(
        path, "w", driver="GTiff", width=3600, height=1800, count=1, dtype="float32",
        crs="EPSG:4326", transform=from_origin(-180, 90, 0.1, 0.1), nodata=np.nan, tiled=True,
        compress="deflate",
    ) as target:
        target.write(fields.field(0), 1)


def main(folder: Path, what: str, steps: int | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if what == "tiles":
        write_cube(folder / "field.zarr", Fields(1800, 3600), steps or 4)
        write_geotiff(folder / "field.tif", Fields(1800, 3600))
    elif what == "multiscale":
        write_cube(folder / "float32.zarr", Fields(1800, 3600), steps or 16)
        write_cube(folder / "int16.zarr", Fields(1800, 3600), steps or 16, packed=True)
    elif what == "terrain":
        write_relief(folder / "dem.zarr", 2048, 4096)
    if what == "rechunk":
        write_cube(folder / "360.zarr", Fields(600, 1200), steps or 360)
    if what in ("rechunk", "series"):
        write_cube(folder / "1000.zarr", Fields(300, 600), steps or 1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
