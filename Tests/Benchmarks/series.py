"""One click's series over local HTTP: requests, bytes and milliseconds, beside the xcube server.

    series.py FOLDER CUBEPRESS

FOLDER holds what `make_input.py FOLDER series` made: 1,000 steps of 300 × 600 cells. Ours are plain
files behind `cubepress preview`, read by a client that knows nothing but Zarr (sharding_indexed). The
xcube server answers POST /timeseries from the same cube, and from a copy of it with all times of
60 × 60 cells in a chunk, which is how its operators make it fast.

Cold is the first click after the server's start (ours: with the array's metadata and the shard's
index), warm the median of further clicks at other places.
"""

import gzip
import json
import math
import struct
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from measure import BENCH, PEERS, XCUBE, attempt, cost_of, describe_machine, row, table
from servers import Server, free_port, serving, xcube_command

ROWS, COLUMNS = 300, 600
SIZE = 180 / ROWS
CLICKS = 20
SIDE = 10
"""Degrees of the side of a polygon; a place is its south-western corner."""


def spread(low: float, high: float, part: float, place: float) -> float:
    """Somewhere between two degrees, so far into a cell that nobody has to round."""
    return (math.floor((low + (high - low) * (part % 1)) / SIZE) + place) * SIZE


PLACES = [(spread(-175, 165, index * 0.618, 0.25), spread(-75, 65, index * 0.377, 0.75))
          for index in range(CLICKS)]


def ring(place: tuple) -> list:
    west, south = place
    east, north = west + SIDE, south + SIDE
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def cells(place: tuple, polygon: bool) -> tuple:
    """The rows and columns of level 0 whose centres lie in the polygon, or the one under a point."""
    west, south = place
    top, left = (90 - south) / SIZE, (west + 180) / SIZE
    if not polygon:
        return range(int(top), int(top) + 1), range(int(left), int(left) + 1)
    side = SIDE / SIZE
    return (range(math.ceil(top - side - 0.5), math.ceil(top - 0.5)),
            range(math.ceil(left - 0.5), math.ceil(left + side - 0.5)))


@dataclass
class Click:
    """What one click cost and gave."""

    requests: int
    size: int
    milliseconds: float
    values: np.ndarray


@dataclass
class StaticSeries:
    """Reads series.zarr with range requests; keeps metadata and shard indexes as a browser would."""

    server: Server
    path: str
    metadata: dict | None = None
    indexes: dict = field(default_factory=dict)

    def __post_init__(self):
        self.connection = self.server.connection()
        self.requests = self.size = 0

    def get(self, path: str, first: int | None = None, count: int = 0) -> bytes | None:
        headers = {} if first is None else {"Range": f"bytes={first}-{first + count - 1}"}
        self.connection.request("GET", f"{self.path}/{path}", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        self.requests += 1
        self.size += len(body)
        if answer.status == 404:
            return None
        if answer.status != (200 if first is None else 206):
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    def click(self, place: tuple, polygon: bool) -> Click:
        self.requests = self.size = 0
        start = time.monotonic()
        values = self.read(*cells(place, polygon))
        with np.errstate(invalid="ignore", divide="ignore"):
            held = ~np.isnan(values)
            means = np.where(held, values, 0).sum((1, 2)) / held.sum((1, 2))
        milliseconds = (time.monotonic() - start) * 1000
        return Click(self.requests, self.size, milliseconds, means)

    def read(self, rows: range, columns: range) -> np.ndarray:
        """All times of some cells of level 0."""
        if self.metadata is None:
            self.metadata = json.loads(self.get("0/v/zarr.json"))
        shard = self.metadata["chunk_grid"]["configuration"]["chunk_shape"]
        sharding = self.metadata["codecs"][0]["configuration"]
        chunk = sharding["chunk_shape"]
        times = self.metadata["shape"][0]
        values = np.full((times, len(rows), len(columns)), np.nan, "float32")
        wanted = {}
        for row in range(rows[0] // chunk[1], rows[-1] // chunk[1] + 1):
            for column in range(columns[0] // chunk[2], columns[-1] // chunk[2] + 1):
                key = (row * chunk[1] // shard[1], column * chunk[2] // shard[2])
                wanted.setdefault(key, []).append((row, column))
        for key, windows in wanted.items():
            for window, bytes_ in self.windows(key, windows, shard, chunk):
                self.place(values, rows, columns, window, chunk, gzip.decompress(bytes_))
        return values

    def windows(self, key: tuple, windows: list, shard: list, chunk: list):
        """The coded chunks of some windows of a shard; neighbours in the file are read together."""
        path = f"0/v/c/0/{key[0]}/{key[1]}"
        across = shard[2] // chunk[2]
        count = shard[1] // chunk[1] * across
        if key not in self.indexes:
            index = self.get(path, 0, count * 16 + 4)
            self.indexes[key] = index and struct.unpack(f"<{count * 2}Q", index[: count * 16])
        index = self.indexes[key]
        if index is None:
            return
        places = []
        for row, column in windows:
            number = row % (shard[1] // chunk[1]) * across + column % across
            offset, length = index[number * 2], index[number * 2 + 1]
            if offset != 2**64 - 1:
                places.append((offset, length, (row, column)))
        runs = []
        for place in sorted(places):
            if runs and sum(runs[-1][-1][:2]) == place[0]:
                runs[-1].append(place)
            else:
                runs.append([place])
        for run in runs:
            first, end = run[0][0], run[-1][0] + run[-1][1]
            body = self.get(path, first, end - first)
            for offset, length, window in run:
                yield window, body[offset - first : offset - first + length]

    @staticmethod
    def place(values, rows, columns, window, chunk, raw: bytes) -> None:
        block = np.frombuffer(raw, "<f4").reshape(chunk)
        top, left = window[0] * chunk[1], window[1] * chunk[2]
        high, low = max(top, rows[0]), min(top + chunk[1], rows[-1] + 1)
        west, east = max(left, columns[0]), min(left + chunk[2], columns[-1] + 1)
        values[:, high - rows[0] : low - rows[0], west - columns[0] : east - columns[0]] = (
            block[: len(values), high - top : low - top, west - left : east - left])


@dataclass
class XcubeSeries:
    """Asks the xcube server, as its viewer does."""

    server: Server

    def __post_init__(self):
        self.connection = self.server.connection()

    def click(self, place: tuple, polygon: bool) -> Click:
        shape = ({"type": "Polygon", "coordinates": [ring(place)]} if polygon
                 else {"type": "Point", "coordinates": place})
        start = time.monotonic()
        self.connection.request(
            "POST", "/timeseries/cube/v?aggMethods=mean", json.dumps(shape),
            {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        milliseconds = (time.monotonic() - start) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {body[:300]!r}")
        values = [step.get("mean") for step in json.loads(body)["result"]]
        return Click(1, len(body), milliseconds, np.array(values, "float64"))


def measure(name: str, client, polygon: bool, note: str, clicks: int = CLICKS) -> list:
    """A cold and some warm clicks, shown in a row; the clicks."""
    made = [client.click(place, polygon) for place in PLACES[:clicks]]
    warm = made[1:]
    row(name, "polygon" if polygon else "point", made[0].milliseconds,
        median(click.milliseconds for click in warm), max(click.milliseconds for click in warm),
        f"{median(click.requests for click in warm):.0f}",
        f"{median(click.size for click in warm) / 1000:.1f}", note)
    return made


def ours(folder: Path, program: str) -> dict:
    site = folder / "site-series"
    recipe = folder / "series-clicks.yaml"
    recipe.write_text(
        f"datasets:\n  - id: c\n    source: {folder}/1000.zarr\n    cube: none\n"
        "    tile-matrix-sets: [WebMercatorQuad]\n    max-zoom: 0\n    variables: [v]\n")
    if not site.exists():
        cost_of([program, "build", recipe, "-o", site, "-q"])
    port = free_port()
    clicks = {}
    for polygon in (False, True):
        with serving([program, "preview", site, "--port", port], port, "/", folder / "p.log") as server:
            client = StaticSeries(server, "/datasets/c/series.zarr")
            clicks[polygon] = measure(
                "cubepress preview", client, polygon, "indexes of shards kept")
            if not polygon:
                one_range(client)
    return clicks


def one_range(client: StaticSeries) -> None:
    """The bound: one range request for as many bytes as a click's chunk has."""
    key, index = next((key, index) for key, index in client.indexes.items() if index)
    number = next(at for at in range(0, len(index), 2) if index[at] != 2**64 - 1)
    times = []
    for _ in range(CLICKS):
        start = time.monotonic()
        client.get(f"0/v/c/0/{key[0]}/{key[1]}", index[number], index[number + 1])
        times.append((time.monotonic() - start) * 1000)
    row("one range request", "–", None, median(times), max(times), "1",
        f"{index[number + 1] / 1000:.1f}", "the bound")


def xcube(folder: Path, cube: Path, note: str, clicks: int) -> dict:
    configuration = folder / "series-xcube.yaml"
    configuration.write_text(
        f"Datasets:\n  - Identifier: cube\n    FileSystem: file\n    Path: {cube}\n")
    port = free_port()
    command = xcube_command(str(Path(XCUBE).parent / "xcube"), port, configuration)
    made = {}
    for polygon in (False, True):
        with serving(command, port, "/", folder / "x.log") as server:
            made[polygon] = measure("xcube serve", XcubeSeries(server), polygon, note, clicks)
    return made


def compare(own: dict, others: dict) -> None:
    table("cubepress preview beside", "", "× faster cold", "× faster warm", "largest difference")
    for name, made in others.items():
        for polygon, clicks in made.items():
            mine = own[polygon]
            row(name, "polygon" if polygon else "point",
                mine[0] and clicks[0].milliseconds / mine[0].milliseconds,
                median(click.milliseconds for click in clicks[1:])
                / median(click.milliseconds for click in mine[1:]), difference(mine, clicks))


def difference(mine: list, others: list) -> str:
    """How far the two answers lie apart at most, so that the same thing is measured."""
    worst = 0.0
    for one, other in zip(mine, others):
        if len(one.values) != len(other.values) or (np.isnan(one.values) != np.isnan(other.values)).any():
            return "they have other gaps"
        worst = max(worst, np.nanmax(np.abs(one.values - other.values), initial=0))
    return f"{worst:.2g}"


def main() -> None:
    folder, program = Path(sys.argv[1]), sys.argv[2]
    print("\n## One click's series, 1,000 steps\n")
    describe_machine()
    table("server", "click", "cold ms", "warm ms", "slowest ms", "requests", "kB", "")
    own = ours(folder, program)
    others = {}
    for name, clicks in (("xcube serve, one step a chunk", 4), ("xcube serve, all steps a chunk", 20)):
        cube = folder / "1000.zarr"
        if clicks == 20:
            cube = folder / "1000-by-time.zarr"
            if not cube.exists():
                cost_of([BENCH, PEERS / "rechunk.py", "dask", folder / "1000.zarr", cube])
        made = attempt(name, lambda: xcube(folder, cube, name.split(", ")[1], clicks), 8)
        if made:
            others[name] = made
    compare(own, others)


if __name__ == "__main__":
    main()
