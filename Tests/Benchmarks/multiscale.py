"""Building cube.zarr beside other makers of multiscale Zarr, on one input.

    multiscale.py FOLDER CUBEPRESS COMPRESS REPEATS

FOLDER holds what `make_input.py FOLDER multiscale` made. MB are those of the source, uncompressed.
topozarr 0.1 and later needs Python 3.12, which Debian 12 has not: TOPOZARR_PYTHON names a Python that
has it, with xarray, zarr and dask.
"""

import os
import sys
from pathlib import Path

from arrays import COLUMNS, bound, build, compare, peer, source
from measure import BENCH, describe_machine, table

LEVELS = 5
NOTES = {
    "topozarr": "its own chunks, shards and codec (Zstandard); packed values become floats",
    "ndpyramid": "chunks of 256 × 256, Zstandard, not sharded; packed values become floats",
    "coarsen": "plain xarray: chunks and shards as ours, Zstandard",
}


def main() -> None:
    folder, program, compress, repeats = Path(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
    pythons = {"topozarr": os.environ.get("TOPOZARR_PYTHON", BENCH)}
    for name in ("float32", "int16"):
        cube = source(folder / f"{name}.zarr")
        print(f"\n## Multiscale cube, {name}, {cube.megabytes:.0f} MB\n")
        describe_machine()
        table(*COLUMNS)
        build(folder, program, cube, "cube", 1, repeats)
        own, made = build(folder, program, cube, "cube", 2, repeats)
        limit = bound(folder, compress, cube, made, 2)
        peers = []
        for other, note in NOTES.items():
            result = folder / f"{other}.zarr"
            peers.append(peer(
                other, pythons.get(other, BENCH), "multiscale.py",
                [other, cube.path, result, LEVELS], cube, result, note))
        compare(own, peers, limit)


if __name__ == "__main__":
    main()
