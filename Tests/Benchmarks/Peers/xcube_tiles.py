"""Tiles by the function that the xcube server calls, without HTTP in between.

    xcube_tiles.py LEVELS LOW HIGH STEP

LEVELS is what `xcube level` made. The server runs this function in threads of one process; here
it runs in one. Every STEPth tile is made.
"""

import sys

from own import own_cost
from xcube.core.store import new_data_store
from xcube.core.tile import compute_rgba_tile
from xcube.util.cmaps import ColormapRegistry

ADDRESSES = [(z, x, y) for z in range(6) for x in range(2**z) for y in range(2**z)]

if __name__ == "__main__":
    folder, name = sys.argv[1].rsplit("/", 1)
    low, high = float(sys.argv[2]), float(sys.argv[3])
    addresses = ADDRESSES[:: int(sys.argv[4])]
    levels = new_data_store("file", root=folder).open_data(name)
    time = str(levels.get_dataset(0).time.values[0])
    colours = ColormapRegistry()
    with own_cost(tiles=len(addresses), bytes=0) as facts:
        for z, x, y in addresses:
            facts["bytes"] += len(compute_rgba_tile(
                levels, ("v",), x, y, z, colours, crs_name="EPSG:3857", tile_size=256,
                cmap_name="viridis", cmap_norm="lin", value_ranges=((low, high),),
                non_spatial_labels={"time": time}, format="png"))
