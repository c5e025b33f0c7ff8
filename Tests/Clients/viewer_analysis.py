"""What people do in the viewer with places, charts and exports, and whether the numbers are xarray's."""

import base64
import csv
import io
import json
import re
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from report import require
from viewer_browser import Cells, compare, feature, times_of
from viewer_pixels import DRAWN, alike, bare, style_of


class Shown:
    """A dataset with time on a grid of longitude and latitude, in a window of the viewer."""

    def __init__(self, window):
        self.window, self.page, self.viewer = window, window.page, window.viewer
        self.document, self.variable = next(
            (document, variable) for document in self.viewer.documents.values() if document.get("series")
            for variable in document["variables"]
            if document["grids"][variable["grid"]]["kind"] == "geographic" and variable["kind"] == "continuous"
            and len(times_of(variable)) > 2
        )
        self.times = times_of(self.variable)
        cells = Cells(self.viewer, self.document, self.variable)
        self.lat, self.lon, self.cell = cells.rows, cells.columns, cells.cell
        window.go(f"dataset={self.document['id']}&variable={self.variable['key']}")
        self.reset()

    def reset(self) -> None:
        west, east = sorted(self.lon[[0, -1]])
        south, north = np.clip(sorted(self.lat[[0, -1]]), -80, 80)
        self.window.set(places=[], series=[], panel=None, transect=None, place=None)
        self.page.evaluate("bounds => void cubepress.map.fit(bounds, {duration: 0})", [west, south, east, north])

    def open(self, panel: str) -> None:
        self.window.panel(panel)

    def look(self, name: str) -> None:
        self.window.look(name)

    def state(self, key: str):
        return self.window.state(key)

    def values(self, level: int) -> np.ndarray:
        return self.viewer.array(self.document, self.variable, level, "series").values


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


def published(shown: Shown) -> str:
    """The places that the recipe names are listed, can be found on the map and have series."""
    page, viewer = shown.page, shown.viewer
    named = [one for one in viewer.documents.values() if one.get("places")]
    require(named, "no dataset has places")
    wanted = json.loads((viewer.site / named[0]["places"]).read_text())["features"]
    with viewer.window(f"dataset={named[0]['id']}") as window:
        side = window.panel("places")
        side.locator("li.place").first.wait_for()
        titles = side.locator("li.place .title").all_inner_texts()
        require(len(titles) == len(wanted), f"{len(titles)} places, the file has {len(wanted)}")
        side.get_by_role("button", name=f"Series of {titles[0]}").click()
        window.page.wait_for_selector("#below .line")
        window.settle()
        window.look("places-published")
        require(titles[0] in window.page.locator("#below").inner_text(), "the chart does not name the place")
    return f"{len(titles)} places"


def keyboard(shown: Shown) -> str:
    """A box drawn with arrow keys and Enter alone; its series opens."""
    page = shown.page
    shown.open("places")
    page.get_by_role("button", name="Box").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".draw-bar")
    for key in ["Enter", *["Shift+ArrowRight"] * 3, *["ArrowDown"] * 6, "Enter"]:
        page.keyboard.press(key)
    page.wait_for_selector(".u-over")
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
    page.wait_for_selector(".u-over")
    page.locator(".chart").focus()
    for key in ["Home", "ArrowRight", "Enter"]:
        page.keyboard.press(key)
    require(shown.state("time") == shown.times[1], f"time {shown.state('time')}, wanted {shown.times[1]}")
    # The address follows the state once things have come to rest.
    shown.window.saved_state(lambda told: told.get("time") == shown.times[1] and len(told.get("series", [])) == 1)
    page.reload()
    shown.window.settle()
    kept = (shown.state("time"), len(shown.state("series")))
    require(kept == (shown.times[1], 1), f"the address kept {kept}")
    page.wait_for_selector(".u-over")
    return shown.times[1]


def transect(shown: Shown) -> str:
    """Every value along a line is that of the cell around its place."""
    page = shown.page
    inside = lambda axis, share: float(min(axis) + share * (max(axis) - min(axis)))
    # Not on edges of cells, which belong to either side.
    line = [[inside(shown.lon, 0.2037), inside(shown.lat, 0.3013)], [inside(shown.lon, 0.6071), inside(shown.lat, 0.7019)]]
    page.evaluate("line => cubepress.store.set({transect: line})", line)
    shown.open("transect")
    page.wait_for_selector("#below .u-over")
    shown.look("transect")
    level = int(page.locator("#below [role=status]").first.inner_text().split("level ")[1].split(".")[0])
    with page.expect_download() as download:
        page.locator("#below").get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text())))[1:]
    step = shown.times.index(shown.state("time"))
    values = shown.values(level)[step]
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
    page.wait_for_selector("#side .numbers")
    shown.window.settle()
    shown.look("statistics")
    said = dict(page.locator("#side .numbers tr").evaluate_all("all => all.map((row) => [...row.cells].map((one) => one.innerText))"))
    require("level 0" in page.locator("#side").inner_text(), "the panel names no level")
    step = shown.times.index(shown.state("time"))
    values = shown.values(0)[step, rows, columns].astype(np.float64)
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
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PNG").click()
    image = Image.open(download.value.path())
    width = page.evaluate("cubepress.map.gl.getContainer().clientWidth")
    require(abs(image.info["dpi"][0] - 150) < 0.1, f"resolution {image.info.get('dpi')}")
    require(image.width == round((width + 48) * 150 / 96), f"{image.width} pixels wide for a map of {width}")
    require(len(np.unique(np.asarray(image.convert("L")))) > 20, "the picture is empty")
    return f"{image.width} x {image.height}"


def fine_picture(viewer) -> str:
    """A PNG of 300 dots per inch shows the cells of the level that fits its pixels, not those of the screen's."""
    document = viewer.document("sea-surface-temperature")
    variable = document["variables"][0]
    with viewer.window("dataset=sea-surface-temperature&zoom=0.5", size={"width": 900, "height": 700}) as window:
        bare(window)
        window.settle()
        before = window.page.evaluate(DRAWN)
        window.requests.clear()
        side = window.panel("export")
        side.get_by_label("Resolution").select_option("300")
        with window.page.expect_download() as download:
            side.get_by_role("button", name="Save as PNG").click()
        image = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
        levels = [int(one.split("/cube.zarr/")[1][0]) for one in window.requests if re.search(r"/cube\.zarr/\d/", one)]
        require(levels and min(levels) < before["level"], f"levels {levels} are read, the screen has {before['level']}")
        # Title, subtitle and margins around the map as export-picture.js lays them out.
        scale = 300 / 96
        around = np.round(np.array([24, 24 + 26 + 22 + 14]) * scale).astype(int)
        pixels = ((window.samples()[:, :2] + 0.5) * scale).astype(int)
        places = window.places((pixels + 0.5) / scale)
        x, y = (pixels + around).T
    return alike(viewer, document, variable, style_of(variable["styles"][0]), places, image[y, x], min(levels), before["time"])


VIDEO = """async data => {
  const video = document.createElement("video");
  video.src = URL.createObjectURL(await (await fetch(data)).blob());
  await new Promise((done, fail) => { video.onloadedmetadata = done; video.onerror = () => fail(video.error.message); });
  return [video.videoWidth, video.videoHeight, video.duration];
}"""


def film(shown: Shown) -> str:
    """Films have a frame for each step: a GIF as Pillow reads it, a WebM as a browser plays it."""
    page = shown.page
    shown.open("export")
    page.locator("summary", has_text="Film").click()
    last = len(shown.times) - 1
    page.get_by_role("slider", name=re.compile("^From")).fill(str(last - 2))
    page.get_by_role("slider", name=re.compile("^To")).fill(str(last))
    made = {}
    for kind in ("gif", "webm"):
        page.get_by_label("Format").select_option(kind)
        with page.expect_download() as download:
            page.get_by_role("button", name="Make the film").click()
        made[kind] = Path(download.value.path()).read_bytes()
    image = Image.open(io.BytesIO(made["gif"]))
    require(image.n_frames == 3, f"{image.n_frames} frames")
    width, height, seconds = page.evaluate(VIDEO, "data:video/webm;base64," + base64.b64encode(made["webm"]).decode())
    fits = abs(width / height - image.width / image.height) < 0.02
    require(width >= image.width and fits and seconds > 0.1, f"the WebM is {width} x {height}, {seconds} s")
    return f"{image.n_frames} frames of {image.width} x {image.height}, {width} x {height} for {seconds:.1f} s"


def analysis_checks(report, viewer) -> None:
    with viewer.window() as window:
        shown = Shown(window)
        for check in (files, published, keyboard, picking, transect, statistics, picture, film):
            shown.reset()
            report.check(f"viewer {check.__name__}", check, shown)
    report.check("viewer fine picture", fine_picture, viewer)
