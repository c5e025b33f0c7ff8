"""The server's API after xcube's routes: the real xcube viewer, values against xarray, tiles against a build."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import xarray as xr
from PIL import Image

from buckets import KEY, SECRET, client, seaweedfs
from live_buckets import s3fs_and_xarray, same_as_seaweedfs, same_as_xcube
from live_expressions import equal_xarray
from live_maps import gdal_by_keys, kvp_calls, owslib_by_keys
from live_origins import page_elsewhere, viewer_elsewhere
from patience import PATIENCE
from report import Skipped, require
from site_folder import free_port
from team_server import TeamServer
from viewer_browser import DESKTOP, chromium, new_context
from xcube_viewer import CUBE, STATION, VARIABLE, XcubeViewer, same

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "Recipes/demo/data"
VIEWER = ROOT / ".venv/xcube-viewer"
AREA = {"type": "Polygon", "coordinates": [
    [[2.0003, 51.0004], [3.0003, 51.1004], [2.8003, 51.6004], [2.1003, 51.5004], [2.0003, 51.0004]],
    [[2.3003, 51.2004], [2.3003, 51.3004], [2.5003, 51.3004], [2.5003, 51.2004], [2.3003, 51.2004]]]}


def live_checks(report, cubepress: str, program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        live = Live(cubepress, program, Path(folder))
        try:
            report.check("live: cubes that are read where they lie", live.set_up)
            report.check("live: series and statistics are xarray's", live.equals_xarray)
            report.check("live: tiles are those of a build", live.equals_build)
            report.check("live: Zarr with ranges, by xarray", live.reads_zarr)
            report.check("live: GDAL by WMTS with basic authentication", live.reads_wmts)
            report.check("live: OWSLib by keys and values", owslib_by_keys, live, CUBE, VARIABLE)
            report.check("live: GDAL by keys and values", gdal_by_keys, live, CUBE, VARIABLE)
            report.check("live: QGIS by WMTS with basic authentication", live.draws_in_qgis)
            report.check("live: buckets by s3fs and xarray", s3fs_and_xarray, live, CUBE, VARIABLE)
            report.check("live: buckets list as SeaweedFS does", same_as_seaweedfs, live, CUBE)
            report.check("live: buckets answer as xcube's server does", same_as_xcube, live, CUBE)
            report.check("live: pages of other origins", page_elsewhere, live, CUBE, VARIABLE)
            report.check("live: a cube in a private bucket", live.reads_bucket)
            report.check("live: expressions are xarray's", equal_xarray, live)
            report.check("live: a client that goes is noticed", live.notices_leaving)
            report.check("live: the real xcube viewer", live.runs_viewer)
            report.check("live: the xcube viewer on another origin", live.runs_viewer_elsewhere)
            report.check("live: schemathesis", live.survives_schemathesis)
        finally:
            if live.server:
                live.server.kill()


class Live:
    """A server with the team ocean, whose cubes are not built."""

    def __init__(self, cubepress: str, program: str, folder: Path):
        self.cubepress, self.program, self.folder = cubepress, program, folder
        self.server = None
        # Where pages of another origin are served that the server was told of.
        self.pages = 0
        self.source = DATA / "north-sea-chlorophyll.zarr"

    def set_up(self) -> str:
        data = self.folder / "data"
        extra = ["--xcube-viewer", str(VIEWER)] if VIEWER.is_dir() else []
        self.pages = free_port()
        extra += ["--allow-origin", f"http://127.0.0.1:{self.pages}"]
        self.server = TeamServer(self.program, data, options=extra)
        admin = self.server.browser()
        admin.set_password(self.server.invitation)
        admin.send("/administration", "/administration/teams", name="ocean", title="Ocean", owner="admin")
        self.token = admin.token()
        cubes = data / "teams/ocean/cubes"
        cubes.mkdir(parents=True)
        shutil.copytree(self.source, cubes / "olci.zarr")
        shutil.copy(DATA / "A1B_north_america.nc", cubes)
        for dataset, path, title in (
            (CUBE, "cubes/olci.zarr", "OLCI"), ("a1b", "cubes/A1B_north_america.nc", "A1B")):
            subprocess.run(
                [self.program, "register", "--data", str(data), "ocean", dataset, path, "--title", title],
                check=True)
        places = data / f"teams/ocean/site/datasets/{CUBE}"
        places.mkdir(parents=True)
        features = [
            {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
            for name, geometry in (("Station", STATION), ("Area", AREA))]
        (places / "places.geojson").write_text(
            json.dumps({"type": "FeatureCollection", "features": features}))
        listed = [one["id"] for one in self.json("/datasets")["datasets"]]
        require(listed == ["a1b", CUBE], f"listed: {listed}")
        return ", ".join(listed)

    def ask(self, path: str, body=None, token: bool = True) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}"} if token else {}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.api + path, data, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read()

    def json(self, path: str, body=None):
        return json.loads(self.ask(path, body))

    @property
    def api(self) -> str:
        return f"{self.server.base}/teams/ocean/api"

    def equals_xarray(self) -> str:
        with xr.open_zarr(self.source) as cube:
            values = cube[VARIABLE].load()
        lon, lat = STATION["coordinates"]
        point = values.sel(lon=lon, lat=lat, method="nearest").values
        series = self.json(f"/timeseries/{CUBE}/{VARIABLE}", STATION)["result"]
        same([one["mean"] for one in series], point, "the series of the station")
        inside = within(AREA["coordinates"], values.lon.values, values.lat.values)
        masked = values.where(xr.DataArray(inside, dims=("lat", "lon")))
        series = self.json(
            f"/timeseries/{CUBE}/{VARIABLE}?aggMethods=mean,median,std,min,max,count", AREA)["result"]
        space = ("lat", "lon")
        for name, wanted in (
            ("mean", masked.mean(space)), ("median", masked.median(space)), ("std", masked.std(space)),
            ("min", masked.min(space)), ("max", masked.max(space)), ("count", masked.count(space))):
            same([one[name] for one in series], wanted.values, f"{name} of the area")
        step = masked.isel(time=0).values
        step = step[~np.isnan(step)]
        found = self.json(f"/statistics/{CUBE}/{VARIABLE}?time=2017-01-16T10:09:21Z", AREA)["result"]
        densities, edges = np.histogram(step, 100, density=True)
        same([found["mean"], found["deviation"], found["count"]], [step.mean(), step.std(), step.size],
             "statistics")
        same(found["histogram"]["values"], densities, "the histogram", 1e-6)
        same(found["histogram"]["edges"], edges, "its edges")
        with xr.open_dataset(DATA / "A1B_north_america.nc", decode_times=False) as cube:
            wanted = cube.air_temperature.sel(longitude=260.1, latitude=40.1, method="nearest").values
        series = self.json(
            "/timeseries/a1b/air_temperature", {"type": "Point", "coordinates": [260.1 - 360, 40.1]})
        same([one["mean"] for one in series["result"]], wanted, "240 years of a NetCDF file")
        return f"{step.size} cells under the area, {len(wanted)} steps of NetCDF"

    def equals_build(self) -> str:
        site = self.folder / "built"
        answer = subprocess.run(
            [self.cubepress, "build", str(self.source), "-o", str(site), "--quiet"],
            capture_output=True, text=True)
        require(answer.returncode == 0, answer.stderr[-400:])
        (dataset,) = json.loads((site / "api/datasets.json").read_text())["datasets"]
        tiles = site / f"datasets/{dataset['id']}/tiles/{VARIABLE}"
        compared, empty = 0, 0
        for file in sorted(tiles.rglob("*.png"))[::3]:
            key = file.relative_to(tiles).as_posix()
            live = picture(self.ask(
                f"/datasets/{CUBE}/tiles/{VARIABLE}/{urllib.parse.quote(key)}"))
            built = picture(file.read_bytes())
            require(np.array_equal(live, built), f"{key}: {np.count_nonzero(live != built)} bytes differ")
            compared += 1
            empty += not built[..., 3].any()
        require(compared > 20 and not empty, f"{compared} tiles, {empty} of them empty")
        return f"{compared} tiles, every pixel"

    def reads_zarr(self) -> str:
        from http_store import HTTPStore
        import zarr

        store = HTTPStore(
            f"{self.api}/s3/datasets/{CUBE}.zarr", {"Authorization": f"Bearer {self.token}"})
        remote = zarr.open_array(store, path=VARIABLE, mode="r", zarr_format=2)
        local = zarr.open_array(self.source, path=VARIABLE, mode="r")
        require(np.array_equal(remote[0], local[0], equal_nan=True), "values differ")
        return f"{store.requests} requests"

    def reads_wmts(self) -> str:
        capabilities = self.folder / "capabilities.xml"
        capabilities.write_bytes(self.ask(f"/datasets/{CUBE}/wmts/1.0.0/WMTSCapabilities.xml"))
        schema = subprocess.run(
            ["xmllint", "--noout", str(capabilities)], capture_output=True, text=True)
        require(schema.returncode == 0, schema.stderr[-300:])
        target = self.folder / "wmts.tif"
        answer = subprocess.run(
            ["gdal_translate", "-q", "-outsize", "400", "0",
             f"WMTS:{self.api}/datasets/{CUBE}/wmts/1.0.0/WMTSCapabilities.xml,layer={CUBE}.{VARIABLE},"
             "tilematrixset=WorldCRS84Quad", str(target), "--config", "GDAL_HTTP_USERPWD",
             f"any:{self.token}", "--config", "GDAL_ENABLE_WMS_CACHE", "NO"],
            capture_output=True, text=True, timeout=PATIENCE)
        require(answer.returncode == 0, answer.stderr[-300:])
        pixels = np.asarray(Image.open(target))
        require(pixels[..., 3].any(), "nothing to be seen")
        refused = subprocess.run(
            ["gdalinfo", f"WMTS:{self.api}/datasets/{CUBE}/wmts/1.0.0/WMTSCapabilities.xml"],
            capture_output=True, text=True, timeout=PATIENCE)
        require(refused.returncode != 0, "it opens without a token")
        return f"{pixels.shape[1]} × {pixels.shape[0]} pixels"

    def draws_in_qgis(self) -> str:
        """Two tiles at their own scale, with a token as the password that QGIS keeps."""
        if not Path("/usr/lib/python3/dist-packages/qgis").exists():
            raise Skipped("QGIS is not installed")
        z, y, xs, step = 7, 27, (129, 130), 360 / 256
        time_ = "2017-01-16T10:09:21Z"
        job = {
            "capabilities": f"{self.api}/datasets/{CUBE}/wmts/1.0.0/WMTSCapabilities.xml",
            "layer": f"{CUBE}.{VARIABLE}", "style": "default", "format": "image/png",
            "matrix_set": "WorldCRS84Quad", "crs": "OGC:CRS84", "dimension": "Time", "time": time_,
            "extent": [xs[0] * step - 180, 90 - (y + 1) * step, (xs[1] + 1) * step - 180, 90 - y * step],
            "size": [512, 256]}
        jobs = self.folder / "jobs.json"
        drawn = []
        before = kvp_calls(self)
        # The same by keys and values, which QGIS takes where they are advertised.
        keys = urllib.parse.quote(f"{self.api}/wmts/kvp?SERVICE=WMTS&REQUEST=GetCapabilities")
        for password in (self.token, "cpt_wrong"):
            # QGIS keeps capabilities: each of its users has a home of their own.
            home = self.folder / password[-5:]
            home.mkdir()
            out = str(self.folder / f"{password[-5:]}.png")
            jobs.write_text(json.dumps([
                job | {"password": password, "out": out},
                job | {"password": password, "out": str(self.folder / "by-keys.png"), "capabilities": keys}]))
            answer = subprocess.run(
                ["/usr/bin/python3", str(Path(__file__).with_name("qgis_render.py")), str(jobs)],
                capture_output=True, text=True, timeout=PATIENCE,
                env=os.environ | {"HOME": str(home), "QGIS_AUTH_DB_DIR_PATH": str(home)})
            require(answer.stdout.strip(), answer.stderr[-400:])
            drawn.append([json.loads(line) for line in answer.stdout.strip().splitlines()[-2:]])
        require(all(one["valid"] for one in drawn[0]), f"{drawn[0]}")
        require(not any(one["valid"] for one in drawn[1]), "a wrong token opens it too")
        wanted = np.concatenate([picture(self.ask(
            f"/datasets/{CUBE}/tiles/{VARIABLE}/default/WorldCRS84Quad/{time_}/{z}/{y}/{x}.png"))
            for x in xs], axis=1)
        for name in (self.token[-5:], "by-keys"):
            found = np.asarray(Image.open(self.folder / f"{name}.png").convert("RGBA"))
            differing = np.count_nonzero((found != wanted).any(-1))
            require(wanted[..., 3].any() and differing == 0,
                    f"{name}: {differing} of {wanted[..., 0].size} pixels differ")
        asked = kvp_calls(self) - before
        require(asked >= 4, f"{asked} requests by keys and values")
        return f"QGIS {drawn[0][0]['version']}, every pixel of two tiles, by paths and by keys and values"

    def notices_leaving(self) -> str:
        """What a client asked for is given up when it hangs up; half a request keeps nobody waiting."""
        for _ in range(40):
            with socket.create_connection(("127.0.0.1", self.server.port)) as link:
                link.sendall(b"POST /teams/ocean/api/timeseries/olci/conc_chl HTTP/1.1\r\nHost: x\r\n")
        whole = {"type": "Polygon", "coordinates": [[[0, 50], [5, 50], [5, 52.5], [0, 52.5], [0, 50]]]}
        body = json.dumps({"type": "GeometryCollection", "geometries": [whole] * 200}).encode()
        with socket.create_connection(("127.0.0.1", self.server.port)) as link:
            link.sendall(
                f"POST /teams/ocean/api/timeseries/{CUBE}/{VARIABLE} HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {self.token}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            # The request is being worked on when the count is more than that for asking.
            while self.working() < 2:
                time.sleep(0.02)
        while self.working() > 1:
            time.sleep(0.05)
        lines = [line for line in self.server.log.read_text().splitlines()
                 if f"/timeseries/{CUBE}/{VARIABLE} " in line]
        require("status=503" in lines[-1], f"it was computed to its end: {lines[-1]}")
        self.ask(f"/tiles/{CUBE}/{VARIABLE}/8/85/257")
        return "given up"

    def working(self) -> int:
        request = urllib.request.Request(
            self.server.base + "/metrics", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return int(re.search(r"^cubepress_requests_working (\d+)", answer.read().decode(), re.M)[1])

    def reads_bucket(self) -> str:
        """A cube below a private prefix that was named for the team; another prefix is not reached."""
        with tempfile.TemporaryDirectory() as folder, seaweedfs(Path(folder) / "s3") as url:
            bucket = client(url)
            bucket.create_bucket(Bucket="private")
            for prefix in ("ocean/sea.zarr", "other/sea.zarr"):
                for file in self.source.rglob("*"):
                    if file.is_file():
                        bucket.put_object(
                            Bucket="private", Body=file.read_bytes(),
                            Key=f"{prefix}/{file.relative_to(self.source).as_posix()}")
            data = Path(folder) / "data"
            server = TeamServer(
                self.program, data, options=["--cube-root", "ocean/archive=s3://private/ocean"],
                environment={"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
                             "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1"})
            try:
                admin = server.browser()
                admin.set_password(server.invitation)
                admin.send("/administration", "/administration/teams", name="ocean", title="Ocean", owner="admin")
                self_token, self_server = self.token, self.server
                self.token, self.server = admin.token(), server
                refused = [
                    subprocess.run([self.program, "register", "--data", str(data), "ocean", "x", path],
                                   capture_output=True).returncode
                    for path in ("archive/../other/sea.zarr", "s3://private/other/sea.zarr", "archive/%2e./x")]
                subprocess.run([self.program, "register", "--data", str(data), "ocean", "sea",
                                "archive/sea.zarr"], check=True)
                found = self.json(f"/timeseries/sea/{VARIABLE}", STATION)["result"]
                tile = picture(self.ask(f"/tiles/sea/{VARIABLE}/8/85/257"))
            finally:
                server.kill()
            self.token, self.server = self_token, self_server
        require(refused[:2] == [1, 1], f"registered: {refused}")
        wanted = self.json(f"/timeseries/{CUBE}/{VARIABLE}", STATION)["result"]
        require(found == wanted, f"{found} and not {wanted}")
        same_tile = picture(self.ask(f"/tiles/{CUBE}/{VARIABLE}/8/85/257"))
        require(np.array_equal(tile, same_tile), "the tile differs")
        return f"{len(found)} steps and a tile"

    def runs_viewer(self) -> str:
        if not VIEWER.is_dir():
            raise Skipped("xcube's viewer is not there: Deploy/setup test fetches it")
        with chromium() as browser:
            return XcubeViewer(new_context(browser, viewport=DESKTOP).new_page(), self).use()

    def runs_viewer_elsewhere(self) -> str:
        return viewer_elsewhere(self, VIEWER, lambda page: XcubeViewer(page, self).use(signs_in=False))

    def survives_schemathesis(self) -> str:
        program = ROOT / ".venv-schemathesis/bin/schemathesis"
        if not program.exists():
            raise Skipped("schemathesis is not there: Deploy/setup test installs it")
        answer = subprocess.run(
            [str(program), "run", f"{self.server.base}/openapi.json", "--url", self.server.base,
             "--header", f"Authorization: Bearer {self.token}", "--max-examples", "15",
             "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,"
             "response_schema_conformance", "--generation-deterministic", "--no-color"],
            capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder)
        text = answer.stdout
        require(answer.returncode == 0, text[-2500:])
        counts = re.findall(r"^.*(?:generated|passed|Selected).*$", text, re.M)
        return "; ".join(" ".join(one.split()) for one in counts[:3])


def within(rings, lon, lat):
    """Whether each cell's centre is within an odd number of outlines."""
    from matplotlib.path import Path as Outline

    x, y = np.meshgrid(lon, lat)
    places = np.column_stack([x.ravel(), y.ravel()])
    inside = np.zeros(len(places), bool)
    for ring in rings:
        inside ^= Outline(ring).contains_points(places)
    return inside.reshape(x.shape)


def picture(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
