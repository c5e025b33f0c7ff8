"""Quantized-mesh tiles a second, triangles and bytes a tile, of the builder and of its peers at equal
errors, on one input.

    terrain.py FOLDER CUBEPRESS REPEATS

FOLDER holds what make_input.py made.
"""

import gzip
import json
import struct
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

from measure import BENCH, PEERS, attempt, cost_of, describe_machine, median_cost, row, table

MAX_ZOOM = 3
ERRORS = (200, 25)


def contents(folder: Path) -> tuple:
    """How many tiles lie below a folder, their triangles and their bytes."""
    tiles = triangles = size = 0
    for path in folder.rglob("*.terrain"):
        packed = path.read_bytes()
        data = gzip.decompress(packed)
        (vertices,) = struct.unpack_from("<I", data, 88)
        place = 92 + 6 * vertices
        place += -place % 4 if vertices > 65536 else 0
        tiles, size = tiles + 1, size + len(packed)
        triangles += struct.unpack_from("<I", data, place)[0]
    return tiles, triangles, size


def shown(name: str, tiles: int, triangles: int, size: int, cost, note: str) -> None:
    row(name, tiles / cost.seconds, tiles / cost.processor, f"{triangles / tiles:.0f}",
        f"{size / tiles:.0f}", cost.memory, note)


def build(folder: Path, program: str, terrain: str, workers: int, repeats: int) -> tuple:
    """Builds sites of the relief; returns the last one and what the runs cost in the median."""
    recipe, runs = folder / "relief.yaml", []
    recipe.write_text(
        f"datasets:\n  - id: relief\n    source: {folder}/dem.zarr\n    max-zoom: 0\n"
        f"    tile-matrix-sets: [WorldCRS84Quad]\n    cube: none\n    series: none\n{terrain}")
    for _ in range(repeats):
        # Nothing is removed meanwhile: for some seconds after it ext4 is slow to make files.
        out = Path(mkdtemp(prefix="site-", dir=folder))
        runs.append(cost_of([program, "build", recipe, "-o", out, "-q", "--workers", workers]))
    return out, median_cost(runs)


def own(folder: Path, program: str, error: float, workers: int, repeats: int) -> None:
    terrain = (
        f"    terrain: {{variable: z, heights-above: geoid, error: {error}, max-zoom: {MAX_ZOOM},"
        f" rgb: false}}\n")
    name = f"cubepress, {workers} worker{'s' * (workers > 1)}"
    _, without = build(folder, program, "", workers, repeats)
    site, whole = build(folder, program, terrain, workers, repeats)
    figures = contents(site)
    shown(name, *figures, whole, "whole program, with reading, sampling and pages")
    less = replace(
        whole, seconds=whole.seconds - without.seconds, processor=whole.processor - without.processor)
    shown(f"{name}, terrain alone", *figures, less,
          f"less the {without.seconds:.2f} s of the same build without terrain; with sampling")


def peer(folder: Path, mesher: str, error: float) -> None:
    out = Path(mkdtemp(prefix=f"{mesher}-", dir=folder))
    cost = cost_of(
        [BENCH, PEERS / "terrain_meshes.py", folder / "dem.zarr", mesher, MAX_ZOOM, error, out])
    facts = json.loads(cost.output.splitlines()[0])
    shown(f"{mesher} + quantized-mesh-encoder", facts["tiles"], facts["triangles"], facts["bytes"],
          cost, "heights sampled before; edges of neighbours do not meet")


def main(folder: Path, program: str, repeats: int) -> None:
    print("## Terrain\n")
    describe_machine()
    for error in ERRORS:
        print(f"\nErrors of {error} m at zoom {MAX_ZOOM}, doubled at each coarser zoom:")
        table("terrain", "tiles/s", "tiles a processor second", "triangles a tile", "bytes a tile",
              "peak MB", "")
        for workers in (1, 2):
            own(folder, program, error, workers, repeats)
        for mesher in ("pydelatin", "pymartini"):
            attempt(mesher, lambda mesher=mesher: peer(folder, mesher, error), 7)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
