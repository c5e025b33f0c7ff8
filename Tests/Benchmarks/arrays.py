"""What the benchmarks of cube.zarr and series.zarr share: builds, peers and the bound."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from measure import BENCH, PEERS, Cost, attempt, bytes_below, cost_of, median_cost, row, table

COLUMNS = ("what", "MB/s", "MB a processor second", "result MB", "peak MB", "scratch MB", "")


@dataclass
class Source:
    """A cube that is built from."""

    path: Path
    megabytes: float
    """Its one variable, uncompressed."""


@dataclass
class Measure:
    """One line of the table."""

    name: str
    source: Source
    cost: Cost
    result: float | None = None
    scratch: float | None = None
    note: str = ""

    @property
    def rate(self) -> float:
        return self.source.megabytes / self.cost.seconds

    @property
    def rate_of_processor(self) -> float:
        return self.source.megabytes / self.cost.processor

    def show(self) -> "Measure":
        row(self.name, self.rate, self.rate_of_processor, self.result, self.cost.memory,
            self.scratch, self.note)
        return self


def source(path: Path) -> Source:
    """What `path` holds, from the metadata of its array."""
    import json

    array = json.loads((path / "v" / ".zarray").read_text())
    cells = 1
    for size in array["shape"]:
        cells *= size
    return Source(path, cells * int(array["dtype"][2:]) / 1e6)


def build(folder: Path, program: str, cube: Source, product: str, workers: int,
          repeats: int) -> tuple:
    """Builds a site with one product and no tiles, and says where the product is."""
    other = {"cube": "series", "series": "cube"}[product]
    recipe, out = folder / f"{product}.yaml", folder / f"site-{cube.path.stem}"
    recipe.write_text(
        f"datasets:\n  - id: c\n    source: {cube.path}\n    {other}: none\n"
        "    tiles: none\n    variables: [v]\n")
    runs = []
    for _ in range(repeats):
        shutil.rmtree(out, ignore_errors=True)
        runs.append(cost_of([program, "build", recipe, "-o", out, "-q", "--workers", workers],
                            scratch=out))
    made = out / "datasets" / "c" / f"{product}.zarr"
    size = bytes_below(made) / 1e6
    cost = median_cost(runs)
    scratch = max(0.0, (cost.scratch - bytes_below(out)) / 1e6)
    measure = Measure(
        f"cubepress, {workers} worker{'s' * (workers > 1)}", cube, cost, size, scratch,
        "whole program, with all levels and pages")
    return measure.show(), made


def bound(folder: Path, program: str, cube: Source, made: Path, threads: int) -> Measure:
    """The source read and decoded and the product's chunks compressed, nothing else: with our
    encoder, which is the bound, and with libdeflate's fastest."""
    import json

    chunks = folder / "chunks.raw"
    width = cost_of([BENCH, PEERS / "raw_chunks.py", made, chunks]).output.strip()
    measures = []
    for encoder, note in ((f"numbers-{width}", "the bound"), ("1", "the same with libdeflate 1")):
        cost = cost_of([program, cube.path / "v", chunks, encoder, threads])
        size = json.loads(cost.output)["bytes"] / 1e6
        measures.append(Measure(
            f"read + compress only, {threads} thread{'s' * (threads > 1)}", cube, cost, size, None,
            note).show())
    chunks.unlink()
    return measures[0]


def peer(name: str, python: str, script: str, arguments: list, cube: Source, result: Path,
         note: str) -> Measure | None:
    """A peer's run; its result is removed after it was weighed."""
    import json

    def run() -> Measure:
        cost = cost_of([python, PEERS / script, *arguments])
        version = json.loads(cost.output.splitlines()[0])["version"]
        scratch = Path(f"{result}.scratch")
        measure = Measure(
            f"{name} {version}", cube, cost, bytes_below(result) / 1e6,
            bytes_below(scratch) / 1e6 if scratch.exists() else 0.0, note)
        shutil.rmtree(scratch, ignore_errors=True)
        return measure.show()

    try:
        return attempt(name, run, len(COLUMNS))
    finally:
        shutil.rmtree(result, ignore_errors=True)


def compare(own: Measure, peers: list, limit: Measure) -> None:
    """How often faster and smaller the builder is than each peer, and its share of the bound."""
    table(f"{own.name} beside", "× MB/s", "× MB a processor second", "memory ÷ the peer's",
          "bytes ÷ the peer's")
    for other in filter(None, peers):
        row(other.name, own.rate / other.rate, own.rate_of_processor / other.rate_of_processor,
            own.cost.memory / other.cost.memory, own.result / other.result)
    row(limit.name, f"{own.rate / limit.rate:.0%}",
        f"{own.rate_of_processor / limit.rate_of_processor:.0%}", None, None)
