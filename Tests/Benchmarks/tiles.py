"""Image tiles a second, bytes a tile and memory of the builder and of its peers, on one input.

    tiles.py FOLDER CUBEPRESS ENCODE REPEATS

FOLDER holds what make_input.py made. All make zooms 0 to 5 of Web Mercator in PNG with viridis.
"""

import http.client
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from measure import (BENCH, PEERS, XCUBE, Cost, attempt, cost_of, describe_machine, median_cost, row,
                     table)
from servers import free_port, serving, xcube_command

ADDRESSES = [(z, x, y) for z in range(6) for x in range(2**z) for y in range(2**z)]
LOW, HIGH = -3.0, 33.0
# The xcube server is slow: every so manieth tile tells as much as all of them.
XCUBE_STEP = 3


@dataclass
class Measure:
    """One line of the table."""

    name: str
    tiles: int
    size: float
    cost: Cost
    note: str = ""

    @property
    def rate(self) -> float:
        return self.tiles / self.cost.seconds

    @property
    def rate_of_processor(self) -> float:
        return self.tiles / self.cost.processor

    def show(self) -> "Measure":
        row(self.name, self.rate, self.rate_of_processor, f"{self.size / self.tiles:.0f}",
            self.cost.memory or None, self.note)
        return self


def size_of(folder: Path) -> tuple:
    """How many tiles lie below a folder, and their bytes."""
    tiles = [path for path in folder.rglob("*.png")
             if not {"legends", "thumbnails"} & set(path.parts)]
    return len(tiles), sum(path.stat().st_size for path in tiles)


class Own:
    """The builder on the benchmark's four fields, with a recipe that makes only tiles."""

    def __init__(self, folder: Path, program: str, repeats: int):
        self.folder, self.program, self.repeats = folder, program, repeats

    def build(self, effort: str, workers: int, interpolation: str = "bilinear") -> Measure:
        recipe = self.folder / f"{effort}-{interpolation}.yaml"
        recipe.write_text(
            f"datasets:\n  - id: field\n    source: {self.folder}/field.zarr\n"
            f"    tile-matrix-sets: [WebMercatorQuad]\n    max-zoom: 5\n    effort: {effort}\n"
            f"    cube: none\n    series: none\n    variables:\n      - name: v\n        styles:\n"
            f"          - {{colours: viridis, range: [{LOW}, {HIGH}],"
            f" interpolation: {interpolation}}}\n")
        out = self.folder / "site"
        runs = []
        for _ in range(self.repeats):
            shutil.rmtree(out, ignore_errors=True)
            runs.append(self.run(recipe, out, workers))
        tiles, size = size_of(out)
        return Measure(
            f"cubepress {effort}, {interpolation}, {workers} worker{'s' * (workers > 1)}", tiles,
            size, median_cost(runs), f"{tiles} tiles, whole program with pages").show()

    def run(self, recipe: Path, out: Path, workers: int) -> Cost:
        return cost_of([self.program, "build", recipe, "-o", out, "-q", "--workers", workers])


def encode_only(site: Path, program: str, repeats: int) -> dict:
    """Tiles a second, and a processor second, of the encoder alone, by effort and threads."""
    rates = {}
    for threads in (1, 2):
        answer = cost_of([program, site / "datasets", threads, repeats]).output
        for line in answer.splitlines():
            effort, rate, rate_of_processor, size = line.split()
            rates[effort, threads] = int(rate), int(rate_of_processor)
            row(f"encode only, {effort}, {threads} thread{'s' * (threads > 1)}", rate,
                rate_of_processor, size, None, "the bound")
    return rates


def colour_ramp(folder: Path) -> Path:
    """viridis as `gdaldem color-relief` reads it."""
    path = folder / "colours.txt"
    script = ("import matplotlib\n"
              "for i in range(256):\n"
              "    r, g, b, _ = (round(255 * c) for c in matplotlib.colormaps['viridis'](i))\n"
              f"    print({LOW} + ({HIGH} - {LOW}) * i / 255, r, g, b, 255)\n"
              "print('nv 0 0 0 0')\n")
    path.write_text(cost_of([BENCH, "-c", script]).output)
    return path


def after(first: Cost, second: Cost) -> Cost:
    return Cost(first.seconds + second.seconds, first.processor + second.processor,
                max(first.memory, second.memory), second.output)


class GDAL:
    """The peers that first colour the field and then cut tiles: both steps count."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.coloured, self.palette = folder / "coloured.tif", folder / "palette.tif"
        self.colouring = cost_of(
            ["gdaldem", "color-relief", "-alpha", folder / "field.tif", colour_ramp(folder),
             self.coloured, "-q"])
        self.indexing = cost_of(
            [BENCH, PEERS / "palette.py", folder / "field.tif", LOW, HIGH, self.palette])

    def measured(self, name: str, first: Cost, command: list) -> Measure:
        out = self.folder / "gdal-tiles"
        shutil.rmtree(out, ignore_errors=True)
        cost = after(first, cost_of([*command, out]))
        return Measure(name, *size_of(out), cost, "1 field, with its colouring").show()

    def gdal2tiles(self, processes: int) -> Measure:
        return self.measured(
            f"gdaldem + gdal2tiles, {processes} processes", self.colouring,
            ["gdal2tiles.py", "-q", "-z", "0-5", "-w", "none", "-x", "--xyz", "-r", "bilinear",
             f"--processes={processes}", self.coloured])

    def raster_tile(self, threads: int, indexed: bool) -> Measure:
        kind = "palette, nearest" if indexed else "RGBA, bilinear"
        return self.measured(
            f"gdal raster tile, {kind}, {threads} thread{'s' * (threads > 1)}",
            self.indexing if indexed else self.colouring,
            [BENCH, PEERS / "gdal.py", "raster", "tile", "--quiet", "-j", threads,
             "--tiling-scheme", "WebMercatorQuad", "--min-zoom", "0", "--max-zoom", "5",
             "--convention", "xyz", "--webviewer", "none", "--skip-blank",
             "--resampling", "nearest" if indexed else "bilinear",
             self.palette if indexed else self.coloured])


def rio_tiler(folder: Path, processes: int) -> Measure:
    overviews = folder / "overviews.tif"
    shutil.copy(folder / "field.tif", overviews)
    cost_of(["gdaladdo", "-q", "-r", "average", overviews, "2", "4", "8", "16"])
    return of_peer(
        f"rio-tiler, {processes} processes",
        cost_of([BENCH, PEERS / "rio_tiler_tiles.py", overviews, LOW, HIGH, processes]),
        "1 field, overviews made before, tiles not written")


def of_peer(name: str, cost: Cost, note: str) -> Measure:
    import json

    facts = json.loads(cost.output.splitlines()[0])
    return Measure(name, facts["tiles"], facts["bytes"], cost, note).show()


def xcube_levels(folder: Path) -> Path:
    """The field as the xcube server likes it best."""
    levels = folder / "field.levels"
    if not levels.exists():
        # It takes absolute paths for relative ones.
        cost_of([Path(XCUBE).parent / "xcube", "level", "field.zarr", "-o", levels.name], folder)
    return levels


def xcube_function(folder: Path) -> Measure:
    return of_peer(
        "xcube server's tile function",
        cost_of([XCUBE, PEERS / "xcube_tiles.py", xcube_levels(folder), LOW, HIGH, XCUBE_STEP]),
        f"one tile in {XCUBE_STEP} of 1 field, levels made before, without HTTP")


def xcube_server(folder: Path, clients: int) -> Measure:
    """`xcube serve` asked over local HTTP by so many clients at once."""
    levels = xcube_levels(folder)
    configuration = folder / "tiles-xcube.yaml"
    configuration.write_text(
        f"Datasets:\n  - Identifier: field\n    FileSystem: file\n    Path: {levels}\n")
    port = free_port()
    # The server takes 0 to 1 for a range that the request does not name.
    query = urlencode({"crs": "EPSG:3857", "time": "2020-01-01T00:00:00", "cmap": "viridis",
                       "vmin": LOW, "vmax": HIGH})

    def fetch(addresses: list) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        size = 0
        for z, x, y in addresses:
            connection.request("GET", f"/tiles/field/v/{z}/{y}/{x}?{query}")
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or not body.startswith(b"\x89PNG"):
                raise RuntimeError(f"tile {z}/{y}/{x}: {answer.status} {body[-600:]!r}")
            size += len(body)
        return size

    command = xcube_command(str(Path(XCUBE).parent / "xcube"), port, configuration)
    with serving(command, port, "/datasets/field", folder / "xcube.log") as server:
        # It answers with errors when several requests are the first of a level: one after the other.
        fetch([(z, 0, 0) for z in range(6)])
        addresses = ADDRESSES[::XCUBE_STEP]
        before, start = server.processor(), time.monotonic()
        with ThreadPoolExecutor(clients) as pool:
            size = sum(pool.map(fetch, [addresses[part::clients] for part in range(clients)]))
        cost = Cost(time.monotonic() - start, server.processor() - before, server.memory(), "")
    return Measure(
        f"xcube serve over HTTP, {clients} client{'s' * (clients > 1)}", len(addresses), size, cost,
        f"one tile in {XCUBE_STEP} of 1 field, levels made before").show()


def compare(own: Measure, nearest: Measure, rates: dict, peers: list) -> None:
    """How often faster the builder is than each peer, and how much of the bound it reaches."""
    table("cubepress standard, 2 workers, beside", "× tiles/s", "× tiles a processor second",
          "bytes a tile ÷ the peer's")
    for peer in filter(None, peers):
        # Nearest neighbours make smaller tiles than bilinear interpolation: like beside like.
        alike = nearest if "nearest" in peer.name else own
        row(peer.name, alike.rate / peer.rate, alike.rate_of_processor / peer.rate_of_processor,
            (alike.size / alike.tiles) / (peer.size / peer.tiles))
    rate, rate_of_processor = rates["standard", 2]
    row("encode only, 2 threads", f"{own.rate / rate:.0%} of the bound",
        f"{own.rate_of_processor / rate_of_processor:.0%} of the bound", None)


def main() -> None:
    folder, program, encode, repeats = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    print("## Image tiles\n")
    describe_machine()
    table("what", "tiles/s", "tiles a processor second", "bytes a tile", "peak MB", "")
    own = Own(folder, program, repeats)
    for workers in (1, 2):
        for effort in ("fast", "small", "standard"):
            last = own.build(effort, workers)
    again = own.run(folder / "standard-bilinear.yaml", folder / "site", 2)
    row("– a second build with nothing new", None, None, None, again.memory, f"{again.seconds:.2f} s")
    rates = encode_only(folder / "site", encode, repeats)
    nearest = own.build("standard", 2, "nearest")
    gdal = GDAL(folder)
    peers = [attempt(name, peer, 6) for name, peer in (
        ("gdal raster tile", lambda: gdal.raster_tile(1, True)),
        ("gdal raster tile", lambda: gdal.raster_tile(2, True)),
        ("gdal raster tile", lambda: gdal.raster_tile(2, False)),
        ("gdal2tiles", lambda: gdal.gdal2tiles(2)),
        ("rio-tiler", lambda: rio_tiler(folder, 2)),
        ("xcube's tile function", lambda: xcube_function(folder)),
        ("xcube serve", lambda: xcube_server(folder, 1)),
        ("xcube serve", lambda: xcube_server(folder, 2)),
    )]
    compare(last, nearest, rates, peers)


if __name__ == "__main__":
    main()
