"""Building series.zarr, with all times of a place together, beside other rechunkers, on one input.

    rechunk.py FOLDER CUBEPRESS COMPRESS REPEATS

FOLDER holds what `make_input.py FOLDER rechunk` made. MB are those of the source, uncompressed. Ours
has coarser levels too, the peers' results have not.
"""

import sys
from pathlib import Path

from arrays import COLUMNS, bound, build, compare, peer, source
from measure import BENCH, RECHUNKER, describe_machine, table

PEERS = {
    "rechunker": (RECHUNKER, "max_mem 500 MB; chunks all × 60 × 60, Blosc, not sharded"),
    "dask": (BENCH, "xarray + dask; chunks all × 60 × 60, Zstandard, not sharded"),
    "sharded": (BENCH, "xarray; chunks all × 32 × 32 in shards all × 128 × 128, Zstandard"),
}


def main() -> None:
    folder, program, compress, repeats = Path(sys.argv[1]), *sys.argv[2:4], int(sys.argv[4])
    for steps in (360, 1000):
        cube = source(folder / f"{steps}.zarr")
        print(f"\n## Time-ordered rechunk, {steps} steps, {cube.megabytes:.0f} MB\n")
        describe_machine()
        table(*COLUMNS)
        build(folder, program, cube, "series", 1, 1)
        own, made = build(folder, program, cube, "series", 2, repeats)
        limit = bound(folder, compress, cube, made, 2)
        peers = []
        for name, (python, note) in PEERS.items():
            result = folder / f"{name}.zarr"
            peers.append(peer(
                name, python, "rechunk.py", [name, cube.path, result], cube, result, note))
        compare(own, peers, limit)


if __name__ == "__main__":
    main()
