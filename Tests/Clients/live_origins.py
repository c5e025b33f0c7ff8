"""The server's API used by pages of another origin: xcube's viewer, MapLibre, and what they must not do."""

import http.server
import os
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from report import Skipped, require
from team_server import PASSWORD
from viewer_browser import DESKTOP, chromium, new_context

ROOT = Path(__file__).resolve().parent.parent.parent

PAGE = """<!doctype html><html lang="en"><title>A page elsewhere</title>
<link rel="stylesheet" href="maplibre-gl.css"><script src="maplibre-gl.js"></script>
<div id="map" style="width: 512px; height: 512px"></div></html>"""
# As the documentation of MapLibre has it, with the token added to what goes to the server.
MAP = """async ([api, token, cube, variable]) => {
  const map = new maplibregl.Map({
    container: "map", center: [2.5, 51.3], zoom: 6, fadeDuration: 0, attributionControl: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
    transformRequest: (url) => url.startsWith(api) ? { url, headers: { Authorization: `Bearer ${token}` } } : { url },
    style: { version: 8, layers: [{ id: "cube", type: "raster", source: "cube" }], sources: { cube: {
      type: "raster", tileSize: 256,
      tiles: [`${api}/tiles/${cube}/${variable}/{z}/{y}/{x}?crs=EPSG:3857&time=2017-01-16T10:09:21Z`] } } } });
  const errors = [];
  map.on("error", (event) => errors.push(event.error?.message ?? "?"));
  await new Promise((resolve) => map.once("idle", resolve));
  const canvas = map.getCanvas();
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let seen = 0;
  for (let i = 3; i < data.length; i += 4) seen += data[i] > 0;
  return { seen, errors };
}"""
# What an answer says, or that the browser keeps it from the page.
ASK = """async ([address, options]) => {
  try {
    const answer = await fetch(address, options);
    return { status: answer.status, text: await answer.text(), fields: Object.fromEntries(answer.headers) };
  } catch (error) { return { status: 0, text: String(error), fields: {} }; }
}"""
PICTURE = """(address) => new Promise((resolve) => {
  const image = new Image();
  image.onload = () => resolve(true);
  image.onerror = () => resolve(false);
  image.src = address;
})"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def pages(folder: Path, port: int):
    """Serves a folder on a port of its own, which makes it another origin."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def page_elsewhere(live, cube: str, variable: str) -> str:
    """A page of an origin that was named draws tiles and reads ranges with a token; without it nothing,
    also while its reader is signed in to the server. Others read nothing at all."""
    folder = live.folder / "elsewhere"
    folder.mkdir()
    for name in ("maplibre-gl.js", "maplibre-gl.css"):
        file = ROOT / "Site/vendor" / name
        if not file.exists():
            raise Skipped(f"{file.name} is not there: Deploy/setup fetches it")
        shutil.copy(file, folder)
    (folder / "index.html").write_text(PAGE)
    token = {"Authorization": f"Bearer {live.token}"}
    chunk = f"{live.api}/s3/datasets/{cube}.zarr/{variable}/0.1.1"
    with chromium() as browser, pages(folder, live.pages) as named, pages(folder, 0) as other:
        page = new_context(browser, viewport=DESKTOP).new_page()
        page.goto(live.server.base + "/sign-in")
        page.fill("[name=name]", "admin")
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(live.server.base + "/")

        def ask(address: str, **options) -> dict:
            return page.evaluate(ASK, [address, options])

        require(page.context.request.get(live.api + "/datasets").status == 200, "the reader is not signed in")
        page.goto(named)
        drawn = page.evaluate(MAP, [live.api, live.token, cube, variable])
        require(not drawn["errors"] and drawn["seen"] > 5000, f"{drawn}")
        if place := os.environ.get("SCREENSHOT_ELSEWHERE"):
            page.screenshot(path=place)
        part = ask(chunk, headers=token | {"Range": "bytes=2-9"})
        require(part["status"] == 206 and len(part["text"]) <= 8, f"{part['status']}: {part['text'][:200]}")
        fields = {name: part["fields"].get(name) for name in ("content-range", "etag", "accept-ranges")}
        require(all(fields.values()) and fields["content-range"].startswith("bytes 2-9/"), f"{fields}")
        same = ask(chunk, headers=token | {"If-None-Match": fields["etag"]}, cache="no-store")
        require(same["status"] == 304, f"with its tag: {same['status']}")
        series = ask(f"{live.api}/timeseries/{cube}/{variable}", method="POST",
                     headers=token | {"Content-Type": "application/json"},
                     body='{"type": "Point", "coordinates": [2.5, 51.5]}')
        require(series["status"] == 200 and '"mean"' in series["text"], f"{series}")
        missing = ask(live.api + "/datasets/none", headers=token)
        require(missing["status"] == 404 and "nothing here" in missing["text"], f"{missing}")
        refused = ask(live.api + "/datasets")
        require(refused["status"] == 401, f"without a token: {refused}")
        # The reader is signed in on the same host, so the browser sends the cookie along.
        cookie = ask(live.api + "/datasets", credentials="include")
        require(cookie["status"] == 0, f"with a cookie: {cookie}")
        tile = f"{live.api}/tiles/{cube}/{variable}/7/27/129?crs=CRS84"
        require(not page.evaluate(PICTURE, tile), "a picture comes by the cookie alone")
        page.goto(other)
        for options in ({}, {"headers": token}, {"credentials": "include"},
                        {"method": "PUT", "headers": token, "body": "{}"}):
            found = ask(live.api + "/datasets", **options)
            require(found["status"] == 0, f"an origin that was not named reads {found}")
        require(not page.evaluate(PICTURE, tile), "a picture comes elsewhere by the cookie")
    return f"{drawn['seen']} pixels by MapLibre; ranges, series, errors"


def viewer_elsewhere(live, viewer: Path, use) -> str:
    """xcube's viewer on another origin, with the files of Deploy/xcube-viewer beside it."""
    if not viewer.is_dir():
        raise Skipped("xcube's viewer is not there: Deploy/setup test fetches it")
    folder = live.folder / "viewer-elsewhere"
    shutil.copytree(viewer, folder)
    for file in (ROOT / "Deploy/xcube-viewer").iterdir():
        shutil.copy(file, folder)
    with chromium() as browser, pages(folder, live.pages) as origin:
        page = new_context(browser, viewport=DESKTOP).new_page()
        page.goto(origin + "/sign-in.html")
        page.get_by_label("Address").fill(live.api + "/")
        page.get_by_label("Token").fill("cpt_wrong")
        page.get_by_role("button", name="Open the viewer").click()
        page.get_by_text("That did not work: the server answers 401").wait_for()
        page.get_by_label("Token").fill(live.token)
        page.get_by_role("button", name="Open the viewer").click()
        page.wait_for_url(origin + "/index.html?**")
        require(not page.context.cookies(live.server.base), "there is a cookie")
        return use(page)
