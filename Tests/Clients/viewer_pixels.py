#!/usr/bin/env python3
"""Compares what the viewer's shader draws with the site's own picture tiles, pixel by pixel.

Usage: viewer_pixels.py ADDRESS_OF_SITE   (served, with the viewer at viewer/index.html)
Needs playwright, numpy, pillow and a Chromium. For each variable on a geographic grid that has
tiles in WebMercatorQuad, the map is laid with a corner of tiles in its middle. Positions in the
shader are single precision, so a few pixels at the edges of bins and cells may fall on the other
side (most where edges of cells and middles of pixels coincide): at least 95 of 100 pixels are
equal, fewer than 1.5 of 100 far off.
"""
import base64
import io
import json
import math
import sys
import urllib.error
import urllib.request

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

WIDTH, HEIGHT, SIDE = 512, 500, 256
FLAGS = ["--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SEA = np.array([0xE6, 0xED, 0xED])
READY = """window.cubepress?.map?.gl && cubepress.map.layerAt(cubepress.store.get().active)?.complete
  && cubepress.map.drawing.windows.waiting === 0"""
PICTURE = """async () => {
  const { gl } = cubepress.map;
  for (let i = 0; i < 3; i += 1) {
    await new Promise((done) => { gl.once("render", done); gl.triggerRepaint(); });
  }
  const canvas = gl.getCanvas();
  const { x, y } = gl.project(gl.getCenter());
  return { url: canvas.toDataURL("image/png"), x, y };
}"""


def get(address):
    try:
        return urllib.request.urlopen(address).read()
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise


def corner(x, y, z):
    side = 2 ** z
    return x / side * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))


def near_middle(bounds, z):
    """The tile corner nearest to the middle of the bounds, as x, y."""
    west, south, east, north = bounds
    lon = (west + (east if east > west else east + 360)) / 2
    lat = math.radians(max(min((south + north) / 2, 70), -70))
    x = (lon + 180) / 360 * 2 ** z
    y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2 ** z
    return min(max(round(x), 1), 2 ** z - 1), min(max(round(y), 1), 2 ** z - 1)


def compare(picture, centre, site, template, x, y, z):
    """Shares of pixels that differ at all, and by more than 12 of 255."""
    total = differ = far = 0
    for dx, dy in ((-1, -1), (0, -1), (-1, 0), (0, 0)):
        address = template.format(z=z, y=y + dy, x=x + dx)
        data = get(site + address)
        tile = (np.array(Image.open(io.BytesIO(data)).convert("RGBA")).astype(int) if data
                else np.zeros((SIDE, SIDE, 4), int))
        left, top = round(centre[0]) + dx * SIDE, round(centre[1]) + dy * SIDE
        rows = slice(max(top, 0), min(top + SIDE, HEIGHT))
        columns = slice(max(left, 0), min(left + SIDE, WIDTH))
        part = picture[rows, columns]
        wanted = tile[rows.start - top:rows.start - top + part.shape[0],
                      columns.start - left:columns.start - left + part.shape[1]]
        wanted = np.where(wanted[..., 3:] > 0, wanted[..., :3], SEA)
        off = np.abs(part - wanted).max(-1)
        total, differ, far = total + off.size, differ + (off > 0).sum(), far + (off > 12).sum()
    return differ / total, far / total


def variables(site):
    for entry in json.loads(get(site + "api/datasets.json"))["datasets"]:
        document = json.loads(get(f"{site}api/datasets/{entry['id']}.json"))
        for variable in document["variables"]:
            if document["grids"][variable["grid"]]["kind"] != "geographic" or "cube" not in document:
                continue
            for tiles in (variable["styles"][0].get("tiles") or []):
                if tiles["tileMatrixSet"] == "WebMercatorQuad" and tiles["maxzoom"] > 0:
                    yield document, variable, tiles


def main():
    site = sys.argv[1].rstrip("/") + "/"
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for document, variable, tiles in variables(site):
            chosen = {one["placeholder"]: one["default"] for one in variable["dimensions"]}
            template = tiles["template"]
            for name, value in chosen.items():
                template = template.replace("{" + name + "}", str(value))
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(f"{site}viewer/index.html?embed#dataset={document['id']}&variable={variable['key']}"
                      + "&zoom=1")
            page.wait_for_function(READY, timeout=60_000)
            page.evaluate("void cubepress.store.set({ basemap: 'none', overlays: [], theme: 'light' })")
            for z in range(max(tiles["minzoom"], 1), tiles["maxzoom"] + 1):
                x, y = near_middle(document["bounds"], z)
                page.evaluate("(view) => void cubepress.map.gl.jumpTo(view)",
                              {"center": list(corner(x, y, z)), "zoom": z - 1})
                page.wait_for_timeout(500)
                page.wait_for_function(READY, timeout=60_000)
                taken = page.evaluate(PICTURE)
                data = base64.b64decode(taken["url"].split(",")[1])
                picture = np.array(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
                differ, far = compare(picture, (taken["x"], taken["y"]), site, template, x, y, z)
                good = differ < 0.05 and far < 0.015
                failed += not good
                print(f"{'ok' if good else 'NOT OK'} {document['id']}/{variable['key']} zoom {z}: "
                      f"{100 * differ:.2f} % differ, {100 * far:.2f} % far")
            page.close()
        browser.close()
    sys.exit(1 if failed else 0)


main()
