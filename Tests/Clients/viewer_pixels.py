"""What the viewer's shader draws: the colours of the picture tiles, and of the values that xarray reads."""

import numpy as np

from colours import Style
from report import Skipped, require
from viewer_browser import Cells, times_of

SIDE = 256
SEA = np.array([0xE6, 0xED, 0xED])
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


def placed(window, document: dict, variable: dict, style: Style) -> str:
    """Requires that sampled pixels of the map show the colours of the cells they lie in."""
    window.settle()
    picture, drawn = window.picture(), window.page.evaluate(DRAWN)
    samples = window.samples()
    found = picture[samples[:, 1].astype(int), samples[:, 0].astype(int)]
    return alike(window.viewer, document, variable, style, samples[:, 2:], found, **drawn)


def alike(viewer, document: dict, variable: dict, style: Style, places, found, level: int, time: str | None) -> str:
    """Requires that pixels at places (longitude, latitude) have the colours of the cells of a level.

    A few have the colour of the next cell, since MapLibre says where a pixel lies to within a part
    of it, and cells may be smaller than pixels. A value at the edge of a bin may be of either.
    """
    # A whole globe on a map without a time bar covers fewest of them.
    require(len(places) > 150, f"only {len(places)} pixels have a place")
    row, column = Cells(viewer, document, variable).positions(*places.T)
    fraction = lambda x: (x / 2**level) % 1
    clear = (np.abs(fraction(row) - 0.5) < 0.35) & (np.abs(fraction(column) - 0.5) < 0.35)
    row, column = row[clear].astype(int) >> level, column[clear].astype(int) >> level
    found = found[clear]
    array = viewer.array(document, variable, level)
    times = times_of(variable)
    values = (array.isel({array.dims[0]: times.index(time)}) if times else array).values.astype(np.float32)

    def shows(down: int, right: int) -> np.ndarray:
        rows, columns = (np.clip(at, 0, size - 1) for at, size in zip((row + down, column + right), values.shape))
        wanted = style.draw(values[rows, columns]).astype(int)
        return np.abs(found - np.where(wanted[:, 3:] > 0, wanted[:, :3], SEA)).max(-1) <= 4

    exact = shows(0, 0)
    close = np.any([shows(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)
    there = np.isfinite(values[row, column]).sum()
    note = f"level {level}: {exact.sum()} of {len(exact)} pixels, {there} with values"
    require(there > 50 and exact.mean() > 0.985 and close.mean() > 0.985, f"{note}, {close.sum()} within a cell")
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
    with viewer.window(f"dataset={name}&zoom=1", size={"width": 640, "height": 480}, query="?embed") as window:
        bare(window)
        style = style_of(variable["styles"][0])
        for projection in ("mercator", "globe"):
            window.page.evaluate("type => void cubepress.store.set(({ view }) => ({ view: { ...view, projection: type } }))", projection)
            window.settle()
            fitting = np.log2(360 / (20 if polar else max(east - west, 5)))
            for zoom in (2.2 if polar else max(fitting - 0.5, 0.5), fitting + 1.3):
                window.jump(lon, lat, float(zoom))
                window.look(f"place-{name}-{projection}-{zoom:.0f}")
                notes.append(f"{projection} zoom {zoom:.1f} {placed(window, document, variable, style)}")
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
    """Shares of pixels that differ from their own in the four tiles around the middle, and from all pixels around it."""
    height, width = picture.shape[:2]
    laid = np.empty(picture.shape, int)
    for dx, dy in ((-1, -1), (0, -1), (-1, 0), (0, 0)):
        tile = site.tile(template.format(z=z, y=y + dy, x=x + dx))
        tile = np.zeros((SIDE, SIDE, 4), int) if tile is None else tile.astype(int)
        left, top = width // 2 + dx * SIDE, height // 2 + dy * SIDE
        rows, columns = slice(max(top, 0), min(top + SIDE, height)), slice(max(left, 0), min(left + SIDE, width))
        part = tile[rows.start - top:rows.stop - top, columns.start - left:columns.stop - left]
        laid[rows, columns] = np.where(part[..., 3:] > 0, part[..., :3], SEA)
    own = np.abs(picture - laid).max(-1)[1:-1, 1:-1]
    moved = [np.roll(laid, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    around = np.min([np.abs(picture - one).max(-1) for one in moved], axis=0)[1:-1, 1:-1]
    return (own > 0).mean(), (around > 2).mean()


def tiles(viewer, site, document: dict, variable: dict) -> str:
    """The map laid with a corner of tiles in its middle shows their colours.

    Where an edge of cells runs through the middle of a pixel, either side is right, and at some
    zooms that is so in every tenth row: up to 15 of 100 pixels may differ from their own in the
    tile. Most of these have the colour of one beside it; where cells are smaller than pixels, not all.
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
            notes.append(f"zoom {z}: {100 * differ:.2f} and {100 * far:.2f} % differ")
            require(differ < 0.15 and far < 0.06, notes[-1])
    return "; ".join(notes)


def pixel_checks(report, viewer, site) -> None:
    for name, document in viewer.documents.items():
        report.check(f"viewer projections {name}", projections, viewer, name)
        for variable in document["variables"]:
            report.check(f"viewer tiles {name}/{variable['key']}", tiles, viewer, site, document, variable)
