"""The server for private cubes, used as its users do: browsers, xarray, GDAL, QGIS, and a crash."""

import json
import re
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import zarr

from http_store import HTTPStore
from patience import PATIENCE
from report import Failure, require
from team_server import Browser, TeamServer
from viewer_browser import chromium, new_context

DATA = Path(__file__).resolve().parent.parent.parent / "Recipes/demo/data"

def server_checks(report, cubepress: str, program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(cubepress, program, Path(folder))
        try:
            report.check("server: first steps of an administrator", workspace.set_up)
            report.check("server: a private site", workspace.build)
            report.check("server: xarray with a token", workspace.reads_zarr)
            report.check("server: nobody else", workspace.refuses)
            report.check("server: GDAL with a token", workspace.reads_wmts)
            report.check("server: the viewer after signing in", workspace.shows_viewer)
            report.check("server: logs tell no secrets", workspace.keeps_secrets)
            report.check("server: backup and restore", workspace.restores)
            report.check("server: killed while writing", workspace.survives)
            report.check("server: ends when asked", workspace.ends)
        finally:
            workspace.server.kill()


class Workspace:
    """A server with the team ocean, of which ada is a member and eve is not."""

    def __init__(self, cubepress: str, program: str, folder: Path):
        self.cubepress, self.program, self.folder = cubepress, program, folder
        self.server = TeamServer(program, folder / "data")
        self.site = folder / "data/teams/ocean/site"
        self.members: dict[str, Browser] = {}
        self.tokens: dict[str, str] = {}

    def set_up(self) -> str:
        admin = self.server.browser()
        admin.set_password(self.server.invitation)
        for name in ("ada", "eve"):
            page = admin.send("/administration", "/administration/users", name=name, title=name.title())
            link = re.search(rf"{self.server.base}/invitation/[\w-]+", page)[0]
            self.members[name] = self.server.browser()
            self.members[name].set_password(link)
            status, _ = self.server.browser().ask(link.removeprefix(self.server.base))
            require(status == 404, f"the invitation works again: {status}")
            self.tokens[name] = self.members[name].token()
        admin.send("/administration", "/administration/teams", name="ocean", title="Ocean", owner="ada")
        self.tokens["admin"] = admin.token()
        return f"{len(self.tokens)} users"

    def build(self) -> str:
        source = DATA / "A1B_north_america.nc"
        answer = subprocess.run(
            [self.cubepress, "build", str(source), "-o", str(self.site), "--max-zoom", "1",
             "--base-url", f"{self.server.base}/sites/ocean/", "--quiet"],
            capture_output=True, text=True)
        require(answer.returncode == 0, answer.stderr[-400:])
        self.dataset = json.loads((self.site / "api/datasets.json").read_text())["datasets"][0]["id"]
        status, page = self.members["ada"].ask("/teams/ocean")
        require(status == 200 and self.dataset in page, f"{status}: {page[:200]}")
        return self.dataset

    def address(self, key: str) -> str:
        return f"{self.server.base}/sites/ocean/{key}"

    def reads_zarr(self) -> str:
        key = f"datasets/{self.dataset}/cube.zarr"
        store = HTTPStore(self.address(key), {"Authorization": f"Bearer {self.tokens['ada']}"})
        remote = zarr.open_group(store, mode="r")["0"]
        local = zarr.open_group(self.site / key, mode="r")["0"]
        names = [name for name, array in local.arrays() if array.ndim == 3]
        for name in names:
            same = np.array_equal(remote[name][:5], local[name][:5], equal_nan=True)
            require(same, f"{name} differs")
        return f"{len(names)} variables, {store.requests} requests"

    def refuses(self) -> str:
        paths = [
            f"datasets/{self.dataset}/cube.zarr/zarr.json", "api/datasets.json", "index.html",
            "datasets/none/zarr.json", ".cubepress/journal", "../../../cubepress.sqlite",
            "%2e%2e/%2e%2e/%2e%2e/cubepress.sqlite",
        ]
        answers = set()
        for path in paths:
            for name in ("eve", "admin"):
                answers.add(asked(self.address(path), {"Authorization": f"Bearer {self.tokens[name]}"}))
        require(answers == {(404, "There is nothing here, or you may not see it.\n")}, f"{answers}")
        codes = {asked(self.address(path), {})[0] for path in paths}
        require(codes == {401}, f"without a token: {codes}")
        return f"{len(paths)} paths"

    def reads_wmts(self) -> str:
        capabilities = self.address("wmts/1.0.0/WMTSCapabilities.xml")
        answers = {}
        for name in ("ada", "eve"):
            answers[name] = subprocess.run(
                ["gdalinfo", f"WMTS:{capabilities}", "--config", "GDAL_HTTP_USERPWD",
                 f"any:{self.tokens[name]}", "--config", "GDAL_ENABLE_WMS_CACHE", "NO", "-checksum"],
                capture_output=True, text=True, timeout=PATIENCE)
        require(answers["ada"].returncode == 0, answers["ada"].stderr[-300:])
        require(answers["eve"].returncode != 0, "eve's token opens it too")
        sums = re.findall(r"Checksum=(\d+)", answers["ada"].stdout)
        require(any(int(one) for one in sums), f"no pixels: {answers['ada'].stdout[-300:]}")
        return f"checksums {', '.join(sums)}"

    def shows_viewer(self) -> str:
        with chromium() as browser:
            page = new_context(browser).new_page()
            failed = []
            page.on("response", lambda one: one.status >= 400 and failed.append((one.status, one.url)))
            target = "/sites/ocean/viewer/index.html"
            page.goto(self.server.base + target)
            require("/sign-in" in page.url, f"not asked to sign in: {page.url}")
            page.fill("[name=name]", "ada")
            page.fill("[name=password]", "correct horse battery")
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(self.server.base + target)
            page.wait_for_function(
                "window.cubepress?.map?.layerAt?.(cubepress.store.get().active)?.complete")
            require(target in page.url, f"led to {page.url}")
        require(not failed, f"{failed[:3]}")
        return "drawn"

    def keeps_secrets(self) -> str:
        log = self.server.log.read_text().replace(self.server.invitation, "")
        secrets = list(self.tokens.values()) + [
            cookie.value for one in self.members.values() for cookie in one.cookies]
        found = [one[:8] for one in secrets if one in log]
        require(not found, f"in the log: {found}")
        require(not re.search(r"invitation/[\w-]{20}", log), "an invitation is in the log")
        return f"{len(secrets)} secrets, {len(log.splitlines())} lines"

    def restores(self) -> str:
        copy = self.folder / "copy"
        subprocess.run(
            [self.program, "backup", "--data", str(self.server.folder), str(copy)], check=True)
        other = TeamServer(self.program, copy)
        try:
            status, _ = asked(other.base + "/sites/ocean/x", {"Authorization": f"Bearer {self.tokens['ada']}"})
            require(status == 404, f"ada's token in the copy: {status}")
            status, _ = asked(other.base + "/sites/ocean/x", {"Authorization": "Bearer cpt_wrong"})
            require(status == 401, f"a wrong token in the copy: {status}")
        finally:
            other.kill()
        return "tokens work in the copy"

    def survives(self) -> str:
        """What was acknowledged before `kill -9` is there afterwards."""
        acknowledged = []
        for round in range(3):
            ada = self.server.browser()
            ada.sign_in("ada")
            timer = threading.Timer(0.4 + 0.2 * round, self.server.kill)
            timer.start()
            try:
                while True:
                    acknowledged.append(ada.token())
            except (OSError, Failure, TypeError):
                timer.join()
            self.server.start()
        for token in acknowledged:
            status, _ = asked(self.address("none"), {"Authorization": f"Bearer {token}"})
            require(status == 404, f"a token is lost: {status}")
        require(len(acknowledged) > 10, f"only {len(acknowledged)} writes")
        return f"{len(acknowledged)} acknowledged writes, 3 kills"

    def ends(self) -> str:
        code = self.server.stop()
        require(code == 0, f"exit code {code}: {self.server.log.read_text()[-300:]}")
        return "exit code 0"


def asked(address: str, headers: dict) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
