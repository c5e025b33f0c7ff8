"""A page of the space-time cube: what its faces show, and the values that it has to show."""

import json
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import xarray as xr

from report import require
from viewer_browser import Watched, new_context, picture_of
from viewer_pixels import style_of

PICTURES = Path(__file__).resolve().parent.parent.parent / ".build/viewer-shots"
SCENARIO = "north-america-scenario"
SMALL = {"width": 1000, "height": 700}
# What is drawn, without labels, in the very frame.
PICTURE = """() => {
  const { scene } = cubepress.map;
  scene.render();
  return scene.picture.toDataURL("image/png");
}"""
# Pixels spread over the canvas that show a face: [side's axis, lead, row, column, pixel's column and row]; positions as of
# `Frame`, which has a test of its own.
SAMPLES = """(count) => {
  const { scene, scene: { picture: canvas } } = cubepress.map;
  const ratio = canvas.width / scene.size().width;
  const samples = [];
  for (let i = 0; i < count; i += 1) {
    for (let j = 0; j < count; j += 1) {
      const [x, y] = [Math.floor((i + 0.5) / count * canvas.width), Math.floor((j + 0.5) / count * canvas.height)];
      const found = cubepress.map.at({ x: (x + 0.5) / ratio, y: (y + 0.5) / ratio });
      if (found) samples.push([found.side.axis, ...found.positions, x, y]);
    }
  }
  return samples;
}"""
# Where the canvas is on the page.
PLACE = """(() => {
  const { x, y, width, height } = document.getElementById("map").getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})()"""
OUTLINE = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--soft)";
  const colour = getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number).slice(0, 3);
  probe.remove();
  return colour;
}"""
SHOWN = """() => Object.fromEntries(cubepress.map.sides.map((side) => {
  const { level, cell } = cubepress.map.faces.shown(side);
  return [side.axis, { level, bin: side.axis === 0 ? 1 : cell[1] }];
}))"""

# The share of the window's width that the cube takes, and what of its labels touches the edges of the window.
ACROSS = """() => {
  const { scene } = cubepress.map;
  const [a, b, c] = cubepress.map.box();
  const across = a.flatMap((i) => b.flatMap((j) => c.map((k) => scene.project(scene.frame.place([i, j, k])).x)));
  const canvas = document.querySelector(".cube-labels");
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const edge = (x) => context.getImageData(x, 0, 1, copy.height).data.filter((one) => one > 0).length;
  return [(Math.max(...across) - Math.min(...across)) / innerWidth, edge(0) + edge(canvas.width - 1)];
}"""


class CubePage(Watched):
    """A page of the cube."""

    def __init__(self, page, address: str):
        super().__init__(page, address, "cube/index.html", "window.cubepress?.map?.settled")
        self.requests: list = []
        page.on("request", lambda one: self.requests.append(one.url))

    def _failed(self, request) -> None:
        # What is not wanted any more is given up.
        if "ERR_ABORTED" not in str(request.failure):
            super()._failed(request)

    def picture(self) -> np.ndarray:
        return picture_of(self.page.evaluate(PICTURE), "RGBA")

    def box(self) -> list:
        return self.page.evaluate("cubepress.map.box()")

    def cut(self, box: list) -> None:
        self.page.evaluate("box => cubepress.map.cut(box)", box)
        self.settle()

    def point(self, positions: list) -> tuple:
        """Where on the page positions along the three axes lie."""
        at = self.page.evaluate("p => cubepress.map.scene.project(cubepress.map.scene.frame.place(p))", positions)
        frame = self.page.locator("#map").bounding_box()
        return frame["x"] + at["x"], frame["y"] + at["y"]


@contextmanager
def cube(chromium, address: str, fragment: str | None, size: dict = SMALL, query: str = "", **options):
    context = new_context(chromium, viewport=size, accept_downloads=True, **{"locale": "en-GB", **options})
    try:
        one = CubePage(context.new_page(), address)
        if fragment is not None:
            one.go(fragment, query)
        yield one
    finally:
        context.close()


class Truth:
    """A cube as xarray reads it, at every level, and the colours of its values."""

    def __init__(self, site: Path, name: str, variable: str | None = None, **picked):
        self.document = json.loads((site / f"api/datasets/{name}.json").read_text())
        self.variable = next(one for one in self.document["variables"] if variable in (None, one["key"]))
        self.style = style_of(self.variable["styles"][0])
        self.path, self.picked, self.levels = site / self.document["cube"], picked, {}

    def level(self, level: int) -> np.ndarray:
        if level not in self.levels:
            data = xr.open_zarr(self.path, group=str(level), consolidated=False, decode_times=False)
            self.levels[level] = data[self.variable["key"]].isel(self.picked).values.astype(np.float32)
        return self.levels[level]

    def at(self, cell, level: int = 0) -> float:
        lead, row, column = (int(one) for one in cell)
        return float(self.level(level)[lead, row >> level, column >> level])


def faithful(one: CubePage, truth: Truth, count: int = 110) -> str:
    """Requires that pixels have the colours of the cells that they show, and none where a value is missing.

    Left out are those close to the edge of a cell or of the cube: where they lie is known to within a part of a pixel.
    """
    one.settle()
    picture, shown, box = one.picture(), one.page.evaluate(SHOWN), one.box()
    samples, outline = np.array(one.page.evaluate(SAMPLES, count)), np.array(one.page.evaluate(OUTLINE))
    right, there, total, off, faces = 0, 0, 0, [], set()
    for axis, *positions, x, y in samples:
        axis = int(axis)
        face = shown[str(axis)]
        sizes = [1, 2 ** face["level"], 2 ** face["level"]]
        clear = face["bin"] == 1
        for other in {0, 1, 2} - {axis}:
            start, stop = box[other]
            clear &= 0.02 < (positions[other] - start) / (stop - start) < 0.98
            clear &= abs(positions[other] / sizes[other] % 1 - 0.5) < 0.3
        if not clear:
            continue
        cell = [int(np.ceil(one) - 1) if i == axis and one == box[i][1] else int(one) for i, one in enumerate(positions)]
        wanted = truth.style.draw(np.array([truth.at(cell, face["level"])]))[0].astype(int)
        found = picture[int(y), int(x)]
        # Where nothing is, the outline of what was cut away is seen through the face.
        same = np.abs(found - wanted).max() <= 4 if wanted[3] else found[3] == 0 or np.abs(found[:3] - outline).max() <= 8
        total, there, right = total + 1, there + int(wanted[3] > 0), right + int(same)
        faces.add(axis)
        if not same:
            off.append((axis, cell, found.tolist(), wanted.tolist()))
    note = f"{right} of {total} pixels on {len(faces)} faces, {there} with values, levels {sorted({one['level'] for one in shown.values()})}"
    require(total > 150 and there > 20 and faces, note)
    # A value at the edge of a bin may be of either.
    require(right >= total * 0.985, f"{note}; {off[:3]}")
    return note
