"""QGIS adds layers from the served capabilities and draws them: compared with the source."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from check_gdal import filled_block
from check_pixels import zoom_and_tiles
from matrices import MATRIX_SETS, TILE
from patience import PATIENCE
from report import Skipped, require
from site_folder import Served, Site

RENDERER = Path(__file__).with_name("qgis_render.py")
CRS = {
    "WebMercatorQuad": "EPSG:3857",
    "WorldCRS84Quad": "OGC:CRS84",
    "UPSAntarcticWGS84Quad": "EPSG:32761",
    "UPSArcticWGS84Quad": "EPSG:5041",
}


def qgis_checks(report, site: Site, served: Served, shown: list) -> None:
    for variable in shown:
        for matrix_set in variable.matrix_sets:
            name = f"QGIS {variable.dataset}/{variable.variable}/{matrix_set}"
            report.check(name, draws, site, served, variable, matrix_set)
        name = f"QGIS zoomed in {variable.dataset}/{variable.variable}"
        for matrix_set in variable.matrix_sets:
            report.check(f"{name}/{matrix_set}", zoomed_in, site, served, variable, matrix_set)


def draws(site: Site, served: Served, shown, matrix_set: str) -> str:
    """Draws two times, at the scale of the finest zoom; both are as the source says, and differ."""
    style = shown.styles[0]
    layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set)
    steps = sorted({0, len(layer.times) - 1}) if layer.time else [None]
    at = [{layer.time: layer.times[step]} if layer.time else {} for step in steps]
    block = filled_block(site, layer, style.id, matrix_set, z, tiles, at)
    xs, ys = [x for x, _ in block], [y for _, y in block]
    definition = MATRIX_SETS[matrix_set]
    left, _, _, top = definition.bounds(z, min(xs), min(ys))
    _, bottom, right, _ = definition.bounds(z, max(xs), max(ys))
    size = [(max(xs) - min(xs) + 1) * TILE, (max(ys) - min(ys) + 1) * TILE]
    pictures, notes = [], []
    with tempfile.TemporaryDirectory() as folder:
        jobs = [
            {
                "capabilities": served.capabilities,
                "layer": layer.places[matrix_set][0],
                "style": style.id,
                "format": layer.format,
                "matrix_set": layer.places[matrix_set][1],
                "crs": CRS[matrix_set],
                "dimension": layer.time,
                "time": layer.times[step] if step is not None else None,
                "extent": [left, bottom, right, top],
                "size": size,
                "out": str(Path(folder) / f"{step}.png"),
            }
            for step in steps
        ]
        answers = run_renderer(jobs, Path(folder))
        for job, answer in zip(jobs, answers):
            require(answer["valid"], f"QGIS does not take the layer: {answer.get('error')}")
            require(not answer["errors"], f"QGIS: {answer['errors']}")
            with Image.open(job["out"]) as picture:
                pictures.append(np.asarray(picture.convert("RGBA")))
    temporal = answers[0]["temporal"]
    if len(layer.times) > 1 and tuple(map(int, answers[0]["version"].split(".")[:2])) >= (3, 28):
        require(temporal, "QGIS does not see that the layer has a time")
    size_of_world = 2 * abs(definition.origin[0]) + 1e9
    require(
        all(abs(side) < size_of_world for side in answers[0]["extent"]),
        f"QGIS takes the extent for {answers[0]['extent']}",
    )
    for step, picture in zip(steps, pictures):
        field = shown.field(step)
        expected = np.concatenate(
            [
                np.concatenate(
                    [field.tile(definition, z, x, y, style.interpolation) for x in sorted(set(xs))],
                    axis=1,
                )
                for y in sorted(set(ys))
            ]
        )
        off = style.bins_off(picture, expected)
        # QGIS may smooth and blend what it draws: a few colours off is right, another place is not.
        share = float((off <= 3).mean())
        notes.append(f"{share:.2%} as the source says")
        require(share >= 0.98, f"zoom {z}, {layer.times[step] if layer.time else ''}: {notes[-1]}")
    if len(pictures) == 2:
        changed = float((pictures[0] != pictures[1]).any(axis=-1).mean())
        one, two = (shown.field(step).values for step in steps)
        if not np.array_equal(one, two, equal_nan=True):
            require(changed > 0.01, "the pictures of two times are the same")
        notes.append(f"{changed:.0%} of pixels differ between two times")
    how = "by temporal range" if temporal else "by tileDimensions"
    return f"QGIS {answers[0]['version']}, zoom {z}, {how if layer.time else 'no time'}: {', '.join(notes)}"


def zoomed_in(site: Site, served: Served, shown, matrix_set: str) -> str:
    """Closer than the finest zoom of a layer, QGIS still draws it, enlarged.

    It chooses the zoom from the tile matrix set, not from the limits: a set that goes deeper than the
    layer's own tiles would leave the map empty. So each layer links to sets that end with its tiles,
    in the dataset's own document and in that of the whole site, where other layers go deeper.
    """
    style = shown.styles[0]
    layer, z, tiles = zoom_and_tiles(site, shown, style, matrix_set)
    time = {layer.time: layer.dimensions[layer.time][0]} if layer.time else {}
    definition = MATRIX_SETS[matrix_set]
    # A small square around the fullest tile's most opaque pixel.
    x, y = filled_block(site, layer, style.id, matrix_set, z, tiles, [time])[0]
    picture = site.tile(layer.key(style.id, matrix_set, z, x, y, **time))
    require(picture is not None, "no tile")
    opaque = picture[..., 3] > 0
    inner = opaque[2:-2, 2:-2]
    for dy in range(5):
        for dx in range(5):
            inner = inner & opaque[dy : dy + 252, dx : dx + 252]
    if not inner.any():
        raise Skipped("no place with values all around")
    row, column = (int(i) + 2 for i in np.argwhere(inner)[len(np.argwhere(inner)) // 2])
    across, down = definition.pixel_centres(z, x, y)
    reach = definition.cell_size(z)
    east, north = float(across[column]), float(down[row])
    with tempfile.TemporaryDirectory() as folder:
        own = site.own_layer(shown.dataset, shown.variable)
        jobs = [
            {
                "capabilities": capabilities,
                "layer": places[matrix_set][0],
                "style": style.id,
                "format": layer.format,
                "matrix_set": places[matrix_set][1],
                "crs": CRS[matrix_set],
                "dimension": layer.time,
                "time": next(iter(time.values()), None),
                "extent": [east - reach, north - reach, east + reach, north + reach],
                "size": [256, 256],
                "out": str(Path(folder) / f"zoomed-{which}.png"),
            }
            for which, capabilities, places in [
                ("site", served.capabilities, layer.places),
                ("dataset", served.capabilities_of(shown.dataset), own.places),
            ]
        ]
        run_renderer(jobs, Path(folder))
        for job in jobs:
            with Image.open(job["out"]) as drawn:
                share = float((np.asarray(drawn.convert("RGBA"))[..., 3] > 0).mean())
            require(share > 0.9, f"{job['capabilities']}: QGIS leaves {1 - share:.0%} of the map empty")
    declared = sorted({job["matrix_set"] for job in jobs})
    return f"zoom {z} drawn 128 times as large in both documents, from {', '.join(declared)}"


def run_renderer(jobs: list, folder: Path) -> list:
    path = folder / "jobs.json"
    path.write_text(json.dumps(jobs), encoding="utf-8")
    result = subprocess.run(
        ["/usr/bin/python3", str(RENDERER), str(path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        # A cache of its own: QGIS keeps documents and tiles that it fetched before.
        env=os.environ | {"XDG_CACHE_HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("{")]
    require(
        len(lines) == len(jobs),
        f"qgis_render.py ended with {result.returncode}: {result.stderr.strip()[-400:]}",
    )
    return [json.loads(line) for line in lines]
