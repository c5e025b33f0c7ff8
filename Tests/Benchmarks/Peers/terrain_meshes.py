"""Quantized-mesh tiles of a global relief by pydelatin or pymartini with quantized-mesh-encoder.

    terrain_meshes.py DEM.zarr MESHER MAX_ZOOM FINEST_ERROR OUT

Heights are sampled before; meshing, encoding with normals, packing and writing count. Prints a line of
JSON with what it cost.
"""

import gzip
import io
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import zarr
from quantized_mesh_encoder import encode
from quantized_mesh_encoder.extensions import VertexNormalsExtension

SIDE = 256


def lattice(heights: np.ndarray, z: int, finest: int) -> np.ndarray:
    """Heights at the corners of a zoom's pixels over the globe, bilinear between means of cells."""
    side = 2 ** (finest - z)
    rows, columns = heights.shape
    weights = np.cos(np.radians(90 - (np.arange(rows) + 0.5) * 180 / rows))[:, None]
    weights = np.broadcast_to(weights, heights.shape)

    def sums(values):
        return values.reshape(rows // side, side, columns // side, side).sum(axis=(1, 3))

    cells = sums(heights * weights) / sums(weights)
    cells = np.pad(cells, ((1, 1), (0, 0)), mode="edge")
    cells = np.concatenate([cells[:, -1:], cells, cells[:, :1]], axis=1)
    return (cells[:-1, :-1] + cells[:-1, 1:] + cells[1:, :-1] + cells[1:, 1:]) / 4


def delatin(heights, error, bounds):
    from pydelatin import Delatin
    from pydelatin.util import rescale_positions

    mesh = Delatin(heights, max_error=error)
    return rescale_positions(mesh.vertices, bounds, flip_y=True), mesh.triangles


class Martini:
    """Prepares the hierarchy once, as its users do."""

    def __init__(self):
        from pymartini import Martini as Library

        self.martini = Library(SIDE + 1)

    def __call__(self, heights, error, bounds):
        from pymartini import rescale_positions

        vertices, triangles = self.martini.create_tile(heights).get_mesh(error)
        positions = rescale_positions(vertices, heights, bounds=bounds, flip_y=True)
        return positions, triangles


def main(source: Path, mesher: str, finest: int, finest_error: float, out: Path) -> None:
    heights = zarr.open_group(str(source), mode="r")["z"][:].astype(np.float64)
    mesh = delatin if mesher == "pydelatin" else Martini()
    tiles = triangles = size = 0
    seconds = processor = 0.0
    for z in range(finest, -1, -1):
        world = lattice(heights, z, finest).astype(np.float32)
        error = finest_error * 2 ** (finest - z)
        span = 180 / 2**z
        for y in range(2**z):
            for x in range(2 ** (z + 1)):
                tile = np.ascontiguousarray(
                    world[y * SIDE : (y + 1) * SIDE + 1, x * SIDE : (x + 1) * SIDE + 1])
                bounds = (-180 + x * span, 90 - (y + 1) * span, -180 + (x + 1) * span, 90 - y * span)
                path = out / str(z) / str(x)
                path.mkdir(parents=True, exist_ok=True)
                start, used = time.perf_counter(), time.process_time()
                positions, indices = mesh(tile, error, bounds)
                packed = io.BytesIO()
                encode(packed, positions, indices, bounds=bounds, extensions=[
                    VertexNormalsExtension(indices=indices, positions=positions)])
                data = gzip.compress(packed.getvalue(), 9)
                (path / f"{2**z - 1 - y}.terrain").write_bytes(data)
                seconds += time.perf_counter() - start
                processor += time.process_time() - used
                tiles, size = tiles + 1, size + len(data)
                triangles += indices.size // 3
    print(json.dumps({
        "seconds": seconds, "processor": processor, "tiles": tiles, "triangles": triangles,
        "bytes": size, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]))
