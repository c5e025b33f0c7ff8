#!/usr/bin/env python3
"""Measures time and memory of the manifest of a site with millions of objects, without its objects.

    .venv/bin/python Tests/Benchmarks/manifest.py CUBEPRESS [OBJECTS ...]

OBJECTS are 1000000 and 5000000 where none is given. A small cube is built; then the records of its
units are made to list as many tiles as wanted, so that building again finds all of them up to date and
makes a release of them, as it would after making them. The release is published to a folder that has
its manifest already. Prints a table in Markdown: seconds, processor seconds, peak memory.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIELDS = 500

RECIPE = """
datasets:
  - id: many
    source: many.nc
    cube: none
    series: none
    tile-matrix-sets: [WebMercatorQuad]
    variables: [{name: v, styles: [{id: s, colours: thermal, range: [0, 1]}]}]
"""


def make_cube(path: Path) -> None:
    import numpy as np
    import xarray as xr

    values = np.random.default_rng(1).random((FIELDS, 6, 12), dtype="f4")
    xr.Dataset(
        {"v": (("time", "lat", "lon"), values)},
        coords={
            "time": ("time", np.arange(FIELDS), {"units": "days since 2000-01-01"}),
            "lat": ("lat", np.linspace(75, -75, 6), {"units": "degrees_north"}),
            "lon": ("lon", np.linspace(-165, 165, 12), {"units": "degrees_east"}),
        },
    ).to_netcdf(path)


def run(command: list, cwd: Path) -> tuple[float, float, int]:
    """Wall time and processor time in seconds, and peak memory in MB, of a program."""
    began = time.monotonic()
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:2]}: {output.decode()[-600:]}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def records(site: Path) -> list[Path]:
    return sorted((site / ".cubepress/units/tiles").rglob("*.unit"))


def fill(site: Path, count: int) -> None:
    """Makes the records of all fields list so many tiles."""
    units = records(site)
    each = count // len(units)
    numbers = random.Random(7)
    for number, path in enumerate(units):
        head, first, *_ = path.read_text(encoding="utf-8").split("\n")
        folder = first.split(" ", 2)[2].rsplit("/", 3)[0]
        summary = json.loads(head) | {"objects": each}
        # In the order in which a build makes them, which is not that of the keys.
        lines = [
            f"{numbers.getrandbits(256):064x} {5000 + tile % 977} {folder}/9/{tile // 100}/{tile % 100}.png"
            for tile in range(each)
        ]
        path.write_text(json.dumps(summary) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def change_one(site: Path) -> None:
    path = records(site)[FIELDS // 2]
    head, first, rest = path.read_text(encoding="utf-8").split("\n", 2)
    key = first.split(" ", 2)[2]
    content = b"changed"
    (site / key).parent.mkdir(parents=True, exist_ok=True)
    (site / key).write_bytes(content)
    line = f"{hashlib.sha256(content).hexdigest()} {len(content)} {key}"
    path.write_text(f"{head}\n{line}\n{rest}", encoding="utf-8")


def measure(cubepress: str, count: int) -> None:
    def row(what: str, figures: tuple[float, float, int]) -> None:
        print(f"| {count:,} | {what} | {figures[0]:.1f} | {figures[1]:.1f} | {figures[2]} |", flush=True)

    with tempfile.TemporaryDirectory(prefix="cubepress-manifest-") as text:
        folder = Path(text)
        site, target = folder / "site", folder / "target"
        (folder / "site.yaml").write_text(RECIPE, encoding="utf-8")
        make_cube(folder / "many.nc")
        build = [cubepress, "build", "site.yaml", "-o", site, "-q"]
        publish = [cubepress, "publish", site, target, "-q"]
        run(build, folder)
        run(publish, folder)
        fill(site, count)
        row("build: a release of all", run(build, folder))
        row("build: nothing new", run(build, folder))
        # The target gets the manifest alone.
        shutil.rmtree(target / "_release")
        shutil.copytree(site / "_release", target / "_release")
        row("publish: nothing new", run(publish, folder))
        change_one(site)
        row("build: one changed", run(build, folder))
        row("publish: one changed", run(publish, folder))


def main() -> None:
    cubepress = str(Path(sys.argv[1]).resolve())
    print("| objects | what | s | processor s | peak MB |\n| --- | --- | --- | --- | --- |")
    for count in [int(text) for text in sys.argv[2:]] or [1_000_000, 5_000_000]:
        measure(cubepress, count)


if __name__ == "__main__":
    main()
