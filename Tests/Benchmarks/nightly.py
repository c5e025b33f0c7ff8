#!/usr/bin/env python3
"""Measures what one new time step costs a nightly run, beside a build of everything.

    .venv-bench-publish/bin/python Tests/Benchmarks/nightly.py CUBEPRESS PYTHON [STEPS]

PYTHON has zarr and numpy and writes the cube: STEPS (60) fields of 0.25° in a bucket of SeaweedFS, one
step a chunk row. Prints a table in Markdown for the first run, a run with one more step, the same from an
empty folder, and a run with nothing new: wall time, processor time of the program, fields made, objects
and bytes sent; and time and bytes as a share of the first run, beside the share that one step has of the
data. Programs, server and disk share the machine, so processor time is the steadier one.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Clients"))

from buckets import KEY, SECRET, client, seaweedfs

RECIPE = """
site: {{title: Nights, base-url: "{url}/cubes/site/"}}
publish: {{to: s3://cubes/site, endpoint: "{url}"}}
datasets:
  - id: cube
    source: s3://private/cube.zarr
    s3: {{endpoint: "{url}"}}
    series: {{growing: true}}
    variables: [{{name: v, styles: [{{colours: thermal, range: [270, 300]}}]}}]
"""

WRITE = """
import sys
import numpy as np, zarr
path, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rows, columns = 720, 1440
lat = 90 - (np.arange(rows) + 0.5) * 180 / rows
lon = -180 + (np.arange(columns) + 0.5) * 360 / columns
group = zarr.open_group(path, mode="w", zarr_format=2)
def array(name, data, dimensions, chunks, **attributes):
    # A fill value of 0 would make the first time a missing one.
    made = group.create_array(name, shape=data.shape, chunks=chunks, dtype=data.dtype, fill_value=None)
    made[...] = data
    made.attrs.update(attributes | {"_ARRAY_DIMENSIONS": dimensions})
array("lat", lat, ["lat"], lat.shape, units="degrees_north")
array("lon", lon, ["lon"], lon.shape, units="degrees_east")
stamps = np.arange(count) * 24
array("time", stamps, ["time"], (100000,), units="hours since 2000-01-01")
values = group.create_array("v", shape=(count, rows, columns), chunks=(1, 360, 720), dtype="f4", fill_value=float("nan"))
values.attrs["_ARRAY_DIMENSIONS"] = ["time", "lat", "lon"]
land = np.sin(lat / 9)[:, None] * np.cos(lon / 13)[None] > 0.6
for step in range(first, count):
    noise = np.random.default_rng(step).normal(0, 0.2, (rows, columns))
    field = 285 + 12 * np.cos(np.radians(lat))[:, None] + 3 * np.sin(np.radians(lon * 3 + step * 10))[None] + noise
    field[land] = np.nan
    values[step] = field.astype("f4")
zarr.consolidate_metadata(path)
"""


class Bench:
    def __init__(self, cubepress: str, python: str, folder: Path, url: str):
        self.cubepress, self.python, self.folder, self.url = cubepress, python, folder, url
        (folder / "site.yaml").write_text(RECIPE.format(url=url), encoding="utf-8")
        client(url).create_bucket(Bucket="private")

    def write(self, first: int, count: int) -> None:
        """Stores fields and metadata in the bucket."""
        path = self.folder / "cube.zarr"
        subprocess.run([self.python, "-c", WRITE, path, str(first), str(count)], check=True)
        for file in sorted(path.rglob("*")):
            name = str(file.relative_to(path))
            if not file.is_file():
                continue
            client(self.url).put_object(Bucket="private", Key=f"cube.zarr/{name}", Body=file.read_bytes())
        shutil.rmtree(path)

    def night(self, site: str) -> dict:
        command = [self.cubepress, "nightly", "site.yaml", "-o", site, "--json", "--log-format", "quiet"]
        credentials = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        environment = os.environ | credentials | {"AWS_EC2_METADATA_DISABLED": "true"}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise SystemExit(f"nightly: {result.stderr[-600:]}{result.stdout[-600:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return json.loads(result.stdout) | {"processor": processor}


def row(name: str, report: dict, first: dict) -> str:
    made = sum(dataset["made"] for dataset in report["build"]["datasets"])
    sent, whole = report["published"], first["published"]
    return (
        f"| {name} | {report['seconds']:.1f} s | {report['processor']:.2f} s "
        f"| {report['processor'] / first['processor']:.1%} | {made} "
        f"| {sent['sentObjects']} | {sent['sentBytes'] / 1e6:.2f} MB | {sent['sentBytes'] / whole['sentBytes']:.1%} "
        f"| {report['records']['savedBytes'] / 1e6:.2f} MB |"
    )


def main() -> None:
    cubepress, python = sys.argv[1:3]
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    with tempfile.TemporaryDirectory(prefix="cubepress-nightly-") as text:
        folder = Path(text)
        with seaweedfs(folder / "s3") as url:
            bench = Bench(cubepress, python, folder, url)
            bench.write(0, steps)
            first = bench.night("site")
            bench.write(steps, steps + 1)
            more = bench.night("site")
            bench.write(steps + 1, steps + 2)
            fresh = bench.night("empty")
            nothing = bench.night("empty")
    print(f"\n### nightly: {steps} steps of 0.25°; one step is {1 / steps:.1%} of the data\n")
    print("| run | time | processor time | of the first | fields made | objects sent | bytes sent | of the first | records saved |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    print(row("the first", first, first))
    print(row("one step more", more, first))
    print(row("one step more, empty folder", fresh, first))
    print(row("nothing new", nothing, first))


if __name__ == "__main__":
    main()
