"""A team on the server for private cubes with its people, and how they and their programs ask."""

import base64
import io
import json
import re
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import xarray as xr

from patience import PATIENCE, eventually
from report import require
from team_server import Browser, TeamServer


class Workspace:
    """The team ocean with ada as its owner, bob as editor, and the team land with eve."""

    def __init__(self, cubepress: str, program: str, folder: Path):
        self.cubepress, self.program, self.folder = cubepress, program, folder
        self.server = TeamServer(program, folder / "data")
        self.members: dict[str, Browser] = {}
        self.tokens: dict[str, str] = {}

    def ask(self, path, user="ada", method="GET", body=None, **headers) -> tuple[int, bytes, dict]:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if user:
            fields["Authorization"] = f"Bearer {self.tokens[user]}"
        request = urllib.request.Request(self.server.base + path, body, fields, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), dict(error.headers)

    def json(self, path, user="ada", **more):
        status, body, _ = self.ask(path, user, **more)
        require(status in (200, 201), f"{path}: {status} {body[:200]}")
        return json.loads(body or b"{}")

    def set_up(self) -> str:
        admin = self.server.browser()
        admin.set_password(self.server.invitation)
        for name in ("ada", "bob", "eve"):
            page = admin.send("/administration", "/administration/users", name=name, title=name.title())
            link = re.search(rf"{self.server.base}/invitation/[\w-]+", page)[0]
            self.members[name] = self.server.browser()
            self.members[name].set_password(link)
            self.tokens[name] = self.members[name].token("write")
        for team, owner in (("ocean", "ada"), ("land", "eve")):
            admin.send("/administration", "/administration/teams", name=team, title=team.title(), owner=owner)
        self.members["ada"].send("/teams/ocean/members", "/teams/ocean/members", user="bob", role="editor")
        return "3 users, 2 teams"

    def client(self, user="bob", team="ocean"):
        from tusclient.client import TusClient

        return TusClient(
            f"{self.server.base}/teams/{team}/uploads",
            headers={"Authorization": f"Bearer {self.tokens[user]}"})

    def outcome(self, address: str) -> dict:
        path = urllib.parse.urlparse(address).path
        state = eventually(lambda: (now := self.json(path, "bob"))["state"] in ("accepted", "refused") and now)
        require(state, f"{path} is still looked at")
        return state

    def send(self, content: bytes, dataset: str, **metadata) -> dict:
        uploader = self.client().uploader(
            file_stream=io.BytesIO(content), chunk_size=max(1, len(content) // 3), upload_checksum=True,
            metadata={"dataset": dataset, **metadata})
        uploader.upload()
        return self.outcome(uploader.url)

    def zarr_zip(self, version: int, prefix: str = "") -> tuple[bytes, xr.Dataset]:
        times = np.arange(3) * 31.0
        cube = xr.Dataset(
            {"sst": (("time", "lat", "lon"), np.random.default_rng(version).normal(290, 5, (3, 40, 60)).astype("f4"))},
            {
                "time": ("time", times, {"units": "days since 2000-01-01", "standard_name": "time"}),
                "lat": ("lat", np.linspace(-19.5, 19.5, 40), {"units": "degrees_north"}),
                "lon": ("lon", np.linspace(0.5, 59.5, 60), {"units": "degrees_east"}),
            })
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "cube.zarr"
            # Over HTTP nothing can be listed: what there is must stand in one document.
            cube.to_zarr(store, zarr_format=version, consolidated=True)
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w") as archive:
                for file in sorted(store.rglob("*")):
                    if file.is_file():
                        archive.write(file, prefix + str(file.relative_to(store)))
        return content.getvalue(), cube

    def quota(self, team: str, gigabytes: float) -> None:
        admin = self.server.browser()
        status, _ = admin.ask("/sign-in", {"name": "admin", "password": "correct horse battery"})
        require(status == 303, f"admin: {status}")
        admin.send("/administration", f"/administration/teams/{team}/quota", gigabytes=str(gigabytes))

    def create(self, length: int, dataset: str, user="bob") -> tuple[int, bytes, dict]:
        return self.ask(
            "/teams/ocean/uploads", user, "POST", b"", Tus_Resumable="1.0.0", Upload_Length=str(length),
            Upload_Metadata="dataset " + base64.b64encode(dataset.encode()).decode())

    @staticmethod
    def constant(number: int) -> bytes:
        """A cube with one value everywhere, in many chunks: a mix of two shows at once."""
        cube = xr.Dataset(
            {"v": (("time", "lat", "lon"), np.full((4, 64, 128), number, "f4"))},
            {
                "time": ("time", np.arange(4.0), {"units": "days since 2000-01-01", "standard_name": "time"}),
                "lat": ("lat", np.linspace(-88.6, 88.6, 64), {"units": "degrees_north"}),
                "lon": ("lon", np.linspace(-178.6, 178.6, 128), {"units": "degrees_east"}),
            })
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "cube.zarr"
            cube.to_zarr(store, zarr_format=2, consolidated=True, encoding={"v": {"chunks": (1, 32, 32)}})
            content = io.BytesIO()
            with zipfile.ZipFile(content, "w") as archive:
                for file in sorted(store.rglob("*")):
                    if file.is_file():
                        archive.write(file, str(file.relative_to(store)))
        return content.getvalue()

    AREA = {"type": "Polygon", "coordinates": [[[-170, -80], [170, -80], [170, 80], [-170, 80], [-170, -80]]]}

    def wait_for(self, dataset: str, number: int) -> None:
        """Waits until nothing of the team is received or looked at; then its dataset must hold a number."""
        def under_way() -> list:
            return [one for one in self.json("/teams/ocean/uploads", "bob")["uploads"] if one["state"] != "refused"]

        require(eventually(lambda: not under_way()), f"{under_way()}")
        found = self.json(f"/teams/ocean/datasets/{dataset}")["variables"][0]["maximum"]
        require(found == number, f"{found}, not {number}")
