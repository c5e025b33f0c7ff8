"""xcube's viewer in a browser, used as people use it on a cube of a team."""

import os
import urllib.parse

import numpy as np
import xarray as xr

from report import require
from team_server import PASSWORD
from viewer_browser import eventually_on

CUBE = "olci"
VARIABLE = "conc_chl"
STATION = {"type": "Point", "coordinates": [2.5013, 51.5011]}


class XcubeViewer:
    """A page of it, and what it has asked the server for."""

    def __init__(self, page, live):
        self.page, self.live = page, live
        self.calls: dict[tuple[str, str], set[int]] = {}
        self.tiles = 0
        page.on("response", self.note)

    def note(self, response) -> None:
        if not response.url.startswith(self.live.api):
            return
        path = urllib.parse.urlparse(response.url.removeprefix(self.live.api)).path or "/"
        parts = path.split("/")
        if parts[1] == "tiles":
            path = "/tiles/{ds}/{var}/{z}/{y}/{x}"
            self.tiles += response.status == 200
        elif parts[1] in ("timeseries", "statistics"):
            path = f"/{parts[1]}/{{ds}}/{{var}}"
        elif path.startswith("/expressions/validate/"):
            path = "/expressions/validate/{ds}/{expression}"
        elif path.startswith(("/viewer/assets", "/viewer/docs", "/viewer/images", "/viewer/config/")):
            if path.endswith("config.json"):
                return self.count(response, path)
            path = "/viewer/{its files}"
        self.count(response, path)

    def count(self, response, path: str) -> None:
        self.calls.setdefault((response.request.method, path), set()).add(response.status)

    def icon(self, name: str):
        return self.page.locator(f"button:has(svg[data-testid={name}])")

    def wait_for(self, path: str, action, holding: str = "") -> object:
        def is_wanted(one) -> bool:
            return f"/api{path}" in one.url and holding in one.url and one.request.method != "OPTIONS"

        with self.page.expect_response(is_wanted) as found:
            action()
        require(found.value.status == 200, f"{path}: {found.value.status}")
        return found.value

    def choose(self, select: str, option: str) -> None:
        self.page.locator(select).click()
        self.page.get_by_role("option", name=option).first.click()
        # A menu of several choices stays open until it is told; a busy machine may miss the first word.
        def is_closed() -> bool:
            if not self.page.locator(".MuiMenu-root .MuiBackdrop-root").count():
                return True
            self.page.keyboard.press("Escape")
            return False

        require(eventually_on(self.page, is_closed, 0.3), f"the menu of {select} stays open")

    def sign_in(self) -> None:
        page = self.page
        page.goto(self.live.server.base + "/sign-in")
        page.fill("[name=name]", "admin")
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(self.live.server.base + "/")
        page.goto(self.live.api + "/viewer")

    def adds_variable(self) -> None:
        """A variable of one's own; a wrong expression is refused in words."""
        page = self.page

        def write(text: str) -> None:
            page.locator(".cm-content").click()
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(text)

        self.icon("CalculateIcon").first.click()
        self.icon("AddCircleOutlineIcon").last.click()
        page.get_by_role("textbox", name="Name", exact=True).fill("half")
        write(f"{VARIABLE} / wrong")
        page.get_by_text("name 'wrong' is not defined").wait_for()
        self.calls = {call: status for call, status in self.calls.items() if "/expressions/validate" not in call[1]}
        self.wait_for(
            "/expressions/validate/", lambda: write(f"where({VARIABLE} > 0.5, {VARIABLE} / 2, nan)"), "2%2C%20nan")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("row", name="half").click()
        self.wait_for(f"/tiles/{CUBE}/half%3D", page.get_by_role("button", name="OK").click)
        if place := os.environ.get("SCREENSHOT_VARIABLE"):
            page.wait_for_timeout(3000)
            page.screenshot(path=place)

    def use(self, signs_in: bool = True) -> str:
        page = self.page
        if signs_in:
            self.sign_in()
        page.get_by_text("Accept and continue").click()
        page.wait_for_selector("#mui-component-select-dataset:has-text('A1B')")
        # The only variable is chosen with the dataset.
        self.wait_for(
            f"/tiles/olci/{VARIABLE}/", lambda: self.choose("#mui-component-select-dataset", "OLCI"))
        self.wait_for("/tiles/olci/", self.icon("FirstPageIcon").click, holding="time=2017-01-16")
        self.wait_for(
            "/datasets/olci/places/", lambda: self.choose("[id^=mui-component-select-place-group]", "Places of"))
        self.choose("#mui-component-select-place", "Station")
        series = self.wait_for("/timeseries/", self.icon("TimelineIcon").first.click).json()["result"]
        page.wait_for_selector(".recharts-line, .recharts-surface")
        statistics = self.wait_for("/statistics/", self.icon("FunctionsIcon").first.click).json()["result"]
        with xr.open_zarr(self.live.source) as cube:
            lon, lat = STATION["coordinates"]
            wanted = cube[VARIABLE].sel(lon=lon, lat=lat, method="nearest").values
        same([one["mean"] for one in series][-len(wanted):], wanted[-len(series):], "the series in the viewer")
        same([statistics["mean"]], wanted[:1], "the statistics in the viewer")
        self.adds_variable()
        self.wait_for("/viewer/state", self.icon("ShareIcon").click)
        if place := os.environ.get("SCREENSHOT"):
            page.screenshot(path=place)
        require(self.tiles > 8, f"{self.tiles} tiles")
        # What is not offered: panels of one's own programs.
        allowed = {("GET", "/viewer/ext/contributions")}
        failed = {call: status for call, status in self.calls.items()
                  if max(status) >= 400 and call not in allowed}
        require(not failed, f"failed: {failed}")
        lines = [f"{method} {path} → {', '.join(map(str, sorted(status)))}"
                 for (method, path), status in sorted(self.calls.items(), key=lambda one: one[0][1])]
        return f"{self.tiles} tiles; " + "; ".join(lines)


def same(found, wanted, what: str, tolerance: float = 1e-9) -> None:
    found = np.array([np.nan if one is None else one for one in found], float)
    wanted = np.asarray(wanted, float)
    require(found.shape == wanted.shape, f"{what}: {found.shape} and not {wanted.shape}")
    require(np.allclose(found, wanted, rtol=tolerance, atol=0, equal_nan=True), f"{what}: {found[:4]} and not {wanted[:4]}")
