"""A Chromium with the viewer of a made site: windows of it, what it shows, what it asks for."""

import base64
import io
import json
import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
from PIL import Image

from patience import PATIENCE, eventually
from report import Skipped, require

BROWSER = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
DESKTOP = {"width": 1400, "height": 900}
# Software draws slowly: where size does not matter, no larger than it takes to see something.
SMALL = {"width": 900, "height": 620}
PHONE = {"width": 390, "height": 844}

# Everything that is asked for is drawn, at its own level.
SETTLED = """() => {
  const app = window.cubepress;
  if (!app?.map?.gl?.loaded()) return false;
  const { layers } = app.store.get();
  const values = layers.filter((one) => one.visible && one.kind !== "xyz");
  return app.map.drawing.windows.waiting === 0 && values.every((one) => {
    const drawn = app.map.layerAt(one.id);
    return app.map.drawing.failure(one) || drawn?.complete && drawn.slice.key === drawn.wanted.key;
  });
}"""
# What a change sets going begins in the next frames.
FRAMES = """async () => { for (let i = 0; i < 3; i += 1) await new Promise(requestAnimationFrame); }"""
# A panel whose module has come and that shows more than that it is being loaded.
OPEN = """([host, name]) => {
  const one = document.querySelector(host);
  const body = one.querySelector(".panel-body");
  return !one.hidden && one.dataset.panel === name && body?.children.length && body.innerText !== cubepress.t("loading");
}"""
# Nothing is read ahead while time stands still.
THRIFTY = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
# Pixels spread over the map with their places, those beside the globe left out.
SAMPLES = """() => {
  const { gl } = cubepress.map;
  const { clientWidth: width, clientHeight: height } = gl.getCanvas();
  const list = [];
  for (let row = 0; row < 37; row += 1) {
    for (let column = 0; column < 47; column += 1) {
      const [x, y] = [Math.floor(width * (column + 0.5) / 47), Math.floor(height * (row + 0.5) / 37)];
      const { lng, lat } = gl.unproject([x + 0.5, y + 0.5]);
      if (!Number.isFinite(lng + lat)) continue;
      const back = gl.project([lng, lat]);
      if (Math.hypot(back.x - x - 0.5, back.y - y - 0.5) < 0.05) list.push([x, y, lng, lat]);
    }
  }
  return list;
}"""
PICTURE = """async () => {
  const { gl } = cubepress.map;
  for (let i = 0; i < 2; i += 1) {
    await new Promise((done) => { gl.once("render", done); gl.triggerRepaint(); });
  }
  return gl.getCanvas().toDataURL("image/png");
}"""
# What the address says; of the pages by the module that reads it.
ADDRESS = """async () => {
  const modules = { "viewer.js": "address.js", "globe.js": "state.js", "cube.js": "state.js" };
  const [script, module] = Object.entries(modules)
    .map(([entry, one]) => [[...document.scripts].find(({ src }) => src.endsWith(`/${entry}`)), one]).find(([one]) => one);
  return (await import(new URL(module, script.src))).decode(location.hash);
}"""


def eventually_on(page, condition, pause: float = 0.2):
    """As `eventually`; what the page asks of its checks meanwhile is answered."""
    return eventually(condition, pause, lambda seconds: page.wait_for_timeout(1000 * seconds))


def picture_of(address: str, bands: str = "RGB") -> np.ndarray:
    """The pixels of a picture in a `data:` address."""
    data = base64.b64decode(address.split(",")[1])
    return np.asarray(Image.open(io.BytesIO(data)).convert(bands)).astype(int)


def saved_state(page, ready) -> dict:
    """What the address of a page says, once `ready(state)` holds: it follows when things have come to rest."""
    told = eventually_on(page, lambda: (now := page.evaluate(ADDRESS)) and ready(now) and now)
    require(told, f"the address stays {page.url}")
    return told


def edges(axis) -> np.ndarray:
    """Edges of the cells of an axis of a grid, written out or as start, step and count."""
    if isinstance(axis, dict):
        return axis["start"] + axis["step"] * np.arange(axis["count"])
    return np.asarray(axis)


def axe_faults(page) -> list:
    """The serious faults that axe finds on a page as it is, in words."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError as error:
        raise Skipped("axe is not installed: Deploy/setup test") from error
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    blocking = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']} {one['nodes'][0]['html'][:120]}" for one in blocking]


def feature(name: str, geometry: dict) -> dict:
    return {"type": "Feature", "properties": {"id": name, "title": name, "colour": "#0072b2"}, "geometry": geometry}


def compare(found, wanted, what: str) -> None:
    scale = np.nanmax(np.abs(wanted)) if np.isfinite(wanted).any() else 1
    fine = np.allclose(found, wanted, rtol=2e-6, atol=2e-7 * scale, equal_nan=True)
    worst = np.nanmax(np.abs(np.asarray(found) - wanted)) if not fine else 0
    require(fine, f"{what}: off by up to {worst}: {found[:4]} is not {np.asarray(wanted)[:4]}")


class Window:
    """A page of the viewer."""

    def __init__(self, viewer, page):
        self.viewer, self.page = viewer, page
        self.requests = []
        page.on("request", lambda one: self.requests.append(f"{one.url} {one.headers.get('range', '')}"))

    def go(self, fragment: str, query: str = "", wait: bool = True) -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self.viewer.address}viewer/index.html{query}#{fragment}")
        if wait:
            self.settle()

    def settle(self) -> None:
        """Waits until everything that is asked for is drawn."""
        self.until(SETTLED)
        self.page.evaluate(FRAMES)
        self.until(SETTLED)

    def until(self, condition: str, argument=None) -> None:
        """Waits until an expression or a function of the page holds."""
        self.page.wait_for_function(condition, arg=argument)

    def becomes(self, key: str, value) -> None:
        """Waits until the state has a value."""
        self.until("([key, value]) => JSON.stringify(cubepress.store.get()[key]) === JSON.stringify(value)", [key, value])

    def says(self, selector: str, words: str) -> str:
        """Waits until an element holds some words; gives all of its text."""
        self.until("([selector, words]) => document.querySelector(selector)?.innerText.includes(words)", [selector, words])
        return self.page.locator(selector).first.inner_text()

    def state(self, key: str):
        return self.page.evaluate("key => cubepress.store.get()[key]", key)

    def set(self, **patch) -> None:
        self.page.evaluate("patch => void cubepress.store.set(patch)", patch)

    def show(self, dataset: str) -> None:
        """Shows the first variable of a dataset in place of what is shown, as the panel of datasets does."""
        self.page.evaluate("""async (dataset) => {
          const script = [...document.scripts].find((one) => one.src.endsWith("/viewer.js"));
          const { showVariable } = await import(new URL("panels/datasets.js", script.src));
          await showVariable(cubepress, dataset);
        }""", dataset)

    def layer(self, **patch):
        """Changes the active layer; gives what it is then."""
        return self.page.evaluate("""patch => {
          const { store } = cubepress;
          const { active } = store.get();
          store.set(({ layers }) => ({ layers: layers.map((one) => (one.id === active ? { ...one, ...patch } : one)) }));
          return store.get().layers.find((one) => one.id === active);
        }""", patch)

    def jump(self, lon: float, lat: float, zoom: float, **more) -> None:
        self.page.evaluate("view => void cubepress.map.gl.jumpTo(view)", {"center": [lon, lat], "zoom": zoom, **more})
        self.settle()

    def panel(self, name: str):
        """Opens a panel and gives its place on the page."""
        self.until("Boolean(window.cubepress?.openPanel)")
        self.page.evaluate("panel => cubepress.openPanel(panel)", name)
        host = "#below" if name in ("series", "transect") else "#side"
        self.until(OPEN, [host, name])
        return self.page.locator(host)

    def picture(self) -> np.ndarray:
        """RGB of the map."""
        return picture_of(self.page.evaluate(PICTURE))

    def samples(self) -> np.ndarray:
        """Pixels spread over the map: column, row, longitude and latitude of the middle of each."""
        return np.array(self.page.evaluate(SAMPLES)).reshape(-1, 4)

    def eventually(self, condition, pause: float):
        return eventually_on(self.page, condition, pause)

    def picture_when(self, holds) -> np.ndarray:
        """The first picture of the map that a condition holds for, else the last one that was waited for."""
        pictures = []

        def found() -> bool:
            pictures[:] = [self.picture()]
            return holds(pictures[0])

        self.eventually(found, 0.5)
        return pictures[0]

    def project(self, lon: float, lat: float) -> tuple:
        """Where on the page a place lies, in pixels."""
        (x, y), box = self.pixels([[lon, lat]])[0], self.page.locator("#map").bounding_box()
        return box["x"] + x, box["y"] + y

    def places(self, pixels) -> np.ndarray:
        """Longitude and latitude at pixels of the map."""
        return np.array(self.page.evaluate(
            "pixels => pixels.map((pixel) => { const { lng, lat } = cubepress.map.gl.unproject(pixel); return [lng, lat]; })",
            np.asarray(pixels, float).tolist()))

    def pixels(self, places) -> np.ndarray:
        """Where on the map places (longitude, latitude) lie, in pixels."""
        return np.array(self.page.evaluate(
            "places => places.map((place) => { const { x, y } = cubepress.map.gl.project(place); return [x, y]; })",
            np.asarray(places, float).tolist()))

    def notices(self) -> str:
        return self.page.locator("#notices").inner_text()

    def saved_state(self, ready) -> dict:
        """What the address says, once `ready(state)` holds."""
        return saved_state(self.page, ready)

    def look(self, name: str) -> None:
        """Keeps a picture of the page for people to look at."""
        if self.viewer.pictures:
            self.page.screenshot(path=self.viewer.pictures / f"{name}.png")


class Watched:
    """A page that keeps its state as the viewer does, and what went wrong in it."""

    def __init__(self, page, address: str, path: str, settled: str):
        self.page, self.address = page, f"{address.rstrip('/')}/{path}"
        self.settled = settled
        self.troubles: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _said(self, message) -> None:
        # The browser tells so of software drawing when a canvas is read.
        if message.type in ("error", "warning") and "GPU stall" not in message.text:
            self.troubles.append(message.text)

    def _failed(self, request) -> None:
        self.troubles.append(f"{request.url}: {request.failure}")

    def _answered(self, response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.url}: {response.status}")

    def go(self, fragment: str, query: str = "") -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}{query}{fragment}")
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(self.settled)

    def set(self, patch: str) -> None:
        """Changes the state by a patch in JavaScript."""
        self.page.evaluate(f"void cubepress.store.set((state) => ({patch}))")
        self.settle()

    def state(self, key: str):
        return self.page.evaluate("key => cubepress.store.get()[key]", key)

    def panel(self, name: str) -> None:
        """Opens a panel at the side."""
        self.page.evaluate("name => cubepress.openPanel(name)", name)
        self.page.wait_for_function(OPEN, arg=["#side", name])

    def accessible(self, panels: list, pictures: Path, prefix: str) -> None:
        """Requires that axe finds nothing serious in any panel; keeps pictures of them."""
        faults = []
        for name in panels:
            self.panel(name)
            self.page.screenshot(path=pictures / f"{prefix}-{name}.png")
            faults += [f"{name}: {one}" for one in axe_faults(self.page)]
        require(not faults, "; ".join(faults[:6]))

    def eventually(self, condition, pause: float = 0.2):
        return eventually_on(self.page, condition, pause)


def new_context(browser, **options):
    """A context of a browser, as a new profile, that waits as patiently as all checks do."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE)
    return context


@contextmanager
def chromium():
    """A Chromium without a window that draws WebGL in software (CHROMIUM, else /usr/bin/chromium)."""
    from playwright.sync_api import sync_playwright

    if not Path(BROWSER).exists():
        raise Skipped(f"{BROWSER} is missing: run Deploy/setup test, or name another in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Viewer:
    """The viewer of a site that is served at an address."""

    def __init__(self, browser, site: Path, address: str, pictures: Path | None):
        self.browser, self.site, self.pictures = browser, site, pictures
        self.address = address.rstrip("/") + "/"
        self.documents = {
            path.stem: json.loads(path.read_text()) for path in sorted((site / "api/datasets").glob("*.json"))
        }

    def document(self, name: str) -> dict:
        if name not in self.documents:
            raise Skipped(f"the site has no dataset {name}")
        return self.documents[name]

    @contextmanager
    def window(self, fragment: str | None = None, size: dict = DESKTOP, query: str = "", **options):
        """A window of a new profile, with nothing in its cache."""
        context = new_context(
            self.browser, viewport=size, accept_downloads=True,
            **{"locale": "en-GB", "reduced_motion": "reduce", **options})
        context.add_init_script(THRIFTY)
        try:
            window = Window(self, context.new_page())
            if fragment is not None:
                window.go(fragment, query)
            yield window
        finally:
            context.close()

    def array(self, document: dict, variable: dict, level: int, store: str = "cube") -> xr.DataArray:
        """A variable as xarray reads it, at the first place of dimensions that are not time."""
        data = xr.open_zarr(self.site / document[store], group=str(level), consolidated=False, decode_times=False)
        array = data[variable["key"]]
        return array.isel({one["name"]: 0 for one in variable["dimensions"]
                           if not one["isTime"] and one["name"] in array.dims})


def times_of(variable: dict) -> list:
    return next((one["values"] for one in variable["dimensions"] if one["isTime"]), [])


class Cells:
    """Which cell of a grid lies around a place: by the edges of its axes, or by the projection."""

    def __init__(self, viewer: Viewer, document: dict, variable: dict):
        grid = document["grids"][variable["grid"]]
        self.shape = grid["rows"], grid["columns"]
        self.project = None
        if grid["kind"] == "geographic":
            self.rows, self.columns = edges(grid["rowEdges"]), edges(grid["columnEdges"])
        else:
            import pyproj
            if not document["crs"]["id"]:
                raise Skipped("the grid has no reference system with a code")
            self.project = pyproj.Transformer.from_crs("EPSG:4326", document["crs"]["id"], always_xy=True).transform
            array = viewer.array(document, variable, 0)
            self.rows, self.columns = (self._around(array[name].values) for name in array.dims[-2:])

    @staticmethod
    def _around(middles: np.ndarray) -> np.ndarray:
        half = (middles[1] - middles[0]) / 2
        return np.append(middles - half, middles[-1] + half)

    def positions(self, lon, lat) -> tuple:
        """Rows and columns with fractions, NaN outside."""
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        if self.project:
            x, y = self.project(lon, lat)
        else:
            x, y = min(self.columns[0], self.columns[-1]) + (lon - min(self.columns[0], self.columns[-1])) % 360, lat

        def along(axis, at):
            order = slice(None) if axis[0] < axis[-1] else slice(None, None, -1)
            return np.interp(at, axis[order], np.arange(len(axis))[order], left=np.nan, right=np.nan)

        return along(self.rows, np.asarray(y)), along(self.columns, np.asarray(x))

    def cell(self, lon: float, lat: float) -> tuple:
        row, column = self.positions([lon], [lat])
        return int(row[0]), int(column[0])

    def middle(self, row: int, column: int) -> list:
        """Longitude and latitude of the middle of a cell."""
        x = (self.columns[column] + self.columns[column + 1]) / 2
        y = (self.rows[row] + self.rows[row + 1]) / 2
        if self.project is None:
            return [float(x), float(y)]
        import pyproj
        lon, lat = self.project.__self__.transform(x, y, direction=pyproj.enums.TransformDirection.INVERSE)
        return [float(lon), float(lat)]
