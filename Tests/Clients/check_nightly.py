"""`cubepress nightly` with a real S3 server: what a night makes and sends, workers that begin with an
empty folder, datasets that fail, runs that are killed or overlap."""

import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import xarray as xr

from buckets import KEY, SECRET, client, seaweedfs
from check_publish import objects
from patience import PATIENCE
from report import require
from zarr_sources import field_values, grid

RECIPE = """
site: {{title: Nights, base-url: "{url}/cubes/site/"}}
publish: {{to: s3://cubes/site, endpoint: "{url}", grace: 0s}}
datasets:
  - id: sea
    source: s3://private/sea.zarr
    s3: {{endpoint: "{url}"}}
    max-zoom: 1
    series: {{growing: true}}
    variables: [{{name: v, styles: [{{colours: {colours}, range: [270, 290]}}]}}]
  - id: land
    source: land/*.nc
    max-zoom: 1
    variables: [{{name: v, styles: [{{colours: viridis, range: [270, 290]}}]}}]
"""


def nightly_checks(report, cubepress: str, kills: int) -> None:
    if report.only and "nightly" not in report.only:
        return  # the server takes seconds to start
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cubepress-nightly-")))
        place = {}
        start = lambda: place.update(url=stack.enter_context(seaweedfs(folder / "s3")))
        report.check("nightly: seaweedfs runs", start)
        if "url" not in place:
            return
        night = Night(cubepress, folder, place["url"])
        report.check("nightly: the first run makes and publishes all", first_run, night)
        report.check("nightly: nothing new, nothing written", nothing_new, night)
        report.check("nightly: one new step costs one step", one_step, night, "site")
        report.check("nightly: the same in an empty folder", fresh_worker, night)
        report.check("nightly: a changed style makes tiles alone", changed_recipe, night)
        report.check("nightly: one dataset fails, the other is published", failing, night)
        report.check("nightly: the failed one recovers", recovered, night)
        report.check("nightly: two runs at once", overlapping, night)
        report.check(f"nightly: killed {kills} times, others go on", killed, night, kills)


class Night:
    """A recipe with a cube in a bucket and one of files, and the site that it makes."""

    def __init__(self, cubepress: str, folder: Path, url: str):
        self.cubepress, self.folder, self.url = cubepress, folder, url
        self.steps, self.workers = 0, 0
        self.environment = os.environ | {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        client(url).create_bucket(Bucket="private")
        (folder / "land").mkdir()
        self.write_recipe()

    def write_recipe(self, colours: str = "thermal") -> None:
        text = RECIPE.format(url=self.url, colours=colours)
        (self.folder / "site.yaml").write_text(text, encoding="utf-8")

    def add(self, count: int, datasets: str = "sea land") -> None:
        """New time steps: chunks in the bucket, and a file of their own."""
        first, self.steps = self.steps, self.steps + count
        hours = {"units": "hours since 2000-01-01"}

        def cube(begin: int) -> xr.Dataset:
            data = np.stack([field_values((1, 90, 180), 7 + n)[0] for n in range(begin, self.steps)])
            stamps = {"time": ("time", np.arange(begin, self.steps) * 24, hours)}
            return xr.Dataset({"v": (("time", "lat", "lon"), data.astype("f4"))}, stamps | grid(90, 180))

        if "sea" in datasets:
            path = self.folder / "sea.zarr"
            shutil.rmtree(path, ignore_errors=True)
            coding = {"v": {"chunks": (1, 90, 180)}, "time": {"chunks": (1000,)}}
            cube(0).to_zarr(path, zarr_format=3, encoding=coding, consolidated=True)
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    key = f"sea.zarr/{file.relative_to(path)}"
                    client(self.url).put_object(Bucket="private", Key=key, Body=file.read_bytes())
        if "land" in datasets:
            cube(first).to_netcdf(self.folder / f"land/{first:04}.nc")

    def command(self, site: str, *options) -> list:
        command = [self.cubepress, "nightly", "site.yaml", "-o", site, "--json", "--workers", "2"]
        return command + ["--log-format", "quiet", *options]

    def run(self, site: str = "site", *options, code: int = 0) -> dict:
        result = subprocess.run(
            self.command(site, *options),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=self.environment,
        )
        said = (result.stdout + result.stderr).strip()
        require(result.returncode == code, f"exit code {result.returncode}, not {code}: {said[-800:]}")
        return json.loads(result.stdout) if result.stdout.startswith("{") else {"said": said}

    def fresh(self) -> str:
        self.workers += 1
        return f"worker-{self.workers}"

    def published(self) -> dict:
        return objects(self.url, "site")

    def equals_full_build(self, of: str = "sea land") -> None:
        """What is published is what a build from nothing makes; pages differ by one link."""
        shutil.rmtree(self.folder / "full", ignore_errors=True)
        subprocess.run(
            [self.cubepress, "build", "site.yaml", "-o", "full", "--quiet"],
            cwd=self.folder,
            env=self.environment | {"AWS_ENDPOINT_URL_S3": self.url},
            check=True,
            timeout=PATIENCE,
        )
        full = {}
        for path in (self.folder / "full").rglob("*"):
            key = str(path.relative_to(self.folder / "full"))
            if path.is_file() and not key.startswith((".cubepress", "_release")):
                full[key] = path.read_bytes()
        found = self.published()
        extra = {"builds/index.html", "api/builds.json"}
        require(set(full) == set(found) - extra, f"keys differ: {sorted(set(full) ^ set(found))[:6]}")
        other = [key for key in full if not key.endswith(".html") and full[key] != found[key]]
        require(not other, f"{len(other)} objects differ, such as {sorted(other)[:4]}")

    def live_check(self) -> None:
        result = subprocess.run(
            [self.cubepress, "check", f"{self.url}/cubes/site/"],
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        # The server of this check does not let everybody list, which is complained about.
        bad = [line for line in result.stdout.splitlines() if line.startswith("FAIL") and "refer" in line]
        require("ok" in result.stdout and not bad, "\n".join(bad[:5]) or result.stderr[-300:])


def made(report: dict) -> dict:
    return {dataset["id"]: dataset["made"] for dataset in report["build"]["datasets"]}


def first_run(night: Night) -> str:
    night.add(5)
    report = night.run()
    require(made(report) == {"sea": 5, "land": 5}, f"made {made(report)}")
    night.equals_full_build()
    page = night.published()["builds/index.html"].decode()
    require("Builds" in page and "sea" in page, "the page of builds does not tell of it")
    require('href="builds/index.html"' in night.published()["index.html"].decode(), "no link to it")
    checked = subprocess.run(
        [night.cubepress, "check", "site"], cwd=night.folder, capture_output=True, text=True, check=False
    )
    # Links of 404.html begin at the root of the server, which the folder is not.
    said = [line for line in checked.stdout.splitlines() if "there is no" in line and "404.html:" not in line]
    require(checked.stdout and not said, "\n".join(said[:5]))
    return f"{report['published']['sentObjects']} objects, {report['seconds']:.1f} s"


def nothing_new(night: Night) -> str:
    before = night.published()
    report = night.run()
    require(made(report) == {"sea": 0, "land": 0}, f"made {made(report)}")
    require(report["published"]["sentObjects"] == 0, f"sent {report['published']}")
    require(report["records"]["savedPacks"] == 0, f"saved {report['records']}")
    require(night.published() == before, "objects changed")
    return f"{report['seconds']:.1f} s"


def one_step(night: Night, site: str) -> str:
    night.add(1)
    report = night.run(site)
    require(made(report) == {"sea": 1, "land": 1}, f"made {made(report)}")
    night.equals_full_build()
    return f"{report['published']['sentObjects']} objects, {report['published']['sentBytes']} bytes"


def fresh_worker(night: Night) -> str:
    """Only the new step, though nothing of the site is there; and nothing of it is fetched."""
    site = night.fresh()
    note = one_step(night, site)
    tiles = len(list((night.folder / site / "datasets/sea/tiles").rglob("*.png")))
    every = len([key for key in night.published() if key.startswith("datasets/sea/tiles/")])
    require(0 < tiles < every / 3, f"{tiles} of {every} tiles are in the folder")
    # The worker from before has missed a night.
    night.add(1, "sea land")
    report = night.run("site")
    require(made(report) == {"sea": 1, "land": 1}, f"made {made(report)}")
    night.equals_full_build()
    return note


def changed_recipe(night: Night) -> str:
    night.write_recipe("haline")
    report = night.run(night.fresh())
    require(made(report) == {"sea": night.steps, "land": 0}, f"made {made(report)}")
    night.equals_full_build()
    return f"{report['published']['sentObjects']} objects"


def failing(night: Night) -> str:
    before = night.published()
    night.add(1, "sea")
    broken = night.folder / f"land/{night.steps - 1:04}.nc"
    broken.write_bytes(b"CDF\1 this is no NetCDF")
    report = night.run("site", code=1)
    require(made(report) == {"sea": 1}, f"made {made(report)}")
    failures = report["build"]["failures"]
    require([f["dataset"] for f in failures] == ["land"] and failures[0]["kept"], f"{failures}")
    after = night.published()
    lost = [key for key in before if key.startswith("datasets/land/") and key not in after]
    require(not lost, f"lost: {lost[:3]}")
    same = [key for key in before if key.startswith("datasets/land/tiles") and after[key] != before[key]]
    require(not same, f"changed: {same[:3]}")
    listed = json.loads(after["api/datasets.json"])["datasets"]
    require([entry["id"] for entry in listed] == ["sea", "land"], f"listed: {listed}")
    page = after["builds/index.html"].decode()
    require("1 failed" in page and str(night.folder) not in page, "the page of builds")
    night.live_check()
    # The same in an empty folder: what the dataset was comes from the records.
    report = night.run(night.fresh(), code=1)
    require(made(report) == {"sea": 0}, f"made {made(report)}")
    listed = json.loads(night.published()["api/datasets.json"])["datasets"]
    require(len(listed) == 2, f"listed: {listed}")
    return failures[0]["reason"][-80:]


def recovered(night: Night) -> str:
    (night.folder / f"land/{night.steps - 1:04}.nc").unlink()
    night.steps -= 1
    night.add(1)
    report = night.run("site")
    require(made(report)["land"] == 1, f"made {made(report)}")
    night.equals_full_build()
    return str(made(report))


def overlapping(night: Night) -> str:
    night.add(1)
    start = lambda site: subprocess.Popen(
        night.command(site), cwd=night.folder, env=night.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    runs = [start(night.fresh()), start(night.fresh())]
    said = [run.communicate(timeout=PATIENCE)[0] for run in runs]
    codes = sorted(run.returncode for run in runs)
    require(codes in ([0, 1], [0, 0]), f"codes {codes}: {said}")
    if codes == [0, 1]:
        refused = next(text for run, text in zip(runs, said) if run.returncode)
        require("has been publishing" in refused or "faster" in refused, refused)
    night.equals_full_build()
    return f"codes {codes}"


def killed(night: Night, kills: int) -> str:
    """Runs are killed anywhere; another worker in an empty folder ends what they began."""
    choose = random.Random(5)
    whole = 2.0
    for number in range(kills):
        night.add(1)
        run = subprocess.Popen(
            night.command("site", "--take-over"), cwd=night.folder, env=night.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(choose.uniform(0.1, whole))
        try:
            os.killpg(run.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        run.wait()
        current = urllib.request.urlopen(f"{night.url}/cubes/site/_release/current.json", timeout=PATIENCE).read()
        require(json.loads(current)["release"] > 0, "no release is there")
        if number % 2:
            night.run(night.fresh(), "--take-over")
            night.equals_full_build()
    report = night.run("site", "--take-over")
    night.equals_full_build()
    return f"release {report['published']['release']}"
