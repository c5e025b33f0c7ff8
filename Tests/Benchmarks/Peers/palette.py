"""A field as a GeoTIFF of palette indices, as `gdal raster tile` makes the smallest tiles from.

    palette.py FILE LOW HIGH RESULT
"""

import sys

import matplotlib
import numpy as np
import rasterio


def main(path: str, low: float, high: float, result: str) -> None:
    with rasterio.open(path) as source:
        field, profile = source.read(1), source.profile
    scaled = np.clip((field - low) / (high - low) * 255, 0, 254)
    indices = np.where(np.isnan(field), 0, 1 + np.nan_to_num(scaled)).astype("uint8")
    viridis = matplotlib.colormaps["viridis"].resampled(255)
    colours = {index + 1: tuple(round(255 * part) for part in viridis(index))
               for index in range(255)}
    profile.update(dtype="uint8", nodata=0)
    with rasterio.open(result, "w", **profile) as target:
        target.write(indices, 1)
        target.write_colormap(1, {0: (0, 0, 0, 0), **colours})


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
