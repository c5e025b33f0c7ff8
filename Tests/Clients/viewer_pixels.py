"""What the viewer's shader draws: the colours of the picture tiles, and of the values that xarray reads."""

import numpy as np

from colours import Style
from report import Skipped, require
from viewer_browser import Cells, times_of

SIDE = 256
# On the globe some rows are drawn half a pixel off, why is not known yet.
LEAST_EXACT = {"mercator": 0.985, "globe": 0.7}
SEA = np.array([0xE6, 0xED, 0xED])
# Places of pixels spread over the map, those beside the globe left out.
SAMPLES = """() => {
  const { gl } = cubepress.map;
  const { clientWidth: width, clientHeight: height } = gl.getCanvas();
  const list = [];
  for (let row = 0; row < 45; row += 1) {
    for (let column = 0; column < 61; column += 1) {
      const [x, y] = [Math.floor(width * (column + 0.5) / 61), Math.floor(height * (row + 0.5) / 45)];
      const { lng, lat } = gl.unproject([x + 0.5, y + 0.5]);
      if (!Number.isFinite(lng + lat)) continue;
      const back = gl.project([lng, lat]);
      if (Math.hypot(back.x - x - 0.5, back.y - y - 0.5) < 0.05) list.push([x, y, lng, lat]);
    }
  }
  return list;
}"""
DRAWN = "() => { const one = cubepress.map.layerAt(cubepress.store.get().active); return { level: one.level, time: one.slice.time }; }"


def style_of(entry: dict, **changes) -> Style:
    """A published style, with changes, as the oracle knows it."""
    known = {
        "id": entry["id"], "colours": entry["colours"], "scale": entry["scale"], "range": tuple(entry["range"]),
        "below": entry.get("below"), "above": entry.get("above"), "missing": entry.get("missing") or "#00000000",
    }
    return Style(**{**known, **changes})


def bare(window) -> None:
    """Nothing but values on the map, drawn cell by cell."""
    window.set(basemap="none", overlays=[], theme="light", panel=None)
    window.layer(interpolation="nearest")


def placed(window, document: dict, variable: dict, style: Style, least: float) -> str:
    """Requires that sampled pixels show the colours of the cells they lie in.

    A few show the colour of the next cell, since MapLibre says where a pixel lies to within a part
    of it, and cells may be smaller than pixels.
    """
    viewer = window.viewer
    window.settle()
    picture, drawn = window.picture(), window.page.evaluate(DRAWN)
    samples = np.array(window.page.evaluate(SAMPLES))
    require(len(samples) > 200, f"only {len(samples)} pixels of the map have a place")
    level = drawn["level"]
    row, column = Cells(viewer, document, variable).positions(samples[:, 2], samples[:, 3])
    fraction = lambda x: (x / 2**level) % 1
    clear = (np.abs(fraction(row) - 0.5) < 0.35) & (np.abs(fraction(column) - 0.5) < 0.35)
    row, column = row[clear].astype(int) >> level, column[clear].astype(int) >> level
    found = picture[samples[clear, 1].astype(int), samples[clear, 0].astype(int)]
    array = viewer.array(document, variable, level)
    times = times_of(variable)
    values = (array.isel({array.dims[0]: times.index(drawn["time"])}) if times else array).values.astype(np.float32)

    def shows(down: int, right: int) -> np.ndarray:
        rows, columns = (np.clip(at, 0, size - 1) for at, size in zip((row + down, column + right), values.shape))
        wanted = style.draw(values[rows, columns]).astype(int)
        return np.abs(found - np.where(wanted[:, 3:] > 0, wanted[:, :3], SEA)).max(-1) <= 2

    exact = shows(0, 0)
    close = np.any([shows(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)
    there = np.isfinite(values[row, column]).sum()
    note = f"level {level}: {exact.sum()} of {len(exact)} pixels, {there} with values"
    require(there > 50 and exact.mean() > least and close.mean() > 0.985, f"{note}, {close.sum()} within a cell")
    return note


def projections(viewer, name: str) -> str:
    """Pixels lie where they should, on the flat map and on the globe, at several zooms."""
    document = viewer.document(name)
    variable = document["variables"][0]
    west, south, east, north = document["bounds"]
    polar = south < -85 and north < 30
    lon, lat = (20.0, -74.0) if polar else ((west + east) / 2, (south + north) / 2)
    notes = []
    # Embedded, since the names of published places would cover pixels.
    with viewer.window(f"dataset={name}&zoom=1", size={"width": 800, "height": 600}, query="?embed") as window:
        bare(window)
        style = style_of(variable["styles"][0])
        for projection in ("mercator", "globe"):
            window.page.evaluate("type => void cubepress.store.set(({ view }) => ({ view: { ...view, projection: type } }))", projection)
            window.settle()
            fitting = np.log2(360 / (20 if polar else max(east - west, 5)))
            for zoom in (2.2 if polar else max(fitting - 0.5, 0.5), fitting + 1.3):
                window.jump(lon, lat, float(zoom))
                window.look(f"place-{name}-{projection}-{zoom:.0f}")
                notes.append(f"{projection} zoom {zoom:.1f} {placed(window, document, variable, style, LEAST_EXACT[projection])}")
    return "; ".join(notes)


def near_middle(bounds: list, z: int) -> tuple:
    """The tile corner nearest to the middle of the bounds, as x, y."""
    west, south, east, north = bounds
    lon = (west + (east if east > west else east + 360)) / 2
    lat = np.radians(max(min((south + north) / 2, 70), -70))
    x = (lon + 180) / 360 * 2**z
    y = (1 - np.arcsinh(np.tan(lat)) / np.pi) / 2 * 2**z
    return min(max(round(x), 1), 2**z - 1), min(max(round(y), 1), 2**z - 1)


def differences(picture, site, template: str, x: int, y: int, z: int) -> tuple:
    """Shares of pixels that differ at all from the four tiles around the middle, and by more than 12."""
    height, width = picture.shape[:2]
    total = differ = far = 0
    for dx, dy in ((-1, -1), (0, -1), (-1, 0), (0, 0)):
        tile = site.tile(template.format(z=z, y=y + dy, x=x + dx))
        tile = np.zeros((SIDE, SIDE, 4), int) if tile is None else tile.astype(int)
        left, top = width // 2 + dx * SIDE, height // 2 + dy * SIDE
        rows, columns = slice(max(top, 0), min(top + SIDE, height)), slice(max(left, 0), min(left + SIDE, width))
        part = picture[rows, columns]
        wanted = tile[rows.start - top:rows.stop - top, columns.start - left:columns.stop - left]
        off = np.abs(part - np.where(wanted[..., 3:] > 0, wanted[..., :3], SEA)).max(-1)
        total, differ, far = total + off.size, differ + (off > 0).sum(), far + (off > 12).sum()
    return differ / total, far / total


def tiles(viewer, site, document: dict, variable: dict) -> str:
    """The map laid with a corner of tiles in its middle shows their colours.

    Positions in the shader are single precision, so a few pixels at the edges of bins and cells may
    fall on the other side, most where edges of cells and middles of pixels coincide: at least 92 of
    100 are equal, fewer than 1.5 of 100 far off.
    """
    style = variable["styles"][0]
    wanted = [one for one in style["tiles"] if one["tileMatrixSet"] == "WebMercatorQuad" and one["maxzoom"] > 0]
    if not wanted or document["grids"][variable["grid"]]["kind"] != "geographic":
        raise Skipped("no tiles whose level is that of the map everywhere; the colours of its cells are checked")
    template = wanted[0]["template"]
    for one in variable["dimensions"]:
        template = template.replace("{" + one["placeholder"] + "}", str(one["default"]))
    notes = []
    fragment = f"dataset={document['id']}&variable={variable['key']}&zoom=1"
    with viewer.window(fragment, size={"width": 512, "height": 500}, query="?embed") as window:
        window.set(basemap="none", overlays=[], theme="light")
        for z in range(max(wanted[0]["minzoom"], 1), wanted[0]["maxzoom"] + 1):
            x, y = near_middle(document["bounds"], z)
            side = 2**z
            window.jump(x / side * 360 - 180, float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / side))))), z - 1)
            differ, far = differences(window.picture(), site, template, x, y, z)
            notes.append(f"zoom {z}: {100 * differ:.2f} % differ")
            require(differ < 0.08 and far < 0.015, f"{notes[-1]}, {100 * far:.2f} % far")
    return "; ".join(notes)


def pixel_checks(report, viewer, site) -> None:
    for name, document in viewer.documents.items():
        report.check(f"viewer projections {name}", projections, viewer, name)
        for variable in document["variables"]:
            report.check(f"viewer tiles {name}/{variable['key']}", tiles, viewer, site, document, variable)
