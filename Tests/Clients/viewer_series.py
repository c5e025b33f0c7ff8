"""Series that the viewer shows are those that xarray reads: points and areas, and what they cost to read."""

import csv
import io
import math
from pathlib import Path

import numpy as np

from report import Skipped, require
from viewer_browser import Cells, compare, edges, feature, times_of

MOST_REQUESTS = 2
MOST_BYTES = 100_000
PLACES = 6
# Whether the panel shows so many lines, all of them read.
LINES = """count => {
  const all = [...document.querySelectorAll("#below .line")];
  return all.length === count && all.every((one) => !one.querySelector("[role=status]"));
}"""
METHODS = ["mean", "median", "min", "max", "std", "count"]


def level_edges(axis, level: int) -> np.ndarray:
    """Edges of the cells of a level: every 2^level-th, and the last one."""
    fine = edges(axis)
    return np.append(fine[:-1][:: 2**level], fine[-1])


def ask(window, document: dict, variable: dict, features: list, entries: list) -> list:
    """Columns of the CSV that the panel of series offers, and how the lines say they came about."""
    dims = {
        one["name"]: one["values"][0] for one in variable["dimensions"] if not one["isTime"]
    }
    series = [
        {"place": place, "dataset": document["id"], "variable": variable["key"], "dims": dims, "method": method}
        for place, method in entries
    ]
    page = window.page
    window.panel("series")
    window.set(places=features, series=[])
    window.until(LINES, 0)
    window.set(series=series)
    window.until(LINES, len(entries))
    items = page.locator("#below .line")
    require(page.locator("#below .line .error").count() == 0, f"the panel says {items.all_inner_texts()}")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    labels = [row[0] for row in rows[1:]]
    times = times_of(variable)
    require(labels == times, f"times {labels[:3]}…, the document has {times[:3]}…")
    columns = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows[1:]])
    return [columns[:, index] for index in range(columns.shape[1])], items.all_inner_texts()


def points(window, document: dict, variable: dict) -> str:
    """Middles of cells chosen by chance, each read over all times."""
    at = Cells(window.viewer, document, variable)
    chance = np.random.default_rng(7)
    cells = [tuple(int(chance.integers(size)) for size in at.shape) for _ in range(PLACES)]
    places = [feature(f"p{number}", {"type": "Point", "coordinates": at.middle(*cell)}) for number, cell in enumerate(cells)]
    found, _ = ask(window, document, variable, places, [(one["properties"]["id"], "mean") for one in places])
    values = window.viewer.array(document, variable, 0, "series").values
    for (i, j), column in zip(cells, found):
        compare(column, values[:, i, j].astype(np.float64), f"cell {i}, {j}")
    return f"{PLACES} cells of {values.shape[0]} times"


def weighted(values: np.ndarray, areas: np.ndarray, method: str) -> float:
    there = np.isfinite(values)
    values, areas = values[there], areas[there]
    if method == "count":
        return there.sum()
    if not len(values):
        return np.nan
    mean = np.average(values, weights=areas)
    if method == "mean":
        return mean
    if method == "std":
        return math.sqrt(np.average((values - mean) ** 2, weights=areas))
    if method == "median":
        return np.quantile(values, 0.5, weights=areas, method="inverted_cdf")
    return values.min() if method == "min" else values.max()


def area(window, document: dict, variable: dict) -> str:
    """A box: statistics over the cells of the level that the panel names."""
    grid = document["grids"][variable["grid"]]
    if grid["kind"] != "geographic":
        raise Skipped("the areas of a mesh's cells are checked with the grids")
    rows, columns = np.sort(edges(grid["rowEdges"])), np.sort(edges(grid["columnEdges"]))
    inside = lambda axis, share: float(axis[0] + share * (axis[-1] - axis[0]))
    west, east = inside(columns, 0.31), inside(columns, 0.47)
    south, north = inside(rows, 0.42), inside(rows, 0.66)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    place = feature("a", {"type": "Polygon", "coordinates": [ring]})
    found, texts = ask(window, document, variable, [place], [("a", method) for method in METHODS])
    level = int(texts[0].split("level ")[1].split(",")[0])
    lat, lon = level_edges(grid["rowEdges"], level), level_edges(grid["columnEdges"], level)
    middle = lambda axis: (axis[:-1] + axis[1:]) / 2
    mask = ((middle(lat) > south) & (middle(lat) < north))[:, None] & ((middle(lon) > west) & (middle(lon) < east))
    areas = np.abs(np.diff(np.sin(np.radians(lat))))[:, None] * np.abs(np.diff(lon))
    values = window.viewer.array(document, variable, level, "series").values.astype(np.float64)
    for method, column in zip(METHODS, found):
        wanted = np.array([weighted(one[mask], areas[mask], method) for one in values])
        compare(column, wanted, f"{method} of level {level}")
    return f"{int(mask.sum())} cells of level {level}"


def cost(viewer, document: dict, variable: dict) -> str:
    """One place, from nothing: range requests and bytes."""
    at = Cells(viewer, document, variable)
    answers = []
    with viewer.window(f"dataset={document['id']}&variable={variable['key']}") as window:
        window.page.on("response", lambda answer: answers.append(answer) if "/series.zarr/" in answer.url else None)
        place = feature("p", {"type": "Point", "coordinates": at.middle(at.shape[0] // 2, at.shape[1] // 2)})
        ask(window, document, variable, [place], [("p", "mean")])
        ranges = [one for one in answers if not one.url.endswith(".json")]
        sizes = sum(int(one.headers.get("content-length", 0)) for one in ranges)
    require(1 <= len(ranges) <= MOST_REQUESTS, f"{len(ranges)} requests: {[one.url for one in ranges]}")
    require(sizes < MOST_BYTES, f"{sizes} bytes")
    return f"{len(ranges)} requests, {sizes} bytes"


def series_checks(report, viewer) -> None:
    shown = [
        (document, variable) for document in viewer.documents.values() if document.get("series")
        for variable in document["variables"] if variable["kind"] == "continuous" and times_of(variable)
    ]
    if not shown:
        return
    with viewer.window(f"dataset={shown[0][0]['id']}") as window:
        for document, variable in shown:
            name = f"{document['id']}/{variable['key']}"
            report.check(f"viewer points {name}", points, window, document, variable)
            report.check(f"viewer area {name}", area, window, document, variable)
    for document in {document["id"]: document for document, _ in shown}.values():
        report.check(f"viewer cost {document['id']}", cost, viewer, document, document["variables"][0])
