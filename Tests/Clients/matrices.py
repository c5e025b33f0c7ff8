"""Tile matrix sets, written from the OGC registry (OGC 17-083r4, Annex D), not from our code."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj

TILE = 256


@dataclass(frozen=True)
class MatrixSet:
    """One tile matrix set whose levels halve the cell size."""

    id: str
    crs: str  # what pyproj and GDAL understand, axes easting/longitude first
    origin: tuple  # top left corner, x then y
    cell: float  # cell size of level 0 in units of the CRS
    width: int  # tiles across at level 0
    height: int
    metres_per_unit: float = 1.0

    def cell_size(self, z: int) -> float:
        return self.cell / 2**z

    def scale_denominator(self, z: int) -> float:
        return self.cell_size(z) * self.metres_per_unit / 0.00028

    def bounds(self, z: int, x: int, y: int) -> tuple:
        """Left, bottom, right, top of a tile."""
        side = self.cell_size(z) * TILE
        left, top = self.origin[0] + x * side, self.origin[1] - y * side
        return left, top - side, left + side, top

    def pixel_centres(self, z: int, x: int, y: int) -> tuple:
        """Coordinates in the CRS of the pixel columns and rows of a tile."""
        left, _, _, top = self.bounds(z, x, y)
        steps = (np.arange(TILE) + 0.5) * self.cell_size(z)
        return left + steps, top - steps

    def tile_at(self, z: int, easting: float, northing: float) -> tuple:
        side = self.cell_size(z) * TILE
        return int((easting - self.origin[0]) // side), int((self.origin[1] - northing) // side)


MERCATOR_HALF = np.pi * 6378137.0
MATRIX_SETS = {
    matrix_set.id: matrix_set
    for matrix_set in [
        MatrixSet(
            "WebMercatorQuad", "EPSG:3857", (-MERCATOR_HALF, MERCATOR_HALF), MERCATOR_HALF / 128, 1, 1
        ),
        MatrixSet(
            "WorldCRS84Quad", "OGC:CRS84", (-180.0, 90.0), 180 / 256, 2, 1, np.pi / 180 * 6378137.0
        ),
        MatrixSet(
            "UPSAntarcticWGS84Quad",
            "EPSG:5042",
            (-14440759.350252, 18440759.350252),
            2 * 16440759.350252 / 256,
            1,
            1,
        ),
        MatrixSet(
            "UPSArcticWGS84Quad",
            "EPSG:5041",
            (-14440759.350252, 18440759.350252),
            2 * 16440759.350252 / 256,
            1,
            1,
        ),
    ]
}


@lru_cache
def to_grid(matrix_set: MatrixSet, grid_crs: str) -> pyproj.Transformer:
    """From coordinates of a tile matrix set to those of a grid, x first."""
    return pyproj.Transformer.from_crs(matrix_set.crs, grid_crs, always_xy=True)
