#!/usr/bin/env python3
"""Series that the viewer shows are those that xarray reads: points and areas, and what they cost to read.

    viewer_series.py SITE ADDRESS [--only TEXT]

SITE is the folder of a made site, ADDRESS where it is served. Needs Playwright and a Chromium
(CHROMIUM, else /usr/bin/chromium).
"""

import argparse
import csv
import io
import json
import math
import os
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
import zarr
from playwright.sync_api import sync_playwright

from report import Report, Skipped, require

MOST_REQUESTS = 2
MOST_BYTES = 100_000
PLACES = 6
METHODS = ["mean", "median", "min", "max", "std", "count"]
ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@contextmanager
def viewer(address: str):
    """A page of the viewer, and the answers of series that it has got."""
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        page = browser.new_context(accept_downloads=True).new_page()
        page.goto(f"{address.rstrip('/')}/viewer/index.html")
        page.wait_for_function("window.cubepress?.map?.gl?.loaded()", timeout=60_000)
        yield page
        browser.close()


def edges(axis) -> np.ndarray:
    if isinstance(axis, dict):
        return axis["start"] + axis["step"] * np.arange(axis["count"])
    return np.asarray(axis)


def level_edges(axis, level: int) -> np.ndarray:
    """Edges of the cells of a level: every 2^level-th, and the last one."""
    fine = edges(axis)
    return np.append(fine[:-1][:: 2**level], fine[-1])


def middle_of(site: Path, grid: dict, row: int, column: int) -> list:
    """Longitude and latitude of the middle of a cell."""
    if grid["kind"] == "geographic":
        rows, columns = edges(grid["rowEdges"]), edges(grid["columnEdges"])
        return [(columns[column] + columns[column + 1]) / 2, (rows[row] + rows[row + 1]) / 2]
    mesh = grid["mesh"]
    group = zarr.open_group(site / mesh["path"], mode="r")
    lon, lat = (np.radians(group[name][...]) for name in ("longitude", "latitude"))
    nodes = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    across = lambda index, count: (np.searchsorted(count, index + 0.5) - 1, index + 0.5)
    (i, y), (j, x) = across(row, mesh["rows"]), across(column, mesh["columns"])
    s = (y - mesh["rows"][i]) / (mesh["rows"][i + 1] - mesh["rows"][i])
    t = (x - mesh["columns"][j]) / (mesh["columns"][j + 1] - mesh["columns"][j])
    a, b, c = (nodes[:, i, j] * (1 - s) * (1 - t) + nodes[:, i, j + 1] * (1 - s) * t
               + nodes[:, i + 1, j] * s * (1 - t) + nodes[:, i + 1, j + 1] * s * t)
    return [float(np.degrees(np.arctan2(b, a))), float(np.degrees(np.arctan2(c, np.hypot(a, b))))]


def extras(variable: dict) -> dict:
    """The first positions of dimensions that are not time."""
    return {one["name"]: 0 for one in variable["dimensions"] if not one["isTime"]}


def cube(site: Path, document: dict, variable: dict, level: int) -> xr.DataArray:
    path = site / document["series"]
    array = xr.open_zarr(path, group=str(level), consolidated=False, decode_times=False)[variable["key"]]
    picked = {name: index for name, index in extras(variable).items() if name in array.dims}
    return array.isel(picked).load()


def ask(page, document: dict, variable: dict, features: list, entries: list) -> list:
    """Columns of the CSV that the panel of series offers, and how the lines say they came about."""
    dims = {
        one["name"]: one["values"][0] for one in variable["dimensions"] if not one["isTime"]
    }
    series = [
        {"place": place, "dataset": document["id"], "variable": variable["key"], "dims": dims, "method": method}
        for place, method in entries
    ]
    page.evaluate("state => cubepress.store.set(state)", {"places": features, "series": series})
    page.evaluate("cubepress.openPanel('series')")
    items = page.locator("#below .line")
    page.wait_for_function(
        "count => { const all = [...document.querySelectorAll('#below .line')];"
        " return all.length === count && all.every((one) => !one.querySelector('[role=status]')); }",
        arg=len(entries), timeout=120_000,
    )
    require(page.locator("#below .line .error").count() == 0, f"the panel says {items.all_inner_texts()}")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    labels = [row[0] for row in rows[1:]]
    time = next(one for one in variable["dimensions"] if one["isTime"])
    require(labels == time["values"], f"times {labels[:3]}…, the document has {time['values'][:3]}…")
    columns = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows[1:]])
    return [columns[:, index] for index in range(columns.shape[1])], items.all_inner_texts()


def feature(name: str, geometry: dict) -> dict:
    return {"type": "Feature", "properties": {"id": name, "title": name, "colour": "#0072b2"}, "geometry": geometry}


def compare(found, wanted, what: str) -> None:
    scale = np.nanmax(np.abs(wanted)) if np.isfinite(wanted).any() else 1
    fine = np.allclose(found, wanted, rtol=2e-6, atol=2e-7 * scale, equal_nan=True)
    worst = np.nanmax(np.abs(np.asarray(found) - wanted)) if not fine else 0
    require(fine, f"{what}: off by up to {worst}: {found[:4]} is not {np.asarray(wanted)[:4]}")


def points(page, site: Path, document: dict, variable: dict) -> str:
    """Middles of cells chosen by chance, each read over all times."""
    grid = document["grids"][variable["grid"]]
    chance = np.random.default_rng(7)
    cells = [(int(chance.integers(grid["rows"])), int(chance.integers(grid["columns"]))) for _ in range(PLACES)]
    places = [
        feature(f"p{number}", {"type": "Point", "coordinates": middle_of(site, grid, i, j)})
        for number, (i, j) in enumerate(cells)
    ]
    found, _ = ask(page, document, variable, places, [(one["properties"]["id"], "mean") for one in places])
    values = cube(site, document, variable, 0)
    for (i, j), column in zip(cells, found):
        compare(column, values.values[:, i, j].astype(np.float64), f"cell {i}, {j}")
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


def area(page, site: Path, document: dict, variable: dict) -> str:
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
    found, texts = ask(page, document, variable, [place], [("a", method) for method in METHODS])
    level = int(texts[0].split("level ")[1].split(",")[0])
    lat, lon = level_edges(grid["rowEdges"], level), level_edges(grid["columnEdges"], level)
    middle = lambda axis: (axis[:-1] + axis[1:]) / 2
    mask = ((middle(lat) > south) & (middle(lat) < north))[:, None] & ((middle(lon) > west) & (middle(lon) < east))
    areas = np.abs(np.diff(np.sin(np.radians(lat))))[:, None] * np.abs(np.diff(lon))
    values = cube(site, document, variable, level).values.astype(np.float64)
    for method, column in zip(METHODS, found):
        wanted = np.array([weighted(one[mask], areas[mask], method) for one in values])
        compare(column, wanted, f"{method} of level {level}")
    return f"{int(mask.sum())} cells of level {level}"


def cost(address: str, document: dict, variable: dict) -> str:
    """One click, from nothing: range requests and bytes."""
    grid = document["grids"][variable["grid"]]
    if grid["kind"] != "geographic":
        raise Skipped("the middle of a mesh is not worked out here")
    answers = []
    with viewer(address) as page:
        page.on("response", lambda answer: answers.append(answer) if "/series.zarr/" in answer.url else None)
        middle = lambda axis: float(np.mean(edges(axis)[[0, -1]])) + 0.01
        place = feature("p", {"type": "Point", "coordinates": [middle(grid["columnEdges"]), middle(grid["rowEdges"])]})
        ask(page, document, variable, [place], [("p", "mean")])
        ranges = [one for one in answers if not one.url.endswith(".json")]
        sizes = sum(int(one.headers.get("content-length", 0)) for one in ranges)
    require(len(ranges) <= MOST_REQUESTS, f"{len(ranges)} requests: {[one.url for one in ranges]}")
    require(sizes < MOST_BYTES, f"{sizes} bytes")
    return f"{len(ranges)} requests, {sizes} bytes"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=Path)
    parser.add_argument("address")
    parser.add_argument("--only", help="run the checks whose name contains this")
    arguments = parser.parse_args()
    report = Report(arguments.only)
    documents = [json.loads(one.read_text()) for one in sorted((arguments.site / "api/datasets").glob("*.json"))]
    shown = [
        (document, variable) for document in documents if document.get("series")
        for variable in document["variables"]
        if variable["kind"] == "continuous" and any(one["isTime"] for one in variable["dimensions"])
    ]
    with viewer(arguments.address) as page:
        for document, variable in shown:
            name = f"{document['id']}/{variable['key']}"
            report.check(f"points {name}", points, page, arguments.site, document, variable)
            report.check(f"area {name}", area, page, arguments.site, document, variable)
    for document, variable in shown:
        report.check(f"cost {document['id']}/{variable['key']}", cost, arguments.address, document, variable)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
