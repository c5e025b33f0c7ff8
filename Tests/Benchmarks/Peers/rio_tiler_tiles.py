"""Tiles by rio-tiler from a GeoTIFF with overviews, encoded and thrown away.

    rio_tiler_tiles.py FILE LOW HIGH PROCESSES
"""

import sys
from concurrent.futures import ProcessPoolExecutor

from own import own_cost
from rio_tiler.colormap import cmap
from rio_tiler.io import Reader

ADDRESSES = [(z, x, y) for z in range(6) for x in range(2**z) for y in range(2**z)]


def tiles(arguments: tuple) -> int:
    """The bytes of every so manieth tile."""
    path, low, high, part, parts = arguments
    colours = cmap.get("viridis")
    size = 0
    with Reader(path) as source:
        for z, x, y in ADDRESSES[part::parts]:
            image = source.tile(x, y, z, resampling_method="bilinear")
            image.rescale(in_range=((low, high),))
            size += len(image.render(img_format="PNG", colormap=colours))
    return size


if __name__ == "__main__":
    path, low, high, parts = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    with own_cost(tiles=len(ADDRESSES)) as facts:
        with ProcessPoolExecutor(parts) as pool:
            facts["bytes"] = sum(
                pool.map(tiles, [(path, low, high, part, parts) for part in range(parts)]))
