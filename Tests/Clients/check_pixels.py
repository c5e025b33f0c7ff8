"""Pixel truth: are the right values in the right places, in every tile matrix set?

Tiles at the finest zoom show cells of the source, so each pixel can be foretold from what xarray
reads and PROJ projects. Coarser tiles show means; they are compared with GDAL's averages.
"""

import numpy as np
import rasterio.warp
from rasterio.crs import CRS
from rasterio.transform import Affine

from matrices import MATRIX_SETS, TILE
from recipe import ShownVariable
from report import Failure, require
from site_folder import Site

# A pixel may be off by this much of its own size, because PROJ is interpolated between exact points.
PLACE_TOLERANCE = 0.06
TILES_PER_CHECK = 24


def style_checks(report, site: Site, shown: list) -> None:
    for variable in shown:
        for style in variable.styles:
            for matrix_set in variable.matrix_sets:
                name = f"pixels {variable.dataset}/{variable.variable}/{style.id}/{matrix_set}"
                report.check(name, finest_zoom, site, variable, style, matrix_set)
                report.check(f"{name} shift", no_shift, site, variable, style, matrix_set)
                report.check(f"{name} means", coarser_zooms, site, variable, style, matrix_set)
                report.check(f"{name} limits", limits, site, variable, style, matrix_set)
        for matrix_set in variable.matrix_sets:
            name = f"{variable.dataset}/{variable.variable}/{matrix_set}"
            report.check(f"edges {name}", tile_edges, site, variable, matrix_set)
        if variable.field(0).is_periodic:
            name = f"{variable.dataset}/{variable.variable}"
            report.check(f"antimeridian {name}", antimeridian, site, variable)
            report.check(f"poles {name}", poles, site, variable)


def chosen(tiles: list, count: int = TILES_PER_CHECK) -> list:
    """Some of many tiles, spread evenly."""
    if len(tiles) <= count:
        return tiles
    return [tiles[round(i * (len(tiles) - 1) / (count - 1))] for i in range(count)]


def zoom_and_tiles(site: Site, shown: ShownVariable, style, matrix_set: str, back: int = 0):
    """A zoom counted from the finest, and the tiles (x, y) within its limits."""
    layer = site.layer(shown.dataset, shown.variable)
    require(matrix_set in layer.limits, f"the layer does not link {matrix_set}")
    zooms = sorted(layer.limits[matrix_set])
    require(zooms, f"{matrix_set} has no tile matrix limits")
    z = zooms[-1] - back
    if z not in layer.limits[matrix_set]:
        return layer, None, []
    first_row, last_row, first_column, last_column = layer.limits[matrix_set][z]
    tiles = [
        (x, y)
        for y in range(first_row, last_row + 1)
        for x in range(first_column, last_column + 1)
    ]
    return layer, z, tiles


def times(layer) -> list:
    """(index, value) of the first and the last time step; one (None, None) without time."""
    if not layer.time:
        return [(None, {})]
    return [(i, {layer.time: layer.times[i]}) for i in sorted({0, len(layer.times) - 1})]


def bins_off(field, style, matrix_set, z, x, y, picture) -> np.ndarray:
    """Bins between each pixel and the value at its place, or at places within the tolerance."""
    columns, rows = field.tile_indices(matrix_set, z, x, y)
    off = style.bins_off(picture, field.sample(columns, rows, style.interpolation))
    wrong = off > 0
    if wrong.any():
        with np.errstate(invalid="ignore"):
            pitch_x = np.nanmedian(np.abs(np.diff(columns, axis=1))) * PLACE_TOLERANCE
            pitch_y = np.nanmedian(np.abs(np.diff(rows, axis=0))) * PLACE_TOLERANCE
            if not field.is_geographic or matrix_set.id.startswith("UPS"):
                # Turned against each other: either axis of the tile may move either index.
                turned = np.nanmedian(np.abs(np.diff(columns, axis=0))) * PLACE_TOLERANCE
                pitch_x = max(pitch_x, turned)
                turned = np.nanmedian(np.abs(np.diff(rows, axis=1))) * PLACE_TOLERANCE
                pitch_y = max(pitch_y, turned)
        for dx in (-pitch_x, 0, pitch_x):
            for dy in (-pitch_y, 0, pitch_y):
                moved = field.sample(columns[wrong] + dx, rows[wrong] + dy, style.interpolation)
                other = style.bins_off(picture[wrong], moved)
                off[wrong] = np.minimum(off[wrong], other)
    return off


def finest_zoom(site: Site, shown: ShownVariable, style, matrix_set: str) -> str:
    """At the finest zoom every pixel has the colour of the source's value at its place."""
    layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set)
    expected_zoom = shown.field(0).finest_zoom(MATRIX_SETS[matrix_set])
    if shown.max_zoom is None:
        require(abs(z - expected_zoom) <= 1, f"finest zoom {z}, the source's is {expected_zoom}")
    pixels = exact = close = seen = 0
    worst = (1.0, "")
    for time, dimensions in times(layer):
        field = shown.field(time)
        for x, y in chosen(tiles):
            picture = site.tile(layer.key(style.id, matrix_set, z, x, y, **dimensions))
            seen += picture is not None
            if picture is None:
                picture = np.zeros((TILE, TILE, 4), dtype=np.uint8)
            require(picture.shape == (TILE, TILE, 4), f"tile {z}/{y}/{x} is {picture.shape}")
            off = bins_off(field, style, MATRIX_SETS[matrix_set], z, x, y, picture)
            pixels += off.size
            exact += int((off == 0).sum())
            close += int((off <= 1).sum())
            worst = min(worst, ((off <= 1).mean(), f"{z}/{y}/{x} {' '.join(dimensions.values())}"))
    require(seen, f"none of {len(tiles)} tiles within the limits of zoom {z} exists")
    note = f"zoom {z}, {seen} tiles, exact {exact / pixels:.2%}, within one colour {close / pixels:.3%}"
    require(close / pixels >= 0.999, f"{note}; worst tile {worst[1]}: {worst[0]:.2%}")
    require(exact / pixels >= 0.97, note)
    return note


def no_shift(site: Site, shown: ShownVariable, style, matrix_set: str) -> str:
    """Moving the source by parts of a pixel in any direction never explains the tiles better."""
    layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set)
    time, dimensions = times(layer)[-1]
    field = shown.field(time)
    errors = {}
    pictures = [
        (x, y, picture)
        for x, y in tiles
        if (picture := site.tile(layer.key(style.id, matrix_set, z, x, y, **dimensions))) is not None
    ]
    require(pictures, f"no tiles at zoom {z}")
    shifts = [(0, 0)] + [(a, b) for a in (-0.5, -0.25, 0, 0.25, 0.5) for b in (-0.5, -0.25, 0, 0.25, 0.5)]
    for x, y, picture in chosen(pictures, 4):
        columns, rows = field.tile_indices(MATRIX_SETS[matrix_set], z, x, y)
        with np.errstate(invalid="ignore"):
            # Half of a pixel, in cells of the grid; a half cell is more.
            pitch_x = np.nanmedian(np.hypot(np.diff(columns, axis=1)[:-1], np.diff(columns, axis=0)[:, :-1]))
            pitch_y = np.nanmedian(np.hypot(np.diff(rows, axis=1)[:-1], np.diff(rows, axis=0)[:, :-1]))
        for dx, dy in shifts:
            moved = field.sample(columns + dx * pitch_x, rows + dy * pitch_y, style.interpolation)
            off = np.minimum(style.bins_off(picture, moved), 40)
            errors[dx, dy] = errors.get((dx, dy), 0) + float(off.mean())
    best = min(errors, key=errors.get)
    note = f"mean error {errors[0, 0] / min(4, len(pictures)):.3f} colours unmoved"
    require(
        errors[best] >= errors[0, 0] - 1e-9,
        f"{note}; moving the source by {best} pixels explains it better: {errors[best]:.3f} in all",
    )
    return note


def coarser_zooms(site: Site, shown: ShownVariable, style, matrix_set: str) -> str:
    """One and two zooms up, pixels are means of what they cover: compared with GDAL's averages."""
    results = []
    for back in (1, 2):
        layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set, back)
        if z is None:
            continue
        time, dimensions = times(layer)[0]
        field = shown.field(time)
        offs = []
        for x, y in chosen(tiles, 6):
            picture = site.tile(layer.key(style.id, matrix_set, z, x, y, **dimensions))
            if picture is None:
                continue
            means = warped(field, MATRIX_SETS[matrix_set], z, x, y, "average")
            shown_bins, wanted = style.bins_of_picture(picture), style.bins(means)
            both = (shown_bins >= 0) & (wanted >= -1)
            offs.append((shown_bins - np.clip(wanted, 0, 252))[both])
        if not offs or not sum(map(len, offs)):
            continue
        off = np.concatenate(offs)
        bias, median = float(off.mean()), float(np.median(np.abs(off)))
        results.append(f"zoom {z}: bias {bias:+.2f}, median off {median:.0f} of 253 colours")
        # Means of cells of a pyramid are not centred on the pixels; noise averages out, bias stays.
        require(abs(bias) <= 3 and median <= 8, results[-1])
    return "; ".join(results) or "no coarser zooms"


def warped(field, matrix_set, z: int, x: int, y: int, method: str) -> np.ndarray:
    """A field brought into a tile by GDAL's warper."""
    left, _, _, top = matrix_set.bounds(z, x, y)
    cell = matrix_set.cell_size(z)
    values = field.values
    source = Affine(
        field.step_x, 0, field.first_x - field.step_x / 2,
        0, field.step_y, field.first_y - field.step_y / 2,
    )  # fmt: skip
    if field.is_periodic and field.first_x > -90:
        # GDAL does not wrap: give it a second turn to the west.
        values = np.concatenate([values, values], axis=1)
        source = source @ Affine.translation(-field.values.shape[1], 0)
    out = np.full((TILE, TILE), np.nan, dtype=np.float32)
    rasterio.warp.reproject(
        values,
        out,
        src_transform=source,
        src_crs=CRS.from_user_input(field.crs),
        dst_transform=Affine(cell, 0, left, 0, -cell, top),
        dst_crs=CRS.from_user_input(matrix_set.crs),
        src_nodata=np.nan,
        dst_nodata=np.nan,
        resampling=rasterio.warp.Resampling[method],
    )
    return out


def limits(site: Site, shown: ShownVariable, style, matrix_set: str) -> str:
    """Each side of the limits has a tile; no tile lies outside; what holds values has a tile."""
    layer = site.layer(shown.dataset, shown.variable)
    count = 0
    for z, (first_row, last_row, first_column, last_column) in layer.limits[matrix_set].items():
        found = set()
        for dimensions in [{layer.time: value} for value in layer.times] or [{}]:
            sample = layer.key(style.id, matrix_set, z, 0, 0, **dimensions)
            folder = (site.folder / sample).parent.parent
            found |= {(int(p.stem), int(p.parent.name)) for p in folder.glob("*/*.*")}
        count += len(found)
        require(found, f"zoom {z} is in the limits but has no tile")
        xs, ys = [x for x, _ in found], [y for _, y in found]
        actual = (min(ys), max(ys), min(xs), max(xs))
        stated = (first_row, last_row, first_column, last_column)
        inside = actual[0] >= stated[0] and actual[1] <= stated[1]
        inside = inside and actual[2] >= stated[2] and actual[3] <= stated[3]
        require(inside, f"zoom {z}: limits {stated}, but tiles {actual}")
    return f"{count} places with tiles"


def tile_edges(site: Site, shown: ShownVariable, matrix_set: str) -> str:
    """Values run on across the edges of neighbouring tiles as they do within them."""
    # Cells of a nearest style end at tile edges, so only smooth styles can tell.
    style = next((s for s in shown.styles if s.interpolation == "bilinear"), None)
    if style is None:
        return "no smooth style"
    layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set)
    _, dimensions = times(layer)[0]
    across, within = [], []
    for x, y in chosen(tiles, 40):
        here = site.tile(layer.key(style.id, matrix_set, z, x, y, **dimensions))
        if here is None:
            continue
        here = style.bins_of_picture(here)
        for dx, dy in ((1, 0), (0, 1)):
            there = site.tile(layer.key(style.id, matrix_set, z, x + dx, y + dy, **dimensions))
            if there is None:
                continue
            there = style.bins_of_picture(there)
            pairs = [(here[:, -1], there[:, 0]), (here[:, -2], here[:, -1])]
            if dy:
                pairs = [(here[-1], there[0]), (here[-2], here[-1])]
            for (one, two), into in zip(pairs, (across, within)):
                both = (one >= 0) & (two >= 0)
                into.append(np.abs(one - two)[both])
    across, within = np.concatenate(across or [[]]), np.concatenate(within or [[]])
    if not len(across) or not len(within):
        return "no neighbouring tiles"
    note = f"mean step {across.mean():.2f} across edges, {within.mean():.2f} beside them"
    require(across.mean() <= 1.5 * within.mean() + 0.5, note)
    return note


def antimeridian(site: Site, shown: ShownVariable) -> str:
    """Nothing is missing or torn where 180° E meets 180° W, in each set that has that edge."""
    notes = []
    style = shown.styles[0]
    for matrix_set in shown.matrix_sets:
        if matrix_set.startswith("UPS"):
            continue  # the line runs through the middle of tiles: `pixels` covers it
        layer, z, _ = zoom_and_tiles(site, shown, style, matrix_set)
        time, dimensions = times(layer)[0]
        field = shown.field(time)
        last = (MATRIX_SETS[matrix_set].width << z) - 1
        rows = MATRIX_SETS[matrix_set].height << z
        wrong = pixels = 0
        for y in range(rows):
            for x, column in ((0, 0), (last, TILE - 1)):
                values = field.tile(MATRIX_SETS[matrix_set], z, x, y, style.interpolation)
                picture = site.tile(layer.key(style.id, matrix_set, z, x, y, **dimensions))
                if picture is None:
                    require(np.isnan(values).all(), f"{matrix_set} {z}/{y}/{x} is missing")
                    continue
                off = style.bins_off(picture[:, column], values[:, column])
                wrong += int((off > 1).sum())
                pixels += off.size
        notes.append(f"{matrix_set}: {wrong} of {pixels} edge pixels wrong")
        require(pixels and wrong <= pixels * 0.002, notes[-1])
    return "; ".join(notes)


def poles(site: Site, shown: ShownVariable) -> str:
    """The rows at 90° N and 90° S show the source's outermost rows."""
    if "WorldCRS84Quad" not in shown.matrix_sets:
        return "not in WorldCRS84Quad"
    matrix_set, style = MATRIX_SETS["WorldCRS84Quad"], shown.styles[0]
    layer, z, _ = zoom_and_tiles(site, shown, style, matrix_set.id)
    time, dimensions = times(layer)[0]
    field = shown.field(time)
    wrong = pixels = 0
    for y, row in ((0, 0), ((matrix_set.height << z) - 1, TILE - 1)):
        for x in range(matrix_set.width << z):
            values = field.tile(matrix_set, z, x, y, style.interpolation)
            picture = site.tile(layer.key(style.id, matrix_set.id, z, x, y, **dimensions))
            if picture is None:
                if not np.isnan(values).all():
                    raise Failure(f"{matrix_set.id} {z}/{y}/{x} is missing")
                continue
            off = style.bins_off(picture[row], values[row])
            wrong += int((off > 1).sum())
            pixels += off.size
    require(wrong <= pixels * 0.002, f"{wrong} of {pixels} pixels at the poles are wrong")
    return f"{pixels} pixels right"
