"""Source cubes as xarray reads them, and where a tile's pixels fall in them."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from matrices import MatrixSet, to_grid

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")


def open_cube(sources: list) -> xr.Dataset:
    """Opens what a recipe names: one Zarr folder, or NetCDF files joined along time."""
    expanded = []
    for source in sources:
        path = Path(source)
        expanded += sorted(path.parent.glob(path.name)) if "*" in path.name else [path]
    if len(expanded) == 1 and expanded[0].is_dir():
        return xr.open_zarr(expanded[0], chunks=None)
    parts = [xr.open_dataset(path) for path in expanded]
    return parts[0] if len(parts) == 1 else xr.concat(parts, "time", data_vars="minimal")


def axis(dataset: xr.Dataset, variable: str, kind: str) -> str:
    """Name of the x or y dimension of a variable, by its usual names."""
    names = {"x": ("lon", "longitude", "x"), "y": ("lat", "latitude", "y")}[kind]
    for name in dataset[variable].dims:
        if str(name).lower() in names:
            return name
    raise ValueError(f"{variable}: no {kind} axis among {dataset[variable].dims}")


@dataclass
class Field:
    """One variable at one time on a regular grid; `values` is rows × columns, missing is NaN."""

    values: np.ndarray
    first_x: float
    step_x: float
    first_y: float
    step_y: float
    crs: str

    @classmethod
    def of(cls, dataset: xr.Dataset, variable: str, crs: str | None, time: int | None) -> "Field":
        data = dataset[variable]
        x, y = axis(dataset, variable, "x"), axis(dataset, variable, "y")
        if time is not None and "time" in data.dims:
            data = data.isel(time=time)
        xs, ys = (np.asarray(dataset[name].values, dtype=np.float64) for name in (x, y))
        for name, values in ((x, xs), (y, ys)):
            steps = np.diff(values)
            assert np.allclose(steps, steps.mean(), rtol=1e-3), f"{name} is not regular"
        values = data.transpose(y, x).values.astype(np.float32)
        step = [(v[-1] - v[0]) / (len(v) - 1) for v in (xs, ys)]
        return cls(values, xs[0], step[0], ys[0], step[1], crs or "OGC:CRS84")

    @property
    def is_geographic(self) -> bool:
        return self.crs == "OGC:CRS84"

    @property
    def is_periodic(self) -> bool:
        return self.is_geographic and abs(abs(self.step_x) * self.values.shape[1] - 360) < 1e-3

    def indices(self, x, y) -> tuple:
        """Fractional (column, row) of coordinates in the grid's CRS; 0 is a first cell's centre."""
        column = (np.asarray(x, dtype=np.float64) - self.first_x) / self.step_x
        if self.is_geographic:
            turn = 360 / abs(self.step_x)
            column = np.mod(column + 0.5, turn) - 0.5
        return column, (np.asarray(y, dtype=np.float64) - self.first_y) / self.step_y

    def tile_indices(self, matrix_set: MatrixSet, z: int, x: int, y: int) -> tuple:
        """Fractional (columns, rows) of the pixels of a tile, each TILE × TILE."""
        across, down = matrix_set.pixel_centres(z, x, y)
        easting, northing = np.meshgrid(across, down)
        return self.indices(*to_grid(matrix_set, self.crs).transform(easting, northing))

    def sample(self, columns, rows, interpolation: str) -> np.ndarray:
        """Values at fractional indices.

        A pixel is missing where its nearest cell is missing or there is none; bilinear is the
        weighted mean of the valid ones of the four cells around, outermost cells repeated outwards.
        """
        height, width = self.values.shape
        with np.errstate(invalid="ignore"):
            inside = (rows >= -0.5) & (rows <= height - 0.5)
            inside &= (columns >= -0.5) & (columns <= width - 0.5)
        inside &= np.isfinite(columns) & np.isfinite(rows)
        columns, rows = np.where(inside, columns, 0), np.where(inside, rows, 0)

        def cell(row, column):
            column = np.mod(column, width) if self.is_periodic else np.clip(column, 0, width - 1)
            return self.values[np.clip(row, 0, height - 1), column].astype(np.float64)

        nearest = cell(np.floor(rows + 0.5).astype(int), np.floor(columns + 0.5).astype(int))
        if interpolation == "nearest":
            return np.where(inside, nearest, np.nan)
        row, column = np.floor(rows).astype(int), np.floor(columns).astype(int)
        down, across = rows - row, columns - column
        total, weight = np.zeros(columns.shape), np.zeros(columns.shape)
        for r, c, share in [
            (row, column, (1 - down) * (1 - across)),
            (row, column + 1, (1 - down) * across),
            (row + 1, column, down * (1 - across)),
            (row + 1, column + 1, down * across),
        ]:
            value = cell(r, c)
            valid = ~np.isnan(value)
            total += np.where(valid, share * np.nan_to_num(value), 0)
            weight += np.where(valid, share, 0)
        with np.errstate(invalid="ignore", divide="ignore"):
            blended = total / weight
        return np.where(inside & ~np.isnan(nearest), blended, np.nan)

    def tile(self, matrix_set: MatrixSet, z: int, x: int, y: int, interpolation: str) -> np.ndarray:
        """Values of a tile's pixels taken from the cells of the source."""
        return self.sample(*self.tile_indices(matrix_set, z, x, y), interpolation)

    def finest_zoom(self, matrix_set: MatrixSet) -> int:
        """First zoom whose cells are as small as the grid's (its smaller side, at the equator)."""
        side = min(abs(self.step_x), abs(self.step_y))
        metres = side * np.pi / 180 * 6378137.0 if self.is_geographic else side
        z = 0
        while matrix_set.cell_size(z) * matrix_set.metres_per_unit > metres * 1.01:
            z += 1
        return z
