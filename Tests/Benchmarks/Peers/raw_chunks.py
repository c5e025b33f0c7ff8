"""The chunks of a published multiscale group before they were compressed, for the program compress.

    raw_chunks.py GROUP RESULT

Writes each chunk of the arrays "v" of all levels as its length (8 bytes, little-endian) and its
bytes, and prints how many bytes a number has. Missing chunks are left out.
"""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import zarr


def levels(group: Path) -> list:
    paths = sorted(path.parent for path in group.glob("[0-9]*/v/zarr.json"))
    return [zarr.open_array(str(path), mode="r") for path in paths]


def write(array: zarr.Array, target) -> None:
    """One shard after the other, cut into its chunks; edges are filled up, as Zarr has them."""
    chunk, shard = array.chunks, array.shards or array.chunks
    for corner in product(*(range(0, size, step) for size, step in zip(array.shape, shard))):
        block = array[tuple(slice(at, at + step) for at, step in zip(corner, shard))]
        room = [(0, -size % step) for size, step in zip(block.shape, chunk)]
        block = np.pad(block, room, constant_values=array.fill_value)
        for place in product(*(range(0, size, step) for size, step in zip(block.shape, chunk))):
            piece = block[tuple(slice(at, at + step) for at, step in zip(place, chunk))]
            missing = np.isnan(piece) if piece.dtype.kind == "f" else piece == array.fill_value
            if not missing.all():
                target.write(piece.nbytes.to_bytes(8, "little") + piece.tobytes())


if __name__ == "__main__":
    arrays = levels(Path(sys.argv[1]))
    with open(sys.argv[2], "wb") as target:
        for array in arrays:
            write(array, target)
    print(arrays[0].dtype.itemsize)
