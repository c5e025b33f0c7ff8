"""A Chromium with the viewer of a made site: windows of it, what it shows, what it asks for."""

import base64
import io
import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr
from PIL import Image

from report import Skipped
from viewer_page import DESK
from viewer_series import edges

WAIT = 60_000

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
PICTURE = """async () => {
  const { gl } = cubepress.map;
  for (let i = 0; i < 2; i += 1) {
    await new Promise((done) => { gl.once("render", done); gl.triggerRepaint(); });
  }
  return gl.getCanvas().toDataURL("image/png");
}"""


class Window:
    """A page of the viewer."""

    def __init__(self, viewer, page):
        self.viewer, self.page = viewer, page

    def go(self, fragment: str, query: str = "", wait: bool = True) -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self.viewer.address}viewer/index.html{query}#{fragment}")
        if wait:
            self.settle()

    def settle(self) -> None:
        # What a change sets going begins in the next frames.
        self.page.wait_for_timeout(150)
        self.page.wait_for_function(SETTLED, timeout=WAIT)

    def state(self, key: str):
        return self.page.evaluate("key => cubepress.store.get()[key]", key)

    def set(self, **patch) -> None:
        self.page.evaluate("patch => void cubepress.store.set(patch)", patch)

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

    def picture(self) -> np.ndarray:
        """RGB of the map."""
        data = base64.b64decode(self.page.evaluate(PICTURE).split(",")[1])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)

    def look(self, name: str) -> None:
        """Keeps a picture of the page for people to look at."""
        if self.viewer.pictures:
            self.page.screenshot(path=self.viewer.pictures / f"{name}.png")


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
    def window(self, fragment: str | None = None, size: dict = DESK, query: str = "", **options):
        """A fresh window, with nothing in its cache."""
        context = self.browser.new_context(viewport=size, accept_downloads=True, **{"locale": "en-GB", **options})
        context.set_default_timeout(15_000)
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
