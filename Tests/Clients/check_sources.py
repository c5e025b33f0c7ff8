"""Sources on servers: what our program reads from buckets and web servers is what xarray reads from
the same objects; and what happens when they are missing, private, cut off or changed meanwhile."""

import http.server
import json
import os
import subprocess
import tempfile
import threading
import zipfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
import zarr

from buckets import KEY, SECRET, FaultyProxy, client, seaweedfs
from http_store import HTTPStore
from patience import PATIENCE
from report import require
from zarr_sources import field_values, grid

# The names under which cubes lie in the bucket.
CUBES = ["v2.zarr", "v3.zarr", "sharded.zarr", "packed.zarr.zip", "pyramid.levels", "one.nc"]


def source_checks(report, cubepress: str) -> None:
    if report.only and "sources" not in report.only:
        return  # the server takes seconds to start
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cubepress-sources-")))
        place = {}
        start = lambda: place.update(url=stack.enter_context(seaweedfs(folder / "s3")))
        report.check("sources: seaweedfs runs", start)
        if "url" not in place:
            return
        run = Sources(cubepress, folder, place["url"])
        report.check("sources: cubes are stored", run.store)
        for name in CUBES:
            report.check(f"sources: {name} from S3", same_values, run, name)
        report.check("sources: a glob of NetCDF files", glob_of_files, run)
        report.check("sources: a public bucket without credentials", anonymous, run)
        report.check("sources: over plain HTTP", over_http, run)
        report.check("sources: bad connections", bad_connections, run)
        report.check("sources: a connection that is always cut", cut_off, run)
        report.check("sources: failures are explained", explained, run)
        report.check("sources: changed while it is read", changed, run)
        report.check("sources: no file is copied twice, and none that is known", copies, run)


def sample(seed: int = 3, first: int = 0) -> xr.Dataset:
    data = field_values((4, 120, 250), seed).astype("float32")
    hours = {"units": "hours since 2000-01-01"}
    stamps = {"time": ("time", np.arange(first, first + 4) * 6, hours)}
    return xr.Dataset({"v": (("time", "lat", "lon"), data, {"units": "K"})}, stamps | grid(120, 250))


class Sources:
    """Cubes in a bucket, and the program that reads them."""

    def __init__(self, cubepress: str, folder: Path, url: str):
        self.cubepress, self.folder, self.url = cubepress, folder, url
        self.local = folder / "local"
        self.environment = os.environ | {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_S3": url,
        }

    def store(self) -> str:
        self.local.mkdir()
        cube = sample()
        chunks = {"v": {"chunks": (1, 50, 100)}}
        cube.to_zarr(self.local / "v2.zarr", zarr_format=2, encoding=chunks, consolidated=True)
        cube.to_zarr(self.local / "v3.zarr", zarr_format=3, encoding=chunks, consolidated=False)
        cube.to_zarr(self.local / "sharded.zarr", zarr_format=3, encoding=SHARDS, consolidated=False)
        with zipfile.ZipFile(self.local / "packed.zarr.zip", "w") as archive:
            for path in sorted((self.local / "v3.zarr").rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(self.local / "v3.zarr"))
        cube.to_zarr(self.local / "pyramid.levels/0.zarr", zarr_format=2, encoding=chunks)
        half = cube.isel(lat=slice(None, None, 2), lon=slice(None, None, 2))
        half.to_zarr(self.local / "pyramid.levels/1.zarr", zarr_format=2)
        compressed = {"v": {"zlib": True, "chunksizes": (1, 120, 250)}}
        cube.to_netcdf(self.local / "one.nc", encoding=compressed)
        (self.local / "daily").mkdir()
        for number in range(3):
            path = self.local / f"daily/d{number}.nc"
            sample(number, number * 4).to_netcdf(path, encoding=compressed)
        admin, count = client(self.url), 0
        admin.create_bucket(Bucket="private")
        for path in sorted(self.local.rglob("*")):
            if path.is_file():
                key = f"cubes in/{path.relative_to(self.local)}"
                for bucket in ("cubes", "private"):
                    admin.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
                count += 1
        return f"{count} objects"

    def __call__(self, *arguments, code: int = 0, **environment) -> str:
        environment = {key: value for key, value in (self.environment | environment).items() if value}
        result = subprocess.run(
            [self.cubepress, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env=environment,
        )
        said = (result.stdout + result.stderr).strip()
        require(result.returncode == code, f"exit code {result.returncode}, not {code}: {said[-600:]}")
        return said if code else result.stdout

    def compare(self, location: str, cube: xr.Dataset, *options, **environment) -> str:
        """Statistics of all values, and the series of one cell, beside what xarray has read."""
        text = self("inspect", location, "--stats", "--json", *options, **environment)
        ours = json.loads(text)["variables"][0]
        values = cube["v"].values.astype(np.float64)
        require(ours["shape"] == list(values.shape), f"shape {ours['shape']}, not {values.shape}")
        found, missing = ours["statistics"], int(np.isnan(values).sum())
        require(found["missing"] == missing, f"{found['missing']} values are missing, not {missing}")
        for key, wanted in (("minimum", np.nanmin), ("maximum", np.nanmax), ("mean", np.nanmean)):
            close = np.isclose(found[key], wanted(values), rtol=2e-6)
            require(close, f"{key} {found[key]}, not {wanted(values)}")
        place = f"--at={float(cube.lon[180])},{float(cube.lat[70])}"
        text = self("extract", location, "--variable", "v", place, *options, **environment)
        rows = [line.rsplit(",", 1)[-1] for line in text.splitlines()[1:]]
        series = np.array([float(row) if row else np.nan for row in rows])
        same = np.allclose(series, values[:, 70, 180], rtol=1e-6, equal_nan=True)
        require(same, f"series {series}, not {values[:, 70, 180]}")
        return f"{int(np.isfinite(values).sum())} values, mean {found['mean']:.5g}"


SHARDS = {"v": {"chunks": (1, 30, 50), "shards": (2, 60, 250)}}


def same_values(run: Sources, name: str) -> str:
    """What zarr-python and netCDF4 read of the very objects, in the bucket that everybody may read."""
    path = {"packed.zarr.zip": "v3.zarr", "pyramid.levels": "pyramid.levels/0.zarr"}.get(name, name)
    cube = sample()
    if name.endswith(".nc"):
        copy = run.folder / "fetched.nc"
        found = client(run.url).get_object(Bucket="private", Key=f"cubes in/{name}")
        copy.write_bytes(found["Body"].read())
        cube = xr.open_dataset(copy)
    else:
        store = HTTPStore(f"{run.url}/cubes/cubes%20in/{path}")
        cube["v"].values = zarr.open_array(store, path="v", mode="r")[:]
        require(store.bytes > 0, "nothing was read")
    return run.compare(f"s3://private/cubes in/{name}", cube)


def glob_of_files(run: Sources) -> str:
    paths = sorted((run.local / "daily").glob("*.nc"))
    cube = xr.concat([xr.open_dataset(path) for path in paths], "time")
    note = run.compare("s3://private/cubes in/da*/d?.nc", cube)
    said = run("inspect", "s3://private/cubes in/*/x*.nc", code=1)
    require("no object matches" in said, said)
    return note


def anonymous(run: Sources) -> str:
    cube = xr.open_zarr(run.local / "v3.zarr", chunks=None)
    none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": str(run.folder)}
    # The server lets everybody read that bucket but not list it.
    note = run.compare("s3://cubes/cubes in/v2.zarr", cube, **none)
    wrong = {"AWS_ACCESS_KEY_ID": "OTHER", "AWS_SECRET_ACCESS_KEY": "wrong"}
    run.compare("s3://cubes/cubes in/v2.zarr", cube, "--anonymous", **wrong)
    said = run("inspect", "s3://private/cubes in/v2.zarr", code=1, **none)
    require("no credentials were found" in said, said)
    return note


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def web(handler, **options):
    """A small web server, without ranges."""
    make = lambda *arguments: handler(*arguments, **options)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), make) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def over_http(run: Sources) -> str:
    cube = xr.open_dataset(run.local / "one.nc")
    with web(Quiet, directory=str(run.local)) as address:
        run.compare(f"{address}/one.nc", cube)
        note = run.compare(f"{address}/v2.zarr", cube)
        said = run("inspect", f"{address}/one.nc", "--spool", "100k", code=1)
        require("--spool" in said, said)
        said = run("inspect", f"{address}/two.nc", code=1)
        require("no such object" in said, said)
    # And from a server that knows ranges.
    run.compare(f"{run.url}/cubes/cubes%20in/one.nc", cube)
    return note


def bad_connections(run: Sources) -> str:
    cube = xr.open_dataset(run.local / "one.nc")
    proxy = FaultyProxy(run.url, 0.25)
    try:
        for name in ("v3.zarr", "sharded.zarr", "one.nc"):
            run.compare(f"s3://private/cubes in/{name}", cube, AWS_ENDPOINT_URL_S3=proxy.url)
        return f"{proxy.spoilt} connections were spoilt"
    finally:
        proxy.close()


class Cutting(Quiet):
    """Promises more than it sends."""

    def do_HEAD(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.send_header("ETag", '"1"')
        self.end_headers()

    def do_GET(self):
        self.do_HEAD()
        self.wfile.write(b"CDF\1" + bytes(1000))
        self.close_connection = True


def cut_off(run: Sources) -> str:
    spool = run.folder / "spool"
    spool.mkdir()
    with web(Cutting) as address:
        said = run("inspect", f"{address}/cut.nc", code=1, TMPDIR=str(spool))
    require("connection ended before the answer did" in said, said)
    require(not list(spool.iterdir()), f"left behind: {list(spool.iterdir())}")
    return said.splitlines()[-1][:120]


def explained(run: Sources) -> None:
    private = "s3://private/cubes in"
    wanted = [
        (f"{private}/none.zarr", {}, "neither zarr.json"),
        (f"{private}/none.nc", {}, "no such object"),
        ("s3://nowhere/cube.zarr", {}, "no bucket"),
        (f"{private}/v2.zarr", {"AWS_SECRET_ACCESS_KEY": "wrong"}, "signature"),
        (f"{private}/one.nc", {"AWS_ACCESS_KEY_ID": "WHO"}, "access key"),
        (f"{private}/v2.zarr", {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, "endpoint"),
    ]
    for location, environment, text in wanted:
        said = run("inspect", location, code=1, **environment)
        require(text in said, f"{location} {environment}: {said}")
        require(SECRET not in said, "the secret is told")


class Changing(Quiet):
    """Every answer is that of another state of the object."""

    tags = iter(range(10_000))

    def end_headers(self):
        if "/v/c/" in self.path:
            self.send_header("ETag", f'"{next(self.tags)}"')
        super().end_headers()


def changed(run: Sources) -> str:
    path = run.local / "consolidated.zarr"
    sample().to_zarr(path, zarr_format=3, encoding=SHARDS, consolidated=True)
    with web(Changing, directory=str(run.local)) as address:
        place = f"{address}/consolidated.zarr"
        said = run("extract", place, "--variable", "v", "--at=0,0", code=1)
    require("changed while it was read" in said, said)
    return said.splitlines()[-1][:160]


class Counting(Quiet):
    asked: list = []

    def do_GET(self):
        Counting.asked.append(self.path)
        super().do_GET()


def copies(run: Sources) -> str:
    """A build copies each file once; a later one only the file that is new."""
    folder, site = run.folder / "files", run.folder / "site"
    folder.mkdir()

    def add(name: str) -> None:
        (folder / name).write_bytes((run.local / f"daily/{name}").read_bytes())

    with web(Counting, directory=str(folder)) as address:

        def build(*names) -> list:
            Counting.asked.clear()
            files = [f"{address}/{name}" for name in names]
            run("build", *files, "-o", site, "--max-zoom", "0", "--log-format", "quiet")
            return sorted(Counting.asked)

        add("d0.nc")
        add("d1.nc")
        first = build("d0.nc", "d1.nc")
        require(first == ["/d0.nc", "/d1.nc"], f"the first build asks for {first}")
        again = build("d0.nc", "d1.nc")
        require(again == [], f"a build with nothing new asks for {again}")
        add("d2.nc")
        third = build("d0.nc", "d1.nc", "d2.nc")
    require(third == ["/d2.nc"], f"a build with a new file asks for {third}")
    return "3 files, 3 copies"
