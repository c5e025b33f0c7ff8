"""Tiles a second of the builder and of its peers, on one input in one run.

    tiles.py FOLDER CUBEPRESS ENCODE REPEATS

FOLDER holds what make_input.py made. All make zooms 0 to 5 of Web Mercator in PNG with viridis.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

TILES = sum(4**z for z in range(6))
RANGE = (-3.0, 33.0)


def measured(command: list, **options) -> tuple:
    """Seconds and the peak memory (MB) of the largest process of a command."""
    start = time.monotonic()
    result = subprocess.run(
        ["/usr/bin/time", "-f", "%M", *map(str, command)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, **options,
    )
    seconds = time.monotonic() - start
    if result.returncode:
        raise RuntimeError(result.stderr[-2000:])
    return seconds, int(result.stderr.strip().splitlines()[-1]) / 1024


def size_of(folder: Path) -> tuple:
    files = [path for path in folder.rglob("*.png") if "legends" not in str(path)]
    files = [path for path in files if "thumbnails" not in str(path)]
    return len(files), sum(path.stat().st_size for path in files)


def row(name: str, tiles: int, seconds: float, size: int, memory: float | None, note: str = ""):
    shown = f"{memory:.0f}" if memory else "–"
    print(f"| {name} | {tiles / seconds:.0f} | {size / tiles:.0f} | {shown} | {note} |", flush=True)


def cubepress(folder: Path, program: str, effort: str, workers: int, repeats: int) -> Path:
    recipe = folder / f"{effort}.yaml"
    recipe.write_text(
        f"datasets:\n  - id: field\n    source: {folder}/field.zarr\n"
        f"    tile-matrix-sets: [WebMercatorQuad]\n    max-zoom: 5\n    effort: {effort}\n"
        "    variables:\n      - name: v\n        styles:\n"
        f"          - {{colours: viridis, range: [{RANGE[0]}, {RANGE[1]}]}}\n"
    )
    runs = []
    for _ in range(repeats):
        out = folder / f"site-{effort}"
        shutil.rmtree(out, ignore_errors=True)
        runs.append(
            measured([program, "build", recipe, "-o", out, "-q", "--workers", workers])
        )
    tiles, size = size_of(out)
    seconds = median(run[0] for run in runs)
    row(f"cubepress {effort}, {workers} worker{'s' * (workers > 1)}", tiles, seconds, size,
        max(run[1] for run in runs), "4 fields, whole program with pages")
    if effort == "standard" and workers == 2:
        again, _ = measured([program, "build", recipe, "-o", out, "-q", "--workers", workers])
        print(f"| – a second build with nothing new | – | – | – | {again:.2f} s |", flush=True)
    return out


def encode_only(site: Path, program: str, repeats: int) -> None:
    for threads in (1, 2):
        answer = subprocess.run(
            [program, str(site / "datasets"), str(threads), str(repeats)],
            capture_output=True, text=True, check=True,
        )
        for line in answer.stdout.splitlines():
            effort, rate, size = line.split()
            print(f"| encode only, {effort}, {threads} thread{'s' * (threads > 1)} "
                  f"| {rate} | {size} | – | the bound |", flush=True)


def gdal2tiles(folder: Path, processes: int) -> None:
    colours = folder / "colours.txt"
    import matplotlib

    lines = []
    for index in range(256):
        value = RANGE[0] + (RANGE[1] - RANGE[0]) * index / 255
        red, green, blue, _ = (round(255 * part) for part in matplotlib.colormaps["viridis"](index))
        lines.append(f"{value} {red} {green} {blue} 255")
    colours.write_text("\n".join([*lines, "nv 0 0 0 0"]) + "\n")
    coloured = folder / "coloured.tif"
    first, _ = measured(
        ["gdaldem", "color-relief", "-alpha", folder / "field.tif", colours, coloured, "-q"])
    out = folder / "gdal2tiles"
    shutil.rmtree(out, ignore_errors=True)
    second, memory = measured(
        ["gdal2tiles.py", "-q", "-z", "0-5", "-w", "none", "-x", "--xyz", "-r", "bilinear",
         f"--processes={processes}", coloured, out])
    tiles, size = size_of(out)
    row(f"gdaldem + gdal2tiles, {processes} processes", tiles, first + second, size, memory, "1 field")


def rio_part(arguments: tuple) -> tuple:
    path, part, parts = arguments
    from rio_tiler.colormap import cmap
    from rio_tiler.io import Reader

    colours = cmap.get("viridis")
    size = count = 0
    with Reader(path) as source:
        for number, (z, x, y) in enumerate(
            (z, x, y) for z in range(6) for x in range(2**z) for y in range(2**z)
        ):
            if number % parts != part:
                continue
            image = source.tile(x, y, z, resampling_method="bilinear")
            image.rescale(in_range=(RANGE,))
            size += len(image.render(img_format="PNG", colormap=colours))
            count += 1
    return count, size


def rio_tiler(folder: Path, processes: int) -> None:
    start = time.monotonic()
    with ProcessPoolExecutor(processes) as pool:
        jobs = [(str(folder / "overviews.tif"), part, processes) for part in range(processes)]
        results = list(pool.map(rio_part, jobs))
    seconds = time.monotonic() - start
    row(f"rio-tiler, {processes} processes", sum(r[0] for r in results), seconds,
        sum(r[1] for r in results), None, "1 field with overviews made before; not written")


def xcube(folder: Path) -> None:
    """The xcube server's own tile function, called without HTTP in between."""
    import xarray
    from xcube.core.mldataset import BaseMultiLevelDataset
    from xcube.core.tile import compute_rgba_tile
    from xcube.core.tilingscheme import TilingScheme
    from xcube.util.cmaps import ColormapProvider, ColormapRegistry

    dataset = xarray.open_zarr(folder / "field.zarr").isel(time=slice(0, 1))
    levels = BaseMultiLevelDataset(dataset)
    scheme = TilingScheme.for_crs("EPSG:3857")
    provider: ColormapProvider = ColormapRegistry()
    count = size = 0
    start = time.monotonic()
    for z in range(4):
        for y in range(2**z):
            for x in range(2**z):
                tile = compute_rgba_tile(
                    levels, "v", x, y, z, provider, crs_name=scheme.crs_name, tile_size=256,
                    cmap_name="viridis", value_ranges=RANGE,
                    non_spatial_labels={"time": str(dataset.time.values[0])}, format="png")
                tile = asyncio.run(tile) if asyncio.iscoroutine(tile) else tile
                size += len(tile)
                count += 1
    row("xcube server's tiles, 1 process", count, time.monotonic() - start, size, None,
        "zoom 0–3 of 1 field, without HTTP")


def main() -> None:
    folder, program, encode, repeats = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    print("| what | tiles/s | bytes a tile | peak MB | |\n| --- | --- | --- | --- | --- |")
    for workers in (1, 2):
        for effort in ("fast", "standard", "small"):
            site = cubepress(folder, program, effort, workers, repeats)
    encode_only(folder / "site-standard", encode, repeats)
    overviews = folder / "overviews.tif"
    shutil.copy(folder / "field.tif", overviews)
    subprocess.run(["gdaladdo", "-q", "-r", "average", overviews, "2", "4", "8", "16"], check=True)
    for peer in (lambda: gdal2tiles(folder, 2), lambda: rio_tiler(folder, 2), lambda: xcube(folder)):
        try:
            peer()
        except Exception as error:  # A peer that cannot be had is said, not hidden.
            print(f"| (a peer failed: {str(error)[:160]!r}) | | | | |", flush=True)
    print(f"\nload before the last row: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
