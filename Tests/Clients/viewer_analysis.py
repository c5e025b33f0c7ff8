#!/usr/bin/env python3
"""What people do in the viewer with places, charts and exports, and whether the numbers are xarray's.

    viewer_analysis.py SITE ADDRESS [--only TEXT] [--pictures FOLDER]

SITE and ADDRESS as for viewer_series.py; --pictures keeps what the viewer looks like.
"""

import argparse
import csv
import io
import json
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from report import Report, require
from viewer_series import compare, cube, edges, feature, viewer


ADDRESS = """async () => {
  const script = [...document.scripts].find((one) => one.src.endsWith("/viewer.js"));
  return (await import(new URL("address.js", script.src))).decode(location.hash);
}"""


class Shown:
    """A dataset with time on a grid of longitude and latitude, on a page of the viewer."""

    def __init__(self, page, site: Path, pictures: Path | None):
        self.page, self.site, self.pictures = page, site, pictures
        documents = [json.loads(one.read_text()) for one in sorted((site / "api/datasets").glob("*.json"))]
        self.document, self.variable = next(
            (document, variable) for document in documents if document.get("series")
            for variable in document["variables"]
            if document["grids"][variable["grid"]]["kind"] == "geographic" and variable["kind"] == "continuous"
            and len(next((one["values"] for one in variable["dimensions"] if one["isTime"]), [])) > 2
        )
        self.times = next(one["values"] for one in self.variable["dimensions"] if one["isTime"])
        grid = self.document["grids"][self.variable["grid"]]
        self.lat, self.lon = edges(grid["rowEdges"]), edges(grid["columnEdges"])
        page.goto(page.url.split("#")[0] + f"#dataset={self.document['id']}&variable={self.variable['key']}")
        page.reload()
        page.wait_for_function("window.cubepress?.map?.gl?.loaded()", timeout=60_000)
        self.reset()

    def reset(self) -> None:
        west, east = sorted(self.lon[[0, -1]])
        south, north = np.clip(sorted(self.lat[[0, -1]]), -80, 80)
        self.page.evaluate("cubepress.store.set({places: [], series: [], panel: null, transect: null, place: null})")
        self.page.evaluate("bounds => cubepress.map.fit(bounds, {duration: 0})", [west, south, east, north])

    def open(self, panel: str) -> None:
        self.page.evaluate("panel => cubepress.openPanel(panel)", panel)
        self.page.wait_for_timeout(500)

    def look(self, name: str) -> None:
        if self.pictures:
            self.page.screenshot(path=self.pictures / f"{name}.png")

    def state(self, key: str):
        return self.page.evaluate("key => cubepress.store.get()[key]", key)

    def cell(self, lon: float, lat: float) -> tuple:
        """Row and column of the cell around a place; the longitude in the turn of the grid."""
        low = min(self.lon[0], self.lon[-1])
        turned = low + (lon - low) % 360
        find = lambda axis, x: int(np.searchsorted(axis, x) - 1 if axis[0] < axis[-1]
                                   else len(axis) - 1 - np.searchsorted(axis[::-1], x))
        return find(self.lat, lat), find(self.lon, turned)


def files(shown: Shown) -> str:
    """Places of files of every kind; mistakes are named with their lines."""
    page = shown.page
    shown.open("places")
    cases = [
        ("good.csv", "name;Länge;Breite\nA;5,5;50\nB;-20;-40,5\n", "2 "),
        ("bad.csv", "name,lon,lat\nA,1,2\nB,x,2\n", "line 3"),
        ("good.wkt", "POLYGON((0 0,1 0,1 1,0 0))\n", "1 "),
        ("bad.wkt", "POINT(1 2)\nPOLYGON((0 0,1\n", "line 2"),
        ("good.geojson", '{"type": "Point", "coordinates": [1, 2]}', "1 "),
        ("bad.json", '{"type": "Point",\n"coordinates": [1, 2}', "line 2"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, text, wanted in cases:
            path = Path(folder, name)
            path.write_text(text, encoding="utf-8")
            page.locator("#side input[type=file]").set_input_files(path)
            page.wait_for_function("name => document.querySelector('#side .message').textContent.startsWith(name)", arg=name)
            said = page.locator("#side .message").inner_text()
            require(wanted in said, f"{name}: the panel says {said}")
    require(len(shown.state("places")) == 4, f"places {shown.state('places')}")
    shown.look("places")
    return f"{len(cases)} files"


def keyboard(shown: Shown) -> str:
    """A box drawn with arrow keys and Enter alone; its series opens."""
    page = shown.page
    shown.open("places")
    page.get_by_role("button", name="Box").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".draw-bar")
    for key in ["Enter", *["Shift+ArrowRight"] * 3, *["ArrowDown"] * 6, "Enter"]:
        page.keyboard.press(key)
    page.wait_for_selector(".u-over", timeout=30_000)
    places = shown.state("places")
    require(places[0]["geometry"]["type"] == "Polygon", f"places {places}")
    shown.look("series")
    return places[0]["properties"]["title"]


def picking(shown: Shown) -> str:
    """Keys on the chart choose the time of the map; the address brings everything back."""
    page = shown.page
    shown.open("series")
    middle = [float(np.mean(shown.lon[[0, -1]])) + 0.01, float(np.mean(shown.lat[[0, -1]])) + 0.01]
    place = feature("p", {"type": "Point", "coordinates": middle})
    series = {"place": "p", "dataset": shown.document["id"], "variable": shown.variable["key"], "dims": {}, "method": "mean"}
    page.evaluate("state => cubepress.store.set(state)", {"places": [place], "series": [series]})
    page.wait_for_selector(".u-over", timeout=30_000)
    page.locator(".chart").focus()
    for key in ["Home", "ArrowRight", "Enter"]:
        page.keyboard.press(key)
    require(shown.state("time") == shown.times[1], f"time {shown.state('time')}, wanted {shown.times[1]}")
    # The address follows the state once things have come to rest.
    for _ in range(100):
        told = page.evaluate(ADDRESS)
        if told and told.get("time") == shown.times[1] and len(told.get("series", [])) == 1:
            break
        page.wait_for_timeout(100)
    page.reload()
    page.wait_for_function("window.cubepress?.map?.gl?.loaded()", timeout=60_000)
    kept = (shown.state("time"), len(shown.state("series")))
    require(kept == (shown.times[1], 1), f"the address kept {kept}")
    page.wait_for_selector(".u-over", timeout=30_000)
    return shown.times[1]


def transect(shown: Shown) -> str:
    """Every value along a line is that of the cell around its place."""
    page = shown.page
    inside = lambda axis, share: float(min(axis) + share * (max(axis) - min(axis)))
    # Not on edges of cells, which belong to either side.
    line = [[inside(shown.lon, 0.2037), inside(shown.lat, 0.3013)], [inside(shown.lon, 0.6071), inside(shown.lat, 0.7019)]]
    page.evaluate("line => cubepress.store.set({transect: line})", line)
    shown.open("transect")
    page.wait_for_selector("#below .u-over", timeout=30_000)
    shown.look("transect")
    level = int(page.locator("#below [role=status]").first.inner_text().split("level ")[1].split(".")[0])
    with page.expect_download() as download:
        page.locator("#below").get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))[1:]
    step = shown.times.index(shown.state("time"))
    values = cube(shown.site, shown.document, shown.variable, level).values[step]
    found = [float(row[3]) if row[3] else np.nan for row in rows]
    cells = [shown.cell(float(row[1]), float(row[2])) for row in rows]
    wanted = [values[i >> level, j >> level] for i, j in cells]
    compare(np.array(found), np.array(wanted, dtype=np.float64), f"transect of level {level}")
    return f"{len(rows)} values of level {level}"


def statistics(shown: Shown) -> str:
    """Mean and extremes of a box at the shown time, of the level that the panel names."""
    page = shown.page
    row, column = len(shown.lat) // 2, len(shown.lon) // 2
    rows, columns = slice(row, row + 6), slice(column, column + 8)
    south, north = sorted(shown.lat[[row, row + 6]])
    west, east = sorted(shown.lon[[column, column + 8]])
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    page.evaluate("state => cubepress.store.set(state)",
                  {"places": [feature("s", {"type": "Polygon", "coordinates": [ring]})], "place": "s"})
    shown.open("statistics")
    page.wait_for_selector("#side .numbers", timeout=30_000)
    page.wait_for_timeout(1000)
    shown.look("statistics")
    said = dict(page.locator("#side .numbers tr").evaluate_all("all => all.map((row) => [...row.cells].map((one) => one.innerText))"))
    require("level 0" in page.locator("#side").inner_text(), "the panel names no level")
    step = shown.times.index(shown.state("time"))
    values = cube(shown.site, shown.document, shown.variable, 0).values[step, rows, columns].astype(np.float64)
    areas = np.broadcast_to(np.abs(np.diff(np.sin(np.radians(shown.lat[row:row + 7]))))[:, None], values.shape)
    there = np.isfinite(values)
    require(int(said["Values"].replace(",", "")) == there.sum(), f"values {said['Values']}, xarray has {there.sum()}")
    wanted = {"Mean": np.average(values[there], weights=areas[there]), "Minimum": values[there].min(), "Maximum": values[there].max()}
    for name, value in wanted.items():
        found = float(said[name].split()[0].replace(",", ""))
        require(np.isclose(found, value, rtol=1e-4), f"{name} {found}, xarray has {value}")
    return f"{there.sum()} cells"


def picture(shown: Shown) -> str:
    """A PNG of the map with the resolution asked for."""
    page = shown.page
    shown.open("export")
    page.get_by_label("Resolution").select_option("150")
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("button", name="Save as PNG").click()
    image = Image.open(download.value.path())
    width = page.evaluate("cubepress.map.gl.getContainer().clientWidth")
    require(abs(image.info["dpi"][0] - 150) < 0.1, f"resolution {image.info.get('dpi')}")
    require(image.width == round((width + 48) * 150 / 96), f"{image.width} pixels wide for a map of {width}")
    require(len(np.unique(np.asarray(image.convert("L")))) > 20, "the picture is empty")
    return f"{image.width} x {image.height}"


def film(shown: Shown) -> str:
    """Films have a frame for each step."""
    page = shown.page
    shown.open("export")
    page.locator("summary", has_text="Film").click()
    last = len(shown.times) - 1
    page.get_by_role("slider", name=re.compile("^From")).fill(str(last - 2))
    page.get_by_role("slider", name=re.compile("^To")).fill(str(last))
    page.get_by_label("Format").select_option("gif")
    with page.expect_download(timeout=180_000) as download:
        page.get_by_role("button", name="Make the film").click()
    image = Image.open(download.value.path())
    require(image.n_frames == 3, f"{image.n_frames} frames")
    return f"{image.n_frames} frames of {image.width} x {image.height}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=Path)
    parser.add_argument("address")
    parser.add_argument("--only", help="run the checks whose name contains this")
    parser.add_argument("--pictures", type=Path, help="folder for pictures of the viewer")
    arguments = parser.parse_args()
    if arguments.pictures:
        arguments.pictures.mkdir(parents=True, exist_ok=True)
    report = Report(arguments.only)
    with viewer(arguments.address) as page:
        shown = Shown(page, arguments.site, arguments.pictures)
        for check in [files, keyboard, picking, transect, statistics, picture, film]:
            shown.reset()
            report.check(f"viewer {check.__name__}", check, shown)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
